//! Acknowledgements: findings that a curator has considered, with the reason why the dataset is right.

use super::json::{Record, RecordFormat};
use super::members::OneOrMany;
use crate::diagnostic::{Code, FileId, Findings, Location, PathSegment, Severity, did_you_mean};
use crate::model::{is_blank, nfc};
use serde::Deserialize;

/// An acknowledged finding of the statement or the entity that has this object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Allow"))]
#[serde(deny_unknown_fields)]
pub struct AllowFields {
    /// The code of the finding: a warning.
    pub code: Option<String>,
    /// Why the statement or the entity is right.
    pub reason: Option<String>,
}

/// An acknowledged finding of the statements, entities and sources with some ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "AllowIds"))]
#[serde(deny_unknown_fields)]
pub struct AllowIdsFields {
    /// The code of the finding: a warning.
    pub code: Option<String>,
    /// The ids of the statements, entities or sources; for a conflict, of a statement with each of its values.
    pub ids: Option<OneOrMany<String>>,
    /// Why the dataset is right.
    pub reason: Option<String>,
}

/// An acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The code of the findings.
    pub code: Code,
    /// Why the dataset is right.
    pub reason: String,
    /// What the findings are about.
    pub scope: AllowScope,
    /// The location of the acknowledgement.
    pub location: (FileId, Location),
}

/// What acknowledged findings are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowScope {
    /// The statement or the entity with this index in its file.
    Record(usize),
    /// The statements, entities and sources with these ids.
    Ids(Vec<String>),
}

/// The acknowledgements of a statement or an entity.
pub(crate) fn of_record<T: RecordFormat>(
    record: &Record<T>,
    written: &[AllowFields],
    findings: &mut Findings,
) -> Vec<Acknowledgement> {
    let read = |(index, AllowFields { code, reason }): (usize, &AllowFields)| {
        let path = ["allow".into(), index.into()];
        let (code, reason) = acknowledged(record, &path, code.as_deref(), reason.as_deref(), findings)?;
        if code == Code::Conflict {
            let path = path.iter().cloned().chain(["code".into()]);
            let finding = record.finding(Code::InvalidValue, path, "a conflict is between several statements");
            let help = "acknowledge it in the manifest, with the `ids` of its statements";
            findings.push(finding.label("cannot be acknowledged here").help(help));
            return None;
        }
        let location = (record.file, record.location(path));
        Some(Acknowledgement { code, reason, scope: AllowScope::Record(record.index), location })
    };
    written.iter().enumerate().filter_map(read).collect()
}

/// The acknowledgements of the manifest.
pub(super) fn of_manifest<T: RecordFormat>(
    record: &Record<T>,
    written: &[AllowIdsFields],
    findings: &mut Findings,
) -> Vec<Acknowledgement> {
    let read = |(index, AllowIdsFields { code, ids, reason }): (usize, &AllowIdsFields)| {
        let path = ["allow".into(), index.into()];
        let acknowledged = acknowledged(record, &path, code.as_deref(), reason.as_deref(), findings);
        let hint = " with ids of statements, entities or sources";
        let ids = record.required(&path, "ids", ids.as_ref(), hint, findings);
        let ((code, reason), OneOrMany(ids)) = acknowledged.zip(ids)?;
        if ids.is_empty() {
            let finding = record.finding(Code::InvalidValue, path.iter().cloned().chain(["ids".into()]), "no ids");
            findings.push(finding.label("expected at least one id").help("name what the finding is about"));
            return None;
        }
        let ids = ids.iter().map(|id| nfc(id).into_owned()).collect();
        let location = (record.file, record.location(path));
        Some(Acknowledgement { code, reason, scope: AllowScope::Ids(ids), location })
    };
    written.iter().enumerate().filter_map(read).collect()
}

/// The code and the reason of an acknowledgement at a path.
fn acknowledged<T: RecordFormat>(
    record: &Record<T>,
    path: &[PathSegment],
    code: Option<&str>,
    reason: Option<&str>,
    findings: &mut Findings,
) -> Option<(Code, String)> {
    let member = |name: &str| path.iter().cloned().chain([name.into()]);
    let code = record.required(path, "code", code, ", such as `\"code\": \"negated-context\"`", findings);
    let reason = record.required(path, "reason", reason, " that convinces a reader", findings);
    let is_warning = |code: &Code| code.severity() == Severity::Warning && *code != Code::UnusedAllow;
    let known = code.and_then(|code| {
        let parsed = code.parse::<Code>().ok();
        if parsed.as_ref().is_some_and(is_warning) {
            return parsed;
        }
        let (message, label, help) = match parsed {
            Some(_) => (
                format!("`{code}` cannot be acknowledged"),
                "only warnings can be acknowledged",
                "correct the fault, and remove the acknowledgement".to_owned(),
            ),
            None => {
                let warnings = Code::ALL.iter().filter(|code| is_warning(code)).map(|code| code.as_str());
                let help = did_you_mean(code, warnings, "use the code that `factloom check` shows".to_owned());
                (format!("unknown code `{code}`"), "not the code of a finding", help)
            }
        };
        findings.push(record.finding(Code::InvalidValue, member("code"), message).label(label).help(help));
        None
    });
    if reason.is_some_and(is_blank) {
        let finding = record.finding(Code::InvalidValue, member("reason"), "empty reason");
        findings.push(finding.label("expected a reason").help("write why the dataset is right"));
        return None;
    }
    Some((known?, reason?.to_owned()))
}
