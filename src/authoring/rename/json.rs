//! References in JSON files: manifest, sources, entities, facts, style, lock and reviews.

use super::NameKind;
use super::names::Names;
use crate::authoring::edit::{TextEdit, apply};
use crate::dataset::{JsonString, Layout, PropertyKind, for_each_string, record_ranges};
use crate::diagnostic::PathSegment;
use serde::Deserialize;
use std::ops::Range;

/// What the records of a JSON file are. Each has its own places for references.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RecordKind {
    Manifest,
    Source,
    Entity,
    Fact,
    Style,
    LockLine,
    Review,
}

/// The edits that rename the references in a file. Linear in the text; only records in which the name may occur are parsed.
pub(super) fn edits(text: &str, layout: Layout, kind: RecordKind, names: &Names<'_>) -> Vec<TextEdit> {
    let mut edits = Vec::new();
    if !names.may_occur_in(text) {
        return edits;
    }
    for record in record_ranges(text, layout).into_iter().filter(|range| names.may_occur_in(&text[range.clone()])) {
        let (mut object, mut predicate) = (None, None);
        for_each_string(text, record, &mut |string| {
            let edit = renamed(kind, string, names)
                .map(|new| TextEdit { range: string.range.clone(), text: quoted(&new, &text[string.range.clone()]) });
            match (kind, string.path, string.is_key) {
                // Whether it is an entity or a literal depends on the predicate, which may follow.
                (RecordKind::Fact, [PathSegment::Key(name)], false) if name == "object" => object = edit,
                (RecordKind::Fact, [PathSegment::Key(name)], false) if name == "predicate" => {
                    predicate = Some(string.value.to_owned());
                    edits.extend(edit);
                }
                _ => edits.extend(edit),
            }
        });
        let is_entity = predicate.is_some_and(|predicate| takes_entities(&predicate, names));
        edits.extend(object.filter(|_| is_entity));
    }
    edits
}

/// A string in JSON, in the quotation marks of the old one, if it has some.
fn quoted(new: &str, old: &str) -> String {
    match old.starts_with('"') {
        true => serde_json::to_string(new).unwrap_or_default(),
        // Ids need no escapes.
        false => new.to_owned(),
    }
}

/// How a string refers to things.
#[derive(Clone, Copy)]
enum Reference {
    /// By an id.
    Id(NameKind),
    /// By an id of any kind of thing that the manifest acknowledges findings about.
    AnyId,
    /// To a class or a predicate: by a local name, a prefixed name or an IRI.
    Term,
    /// By a prefixed name or an IRI.
    Iri,
}

/// The new form of a string; `None` if it does not refer to what is renamed.
fn renamed(kind: RecordKind, string: &JsonString<'_>, names: &Names<'_>) -> Option<String> {
    match reference(kind, string, names)? {
        Reference::Id(kind) => names.id(kind, string.value),
        Reference::AnyId => {
            let kinds = [NameKind::Entity, NameKind::Source, NameKind::Statement];
            kinds.into_iter().find_map(|kind| names.id(kind, string.value))
        }
        Reference::Term => names.term(string.value),
        Reference::Iri => names.iri(string.value),
    }
}

/// How a string refers to something, by the path to it.
#[rustfmt::skip]
fn reference(kind: RecordKind, string: &JsonString<'_>, names: &Names<'_>) -> Option<Reference> {
    use NameKind::{Entity, Source, Statement};
    use RecordKind as R;
    let steps: Vec<&str> = string.path.iter().map(step).collect();
    let steps = match (kind, &steps[..]) {
        (R::Manifest, ["sources", INDEX, rest @ ..]) if !rest.is_empty() => return source(rest, string.is_key),
        (_, steps) => steps,
    };
    Some(match (kind, steps, string.is_key) {
        (R::Source, steps, is_key) => return source(steps, is_key),
        (R::Fact, ["qualifiers", _] | ["qualifiers", _, INDEX], false) => {
            let Some(PathSegment::Key(qualifier)) = string.path.get(1) else { return None };
            return takes_entities(qualifier, names).then_some(Reference::Id(Entity));
        }
        (R::Entity, ["id"], false)
        | (R::Fact, ["subject" | "object"] | ["claim", "by"], false) => Reference::Id(Entity),
        (R::Manifest, ["excluded", INDEX, "source"], false)
        | (R::Fact, ["evidence", .., "source"], false)
        | (R::LockLine, ["source"], false) => Reference::Id(Source),
        (R::Fact, ["id"], false) | (R::Review, ["statement"], false) => Reference::Id(Statement),
        (R::Manifest, ["allow", INDEX, "ids"] | ["allow", INDEX, "ids", INDEX], false) => Reference::AnyId,
        (R::Entity, ["type"], false)
        | (R::Fact, ["predicate"], false)
        | (R::Fact, ["qualifiers", _], true)
        | (R::Style, ["class" | "predicate", _], true) => Reference::Term,
        (R::Entity, ["sameAs", ..], false) | (R::Fact, [.., "type"], false) => Reference::Iri,
        _ => return None,
    })
}

/// A step that is the position in a list. No member has an empty name.
const INDEX: &str = "";

fn step(segment: &PathSegment) -> &str {
    match segment {
        PathSegment::Key(name) => name,
        PathSegment::Index(_) => INDEX,
    }
}

/// How a string of a source refers to something, by the path from the source.
fn source(path: &[&str], is_key: bool) -> Option<Reference> {
    match path {
        ["id"] if !is_key => Some(Reference::Id(NameKind::Source)),
        ["url"] if !is_key => Some(Reference::Iri),
        _ => None,
    }
}

/// Whether the values of a predicate are entities.
fn takes_entities(written: &str, names: &Names<'_>) -> bool {
    let predicate = names.dataset.vocabulary.find_predicate(written, &names.dataset.namespaces);
    predicate.is_some_and(|predicate| predicate.kind == PropertyKind::Object)
}

/// The edits that rename a source in a lock. `factloom lock` sorts its lines by source, and so the lines of a renamed source move to
/// their new place if the lines were sorted.
pub(super) fn lock_edits(text: &str, names: &Names<'_>) -> Vec<TextEdit> {
    let renamed = edits(text, Layout::Lines, RecordKind::LockLine, names);
    moved_lines(text, &renamed, names).unwrap_or(renamed)
}

/// The source that a line of a lock is about.
#[derive(Default, Deserialize)]
struct Line {
    source: Option<String>,
}

/// The edits that rename and move the lines of a source; `None` if they stay where they are.
fn moved_lines(text: &str, renamed: &[TextEdit], names: &Names<'_>) -> Option<Vec<TextEdit>> {
    let lines = record_ranges(text, Layout::Lines);
    let source_of = |line: &Range<usize>| serde_json::from_str::<Line>(&text[line.clone()]).unwrap_or_default().source;
    let sources: Vec<Option<String>> = lines.iter().map(source_of).collect();
    let is_sorted = sources.iter().flatten().is_sorted();
    let first = sources.iter().position(|source| source.as_deref() == Some(&names.old))?;
    let last = sources.iter().rposition(|source| source.as_deref() == Some(&names.old))?;
    // The line before which the renamed ones belong.
    let target = sources
        .iter()
        .position(|source| source.as_deref().is_some_and(|source| source > names.new.as_str() && source != names.old));
    let target = target.unwrap_or(lines.len());
    if !is_sorted || !text.ends_with('\n') || (first..=last + 1).contains(&target) {
        return None;
    }
    let start_of = |line: usize| lines.get(line).map_or(text.len(), |range| range.start);
    let block = start_of(first)..start_of(last + 1);
    let relative: Vec<TextEdit> = renamed
        .iter()
        .map(|edit| TextEdit {
            range: edit.range.start - block.start..edit.range.end - block.start,
            text: edit.text.clone(),
        })
        .collect();
    let moved = apply(&text[block.clone()], &relative);
    Some(vec![TextEdit { range: block, text: String::new() }, TextEdit::insert(start_of(target), moved)])
}
