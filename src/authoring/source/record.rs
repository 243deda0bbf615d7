//! The description of a source in the manifest, or in the file that it names.

use super::{AddSourceError, SourceDescription};
use crate::authoring::edit::{ChangedFile, ItemStyle, TextEdit, append_items, append_lines, line_end, several_lines};
use crate::dataset::{Dataset, Layout, elements, value_range};
use crate::diagnostic::{FileId, PathSegment};
use crate::model::SourceId;
use serde_json::Value;

/// The members of a source with their JSON.
type Members = Vec<(&'static str, String)>;

/// The description of a source as members of an object.
pub(super) fn members(id: &SourceId, description: &SourceDescription, text: &str, is_outside: bool) -> Members {
    let SourceDescription { id: _, title, kind, language, url, publisher, published, accessed } = description;
    let all = [
        ("id", Some(id.as_str())),
        ("title", title.as_deref()),
        ("kind", kind.as_deref()),
        ("language", language.as_deref()),
        ("publisher", publisher.as_deref()),
        ("published", published.as_deref()),
        ("accessed", accessed.as_deref()),
        ("url", url.as_deref()),
        ("text", Some(text)),
    ];
    let strings = all.into_iter().filter_map(|(name, value)| Some((name, Value::from(value?).to_string())));
    strings.chain(is_outside.then(|| ("redistributable", "false".to_owned()))).collect()
}

/// The file that lists the sources of a dataset, with one more.
pub(super) fn added(dataset: &Dataset, members: &Members) -> Result<ChangedFile, AddSourceError> {
    let manifest = read(dataset, dataset.manifest_file)?;
    let object = || manifest.find('{').zip(manifest.rfind('}')).map(|(start, end)| start..end + 1);
    let name = || dataset.files.name(dataset.manifest_file).to_owned();
    let no_list = || AddSourceError::NoList(name());
    let of_member = |name: &str| value_range(&manifest, object()?, &[PathSegment::from(name)]);
    let found = of_member("sources").ok_or_else(no_list)?;
    let line_end = line_end(&manifest);
    let edits = match manifest[found.clone()].chars().next() {
        Some('[') if elements(&manifest[found.clone()]).is_empty() => {
            append_items(&manifest, found, 1, |_, _, indent| {
                several_lines(members, ItemStyle::Expanded, indent, line_end)
            })
        }
        Some('[') => {
            append_items(&manifest, found, 1, |_, style, indent| several_lines(members, style, indent, line_end))
        }
        Some('"') => {
            let path: String = serde_json::from_str(&manifest[found]).map_err(|_| no_list())?;
            return with_line(dataset, &path, members).ok_or(AddSourceError::NoList(path));
        }
        // The manifest itself was found, since it has no such member.
        _ => {
            let base = of_member("base").ok_or_else(no_list)?;
            let item = several_lines(members, ItemStyle::Expanded, "    ", line_end);
            let list = format!(",{line_end}  \"sources\": [{line_end}    {item}{line_end}  ]");
            vec![TextEdit::insert(base.end, list)]
        }
    };
    Ok(ChangedFile::new(&name(), &manifest, &edits))
}

/// A file of sources in JSON Lines with one more line; `None` if it is not one.
fn with_line(dataset: &Dataset, path: &str, members: &Members) -> Option<ChangedFile> {
    let index = dataset.files.names().position(|name| name == path && Layout::of(name) == Layout::Lines)?;
    let text = read(dataset, FileId(u32::try_from(index).ok()?)).ok()?;
    let members: Vec<String> = members.iter().map(|(name, json)| format!("\"{name}\": {json}")).collect();
    let line = format!("{{ {} }}", members.join(", "));
    Some(ChangedFile::new(path, &text, &[append_lines(&text, [line])]))
}

fn read(dataset: &Dataset, file: FileId) -> Result<String, AddSourceError> {
    let text = dataset.files.read(file).map_err(|_| AddSourceError::NoList(dataset.files.name(file).to_owned()))?;
    Ok(text.to_string())
}
