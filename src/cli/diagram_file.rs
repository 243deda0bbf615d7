//! Writing a diagram, by the built-in layout or by Graphviz.

use super::failure::Failure;
use super::format::format_of_extension;
use super::messages::print;
use super::output_file;
use crate::dataset::{DatasetRoot, FILE_ATTRIBUTES, is_relative_path};
use crate::files::{PathScope, ProgramError, ProgramLimits, program, run_program};
use crate::output::{Diagram, DiagramFormat, NamedFormat, dot, mermaid, svg};
use clap::{Args, ValueEnum};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::iter;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where a diagram is written, in which format, and what lays it out.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(super) struct DiagramOutputArgs {
    /// Format: dot, svg, png or mermaid; with --engine graphviz, any of its formats [default: the extension of --output, else svg]
    #[arg(short, long, value_name = "FORMAT", short_alias = 'T')]
    format: Option<String>,
    /// File to write to instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Program that lays out the diagram
    #[arg(long, value_enum, default_value_t = Engine::BuiltIn)]
    engine: Engine,
    /// Graphviz layout: dot, neato, fdp, sfdp, circo, twopi or osage
    #[arg(short = 'K', long, value_name = "LAYOUT")]
    layout: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// factloom's layout
    BuiltIn,
    /// Graphviz, if it is installed
    Graphviz,
}

/// The help for an unknown file extension.
const EXTENSIONS: &str = "use one of .svg, .png, .mmd and .gv, or add --engine graphviz for other formats";

/// What Graphviz may use.
const DOT_LIMITS: ProgramLimits = ProgramLimits { time: Duration::from_secs(120), output: 1 << 28 };

/// The maximum number of entities, and of statements between them. Larger diagrams are unreadable and take minutes to lay out.
const MAX_SIZE: (usize, usize) = (1_000, 3_000);

/// Whether a diagram is too large to be readable.
pub(super) fn is_too_large(diagram: &Diagram) -> bool {
    diagram.nodes.len() > MAX_SIZE.0 || diagram.edges.len() > MAX_SIZE.1
}

/// The built-in format with a name.
fn built_in(name: &str) -> Result<DiagramFormat, Failure> {
    <DiagramFormat as NamedFormat>::from_name(name).ok_or_else(|| {
        Failure::new(format!("unknown diagram format `{name}`"))
            .help(format!("use one of {}, or add --engine graphviz for more", DiagramFormat::list()))
    })
}

/// Writes a diagram without Graphviz.
pub(super) fn draw(diagram: &Diagram, format: DiagramFormat, mut out: &mut dyn Write) -> Result<(), Failure> {
    if format != DiagramFormat::Dot && is_too_large(diagram) {
        let (nodes, edges) = (diagram.nodes.len(), diagram.edges.len());
        let message = format!("{nodes} entities and {edges} statements are too many for a diagram");
        return Err(
            Failure::new(message).help("select a part with --focus ENTITY or --max-nodes N, or use --format dot")
        );
    }
    match format {
        DiagramFormat::Dot => dot::write(diagram, &mut out)?,
        DiagramFormat::Svg => svg::write(diagram, &mut out)?,
        DiagramFormat::Mermaid => mermaid::write(diagram, &mut out)?,
        #[cfg(feature = "png")]
        DiagramFormat::Png => out.write_all(&super::png::render(diagram)?)?,
        #[cfg(not(feature = "png"))]
        DiagramFormat::Png => {
            let help = "use --format svg, add --engine graphviz, or install factloom with its Cargo feature `png`";
            return Err(Failure::new("this build of factloom cannot write PNG images").help(help));
        }
    }
    Ok(())
}

/// Checks that the files which a style names are in the dataset. Absolute paths are those of the user's options.
fn check_files(diagram: &Diagram, dataset: &DatasetRoot) -> Result<(), Failure> {
    let Diagram { graph, clusters, nodes, edges, legend, .. } = diagram;
    let attributes = iter::once(graph)
        .chain(clusters.iter().map(|cluster| &*cluster.attributes))
        .chain(nodes.iter().map(|node| &*node.attributes))
        .chain(edges.iter().map(|edge| &*edge.attributes))
        .chain(legend.iter().map(|entry| &*entry.attributes));
    let files = attributes.flat_map(|attributes| {
        FILE_ATTRIBUTES.iter().filter_map(|name| Some((*name, attributes.get(*name)?.as_str())))
    });
    let files: BTreeSet<(&str, &str)> = files.filter(|(_, path)| !path.is_empty() && is_relative_path(path)).collect();
    for (name, path) in files {
        let failed = |reason: &dyn Display| {
            let failure = Failure::new(format!("Graphviz cannot read `{path}`, the `{name}` of the style: {reason}"));
            Err(failure.help("correct the style, or omit --engine"))
        };
        if dataset.directory().is_none() {
            return failed(&format_args!("{dataset} has no directory"));
        }
        if let Err(error) = dataset.open(path, PathScope::Inside, u64::MAX) {
            return failed(&error);
        }
    }
    Ok(())
}

/// Whether the output goes to a terminal.
fn is_terminal(file: Option<&Path>) -> bool {
    file.is_none_or(|file| file == Path::new("-")) && io::stdout().is_terminal()
}

impl DiagramOutputArgs {
    /// A file in the format of its extension, with the built-in layout.
    #[cfg(feature = "watch")]
    pub(super) fn to_file(file: &Path) -> Self {
        Self { format: None, output: Some(file.to_owned()), engine: Engine::BuiltIn, layout: None }
    }

    /// The directory for several diagrams.
    pub(super) fn directory(&self) -> Result<&Path, Failure> {
        self.output.as_deref().ok_or_else(|| Failure::new("no output directory").help("name one with -o DIR"))
    }

    /// The built-in formats of several diagrams by file extension. `--format` separates them with commas.
    pub(super) fn formats(&self) -> Result<BTreeMap<String, DiagramFormat>, Failure> {
        let names = self.format.as_deref().unwrap_or("svg").split(',').map(str::trim);
        names.map(|name| Ok((name.to_ascii_lowercase(), built_in(name)?))).collect()
    }

    /// Writes a diagram of a dataset.
    pub(super) fn write(&self, diagram: &Diagram, dataset: &DatasetRoot) -> Result<(), Failure> {
        let file = self.output.as_deref();
        if self.uses_graphviz() {
            let extension = file.and_then(|f| f.extension()?.to_str());
            let drawn = self.graphviz(self.format.as_deref().or(extension).unwrap_or("svg"), diagram, dataset)?;
            return output_file::write(file, |out| Ok(out.write_all(&drawn)?));
        }
        if self.layout.is_some() {
            return Err(Failure::new("-K requires Graphviz").help("add --engine graphviz"));
        }
        let format = match (&self.format, file) {
            (Some(name), _) => built_in(name)?,
            (None, Some(file)) => {
                format_of_extension(file).map_err(|e| e.help(EXTENSIONS))?.unwrap_or(DiagramFormat::Svg)
            }
            (None, None) => DiagramFormat::Svg,
        };
        if format == DiagramFormat::Png && is_terminal(file) {
            return Err(Failure::new("a PNG image cannot be printed on a terminal").help("name a file with -o"));
        }
        output_file::write(file, |out| draw(diagram, format, out))
    }

    /// Whether Graphviz draws the diagram.
    pub(super) fn uses_graphviz(&self) -> bool {
        self.engine == Engine::Graphviz
    }

    /// Renders a diagram with Graphviz, and prints its warnings. Graphviz runs in the directory of the dataset, so that it finds the
    /// files that the style names.
    fn graphviz(&self, format: &str, diagram: &Diagram, dataset: &DatasetRoot) -> Result<Vec<u8>, Failure> {
        check_files(diagram, dataset)?;
        let mut source = Vec::new();
        dot::write(diagram, &mut source)?;
        let failed = |e: ProgramError| match e {
            ProgramError::NotInstalled => Failure::new("`dot` is not installed")
                .help("install Graphviz, or omit --engine to use the built-in layout"),
            ProgramError::Io(_) => Failure::new(format!("cannot run `dot`: {e}")),
            ProgramError::Time(_) | ProgramError::Output(_) => Failure::new(format!("`dot` was stopped: {e}"))
                .help("draw a part with --focus ENTITY or --max-nodes N, or name another layout with -K"),
        };
        let mut command = program("dot").map_err(failed)?;
        command.arg(format!("-T{format}")).args(self.layout.iter().map(|layout| format!("-K{layout}")));
        if let Some(directory) = dataset.directory().filter(|directory| !directory.as_os_str().is_empty()) {
            command.current_dir(directory);
        }
        let result = run_program(&mut command, source, DOT_LIMITS).map_err(failed)?;
        if !result.is_success {
            return Err(Failure::new(format!("Graphviz failed: {}", result.messages.trim())));
        }
        if !result.messages.is_empty() {
            print(result.messages.trim_end());
        }
        Ok(result.stdout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dataset_without_a_directory_has_no_images() {
        let diagram = |path: &str| {
            let graph = [("stylesheet".to_owned(), path.to_owned())].into();
            Diagram { graph, ..Diagram::default() }
        };
        let bundled = DatasetRoot::Bundled(&[("a.css", "")]);
        let Err(Failure::Error(message, _)) = check_files(&diagram("a.css"), &bundled) else { panic!("it is refused") };
        assert_eq!(
            message,
            "Graphviz cannot read `a.css`, the `stylesheet` of the style: the bundled dataset has no directory"
        );
        assert!(check_files(&diagram("/home/a.css"), &bundled).is_ok(), "the user names it");
    }
}
