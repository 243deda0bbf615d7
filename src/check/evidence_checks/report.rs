//! Reports the words around quotes that do not agree with them, and what no quote of a statement has.

use super::context::{CueLocation, OmittedCue};
use super::cues::Doubt;
use super::values::{Value, ValueLocation};
use super::{EvidenceChecks, Observation};
use crate::check::difference_kind::shortened;
use crate::check::duplicates::FactNumber;
use crate::check::explain::unlocated;
use crate::check::quotes::CheckedFile;
use crate::check::value::{predicate_name, term_name};
use crate::dataset::Source;
use crate::diagnostic::{Code, FileId, Finding, Findings, Location, PathSegment};
use crate::model::{Evidence, Stance, Statement};
use itertools::Itertools;
use oxigraph::model::Term;

/// Reports the values of statements that none of their quotes has, and statements whose quotes name neither the subject nor the object.
/// `has_text` is true for each source whose text is available, by its number. Takes time linear in the observations.
pub(in crate::check) fn report(
    checks: &EvidenceChecks<'_>,
    files: &[CheckedFile],
    has_text: &[bool],
    findings: &mut Findings,
) {
    for (number, file) in (0..).zip(files) {
        let observations = &file.facts.quotes.observations;
        let mut rest = observations.iter().peekable();
        while let Some(((fact, _), (_, first))) = rest.next() {
            let mut common = *first;
            let mut count = 1;
            while let Some((_, (_, other))) = rest.next_if(|((other, _), _)| other == fact) {
                common.missing_values = common.missing_values.and(other.missing_values);
                common.is_off_topic &= other.is_off_topic;
                count += 1;
            }
            let fact = FactNumber { file: number, fact: *fact };
            let statement = fact.statement(files);
            if !file.facts.facts[fact.fact as usize].is_valid() || common == Observation::default() {
                continue;
            }
            // Background sources have no quotes.
            let is_quote = |evidence: &&Evidence| evidence.stance == Stance::Supports && evidence.quote.is_some();
            let supporting = || statement.evidence.iter().filter(is_quote);
            let source = |evidence: &Evidence| checks.dataset.source_number(evidence.source.as_str());
            let is_checked =
                |evidence: &Evidence| source(evidence).and_then(|source| has_text.get(source)) == Some(&true);
            // A quote without an observation has all values, and one without a text cannot be checked.
            if supporting().count() == count && supporting().all(is_checked) {
                let reporter = Reporter { checks, files, fact, statement };
                reporter.report(common, findings);
            }
        }
    }
}

struct Reporter<'a> {
    checks: &'a EvidenceChecks<'a>,
    files: &'a [CheckedFile],
    fact: FactNumber,
    statement: &'a Statement,
}

impl Reporter<'_> {
    fn report(&self, common: Observation, findings: &mut Findings) {
        let values = if common.missing_values.is_empty() { Vec::new() } else { self.checks.values(self.statement) };
        let missing = common.missing_values.indices().filter_map(|index| values.get(index));
        // A date has several components.
        for value in missing.dedup_by(|a, b| a.location == b.location) {
            self.push(Code::ValueNotInQuote, || self.value_not_in_quote(value), findings);
        }
        if common.is_off_topic {
            self.push(Code::QuoteOffTopic, || self.quote_off_topic(), findings);
        }
    }

    /// Adds a finding, which is only made if it is stored.
    fn push(&self, code: Code, finding: impl FnOnce() -> Finding, findings: &mut Findings) {
        match findings.is_full(code) {
            true => findings.count(code, self.files[self.fact.file as usize].file, 1),
            false => findings.push(finding()),
        }
    }

    fn location(&self, path: Vec<PathSegment>) -> (FileId, Location) {
        self.fact.location(self.files, path)
    }

    fn value_not_in_quote(&self, value: &Value) -> Finding {
        let (path, written, place) = match &value.location {
            ValueLocation::Object => {
                (vec!["object".into()], literal_value(&self.statement.triple.object), String::new())
            }
            ValueLocation::Qualifier(number) => {
                let qualifier = &self.statement.qualifiers[*number];
                let name = predicate_name(&qualifier.predicate, self.checks.dataset);
                let path = vec!["qualifiers".into(), PathSegment::from(name.as_str())];
                (path, literal_value(&qualifier.value), format!(" of `{name}`"))
            }
            ValueLocation::Note(position, written) => {
                let path = self.piece_path(|at, _| at == *position, "note");
                (path, written.as_str(), " in the note".to_owned())
            }
        };
        let (file, location) = self.location(path);
        let message = format!("neither the quotes nor their sentences have `{written}`{place}");
        let label = format!("the {} is not in the quoted sentences", value.component());
        let finding = Finding::new(Code::ValueNotInQuote, file, location, message).label(label);
        if value.is_before_christ() {
            return finding
                .help("write 44 BC as `-0043`, since the year 0000 is 1 BC, or quote a passage that has the year");
        }
        finding
            .help("correct the value, quote a passage that has it, or acknowledge the finding with a reason in `allow`")
    }

    /// The path to a member of the first piece of supporting evidence with a property. The property is also told the position.
    fn piece_path(&self, has_property: impl Fn(usize, &Evidence) -> bool, member: &str) -> Vec<PathSegment> {
        let evidence = &self.statement.evidence;
        let fact = &self.files[self.fact.file as usize].facts.facts[self.fact.fact as usize];
        let is_match = |position: usize| {
            let evidence = evidence.get(position);
            evidence.is_some_and(|evidence| evidence.stance == Stance::Supports && has_property(position, evidence))
        };
        let matching = fact.pieces(evidence.len()).filter(|piece| is_match(piece.position as usize));
        let index = matching.map(|piece| piece.index).min().unwrap_or_default() as usize;
        vec!["evidence".into(), index.into(), member.into()]
    }

    fn quote_off_topic(&self) -> Finding {
        let dataset = self.checks.dataset;
        let subject = term_name(&self.statement.triple.subject.clone().into(), dataset);
        let object = match &self.statement.triple.object {
            // It may be long.
            Term::Literal(_) => "its object".to_owned(),
            object => term_name(object, dataset),
        };
        let (file, location) = self.location(self.piece_path(|_, evidence| evidence.quote.is_some(), "quote"));
        let message = format!("the text around the quotes names neither {subject} nor {object}");
        Finding::new(Code::QuoteOffTopic, file, location, message)
            .label("quotes other subjects")
            .help("quote a sentence that names one of them, or add the name that the source uses to the `aliases` of the entity")
    }
}

fn literal_value(term: &Term) -> &str {
    match term {
        Term::Literal(literal) => literal.value(),
        _ => "",
    }
}

pub(super) fn negated_context(cue: &OmittedCue, source: &Source) -> Finding {
    let OmittedCue { doubt, words, location } = cue;
    let words = shortened(words);
    let consequence = match doubt {
        Doubt::Negation => "negates it",
        Doubt::Possibility => "makes it a possibility or an intention",
        Doubt::Attribution => "attributes it to others",
    };
    let message = format!("the quote omits `{words}` in `{}`, which {consequence}", source.id);
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

pub(super) fn hedged_quote(words: &str, source: &Source) -> Finding {
    let words = shortened(words);
    unlocated(Code::HedgedQuote, format!("the quote from `{}` is uncertain: `{words}`", source.id))
        .label("supports a fact")
        .help("make the statement a claim, or explain the quote in a `note`")
}

pub(super) fn contrast_after_quote(words: &str, source: &Source) -> Finding {
    let words = shortened(words);
    let message = format!("the sentence in `{}` restricts the quote: `{words}`", source.id);
    unlocated(Code::ContrastAfterQuote, message)
        .label(format!("is followed by `{words}`"))
        .help("quote these words as well, and check that the statement still follows")
}
