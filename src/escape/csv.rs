//! [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180).

use std::borrow::Cow;

/// Whether a field must be quoted.
pub(crate) fn needs_quotes(text: &str) -> bool {
    text.contains([',', '"', '\n', '\r'])
}

/// A field. An empty string is quoted, so that it differs from a missing value.
pub(crate) fn field(text: &str) -> Cow<'_, str> {
    match text.is_empty() || needs_quotes(text) {
        true => format!("\"{}\"", text.replace('"', "\"\"")).into(),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_string_differs_from_a_missing_value() {
        assert_eq!(field(""), "\"\"");
        assert_eq!(field("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }

    proptest! {
        #[test]
        fn any_row_is_read_back(row in prop::collection::vec("(\\PC|[,\"\n\r]){0,12}", 1..5)) {
            let written = row.iter().map(|text| field(text)).collect::<Vec<_>>().join(",") + "\n";
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(written.as_bytes());
            let read: Vec<Vec<String>> = reader.deserialize().collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(read, [row]);
        }
    }
}
