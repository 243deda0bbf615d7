//! Statements as sentences, with their qualifiers, premises and evidence.

use super::json::insert;
use super::{JsonLayout, OutputError, SourceTexts, StatementDetail, write_records};
use crate::escape::{single_line, terminal};
use crate::model::{Claim, Derivation, Kind, Period, Premise, Qualifier, SourceId, Statement};
use crate::store::{Corroboration, Labels, Store, StoreError};
use oxigraph::model::Triple;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Write;

/// Renders statements as text, with the labels of one language.
pub struct StatementText<'a> {
    labels: &'a Labels<'a>,
    store: &'a Store,
    corroboration: Corroboration<'a>,
    /// The addresses of sources that were looked up before.
    pub(super) addresses: RefCell<HashMap<SourceId, Option<String>>>,
    /// The texts from which the contexts of quotes are shown; `None` if they are not shown.
    pub(super) source_texts: Option<&'a SourceTexts<'a>>,
}

impl<'a> StatementText<'a> {
    /// Renders the statements of a store.
    pub fn new(store: &'a Store, labels: &'a Labels<'a>) -> Self {
        Self {
            labels,
            store,
            corroboration: Corroboration::new(store),
            addresses: RefCell::default(),
            source_texts: None,
        }
    }

    /// Shows quotes in the context that they have in these texts.
    #[must_use]
    pub fn with_context(self, source_texts: Option<&'a SourceTexts<'a>>) -> Self {
        Self { source_texts, ..self }
    }

    pub(crate) fn store(&self) -> &'a Store {
        self.store
    }

    /// The labels of entities and predicates.
    pub fn labels(&self) -> &'a Labels<'a> {
        self.labels
    }

    /// The counts of independent sources.
    pub fn corroboration(&self) -> &Corroboration<'a> {
        &self.corroboration
    }

    /// A triple as a sentence on one line.
    ///
    /// # Errors
    ///
    /// Returns an error if the store cannot be read.
    pub fn sentence(&self, triple: &Triple) -> Result<String, StoreError> {
        Ok(single_line(&self.labels.sentence(triple)?).into_owned())
    }

    /// The kind of a statement, with the status and speaker of a claim, or the rule of an inference or an entailment.
    ///
    /// # Errors
    ///
    /// Returns an error if the store cannot be read.
    pub fn kind(&self, statement: &Statement) -> Result<String, StoreError> {
        Ok(match &statement.kind {
            Kind::Fact => "fact".to_owned(),
            Kind::Claim(Claim { status, by }) => {
                let status = self.labels.status(status)?;
                match by {
                    Some(by) => format!("claim, {status} by {}", self.labels.name(by)?),
                    None => format!("claim, {status}"),
                }
            }
            Kind::Inference(derivation) | Kind::Entailment(derivation) => {
                format!("{}, rule {}", statement.kind.as_str(), derivation.rule)
            }
        })
    }

    /// The label of a qualifier's predicate, and its value.
    ///
    /// # Errors
    ///
    /// Returns an error if the store cannot be read.
    pub fn qualifier(&self, qualifier: &Qualifier) -> Result<(String, String), StoreError> {
        Ok((self.labels.name(&qualifier.predicate)?.to_string(), self.labels.term(&qualifier.value)?))
    }

    /// The qualifiers, premises and evidence of a statement.
    pub(crate) fn details(&self, statement: &Statement) -> Result<Vec<StatementDetail>, StoreError> {
        let mut details = self.qualifiers(statement)?;
        details.extend(self.premises(statement)?);
        for evidence in &statement.evidence {
            details.extend(self.evidence(evidence)?);
        }
        Ok(details)
    }

    pub(crate) fn qualifiers(&self, statement: &Statement) -> Result<Vec<StatementDetail>, StoreError> {
        let detail = |qualifier: &Qualifier| {
            let (label, value) = self.qualifier(qualifier)?;
            Ok(StatementDetail::new(format!("{label}: "), value))
        };
        statement.qualifiers.iter().map(detail).collect()
    }

    pub(crate) fn premises(&self, statement: &Statement) -> Result<Vec<StatementDetail>, StoreError> {
        let Some(derivation) = statement.kind.derivation() else { return Ok(Vec::new()) };
        let premise = |premise: &Premise| {
            let text = match premise {
                Premise::Statement(id) => match self.store.statement(id)? {
                    Some(statement) => self.sentence(&statement.triple)?,
                    None => id.to_string(),
                },
                Premise::Declared(triple) => format!("{} (declared)", self.sentence(triple)?),
            };
            Ok(StatementDetail::new("because ", text))
        };
        derivation.premises.iter().map(premise).collect()
    }
}

/// Writes statements as text: the sentence, its kind, and its details. Consecutive facts with the same triple share one
/// sentence, with the number of independent sources if there are several.
///
/// # Errors
///
/// Returns an error if a statement cannot be read or the output cannot be written.
///
/// ```
/// use factloom::output::{StatementText, statements_text};
/// use factloom::store::Labels;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, &dataset.language);
/// let mut out = Vec::new();
/// statements_text(store.statements(), &StatementText::new(&store, &labels), &mut out)?;
/// assert!(String::from_utf8(out)?.contains("Russia helped build Pakistan Steel Mills"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn statements_text(
    statements: impl IntoIterator<Item = Result<Statement, StoreError>>,
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let (mut previous_fact, mut is_empty): (Option<Triple>, bool) = (None, true);
    for statement in statements {
        let statement = &statement?;
        let fact = (statement.kind == Kind::Fact).then_some(&statement.triple);
        if fact.is_none() || previous_fact.as_ref() != fact {
            if !is_empty {
                writeln!(out)?;
            }
            writeln!(out, "{}", terminal::line(&text.sentence(&statement.triple)?))?;
            let sources = text.corroboration.sources(statement)?;
            if fact.is_some() && sources > 1 {
                writeln!(out, "    supported by {sources} independent sources")?;
            }
        }
        writeln!(out, "    {} · {}", terminal::line(&text.kind(statement)?), statement.id)?;
        for detail in text.details(statement)? {
            detail.lines().try_for_each(|line| writeln!(out, "    {line}"))?;
        }
        (previous_fact, is_empty) = (fact.cloned(), false);
    }
    if !is_empty {
        writeln!(out)?;
    }
    Ok(())
}

/// Writes statements as JSON objects. Terms are in N-Triples; `start`, `end` and `parts` count code points from 0, `line` and
/// `column` from 1; `sources` is the number of independent sources, for a fact over all facts with its triple.
///
/// # Errors
///
/// Returns an error if a statement cannot be read or the output cannot be written.
pub fn statements_json(
    statements: impl IntoIterator<Item = Result<Statement, StoreError>>,
    text: &StatementText<'_>,
    layout: JsonLayout,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    write_records(statements.into_iter().map(|statement| statement_json(&statement?, text)), layout, out)
}

/// A statement as [`statements_json`] writes it.
///
/// # Errors
///
/// Returns an error if the store cannot be read.
pub fn statement_json(statement: &Statement, text: &StatementText<'_>) -> Result<Value, StoreError> {
    let Statement { id, triple, kind, qualifiers, evidence, proposed_by } = statement;
    let mut json = json!({
        "id": id.as_str(),
        "kind": kind.as_str(),
        "sentence": text.labels.sentence(triple)?,
        "subject": triple.subject.to_string(),
        "predicate": triple.predicate.as_str(),
        "object": triple.object.to_string(),
    });
    match kind {
        Kind::Fact => {}
        Kind::Claim(Claim { status, by }) => {
            json["status"] = status.as_str().into();
            insert(&mut json, "by", by.as_ref().map(ToString::to_string));
        }
        Kind::Inference(Derivation { rule, premises }) | Kind::Entailment(Derivation { rule, premises }) => {
            json["rule"] = json!(rule);
            json["premises"] = premises.iter().map(premise_id).collect();
        }
    }
    insert(&mut json, "proposedBy", proposed_by.clone());
    if kind.derivation().is_none() {
        json["sources"] = text.corroboration.sources(statement)?.into();
    }
    if !qualifiers.is_empty() {
        let qualifier = |q: &Qualifier| json!({ "predicate": q.predicate.as_str(), "value": q.value.to_string() });
        json["qualifiers"] = qualifiers.iter().map(qualifier).collect();
    }
    if let Some(Period { first, last }) = Period::of(qualifiers) {
        insert(&mut json, "earliest", first.map(|day| day.to_string()));
        insert(&mut json, "latest", last.map(|day| day.to_string()));
    }
    if !evidence.is_empty() {
        let evidence = evidence.iter().map(|evidence| text.evidence_json(evidence));
        json["evidence"] = Value::Array(evidence.collect::<Result<_, _>>()?);
    }
    Ok(json)
}

/// The id of a premise that is a statement; otherwise its triple in N-Triples.
pub(crate) fn premise_id(premise: &Premise) -> String {
    match premise {
        Premise::Statement(id) => id.to_string(),
        Premise::Declared(triple) => triple.to_string(),
    }
}
