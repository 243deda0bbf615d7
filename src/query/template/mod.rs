//! Query templates: stored queries with their parameters and decorators.

mod binding;
mod decorators;
mod diagram;
mod expectation;
mod parameter;
mod values;
mod variables;

pub use decorators::{Decorators, DecoratorsError, NamedValues, Scalar};
pub use diagram::DiagramSettings;
pub use expectation::Expectation;
pub use parameter::{Parameter, ParameterKind};
pub use values::ParameterError;

use crate::model::{EntityId, Namespaces, SparqlError, depth, on_deep_stack, on_stack_for, pattern_of};
use crate::store::Labels;
use oxigraph::model::{Term, Variable};
use spargebra::Query;
use std::collections::BTreeMap;
use values::{AllowedValues, ValueParser, pattern_binding};
use variables::Variables;

/// Values of parameters as written, by the names of the parameters.
pub type ParameterValues = BTreeMap<String, String>;

/// A query with decorators, and with parameters that values can be bound to.
///
/// ```
/// use factloom::query::{ParameterValues, QueryTemplate};
/// use factloom::store::Labels;
/// use oxigraph::sparql::QueryResults;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let text = "ASK { ?_who_iri v:helpedBuild e:pakistan-steel-mills }";
/// let template = QueryTemplate::parse("who-built", text, &dataset.namespaces)?;
/// let labels = Labels::new(&store, &dataset.language);
/// let values = ParameterValues::from([("who".to_owned(), "USSR".to_owned())]);
/// assert!(matches!(store.query(&template.bind(&values, &labels)?)?, QueryResults::Boolean(true)));
/// assert!(template.bind(&ParameterValues::new(), &labels).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct QueryTemplate {
    /// The name of the stored query.
    pub name: String,
    /// Its metadata.
    pub decorators: Decorators,
    /// Its parameters, sorted by name.
    pub parameters: Vec<Parameter>,
    /// The query, with its parameters as variables.
    pub query: Query,
}

/// Why a query template cannot be parsed.
#[derive(Debug, thiserror::Error)]
pub enum QueryTemplateError {
    /// The query is not valid SPARQL.
    #[error(transparent)]
    Sparql(#[from] SparqlError),
    /// The decorators are not valid YAML, or have an unexpected value.
    #[error(transparent)]
    Decorators(#[from] DecoratorsError),
    /// The name of a variable is not that of a valid parameter.
    #[error("{0}")]
    Parameter(String),
    /// A decorator does not apply to the query.
    #[error("{0}")]
    InvalidDecorator(String),
}

/// Values with which tests run a query template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCase {
    /// Its name; `None` for the query with its defaults.
    pub name: Option<String>,
    /// The values that replace or complete the defaults.
    pub values: ParameterValues,
}

/// A value that a parameter can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterChoice {
    /// The value as written.
    pub name: String,
    /// Its label, if it differs.
    pub label: Option<String>,
}

impl QueryTemplate {
    /// Parses a query template, in which the prefixes of a dataset need no declaration.
    ///
    /// # Errors
    ///
    /// Returns an error if the query, a decorator or the name of a parameter is invalid.
    pub fn parse(name: &str, text: &str, namespaces: &Namespaces) -> Result<Self, QueryTemplateError> {
        Self::new(name, text, namespaces.parse_query(text)?, namespaces)
    }

    /// Creates a template from a parsed query and its text.
    ///
    /// # Errors
    ///
    /// Returns an error if a decorator or the name of a parameter is invalid.
    pub fn new(name: &str, text: &str, query: Query, namespaces: &Namespaces) -> Result<Self, QueryTemplateError> {
        let decorators = Decorators::parse(text)?;
        on_deep_stack(depth(&query), || {
            let parameters = parameter::parameters(&Variables::free(&query), text, namespaces)?;
            let template = Self { name: name.to_owned(), decorators, parameters, query };
            template.check_decorators().map_err(QueryTemplateError::InvalidDecorator)?;
            Ok(template)
        })
    }

    fn check_decorators(&self) -> Result<(), String> {
        let Decorators { parameters, defaults, enumerate, cases, .. } = &self.decorators;
        let mut named: Vec<(&str, &String)> = parameters.0.keys().map(|name| ("parameters", name)).collect();
        named.extend(defaults.0.keys().map(|name| ("defaults", name)));
        named.extend(enumerate.0.keys().map(|name| ("enumerate", name)));
        named.extend(cases.0.values().flat_map(|values| values.0.keys()).map(|name| ("cases", name)));
        if let Some((decorator, name)) = named.into_iter().find(|(_, name)| self.parameter(name).is_none()) {
            return Err(format!("unknown parameter `{name}` in `{decorator}`"));
        }
        match self.decorators.expect {
            Some(expect) if !expect.applies_to(&self.query) => {
                let expected = match expect {
                    Expectation::Boolean(_) => "a number of rows",
                    Expectation::Rows(..) => "`true` or `false`",
                };
                return Err(format!("`expect: {expect}` does not apply to this query form: expected {expected}"));
            }
            _ => {}
        }
        if self.decorators.diagram.is_some() {
            self.check_diagram()?;
        }
        for name in cases.0.keys() {
            EntityId::new(name).map_err(|error| format!("invalid name `{name}` of a case: {error}"))?;
        }
        let unbound = |parameter: &&Parameter| {
            enumerate.get(&parameter.name).is_some_and(Vec::is_empty)
                && pattern_binding(pattern_of(&self.query), parameter).is_none()
        };
        match self.parameters.iter().find(unbound) {
            Some(Parameter { name, .. }) => {
                Err(format!("no triple pattern binds the parameter `{name}`: list its values in `enumerate`"))
            }
            None => Ok(()),
        }
    }

    /// Checks that the diagram can be drawn without values for parameters.
    fn check_diagram(&self) -> Result<(), String> {
        if matches!(self.query, Query::Ask { .. }) {
            return Err("`diagram` does not apply to ASK: use CONSTRUCT, or SELECT statements".to_owned());
        }
        match self.missing_parameter() {
            Some(Parameter { name, .. }) => Err(format!("`diagram` needs a default for the parameter `{name}`")),
            None => Ok(()),
        }
    }

    /// The first parameter that requires a value and has no default.
    fn missing_parameter(&self) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.required && self.default(parameter).is_none())
    }

    /// The parameter with a name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// The default value of a parameter.
    pub fn default(&self, parameter: &Parameter) -> Option<&str> {
        self.decorators.defaults.get(&parameter.name).map(|value| value.0.as_str())
    }

    /// The test cases: the defaults alone if they are sufficient, and then the named cases, sorted by name.
    pub fn test_cases(&self) -> Vec<TestCase> {
        let defaults =
            self.missing_parameter().is_none().then(|| TestCase { name: None, values: ParameterValues::new() });
        let named = self.decorators.cases.0.iter().map(|(name, values)| TestCase {
            name: Some(name.clone()),
            values: values.0.iter().map(|(name, value)| (name.clone(), value.0.clone())).collect(),
        });
        defaults.into_iter().chain(named).collect()
    }

    /// The query with values, or defaults, in place of all its parameters. Values are bound as terms, so that nothing in them
    /// can change the query.
    ///
    /// # Errors
    ///
    /// Returns an error if a value is missing, invalid, or given for an unknown parameter.
    pub fn bind(&self, values: &ParameterValues, labels: &Labels<'_>) -> Result<Query, ParameterError> {
        let (query, missing) = self.bind_terms(values, labels)?;
        match missing {
            Some(missing) => Err(ParameterError::Missing(missing.name.clone())),
            None => Ok(query),
        }
    }

    /// The query with values, or defaults, in place of its parameters; parameters without a value remain variables.
    ///
    /// # Errors
    ///
    /// Returns an error if a value is invalid or given for an unknown parameter.
    pub fn bind_available(&self, values: &ParameterValues, labels: &Labels<'_>) -> Result<Query, ParameterError> {
        Ok(self.bind_terms(values, labels)?.0)
    }

    /// The query with the available values, and the first required parameter without one.
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
            let term = on_stack_for(&self.query, || {
                self.parser(parameter, labels).parse(value, &self.allowed(parameter, labels)?)
            })?;
            terms.insert(parameter.variable.clone(), term);
        }
        Ok((on_stack_for(&self.query, || binding::bind(&self.query, &terms)), missing))
    }

    /// The values that a parameter can have, if `enumerate` lists them or takes them from the graph.
    ///
    /// # Errors
    ///
    /// Returns an error if a listed value is invalid.
    pub fn choices(
        &self,
        parameter: &Parameter,
        labels: &Labels<'_>,
    ) -> Result<Option<Vec<ParameterChoice>>, ParameterError> {
        on_stack_for(&self.query, || self.allowed_choices(parameter, labels))
    }

    fn allowed_choices(
        &self,
        parameter: &Parameter,
        labels: &Labels<'_>,
    ) -> Result<Option<Vec<ParameterChoice>>, ParameterError> {
        let allowed = self.allowed(parameter, labels)?;
        if allowed == AllowedValues::Any {
            return Ok(None);
        }
        let parser = self.parser(parameter, labels);
        let mut choices = Vec::new();
        for term in parser.allowed_terms(&allowed)? {
            let mut names = parser.names(&term)?.into_iter();
            let Some(name) = names.next() else { continue };
            let label = names.next().filter(|label| *label != name);
            choices.push(ParameterChoice { name, label });
        }
        Ok(Some(choices))
    }

    fn parser<'a>(&'a self, parameter: &'a Parameter, labels: &'a Labels<'a>) -> ValueParser<'a> {
        ValueParser { parameter, query: &self.query, labels }
    }

    fn allowed(&self, parameter: &Parameter, labels: &Labels<'_>) -> Result<AllowedValues, ParameterError> {
        let Some(listed) = self.decorators.enumerate.get(&parameter.name) else { return Ok(AllowedValues::Any) };
        if listed.is_empty() {
            let pattern = pattern_binding(pattern_of(&self.query), parameter).cloned();
            return Ok(pattern.map_or(AllowedValues::Any, AllowedValues::FromGraph));
        }
        let parser = self.parser(parameter, labels);
        let terms = listed.iter().map(|value| parser.parse(&value.0, &AllowedValues::Any));
        Ok(AllowedValues::Listed(terms.collect::<Result<_, _>>()?))
    }
}

#[cfg(test)]
mod tests;
