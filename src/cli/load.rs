//! From command-line arguments to a checked dataset and its compiled graph.

use super::GlobalArgs;
use super::failure::Failure;
use super::limits::Limits;
use super::messages::{error, help, is_quiet, note, pluralize, print};
use super::output_file;
use crate::BUNDLED;
use crate::authoring::find_manifest;
use crate::check::EvidenceCounts;
use crate::dataset::{Dataset, DatasetRoot, MANIFEST, OpenOutcome, locate};
use crate::diagnostic::io_message;
use crate::diagnostic::{Diagnostic, Policy, Severity, TextStyle, write_text};
use crate::files::{Comparison, DEFAULT_MAX_FILE_SIZE, PathScope, ReadOptions};
use crate::model::Entailment;
use crate::project::{
    Cache, CacheLocation, OnErrors, OnStage, Project, ProjectError, ProjectGraph, ProjectOptions, Stage,
};
use crate::rules::RuleOptions;
use crate::store::Store;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use indicatif::{ProgressBar, ProgressStyle};
use oxigraph::sparql::CancellationToken;
use std::cell::RefCell;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Where the texts of the sources are.
#[derive(Args, Debug)]
#[command(next_help_heading = "Dataset")]
pub(super) struct SourceArgs {
    /// Directory to search for the texts of sources, by path and by file name [env: FACTLOOM_SOURCES]
    #[arg(long, value_name = "DIR")]
    source_dir: Option<PathBuf>,
}

/// How the graph of a dataset is compiled.
#[derive(Args, Debug)]
#[command(next_help_heading = "Dataset")]
pub(super) struct GraphArgs {
    #[command(flatten)]
    sources: SourceArgs,
    /// Directory for the cached graph [default: .factloom in the dataset] [env: FACTLOOM_CACHE_DIR]
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
    /// Exclude statements with errors instead of failing
    #[arg(long)]
    keep_going: bool,
    /// Add what follows by RDF Schema, or by it and OWL, instead of what the manifest chooses
    #[arg(long, value_name = "ENTAILMENT", value_parser = PossibleValuesParser::new(Entailment::NAMES).try_map(|name| name.parse::<Entailment>()))]
    pub(super) entailment: Option<Entailment>,
}

/// A compiled graph, and the numbers of its quotes by status.
pub(super) struct Graph {
    pub store: Store,
    pub evidence: EvidenceCounts,
    /// How many statements were omitted because of errors.
    pub omitted: usize,
    /// The dataset, and how its files are read; `None` for files that are not a dataset.
    pub dataset: Option<(DatasetRoot, ReadOptions)>,
}

impl From<Store> for Graph {
    /// A graph of files that are not a dataset.
    fn from(store: Store) -> Self {
        Self { store, evidence: EvidenceCounts::default(), omitted: 0, dataset: None }
    }
}

/// The dataset that the global options select, and what this run of the program has opened.
pub(super) struct Session {
    dataset: Option<PathBuf>,
    example: bool,
    max_file_size: u64,
    pub(super) limits: Limits,
    /// Cancels the command.
    pub(super) cancellation: CancellationToken,
    /// The caches that graphs were read from.
    caches: RefCell<Vec<Cache>>,
}

impl Session {
    pub(super) fn new(args: &GlobalArgs) -> Self {
        Self {
            dataset: args.dataset.clone(),
            example: args.example,
            max_file_size: args.max_file_size.unwrap_or(DEFAULT_MAX_FILE_SIZE),
            limits: Limits { timeout: args.timeout, max_memory: args.max_memory },
            cancellation: CancellationToken::new(),
            caches: RefCell::default(),
        }
    }

    /// How rules are run.
    pub(super) fn rule_options(&self) -> RuleOptions {
        RuleOptions { cancellation: self.cancellation.clone(), ..RuleOptions::default() }
    }

    /// A store whose queries may use what the options of the command allow.
    pub(super) fn limited(&self, store: &Store) -> Store {
        store.with_limits(self.limits.for_query(&self.cancellation))
    }

    /// How files are read, without a directory of source texts.
    pub(super) fn read_options(&self) -> ReadOptions {
        ReadOptions { max_file_size: self.max_file_size, ..ReadOptions::default() }
    }

    /// The user's dataset, which `directory` may name. Does not fall back to the example.
    pub(super) fn user_dataset(&self, directory: Option<&Path>) -> Result<DatasetRoot, Failure> {
        self.find(directory)?.ok_or_else(|| {
            let misnamed = misnamed_manifest().map(|name| {
                (format!(": `{name}` differs in letter case"), format!("rename `{name}` to `{MANIFEST}`, or "))
            });
            let (wrong_case, rename) = misnamed.unwrap_or_default();
            Failure::new(format!("no {MANIFEST} in this directory or its parents{wrong_case}")).help(format!(
                "{rename}create a dataset with `factloom init`, name one with --dataset DIR, or use the bundled example \
                 with --example"
            ))
        })
    }

    /// The user's dataset, or the bundled example if this directory and its parents have none.
    pub(super) fn dataset_or_example(&self) -> Result<DatasetRoot, Failure> {
        if let Some(root) = self.find(None)? {
            return Ok(root);
        }
        let wrong_case = misnamed_manifest().map(|name| format!(" (`{name}` differs in letter case)"));
        let wrong_case = wrong_case.unwrap_or_default();
        // Not a `note`, so that --quiet does not suppress it: the results are about another dataset than the user may expect.
        print(format_args!(
            "note: no {MANIFEST} in this directory or its parents{wrong_case}; using the bundled example"
        ));
        Ok(DatasetRoot::Bundled(BUNDLED))
    }

    /// The dataset that an argument or a global option names, or else the nearest directory upwards with a manifest, or the
    /// only one in `data/*/`.
    fn find(&self, directory: Option<&Path>) -> Result<Option<DatasetRoot>, Failure> {
        if let Some(path) = directory.or(self.dataset.as_deref()) {
            return dataset_in(path).map(Some);
        }
        if self.example {
            return Ok(Some(DatasetRoot::Bundled(BUNDLED)));
        }
        let Some(root) = nearest_dataset()? else { return Ok(None) };
        if std::io::stderr().is_terminal() && !is_quiet() && root.to_string() != "." {
            print(format_args!("dataset: {root}"));
        }
        Ok(Some(root))
    }

    /// If a cached graph turns out to be corrupt, the next command rebuilds it: the output of this one cannot be undone.
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

/// A size in bytes, or with the suffix K, M or G for powers of 1024.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let units = [("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30)];
    let upper = text.to_ascii_uppercase();
    let number_and_unit = units.into_iter().find_map(|(suffix, unit)| Some((upper.strip_suffix(suffix)?, unit)));
    let (number, unit) = number_and_unit.unwrap_or((&upper, 1));
    let size = number.parse().ok().and_then(|number: u64| number.checked_mul(unit));
    size.ok_or_else(|| "expected a whole number of bytes, or with K, M or G, such as 512M".to_owned())
}

/// The dataset whose directory or manifest has a path.
pub(super) fn dataset_in(path: &Path) -> Result<DatasetRoot, Failure> {
    let directory = match path.file_name() {
        Some(name) if name == MANIFEST => path.parent().unwrap_or(Path::new("")),
        _ => path,
    };
    if directory.join(MANIFEST).exists() {
        return Ok(DatasetRoot::Directory(directory.to_owned()));
    }
    let shown = directory.display();
    if directory.is_file() {
        let parent = directory.parent().unwrap_or(Path::new(""));
        let help = match parent.join(MANIFEST).exists() {
            true => format!("name the directory of the dataset: `{}`", DatasetRoot::Directory(parent.to_owned())),
            false => format!("name a directory that contains {MANIFEST}"),
        };
        return Err(Failure::new(format!("`{shown}` is a file, not the directory of a dataset")).help(help));
    }
    Err(match find_manifest(directory).and_then(|found| Some(found.file_name()?.to_string_lossy().into_owned())) {
        Some(name) => Failure::new(format!("no {MANIFEST} in `{shown}`: `{name}` differs in letter case"))
            .help(format!("rename `{name}` to `{MANIFEST}`")),
        None => Failure::new(format!("no {MANIFEST} in `{shown}`"))
            .help(format!("name the directory of a dataset, or create one with `factloom init {shown}`")),
    })
}

pub(super) fn nearest_dataset() -> Result<Option<DatasetRoot>, Failure> {
    let mut upwards = PathBuf::new();
    for directory in working_directory()?.ancestors() {
        if directory.join(MANIFEST).is_file() {
            return Ok(Some(DatasetRoot::Directory(upwards)));
        }
        upwards.push("..");
    }
    let here = DatasetRoot::Directory(PathBuf::new());
    let manifests = here.matching(&format!("data/*/{MANIFEST}"), PathScope::Inside).unwrap_or_default();
    let mut below: Vec<PathBuf> =
        manifests.iter().filter_map(|path| Path::new(path).parent()).map(Path::to_owned).collect();
    if below.len() > 1 {
        let list: Vec<String> = below.iter().map(|directory| directory.display().to_string()).collect();
        let message = format!("several datasets: {}", list.join(", "));
        return Err(Failure::new(message).help("choose one with --dataset DIR"));
    }
    Ok(below.pop().map(DatasetRoot::Directory))
}

/// The name of a manifest in this directory or its parents that is not recognized because of its letter case.
fn misnamed_manifest() -> Option<String> {
    let found = working_directory().ok()?.ancestors().find_map(find_manifest)?;
    Some(found.file_name()?.to_string_lossy().into_owned())
}

fn working_directory() -> Result<PathBuf, Failure> {
    std::env::current_dir()
        .map_err(|e| Failure::new(format!("the working directory is not available: {}", io_message(&e))))
}

impl SourceArgs {
    /// The directory that the option or the variable names.
    pub(super) fn directory(&self) -> Option<PathBuf> {
        self.source_dir.clone().or_else(|| directory_variable("FACTLOOM_SOURCES"))
    }

    pub(super) fn read_options(&self, session: &Session) -> Result<ReadOptions, Failure> {
        let source_dir = self.directory();
        if let Some(dir) = source_dir.as_ref().filter(|dir| !dir.is_dir()) {
            let message = format!("no directory `{}` of source texts", dir.display());
            return Err(Failure::new(message).help("correct --source-dir or FACTLOOM_SOURCES"));
        }
        Ok(ReadOptions { source_dir, ..session.read_options() })
    }

    /// Opens a dataset to read its sources. Shows the errors if its manifest is not usable.
    pub(super) fn dataset(&self, root: &DatasetRoot, session: &Session) -> Result<Dataset, Failure> {
        let OpenOutcome { dataset, files, findings } = Dataset::open_with(root.clone(), self.read_options(session)?);
        output_file::protect(files.inputs().paths(root, self.directory().as_deref()));
        dataset.ok_or_else(|| {
            show(&locate(findings, &files, &Policy::default()));
            Failure::Findings
        })
    }

    /// Opens a dataset to check it, without a cache.
    pub(super) fn open(&self, root: DatasetRoot, session: &Session) -> Result<Project, Failure> {
        let read = self.read_options(session)?;
        Ok(Project::open(root, ProjectOptions { read, cache: CacheLocation::None, ..ProjectOptions::default() }))
    }
}

/// The directory of cached graphs that the environment names.
pub(super) fn cache_directory() -> Option<PathBuf> {
    directory_variable("FACTLOOM_CACHE_DIR")
}

/// A directory that an environment variable names. Unlike an argument, a variable may be empty.
fn directory_variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|dir| !dir.is_empty()).map(PathBuf::from)
}

impl GraphArgs {
    /// The graph of the user's dataset, or of the example.
    pub(super) fn open(&self, session: &Session) -> Result<Graph, Failure> {
        self.open_root(session.dataset_or_example()?, session)
    }

    /// The graph of a dataset: the cached one if it is up to date, else a new one. That of a git revision is not cached.
    ///
    /// If the dataset has errors, shows them, and builds only with `--keep-going`.
    pub(super) fn open_root(&self, root: DatasetRoot, session: &Session) -> Result<Graph, Failure> {
        self.open_with(root, session, Comparison::Attributes)
    }

    /// The same, with a choice of how the files are compared with those that the cached graph was built from.
    pub(super) fn open_with(
        &self,
        root: DatasetRoot,
        session: &Session,
        comparison: Comparison,
    ) -> Result<Graph, Failure> {
        self.open_or_errors(root, session, comparison)?.map_err(|errors| {
            show(&errors.diagnostics);
            errors.report("nothing was built")
        })
    }

    /// The same, but returns the errors of the dataset instead of showing them.
    pub(super) fn open_or_errors(
        &self,
        root: DatasetRoot,
        session: &Session,
        comparison: Comparison,
    ) -> Result<Result<Graph, DatasetErrors>, Failure> {
        let cache_dir = self.cache_dir.clone().or_else(cache_directory);
        let read = self.sources.read_options(session)?;
        let read = ReadOptions { entailment: self.entailment, ..read };
        let source_dir = read.source_dir.clone();
        let options = ProjectOptions {
            read,
            cache: cache_dir.map_or(CacheLocation::Dataset, CacheLocation::In),
            comparison,
            on_errors: if self.keep_going { OnErrors::Omit } else { OnErrors::Refuse },
            rules: session.rule_options(),
        };
        let dataset = Some((root.clone(), options.read.clone()));
        let mut project = Project::open(root, options);
        let built = with_progress(|on_stage| project.graph(on_stage));
        let ProjectGraph { store, evidence, omitted, has_errors, is_cached, inputs } = match built {
            Ok(graph) => graph,
            Err(ProjectError::Store(error)) => return Err(error.into()),
            Err(ProjectError::Dataset { errors, files }) => {
                let policy = Policy::default();
                let count = errors.total(Severity::Error, &policy);
                return Ok(Err(DatasetErrors { diagnostics: locate(errors, &files, &policy), count }));
            }
        };
        output_file::protect(inputs.paths(project.root(), source_dir.as_deref()));
        if omitted > 0 {
            let statements = pluralize(omitted, "statement");
            note(format_args!("{statements} with errors omitted; `factloom check` lists the errors"));
        } else if has_errors {
            note("the dataset has errors; `factloom check` lists them");
        }
        if is_cached {
            session.caches.borrow_mut().extend(project.cache().cloned());
        }
        Ok(Ok(Graph { store: session.limited(&store), evidence, omitted, dataset }))
    }
}

/// The errors of a dataset that cannot be built.
pub(super) struct DatasetErrors {
    /// The errors, of each code a limited number.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The number of all.
    count: usize,
}

impl DatasetErrors {
    /// Reports their number, and what the command did not do because of them.
    pub(super) fn report(&self, consequence: &str) -> Failure {
        error(format_args!("{}; {consequence}", pluralize(self.count, "error")));
        help("correct the dataset, or use --keep-going to omit statements with errors");
        Failure::Findings
    }
}

/// Writes diagnostics as text to stderr.
pub(super) fn show(diagnostics: &[Diagnostic]) {
    let mut out = anstream::AutoStream::auto(std::io::stderr());
    let color = out.current_choice() != anstream::ColorChoice::Never;
    let mut text = Vec::new();
    let rendering = TextStyle { color, width: width().unwrap_or(120) };
    let _ = write_text(diagnostics, rendering, &mut text).and_then(|()| out.write_all(&text));
}

/// The width of the terminal in columns; `None` if stdout is not a terminal.
pub(super) fn width() -> Option<usize> {
    std::io::stdout().is_terminal().then(|| usize::from(console::Term::stdout().size().1))
}

/// How many quotes have each status, and what it means.
pub(super) fn evidence_line(counts: EvidenceCounts) -> String {
    let EvidenceCounts { verified, locked, cited, background, omitted } = counts;
    let statuses = [
        (verified, "verified (found in the text of the source)"),
        (locked, "locked (found when the text was locked; the text is unavailable)"),
        (cited, "cited (the source has no text)"),
    ];
    let statuses = statuses.iter().filter(|(number, _)| *number > 0);
    let statuses: Vec<String> = statuses.map(|(number, meaning)| format!("{number} {meaning}")).collect();
    let quotes = pluralize(counts.quotes(), "quote");
    let quotes = if statuses.is_empty() { quotes } else { format!("{quotes}: {}", statuses.join(", ")) };
    let quotes = match background {
        0 => quotes,
        _ => format!("{quotes}; {} from background", pluralize(background, "note")),
    };
    match omitted {
        0 => quotes,
        1 => format!("{quotes}; 1 more quote is excluded because of errors"),
        _ => format!("{quotes}; {omitted} more quotes are excluded because of errors"),
    }
}

/// A progress line on stderr, if that is a terminal.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn start(what: &'static str) -> Self {
        let bar = if is_quiet() { ProgressBar::hidden() } else { ProgressBar::new_spinner() }.with_message(what);
        bar.enable_steady_tick(std::time::Duration::from_millis(200));
        Self(bar)
    }

    /// Shows a stage of reading, checking and building a dataset.
    fn show(&self, stage: Stage) {
        match stage {
            Stage::Reading => self.0.set_message("reading"),
            Stage::Checking { sources } => {
                let template = "{msg} {wide_bar} {pos}/{len}";
                if let (true, Ok(style)) = (sources > 1, ProgressStyle::with_template(template)) {
                    self.0.set_style(style);
                    self.0.set_length(sources as u64);
                }
                self.0.set_message("checking quotes");
            }
            Stage::CheckedSource => self.0.inc(1),
            Stage::Building => {
                self.0.set_style(ProgressStyle::default_spinner());
                self.0.set_message("building");
            }
        }
    }
}

/// Does work on a dataset, and shows its progress on a terminal. A cached graph is opened without threads or a progress line: they
/// start with the first stage.
pub(super) fn with_progress<T>(work: impl FnOnce(OnStage<'_>) -> T) -> T {
    let progress = OnceLock::new();
    let start = || {
        // This thread takes part in the work, so that one thread fewer starts. An existing pool does as well.
        let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
        Progress::start("reading")
    };
    work(&|stage| progress.get_or_init(start).show(stage))
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
