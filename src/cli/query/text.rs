//! Which query is asked: one of the graph's stored queries, by its name, or one that is given; and the list of the former.

use super::syntax::{self, name_of};
use super::{QueryArgs, parameters};
use crate::cli::failure::Failure;
use crate::cli::output_file;
use crate::diagnostic::closest;
use crate::query::{self, Decorators, QueryTemplate};
use crate::store::{GraphMetadata, Labels, Store};
use spargebra::Query;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// The query that is asked, with values in place of its parameters.
///
/// Any variable may begin with `_` in a query that is given as it is: there a parameter without a value stays a variable.
pub(super) fn asked(args: &QueryArgs, labels: &Labels<'_>) -> Result<Query, Failure> {
    let store = labels.store();
    let values = parameters::values(args)?;
    let text = text(args, store.metadata())?;
    if args.name.is_none() && values.is_empty() && !Decorators::are_present(&text) {
        return parsed(args, &text, store);
    }
    let stored = read_text(args, &text, store)?;
    let asked = match args.name {
        Some(_) => stored.bind(&values, labels),
        None => stored.bind_available(&values, labels),
    };
    asked.map_err(|e| parameters::failure(e, &stored, args))
}

/// Reads the query that is asked with its parameters.
pub(super) fn read(args: &QueryArgs, store: &Store) -> Result<QueryTemplate, Failure> {
    read_text(args, &text(args, store.metadata())?, store)
}

fn read_text(args: &QueryArgs, text: &str, store: &Store) -> Result<QueryTemplate, Failure> {
    let name = name_of(args);
    QueryTemplate::new(&name, text, parsed(args, text, store)?, store.names()).map_err(|error| {
        Failure::new(format!("`{name}` is no stored query: {error}"))
            .help("see https://grlc.io for how they are written")
    })
}

fn parsed(args: &QueryArgs, text: &str, store: &Store) -> Result<Query, Failure> {
    let parsed = match &args.query_base {
        Some(base) => query::parse_with_base(text, base, store.names()),
        None => query::parse(text, store.names()),
    };
    parsed.map_err(|e| syntax::refused(text, &name_of(args), &e, store))
}

fn text(args: &QueryArgs, context: &GraphMetadata) -> Result<String, Failure> {
    if let Some(text) = &args.query {
        return Ok(text.clone());
    }
    if let Some(path) = &args.query_file {
        let mut text = String::new();
        let read = match path == Path::new("-") {
            true => std::io::stdin().lock().read_to_string(&mut text).map(|_| text),
            false => std::fs::read_to_string(path),
        };
        let text = read.map_err(|e| Failure::file("read", path, &e))?;
        return Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text));
    }
    Ok(stored_text(context, args.name.as_deref().unwrap_or_default())?.to_owned())
}

/// The text of the stored query with a name.
pub(in crate::cli) fn stored_text<'a>(context: &'a GraphMetadata, name: &str) -> Result<&'a str, Failure> {
    match context.queries.iter().find(|q| q.name == name) {
        Some(query) => Ok(&query.text),
        None => {
            let near = closest(name, context.queries.iter().map(|q| q.name.as_str()));
            let help = near
                .map_or_else(|| "`factloom query --list` names them all".into(), |n| format!("did you mean `{n}`?"));
            Err(Failure::new(format!("there is no stored query `{name}`")).help(help))
        }
    }
}

/// Lists the stored queries, each under the first of its tags, with their summaries.
pub(super) fn list(context: &GraphMetadata) -> Result<(), Failure> {
    let width = context.queries.iter().map(|q| q.name.chars().count()).max().unwrap_or(0);
    let mut groups: BTreeMap<Group, Vec<String>> = BTreeMap::new();
    for query in &context.queries {
        let Decorators { summary, tags, .. } = Decorators::parse(&query.text).unwrap_or_default();
        let line = format!("{:width$}  {}", query.name, summary.unwrap_or_default());
        groups.entry(tags.into_iter().next().map_or(Group::Other, Group::Tag)).or_default().push(line);
    }
    output_file::to(None, |out| {
        for (number, (group, lines)) in groups.iter().enumerate() {
            let gap = if number > 0 { "\n" } else { "" };
            let indent = match group {
                Group::Other if groups.len() == 1 => "",
                Group::Other => {
                    writeln!(out, "{gap}without a tag")?;
                    "  "
                }
                Group::Tag(tag) => {
                    writeln!(out, "{gap}{tag}")?;
                    "  "
                }
            };
            lines.iter().try_for_each(|line| writeln!(out, "{indent}{}", line.trim_end()))?;
        }
        Ok(())
    })
}

/// What stored queries are listed under.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Tag(String),
    Other,
}
