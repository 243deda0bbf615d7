//! From a proposal as written to a record in the form of `facts.jsonl`, with ids in place of other names.

use super::names::{Names, Resolution};
use super::object::{RawObject, json_string, parse_list, parse_string};
use super::{ImportOptions, REJECT_MEMBERS};
use crate::authoring::edit::one_line;
use crate::dataset::{Dataset, PropertyKind};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The members of a fact, in the order in which they are written.
const MEMBERS: [&str; 9] =
    ["id", "subject", "predicate", "object", "qualifiers", "claim", "proposedBy", "allow", "evidence"];
const CLAIM_MEMBERS: [&str; 2] = ["status", "by"];
const EVIDENCE_MEMBERS: [&str; 7] = ["source", "quote", "note", "stance", "nth", "prefix", "suffix"];

/// How often each unknown member occurs, by its path, such as `evidence.page`.
pub(super) type UnknownMembers = BTreeMap<String, usize>;

/// A proposal in the form of a fact.
#[derive(Clone, Debug, Default)]
pub(super) struct Prepared {
    /// The members except `evidence`, each with its JSON on one line. A repeated member is there twice.
    pub members: Vec<(&'static str, String)>,
    /// The pieces of evidence.
    pub evidence: Vec<String>,
    /// The value of `evidence`, if it is not a list of objects.
    pub invalid_evidence: Option<String>,
    /// What was replaced, and why.
    pub notes: Vec<String>,
    /// Names that are unknown, with sentences about similar ones.
    pub candidates: Vec<(String, String)>,
}

impl Prepared {
    /// The members in the order in which they are written.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let evidence = match &self.invalid_evidence {
            Some(json) => Some(json.clone()),
            None if self.evidence.is_empty() => None,
            None => Some(format!("[{}]", self.evidence.join(", "))),
        };
        let mut fields = self.members.clone();
        fields.extend(evidence.map(|json| ("evidence", json)));
        fields.sort_by_key(|(name, _)| MEMBERS.iter().position(|member| member == name));
        fields
    }

    /// The record as a line of `facts.jsonl`.
    pub(super) fn line(&self) -> String {
        let member = |(name, json): &(&str, String)| format!("\"{name}\": {json}");
        format!("{{ {} }}", self.fields().iter().map(member).collect::<Vec<_>>().join(", "))
    }

    /// The string in a member.
    pub(super) fn string(&self, name: &str) -> Option<String> {
        parse_string(&self.members.iter().find(|(member, _)| *member == name)?.1)
    }

    pub(super) fn set(&mut self, name: &'static str, json: String) {
        self.members.retain(|(member, _)| *member != name);
        self.members.push((name, json));
    }
}

/// What proposals are prepared with.
pub(super) struct Preparation<'a> {
    pub dataset: &'a Dataset,
    pub names: Names<'a>,
    pub options: &'a ImportOptions,
}

impl Preparation<'_> {
    /// Prepares a proposal. `file` is the name of the file that it is from.
    pub(super) fn prepare(&self, proposal: &RawObject, file: &str, unknown: &mut UnknownMembers) -> Prepared {
        let mut prepared = Prepared::default();
        let predicate = proposal.string("predicate").map(|name| self.predicate(&name, &mut prepared));
        for (name, value) in &proposal.0 {
            let Some(member) = MEMBERS.iter().find(|member| **member == name) else {
                if !REJECT_MEMBERS.contains(&name.as_str()) {
                    *unknown.entry(name.clone()).or_default() += 1;
                }
                continue;
            };
            let json = match *member {
                "subject" => self.entity_json(value.get(), &mut prepared),
                "predicate" => predicate.clone().map_or_else(|| one_line(value.get()), |name| json_string(&name)),
                "object" => self.value_json(value.get(), predicate.as_deref(), &mut prepared),
                "qualifiers" => self.qualifiers_json(value.get(), &mut prepared),
                "claim" => self.claim_json(value.get(), &mut prepared, unknown),
                "allow" if !self.options.accept_allow => {
                    let note = "`allow` was set aside: a proposal cannot acknowledge findings about itself";
                    prepared.notes.push(note.to_owned());
                    continue;
                }
                "evidence" => {
                    self.evidence(value.get(), &mut prepared, unknown);
                    continue;
                }
                _ => one_line(value.get()),
            };
            prepared.members.push((*member, json));
        }
        let own = prepared.string("proposedBy");
        if let Some(name) = self.options.proposed_by.as_deref() {
            prepared.set("proposedBy", json_string(name));
        } else if own.is_none() && !prepared.members.iter().any(|(name, _)| *name == "proposedBy") {
            prepared.set("proposedBy", json_string(file));
        }
        prepared
    }

    /// Replaces a name by what it stands for, and notes what is known about it.
    fn resolved(name: &str, resolution: Resolution, prepared: &mut Prepared) -> String {
        match resolution {
            Resolution::Id => name.to_owned(),
            Resolution::Resolved(id, sentence) => {
                prepared.notes.push(sentence);
                id
            }
            Resolution::Unknown(sentence) => {
                prepared.candidates.extend(sentence.map(|sentence| (name.to_owned(), sentence)));
                name.to_owned()
            }
        }
    }

    fn predicate(&self, name: &str, prepared: &mut Prepared) -> String {
        Self::resolved(name, self.names.predicate(name), prepared)
    }

    fn entity_json(&self, json: &str, prepared: &mut Prepared) -> String {
        match parse_string(json) {
            Some(name) => json_string(&Self::resolved(&name, self.names.entity(&name), prepared)),
            None => one_line(json),
        }
    }

    /// The value of a predicate.
    fn value_json(&self, json: &str, predicate: Option<&str>, prepared: &mut Prepared) -> String {
        let Self { dataset, .. } = self;
        let predicate = predicate.and_then(|name| dataset.vocabulary.find_predicate(name, &dataset.namespaces));
        match predicate.is_some_and(|predicate| predicate.kind == PropertyKind::Object) {
            true => self.entity_json(json, prepared),
            false => one_line(json),
        }
    }

    fn qualifiers_json(&self, json: &str, prepared: &mut Prepared) -> String {
        let Some(qualifiers) = RawObject::parse(json) else { return one_line(json) };
        let mut written = Vec::with_capacity(qualifiers.0.len());
        for (name, value) in &qualifiers.0 {
            let name = self.predicate(name, prepared);
            let value = match parse_list(value.get()) {
                Some(values) => {
                    let value = |value: &&RawValue| self.value_json(value.get(), Some(&name), prepared);
                    format!("[{}]", values.iter().map(value).collect::<Vec<_>>().join(", "))
                }
                None => self.value_json(value.get(), Some(&name), prepared),
            };
            written.push(format!("{}: {value}", json_string(&name)));
        }
        object(&written)
    }

    fn claim_json(&self, json: &str, prepared: &mut Prepared, unknown: &mut UnknownMembers) -> String {
        let Some(claim) = RawObject::parse(json) else { return one_line(json) };
        let mut written = Vec::with_capacity(2);
        for (name, value) in &claim.0 {
            match name.as_str() {
                "by" => written.push(format!("\"by\": {}", self.entity_json(value.get(), prepared))),
                _ if CLAIM_MEMBERS.contains(&name.as_str()) => {
                    written.push(format!("\"{name}\": {}", one_line(value.get())));
                }
                _ => *unknown.entry(format!("claim.{name}")).or_default() += 1,
            }
        }
        object(&written)
    }

    fn evidence(&self, json: &str, prepared: &mut Prepared, unknown: &mut UnknownMembers) {
        let pieces = parse_list(json);
        let pieces = pieces.and_then(|pieces| pieces.iter().map(|piece| RawObject::parse(piece.get())).collect());
        let Some(pieces): Option<Vec<RawObject>> = pieces else {
            prepared.invalid_evidence = Some(one_line(json));
            return;
        };
        for piece in pieces {
            let mut written = Vec::with_capacity(piece.0.len());
            for (name, value) in &piece.0 {
                let value = match (name.as_str(), parse_string(value.get())) {
                    ("source", Some(source)) => {
                        json_string(&Self::resolved(&source, self.names.source(&source), prepared))
                    }
                    _ if EVIDENCE_MEMBERS.contains(&name.as_str()) => one_line(value.get()),
                    _ => {
                        *unknown.entry(format!("evidence.{name}")).or_default() += 1;
                        continue;
                    }
                };
                written.push(format!("\"{name}\": {value}"));
            }
            prepared.evidence.push(object(&written));
        }
    }
}

/// An object of members.
fn object(members: &[String]) -> String {
    match members {
        [] => "{}".to_owned(),
        members => format!("{{ {} }}", members.join(", ")),
    }
}
