//! Statements as sentences, with their qualifiers, premises and evidence.

use super::escape::single_line;
use super::{JsonLayout, OutputError, write_records};
use crate::check::quote_parts;
use crate::model::{Claim, Derivation, Evidence, Kind, Premise, Qualifier, SourceId, Stance, Statement, vocab};
use crate::store::{Corroboration, Labels, Store, StoreError};
use oxigraph::model::{NamedNode, Term, Triple};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::io::Write;

/// Renders statements as text, with the labels of one language.
pub struct StatementText<'a> {
    labels: &'a Labels<'a>,
    store: &'a Store,
    corroboration: Corroboration<'a>,
    /// The addresses of sources that were looked up before.
    addresses: RefCell<HashMap<SourceId, Option<String>>>,
}

/// A line about a statement: a qualifier, a premise, a quote or a note. Displayed as `note: text  source 1:2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatementDetail {
    /// What precedes the text, such as `note: `; may be empty.
    pub prefix: String,
    pub text: String,
    /// The source of evidence, with the line and column of a quote; empty for other lines.
    pub location: String,
    /// The address of a quote.
    pub link: Option<String>,
}

impl fmt::Display for StatementDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { prefix, text, location, link: _ } = self;
        let gap = if location.is_empty() { "" } else { "  " };
        write!(f, "{prefix}{text}{gap}{location}")
    }
}

impl StatementDetail {
    pub(crate) fn new(prefix: impl Into<String>, text: String) -> Self {
        Self { prefix: prefix.into(), text, location: String::new(), link: None }
    }
}

impl<'a> StatementText<'a> {
    /// Renders the statements of a store.
    pub fn new(store: &'a Store, labels: &'a Labels<'a>) -> Self {
        Self { labels, store, corroboration: Corroboration::new(store), addresses: RefCell::default() }
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
        Ok(single_line(&self.labels.sentence(triple)?))
    }

    /// The kind of a statement, with the status and speaker of a claim, or the rule of an inference.
    ///
    /// # Errors
    ///
    /// Returns an error if the store cannot be read.
    pub fn kind(&self, statement: &Statement) -> Result<String, StoreError> {
        Ok(match &statement.kind {
            Kind::Fact => "fact".to_owned(),
            Kind::Claim(claim) => match &claim.by {
                Some(by) => format!("claim, {} by {}", claim.status.as_str(), self.labels.name(by)?),
                None => format!("claim, {}", claim.status.as_str()),
            },
            Kind::Inference(derivation) => format!("inference, rule {}", derivation.rule),
        })
    }

    /// The label of a qualifier's predicate, and its value.
    ///
    /// # Errors
    ///
    /// Returns an error if the store cannot be read.
    pub fn qualifier(&self, qualifier: &Qualifier) -> Result<(String, String), StoreError> {
        Ok((self.qualifier_label(&qualifier.predicate)?, self.labels.term(&qualifier.value)?))
    }

    /// The label of a qualifier's predicate.
    pub(crate) fn qualifier_label(&self, predicate: &NamedNode) -> Result<String, StoreError> {
        Ok(match predicate.as_ref() {
            vocab::fl::POINT_IN_TIME => "point in time".to_owned(),
            vocab::fl::START_TIME => "start time".to_owned(),
            vocab::fl::END_TIME => "end time".to_owned(),
            _ => self.labels.name(predicate)?.to_string(),
        })
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
        let Kind::Inference(derivation) = &statement.kind else { return Ok(Vec::new()) };
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

    /// A quote and a note.
    pub(crate) fn evidence(&self, evidence: &Evidence) -> Result<Vec<StatementDetail>, StoreError> {
        let Evidence { source: _, stance, quote, note, selector: _, span: _ } = evidence;
        let disputed = if *stance == Stance::Disputes { "disputed: " } else { "" };
        let location = evidence_location(evidence);
        let link = self.link(evidence)?;
        let mut details = Vec::new();
        if let Some(quote) = quote {
            let quoted = StatementDetail::new(disputed, format!("“{quote}”"));
            details.push(StatementDetail { location: location.clone(), link, ..quoted });
        }
        if let Some(note) = note {
            let (prefix, location) = match (quote, stance) {
                (Some(_), _) => ("note: ", String::new()),
                (None, Stance::Supports) => ("note: ", location),
                (None, Stance::Disputes) => (disputed, location),
            };
            details.push(StatementDetail { location, ..StatementDetail::new(prefix, note.clone()) });
        } else if quote.is_none() {
            details.push(StatementDetail::new(disputed, location));
        }
        Ok(details)
    }

    /// A link to the quote in its source, as a
    /// [text fragment](https://wicg.github.io/scroll-to-text-fragment/); `None` if the source has no address.
    ///
    /// # Errors
    ///
    /// Returns an error if the store cannot be read.
    pub fn link(&self, evidence: &Evidence) -> Result<Option<String>, StoreError> {
        let (Some(url), Some(quote)) = (self.address(&evidence.source)?, evidence.quote.as_deref()) else {
            return Ok(None);
        };
        let parts = quote_parts(quote);
        let words = match parts.as_slice() {
            [] => return Ok(Some(url)),
            [only] => percent_encode(only),
            [first, .., last] => format!("{},{}", percent_encode(first), percent_encode(last)),
        };
        let directive = if url.contains('#') { ":~:text=" } else { "#:~:text=" };
        Ok(Some(format!("{url}{directive}{words}")))
    }

    /// The address of a source.
    pub(super) fn address(&self, source: &SourceId) -> Result<Option<String>, StoreError> {
        if let Some(known) = self.addresses.borrow().get(source) {
            return Ok(known.clone());
        }
        let node = self.store.namespaces().source(source);
        let found = self.store.objects(node.as_ref(), vocab::schema::URL)?;
        let url = found.into_iter().find_map(|url| match url {
            Term::NamedNode(url) => Some(url.into_string()),
            _ => None,
        });
        self.addresses.borrow_mut().insert(source.clone(), url.clone());
        Ok(url)
    }
}

/// Percent-encodes a text for a text fragment, in which `-`, `,` and `&` are special.
fn percent_encode(text: &str) -> String {
    let encode = |byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.trim().bytes().map(encode).collect()
}

/// The location of evidence, as `source line:column`.
pub fn evidence_location(evidence: &Evidence) -> String {
    match &evidence.span {
        Some(span) => format!("{} {}:{}", evidence.source, span.line(), span.column()),
        None => evidence.source.to_string(),
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
            writeln!(out, "{}", text.sentence(&statement.triple)?)?;
            let sources = text.corroboration.sources(statement)?;
            if fact.is_some() && sources > 1 {
                writeln!(out, "    supported by {sources} independent sources")?;
            }
        }
        writeln!(out, "    {} · {}", text.kind(statement)?, statement.id)?;
        for detail in text.details(statement)? {
            writeln!(out, "    {detail}")?;
            if let Some(link) = detail.link {
                writeln!(out, "    {link}")?;
            }
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
    let Statement { id, triple, kind, qualifiers, evidence } = statement;
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
        Kind::Inference(Derivation { rule, premises }) => {
            json["rule"] = json!(rule);
            json["premises"] = premises.iter().map(premise_id).collect();
        }
    }
    if !matches!(kind, Kind::Inference(_)) {
        json["sources"] = text.corroboration.sources(statement)?.into();
    }
    if !qualifiers.is_empty() {
        let qualifier = |q: &Qualifier| json!({ "predicate": q.predicate.as_str(), "value": q.value.to_string() });
        json["qualifiers"] = qualifiers.iter().map(qualifier).collect();
    }
    if !evidence.is_empty() {
        let evidence = evidence.iter().map(|evidence| evidence_json(evidence, text));
        json["evidence"] = Value::Array(evidence.collect::<Result<_, _>>()?);
    }
    Ok(json)
}

fn evidence_json(evidence: &Evidence, text: &StatementText<'_>) -> Result<Value, StoreError> {
    let mut json = match &evidence.span {
        None => json!({}),
        Some(span) => json!({
            "start": span.start(),
            "end": span.end(),
            "parts": span.parts().iter().map(|part| (part.start, part.end)).collect::<Vec<_>>(),
            "line": span.line(),
            "column": span.column(),
        }),
    };
    json["source"] = evidence.source.as_str().into();
    json["stance"] = evidence.stance.as_str().into();
    insert(&mut json, "quote", evidence.quote.as_deref());
    insert(&mut json, "note", evidence.note.as_deref());
    insert(&mut json, "link", text.link(evidence)?);
    Ok(json)
}

/// Adds a member with a value. Without a value, the member is omitted.
fn insert(json: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        json[name] = value.into();
    }
}

/// The id of a premise that is a statement, or the N-Triples of one that is a declared triple.
pub(crate) fn premise_id(premise: &Premise) -> String {
    match premise {
        Premise::Statement(id) => id.to_string(),
        Premise::Declared(triple) => triple.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_fragment_gives_a_meaning_is_percent_encode() {
        assert_eq!(percent_encode("a-b, c & d"), "a%2Db%2C%20c%20%26%20d");
        assert_eq!(percent_encode("مل"), "%D9%85%D9%84");
    }

    #[test]
    fn a_link_to_a_quote_with_an_ellipsis_has_its_first_and_last_words() {
        let files = &[
            (
                "factloom.json",
                r#"{ "base": "https://e.org/", "sources": [{ "id": "s", "url": "https://news.example/a" }] }"#,
            ),
            (
                "vocabulary.ttl",
                "@prefix v: <https://e.org/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
                v:T a owl:Class . v:made a owl:ObjectProperty .",
            ),
            ("entities.json", r#"[{ "id": "a", "type": "T", "label": "A" }]"#),
            (
                "facts.json",
                r#"[{ "id": "f", "subject": "a", "predicate": "made", "object": "a",
                "evidence": [{ "source": "s", "quote": "first words … in between … last words" }] }]"#,
            ),
        ];
        let (_, store) = crate::build(crate::dataset::DatasetRoot::Bundled(files)).unwrap();
        let labels = Labels::new(&store, "en");
        let fact = store.statements().next().unwrap().unwrap();
        let link = StatementText::new(&store, &labels).link(&fact.evidence[0]).unwrap().unwrap();
        assert_eq!(link, "https://news.example/a#:~:text=first%20words,last%20words");
    }
}
