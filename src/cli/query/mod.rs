//! `factloom query`

mod citations;
mod engine;
mod interface;
pub(super) mod parameters;
mod results;
#[cfg(feature = "shell")]
mod shell;
mod text;

pub(super) use text::{is_sparql, report_syntax_error, stored_query};

use super::context::ContextArg;
use super::data::{DataArgs, base_iri};
use super::failure::Failure;
use super::format::{Format, OutputArgs};
#[cfg(feature = "shell")]
use super::limits::LimitedWork;
use super::load::{Graph, Session, width};
use super::messages::note;
use super::output_file;
use super::selection::positive;
use crate::output::{GraphFormat, NamedFormat, ResultsFormat, TermDisplay};
use crate::query;
use crate::store::Labels;
use citations::Cite;
use clap::Args;
use engine::Engine;
use interface::Interface;
use oxigraph::model::NamedNode;
use spargebra::Query;
use std::ffi::OsString;
use std::path::PathBuf;
use text::QueryText;

/// Run a SPARQL query or a stored query
///
/// Without a query, reads one from stdin, or on a terminal starts an interactive shell with history and completion.
///
/// The prefixes e: (entities), v: (vocabulary), st: (statements), ev: (evidence), src: (sources), fl: and those of common
/// vocabularies need no declaration. The parameters of a stored query are options, which `factloom query NAME --help` lists.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[group(id = "which", multiple = false, args = ["name", "query", "query_file", "list"])]
#[command(next_help_heading = "Query")]
pub(super) struct QueryArgs {
    /// Name of a stored query, or SPARQL
    #[arg(value_name = "QUERY")]
    name: Option<String>,
    /// SPARQL query
    #[arg(short = 'e', long, value_name = "SPARQL")]
    query: Option<String>,
    /// File that contains a query; `-` is stdin
    #[arg(long, value_name = "FILE")]
    query_file: Option<PathBuf>,
    /// List the stored queries
    #[arg(long, conflicts_with_all = ["format", "output"])]
    list: bool,
    /// Print the text of the query, such as that of a stored one, instead of running it
    #[arg(long, conflicts_with_all = ["list", "explain", "why_empty", "ask_status", "cite", "format", "output"])]
    show: bool,
    /// Set a parameter of the query; for a stored query, `--NAME VALUE` has the same effect
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "list")]
    param: Vec<String>,
    /// Base IRI of relative IRIs in the query [default: --base, or the file: IRI of the only --data]
    #[arg(long, value_name = "IRI", value_parser = base_iri, conflicts_with = "list")]
    query_base: Option<NamedNode>,
    /// Engine that runs the query; `both` compares their results, and fails if they differ
    #[arg(long, value_enum, default_value_t, conflicts_with_all = ["list", "explain", "cite", "why_empty"])]
    engine: Engine,
    /// Run the query and show its plan instead of its result: for each operator, the expected and actual rows, and its time
    #[arg(long, conflicts_with_all = ["list", "format", "output"])]
    explain: bool,
    /// Explain an empty result: the first pattern or filter without a match, and similar terms
    #[arg(long, conflicts_with_all = ["list", "explain"])]
    why_empty: bool,
    /// Exit with status 1 if the result of an ASK query is false
    #[arg(long, conflicts_with_all = ["list", "explain"])]
    ask_status: bool,
    #[command(flatten)]
    output: OutputArgs<QueryFormat>,
    /// Add the supporting statements and quotes of each row
    #[arg(long, value_name = "STYLE", num_args = 0..=1, require_equals = true, default_missing_value = "columns",
        conflicts_with_all = ["list", "explain"], help_heading = "Output")]
    cite: Option<Cite>,
    /// With --cite, show quotes in their context, if the texts of their sources are available
    #[arg(long, value_name = "EXTENT", value_enum, requires = "cite", help_heading = "Output")]
    context: Option<ContextArg>,
    /// Write no cell of csv or tsv as a formula: an apostrophe precedes text that begins with =, +, - or @
    #[arg(long, conflicts_with_all = ["list", "explain"], help_heading = "Output")]
    csv_safe: bool,
    /// Maximum number of rows or triples
    #[arg(long, value_name = "N", value_parser = positive, conflicts_with = "list", help_heading = "Output")]
    limit: Option<usize>,
    /// Show IRIs instead of labels in tables
    #[arg(long, conflicts_with = "list", help_heading = "Output")]
    iris: bool,
    /// Allow tables that are wider than the terminal
    #[arg(long, conflicts_with = "list", help_heading = "Output")]
    wide: bool,
    #[command(flatten)]
    data: DataArgs,
    /// The flag that requests help on a stored query.
    #[arg(skip)]
    help: Option<OsString>,
    #[arg(skip)]
    interface: Interface,
}

/// The formats of results: rows and booleans, or graphs.
#[derive(Clone, Copy, Debug)]
enum QueryFormat {
    Results(ResultsFormat),
    Graph(GraphFormat),
}

impl Format for QueryFormat {
    fn default_name() -> &'static str {
        "table on a terminal, csv elsewhere, turtle for graphs"
    }

    fn all() -> Vec<(Self, &'static [&'static str])> {
        let results = ResultsFormat::NAMES.iter().map(|(format, names)| (Self::Results(*format), *names));
        let graphs = GraphFormat::NAMES.iter().map(|(format, names)| (Self::Graph(*format), *names));
        results.chain(graphs).collect()
    }
}

impl QueryArgs {
    fn has_query(&self) -> bool {
        self.name.is_some() || self.query.is_some() || self.query_file.is_some() || self.list
    }

    /// Whether the command starts the interactive shell.
    pub(super) fn starts_shell(&self) -> bool {
        #[cfg(feature = "shell")]
        let is_interactive = shell::is_interactive();
        #[cfg(not(feature = "shell"))]
        let is_interactive = false;
        is_interactive && !self.has_query() && !self.explain && self.output.output.is_none()
    }
}

pub(super) fn run(args: &QueryArgs, session: &Session) -> Result<(), Failure> {
    args.output.named_format()?;
    #[cfg(feature = "shell")]
    if args.starts_shell() {
        let open = || args.data.open(session);
        let graph = session.limits.enforce(LimitedWork::QueryCommand, &session.cancellation, open)?;
        return shell::run(args, graph, session.limits);
    }
    let from_stdin = match args.has_query() {
        true => None,
        false => Some(QueryText::from_stdin(args.data.reads_stdin())?),
    };
    run_query(args, from_stdin, &args.data.open(session)?)
}

fn run_query(args: &QueryArgs, text: Option<QueryText>, graph: &Graph) -> Result<(), Failure> {
    let Graph { store, .. } = graph;
    if args.list {
        return text::list(store.metadata());
    }
    let text = text.map_or_else(|| QueryText::new(args, store.metadata()), Ok)?;
    let labels = Labels::new(store, &store.metadata().language);
    if args.show {
        return text.print();
    }
    if let Some(flag) = &args.help {
        return parameters::show_help(&text.template(args, store)?, &labels, flag);
    }
    let parsed = text.parse(args, &labels)?;
    let title = text.title();
    if args.ask_status && !matches!(parsed, Query::Ask { .. }) {
        return Err(Failure::new("--ask-status requires an ASK query").help("omit --ask-status"));
    }
    let limited = |max_rows: Option<usize>| match max_rows {
        Some(max_rows) => query::with_limit(parsed.clone(), max_rows),
        None => parsed.clone(),
    };
    if args.explain {
        let limited = limited(args.limit);
        let mut explanation = store.explain(&limited)?;
        for step in &mut explanation.steps {
            step.label = store.namespaces().shorten(&step.label);
        }
        for (name, _) in &mut explanation.spareval_calls {
            *name = store.namespaces().shorten(name);
        }
        let paths = query::sequence_paths(&limited);
        return output_file::write_text(|out| {
            write!(out, "{explanation}")?;
            if !paths.is_empty() {
                writeln!(out, "paths whose parts are joined as separate patterns:")?;
            }
            Ok(paths.iter().try_for_each(|path| writeln!(out, "  {}", store.namespaces().shorten(path)))?)
        });
    }
    let width = width().filter(|_| args.output.output.is_none() && !args.wide).and_then(|w| u16::try_from(w).ok());
    let display = TermDisplay { labels: &labels, iris: args.iris, width, title: title.as_deref() };
    let limited = limited(results::max_rows(args));
    let boolean = match (args.cite, args.engine) {
        (Some(style), _) => citations::write(args, style, &limited, graph, &display)?,
        (None, Engine::Oxigraph) => {
            let oxigraph = store.to_oxigraph()?;
            engine::catch_panic(|| results::write(args, &limited, &oxigraph, &display))?
        }
        (None, _) => results::write(args, &limited, store, &display)?,
    };
    if args.engine == Engine::Both {
        engine::compare_with_oxigraph(&parsed, store)?;
    }
    note_unbound_variables(&parsed);
    if args.why_empty {
        citations::explain_empty(&parsed, text.as_written(), store)?;
    }
    if args.ask_status && boolean == Some(false) { Err(Failure::Findings) } else { Ok(()) }
}

/// Names the columns, and the variables of expressions, that are empty in each row because no pattern binds them.
fn note_unbound_variables(query: &Query) {
    for (variable, similar) in query::unbound_variables(query) {
        let suggestion = similar.map(|similar| format!("; did you mean `{similar}`?")).unwrap_or_default();
        note(format_args!("no pattern of the query binds `{variable}`{suggestion}"));
    }
}
