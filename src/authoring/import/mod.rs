//! Takes proposals for facts from a person, a script or a language model, and judges each with the checks of the dataset.
//!
//! Invariant: a proposal is accepted only if the ordinary check of the dataset with it has no finding about it.

mod conflicts;
mod judge;
mod known;
mod names;
mod object;
mod prepare;
mod read;
mod rejects;
mod report;
mod verdict;
mod write;

pub use read::ProposalFormat;
pub use rejects::Rejects;
pub use report::{write_json, write_jsonl, write_text};
pub use verdict::{Judgement, Origin, Reason, Verdict};
pub use write::WritePlan;

use crate::dataset::{Dataset, Files};
use crate::diagnostic::{Code, Findings};
use crate::files::{DatasetRoot, Inputs, ReadOptions};
use judge::{Decision, Judge, Target};
use names::Names;
use object::RawObject;
use prepare::{Preparation, Prepared, UnknownMembers};
use rayon::prelude::*;
use read::{ReadProposal, Unreadable};
use std::collections::BTreeMap;

/// The members that a line of rejects adds to a proposal, which are ignored when it is read again.
const REJECT_MEMBERS: [&str; 2] = ["reasons", "from"];

/// The member of a line of rejects with the text of a proposal that is not JSON.
const BROKEN: &str = "broken";

/// How proposals are judged.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Who or what proposed the facts, in place of what the proposals say; by default the name of the file.
    pub proposed_by: Option<String>,
    /// The codes of warnings that do not reject a proposal.
    pub allow: Vec<Code>,
    /// The [opt-in](Code::is_opt_in) warnings that do.
    pub warn: Vec<Code>,
    /// Whether proposals may acknowledge findings about themselves.
    pub accept_allow: bool,
}

/// A file of proposals.
#[derive(Clone, Debug)]
pub struct ProposalFile {
    /// Its name, for messages.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Its format.
    pub format: ProposalFormat,
}

/// Why proposals cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The manifest of the dataset is not usable.
    #[error("the manifest of the dataset is not usable")]
    Manifest {
        /// The problems.
        findings: Findings,
        /// The files to locate them in.
        files: Box<Files>,
    },
    /// There is no dataset.
    #[error("there is no dataset")]
    NoDataset,
    /// The accepted proposals cannot be added to a file.
    #[error("cannot add facts to `{name}`: {problem}")]
    Destination {
        /// The name of the file.
        name: String,
        /// The problem.
        problem: String,
        /// The next step.
        help: String,
    },
}

/// The verdicts about proposals.
pub struct Import {
    /// The verdict about each proposal, in the order of the files.
    pub judgements: Vec<Judgement>,
    /// How often each unknown member occurs, which was set aside: its path, such as `evidence.page`.
    pub set_aside: BTreeMap<String, usize>,
    /// Notes about the files.
    pub notes: Vec<String>,
    /// How many errors the dataset itself has.
    pub dataset_errors: usize,
    /// What was read, for the rejects.
    proposals: Vec<Result<RawObject, Unreadable>>,
    prepared: Vec<Option<Prepared>>,
    decisions: Vec<Decision>,
    opened: crate::dataset::OpenOutcome,
    root: DatasetRoot,
    /// The ids of the facts of the dataset.
    known_ids: Vec<String>,
}

/// Judges proposals with the checks of a dataset. Nothing is written; [`Import::plan`] makes the new content of the files.
///
/// Each proposal is compared with the dataset and with the proposals before it. Takes time linear in the dataset and the proposals.
///
/// # Errors
///
/// Returns an error if the manifest of the dataset is not usable.
///
/// ```
/// use factloom::authoring::{ImportOptions, ProposalFile, ProposalFormat, TUTORIAL, Verdict, import};
/// use factloom::files::{DatasetRoot, ReadOptions};
///
/// let text = r#"{ "subject": "steam engine", "predicate": "locatedIn", "object": "pump-house", "evidence":
///     [{ "source": "pump-house", "quote": "The engine is in the engine hall, the largest room of the pump house" }] }"#;
/// let file = ProposalFile { name: "answer.json".to_owned(), text: text.to_owned(), format: ProposalFormat::Json };
/// let root = DatasetRoot::Bundled(TUTORIAL);
/// let import = import(root, ReadOptions::default(), vec![file], &ImportOptions::default())?;
/// assert_eq!(import.judgements[0].verdict, Verdict::Accepted);
/// # Ok::<(), factloom::authoring::ImportError>(())
/// ```
pub fn import(
    root: DatasetRoot,
    read_options: ReadOptions,
    files: Vec<ProposalFile>,
    options: &ImportOptions,
) -> Result<Import, ImportError> {
    let opened = Dataset::open_with(root.clone(), read_options);
    let Some(dataset) = &opened.dataset else {
        return Err(ImportError::Manifest { findings: opened.findings, files: Box::new(opened.files) });
    };
    let (mut proposals, mut origins, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for file in &files {
        let read = read::read(&file.text, file.format, dataset);
        notes.extend(read.notes.into_iter().map(|note| format!("{}: {note}", file.name)));
        for ReadProposal { line, content } in read.proposals {
            origins.push(Origin { file: file.name.clone(), line });
            proposals.push(content);
        }
    }
    drop(files);
    let preparation = Preparation { dataset, names: Names::new(dataset), options };
    let prepare = |(proposal, origin): (&Result<RawObject, Unreadable>, &Origin)| {
        let mut unknown = UnknownMembers::new();
        let file = origin.file.rsplit(['/', '\\']).next().unwrap_or_default();
        let prepared = proposal.as_ref().ok().map(|object| preparation.prepare(object, file, &mut unknown));
        (prepared, unknown)
    };
    let both: Vec<(Option<Prepared>, UnknownMembers)> = proposals.par_iter().zip(&origins).map(prepare).collect();
    let mut set_aside = UnknownMembers::new();
    let mut prepared = Vec::with_capacity(both.len());
    for (one, unknown) in both {
        for (name, count) in unknown {
            *set_aside.entry(name).or_default() += count;
        }
        prepared.push(one);
    }
    drop(preparation);
    let mut judge = Judge::new(opened, root.clone(), &prepared, options)?;
    judge.run()?;
    let Judge { opened, decisions, dataset_errors, known_ids, .. } = judge;
    let decisions: Vec<Decision> = decisions
        .into_iter()
        .zip(&proposals)
        .map(|(decision, read)| decision.unwrap_or_else(|| unreadable(read)))
        .collect();
    let judgements = judgements(&decisions, &prepared, origins);
    Ok(Import { judgements, set_aside, notes, dataset_errors, proposals, prepared, decisions, opened, root, known_ids })
}

/// The decision about a proposal that was not judged: it could not be read.
fn unreadable(read: &Result<RawObject, Unreadable>) -> Decision {
    let reason = match read {
        Err(Unreadable { message, label, help, text: _, from: _ }) => {
            Reason { label: label.clone(), code: Some(Code::SyntaxError), ..Reason::new(message.clone(), help.clone()) }
        }
        Ok(_) => Reason::new("the proposal was not judged", "import it again"),
    };
    Decision { verdict: Verdict::Invalid, reasons: vec![reason], target: None, new_evidence: Vec::new() }
}

fn judgements(decisions: &[Decision], prepared: &[Option<Prepared>], origins: Vec<Origin>) -> Vec<Judgement> {
    let own_id = |number: usize| prepared[number].as_ref().and_then(|prepared| prepared.string("id"));
    let judgement = |(number, origin): (usize, Origin)| {
        let decision = &decisions[number];
        let mut notes = prepared[number].as_ref().map(|prepared| prepared.notes.clone()).unwrap_or_default();
        let id = match &decision.target {
            None => own_id(number),
            Some(Target::Dataset(_, _, id)) => Some(id.clone()),
            Some(Target::Proposal(earlier)) => {
                notes.push(format!("the statement is proposal {}", earlier + 1));
                own_id(*earlier)
            }
        };
        Judgement { origin, verdict: decision.verdict, id, reasons: decision.reasons.clone(), notes }
    };
    origins.into_iter().enumerate().map(judgement).collect()
}

impl Import {
    /// The files of the dataset that were read.
    pub fn inputs(&self) -> Inputs {
        self.opened.files.inputs()
    }

    /// The number of proposals with each verdict, without verdicts that none has.
    pub fn counts(&self) -> Vec<(Verdict, usize)> {
        let count = |verdict| self.judgements.iter().filter(|one| one.verdict == verdict).count();
        Verdict::ALL.into_iter().map(|verdict| (verdict, count(verdict))).filter(|(_, count)| *count > 0).collect()
    }

    /// How many proposals were rejected.
    pub fn rejected(&self) -> usize {
        self.judgements.iter().filter(|judgement| judgement.verdict.is_rejection()).count()
    }
}

#[cfg(test)]
mod tests;
