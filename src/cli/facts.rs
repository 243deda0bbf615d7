//! `factloom facts`

use super::failure::Failure;
use super::load::{Graph, GraphArgs, Session};
use super::{output_file, resolve};
use crate::model::{Kind, Statement, StatementId, vocab};
use crate::output::{JsonLayout, StatementText, statements_json, statements_text};
use crate::store::{Labels, Store, StoreError};
use clap::{Args, ValueEnum};
use oxigraph::model::Term;
use std::collections::{BTreeMap, HashSet};

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
    from: GraphArgs,
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

pub(super) fn run(args: &FactsArgs, session: &Session) -> Result<(), Failure> {
    let Graph { store, .. } = &args.from.open(session)?;
    let labels = Labels::new(store, &store.metadata().language);
    let entities =
        args.entity.iter().map(|written| resolve::entity(&labels, written)).collect::<Result<Vec<_>, _>>()?;
    let predicates = resolve::predicates(&args.predicate, store)?;
    let sources = resolve::sources(&args.source, store)?;
    let wanted = |statement: &Statement| {
        let kind = match statement.kind {
            Kind::Fact => KindArg::Fact,
            Kind::Claim(_) => KindArg::Claim,
            Kind::Inference(_) => KindArg::Inference,
        };
        (entities.is_empty() || entities.iter().any(|entity| statement.mentions(entity)))
            && (args.kind.is_empty() || args.kind.contains(&kind))
            && (predicates.is_empty() || predicates.contains(&statement.triple.predicate))
            && (sources.is_empty() || statement.evidence.iter().any(|evidence| sources.contains(&evidence.source)))
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
    output_file::to(None, |mut out| match args.format {
        Format::Text => Ok(statements_text(joined(statements, store, &wanted), &text, &mut out)?),
        Format::Json => Ok(statements_json(statements, &text, JsonLayout::Lines, &mut out)?),
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
