//! The lock: the span of each quote, so that quotes can be verified without the texts of their sources.
//!
//! A lock is a JSON Lines file. The first line has the version; each source has a line with the SHA-256 and the length of
//! its text and whether it may be redistributed, followed by a line for each quote with its span, the SHA-256 of the quoted text, and
//! the span and the SHA-256 of its sentence. Lines are sorted by source and span, so that diffs are small.
//!
//! Version 1 has neither sentences nor `redistributable`, and its texts were not normalised.

use crate::dataset::{Files, ReadError, Record, RecordFormat};
use crate::diagnostic::{Code, FileId, Finding, Findings, Location};
use crate::model::{Selector, SourceId, SourceWords, Span, nfc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
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
    /// The SHA-256 of the text from the start to the end of the span.
    pub sha256: String,
    /// What the source has there.
    pub words: Option<Box<SourceWords>>,
    /// The sentences that contain it; `None` in a lock of version 1.
    pub sentence: Option<LockedSentence>,
}

/// The sentences from the one in which a quote starts to the one in which it ends.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LockedSentence {
    /// The first code point.
    pub start: u32,
    /// The end (exclusive).
    pub end: u32,
    /// The SHA-256 of the text from the start to the end.
    pub sha256: String,
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
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<(u32, u32)>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sentence: Option<LockedSentence>,
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

impl Lock {
    /// Reads the lock of a dataset. A missing or unreadable lock is empty.
    pub fn read(files: &Files, file: FileId, findings: &mut Findings) -> Self {
        let (mut lock, mut problems) = (Self::default(), Findings::new());
        let add_all = |records: Vec<Record<Line>>| {
            for record in records {
                if let Err(message) = lock.add(&record) {
                    let finding = record.finding(Code::SyntaxError, [], message);
                    problems.push(finding.help(REWRITE_HELP));
                }
            }
        };
        match files.read_records(file, findings, |records| records, add_all) {
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

    fn add(&mut self, record: &Record<Line>) -> Result<(), String> {
        let line = &record.value;
        match line.version {
            Some(OLDEST_VERSION..=VERSION) => return Ok(()),
            Some(other) => {
                return Err(format!("unsupported lock version {other}: expected {OLDEST_VERSION} or {VERSION}"));
            }
            None => {}
        }
        let source = SourceId::new(&nfc(line.source.as_deref().unwrap_or_default())).map_err(|e| e.to_string())?;
        let sha256 = line.sha256.clone().ok_or("missing field `sha256`")?;
        let Some(quote) = line.quote.clone() else {
            let length = line.length.ok_or("missing field `quote` or `length`")?;
            let locked = Arc::make_mut(self.sources.entry(source).or_default());
            (locked.sha256, locked.length) = (sha256, length);
            locked.redistributable = line.redistributable.unwrap_or(false);
            return Ok(());
        };
        let parts = line.parts.iter().flatten().map(|(start, end)| *start..*end).collect();
        let span = Span::new(parts, line.line.unwrap_or(0), line.column.unwrap_or(0)).ok_or("invalid span")?;
        let selector = Selector { nth: line.nth, prefix: line.prefix.clone(), suffix: line.suffix.clone() };
        let words = SourceWords {
            exact: line.source_exact.clone(),
            prefix: line.source_prefix.clone(),
            suffix: line.source_suffix.clone(),
        };
        let words = (words != SourceWords::default()).then(|| Box::new(words));
        let locked = self.sources.get_mut(&source).ok_or("the quote precedes the line of its source")?;
        let sentence = line.sentence.clone();
        let quote = (QuoteKey { quote, selector }, LockedQuote { span, sha256, words, sentence });
        Arc::make_mut(locked).quotes.extend([quote]);
        Ok(())
    }

    /// The entry of a source.
    pub fn source(&self, id: &SourceId) -> Option<&LockedSource> {
        self.sources.get(id).map(|source| &**source)
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
    pub fn len(&self) -> usize {
        self.sources.values().map(|s| s.quotes.len()).sum()
    }

    /// Whether there are no quotes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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
        let locked =
            |at| LockedQuote { span: span(at), sha256: sha256("x"), words: words(at), sentence: Some(sentence(at)) };
        let quotes = quotes.map(|(k, at)| (k, locked(at)));
        let mut lock = Lock::default();
        lock.insert(
            SourceId::new("s").unwrap(),
            LockedSource { sha256: sha256("t"), length: 20, redistributable: true, quotes: quotes.into() },
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
        let (_, findings) =
            read("{\"version\":9}\n<<<<<<< HEAD\n{\"source\":\"s\",\"sha256\":\"0\",\"quote\":\"q\"}\n");
        let mut codes: Vec<Code> = findings.iter().map(|f| f.code).collect();
        codes.sort();
        assert_eq!(codes, [Code::SyntaxError, Code::SyntaxError, Code::SyntaxError]);
    }
}
