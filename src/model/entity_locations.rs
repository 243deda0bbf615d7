//! The lines on which entities are declared, for citations of declared triples.

use serde::{Deserialize, Serialize};

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

    /// Adds a file, relative to the manifest. The entities that are added next are in it.
    pub(crate) fn push_file(&mut self, name: &str) {
        self.files.push(name.to_owned());
    }

    /// Adds an entity of the last file.
    pub(crate) fn push(&mut self, entity: u32, line: u32) {
        let file = u32::try_from(self.files.len()).unwrap_or(u32::MAX).saturating_sub(1);
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
