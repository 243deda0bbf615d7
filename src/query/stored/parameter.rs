//! The parameters of a stored query, and the terms that written values of them stand for.

use crate::model::Names;
use crate::store::StoreError;
use oxigraph::model::{NamedNode, Variable};

/// A variable of a stored query that takes its value from whoever asks.
///
/// Its name says so, as [grlc](https://grlc.io) and BASIL have it: `?_plant_iri`, `?_name`, `?_year_xsd_gYear`, `?_x_en`; with
/// two underscores in front it may be left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// What it is called by whoever asks.
    pub name: String,
    /// The variable that stands for it.
    pub variable: Variable,
    /// What its values are.
    pub kind: ParameterKind,
    /// Whether it must have a value.
    pub required: bool,
}

/// What the values of a parameter are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// A text without a language.
    Text,
    /// A number: an integer, a decimal or a double, by how it is written.
    Number,
    /// A thing: an entity by its id, a label, an alias or its IRI; or any IRI, with a prefix or in full.
    Iri,
    /// A text in a language.
    Language(String),
    /// A value of a datatype.
    Datatype(NamedNode),
}

/// Why a query cannot be asked with some values.
#[derive(Debug, thiserror::Error)]
pub enum ParameterError {
    /// It has no such parameter: its name, and those that there are.
    #[error("the query has no parameter `{0}`")]
    Unknown(String, Vec<String>),
    /// A parameter has no value.
    #[error("the parameter `{0}` has no value")]
    Missing(String),
    /// A value is none of the parameter's.
    #[error("`{value}` is no value of the parameter `{name}`: {reason}")]
    Value {
        /// The parameter.
        name: String,
        /// What was given.
        value: String,
        /// What was expected.
        reason: String,
        /// What can be done.
        help: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Parameter {
    /// The parameter that a variable stands for, if its name says so.
    #[expect(dead_code, reason = "parameters are found next")]
    pub(super) fn of(_variable: &Variable, _names: &Names) -> Option<Self> {
        None
    }
}
