//! The text of the query to run: a stored query or a given one; and the list of stored queries.

use super::{Interface, QueryArgs, parameters};
use crate::cli::failure::Failure;
use crate::cli::load::show;
use crate::cli::{output_file, stdin};
use crate::dataset::locate_in;
use crate::diagnostic::{FileId, did_you_mean};
use crate::escape::terminal;
use crate::model::{MAX_LENGTH, SparqlError, nfc};
use crate::query::{self, Decorators, QueryTemplate};
use crate::store::{GraphMetadata, Labels, Store};
use spargebra::Query;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
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
            (Some(path), ..) if path == Path::new("-") => unstored("stdin", &stdin::read()?),
            (Some(path), ..) => {
                output_file::check_named("read", path)?;
                let text = read_file(path).map_err(|e| Failure::file("read", path, &e))?;
                unstored(&path.display().to_string(), text.trim_start_matches('\u{feff}'))
            }
            (_, Some(text), _) => unstored("query", text),
            (.., name) => {
                let name = name.as_deref().unwrap_or_default();
                if is_sparql(name, metadata) {
                    return unstored("query", name);
                }
                let text = find_stored_query(metadata, name, args.interface)?.to_owned();
                Ok(Self { name: name.to_owned(), text, is_stored: true })
            }
        }
    }

    /// The query on stdin, unless the data come from there.
    pub(super) fn from_stdin(data_from_stdin: bool) -> Result<Self, Failure> {
        let text = match data_from_stdin || std::io::stdin().is_terminal() {
            true => String::new(),
            false => stdin::read()?,
        };
        if text.trim().is_empty() {
            let help = "name a stored query (--list lists them), write SPARQL as an argument, name a file with --query-file, \
                or pipe a query to stdin";
            return Err(Failure::new("expected a query").help(help));
        }
        Ok(Self { name: "stdin".to_owned(), text, is_stored: false })
    }

    /// The query as it is written.
    pub(super) fn as_written(&self) -> &str {
        &self.text
    }

    /// Prints the text.
    pub(super) fn print(&self) -> Result<(), Failure> {
        output_file::write_text(|out| Ok(writeln!(out, "{}", terminal::lines(self.text.trim_end()))?))
    }

    /// The summary of the query, or the name of a stored query without one.
    pub(super) fn title(&self) -> Option<String> {
        let summary = Decorators::parse(&self.text).ok().and_then(|decorators| decorators.summary);
        summary.or_else(|| self.is_stored.then(|| self.name.clone()))
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
        bound.map_err(|e| parameters::failure(e, &template, self.is_stored, args.interface))
    }

    /// The query with its parameters.
    pub(super) fn template(&self, args: &QueryArgs, store: &Store) -> Result<QueryTemplate, Failure> {
        let parsed = self.parse_plain(args, store)?;
        QueryTemplate::new(&self.name, &self.text, parsed, store.namespaces()).map_err(|error| {
            Failure::new(format!("invalid stored query `{}`: {error}", self.name)).help("correct the lines with `#+`")
        })
    }

    fn parse_plain(&self, args: &QueryArgs, store: &Store) -> Result<Query, Failure> {
        let parsed = match args.query_base.clone().or_else(|| args.data.query_base()) {
            Some(base) => store.namespaces().parse_query_with_base(&self.text, &base),
            None => query::parse(&self.text, store.namespaces()),
        };
        parsed.map_err(|e| report_syntax_error(&self.text, &self.name, &e, store))
    }
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
    find_stored_query(metadata, name, Interface::CommandLine)
}

fn find_stored_query<'a>(metadata: &'a GraphMetadata, name: &str, interface: Interface) -> Result<&'a str, Failure> {
    let name = &*nfc(name);
    metadata.queries.iter().find(|q| q.name == name).map(|query| query.text.as_str()).ok_or_else(|| {
        let fallback = match Path::new(name).is_file() {
            true => format!("to run the query in a file, use `{} {name}`", interface.advice("--query-file", ".load")),
            false => format!("`{}` lists the stored queries", interface.advice("factloom query --list", ".queries")),
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

/// The text of a file, up to a little more than a query may have: the parser refuses a longer one.
fn read_file(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_LENGTH as u64 + 4).read_to_end(&mut bytes)?;
    match String::from_utf8(bytes) {
        // The last character may be cut.
        Err(error) if error.as_bytes().len() > MAX_LENGTH => Ok(String::from_utf8_lossy(error.as_bytes()).into_owned()),
        text => text.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "stream did not contain valid UTF-8")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::DatasetRoot;

    #[test]
    fn the_help_about_an_unknown_stored_query_names_what_the_interface_has() {
        let (_, store) = crate::build(DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        let help = |name: &str, interface| match find_stored_query(store.metadata(), name, interface) {
            Err(Failure::Error(_, Some(help))) => help,
            _ => panic!("{name}"),
        };
        for (name, command_line, shell) in [
            ("zzzzzz", "`factloom query --list` lists the stored queries", "`.queries` lists the stored queries"),
            (
                "Cargo.toml",
                "to run the query in a file, use `--query-file Cargo.toml`",
                "to run the query in a file, use `.load Cargo.toml`",
            ),
        ] {
            assert_eq!(help(name, Interface::CommandLine), command_line);
            assert_eq!(help(name, Interface::Shell), shell);
        }
    }
}
