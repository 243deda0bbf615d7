//! Proposals in JSON and JSON Lines.

use super::{ReadFile, ReadProposal, Unreadable};
use crate::authoring::import::object::{RawObject, json_string, parse_list};
use crate::authoring::import::{BROKEN, REJECT_MEMBERS};
use crate::dataset::{Layout, Record, read_records, without_comments};
use crate::diagnostic::{FileId, Findings};
use rayon::prelude::*;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Reads JSON: a list of proposals, an object with a list `facts`, or one proposal; or else JSON Lines.
pub(super) fn read(text: &str) -> ReadFile {
    let text = &*fenced(text);
    // Comments and trailing commas become spaces, so that positions stay.
    let json = match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(without_comments(text)),
    };
    let lines = Lines::new(&json);
    let trimmed = json.trim_start();
    if trimmed.starts_with('[') {
        return ReadFile { proposals: read_list(&json, &lines), notes: Vec::new() };
    }
    let Some(object) = RawObject::parse(json.trim()) else {
        return ReadFile { proposals: read_lines(text), notes: Vec::new() };
    };
    let Some(facts) = object.get("facts").and_then(parse_list) else {
        let line = lines.of(json.len() - trimmed.len());
        return ReadFile { proposals: vec![proposal(line, object)], notes: Vec::new() };
    };
    let others: Vec<String> =
        object.0.iter().filter(|(name, _)| name != "facts").map(|(name, _)| format!("`{name}`")).collect();
    let notes = match &others[..] {
        [] => Vec::new(),
        others => vec![format!("set aside next to `facts`: {}", others.join(", "))],
    };
    // The values are copies, so that each is searched for after the one before.
    let mut at = json.find("\"facts\"").unwrap_or(0);
    let element = |value: &RawValue| {
        at += json[at..].find(value.get()).unwrap_or(0);
        let read = read_element(value.get(), lines.of(at));
        at += value.get().len();
        read
    };
    ReadFile { proposals: facts.into_iter().map(element).collect(), notes }
}

/// Reads JSON Lines.
pub(super) fn read_lines(text: &str) -> Vec<ReadProposal> {
    let text = fenced(text);
    let lines: Vec<(usize, &str)> = (1..).zip(text.split('\n')).filter(|(_, line)| !line.trim().is_empty()).collect();
    lines.into_par_iter().filter_map(|(number, line)| read_line(number, line)).collect()
}

/// The proposal in a line; `None` for a comment.
fn read_line(number: usize, line: &str) -> Option<ReadProposal> {
    if let Some(object) = RawObject::parse(line) {
        return Some(proposal(number, object));
    }
    let mut findings = Findings::new();
    let record: Option<Record<RawObject>> = read_records(FileId(0), Layout::Lines, line, &mut findings).pop();
    let content = match (record, findings.into_iter().next()) {
        (Some(record), _) => return Some(proposal(number, record.value)),
        (None, Some(finding)) => Err(Unreadable {
            message: finding.message,
            label: finding.label,
            help: finding.help,
            text: line.trim_end_matches('\r').to_owned(),
            from: None,
        }),
        (None, None) => return None,
    };
    Some(ReadProposal { line: number, content })
}

/// A proposal, or what a file of rejects has in place of one that could not be read.
fn proposal(line: usize, object: RawObject) -> ReadProposal {
    let is_reject = object.0.iter().all(|(name, _)| name == BROKEN || REJECT_MEMBERS.contains(&name.as_str()));
    match object.string(BROKEN).filter(|_| is_reject) {
        Some(text) => {
            let corrected = read_line(line, &text.replace(['\n', '\r'], " "));
            let empty = || Unreadable::new("no proposal", "remove this line, or write the proposal", "");
            let from = object.string("from");
            let content = match corrected.map_or_else(|| Err(empty()), |read| read.content) {
                Ok(mut proposal) => {
                    if let Some(from) = from.filter(|_| proposal.get("from").is_none()) {
                        proposal.push("from", json_string(&from));
                    }
                    Ok(proposal)
                }
                // The text stays as it was.
                Err(unreadable) => Err(Unreadable { text, from, ..unreadable }),
            };
            ReadProposal { line, content }
        }
        None => ReadProposal { line, content: Ok(object) },
    }
}

fn read_element(json: &str, line: usize) -> ReadProposal {
    match RawObject::parse(json) {
        Some(object) => proposal(line, object),
        None => {
            let unreadable = Unreadable::new("a proposal is not an object", "write the proposal as `{ … }`", json);
            ReadProposal { line, content: Err(unreadable) }
        }
    }
}

/// Reads a list of proposals. If it is broken, those that begin a line at the same indentation as the first are read one by one.
fn read_list(json: &str, lines: &Lines) -> Vec<ReadProposal> {
    let offset = |element: &RawValue| element.get().as_ptr().addr() - json.as_ptr().addr();
    if let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(json) {
        return elements.into_par_iter().map(|one| read_element(one.get(), lines.of(offset(one)))).collect();
    }
    let open = json.find('[').map_or(0, |at| at + 1);
    let mut proposals = Vec::new();
    let mut at = next_value(json, open);
    let indent = indentation(json, at);
    while at < json.len() {
        let mut values = serde_json::Deserializer::from_str(&json[at..]).into_iter::<&RawValue>();
        match values.next() {
            Some(Ok(value)) => {
                let end = at + values.byte_offset();
                proposals.push(read_element(value.get(), lines.of(at)));
                let after = next_value(json, end);
                match json[after..].chars().next() {
                    Some(',') => at = next_value(json, after + 1),
                    // A missing comma.
                    Some('{') => at = after,
                    Some(']') => return end_of_list(json, after + 1, lines, proposals),
                    _ => at = broken(json, after, indent.as_deref(), lines, &mut proposals),
                }
            }
            Some(Err(_)) => at = broken(json, at, indent.as_deref(), lines, &mut proposals),
            None => break,
        }
    }
    if json[..at.min(json.len())].trim_end().ends_with(']') {
        return proposals;
    }
    let message = "invalid JSON: expected `]` at the end of the list";
    let help = "check that the list is complete; an answer of a language model may be cut off";
    let is_known = proposals.last().is_some_and(|last| last.content.is_err());
    if !is_known {
        let content = Err(Unreadable::new(message, help, ""));
        proposals.push(ReadProposal { line: lines.of(json.trim_end().len().saturating_sub(1)), content });
    }
    proposals
}

/// What follows the end of a list is reported.
fn end_of_list(json: &str, at: usize, lines: &Lines, mut proposals: Vec<ReadProposal>) -> Vec<ReadProposal> {
    let rest = json[at..].trim();
    if !rest.is_empty() {
        let unreadable =
            Unreadable::new("invalid JSON: expected the end of the input", "remove what follows the list", rest);
        proposals.push(ReadProposal { line: lines.of(next_value(json, at)), content: Err(unreadable) });
    }
    proposals
}

/// Reports text that cannot be read, from a byte on, and returns the start of the next proposal.
fn broken(json: &str, at: usize, indent: Option<&str>, lines: &Lines, proposals: &mut Vec<ReadProposal>) -> usize {
    let next = indent.and_then(|indent| {
        let start = json[at..].find(&format!("\n{indent}{{"))?;
        Some(at + start + 1 + indent.len())
    });
    let text = json[at..next.unwrap_or(json.len())].trim_end().trim_end_matches(',');
    let line = lines.of(at);
    match read_line(line, &text.replace(['\n', '\r'], " ")) {
        Some(read) if read.content.is_err() => {
            let content = read.content.map_err(|unreadable| Unreadable { text: text.to_owned(), ..unreadable });
            proposals.push(ReadProposal { line, content });
        }
        _ => {
            let unreadable = Unreadable::new("invalid JSON: expected `,` or `]`", "correct the JSON", text);
            proposals.push(ReadProposal { line, content: Err(unreadable) });
        }
    }
    next.unwrap_or(json.len())
}

/// The byte of the next character that is not white space.
fn next_value(json: &str, at: usize) -> usize {
    json.len() - json[at.min(json.len())..].trim_start().len()
}

/// The white space before a value that begins a line.
fn indentation(json: &str, at: usize) -> Option<String> {
    let start = json[..at].rfind('\n')? + 1;
    let before = &json[start..at];
    before.chars().all(char::is_whitespace).then(|| before.to_owned())
}

/// The text in fenced code blocks, if there are any, as language models answer. Other lines become empty, so that lines keep their numbers.
fn fenced(text: &str) -> Cow<'_, str> {
    let is_fence = |line: &str| line.trim_start().starts_with("```");
    // In JSON, no line can begin with a fence.
    if !text.lines().any(is_fence) {
        return Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text));
    }
    let mut is_inside = false;
    let mut blocks = String::with_capacity(text.len());
    for line in text.lines() {
        if is_fence(line) {
            is_inside = !is_inside;
        } else if is_inside {
            blocks.push_str(line);
        }
        blocks.push('\n');
    }
    Cow::Owned(blocks)
}

/// The numbers of lines.
struct Lines(Vec<usize>);

impl Lines {
    fn new(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    /// The line of a byte, counted from 1.
    fn of(&self, byte: usize) -> usize {
        self.0.partition_point(|end| *end < byte) + 1
    }
}
