//! From the arguments that name files of RDF, or a dataset, to a graph.

use super::failure::Failure;
use super::load::{Graph, GraphArgs, Session};
use crate::model::Namespaces;
use crate::output::{GraphFormat, NamedFormat};
use crate::store::{CompiledGraph, GraphBuilder, GraphError, GraphMetadata, MAGIC, Store};
use clap::Args;
use oxigraph::io::RdfFormat;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Which graph: that of a dataset, or of files.
#[derive(Args, Debug)]
pub(super) struct DataArgs {
    /// File of RDF, or a compiled graph, instead of a dataset; `-` for stdin; several for all of them together
    #[arg(long, value_name = "FILE", help_heading = "Data",
        conflicts_with_all = ["dataset", "source_dir", "cache_dir", "keep_going"])]
    data: Vec<PathBuf>,
    /// Format of the data [default: the ending of its name]
    #[arg(long, value_name = "FORMAT", requires = "data", help_heading = "Data")]
    data_format: Option<String>,
    #[command(flatten)]
    from: GraphArgs,
}

impl DataArgs {
    /// Whether the graph is that of files, and not of a dataset.
    pub(super) fn is_files(&self) -> bool {
        !self.data.is_empty()
    }

    /// The graph that the arguments name.
    pub(super) fn open(&self, session: &Session) -> Result<Graph, Failure> {
        match &self.data[..] {
            [] => self.from.open(session),
            files => Ok(self.read(files)?.into()),
        }
    }

    fn read(&self, files: &[PathBuf]) -> Result<Store, Failure> {
        if let [only] = files
            && is_compiled(only)
        {
            return compiled(only);
        }
        let mut builder = GraphBuilder::new();
        for path in files {
            if is_compiled(path) {
                let message = format!("`{}` is a compiled graph, which can be asked alone only", path.display());
                return Err(Failure::new(message).help("name no other file beside it"));
            }
            let format = self.format_of(path)?;
            let read = match path == Path::new("-") {
                true => builder.read(format, None, io::stdin().lock()),
                false => {
                    let file = File::open(path).map_err(|e| Failure::file("read", path, &e))?;
                    builder.read(format, None, file)
                }
            };
            read.map_err(|e| failed(path, &e))?;
        }
        Ok(Store::build(builder, GraphMetadata::new(Namespaces::standard()))?)
    }

    fn format_of(&self, path: &Path) -> Result<RdfFormat, Failure> {
        let ending = path.extension().and_then(|ending| ending.to_str());
        let known = |name: &str| GraphFormat::from_name(name).map(|f| f.0).or_else(|| RdfFormat::from_extension(name));
        match (self.data_format.as_deref(), ending) {
            (Some(name), _) => known(name).ok_or_else(|| Failure::new(format!("`{name}` is no format for graphs"))),
            (None, Some("factloom")) => {
                Err(Failure::new(format!("`{}` is no compiled graph, as its ending says", path.display())))
            }
            (None, Some(ending)) => {
                known(ending).ok_or_else(|| Failure::new(format!("`{ending}` is the ending of no format for graphs")))
            }
            (None, None) => Err(Failure::new(format!("the format of `{}` is not known", path.display()))),
        }
        .map_err(|failure| failure.help(format!("name one with --data-format: {}", GraphFormat::list())))
    }
}

fn failed(path: &Path, error: &GraphError) -> Failure {
    Failure::new(format!("cannot read `{}`: {error}", path.display()))
}

/// Opens a compiled graph.
pub(super) fn compiled(path: &Path) -> Result<Store, Failure> {
    let graph = CompiledGraph::open(path).map_err(|e| failed(path, &e))?;
    Ok(Store::compiled(graph)?)
}

/// Whether a file begins as compiled graphs do.
pub(super) fn is_compiled(path: &Path) -> bool {
    let mut first = [0; MAGIC.len()];
    let read = |mut file: File| file.read_exact(&mut first);
    path != Path::new("-") && path.is_file() && File::open(path).and_then(read).is_ok() && first == MAGIC
}
