//! The stored queries of a graph: their list, and their texts by name.

use crate::cli::failure::Failure;
use crate::cli::writing;
use crate::diagnostic::closest;
use crate::query::Decorators;
use crate::store::Context;

/// The text of a stored query.
pub(super) fn text(name: &str, context: &Context) -> Result<String, Failure> {
    match context.queries.iter().find(|q| q.name == name) {
        Some(query) => Ok(query.text.clone()),
        None => {
            let near = closest(name, context.queries.iter().map(|q| q.name.as_str()));
            let help = near
                .map_or_else(|| "`factloom query --list` names them all".into(), |n| format!("did you mean `{n}`?"));
            Err(Failure::new(format!("there is no stored query `{name}`")).help(help))
        }
    }
}

/// Lists the stored queries.
pub(super) fn list(context: &Context) -> Result<(), Failure> {
    let width = context.queries.iter().map(|q| q.name.chars().count()).max().unwrap_or(0);
    writing::to(None, |out| {
        for query in &context.queries {
            let summary = Decorators::of(&query.text).ok().and_then(|d| d.summary).unwrap_or_default();
            writeln!(out, "{}", format!("{:width$}  {summary}", query.name).trim_end())?;
        }
        Ok(())
    })
}
