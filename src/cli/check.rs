//! `factloom check`

use super::failure::Failure;
use super::load::{CheckedDataset, DatasetArgs, evidence_line, pluralize, show};
use crate::check::CheckOptions;
use crate::compile;
use crate::dataset::locate;
use crate::diagnostic::{Code, Policy, Severity, closest, write_github, write_json};
use crate::query::check_queries;
use clap::{Args, ValueEnum};
use std::io::{self, Write};

/// Report all problems of a dataset
///
/// Every quote is looked for in its source, every name and value is held against the vocabulary. Warnings alone are no
/// failure.
#[derive(Args, Debug)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    dataset: DatasetArgs,
    /// How problems are written: for people, as JSON, or for GitHub Actions
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Make it an error that a source's text is not at hand
    #[arg(long)]
    require_text: bool,
    /// Count a warning, or all `warnings`, as an error
    #[arg(long, value_name = "CODE|warnings", value_parser = denied)]
    deny: Vec<Denied>,
    /// Report a warning that is reported only when asked for: single-source
    #[arg(long, value_name = "CODE", value_parser = asked)]
    warn: Vec<Code>,
    /// Do not report a warning
    #[arg(long, value_name = "CODE", value_parser = warning)]
    allow: Vec<Code>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// The line, its words underlined, and the next step
    Human,
    /// An array of objects
    Json,
    /// Workflow commands
    Github,
}

#[derive(Clone, Copy, Debug)]
enum Denied {
    Code(Code),
    Warnings,
}

fn denied(text: &str) -> Result<Denied, String> {
    if text == "warnings" { Ok(Denied::Warnings) } else { code(text).map(Denied::Code) }
}

fn warning(text: &str) -> Result<Code, String> {
    match code(text)? {
        code if code.severity() == Severity::Warning => Ok(code),
        code => Err(format!("`{code}` is an error, and only warnings can be allowed")),
    }
}

fn asked(text: &str) -> Result<Code, String> {
    match code(text)? {
        code if code.severity() == Severity::Warning => Ok(code),
        code => Err(format!("`{code}` is an error, and always reported")),
    }
}

fn code(text: &str) -> Result<Code, String> {
    text.parse().map_err(|e| {
        let near = closest(text, Code::ALL.iter().map(|c| c.as_str()));
        near.map_or_else(|| format!("{e}"), |near| format!("{e}; did you mean `{near}`?"))
    })
}

pub(super) fn run(args: &CheckArgs) -> Result<(), Failure> {
    let policy = Policy {
        deny: args.deny.iter().filter_map(|d| if let Denied::Code(code) = d { Some(*code) } else { None }).collect(),
        deny_warnings: args.deny.iter().any(|d| matches!(d, Denied::Warnings)),
        allow: args.allow.clone(),
        warn: args.warn.clone(),
    };
    let opt_in = policy.opt_in_codes();
    let options = CheckOptions { require_text: args.require_text, opt_in: &opt_in, ..CheckOptions::default() };
    let CheckedDataset { dataset, files, mut findings } = args.dataset.check(options)?;
    let mut summary = None;
    if let Some((dataset, checked)) = dataset {
        let (evidence, unlocked) = (checked.evidence, checked.unlocked);
        let (facts, entities) = (checked.statements.len(), dataset.entities.len());
        // The rules are part of the dataset, and only running them shows whether they come to an end.
        match dataset.rules.is_empty() {
            true => findings.extend(check_queries(&dataset, None)),
            false => drop(compile(&dataset, checked, &mut findings)?),
        }
        summary = Some((facts, entities, evidence, unlocked));
    }
    let diagnostics = locate(findings, &files, &policy);
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    match args.format {
        Format::Human => show(&diagnostics),
        Format::Json => write_json(&diagnostics, &mut io::stdout().lock())?,
        Format::Github => write_github(&diagnostics, &mut io::stdout().lock())?,
    }
    if let (Format::Human, Some((facts, entities, evidence, unlocked))) = (args.format, summary) {
        let mut out = io::stdout().lock();
        writeln!(out, "{} about {}", pluralize(facts, "statement"), pluralize(entities, "entity"))?;
        writeln!(out, "{}", evidence_line(evidence))?;
        if unlocked > 0 {
            let are = if unlocked == 1 { "is" } else { "are" };
            writeln!(out, "{} {are} not in factloom.lock yet: run `factloom lock`", pluralize(unlocked, "quote"))?;
        }
        writeln!(out, "{}, {}", pluralize(errors, "error"), pluralize(diagnostics.len() - errors, "warning"))?;
    }
    if errors > 0 { Err(Failure::Findings) } else { Ok(()) }
}
