//! How the objects of a list are laid out.

/// The longest object that is written on one line.
const MAX_LINE: usize = 140;

/// The members that begin a line, if an object does not fit on one line.
const OWN_LINES: [&str; 3] = ["qualifiers", "claim", "evidence"];

/// The layout of the objects of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::authoring) enum ItemStyle {
    /// One member per line, as serializers write them.
    Expanded,
    /// The object begins with its first member. Several members share a line.
    Compact,
}

impl ItemStyle {
    /// The style of an object in a file.
    pub(super) fn of(object: &str) -> Self {
        let first_line = object.lines().next().unwrap_or_default();
        match object.contains('\n') && first_line.trim_end() == "{" {
            true => Self::Expanded,
            false => Self::Compact,
        }
    }
}

/// JSON on one line: `{ "a": [1, 2] }`. The text is valid JSON without comments.
pub(in crate::authoring) fn one_line(json: &str) -> String {
    let mut line = String::with_capacity(json.len() + 16);
    let mut in_string = false;
    let mut is_escaped = false;
    for c in json.chars() {
        if in_string {
            line.push(c);
            in_string = is_escaped || c != '"';
            is_escaped = c == '\\' && !is_escaped;
            continue;
        }
        match c {
            '"' => {
                pad(&mut line);
                line.push(c);
                in_string = true;
            }
            ' ' | '\t' | '\n' | '\r' => {}
            ',' => line.push_str(", "),
            ':' => line.push_str(": "),
            '}' if line.ends_with('{') => line.push('}'),
            '}' => line.push_str(" }"),
            c => {
                pad(&mut line);
                line.push(c);
            }
        }
    }
    line
}

/// A space after the brace that opens an object with members.
fn pad(line: &mut String) {
    if line.ends_with('{') {
        line.push(' ');
    }
}

/// An object of members, each a name and its JSON on one line, in a list whose items have this indentation.
pub(in crate::authoring) fn several_lines(
    members: &[(&str, String)],
    style: ItemStyle,
    indent: &str,
    line_end: &str,
) -> String {
    let member = |(name, json): &(&str, String)| format!("\"{name}\": {json}");
    if style == ItemStyle::Expanded {
        let lines: Vec<String> = members.iter().map(|one| format!("{indent}  {}", member(one))).collect();
        return format!("{{{line_end}{}{line_end}{indent}}}", lines.join(&format!(",{line_end}")));
    }
    let line = members.iter().map(member).collect::<Vec<_>>().join(", ");
    if indent.len() + line.len() + 4 <= MAX_LINE {
        return format!("{{ {line} }}");
    }
    let mut object = String::from("{ ");
    for (number, one) in members.iter().enumerate() {
        if number > 0 {
            object.push(',');
            match OWN_LINES.contains(&one.0) {
                true => object.extend([line_end, indent, "  "]),
                false => object.push(' '),
            }
        }
        object.push_str(&member(one));
    }
    object.push_str(" }");
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a{}:,\\\\\" \n]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[a{\\\\\":]{0,3}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn one_line_is_the_same_value(value in values()) {
            for written in [value.to_string(), format!("{value:#}")] {
                let line = one_line(&written);
                prop_assert!(!line.contains('\n'));
                prop_assert_eq!(&serde_json::from_str::<Value>(&line).unwrap(), &value);
            }
        }
    }

    #[test]
    fn json_on_one_line_has_the_spaces_of_a_curated_file() {
        let value = json!({ "a": [1, { "b": "{,:}\\\"" }], "c": {}, "d": [] });
        assert_eq!(one_line(&value.to_string()), r#"{ "a": [1, { "b": "{,:}\\\"" }], "c": {}, "d": [] }"#);
    }

    #[test]
    fn the_evidence_of_a_long_object_begins_a_line() {
        let members = [("id", "\"x\"".to_owned()), ("evidence", format!("[{}]", "1".repeat(140)))];
        let compact = several_lines(&members, ItemStyle::Compact, "  ", "\n");
        assert!(compact.starts_with("{ \"id\": \"x\",\n    \"evidence\": [1"), "{compact}");
        let expanded = several_lines(&members[..1], ItemStyle::Expanded, "  ", "\r\n");
        assert_eq!(expanded, "{\r\n    \"id\": \"x\"\r\n  }");
        assert_eq!(several_lines(&members[..1], ItemStyle::Compact, "  ", "\n"), "{ \"id\": \"x\" }");
        assert_eq!(
            [ItemStyle::of("{\n \"a\": 1\n}"), ItemStyle::of("{ \"a\":\n1 }")],
            [ItemStyle::Expanded, ItemStyle::Compact]
        );
    }
}
