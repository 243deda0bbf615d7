//! `factloom draw`

use super::facts::{KindArg, find_in};
use super::failure::Failure;
use super::opening::{BuildFrom, Built};
use super::writing;
use crate::output::{Diagram, DiagramFormat, NamedFormat, Overrides, diagram, dot, svg};
use crate::store::Labels;
use crate::view::{KindFilter, Selection, View};
use clap::{Args, ValueEnum};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Draw the graph
///
/// Edges read as sentences, from left to right: facts solid, inferences dashed, claims dotted with their status.
#[derive(Args, Debug)]
pub(super) struct DrawArgs {
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
    /// Set an attribute of the drawing, as rankdir=TB
    #[arg(short = 'G', value_name = "NAME=VALUE", value_parser = attribute)]
    graph: Vec<(String, String)>,
    /// Set an attribute of all nodes
    #[arg(short = 'N', value_name = "NAME=VALUE", value_parser = attribute)]
    node: Vec<(String, String)>,
    /// Set an attribute of all edges
    #[arg(short = 'E', value_name = "NAME=VALUE", value_parser = attribute)]
    edge: Vec<(String, String)>,
    /// Only what is near an entity: its id or label; several for any of them
    #[arg(long, value_name = "ENTITY", help_heading = "Selection")]
    focus: Vec<String>,
    /// How many statements away from the focus
    #[arg(long, value_name = "N", default_value_t = 1, requires = "focus", help_heading = "Selection")]
    radius: usize,
    /// Only statements of these kinds
    #[arg(long, value_enum, value_delimiter = ',', help_heading = "Selection")]
    kind: Vec<KindArg>,
    /// Only so many entities: those in focus, then those with the most statements
    #[arg(long, value_name = "N", help_heading = "Selection")]
    max_nodes: Option<usize>,
    #[command(flatten)]
    from: BuildFrom,
}

/// More entities, or statements between them, than this make no picture that anybody could read; many statements also take
/// minutes to lay out.
const LARGEST: (usize, usize) = (1_000, 3_000);

/// Whether a drawing would be too large to be read.
pub(super) fn is_too_large(diagram: &Diagram) -> bool {
    diagram.nodes.len() > LARGEST.0 || diagram.edges.len() > LARGEST.1
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// factloom itself
    BuiltIn,
    /// Graphviz, which must be installed
    Graphviz,
}

fn attribute(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    let known = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if known { Ok((name.to_owned(), value.to_owned())) } else { Err(format!("`{name}` is no name of an attribute")) }
}

/// The filter that kinds on the command line make; all where there are none.
pub(super) fn kinds(args: &[KindArg], default: KindFilter) -> KindFilter {
    match args {
        [] => default,
        kinds => KindFilter {
            facts: kinds.contains(&KindArg::Fact),
            claims: kinds.contains(&KindArg::Claim),
            inferences: kinds.contains(&KindArg::Inference),
        },
    }
}

pub(super) fn run(args: &DrawArgs) -> Result<(), Failure> {
    let Built { store, .. } = args.from.build()?;
    let context = store.context();
    let labels = Labels::new(&store, &context.language);
    let view = View::new(&store, &labels)?;
    let focus = args.focus.iter().map(|written| find_in(&view, &labels, written)).collect::<Result<_, _>>()?;
    let selection = Selection {
        kinds: kinds(&args.kind, KindFilter::ALL),
        focus,
        radius: args.radius,
        max_nodes: args.max_nodes,
        max_edges: None,
    };
    let selected = view.select(&selection);
    let overrides = Overrides { graph: args.graph.clone(), node: args.node.clone(), edge: args.edge.clone() };
    let title = title(&context.title, &selected, &view, args.max_nodes.is_some());
    let diagram = diagram(&title, &selected, &context.style, &context.vocabulary()?, store.names(), &overrides);
    draw(args, &diagram)
}

/// The title of a drawing; where a limit left something out, it says so.
pub(super) fn title(title: &str, shown: &View, all: &View, limited: bool) -> String {
    let size = |view: &View| (view.graph().node_count(), view.graph().edge_count());
    match (size(shown), size(all)) {
        ((nodes, edges), (of_nodes, of_edges)) if limited && (nodes, edges) != (of_nodes, of_edges) => {
            format!("{title} ({nodes} of {of_nodes} entities, {edges} of {of_edges} statements)")
        }
        _ => title.to_owned(),
    }
}

fn draw(args: &DrawArgs, diagram: &Diagram) -> Result<(), Failure> {
    let file = args.output.as_deref();
    let ending = file.and_then(|f| f.extension()?.to_str());
    let name = args.format.as_deref().or(ending).unwrap_or("svg");
    if args.engine == Engine::Graphviz {
        let drawn = graphviz(args, name, diagram)?;
        return writing::to(file, |out| Ok(out.write_all(&drawn)?));
    }
    if args.layout.is_some() {
        return Err(Failure::new("-K names a layout of Graphviz").help("add --engine graphviz"));
    }
    match DiagramFormat::of_name(name) {
        Some(DiagramFormat::Dot) => writing::to(file, |mut out| Ok(dot::write(diagram, &mut out)?)),
        Some(DiagramFormat::Svg) if is_too_large(diagram) => {
            let (nodes, edges) = (diagram.nodes.len(), diagram.edges.len());
            let message = format!("{nodes} entities and {edges} statements are too many for one drawing");
            Err(Failure::new(message).help("draw a part with --focus ENTITY or --max-nodes N, or write -T dot"))
        }
        Some(DiagramFormat::Svg) => writing::to(file, |mut out| Ok(svg::write(diagram, &mut out)?)),
        None => Err(Failure::new(format!("`{name}` is no built-in format for diagrams"))
            .help(format!("the formats are {}; --engine graphviz knows more", DiagramFormat::shown()))),
    }
}

/// Hands the diagram to Graphviz and takes what it draws.
fn graphviz(args: &DrawArgs, format: &str, diagram: &Diagram) -> Result<Vec<u8>, Failure> {
    let mut source = Vec::new();
    dot::write(diagram, &mut source)?;
    let mut command = Command::new("dot");
    command.arg(format!("-T{format}")).args(args.layout.iter().map(|layout| format!("-K{layout}")));
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
