//! `factloom facts`

use super::failure::Failure;
use super::opening::{BuildFrom, Built};
use super::writing;
use crate::model::{EntityId, Kind, SourceId, Statement, StatementId, vocab};
use crate::output::{StatementText, statements_json, statements_text};
use crate::store::{FindError, Labels, Store, StoreError};
use crate::view::View;
use clap::{Args, ValueEnum};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};
use petgraph::graph::NodeIndex;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// List statements as sentences, with their citations
///
/// Facts of one triple are joined under one sentence, and JSON has them in the order of their ids.
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
    args.from.with_graph(|built| work(args, built))
}

fn work(args: &FactsArgs, built: &Built) -> Result<(), Failure> {
    let Built { store, .. } = built;
    let labels = Labels::new(store, &store.context().language);
    let entities = args.entity.iter().map(|written| find(&labels, written)).collect::<Result<Vec<_>, _>>()?;
    let predicates = predicates(args, store)?;
    check_sources(args, store)?;
    let wanted = |statement: &Statement| {
        let kind = match statement.kind {
            Kind::Fact => KindArg::Fact,
            Kind::Claim(_) => KindArg::Claim,
            Kind::Inference(_) => KindArg::Inference,
        };
        (entities.is_empty() || entities.iter().any(|entity| statement.speaks_of(entity)))
            && (args.kind.is_empty() || args.kind.contains(&kind))
            && (predicates.is_empty() || predicates.contains(&statement.triple.predicate))
            && (args.source.is_empty()
                || statement.evidence.iter().any(|e| args.source.iter().any(|s| s == e.source.as_str())))
    };
    let all: Box<dyn Iterator<Item = Result<Statement, StoreError>>> = match &entities[..] {
        [] => Box::new(store.statements()),
        entities => {
            let mut of_any = BTreeMap::new();
            for entity in entities {
                of_any.extend(store.statements_of(entity)?.into_iter().map(|s| (s.id.clone(), s)));
            }
            Box::new(of_any.into_values().map(Ok))
        }
    };
    let statements = all.filter(|statement| statement.as_ref().map_or(true, wanted));
    let text = StatementText::new(store, &labels);
    writing::to(None, |mut out| match args.format {
        Format::Text => Ok(statements_text(joined(statements, store, &wanted), &text, &mut out)?),
        Format::Json => Ok(statements_json(statements, &text, &mut out)?),
    })
}

/// The statements with facts of one triple one after the other, at the place of the first of them.
fn joined<'a>(
    statements: impl Iterator<Item = Result<Statement, StoreError>> + 'a,
    store: &'a Store,
    wanted: &'a dyn Fn(&Statement) -> bool,
) -> impl Iterator<Item = Result<Statement, StoreError>> + 'a {
    let mut ahead: HashSet<StatementId> = HashSet::new();
    statements.flat_map(move |statement| {
        let statement = match statement {
            Ok(statement) if ahead.remove(&statement.id) => return Vec::new(),
            Ok(statement) => statement,
            Err(e) => return vec![Err(e)],
        };
        let further = match statement.kind {
            Kind::Fact => further_facts(&statement, store, wanted),
            Kind::Claim(_) | Kind::Inference(_) => Ok(Vec::new()),
        };
        let further = further.unwrap_or_else(|e| vec![Err(e)]);
        ahead.extend(further.iter().flatten().map(|fact| fact.id.clone()));
        let mut all = vec![Ok(statement)];
        all.extend(further);
        all
    })
}

/// The wanted facts with the same triple that have a later id.
fn further_facts(
    fact: &Statement,
    store: &Store,
    wanted: &dyn Fn(&Statement) -> bool,
) -> Result<Vec<Result<Statement, StoreError>>, StoreError> {
    let triple = Term::from(fact.triple.clone());
    if store.count(vocab::rdf::REIFIES, Some(triple.as_ref()))? < 2 {
        return Ok(Vec::new());
    }
    let same = store.statements_of_triple(&fact.triple)?.into_iter();
    Ok(same.filter(|other| other.id > fact.id && other.kind == Kind::Fact && wanted(other)).map(Ok).collect())
}

fn predicates(args: &FactsArgs, store: &Store) -> Result<Vec<NamedNode>, Failure> {
    if args.predicate.is_empty() {
        return Ok(Vec::new());
    }
    let vocabulary = store.context().vocabulary()?;
    let predicate = |written: &String| match vocabulary.predicate(written, store.names()) {
        Ok(predicate) => Ok(predicate.iri.clone()),
        Err(help) => Err(Failure::new(format!("the vocabulary defines no predicate `{written}`")).help(help)),
    };
    args.predicate.iter().map(predicate).collect()
}

/// Refuses a source that the graph does not know.
fn check_sources(args: &FactsArgs, store: &Store) -> Result<(), Failure> {
    for source in &args.source {
        let known = match SourceId::new(source) {
            Ok(id) => !store.objects(store.names().source(&id).as_ref(), vocab::fl::KIND)?.is_empty(),
            Err(_) => false,
        };
        if !known {
            let sources =
                store.with_predicate(vocab::fl::KIND)?.into_iter().filter_map(|triple| match triple.subject {
                    NamedOrBlankNode::NamedNode(node) => store.names().source_id(node.as_ref()),
                    NamedOrBlankNode::BlankNode(_) => None,
                });
            let ids: BTreeSet<SourceId> = sources.collect();
            let ids = ids.iter().map(SourceId::as_str);
            let near = crate::diagnostic::closest(source, ids.clone()).map(|near| format!("did you mean `{near}`?"));
            let all = || format!("the sources are {}", ids.take(20).collect::<Vec<_>>().join(", "));
            return Err(Failure::new(format!("no source has the id `{source}`")).help(near.unwrap_or_else(all)));
        }
    }
    Ok(())
}

/// The entity that an argument names.
pub(super) fn find(labels: &Labels<'_>, written: &str) -> Result<NamedNode, Failure> {
    labels.find(written).map_err(|e| match e {
        FindError::Store(e) => e.into(),
        FindError::Several(ids) => {
            let message = format!("several entities are called `{written}`");
            Failure::new(message).help(format!("name one by its id: {}", ids.join(", ")))
        }
        FindError::Unknown(near) => {
            let help = match (near, EntityId::new(written)) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, Ok(_)) => "`factloom facts` shows what the graph speaks of".to_owned(),
                (None, Err(_)) => "name an entity by its id or its label".to_owned(),
            };
            Failure::new(format!("no entity is called `{written}`")).help(help)
        }
    })
}

/// The node of the entity that an argument names.
pub(super) fn find_in(view: &View, labels: &Labels<'_>, written: &str) -> Result<NodeIndex, Failure> {
    let entity = find(labels, written)?;
    view.node(&entity).ok_or_else(|| Failure::new(format!("no statement has `{written}` as its subject or object")))
}
