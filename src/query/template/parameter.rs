//! The parameters of a query, which the names of its variables declare.

use super::QueryTemplateError;
use crate::model::Namespaces;
use crate::model::literal::XSD;
use oxigraph::model::{NamedNode, Variable};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A variable of a stored query that a value is bound to.
///
/// Its name declares it, as in [grlc](https://grlc.io) and BASIL: `?_plant_iri`, `?_name`, `?_year_xsd_gYear`, `?_x_en`. Two
/// leading underscores make it optional. A variable that the query itself assigns, with BIND, AS or VALUES, is not a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name with which a value is given.
    pub name: String,
    /// The variable.
    pub variable: Variable,
    /// The kind of its values.
    pub kind: ParameterKind,
    /// Whether it must have a value.
    pub required: bool,
}

/// The kind of a parameter's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// A string without a language tag.
    String,
    /// An integer, a decimal or a double, depending on how it is written.
    Number,
    /// An entity by its id, a label, an alias or its IRI, or any prefixed name or IRI.
    Iri,
    /// A string with a language tag.
    Language(String),
    /// A literal with a datatype.
    Datatype(NamedNode),
}

impl fmt::Display for ParameterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String => f.write_str("a string"),
            Self::Number => f.write_str("a number"),
            Self::Iri => f.write_str("an entity by its whole id, label or alias in any letter case, or an IRI"),
            Self::Language(tag) => write!(f, "a string with the language tag `{tag}`"),
            Self::Datatype(datatype) => match datatype.as_str().strip_prefix(XSD) {
                Some(local) => write!(f, "a value of xsd:{local}"),
                None => write!(f, "a value of {datatype}"),
            },
        }
    }
}

/// The parameters among the variables of a query, sorted by name. Prefixes of datatypes are looked up in the query's text.
pub(super) fn parameters(
    variables: &BTreeSet<Variable>,
    text: &str,
    namespaces: &Namespaces,
) -> Result<Vec<Parameter>, QueryTemplateError> {
    let prefixes = Prefixes { text, namespaces };
    let mut found: BTreeMap<String, Parameter> = BTreeMap::new();
    for variable in variables {
        let Some(parameter) = parse_variable(variable, &prefixes)? else { continue };
        if let Some(other) = found.insert(parameter.name.clone(), parameter) {
            let message = format!("duplicate parameter `{}`: {} and {variable}", other.name, other.variable);
            return Err(QueryTemplateError::Parameter(message));
        }
    }
    Ok(found.into_values().collect())
}

fn parse_variable(variable: &Variable, prefixes: &Prefixes<'_>) -> Result<Option<Parameter>, QueryTemplateError> {
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
        (Some(datatype), None, _) if is_xsd_datatype(datatype) => ParameterKind::Datatype(xsd(datatype)),
        (Some(tag), None, _) if matches!(tag.len(), 2 | 3) && tag.bytes().all(|b| b.is_ascii_alphabetic()) => {
            ParameterKind::Language(tag.to_ascii_lowercase())
        }
        (Some(prefix), Some(local), None) => ParameterKind::Datatype(prefixes.datatype(variable, prefix, local)?),
        _ => {
            let message = format!(
                "unknown kind of the parameter {variable}: expected `iri`, `number`, `literal`, a datatype of XML Schema, a \
                 language tag of two or three letters, or a prefix and a datatype"
            );
            return Err(QueryTemplateError::Parameter(message));
        }
    };
    Ok(Some(Parameter { name: name.to_owned(), variable: variable.clone(), kind, required }))
}

fn xsd(local: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{XSD}{local}"))
}

/// Whether XML Schema defines a datatype with this name.
fn is_xsd_datatype(local: &str) -> bool {
    crate::model::literal::is_datatype(xsd(local).as_ref())
}

/// The prefixes that a query declares, and those that need no declaration.
struct Prefixes<'a> {
    text: &'a str,
    namespaces: &'a Namespaces,
}

impl Prefixes<'_> {
    fn datatype(&self, variable: &Variable, prefix: &str, local: &str) -> Result<NamedNode, QueryTemplateError> {
        let unknown =
            || QueryTemplateError::Parameter(format!("unknown prefix `{prefix}` in the parameter {variable}"));
        let declaration = format!(r"(?i)\bPREFIX\s+(?-i:{}):\s*<([^>\s]*)>", regex::escape(prefix));
        let declared = Regex::new(&declaration).ok().and_then(|r| Some(r.captures(self.text)?.get(1)?.as_str()));
        let namespace = declared.or_else(|| self.namespaces.namespace(prefix)).ok_or_else(unknown)?;
        let datatype = NamedNode::new(format!("{namespace}{local}")).map_err(|_| unknown())?;
        if datatype.as_str().starts_with(XSD) && !is_xsd_datatype(local) {
            return Err(QueryTemplateError::Parameter(format!(
                "unknown datatype `xsd:{local}` in the parameter {variable}"
            )));
        }
        Ok(datatype)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(variable: &str) -> Result<Option<Parameter>, String> {
        let namespaces = Namespaces::new("https://e.org/", &[]).unwrap();
        let prefixes = Prefixes { text: "prefix my: <https://my.org/> SELECT * {}", namespaces: &namespaces };
        parse_variable(&Variable::new(variable).unwrap(), &prefixes).map_err(|e| e.to_string())
    }

    fn kind(variable: &str) -> ParameterKind {
        parse(variable).unwrap().expect("a parameter").kind
    }

    #[test]
    fn the_name_of_a_variable_declares_a_parameter() {
        let typed = |local| ParameterKind::Datatype(xsd(local));
        assert_eq!(kind("_plant_iri"), ParameterKind::Iri);
        assert_eq!(kind("_name"), ParameterKind::String);
        assert_eq!(kind("_name_literal"), ParameterKind::String);
        assert_eq!(kind("_n_number"), ParameterKind::Number);
        assert_eq!(kind("_n_integer"), typed("integer"));
        assert_eq!(kind("_year_gYear"), typed("gYear"));
        assert_eq!(kind("_year_xsd_gYear"), typed("gYear"));
        assert_eq!(kind("_x_en"), ParameterKind::Language("en".to_owned()));
        assert_eq!(kind("_x_my_unit"), ParameterKind::Datatype(NamedNode::new_unchecked("https://my.org/unit")));
        assert!(parse("_name").unwrap().is_some_and(|p| p.required && p.name == "name"));
        assert!(parse("__name_en").unwrap().is_some_and(|p| !p.required && p.name == "name"));
        for plain in ["name", "a_b", "_", "__", "___", "_1", "___x"] {
            assert_eq!(parse(plain), Ok(None), "{plain}");
        }
    }

    #[test]
    fn an_unclear_name_is_rejected() {
        assert!(parse("_plant_name").unwrap_err().contains("unknown kind"));
        assert!(parse("_x_no_such").unwrap_err().contains("unknown prefix `no`"));
        assert!(parse("_x_xsd_gYaer").unwrap_err().contains("unknown datatype `xsd:gYaer`"));
        let both = ["_x", "_x_iri"].map(|v| Variable::new(v).unwrap()).into();
        assert!(
            parameters(&both, "", &Namespaces::standard()).unwrap_err().to_string().contains("duplicate parameter `x`")
        );
    }
}
