//! `factloom import`

use super::edits::{directory_to_write, write_diffs};
use super::failure::Failure;
use super::format::{OutputArgs, ReportFormat};
use super::input_file::{self, is_stdin};
use super::load::{Session, SourceArgs, show, with_progress};
use super::messages::{note, pluralize};
use super::output_file::{self, Files};
use crate::authoring::{
    Import, ImportError, ImportOptions, ProposalFile, ProposalFormat, Rejects, WritePlan, import, write_json,
    write_jsonl, write_text,
};
use crate::dataset::locate;
use crate::diagnostic::{Code, Policy, Severity, one_of};
use crate::files::PathScope;
use crate::output::JsonLayout;
use crate::project::Stage;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The file of rejects in the directory of the dataset.
const REJECTS: &str = "rejected.jsonl";

/// Check proposals for facts, and add those without findings
///
/// Reads proposals of a person, a script or a language model: JSON, JSON Lines, CSV or RDF. Each gets the checks of a curated fact, and a
/// verdict. Nothing is written without --write, which adds the accepted ones to a file of facts, and the others with the reasons to a file
/// of rejects. The exit status is 1 if a proposal is rejected.
#[derive(Args, Debug)]
pub(super) struct ImportArgs {
    /// File of proposals; `-` is stdin
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Format of the files [default: by their extensions, else json]
    #[arg(long, value_name = "FORMAT", value_parser = format_parser(), help_heading = "Proposals")]
    input_format: Option<ProposalFormat>,
    /// Who or what proposes the facts [default: what a proposal states, else the name of its file]
    #[arg(long, value_name = "NAME", help_heading = "Proposals")]
    proposed_by: Option<String>,
    /// Accept proposals with a warning
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = parse_warning, help_heading = "Proposals")]
    allow: Vec<Code>,
    /// Reject proposals with an opt-in warning, such as hedged-quote
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = parse_warning, help_heading = "Proposals")]
    warn: Vec<Code>,
    /// Let proposals acknowledge findings about themselves with `allow`
    #[arg(long, help_heading = "Proposals")]
    accept_allow: bool,
    /// Write the accepted and the rejected proposals
    #[arg(long, help_heading = "Files")]
    write: bool,
    /// File of facts for the accepted proposals [default: the first .jsonl file of facts, else the first]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    to: Option<String>,
    /// File for the rejected proposals [default: rejected.jsonl in the dataset]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    rejects: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs<ReportFormat>,
    #[command(flatten)]
    sources: SourceArgs,
}

fn format_parser() -> impl TypedValueParser<Value = ProposalFormat> {
    let find = |name: String| ProposalFormat::NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format);
    PossibleValuesParser::new(ProposalFormat::NAMES.map(|(name, _)| name))
        .try_map(move |name| find(name).ok_or("unknown format"))
}

fn parse_warning(text: &str) -> Result<Code, String> {
    match text.parse::<Code>() {
        Ok(code) if code.severity() == Severity::Warning => Ok(code),
        Ok(code) => Err(format!("`{code}` is an error, with which no statement is accepted")),
        Err(_) => Err(format!("unknown diagnostic code `{text}`")),
    }
}

pub(super) fn run(args: &ImportArgs, session: &Session) -> Result<(), Failure> {
    let format = args.output.format()?;
    let root = session.user_dataset(None)?;
    let directory = directory_to_write(&root, args.write)?;
    let files = args.files.iter().map(|path| read(path, args, session)).collect::<Result<Vec<_>, _>>()?;
    let options = ImportOptions {
        proposed_by: args.proposed_by.clone(),
        allow: args.allow.clone(),
        warn: args.warn.clone(),
        accept_allow: args.accept_allow,
    };
    let read_options = args.sources.read_options(session)?;
    let imported = with_progress(|on_stage| {
        on_stage(Stage::Reading);
        import(root.clone(), read_options, files, &options)
    })?;
    output_file::protect(imported.inputs().paths(&root, args.sources.directory().as_deref()));
    report_notes(&imported);
    let destination = args.to.clone().unwrap_or_else(|| imported.default_destination());
    let plan = imported.plan(&destination)?;
    output_file::write_with_status(args.output.output.as_deref(), format.content(), |mut out| match format {
        ReportFormat::Text => {
            write_text(&imported, &mut out)?;
            if args.write { Ok(()) } else { write_diffs(plan.files.iter().map(|file| file.diff.as_str()), out) }
        }
        ReportFormat::Json(JsonLayout::Document) => Ok(write_json(&imported, &mut out)?),
        ReportFormat::Json(JsonLayout::Lines) => Ok(write_jsonl(&imported, &mut out)?),
        ReportFormat::Other(never) => match never {},
    })?;
    match directory {
        Some(directory) => write(args, &imported, &plan, &directory)?,
        None if plan.files.is_empty() && imported.rejected() == 0 => {}
        None => note(format_args!(
            "nothing was written; --write adds the accepted proposals to {}, and the rejected ones to {}",
            plan.destination,
            args.rejects.as_deref().unwrap_or(Path::new(REJECTS)).display()
        )),
    }
    if imported.rejected() > 0 { Err(Failure::Findings) } else { Ok(()) }
}

/// Notes what was set aside, and what is wrong elsewhere.
fn report_notes(imported: &Import) {
    for (name, count) in &imported.set_aside {
        note(format_args!("set aside: `{name}`, which is not a member of facts ({})", pluralize(*count, "time")));
    }
    for line in &imported.notes {
        note(line);
    }
    match imported.dataset_errors {
        0 => {}
        errors => {
            note(format_args!("the dataset itself has {}; `factloom check` lists them", pluralize(errors, "error")));
        }
    }
}

/// Reads a file of proposals.
fn read(path: &Path, args: &ImportArgs, session: &Session) -> Result<ProposalFile, Failure> {
    let is_stdin = is_stdin(path);
    let format = match args.input_format {
        Some(format) => format,
        None if is_stdin => ProposalFormat::Json,
        None => ProposalFormat::of_file(path).ok_or_else(|| {
            let names: Vec<&str> = ProposalFormat::NAMES.iter().map(|(name, _)| *name).collect();
            Failure::new(format!("unknown format of `{}`", path.display()))
                .help(format!("name the format with --input-format: {}", one_of(&names)))
        })?,
    };
    let bytes = input_file::read(path, session.read_options().max_file_size)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = memchr::memchr_iter(b'\n', &error.as_bytes()[..valid]).count() + 1;
        Failure::new(format!("`{}` is not valid UTF-8 (line {line})", path.display())).help("save the file as UTF-8")
    })?;
    let name = if is_stdin { "stdin".to_owned() } else { path.display().to_string() };
    Ok(ProposalFile { name, text, format })
}

/// Writes the files of facts, and then the rejects: if the program ends between both, the accepted proposals are duplicates the next time.
fn write(args: &ImportArgs, imported: &Import, plan: &WritePlan, directory: &Path) -> Result<(), Failure> {
    let mut written = Files::default();
    for file in &plan.files {
        let shown = directory.join(&file.name);
        written.add_to_dataset(directory, &file.name, PathScope::Inside, &shown, |out| {
            Ok(out.write_all(file.text.as_bytes())?)
        })?;
    }
    if args.rejects.is_none() && imported.would_read(REJECTS) {
        let failure = Failure::new(format!("the dataset reads `{REJECTS}` as one of its files"));
        return Err(failure.help("name another file for the rejected proposals with --rejects"));
    }
    let path = args.rejects.clone().unwrap_or_else(|| directory.join(REJECTS));
    let is_input = args.files.iter().any(|file| is_same(file, &path));
    let earlier = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Failure::file("read", &path, &error)),
    };
    let text = imported.rejects(if is_input { Rejects::Replace } else { Rejects::Keep(&earlier) });
    if text != earlier {
        let content = |out: &mut dyn io::Write| Ok(out.write_all(text.as_bytes())?);
        match &args.rejects {
            Some(path) => written.add(path, content)?,
            None => written.add_to_dataset(directory, REJECTS, PathScope::Inside, &path, content)?,
        }
    }
    written.finish()
}

/// Whether two paths lead to the same file.
fn is_same(one: &Path, other: &Path) -> bool {
    let canonical = |path: &Path| path.canonicalize().ok();
    canonical(one).is_some_and(|one| canonical(other) == Some(one))
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Manifest { findings, files } => {
                show(&locate(findings, &files, &Policy::default()));
                Self::Findings
            }
            ImportError::NoDataset => Self::new(error.to_string()).help("run `factloom check`"),
            ImportError::Destination { ref help, .. } => {
                let help = help.clone();
                Self::new(error.to_string()).help(help)
            }
        }
    }
}
