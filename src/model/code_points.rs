//! Where the code points of a text are.

/// The bytes of the code points of a text of less than 4 GiB. Takes a sixteenth of its memory at most.
#[derive(Debug)]
pub(crate) struct CodePointIndex {
    /// The byte of every 64th code point.
    bytes: Vec<u32>,
    count: usize,
}

const STEP: usize = 64;

impl CodePointIndex {
    /// Takes linear time.
    pub(crate) fn new(text: &str) -> Self {
        let (mut bytes, mut count) = (Vec::with_capacity(text.len() / STEP + 1), 0);
        for (at, _) in text.char_indices() {
            if count % STEP == 0 {
                bytes.push(at as u32);
            }
            count += 1;
        }
        Self { bytes, count }
    }

    /// The number of code points.
    pub(crate) fn count(&self) -> u32 {
        self.count as u32
    }

    /// The byte of a code point of the text, or the end of the text; `None` if the text is shorter. Takes constant time.
    pub(crate) fn byte(&self, text: &str, code_point: u32) -> Option<usize> {
        let code_point = code_point as usize;
        if code_point >= self.count {
            return (code_point == self.count).then_some(text.len());
        }
        let start = *self.bytes.get(code_point / STEP)? as usize;
        text.get(start..)?.char_indices().nth(code_point % STEP).map(|(at, _)| start + at)
    }
}

/// The last boundary of a character that is not after a byte. Takes constant time.
pub(crate) fn floor_char_boundary(text: &str, byte: usize) -> usize {
    let byte = byte.min(text.len());
    (0..=byte).rev().find(|byte| text.is_char_boundary(*byte)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn code_points_are_found(text in "(a|é|鋼|🏭|\n){0,300}") {
            let index = CodePointIndex::new(&text);
            let bytes = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            for (code_point, byte) in (0..).zip(bytes) {
                prop_assert_eq!(index.byte(&text, code_point), Some(byte));
            }
            prop_assert_eq!(index.byte(&text, text.chars().count() as u32 + 1), None);
        }
    }
}
