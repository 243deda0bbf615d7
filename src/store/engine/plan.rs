//! What is to be done for a query: steps that each take a row on, and operators over rows.

use super::expression::Expr;
use super::path::Path;
use crate::store::compiled::Id;
use oxigraph::model::Variable;

/// The place of a variable in a row. In a row, 0 stands for a variable without a value.
pub(super) type Slot = usize;

/// An id that no term has.
pub(super) const NOTHING: Id = Id::MAX;

/// What stands at a place of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Fixed(Id),
    Slot(Slot),
}

impl Place {
    /// The id that stands here in a row; `None` where the variable has no value yet.
    pub(super) fn id(self, row: &[Id]) -> Option<Id> {
        match self {
            Self::Fixed(id) => Some(id),
            Self::Slot(slot) => Some(row[slot]).filter(|id| *id != 0),
        }
    }

    /// The id that stands here whatever the row.
    pub(super) fn fixed(self) -> Option<Id> {
        match self {
            Self::Fixed(id) => Some(id),
            Self::Slot(_) => None,
        }
    }

    pub(super) fn slot(self) -> Option<Slot> {
        match self {
            Self::Fixed(_) => None,
            Self::Slot(slot) => Some(slot),
        }
    }
}

/// Which graph a pattern is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum In {
    Default,
    Named(Place),
}

/// One step: takes a row, and gives the rows that continue it.
pub(super) enum Step {
    /// Triples, or quads, that match a pattern.
    Triple { places: [Place; 3], graph: In, needed: [bool; 3] },
    /// Triple terms by what they are made of, or what a triple term is made of.
    TripleTerm { whole: Place, parts: [Place; 3] },
    /// What a path leads to.
    Path { subject: Place, path: Path, object: Place },
    /// The names of the graphs.
    Graphs { name: Slot },
    /// Rows for which an expression is true. Where it depends on one variable alone, neighbouring rows with one value of that
    /// are tested once.
    Filter { expr: Expr, on: Option<Slot> },
    /// The value of an expression, put in a slot.
    Bind { slot: Slot, expr: Expr },
    /// Rows that the query itself lists.
    Values { slots: Vec<Slot>, rows: Vec<Vec<Id>> },
    /// Rows of any of several chains.
    Union(Vec<Chain>),
    /// Rows of a chain, or the row itself where there are none.
    Optional(Chain),
    /// Rows of an operator that knows nothing of the row so far, as far as they agree with it.
    /// `keys` have values on both sides, `sure` in all rows of the operator.
    Table { table: usize, op: Box<Op>, slots: Vec<Slot>, keys: Vec<Slot>, sure: Vec<Slot> },
    /// The row itself, unless a row of the operator agrees with it on a shared variable.
    Minus { table: usize, op: Box<Op>, slots: Vec<Slot>, keys: Vec<Slot> },
}

/// A step, with what is expected of it.
pub(super) struct Node {
    pub(super) step: Step,
    /// How many rows are expected to come out of all steps up to this.
    pub(super) estimate: f64,
    pub(super) label: String,
}

/// Steps, one after the other, gone through depth first.
#[derive(Default)]
pub(super) struct Chain {
    pub(super) nodes: Vec<Node>,
}

/// An operator over rows.
pub(super) enum Op {
    Chain(Chain),
    /// The rows of an operator, each taken on by a chain.
    Then {
        inner: Box<Op>,
        chain: Chain,
    },
    Group {
        inner: Box<Op>,
        keys: Vec<Slot>,
        aggregates: Vec<(Slot, Aggregate)>,
        all: Vec<Slot>,
    },
    Sort {
        inner: Box<Op>,
        keys: Vec<SortKey>,
        first: Option<usize>,
    },
    Distinct {
        inner: Box<Op>,
        slots: Vec<Slot>,
    },
    Slice {
        inner: Box<Op>,
        start: usize,
        length: Option<usize>,
    },
    /// Rows of which only some slots are seen from outside.
    Project {
        inner: Box<Op>,
        slots: Vec<Slot>,
    },
}

pub(super) struct SortKey {
    pub(super) expr: Expr,
    pub(super) descending: bool,
}

pub(super) struct Aggregate {
    pub(super) function: Function,
    /// `None` for COUNT(*).
    pub(super) expr: Option<Expr>,
    pub(super) distinct: bool,
    pub(super) label: String,
}

#[derive(Clone, Debug)]
pub(super) enum Function {
    Count,
    Sum,
    Avg,
    Min,
    Max,
    Sample,
    GroupConcat(String),
}

/// What becomes of the rows.
pub(super) enum Output {
    Select(Vec<(Variable, Slot)>),
    Ask,
    Construct(Vec<[TemplatePart; 3]>),
}

/// A part of a triple to be made.
pub(super) enum TemplatePart {
    Term(oxigraph::model::Term, Id),
    Slot(Slot),
    /// A blank node, new for each row, by its number in the template.
    Blank(usize),
    Triple(Box<[TemplatePart; 3]>),
}

/// A query, ready to be run on the graph that it was planned for.
pub(crate) struct Plan {
    pub(super) op: Op,
    pub(super) output: Output,
    pub(super) width: usize,
    pub(super) tables: usize,
    pub(super) exists: usize,
    /// Whether all triples of a template are known by the ids of their parts.
    pub(super) plain: bool,
    /// How many blank nodes a template makes for each row.
    pub(super) blanks: usize,
    /// Terms of the query that the graph does not hold.
    pub(super) computed: super::terms::ComputedTerms,
    pub(super) slot_names: Vec<String>,
}
