//! `factloom test`

mod since;

use super::failure::{Failure, say};
use super::load::{GraphArgs, Session};
use super::output_file::{self, Files};
use crate::dataset::{DatasetRoot, GoldenFiles};
use crate::report::{
    GoldenReport, Outcome, UnknownQuery, golden, golden_github, golden_junit, golden_tap, golden_text,
};
use crate::store::Store;
use clap::{Args, ValueEnum};
use std::path::Path;

/// Ask the stored queries what they must answer
///
/// What a query must answer stands in its golden file, tests/queries/NAME.csv (.tsv, .srj, .srx; .ttl, .nt; .bool), and that
/// of a case of it in NAME.CASE.csv. A query may also say `#+ expect: none`, some, true, false, "3.." or "..10", which makes
/// it a constraint on the dataset. Rows come in any order but for that of ORDER BY, and numbers are compared by value.
#[derive(Args, Debug)]
pub(super) struct TestArgs {
    /// Only these stored queries
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Write the golden files that differ or are missing anew
    #[arg(long)]
    bless: bool,
    /// For people, as JUnit's XML, as TAP, or as workflow commands of GitHub
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "bless")]
    format: Format,
    #[command(flatten)]
    from: GraphArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Junit,
    Tap,
    Github,
}

pub(super) fn run(args: &TestArgs, session: &Session) -> Result<(), Failure> {
    let folder = args.from.dataset.root()?;
    if args.bless && matches!(folder, DatasetRoot::Bundled(_)) {
        let message = "the golden files of the bundled dataset are compiled into the program";
        return Err(Failure::new(message).help("name a dataset on disk with --dataset DIR"));
    }
    let store = &args.from.open(session)?.store;
    let files =
        GoldenFiles::read(&folder).map_err(|e| Failure::new(e.to_string()).help("correct `tests` in the manifest"))?;
    let mut report = golden(store, &files, &args.names).map_err(unknown)?;
    if args.bless {
        return bless(&report, store);
    }
    since::add(&mut report, &folder, store)?;
    output_file::found(None, |mut out| match args.format {
        Format::Text => Ok(golden_text(&report, &mut out)?),
        Format::Junit => Ok(golden_junit(&report, &mut out)?),
        Format::Tap => Ok(golden_tap(&report, &mut out)?),
        Format::Github => Ok(golden_github(&report, &mut out)?),
    })?;
    if report.is_clean() {
        return Ok(());
    }
    if report.tests.iter().any(|test| matches!(test.outcome, Outcome::Differs(_) | Outcome::Missing(_))) {
        say("help: where the new answers are right, `factloom test --bless` writes them down");
    }
    Err(Failure::Findings)
}

fn unknown(UnknownQuery(name, near): UnknownQuery) -> Failure {
    let help = near.map_or_else(|| "`factloom query --list` names them all".into(), |n| format!("did you mean `{n}`?"));
    Failure::new(format!("there is no stored query `{name}`")).help(help)
}

/// Writes the golden files that differ or are missing, once all of them could be written, and says which. What else is wrong
/// remains.
fn bless(report: &GoldenReport, store: &Store) -> Result<(), Failure> {
    let (mut files, mut said, mut failed) = (Files::default(), Vec::new(), !report.unused.is_empty());
    for test in report.failures() {
        match test.updated_contents(store.names()) {
            Some(Ok(_)) if matches!(test.outcome, Outcome::Missing(_)) && Path::new(&test.file).exists() => {
                said.push(format!("not updated: {}: there is such a file, which is no golden file", test.file));
                failed = true;
            }
            Some(Ok(bytes)) => {
                let path = Path::new(&test.file);
                if let Some(home) = path.parent() {
                    std::fs::create_dir_all(home).map_err(|e| Failure::file("make", home, &e))?;
                }
                files.add(path, |out| Ok(out.write_all(&bytes)?))?;
                said.push(match &test.outcome {
                    Outcome::Differs(failing) => format!("updated {}: {}", test.file, failing.summary),
                    Outcome::Missing(results) => format!("updated {}: new, {}", test.file, results.summary()),
                    Outcome::Passed | Outcome::Unexpected(..) | Outcome::Error(_) => continue,
                });
            }
            Some(Err(why)) => {
                said.push(format!("not updated: {}: {why}", test.file));
                failed = true;
            }
            None => {
                said.push(format!("not updated: {}: {}", test.name(), test.problem().unwrap_or_default()));
                failed = true;
            }
        }
    }
    files.finish()?;
    said.extend(report.unused.iter().map(|file| format!("unused {file}: delete it, or name a query so")));
    if said.is_empty() {
        said.push(format!("nothing to bless: {report}"));
    }
    output_file::to(None, |out| {
        for line in &said {
            writeln!(out, "{line}")?;
        }
        Ok(())
    })?;
    if failed { Err(Failure::Findings) } else { Ok(()) }
}
