//! Citations: the statements that each row of the results is derived from.
//!
//! A query is run twice: as written, for the rows and their order, and rewritten so that each solution tells which triples it
//! matched (`rewrite`, `traced_pattern`). Solutions are assigned to rows by their values (`row_support`), and triples are
//! traced to statements (`support`).
//!
//! Invariant: the rows are those of the plain query, in its order.

mod path;
mod restriction;
mod rewrite;
mod row_support;
mod support;
mod traced_pattern;
mod tracer;

use super::algebra::{instantiate, triple_variables};
use crate::model::{SourceId, Statement, StatementId, StatusId, on_stack_for, pattern_of, vocab};
use crate::store::{Store, StoreError};
use oxigraph::model::{BlankNode, NamedOrBlankNode, Term, Triple, Variable};
use oxigraph::sparql::{QueryEvaluationError, QueryResults, QuerySolution};
use rayon::prelude::*;
use rewrite::{Rewriter, without_modifiers};
use row_support::RowSupport;
use spargebra::Query;
use spargebra::term::TriplePattern;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use support::Support;
use tracer::Tracer;

/// The results of a query with their citations.
#[derive(Debug)]
pub struct CitationReport {
    /// The results of the plain query.
    pub results: CitedQueryResults,
    /// All cited statements, by id.
    pub statements: BTreeMap<StatementId, Statement>,
    /// The gaps in the citations.
    pub gaps: BTreeSet<CitationGap>,
}

/// Query results, each row or triple with its citation.
#[derive(Debug)]
pub enum CitedQueryResults {
    /// The rows of a SELECT query.
    Solutions {
        /// The columns.
        variables: Vec<Variable>,
        /// The rows, in order.
        rows: Vec<(QuerySolution, Citation)>,
    },
    /// The result of an ASK query, with the citation of the first solution.
    Boolean(bool, Citation),
    /// The triples of a CONSTRUCT or DESCRIBE query, sorted by their N-Triples, without repetition.
    Graph(Vec<(Triple, Citation)>),
}

/// The statements and triples that a row or a triple is derived from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Citation {
    /// Statements, sorted by id. An inference comes with its premises, down to facts.
    pub statements: Vec<StatementId>,
    /// Triples that no statement states, sorted by their N-Triples.
    pub declared: Vec<CitedTriple>,
}

/// A triple that no statement states, with its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitedTriple {
    /// The triple.
    pub triple: Triple,
    /// Where it is declared.
    pub origin: TripleOrigin,
}

/// Where a triple that no statement states is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TripleOrigin {
    /// A file of the dataset.
    File {
        /// The file, relative to the manifest.
        file: String,
        /// The line, counted from 1.
        line: u32,
    },
    /// The description of a source in the manifest.
    Source(SourceId),
    /// The declaration of a status in the manifest.
    Status(StatusId),
    /// The description of a rule, by the name of the rule.
    Rule(String),
    /// The definitions of factloom's own terms, which are in every graph.
    OwnTerms,
    /// The graph does not record it.
    Unknown,
}

/// A reason why citations are missing or only approximate. Displayed as a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CitationGap {
    /// The graph has no statements.
    NoStatements,
    /// The absence of triples.
    Absence,
    /// The absence of solutions of an ASK query, whose result is therefore false.
    FalseResult,
    /// The matches of an EXISTS within a larger condition.
    NestedExists,
    /// The matches in a named graph.
    NamedGraph,
    /// The results of another server.
    Service,
    /// The rows that LIMIT or OFFSET selects in a subquery: everything that results in such a row is cited.
    SlicedSubquery,
    /// This number of rows or triples was not found again when the query was run to trace them.
    Untraced(usize),
    /// This number of rows or triples is not derived from a statement.
    Unsupported(usize),
}

impl fmt::Display for CitationGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = |count: usize| if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
        match self {
            Self::NoStatements => f.write_str("the graph has no statements to cite"),
            Self::Absence => f.write_str("the absence of triples (NOT EXISTS, MINUS) cannot be cited"),
            Self::FalseResult => f.write_str("a false result is the absence of solutions, which cannot be cited"),
            Self::NestedExists => f.write_str("matches of an EXISTS within a larger condition are not cited"),
            Self::NamedGraph => f.write_str("matches of GRAPH are not cited: statements are in the default graph"),
            Self::Service => f.write_str("results of SERVICE are not cited: they come from another server"),
            Self::SlicedSubquery => {
                f.write_str("a subquery has LIMIT or OFFSET: its rows cite everything that results in such a row")
            }
            Self::Untraced(count) => write!(
                f,
                "{} could not be traced: the query returns different values, or fails, when it runs again",
                rows(*count)
            ),
            Self::Unsupported(count) => write!(
                f,
                "no statement to cite for {}: declared triples (vocabulary, entities, sources, rules) or the query itself \
                 are sufficient",
                rows(*count)
            ),
        }
    }
}

/// Runs a query and finds the statements that each row is derived from.
///
/// A triple cites all facts that state it, and inferences with their premises, down to facts. A triple about a statement cites
/// that statement, one about evidence the statements with that evidence. A triple that no statement states is cited as
/// declared. A property path cites the statements along one shortest path. A row of a group, or one that DISTINCT merges, cites
/// the statements of all its solutions.
///
/// The query runs twice, the second time without its LIMIT. If there are at most 1,000 different rows and no OFFSET, the second run is
/// restricted to those of their values that are from triples or paths and not blank nodes. Each triple that a row is derived from takes a
/// lookup, and each cited statement is read.
///
/// # Errors
///
/// Returns an error if the query cannot be evaluated.
///
/// ```
/// use factloom::query::{self, CitedQueryResults};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let query = query::parse("SELECT ?who { ?who v:continues e:soviet-union }", &dataset.namespaces)?;
/// let report = query::cite(&store, &query)?;
/// let CitedQueryResults::Solutions { rows, .. } = &report.results else { panic!() };
/// let (_, citation) = &rows[0];
/// let fact = &report.statements[&citation.statements[0]];
/// assert_eq!(fact.kind.as_str(), "fact");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn cite(store: &Store, query: &Query) -> Result<CitationReport, StoreError> {
    on_stack_for(query, || cite_results(store, query))
}

fn cite_results(store: &Store, query: &Query) -> Result<CitationReport, StoreError> {
    // Without statements, tracing would find nothing.
    let has_statements = store.count(vocab::rdf::REIFIES, None)? > 0;
    let uncited = |count: usize| vec![Citation::default(); count];
    let (rewriter, tracer) = (Rewriter::new(query), Tracer::new(store, query));
    let mut citer = Citer { store, query, rewriter, tracer, untraced: 0, unsupported: 0 };
    let results = match store.query(query)? {
        QueryResults::Solutions(solutions) => {
            let variables = solutions.variables().to_vec();
            let rows = solutions.collect::<Result<Vec<_>, _>>()?;
            let citations = match has_statements {
                true => citer.rows(&variables, &rows)?,
                false => uncited(rows.len()),
            };
            CitedQueryResults::Solutions { variables, rows: rows.into_iter().zip(citations).collect() }
        }
        QueryResults::Boolean(result) => {
            let citation = if result && has_statements { citer.first_solution()? } else { Citation::default() };
            CitedQueryResults::Boolean(result, citation)
        }
        QueryResults::Graph(triples) => {
            let mut triples = triples.collect::<Result<Vec<Triple>, _>>()?;
            triples.sort_by_cached_key(ToString::to_string);
            triples.dedup();
            let citations = match has_statements {
                true => citer.triples(&triples)?,
                false => uncited(triples.len()),
            };
            CitedQueryResults::Graph(triples.into_iter().zip(citations).collect())
        }
    };
    let statements = citer.statements_of(&results)?;
    let mut gaps = if has_statements { citer.into_gaps() } else { BTreeSet::from([CitationGap::NoStatements]) };
    gaps.extend(matches!(results, CitedQueryResults::Boolean(false, _)).then_some(CitationGap::FalseResult));
    Ok(CitationReport { results, statements, gaps })
}

impl CitationReport {
    /// Keeps the first triples of a graph and their statements. Rows are limited by the query itself.
    pub fn truncate(&mut self, max_triples: usize) {
        let CitedQueryResults::Graph(triples) = &mut self.results else { return };
        triples.truncate(max_triples);
        let cited: BTreeSet<&StatementId> = triples.iter().flat_map(|(_, citation)| &citation.statements).collect();
        self.statements.retain(|id, _| cited.contains(id));
    }
}

impl CitedQueryResults {
    /// The citations, in the order of rows or triples.
    pub fn citations(&self) -> Vec<&Citation> {
        match self {
            Self::Solutions { rows, .. } => rows.iter().map(|(_, citation)| citation).collect(),
            Self::Boolean(_, citation) => vec![citation],
            Self::Graph(triples) => triples.iter().map(|(_, citation)| citation).collect(),
        }
    }
}

struct Citer<'a> {
    store: &'a Store,
    query: &'a Query,
    rewriter: Rewriter,
    tracer: Tracer<'a>,
    untraced: usize,
    unsupported: usize,
}

impl Citer<'_> {
    /// The citations of rows: each cites one solution with the same values, or all of them if DISTINCT merges solutions.
    fn rows(&mut self, variables: &[Variable], rows: &[QuerySolution]) -> Result<Vec<Citation>, StoreError> {
        let pattern = pattern_of(self.query);
        let (inner, merged) = without_modifiers(pattern);
        let traced = if merged { self.rewriter.trace(inner) } else { self.rewriter.trace_in_order(inner) };
        let mut rows = RowSupport::new(pattern, variables, rows, merged);
        ignore_evaluation_error(rows.fill(&traced, &mut self.tracer))?;
        rows.support.into_iter().map(|support| self.citation(support)).collect()
    }

    /// The citation of the first solution.
    fn first_solution(&mut self) -> Result<Citation, StoreError> {
        let traced = self.rewriter.trace(without_modifiers(pattern_of(self.query)).0);
        let mut first = None;
        let mut trace = || {
            let solution = self.tracer.solutions(&traced, &[], None)?.next().transpose()?;
            let solution: Vec<QuerySolution> = solution.into_iter().collect();
            first = self.tracer.supports(&traced, &solution)?.pop();
            Ok(())
        };
        ignore_evaluation_error(trace())?;
        self.citation(first)
    }

    /// The citations of the triples of a graph.
    fn triples(&mut self, triples: &[Triple]) -> Result<Vec<Citation>, StoreError> {
        let Query::Construct { template, pattern, .. } = self.query else {
            // The triples of a description are triples of the graph.
            let support = triples.iter().map(|t| Ok(Some((*self.tracer.lookup.support_of_triple(t)?).clone())));
            let support = support.collect::<Result<Vec<_>, StoreError>>()?;
            return support.into_iter().map(|support| self.citation(support)).collect();
        };
        let constructed: Vec<String> = triples.iter().map(without_blank_labels).collect();
        let known: BTreeSet<&String> = constructed.iter().collect();
        let mut variables = BTreeSet::new();
        for pattern in template {
            triple_variables(pattern, &mut variables);
        }
        let variables: Vec<Variable> = variables.into_iter().collect();
        let traced = self.rewriter.trace(without_modifiers(pattern).0);
        let instance = |pattern: &TriplePattern, solution: &QuerySolution| {
            let triple = instantiate(pattern, solution).map(|triple| without_blank_labels(&triple));
            triple.filter(|triple| known.contains(triple))
        };
        let mut support_of: HashMap<String, Support> = HashMap::new();
        ignore_evaluation_error(self.tracer.for_each_solution(&traced, &variables, None, &mut |solution, support| {
            for triple in template.iter().filter_map(|pattern| instance(pattern, solution)) {
                support_of.entry(triple).or_default().merge(&support);
            }
        }))?;
        constructed.iter().map(|triple| self.citation(support_of.get(triple).cloned())).collect()
    }

    fn citation(&mut self, support: Option<Support>) -> Result<Citation, StoreError> {
        let Some(mut support) = support else {
            self.untraced += 1;
            return Ok(Citation::default());
        };
        self.tracer.lookup.resolve_evidence(&mut support)?;
        if support.statements.is_empty() {
            self.unsupported += 1;
        }
        let declared = support.declared.into_values().collect();
        Ok(Citation { statements: support.statements.into_iter().collect(), declared })
    }

    fn statements_of(&self, results: &CitedQueryResults) -> Result<BTreeMap<StatementId, Statement>, StoreError> {
        let ids: BTreeSet<&StatementId> = results.citations().into_iter().flat_map(|c| &c.statements).collect();
        let read = |id: &StatementId| Some(self.store.statement(id).transpose()?.map(|found| (id.clone(), found)));
        ids.into_par_iter().filter_map(read).collect()
    }

    fn into_gaps(self) -> BTreeSet<CitationGap> {
        let mut gaps = self.rewriter.gaps;
        gaps.extend(self.tracer.gaps);
        gaps.extend((self.untraced > 0).then_some(CitationGap::Untraced(self.untraced)));
        gaps.extend((self.unsupported > 0).then_some(CitationGap::Unsupported(self.unsupported)));
        gaps
    }
}

/// Ignores an evaluation error in a rewritten query: the plain query has succeeded, but the order of joins decides whether the
/// engine meets a term that it rejects. Missing solutions count as untraced.
fn ignore_evaluation_error(traced: Result<(), StoreError>) -> Result<(), StoreError> {
    match traced {
        Err(StoreError::Evaluation(error))
            if !matches!(error, QueryEvaluationError::Dataset(_) | QueryEvaluationError::Cancelled) =>
        {
            Ok(())
        }
        other => other,
    }
}

/// The N-Triples of a triple without the labels of its blank nodes, which differ each time that the query is run.
fn without_blank_labels(triple: &Triple) -> String {
    let blank = || BlankNode::new_unchecked("b");
    let mut triple = triple.clone();
    if matches!(triple.subject, NamedOrBlankNode::BlankNode(_)) {
        triple.subject = blank().into();
    }
    match &triple.object {
        Term::BlankNode(_) => triple.object = blank().into(),
        Term::Triple(inner) => {
            return format!("{} {} <<( {} )>>", triple.subject, triple.predicate, without_blank_labels(inner));
        }
        Term::NamedNode(_) | Term::Literal(_) => {}
    }
    triple.to_string()
}
