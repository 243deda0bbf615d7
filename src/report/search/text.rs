//! Results of a search, as text.

use super::{Found, SearchField, SearchHit};
use crate::escape::terminal;
use crate::model::{StatementId, local_name};
use crate::output::{OutputError, StatementText};
use std::io::Write;

/// How many statements are shown for each quote.
const MAX_STATEMENTS: usize = 3;

/// Writes the results of a search: what was found, and how queries and commands name it.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn search_text(hits: &[SearchHit], text: &StatementText<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let namespaces = text.labels().namespaces();
    for SearchHit { found, field, text: words, .. } in hits {
        let (heading, kind) = match found {
            Found::Entity(iri) => (text.labels().name(iri)?.to_string(), format!("entity {}", namespaces.display(iri))),
            Found::Term(iri) => {
                let name =
                    text.labels().get(iri)?.map_or_else(|| local_name(iri.as_str()).to_owned(), |l| l.to_string());
                (name, format!("vocabulary {}", namespaces.display(iri)))
            }
            Found::Source(id) => (words.clone(), format!("source {id}")),
            Found::Statements(_) if *field == SearchField::Quote => (format!("“{words}”"), String::new()),
            Found::Statements(_) => (words.clone(), String::new()),
        };
        writeln!(out, "{}", terminal::line(&heading))?;
        if !kind.is_empty() {
            writeln!(out, "    {}", terminal::line(&kind))?;
        }
        if *words != heading && !matches!(found, Found::Statements(_)) {
            writeln!(out, "    {field}: {}", terminal::line(words))?;
        }
        if let Found::Statements(ids) = found {
            write_statements(ids, text, out)?;
        }
    }
    Ok(())
}

fn write_statements(ids: &[StatementId], text: &StatementText<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    for id in ids.iter().take(MAX_STATEMENTS) {
        let statement = text.store().require_statement(id)?;
        let (sentence, kind) = (text.sentence(&statement.triple)?, text.kind(&statement)?);
        writeln!(out, "    {} · {} · {id}", terminal::line(&sentence), terminal::line(&kind))?;
    }
    if let Some(more @ 1..) = ids.len().checked_sub(MAX_STATEMENTS) {
        writeln!(out, "    and {more} more")?;
    }
    Ok(())
}
