//! Lines about a statement, for a terminal, Markdown and HTML.

use crate::escape::{html, markdown, terminal};
use std::fmt;
use std::ops::Range;

/// A line about a statement: a qualifier, a premise, a quote or a note. Displayed as `note: text  source 1:2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatementDetail {
    /// What precedes the text, such as `note: `; may be empty.
    pub prefix: String,
    pub text: String,
    /// The source of evidence, with the line and column of a quote; otherwise empty.
    pub location: String,
    /// The web address of a quote.
    pub link: Option<String>,
    /// The bytes of the quoted words in `text`, if it is their context.
    pub marks: Vec<Range<usize>>,
}

impl fmt::Display for StatementDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { prefix, text, location, link: _, marks } = self;
        let gap = if location.is_empty() || prefix.is_empty() && text.is_empty() { "" } else { "  " };
        write!(f, "{prefix}{}{gap}{location}", marked(text, marks))
    }
}

impl StatementDetail {
    /// A line without a location.
    pub(crate) fn new(prefix: impl Into<String>, text: String) -> Self {
        Self { prefix: prefix.into(), text, location: String::new(), link: None, marks: Vec::new() }
    }

    /// The line for a terminal, and that of its link.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        [terminal::line(&self.to_string())].into_iter().chain(self.link.as_deref().map(terminal::line))
    }

    /// The line in Markdown. The location is the link.
    pub(crate) fn markdown(&self) -> String {
        let Self { prefix, text, location, link, marks } = self;
        let marks: Vec<_> = moved(marks, prefix.len()).collect();
        markdown_line(&format!("{prefix}{text}"), &marks, location, link.as_deref())
    }

    /// The line as the content of an HTML element. The location is the link, if it is the address of a web page.
    pub(crate) fn html(&self) -> String {
        let Self { prefix, text, location, link, marks } = self;
        let (mut all, mut at) = (html::text(prefix), 0);
        for mark in marks {
            let (before, marked) = (html::text(&text[at..mark.start]), html::text(&text[mark.clone()]));
            all.extend([before.as_str(), "<mark>", &marked, "</mark>"]);
            at = mark.end;
        }
        all.push_str(&html::text(&text[at..]));
        if location.is_empty() {
            return all;
        }
        let link = link.as_deref().and_then(|link| html::link(location, link));
        let location = link.unwrap_or_else(|| html::text(location));
        if all.is_empty() { location } else { format!("{all} ({location})") }
    }
}

/// Ranges that follow `by` bytes.
pub(in crate::output) fn moved(ranges: &[Range<usize>], by: usize) -> impl Iterator<Item = Range<usize>> {
    ranges.iter().map(move |range| range.start + by..range.end + by)
}

/// A text with angle quotation marks around its marked ranges.
pub(in crate::output) fn marked(text: &str, marks: &[Range<usize>]) -> String {
    let (mut all, mut at) = (String::with_capacity(text.len()), 0);
    for mark in marks {
        all.extend([&text[at..mark.start], "‹", &text[mark.clone()], "›"]);
        at = mark.end;
    }
    all + &text[at..]
}

/// A text and its location in Markdown. The marked ranges are bold, and the location is the link.
pub(in crate::output) fn markdown_line(
    text: &str,
    marks: &[Range<usize>],
    location: &str,
    link: Option<&str>,
) -> String {
    let (mut all, mut at) = (String::new(), 0);
    for mark in marks {
        all.push_str(&markdown::line(&text[at..mark.start]));
        all.push_str(&markdown::bold(&text[mark.clone()], &text[..mark.start], &text[mark.end..]));
        at = mark.end;
    }
    all.push_str(&markdown::line(&text[at..]));
    let location = match link {
        _ if location.is_empty() => return all,
        Some(link) => markdown::link(location, link),
        None => markdown::line(location),
    };
    if all.is_empty() { location } else { format!("{all} ({location})") }
}
