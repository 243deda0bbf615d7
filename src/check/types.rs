//! From the fields of a fact to a statement: resolves ids and checks classes and datatypes.

use super::facts::{Fact, Piece};
use super::reversed_period::{PeriodTimes, reversed_period};
use super::value::{Value, ValueProblem, compact, time, unknown_entity, value};
use crate::dataset::{
    Acknowledgement, ClaimFields, Dataset, Entity, EvidenceFields, FactFields, InvalidMatchNumber, JsonValue, Layout,
    Predicate, Record, SourceKind, UnparsedValue, acknowledgements_of_record, prefix_help, valid_id,
};
use crate::diagnostic::{
    Code, Finding, Findings, Fix, Location, PathSegment, Severity, Suggestion, Suggestions, suggest,
};
use crate::model::{
    BuiltInStatus, Claim, ClaimStatus, Evidence, Kind, Qualifier, SourceId, Stance, Statement, StatementId, is_blank,
    local_name, vocab,
};
use itertools::Itertools;
use oxigraph::model::{NamedNode, Term, Triple};

/// Resolves the names of facts and checks their types.
pub(super) struct Resolver<'a> {
    dataset: &'a Dataset,
    entities: Suggestions<'a>,
    sources: Suggestions<'a>,
    predicates: Suggestions<'a>,
    pub findings: Findings,
    /// The acknowledged findings about the facts.
    pub acknowledged: Vec<Acknowledgement>,
    /// Whether the current fact has no error.
    is_valid: bool,
}

impl<'a> Resolver<'a> {
    /// Findings have no suggestions.
    pub(super) fn new(dataset: &'a Dataset) -> Self {
        let none = Suggestions::default;
        Self {
            dataset,
            entities: none(),
            sources: none(),
            predicates: none(),
            findings: Findings::new(),
            acknowledged: Vec::new(),
            is_valid: true,
        }
    }

    pub(super) fn with_suggestions(dataset: &'a Dataset) -> Self {
        let entities = dataset.entities.iter().flat_map(|entity| {
            let labels = entity.labels.iter().map(|(_, label)| label);
            let names = [&entity.label].into_iter().chain(labels).chain(&entity.aliases).map(String::as_str);
            names.chain([entity.id.as_str()]).map(|name| (name, entity.id.as_str()))
        });
        let predicates: Vec<&str> = dataset.vocabulary.predicate_names().sorted_unstable().collect();
        Self {
            entities: Suggestions::with_synonyms(entities),
            sources: Suggestions::new(dataset.sources.iter().map(|source| source.id.as_str())),
            predicates: Suggestions::new(predicates),
            ..Self::new(dataset)
        }
    }

    /// The suggestions for each kind of name.
    pub(super) fn suggestions(&mut self) -> [&mut Suggestions<'a>; 3] {
        [&mut self.entities, &mut self.sources, &mut self.predicates]
    }

    fn report(&mut self, finding: Finding) {
        self.is_valid &= finding.code.severity() == Severity::Warning;
        self.findings.push(finding);
    }

    /// The statement of a fact, with evidence that is not yet found in its sources, and the state of the fact. If the triple
    /// is invalid, so is the statement, which only has the evidence.
    pub(super) fn resolve(&mut self, record: &Record<FactFields>) -> (Statement, Fact) {
        self.is_valid = record.is_valid;
        let fields = &record.value;
        let id = self.id(record);
        let subject = self.subject(record);
        let predicate = self.predicate(record);
        if let (Some(subject), Some(predicate)) = (subject, predicate) {
            self.check_domain(record, subject, predicate);
        }
        let object = self.required(record, &[], "object", fields.object.as_ref(), " with an entity's id or a literal");
        let object = object
            .zip(predicate)
            .and_then(|(object, predicate)| self.value(record, &["object".into()], &object.parse(), Some(predicate)));
        let qualifiers = self.qualifiers(record);
        let kind = match &fields.claim {
            Some(claim) => self.claim(record, claim).map(Kind::Claim),
            None => Some(Kind::Fact),
        };
        let written = self.evidence(record);
        let findings_before = self.findings.len();
        self.acknowledged.extend(acknowledgements_of_record(record, &fields.allow, &mut self.findings));
        self.is_valid &= self.findings.len() == findings_before;
        let has_id = id.is_some();
        let triple = subject.zip(predicate).zip(object).map(|((subject, predicate), object)| {
            Triple::new(self.dataset.namespaces.entity(&subject.id), predicate.iri.clone(), object)
        });
        let is_complete = triple.is_some() && kind.is_some();
        let (triple, kind) = (triple.unwrap_or_else(placeholder_triple), kind.unwrap_or(Kind::Fact));
        let mut statement = Statement::new(id.unwrap_or_else(placeholder_id), triple, kind);
        statement.qualifiers = qualifiers;
        statement.proposed_by = fields.proposed_by.clone().filter(|name| !is_blank(name));
        let mut fact = Fact::new(record.index, self.is_valid, has_id);
        // In most files, each statement has one piece of evidence, which needs no mapping.
        if !matches!(&written[..], [] | [(0, _)]) {
            let pieces = (0..).zip(&written).map(|(position, (index, _))| Piece { index: *index as u32, position });
            fact.pieces = pieces.collect();
        }
        statement.evidence = written.into_iter().map(|(_, evidence)| evidence).collect();
        if is_complete {
            fact.complete(&mut statement, &self.dataset.namespaces);
        }
        (statement, fact)
    }

    /// The value of a required field; see [`Record::required`].
    fn required<V>(
        &mut self,
        record: &Record<FactFields>,
        path: &[PathSegment],
        field: &str,
        value: Option<V>,
        hint: &str,
    ) -> Option<V> {
        self.is_valid &= value.is_some();
        record.required(path, field, value, hint, &mut self.findings)
    }

    fn id(&mut self, record: &Record<FactFields>) -> Option<StatementId> {
        let id = record.value.id.as_deref();
        if id.is_none() && self.dataset.files.layout(record.file) == Layout::Lines {
            return None;
        }
        let id = self.required(record, &[], "id", id, ", such as `\"id\": \"my-id\"`")?;
        let id = valid_id(record, ["id".into()], StatementId::curated(id), &mut self.findings);
        self.is_valid &= id.is_some();
        id
    }

    fn subject(&mut self, record: &Record<FactFields>) -> Option<&'a Entity> {
        let id = self.required(record, &[], "subject", record.value.subject.as_deref(), " with the id of an entity")?;
        self.entity(record, ["subject".into()].into(), id)
    }

    /// The entity with an id. If it is invalid, so is the statement, without a further finding.
    fn entity(&mut self, record: &Record<FactFields>, path: Vec<PathSegment>, id: &str) -> Option<&'a Entity> {
        let entity = self.dataset.entity(id);
        match entity {
            Some(entity) => self.is_valid &= entity.is_valid,
            None => {
                let problem = unknown_entity(id, &mut self.entities);
                self.problem(record, path, problem);
            }
        }
        entity
    }

    fn predicate(&mut self, record: &Record<FactFields>) -> Option<&'a Predicate> {
        let name = record.value.predicate.as_deref();
        let name = self.required(record, &[], "predicate", name, " with a predicate of the vocabulary")?;
        let predicate = self.dataset.vocabulary.find_predicate(name, &self.dataset.namespaces);
        if predicate.is_none() {
            let finding =
                record.finding(Code::UnknownPredicate, ["predicate".into()], format!("unknown predicate `{name}`"));
            let suggestion = self.predicate_suggestion(name);
            self.report(finding.label("not a predicate of the vocabulary").suggestion(suggestion));
        }
        predicate
    }

    /// A suggestion for the name of an unknown predicate. Only a local name is corrected.
    fn predicate_suggestion(&mut self, name: &str) -> Suggestion {
        let fallback = prefix_help(name, &self.dataset.namespaces);
        let fallback = fallback.unwrap_or_else(|| "define the predicate in the vocabulary".to_owned());
        let suggestion = self.predicates.suggest(local_name(name), &fallback);
        if name.contains(':') { suggestion.help.into() } else { suggestion }
    }

    fn check_domain(&mut self, record: &Record<FactFields>, subject: &Entity, predicate: &Predicate) {
        let dataset = self.dataset;
        let is_outside = |domain: &&NamedNode| !dataset.vocabulary.is_subclass(&subject.class, domain);
        for domain in predicate.domains.iter().filter(|_| subject.is_valid).filter(is_outside) {
            let name = compact(predicate.iri.as_ref(), dataset);
            let message = format!("`{}` is not in the domain of `{name}`", subject.id);
            let (expected, found) = (compact(domain.as_ref(), dataset), compact(subject.class.as_ref(), dataset));
            let finding = record.finding(Code::DomainMismatch, ["subject".into()], message);
            let help = format!("choose another subject, or extend the `rdfs:domain` of `{name}`");
            self.report(finding.label(format!("expected {expected}, found {found}")).help(help));
        }
    }

    /// The term of a value. Without a predicate, the value is a time.
    fn value(
        &mut self,
        record: &Record<FactFields>,
        path: &[PathSegment],
        json: &JsonValue,
        predicate: Option<&Predicate>,
    ) -> Option<Term> {
        let result: Result<Value, ValueProblem> = match predicate {
            Some(predicate) => value(json, predicate, self.dataset, &mut self.entities),
            None => time(json),
        };
        match result {
            Ok(Value { term, original, is_valid }) => {
                self.is_valid &= is_valid;
                if let Some((original, canonical)) = original {
                    let message = format!("non-canonical literal `{original}`");
                    let finding = record.finding(Code::NonCanonicalLiteral, path.iter().cloned(), message);
                    let label = match &term {
                        Term::Literal(literal) if literal.language().is_some() => format!("stored as `{canonical}`"),
                        _ => format!("a pattern with `{canonical}` does not match it"),
                    };
                    let fix = Fix::Text { from: Some(original), to: canonical.clone() };
                    self.report(finding.label(label).help(format!("write `{canonical}`")).fix(fix));
                }
                Some(term)
            }
            Err(problem) => {
                self.problem(record, path.to_vec(), problem);
                None
            }
        }
    }

    fn problem(&mut self, record: &Record<FactFields>, mut path: Vec<PathSegment>, problem: ValueProblem) {
        path.extend(problem.member.map(PathSegment::from));
        let finding = record.finding(problem.code, path, problem.message);
        self.report(finding.label(problem.label).help(problem.help).fix(problem.fix.map(|fix| *fix)));
    }

    fn qualifiers(&mut self, record: &Record<FactFields>) -> Vec<Qualifier> {
        let mut qualifiers = Vec::new();
        let (mut starts, mut ends) = (PeriodTimes::default(), PeriodTimes::default());
        for (name, values) in &record.value.qualifiers.0 {
            let Some((iri, predicate)) = self.qualifier(record, name) else { continue };
            for (index, json) in values.0.iter().enumerate() {
                let path = ["qualifiers".into(), PathSegment::from(name.as_str()), index.into()];
                if let Some(value) = self.value(record, &path, &json.parse(), predicate) {
                    let qualifier = Qualifier { predicate: iri.clone(), value };
                    if iri == vocab::fl::START_TIME {
                        qualifier.time().into_iter().for_each(|time| starts.push(name, index, time));
                    } else if iri == vocab::fl::END_TIME {
                        qualifier.time().into_iter().for_each(|time| ends.push(name, index, time));
                    }
                    qualifiers.push(qualifier);
                }
            }
        }
        if let Some(finding) = reversed_period(record, &starts, &ends) {
            self.report(finding);
        }
        qualifiers
    }

    /// The IRI of a qualifier, and its predicate unless it is one of factloom's own times.
    fn qualifier(&mut self, record: &Record<FactFields>, name: &str) -> Option<(NamedNode, Option<&'a Predicate>)> {
        let local = name.strip_prefix("fl:").unwrap_or(name);
        if let Some((_, iri)) = vocab::TIMES.into_iter().find(|(time, _)| *time == local) {
            return Some((iri.into_owned(), None));
        }
        let mut fix = None;
        let (code, message, label, help) = match self.dataset.vocabulary.find_predicate(name, &self.dataset.namespaces)
        {
            Some(predicate) if !vocab::RESERVED.contains(&predicate.iri.as_ref()) => {
                return Some((predicate.iri.clone(), Some(predicate)));
            }
            Some(_) => {
                let message = format!("`{name}` cannot be used as a qualifier");
                let help = "define another predicate in the vocabulary".to_owned();
                (Code::InvalidValue, message, "reserved for the description of statements", help)
            }
            None => {
                let known = self.predicate_suggestion(name);
                let of_times = suggest(name, vocab::TIMES.iter().map(|(time, _)| *time), known.help.as_str());
                // One of both has candidates, or the correction would be a choice.
                let only = if of_times.help == known.help { known.only } else { None };
                fix = Suggestion { help: String::new(), only: only.or(of_times.only) }.fix();
                let message = format!("unknown qualifier `{name}`");
                (Code::UnknownPredicate, message, "not a predicate of the vocabulary", of_times.help)
            }
        };
        let path = vec!["qualifiers".into(), name.into()];
        let location = Location::Value { record: record.index, path, key: true };
        self.report(Finding::new(code, record.file, location, message).label(label).help(help).fix(fix));
        None
    }

    fn claim(&mut self, record: &Record<FactFields>, claim: &ClaimFields) -> Option<Claim> {
        let path = |field: &str| [PathSegment::from("claim"), field.into()];
        let hint = ", such as `\"status\": \"planned\"`";
        let status = self.required(record, &["claim".into()], "status", claim.status.as_deref(), hint);
        let status = status.and_then(|written| {
            let found = self.dataset.statuses.find(written);
            if found.is_none() {
                let location = record.location(path("status"));
                self.report(self.dataset.statuses.unknown(written, record.file, location));
            }
            found
        });
        if status == Some(ClaimStatus::BuiltIn(BuiltInStatus::Reported)) && claim.by.is_none() && record.is_valid {
            let finding = record.finding(Code::MissingField, ["claim".into()], "missing field `by`");
            let help = "add `\"by\"` with the id of the entity that makes the claim";
            self.report(finding.label("a reported claim needs `by`").help(help));
        }
        let by = claim.by.as_deref().and_then(|id| self.entity(record, path("by").into(), id));
        Some(Claim { status: status?, by: by.map(|entity| self.dataset.namespaces.entity(&entity.id)) })
    }

    fn evidence(&mut self, record: &Record<FactFields>) -> Vec<(usize, Evidence)> {
        if record.value.evidence.is_empty() && record.is_valid {
            let finding = record.finding(Code::MissingEvidence, ["evidence".into()], "the statement has no evidence");
            let help = "add `evidence` with a source and the words that support the statement";
            self.report(finding.label("expected at least one source and quote").help(help));
        }
        let written = record.value.evidence.iter().enumerate();
        // Collecting a `filter_map` would reserve room for four, and most statements have one.
        let mut evidence = Vec::with_capacity(written.len());
        evidence.extend(written.filter_map(|(index, item)| Some((index, self.evidence_item(record, index, item)?))));
        evidence
    }

    /// One piece of evidence.
    fn evidence_item(
        &mut self,
        record: &Record<FactFields>,
        index: usize,
        fields: &EvidenceFields,
    ) -> Option<Evidence> {
        let path = |field: Option<&str>| {
            let path = ["evidence".into(), PathSegment::from(index)];
            path.into_iter().chain(field.map(PathSegment::from))
        };
        let parent = ["evidence".into(), index.into()];
        let id = self.required(record, &parent, "source", fields.source.as_deref(), " with the id of a source")?;
        let Some(source) = self.dataset.source(id) else {
            let suggestion = self.sources.suggest(id, "add the source to the manifest");
            let message = format!("unknown source `{id}`");
            let finding = record.finding(Code::UnknownSource, path(Some("source")), message);
            self.report(finding.label("not a source of the manifest").suggestion(suggestion));
            return None;
        };
        let has_text = |text: &Option<String>| text.as_deref().is_some_and(|text| !is_blank(text));
        let is_background = source.kind == SourceKind::Background;
        if !(has_text(&fields.quote) || is_background && has_text(&fields.note)) {
            let (message, label, help) = if is_background {
                let help = "add a `note` that explains why the statement holds";
                ("the evidence has no note", "a background source needs a `note`", help)
            } else {
                let help = "add `quote`: the words that support the statement";
                ("the evidence has no quote", "no `quote`", help)
            };
            let finding = record.finding(Code::MissingEvidence, path(None), message);
            self.report(finding.label(label).help(help));
        }
        let stance = fields.stance.as_deref().unwrap_or("supports");
        let stance = stance.parse().unwrap_or_else(|_| {
            let message = format!("invalid stance `{stance}`");
            let finding = record.finding(Code::InvalidValue, path(Some("stance")), message);
            let help = "remove `stance` if the quote supports the statement";
            self.report(finding.label("expected supports or disputes").help(help));
            Stance::Supports
        });
        let mut evidence = fields.evidence(SourceId::clone(&source.id), stance);
        if let Some(Err(InvalidMatchNumber { label, help, number })) =
            fields.nth.as_ref().map(UnparsedValue::parse_match_number)
        {
            let finding = record.finding(Code::InvalidValue, path(Some("nth")), "invalid `nth`");
            self.report(finding.label(label).help(help).fix(number.map(|number| Fix::Json(number.to_string()))));
            // With a valid number, a quote that is found is not reported, too.
            evidence.selector.nth = Some(1);
        }
        Some(evidence)
    }
}

/// A temporary id, until the hash of the statement is computed.
fn placeholder_id() -> StatementId {
    StatementId::new("_").expect("an underscore is a valid id")
}

/// The triple of an invalid statement.
fn placeholder_triple() -> Triple {
    Triple::new(vocab::owl::THING, vocab::rdf::TYPE, vocab::owl::THING)
}
