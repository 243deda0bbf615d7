//! `factloom facts`

use super::context::{ContextArg, note_missing};
use super::failure::Failure;
use super::format::{OutputArgs, ReportFormat};
use super::load::{Graph, GraphArgs, Session};
use super::messages::note;
use super::resolve;
use super::selection::parse_time;
use super::status_parser::StatusParser;
use crate::model::{ClaimStatus, Kind, Period, Statement, StatementId, TimeValue, vocab};
use crate::output::{StatementText, statements_json, statements_text};
use crate::store::{Labels, Store, StoreError};
use clap::{Args, ValueEnum};
use itertools::Itertools;
use oxigraph::model::Term;
use std::collections::{BTreeMap, HashSet};

/// List statements as sentences with their evidence
///
/// Text output groups facts with the same triple under one sentence. JSON output is sorted by id.
#[derive(Args, Debug)]
#[command(next_help_heading = "Filters")]
pub(super) struct FactsArgs {
    /// Only statements that mention an entity (its id or label); repeat to match any of several
    #[arg(long, value_name = "ENTITY")]
    entity: Vec<String>,
    /// Only statements with a predicate of the vocabulary; repeat to match any of several
    #[arg(long, value_name = "PREDICATE")]
    predicate: Vec<String>,
    /// Only statements of these kinds [default: all except entailments]
    #[arg(long, value_enum, value_delimiter = ',')]
    kind: Vec<KindArg>,
    /// Only claims with these statuses: reported, planned, possible, denied, alleged, disputed, or ids of declared ones
    #[arg(long, value_name = "STATUS", value_parser = StatusParser, hide_possible_values = true, value_delimiter = ',')]
    status: Vec<ClaimStatus>,
    /// Only statements with evidence from a source; repeat to match any of several
    #[arg(long, value_name = "SOURCE")]
    source: Vec<String>,
    /// Only statements that may hold at this time (such as 1973, 1973-05, 197X or 1971/1973), and undated statements
    #[arg(long, value_name = "DATE", value_parser = parse_time, allow_hyphen_values = true)]
    at: Option<TimeValue>,
    #[command(flatten)]
    output: OutputArgs<ReportFormat>,
    /// Show quotes in their context, if the texts of their sources are available
    #[arg(long, value_name = "EXTENT", value_enum, help_heading = "Output")]
    context: Option<ContextArg>,
    #[command(flatten)]
    graph: GraphArgs,
}

/// A kind of statement, as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum KindArg {
    /// Stated by a source
    Fact,
    /// Stated with a reservation, such as a plan or a denial
    Claim,
    /// Derived by a rule of the dataset
    Inference,
    /// Derived from the vocabulary by a rule of RDF Schema or OWL
    Entailment,
}

pub(super) fn run(args: &FactsArgs, session: &Session) -> Result<(), Failure> {
    let format = args.output.format()?;
    let graph = args.graph.open(session)?;
    let Graph { store, .. } = &graph;
    let labels = Labels::new(store, &store.metadata().language);
    let entities = resolve::entities(&labels, &args.entity)?;
    let predicates = resolve::predicates(&args.predicate, store)?;
    resolve::require_statuses(&args.status, store)?;
    let sources = resolve::sources(&args.source, store)?;
    let at = args.at.as_ref().map(TimeValue::period);
    let may_hold_at = |statement: &Statement| {
        let overlaps =
            |at: Period| Period::of(&statement.qualifiers).is_none_or(|period| period.overlaps(at.first, at.last));
        at.is_none_or(overlaps)
    };
    let is_selected = |statement: &Statement| {
        let kind = match statement.kind {
            Kind::Fact => KindArg::Fact,
            Kind::Claim(_) => KindArg::Claim,
            Kind::Inference(_) => KindArg::Inference,
            Kind::Entailment(_) => KindArg::Entailment,
        };
        (entities.is_empty() || entities.iter().any(|entity| statement.mentions(entity)))
            && (args.kind.contains(&kind) || (args.kind.is_empty() && kind != KindArg::Entailment))
            && (args.status.is_empty() || statement.kind.status().is_some_and(|status| args.status.contains(status)))
            && (predicates.is_empty() || predicates.contains(&statement.triple.predicate))
            && may_hold_at(statement)
            && (sources.is_empty() || statement.evidence.iter().any(|evidence| sources.contains(&evidence.source)))
    };
    let all: Box<dyn Iterator<Item = Result<Statement, StoreError>>> = match &entities[..] {
        [] => Box::new(store.statements()),
        entities => {
            let mut by_id = BTreeMap::new();
            for entity in entities {
                by_id.extend(store.statements_of(entity)?.into_iter().map(|s| (s.id.clone(), s)));
            }
            Box::new(by_id.into_values().map(Ok))
        }
    };
    let statements = all.filter(|statement| statement.as_ref().map_or(true, is_selected));
    let texts = args.context.map(|context| context.texts(&graph));
    let text = StatementText::new(store, &labels).with_context(texts.as_ref());
    if store.metadata().statements == 0 {
        note("the dataset has no statements");
    }
    args.output.write(format.content(), |mut out| match format {
        ReportFormat::Text => Ok(statements_text(grouped_by_triple(statements, store, &is_selected), &text, &mut out)?),
        ReportFormat::Json(layout) => Ok(statements_json(statements, &text, layout, &mut out)?),
    })?;
    note_missing(texts.as_ref());
    Ok(())
}

/// The statements in order, except that all facts with one triple follow the first of them.
fn grouped_by_triple<'a>(
    statements: impl Iterator<Item = Result<Statement, StoreError>> + 'a,
    store: &'a Store,
    is_selected: &'a dyn Fn(&Statement) -> bool,
) -> impl Iterator<Item = Result<Statement, StoreError>> + 'a {
    let mut emitted: HashSet<StatementId> = HashSet::new();
    let group = move |statement: Result<Statement, StoreError>| {
        let mut group = vec![statement?];
        if emitted.remove(&group[0].id) {
            return Ok(Vec::new());
        }
        if group[0].kind == Kind::Fact {
            let later = later_facts(&group[0], store, is_selected)?;
            emitted.extend(later.iter().map(|fact| fact.id.clone()));
            group.extend(later);
        }
        Ok(group)
    };
    statements.map(group).flatten_ok()
}

/// The selected facts with the same triple and a later id.
fn later_facts(
    fact: &Statement,
    store: &Store,
    is_selected: &dyn Fn(&Statement) -> bool,
) -> Result<Vec<Statement>, StoreError> {
    let triple = Term::from(fact.triple.clone());
    if store.count(vocab::rdf::REIFIES, Some(triple.as_ref()))? < 2 {
        return Ok(Vec::new());
    }
    let same = store.statements_of_triple(&fact.triple)?.into_iter();
    Ok(same.filter(|other| other.id > fact.id && other.kind == Kind::Fact && is_selected(other)).collect())
}
