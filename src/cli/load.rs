//! From the arguments that name a dataset to the dataset, checked and built.

use super::failure::{Failure, say};
use super::revision::Checkout;
use crate::check::{CheckOptions, Checked, EvidenceCounts, check};
use crate::dataset::{Dataset, DatasetRoot, Files, MANIFEST, locate};
use crate::diagnostic::{Diagnostic, Finding, Policy, Severity, TextStyle, write_text};
use crate::store::{Cache, CachedGraph, Store};
use crate::{BUNDLED, compile};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::cell::RefCell;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Which dataset, and where its texts are.
#[derive(Args, Debug)]
pub(super) struct DatasetArgs {
    /// Directory of the dataset [default: the nearest one upwards, then the only data/*/ below, then the bundled one]
    #[arg(long, value_name = "DIR", help_heading = "Dataset")]
    pub dataset: Option<PathBuf>,
    /// Another folder to look for the sources' texts in, by file name [env: FACTLOOM_SOURCES]
    #[arg(long, value_name = "DIR", help_heading = "Dataset")]
    pub source_dir: Option<PathBuf>,
}

/// Which dataset, where its graph is kept, and whether statements with errors are left out.
#[derive(Args, Debug)]
pub(super) struct GraphArgs {
    #[command(flatten)]
    pub dataset: DatasetArgs,
    /// Directory to keep the compiled graph in [default: .factloom in the dataset's folder] [env: FACTLOOM_CACHE_DIR]
    #[arg(long, value_name = "DIR", help_heading = "Dataset")]
    cache_dir: Option<PathBuf>,
    /// Leave statements with errors out, and say how many, instead of building nothing
    #[arg(long, help_heading = "Dataset")]
    pub keep_going: bool,
}

/// A dataset that was read and checked, with all findings.
pub(super) struct CheckedDataset {
    pub dataset: Option<(Dataset, Checked)>,
    pub files: Files,
    pub findings: Vec<Finding>,
}

/// A compiled graph, and how well its evidence holds.
pub(super) struct Graph {
    pub store: Store,
    pub evidence: EvidenceCounts,
    /// How many statements were omitted because of errors.
    pub dropped: usize,
}

impl From<Store> for Graph {
    /// A graph of files that are not a dataset.
    fn from(store: Store) -> Self {
        Self { store, evidence: EvidenceCounts::default(), dropped: 0 }
    }
}

/// What one run of the program has opened.
#[derive(Default)]
pub(super) struct Session {
    /// The caches that graphs were read from.
    caches: RefCell<Vec<Cache>>,
}

impl Session {
    /// If a cached graph turns out to be corrupt, the next command rebuilds it: what this one has written cannot be undone.
    pub(super) fn invalidate_corrupt(&self, failure: Failure) -> Failure {
        let caches = self.caches.borrow();
        match failure {
            Failure::Corrupt(message) if !caches.is_empty() => {
                caches.iter().for_each(Cache::invalidate);
                Failure::new(message).help("run the command again to rebuild the cached graph")
            }
            other => other,
        }
    }
}

impl DatasetArgs {
    /// Finds the dataset's folder.
    pub(super) fn root(&self) -> Result<DatasetRoot, Failure> {
        if let Some(dir) = &self.dataset {
            let dir = match dir.file_name() {
                Some(name) if name == MANIFEST => dir.parent().unwrap_or(Path::new("")).to_owned(),
                _ => dir.clone(),
            };
            if !dir.join(MANIFEST).exists() {
                let message = format!("there is no {MANIFEST} in `{}`", dir.display());
                return Err(Failure::new(message).help("name the folder of a dataset with --dataset DIR"));
            }
            return Ok(DatasetRoot::Directory(dir));
        }
        let here = std::env::current_dir().map_err(|e| Failure::new(format!("no working folder: {e}")))?;
        let mut up = PathBuf::new();
        for folder in here.ancestors() {
            if folder.join(MANIFEST).is_file() {
                return Ok(DatasetRoot::Directory(up));
            }
            up.push("..");
        }
        let mut below: Vec<PathBuf> = glob::glob(&format!("data/*/{MANIFEST}"))
            .map(|paths| paths.filter_map(Result::ok).collect())
            .unwrap_or_default();
        below.sort();
        let folder_of = |path: &PathBuf| path.parent().map(Path::to_owned).unwrap_or_default();
        match &below[..] {
            [] => Ok(DatasetRoot::Bundled(BUNDLED)),
            [only] => Ok(DatasetRoot::Directory(folder_of(only))),
            several => {
                let list: Vec<String> = several.iter().map(|p| folder_of(p).display().to_string()).collect();
                let message = format!("there are several datasets: {}", list.join(", "));
                Err(Failure::new(message).help("name one with --dataset DIR"))
            }
        }
    }

    /// Finds the dataset's folder. On a terminal the choice is named.
    fn locate(&self) -> Result<DatasetRoot, Failure> {
        let folder = self.root()?;
        if self.dataset.is_none() && std::io::stderr().is_terminal() {
            say(format_args!("dataset: {folder}"));
        }
        Ok(folder)
    }

    /// Finds the folder of the sources' texts.
    fn source_dir(&self) -> Result<Option<PathBuf>, Failure> {
        let source_dir = self.source_dir.clone().or_else(|| variable("FACTLOOM_SOURCES"));
        if let Some(dir) = source_dir.as_ref().filter(|dir| !dir.is_dir()) {
            let message = format!("there is no folder `{}` of sources", dir.display());
            return Err(Failure::new(message).help("correct --source-dir or FACTLOOM_SOURCES"));
        }
        Ok(source_dir)
    }

    /// Reads and checks the dataset. Long work shows its progress on a terminal.
    pub(super) fn check(&self, options: CheckOptions<'_>) -> Result<CheckedDataset, Failure> {
        Ok(read_and_check(self.locate()?, self.source_dir()?, options))
    }
}

/// A folder that a variable of the environment names. Unlike an argument, a variable may be set to nothing.
fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|dir| !dir.is_empty()).map(PathBuf::from)
}

fn read_and_check(folder: DatasetRoot, source_dir: Option<PathBuf>, options: CheckOptions<'_>) -> CheckedDataset {
    // This thread takes part in the work, so that one thread fewer starts. An existing pool does as well.
    let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
    let progress = Progress::start("reading");
    let opened = Dataset::open(folder, source_dir);
    let mut findings = opened.findings;
    let dataset = opened.dataset.map(|mut dataset| {
        progress.of("grounding", dataset.sources.len());
        let on_source = || progress.step();
        let checked = check(&mut dataset, &CheckOptions { on_source: Some(&on_source), ..options }, &mut findings);
        (dataset, checked)
    });
    CheckedDataset { dataset, files: opened.files, findings }
}

impl GraphArgs {
    /// The graph of the dataset that the arguments name.
    pub(super) fn open(&self, session: &Session) -> Result<Graph, Failure> {
        self.open_root(self.dataset.locate()?, session)
    }

    /// The graph of the dataset in a folder: the cached one if it is up to date, else a new one.
    pub(super) fn open_root(&self, folder: DatasetRoot, session: &Session) -> Result<Graph, Failure> {
        let cache_dir = self.cache_dir.clone().or_else(|| variable("FACTLOOM_CACHE_DIR"));
        let cache = Cache::new(&folder, cache_dir.as_deref()).filter(|_| !self.keep_going);
        let source_dir = self.dataset.source_dir()?;
        if let Some(CachedGraph { store, evidence }) =
            cache.as_ref().and_then(|cache| cache.open(&folder, source_dir.as_deref()))
        {
            session.caches.borrow_mut().extend(cache);
            return Ok(Graph { store, evidence, dropped: 0 });
        }
        self.build(folder, source_dir, cache.as_ref(), &|_| {})
    }

    /// The graph of a dataset at a Git revision, which is not cached.
    pub(super) fn open_checkout(&self, checkout: &Checkout) -> Result<Graph, Failure> {
        self.build(checkout.root(), self.dataset.source_dir()?, None, &|diagnostic| {
            diagnostic.file = checkout.named(&diagnostic.file);
            diagnostic.notes.iter_mut().for_each(|note| *note = checkout.named(note));
        })
    }

    /// Builds and caches the graph. If the dataset has errors, shows them, and builds only with `--keep-going`; such a graph
    /// is not cached.
    fn build(
        &self,
        folder: DatasetRoot,
        source_dir: Option<PathBuf>,
        cache: Option<&Cache>,
        relabel: &dyn Fn(&mut Diagnostic),
    ) -> Result<Graph, Failure> {
        let CheckedDataset { dataset, files, mut findings } =
            read_and_check(folder, source_dir, CheckOptions::default());
        let Some((dataset, checked)) = dataset else { return Err(refuse(findings, &files, relabel)) };
        let (evidence, dropped) = (checked.evidence, checked.dropped);
        if !self.keep_going && has_errors(&findings) {
            return Err(refuse(findings, &files, relabel));
        }
        let progress = Progress::start("building");
        let store = compile(&dataset, checked, &mut findings)?;
        drop(progress);
        if !self.keep_going && has_errors(&findings) {
            return Err(refuse(findings, &files, relabel));
        }
        if dropped > 0 {
            let them = pluralize(dropped, "statement");
            say(format_args!("note: {them} with errors omitted; `factloom check` lists the errors"));
        } else if has_errors(&findings) {
            say("note: the dataset has errors; `factloom check` lists them");
        }
        if let Some(cache) = cache {
            // If the graph cannot be cached, the next command builds it again.
            let _ = cache.store(&store, &files.inputs(), evidence);
        }
        Ok(Graph { store, evidence, dropped })
    }
}

fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.code.severity() == Severity::Error)
}

/// Shows the errors of a dataset that cannot be built.
fn refuse(mut findings: Vec<Finding>, files: &Files, relabel: &dyn Fn(&mut Diagnostic)) -> Failure {
    findings.retain(|f| f.code.severity() == Severity::Error);
    let mut diagnostics = locate(findings, files, &Policy::default());
    diagnostics.iter_mut().for_each(relabel);
    show(&diagnostics);
    say(format_args!("error: {}; nothing was built", pluralize(diagnostics.len(), "error")));
    say("help: correct the dataset, or omit statements with errors with --keep-going");
    Failure::Findings
}

/// Writes diagnostics for people to stderr. Where that is gone, there is nobody to tell.
pub(super) fn show(diagnostics: &[Diagnostic]) {
    let mut out = anstream::AutoStream::auto(std::io::stderr());
    let color = out.current_choice() != anstream::ColorChoice::Never;
    let mut text = Vec::new();
    let rendering = TextStyle { color, width: width().unwrap_or(120) };
    let _ = write_text(diagnostics, rendering, &mut text).and_then(|()| out.write_all(&text));
}

/// The width of the terminal, in columns; `None` where there is none.
pub(super) fn width() -> Option<usize> {
    std::io::stdout().is_terminal().then(|| usize::from(console::Term::stdout().size().1))
}

/// How well the evidence holds, in one line.
pub(super) fn evidence_line(counts: crate::check::EvidenceCounts) -> String {
    let crate::check::EvidenceCounts { verified, locked, cited, background } = counts;
    format!("evidence: {verified} verified, {locked} locked, {cited} cited, {background} from background")
}

/// `1 error`, `2 errors`.
pub(super) fn pluralize(number: usize, what: &str) -> String {
    match (number, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {what}s"),
    }
}

/// A line on stderr that shows how far long work is; nothing where stderr is no terminal.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn start(what: &'static str) -> Self {
        let bar = ProgressBar::new_spinner().with_message(what);
        bar.enable_steady_tick(std::time::Duration::from_millis(200));
        Self(bar)
    }

    fn of(&self, what: &'static str, steps: usize) {
        let template = "{msg} {wide_bar} {pos}/{len}";
        if let (true, Ok(style)) = (steps > 1, ProgressStyle::with_template(template)) {
            self.0.set_style(style);
            self.0.set_length(steps as u64);
        }
        self.0.set_message(what);
    }

    fn step(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
