//! `factloom facts`

use super::failure::Failure;
use super::opening::{BuildFrom, Built};
use super::writing;
use crate::model::{EntityId, Kind, Statement};
use crate::output::{StatementText, statements_json, statements_text};
use crate::view::View;
use clap::{Args, ValueEnum};
use oxigraph::model::{NamedNode, NamedOrBlankNodeRef, Term};

/// List statements as sentences, with their citations
#[derive(Args, Debug)]
pub(super) struct FactsArgs {
    /// Only statements that speak of an entity: its id or label; several for any of them
    #[arg(long, value_name = "ENTITY")]
    entity: Vec<String>,
    /// Only statements with a predicate of the vocabulary; several for any of them
    #[arg(long, value_name = "PREDICATE")]
    predicate: Vec<String>,
    /// Only statements of these kinds
    #[arg(long, value_enum, value_delimiter = ',')]
    kind: Vec<KindArg>,
    /// Only statements with evidence from a source; several for any of them
    #[arg(long, value_name = "SOURCE")]
    source: Vec<String>,
    /// For people, or as one JSON object a line
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    from: BuildFrom,
}

/// A kind of statement, as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum KindArg {
    /// What a source states
    Fact,
    /// What is only reported, planned, possible or denied
    Claim,
    /// What a rule derived
    Inference,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn run(args: &FactsArgs) -> Result<(), Failure> {
    let Built { dataset, store, labels, .. } = args.from.build()?;
    let view = View::new(&store, &labels)?;
    let entities = args.entity.iter().map(|e| Ok(view.graph()[find(&view, e)?].iri.clone()));
    let entities: Vec<NamedNode> = entities.collect::<Result<_, Failure>>()?;
    let predicate = |written: &String| match dataset.vocabulary.predicate(written, &dataset.names) {
        Ok(predicate) => Ok(predicate.iri.clone()),
        Err(help) => Err(Failure::new(format!("the vocabulary defines no predicate `{written}`")).help(help)),
    };
    let predicates: Vec<NamedNode> = args.predicate.iter().map(predicate).collect::<Result<_, _>>()?;
    if let Some(source) = args.source.iter().find(|s| dataset.source(s).is_none()) {
        let known = dataset.sources.iter().map(|s| s.id.as_str());
        let near = crate::diagnostic::closest(source, known.clone()).map(|near| format!("did you mean `{near}`?"));
        let help = near.unwrap_or_else(|| format!("the sources are {}", known.take(20).collect::<Vec<_>>().join(", ")));
        return Err(Failure::new(format!("no source has the id `{source}`")).help(help));
    }
    let wanted = |statement: &&Statement| {
        let kind = match statement.kind {
            Kind::Fact => KindArg::Fact,
            Kind::Claim(_) => KindArg::Claim,
            Kind::Inference(_) => KindArg::Inference,
        };
        (args.kind.is_empty() || args.kind.contains(&kind))
            && (entities.is_empty() || entities.iter().any(|entity| speaks_of(statement, entity)))
            && (predicates.is_empty() || predicates.contains(&statement.triple.predicate))
            && (args.source.is_empty()
                || statement.evidence.iter().any(|e| args.source.iter().any(|s| s == e.source.as_str())))
    };
    let statements: Vec<&Statement> = store.statements().iter().filter(wanted).collect();
    let text = StatementText { labels: &labels, store: &store, dataset: &dataset };
    writing::to(None, |mut out| match args.format {
        Format::Text => Ok(statements_text(&statements, &text, &mut out)?),
        Format::Json => Ok(statements_json(&statements, &text, &mut out)?),
    })
}

fn speaks_of(statement: &Statement, entity: &NamedNode) -> bool {
    let by = match &statement.kind {
        Kind::Claim(claim) => claim.by.as_ref(),
        _ => None,
    };
    matches!(statement.triple.subject.as_ref(), NamedOrBlankNodeRef::NamedNode(subject) if subject == entity.as_ref())
        || matches!(&statement.triple.object, Term::NamedNode(object) if object == entity)
        || statement.qualifiers.iter().any(|q| matches!(&q.value, Term::NamedNode(value) if value == entity))
        || by == Some(entity)
}

/// The entity that an argument names.
pub(super) fn find(view: &View, written: &str) -> Result<petgraph::graph::NodeIndex, Failure> {
    view.find(written).map_err(|several| {
        if !several.is_empty() {
            let message = format!("several entities are called `{written}`");
            return Failure::new(message).help(format!("name one by its id: {}", several.join(", ")));
        }
        let ids = view.graph().node_weights().flat_map(|n| [n.id.as_str(), n.label.as_str()]);
        let near = crate::diagnostic::closest(written, ids).map(|near| format!("did you mean `{near}`?"));
        let help = match EntityId::new(written) {
            Ok(_) => "`factloom facts` shows what the graph speaks of",
            Err(_) => "name an entity by its id or its label",
        };
        Failure::new(format!("no entity is called `{written}`")).help(near.unwrap_or_else(|| help.to_owned()))
    })
}
