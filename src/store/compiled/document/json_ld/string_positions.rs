//! Where the strings of a JSON document begin, which the parser tells only of syntax errors.

use std::collections::VecDeque;

/// Finds the strings of a document, which is passed in pieces, and gives their positions in the same order.
#[derive(Debug)]
pub(super) struct StringPositions {
    /// The line and the column of the next character, from 1.
    next: (u64, u64),
    /// Whether the next byte is in a string, and whether a backslash precedes it.
    in_string: bool,
    is_escaped: bool,
    found: VecDeque<(u64, u64)>,
}

impl StringPositions {
    pub(super) fn new() -> Self {
        Self { next: (1, 1), in_string: false, is_escaped: false, found: VecDeque::new() }
    }

    pub(super) fn push_all(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.in_string => self.is_escaped = true,
                b'"' => {
                    if !self.in_string {
                        self.found.push_back(self.next);
                    }
                    self.in_string = !self.in_string;
                }
                _ => {}
            }
            match byte {
                b'\n' => self.next = (self.next.0 + 1, 1),
                // The other bytes of a character do not count.
                0x80..=0xBF => {}
                _ => self.next.1 += 1,
            }
        }
    }

    /// The line and the column of the first string whose position was not taken.
    pub(super) fn take(&mut self) -> Option<(u64, u64)> {
        self.found.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_found_across_pieces_escapes_lines_and_characters() {
        let text = "{ \"é\": \"a\\\"b\",\n  \"c\\\\\" : [\"\"] }".as_bytes();
        for length in 1..text.len() {
            let mut positions = StringPositions::new();
            text.chunks(length).for_each(|piece| positions.push_all(piece));
            let all: Vec<_> = std::iter::from_fn(|| positions.take()).collect();
            assert_eq!(all, [(1, 3), (1, 8), (2, 3), (2, 12)]);
        }
    }
}
