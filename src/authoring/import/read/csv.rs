//! Proposals in tables.

use super::{ReadFile, ReadProposal, Unreadable};
use crate::authoring::import::object::{RawObject, json_string};
use crate::model::vocab;
use std::collections::BTreeMap;

/// The columns of a piece of evidence. Each row has one.
const EVIDENCE: [&str; 7] = ["source", "quote", "note", "stance", "nth", "prefix", "suffix"];

/// The prefix of the columns of qualifiers, which those of factloom's own times do not need.
const QUALIFIER: &str = "qualifier:";

/// Reads a table whose first row has the names of the columns.
pub(super) fn read(text: &str, separator: Option<u8>) -> ReadFile {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let header = text.lines().next().unwrap_or_default();
    let is_in_header = |separator: &u8| header.as_bytes().contains(separator);
    let separator = separator.or_else(|| [b',', b';', b'\t'].into_iter().find(is_in_header)).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
    let mut file = ReadFile::default();
    let columns: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(|name| name.trim().to_owned()).collect(),
        Err(error) => {
            file.proposals.push(unreadable(1, &error.to_string(), ""));
            return file;
        }
    };
    if !columns.iter().any(|name| name == "subject") {
        let help = "name the columns in the first row: subject, predicate, object, source, quote";
        let content = Err(Unreadable::new("the first row has no column `subject`", help, header));
        file.proposals.push(ReadProposal { line: 1, content });
        return file;
    }
    for record in reader.records() {
        file.proposals.push(match record {
            Ok(record) => {
                let line = record.position().map_or(0, |position| position.line() as usize);
                match record.len() > columns.len() {
                    true => {
                        let message =
                            format!("the row has {} cells, and the first one {}", record.len(), columns.len());
                        unreadable(line, &message, &record.iter().collect::<Vec<_>>().join(","))
                    }
                    false => ReadProposal { line, content: Ok(object(&columns, &record)) },
                }
            }
            Err(error) => {
                let line = error.position().map_or(0, |position| position.line() as usize);
                unreadable(line, "invalid row", "")
            }
        });
    }
    file
}

fn unreadable(line: usize, message: &str, text: &str) -> ReadProposal {
    let help =
        "put cells with separators, quotation marks or line breaks in quotation marks, and double the marks in them";
    ReadProposal { line, content: Err(Unreadable::new(message, help, text)) }
}

/// The proposal in a row. Empty cells are absent, and unknown columns become unknown members.
fn object(columns: &[String], record: &csv::StringRecord) -> RawObject {
    let mut object = RawObject::default();
    let (mut evidence, mut claim) = (Vec::new(), Vec::new());
    let mut qualifiers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut datatype = None;
    let cells = columns.iter().map(String::as_str).zip(record.iter()).filter(|(_, cell)| !cell.is_empty());
    for (column, cell) in cells.clone() {
        if matches!(column, "object.type" | "object.lang") {
            datatype = Some((&column["object.".len()..], cell));
        }
    }
    for (column, cell) in cells {
        let text = json_string(cell);
        match column {
            "object" => match datatype {
                Some((member, name)) => {
                    object.push(column, format!("{{\"value\":{text},\"{member}\":{}}}", json_string(name)));
                }
                None => object.push(column, text),
            },
            "object.type" | "object.lang" => {}
            "status" | "by" => claim.push(format!("\"{column}\":{text}")),
            "nth" if cell.parse::<u32>().is_ok() => evidence.push(format!("\"nth\":{cell}")),
            _ if EVIDENCE.contains(&column) => evidence.push(format!("\"{column}\":{text}")),
            _ if vocab::TIMES.iter().any(|(time, _)| *time == column) => {
                qualifiers.entry(column).or_default().push(text);
            }
            _ => match column.strip_prefix(QUALIFIER) {
                Some(name) => qualifiers.entry(name.trim()).or_default().push(text),
                None => object.push(column, text),
            },
        }
    }
    if !qualifiers.is_empty() {
        let qualifier = |(name, values): (&&str, &Vec<String>)| match &values[..] {
            [only] => format!("{}:{only}", json_string(name)),
            several => format!("{}:[{}]", json_string(name), several.join(",")),
        };
        let members: Vec<String> = qualifiers.iter().map(qualifier).collect();
        object.push("qualifiers", format!("{{{}}}", members.join(",")));
    }
    if !claim.is_empty() {
        object.push("claim", format!("{{{}}}", claim.join(",")));
    }
    if !evidence.is_empty() {
        object.push("evidence", format!("[{{{}}}]", evidence.join(",")));
    }
    object
}
