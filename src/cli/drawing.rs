//! A diagram to a file, in the format that was asked for.

use super::failure::Failure;
use super::writing;
use crate::output::{Diagram, DiagramFormat, NamedFormat, dot, svg};
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where a drawing goes, in which format, and who draws it.
#[derive(Args, Debug)]
pub(super) struct DrawingArgs {
    /// dot or svg; with --engine graphviz any format that it knows [default: the ending of -o, else svg]
    #[arg(short = 'T', long = "format", value_name = "FORMAT")]
    format: Option<String>,
    /// File to write to
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Who lays the drawing out
    #[arg(long, value_enum, default_value_t = Engine::BuiltIn)]
    engine: Engine,
    /// Graphviz's layout: dot, neato, fdp, sfdp, circo, twopi or osage
    #[arg(short = 'K', value_name = "LAYOUT")]
    layout: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// factloom itself
    BuiltIn,
    /// Graphviz, which must be installed
    Graphviz,
}

/// More entities, or statements between them, than this make no picture that anybody could read; many statements also take
/// minutes to lay out.
const LARGEST: (usize, usize) = (1_000, 3_000);

/// Whether a drawing would be too large to be read.
pub(super) fn is_too_large(diagram: &Diagram) -> bool {
    diagram.nodes.len() > LARGEST.0 || diagram.edges.len() > LARGEST.1
}

/// The built-in format of a name.
fn built_in(name: &str) -> Result<DiagramFormat, Failure> {
    DiagramFormat::of_name(name).ok_or_else(|| {
        Failure::new(format!("`{name}` is no built-in format for diagrams"))
            .help(format!("the formats are {}; --engine graphviz knows more", DiagramFormat::shown()))
    })
}

/// Draws a diagram without Graphviz.
pub(super) fn draw(diagram: &Diagram, format: DiagramFormat, mut out: &mut dyn Write) -> Result<(), Failure> {
    if format != DiagramFormat::Dot && is_too_large(diagram) {
        let (nodes, edges) = (diagram.nodes.len(), diagram.edges.len());
        let message = format!("{nodes} entities and {edges} statements are too many for one drawing");
        return Err(Failure::new(message).help("draw a part with --focus ENTITY or --max-nodes N, or write -T dot"));
    }
    match format {
        DiagramFormat::Dot => dot::write(diagram, &mut out)?,
        DiagramFormat::Svg => svg::write(diagram, &mut out)?,
    }
    Ok(())
}

impl DrawingArgs {
    /// The folder that several drawings go to.
    pub(super) fn folder(&self) -> Result<&Path, Failure> {
        self.output.as_deref().ok_or_else(|| Failure::new("there is no folder to draw to").help("name one with -o DIR"))
    }

    /// The built-in formats of several drawings, by the endings of their files: those of -T, with commas between them.
    pub(super) fn formats(&self) -> Result<BTreeMap<String, DiagramFormat>, Failure> {
        let names = self.format.as_deref().unwrap_or("svg").split(',').map(str::trim);
        names.map(|name| Ok((name.to_ascii_lowercase(), built_in(name)?))).collect()
    }

    /// Writes a diagram.
    pub(super) fn write(&self, diagram: &Diagram) -> Result<(), Failure> {
        let file = self.output.as_deref();
        let ending = file.and_then(|f| f.extension()?.to_str());
        let name = self.format.as_deref().or(ending).unwrap_or("svg");
        if self.engine == Engine::Graphviz {
            let drawn = self.graphviz(name, diagram)?;
            return writing::to(file, |out| Ok(out.write_all(&drawn)?));
        }
        if self.layout.is_some() {
            return Err(Failure::new("-K names a layout of Graphviz").help("add --engine graphviz"));
        }
        let format = built_in(name)?;
        writing::to(file, |out| draw(diagram, format, out))
    }

    /// Hands the diagram to Graphviz and takes what it draws.
    fn graphviz(&self, format: &str, diagram: &Diagram) -> Result<Vec<u8>, Failure> {
        let mut source = Vec::new();
        dot::write(diagram, &mut source)?;
        let mut command = Command::new("dot");
        command.arg(format!("-T{format}")).args(self.layout.iter().map(|layout| format!("-K{layout}")));
        let failed = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::NotFound => Failure::new("there is no program `dot`")
                .help("install Graphviz, or leave --engine out for the built-in drawing"),
            _ => Failure::new(format!("`dot` cannot be run: {e}")),
        };
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed)?;
        let mut stdin = child.stdin.take();
        // Written apart from reading, since `dot` may fill its output before it has read all.
        let writer = std::thread::spawn(move || stdin.as_mut().map_or(Ok(()), |stdin| stdin.write_all(&source)));
        let result = child.wait_with_output().map_err(failed)?;
        // Where `dot` stopped reading early, what it says on stderr tells why.
        let _ = writer.join();
        if !result.status.success() {
            let said = String::from_utf8_lossy(&result.stderr);
            return Err(Failure::new(format!("Graphviz failed: {}", said.trim())));
        }
        Ok(result.stdout)
    }
}
