//! The file of rejected proposals, which a person corrects and imports again.

use super::object::{RawObject, json_string};
use super::read::ProposalFormat;
use super::{BROKEN, Import, REJECT_MEMBERS, Unreadable, read};
use crate::authoring::edit::one_line;
use crate::dataset::Dataset;
use std::collections::HashSet;

/// The rejects of earlier imports.
#[derive(Clone, Copy, Debug)]
pub enum Rejects<'a> {
    /// They are not among the proposals that were imported, and stay.
    Keep(&'a str),
    /// They were imported again, so that the new rejects replace them.
    Replace,
}

impl Import {
    /// The content of the file of rejects, JSON Lines: those of earlier imports, and the proposals that were rejected and are not there yet,
    /// with the reasons.
    pub fn rejects(&self, earlier: Rejects<'_>) -> String {
        let mut text = match earlier {
            Rejects::Keep(text) => text.to_owned(),
            Rejects::Replace => String::new(),
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        let mut known: HashSet<String> = match (earlier, &self.opened.dataset) {
            (Rejects::Keep(text), Some(dataset)) => keys(text, dataset),
            (Rejects::Keep(_), None) | (Rejects::Replace, _) => HashSet::new(),
        };
        for (number, judgement) in self.judgements.iter().enumerate() {
            if !judgement.verdict.is_rejection() || !known.insert(key(&self.proposals[number])) {
                continue;
            }
            let mut object = match &self.proposals[number] {
                Ok(object) => object.clone(),
                Err(unreadable) => {
                    let mut object = RawObject::default();
                    object.push(BROKEN, json_string(&unreadable.text));
                    if let Some(from) = &unreadable.from {
                        object.push("from", json_string(from));
                    }
                    object
                }
            };
            object.remove("reasons");
            let by = self.prepared[number].as_ref().and_then(|prepared| prepared.string("proposedBy"));
            if let Some(by) = by.filter(|_| object.get("proposedBy").is_none()) {
                object.push("proposedBy", json_string(&by));
            }
            if object.get("from").is_none() {
                object.push("from", json_string(&judgement.origin.to_string()));
            }
            let reasons = serde_json::json!({ "verdict": judgement.verdict.as_str(), "findings": judgement.reasons });
            object.push("reasons", reasons.to_string());
            text.push_str(&one_line(&object.to_json()));
            text.push('\n');
        }
        text
    }
}

/// The proposals in a file of rejects.
fn keys(text: &str, dataset: &Dataset) -> HashSet<String> {
    let read = read::read(text, ProposalFormat::JsonLines, dataset);
    read.proposals.iter().map(|proposal| key(&proposal.content)).collect()
}

/// What is the same for a proposal and its line in a file of rejects.
fn key(proposal: &Result<RawObject, Unreadable>) -> String {
    match proposal {
        Ok(object) => {
            let mut object = object.clone();
            for member in REJECT_MEMBERS.iter().chain(&["proposedBy"]) {
                object.remove(member);
            }
            one_line(&object.to_json())
        }
        Err(unreadable) => unreadable.text.clone(),
    }
}
