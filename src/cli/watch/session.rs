//! The dataset while it is watched: its findings and its graph, and how they change.

use super::WatchArgs;
use crate::check::CheckOptions;
use crate::cli::draw;
use crate::cli::failure::Failure;
use crate::cli::load::{Session, width, with_progress};
use crate::cli::messages::pluralize;
use crate::cli::output_file::{self, Content};
use crate::compile;
use crate::dataset::{DatasetRoot, locate};
use crate::diagnostic::{Code, Diagnostic, Findings, Policy, Severity, TextStyle, write_text};
use crate::escape::terminal;
use crate::files::Inputs;
use crate::output::StatementText;
use crate::project::{Project, ProjectCheck, ProjectOptions};
use crate::report::{ComparedGraph, Comparison, Diff, diff_text};
use crate::rules::RuleOptions;
use crate::store::{Labels, Store};
use itertools::Itertools;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Directories that a dataset is not read from.
const IGNORED: [&str; 2] = [".factloom", ".git"];

/// A dataset that is watched.
pub(super) struct WatchSession {
    project: Project,
    root: DatasetRoot,
    source_dir: Option<PathBuf>,
    rules: RuleOptions,
    diagram: Option<(String, PathBuf)>,
    /// The files that the last check read.
    inputs: Inputs,
    /// The findings of the last check.
    checked: ShownFindings,
    /// Those of the last run of the rules and queries.
    compiled: ShownFindings,
    /// The last graph without errors.
    store: Option<Store>,
}

impl WatchSession {
    pub(super) fn open(args: &WatchArgs, root: DatasetRoot, session: &Session) -> Result<Self, Failure> {
        let read = args.sources.read_options(session)?;
        let (source_dir, rules) = (read.source_dir.clone(), session.rule_options());
        let options = ProjectOptions { read, rules: rules.clone(), ..ProjectOptions::default() };
        Ok(Self {
            project: Project::open(root.clone(), options),
            root,
            source_dir,
            rules,
            diagram: args.draw.clone().zip(args.output.clone()),
            inputs: Inputs::default(),
            checked: ShownFindings::default(),
            compiled: ShownFindings::default(),
            store: None,
        })
    }

    /// Checks and builds the dataset for the first time.
    pub(super) fn start(&mut self) -> Result<(), Failure> {
        // The second check repeats nothing. What it shows and a progress line would overwrite each other.
        with_progress(|on_stage| drop(self.project.check(&CheckOptions::default(), on_stage)));
        self.check()?;
        self.draw()
    }

    /// The directories that the dataset is read from.
    pub(super) fn directories(&self) -> BTreeSet<PathBuf> {
        let paths = self.inputs.paths(&self.root, self.source_dir.as_deref());
        paths.iter().filter_map(|path| path.parent()).map(Path::to_owned).chain(self.source_dir.clone()).collect()
    }

    /// Reads what has changed, and shows what is different. `None` if any file may have changed.
    pub(super) fn update(&mut self, changed: Option<&BTreeSet<PathBuf>>) -> Result<(), Failure> {
        if changed.is_some_and(|changed| !changed.iter().any(|path| may_be_read(path)))
            || self.inputs.changed(&self.root, self.source_dir.as_deref()).is_none()
        {
            return Ok(());
        }
        for path in changed.into_iter().flatten() {
            // A file outside the dataset is found by its fingerprint.
            if let Some(name) = path.to_str().filter(|_| path.is_relative() && may_be_read(path)) {
                self.project.update(name, None);
            }
        }
        self.project.refresh();
        let is_rebuilt = self.check()?;
        if let (true, Err(failure)) = (is_rebuilt, self.draw()) {
            // The next edit may correct the query.
            failure.report();
        }
        Ok(())
    }

    /// Checks the dataset, and shows which findings are new and which are resolved. If there are no errors, builds the graph, and shows
    /// what it has gained and lost. Returns whether it was built.
    fn check(&mut self) -> Result<bool, Failure> {
        let policy = Policy::default();
        let ProjectCheck { dataset, files, findings } = self.project.check(&CheckOptions::default(), &|_| {});
        self.inputs = files.inputs();
        output_file::protect(self.inputs.paths(&self.root, self.source_dir.as_deref()));
        let is_valid = !findings.has_errors();
        let mut is_changed = self.checked.replace(locate(findings, files, &policy))?;
        let built = match dataset {
            Some((dataset, checked)) if is_valid => {
                let mut findings = Findings::new();
                let store = compile(dataset, &checked, &self.rules, &mut findings)?;
                let is_valid = !findings.has_errors();
                is_changed |= self.compiled.replace(locate(findings, files, &policy))?;
                is_valid.then_some((store, checked.evidence))
            }
            _ => None,
        };
        if is_changed || self.store.is_none() {
            let counted =
                |severity, noun| pluralize(self.checked.count(severity) + self.compiled.count(severity), noun);
            let unchanged = if built.is_none() && self.store.is_some() { "; the graph stays as it was" } else { "" };
            let (errors, warnings) = (counted(Severity::Error, "error"), counted(Severity::Warning, "warning"));
            output_file::write_text(|out| Ok(writeln!(out, "{errors}, {warnings}{unchanged}")?))?;
        }
        let Some((store, evidence)) = built else { return Ok(false) };
        if let Some(cache) = self.project.cache() {
            // If the graph cannot be cached, the next command builds it.
            let _ = cache.store(&store, &self.inputs, evidence);
        }
        if let Some(before) = &self.store {
            show_difference(before, &store)?;
        }
        self.store = Some(store);
        Ok(true)
    }

    /// Draws the diagram of the last graph.
    fn draw(&self) -> Result<(), Failure> {
        let (Some((name, file)), Some(store)) = (&self.diagram, &self.store) else { return Ok(()) };
        draw::write_named(name, file, store, &self.root)
    }
}

/// Whether a file that has changed may be one of the dataset.
fn may_be_read(path: &Path) -> bool {
    !path.components().any(|part| IGNORED.iter().any(|name| part.as_os_str() == *name))
}

/// Findings that have been shown.
#[derive(Default)]
struct ShownFindings(Vec<Diagnostic>);

impl ShownFindings {
    fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Replaces the findings by those of a later check. Shows those that are new, and those that are resolved; one that has only moved is
    /// neither. Returns whether there are any.
    fn replace(&mut self, after: Vec<Diagnostic>) -> Result<bool, Failure> {
        let before = std::mem::replace(&mut self.0, after);
        let (new, resolved) = (missing_in(&self.0, &before), missing_in(&before, &self.0));
        let is_changed = !new.is_empty() || !resolved.is_empty();
        let color = anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
        let style = TextStyle { color, width: width().unwrap_or(120) };
        output_file::write(None, |mut out| {
            write_text(&new, style, &mut out)?;
            for Diagnostic { file, code, message, .. } in resolved {
                writeln!(out, "resolved: {}: {code}: {}", terminal::line(&file), terminal::line(&message))?;
            }
            Ok(())
        })?;
        Ok(is_changed)
    }
}

/// The findings that another list lacks, whatever their lines.
fn missing_in(findings: &[Diagnostic], other: &[Diagnostic]) -> Vec<Diagnostic> {
    fn key(finding: &Diagnostic) -> (&str, Code, &str, &str) {
        (&finding.file, finding.code, &finding.message, &finding.label)
    }
    let mut known = other.iter().map(key).counts();
    let mut missing = Vec::new();
    for finding in findings {
        match known.get_mut(&key(finding)) {
            Some(number) if *number > 0 => *number -= 1,
            _ => missing.push(finding.clone()),
        }
    }
    missing
}

/// Shows what a graph has gained and lost.
fn show_difference(before: &Store, after: &Store) -> Result<(), Failure> {
    let diff = Diff::new(before, after)?;
    if diff.is_empty() {
        return Ok(());
    }
    let labels = [before, after].map(|store| Labels::new(store, &store.metadata().language));
    let comparison = Comparison {
        before: ComparedGraph { name: "before", text: &StatementText::new(before, &labels[0]) },
        after: ComparedGraph { name: "after", text: &StatementText::new(after, &labels[1]) },
    };
    output_file::write(None, |out| Content::Text.write(out, |mut out| Ok(diff_text(&diff, &comparison, &mut out)?)))
}
