//! The lines on which entities are declared, for citations of declared triples.

use super::Dataset;
use super::json::Layout;
use super::locate::elements;
use crate::diagnostic::{FileId, IndexedText, Location};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The file and line of each entity of a dataset, in the order of the files.
///
/// Evenly spaced entities are stored as one run: a million of them, one per line, take no more space than one.
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

/// Evenly spaced entities in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    /// The index of the first entity.
    entity: u32,
    /// The index of the file.
    file: u32,
    /// The line of the first entity, counted from 1.
    line: u32,
    /// The number of lines from one entity to the next.
    step: u32,
}

impl EntityLocations {
    /// The file (relative to the manifest) and the line (counted from 1) of the entity with an index.
    ///
    /// Logarithmic in the number of runs. An index beyond the last entity continues the last run.
    pub fn get(&self, entity: u32) -> Option<(&str, u32)> {
        let after = self.runs.partition_point(|run| run.entity <= entity);
        let run = self.runs.get(after.checked_sub(1)?)?;
        let file = self.files.get(run.file as usize)?;
        Some((file, run.line.saturating_add(run.step.saturating_mul(entity - run.entity))))
    }

    fn push(&mut self, entity: u32, file: u32, line: u32) {
        if let Some(run) = self.runs.last_mut().filter(|run| run.file == file && run.line < line) {
            let count = entity - run.entity;
            if count == 1 {
                run.step = line - run.line;
            }
            if run.line + run.step * count == line {
                return;
            }
        }
        self.runs.push(Run { entity, file, line, step: 0 });
    }
}

impl Dataset {
    /// The locations of the valid entities. Reads their files again.
    pub fn entity_locations(&self) -> EntityLocations {
        let mut locations = EntityLocations::default();
        let mut current: Option<(FileId, LineCounter)> = None;
        let valid = self.entities.iter().filter(|entity| entity.is_valid);
        for (number, entity) in (0_u32..).zip(valid) {
            let (file, Location::Value { record, .. }) = &entity.location else { continue };
            if current.as_ref().is_none_or(|(known, _)| known != file) {
                // If the file has changed since, its entities have no line.
                let text = self.files.checked_text(*file).unwrap_or_else(|| Arc::new(IndexedText::new("")));
                locations.files.push(self.files.name(*file).to_owned());
                current = Some((*file, LineCounter::new(text, self.files.layout(*file))));
            }
            let file_index = u32::try_from(locations.files.len()).unwrap_or(u32::MAX).saturating_sub(1);
            if let Some(line) = current.as_mut().and_then(|(_, lines)| lines.line(*record)) {
                locations.push(number, file_index, line);
            }
        }
        locations
    }
}

/// Counts the lines before a file's records. Records must be looked up in order.
struct LineCounter {
    text: Arc<IndexedText>,
    /// The offsets of an array's elements; `None` if records are identified by their offset.
    elements: Option<Vec<usize>>,
    offset: usize,
    line: u32,
}

impl LineCounter {
    fn new(text: Arc<IndexedText>, layout: Layout) -> Self {
        let starts = || elements(&text).into_iter().map(|element| element.start).collect();
        let elements = (layout != Layout::Lines).then(starts);
        Self { text, elements, offset: 0, line: 1 }
    }

    fn line(&mut self, record: usize) -> Option<u32> {
        let offset = match &self.elements {
            Some(elements) => *elements.get(record)?,
            None => record,
        };
        let between = self.text.as_bytes().get(self.offset..offset)?;
        self.line += u32::try_from(memchr::memchr_iter(b'\n', between).count()).ok()?;
        self.offset = offset;
        Some(self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::DatasetRoot;

    #[test]
    fn entities_of_both_layouts_have_lines() {
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
        let locations = dataset.entity_locations();
        let found: Vec<_> = (0..6).filter_map(|n| locations.get(n)).collect();
        let json = |line| ("a.json", line);
        let lines = |line| ("b.jsonl", line);
        assert_eq!(found, [json(2), json(4), json(6), lines(2), lines(3), lines(4)]);
        assert_eq!(locations.runs.len(), 2, "{locations:?}");
    }
}
