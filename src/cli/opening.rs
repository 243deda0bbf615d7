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
pub(super) struct BuildFrom {
    #[command(flatten)]
    pub dataset: DatasetArgs,
    /// Directory to keep the compiled graph in [default: .factloom in the dataset's folder] [env: FACTLOOM_CACHE_DIR]
    #[arg(long, value_name = "DIR", help_heading = "Dataset")]
    cache_dir: Option<PathBuf>,
    /// Leave statements with errors out, and say how many, instead of building nothing
    #[arg(long, help_heading = "Dataset")]
    pub keep_going: bool,
}

/// A dataset that has been read and checked, with what is wrong with it.
pub(super) struct Examined {
    pub dataset: Option<(Dataset, Checked)>,
    pub files: Files,
    pub findings: Vec<Finding>,
}

/// A graph, and the place where it was kept, unless it was made anew.
pub(super) struct Opened {
    pub built: Built,
    pub kept_in: Option<Cache>,
}

/// A graph, and how well it is founded.
pub(super) struct Built {
    pub store: Store,
    pub evidence: EvidenceCounts,
    pub dropped: usize,
}

impl Built {
    /// A graph of files that are no dataset.
    pub(super) fn of_data(store: Store) -> Self {
        Self { store, evidence: EvidenceCounts::default(), dropped: 0 }
    }
}

impl DatasetArgs {
    /// Finds the dataset's folder.
    pub(super) fn folder(&self) -> Result<DatasetRoot, Failure> {
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

    /// Finds the dataset's folder, and that of the sources' texts. On a terminal the choice of the dataset is named.
    fn places(&self) -> Result<(DatasetRoot, Option<PathBuf>), Failure> {
        let source_dir = self.texts()?;
        let folder = self.folder()?;
        if self.dataset.is_none() && std::io::stderr().is_terminal() {
            say(format_args!("dataset: {folder}"));
        }
        Ok((folder, source_dir))
    }

    /// Finds the folder of the sources' texts.
    fn texts(&self) -> Result<Option<PathBuf>, Failure> {
        let source_dir = self.source_dir.clone().or_else(|| variable("FACTLOOM_SOURCES"));
        if let Some(dir) = source_dir.as_ref().filter(|dir| !dir.is_dir()) {
            let message = format!("there is no folder `{}` of sources", dir.display());
            return Err(Failure::new(message).help("correct --source-dir or FACTLOOM_SOURCES"));
        }
        Ok(source_dir)
    }

    /// Reads and checks the dataset. Long work shows its progress on a terminal.
    pub(super) fn examine(&self, options: CheckOptions<'_>) -> Result<Examined, Failure> {
        let (folder, source_dir) = self.places()?;
        Ok(examine(folder, source_dir, options))
    }
}

/// A folder that a variable of the environment names. Unlike an argument, a variable may be set to nothing.
fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|dir| !dir.is_empty()).map(PathBuf::from)
}

fn examine(folder: DatasetRoot, source_dir: Option<PathBuf>, options: CheckOptions<'_>) -> Examined {
    // This thread takes part in the work, which starts one thread fewer; where there are others already, they will do.
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
    Examined { dataset, files: opened.files, findings }
}

impl BuildFrom {
    /// Does a command's work on the graph: on the one that is kept where it is still that of the dataset, else on a new one.
    pub(super) fn with_graph(&self, work: impl FnOnce(&Built) -> Result<(), Failure>) -> Result<(), Failure> {
        let (folder, source_dir) = self.dataset.places()?;
        let Opened { built, kept_in } = self.open(folder, source_dir)?;
        work(&built).map_err(|failure| damaged(failure, kept_in.as_slice()))
    }

    /// The graph of the dataset in a folder.
    pub(super) fn of_folder(&self, folder: DatasetRoot) -> Result<Opened, Failure> {
        self.open(folder, self.dataset.texts()?)
    }

    /// The graph of what a dataset was, which is kept nowhere.
    pub(super) fn of_checkout(&self, checkout: &Checkout) -> Result<Built, Failure> {
        self.build(checkout.folder(), self.dataset.texts()?, None, Some(checkout))
    }

    fn open(&self, folder: DatasetRoot, source_dir: Option<PathBuf>) -> Result<Opened, Failure> {
        let cache_dir = self.cache_dir.clone().or_else(|| variable("FACTLOOM_CACHE_DIR"));
        let cache = Cache::new(&folder, cache_dir.as_deref()).filter(|_| !self.keep_going);
        let kept = cache.as_ref().and_then(|cache| cache.open(&folder, source_dir.as_deref()));
        Ok(match kept {
            Some(CachedGraph { store, evidence }) => {
                Opened { built: Built { store, evidence, dropped: 0 }, kept_in: cache }
            }
            None => Opened { built: self.build(folder, source_dir, cache.as_ref(), None)?, kept_in: None },
        })
    }

    /// Builds the graph and keeps it. Where the dataset has errors, shows them and builds only if told to go on; such a
    /// graph is not kept.
    fn build(
        &self,
        folder: DatasetRoot,
        source_dir: Option<PathBuf>,
        cache: Option<&Cache>,
        checkout: Option<&Checkout>,
    ) -> Result<Built, Failure> {
        let refuse = |findings, files: &Files| refuse(findings, files, checkout);
        let Examined { dataset, files, mut findings } = examine(folder, source_dir, CheckOptions::default());
        let Some((dataset, checked)) = dataset else { return Err(refuse(findings, &files)) };
        let (evidence, dropped) = (checked.evidence, checked.dropped);
        if !self.keep_going && has_errors(&findings) {
            return Err(refuse(findings, &files));
        }
        let before = findings.len();
        let progress = Progress::start("building");
        let store = compile(&dataset, checked, &mut findings)?;
        drop(progress);
        if !self.keep_going && has_errors(&findings[before..]) {
            return Err(refuse(findings, &files));
        }
        if has_errors(&findings) && dropped == 0 {
            say("note: the dataset has errors; `factloom check` lists them");
        }
        if dropped > 0 {
            let them = if dropped == 1 { "1 statement was".to_owned() } else { format!("{dropped} statements were") };
            say(format_args!("note: {them} left out because of errors; `factloom check` lists them"));
        }
        if let Some(cache) = cache {
            // Where it cannot be kept, it is built again.
            let _ = cache.store(&store, &files.inputs(), evidence);
        }
        Ok(Built { store, evidence, dropped })
    }
}

/// Where a graph that was kept turns out to be damaged, it is forgotten, and the next command builds it anew: what this one
/// has written cannot be taken back.
pub(super) fn damaged(failure: Failure, kept_in: &[Cache]) -> Failure {
    match failure {
        Failure::Damaged(message) if !kept_in.is_empty() => {
            kept_in.iter().for_each(Cache::invalidate);
            Failure::new(message).help("it will be made anew: run the command again")
        }
        other => other,
    }
}

fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.code.severity() == Severity::Error)
}

/// Shows the errors that keep a dataset from being built.
fn refuse(mut findings: Vec<Finding>, files: &Files, checkout: Option<&Checkout>) -> Failure {
    findings.retain(|f| f.code.severity() == Severity::Error);
    let mut diagnostics = locate(findings, files, &Policy::default());
    if let Some(checkout) = checkout {
        for diagnostic in &mut diagnostics {
            diagnostic.file = checkout.named(&diagnostic.file);
            diagnostic.notes.iter_mut().for_each(|note| *note = checkout.named(note));
        }
    }
    show(&diagnostics);
    say(format_args!("error: {}; nothing was built", count(diagnostics.len(), "error")));
    say(format_args!("help: correct the dataset, or leave bad statements out with --keep-going"));
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
pub(super) fn count(number: usize, what: &str) -> String {
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
