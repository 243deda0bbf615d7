//! Evidence for readers: its quote and its note, where they are from, and the link to the words in the source.
//!
//! Invariant: every output that shows evidence to readers shows what this module renders: lines of text, terminal or Markdown, the short
//! form of a diagram or a table cell, the columns of a property graph, or a JSON object. Only RDF, Web Annotations and nanopublications
//! have their own mapping, that of a standard.

mod detail;

pub(crate) use detail::StatementDetail;
pub(super) use detail::{markdown_line, marked, moved};

use super::StatementText;
use super::context::QuoteContext;
use super::json::insert;
use crate::check::quote_parts;
use crate::escape::text_fragment::{Terms, directive, terms, with_directive};
use crate::escape::{url, words_on_one_line};
use crate::model::{Evidence, SourceId, SourceWords, Span, Stance, vocab};
use crate::store::StoreError;
use oxigraph::model::Term;
use serde_json::{Value, json};

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
            let Evidence { source: _, stance, quote, note, selector: _, span: _, source_words: _ } = evidence;
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
    let Evidence { source: _, stance: _, quote: _, note: _, selector, span, source_words: _ } = evidence;
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

/// The parts of a quote as its source has them, or as the dataset has them if that is not known.
pub(super) fn source_parts(evidence: &Evidence) -> Vec<&str> {
    let (words, span) = (evidence.source_words.as_deref(), evidence.span.as_ref());
    words.zip(span).and_then(|(words, span)| words.parts(span)).unwrap_or_else(|| typed_parts(evidence))
}

/// The parts of a quote as the dataset has them.
fn typed_parts(evidence: &Evidence) -> Vec<&str> {
    let Some(quote) = evidence.quote.as_deref() else { return Vec::new() };
    match &evidence.span {
        // An ellipsis may be part of the source's own text; the quote then has one part.
        Some(span) if span.parts().len() == 1 => vec![quote],
        _ => quote_parts(quote),
    }
}

/// The words directly before and after a quote that distinguish it from others: those of the source, or those of the selector.
pub(super) fn quote_context(evidence: &Evidence) -> (Option<&str>, Option<&str>) {
    let words = evidence.source_words.as_deref();
    let prefix = words.and_then(|words| words.prefix.as_ref()).or(evidence.selector.prefix.as_ref());
    let suffix = words.and_then(|words| words.suffix.as_ref()).or(evidence.selector.suffix.as_ref());
    (prefix.map(String::as_str), suffix.map(String::as_str))
}

/// Whose words are shown as the quote.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wording {
    /// Those of the dataset.
    Dataset,
    /// Those of the source, with its own typography.
    Source,
}

impl Wording {
    fn quote(self, evidence: &Evidence, quote: &str) -> String {
        match (self, evidence.source_words.as_deref()) {
            (Self::Source, Some(SourceWords { exact: Some(exact), .. })) => words_on_one_line(exact, quote),
            _ => quote.to_owned(),
        }
    }
}

impl StatementText<'_> {
    /// The lines of a piece of evidence: its quote as the dataset has it, its context if that is shown, and its note. The first has the
    /// location; there is always one.
    pub(crate) fn evidence(&self, evidence: &Evidence) -> Result<Vec<StatementDetail>, StoreError> {
        self.evidence_lines(evidence, Wording::Dataset)
    }

    /// The lines of a piece of evidence, with its quote as the source has it.
    pub(crate) fn cited_evidence(&self, evidence: &Evidence) -> Result<Vec<StatementDetail>, StoreError> {
        self.evidence_lines(evidence, Wording::Source)
    }

    fn evidence_lines(&self, evidence: &Evidence, wording: Wording) -> Result<Vec<StatementDetail>, StoreError> {
        let Evidence { source: _, stance, quote, note, selector: _, span: _, source_words: _ } = evidence;
        let context = self.context(evidence);
        let disputed = if *stance == Stance::Disputes { "disputed: " } else { "" };
        let quoted = quote.as_ref().map(|quote| {
            let omitted = context.as_ref().map(QuoteContext::omitted_words).unwrap_or_default();
            StatementDetail::new(disputed, format!("“{}”{omitted}", wording.quote(evidence, quote)))
        });
        let in_context = context.map(|QuoteContext { sentence, marks, omitted: _ }| StatementDetail {
            marks,
            ..StatementDetail::new("in: ", sentence)
        });
        let noted = note.as_ref().map(|note| match (quote, stance) {
            (None, Stance::Disputes) => StatementDetail::new(disputed, note.clone()),
            (Some(_), _) | (None, Stance::Supports) => StatementDetail::new("note: ", note.clone()),
        });
        let mut lines: Vec<StatementDetail> = quoted.into_iter().chain(in_context).chain(noted).collect();
        if lines.is_empty() {
            lines.push(StatementDetail::new(disputed.trim_end_matches(": "), String::new()));
        }
        lines[0].location = evidence_location(evidence);
        if wording == Wording::Dataset && quote.is_some() && evidence.span.is_none() {
            lines[0].location.push_str(" (cited)");
        }
        lines[0].link = self.link(evidence)?;
        Ok(lines)
    }

    /// The short form of a piece of evidence: its quote as the source has it, or the note in its place.
    pub(crate) fn short_evidence(&self, evidence: &Evidence) -> Result<StatementDetail, StoreError> {
        Ok(self.cited_evidence(evidence)?.swap_remove(0))
    }

    /// The short form of a piece of evidence, and the context of its quote if that is shown, in one cell of a table.
    pub(super) fn evidence_cell(&self, evidence: &Evidence) -> Result<String, StoreError> {
        let lines = self.cited_evidence(evidence)?.into_iter().enumerate();
        let shown = lines.filter(|(number, line)| *number == 0 || !line.marks.is_empty());
        Ok(shown.map(|(_, line)| line.to_string()).collect::<Vec<_>>().join("  "))
    }

    /// The context of a quote, if contexts are shown and the text of its source is available.
    fn context(&self, evidence: &Evidence) -> Option<QuoteContext> {
        let texts = self.source_texts.filter(|_| evidence.quote.is_some())?;
        texts.context(&evidence.source, evidence.span.as_ref())
    }

    /// A piece of evidence as a JSON object.
    pub(super) fn evidence_json(&self, evidence: &Evidence) -> Result<Value, StoreError> {
        // The selector only helps to find the position.
        let Evidence { source, stance, quote, note, selector: _, span, source_words } = evidence;
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
        insert(&mut json, "sourceQuote", source_words.as_ref().and_then(|words| words.exact.as_deref()));
        insert(&mut json, "note", note.as_deref());
        insert(&mut json, "link", self.link(evidence)?);
        insert(&mut json, "context", self.context(evidence).map(|context| context.json()));
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
        let (Some(address), Some(_)) = (self.address(&evidence.source)?, evidence.quote.as_deref()) else {
            return Ok(None);
        };
        let Some(url) = url::link(&address) else { return Ok(None) };
        let parts = source_parts(evidence);
        let (true, Some(Terms { start, end })) = (url::is_web_address(url), terms(&parts)) else {
            return Ok(Some(url.to_owned()));
        };
        let (prefix, suffix) = quote_context(evidence);
        let end = end.map(|end| &parts[parts.len() - 1][end]);
        Ok(Some(with_directive(url, &directive(prefix, &parts[0][start], end, suffix))))
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
        assert_eq!(text, [format!("{quote}  s (cited)"), address.to_owned()]);
        assert_eq!(markdown, [format!("{quote} ([s (cited)](<{address}>))")]);
    }

    /// A store with a fact for each piece of evidence, which is from a source with this text.
    fn quoted(text: &str, evidence: &[Value]) -> Store {
        let source = json!({ "id": "s", "content": text, "url": "https://e.org/a#top" });
        let manifest = json!({ "base": "https://e.org/", "sources": [source] }).to_string();
        let fact = |(number, evidence): (usize, &Value)| {
            let mut evidence = evidence.clone();
            evidence["source"] = "s".into();
            json!({ "id": format!("f{number}"), "subject": "a", "predicate": "made", "object": "a", "evidence": [evidence] })
        };
        let facts = Value::Array(evidence.iter().enumerate().map(fact).collect()).to_string();
        let files = [
            ("factloom.json", &*manifest),
            (
                "vocabulary.ttl",
                "@prefix v: <https://e.org/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
                v:T a owl:Class . v:made a owl:ObjectProperty .",
            ),
            ("entities.json", r#"[{ "id": "a", "type": "T", "label": "A" }]"#),
            ("facts.json", &*facts),
        ];
        crate::build(crate::dataset::DatasetRoot::memory(files)).unwrap().1
    }

    #[test]
    fn a_link_leads_to_the_selected_match() {
        let text = "One bank here. Two bank here. Three bank here again.";
        let evidence = [
            json!({ "quote": "bank here", "prefix": "Two" }),
            json!({ "quote": "bank here", "suffix": "again" }),
            json!({ "quote": "bank here", "nth": 2 }),
            json!({ "quote": "Three bank here" }),
        ];
        let store = quoted(text, &evidence);
        let labels = Labels::new(&store, "en");
        let text = StatementText::new(&store, &labels);
        let link = |statement: Result<crate::model::Statement, StoreError>| {
            text.link(&statement.unwrap().evidence[0]).unwrap().unwrap()
        };
        let fragments = ["Two-,bank%20here", "bank%20here,-again", "Two-,bank%20here", "Three%20bank%20here"];
        let links = fragments.map(|fragment| format!("https://e.org/a#top:~:text={fragment}"));
        assert_eq!(store.statements().map(link).collect::<Vec<_>>(), links);
    }

    #[test]
    fn citations_have_the_words_of_the_source_and_lists_those_of_the_dataset() {
        let store = quoted("It made “A” — twice.", &[json!({ "quote": "made \"A\" - twice" })]);
        let labels = Labels::new(&store, "en");
        let text = StatementText::new(&store, &labels);
        let evidence = store.statements().next().unwrap().unwrap().evidence.remove(0);
        assert_eq!(text.evidence(&evidence).unwrap()[0].text, "“made \"A\" - twice”");
        assert_eq!(text.cited_evidence(&evidence).unwrap()[0].text, "“made “A” — twice”");
        let json = text.evidence_json(&evidence).unwrap();
        assert_eq!((&json["quote"], &json["sourceQuote"]), (&json!("made \"A\" - twice"), &json!("made “A” — twice")));
        let fragment = "made%20%E2%80%9CA%E2%80%9D%20%E2%80%94%20twice";
        assert_eq!(json["link"], format!("https://e.org/a#top:~:text={fragment}"));
    }

    #[test]
    fn a_word_that_a_line_end_divides_is_cited_on_one_line() {
        let store = quoted("Restored by an inter-\nnational team.", &[json!({ "quote": "an international team" })]);
        let labels = Labels::new(&store, "en");
        let evidence = store.statements().next().unwrap().unwrap().evidence.remove(0);
        let text = StatementText::new(&store, &labels);
        assert_eq!(text.cited_evidence(&evidence).unwrap()[0].text, "“an international team”");
        let exact = evidence.source_words.and_then(|words| words.exact);
        assert_eq!(exact.as_deref(), Some("an inter-\nnational team"));
    }

    #[test]
    fn a_link_has_no_words_that_a_line_end_may_divide() {
        let text = "The U.S. market was re-\nopened by A. B.";
        let evidence = [json!({ "quote": "reopened by A. B." }), json!({ "quote": "U.S. market … reopened" })];
        let store = quoted(text, &evidence);
        let labels = Labels::new(&store, "en");
        let shown = StatementText::new(&store, &labels);
        for statement in store.statements() {
            let link = shown.link(&statement.unwrap().evidence[0]).unwrap();
            assert_eq!(link.as_deref(), Some("https://e.org/a#top"));
        }
    }

    #[test]
    fn a_quote_is_marked_in_its_context() {
        let text = "Before. It was *made*, after all, by Al. After.";
        let store = quoted(text, &[json!({ "quote": "was *made* … by Al", "note": "n" })]);
        let labels = Labels::new(&store, "en");
        let texts = crate::output::SourceTexts::new(|_| Some(text.to_owned()));
        let shown = StatementText::new(&store, &labels).with_context(Some(&texts));
        let evidence = store.statements().next().unwrap().unwrap().evidence.remove(0);
        let lines = shown.evidence(&evidence).unwrap();
        let sentence = "It was *made*, after all, by Al.";
        assert_eq!(lines[0].to_string(), "“was *made* … by Al” (2 words omitted)  s 1:12");
        assert_eq!(lines[1].to_string(), "in: It ‹was *made*›, after all, ‹by Al›.");
        assert_eq!(lines[1].markdown(), "in: It **was \\*made\\***, after all, **by Al**.");
        assert_eq!(lines[2].to_string(), "note: n");
        let cell = shown.evidence_cell(&evidence).unwrap();
        assert_eq!(cell, format!("{}  {}", lines[0], lines[1]));
        let context = json!({ "sentence": sentence, "marks": [[3, 13], [26, 31]], "omittedWords": [2] });
        assert_eq!(shown.evidence_json(&evidence).unwrap()["context"], context);
        // Without a text, the quote is shown as it is.
        let texts = crate::output::SourceTexts::new(|_| None);
        let shown = StatementText::new(&store, &labels).with_context(Some(&texts));
        assert_eq!(shown.evidence(&evidence).unwrap()[0].text, "“was *made* … by Al”");
        assert_eq!(shown.evidence_json(&evidence).unwrap().get("context"), None);
        assert_eq!(texts.missing().len(), 1);
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
