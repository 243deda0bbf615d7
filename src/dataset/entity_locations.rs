//! The lines on which entities are declared, for citations of declared triples.

use super::Dataset;
use super::json::Layout;
use super::locate::elements;
use crate::diagnostic::{FileId, IndexedText, Location};
use crate::model::EntityLocations;
use std::sync::Arc;

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
                locations.push_file(self.files.name(*file));
                current = Some((*file, LineCounter::new(text, self.files.layout(*file))));
            }
            if let Some(line) = current.as_mut().and_then(|(_, lines)| lines.line(*record)) {
                locations.push(number, line);
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
        let stored = serde_json::to_value(&locations).unwrap();
        assert_eq!(stored["runs"].as_array().map(Vec::len), Some(2), "{stored}");
    }
}
