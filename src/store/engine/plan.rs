//! The plan of a query: operators over rows, and pipelines of steps that extend rows.

use super::aggregate::Accumulator;
use super::computed_terms::ComputedTerms;
use super::expression::Expr;
use super::path::Path;
use crate::store::compiled::Id;
use oxigraph::model::{Term, Variable};

/// The index of a variable in a row. The id 0 stands for an unbound variable.
pub(super) type Slot = usize;

/// An id that no term has.
pub(super) const NO_TERM: Id = Id::MAX;

/// A term of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PatternTerm {
    Constant(Id),
    Slot(Slot),
}

impl PatternTerm {
    /// The id of the term for a row; `None` if it is an unbound variable.
    #[inline]
    pub(super) fn id(self, row: &[Id]) -> Option<Id> {
        match self {
            Self::Constant(id) => Some(id),
            Self::Slot(slot) => Some(row[slot]).filter(|id| *id != 0),
        }
    }

    pub(super) fn constant(self) -> Option<Id> {
        match self {
            Self::Constant(id) => Some(id),
            Self::Slot(_) => None,
        }
    }

    #[inline]
    pub(super) fn slot(self) -> Option<Slot> {
        match self {
            Self::Constant(_) => None,
            Self::Slot(slot) => Some(slot),
        }
    }

    /// Binds the variable, or unbinds it by the id 0.
    #[inline]
    pub(super) fn set(self, row: &mut [Id], id: Id) {
        if let Self::Slot(slot) = self {
            row[slot] = id;
        }
    }

    /// The slot, if it is an unbound variable in a row.
    #[inline]
    pub(super) fn open_slot(self, row: &[Id]) -> Option<Slot> {
        self.slot().filter(|slot| row[*slot] == 0)
    }
}

/// One step: takes a row and produces the rows that extend it.
pub(super) enum Step {
    /// Triples of the default graph, or quads of a named graph, that match a pattern. `used` says which values any other
    /// part of the plan uses; the others are counted, not read. With `by_subject`, the triples of a predicate come in the order of
    /// their subjects.
    Triple {
        terms: [PatternTerm; 3],
        graph: Option<PatternTerm>,
        used: [bool; 3],
        by_subject: bool,
    },
    /// A triple term and its components.
    TripleTerm {
        term: PatternTerm,
        components: [PatternTerm; 3],
    },
    Path {
        subject: PatternTerm,
        path: Path,
        object: PatternTerm,
        graph: Option<PatternTerm>,
        /// The path as SPARQL, for explanations.
        text: String,
    },
    /// The names of the named graphs.
    NamedGraphs(Slot),
    /// Rows for which an expression is true. If it depends only on the slot `memo`, consecutive rows with the same value
    /// there are tested once.
    Filter {
        expr: Expr,
        memo: Option<Slot>,
    },
    Bind {
        slot: Slot,
        expr: Expr,
    },
    /// Binds the slot to a number that no other solution has, so that functions such as BNODE and UUID have another result for each.
    /// Equal rows become separate ones.
    Solution(Slot),
    Values {
        slots: Vec<Slot>,
        rows: Vec<Vec<Id>>,
    },
    /// The rows of all branches.
    Union(Vec<Pipeline>),
    /// The rows of a pipeline, or the row itself if there are none.
    Optional(Pipeline),
    /// The rows of a standalone operator that are compatible with the row. The `keys` are bound on both sides, and the
    /// `always_bound` slots in all rows of the operator.
    Join {
        table: TableIndex,
        operator: Box<Operator>,
        slots: Vec<Slot>,
        keys: Vec<Slot>,
        always_bound: Vec<Slot>,
        context: Context,
    },
    /// The row itself, unless the standalone operator has a compatible row that shares a variable with it.
    Minus {
        table: TableIndex,
        operator: Box<Operator>,
        slots: Vec<Slot>,
        keys: Vec<Slot>,
        context: Context,
    },
}

/// The values of a row that a standalone operator also sees, such as the name of the graph: their slots in the row, and in the rows of the
/// operator.
pub(super) type Context = Vec<(Slot, Slot)>;

/// The number of a join table in the plan.
pub(super) type TableIndex = usize;

impl Step {
    /// The terms of the pattern that a step matches: first the subject, predicate and object, if it has them; last the name of the graph.
    pub(super) fn terms(&self) -> Vec<PatternTerm> {
        match self {
            Self::Triple { terms, graph, .. } => terms.iter().chain(graph).copied().collect(),
            Self::TripleTerm { term, components } => components.iter().chain([term]).copied().collect(),
            Self::Path { subject, object, graph, .. } => [subject, object].into_iter().chain(graph).copied().collect(),
            Self::NamedGraphs(slot) => vec![PatternTerm::Slot(*slot)],
            Self::Values { slots, .. } => slots.iter().copied().map(PatternTerm::Slot).collect(),
            _ => Vec::new(),
        }
    }

    /// The variables of the pattern that a step matches.
    pub(super) fn pattern_slots(&self) -> impl Iterator<Item = Slot> {
        self.terms().into_iter().filter_map(PatternTerm::slot)
    }
}

/// A step with its label and estimate for explanations.
pub(super) struct PlannedStep {
    pub(super) step: Step,
    /// The estimated number of rows after this step.
    pub(super) estimate: f64,
    pub(super) label: String,
}

/// Steps that extend a row one after the other, depth first.
pub(super) type Pipeline = Vec<PlannedStep>;

/// An operator over the rows of its input.
pub(super) struct Operator {
    pub(super) kind: OperatorKind,
    /// Only a pipeline may have no input. It then extends one empty row.
    pub(super) input: Option<Box<Operator>>,
}

pub(super) enum OperatorKind {
    /// The rows that extend each input row: a nested-loop join.
    Pipeline(Pipeline),
    Group {
        keys: Vec<Slot>,
        aggregates: Vec<(Slot, Aggregate)>,
        /// All slots of the input, for `COUNT(DISTINCT *)`.
        slots: Vec<Slot>,
    },
    Sort {
        keys: Vec<SortKey>,
        /// How many of the first rows are needed.
        limit: Option<usize>,
    },
    Distinct(Vec<Slot>),
    Slice {
        start: usize,
        length: Option<usize>,
    },
    /// Hides all other slots.
    Project(Vec<Slot>),
}

pub(super) struct SortKey {
    pub(super) expr: Expr,
    pub(super) descending: bool,
}

pub(super) struct Aggregate {
    /// The state of an empty group.
    pub(super) initial: Accumulator,
    /// `None` for `COUNT(*)`.
    pub(super) expr: Option<Expr>,
    pub(super) distinct: bool,
    pub(super) label: String,
}

/// What is made from the rows.
pub(super) enum Output {
    Select(Vec<(Variable, Slot)>),
    Ask,
    Construct(Vec<[TemplateTerm; 3]>),
    /// The triples of the nodes in these slots.
    Describe(Vec<Slot>),
}

/// A term of a CONSTRUCT template.
pub(super) enum TemplateTerm {
    Constant(Term, Id),
    Slot(Slot),
    /// The number of a blank node in the template, which is new for each row.
    Blank(usize),
    Triple(Box<[TemplateTerm; 3]>),
}

/// A query, planned for one graph.
pub(crate) struct Plan {
    pub(super) root: Operator,
    pub(super) output: Output,
    pub(super) row_width: usize,
    pub(super) table_count: usize,
    pub(super) exists_count: usize,
    /// How many blank nodes a template makes for each row.
    pub(super) blank_nodes: usize,
    /// Terms of the query that the graph does not contain.
    pub(super) computed: ComputedTerms,
    pub(super) slot_names: Vec<String>,
}
