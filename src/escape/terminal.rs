//! Terminals, which interpret control characters ([ECMA-48](https://ecma-international.org/publications-and-standards/standards/ecma-48/))
//! and characters that reorder the text around them ([UAX #9](https://www.unicode.org/reports/tr9/)).
//!
//! Both are replaced, so that a dataset cannot move the cursor, set the title or make a line read differently. The marks that a
//! right-to-left text may need (U+200E, U+200F, U+061C) only affect their neighbours, and are kept.
//!
//! A build server reads some lines of a log as commands. [`lines`] and [`Lines`] change one character of those: see
//! [`without_commands`].

use super::single_line;
use std::borrow::Cow;
#[cfg(feature = "cli")]
use std::io::{self, Write};

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

/// Complete lines without control characters. A build server reads none of them as a command.
#[cfg(feature = "cli")]
pub(crate) fn lines(lines: &str) -> Cow<'_, str> {
    match text(lines) {
        Cow::Borrowed(text) => without_commands(text),
        Cow::Owned(text) => without_commands(&text).into_owned().into(),
    }
}

/// Complete lines with U+FFFD in place of a character of each command: of `::name` at the start of a line, after any white space, and
/// of `##[`, `##vso[` and others with a name anywhere.
///
/// GitHub's runner and Azure's agent read these from the output of a step:
/// [`ActionCommand.cs`](https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs),
/// [`Command.cs`](https://github.com/microsoft/azure-pipelines-agent/blob/master/src/Microsoft.VisualStudio.Services.Agent/CommandStringConvertor.cs).
pub(crate) fn without_commands(lines: &str) -> Cow<'_, str> {
    let mut replaced: Vec<usize> = Vec::new();
    if lines.contains("::") {
        let mut start = 0;
        for line in lines.split_inclusive(['\n', '\u{2028}', '\u{2029}']) {
            let command = line.trim_start();
            if command.strip_prefix("::").is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic())) {
                replaced.push(start + line.len() - command.len());
            }
            start += line.len();
        }
    }
    for (at, _) in lines.match_indices('#') {
        let name = lines[at + 1..].strip_prefix('#');
        let name = name.map(|name| name.trim_start_matches(|c: char| c.is_ascii_alphabetic()));
        if name.is_some_and(|rest| rest.starts_with('[')) {
            replaced.push(at + 1);
        }
    }
    if replaced.is_empty() {
        return Cow::Borrowed(lines);
    }
    replaced.sort_unstable();
    let mut text = String::with_capacity(lines.len() + 2 * replaced.len());
    let mut rest = 0;
    for at in replaced {
        text.push_str(&lines[rest..at]);
        text.push(char::REPLACEMENT_CHARACTER);
        rest = at + 1;
    }
    text.push_str(&lines[rest..]);
    Cow::Owned(text)
}

/// Writes complete [`lines`]. [`finish`](Self::finish) writes the last one if it is not terminated.
#[cfg(feature = "cli")]
pub(crate) struct Lines<W> {
    out: W,
    /// The start of a line.
    pending: Vec<u8>,
}

#[cfg(feature = "cli")]
impl<W: Write> Lines<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, pending: Vec::new() }
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.pending);
        self.write_lines(&rest)
    }

    fn write_lines(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(lines(&String::from_utf8_lossy(bytes)).as_bytes())
    }
}

#[cfg(feature = "cli")]
impl<W: Write> Write for Lines<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let end = memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1);
        self.pending.extend_from_slice(&bytes[..end]);
        if end > 0 {
            let complete = std::mem::take(&mut self.pending);
            self.write_lines(&complete)?;
        }
        self.pending.extend_from_slice(&bytes[end..]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
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

    #[cfg(feature = "cli")]
    #[test]
    fn no_line_is_a_command_of_a_build_server() {
        for (written, shown) in [
            ("::error::x", "\u{fffd}:error::x"),
            ("a\n \u{a0}\t::stop-commands::x", "a\n \u{a0} \u{fffd}:stop-commands::x"),
            ("a\u{2028}::error::x", "a\u{2028}\u{fffd}:error::x"),
            ("a ##[group]", "a #\u{fffd}[group]"),
            ("###vso[task.x]##teamcity[y]", "##\u{fffd}vso[task.x]#\u{fffd}teamcity[y]"),
        ] {
            assert_eq!(lines(written), shown);
        }
        for harmless in ["a ::error::x", "::1", "std::vec", "## [1]", "##", "# a\n:: x"] {
            assert_eq!(lines(harmless), harmless);
        }
    }

    #[cfg(feature = "cli")]
    #[test]
    fn lines_that_are_written_in_pieces_are_complete() {
        let text = "é ok\n::err\u{1b}or::x\n##[group]\nrest ::a";
        let mut out = Vec::new();
        let mut writer = Lines::new(&mut out);
        text.as_bytes().iter().for_each(|byte| writer.write_all(&[*byte]).unwrap());
        writer.finish().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), lines(text));
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
