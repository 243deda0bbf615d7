//! `factloom test`

mod since;

use super::failure::Failure;
use super::format::{OutputArgs, ReportFormat};
use super::load::{DatasetErrors, GraphArgs, Session, show};
use super::messages::help;
use super::output_file::{self, Content, Files};
use crate::atomic_file::directory_of;
use crate::dataset::{DatasetRoot, GoldenFiles};
use crate::files::{Comparison, PathScope};
use crate::output::NamedFormat;
use crate::report::{
    GoldenError, GoldenReport, Outcome, golden, golden_github, golden_json, golden_junit, golden_tap, golden_text,
};
use crate::store::Store;
use clap::Args;
use std::path::Path;

/// Run the stored queries and compare their results with golden files
///
/// The expected result of a query is in tests/queries/NAME.csv (or .tsv, .srj, .srx; .ttl, .nt; .bool), that of a test case in
/// NAME.CASE.csv. `#+ expect:` in a query (none, some, true, false, "3.." or "..10") makes it a constraint on the dataset. The
/// order of rows matters only with ORDER BY; numbers are compared by value.
#[derive(Args, Debug)]
pub(super) struct TestArgs {
    /// Only these stored queries
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Write golden files that differ or are missing, instead of failing
    #[arg(long, conflicts_with_all = ["format", "output"])]
    bless: bool,
    #[command(flatten)]
    output: OutputArgs<ReportFormat<TestFormat>>,
    #[command(flatten)]
    graph: GraphArgs,
}

/// The formats that build servers read.
#[derive(Clone, Copy, Debug)]
enum TestFormat {
    Junit,
    Tap,
    /// Workflow commands of GitHub Actions.
    Github,
}

impl NamedFormat for TestFormat {
    const NAMES: &'static [(Self, &'static [&'static str])] =
        &[(Self::Junit, &["junit", "xml"]), (Self::Tap, &["tap"]), (Self::Github, &["github"])];
}

pub(super) fn run(args: &TestArgs, session: &Session) -> Result<(), Failure> {
    let format = args.output.format()?;
    let root = session.user_dataset(None)?;
    if args.bless && matches!(root, DatasetRoot::Bundled(_)) {
        let message = "the golden files of the bundled example cannot be changed";
        return Err(Failure::new(message).help("name a dataset with --dataset DIR"));
    }
    let store = &match args.graph.open_or_errors(root.clone(), session, Comparison::Attributes)? {
        Ok(graph) => graph.store,
        Err(errors) => return report_errors(errors, format, args),
    };
    let files = GoldenFiles::read(&root, &session.read_options())
        .map_err(|e| Failure::new(e.to_string()).help("correct `tests` in the manifest"))?;
    let mut report = golden(store, &files, &args.names)?;
    if let (true, Some(directory)) = (args.bless, root.directory()) {
        return bless(&report, store, directory);
    }
    since::add(&mut report, &root, store)?;
    write(&report, format, args.output.output.as_deref())?;
    if report.is_clean() {
        return Ok(());
    }
    if report.tests.iter().any(|test| matches!(test.outcome, Outcome::Differs(_) | Outcome::Missing(_))) {
        help("if the new results are right, accept them with `factloom test --bless`");
    }
    Err(Failure::Findings)
}

fn write(report: &GoldenReport, format: ReportFormat<TestFormat>, output: Option<&Path>) -> Result<(), Failure> {
    let content = match format {
        ReportFormat::Other(TestFormat::Tap) => Content::Text,
        other => other.content(),
    };
    output_file::write_with_status(output, content, |mut out| match format {
        ReportFormat::Text => Ok(golden_text(report, &mut out)?),
        ReportFormat::Json(layout) => Ok(golden_json(report, layout, &mut out)?),
        ReportFormat::Other(TestFormat::Junit) => Ok(golden_junit(report, &mut out)?),
        ReportFormat::Other(TestFormat::Tap) => Ok(golden_tap(report, &mut out)?),
        ReportFormat::Other(TestFormat::Github) => Ok(golden_github(report, &mut out)?),
    })
}

/// Reports the errors of a dataset that cannot be tested: on stderr, and in the format that a build server expects.
fn report_errors(errors: DatasetErrors, format: ReportFormat<TestFormat>, args: &TestArgs) -> Result<(), Failure> {
    // On stdout, the report would repeat the messages.
    let is_shown_as_text = matches!(format, ReportFormat::Text) && args.output.output.is_none();
    if !matches!(format, ReportFormat::Other(TestFormat::Github)) {
        show(&errors.diagnostics);
    }
    let failure = errors.report("no test was run");
    if !is_shown_as_text {
        let report = GoldenReport::of_invalid_dataset(errors.diagnostics);
        write(&report, format, args.output.output.as_deref())?;
    }
    Err(failure)
}

impl From<GoldenError> for Failure {
    fn from(error: GoldenError) -> Self {
        let (message, similar) = match error {
            GoldenError::Limit(error) => return error.into(),
            GoldenError::UnknownQuery(ref unknown) => (unknown.to_string(), unknown.1.as_deref()),
        };
        Self::new(message).help(match similar {
            Some(similar) => format!("did you mean `{similar}`?"),
            None => "`factloom query --list` lists them".to_owned(),
        })
    }
}

/// Writes the golden files that differ or are missing, all or none. Reports each change, and each test that still fails.
fn bless(report: &GoldenReport, store: &Store, dataset: &Path) -> Result<(), Failure> {
    let (mut files, mut lines, mut failed) = (Files::default(), Vec::new(), !report.unused.is_empty());
    // Even if nothing is written.
    report.tests.iter().for_each(|test| files.tidy(directory_of(Path::new(&test.file))));
    for test in report.failures() {
        let path = Path::new(&test.file);
        let problem = match test.updated_contents(store.namespaces()) {
            Some(Ok(_)) if matches!(test.outcome, Outcome::Missing(_)) && path.exists() => {
                format!("{}: the file exists, but is not a golden file", test.file)
            }
            Some(Ok(bytes)) => {
                let (name, scope) = (&test.file_name, PathScope::GoldenFiles);
                files.add_to_dataset(dataset, name, scope, path, |out| Ok(out.write_all(&bytes)?))?;
                lines.push(match &test.outcome {
                    Outcome::Differs(failing) => format!("blessed {}: {}", test.file, failing.summary),
                    Outcome::Missing(results) => format!("blessed {}: new, {}", test.file, results.summary()),
                    Outcome::Passed | Outcome::Unexpected(..) | Outcome::Error(_) => continue,
                });
                continue;
            }
            Some(Err(problem)) => format!("{}: {problem}", test.file),
            None => format!("{}: {}", test.name(), test.problem().unwrap_or_default()),
        };
        lines.push(format!("not blessed {problem}"));
        failed = true;
    }
    files.finish()?;
    lines.extend(report.unused.iter().map(|file| format!("unused {file}: delete it, or add a query of that name")));
    if lines.is_empty() {
        lines.push(format!("nothing to bless: {report}"));
    }
    output_file::write_text(|out| Ok(lines.iter().try_for_each(|line| writeln!(out, "{line}"))?))?;
    if failed { Err(Failure::Findings) } else { Ok(()) }
}
