//! The impact of removing a statement, as text.

use super::RemovalImpact;
use crate::escape::terminal;
use crate::output::{OutputError, StatementText};
use crate::store::StoreError;
use std::io::Write;

/// Writes the impact of removing a statement.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn impact_text(impact: &RemovalImpact, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let RemovalImpact { statement, still_holds, dependents, gained, queries } = impact;
    let safe = |text: Result<String, StoreError>| text.map(|text| terminal::line(&text));
    let (sentence, kind) = (safe(text.sentence(&statement.triple))?, safe(text.kind(statement))?);
    writeln!(out, "without “{sentence}” ({kind}, {}):", statement.id)?;
    if *still_holds {
        writeln!(out, "  the graph would still contain it: other facts state it, or a rule derives it")?;
    }
    let of = |still_derived: bool| dependents.iter().filter(move |dependent| dependent.still_derived == still_derived);
    let lists = [
        ("these inferences would be lost", of(false).map(|dependent| &dependent.statement).collect()),
        ("these inferences would still have another derivation", of(true).map(|d| &d.statement).collect()),
        ("these inferences would be added", gained.iter().collect::<Vec<_>>()),
    ];
    for (title, inferences) in lists {
        if !inferences.is_empty() {
            writeln!(out, "  {title}:")?;
        }
        for inference in inferences {
            writeln!(out, "    {} ({})", safe(text.sentence(&inference.triple))?, inference.id)?;
        }
    }
    if dependents.is_empty() {
        writeln!(out, "  no inferences depend on it")?;
    }
    match queries.is_empty() {
        true => writeln!(out, "  no results of stored queries would change")?,
        false => writeln!(out, "  results of these stored queries would change:")?,
    }
    let width = queries.iter().map(|query| query.name.chars().count()).max().unwrap_or(0);
    for query in queries {
        writeln!(out, "    {:width$}  {}", query.name, terminal::line(&query.summary))?;
    }
    Ok(())
}
