//! What has changed since a golden file was made, as far as Git knows.

use crate::build;
use crate::cli::failure::say;
use crate::cli::revision::{Checkout, last_changed};
use crate::dataset::DatasetRoot;
use crate::model::Statement;
use crate::output::{OutputError, StatementText};
use crate::report::{
    ComparedGraph, Comparison, GoldenReport, Mismatch, Outcome, StatementChange, change_text, statement_changes,
};
use crate::store::{Labels, Store, StoreError};
use oxigraph::model::Term;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// So many changes are shown.
const SHOWN: usize = 10;

/// For so many commits the dataset is built as it was then.
const BUILT: usize = 5;

/// Adds to each failure the statements that have changed since its golden file was last committed, first those that speak of
/// what its rows speak of. Where Git does not know, a note says so.
pub(super) fn add(report: &mut GoldenReport, folder: &DatasetRoot, store: &Store) -> Result<(), OutputError> {
    if let DatasetRoot::Bundled(_) = folder {
        return Ok(());
    }
    let mut of_commits: BTreeMap<String, Vec<&mut Mismatch>> = BTreeMap::new();
    let mut unknown = 0;
    for test in &mut report.tests {
        if let Outcome::Differs(failing) = &mut test.outcome {
            match last_changed(Path::new(&test.file)) {
                Some(commit) => of_commits.entry(commit).or_default().push(failing),
                None => unknown += 1,
            }
        }
    }
    for (number, (commit, failures)) in of_commits.into_iter().enumerate() {
        if number >= BUILT {
            unknown += failures.len();
            continue;
        }
        let short = commit.get(..7).unwrap_or(&commit);
        let then = Checkout::of(folder, &commit).ok().and_then(|checkout| Some(build(checkout.root()).ok()?.1));
        match then {
            Some(then) => changes(&then, store, short, failures)?,
            None => {
                for failing in failures {
                    failing.changes = vec![format!(
                        "the dataset cannot be built as it was when the golden file was made (commit {short})"
                    )];
                }
            }
        }
    }
    if unknown > 0 {
        let files = match unknown {
            1 => "1 golden file was made is not known: Git does not know it as it is, or not for how long".to_owned(),
            _ => format!(
                "{unknown} golden files were made is not known: Git does not know them as they are, or not for how long, or \
                 they were made in too many commits"
            ),
        };
        say(format_args!("note: what has changed since {files}"));
    }
    Ok(())
}

fn changes(then: &Store, now: &Store, commit: &str, failures: Vec<&mut Mismatch>) -> Result<(), OutputError> {
    let changed = statement_changes(then, now)?;
    let (labels_then, labels_now) =
        (Labels::new(then, &then.metadata().language), Labels::new(now, &now.metadata().language));
    let (text_then, text_now) = (StatementText::new(then, &labels_then), StatementText::new(now, &labels_now));
    let sides = Comparison {
        before: ComparedGraph { name: commit, store: then, text: &text_then },
        after: ComparedGraph { name: "", store: now, text: &text_now },
    };
    let all: Vec<&StatementChange> = changed.curated.iter().chain(&changed.inferences).collect();
    for failing in failures {
        let mut near = Vec::new();
        let mut far = Vec::new();
        for &change in &all {
            let mut is_related = false;
            for (version, text) in [(&change.before, &text_then), (&change.after, &text_now)] {
                if let Some(statement) = version {
                    is_related |= mentions(statement, &failing.mentions, text)?;
                }
            }
            if is_related { near.push(change) } else { far.push(change) }
        }
        near.append(&mut far);
        failing.changes = match near.len() {
            0 => vec![format!("no statement has changed since the golden file was made (commit {commit})")],
            _ => vec![format!("statements changed since the golden file was made (commit {commit}):")],
        };
        for change in near.iter().take(SHOWN) {
            let mut text = Vec::new();
            change_text(change, &sides, &mut text)?;
            failing.changes.extend(String::from_utf8_lossy(&text).lines().map(|line| format!("    {line}")));
        }
        if near.len() > SHOWN {
            failing.changes.push(format!("    and {} more", near.len() - SHOWN));
        }
    }
    Ok(())
}

/// Whether a statement is about what rows speak of: things by their IRIs or labels, or the very sentence.
fn mentions(statement: &Statement, about: &BTreeSet<String>, text: &StatementText<'_>) -> Result<bool, StoreError> {
    if about.contains(&text.sentence(&statement.triple)?) {
        return Ok(true);
    }
    for term in [statement.triple.subject.clone().into(), statement.triple.object.clone()] {
        let iri = if let Term::NamedNode(iri) = &term { about.contains(iri.as_str()) } else { false };
        if iri || about.contains(&text.labels().term(&term)?) {
            return Ok(true);
        }
    }
    Ok(false)
}
