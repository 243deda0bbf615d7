//! `factloom source add`: adds a text to a dataset.

#[cfg(feature = "html")]
mod html;
mod record;
mod text;

pub use text::{TextFormat, UnreadableText};

use super::edit::{ChangedFile, TextEdit};
use crate::check::sentences;
use crate::dataset::{Dataset, Files, OpenOutcome, Source, SourceText};
use crate::diagnostic::{Findings, Severity};
use crate::files::{DatasetRoot, PathScope, ReadError, ReadOptions};
use crate::model::{InvalidId, SourceId, TimeValue, nfc};
use oxigraph::model::Literal;
use rayon::prelude::*;
use unicode_normalization::char::is_combining_mark;

/// The directory of the texts in a dataset.
const TEXTS: &str = "sources";

/// A document that becomes a source.
#[derive(Clone, Debug)]
pub struct NewSource {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its format.
    pub format: TextFormat,
    /// The name of its file without the extension; `None` if it has no file.
    pub file_stem: Option<String>,
    /// Where its text is.
    pub location: TextLocation,
    /// What is known about it.
    pub description: SourceDescription,
}

/// Where the text of a new source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextLocation {
    /// It is copied into the dataset, as `sources/ID.txt` or `sources/ID.md`.
    Copied,
    /// It is a file of the dataset with this name, relative to the manifest.
    InDataset(String),
    /// It may not be redistributed, and stays outside the dataset. This is its file name.
    Outside(String),
}

/// The members of a source. Without a value, those of the document are used, and the other members are omitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceDescription {
    /// The id. Without it, that of the words in the name of the file, or else in the title.
    pub id: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// The kind, such as `article`.
    pub kind: Option<String>,
    /// The language tag.
    pub language: Option<String>,
    /// The web address.
    pub url: Option<String>,
    /// The publisher.
    pub publisher: Option<String>,
    /// The date of publication.
    pub published: Option<String>,
    /// The date on which the text was retrieved.
    pub accessed: Option<String>,
}

/// What adding a source changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceAddition {
    /// The id of the source.
    pub id: SourceId,
    /// Its title.
    pub title: Option<String>,
    /// The number of its sentences.
    pub sentences: usize,
    /// The number of its code points.
    pub length: usize,
    /// How the text differs from the document, each as a noun phrase.
    pub normalized: Vec<String>,
    /// The file of the text, if it is new.
    pub text: Option<ChangedFile>,
    /// The file that lists the sources.
    pub list: ChangedFile,
}

/// Why a source cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum AddSourceError {
    /// The manifest is not usable, or the description would have errors.
    #[error("the dataset would have errors")]
    Invalid {
        /// The errors.
        findings: Findings,
        /// The files to locate them in.
        files: Box<Files>,
    },
    /// The document has no usable text.
    #[error(transparent)]
    Text(#[from] UnreadableText),
    /// The dataset has a source with this id.
    #[error("the dataset has a source `{0}`")]
    IdExists(SourceId),
    /// The id is not valid.
    #[error("invalid id of a source: {0}")]
    InvalidId(InvalidId),
    /// No id can be made of the names.
    #[error("the source needs an id")]
    NoId,
    /// This source has the same text.
    #[error("the source `{0}` has the same text")]
    SameText(SourceId),
    /// This source has the same address.
    #[error("the source `{0}` has the same URL")]
    SameUrl(SourceId),
    /// The file of the text exists.
    #[error("`{0}` exists")]
    FileExists(String),
    /// A text outside the dataset would not be the same as that of the document.
    #[error("the text of a page is extracted, so it cannot stay outside the dataset")]
    Extracted,
    /// The list of sources cannot be edited.
    #[error("`{0}` cannot be edited: its sources are not a list")]
    NoList(String),
}

impl AddSourceError {
    /// The next step.
    pub fn help(&self) -> String {
        match self {
            Self::Invalid { .. } => "correct the options".to_owned(),
            Self::Text(error) => error.help(),
            Self::IdExists(_) | Self::InvalidId(_) | Self::NoId => "name another id with --id".to_owned(),
            Self::SameText(id) | Self::SameUrl(id) => format!("quote `{id}`, or remove it first"),
            Self::FileExists(_) => {
                "name another id with --id, or add the file itself if it is the text: `factloom source add FILE`"
                    .to_owned()
            }
            Self::Extracted => "save the text of the page to a file, and add that with --no-copy".to_owned(),
            Self::NoList(file) => format!("write the sources in `{file}` as a list, in [ and ]"),
        }
    }
}

/// What changes if a document becomes a source of a dataset. Nothing is written.
///
/// The dataset is read again with the changes, which are refused if it would have other errors than before. Linear in the texts of the
/// dataset, which are compared with the new one.
///
/// # Errors
///
/// Returns an error if the document has no text, or if the dataset has the source already.
///
/// ```
/// use factloom::authoring::{NewSource, SourceDescription, TextFormat, TextLocation, add_source};
/// use factloom::files::{DatasetRoot, ReadOptions};
///
/// let files = [("factloom.json", "{ \"base\": \"https://example.org/\" }"), ("vocabulary.ttl", ""), ("facts.json", "[]")];
/// let document = NewSource {
///     bytes: b"The old mill\r\n\r\nIt stood.".to_vec(),
///     format: TextFormat::Text,
///     file_stem: None,
///     location: TextLocation::Copied,
///     description: SourceDescription::default(),
/// };
/// let added = add_source(DatasetRoot::memory(files), ReadOptions::default(), document)?;
/// assert_eq!(added.id.as_str(), "the-old-mill");
/// assert_eq!(added.text.unwrap().text, "The old mill\n\nIt stood.\n");
/// assert!(added.list.text.contains(r#""text": "sources/the-old-mill.txt""#));
/// # Ok::<(), factloom::authoring::AddSourceError>(())
/// ```
pub fn add_source(root: DatasetRoot, read: ReadOptions, new: NewSource) -> Result<SourceAddition, AddSourceError> {
    let OpenOutcome { dataset, files, findings } = Dataset::open_with(root.clone(), read.clone());
    let Some(dataset) = dataset else { return Err(invalid(findings, files)) };
    let document = text::read(&new.bytes, new.format)?;
    if new.format == TextFormat::Html && new.location != TextLocation::Copied {
        return Err(AddSourceError::Extracted);
    }
    let mut description = new.description;
    description.title = description.title.or(document.title);
    let is_tag = |tag: &String| Literal::new_language_tagged_literal("", tag).is_ok();
    description.language = description.language.or(document.language.filter(is_tag));
    description.publisher = description.publisher.or(document.publisher);
    description.published = description.published.or(document.published.filter(|date| TimeValue::parse(date).is_ok()));
    let id = id(&description, new.file_stem.as_deref())?;
    if dataset.source(id.as_str()).is_some() {
        return Err(AddSourceError::IdExists(id));
    }
    if let Some(same) = source_with_text(&dataset, &document.text) {
        return Err(AddSourceError::SameText(same.id.clone()));
    }
    if let Some(same) = source_with_url(&dataset, description.url.as_deref()) {
        return Err(AddSourceError::SameUrl(same.id.clone()));
    }
    let is_outside = matches!(new.location, TextLocation::Outside(_));
    let (path, text, normalized) = match new.location {
        TextLocation::Copied => {
            let name = format!("{TEXTS}/{id}.{}", new.format.extension());
            if !matches!(root.open(&name, PathScope::Inside, u64::MAX), Err(ReadError::Missing(_))) {
                return Err(AddSourceError::FileExists(name));
            }
            let edits = [TextEdit::insert(0, document.text.clone())];
            let text = ChangedFile::new(&name, "", &edits);
            (name, Some(text), document.normalized)
        }
        TextLocation::InDataset(name) | TextLocation::Outside(name) => (name, None, Vec::new()),
    };
    let list = record::added(&dataset, &record::members(&id, &description, &path, is_outside))?;
    let changed = text.iter().chain([&list]).map(|file| (file.name.clone(), file.text.clone()));
    let again = Dataset::open_with(root.overlaid(changed), read);
    let before = findings.iter().filter(|finding| finding.code.severity() == Severity::Error).count();
    let errors = again.findings.clone().errors();
    if errors.len() > before || again.dataset.as_ref().is_none_or(|dataset| dataset.source(id.as_str()).is_none()) {
        return Err(invalid(errors, again.files));
    }
    Ok(SourceAddition {
        id,
        title: description.title,
        sentences: sentences(&document.text).len(),
        length: document.text.chars().count(),
        normalized,
        text,
        list,
    })
}

fn invalid(findings: Findings, files: Files) -> AddSourceError {
    AddSourceError::Invalid { findings, files: Box::new(files) }
}

/// The id that is given, or one of the words in the name of the file or the title.
fn id(description: &SourceDescription, file_stem: Option<&str>) -> Result<SourceId, AddSourceError> {
    if let Some(id) = &description.id {
        return SourceId::new(&nfc(id)).map_err(AddSourceError::InvalidId);
    }
    let names = [file_stem, description.title.as_deref()];
    names.into_iter().flatten().find_map(id_of_words).ok_or(AddSourceError::NoId)
}

/// The most code points of an id that is made of a title.
const MAX_ID: usize = 60;

/// The words of a name in lower case, with hyphens between them.
fn id_of_words(name: &str) -> Option<SourceId> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || is_combining_mark(c);
    let words = name.split(|c| !is_part(c)).filter(|word| !word.is_empty());
    let mut id = String::new();
    for word in words {
        let separator = if id.is_empty() { "" } else { "-" };
        if !id.is_empty() && id.chars().count() + word.chars().count() >= MAX_ID {
            break;
        }
        id.extend([separator, &word.to_lowercase()]);
    }
    SourceId::new(&nfc(&id)).ok()
}

/// The source with a text, whatever its line ends.
fn source_with_text<'a>(dataset: &'a Dataset, text: &str) -> Option<&'a Source> {
    dataset.sources.par_iter().find_first(|source| {
        !matches!(source.text, SourceText::None)
            && dataset.text(source).is_ok_and(|known| known.is_some_and(|known| known.lines().eq(text.lines())))
    })
}

fn source_with_url<'a>(dataset: &'a Dataset, url: Option<&str>) -> Option<&'a Source> {
    let url = dataset.namespaces.resolve(url?).ok()?;
    dataset.sources.iter().find(|source| source.url.as_deref() == Some(url.as_str()))
}
