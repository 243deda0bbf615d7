//! Findings about conflicts.

use super::{Conflict, ConflictKind, Exclusions, Side};
use crate::check::duplicates::FactNumber;
use crate::check::quotes::CheckedFile;
use crate::check::value::{predicate_name, term_name};
use crate::dataset::Dataset;
use crate::diagnostic::{Code, ConflictSide, FileId, Finding, Location, PathSegment};
use crate::model::{Qualifier, Stance, Statement};
use oxigraph::model::{NamedOrBlankNode, Term};

/// How many sides of a conflict are shown. `factloom conflicts` shows all.
const MAX_SIDES: usize = 8;

/// The findings about the conflicts among some statements, each at the first statement of its second side.
pub(super) fn findings(
    exclusions: &Exclusions,
    dataset: &Dataset,
    files: &[CheckedFile],
    facts: &[FactNumber],
) -> Vec<Finding> {
    let statements: Vec<&Statement> = facts.iter().map(|fact| fact.statement(files)).collect();
    let conflicts = exclusions.conflicts(&statements);
    let reporter = Reporter { dataset, files, facts, statements };
    conflicts.iter().map(|conflict| reporter.finding(conflict)).collect()
}

struct Reporter<'a> {
    dataset: &'a Dataset,
    files: &'a [CheckedFile],
    facts: &'a [FactNumber],
    statements: Vec<&'a Statement>,
}

impl Reporter<'_> {
    fn finding(&self, conflict: &Conflict) -> Finding {
        // The first statement of each side, in the order of the files.
        let mut sides: Vec<(usize, &Side)> =
            conflict.sides.iter().filter_map(|side| Some((*side.statements.first()?, side))).collect();
        sides.sort_by_key(|(number, _)| *number);
        let shown: Vec<String> = sides.iter().take(MAX_SIDES).map(|(_, side)| self.value(conflict, side)).collect();
        let more = match sides.len() - shown.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let (second, _) = sides[1];
        let statement = self.statements[second];
        let subject = match &statement.triple.subject {
            NamedOrBlankNode::NamedNode(iri) => term_name(&iri.clone().into(), self.dataset),
            NamedOrBlankNode::BlankNode(blank) => blank.to_string(),
        };
        let object = term_name(&statement.triple.object, self.dataset);
        let values = shown.join(", ");
        let predicate = conflict.predicate.as_ref().map(|iri| predicate_name(iri, self.dataset)).unwrap_or_default();
        let (message, label, path) = match conflict.kind {
            ConflictKind::Values => (
                format!("conflicting values of `{predicate}` for {subject}: {values}{more}"),
                "a functional predicate has one value",
                vec!["object".into()],
            ),
            ConflictKind::Qualifiers => (
                format!("conflicting values of the qualifier `{predicate}`: {values}{more}"),
                "facts with the same triple have different values",
                self.qualifier_path(conflict, statement),
            ),
            ConflictKind::Predicates => (
                format!("disjoint predicates {} between {subject} and {object}", shown.join(" and ")),
                "disjoint with the predicate of another fact",
                vec!["predicate".into()],
            ),
            ConflictKind::Denial => {
                // A claim may deny what a fact entails, so the predicate is that of the claim.
                let denied = &self.statements[conflict.sides[1].statements[0]].triple.predicate;
                let message =
                    format!("a claim denies the fact {subject} `{}` {object}", predicate_name(denied, self.dataset));
                (message, "contradicts another statement", Vec::new())
            }
        };
        let (file, location) = self.location(second, path);
        let help = "correct one of the statements, or, if the sources disagree, acknowledge the conflict in `allow` of the manifest \
                    (see `factloom conflicts`)";
        let mut finding = Finding::new(Code::Conflict, file, location, message).label(label).help(help);
        let ids = |side: &Side| side.statements.iter().map(|number| self.statements[*number].id.clone()).collect();
        finding.sides = sides.iter().map(|(_, side)| ConflictSide(ids(side))).collect();
        sides.iter().take(MAX_SIDES).fold(finding, |finding, (number, side)| {
            let (file, location) = self.location(*number, Vec::new());
            finding.related(self.quoted(conflict, *number, side), file, location)
        })
    }

    /// The value of a side in a few words.
    fn value(&self, conflict: &Conflict, side: &Side) -> String {
        match &side.value {
            Some(term) => term_name(term, self.dataset),
            None if conflict.sides.first() == Some(side) => "stated".to_owned(),
            None => "denied".to_owned(),
        }
    }

    /// The value of a side, with a quote of one of its statements.
    fn quoted(&self, conflict: &Conflict, number: usize, side: &Side) -> String {
        let statement = self.statements[number];
        let value = self.value(conflict, side);
        let mut supporting = statement.evidence.iter().filter(|evidence| evidence.stance == Stance::Supports);
        let quote = supporting.find_map(|e| Some((e.quote.as_ref().or(e.note.as_ref())?, &e.source)));
        match quote {
            Some((quote, source)) => format!("{value}: “{quote}” ({source}), `{}`", statement.id),
            None => format!("{value}: `{}`", statement.id),
        }
    }

    /// The path to the qualifier of a statement that takes part in a conflict.
    fn qualifier_path(&self, conflict: &Conflict, statement: &Statement) -> Vec<PathSegment> {
        let values: Vec<&Term> = conflict.sides.iter().filter_map(|side| side.value.as_ref()).collect();
        let takes_part =
            |q: &&Qualifier| conflict.predicate.as_ref() == Some(&q.predicate) || values.contains(&&q.value);
        let qualifier =
            statement.qualifiers.iter().find(takes_part).map(|q| predicate_name(&q.predicate, self.dataset));
        ["qualifiers".into()].into_iter().chain(qualifier.as_deref().map(PathSegment::from)).collect()
    }

    fn location(&self, number: usize, path: Vec<PathSegment>) -> (FileId, Location) {
        self.facts[number].location(self.files, path)
    }
}
