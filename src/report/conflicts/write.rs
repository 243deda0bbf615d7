//! Disagreements for people, side by side, and for programs.

use super::Disagreement;
use super::told::{Told, ToldSide};
use crate::output::{ResultsError, StatementText, statement_json};
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use std::collections::HashMap;
use std::io::{self, Write};

/// How wide a side is at least, in columns.
const NARROWEST: usize = 32;

/// Writes disagreements for people: the sides beside each other within `width` columns, and the links below them.
///
/// # Errors
///
/// Those of the writer and of the store.
///
/// ```
/// use factloom::output::StatementText;
/// use factloom::report::{disagreements, disagreements_text};
/// use factloom::store::Labels;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, &dataset.language);
/// let mut out = Vec::new();
/// disagreements_text(&disagreements(&store)?, &StatementText::new(&store, &labels), 100, &mut out)?;
/// assert!(String::from_utf8(out)?.contains("Russia continues Soviet Union"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn disagreements_text(
    disagreements: &[Disagreement],
    text: &StatementText<'_>,
    width: usize,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    for disagreement in disagreements {
        let told = Told::new(disagreement, text)?;
        writeln!(out, "{}", told.heading)?;
        writeln!(out, "{}", told.reason)?;
        let mut links = Links::default();
        // As many beside each other as have room, and as many in each row of them.
        let fitting = (width / NARROWEST).max(2);
        let rows = told.sides.len().div_ceil(fitting);
        for sides in told.sides.chunks(told.sides.len().div_ceil(rows.max(1)).max(1)) {
            let mut table = Table::new();
            table.load_preset(presets::UTF8_FULL);
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
            table.set_header(sides.iter().map(|side| printable(&side.says)));
            table.add_row(sides.iter().map(|side| statements(side, &mut links)).collect::<Vec<_>>());
            table.add_row(sides.iter().map(|side| format!("rests on {}", side.rests_on)));
            if sides.iter().any(|side| !side.inferred.is_empty()) {
                table.add_row(sides.iter().map(inferred));
            }
            writeln!(out, "{}", table.trim_fmt())?;
        }
        for (number, link) in links.listed.iter().enumerate() {
            writeln!(out, "[{}] {link}", number + 1)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Links in the order in which they came up, each once.
#[derive(Default)]
struct Links {
    listed: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Links {
    /// The number of a link, counted from 1.
    fn number(&mut self, link: &str) -> usize {
        if let Some(number) = self.numbers.get(link) {
            return *number;
        }
        self.listed.push(link.to_owned());
        self.numbers.insert(link.to_owned(), self.listed.len());
        self.listed.len()
    }
}

/// The statements of a side with their quotes. Links are numbered, since no table has room for them.
fn statements(side: &ToldSide, links: &mut Links) -> String {
    let mut lines = Vec::new();
    for (number, statement) in side.statements.iter().enumerate() {
        if number > 0 {
            lines.push(String::new());
        }
        lines.extend(statement.lines.iter().cloned());
        for evidence in &statement.evidence {
            lines.extend(evidence.quote.clone());
            let number = evidence.link.as_ref().map(|link| format!(" [{}]", links.number(link)));
            lines.push(format!("{}{}", evidence.place, number.unwrap_or_default()));
            lines.extend(evidence.note.as_ref().map(|note| format!("note: {note}")));
        }
    }
    printable(&lines.join("\n"))
}

/// Keeps a cell from speaking to the terminal.
fn printable(cell: &str) -> String {
    cell.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

fn inferred(side: &ToldSide) -> String {
    match &side.inferred[..] {
        [] => String::new(),
        sentences => printable(&format!("inferred from it:\n{}", sentences.join("\n"))),
    }
}

#[derive(Serialize)]
struct JsonDisagreement<'a, S> {
    kind: &'static str,
    heading: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    predicate: Option<&'a str>,
    sides: Vec<JsonSide<S>>,
}

#[derive(Serialize)]
struct JsonSide<S> {
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    says: String,
    sources: usize,
    statements: Vec<S>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inferred: Vec<JsonInference>,
}

#[derive(Serialize)]
struct JsonInference {
    id: String,
    sentence: String,
}

/// Writes disagreements for programs: one JSON object a line. Statements are written as by
/// [`statements_json`](crate::output::statements_json).
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn disagreements_json(
    disagreements: &[Disagreement],
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    for disagreement in disagreements {
        let told = Told::new(disagreement, text)?;
        let mut sides = Vec::with_capacity(told.sides.len());
        for (side, told) in disagreement.sides.iter().zip(told.sides) {
            let statements = side.statements.iter().map(|statement| statement_json(statement, text));
            let inferred = side.inferred.iter().map(|inference| {
                Ok(JsonInference { id: inference.id.to_string(), sentence: text.sentence(inference)? })
            });
            sides.push(JsonSide {
                value: side.says.as_ref().map(ToString::to_string),
                says: told.says,
                sources: side.sources,
                statements: statements.collect::<Result<_, _>>()?,
                inferred: inferred.collect::<Result<_, crate::store::StoreError>>()?,
            });
        }
        let predicate = disagreement.predicate.as_ref().map(oxigraph::model::NamedNode::as_str);
        let object = JsonDisagreement { kind: disagreement.kind.as_str(), heading: told.heading, predicate, sides };
        serde_json::to_writer(&mut *out, &object).map_err(io::Error::from)?;
        writeln!(out)?;
    }
    Ok(())
}
