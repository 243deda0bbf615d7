//! Stored queries: files with a query, parameters, and decorators that say what it is for.

mod bind;
mod decorators;
mod diagram;
mod expect;
mod parameter;
mod values;
mod variables;

pub use decorators::{Decorators, DecoratorsError, NamedValues, Scalar};
pub use diagram::DiagramSettings;
pub use expect::Expectation;
pub use parameter::{Parameter, ParameterKind};
pub use values::ParameterError;

use super::algebra::pattern_of;
use crate::model::{EntityId, Namespaces, SparqlError};
use crate::store::Labels;
use oxigraph::model::{Term, Variable};
use spargebra::Query;
use std::collections::BTreeMap;
use values::{Allowed, Reader, giving};
use variables::Variables;

/// Values of parameters, as they are written, by the names of the parameters.
pub type ParameterValues = BTreeMap<String, String>;

/// A stored query that has been read.
///
/// ```
/// use factloom::query::{QueryTemplate, ParameterValues};
/// use factloom::store::Labels;
/// use oxigraph::sparql::QueryResults;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let text = "ASK { ?_who_iri v:helpedBuild e:pakistan-steel-mills }";
/// let stored = QueryTemplate::parse("who-built", text, &dataset.names)?;
/// let labels = Labels::new(&store, &dataset.language);
/// let values = ParameterValues::from([("who".to_owned(), "USSR".to_owned())]);
/// assert!(matches!(store.query(&stored.bind(&values, &labels)?)?, QueryResults::Boolean(true)));
/// assert!(stored.bind(&ParameterValues::new(), &labels).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct QueryTemplate {
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
pub enum QueryTemplateError {
    /// It is no SPARQL.
    #[error(transparent)]
    Sparql(#[from] SparqlError),
    /// Its decorators are no YAML, or not what they should be: how.
    #[error("the decorators cannot be read: {0}")]
    Decorators(#[from] DecoratorsError),
    /// The name of a variable makes it a parameter, and says nothing clear.
    #[error("{0}")]
    Parameter(String),
    /// A decorator does not fit the query.
    #[error("{0}")]
    Misfit(String),
}

/// A set of values to ask a stored query with in tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCase {
    /// What it is called; `None` for the query with nothing but its defaults.
    pub name: Option<String>,
    /// The values besides the defaults.
    pub values: ParameterValues,
}

/// A value that a parameter may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterChoice {
    /// How it is written.
    pub name: String,
    /// What it is called, where that is something else.
    pub label: Option<String>,
}

impl QueryTemplate {
    /// Reads a stored query, which may use the prefixes of a dataset undeclared.
    ///
    /// # Errors
    ///
    /// Where it is no SPARQL, its decorators are wrong, or the name of a variable makes it a parameter of no known kind.
    pub fn parse(name: &str, text: &str, names: &Namespaces) -> Result<Self, QueryTemplateError> {
        Self::new(name, text, names.parse_query(text)?, names)
    }

    /// Reads what the text of a query says besides the query itself, which has been parsed.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), but for the query itself.
    pub fn new(name: &str, text: &str, query: Query, names: &Namespaces) -> Result<Self, QueryTemplateError> {
        let decorators = Decorators::parse(text)?;
        let parameters = parameter::parameters(&Variables::free(&query), text, names)?;
        let stored = Self { name: name.to_owned(), decorators, parameters, query };
        stored.check()?;
        Ok(stored)
    }

    /// Refuses decorators that speak of parameters that there are not.
    fn check(&self) -> Result<(), QueryTemplateError> {
        let Decorators { defaults, enumerate, cases, .. } = &self.decorators;
        let of_cases = cases.0.values().flat_map(|values| values.0.keys());
        let all = [("defaults", defaults.0.keys().collect()), ("enumerate", enumerate.0.keys().collect::<Vec<_>>())];
        for (decorator, names) in all.into_iter().chain([("cases", of_cases.collect())]) {
            if let Some(unknown) = names.into_iter().find(|name| self.parameter(name).is_none()) {
                let message = format!("`{decorator}` speaks of `{unknown}`, which is no parameter of the query");
                return Err(QueryTemplateError::Misfit(message));
            }
        }
        if let Some(expect) = self.decorators.expect.filter(|expect| !expect.fits(&self.query)) {
            let message = match expect {
                Expectation::Boolean(_) => {
                    format!("`expect: {expect}` is for ASK queries, and this is none: expect rows")
                }
                Expectation::Rows(..) => {
                    format!("`expect: {expect}` is for rows, and this is an ASK query: expect true or false")
                }
            };
            return Err(QueryTemplateError::Misfit(message));
        }
        if self.decorators.diagram.is_some() {
            self.check_diagram()?;
        }
        for name in cases.0.keys() {
            if let Err(error) = EntityId::new(name) {
                return Err(QueryTemplateError::Misfit(format!("`{name}` is no name of a case: {error}")));
            }
        }
        for parameter in self.parameters.iter().filter(|p| enumerate.get(&p.name).is_some_and(Vec::is_empty)) {
            if giving(pattern_of(&self.query), parameter).is_none() {
                let name = &parameter.name;
                let message =
                    format!("`enumerate` speaks of `{name}`, for which no triple pattern has values: list them");
                return Err(QueryTemplateError::Misfit(message));
            }
        }
        Ok(())
    }

    /// Refuses a diagram that could not be drawn by its name alone.
    fn check_diagram(&self) -> Result<(), QueryTemplateError> {
        if matches!(self.query, Query::Ask { .. }) {
            let message =
                "an ASK query chooses no statements for a `diagram`: ask with CONSTRUCT, or SELECT statements";
            return Err(QueryTemplateError::Misfit(message.to_owned()));
        }
        match self.parameters.iter().find(|parameter| parameter.required && self.default(parameter).is_none()) {
            Some(Parameter { name, .. }) => {
                let message = format!("a `diagram` is drawn without values, and `{name}` has no default");
                Err(QueryTemplateError::Misfit(message))
            }
            None => Ok(()),
        }
    }

    /// The parameter of a name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// The value that a parameter has where none is given.
    pub fn default(&self, parameter: &Parameter) -> Option<&str> {
        self.decorators.defaults.get(&parameter.name).map(|value| value.0.as_str())
    }

    /// The sets of values that tests ask it with: its defaults alone, where they are all that it needs, and then its cases, in
    /// the order of their names.
    pub fn test_cases(&self) -> Vec<TestCase> {
        let alone = self.parameters.iter().all(|p| !p.required || self.default(p).is_some());
        let alone = alone.then(|| TestCase { name: None, values: ParameterValues::new() });
        let named = self.decorators.cases.0.iter().map(|(name, values)| TestCase {
            name: Some(name.clone()),
            values: values.0.iter().map(|(name, value)| (name.clone(), value.0.clone())).collect(),
        });
        alone.into_iter().chain(named).collect()
    }

    /// The query with values, and defaults for those that are not given, in place of its parameters, everywhere in it. Values
    /// are terms and never text of the query: no quote and no bracket in them has a meaning.
    ///
    /// # Errors
    ///
    /// Where a parameter has no value, or one that is none of its own; where a value is given to no parameter.
    pub fn bind(&self, values: &ParameterValues, labels: &Labels<'_>) -> Result<Query, ParameterError> {
        let (query, missing) = self.bind_terms(values, labels)?;
        match missing {
            Some(missing) => Err(ParameterError::Missing(missing.name.clone())),
            None => Ok(query),
        }
    }

    /// The query with values and defaults in place of its parameters, as far as there are any; parameters without a value stay
    /// variables.
    ///
    /// # Errors
    ///
    /// Where a parameter has a value that is none of its own; where a value is given to no parameter.
    pub fn bind_available(&self, values: &ParameterValues, labels: &Labels<'_>) -> Result<Query, ParameterError> {
        Ok(self.bind_terms(values, labels)?.0)
    }

    /// The query with what values there are, and the first parameter that lacks one.
    fn bind_terms(
        &self,
        values: &ParameterValues,
        labels: &Labels<'_>,
    ) -> Result<(Query, Option<&Parameter>), ParameterError> {
        if let Some(unknown) = values.keys().find(|name| self.parameter(name).is_none()) {
            let known = self.parameters.iter().map(|p| p.name.clone()).collect();
            return Err(ParameterError::Unknown(unknown.clone(), known));
        }
        let mut terms: BTreeMap<Variable, Term> = BTreeMap::new();
        let mut missing = None;
        for parameter in &self.parameters {
            let value = values.get(&parameter.name).map(String::as_str).or_else(|| self.default(parameter));
            let Some(value) = value else {
                missing = missing.or(parameter.required.then_some(parameter));
                continue;
            };
            let term = self.reader(parameter, labels).read(value, &self.allowed(parameter, labels)?)?;
            terms.insert(parameter.variable.clone(), term);
        }
        Ok((bind::bind(&self.query, &terms), missing))
    }

    /// The values that a parameter may have, where they are listed: in its decorators, or in the graph.
    ///
    /// # Errors
    ///
    /// Where one that the decorators list is none of its values, or the store fails.
    pub fn choices(
        &self,
        parameter: &Parameter,
        labels: &Labels<'_>,
    ) -> Result<Option<Vec<ParameterChoice>>, ParameterError> {
        let allowed = self.allowed(parameter, labels)?;
        if allowed == Allowed::All {
            return Ok(None);
        }
        let reader = self.reader(parameter, labels);
        let mut choices = Vec::new();
        for term in reader.listed(&allowed)? {
            let mut names = reader.names(&term)?.into_iter();
            let Some(name) = names.next() else { continue };
            let label = names.next().filter(|label| *label != name);
            choices.push(ParameterChoice { name, label });
        }
        Ok(Some(choices))
    }

    fn reader<'a>(&'a self, parameter: &'a Parameter, labels: &'a Labels<'a>) -> Reader<'a> {
        Reader { parameter, query: &self.query, labels }
    }

    fn allowed(&self, parameter: &Parameter, labels: &Labels<'_>) -> Result<Allowed, ParameterError> {
        let Some(listed) = self.decorators.enumerate.get(&parameter.name) else { return Ok(Allowed::All) };
        if listed.is_empty() {
            return Ok(giving(pattern_of(&self.query), parameter).cloned().map_or(Allowed::All, Allowed::OfGraph));
        }
        let reader = self.reader(parameter, labels);
        let terms = listed.iter().map(|value| reader.read(&value.0, &Allowed::All));
        Ok(Allowed::Listed(terms.collect::<Result<_, _>>()?))
    }
}

#[cfg(test)]
mod tests;
