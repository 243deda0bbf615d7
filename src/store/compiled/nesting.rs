//! How deep triple terms are nested in a text, found before a parser reads it: parsers, and dropping what they made, call
//! themselves for each level.

use super::GraphError;
use super::dictionary::MAX_DEPTH;
use std::io::{self, Read};

/// Follows a text of N-Triples, N-Quads, Turtle or TriG as far as it takes to tell IRIs, strings and comments from the rest.
#[derive(Default)]
struct Nesting {
    at: Place,
    depth: usize,
}

#[derive(Clone, Copy, Default)]
enum Place {
    #[default]
    Between,
    /// Behind `<`, and behind `<<`.
    Angle,
    Angles,
    Iri,
    /// Behind `)`, and behind `)>`.
    Closing,
    Closed,
    Comment,
    /// Behind a backslash outside of strings.
    Escaped,
    /// Behind one quotation mark, and behind two.
    Mark(u8),
    Marks(u8),
    Short(u8),
    ShortEscaped(u8),
    /// In a string of three marks; so many of them have just come.
    Long(u8, u8),
    LongEscaped(u8),
}

impl Nesting {
    fn push(&mut self, byte: u8) {
        use Place::{Angle, Angles, Between, Closed, Closing, Comment, Escaped, Iri};
        use Place::{Long, LongEscaped, Mark, Marks, Short, ShortEscaped};
        self.at = match (self.at, byte) {
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

    fn push_all(&mut self, bytes: &[u8]) -> Result<(), GraphError> {
        for byte in bytes {
            self.push(*byte);
            if self.depth > MAX_DEPTH {
                return Err(GraphError::TooDeep);
            }
        }
        Ok(())
    }
}

/// Refuses a text in which triple terms are nested too deep.
pub(super) fn check(text: &str) -> Result<(), GraphError> {
    Nesting::default().push_all(text.as_bytes())
}

/// What reads another, up to where triple terms are nested too deep: an error that holds [`GraphError::TooDeep`].
pub(super) struct Shallow<R> {
    from: R,
    nesting: Nesting,
}

impl<R> Shallow<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, nesting: Nesting::default() }
    }
}

impl<R: Read> Read for Shallow<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.from.read(buffer)?;
        self.nesting.push_all(&buffer[..length]).map_err(io::Error::other)?;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_triple_terms_that_hold_each_other_count() {
        let depth = |text: &str| {
            let mut nesting = Nesting::default();
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
