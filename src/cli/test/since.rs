//! The statements that have changed since a golden file was last committed.

use crate::build;
use crate::dataset::DatasetRoot;
use crate::files::Repository;
use crate::model::Statement;
use crate::output::{OutputError, StatementText};
use crate::report::{
    ComparedGraph, Comparison, GoldenReport, Mismatch, Outcome, StatementChange, change_text, statement_changes,
};
use crate::store::{Labels, Store, StoreError};
use oxigraph::model::Term;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The number of changes that are shown.
const MAX_SHOWN: usize = 10;

/// The number of commits for which the dataset is built.
const MAX_BUILDS: usize = 5;

/// Adds to each failure the statements that have changed since its golden file was last committed. Those that mention something
/// in the differing rows come first. If git does not know the commit, adds nothing.
pub(super) fn add(report: &mut GoldenReport, root: &DatasetRoot, store: &Store) -> Result<(), OutputError> {
    let Some(repository) = root.directory().and_then(|directory| Repository::containing(directory).ok()) else {
        return Ok(());
    };
    let mut by_commit: BTreeMap<String, Vec<&mut Mismatch>> = BTreeMap::new();
    for test in &mut report.tests {
        if let Outcome::Differs(mismatch) = &mut test.outcome
            && let Some(commit) = repository.last_changed(Path::new(&test.file))
        {
            by_commit.entry(commit).or_default().push(mismatch);
        }
    }
    for (commit, failures) in by_commit.into_iter().take(MAX_BUILDS) {
        let short = commit.get(..7).unwrap_or(&commit);
        let then = repository.at_commit(&commit, short).ok().and_then(|root| Some(build(root).ok()?.1));
        match then {
            Some(then) => add_changes(&then, store, short, failures)?,
            None => {
                for mismatch in failures {
                    mismatch.changes =
                        vec![format!("the dataset at the commit of the golden file ({short}) cannot be built")];
                }
            }
        }
    }
    Ok(())
}

fn add_changes(then: &Store, now: &Store, commit: &str, failures: Vec<&mut Mismatch>) -> Result<(), OutputError> {
    let changed = statement_changes(then, now)?;
    let (labels_then, labels_now) =
        (Labels::new(then, &then.metadata().language), Labels::new(now, &now.metadata().language));
    let (text_then, text_now) = (StatementText::new(then, &labels_then), StatementText::new(now, &labels_now));
    let sides = Comparison {
        before: ComparedGraph { name: commit, text: &text_then },
        after: ComparedGraph { name: "", text: &text_now },
    };
    let all: Vec<&StatementChange> = changed.curated.iter().chain(&changed.inferences).collect();
    for mismatch in failures {
        let (mut related, mut unrelated) = (Vec::new(), Vec::new());
        for &change in &all {
            let mut is_related = false;
            for (version, text) in [(&change.before, &text_then), (&change.after, &text_now)] {
                if let Some(statement) = version {
                    is_related |= mentions(statement, &mismatch.mentions, text)?;
                }
            }
            if is_related { related.push(change) } else { unrelated.push(change) }
        }
        related.append(&mut unrelated);
        mismatch.changes = match related.len() {
            0 => vec![format!("no statement has changed since the golden file was committed ({commit})")],
            _ => vec![format!("statements changed since the golden file was committed ({commit}):")],
        };
        for change in related.iter().take(MAX_SHOWN) {
            let mut text = Vec::new();
            change_text(change, &sides, &mut text)?;
            mismatch.changes.extend(String::from_utf8_lossy(&text).lines().map(|line| format!("    {line}")));
        }
        if related.len() > MAX_SHOWN {
            mismatch.changes.push(format!("    and {} more", related.len() - MAX_SHOWN));
        }
    }
    Ok(())
}

/// Whether a statement has a resource among the given IRIs and labels, or is the given sentence.
fn mentions(statement: &Statement, about: &BTreeSet<String>, text: &StatementText<'_>) -> Result<bool, StoreError> {
    if about.contains(&text.sentence(&statement.triple)?) {
        return Ok(true);
    }
    for term in [statement.triple.subject.clone().into(), statement.triple.object.clone()] {
        let iri = if let Term::NamedNode(iri) = &term { about.contains(iri.as_str()) } else { false };
        let shown = match &term {
            // A cell of a golden file has the value, not the words of a time.
            Term::Literal(literal) => literal.value().to_owned(),
            _ => text.labels().term(&term)?,
        };
        if iri || about.contains(&shown) {
            return Ok(true);
        }
    }
    Ok(false)
}
