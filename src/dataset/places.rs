//! On which lines things are described: what citations of given triples need.

use super::Dataset;
use super::json::{Layout, blanked};
use crate::diagnostic::{FileId, Location};
use serde::{Deserialize, Serialize};

/// The file and line of each entity that a dataset describes, in the order of the files.
///
/// Entities whose lines follow each other at equal distances are one run, so that a million of them that stand one a line
/// take no more room than one.
///
/// ```
/// let (dataset, _) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// assert_eq!(dataset.entity_locations().get(0), Some(("entities.json", 2)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityLocations {
    files: Vec<String>,
    runs: Vec<Run>,
}

/// Entities at equal distances in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    /// The number of the first entity, counted from 0.
    entity: u32,
    /// Which of the files.
    file: u32,
    /// The line of the first one, counted from 1.
    line: u32,
    /// How many lines lie between one and the next.
    step: u32,
}

impl EntityLocations {
    /// The file, relative to the manifest, and the line, counted from 1, of the entity with a number, counted from 0.
    ///
    /// Takes the logarithm of the number of runs. A number beyond the last entity's has the location that it would have.
    pub fn get(&self, entity: u32) -> Option<(&str, u32)> {
        let after = self.runs.partition_point(|run| run.entity <= entity);
        let run = self.runs.get(after.checked_sub(1)?)?;
        let file = self.files.get(run.file as usize)?;
        Some((file, run.line.saturating_add(run.step.saturating_mul(entity - run.entity))))
    }

    fn push(&mut self, entity: u32, file: u32, line: u32) {
        if let Some(run) = self.runs.last_mut().filter(|run| run.file == file && run.line < line) {
            let behind = entity - run.entity;
            if behind == 1 {
                run.step = line - run.line;
            }
            if run.line + run.step * behind == line {
                return;
            }
        }
        self.runs.push(Run { entity, file, line, step: 0 });
    }
}

impl Dataset {
    /// Where the entities are described that nothing is wrong with. Reads their files once more.
    pub fn entity_locations(&self) -> EntityLocations {
        let mut places = EntityLocations::default();
        let mut current: Option<(FileId, Lines)> = None;
        let is_valid = self.entities.iter().filter(|entity| entity.is_valid);
        for (number, entity) in (0_u32..).zip(is_valid) {
            let (file, Location::Value { record, .. }) = &entity.location else { continue };
            if current.as_ref().is_none_or(|(known, _)| known != file) {
                // A file that has become unreadable since leaves its entities without a line.
                let text = self.files.read(*file).unwrap_or_default();
                places.files.push(self.files.name(*file).to_owned());
                current = Some((*file, Lines::new(text, self.files.layout(*file))));
            }
            let last = u32::try_from(places.files.len()).unwrap_or(u32::MAX).saturating_sub(1);
            if let Some(line) = current.as_mut().and_then(|(_, lines)| lines.of(*record)) {
                places.push(number, last, line);
            }
        }
        places
    }
}

/// From a record, as [`Location::Value`] counts them, to its line. Records are asked for in the order of the file.
enum Lines {
    /// A record a line: it is known by its first byte.
    Each { text: String, byte: usize, line: u32 },
    /// Elements of an array: their lines.
    Listed(Vec<u32>),
}

impl Lines {
    fn new(text: String, layout: Layout) -> Self {
        match layout {
            Layout::Lines => Self::Each { text, byte: 0, line: 1 },
            Layout::Array | Layout::Document => Self::Listed(lines_of_elements(&blanked(&text))),
        }
    }

    fn of(&mut self, record: usize) -> Option<u32> {
        match self {
            Self::Each { text, byte, line } => {
                let between = text.as_bytes().get(*byte..record)?;
                *line += u32::try_from(memchr::memchr_iter(b'\n', between).count()).ok()?;
                *byte = record;
                Some(*line)
            }
            Self::Listed(lines) => lines.get(record).copied(),
        }
    }
}

/// The lines on which the elements of an array begin. The text is JSON without comments, and well-formed.
fn lines_of_elements(text: &str) -> Vec<u32> {
    let (mut lines, mut line, mut depth) = (Vec::new(), 1, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            b'\n' => line += 1,
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                if depth == 2 {
                    lines.push(line);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::DatasetRoot;

    #[test]
    fn entities_of_both_layouts_know_their_lines() {
        let files = &[
            ("factloom.json", r#"{ "base": "https://e.org/", "entities": ["a.json", "b.jsonl"] }"#),
            ("vocabulary.ttl", "<https://e.org/vocabulary/T> a <http://www.w3.org/2002/07/owl#Class> ."),
            (
                "a.json",
                "[ // [{\n { \"id\": \"a\", \"type\": \"T\", \"label\": \"[{\\\"\" },\n\n { \"id\": \"b\",\n \"type\": \"T\", \"label\": \"b\" }\n, { \"id\": \"c\", \"type\": \"T\", \"label\": \"c\" } ]",
            ),
            (
                "b.jsonl",
                "\n{\"id\":\"d\",\"type\":\"T\",\"label\":\"d\"}\n{\"id\":\"e\",\"type\":\"T\",\"label\":\"e\"}\n{\"id\":\"f\",\"type\":\"T\",\"label\":\"f\"}\n",
            ),
        ];
        let dataset = Dataset::open(DatasetRoot::Bundled(files), None).dataset.unwrap();
        let places = dataset.entity_locations();
        let found: Vec<_> = (0..6).filter_map(|n| places.get(n)).collect();
        let json = |line| ("a.json", line);
        let lines = |line| ("b.jsonl", line);
        assert_eq!(found, [json(2), json(4), json(6), lines(2), lines(3), lines(4)]);
        assert_eq!(places.runs.len(), 2, "{places:?}");
    }
}
