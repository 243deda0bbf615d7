//! References in the decorators of stored queries: values of parameters that are IRIs.

use super::NameKind;
use super::names::Names;
use crate::authoring::edit::{TextEdit, apply};
use crate::query::{Decorators, ParameterKind, QueryTemplate};
use std::collections::BTreeMap;

/// The edits that rename the values of a query's parameters.
///
/// An occurrence of the name is one if exactly one value of a parameter changes with it, from what was renamed to the new name: so
/// comments, summaries and values with another meaning stay.
pub(super) fn edits(text: &str, names: &Names<'_>) -> Vec<TextEdit> {
    if !Decorators::are_present(text) || !text.contains(&names.old) {
        return Vec::new();
    }
    let Ok(template) = QueryTemplate::parse("query", text, &names.dataset.namespaces) else { return Vec::new() };
    let before = Values::of(&template.decorators);
    let mut edits = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let range = start..start + line.len();
        start = range.end;
        if !line.trim_start().starts_with("#+") {
            continue;
        }
        for (at, found) in line.match_indices(names.old.as_str()) {
            let at = range.start + at;
            let edit = TextEdit { range: at..at + found.len(), text: names.new.clone() };
            let Ok(after) = Decorators::parse(&apply(text, std::slice::from_ref(&edit))) else { continue };
            if renames_one_value(&template, &before, &Values::of(&after), names) {
                edits.push(edit);
            }
        }
    }
    edits
}

/// The position of a value: its decorator, the name of the test case or the index in a list, and the parameter.
type Position = (&'static str, String, String);

/// The values of parameters in decorators, and everything else.
#[derive(PartialEq)]
struct Values {
    values: BTreeMap<Position, String>,
    rest: Decorators,
}

impl Values {
    fn of(decorators: &Decorators) -> Self {
        let mut rest = decorators.clone();
        let mut values = BTreeMap::new();
        for (parameter, value) in std::mem::take(&mut rest.defaults.0) {
            values.insert(("defaults", String::new(), parameter), value.0);
        }
        for (parameter, listed) in std::mem::take(&mut rest.enumerate.0) {
            for (index, value) in listed.into_iter().enumerate() {
                values.insert(("enumerate", index.to_string(), parameter.clone()), value.0);
            }
        }
        for (case, named) in std::mem::take(&mut rest.cases.0) {
            for (parameter, value) in named.0 {
                values.insert(("cases", case.clone(), parameter), value.0);
            }
        }
        Self { values, rest }
    }
}

fn renames_one_value(template: &QueryTemplate, before: &Values, after: &Values, names: &Names<'_>) -> bool {
    let is_same = before.rest == after.rest && before.values.keys().eq(after.values.keys());
    let mut changed = before.values.iter().zip(after.values.values()).filter(|((_, old), new)| old != new);
    let (true, Some((((_, _, parameter), old), new)), None) = (is_same, changed.next(), changed.next()) else {
        return false;
    };
    let is_iri = template.parameter(parameter).is_some_and(|parameter| parameter.kind == ParameterKind::Iri);
    is_iri && renamed(old, names).is_some_and(|renamed| renamed == *new)
}

/// The new form of the value of a parameter that is an IRI: the id of an entity or, if there is no such entity, the last part of another
/// IRI, a prefixed name or an IRI.
fn renamed(value: &str, names: &Names<'_>) -> Option<String> {
    if let Some(iri) = value.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        return names.iri(iri).map(|iri| format!("<{iri}>"));
    }
    if value.contains(':') {
        return names.iri(value);
    }
    let is_entity = names.kind == NameKind::Entity || names.dataset.entity(value).is_none();
    names.id(names.kind, value).filter(|_| is_entity)
}
