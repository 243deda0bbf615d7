//! Evidence for readers: its quote and its note, where they are from, and the link to the words in the source.
//!
//! Invariant: every output that shows evidence to readers shows what this module renders: lines of text, terminal or Markdown, the short
//! form of a diagram or a table cell, the columns of a property graph, or a JSON object. Only RDF, Web Annotations and nanopublications
//! have their own mapping, that of a standard.

use super::StatementText;
use super::json::insert;
use crate::check::quote_parts;
use crate::escape::url::{self, text_fragment};
use crate::escape::{markdown, terminal};
use crate::model::{Evidence, SourceId, Span, Stance, vocab};
use crate::store::StoreError;
use oxigraph::model::Term;
use serde_json::{Value, json};
use std::fmt;

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
}

impl fmt::Display for StatementDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { prefix, text, location, link: _ } = self;
        let gap = if location.is_empty() || prefix.is_empty() && text.is_empty() { "" } else { "  " };
        write!(f, "{prefix}{text}{gap}{location}")
    }
}

impl StatementDetail {
    /// A line without a location.
    pub(crate) fn new(prefix: impl Into<String>, text: String) -> Self {
        Self { prefix: prefix.into(), text, location: String::new(), link: None }
    }

    /// The line for a terminal, and that of its link.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        [terminal::line(&self.to_string())].into_iter().chain(self.link.as_deref().map(terminal::line))
    }

    /// The line in Markdown. The location is the link.
    pub(crate) fn markdown(&self) -> String {
        let Self { prefix, text, location, link } = self;
        markdown_line(&format!("{prefix}{text}"), location, link.as_deref())
    }
}

/// A text and its location in Markdown. The location is the link.
pub(super) fn markdown_line(text: &str, location: &str, link: Option<&str>) -> String {
    let text = markdown::line(text);
    let location = match link {
        _ if location.is_empty() => return text,
        Some(link) => markdown::link(location, link),
        None => markdown::line(location),
    };
    if text.is_empty() { location } else { format!("{text} ({location})") }
}

/// The evidence of a statement as lists with an item for each piece of evidence; the lists of a statement without evidence are empty.
#[derive(Default)]
pub(super) struct EvidenceColumns {
    pub(super) quotes: Vec<String>,
    pub(super) locations: Vec<String>,
    pub(super) stances: Vec<&'static str>,
    pub(super) notes: Vec<String>,
}

impl EvidenceColumns {
    pub(super) fn new(evidence: Vec<Evidence>) -> Self {
        let mut columns = Self::default();
        for evidence in evidence {
            columns.locations.push(evidence_location(&evidence));
            let Evidence { source: _, stance, quote, note, selector: _, span: _ } = evidence;
            columns.quotes.push(quote.unwrap_or_default());
            columns.stances.push(stance.as_str());
            columns.notes.push(note.unwrap_or_default());
        }
        columns
    }
}

/// The source of evidence, with the line and column of the quote: `source 1:2`.
pub fn evidence_location(evidence: &Evidence) -> String {
    match &evidence.span {
        Some(span) => format!("{} {}:{}", evidence.source, span.line(), span.column()),
        None => evidence.source.to_string(),
    }
}

/// The selector of a quote and the positions of its parts, which are not shown unless they differ.
pub(crate) fn evidence_position(evidence: &Evidence) -> String {
    let Evidence { source: _, stance: _, quote: _, note: _, selector, span } = evidence;
    let mut position = String::new();
    for (name, value) in [
        ("match", selector.nth.map(|nth| nth.to_string())),
        ("prefix", selector.prefix.clone()),
        ("suffix", selector.suffix.clone()),
    ] {
        position.extend(value.map(|value| format!(", {name} {value}")));
    }
    let parts = span.iter().flat_map(Span::parts);
    position.extend(parts.map(|part| format!(", characters {}–{}", part.start, part.end)));
    position
}

impl StatementText<'_> {
    /// The lines of a piece of evidence: its quote, and its note. The first has the location; there is always one.
    pub(crate) fn evidence(&self, evidence: &Evidence) -> Result<Vec<StatementDetail>, StoreError> {
        let Evidence { source: _, stance, quote, note, selector: _, span: _ } = evidence;
        let disputed = if *stance == Stance::Disputes { "disputed: " } else { "" };
        let quoted = quote.as_ref().map(|quote| StatementDetail::new(disputed, format!("“{quote}”")));
        let noted = note.as_ref().map(|note| match (quote, stance) {
            (None, Stance::Disputes) => StatementDetail::new(disputed, note.clone()),
            (Some(_), _) | (None, Stance::Supports) => StatementDetail::new("note: ", note.clone()),
        });
        let mut lines: Vec<StatementDetail> = quoted.into_iter().chain(noted).collect();
        if lines.is_empty() {
            lines.push(StatementDetail::new(disputed.trim_end_matches(": "), String::new()));
        }
        lines[0].location = evidence_location(evidence);
        lines[0].link = self.link(evidence)?;
        Ok(lines)
    }

    /// The short form of a piece of evidence: its quote, or the note in its place.
    pub(crate) fn short_evidence(&self, evidence: &Evidence) -> Result<StatementDetail, StoreError> {
        Ok(self.evidence(evidence)?.swap_remove(0))
    }

    /// A piece of evidence as a JSON object.
    pub(super) fn evidence_json(&self, evidence: &Evidence) -> Result<Value, StoreError> {
        // The selector only helps to find the position.
        let Evidence { source, stance, quote, note, selector: _, span } = evidence;
        let mut json = match span {
            None => json!({}),
            Some(span) => json!({
                "start": span.start(),
                "end": span.end(),
                "parts": span.parts().iter().map(|part| (part.start, part.end)).collect::<Vec<_>>(),
                "line": span.line(),
                "column": span.column(),
            }),
        };
        json["source"] = source.as_str().into();
        json["stance"] = stance.as_str().into();
        insert(&mut json, "quote", quote.as_deref());
        insert(&mut json, "note", note.as_deref());
        insert(&mut json, "link", self.link(evidence)?);
        Ok(json)
    }

    /// A link to the quote in its source, as a
    /// [text fragment](https://wicg.github.io/scroll-to-text-fragment/); the address itself if it is of the scheme `mailto` or
    /// `doi`; `None` if the source has no address, or one of another scheme, which could run or read something on the reader's machine.
    ///
    /// # Errors
    ///
    /// Returns an error if the store cannot be read.
    pub fn link(&self, evidence: &Evidence) -> Result<Option<String>, StoreError> {
        let (Some(address), Some(quote)) = (self.address(&evidence.source)?, evidence.quote.as_deref()) else {
            return Ok(None);
        };
        let Some(url) = url::link(&address) else { return Ok(None) };
        if !url::is_web_address(url) {
            return Ok(Some(url.to_owned()));
        }
        let parts = quote_parts(quote);
        let words = match parts.as_slice() {
            [] => return Ok(Some(url.to_owned())),
            [only] => text_fragment(only),
            [first, .., last] => format!("{},{}", text_fragment(first), text_fragment(last)),
        };
        let directive = if url.contains('#') { ":~:text=" } else { "#:~:text=" };
        Ok(Some(format!("{url}{directive}{words}")))
    }

    /// The address of a source.
    pub(super) fn address(&self, source: &SourceId) -> Result<Option<String>, StoreError> {
        if let Some(known) = self.addresses.borrow().get(source) {
            return Ok(known.clone());
        }
        let node = self.store().namespaces().source(source);
        let found = self.store().objects(node.as_ref(), vocab::schema::URL)?;
        let url = found.into_iter().find_map(|url| match url {
            Term::NamedNode(url) => Some(url.into_string()),
            _ => None,
        });
        self.addresses.borrow_mut().insert(source.clone(), url.clone());
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Labels, Store};

    /// A store with a fact, whose source has this address, and its evidence.
    fn cited(url: &str, quote: &str) -> (Store, Evidence) {
        let manifest = format!(r#"{{ "base": "https://e.org/", "sources": [{{ "id": "s", "url": "{url}" }}] }}"#);
        let facts = format!(
            r#"[{{ "id": "f", "subject": "a", "predicate": "made", "object": "a",
            "evidence": [{{ "source": "s", "quote": "{quote}" }}] }}]"#
        );
        let files: &'static [(&str, &str)] = Box::leak(Box::new([
            ("factloom.json", &*manifest.leak()),
            (
                "vocabulary.ttl",
                "@prefix v: <https://e.org/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
                v:T a owl:Class . v:made a owl:ObjectProperty .",
            ),
            ("entities.json", r#"[{ "id": "a", "type": "T", "label": "A" }]"#),
            ("facts.json", &*facts.leak()),
        ]));
        let (_, store) = crate::build(crate::dataset::DatasetRoot::Bundled(files)).unwrap();
        let evidence = store.statements().next().unwrap().unwrap().evidence.remove(0);
        (store, evidence)
    }

    /// The lines of evidence as text and in Markdown.
    fn rendered(url: &str, change: impl FnOnce(&mut Evidence)) -> [Vec<String>; 2] {
        let (store, mut evidence) = cited(url, "first words … in between … last words");
        change(&mut evidence);
        let labels = Labels::new(&store, "en");
        let lines = StatementText::new(&store, &labels).evidence(&evidence).unwrap();
        let text = lines.iter().flat_map(StatementDetail::lines).collect();
        [text, lines.iter().map(StatementDetail::markdown).collect()]
    }

    #[test]
    fn a_link_to_a_quote_with_an_ellipsis_has_its_first_and_last_words() {
        let quote = "“first words … in between … last words”";
        let address = "https://news.example/a#:~:text=first%20words,last%20words";
        let [text, markdown] = rendered("https://news.example/a", |_| {});
        assert_eq!(text, [format!("{quote}  s"), address.to_owned()]);
        assert_eq!(markdown, [format!("{quote} ([s](<{address}>))")]);
    }

    #[test]
    fn the_first_line_has_the_location_and_a_note_follows_its_quote() {
        let [text, markdown] = rendered("urn:s", |evidence| {
            evidence.note = Some("a_note".to_owned());
            evidence.stance = Stance::Disputes;
            evidence.span = Span::new(vec![3..5], 2, 3);
        });
        let quote = "disputed: “first words … in between … last words”";
        assert_eq!(text, [&format!("{quote}  s 2:3"), "note: a_note"]);
        assert_eq!(markdown, [&format!("{quote} (s 2:3)"), "note: a\\_note"]);
        let [text, _] = rendered("urn:s", |evidence| {
            (evidence.quote, evidence.note) = (None, Some("why".to_owned()));
        });
        assert_eq!(text, ["note: why  s"]);
        let [text, _] = rendered("urn:s", |evidence| {
            (evidence.quote, evidence.note, evidence.stance) = (None, Some("why".to_owned()), Stance::Disputes);
        });
        assert_eq!(text, ["disputed: why  s"]);
        let [text, markdown] = rendered("urn:s", |evidence| evidence.quote = None);
        assert_eq!((text, markdown), (vec!["s".to_owned()], vec!["s".to_owned()]));
    }

    #[test]
    fn only_web_addresses_are_links() {
        for url in ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"] {
            let [text, markdown] = rendered(url, |_| {});
            assert_eq!((text.len(), markdown[0].contains("](")), (1, false), "{url}");
        }
    }
}
