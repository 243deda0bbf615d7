//! Reading proposals in the formats in which people, scripts and language models write them.

mod csv;
mod json;
mod rdf;

use super::object::RawObject;
use crate::dataset::Dataset;
use oxigraph::io::RdfFormat;
use std::path::Path;

/// A format of proposals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalFormat {
    /// JSON: a list, an object with a list `facts`, or one fact. Or JSON Lines, if it is not JSON as a whole.
    Json,
    /// JSON Lines.
    JsonLines,
    /// A table whose first row has the names of the columns. The byte separates cells; `None`: the first row shows which.
    Table(Option<u8>),
    /// RDF.
    Rdf(RdfFormat),
}

impl ProposalFormat {
    /// The names of the formats, which are extensions of files, too.
    pub const NAMES: [(&'static str, Self); 11] = [
        ("json", Self::Json),
        ("jsonl", Self::JsonLines),
        ("ndjson", Self::JsonLines),
        ("csv", Self::Table(None)),
        ("tsv", Self::Table(Some(b'\t'))),
        ("ttl", Self::Rdf(RdfFormat::Turtle)),
        ("nt", Self::Rdf(RdfFormat::NTriples)),
        ("trig", Self::Rdf(RdfFormat::TriG)),
        ("nq", Self::Rdf(RdfFormat::NQuads)),
        ("rdf", Self::Rdf(RdfFormat::RdfXml)),
        ("jsonld", Self::Rdf(RdfFormat::JsonLd { profile: oxigraph::io::JsonLdProfileSet::empty() })),
    ];

    /// The format of a file, by its extension. Texts and Markdown may contain JSON, as answers of language models do.
    pub fn of_file(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "md" | "txt" => Some(Self::Json),
            other => Self::NAMES.iter().find(|(name, _)| *name == other).map(|(_, format)| *format),
        }
    }
}

/// What a file has in place of a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    /// What was found.
    pub message: String,
    pub label: String,
    pub help: String,
    /// The text that cannot be read.
    pub text: String,
    /// Where the text was first read, if it is from a file of rejects.
    pub from: Option<String>,
}

impl Unreadable {
    fn new(message: impl Into<String>, help: impl Into<String>, text: impl Into<String>) -> Self {
        Self { message: message.into(), label: String::new(), help: help.into(), text: text.into(), from: None }
    }
}

/// A proposal as it was read.
#[derive(Clone, Debug)]
pub(super) struct ReadProposal {
    /// The line on which it starts, counted from 1; 0 if that is unknown.
    pub line: usize,
    pub content: Result<RawObject, Unreadable>,
}

/// The proposals of a file, and notes about the file.
#[derive(Debug, Default)]
pub(super) struct ReadFile {
    pub proposals: Vec<ReadProposal>,
    pub notes: Vec<String>,
}

/// Reads the proposals in a text.
pub(super) fn read(text: &str, format: ProposalFormat, dataset: &Dataset) -> ReadFile {
    match format {
        ProposalFormat::Json => json::read(text),
        ProposalFormat::JsonLines => ReadFile { proposals: json::read_lines(text), notes: Vec::new() },
        ProposalFormat::Table(separator) => csv::read(text, separator),
        ProposalFormat::Rdf(format) => rdf::read(text, format, dataset),
    }
}
