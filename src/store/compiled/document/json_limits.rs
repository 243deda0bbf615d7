//! A limit on the depth of JSON-LD, which is checked before a parser reads it. The memory of the JSON-LD parser grows with the square
//! of the depth, and its stack with the depth.

use crate::store::compiled::GraphError;

/// The maximum number of objects and lists inside each other.
pub(super) const MAX_DEPTH: usize = 500;

/// How deep a position in a document is.
#[derive(Default)]
pub(super) struct JsonDepth {
    depth: usize,
    /// Whether the next byte is in a string, and whether a backslash precedes it.
    in_string: bool,
    is_escaped: bool,
}

impl JsonDepth {
    /// Reads the next bytes. Returns an error if they are too deep.
    pub(super) fn push_all(&mut self, bytes: &[u8]) -> Result<(), GraphError> {
        for byte in bytes {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.in_string => self.is_escaped = true,
                b'"' => self.in_string = !self.in_string,
                b'{' | b'[' if !self.in_string => self.depth += 1,
                b'}' | b']' if !self.in_string => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            if self.depth > MAX_DEPTH {
                let exceeded = format!("more than {MAX_DEPTH} objects or lists inside each other");
                return Err(GraphError::DocumentLimit(exceeded));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::store::GraphBuilder;
    use oxigraph::io::{JsonLdProfileSet, RdfFormat};

    fn read(text: &str) -> Result<u64, String> {
        let mut builder = GraphBuilder::new();
        let format = RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() };
        builder.read(format, None, text.as_bytes()).map_err(|e| e.to_string())?;
        Ok(builder.finish().map_err(|e| e.to_string())?.len())
    }

    #[test]
    fn documents_up_to_the_limit_are_read() {
        let nested = |levels: usize| format!("{}1{}", r#"{"@id":"e:a","e:p":"#.repeat(levels), "}".repeat(levels));
        assert_eq!(read(&nested(500)), Ok(2));
        let error = Err("the document has more than 500 objects or lists inside each other".to_owned());
        for levels in [501, 100_000] {
            assert_eq!(read(&nested(levels)), error);
            assert_eq!(read(&format!("{}{}", "[".repeat(levels), "]".repeat(levels))), error);
        }
    }

    #[test]
    fn brackets_in_strings_are_not_levels() {
        let text = "{[\\\"".repeat(1_000);
        assert_eq!(read(&format!(r#"{{"@id":"e:a","e:p":"{text}"}}"#)), Ok(1));
    }
}
