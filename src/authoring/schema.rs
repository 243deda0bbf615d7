//! The JSON Schemas of a dataset's files.

/// The JSON Schema of a kind of file.
///
/// ```
/// use factloom::authoring::FileSchema;
///
/// let facts = FileSchema::find("facts").unwrap();
/// assert!(facts.text.contains("\"title\": \"Facts and claims\""));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FileSchema {
    /// Its name, such as `facts`.
    pub name: &'static str,
    /// The files that it describes, as a manifest without other names has them.
    pub files: &'static str,
    /// The schema, a JSON document.
    pub text: &'static str,
}

impl FileSchema {
    /// The schemas, in the order in which a dataset is written.
    pub const ALL: [Self; 5] = [
        Self { name: "manifest", files: "factloom.json", text: include_str!("../../data/schema/manifest.schema.json") },
        Self {
            name: "sources",
            files: "each line of a .jsonl file of sources",
            text: include_str!("../../data/schema/sources.schema.json"),
        },
        Self {
            name: "entities",
            files: "entities.json; its items: each line of entities.jsonl",
            text: include_str!("../../data/schema/entities.schema.json"),
        },
        Self {
            name: "facts",
            files: "facts.json; its items: each line of facts.jsonl",
            text: include_str!("../../data/schema/facts.schema.json"),
        },
        Self { name: "style", files: "style.json", text: include_str!("../../data/schema/style.schema.json") },
    ];

    /// The schema with a name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|schema| schema.name == name)
    }
}
