//! The parameters of a query, and how the names of their variables say what they are.

use super::QueryTemplateError;
use crate::model::Namespaces;
use oxigraph::model::{NamedNode, Variable};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A variable of a stored query that takes its value from whoever asks.
///
/// Its name says so, as [grlc](https://grlc.io) and BASIL have it: `?_plant_iri`, `?_name`, `?_year_xsd_gYear`, `?_x_en`; with
/// two underscores in front it may be left out. A variable that the query itself gives values to, with BIND, AS or VALUES, is
/// no parameter.
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
    String,
    /// A number: an integer, a decimal or a double, by how it is written.
    Number,
    /// A thing: an entity by its id, a label, an alias or its IRI; or any IRI, with a prefix or in full.
    Iri,
    /// A text in a language.
    Language(String),
    /// A value of a datatype.
    Datatype(NamedNode),
}

impl fmt::Display for ParameterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String => f.write_str("a text"),
            Self::Number => f.write_str("a number"),
            Self::Iri => f.write_str("an entity by its id, a label or an alias, or an IRI"),
            Self::Language(tag) => write!(f, "a text in the language `{tag}`"),
            Self::Datatype(datatype) => match datatype.as_str().strip_prefix(XSD) {
                Some(local) => write!(f, "a value of xsd:{local}"),
                None => write!(f, "a value of {datatype}"),
            },
        }
    }
}

const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// The parameters that variables stand for, by their names; `text` is that of the query, whose prefixes count.
pub(super) fn parameters(
    variables: &BTreeSet<Variable>,
    text: &str,
    names: &Namespaces,
) -> Result<Vec<Parameter>, QueryTemplateError> {
    let prefixes = Prefixes { text, names };
    let mut found: BTreeMap<String, Parameter> = BTreeMap::new();
    for variable in variables {
        let Some(parameter) = of_variable(variable, &prefixes)? else { continue };
        if let Some(other) = found.insert(parameter.name.clone(), parameter) {
            let message = format!("{} and {variable} are parameters of one name, `{}`", other.variable, other.name);
            return Err(QueryTemplateError::Parameter(message));
        }
    }
    Ok(found.into_values().collect())
}

fn of_variable(variable: &Variable, prefixes: &Prefixes<'_>) -> Result<Option<Parameter>, QueryTemplateError> {
    let Some(rest) = variable.as_str().strip_prefix('_') else { return Ok(None) };
    let (rest, required) = rest.strip_prefix('_').map_or((rest, true), |rest| (rest, false));
    let mut parts = rest.split('_');
    let name = parts.next().unwrap_or_default();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    let kind = match (parts.next(), parts.next(), parts.next()) {
        (None | Some("literal" | "string"), None, _) => ParameterKind::String,
        (Some("number"), None, _) => ParameterKind::Number,
        (Some("iri"), None, _) => ParameterKind::Iri,
        (Some(datatype), None, _) if is_of_xsd(datatype) => ParameterKind::Datatype(of_xsd(datatype)),
        (Some(tag), None, _) if matches!(tag.len(), 2 | 3) && tag.bytes().all(|b| b.is_ascii_alphabetic()) => {
            ParameterKind::Language(tag.to_ascii_lowercase())
        }
        (Some(prefix), Some(local), None) => ParameterKind::Datatype(prefixes.datatype(variable, prefix, local)?),
        _ => {
            let message = format!(
                "the name of {variable} does not say what its values are: behind the parameter's name stands iri, number, \
                 literal, a datatype of XML Schema, a language of two or three letters, or a prefix and a datatype"
            );
            return Err(QueryTemplateError::Parameter(message));
        }
    };
    Ok(Some(Parameter { name: name.to_owned(), variable: variable.clone(), kind, required }))
}

fn of_xsd(local: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{XSD}{local}"))
}

/// Whether XML Schema defines a datatype: no other name is one that a literal can have.
fn is_of_xsd(local: &str) -> bool {
    crate::model::literal::is_datatype(of_xsd(local).as_ref())
}

/// The prefixes that a query declares, and those that it may use undeclared.
struct Prefixes<'a> {
    text: &'a str,
    names: &'a Namespaces,
}

impl Prefixes<'_> {
    fn datatype(&self, variable: &Variable, prefix: &str, local: &str) -> Result<NamedNode, QueryTemplateError> {
        let unknown =
            || QueryTemplateError::Parameter(format!("{variable} has a datatype with the unknown prefix `{prefix}`"));
        let declaration = format!(r"(?i)\bPREFIX\s+(?-i:{}):\s*<([^>\s]*)>", regex::escape(prefix));
        let declared = Regex::new(&declaration).ok().and_then(|r| Some(r.captures(self.text)?.get(1)?.as_str()));
        let namespace = declared.or_else(|| self.names.namespace(prefix)).ok_or_else(unknown)?;
        let datatype = NamedNode::new(format!("{namespace}{local}")).map_err(|_| unknown())?;
        if datatype.as_str().starts_with(XSD) && !is_of_xsd(local) {
            return Err(QueryTemplateError::Parameter(format!("{variable}: XML Schema has no datatype `{local}`")));
        }
        // A text without a language is one of this datatype, which grlc's users write, too.
        Ok(datatype)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variable: &str) -> Result<Option<Parameter>, String> {
        let names = Namespaces::new("https://e.org/", &[]).unwrap();
        let prefixes = Prefixes { text: "prefix my: <https://my.org/> SELECT * {}", names: &names };
        of_variable(&Variable::new(variable).unwrap(), &prefixes).map_err(|e| e.to_string())
    }

    fn kind(variable: &str) -> ParameterKind {
        of(variable).unwrap().expect("a parameter").kind
    }

    #[test]
    fn the_name_of_a_variable_says_what_its_values_are() {
        let xsd = |local| ParameterKind::Datatype(of_xsd(local));
        assert_eq!(kind("_plant_iri"), ParameterKind::Iri);
        assert_eq!(kind("_name"), ParameterKind::String);
        assert_eq!(kind("_name_literal"), ParameterKind::String);
        assert_eq!(kind("_n_number"), ParameterKind::Number);
        assert_eq!(kind("_n_integer"), xsd("integer"));
        assert_eq!(kind("_year_gYear"), xsd("gYear"));
        assert_eq!(kind("_year_xsd_gYear"), xsd("gYear"));
        assert_eq!(kind("_x_en"), ParameterKind::Language("en".to_owned()));
        assert_eq!(kind("_x_my_unit"), ParameterKind::Datatype(NamedNode::new_unchecked("https://my.org/unit")));
        assert!(of("_name").unwrap().is_some_and(|p| p.required && p.name == "name"));
        assert!(of("__name_en").unwrap().is_some_and(|p| !p.required && p.name == "name"));
        for plain in ["name", "a_b", "_", "__", "___", "_1", "___x"] {
            assert_eq!(of(plain), Ok(None), "{plain}");
        }
    }

    #[test]
    fn a_name_that_says_nothing_clear_is_refused() {
        assert!(of("_plant_name").unwrap_err().contains("does not say what its values are"));
        assert!(of("_x_no_such").unwrap_err().contains("unknown prefix `no`"));
        assert!(of("_x_xsd_gYaer").unwrap_err().contains("no datatype `gYaer`"));
        let both = ["_x", "_x_iri"].map(|v| Variable::new(v).unwrap()).into();
        assert!(parameters(&both, "", &Namespaces::standard()).unwrap_err().to_string().contains("of one name, `x`"));
    }
}
