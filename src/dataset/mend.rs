//! Reading a record in which something does not fit, without what does not fit.

use super::members::{Object, without_place};
use crate::diagnostic::{Code, PathSegment, closest};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// What is wrong with a value in a record.
#[derive(Debug)]
pub(super) struct Problem {
    pub code: Code,
    pub path: Vec<PathSegment>,
    pub key: bool,
    pub message: String,
    pub expected: String,
    pub help: String,
}

/// Reads a record, taking out what does not fit and reporting it, until the rest fits.
///
/// After each problem the part of the record that it is in is read anew; with parts of limited size that takes time
/// linear in the record, however many problems there are.
pub(super) fn mend<T: DeserializeOwned>(json: &str, name: &str, problems: &mut Vec<Problem>) -> Option<T> {
    let error = match serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(json)) {
        Ok(Object(value)) => return Some(value),
        Err(error) => error,
    };
    let Ok(mut whole) = serde_json::from_str::<Value>(json) else {
        // A number that no value holds.
        problems.push(problem(&error, name));
        return None;
    };
    for Part { mut value, first } in parts(&whole) {
        while let Err(error) = serde_path_to_error::deserialize::<_, Object<T>>(&value) {
            let mut problem = problem(&error, name);
            let mut path = problem.path.clone();
            if let Some(PathSegment::Index(index)) = problem.path.get_mut(1) {
                *index += first;
            }
            // Without one element the others of a list would have other numbers, so the list goes as a whole.
            while matches!(path.last(), Some(PathSegment::Index(_))) {
                path.pop();
            }
            let removed = remove(&mut value, &path);
            if let (Some(PathSegment::Index(index)), true) = (path.get_mut(1), removed) {
                *index += first;
            }
            problems.push(problem);
            if !removed {
                return None;
            }
            // It may have gone with its list.
            remove(&mut whole, &path);
        }
    }
    // Names that are given twice are gone with the text: a value keeps the last one.
    Object::deserialize(whole).ok().map(|Object(value)| value)
}

/// A part of a record: one of its members, and of a long one some of its members or elements.
struct Part {
    value: Value,
    /// The number of the first element, where the member is a list.
    first: usize,
}

/// How many elements or members a part has.
const PART: usize = 32;

/// Cuts a record in parts. No format asks for a member, so each part can be read by itself.
fn parts(whole: &Value) -> Vec<Part> {
    let Value::Object(members) = whole else { return vec![Part { value: whole.clone(), first: 0 }] };
    let mut parts = Vec::new();
    for (name, value) in members {
        let mut part = |value: Value, first: usize| {
            parts.push(Part { value: Map::from_iter([(name.clone(), value)]).into(), first });
        };
        match value {
            Value::Array(list) if list.len() > PART => {
                for (number, elements) in list.chunks(PART).enumerate() {
                    part(elements.into(), number * PART);
                }
            }
            Value::Object(inner) if inner.len() > PART => {
                let inner: Vec<(&String, &Value)> = inner.iter().collect();
                for members in inner.chunks(PART) {
                    part(members.iter().map(|(k, v)| ((*k).clone(), (*v).clone())).collect(), 0);
                }
            }
            other => part(other.clone(), 0),
        }
    }
    parts
}

fn problem(error: &serde_path_to_error::Error<serde_json::Error>, name: &str) -> Problem {
    let mut path = steps(error.path());
    let message = without_place(error.inner());
    let Some(rest) = message.strip_prefix("unknown field `") else {
        return Problem {
            code: Code::InvalidValue,
            path,
            key: false,
            message: format!("this does not fit the format: {message}"),
            expected: String::new(),
            help: format!("see the JSON Schema of a {name} in data/schema"),
        };
    };
    let (field, known) = rest.split_once('`').unwrap_or((rest, ""));
    // The path may or may not end in the field already.
    if path.last() != Some(&PathSegment::from(field)) {
        path.push(field.into());
    }
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    Problem {
        code: Code::UnknownField,
        path,
        key: true,
        message: format!("a {name} has no field `{field}` here"),
        expected: "a field of the format".into(),
        help: match closest(field, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`? The fields are {}", known.join(", ")),
            None => format!("the fields are {}", known.join(", ")),
        },
    }
}

fn steps(path: &serde_path_to_error::Path) -> Vec<PathSegment> {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(PathSegment::Index(*index)),
            Segment::Map { key } => Some(PathSegment::Key(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// Takes a member out of the object that it is in; `false` where there is none.
fn remove(value: &mut Value, path: &[PathSegment]) -> bool {
    let Some((last, parents)) = path.split_last() else { return false };
    let mut parent = value;
    for step in parents {
        let child = match step {
            PathSegment::Key(key) => parent.get_mut(key),
            PathSegment::Index(index) => parent.get_mut(index),
        };
        match child {
            Some(child) => parent = child,
            None => return false,
        }
    }
    match (last, parent) {
        (PathSegment::Key(key), Value::Object(object)) => object.remove(key).is_some(),
        _ => false,
    }
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

    fn mended(json: &str) -> (Option<Sample>, Vec<Vec<PathSegment>>) {
        let mut problems = Vec::new();
        let read = mend(json, "sample", &mut problems);
        (read, problems.into_iter().map(|p| p.path).collect())
    }

    #[test]
    fn problems_of_a_long_list_keep_the_numbers_of_their_elements() {
        let items: Vec<String> = (0..20_000)
            .map(|i| if i % 2 == 0 { format!("{{\"id\":\"{i}\"}}") } else { "{\"id\":1,\"x\":2}".into() })
            .collect();
        let (read, problems) = mended(&format!("{{\"list\":[{}],\"size\":-1}}", items.join(",")));
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
    fn a_list_with_an_element_of_another_kind_goes_as_a_whole() {
        let (read, problems) = mended(r#"{"list": [{}, 1, {"x": 1}], "size": 3}"#);
        assert_eq!(read.map(|r| (r.list.len(), r.size)), Some((0, Some(3))));
        assert_eq!(problems, [[PathSegment::from("list"), PathSegment::from(1)]]);
        let many = format!(r#"{{"list": [{{}}, 1{}, {{"x": 1}}]}}"#, ", {}".repeat(100));
        let (read, problems) = mended(&many);
        assert_eq!(read.map(|r| r.list.len()), Some(0));
        assert_eq!(problems.len(), 2);
    }

    #[test]
    fn what_is_no_object_is_no_record() {
        let (read, problems) = mended("[1]");
        assert!(read.is_none());
        assert_eq!(problems, [[]; 1]);
    }
}
