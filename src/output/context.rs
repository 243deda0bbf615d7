//! Quotes in their context: the sentences of a source that contain the quoted words.

use crate::check::sentence_ranges;
use crate::model::{CodePointIndex, SourceId, Span};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use unicode_segmentation::UnicodeSegmentation;

/// The texts of sources, from which statements are shown with the context of their quotes. Each is read once, when it is first needed.
pub struct SourceTexts<'a> {
    read: Box<ReadText<'a>>,
    texts: RefCell<FxHashMap<SourceId, Option<Rc<SentenceIndex>>>>,
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

    /// The context of the quote at a position; `None` if the text is not available.
    pub(super) fn context(&self, source: &SourceId, span: Option<&Span>) -> Option<QuoteContext> {
        let mut texts = self.texts.borrow_mut();
        let text = match texts.get(source) {
            Some(text) => text.clone(),
            None => {
                let text = (self.read)(source).map(|text| Rc::new(SentenceIndex::new(text)));
                texts.entry(source.clone()).or_insert(text).clone()
            }
        };
        text?.context(span?)
    }
}

/// Reads the text of a source; `None` if it is not available.
type ReadText<'a> = dyn Fn(&SourceId) -> Option<String> + 'a;

/// A text and its sentences.
struct SentenceIndex {
    text: String,
    code_points: CodePointIndex,
    /// The bytes of the sentences, without white space at their ends.
    sentences: Vec<Range<usize>>,
}

/// The words around a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QuoteContext {
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

impl SentenceIndex {
    /// Takes linear time.
    fn new(text: String) -> Self {
        Self { code_points: CodePointIndex::new(&text), sentences: sentence_ranges(&text), text }
    }

    /// The context of a quote; `None` if its position is not in the text.
    fn context(&self, span: &Span) -> Option<QuoteContext> {
        let byte = |code_point| self.code_points.byte(&self.text, code_point);
        let bytes = |part: &Range<u32>| Some(byte(part.start)?..byte(part.end)?);
        let parts = span.parts().iter().map(bytes).collect::<Option<Vec<_>>>()?;
        let mut context = QuoteContext { sentence: String::new(), marks: Vec::new(), omitted: Vec::new() };
        // The end of the text that has been shown.
        let mut shown: Option<usize> = None;
        for (number, part) in parts.iter().enumerate() {
            let start = self.sentence_start(part.start);
            match shown {
                None => context.push_last(&self.text[start..part.start]),
                Some(end) if start <= end => context.push_between(&self.text[end..part.start]),
                Some(end) => {
                    context.push_first(&self.text[end..self.sentence_end(end)]);
                    context.sentence.push_str(ELLIPSIS);
                    context.push_last(&self.text[start..part.start]);
                }
            }
            if let Some(before) = number.checked_sub(1) {
                context.omitted.push(self.text[parts[before].end..part.start].unicode_words().count());
            }
            let mark = context.sentence.len();
            push(&self.text[part.clone()], &mut context.sentence);
            context.marks.push(mark..context.sentence.len());
            shown = Some(part.end);
        }
        let end = shown?;
        context.push_first(&self.text[end..self.sentence_end(end)]);
        Some(context)
    }

    /// The start of the sentence that contains a byte.
    fn sentence_start(&self, byte: usize) -> usize {
        let next = self.sentences.partition_point(|sentence| sentence.end <= byte);
        self.sentences.get(next).map_or(byte, |sentence| sentence.start.min(byte))
    }

    /// The end of the sentence that contains the byte before this one.
    fn sentence_end(&self, byte: usize) -> usize {
        let next = self.sentences.partition_point(|sentence| sentence.end < byte);
        self.sentences.get(next).filter(|sentence| sentence.start < byte).map_or(byte, |sentence| sentence.end)
    }
}

impl QuoteContext {
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

/// Adds a text, with one space in place of white space.
fn push(text: &str, out: &mut String) {
    for c in text.chars() {
        if !c.is_whitespace() {
            out.push(c);
        } else if !out.ends_with(' ') && !out.is_empty() {
            out.push(' ');
        }
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
        let QuoteContext { mut sentence, marks, omitted } = SentenceIndex::new(text.to_owned()).context(&span)?;
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
    }

    #[test]
    fn omitted_words_are_counted_and_omitted_sentences_are_not_shown() {
        let text = "It was built, like others, in 1973. Nobody knew why. It closed early.";
        let (sentence, omitted) = shown(text, &["was built", "in 1973", "closed"]).unwrap();
        assert_eq!(sentence, "It [was built], like others, [in 1973]. … It [closed] early.");
        assert_eq!(omitted, [2, 4]);
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
        let index = SentenceIndex::new("short".to_owned());
        assert_eq!(index.context(&Span::new(vec![3..9], 1, 4).unwrap()), None);
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
            let context = SentenceIndex::new(text.clone()).context(&span).unwrap();
            let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            for (part, mark) in parts.iter().zip(&context.marks) {
                let quoted: String = text.chars().skip(part.start as usize).take(part.len()).collect();
                prop_assert_eq!(plain(&context.sentence[mark.clone()]), plain(&quoted));
            }
            prop_assert_eq!(context.omitted.len(), parts.len() - 1);
        }
    }
}
