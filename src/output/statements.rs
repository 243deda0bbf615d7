//! Statements as sentences, with what they rest on.

use super::ResultsError;
use crate::check::quote_parts;
use crate::model::{Evidence, Kind, Premise, Qualifier, SourceId, Stance, Statement, vocab};
use crate::store::{Corroboration, Labels, Store, StoreError};
use oxigraph::model::{Term, Triple};
use serde::Serialize;
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{self, Write};

/// How statements are put into words.
pub struct StatementText<'a> {
    labels: &'a Labels<'a>,
    store: &'a Store,
    corroboration: Corroboration<'a>,
    /// The addresses of sources that have been asked for.
    addresses: RefCell<HashMap<SourceId, Option<String>>>,
}

impl<'a> StatementText<'a> {
    /// Words for the statements of a store, with what things are called.
    pub fn new(store: &'a Store, labels: &'a Labels<'a>) -> Self {
        Self { labels, store, corroboration: Corroboration::new(store), addresses: RefCell::default() }
    }

    /// The store of the statements.
    pub(super) fn store(&self) -> &'a Store {
        self.store
    }

    /// How many independent sources state the triple of a fact.
    pub(super) fn sources(&self, fact: &Statement) -> Result<usize, StoreError> {
        self.corroboration.sources(fact)
    }

    /// A triple as a sentence.
    pub(crate) fn triple(&self, triple: &Triple) -> Result<String, StoreError> {
        Ok(one_line(&self.labels.sentence(triple)?))
    }

    /// A term as people read it.
    pub(super) fn term(&self, term: &Term) -> Result<String, StoreError> {
        self.labels.term(term)
    }

    /// The statement as a sentence.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn sentence(&self, statement: &Statement) -> Result<String, StoreError> {
        self.triple(&statement.triple)
    }

    /// The kind, with the status of a claim and who says so, or the rule of an inference.
    ///
    /// # Errors
    ///
    /// Where the store fails.
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

    /// A qualifier: name and value.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn qualifier(&self, qualifier: &Qualifier) -> Result<(String, String), StoreError> {
        let own = [
            (vocab::fl::POINT_IN_TIME, "point in time"),
            (vocab::fl::START_TIME, "start time"),
            (vocab::fl::END_TIME, "end time"),
        ];
        let name = match own.iter().find(|(iri, _)| *iri == qualifier.predicate.as_ref()) {
            Some((_, name)) => (*name).to_owned(),
            None => self.labels.name(&qualifier.predicate)?.to_string(),
        };
        Ok((name, self.labels.term(&qualifier.value)?))
    }

    /// A link to the words of evidence, where its source has an address: a
    /// [text fragment](https://wicg.github.io/scroll-to-text-fragment/).
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn link(&self, evidence: &Evidence) -> Result<Option<String>, StoreError> {
        let (Some(url), Some(quote)) = (self.address(&evidence.source)?, evidence.quote.as_deref()) else {
            return Ok(None);
        };
        let parts = quote_parts(quote);
        let words = match parts.as_slice() {
            [] => return Ok(Some(url)),
            [only] => encoded(only),
            [first, .., last] => format!("{},{}", encoded(first), encoded(last)),
        };
        let mark = if url.contains('#') { ":~:text=" } else { "#:~:text=" };
        Ok(Some(format!("{url}{mark}{words}")))
    }

    /// The sources of statements.
    pub fn corroboration(&self) -> &Corroboration<'a> {
        &self.corroboration
    }

    /// What things are called.
    pub fn labels(&self) -> &'a Labels<'a> {
        self.labels
    }

    /// The address of a source, where it has one.
    pub(super) fn address(&self, source: &SourceId) -> Result<Option<String>, StoreError> {
        if let Some(known) = self.addresses.borrow().get(source) {
            return Ok(known.clone());
        }
        let node = self.store.names().source(source);
        let found = self.store.objects(node.as_ref(), vocab::schema::URL)?;
        let url = found.into_iter().find_map(|url| if let Term::NamedNode(url) = url { Some(url) } else { None });
        let url = url.map(oxigraph::model::NamedNode::into_string);
        self.addresses.borrow_mut().insert(source.clone(), url.clone());
        Ok(url)
    }

    /// What an inference follows from, as sentences.
    pub(super) fn premises(&self, statement: &Statement) -> Result<Vec<String>, StoreError> {
        let Kind::Inference(derivation) = &statement.kind else { return Ok(Vec::new()) };
        let premise = |premise: &Premise| match premise {
            Premise::Statement(id) => match self.store.statement(id)? {
                Some(statement) => self.sentence(&statement),
                None => Ok(id.to_string()),
            },
            Premise::Declared(triple) => Ok(format!("{} (given)", self.labels.sentence(triple)?)),
        };
        derivation.premises.iter().map(premise).collect()
    }
}

/// A text in which line breaks are spaces.
pub(super) fn one_line(text: &str) -> String {
    text.replace("\r\n", " ").replace(['\n', '\r'], " ")
}

/// Percent-encodes a text for a text fragment, in which `-`, `,` and `&` have a meaning.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.trim().bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => {
                for digit in [byte >> 4, byte & 15] {
                    encoded.extend(char::from_digit(digit.into(), 16).map(|d| d.to_ascii_uppercase()));
                }
                let at = encoded.len() - 2;
                encoded.insert(at, '%');
            }
        }
    }
    encoded
}

/// Where evidence lies, as `source line:column`.
pub fn evidence_location(evidence: &Evidence) -> String {
    match &evidence.span {
        Some(span) => format!("{} {}:{}", evidence.source, span.line(), span.column()),
        None => evidence.source.to_string(),
    }
}

/// Writes statements for people as they come: the sentence, what kind it is, and its quotes. Facts of one triple that follow
/// each other are joined under one sentence, and where there are several independent sources, it says how many.
///
/// # Errors
///
/// Those of the writer and of the store.
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
) -> Result<(), ResultsError> {
    let (mut last, mut any): (Option<Triple>, bool) = (None, false);
    for statement in statements {
        let statement = &statement?;
        let fact = (statement.kind == Kind::Fact).then_some(&statement.triple);
        if fact.is_none() || last.as_ref() != fact {
            if any {
                writeln!(out)?;
            }
            writeln!(out, "{}", text.sentence(statement)?)?;
            let sources = text.corroboration.sources(statement)?;
            if fact.is_some() && sources > 1 {
                writeln!(out, "    stated by {sources} sources")?;
            }
        }
        one(statement, text, out)?;
        (last, any) = (fact.cloned(), true);
    }
    if any {
        writeln!(out)?;
    }
    Ok(())
}

fn one(statement: &Statement, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    writeln!(out, "    {} · {}", text.kind(statement)?, statement.id)?;
    for qualifier in &statement.qualifiers {
        let (name, value) = text.qualifier(qualifier)?;
        writeln!(out, "    {name}: {value}")?;
    }
    for premise in text.premises(statement)? {
        writeln!(out, "    since {premise}")?;
    }
    for evidence in &statement.evidence {
        let disputes = if evidence.stance == Stance::Disputes { "disputed: " } else { "" };
        match &evidence.quote {
            Some(quote) => writeln!(out, "    {disputes}“{quote}”  {}", evidence_location(evidence))?,
            None => writeln!(out, "    {disputes}{}", evidence_location(evidence))?,
        }
        if let Some(link) = text.link(evidence)? {
            writeln!(out, "    {link}")?;
        }
        if let Some(note) = &evidence.note {
            writeln!(out, "    note: {note}")?;
        }
    }
    Ok(())
}

/// A statement as [`statements_json`] writes it.
#[derive(Serialize)]
pub struct JsonStatement<'a> {
    id: &'a str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    sentence: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sources: Option<usize>,
    subject: String,
    predicate: &'a str,
    object: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    qualifiers: Vec<JsonQualifier<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<JsonEvidence<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    premises: Vec<String>,
}

#[derive(Serialize)]
struct JsonQualifier<'a> {
    predicate: &'a str,
    value: String,
}

#[derive(Serialize)]
struct JsonEvidence<'a> {
    source: &'a str,
    stance: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<(u32, u32)>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
}

/// Writes statements for programs as they come: one JSON object a line. Terms are written as in N-Triples; `start`, `end` and `parts`
/// count code points from 0, `line` and `column` from 1; `sources` is how many independent sources state a fact, over all
/// facts of its triple.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn statements_json(
    statements: impl IntoIterator<Item = Result<Statement, StoreError>>,
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    for statement in statements {
        serde_json::to_writer(&mut *out, &statement_json(&statement?, text)?).map_err(io::Error::from)?;
        writeln!(out)?;
    }
    Ok(())
}

/// A statement as [`statements_json`] writes it.
///
/// # Errors
///
/// Where the store fails.
pub fn statement_json<'a>(statement: &'a Statement, text: &StatementText<'_>) -> Result<JsonStatement<'a>, StoreError> {
    let (status, by) = match &statement.kind {
        Kind::Claim(claim) => (Some(claim.status.as_str()), claim.by.as_ref().map(ToString::to_string)),
        _ => (None, None),
    };
    let (rule, premises) = match &statement.kind {
        Kind::Inference(derivation) => {
            let premise = |premise: &Premise| match premise {
                Premise::Statement(id) => id.to_string(),
                Premise::Declared(triple) => triple.to_string(),
            };
            (Some(derivation.rule.as_str()), derivation.premises.iter().map(premise).collect())
        }
        _ => (None, Vec::new()),
    };
    let sources = match &statement.kind {
        Kind::Inference(_) => None,
        Kind::Fact | Kind::Claim(_) => Some(text.corroboration.sources(statement)?),
    };
    let qualifier = |q: &'a Qualifier| JsonQualifier { predicate: q.predicate.as_str(), value: q.value.to_string() };
    let evidence = statement.evidence.iter().map(|evidence| json_evidence(evidence, text));
    Ok(JsonStatement {
        id: statement.id.as_str(),
        kind: statement.kind.as_str(),
        status,
        by,
        sentence: text.labels.sentence(&statement.triple)?,
        sources,
        subject: statement.triple.subject.to_string(),
        predicate: statement.triple.predicate.as_str(),
        object: statement.triple.object.to_string(),
        qualifiers: statement.qualifiers.iter().map(qualifier).collect(),
        evidence: evidence.collect::<Result<_, _>>()?,
        rule,
        premises,
    })
}

fn json_evidence<'a>(evidence: &'a Evidence, text: &StatementText<'_>) -> Result<JsonEvidence<'a>, StoreError> {
    let span = evidence.span.as_ref();
    Ok(JsonEvidence {
        source: evidence.source.as_str(),
        stance: match evidence.stance {
            Stance::Supports => "supports",
            Stance::Disputes => "disputes",
        },
        quote: evidence.quote.as_deref(),
        note: evidence.note.as_deref(),
        link: text.link(evidence)?,
        start: span.map(crate::model::Span::start),
        end: span.map(crate::model::Span::end),
        parts: span.map(|s| s.parts().iter().map(|p| (p.start, p.end)).collect()),
        line: span.map(crate::model::Span::line),
        column: span.map(crate::model::Span::column),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_fragment_gives_a_meaning_is_encoded() {
        assert_eq!(encoded("a-b, c & d"), "a%2Db%2C%20c%20%26%20d");
        assert_eq!(encoded("مل"), "%D9%85%D9%84");
    }

    #[test]
    fn a_citation_links_to_the_first_and_the_last_words() {
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
