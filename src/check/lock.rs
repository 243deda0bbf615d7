//! The lock: the span of each quote, so that quotes can be verified without the texts of their sources.
//!
//! A lock is a JSON Lines file. The first line has the version; each source has a line with the SHA-256 and the length of
//! its text, whether it may be redistributed, and the positions of its sentences, followed by a line for each quote with its span,
//! the SHA-256 of its words in the source, the span and the SHA-256 of its sentence, and the warnings about it. Lines are sorted
//! by source and span, so that diffs are small.
//!
//! Version 1 has neither sentences nor `redistributable`, and its texts were not normalised.
//!
//! Invariant: a lock that was read is consistent. What contradicts the rest of the file, such as a span outside the text, is reported.

use super::ground::quote_parts;
use super::sentences::{Paragraphs, SentencePosition, of_paragraphs, to_paragraphs};
use crate::dataset::{Files, ReadError, Record, RecordFormat};
use crate::diagnostic::{Code, FileId, Finding, Findings, Location};
use crate::model::{Selector, SourceId, SourceWords, Span, nfc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, hash_map};
use std::io;
use std::sync::Arc;

/// The version of the format.
const VERSION: u32 = 2;

/// The oldest version that can be read.
const OLDEST_VERSION: u32 = 1;

const REWRITE_HELP: &str = "restore the file, or run `factloom lock` to write a new one";

/// The locked sources and quotes of a dataset.
///
/// ```
/// use factloom::check::{Lock, LockedSource, sha256};
/// use factloom::model::SourceId;
///
/// let mut lock = Lock::default();
/// let source = LockedSource { sha256: sha256("A mill."), length: 7, ..LockedSource::default() };
/// lock.insert(SourceId::new("s")?, source);
/// let mut file = Vec::new();
/// lock.write(&mut file)?;
/// assert!(file.starts_with(b"{\"version\":2}\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    sources: BTreeMap<SourceId, Arc<LockedSource>>,
}

/// The lock entry of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockedSource {
    /// The SHA-256 of the text in UTF-8, in hexadecimal.
    pub sha256: String,
    /// The length of the text in code points.
    pub length: u32,
    /// Whether the text may be redistributed; `false` in a lock of version 1.
    pub redistributable: bool,
    /// The sentences of the text; `None` if the lock does not have them.
    pub sentences: Option<Vec<SentencePosition>>,
    /// The quotes.
    pub quotes: HashMap<QuoteKey, LockedQuote>,
}

/// Identifies a quote from a source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuoteKey {
    /// The quote as written in the dataset.
    pub quote: String,
    /// Selects one of several matches.
    pub selector: Selector,
}

/// The lock entry of a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedQuote {
    /// Its span.
    pub span: Span,
    /// The SHA-256 of the words of the source at its parts, with [` … `](SourceWords::SEPARATOR) between them; in a lock of version 1,
    /// of the text from the start to the end of the span.
    pub sha256: String,
    /// What the source has there.
    pub words: Option<Box<SourceWords>>,
    /// The sentences that contain it; `None` in a lock of version 1.
    pub sentence: Option<LockedSentence>,
    /// The warnings about how the quote differs from the text.
    pub warnings: Vec<Code>,
}

/// The sentences from the one in which a quote starts to the one in which it ends.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LockedSentence {
    /// The first code point.
    pub start: u32,
    /// The end (exclusive).
    pub end: u32,
    /// The SHA-256 of the text from the start to the end, folded as for the comparison with quotes.
    pub sha256: String,
}

/// The SHA-256 of the words of a source at the parts of a quote.
pub(super) fn sha256_of_words(quote: &str, span: &Span, words: Option<&SourceWords>) -> String {
    match words.and_then(|words| words.exact.as_ref()) {
        Some(exact) => sha256(exact),
        None if span.parts().len() == 1 => sha256(quote),
        None => sha256(&quote_parts(quote).join(SourceWords::SEPARATOR)),
    }
}

/// A line of the lock.
#[expect(clippy::struct_field_names, reason = "`line` is the line number of a quote")]
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redistributable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sentences: Option<Paragraphs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<(u32, u32)>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sentence: Option<LockedSentence>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nth: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suffix: Option<String>,
    #[serde(rename = "sourceExact", skip_serializing_if = "Option::is_none")]
    source_exact: Option<String>,
    #[serde(rename = "sourcePrefix", skip_serializing_if = "Option::is_none")]
    source_prefix: Option<String>,
    #[serde(rename = "sourceSuffix", skip_serializing_if = "Option::is_none")]
    source_suffix: Option<String>,
}

impl RecordFormat for Line {
    const NAME: &'static str = "line of the lock";
    const REGENERATE: &'static str = ", or delete `factloom.lock` and run `factloom lock`";
}

/// What a line of the lock states.
enum Entry {
    Version,
    /// The sentences may be invalid.
    Source(SourceId, LockedSource, Result<(), &'static str>),
    Quote(SourceId, QuoteKey, LockedQuote),
}

impl TryFrom<Line> for Entry {
    type Error = String;

    fn try_from(line: Line) -> Result<Self, String> {
        match line.version {
            Some(OLDEST_VERSION..=VERSION) => return Ok(Self::Version),
            Some(other) => {
                return Err(format!("unsupported lock version {other}: expected {OLDEST_VERSION} or {VERSION}"));
            }
            None => {}
        }
        let source = SourceId::new(&nfc(line.source.as_deref().unwrap_or_default())).map_err(|e| e.to_string())?;
        let sha256 = line.sha256.ok_or("missing field `sha256`")?;
        let Some(quote) = line.quote else {
            let length = line.length.ok_or("missing field `quote` or `length`")?;
            let redistributable = line.redistributable.unwrap_or(false);
            let sentences = line.sentences.as_ref().and_then(|paragraphs| of_paragraphs(paragraphs, length));
            let is_valid = sentences.is_some() == line.sentences.is_some();
            let locked = LockedSource { sha256, length, redistributable, sentences, quotes: HashMap::new() };
            return Ok(Self::Source(source, locked, if is_valid { Ok(()) } else { Err("invalid `sentences`") }));
        };
        let parts = line.parts.iter().flatten().map(|(start, end)| *start..*end).collect();
        let span = Span::new(parts, line.line.unwrap_or(0), line.column.unwrap_or(0)).ok_or("invalid span")?;
        let selector = Selector { nth: line.nth, prefix: line.prefix, suffix: line.suffix };
        let words = SourceWords { exact: line.source_exact, prefix: line.source_prefix, suffix: line.source_suffix };
        let words = (words != SourceWords::default()).then(|| Box::new(words));
        let code = |code: &String| code.parse().map_err(|_| format!("unknown diagnostic code `{code}`"));
        let warnings = line.warnings.iter().map(code).collect::<Result<_, _>>()?;
        let locked = LockedQuote { span, sha256, words, sentence: line.sentence, warnings };
        locked.verify(&quote)?;
        Ok(Self::Quote(source, QuoteKey { quote, selector }, locked))
    }
}

impl LockedQuote {
    /// Checks that the entry agrees with itself and with its quote.
    fn verify(&self, quote: &str) -> Result<(), &'static str> {
        let Self { span, sha256, words, sentence, warnings: _ } = self;
        if !is_sha256(sha256) {
            return Err("invalid `sha256`");
        }
        // An entry of version 1 lacks the sentence, and has another hash.
        let Some(LockedSentence { start, end, sha256: sentence_sha256 }) = sentence else { return Ok(()) };
        if !(*start <= span.start() && span.end() <= *end && is_sha256(sentence_sha256)) {
            return Err("invalid `sentence`");
        }
        match *sha256 == sha256_of_words(quote, span, words.as_deref()) {
            true => Ok(()),
            false => Err("`sha256` is not that of the quoted words"),
        }
    }
}

fn is_sha256(hash: &str) -> bool {
    hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl Lock {
    /// Reads the lock of a dataset. A missing or unreadable lock is empty.
    pub fn read(files: &Files, file: FileId, findings: &mut Findings) -> Self {
        let (mut lock, mut problems) = (Self::default(), Findings::new());
        let parse = |records: Vec<Record<Line>>| {
            let parse = |Record { value, file, index, is_valid }| Record {
                value: Entry::try_from(value),
                file,
                index,
                is_valid,
            };
            records.into_iter().map(parse).collect()
        };
        let add_all = |records: Vec<Record<Result<Entry, String>>>| {
            for Record { value, file, index, is_valid } in records {
                if let Err(message) = value.and_then(|entry| lock.add(entry)) {
                    let record = Record { value: (), file, index, is_valid };
                    problems.push(record.finding(Code::SyntaxError, [], message).help(REWRITE_HELP));
                }
            }
        };
        match files.read_records(file, findings, parse, add_all) {
            Ok(()) => {
                findings.append(&mut problems);
                lock
            }
            Err(ReadError::Missing(_)) => Self::default(),
            Err(e) => {
                let finding = Finding::new(Code::UnreadableFile, file, Location::File, e.to_string());
                findings.push(finding.help(REWRITE_HELP));
                Self::default()
            }
        }
    }

    fn add(&mut self, entry: Entry) -> Result<(), String> {
        match entry {
            Entry::Version => Ok(()),
            Entry::Source(id, source, sentences) => {
                if self.sources.contains_key(&id) {
                    return Err(format!("duplicate source `{id}`"));
                }
                let is_valid = is_sha256(&source.sha256);
                // Without the source, there would be an error for each of its quotes, too.
                self.insert(id, source);
                if is_valid { Ok(sentences?) } else { Err("invalid `sha256`".to_owned()) }
            }
            Entry::Quote(source, key, quote) => {
                let locked = self.sources.get_mut(&source).ok_or("the quote precedes the line of its source")?;
                let end = quote.sentence.as_ref().map_or(quote.span.end(), |sentence| sentence.end);
                if end > locked.length {
                    return Err(format!("the quote is outside the text of `{source}`"));
                }
                match Arc::make_mut(locked).quotes.entry(key) {
                    hash_map::Entry::Occupied(_) => Err("duplicate quote".to_owned()),
                    hash_map::Entry::Vacant(vacant) => {
                        vacant.insert(quote);
                        Ok(())
                    }
                }
            }
        }
    }

    /// The entry of a source.
    pub fn source(&self, id: &SourceId) -> Option<&LockedSource> {
        self.sources.get(id).map(Arc::as_ref)
    }

    /// The entry of a source, shared.
    pub(super) fn shared(&self, id: &SourceId) -> Option<&Arc<LockedSource>> {
        self.sources.get(id)
    }

    /// Adds or replaces the entry of a source.
    pub fn insert(&mut self, id: SourceId, source: LockedSource) {
        self.sources.insert(id, Arc::new(source));
    }

    /// The number of quotes.
    pub fn count_quotes(&self) -> usize {
        self.sources.values().map(|source| source.quotes.len()).sum()
    }

    /// All quotes with their sources.
    pub(super) fn quotes(&self) -> impl Iterator<Item = (&SourceId, &QuoteKey)> {
        self.sources.iter().flat_map(|(id, source)| source.quotes.keys().map(move |key| (id, key)))
    }

    /// Writes the lock, sorted.
    ///
    /// # Errors
    ///
    /// Returns an error if `out` cannot be written.
    pub fn write(&self, out: &mut (impl io::Write + ?Sized)) -> io::Result<()> {
        let mut write_line = |line: &Line| {
            serde_json::to_writer(&mut *out, line)?;
            out.write_all(b"\n")
        };
        write_line(&Line { version: Some(VERSION), ..Line::default() })?;
        for (id, source) in &self.sources {
            write_line(&Line {
                source: Some(id.to_string()),
                length: Some(source.length),
                redistributable: Some(source.redistributable),
                sentences: source.sentences.as_deref().map(to_paragraphs),
                sha256: Some(source.sha256.clone()),
                ..Line::default()
            })?;
            let mut quotes: Vec<_> = source.quotes.iter().collect();
            quotes.sort_by_key(|(key, locked)| (locked.span.start(), locked.span.end(), *key));
            for (key, locked) in quotes {
                let words = locked.words.as_deref().cloned().unwrap_or_default();
                write_line(&Line {
                    source: Some(id.to_string()),
                    line: Some(locked.span.line()),
                    column: Some(locked.span.column()),
                    parts: Some(locked.span.parts().iter().map(|p| (p.start, p.end)).collect()),
                    sha256: Some(locked.sha256.clone()),
                    sentence: locked.sentence.clone(),
                    warnings: locked.warnings.iter().map(ToString::to_string).collect(),
                    quote: Some(key.quote.clone()),
                    nth: key.selector.nth,
                    prefix: key.selector.prefix.clone(),
                    suffix: key.selector.suffix.clone(),
                    source_exact: words.exact,
                    source_prefix: words.prefix,
                    source_suffix: words.suffix,
                    ..Line::default()
                })?;
            }
        }
        Ok(())
    }
}

/// The SHA-256 of a text, in hexadecimal.
pub fn sha256(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{DatasetRoot, LOCK, Layout, SizeLimit};
    use crate::files::{PathScope, ReadOptions};

    fn lock() -> Lock {
        let span = |start| Span::new(vec![start..start + 3], 1, start + 1).unwrap();
        let key =
            |quote: &str, nth| QuoteKey { quote: quote.into(), selector: Selector { nth, ..Selector::default() } };
        let quotes = [(key("b\"“", None), 9), (key("a", Some(2)), 5)];
        let sentence = |at| LockedSentence { start: at - 1, end: at + 9, sha256: sha256("y") };
        let words = SourceWords { exact: Some("b\n“”".to_owned()), ..SourceWords::default() };
        let words = |at| Some(Box::new(words.clone())).filter(|_| at == 9);
        let locked = |quote: &str, at| LockedQuote {
            span: span(at),
            sha256: sha256_of_words(quote, &span(at), words(at).as_deref()),
            words: words(at),
            sentence: Some(sentence(at)),
            warnings: if at == 5 { vec![Code::QuoteCutsWord] } else { Vec::new() },
        };
        let quotes = quotes.map(|(key, at)| (key.clone(), locked(&key.quote, at)));
        let mut lock = Lock::default();
        lock.insert(
            SourceId::new("s").unwrap(),
            LockedSource {
                sha256: sha256("t"),
                length: 20,
                redistributable: true,
                sentences: of_paragraphs(&vec![vec![(0, 18, 1)], vec![(18, 20, 2)]], 20),
                quotes: quotes.into(),
            },
        );
        lock
    }

    fn read(text: &str) -> (Lock, Findings) {
        let mut findings = Findings::new();
        let mut files = Files::new(DatasetRoot::memory([(LOCK, text)]), ReadOptions::default());
        let file = files.add(LOCK, Layout::Lines, PathScope::Inside, SizeLimit::LOCK);
        (Lock::read(&files, file, &mut findings), findings)
    }

    #[test]
    fn a_written_lock_reads_back_unchanged() {
        let mut text = Vec::new();
        lock().write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(read(&text), (lock(), Findings::new()));
        let starts: Vec<&str> = text.lines().map(|l| &l[..10.min(l.len())]).collect();
        assert_eq!(starts, ["{\"version\"", "{\"source\":", "{\"source\":", "{\"source\":"]);
        assert!(text.lines().nth(2).unwrap().contains("\"nth\":2"));
    }

    #[test]
    fn a_corrupt_lock_is_reported_line_by_line() {
        let (_, findings) = read(&format!(
            "{{\"version\":9}}\n<<<<<<< HEAD\n{{\"source\":\"s\",\"sha256\":\"{}\",\"quote\":\"q\"}}\n",
            sha256("x")
        ));
        let mut codes: Vec<Code> = findings.iter().map(|f| f.code).collect();
        codes.sort();
        assert_eq!(codes, [Code::SyntaxError, Code::SyntaxError, Code::SyntaxError]);
    }

    /// The messages about the lock after a change of its text.
    fn messages(change: impl Fn(&str) -> String) -> Vec<String> {
        let mut text = Vec::new();
        lock().write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let changed = change(&text);
        assert_ne!(changed, text);
        read(&changed).1.iter().map(|finding| finding.message.clone()).collect()
    }

    #[test]
    fn what_contradicts_the_rest_of_the_lock_is_reported() {
        for (from, to, expected) in [
            ("[[9,12]]", "[[9009,9012]]", "invalid `sentence`"),
            ("[18,20,2]", "[18,21,2]", "invalid `sentences`"),
            ("\"end\":18", "\"end\":21", "the quote is outside the text of `s`"),
            ("\"start\":8", "\"start\":10", "invalid `sentence`"),
            ("\"end\":18", "\"end\":11", "invalid `sentence`"),
            (&sha256("y"), "zz", "invalid `sentence`"),
            (&sha256("t"), "zz", "invalid `sha256`"),
            (&sha256("a"), "zz", "invalid `sha256`"),
            (&sha256("a"), &sha256("c"), "`sha256` is not that of the quoted words"),
            ("\"quote\":\"a\"", "\"quote\":\"the\"", "`sha256` is not that of the quoted words"),
            ("quote-cuts-word", "no-such-code", "unknown diagnostic code `no-such-code`"),
        ] {
            assert_eq!(messages(|text| text.replacen(from, to, 1)), [expected], "{from} {to}");
        }
        let twice = |number: usize| messages(|text| format!("{text}{}\n", text.lines().nth(number).unwrap()));
        assert_eq!(twice(1), ["duplicate source `s`"]);
        assert_eq!(twice(2), ["duplicate quote"]);
    }
}
