//! Reports what no quote of a statement has.

use super::values::{Value, ValueLocation, values};
use super::{EvidenceChecks, Observation};
use crate::check::duplicates::FactNumber;
use crate::check::quotes::CheckedFile;
use crate::check::value::{predicate_name, term_name};
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
                common.missing_values &= other.missing_values;
                common.is_off_topic &= other.is_off_topic;
                count += 1;
            }
            let fact = FactNumber { file: number, fact: *fact };
            let statement = fact.statement(files);
            if !file.facts.facts[fact.fact as usize].is_valid() || common == Observation::default() {
                continue;
            }
            let supporting = || statement.evidence.iter().filter(|evidence| evidence.stance == Stance::Supports);
            let source = |evidence: &Evidence| checks.dataset.source_number(evidence.source.as_str());
            let is_checked = |evidence: &Evidence| {
                evidence.quote.is_some() && source(evidence).and_then(|source| has_text.get(source)) == Some(&true)
            };
            // A quote without an observation has all values, and the other evidence cannot be checked.
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
        let values = values(self.statement);
        let missing = values.iter().zip(0..).filter(|(_, number)| common.missing_values & 1 << number != 0);
        // A date has several components.
        for (value, _) in missing.dedup_by(|(a, _), (b, _)| (a.location, &a.written) == (b.location, &b.written)) {
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
        let Value { location: value_location, written, .. } = value;
        let (path, subject) = match value_location {
            ValueLocation::Object => (vec!["object".into()], String::new()),
            ValueLocation::Qualifier(number) => {
                let name = predicate_name(&self.statement.qualifiers[*number].predicate, self.checks.dataset);
                (vec!["qualifiers".into(), PathSegment::from(name.as_str())], format!(" of `{name}`"))
            }
            ValueLocation::Note => {
                let has_number =
                    |evidence: &Evidence| evidence.note.as_deref().is_some_and(|note| note.contains(written));
                (self.piece_path(has_number, "note"), " in the note".to_owned())
            }
        };
        let (file, location) = self.location(path);
        let message = format!("neither the quotes nor their sentences have `{written}`{subject}");
        let label = format!("the {} is not in the quoted sentences", value.component());
        let help =
            "correct the value, quote a passage that has it, or acknowledge the finding with a reason in `allow`";
        Finding::new(Code::ValueNotInQuote, file, location, message).label(label).help(help)
    }

    /// The path to a member of the first piece of supporting evidence with a property.
    fn piece_path(&self, has_property: impl Fn(&Evidence) -> bool, member: &str) -> Vec<PathSegment> {
        let evidence = &self.statement.evidence;
        let fact = &self.files[self.fact.file as usize].facts.facts[self.fact.fact as usize];
        let is_match = |evidence: &Evidence| evidence.stance == Stance::Supports && has_property(evidence);
        let mut pieces: Vec<_> = fact.pieces(evidence.len()).collect();
        pieces.sort_by_key(|piece| piece.index);
        let piece = pieces.iter().find(|piece| evidence.get(piece.position as usize).is_some_and(is_match));
        let index = piece.map_or(0, |piece| piece.index as usize);
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
        let (file, location) = self.location(self.piece_path(|evidence| evidence.quote.is_some(), "quote"));
        let message = format!("the text around the quotes names neither {subject} nor {object}");
        Finding::new(Code::QuoteOffTopic, file, location, message)
            .label("quotes other subjects")
            .help("quote a sentence that names one of them, or add the name that the source uses to the `aliases` of the entity")
    }
}
