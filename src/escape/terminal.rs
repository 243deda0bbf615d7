//! Terminals, which interpret control characters ([ECMA-48](https://ecma-international.org/publications-and-standards/standards/ecma-48/))
//! and characters that reorder the text around them ([UAX #9](https://www.unicode.org/reports/tr9/)).
//!
//! Both are replaced, so that a dataset cannot move the cursor, set the title or make a line read differently. The marks that a
//! right-to-left text may need (U+200E, U+200F, U+061C) only affect their neighbours, and are kept.

use super::single_line;
use std::borrow::Cow;

/// A text without control characters other than line breaks. Tabs become spaces.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| replacement(c).is_some()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| replacement(c).unwrap_or(c)).collect())
}

/// A text on one line.
pub(crate) fn line(line: &str) -> String {
    text(&single_line(line)).into_owned()
}

/// The character in place of one that a terminal would interpret: a control picture, or U+FFFD.
pub(super) fn replacement(c: char) -> Option<char> {
    match c {
        '\n' => None,
        '\t' => Some(' '),
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7f}' => Some('\u{2421}'),
        '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Some(char::REPLACEMENT_CHARACTER),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthChar;

    #[test]
    fn what_a_terminal_would_interpret_is_visible() {
        assert_eq!(text("a\u{1b}[2J\tb\nc\u{9b}31m"), "a␛[2J b\nc\u{fffd}31m");
        assert_eq!(line("a\nb\u{7}\u{202e}txt.exe"), "a b␇\u{fffd}txt.exe");
        assert_eq!(text("پاکستان \u{200f}(PSM)"), "پاکستان \u{200f}(PSM)");
    }

    proptest! {
        #[test]
        fn only_control_and_bidirectional_characters_are_replaced(original in "(\\PC|\\p{Cc}|\\p{Cf}){0,40}") {
            let shown = text(&original);
            prop_assert_eq!(shown.chars().count(), original.chars().count());
            for (shown, original) in shown.chars().zip(original.chars()) {
                prop_assert!(shown == '\n' || shown.width().is_some(), "{:?} is a control character", shown);
                let reorders = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
                prop_assert!(!reorders(shown), "{:?} reorders the text", shown);
                let is_harmless = original == '\n' || original.width().is_some() && !reorders(original);
                prop_assert!(shown == original || !is_harmless, "{:?} is replaced", original);
            }
        }
    }
}
