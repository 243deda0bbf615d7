//! Names of different entities that look alike.
//!
//! Two names are compared by their skeletons of [UTS #39](https://www.unicode.org/reports/tr39/#Confusable_Detection): the same for letters
//! of different scripts that look alike, and for different sequences of code points that stand for the same characters.

use super::entity::Entity;
use crate::diagnostic::{Code, FileId, Finding, Findings, Location, PathSegment};
use rayon::prelude::*;
use regex::Regex;
use rustc_hash::FxHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::LazyLock;
use unicode_security::skeleton;

/// Reports ids, labels and aliases that look like one of another entity, but are not the same.
///
/// Takes O(n log n) time for names of n characters in total. Equal names are not reported: two entities may have the same label.
pub(super) fn check(entities: &[Entity], findings: &mut Findings) {
    let mut all: Vec<(u64, u32, u32, &str)> = (0..entities.len())
        .into_par_iter()
        .flat_map_iter(|number| {
            let names = names(&entities[number]).enumerate();
            names.map(move |(index, name)| (skeleton_hash(name), number as u32, index as u32, name))
        })
        .collect();
    all.par_sort_unstable();
    let mut found: Vec<(u32, u32, Finding)> = Vec::new();
    for alike in all.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        // The first name with each skeleton and its entity, as a hash may stand for several skeletons.
        let mut first: HashMap<String, (&str, u32)> = HashMap::new();
        let mut spellings: HashSet<&str> = HashSet::new();
        for (_, number, index, name) in alike {
            if !spellings.insert(name) {
                continue;
            }
            let (like, other) = *first.entry(visible_skeleton(name)).or_insert((name, *number));
            if other != *number {
                let (entity, other) = (&entities[*number as usize], &entities[other as usize]);
                found.push((*number, *index, finding(entity, (*index as usize, name), like, other)));
            }
        }
    }
    found.sort_by_key(|(number, index, _)| (*number, *index));
    findings.extend(found.into_iter().map(|(.., finding)| finding));
}

/// The names of an entity: its id, its label, those in other languages, and its aliases.
fn names(entity: &Entity) -> impl Iterator<Item = &str> {
    let labels = entity.labels.iter().map(|(_, label)| label.as_str());
    let aliases = entity.aliases.iter().map(String::as_str);
    [entity.id.as_str(), entity.label.as_str()].into_iter().chain(labels).chain(aliases)
}

/// The finding about a name, with its index among those of the entity.
fn finding(entity: &Entity, (index, name): (usize, &str), like: &str, other: &Entity) -> Finding {
    let languages = entity.labels.len();
    let path: Vec<PathSegment> = match index {
        0 => vec!["id".into()],
        1 => vec!["label".into()],
        index if index - 2 < languages => vec!["labels".into(), entity.labels[index - 2].0.as_str().into()],
        index => vec!["aliases".into(), (index - 2 - languages).into()],
    };
    let (file, location) = entity.location.clone();
    let location = extended(location, path);
    let kind = if index == 0 { "id" } else { "name" };
    let message = format!("the {kind} `{name}` looks like `{like}` of the entity `{}`", other.id);
    let difference = match differing(name, like) {
        Some((Some(c), _)) if is_ignorable(c) => {
            format!("has an additional invisible character {}", described(Some(c)))
        }
        Some((_, Some(c))) if is_ignorable(c) => {
            format!("lacks the invisible character {} of the other name", described(Some(c)))
        }
        Some((written, other)) => format!("has {} where the other name has {}", described(written), described(other)),
        None => "differs only in characters that are not shown".to_owned(),
    };
    let related: (FileId, Location) = other.location.clone();
    Finding::new(Code::LookalikeName, file, location, message)
        .label(difference)
        .help("write both in the same way, or give one a name that readers can tell from the other")
        .related(format!("the entity `{}`", other.id), related.0, related.1)
}

fn extended(mut location: Location, members: Vec<PathSegment>) -> Location {
    if let Location::Value { path, .. } = &mut location {
        path.extend(members);
    }
    location
}

/// The first code points in which two names differ; `None` for the end of a name.
fn differing(name: &str, other: &str) -> Option<(Option<char>, Option<char>)> {
    let (mut name, mut other) = (name.chars(), other.chars());
    loop {
        match (name.next(), other.next()) {
            (None, None) => return None,
            (a, b) if a != b => return Some((a, b)),
            _ => {}
        }
    }
}

fn described(c: Option<char>) -> String {
    c.map_or("no further character".to_owned(), |c| format!("U+{:04X}", u32::from(c)))
}

/// Characters that are not shown.
static IGNORABLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\p{Default_Ignorable_Code_Point}").expect("the pattern is valid"));

fn is_ignorable(c: char) -> bool {
    IGNORABLE.is_match(c.encode_utf8(&mut [0; 4]))
}

/// The skeleton of a name without characters that are not shown.
fn visible_skeleton(name: &str) -> String {
    skeleton(&IGNORABLE.replace_all(name, "")).collect()
}

/// A hash of the skeleton. For most names, it is computed without the tables.
fn skeleton_hash(name: &str) -> u64 {
    let mut hasher = FxHasher::default();
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'_' | b'.' | b',')) {
        visible_skeleton(name).hash(&mut hasher);
        return hasher.finish();
    }
    let mut plain = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        match c {
            'm' => plain.push_str("rn"),
            '0' => plain.push('O'),
            '1' | 'I' => plain.push('l'),
            c => plain.push(c),
        }
    }
    plain.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EntityId, vocab};

    fn entity(id: &str, label: &str, aliases: &[&str]) -> Entity {
        let location = (FileId(0), Location::Value { record: 0, path: Vec::new(), key: false });
        let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        let id = EntityId::new(id).unwrap();
        let class = vocab::owl::THING.into_owned();
        let (labels, same_as, note) = Default::default();
        Entity {
            id,
            class,
            label: label.into(),
            labels,
            aliases,
            same_as,
            note,
            acknowledged: Vec::new(),
            location,
            is_valid: true,
        }
    }

    fn messages(entities: &[Entity]) -> Vec<String> {
        let mut findings = Findings::new();
        check(entities, &mut findings);
        findings.into_iter().map(|finding| format!("{}; {}", finding.message, finding.label)).collect()
    }

    #[test]
    fn names_of_two_entities_that_look_alike_are_reported() {
        // A Cyrillic а, a decomposed é, and a zero-width space.
        let found = messages(&[
            entity("mill", "Café", &["PSM"]),
            entity("m\u{456}ll", "Cafe\u{301}", &["P\u{200b}SM", "other"]),
        ]);
        assert_eq!(
            found,
            [
                "the id `m\u{456}ll` looks like `mill` of the entity `mill`; has U+0456 where the other name has U+0069",
                "the name `Cafe\u{301}` looks like `Café` of the entity `mill`; has U+0065 where the other name has U+00E9",
                "the name `P\u{200b}SM` looks like `PSM` of the entity `mill`; has an additional invisible character U+200B",
            ]
        );
        let found = messages(&[entity("a", "Mill\u{ad}", &[]), entity("b", "Mill", &[])]);
        let message = "the name `Mill` looks like `Mill\u{ad}` of the entity `a`; \
            lacks the invisible character U+00AD of the other name";
        assert_eq!(found, [message]);
    }

    #[test]
    fn each_spelling_is_compared_with_the_first_and_reported_once() {
        let spellings = ["ac", "\u{430}c", "a\u{441}", "\u{430}\u{441}"];
        let entities: Vec<Entity> =
            ["w", "x", "y", "z"].iter().zip(spellings).map(|(id, label)| entity(id, label, &[label, "same"])).collect();
        let found = messages(&entities);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.iter().all(|message| message.contains("looks like `ac` of the entity `w`")), "{found:?}");
    }

    #[test]
    fn equal_names_and_names_of_one_entity_are_not_reported() {
        let same = entity("a", "Steel Mills", &["Café", "Cafe\u{301}"]);
        assert_eq!(messages(&[same, entity("b", "Steel Mills", &[])]), [""; 0]);
    }

    #[test]
    fn the_fast_skeleton_is_that_of_the_tables() {
        let ascii: String =
            (b' '..=b'~').map(char::from).filter(|c| c.is_ascii_alphanumeric() || " -_.,".contains(*c)).collect();
        for c in ascii.chars() {
            let mut hasher = FxHasher::default();
            visible_skeleton(&c.to_string()).hash(&mut hasher);
            assert_eq!(skeleton_hash(&c.to_string()), hasher.finish(), "{c}");
        }
    }
}
