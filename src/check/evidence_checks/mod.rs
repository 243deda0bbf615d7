//! Evidence checks: whether the words around a quote, and the statement that it supports, agree with it.
//!
//! They compare words with lists and numbers with numbers; they do not understand a text. Each rule, and its precision and recall, comes
//! from measurements on published facts with quotes. So their findings are warnings, and can be acknowledged.
//!
//! Invariant: nothing is reported about a quote whose text is unavailable.

mod context;
mod cues;
mod figures;
mod hashes;
mod known_year;
mod names;
mod paragraphs;
mod patterns;
mod reading;
mod report;
mod topic;
mod values;
mod words;

pub(super) use context::CueLocation;
pub(super) use hashes::{NameHashes, StatementHashes};
pub(super) use report::report;
pub(crate) use words::comparable_words;

use crate::dataset::{Dataset, Entity, Source};
use crate::diagnostic::{Code, Finding};
use crate::model::{CodePointIndex, Evidence, Kind, Span, Stance, Statement, TimeValue};
use context::{contrast, hedge, omitted_cue};
use cues::{AllCues, Cues};
use known_year::Published;
use names::Names;
use oxigraph::model::NamedNodeRef;
use paragraphs::{Paragraphs, close_to, union};
use report::{contrast_after_quote, hedged_quote, negated_context};
use rustc_hash::FxHasher;
use std::cell::OnceCell;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::OnceLock;
use topic::{Topic, string_names};
use values::{TextValues, Value, ValueSet, values};

/// How many bytes before and after a quote are searched for names: its sentence may have a pronoun, or say `the company`.
const NAMES_BEFORE: usize = 600;
const NAMES_AFTER: usize = 300;

/// What the evidence checks of a dataset have in common.
pub(crate) struct EvidenceChecks<'a> {
    dataset: &'a Dataset,
    cues: AllCues,
    /// The names of each entity, by its number.
    names: Vec<OnceLock<Names>>,
    opt_in: &'a [Code],
}

/// What was found out about a quote and its statement, beyond the findings about the quote itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Observation {
    /// The [values](values()) of the statement that neither the quote nor its sentences have.
    pub missing_values: ValueSet,
    /// Whether the sentences name neither the subject nor the object.
    pub is_off_topic: bool,
}

/// What the checks of all quotes of a statement search for.
#[derive(Debug)]
pub(super) struct Expectations {
    values: Vec<Value>,
    /// The names of the object, if it is a string.
    string: Option<Box<Names>>,
}

impl<'a> EvidenceChecks<'a> {
    pub(crate) fn new(dataset: &'a Dataset, opt_in: &'a [Code]) -> Self {
        let names = dataset.entities.iter().map(|_| OnceLock::new()).collect();
        Self { dataset, cues: AllCues::of(dataset), names, opt_in }
    }

    /// A hash of what the checks of all quotes depend on: the cues, and the languages and dates of sources.
    pub(super) fn definitions_hash(&self) -> u64 {
        let mut hasher = FxHasher::default();
        let Dataset { language, cues, sources, .. } = self.dataset;
        (language, cues, self.opt_in).hash(&mut hasher);
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
    pub(crate) fn of_source(&'a self, source: &'a Source, text: &'a str) -> SourceChecks<'a> {
        let language = source.language.as_deref().unwrap_or(&self.dataset.language);
        SourceChecks {
            all: self,
            source,
            text,
            cues: self.cues.get(language),
            published: source.published.as_ref().and_then(published),
            code_points: CodePointIndex::new(text),
            paragraphs: OnceCell::new(),
        }
    }

    fn expectations(&self, statement: &Statement) -> Expectations {
        Expectations { values: self.values(statement), string: string_names(statement).map(Box::new) }
    }

    /// The values of a statement. Takes linear time.
    fn values(&self, statement: &Statement) -> Vec<Value> {
        values(statement, self.cues.get(&self.dataset.language))
    }

    fn names(&self, iri: NamedNodeRef<'_>) -> Option<&Names> {
        let number = self.dataset.entity_number(self.dataset.namespaces.entity_name(iri)?)?;
        let cues = self.cues.get(&self.dataset.language);
        Some(self.names[number].get_or_init(|| Names::of_entity(&self.dataset.entities[number], cues)))
    }
}

/// The year and, if it is known, the month of a date.
fn published(date: &TimeValue) -> Option<Published> {
    let earliest = date.earliest()?.to_string();
    let year = earliest.split('-').next()?.parse().ok()?;
    let month = date.as_str().split('-').nth(1).and_then(|month| month.get(..2)?.parse().ok());
    Some(Published { year, month: month.filter(|month| (1..=12).contains(month)) })
}

/// The checks of the quotes from a source with a text.
pub(crate) struct SourceChecks<'a> {
    all: &'a EvidenceChecks<'a>,
    source: &'a Source,
    text: &'a str,
    /// The cues of the language of the text, if there are any.
    cues: Option<&'a Cues>,
    published: Option<Published>,
    code_points: CodePointIndex,
    paragraphs: OnceCell<Paragraphs>,
}

/// A quote that supports a statement.
#[derive(Clone, Copy)]
pub(super) struct SupportingQuote<'a> {
    pub statement: &'a Statement,
    pub evidence: &'a Evidence,
    /// What the quotes of the statement must have, once it is known.
    pub expectations: &'a OnceLock<Expectations>,
}

impl SourceChecks<'_> {
    /// Checks a quote that supports a statement: what there is to report about it alone, and what to report if no other quote of the
    /// statement has it. Takes time linear in the quote and its sentences, for each word of the names.
    pub(super) fn check(&self, quote: SupportingQuote<'_>, span: &Span) -> (Vec<Finding>, Observation) {
        let SupportingQuote { statement, evidence, expectations } = quote;
        if evidence.stance != Stance::Supports || statement.kind.derivation().is_some() {
            return (Vec::new(), Observation::default());
        }
        let byte = |point| self.code_points.byte(self.text, point).unwrap_or(self.text.len());
        let parts: Vec<Range<usize>> = span.parts().iter().map(|part| byte(part.start)..byte(part.end)).collect();
        let findings = match self.cues {
            Some(cues) if statement.kind == Kind::Fact && evidence.note.is_none() => self.doubts(&parts, cues),
            _ => Vec::new(),
        };
        let expectations = expectations.get_or_init(|| self.all.expectations(statement));
        (findings, self.observe(statement, expectations, &parts))
    }

    fn paragraphs(&self) -> &Paragraphs {
        self.paragraphs.get_or_init(|| Paragraphs::new(self.text))
    }

    fn doubts(&self, parts: &[Range<usize>], cues: &Cues) -> Vec<Finding> {
        let mut findings = Vec::new();
        let start = parts.first().map_or(0, |part| part.start);
        let paragraph = if start == 0 { 0 } else { self.paragraphs().start(start) };
        findings.extend(omitted_cue(self.text, parts, paragraph, cues).map(|cue| negated_context(&cue, self.source)));
        if self.all.opt_in.contains(&Code::HedgedQuote) {
            findings.extend(hedge(self.text, parts, cues).map(|words| hedged_quote(&words, self.source)));
        }
        if self.all.opt_in.contains(&Code::ContrastAfterQuote)
            && let Some(last) = parts.last()
        {
            let sentence_end = self.paragraphs().around(self.text, last).end;
            let words = contrast(self.text, last.end, sentence_end, cues);
            findings.extend(words.map(|words| contrast_after_quote(&words, self.source)));
        }
        findings
    }

    /// Where a quote with these parts, in bytes, omits words that show that the source does not state what the quote seems to state.
    pub(super) fn omitted_cue(&self, parts: &[Range<usize>]) -> Option<CueLocation> {
        let start = parts.first()?.start;
        Some(omitted_cue(self.text, parts, self.paragraphs().start(start), self.cues?)?.location)
    }

    /// What the parts of a quote and their sentences lack of a statement.
    fn observe(&self, statement: &Statement, expectations: &Expectations, parts: &[Range<usize>]) -> Observation {
        let Expectations { values, string } = expectations;
        let topic = Topic { checks: self.all, statement, string: string.as_deref() };
        let slice = |bytes: Range<usize>| &self.text[bytes];
        let mut missing = ValueSet::first(values.len());
        // Most quotes have all that is needed, so their sentences are not searched. Only these show that no year is written.
        if !missing.is_empty() {
            missing = self.missing(values, missing, parts.iter().cloned().map(slice), None);
        }
        if !missing.is_empty() {
            let sentences = union(parts.iter().map(|part| self.paragraphs().around(self.text, part)));
            missing = self.missing(values, missing, sentences.into_iter().map(slice), self.published);
        }
        let is_named = |bytes: Vec<Range<usize>>| bytes.into_iter().any(|bytes| topic.is_named(&self.text[bytes]));
        let is_off_topic = self.cues.is_some()
            && topic.has_name()
            && !is_named(parts.to_vec())
            && !is_named(union(parts.iter().map(|part| close_to(self.text, part, NAMES_BEFORE, NAMES_AFTER))));
        Observation { missing_values: missing, is_off_topic }
    }

    /// Which of the values that other texts lack are missing in these.
    fn missing<'t>(
        &self,
        values: &[Value],
        missing: ValueSet,
        texts: impl Iterator<Item = &'t str>,
        published: Option<Published>,
    ) -> ValueSet {
        let found = TextValues::new(texts, self.cues.map(|cues| &cues.lexicon), published);
        missing.filter(|index| !found.contains(&values[index]))
    }
}
