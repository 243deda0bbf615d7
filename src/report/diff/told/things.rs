//! What became of an entity, a source, a term, a rule or a diagram, in words.

use super::super::words::marked;
use super::super::{ComparedGraph, Comparison, DiagramChange, ResourceChange, ResourceKind, RuleChange};
use super::{Detail, Item, Mark, tallied};
use crate::model::vocab;
use crate::store::StoreError;
use itertools::{EitherOrBoth, Itertools};
use oxigraph::model::{NamedNode, NamedNodeRef, Term, Triple};
use std::collections::BTreeMap;

/// What is given of things, as the files call it.
const FIELDS: [(NamedNodeRef<'_>, &str); 5] = [
    (vocab::rdf::TYPE, "class"),
    (vocab::rdfs::LABEL, "label"),
    (vocab::skos::ALT_LABEL, "alias"),
    (vocab::skos::EXACT_MATCH, "same as"),
    (vocab::skos::NOTE, "note"),
];

pub(super) fn thing(change: &ResourceChange, sides: &Comparison<'_>) -> Result<Item, StoreError> {
    let ResourceChange { kind, iri, there, lost, gained } = change;
    let mark = Mark::of(*there);
    let side = if there.1 { &sides.after } else { &sides.before };
    let mut fields: BTreeMap<&NamedNode, (Vec<&Triple>, Vec<&Triple>)> = BTreeMap::new();
    for triple in lost {
        fields.entry(&triple.predicate).or_default().0.push(triple);
    }
    for triple in gained {
        fields.entry(&triple.predicate).or_default().1.push(triple);
    }
    let mut details = Vec::new();
    for (predicate, (lost, gained)) in fields {
        let known = FIELDS.iter().find(|(iri, _)| *iri == predicate.as_ref());
        let name = match known {
            Some((_, name)) => (*name).to_owned(),
            None => side.text.labels().name(predicate)?.to_string(),
        };
        for pair in lost.into_iter().zip_longest(gained) {
            let was = pair.as_ref().left().map(|triple| value(&triple.object, &sides.before)).transpose()?;
            let is = pair.as_ref().right().map(|triple| value(&triple.object, &sides.after)).transpose()?;
            let detail = Detail::of(&name, was, is, marked);
            let part_of_whole = mark != Mark::Changed && !matches!(pair, EitherOrBoth::Both(..));
            details.push(Detail { mark: detail.mark.filter(|_| !part_of_whole), ..detail });
        }
    }
    let names = side.store.names();
    let id = match kind {
        ResourceKind::Entity => names.entity_id(iri.as_ref()).map(|id| id.to_string()),
        ResourceKind::Source => names.source_id(iri.as_ref()).map(|id| id.to_string()),
        ResourceKind::Term => names.compact(iri.as_ref()),
    };
    let about = format!("{} · {}", kind.as_str(), id.unwrap_or_else(|| iri.to_string()));
    let title = match kind {
        ResourceKind::Source => title_of(iri, side)?,
        ResourceKind::Entity | ResourceKind::Term => side.text.labels().name(iri)?.to_string(),
    };
    Ok(Item { mark, title, about, details, rows: None })
}

fn title_of(source: &NamedNode, side: &ComparedGraph<'_>) -> Result<String, StoreError> {
    let titles = side.store.objects(source.as_ref(), vocab::dcterms::TITLE)?;
    let title = titles.into_iter().find_map(|title| match title {
        Term::Literal(title) => Some(title.value().to_owned()),
        _ => None,
    });
    Ok(match title {
        Some(title) => title,
        None => side.text.labels().name(source)?.to_string(),
    })
}

/// A value as people read it, with its language.
fn value(term: &Term, side: &ComparedGraph<'_>) -> Result<String, StoreError> {
    let text = side.cell(term)?;
    Ok(match term {
        Term::Literal(literal) => match literal.language() {
            Some(language) => format!("{text} ({language})"),
            None => text,
        },
        _ => text,
    })
}

pub(super) fn rule(change: &RuleChange) -> Item {
    let mark = Mark::of(change.there);
    Item { mark, title: change.name.clone(), about: "rule".to_owned(), details: Vec::new(), rows: None }
}

pub(super) fn diagram(change: &DiagramChange) -> Item {
    let DiagramChange { name, nodes, edges, frame } = change;
    let tallies = [("nodes", *nodes), ("edges", *edges)];
    let tallies = tallies.map(|(what, tally)| (what, tallied(tally, ["gained", "lost", "changed"])));
    let tallies = tallies.into_iter().filter(|(_, counts)| !counts.is_empty());
    let mut details: Vec<Detail> = tallies.map(|(what, counts)| Detail::plain(None, what, counts)).collect();
    if *frame {
        details.push(Detail::plain(None, "", "its title, look, legend or footnotes changed"));
    }
    Item { mark: Mark::Changed, title: name.clone(), about: "diagram".to_owned(), details, rows: None }
}
