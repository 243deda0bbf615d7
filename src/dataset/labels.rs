//! Labels in several languages.

use super::json::Record;
use super::source::check_language_tag;
use crate::diagnostic::{Code, Finding, Findings, Location, PathSegment};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The `labels` in other languages of the object at a path, which may have a `label` in the dataset's language.
///
/// Reports invalid tags, and those of a language that already has a label; the second label is omitted.
pub(super) fn other_labels<T>(
    record: &Record<T>,
    object: &[PathSegment],
    language: &str,
    label: Option<&str>,
    labels: &[(String, String)],
    findings: &mut Findings,
) -> Vec<(String, String)> {
    let location = |members: &[&str], key| {
        let path = object.iter().cloned().chain(members.iter().map(|member| (*member).into())).collect();
        Location::Value { record: record.index, path, key }
    };
    let mut valid: Vec<(String, String)> = Vec::new();
    let mut known = HashMap::new();
    if label.is_some() {
        known.insert(language.to_ascii_lowercase(), location(&["label"], false));
    }
    for (tag, label) in labels {
        let members = ["labels", tag.as_str()];
        match known.entry(tag.to_ascii_lowercase()) {
            Entry::Occupied(first) => {
                let message = format!("two labels in the language `{}`", first.key());
                let finding = Finding::new(Code::DuplicateLabel, record.file, location(&members, true), message);
                let finding = finding.label("this language already has a label");
                let finding = finding.help("remove one of the two");
                findings.push(finding.related("the other label", record.file, first.get().clone()));
            }
            Entry::Vacant(new) => {
                let path = object.iter().cloned().chain(members.map(PathSegment::from));
                check_language_tag(record, path, true, tag, findings);
                new.insert(location(&members, true));
                valid.push((tag.clone(), label.clone()));
            }
        }
    }
    valid
}
