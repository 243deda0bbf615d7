//! Texts that a reader sees nothing of.

use regex::Regex;
use std::sync::LazyLock;

static BLANK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[\s\p{Default_Ignorable_Code_Point}]*$").expect("the pattern is valid"));

/// Whether a text has only white space and invisible characters.
pub(crate) fn is_blank(text: &str) -> bool {
    // Most texts begin with a letter.
    !text.starts_with(|c: char| c.is_ascii_graphic()) && BLANK.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_invisible_characters_are_blank() {
        assert!(["", " \n", "\u{A0}\u{200B}", "\u{AD}\u{2060}"].iter().all(|text| is_blank(text)));
        assert!(!["a", " \u{200B}a", "…", "\u{301}"].iter().any(|text| is_blank(text)));
    }
}
