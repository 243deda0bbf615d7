//! From a fact as it is written to a statement: names resolved, classes and datatypes checked.

use super::usage::UsedNames;
use super::value::{Value, ValueProblem, short, time, unknown_entity, value};
use crate::dataset::{
    ClaimFields, Dataset, EvidenceFields, FactFields, JsonValue, Layout, Predicate, Record, SourceKind, local_name,
    unreadable,
};
use crate::diagnostic::{Code, Finding, Location, PathSegment, Suggestions, closest};
use crate::model::{
    Claim, ClaimStatus, Evidence, Kind, Qualifier, Selector, SourceId, Stance, Statement, StatementId, vocab,
};
use oxigraph::model::{NamedNode, Term, Triple};
use std::collections::HashSet;

/// A statement whose quotes have not been looked for, and where it is written.
#[derive(Debug)]
pub(super) struct Draft {
    /// The statement, without its evidence; `None` where a part of it is not known.
    pub statement: Option<Statement>,
    /// The evidence, without spans, and which of those written it is: its quotes are looked for whatever else is wrong.
    pub evidence: Vec<(usize, Evidence)>,
    /// Whether it was given an id.
    pub named: bool,
    /// Where it is written.
    pub place: (crate::diagnostic::FileId, usize),
    /// Whether something is wrong with it.
    pub sound: bool,
}

/// Reads all facts and makes drafts of them, in the order of the files, and keeps which names they use. The facts as they
/// are written are dropped as it goes.
///
/// Facts with problems are gone through a second time, one after the other, to say what is wrong with them.
pub(super) fn drafts(dataset: &Dataset, findings: &mut Vec<Finding>) -> (Vec<Draft>, UsedNames) {
    let mut used = UsedNames::new(dataset);
    let (mut drafts, mut doubtful) = (Vec::new(), Vec::new());
    for file in &dataset.fact_files {
        let before = (drafts.len(), doubtful.len());
        let make = |records| Run::new(records, dataset, &used);
        let mut predicates = HashSet::new();
        let keep = |mut run: Run| {
            let first = drafts.len();
            drafts.append(&mut run.drafts);
            doubtful.extend(run.doubtful.into_iter().map(|(index, record)| (first + index, record)));
            predicates.extend(run.predicates);
        };
        if let Err(e) = dataset.files.records(*file, findings, make, keep) {
            drafts.truncate(before.0);
            doubtful.truncate(before.1);
            findings.push(unreadable(*file, &e));
        }
        used.predicates.extend(predicates);
    }
    if doubtful.is_empty() {
        return (drafts, used);
    }
    let entities = Suggestions::new(dataset.entities.iter().map(|e| e.id.as_str()));
    let sources = Suggestions::new(dataset.sources.iter().map(|s| s.id.as_str()));
    let mut names: Vec<&str> = dataset.vocabulary.predicate_names().collect();
    names.sort_unstable();
    let mut context = Context::new(dataset, entities, sources, Suggestions::new(names));
    for (index, record) in doubtful {
        drafts[index] = context.draft(&record);
    }
    findings.append(&mut context.findings);
    (drafts, used)
}

/// What was made of some facts that follow each other.
struct Run {
    drafts: Vec<Draft>,
    /// Facts that there is something to say about, and which of the run they are.
    doubtful: Vec<(usize, Record<FactFields>)>,
    predicates: HashSet<String>,
}

impl Run {
    fn new(records: Vec<Record<FactFields>>, dataset: &Dataset, used: &UsedNames) -> Self {
        let mut run =
            Self { drafts: Vec::with_capacity(records.len()), doubtful: Vec::new(), predicates: HashSet::new() };
        let none = || Suggestions::new([]);
        let mut context = Context::new(dataset, none(), none(), none());
        for record in records {
            used.mark(&record.value, dataset, &mut run.predicates);
            run.drafts.push(context.draft(&record));
            if !context.findings.is_empty() {
                context.findings.clear();
                run.doubtful.push((run.drafts.len() - 1, record));
            }
        }
        run
    }
}

struct Context<'a> {
    dataset: &'a Dataset,
    entities: Suggestions<'a>,
    sources: Suggestions<'a>,
    predicates: Suggestions<'a>,
    findings: Vec<Finding>,
    sound: bool,
}

impl<'a> Context<'a> {
    fn new(
        dataset: &'a Dataset,
        entities: Suggestions<'a>,
        sources: Suggestions<'a>,
        predicates: Suggestions<'a>,
    ) -> Self {
        Self { dataset, entities, sources, predicates, findings: Vec::new(), sound: true }
    }

    fn report(&mut self, finding: Finding) {
        self.sound &= finding.code.severity() == crate::diagnostic::Severity::Warning;
        self.findings.push(finding);
    }

    fn draft(&mut self, record: &Record<FactFields>) -> Draft {
        self.sound = record.is_valid;
        let fields = &record.value;
        let id = self.id(record);
        let subject = self.subject(record);
        let predicate = self.predicate(record);
        if let (Some((_, class)), Some(predicate)) = (&subject, &predicate) {
            self.domain(record, class, predicate);
        }
        let object = match (&fields.object, predicate) {
            (None, _) => {
                self.missing(record, "object", "an entity's id or a literal");
                None
            }
            (Some(written), Some(predicate)) => {
                self.value(record, &["object".into()], &written.parse(), Some(predicate))
            }
            (Some(_), None) => None,
        };
        let qualifiers = self.qualifiers(record);
        let kind = match &fields.claim {
            Some(claim) => self.claim(record, claim).map(Kind::Claim),
            None => Some(Kind::Fact),
        };
        let evidence = self.evidence(record);
        let place = (record.file, record.index);
        let named = id.is_some();
        let statement = match (subject, predicate, object, kind) {
            (Some((subject, _)), Some(predicate), Some(object), Some(kind)) => Some(Statement {
                id: id.unwrap_or_else(placeholder),
                triple: Triple::new(subject, predicate.iri.clone(), object),
                kind,
                qualifiers,
                evidence: Vec::new(),
            }),
            _ => None,
        };
        Draft { statement, evidence, named, place, sound: self.sound }
    }

    fn missing(&mut self, record: &Record<FactFields>, field: &str, expected: &str) {
        if !record.is_valid {
            // It may be what the reader took out, having said why.
            return;
        }
        let finding = record.finding(Code::SyntaxError, [], format!("the fact has no `{field}`"));
        self.report(finding.label(format!("`{field}`: {expected}")).help("complete the statement, or remove it"));
    }

    fn id(&mut self, record: &Record<FactFields>) -> Option<StatementId> {
        match record.value.id.as_deref().map(StatementId::curated) {
            Some(Ok(id)) => Some(id),
            Some(Err(e)) => {
                let finding = record.finding(Code::InvalidId, ["id".into()], e.to_string());
                self.report(finding.label("letters, digits, `-` and `_`").help("choose another id"));
                None
            }
            None if self.dataset.files.layout(record.file) == Layout::Lines || !record.is_valid => None,
            None => {
                let finding = record.finding(Code::InvalidId, [], "the fact has no id");
                self.report(
                    finding.label("an `id`").help("give it a short name to cite it by; only .jsonl may leave it out"),
                );
                None
            }
        }
    }

    fn subject(&mut self, record: &Record<FactFields>) -> Option<(NamedNode, NamedNode)> {
        let Some(id) = record.value.subject.as_deref() else {
            self.missing(record, "subject", "the id of an entity");
            return None;
        };
        match self.dataset.entity(id) {
            Some(entity) => Some((self.dataset.names.entity(&entity.id), entity.class.clone())),
            None => {
                let problem = unknown_entity(id, &mut self.entities);
                self.problem(record, vec!["subject".into()], problem);
                None
            }
        }
    }

    fn predicate(&mut self, record: &Record<FactFields>) -> Option<&'a Predicate> {
        let Some(written) = record.value.predicate.as_deref() else {
            self.missing(record, "predicate", "a predicate of the vocabulary");
            return None;
        };
        match self.dataset.vocabulary.find_predicate(written, &self.dataset.names) {
            Some(predicate) => Some(predicate),
            None => {
                let help = self.predicates.help(local_name(written), "define the predicate in the vocabulary");
                let message = format!("the vocabulary defines no predicate `{written}`");
                let finding = record.finding(Code::UnknownPredicate, ["predicate".into()], message);
                self.report(finding.label("a predicate of the vocabulary").help(help));
                None
            }
        }
    }

    fn domain(&mut self, record: &Record<FactFields>, class: &NamedNode, predicate: &Predicate) {
        let dataset = self.dataset;
        for domain in &predicate.domains {
            if !dataset.vocabulary.is_subclass(class, domain) {
                let [name, class, domain] = [&predicate.iri, class, domain].map(|iri| short(iri.as_ref(), dataset));
                let subject = record.value.subject.as_deref().unwrap_or_default();
                let message = format!("`{name}` is not said of a {class}, which `{subject}` is");
                let finding = record.finding(Code::DomainMismatch, ["subject".into()], message);
                let help = "choose another subject or predicate, or widen the predicate's `rdfs:domain`";
                self.report(finding.label(format!("an entity of the class {domain}")).help(help));
            }
        }
    }

    /// The term of a value; with no predicate, a time.
    fn value(
        &mut self,
        record: &Record<FactFields>,
        path: &[PathSegment],
        written: &JsonValue,
        predicate: Option<&Predicate>,
    ) -> Option<Term> {
        let result: Result<Value, ValueProblem> = match predicate {
            Some(predicate) => value(written, predicate, self.dataset, &mut self.entities),
            None => time(written),
        };
        match result {
            Ok((term, None)) => Some(term),
            Ok((term, Some(written))) => {
                let finding = record.finding(
                    Code::NonCanonicalLiteral,
                    path.iter().cloned(),
                    format!("`{written}` is kept as {term}"),
                );
                self.report(
                    finding
                        .label("the form in which it is kept")
                        .help("write it in that form, to compare it with what queries answer"),
                );
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
        self.report(finding.label(problem.expected).help(problem.help));
    }

    fn qualifiers(&mut self, record: &Record<FactFields>) -> Vec<Qualifier> {
        let mut qualifiers = Vec::new();
        for (name, values) in &record.value.qualifiers.0 {
            let own = [vocab::fl::POINT_IN_TIME, vocab::fl::START_TIME, vocab::fl::END_TIME];
            let local = name.strip_prefix("fl:").unwrap_or(name);
            let own = own.into_iter().find(|iri| iri.as_str().rsplit('#').next() == Some(local));
            let (iri, predicate) = match own {
                Some(iri) => (iri.into_owned(), None),
                None => match self.dataset.vocabulary.find_predicate(name, &self.dataset.names) {
                    Some(predicate) if vocab::RESERVED.contains(&predicate.iri.as_ref()) => {
                        let at = Location::Value {
                            record: record.index,
                            path: vec!["qualifiers".into(), name.as_str().into()],
                            key: true,
                        };
                        let message = format!("`{name}` says something else of statements already");
                        let finding = Finding::new(Code::UnknownPredicate, record.file, at, message);
                        self.report(finding.label("a predicate that can qualify").help("define one of your own"));
                        continue;
                    }
                    Some(predicate) => (predicate.iri.clone(), Some(predicate)),
                    None => {
                        let help = match closest(name, ["pointInTime", "startTime", "endTime"]) {
                            Some(near) => format!("did you mean `{near}`?"),
                            None => self.predicates.help(local_name(name), "define the predicate in the vocabulary"),
                        };
                        let path = vec!["qualifiers".into(), name.as_str().into()];
                        let at = Location::Value { record: record.index, path, key: true };
                        let message = format!("the vocabulary defines no predicate `{name}`");
                        let finding = Finding::new(Code::UnknownPredicate, record.file, at, message);
                        self.report(finding.label("a predicate, or pointInTime, startTime, endTime").help(help));
                        continue;
                    }
                },
            };
            for (index, written) in values.0.iter().enumerate() {
                // Where there is but one value, the place finder stays at it.
                let path = ["qualifiers".into(), PathSegment::from(name.as_str()), index.into()];
                if let Some(value) = self.value(record, &path, &written.parse(), predicate) {
                    qualifiers.push(Qualifier { predicate: iri.clone(), value });
                }
            }
        }
        qualifiers
    }

    fn claim(&mut self, record: &Record<FactFields>, claim: &ClaimFields) -> Option<Claim> {
        let at = |field: &str| [PathSegment::from("claim"), field.into()];
        let known = ClaimStatus::ALL.map(ClaimStatus::as_str);
        let written = claim.status.as_deref();
        let status = ClaimStatus::ALL.into_iter().find(|s| Some(s.as_str()) == written);
        if status.is_none() {
            let (path, message) = match written {
                Some(written) => (at("status").to_vec(), format!("`{written}` is no status of a claim")),
                None => (vec!["claim".into()], "the claim has no `status`".to_owned()),
            };
            let near = closest(written.unwrap_or_default(), known).map(|k| format!("did you mean `{k}`?"));
            let finding = record.finding(Code::SyntaxError, path, message).label(known.join(", "));
            self.report(finding.help(near.unwrap_or_else(|| "say how the source puts it".to_owned())));
        }
        let by = match claim.by.as_deref() {
            None if status == Some(ClaimStatus::Reported) => {
                let finding =
                    record.finding(Code::SyntaxError, ["claim".into()], "a reported claim has nobody who says so");
                self.report(
                    finding.label("`by`: the id of an entity").help("say who reports it, according to the source"),
                );
                None
            }
            None => None,
            Some(id) => match self.dataset.entity(id) {
                Some(entity) => Some(self.dataset.names.entity(&entity.id)),
                None => {
                    let problem = unknown_entity(id, &mut self.entities);
                    self.problem(record, at("by").to_vec(), problem);
                    None
                }
            },
        };
        Some(Claim { status: status?, by })
    }

    fn evidence(&mut self, record: &Record<FactFields>) -> Vec<(usize, Evidence)> {
        if record.value.evidence.is_empty() && record.is_valid {
            let path: Vec<PathSegment> = vec!["evidence".into()];
            let finding = record.finding(Code::MissingEvidence, path, "the statement rests on nothing");
            let help = "name the source and quote the words that support it";
            self.report(finding.label("`evidence`: a list of a source and a quote each").help(help));
        }
        let written = record.value.evidence.iter().enumerate();
        // An iterator that may skip would make room for four, and there are many statements with one.
        let mut evidence = Vec::with_capacity(written.len());
        evidence.extend(written.filter_map(|(index, fields)| Some((index, self.one_evidence(record, index, fields)?))));
        evidence
    }

    fn one_evidence(&mut self, record: &Record<FactFields>, index: usize, fields: &EvidenceFields) -> Option<Evidence> {
        let at = |field: Option<&str>| {
            let path = ["evidence".into(), PathSegment::from(index)];
            path.into_iter().chain(field.map(PathSegment::from))
        };
        let (source, kind) = self.source(record, index, fields.source.as_deref())?;
        let background = kind == SourceKind::Background;
        let holds_words = |text: &Option<String>| text.as_deref().is_some_and(|t| !t.trim().is_empty());
        let explained = background && holds_words(&fields.note);
        if !holds_words(&fields.quote) && !explained {
            let (message, expected) = if background {
                ("the evidence has neither a quote nor a note", "a `note` that explains it")
            } else {
                ("the evidence has no quote", "a `quote`: words of the source")
            };
            let finding = record.finding(Code::MissingEvidence, at(None), message);
            self.report(finding.label(expected).help("quote the words that support the statement"));
        }
        let stance = match fields.stance.as_deref() {
            None | Some("supports") => Stance::Supports,
            Some("disputes") => Stance::Disputes,
            Some(other) => {
                let message = format!("`{other}` is no stance of evidence");
                let finding = record.finding(Code::SyntaxError, at(Some("stance")), message);
                self.report(finding.label("supports or disputes").help("leave it out where the evidence supports"));
                Stance::Supports
            }
        };
        if fields.nth == Some(0) {
            let finding = record.finding(Code::SyntaxError, at(Some("nth")), "places are counted from 1");
            self.report(
                finding.label("1 or more").help("count the places of the quote from the beginning of the text"),
            );
        }
        Some(Evidence {
            source,
            stance,
            quote: fields.quote.clone().filter(|q| !q.trim().is_empty()),
            note: fields.note.clone().filter(|n| !n.trim().is_empty()),
            selector: Selector { nth: fields.nth, prefix: fields.prefix.clone(), suffix: fields.suffix.clone() },
            span: None,
        })
    }

    fn source(
        &mut self,
        record: &Record<FactFields>,
        index: usize,
        written: Option<&str>,
    ) -> Option<(SourceId, SourceKind)> {
        let path = |field: Option<&str>| {
            ["evidence".into(), PathSegment::from(index)].into_iter().chain(field.map(PathSegment::from))
        };
        let Some(id) = written else {
            let finding = record.finding(Code::MissingEvidence, path(None), "the evidence names no source");
            self.report(finding.label("`source`: the id of a source").help("name the source of the quote"));
            return None;
        };
        if let Some(source) = self.dataset.source(id) {
            return Some((source.id.clone(), source.kind));
        }
        let help = self.sources.help(id, "add it to the manifest's sources");
        let finding = record.finding(Code::UnknownSource, path(Some("source")), format!("no source has the id `{id}`"));
        self.report(finding.label("the id of a source").help(help));
        None
    }
}

/// Stands for an id until there is one: a hash, or none at all where the statement is dropped.
fn placeholder() -> StatementId {
    StatementId::new("_").expect("an underscore is an id")
}
