//! `factloom rename`

use super::edits::{directory_to_write, write_diffs, write_files};
use super::failure::Failure;
use super::load::{Session, SourceArgs, show, with_progress};
use super::messages::{error, help, note, pluralize};
use super::output_file;
use crate::authoring::{NameKind, RenameError, RenameOptions, rename};
use crate::dataset::locate;
use crate::diagnostic::Policy;
use crate::report::golden_text;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Rename an entity, a predicate, a class, a source or a statement everywhere
///
/// Changes the manifest, facts, entities, vocabulary, rules, stored queries, golden files, style and lock. Formatting and comments stay, and
/// nothing is written without --write. The renamed dataset is checked and tested first: if findings or results change other than by the
/// name, they are shown, nothing is written, and the exit status is 1.
#[derive(Args, Debug)]
pub(super) struct RenameArgs {
    /// Id, local name of a class or a predicate, prefixed name or IRI
    #[arg(value_name = "OLD")]
    old: String,
    /// New id or local name
    #[arg(value_name = "NEW")]
    new: String,
    /// What OLD is, if several things have this name
    #[arg(long, value_name = "KIND", value_parser = kind_parser())]
    kind: Option<NameKind>,
    /// Write the changed files, all or none
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    sources: SourceArgs,
}

fn kind_parser() -> impl TypedValueParser<Value = NameKind> {
    PossibleValuesParser::new(NameKind::NAMES).try_map(|name| name.parse::<NameKind>())
}

pub(super) fn run(args: &RenameArgs, session: &Session) -> Result<(), Failure> {
    let root = session.user_dataset(None)?;
    let directory = directory_to_write(&root, args.write)?;
    let limited = |store: &_| session.limited(store);
    let options = RenameOptions {
        kind: args.kind,
        read: args.sources.read_options(session)?,
        rules: session.rule_options(),
        limited: Some(&limited),
    };
    let renamed = with_progress(|on_stage| rename(&root, &args.old, &args.new, &options, on_stage))?;
    renamed.notes.iter().for_each(note);
    match directory {
        Some(directory) => write_files(&directory, &renamed.files)?,
        None => output_file::write_text(|out| write_diffs(renamed.files.iter().map(|file| file.diff.as_str()), out))?,
    }
    let (kind, files) = (renamed.kind, pluralize(renamed.files.len(), "file"));
    if !args.write {
        note(format_args!("nothing was written; --write renames the {kind} `{}` in {files}", renamed.old));
    }
    Ok(())
}

impl From<RenameError> for Failure {
    fn from(failure: RenameError) -> Self {
        let next = failure.help();
        match failure {
            RenameError::Manifest { findings, files } => {
                show(&locate(findings, &files, &Policy::default()));
                return Self::Findings;
            }
            RenameError::Findings { findings, files } => {
                show(&locate(findings, &files, &Policy::default()));
                error("the renamed dataset has other findings, which are shown with the new name");
            }
            RenameError::Results(report) => {
                let mut text = Vec::new();
                // Writing to memory cannot fail.
                let _ = golden_text(&report, &mut text);
                error(format_args!("stored queries have other results:\n{}", String::from_utf8_lossy(&text)));
            }
            RenameError::Graph { .. } => error(&failure),
            RenameError::Store(error) => return error.into(),
            RenameError::Golden(error) => return error.into(),
            other => {
                let failure = Self::new(other.to_string());
                return match next {
                    Some(next) => failure.help(next),
                    None => failure,
                };
            }
        }
        next.iter().for_each(help);
        Self::Findings
    }
}
