//! A diagram to a file, in the format that was asked for.

use super::failure::{Failure, say};
use super::output_file;
use crate::output::{Diagram, DiagramFormat, NamedFormat, dot, mermaid, png, svg};
use clap::{Args, ValueEnum};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where a drawing goes, in which format, and who draws it.
#[derive(Args, Debug)]
pub(super) struct DrawingArgs {
    /// dot, svg, png or mermaid; with --engine graphviz any format that it knows [default: the ending of -o, else svg]
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
    DiagramFormat::from_name(name).ok_or_else(|| {
        Failure::new(format!("`{name}` is no built-in format for diagrams"))
            .help(format!("the formats are {}; --engine graphviz knows more", DiagramFormat::list()))
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
        DiagramFormat::Mermaid => mermaid::write(diagram, &mut out)?,
        DiagramFormat::Png => out.write_all(&paint(diagram)?)?,
    }
    Ok(())
}

/// Paints a diagram, and says which characters the picture lacks.
fn paint(diagram: &Diagram) -> Result<Vec<u8>, Failure> {
    let picture = png::render(diagram).map_err(|e| {
        let help = match e {
            png::PngError::TooLarge { .. } => "lower -Gdpi (192 where it is not set), draw a part, or write -T svg",
            png::PngError::RenderFailed(_) => "write -T svg, or add --engine graphviz",
        };
        Failure::new(e.to_string()).help(help)
    })?;
    if let Some(first) = picture.missing_glyphs.keys().next() {
        let lacking: BTreeSet<String> = picture.missing_glyphs.values().flatten().map(char::to_string).collect();
        let lacking: Vec<String> = lacking.into_iter().collect();
        let shown = lacking.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(" ");
        let more = if lacking.len() > 20 { format!(" and {} more", lacking.len() - 20) } else { String::new() };
        let lines = picture.missing_glyphs.len();
        let others = if lines > 1 { format!(" and {} other lines", lines - 1) } else { String::new() };
        say(format_args!("warning: the font of PNG pictures has no glyphs for {shown}{more}, in `{first}`{others}"));
        say("help: write -T svg, whose viewers have other fonts, or add --engine graphviz");
    }
    Ok(picture.bytes)
}

/// Whether what is written comes out on a terminal.
fn is_terminal(file: Option<&Path>) -> bool {
    file.is_none_or(|file| file == Path::new("-")) && io::stdout().is_terminal()
}

impl DrawingArgs {
    /// The folder that several drawings go to.
    pub(super) fn directory(&self) -> Result<&Path, Failure> {
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
            return output_file::to(file, |out| Ok(out.write_all(&drawn)?));
        }
        if self.layout.is_some() {
            return Err(Failure::new("-K names a layout of Graphviz").help("add --engine graphviz"));
        }
        let format = built_in(name)?;
        if format == DiagramFormat::Png && is_terminal(file) {
            return Err(Failure::new("a PNG picture cannot be shown on a terminal").help("name a file with -o"));
        }
        output_file::to(file, |out| draw(diagram, format, out))
    }

    /// Hands the diagram to Graphviz, passes on what it warns of, and takes what it draws.
    fn graphviz(&self, format: &str, diagram: &Diagram) -> Result<Vec<u8>, Failure> {
        let mut source = Vec::new();
        dot::write(diagram, &mut source)?;
        let mut command = Command::new("dot");
        command.arg(format!("-T{format}")).args(self.layout.iter().map(|layout| format!("-K{layout}")));
        let failed = |e: io::Error| match e.kind() {
            io::ErrorKind::NotFound => Failure::new("there is no program `dot`")
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
        let said = String::from_utf8_lossy(&result.stderr);
        if !result.status.success() {
            return Err(Failure::new(format!("Graphviz failed: {}", said.trim())));
        }
        if !said.is_empty() {
            say(said.trim_end());
        }
        Ok(result.stdout)
    }
}
