//! Evidence checks: whether the words around a quote, and the statement that it supports, agree with it.
//!
//! They compare words with lists and numbers with numbers; they do not understand a text. Each rule, and its precision and recall, comes
//! from measurements on published facts with quotes. So their findings are warnings, and can be acknowledged.
//!
//! Invariant: nothing is reported about a quote whose text is unavailable.

mod context;
mod cues;
mod names;
mod numbers;
mod report;
mod values;
mod words;

pub(super) use report::report;

use super::coverage::sentences_of_paragraph;
use super::difference_kind::shortened;
use super::explain::unlocated;
use super::paragraphs::paragraph_ranges;
use crate::dataset::{Dataset, Entity, Source};
use crate::diagnostic::{Code, Finding};
use crate::model::{CodePointIndex, EntityId, Evidence, Kind, Namespaces, Span, Stance, Statement, TimeValue};
use context::{CueLocation, OmittedCue, contrast, floor_boundary, hedge, omitted_cue};
use cues::{AllCues, Cues, Doubt};
use names::{NamedText, Names};
use oxigraph::model::{NamedNodeRef, NamedOrBlankNode, Term};
use rustc_hash::{FxHashMap, FxHasher};
use std::cell::OnceCell;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::OnceLock;
use values::{TextValues, values};

/// How many bytes before and after a quote are searched for names: its sentence may have a pronoun, or say `the company`.
const NAMES_BEFORE: usize = 600;
const NAMES_AFTER: usize = 300;

/// How many bytes of the sentences before and after a quote are searched for values.
const MAX_SENTENCE: usize = 2_000;

/// What the evidence checks of a dataset have in common.
pub(super) struct EvidenceChecks<'a> {
    dataset: &'a Dataset,
    cues: AllCues,
    /// The names of each entity, by its number.
    names: Vec<OnceLock<Names>>,
    opt_in: &'a [Code],
}

/// What was found out about a quote and its statement, beyond the findings about the quote itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Observation {
    /// A bit for each [value](values()) of the statement that neither the quote nor its sentences have.
    pub missing_values: u64,
    /// Whether the sentences name neither the subject nor the object.
    pub is_off_topic: bool,
}

impl<'a> EvidenceChecks<'a> {
    pub(super) fn new(dataset: &'a Dataset, opt_in: &'a [Code]) -> Self {
        let names = dataset.entities.iter().map(|_| OnceLock::new()).collect();
        Self { dataset, cues: AllCues::of(dataset), names, opt_in }
    }

    /// A hash of what the checks of all quotes depend on: the cues, and the languages and dates of sources.
    pub(super) fn definitions_hash(&self) -> u64 {
        let mut hasher = FxHasher::default();
        let Dataset { language, cues, sources, .. } = self.dataset;
        (language, format!("{cues:?}"), self.opt_in).hash(&mut hasher);
        for source in sources {
            let published = source.published.as_ref().map(TimeValue::as_str);
            (source.id.as_str(), &source.language, published).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// A hash of the names of each entity, by its id.
    pub(super) fn name_hashes(&self) -> NameHashes {
        let hash = |entity: &Entity| {
            let mut hasher = FxHasher::default();
            (&entity.label, &entity.labels, &entity.aliases).hash(&mut hasher);
            (entity.id.clone(), hasher.finish())
        };
        NameHashes(self.dataset.entities.iter().map(hash).collect())
    }

    /// The checks of a source with a text.
    pub(super) fn of_source(&'a self, source: &'a Source, text: &'a str) -> SourceChecks<'a> {
        let language = source.language.as_deref().unwrap_or(&self.dataset.language);
        let published = source.published.as_ref().and_then(TimeValue::earliest).map(|day| day.to_string());
        let published_year = published.and_then(|day| day.split('-').next().map(str::to_owned));
        SourceChecks {
            all: self,
            source,
            text,
            cues: self.cues.get(language),
            published_year,
            code_points: CodePointIndex::new(text),
            paragraphs: OnceCell::new(),
        }
    }

    fn names(&self, iri: NamedNodeRef<'_>) -> Option<&Names> {
        let number = self.dataset.entity_number(self.dataset.namespaces.entity_name(iri)?)?;
        let cues = self.cues.get(&self.dataset.language);
        Some(self.names[number].get_or_init(|| Names::of_entity(&self.dataset.entities[number], cues)))
    }
}

/// Hashes of the names of entities.
#[derive(Default)]
pub(super) struct NameHashes(FxHashMap<EntityId, u64>);

impl NameHashes {
    /// A hash of what the checks of a quote depend on in its statement.
    pub(super) fn statement_hash(&self, statement: &Statement, evidence: &Evidence, namespaces: &Namespaces) -> u64 {
        let mut hasher = FxHasher::default();
        let Statement { triple, qualifiers, kind, .. } = statement;
        let names = |iri: NamedNodeRef<'_>| namespaces.entity_id(iri).and_then(|id| self.0.get(&id));
        let subject = match &triple.subject {
            NamedOrBlankNode::NamedNode(iri) => names(iri.as_ref()),
            NamedOrBlankNode::BlankNode(_) => None,
        };
        let object = match &triple.object {
            Term::NamedNode(iri) => names(iri.as_ref()),
            _ => None,
        };
        (triple, qualifiers, *kind == Kind::Fact, subject, object).hash(&mut hasher);
        (evidence.stance == Stance::Supports, &evidence.note).hash(&mut hasher);
        for evidence in statement.evidence.iter().filter(|evidence| evidence.note.is_some()) {
            (&evidence.note, evidence.stance == Stance::Supports).hash(&mut hasher);
        }
        hasher.finish()
    }
}

/// The paragraphs of a text, with the sentences of those with a quote that lacks a value. Dividing a text into sentences takes longer than
/// all checks, so unlike the sentence index of the lock, this divides only these paragraphs.
struct Paragraphs {
    bytes: Vec<Range<usize>>,
    sentences: Vec<OnceCell<Vec<Range<usize>>>>,
}

impl Paragraphs {
    fn new(text: &str) -> Self {
        let bytes = paragraph_ranges(text);
        Self { sentences: bytes.iter().map(|_| OnceCell::new()).collect(), bytes }
    }

    /// The number of the paragraph with a byte.
    fn at(&self, byte: usize) -> Option<usize> {
        let number = self.bytes.partition_point(|paragraph| paragraph.end <= byte);
        (number < self.bytes.len()).then_some(number)
    }

    fn sentences(&self, text: &str, paragraph: usize) -> &[Range<usize>] {
        self.sentences[paragraph].get_or_init(|| sentences_of_paragraph(text, self.bytes[paragraph].clone()))
    }

    /// The bytes from the sentence with the first of some bytes to the one with the last, as far as they are close.
    fn around(&self, text: &str, bytes: &Range<usize>) -> Range<usize> {
        let last_byte = bytes.end.saturating_sub(1).max(bytes.start);
        let (Some(first), Some(last)) = (self.at(bytes.start), self.at(last_byte)) else { return bytes.clone() };
        let sentence = |paragraph: usize, byte: usize| {
            let sentences = self.sentences(text, paragraph);
            sentences.get(sentences.partition_point(|sentence| sentence.end <= byte)).unwrap_or(bytes)
        };
        let (first, last) = (sentence(first, bytes.start), sentence(last, last_byte));
        let close = close_to(text, bytes, MAX_SENTENCE, MAX_SENTENCE);
        first.start.clamp(close.start, bytes.start)..last.end.clamp(bytes.end, close.end)
    }
}

/// Some bytes of a text, with about as many bytes before and after them.
fn close_to(text: &str, bytes: &Range<usize>, before: usize, after: usize) -> Range<usize> {
    let start = floor_boundary(text, bytes.start.saturating_sub(before));
    start..floor_boundary(text, text.len().min(bytes.end + after)).max(bytes.end)
}

/// The checks of the quotes from a source with a text.
pub(super) struct SourceChecks<'a> {
    all: &'a EvidenceChecks<'a>,
    source: &'a Source,
    text: &'a str,
    /// The cues of the language of the text, if there are any.
    cues: Option<&'a Cues>,
    published_year: Option<String>,
    code_points: CodePointIndex,
    paragraphs: OnceCell<Paragraphs>,
}

impl SourceChecks<'_> {
    /// Checks a quote that supports a statement: what there is to report about it alone, and what to report if no other quote of the
    /// statement has it. Takes time linear in the quote and its sentences, for each word of the names.
    pub(super) fn check(&self, statement: &Statement, evidence: &Evidence, span: &Span) -> (Vec<Finding>, Observation) {
        if evidence.stance != Stance::Supports || matches!(statement.kind, Kind::Inference(_)) {
            return (Vec::new(), Observation::default());
        }
        let byte = |point| self.code_points.byte(self.text, point).unwrap_or(self.text.len());
        let parts: Vec<Range<usize>> = span.parts().iter().map(|part| byte(part.start)..byte(part.end)).collect();
        let quote = parts.first().map_or(0, |part| part.start)..parts.last().map_or(0, |part| part.end);
        let findings = match self.cues {
            Some(cues) if statement.kind == Kind::Fact && evidence.note.is_none() => self.doubts(&parts, &quote, cues),
            _ => Vec::new(),
        };
        (findings, self.observe(statement, quote))
    }

    fn paragraphs(&self) -> &Paragraphs {
        self.paragraphs.get_or_init(|| Paragraphs::new(self.text))
    }

    fn doubts(&self, parts: &[Range<usize>], quote: &Range<usize>, cues: &Cues) -> Vec<Finding> {
        let mut findings = Vec::new();
        let paragraph = || {
            let paragraphs = self.paragraphs();
            paragraphs.at(quote.start).map_or(0, |number| paragraphs.bytes[number].start)
        };
        let paragraph = if quote.start == 0 { 0 } else { paragraph() };
        findings.extend(omitted_cue(self.text, parts, paragraph, cues).map(|cue| self.negated_context(&cue)));
        if self.all.opt_in.contains(&Code::HedgedQuote) {
            findings.extend(hedge(self.text, parts, cues).map(|words| self.hedged_quote(&words)));
        }
        if self.all.opt_in.contains(&Code::ContrastAfterQuote) {
            let sentence_end = self.paragraphs().around(self.text, quote).end;
            findings.extend(contrast(self.text, quote.end, sentence_end, cues).map(|words| self.contrast(&words)));
        }
        findings
    }

    fn negated_context(&self, cue: &OmittedCue) -> Finding {
        let OmittedCue { doubt, words, location } = cue;
        let words = shortened(words);
        let consequence = match doubt {
            Doubt::Negation => "negates it",
            Doubt::Possibility => "makes it a possibility or an intention",
            Doubt::Attribution => "attributes it to others",
        };
        let message = format!("the quote omits `{words}` in `{}`, which {consequence}", self.source.id);
        let label = match location {
            CueLocation::BeforeQuote => format!("follows `{words}`"),
            CueLocation::Ellipsis => format!("an ellipsis omits `{words}`"),
        };
        let help = match doubt {
            Doubt::Negation => {
                "quote these words as well, and state what the source does, or explain the quote in a `note`"
            }
            Doubt::Possibility => {
                "make the statement a claim with the status `planned` or `possible`, or explain the quote in a `note`"
            }
            Doubt::Attribution => {
                "make the statement a claim with the status `reported` or `alleged`, or explain the quote in a `note`"
            }
        };
        unlocated(Code::NegatedContext, message).label(label).help(help)
    }

    fn hedged_quote(&self, words: &str) -> Finding {
        let words = shortened(words);
        unlocated(Code::HedgedQuote, format!("the quote from `{}` is uncertain: `{words}`", self.source.id))
            .label("supports a fact")
            .help("make the statement a claim, or explain the quote in a `note`")
    }

    fn contrast(&self, words: &str) -> Finding {
        let words = shortened(words);
        unlocated(
            Code::ContrastAfterQuote,
            format!("the sentence in `{}` restricts the quote: `{words}`", self.source.id),
        )
        .label(format!("is followed by `{words}`"))
        .help("quote these words as well, and check that the statement still follows")
    }

    /// What the quote and its sentences lack of the statement.
    fn observe(&self, statement: &Statement, quote: Range<usize>) -> Observation {
        let values = values(statement);
        // Most quotes have all that is needed, so their sentences are not searched.
        let mut missing: u64 = (0..values.len()).fold(0, |bits, number| bits | 1 << number);
        let topic = Topic { checks: self.all, statement };
        let mut is_off_topic = self.cues.is_some() && !topic.has_value();
        for is_in_context in [false, true] {
            if missing != 0 {
                let bytes = if is_in_context { self.paragraphs().around(self.text, &quote) } else { quote.clone() };
                let text = &self.text[bytes];
                let found = TextValues::new(text, self.cues, self.published_year.as_deref());
                let is_found = |number: &usize| found.contains(&values[*number]);
                missing &= !(0..values.len()).filter(is_found).fold(0, |bits, number| bits | 1 << number);
            }
            if is_off_topic {
                let close = close_to(self.text, &quote, NAMES_BEFORE, NAMES_AFTER);
                let bytes = if is_in_context { close } else { quote.clone() };
                is_off_topic = !topic.is_named(&NamedText::new(&self.text[bytes]));
            }
        }
        Observation { missing_values: missing, is_off_topic }
    }
}

/// The subject and the object of a statement.
struct Topic<'a> {
    checks: &'a EvidenceChecks<'a>,
    statement: &'a Statement,
}

impl Topic<'_> {
    /// Whether the object is a date or a number: if the sentences do not have it, that is reported instead.
    fn has_value(&self) -> bool {
        matches!(&self.statement.triple.object, Term::Literal(literal) if values::is_value(literal))
    }

    /// Whether a text names the subject or the object, or cannot because it is in another script.
    fn is_named(&self, text: &NamedText<'_>) -> bool {
        let subject = match &self.statement.triple.subject {
            NamedOrBlankNode::NamedNode(iri) => self.checks.names(iri.as_ref()),
            NamedOrBlankNode::BlankNode(_) => None,
        };
        if subject.is_some_and(|names| names.are_in(text)) {
            return true;
        }
        let string;
        let object = match &self.statement.triple.object {
            Term::NamedNode(iri) => self.checks.names(iri.as_ref()),
            Term::Literal(literal) => {
                string = Names::of_string(literal.value(), None);
                Some(&string)
            }
            Term::BlankNode(_) | Term::Triple(_) => None,
        };
        object.is_some_and(|names| names.are_in(text))
            || ![subject, object].into_iter().flatten().any(|names| names.share_script(text))
    }
}
