//! Recovery from invalid records: reads a record without its invalid fields, and reports each of them.

use super::members::{Object, without_position};
use crate::diagnostic::{Code, PathSegment, did_you_mean};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A problem of a value in a record.
#[derive(Debug)]
pub(super) struct Problem {
    pub code: Code,
    pub path: Vec<PathSegment>,
    pub key: bool,
    pub message: String,
    pub label: String,
    pub help: String,
}

/// Reads a record without its invalid fields, and reports these.
///
/// Linear in the record, because each field and each element of a list is deserialized on its own.
pub(super) fn recover<T: DeserializeOwned>(json: &str, record_name: &str, problems: &mut Vec<Problem>) -> Option<T> {
    let error = match serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(json)) {
        Ok(Object(value)) => return Some(value),
        Err(error) => error,
    };
    let Ok(mut record) = serde_json::from_str::<Value>(json) else {
        // A number that exceeds the range of `f64`.
        problems.push(problem(&error, record_name));
        return None;
    };
    'members: for (name, member) in record.as_object().cloned().unwrap_or_default() {
        for Fragment { mut value, element } in fragments(&name, &member) {
            while let Err(error) = serde_path_to_error::deserialize::<_, Object<T>>(&value) {
                let mut problem = problem(&error, record_name);
                // Removing one element would renumber the others, so the whole list is removed.
                let is_index = |segment: &PathSegment| matches!(segment, PathSegment::Index(_));
                let length = problem.path.iter().rposition(|segment| !is_index(segment)).map_or(0, |last| last + 1);
                let mut path = problem.path[..length].to_vec();
                if !remove(&mut value, &path) {
                    problems.push(problem);
                    return None;
                }
                for path in [&mut problem.path, &mut path] {
                    if let (Some(PathSegment::Index(index)), Some(element)) = (path.get_mut(1), element) {
                        *index = element;
                    }
                }
                let concerns_member = problem.path.len() == 1;
                problems.push(problem);
                // The list that contains it may already be removed.
                remove(&mut record, &path);
                if concerns_member {
                    continue 'members;
                }
            }
        }
    }
    // A `Value` has only the last of duplicate members.
    match Object::deserialize(record) {
        Ok(Object(value)) => Some(value),
        Err(_) if problems.is_empty() => {
            problems.push(problem(&error, record_name));
            None
        }
        Err(_) => None,
    }
}

/// A record with only one of its members, or with only one element or member of that member.
struct Fragment {
    value: Value,
    /// The index of the element.
    element: Option<usize>,
}

/// Splits a member into fragments. No format requires a member, so each fragment can be deserialized on its own.
fn fragments(name: &str, member: &Value) -> Vec<Fragment> {
    let fragment = |value: Value, element: Option<usize>| Fragment {
        value: Map::from_iter([(name.to_owned(), value)]).into(),
        element,
    };
    match member {
        Value::Array(list) => {
            let elements = list.iter().enumerate();
            let elements = elements.map(|(index, value)| fragment(vec![value.clone()].into(), Some(index)));
            [fragment(Value::Array(Vec::new()), None)].into_iter().chain(elements).collect()
        }
        Value::Object(members) => {
            let members = members.iter().map(|(k, v)| fragment(Map::from_iter([(k.clone(), v.clone())]).into(), None));
            [fragment(Map::new().into(), None)].into_iter().chain(members).collect()
        }
        other => vec![fragment(other.clone(), None)],
    }
}

/// Translates an error of serde.
fn problem(error: &serde_path_to_error::Error<serde_json::Error>, name: &str) -> Problem {
    let mut path = segments(error.path());
    let message = without_position(error.inner());
    if let Some(rest) = message.strip_prefix("unknown field `") {
        let (member, known) = rest.split_once('`').unwrap_or((rest, ""));
        // The path may already end with the member.
        if path.last() != Some(&PathSegment::from(member)) {
            path.push(member.into());
        }
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        let object = match &path[..] {
            [_] => format!("a {name}"),
            [PathSegment::Key(parent), ..] if parent == "evidence" => "evidence".to_owned(),
            _ => "this object".to_owned(),
        };
        return Problem {
            code: Code::UnknownField,
            path,
            key: true,
            message: format!("unknown field `{member}`"),
            label: format!("not a field of {object}"),
            help: did_you_mean(member, known.iter().copied(), format!("use one of {}", known.join(", "))),
        };
    }
    let what = match path.last() {
        Some(PathSegment::Key(member)) => format!("`{member}`"),
        Some(PathSegment::Index(_)) => "an element of the list".to_owned(),
        None => format!("a {name}"),
    };
    let (message, label, help) = match message.split_once(", expected ") {
        Some((found, expected)) => {
            let found = match found.strip_prefix("invalid type: ").unwrap_or(found) {
                found if found.starts_with("string") => "a string",
                found if found.starts_with("boolean") => "a boolean",
                found if found.starts_with("map") => "an object",
                found if found.starts_with("sequence") => "a list",
                found if found.starts_with("null") => "`null`",
                found if found.starts_with("invalid value: integer `-") => "a negative number",
                found if found.starts_with("floating point") => "a number with decimal places",
                _ => "a number",
            };
            let expected = match expected {
                "a sequence" => "a list",
                "u32" => "a whole number",
                other => other,
            };
            let help = match (what.as_str(), expected, found) {
                ("`claim`", _, "a string") => "write `{ \"status\": \"planned\" }`".to_owned(),
                ("`label`", _, "an object") => "write one label, and move other languages to `labels`".to_owned(),
                (_, "a list", _) => "put it in `[ … ]`".to_owned(),
                _ => format!("replace it with {expected}"),
            };
            (format!("wrong type for {what}"), format!("expected {expected}, found {found}"), help)
        }
        None => (format!("invalid value for {what}"), "not a valid value".to_owned(), "correct the value".to_owned()),
    };
    Problem { code: Code::InvalidValue, path, key: false, message, label, help }
}

fn segments(path: &serde_path_to_error::Path) -> Vec<PathSegment> {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(PathSegment::Index(*index)),
            Segment::Map { key } => Some(PathSegment::Key(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// Removes a member from its object; `false` if there is none.
fn remove(value: &mut Value, path: &[PathSegment]) -> bool {
    let Some((PathSegment::Key(last), parents)) = path.split_last() else { return false };
    let parent = parents.iter().try_fold(value, |parent, segment| match segment {
        PathSegment::Key(key) => parent.get_mut(key),
        PathSegment::Index(index) => parent.get_mut(index),
    });
    parent.and_then(Value::as_object_mut).is_some_and(|object| object.remove(last).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(default)]
        list: Vec<Item>,
        size: Option<u32>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        id: Option<String>,
    }

    fn recovered(json: &str) -> (Option<Sample>, Vec<Vec<PathSegment>>) {
        let mut problems = Vec::new();
        let read = recover(json, "sample", &mut problems);
        (read, problems.into_iter().map(|p| p.path).collect())
    }

    #[test]
    fn problems_of_a_long_list_have_the_indices_of_their_elements() {
        let items: Vec<String> = (0..20_000)
            .map(|i| if i % 2 == 0 { format!("{{\"id\":\"{i}\"}}") } else { "{\"id\":1,\"x\":2}".into() })
            .collect();
        let (read, problems) = recovered(&format!("{{\"list\":[{}],\"size\":-1}}", items.join(",")));
        let read = read.unwrap();
        assert_eq!((read.list.len(), read.size), (20_000, None));
        assert_eq!(read.list[19_998].id.as_deref(), Some("19998"));
        assert_eq!(problems.len(), 20_001);
        let numbers: Vec<usize> = problems
            .iter()
            .filter_map(|p| if let PathSegment::Index(i) = p.get(1)? { Some(*i) } else { None })
            .collect();
        assert!(numbers.is_sorted() && numbers.iter().all(|i| i % 2 == 1));
    }

    #[test]
    fn a_list_with_an_element_of_another_type_is_removed() {
        let (read, problems) = recovered(r#"{"list": [{}, 1, {"x": 1}], "size": 3}"#);
        assert_eq!(read.map(|r| (r.list.len(), r.size)), Some((0, Some(3))));
        let (list, index) = (PathSegment::from("list"), PathSegment::from);
        assert_eq!(problems, [vec![list.clone(), index(1)], vec![list, index(2), "x".into()]]);
        let many = format!(r#"{{"list": [{{}}, 1{}, {{"x": 1}}]}}"#, ", {}".repeat(100));
        let (read, problems) = recovered(&many);
        assert_eq!(read.map(|r| r.list.len()), Some(0));
        assert_eq!(problems.len(), 2);
    }

    #[test]
    fn a_record_must_be_an_object() {
        let (read, problems) = recovered("[1]");
        assert!(read.is_none());
        assert_eq!(problems, [[]; 1]);
    }
}
