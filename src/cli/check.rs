//! `factloom check`

use super::failure::Failure;
use super::format::{OutputArgs, ReportFormat};
use super::load::{Session, SourceArgs, evidence_line, show, with_progress};
use super::messages::{note, pluralize};
use super::output_file;
use crate::check::{AllowedFinding, CheckOptions, Checked};
use crate::compile;
use crate::dataset::{LOCK, locate, locate_allowed};
use crate::diagnostic::{Code, Finding, Policy, Severity, closest, write_github, write_json, write_jsonl};
use crate::output::{JsonLayout, NamedFormat};
use crate::project::ProjectCheck;
use crate::query::check_queries;
use clap::Args;
use std::path::PathBuf;

/// Check a dataset and report every problem
///
/// Finds each quote in its source, and checks ids and values against the entities and the vocabulary. Runs the rules and
/// parses the stored queries. The exit status is 1 if there are errors; warnings do not change it.
#[derive(Args, Debug)]
pub(super) struct CheckArgs {
    /// Directory of the dataset [default: that of --dataset]
    #[arg(value_name = "DIR", conflicts_with_all = ["dataset", "example"])]
    directory: Option<PathBuf>,
    /// Report an error if the text of a source is missing
    #[arg(long, help_heading = "Checks")]
    require_text: bool,
    /// Treat a warning as an error; `warnings` means all
    #[arg(long, value_name = "CODE|warnings", value_delimiter = ',', value_parser = parse_denied, help_heading = "Checks")]
    deny: Vec<Denied>,
    /// Enable an opt-in warning, such as single-source
    #[arg(long, value_name = "CODE", help_heading = "Checks",
        value_delimiter = ',', value_parser = |text: &str| parse_warning(text, ", which is always reported"))]
    warn: Vec<Code>,
    /// Suppress a warning
    #[arg(long, value_name = "CODE", help_heading = "Checks",
        value_delimiter = ',', value_parser = |text: &str| parse_warning(text, "; only warnings can be suppressed"))]
    allow: Vec<Code>,
    /// Show the findings that the dataset acknowledges, with the reasons
    #[arg(long, help_heading = "Checks")]
    show_allowed: bool,
    #[command(flatten)]
    output: OutputArgs<ReportFormat<Github>>,
    #[command(flatten)]
    sources: SourceArgs,
}

/// Workflow commands of GitHub Actions.
#[derive(Clone, Copy, Debug)]
struct Github;

impl NamedFormat for Github {
    const NAMES: &'static [(Self, &'static [&'static str])] = &[(Self, &["github"])];
}

/// A value of `--deny`.
#[derive(Clone, Copy, Debug)]
enum Denied {
    Code(Code),
    Warnings,
}

fn parse_denied(text: &str) -> Result<Denied, String> {
    if text == "warnings" { Ok(Denied::Warnings) } else { parse_code(text).map(Denied::Code) }
}

/// The code of a warning. `explanation` says why errors are not accepted.
fn parse_warning(text: &str, explanation: &str) -> Result<Code, String> {
    match parse_code(text)? {
        code if code.severity() == Severity::Warning => Ok(code),
        code => Err(format!("`{code}` is an error{explanation}")),
    }
}

pub(super) fn parse_code(text: &str) -> Result<Code, String> {
    text.parse().map_err(|_| match closest(text, Code::NAMES.iter().copied()) {
        Some(similar) => format!("unknown diagnostic code `{text}`; did you mean `{similar}`?"),
        None => format!(
            "unknown diagnostic code `{text}`; docs/reference/diagnostics.md in the source repository lists them"
        ),
    })
}

/// What a new lock would change, if anything.
fn lock_line(checked: &Checked, has_errors: bool) -> Option<String> {
    let are = |number: usize| if number == 1 { "is" } else { "are" };
    let quotes = |number: usize| pluralize(number, "quote");
    // The entry of a quote that is misspelt now will be used again.
    let unused = if has_errors { 0 } else { checked.unused };
    let difference = match (checked.unlocked, unused) {
        (0, 0) => return None,
        (new, 0) => format!("{} {} not in {LOCK}", quotes(new), are(new)),
        (0, old) => format!("{} in {LOCK} {} no longer used", quotes(old), are(old)),
        (new, old) => {
            format!("{} {} not in {LOCK}, and {old} in it {} no longer used", quotes(new), are(new), are(old))
        }
    };
    let advice = if has_errors { "correct the errors, then run" } else { "run" };
    Some(format!("{difference}: {advice} `factloom lock`"))
}

pub(super) fn run(args: &CheckArgs, session: &Session) -> Result<(), Failure> {
    let format = args.output.format()?;
    let policy = Policy {
        deny: args.deny.iter().filter_map(|d| if let Denied::Code(code) = d { Some(*code) } else { None }).collect(),
        deny_warnings: args.deny.iter().any(|d| matches!(d, Denied::Warnings)),
        allow: args.allow.clone(),
        warn: args.warn.clone(),
    };
    let opt_in = policy.opt_in_codes();
    let options = CheckOptions { require_text: args.require_text, opt_in: &opt_in, ..CheckOptions::default() };
    let root = session.user_dataset(args.directory.as_deref())?;
    let mut project = args.sources.open(root.clone(), session)?;
    let ProjectCheck { dataset, files, mut findings } = with_progress(|on_stage| project.check(&options, on_stage));
    let (mut summary, mut allowed) = (Vec::new(), Vec::new());
    if let Some((dataset, checked)) = dataset {
        let (statements, entities) = (checked.statements.len(), dataset.entities.len());
        let counted = format!("{} about {}", pluralize(statements, "statement"), pluralize(entities, "entity"));
        summary.push(match checked.omitted {
            0 => counted,
            1 => format!("{counted}; 1 more statement is excluded because of errors"),
            omitted => format!("{counted}; {omitted} more statements are excluded because of errors"),
        });
        summary.push(evidence_line(checked.evidence));
        summary.extend(lock_line(&checked, findings.has_errors()));
        if statements == 0 && findings.is_empty() {
            note("the dataset has no statements; add facts to the files that the manifest names in `facts`");
        }
        let with_reason = |AllowedFinding { finding, reason }| Finding::note(finding, format!("reason: {reason}"));
        allowed =
            checked.allowed.iter().cloned().map(with_reason).filter(|f| policy.severity(f.code).is_some()).collect();
        // Only running the rules shows whether they terminate.
        match dataset.rules.is_empty() {
            true => findings.append(&mut check_queries(dataset, None)),
            false => drop(compile(dataset, &checked, &session.rule_options(), &mut findings)?),
        }
    }
    output_file::protect(files.inputs().paths(&root, args.sources.directory().as_deref()));
    let [errors, warnings] = [Severity::Error, Severity::Warning].map(|severity| findings.total(severity, &policy));
    let mut diagnostics = locate(findings, files, &policy);
    let allowed_count = allowed.len();
    if args.show_allowed {
        diagnostics.append(&mut locate_allowed(allowed, files));
    }
    if let ReportFormat::Text = format {
        show(&diagnostics);
        if !summary.is_empty() {
            let allowed = match allowed_count {
                0 => String::new(),
                _ if args.show_allowed => format!(", {allowed_count} allowed"),
                1 => ", 1 allowed (see it with --show-allowed)".to_owned(),
                _ => format!(", {allowed_count} allowed (see them with --show-allowed)"),
            };
            summary.push(format!("{}, {}{allowed}", pluralize(errors, "error"), pluralize(warnings, "warning")));
        }
    }
    if !matches!(format, ReportFormat::Text) && allowed_count > 0 && !args.show_allowed {
        note(format!("{} allowed; --show-allowed includes them", pluralize(allowed_count, "finding")));
    }
    output_file::write_with_status(args.output.output.as_deref(), format.content(), |mut out| match format {
        ReportFormat::Text => Ok(summary.iter().try_for_each(|line| writeln!(out, "{line}"))?),
        ReportFormat::Json(JsonLayout::Document) => Ok(write_json(&diagnostics, &mut out)?),
        ReportFormat::Json(JsonLayout::Lines) => Ok(write_jsonl(&diagnostics, &mut out)?),
        ReportFormat::Other(Github) => Ok(write_github(&diagnostics, &mut out)?),
    })?;
    if errors > 0 { Err(Failure::Findings) } else { Ok(()) }
}
