//! The text of the query to run: a stored query or a given one; and the list of stored queries.

use super::{QueryArgs, parameters};
use crate::cli::failure::Failure;
use crate::cli::load::show;
use crate::cli::output_file;
use crate::dataset::locate_in;
use crate::diagnostic::{FileId, did_you_mean};
use crate::escape::terminal;
use crate::model::{SparqlError, nfc};
use crate::query::{self, Decorators, QueryTemplate};
use crate::store::{GraphMetadata, Labels, Store};
use spargebra::Query;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Read};
use std::path::Path;

/// A query before it is parsed.
pub(super) struct QueryText {
    /// The name of the stored query, or of the input.
    name: String,
    text: String,
    /// Whether all parameters must have values. In a given query, a variable such as `?_name` is a parameter only if `--param`
    /// sets it.
    is_stored: bool,
}

impl QueryText {
    /// The query that the arguments name or contain.
    pub(super) fn new(args: &QueryArgs, metadata: &GraphMetadata) -> Result<Self, Failure> {
        let unstored =
            |name: &str, text: &str| Ok(Self { name: name.to_owned(), text: text.to_owned(), is_stored: false });
        match (&args.query_file, &args.query, &args.name) {
            (Some(path), ..) if path == Path::new("-") => unstored("stdin", &read_stdin()?),
            (Some(path), ..) => {
                output_file::check_named("read", path)?;
                let text = std::fs::read_to_string(path).map_err(|e| Failure::file("read", path, &e))?;
                unstored(&path.display().to_string(), text.trim_start_matches('\u{feff}'))
            }
            (_, Some(text), _) => unstored("query", text),
            (.., name) => {
                let name = name.as_deref().unwrap_or_default();
                if is_sparql(name, metadata) {
                    return unstored("query", name);
                }
                let text = stored_query(metadata, name)?.to_owned();
                Ok(Self { name: name.to_owned(), text, is_stored: true })
            }
        }
    }

    /// The query on stdin, unless the data come from there.
    pub(super) fn from_stdin(data_from_stdin: bool) -> Result<Self, Failure> {
        let text = match data_from_stdin || std::io::stdin().is_terminal() {
            true => String::new(),
            false => read_stdin()?,
        };
        if text.trim().is_empty() {
            let help = "name a stored query (--list lists them), write SPARQL as an argument, name a file with --query-file, \
                or pipe a query to stdin";
            return Err(Failure::new("expected a query").help(help));
        }
        Ok(Self { name: "stdin".to_owned(), text, is_stored: false })
    }

    /// Prints the text.
    pub(super) fn print(&self) -> Result<(), Failure> {
        output_file::write_text(|out| Ok(writeln!(out, "{}", terminal::lines(self.text.trim_end()))?))
    }

    /// Parses the query and replaces its parameters by their values.
    pub(super) fn parse(&self, args: &QueryArgs, labels: &Labels<'_>) -> Result<Query, Failure> {
        let store = labels.store();
        let values = parameters::values(args)?;
        if !self.is_stored && values.is_empty() && !Decorators::are_present(&self.text) {
            return self.parse_plain(args, store);
        }
        let template = self.template(args, store)?;
        let bound = match self.is_stored {
            true => template.bind(&values, labels),
            false => template.bind_available(&values, labels),
        };
        bound.map_err(|e| parameters::failure(e, &template, self.is_stored))
    }

    /// The query with its parameters.
    pub(super) fn template(&self, args: &QueryArgs, store: &Store) -> Result<QueryTemplate, Failure> {
        let parsed = self.parse_plain(args, store)?;
        QueryTemplate::new(&self.name, &self.text, parsed, store.namespaces()).map_err(|error| {
            Failure::new(format!("invalid stored query `{}`: {error}", self.name)).help("correct the lines with `#+`")
        })
    }

    fn parse_plain(&self, args: &QueryArgs, store: &Store) -> Result<Query, Failure> {
        let parsed = match &args.query_base {
            Some(base) => store.namespaces().parse_query_with_base(&self.text, base),
            None => query::parse(&self.text, store.namespaces()),
        };
        parsed.map_err(|e| report_syntax_error(&self.text, &self.name, &e, store))
    }
}

fn read_stdin() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text).map_err(|e| Failure::file("read", Path::new("stdin"), &e))?;
    Ok(text)
}

/// Whether an argument is SPARQL, not the name of a stored query.
pub(in crate::cli) fn is_sparql(argument: &str, metadata: &GraphMetadata) -> bool {
    argument.contains(|c: char| c.is_whitespace() || c == '{') && metadata.queries.iter().all(|q| q.name != argument)
}

/// Shows a syntax error at its position in a query.
pub(in crate::cli) fn report_syntax_error(text: &str, name: &str, error: &SparqlError, store: &Store) -> Failure {
    let finding = query::diagnose_syntax(text, error, store.namespaces(), Some(store), FileId(0));
    show(&[locate_in(&finding, name, text)]);
    Failure::Syntax
}

/// The text of the stored query with a name.
pub(in crate::cli) fn stored_query<'a>(metadata: &'a GraphMetadata, name: &str) -> Result<&'a str, Failure> {
    let name = &*nfc(name);
    metadata.queries.iter().find(|q| q.name == name).map(|query| query.text.as_str()).ok_or_else(|| {
        let fallback = match Path::new(name).is_file() {
            true => format!("to run the query in a file, use `--query-file {name}`"),
            false => "`factloom query --list` lists the stored queries".to_owned(),
        };
        let help = did_you_mean(name, metadata.queries.iter().map(|q| q.name.as_str()), fallback);
        Failure::new(format!("unknown stored query `{name}`")).help(help)
    })
}

/// Lists the stored queries with their summaries, each under its first tag.
pub(super) fn list(metadata: &GraphMetadata) -> Result<(), Failure> {
    let width = metadata.queries.iter().map(|q| q.name.chars().count()).max().unwrap_or(0);
    // Queries without a tag come last.
    let mut groups: BTreeMap<(bool, String), Vec<String>> = BTreeMap::new();
    for query in &metadata.queries {
        let Decorators { summary, tags, .. } = Decorators::parse(&query.text).unwrap_or_default();
        let name = terminal::line(&query.name);
        let line = format!("{name:width$}  {}", terminal::line(&summary.unwrap_or_default())).trim_end().to_owned();
        let tag = tags.first().map(|tag| terminal::line(tag));
        groups.entry((tag.is_none(), tag.unwrap_or_else(|| "without a tag".to_owned()))).or_default().push(line);
    }
    let has_tags = groups.keys().any(|(is_untagged, _)| !is_untagged);
    output_file::write_text(|out| {
        for (number, ((_, heading), lines)) in groups.iter().enumerate() {
            if has_tags {
                writeln!(out, "{}{heading}", if number > 0 { "\n" } else { "" })?;
            }
            let indent = if has_tags { "  " } else { "" };
            lines.iter().try_for_each(|line| writeln!(out, "{indent}{line}"))?;
        }
        Ok(())
    })
}
