//! Sources: the texts that facts are taken from, and their metadata.

use super::iri::iri_help;
use super::json::{Record, RecordFormat};
use crate::diagnostic::{Code, FileId, Finding, Findings, Fix, Location, PathSegment, did_you_mean};
use crate::escape::url;
use crate::model::{InvalidId, InvalidIri, InvalidTime, Namespaces, SourceId, SourceKind, TimeValue, time_correction};
use oxigraph::model::Literal;
use serde::Deserialize;

/// A source.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Source"))]
#[serde(deny_unknown_fields)]
pub struct SourceFields {
    /// The id.
    pub id: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// The kind: `article`, `document` (the default), `dataset` or `background`.
    #[cfg_attr(test, schemars(with = "Option<super::schema::SourceKindName>"))]
    pub kind: Option<String>,
    /// The language tag of the text.
    pub language: Option<String>,
    /// The path of the text, relative to the manifest.
    pub text: Option<String>,
    /// The text itself.
    pub content: Option<String>,
    /// Whether the text may be redistributed (default: whether the dataset contains the text).
    pub redistributable: Option<bool>,
    /// The URL: an IRI or a prefixed name.
    pub url: Option<String>,
    /// The publisher.
    pub publisher: Option<String>,
    /// The date of publication: a year, a month or a day.
    pub published: Option<String>,
    /// The date on which the text was retrieved: a year, a month or a day.
    pub accessed: Option<String>,
}

impl RecordFormat for SourceFields {
    const NAME: &'static str = "source";
    // The text of a PDF may contain form feeds. It never reaches the graph.
    const FREE_TEXT: &'static [&'static str] = &["content"];
}

/// The text of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceText {
    /// Not available.
    None,
    /// In a file, relative to the manifest.
    File(String),
    /// In the description of the source.
    Inline(String),
}

/// A source.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// Its title.
    pub title: Option<String>,
    /// Its kind.
    pub kind: SourceKind,
    /// The language of its text.
    pub language: Option<String>,
    /// Its text.
    pub text: SourceText,
    /// Whether its text may be redistributed; `None` if its description does not say.
    pub redistributable: Option<bool>,
    /// Its URL.
    pub url: Option<String>,
    /// Its publisher.
    pub publisher: Option<String>,
    /// Its date of publication.
    pub published: Option<TimeValue>,
    /// The date on which the text was retrieved.
    pub accessed: Option<TimeValue>,
    /// The location of its description.
    pub location: (FileId, Location),
}

/// Reads a source; `None` if it has no valid id. `prefix` is the path from the record to the source.
pub(super) fn source(
    record: &Record<SourceFields>,
    prefix: &[PathSegment],
    namespaces: &Namespaces,
    findings: &mut Findings,
) -> Option<Source> {
    let path = |member: &str| prefix.iter().cloned().chain([member.into()]);
    let fields = &record.value;
    let id = record.required(prefix, "id", fields.id.as_deref(), ", such as `\"id\": \"my-source\"`", findings)?;
    let id = valid_id(record, path("id"), SourceId::new(id), findings)?;
    let kind = fields.kind.as_deref().unwrap_or_default();
    let kind = kind.parse().unwrap_or_else(|_| {
        if fields.kind.is_some() {
            let finding = record.finding(Code::InvalidValue, path("kind"), format!("unknown source kind `{kind}`"));
            let fallback = format!("use one of {}", SourceKind::NAMES.join(", "));
            let help = did_you_mean(kind, SourceKind::NAMES.iter().copied(), fallback);
            findings.push(finding.label("not a kind of source").help(help));
        }
        SourceKind::default()
    });
    let mut time = |member: &str, written: &Option<String>| {
        let report = |error: InvalidTime| {
            let finding = record.finding(Code::InvalidLiteral, path(member), error.to_string());
            let label = "expected a date such as 1973, 1973-05 or 1973-05-01";
            let help = time_correction(written.as_deref().unwrap_or_default());
            findings.push(finding.label(label).help(help.unwrap_or_else(|| "correct the date".to_owned())));
        };
        TimeValue::parse(written.as_deref()?).map_err(report).ok()
    };
    let (published, accessed) = (time("published", &fields.published), time("accessed", &fields.accessed));
    let url = fields.url.as_deref().and_then(|written| match namespaces.resolve(written) {
        Ok(url) => {
            check_link(record, path("url"), url.as_str(), findings);
            Some(url.into_string())
        }
        Err(error) => {
            let message = match &error {
                InvalidIri::Syntax(_) => format!("invalid URL `{written}`"),
                InvalidIri::UnknownPrefix { .. } => error.to_string(),
            };
            let finding = record.finding(Code::InvalidLiteral, path("url"), message);
            let label = "expected an absolute URL such as https://example.org/article";
            findings.push(finding.label(label).help(iri_help(&error, namespaces).replace("the IRI", "the URL")));
            None
        }
    });
    if let Some(language) = &fields.language {
        check_language_tag(record, path("language"), false, language, findings);
    }
    let text = match (&fields.content, &fields.text) {
        (Some(_), Some(_)) => {
            let message = "conflicting fields `text` and `content`";
            let finding = record.finding(Code::DuplicateField, path("text"), message);
            findings.push(finding.label("the source also has `content`").help("remove one of the two"));
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
        redistributable: fields.redistributable,
        url,
        publisher: fields.publisher.clone(),
        published,
        accessed,
        location: (record.file, record.location(prefix.iter().cloned())),
    })
}

/// Reports an address that is not shown as a link. See [`url::link`].
pub(super) fn check_link<T>(
    record: &Record<T>,
    path: impl IntoIterator<Item = PathSegment>,
    address: &str,
    findings: &mut Findings,
) {
    if url::link(address).is_none() {
        let scheme = address.split_once(':').map_or(address, |(scheme, _)| scheme);
        let example = url::LINK_EXAMPLES.iter().find(|(known, _)| scheme.eq_ignore_ascii_case(known));
        let (message, help) = match example {
            Some((_, example)) => (format!("incomplete address `{address}`"), format!("write it as in `{example}`")),
            None => {
                let help = format!("use an address that begins with {}", url::LINK_SCHEMES);
                (format!("unsupported scheme `{scheme}:` of a link"), help)
            }
        };
        let finding = record.finding(Code::UnsupportedLink, path, message);
        findings.push(finding.label("shown as text, not as a link").help(help));
    }
}

/// An id, or `None` and a finding if it is invalid.
pub(crate) fn valid_id<T, I>(
    record: &Record<T>,
    path: impl IntoIterator<Item = PathSegment>,
    id: Result<I, InvalidId>,
    findings: &mut Findings,
) -> Option<I> {
    let report = |error: InvalidId| {
        let fix = match &error {
            InvalidId::NotNormalized(normalized) => Some(Fix::Text { from: None, to: normalized.clone() }),
            _ => None,
        };
        let help = match error {
            InvalidId::Reserved => "choose an id other than `i-` and 16 hexadecimal digits".to_owned(),
            InvalidId::NotNormalized(ref normalized) => format!("write `{normalized}`"),
            _ => "use only letters, digits, `-` and `_`, such as `old-mill`".to_owned(),
        };
        let finding = record.finding(Code::InvalidId, path, error.to_string());
        findings.push(finding.label("not a valid id").help(help).fix(fix));
    };
    id.map_err(report).ok()
}

/// Reports an invalid or non-canonical language tag. `key` tells whether the tag is a member's name.
pub(super) fn check_language_tag<T>(
    record: &Record<T>,
    path: impl IntoIterator<Item = PathSegment>,
    key: bool,
    tag: &str,
    findings: &mut Findings,
) {
    let location = Location::Value { record: record.index, path: path.into_iter().collect(), key };
    let literal = Literal::new_language_tagged_literal("", tag).ok();
    match literal.as_ref().and_then(|literal| literal.language()) {
        Some(canonical) if canonical == tag => {}
        Some(canonical) => {
            let message = format!("non-canonical language tag `{tag}`");
            let finding = Finding::new(Code::NonCanonicalLiteral, record.file, location, message);
            let fix = Fix::Text { from: Some(tag.to_owned()), to: canonical.to_owned() };
            let finding = finding.label(format!("stored as `{canonical}`")).help(format!("write `{canonical}`"));
            findings.push(finding.fix(fix));
        }
        None => {
            let message = format!("invalid language tag `{tag}`");
            let finding = Finding::new(Code::InvalidLiteral, record.file, location, message);
            let label = "expected a tag such as en, ur or zh-Hant";
            findings.push(finding.label(label).help("use a language tag of BCP 47"));
        }
    }
}
