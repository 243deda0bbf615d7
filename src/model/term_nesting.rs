//! The nesting depth of triple terms in a text, which is checked before a parser reads it: parsers, and dropping the terms that
//! they build, recurse at each level.

/// The maximum nesting depth of triple terms.
pub(crate) const MAX_TERM_DEPTH: usize = 128;

/// A lexer for N-Triples, N-Quads, Turtle and TriG that distinguishes IRIs, strings and comments from the rest.
#[derive(Default)]
pub(crate) struct TermNesting {
    state: State,
    depth: usize,
}

#[derive(Clone, Copy, Default)]
enum State {
    #[default]
    Between,
    /// After `<`, and after `<<`.
    Angle,
    Angles,
    Iri,
    /// After `)`, and after `)>`.
    Closing,
    Closed,
    Comment,
    /// After a backslash outside of strings.
    Escaped,
    /// After one quotation mark, and after two.
    Mark(u8),
    Marks(u8),
    Short(u8),
    ShortEscaped(u8),
    /// In a string with three quotation marks at its ends, after this number of them.
    Long(u8, u8),
    LongEscaped(u8),
}

impl TermNesting {
    fn push(&mut self, byte: u8) {
        use State::{Angle, Angles, Between, Closed, Closing, Comment, Escaped, Iri};
        use State::{Long, LongEscaped, Mark, Marks, Short, ShortEscaped};
        self.state = match (self.state, byte) {
            (Angle, b'<') => Angles,
            (Angles, b'(') => {
                self.depth += 1;
                Between
            }
            (Closing, b'>') => Closed,
            (Closed, b'>') => {
                self.depth = self.depth.saturating_sub(1);
                Between
            }
            (Angle | Iri, b'>') | (Comment, b'\n' | b'\r') | (Escaped, _) => Between,
            (Angle | Iri, _) => Iri,
            (Comment, _) => Comment,
            (Mark(mark), byte) if byte == mark => Marks(mark),
            (Marks(mark), byte) if byte == mark => Long(mark, 0),
            (Short(mark), byte) if byte == mark => Between,
            (Mark(mark) | Short(mark), b'\\') => ShortEscaped(mark),
            (Mark(mark) | Short(mark) | ShortEscaped(mark), _) => Short(mark),
            (Long(mark, 2), byte) if byte == mark => Between,
            (Long(mark, marks), byte) if byte == mark => Long(mark, marks + 1),
            (Long(mark, _), b'\\') => LongEscaped(mark),
            (Long(mark, _) | LongEscaped(mark), _) => Long(mark, 0),
            (Between | Angles | Closing | Closed | Marks(_), byte) => match byte {
                b'<' => Angle,
                b')' => Closing,
                b'#' => Comment,
                b'"' | b'\'' => Mark(byte),
                b'\\' => Escaped,
                _ => Between,
            },
        };
    }

    /// Reads bytes. Returns whether they are nested beyond [`MAX_TERM_DEPTH`].
    pub(crate) fn is_too_deep(&mut self, bytes: &[u8]) -> bool {
        bytes.iter().any(|byte| {
            self.push(*byte);
            self.depth > MAX_TERM_DEPTH
        })
    }
}

/// Whether triple terms in a text are nested beyond [`MAX_TERM_DEPTH`].
pub(crate) fn has_deep_terms(text: &str) -> bool {
    TermNesting::default().is_too_deep(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_nested_triple_terms_add_to_the_depth() {
        let depth = |text: &str| {
            let mut nesting = TermNesting::default();
            text.bytes()
                .map(|byte| {
                    nesting.push(byte);
                    nesting.depth
                })
                .max()
        };
        assert_eq!(depth(":a :p <<( :a :p <<( :a :p 1 )>> )>> , <<( :a :p 2 )>> ."), Some(2));
        assert_eq!(depth("<< :a :p << :b :q (1 2)>> >> :r :s , ()."), Some(0));
        for text in [
            "<http://e/<<(> # <<( \"",
            "\"<<( \\\" <<(\" ''",
            "'<<( \" \\\\'",
            "\"\"\"<<( \" \"\" \\\"\"\" <<( \"\"\"",
            "''''<<( ''\\''''",
            "\"\" :a\\'b\\\"",
        ] {
            assert_eq!(depth(text), Some(0), "{text}");
            assert_eq!(depth(&format!("{text}\n<<(")), Some(1), "{text}");
        }
    }
}
