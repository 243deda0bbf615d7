//! The settings of a session, and what each input does.

use super::arguments::{file_name, required, stored_query_words};
use super::commands::{COMMANDS, Input, command_after_prefixes, declarations, help};
use super::{CITE_STYLES, QueryArgs, QueryFormat, SWITCH, run_query, text};
use crate::cli::failure::Failure;
use crate::cli::format::{Format, format_of_extension};
use crate::cli::limits::{LimitedWork, Limits, duration};
use crate::cli::load::Graph;
use crate::cli::messages::{is_quiet, print};
use crate::cli::output_file;
use crate::cli::query::citations::{Cite, TABLES_OF_SHELL, no_footnotes};
use crate::cli::query::interface::Interface;
use crate::cli::selection::positive;
use crate::cli::signals::InterruptGuard;
use crate::cli::{Cli, Command, command};
use crate::diagnostic::did_you_mean;
use crate::output::ResultsFormat;
use crate::query;
use crate::store::Store;
use clap::{FromArgMatches, ValueEnum};
use oxigraph::sparql::CancellationToken;
use std::path::Path;

/// What the shell does after an input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Input,
    Quit,
}

/// The graph, and how its queries run and their results are written.
pub(super) struct Session<'a> {
    /// The arguments of the program.
    arguments: &'a QueryArgs,
    graph: Graph,
    /// Whether the prefixes have changed.
    has_new_prefixes: bool,
    /// The limits of each query.
    limits: Limits,
    max_rows: Option<usize>,
    format: Option<&'static str>,
    cite: Option<Cite>,
    why_empty: bool,
    /// The arguments of the last query that had a result.
    last: Option<Vec<String>>,
}

impl<'a> Session<'a> {
    pub(super) fn new(arguments: &'a QueryArgs, graph: Graph, limits: Limits) -> Self {
        Self {
            arguments,
            graph,
            has_new_prefixes: false,
            limits,
            max_rows: arguments.limit,
            format: None,
            cite: arguments.cite,
            why_empty: arguments.why_empty,
            last: None,
        }
    }

    /// The store if its prefixes have changed since the last call.
    pub(super) fn take_changed_store(&mut self) -> Option<Store> {
        std::mem::take(&mut self.has_new_prefixes).then(|| self.graph.store.clone())
    }

    /// Executes an input until the token is cancelled, which the guard does at Ctrl-C.
    pub(super) fn execute(
        &mut self,
        text: &str,
        token: &CancellationToken,
        guard: &InterruptGuard,
    ) -> Result<Next, Failure> {
        match self.execute_cancellable(text, token) {
            Err(_) if guard.was_interrupted() => {
                print("interrupted");
                Ok(Next::Input)
            }
            other => other,
        }
    }

    fn execute_cancellable(&mut self, text: &str, token: &CancellationToken) -> Result<Next, Failure> {
        if let Some((prefixes, command)) = command_after_prefixes(text) {
            self.execute_cancellable(prefixes, token)?;
            return self.execute_cancellable(command, token);
        }
        match Input::parse(text) {
            Input::Empty => {}
            Input::Query(query) => {
                let (declared, is_all) = declarations(query);
                if is_all || query::parse(query, self.graph.store.namespaces()).is_ok() {
                    self.declare(&declared)?;
                }
                if !is_all {
                    self.run_query(vec!["--query".to_owned(), query.to_owned()], token)?;
                }
            }
            Input::Command(".quit" | ".exit", _) => return Ok(Next::Quit),
            Input::Command(".help", _) => write(&help())?,
            Input::Command(".queries", _) => text::list(self.graph.store.metadata())?,
            Input::Command(".prefixes", _) => {
                let prefixes = self.graph.store.namespaces().prefixes().iter();
                let lines: Vec<String> = prefixes.map(|(prefix, iri)| format!("PREFIX {prefix}: <{iri}>\n")).collect();
                write(&lines.concat())?;
            }
            Input::Command(".show", name) => {
                let name = required(name, "the name of a stored query", "`.queries` lists them")?;
                self.run_with(vec!["--show".to_owned(), name.to_owned()], token)?;
            }
            Input::Command(".run", argument) => self.run_query(stored_query_words(argument)?, token)?,
            Input::Command(".load", argument) => {
                let file = file_name(argument)?;
                // A pipe would block the session.
                if Path::new(&file).exists() && !Path::new(&file).is_file() {
                    return Err(
                        Failure::new(format!("`{file}` is not a regular file")).help("name a file with a query")
                    );
                }
                self.run_query(vec!["--query-file".to_owned(), file], token)?;
            }
            Input::Command(".save", argument) => self.save(&file_name(argument)?, token)?,
            Input::Command(".explain", query) => {
                let query = required(query, "a query", "write `.explain SELECT * { ?s ?p ?o }`")?;
                self.run_with(["--explain", "--query", query].map(str::to_owned).to_vec(), token)?;
            }
            Input::Command(setting, value) => self.set(setting, value)?,
        }
        Ok(Next::Input)
    }

    /// Changes a setting, and shows the new value. An empty value is the default.
    fn set(&mut self, setting: &str, value: &str) -> Result<(), Failure> {
        let shown = match setting {
            ".format" => {
                // Graphs have no tables, and are then written as Turtle.
                let format = match value {
                    "" | "off" => None,
                    name => Some(format_name(name).ok_or_else(|| unknown("format", name, &format_names()))?),
                };
                let format = format.filter(|format| *format != "table");
                check_footnotes(self.cite, format)?;
                self.format = format;
                format.unwrap_or("table").to_owned()
            }
            ".cite" => {
                let cite = match value {
                    "" | "on" => Some(Cite::Columns),
                    "off" => None,
                    style => Some(Cite::from_str(style, true).map_err(|_| unknown("style", style, &CITE_STYLES))?),
                };
                check_footnotes(cite, self.format)?;
                self.cite = cite;
                cite.and_then(|cite| Some(cite.to_possible_value()?.get_name().to_owned())).unwrap_or_else(off)
            }
            ".why-empty" => {
                self.why_empty = match value {
                    "" | "on" => true,
                    "off" => false,
                    other => return Err(unknown("value", other, &SWITCH)),
                };
                SWITCH[usize::from(!self.why_empty)].to_owned()
            }
            ".timeout" => {
                self.limits.timeout = match value {
                    "" | "off" => None,
                    time => Some(duration(time).map_err(|expected| invalid("duration", time, expected))?),
                };
                self.limits.timeout.map_or_else(off, |timeout| humantime::format_duration(timeout).to_string())
            }
            ".limit" => {
                self.max_rows = match value {
                    "" | "off" => None,
                    number => Some(positive(number).map_err(|expected| invalid("limit", number, expected))?),
                };
                self.max_rows.map_or_else(off, |rows| rows.to_string())
            }
            other => {
                let commands = COMMANDS.iter().map(|(name, ..)| *name);
                let help = did_you_mean(other, commands, "`.help` lists the commands");
                return Err(Failure::new(format!("unknown command `{other}`")).help(help));
            }
        };
        if !is_quiet() {
            print(format_args!("{}: {shown}", setting.trim_start_matches('.')));
        }
        Ok(())
    }

    /// Declares prefixes for the session.
    fn declare(&mut self, declared: &[(&str, &str)]) -> Result<(), Failure> {
        let mut namespaces = self.graph.store.namespaces().clone();
        for (prefix, iri) in declared {
            if namespaces.namespace(prefix) != Some(*iri) {
                namespaces = namespaces.with_prefix(prefix, iri).map_err(|e| Failure::new(e.to_string()))?;
                self.has_new_prefixes = true;
            }
        }
        if self.has_new_prefixes {
            self.graph.store = self.graph.store.with_namespaces(namespaces);
        }
        Ok(())
    }

    /// Runs a query with the current settings, and remembers it.
    fn run_query(&mut self, words: Vec<String>, token: &CancellationToken) -> Result<(), Failure> {
        let mut all = words.clone();
        all.extend(self.format.map(|format| format!("--format={format}")));
        all.extend(self.options());
        self.last = None;
        self.run_with(all, token)?;
        self.last = Some(words);
        Ok(())
    }

    /// The options that the settings stand for, except for the format.
    fn options(&self) -> impl Iterator<Item = String> {
        let cite = self.cite.and_then(|cite| Some(format!("--cite={}", cite.to_possible_value()?.get_name())));
        cite.into_iter().chain(self.why_empty.then(|| "--why-empty".to_owned()))
    }

    /// Runs the last query again, and writes its result to a file. The graph does not change.
    fn save(&self, file: &str, token: &CancellationToken) -> Result<(), Failure> {
        let Some(last) = &self.last else {
            return Err(Failure::new("no result to save").help("run a query first"));
        };
        let named = format_of_extension::<QueryFormat>(Path::new(file)).map_err(|failure| match failure {
            Failure::Error(message, Some(help)) => {
                Failure::new(message).help(help.replace(", or choose a format with --format", ""))
            }
            other => other,
        })?;
        let mut words = last.clone();
        words.extend(["--output".to_owned(), file.to_owned()]);
        words.extend(self.format.filter(|_| named.is_none()).map(|format| format!("--format={format}")));
        words.extend(self.options());
        self.run_with(words, token)
    }

    /// Runs `factloom query` with these arguments, and with those of the program that apply to every query.
    fn run_with(&self, words: Vec<String>, token: &CancellationToken) -> Result<(), Failure> {
        let arguments = ["factloom", "query"].into_iter().map(str::to_owned).chain(words);
        let parsed = command().try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches));
        let (mut args, global) = match parsed.map(|cli| (cli.command, cli.global)) {
            Ok((Command::Query(args), global)) => (args, global),
            Ok(_) => return Err(Failure::new("expected a query")),
            Err(error) => {
                let message = error.render().to_string();
                let message = message.lines().next().unwrap_or_default();
                let message = message.strip_prefix("error: ").unwrap_or(message);
                return Err(Failure::new(message).help("`.help` lists the commands"));
            }
        };
        let QueryArgs { iris, wide, query_base, context, .. } = self.arguments;
        args.limit = args.limit.or(self.max_rows.filter(|_| !args.show));
        args.interface = Interface::Shell;
        args.iris |= iris;
        args.wide |= wide;
        args.context = args.context.or(*context);
        args.query_base = args.query_base.or_else(|| query_base.clone()).or_else(|| self.arguments.data.query_base());
        let limits = Limits {
            timeout: global.timeout.or(self.limits.timeout),
            max_memory: global.max_memory.or(self.limits.max_memory),
        };
        let Graph { store, evidence, omitted, dataset } = &self.graph;
        let store = store.with_limits(limits.for_query(token));
        let limited = Graph { store, evidence: *evidence, omitted: *omitted, dataset: dataset.clone() };
        limits.enforce(LimitedWork::Query, token, || run_query(&args, None, &limited))
    }
}

/// Only tables have footnotes. Checked when the setting is made, not with each query.
fn check_footnotes(cite: Option<Cite>, format: Option<&str>) -> Result<(), Failure> {
    use ResultsFormat::{Html, Markdown, Table};
    let is_table = match format.and_then(QueryFormat::from_name) {
        None | Some(QueryFormat::Results(Table | Markdown | Html)) => true,
        Some(_) => false,
    };
    match cite {
        Some(Cite::Footnotes) if !is_table => Err(no_footnotes(TABLES_OF_SHELL)),
        _ => Ok(()),
    }
}

fn off() -> String {
    "off".to_owned()
}

/// The first name of a format, which has any of its names.
fn format_name(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    QueryFormat::all().into_iter().find(|(_, names)| names.contains(&name.as_str())).map(|(_, names)| names[0])
}

fn format_names() -> Vec<&'static str> {
    QueryFormat::all().into_iter().map(|(_, names)| names[0]).collect()
}

fn unknown(what: &str, value: &str, allowed: &[&str]) -> Failure {
    Failure::new(format!("unknown {what} `{value}`")).help(format!("use one of {}", allowed.join(", ")))
}

fn invalid(what: &str, value: &str, expected: &str) -> Failure {
    Failure::new(format!("invalid {what} `{value}`")).help(format!("{expected}, or off"))
}

fn write(text: &str) -> Result<(), Failure> {
    output_file::write_text(|out| Ok(out.write_all(text.as_bytes())?))
}
