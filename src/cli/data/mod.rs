//! From the arguments that name RDF files or a dataset to a graph.

mod context;
mod document_iri;

use super::failure::Failure;
use super::load::{Graph, GraphArgs, Session};
use super::messages::note;
use super::output_file::check_named;
use crate::dataset::{DatasetRoot, MANIFEST};
use crate::model::Namespaces;
use crate::output::{GraphFormat, NamedFormat};
use crate::rules::with_entailment;
use crate::store::{CompiledGraph, DocumentOptions, GraphBuilder, GraphError, GraphMetadata, MAGIC, Store};
use clap::Args;
use context::load_context;
pub(super) use document_iri::base_iri;
use document_iri::document_iri;
use oxigraph::io::RdfFormat;
use oxigraph::model::NamedNode;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The graph of a dataset, or of RDF files.
#[derive(Args, Debug)]
#[command(next_help_heading = "Data")]
pub(super) struct DataArgs {
    /// RDF file or compiled graph to use instead of a dataset; `-` is stdin; repeat to merge RDF files
    #[arg(long, value_name = "FILE",
        conflicts_with_all = ["dataset", "example", "source_dir", "cache_dir", "keep_going"])]
    data: Vec<PathBuf>,
    /// Format of the RDF files [default: by their extensions]
    #[arg(long, value_name = "FORMAT", requires = "data")]
    data_format: Option<String>,
    /// Base IRI of relative IRIs in the RDF files and in the query [default: the file: IRI of the file]
    #[arg(long, value_name = "IRI", value_parser = base_iri, requires = "data")]
    base: Option<NamedNode>,
    #[command(flatten)]
    graph: GraphArgs,
}

impl DataArgs {
    /// Whether the graph is that of files, not of a dataset.
    pub(super) fn is_files(&self) -> bool {
        !self.data.is_empty()
    }

    /// Whether the data come from stdin.
    pub(super) fn reads_stdin(&self) -> bool {
        self.data.iter().any(|path| path == Path::new("-"))
    }

    /// The graph that the arguments name.
    pub(super) fn open(&self, session: &Session) -> Result<Graph, Failure> {
        match &self.data[..] {
            [] => self.graph.open(session),
            files => Ok(session.limited(&self.read(files, session)?).into()),
        }
    }

    /// The base of relative IRIs in a query on the data: that of the data, if there is only one.
    pub(super) fn query_base(&self) -> Option<NamedNode> {
        match (&self.base, &self.data[..]) {
            (None, [only]) if !is_compiled(only) => document_iri(only),
            (base, _) => base.clone(),
        }
    }

    /// The base of relative IRIs in a file.
    fn base_of(&self, path: &Path) -> Option<NamedNode> {
        self.base.clone().or_else(|| document_iri(path))
    }

    fn read(&self, files: &[PathBuf], session: &Session) -> Result<Store, Failure> {
        let entailment = self.graph.entailment;
        files.iter().filter(|path| *path != Path::new("-")).try_for_each(|path| check_named("read", path))?;
        if let [only] = files
            && is_compiled(only)
        {
            if entailment.is_some() {
                let message = format!("`{}` is a compiled graph, whose entailment is fixed", only.display());
                return Err(Failure::new(message).help("use the dataset that it was built from, with --dataset"));
            }
            return compiled(only);
        }
        let mut builder = GraphBuilder::new();
        for path in files {
            if is_compiled(path) {
                let message =
                    format!("`{}` is a compiled graph, which cannot be merged with other files", path.display());
                return Err(Failure::new(message).help("name it as the only --data"));
            }
            if path.is_dir() {
                let failure = Failure::new(format!("`{}` is a directory, not a file", path.display()));
                return Err(failure.help(match path.join(MANIFEST).exists() {
                    true => format!("use the dataset with `--dataset {}` instead of --data", path.display()),
                    false => "name an RDF file or a compiled graph".to_owned(),
                }));
            }
            let format = self.format_of(path)?;
            let before = builder.quad_count();
            let input: Box<dyn Read> = match path == Path::new("-") {
                true => Box::new(io::stdin().lock()),
                false => Box::new(File::open(path).map_err(|e| Failure::file("read", path, &e))?),
            };
            let dataset = dataset_of(path);
            let base = self.base_of(path);
            let contexts = |iri: &str| load_context(path, base.as_ref(), iri);
            let options = DocumentOptions { base: base.as_ref().map(NamedNode::as_str), contexts: Some(&contexts) };
            let notes = builder.read_with(format, &options, input).map_err(|e| match &dataset {
                Some(dataset) => failed(path, &e).help(dataset_help(dataset)),
                None => failed(path, &e),
            })?;
            for dropped in notes {
                note(format_args!("`{}`: {dropped}", path.display()));
            }
            if builder.quad_count() == before {
                let hint = dataset.map(|dataset| format!("; {}", dataset_help(&dataset))).unwrap_or_default();
                note(format_args!("`{}` has no triples{hint}", path.display()));
            }
        }
        if let Some(entailment) = entailment {
            builder = with_entailment(builder, entailment, &session.rule_options())?;
        }
        Ok(Store::build(builder, GraphMetadata::new(Namespaces::standard()))?)
    }

    fn format_of(&self, path: &Path) -> Result<RdfFormat, Failure> {
        let extension = match path.extension() {
            // The extension before it, as in `graph.ttl.gz`.
            Some(gz) if gz.eq_ignore_ascii_case("gz") => path.file_stem().and_then(|stem| Path::new(stem).extension()),
            extension => extension,
        };
        let extension = extension.and_then(|extension| extension.to_str());
        let known = |name: &str| GraphFormat::from_name(name).map(|f| f.0).or_else(|| RdfFormat::from_extension(name));
        match (self.data_format.as_deref(), extension) {
            (Some(name), _) => known(name).ok_or_else(|| Failure::new(format!("unknown RDF format `{name}`"))),
            (None, Some("factloom")) => Err(Failure::new(format!("`{}` is not a compiled graph", path.display()))),
            (None, Some(extension)) => {
                known(extension).ok_or_else(|| Failure::new(format!("unknown file extension `.{extension}`")))
            }
            (None, None) => Err(Failure::new(format!("`{}` has no file extension", path.display()))),
        }
        .map_err(|failure| failure.help(format!("name the format with --data-format: {}", GraphFormat::list())))
    }
}

fn failed(path: &Path, error: &GraphError) -> Failure {
    let failure = Failure::new(format!("cannot read `{}`: {error}", path.display()));
    match error {
        GraphError::RelativeIri(_) => failure.help("name the base with --base IRI"),
        GraphError::Context(..) => {
            failure.help("save the context in the directory of the file, and name it by a relative IRI")
        }
        _ => failure,
    }
}

/// The dataset that a JSON file lies in the directory of. Its entities and facts are not JSON-LD.
fn dataset_of(path: &Path) -> Option<DatasetRoot> {
    let is_json = path.extension().is_some_and(|extension| extension == "json" || extension == "jsonl");
    let directory = path.parent().filter(|directory| is_json && directory.join(MANIFEST).is_file())?;
    Some(DatasetRoot::Directory(directory.to_owned()))
}

fn dataset_help(dataset: &DatasetRoot) -> String {
    format!("if it is a file of a dataset, use `--dataset {dataset}` instead of --data")
}

/// Opens a compiled graph.
pub(super) fn compiled(path: &Path) -> Result<Store, Failure> {
    let graph = CompiledGraph::open(path).map_err(|e| failed(path, &e))?;
    Ok(Store::compiled(graph)?)
}

/// Whether a file begins like a compiled graph.
pub(super) fn is_compiled(path: &Path) -> bool {
    let mut first = [0; MAGIC.len()];
    let read = |mut file: File| file.read_exact(&mut first);
    path != Path::new("-") && path.is_file() && File::open(path).and_then(read).is_ok() && first == MAGIC
}
