//! Citations as elements of factloom's own namespace, behind those of SPARQL's XML results.

use crate::model::{Evidence, Stance, vocab};
use crate::output::{ResultsError, StatementText};
use crate::query::{CitedResults, Given, Giver};
use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use std::io::{self, Write};

/// Writes an answer that is an XML document, with an element more at the end of its root.
pub(super) fn elements(
    results: &CitedResults,
    text: &StatementText<'_>,
    answer: &str,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    let (before, root) = answer.rsplit_once("</").unwrap_or((answer, "sparql>"));
    out.write_all(before.as_bytes())?;
    let mut writer = Writer::new(&mut *out);
    let namespace = vocab::fl::FACT.as_str().trim_end_matches("Fact");
    writer.write_event(Event::Start(BytesStart::new("fl:citations").with_attributes([("xmlns:fl", namespace)])))?;
    for citation in results.answer.citations() {
        writer.write_event(Event::Start(BytesStart::new("fl:row")))?;
        for id in &citation.statements {
            writer
                .write_event(Event::Empty(BytesStart::new("fl:cites").with_attributes([("statement", id.as_str())])))?;
        }
        for given in &citation.given {
            element(&mut writer, "fl:given", &by(given), &given.triple.to_string())?;
        }
        writer.write_event(Event::End(BytesEnd::new("fl:row")))?;
    }
    for (id, statement) in &results.statements {
        let (kind, sentence) = (text.kind(statement)?, text.sentence(statement)?);
        let attributes = [("id", id.as_str()), ("kind", kind.as_str()), ("sentence", sentence.as_str())];
        writer.write_event(Event::Start(BytesStart::new("fl:statement").with_attributes(attributes)))?;
        for evidence in &statement.evidence {
            let mut attributes = place(evidence);
            attributes.extend(text.link(evidence)?.map(|link| ("link", link)));
            let name = if evidence.quote.is_some() { "fl:quote" } else { "fl:note" };
            let words = evidence.quote.as_deref().or(evidence.note.as_deref()).unwrap_or_default();
            element(&mut writer, name, &attributes, words)?;
        }
        writer.write_event(Event::End(BytesEnd::new("fl:statement")))?;
    }
    for uncited in &results.uncited {
        element(&mut writer, "fl:notCited", &[], &uncited.to_string())?;
    }
    writer.write_event(Event::End(BytesEnd::new("fl:citations")))?;
    writeln!(out, "</{root}")?;
    Ok(())
}

fn by(given: &Given) -> Vec<(&'static str, String)> {
    match &given.by {
        Giver::File { file, line } => vec![("file", file.clone()), ("line", line.to_string())],
        Giver::Source(source) => vec![("source", source.to_string())],
        Giver::Rule(rule) => vec![("rule", rule.clone())],
        Giver::Unknown => Vec::new(),
    }
}

fn place(evidence: &Evidence) -> Vec<(&'static str, String)> {
    let mut attributes = vec![("source", evidence.source.to_string())];
    if evidence.stance == Stance::Disputes {
        attributes.push(("stance", "disputes".to_owned()));
    }
    if let Some(span) = &evidence.span {
        attributes.push(("line", span.line().to_string()));
        attributes.push(("column", span.column().to_string()));
    }
    attributes
}

fn element(
    writer: &mut Writer<impl Write>,
    name: &str,
    attributes: &[(&'static str, String)],
    words: &str,
) -> io::Result<()> {
    let attributes = attributes.iter().map(|(name, value)| (*name, value.as_str()));
    writer.write_event(Event::Start(BytesStart::new(name).with_attributes(attributes)))?;
    writer.write_event(Event::Text(BytesText::new(words)))?;
    writer.write_event(Event::End(BytesEnd::new(name)))
}
