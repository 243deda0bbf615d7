//! The statuses that the manifest declares, in addition to the built-in ones.

use super::Reader;
use super::json::Record;
use super::labels::other_labels;
use super::manifest::Manifest;
use super::members::Members;
use super::source::valid_id;
use crate::diagnostic::{Code, FileId, Finding, Findings, Location, PathSegment, did_you_mean, one_of, suggest};
use crate::model::{BuiltInStatus, ClaimLine, ClaimStatus, StatusId, is_blank};
use serde::Deserialize;
use std::collections::HashMap;

/// The most statuses that a manifest may declare: each is a line of a legend, and a choice for the curator of each claim.
const MAX_STATUSES: usize = 32;

/// A status of claims, in addition to the built-in ones.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Status"))]
#[serde(deny_unknown_fields)]
pub struct StatusFields {
    /// The id, by which claims refer to the status.
    pub id: Option<String>,
    /// The label in the dataset's language. It follows the word “claim”, such as “claim, rumoured”.
    pub label: Option<String>,
    /// Labels in other languages, by language tag.
    #[serde(default)]
    pub labels: Members<String>,
    /// The line of the claims in diagrams: `dotted` (the default), `dashed`, `bold-dotted` or `bold-dashed`.
    #[cfg_attr(test, schemars(with = "Option<super::schema::ClaimLineName>"))]
    pub line: Option<String>,
}

/// A status that the manifest declares.
#[derive(Clone, Debug)]
pub struct Status {
    /// Its id.
    pub id: StatusId,
    /// Its label in the dataset's language.
    pub label: String,
    /// Its labels in other languages: tags and labels, sorted by tag.
    pub labels: Vec<(String, String)>,
    /// The line of its claims in diagrams.
    pub line: ClaimLine,
    /// The location of its declaration.
    pub location: (FileId, Location),
}

impl Reader {
    /// Reads the statuses of the manifest.
    pub(super) fn statuses(&mut self, manifest: &Record<Manifest>, language: &str) -> Statuses {
        let mut declared = statuses(manifest, language, &mut self.findings);
        let index = self.index(&mut declared, |status| (&status.id, &status.location), "status");
        Statuses { declared, index }
    }
}

/// Reads the statuses of the manifest. Those without a valid id are omitted.
fn statuses(manifest: &Record<Manifest>, language: &str, findings: &mut Findings) -> Vec<Status> {
    let declared = &manifest.value.statuses;
    if declared.len() > MAX_STATUSES {
        let message = format!("the manifest declares {} statuses", declared.len());
        let finding = manifest.finding(Code::InvalidValue, ["statuses".into()], message);
        let label = format!("expected at most {MAX_STATUSES}");
        findings.push(finding.label(label).help("combine statuses that readers need not tell apart"));
    }
    let status = |(index, fields)| status(manifest, index, fields, language, findings);
    declared.iter().enumerate().filter_map(status).collect()
}

fn status(
    manifest: &Record<Manifest>,
    index: usize,
    fields: &StatusFields,
    language: &str,
    findings: &mut Findings,
) -> Option<Status> {
    let item = [PathSegment::from("statuses"), index.into()];
    let path = |member: &str| item.iter().cloned().chain([member.into()]);
    let id = manifest.required(&item, "id", fields.id.as_deref(), ", such as `\"id\": \"rumoured\"`", findings);
    let id = id.and_then(|id| valid_id(manifest, path("id"), StatusId::new(id), findings));
    let id = id.filter(|id| {
        let is_built_in = id.as_str().parse::<BuiltInStatus>().is_ok();
        if is_built_in {
            let finding = manifest.finding(Code::DuplicateId, path("id"), format!("duplicate status id `{id}`"));
            let finding = finding.label("a built-in status");
            findings.push(finding.help("remove the declaration, or choose another id"));
        }
        !is_built_in
    });
    let label =
        manifest.required(&item, "label", fields.label.as_deref(), ", such as `\"label\": \"rumoured\"`", findings);
    let all = fields.labels.0.iter().map(|(tag, label)| (vec!["labels", tag], label.as_str()));
    for (member, text) in label.map(|label| (vec!["label"], label)).into_iter().chain(all) {
        if is_blank(text) {
            let path = item.iter().cloned().chain(member.into_iter().map(PathSegment::from));
            let finding = manifest.finding(Code::InvalidValue, path, "empty label");
            findings.push(finding.label("expected the words that follow “claim,”").help("write the label"));
        }
    }
    let labels = other_labels(manifest, &item, language, label, &fields.labels.0, findings);
    let line = fields.line.as_deref().map_or(Ok(ClaimLine::default()), str::parse);
    let line = line.unwrap_or_else(|_| {
        let written = fields.line.as_deref().unwrap_or_default();
        let finding = manifest.finding(Code::InvalidValue, path("line"), format!("invalid line `{written}`"));
        let help = match written {
            "solid" | "bold" => "choose another line: only facts have solid ones".to_owned(),
            _ => did_you_mean(written, ClaimLine::NAMES.iter().copied(), "choose one of these lines"),
        };
        findings.push(finding.label(format!("expected {}", one_of(ClaimLine::NAMES))).help(help));
        ClaimLine::default()
    });
    Some(Status {
        id: id?,
        label: label.unwrap_or_default().to_owned(),
        labels,
        line,
        location: (manifest.file, manifest.location(item)),
    })
}

/// The statuses of a dataset's claims: the built-in ones, and those that the manifest declares.
#[derive(Clone, Debug, Default)]
pub struct Statuses {
    declared: Vec<Status>,
    index: HashMap<StatusId, usize>,
}

impl Statuses {
    /// Those that the manifest declares, in its order.
    pub fn declared(&self) -> &[Status] {
        &self.declared
    }

    /// The status with the name of a built-in one, or with the id of a declared one.
    pub fn find(&self, name: &str) -> Option<ClaimStatus> {
        name.parse().ok().filter(|status| match status {
            ClaimStatus::BuiltIn(_) => true,
            ClaimStatus::Declared(id) => self.index.contains_key(id),
        })
    }

    /// The names of the built-in statuses, then the ids of the declared ones, for messages.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        let declared = self.declared.iter().take(MAX_STATUSES).map(|status| status.id.as_str());
        BuiltInStatus::NAMES.iter().copied().chain(declared)
    }

    /// The finding for an unknown status at a location.
    pub(crate) fn unknown(&self, name: &str, file: FileId, location: Location) -> Finding {
        let finding = Finding::new(Code::UnknownStatus, file, location, format!("unknown claim status `{name}`"));
        let names: Vec<&str> = self.names().collect();
        let suggestion = suggest(name, self.names(), "declare the status in `statuses` of the manifest");
        finding.label(format!("expected {}", one_of(&names))).suggestion(suggestion)
    }
}
