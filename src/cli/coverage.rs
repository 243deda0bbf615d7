//! `factloom coverage`

use super::failure::Failure;
use super::format::{OutputArgs, ReportFormat};
use super::load::{Session, SourceArgs, show, with_progress};
use super::messages::{error, help, note, pluralize};
use super::output_file::{self, Content};
use super::resolve;
use crate::check::{CheckOptions, CoverageBasis, SentenceStatus, coverage};
use crate::compile;
use crate::dataset::{LOCK, locate};
use crate::diagnostic::{Policy, io_message};
use crate::files::program;
use crate::output::{NamedFormat, StatementText};
use crate::project::ProjectCheck;
use crate::report::{CoverageReport, coverage_figure, coverage_html, coverage_json, coverage_text};
use crate::store::Labels;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Show which sentences of the sources are quoted, excluded or open
///
/// A sentence is quoted if a statement quotes words of it, excluded if `excluded` in the manifest has words of it, and otherwise open.
/// Without the text of a source, the sentences are those in factloom.lock.
#[derive(Args, Debug)]
pub(super) struct CoverageArgs {
    /// Sources to show [default: all]
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    /// Only list sentences with these statuses; the totals count all
    #[arg(long, value_name = "STATUS", value_enum, value_delimiter = ',', help_heading = "Filters")]
    status: Vec<StatusArg>,
    /// Fail with exit status 1 if fewer percent of the sentences are quoted or excluded
    #[arg(long, value_name = "PERCENT", value_parser = percentage)]
    fail_under: Option<f64>,
    #[command(flatten)]
    output: OutputArgs<ReportFormat<Html>>,
    /// Write a web page, and open it in the browser [default file: factloom-coverage.html]
    #[arg(long, help_heading = "Output")]
    open: bool,
    #[command(flatten)]
    texts: SourceArgs,
}

/// The status of a sentence, as an argument.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum StatusArg {
    /// A statement quotes words of it
    Quoted,
    /// The manifest excludes words of it, and no statement quotes it
    Excluded,
    /// Neither
    Open,
}

impl From<StatusArg> for SentenceStatus {
    fn from(status: StatusArg) -> Self {
        match status {
            StatusArg::Quoted => Self::Quoted,
            StatusArg::Excluded => Self::Excluded,
            StatusArg::Open => Self::Open,
        }
    }
}

/// A web page with the texts.
#[derive(Clone, Copy, Debug)]
struct Html;

impl NamedFormat for Html {
    const NAMES: &'static [(Self, &'static [&'static str])] = &[(Self, &["html", "htm"])];
}

/// Where `--open` writes the page if no file is named.
const PAGE: &str = "factloom-coverage.html";

fn percentage(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).parse().ok();
    number.filter(|number| (0.0..=100.0).contains(number)).ok_or_else(|| "expected a number from 0 to 100".to_owned())
}

pub(super) fn run(args: &CoverageArgs, session: &Session) -> Result<(), Failure> {
    let (format, file) = format_and_file(args)?;
    let root = session.user_dataset(None)?;
    let mut project = args.texts.open(root.clone(), session)?;
    let ProjectCheck { dataset, files, mut findings } =
        with_progress(|on_stage| project.check(&CheckOptions::default(), on_stage));
    output_file::protect(files.inputs().paths(&root, args.texts.directory().as_deref()));
    let Some((dataset, checked)) = dataset else {
        show(&locate(findings, files, &Policy::default()));
        return Err(Failure::Findings);
    };
    let only = resolve::sources_of(&args.sources, dataset)?;
    if checked.omitted > 0 {
        let statements = pluralize(checked.omitted, "statement");
        note(format!("{statements} with errors not counted; `factloom check` lists the errors"));
    }
    let sources = coverage(dataset, &checked, &only);
    let statuses: Vec<SentenceStatus> = args.status.iter().copied().map(SentenceStatus::from).collect();
    let report = CoverageReport { dataset, checked: &checked, sources: &sources, statuses: &statuses };
    let store = match format {
        ReportFormat::Other(Html) => Some(compile(dataset, &checked, &session.rule_options(), &mut findings)?),
        ReportFormat::Text | ReportFormat::Json(_) => None,
    };
    let content = if let ReportFormat::Text = format { Content::Text } else { Content::Data };
    output_file::write_with_status(file.as_deref(), content, |mut out| match (format, &store) {
        (ReportFormat::Json(layout), _) => Ok(coverage_json(&report, layout, &mut out)?),
        (ReportFormat::Other(Html), Some(store)) => {
            let labels = Labels::new(store, &store.metadata().language);
            Ok(coverage_html(&report, &StatementText::new(store, &labels), &mut out)?)
        }
        (ReportFormat::Text | ReportFormat::Other(Html), _) => Ok(coverage_text(&report, &mut out)?),
    })?;
    if let Some(file) = file.filter(|_| args.open) {
        open_in_browser(&file)?;
    }
    match args.fail_under {
        Some(least) => require_coverage(&report, least),
        None => Ok(()),
    }
}

/// The format and the file that the arguments name.
fn format_and_file(args: &CoverageArgs) -> Result<(ReportFormat<Html>, Option<PathBuf>), Failure> {
    let named = args.output.named_format()?;
    let file = args.output.output.clone();
    if !args.open {
        return Ok((named.unwrap_or(ReportFormat::Text), file));
    }
    if !matches!(named, None | Some(ReportFormat::Other(Html))) {
        return Err(Failure::new("--open needs a web page").help("use --format html, or omit --format"));
    }
    if file.as_deref() == Some(Path::new("-")) {
        return Err(Failure::new("--open needs a file").help("name it with --output, or omit --output"));
    }
    Ok((ReportFormat::Other(Html), Some(file.unwrap_or_else(|| PathBuf::from(PAGE)))))
}

/// Starts the program that opens web pages on this system, without waiting for it.
fn open_in_browser(file: &Path) -> Result<(), Failure> {
    let name = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let failed = |reason: String| {
        let message = format!("cannot start `{name}`: {reason}");
        Failure::new(message).help(format!("open `{}` in a browser", file.display()))
    };
    let path = std::path::absolute(file).map_err(|e| Failure::file("find", file, &e))?;
    let mut command = program(name).map_err(|e| failed(e.to_string()))?;
    command.arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map(drop).map_err(|e| failed(io_message(&e)))
}

/// Reports an error unless enough of the sentences are quoted or excluded, and all are known.
fn require_coverage(report: &CoverageReport<'_>, least: f64) -> Result<(), Failure> {
    let unknown = report.sources.iter().find(|source| source.basis == CoverageBasis::Unknown);
    if let Some(unknown) = unknown {
        let id = &report.dataset.sources[unknown.source].id;
        error(format!("the coverage of `{id}` is unknown: its text is unavailable, and {LOCK} lacks its sentences"));
        help("add the text, or run `factloom lock` where it is available");
        return Err(Failure::Findings);
    }
    let counts = report.counts();
    if counts.total() == 0 {
        error("there are no sentences to cover");
        help("add the text of a source");
        return Err(Failure::Findings);
    }
    // A quotient is rounded as the number that a person writes for it; a product may be more.
    if ((counts.total() - counts.open) * 100) as f64 / counts.total() as f64 >= least {
        return Ok(());
    }
    error(format!("the coverage is less than {least}%: {}", coverage_figure(&counts)));
    help("quote or exclude the sentences that `factloom coverage --status open` lists");
    Err(Failure::Findings)
}
