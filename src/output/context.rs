//! Quotes in their context: the sentences of a source that contain the quoted words.

use super::evidence::marked;
use crate::check::SentenceIndex;
use crate::escape::HYPHENS;
use crate::model::{SourceId, Span};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

/// The texts of sources, from which statements are shown with the context of their quotes. Each is read once, when it is first needed.
pub struct SourceTexts<'a> {
    read: Box<ReadText<'a>>,
    texts: RefCell<FxHashMap<SourceId, Option<Rc<SentenceIndex<'static>>>>>,
}

impl<'a> SourceTexts<'a> {
    /// Texts that a function reads. It returns `None` if a text is not available.
    pub fn new(read: impl Fn(&SourceId) -> Option<String> + 'a) -> Self {
        Self { read: Box::new(read), texts: RefCell::default() }
    }

    /// The sources whose texts were needed, but not available, sorted.
    pub fn missing(&self) -> Vec<SourceId> {
        let texts = self.texts.borrow();
        let mut missing: Vec<SourceId> =
            texts.iter().filter(|(_, text)| text.is_none()).map(|(id, _)| id.clone()).collect();
        missing.sort();
        missing
    }

    /// The context of the quote at a position; `None` if the text is not available, or if the quote has no position because the source
    /// has no text.
    pub(super) fn context(&self, source: &SourceId, span: Option<&Span>) -> Option<QuoteContext> {
        let span = span?;
        let mut texts = self.texts.borrow_mut();
        let text = match texts.get(source) {
            Some(text) => text.clone(),
            None => {
                let text = (self.read)(source).map(|text| Rc::new(SentenceIndex::new(text)));
                texts.entry(source.clone()).or_insert(text).clone()
            }
        };
        QuoteContext::new(&*text?, span)
    }
}

/// Reads the text of a source; `None` if it is not available.
type ReadText<'a> = dyn Fn(&SourceId) -> Option<String> + 'a;

/// The words around a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QuoteContext {
    /// The sentences that contain quoted words, with ` … ` in place of others.
    pub(super) sentence: String,
    /// The bytes of the quoted words in `sentence`.
    pub(super) marks: Vec<Range<usize>>,
    /// The number of words that each ellipsis of the quote omits.
    pub(super) omitted: Vec<usize>,
}

/// The longest text without quoted words that is shown before or after a quote, in characters; between its parts, twice as long.
const MAX_UNQUOTED: usize = 300;

const ELLIPSIS: &str = " … ";

impl QuoteContext {
    /// The context of a quote in a text; `None` if its position is not in the text.
    pub(crate) fn new(index: &SentenceIndex<'_>, span: &Span) -> Option<Self> {
        let text = index.text();
        let parts = span.parts().iter().map(|part| index.bytes(part)).collect::<Option<Vec<_>>>()?;
        let mut context = Self { sentence: String::new(), marks: Vec::new(), omitted: Vec::new() };
        // The end of the text that has been shown.
        let mut shown: Option<usize> = None;
        for part in &parts {
            let start = index.sentence_start(part.start);
            match shown {
                None => context.push_last(&text[start..part.start]),
                Some(end) => {
                    context.omitted.push(index.count_words(&(end..part.start)));
                    let sentence_end = index.sentence_end(end);
                    // Nothing is omitted between sentences that follow each other.
                    if text.get(sentence_end..start).is_none_or(|between| between.trim().is_empty()) {
                        context.push_between(&text[end..part.start]);
                    } else {
                        context.push_first(&text[end..sentence_end]);
                        context.sentence.push_str(ELLIPSIS);
                        context.push_last(&text[start..part.start]);
                    }
                }
            }
            let mark = context.sentence.len();
            push(&text[part.clone()], &mut context.sentence);
            context.marks.push(mark..context.sentence.len());
            shown = Some(part.end);
        }
        let end = shown?;
        context.push_first(&text[end..index.sentence_end(end)]);
        Some(context)
    }

    /// The sentences with the quoted words in angle quotation marks.
    pub(crate) fn marked_sentence(&self) -> String {
        marked(&self.sentence, &self.marks)
    }

    /// The context as JSON. The marks count code points from 0.
    pub(crate) fn json(&self) -> Value {
        let Self { sentence, marks, omitted } = self;
        let position = |byte: usize| sentence[..byte].chars().count();
        let marks: Vec<_> = marks.iter().map(|mark| (position(mark.start), position(mark.end))).collect();
        json!({ "sentence": sentence, "marks": marks, "omittedWords": omitted })
    }

    /// How many words the ellipses of the quote omit, in parentheses after a space; empty without an ellipsis.
    pub(super) fn omitted_words(&self) -> String {
        let Some((last, others)) = self.omitted.split_last() else { return String::new() };
        let numbers = match others {
            [] => last.to_string(),
            _ => format!("{} and {last}", others.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
        };
        let words = if self.omitted == [1] { "word" } else { "words" };
        format!(" ({numbers} {words} omitted)")
    }

    /// Adds what precedes quoted words.
    fn push_last(&mut self, text: &str) {
        let last = last_words(text);
        self.sentence.push_str(if last.len() < text.len() { ELLIPSIS.trim_start() } else { "" });
        push(last, &mut self.sentence);
    }

    /// Adds what follows quoted words.
    fn push_first(&mut self, text: &str) {
        let first = first_words(text);
        push(first, &mut self.sentence);
        self.sentence.push_str(if first.len() < text.len() { ELLIPSIS.trim_end() } else { "" });
    }

    /// Adds what is between quoted words.
    fn push_between(&mut self, text: &str) {
        let (first, last) = (first_words(text), last_words(text));
        if first.len() + last.len() >= text.len() {
            push(text, &mut self.sentence);
        } else {
            push(first, &mut self.sentence);
            self.sentence.push_str(ELLIPSIS);
            push(last, &mut self.sentence);
        }
    }
}

/// The text, or its first words if it is long.
fn first_words(text: &str) -> &str {
    let Some((at, _)) = text.char_indices().nth(MAX_UNQUOTED) else { return text };
    text[..text[..at].rfind(char::is_whitespace).unwrap_or(at)].trim_end()
}

/// The text, or its last words if it is long.
fn last_words(text: &str) -> &str {
    let Some((at, _)) = text.char_indices().rev().nth(MAX_UNQUOTED) else { return text };
    text[at..].find(char::is_whitespace).map_or(&text[at..], |gap| text[at + gap..].trim_start())
}

/// Adds a text, with one space in place of white space. A word that a line end divides gets no space after its hyphen.
fn push(text: &str, out: &mut String) {
    let mut line_ends = false;
    for c in text.chars() {
        if c.is_whitespace() {
            line_ends |= c == '\n';
            if !out.ends_with(' ') && !out.is_empty() {
                out.push(' ');
            }
            continue;
        }
        let divided = out.strip_suffix(' ').and_then(|before| before.strip_suffix(HYPHENS));
        if line_ends && c.is_alphabetic() && divided.is_some_and(|before| before.ends_with(char::is_alphabetic)) {
            out.pop();
        }
        line_ends = false;
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The sentences with the quote in brackets, and the numbers of omitted words.
    fn shown(text: &str, parts: &[&str]) -> Option<(String, Vec<usize>)> {
        let mut from = 0;
        let spans = parts.iter().map(|part| {
            let at = from + text[from..].find(part).expect("the part is in the text");
            from = at + part.len();
            let start = text[..at].chars().count() as u32;
            start..start + part.chars().count() as u32
        });
        let span = Span::new(spans.collect(), 1, 1)?;
        let QuoteContext { mut sentence, marks, omitted } = QuoteContext::new(&SentenceIndex::new(text), &span)?;
        for mark in marks.iter().rev() {
            sentence.insert(mark.end, ']');
            sentence.insert(mark.start, '[');
        }
        Some((sentence, omitted))
    }

    fn of(text: &str, parts: &[&str]) -> String {
        shown(text, parts).unwrap().0
    }

    #[test]
    fn the_sentences_of_the_quoted_words_are_shown() {
        let text = "The mill stood. It closed, slowly, in 1973.\n\nNobody came. Then it\nburned — twice. The end.";
        assert_eq!(of(text, &["closed"]), "It [closed], slowly, in 1973.");
        assert_eq!(of(text, &["stood. It closed"]), "The mill [stood. It closed], slowly, in 1973.");
        assert_eq!(of(text, &["it\nburned"]), "Then [it burned] — twice.");
        assert_eq!(of(text, &["The end."]), "[The end.]");
        assert_eq!(of("one line\nanother line", &["another"]), "[another] line");
        assert_eq!(of("An inter-\n national team -\nthen.\n\nx", &["team"]), "An inter-national [team] - then.");
    }

    #[test]
    fn omitted_words_are_counted_and_omitted_sentences_are_not_shown() {
        let text = "It was built, like others, in 1973. Nobody knew why. It closed early.";
        let (sentence, omitted) = shown(text, &["was built", "in 1973", "closed"]).unwrap();
        assert_eq!(sentence, "It [was built], like others, [in 1973]. … It [closed] early.");
        assert_eq!(omitted, [2, 4]);
    }

    #[test]
    fn the_numbers_of_omitted_words_are_listed() {
        for (omitted, expected) in
            [(vec![], ""), (vec![1], " (1 word omitted)"), (vec![1, 1, 20], " (1, 1 and 20 words omitted)")]
        {
            let context = QuoteContext { sentence: String::new(), marks: Vec::new(), omitted };
            assert_eq!(context.omitted_words(), expected);
        }
    }

    #[test]
    fn there_is_no_ellipsis_between_sentences_that_follow_each_other() {
        let text = "The Trust has about 1,200 members.\nThe volunteers run it. All are proud.";
        let (sentence, omitted) = shown(text, &["has about", "volunteers run", "proud"]).unwrap();
        let expected = "The Trust [has about] 1,200 members. The [volunteers run] it. All are [proud].";
        assert_eq!((sentence.as_str(), omitted), (expected, vec![3, 3]));
    }

    #[test]
    fn quotes_with_ellipses_from_a_long_line_take_linear_time() {
        let text = format!("start {}", "word ".repeat(400_000));
        let count = text.len() as u32;
        let texts = SourceTexts::new(|_| Some(text.clone()));
        let source = SourceId::new("s").unwrap();
        let started = std::time::Instant::now();
        for at in 0..2_000 {
            let span = Span::new(vec![at..at + 1, count - 5..count - 1], 1, at + 1).unwrap();
            let context = texts.context(&source, Some(&span)).unwrap();
            assert!(context.omitted[0] >= 399_000, "{:?}", context.omitted);
        }
        // Counting the words of the line for each quote takes minutes.
        assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    }

    #[test]
    fn long_sentences_are_shortened() {
        let long = "word ".repeat(1000);
        let shown = of(&format!("{long}first {long}second {long}"), &["first", "second"]);
        assert!(shown.starts_with("… word ") && shown.ends_with("word …"), "{shown}");
        assert!(shown.contains("word [first] word") && shown.contains("word … word"), "{shown}");
        assert!(shown.len() < 1400, "{}", shown.len());
    }

    #[test]
    fn a_position_outside_the_text_has_no_context() {
        assert_eq!(QuoteContext::new(&SentenceIndex::new("short"), &Span::new(vec![3..9], 1, 4).unwrap()), None);
    }

    #[test]
    fn each_text_is_read_once_and_missing_ones_are_listed() {
        let reads = RefCell::new(Vec::new());
        let texts = SourceTexts::new(|source| {
            reads.borrow_mut().push(source.to_string());
            (source.as_str() == "a").then(|| "A text.".to_owned())
        });
        let (a, b) = (SourceId::new("a").unwrap(), SourceId::new("b").unwrap());
        let span = Span::new(vec![2..6], 1, 3).unwrap();
        for _ in 0..2 {
            assert_eq!(texts.context(&a, Some(&span)).map(|context| context.sentence), Some("A text.".to_owned()));
            assert_eq!(texts.context(&b, Some(&span)), None);
            // The source of a quote without a position has no text.
            assert_eq!(texts.context(&SourceId::new("c").unwrap(), None), None);
        }
        assert_eq!((reads.borrow().join(" "), texts.missing()), ("a b".to_owned(), vec![b]));
    }

    proptest! {
        /// The marks are the quoted words, whatever the text.
        #[test]
        fn the_marked_words_are_those_of_the_text(
            words in proptest::collection::vec(
                prop::sample::select(vec!["mill", "é.", "Twice.", "\n", "\n\n", " ", "“B”", "鋼。", "3.5", "\u{2028}"]), 1..60),
            lengths in proptest::collection::vec((0_u32..20, 1_u32..20), 1..4),
        ) {
            let text = words.join(" ");
            let count = text.chars().count() as u32;
            let mut at = 0;
            let parts = lengths.into_iter().map(|(gap, length)| {
                let start = at + gap;
                at = start + length;
                start..at
            });
            let parts: Vec<Range<u32>> = parts.filter(|part| part.end <= count).collect();
            prop_assume!(!parts.is_empty());
            let span = Span::new(parts.clone(), 1, 1).unwrap();
            let context = QuoteContext::new(&SentenceIndex::new(&*text), &span).unwrap();
            let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            for (part, mark) in parts.iter().zip(&context.marks) {
                let quoted: String = text.chars().skip(part.start as usize).take(part.len()).collect();
                prop_assert_eq!(plain(&context.sentence[mark.clone()]), plain(&quoted));
            }
            prop_assert_eq!(context.omitted.len(), parts.len() - 1);
        }
    }
}
