//! Sources: the texts that facts are taken from, and what is known about them.

use super::json::{Record, RecordFormat};
use crate::diagnostic::{Code, Finding, Location, closest};
use crate::model::{SourceId, TimeValue, literal::canonical, vocab::xsd};
use serde::Deserialize;

/// A source as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SourceFields {
    /// Its id.
    pub id: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// What it is: `article`, `document` (the default), `dataset` or `background`.
    #[cfg_attr(test, schemars(with = "Option<super::schema::SourceKindName>"))]
    pub kind: Option<String>,
    /// The language of its text, as a language tag.
    pub language: Option<String>,
    /// The path of its text, relative to the manifest.
    pub text: Option<String>,
    /// Its text itself.
    pub content: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// Who published it.
    pub publisher: Option<String>,
    /// When it was published: a year, a month or a day.
    pub published: Option<String>,
    /// When the text was taken: a year, a month or a day.
    pub accessed: Option<String>,
}

impl RecordFormat for SourceFields {
    const NAME: &'static str = "source";
    // A text may hold what comes out of a PDF, form feeds included; it never reaches the graph.
    const FREE_TEXT: &'static [&'static str] = &["content"];
}

/// What a source is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// A piece of journalism or scholarship.
    Article,
    /// Any other text.
    #[default]
    Document,
    /// A collection of data.
    Dataset,
    /// What the curator knows; its evidence needs a note and no quote.
    Background,
}

impl SourceKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Article, Self::Document, Self::Dataset, Self::Background];

    /// The kind as it stands in the files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Document => "document",
            Self::Dataset => "dataset",
            Self::Background => "background",
        }
    }
}

/// Where a source's text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceText {
    /// Nowhere: the source is known by its address only.
    None,
    /// In a file, relative to the manifest.
    File(String),
    /// In the dataset itself.
    Inline(String),
}

/// A source.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// Its title.
    pub title: Option<String>,
    /// What it is.
    pub kind: SourceKind,
    /// The language of its text.
    pub language: Option<String>,
    /// Where its text is.
    pub text: SourceText,
    /// Its address.
    pub url: Option<String>,
    /// Who published it.
    pub publisher: Option<String>,
    /// When it was published.
    pub published: Option<TimeValue>,
    /// When the text was taken.
    pub accessed: Option<TimeValue>,
    /// Where it is described: the file and the value in it.
    pub location: (crate::diagnostic::FileId, crate::diagnostic::Location),
}

/// Makes a source of what was read; `None` where it has no usable id.
///
/// `prefix` is the way from the record to the source, where the record is a manifest.
pub(super) fn source(
    record: &Record<SourceFields>,
    prefix: &[crate::diagnostic::PathSegment],
    findings: &mut Vec<Finding>,
) -> Option<Source> {
    let at = |field: &str| prefix.iter().cloned().chain([field.into()]);
    let fields = &record.value;
    let Some(id) = &fields.id else {
        let finding = record.finding(Code::MissingField, prefix.iter().cloned(), "the source has no id");
        findings.push(finding.label("an `id`").help("give it a short name to cite it by"));
        return None;
    };
    let id = match SourceId::new(id) {
        Ok(id) => id,
        Err(e) => {
            let finding = record.finding(Code::InvalidId, at("id"), e.to_string());
            findings.push(finding.label("letters, digits, `-` and `_`").help("choose another id"));
            return None;
        }
    };
    let kind = match fields.kind.as_deref() {
        None => SourceKind::default(),
        Some(written) => match SourceKind::ALL.into_iter().find(|k| k.as_str() == written) {
            Some(kind) => kind,
            None => {
                let known = SourceKind::ALL.map(SourceKind::as_str);
                let finding =
                    record.finding(Code::InvalidValue, at("kind"), format!("`{written}` is no kind of source"));
                let near = closest(written, known).map(|k| format!("did you mean `{k}`?"));
                findings.push(finding.label(known.join(", ")).help(near.unwrap_or_default()));
                SourceKind::default()
            }
        },
    };
    let mut time = |field: &str, written: &Option<String>| match TimeValue::parse(written.as_deref()?) {
        Ok(time) => Some(time),
        Err(e) => {
            let finding = record.finding(Code::InvalidLiteral, at(field), e.to_string());
            findings.push(finding.label("a year, a month or a day").help("write it as 2025-07-11"));
            None
        }
    };
    let (published, accessed) = (time("published", &fields.published), time("accessed", &fields.accessed));
    if let Some(url) = &fields.url {
        let address = canonical(url, xsd::ANY_URI).and_then(|_| oxigraph::model::NamedNode::new(url).ok());
        if address.is_none() {
            let finding = record.finding(Code::InvalidLiteral, at("url"), format!("`{url}` is no address"));
            findings.push(finding.label("an absolute IRI").help("write it with its scheme, as https://…"));
        }
    }
    if let Some(language) = &fields.language {
        language_tag(record, at("language"), language, findings);
    }
    let text = match (&fields.content, &fields.text) {
        (Some(_), Some(_)) => {
            let finding = record.finding(Code::DuplicateField, at("text"), "the source has both `text` and `content`");
            findings.push(finding.label("one of the two").help("keep `content`, or the file that `text` names"));
            SourceText::None
        }
        (Some(content), None) => SourceText::Inline(content.clone()),
        (None, Some(path)) => SourceText::File(path.clone()),
        (None, None) => SourceText::None,
    };
    Some(Source {
        id,
        title: fields.title.clone(),
        kind,
        language: fields.language.clone(),
        text,
        url: fields.url.clone(),
        publisher: fields.publisher.clone(),
        published,
        accessed,
        location: (record.file, record.at(prefix.iter().cloned())),
    })
}

/// Reports a language tag that BCP 47 does not allow.
pub(super) fn language_tag<T>(
    record: &Record<T>,
    path: impl IntoIterator<Item = crate::diagnostic::PathSegment>,
    tag: &str,
    findings: &mut Vec<Finding>,
) -> bool {
    let kept = oxigraph::model::Literal::new_language_tagged_literal("", tag).ok();
    let path: Vec<crate::diagnostic::PathSegment> = path.into_iter().collect();
    if let Some(kept) = kept.as_ref().and_then(|literal| literal.language()).filter(|kept| *kept != tag) {
        // In a map of labels the tag is the name of a member.
        let key = matches!(path.first(), Some(crate::diagnostic::PathSegment::Key(first)) if first == "labels");
        let at = Location::Value { record: record.index, path: path.clone(), key };
        let finding = Finding::new(Code::NonCanonicalLiteral, record.file, at, format!("`{tag}` is kept as `{kept}`"));
        findings.push(finding.label("the form in which it is kept").help("write the tag in lower case"));
    }
    let valid = kept.is_some();
    if !valid {
        let finding = record.finding(Code::InvalidLiteral, path, format!("`{tag}` is no language tag"));
        findings.push(finding.label("a tag such as en, ur or zh-Hant").help("see BCP 47"));
    }
    valid
}
