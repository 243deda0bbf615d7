//! A impact, for people and for programs.

use super::{ChangedQuery, RemovalImpact};
use crate::model::Statement;
use crate::output::{ResultsError, StatementText, statement_json};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes for people what a impact costs.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn impact_text(impact: &RemovalImpact, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let RemovalImpact { statement, still_stated, resting, gained, queries } = impact;
    writeln!(out, "without “{}” ({}, {}):", text.sentence(statement)?, text.kind(statement)?, statement.id)?;
    if *still_stated {
        writeln!(out, "  the graph would still say so: it is stated by other facts, or follows otherwise")?;
    }
    let (lost, kept): (Vec<_>, Vec<_>) = resting.iter().partition(|resting| !resting.still_follows);
    for (title, list) in [("these inferences would be lost", lost), ("these would follow in another way", kept)] {
        if !list.is_empty() {
            writeln!(out, "  {title}:")?;
        }
        for resting in list {
            writeln!(out, "    {} ({})", text.sentence(&resting.statement)?, resting.statement.id)?;
        }
    }
    if resting.is_empty() {
        writeln!(out, "  nothing was inferred from it")?;
    }
    if !gained.is_empty() {
        writeln!(out, "  these inferences would be new:")?;
    }
    for gained in gained {
        writeln!(out, "    {} ({})", text.sentence(gained)?, gained.id)?;
    }
    match queries.is_empty() {
        true => writeln!(out, "  no stored query would answer otherwise")?,
        false => writeln!(out, "  these stored queries would answer otherwise:")?,
    }
    let width = queries.iter().map(|query| query.name.chars().count()).max().unwrap_or(0);
    for ChangedQuery { name, gone, new } in queries {
        writeln!(out, "    {name:width$}  {gone} gone, {new} new")?;
    }
    Ok(())
}

/// Writes as one JSON object what a impact costs. The form is described in `docs/why.md`.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn impact_json(impact: &RemovalImpact, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let whole = |statement: &Statement| -> Result<Value, ResultsError> {
        Ok(serde_json::to_value(statement_json(statement, text)?).map_err(io::Error::from)?)
    };
    let resting = impact
        .resting
        .iter()
        .map(|resting| Ok(json!({ "statement": whole(&resting.statement)?, "stillFollows": resting.still_follows })));
    let query = |query: &ChangedQuery| json!({ "name": query.name, "gone": query.gone, "new": query.new });
    let object = json!({
        "without": whole(&impact.statement)?,
        "stillStated": impact.still_stated,
        "resting": resting.collect::<Result<Vec<_>, ResultsError>>()?,
        "gained": impact.gained.iter().map(whole).collect::<Result<Vec<_>, _>>()?,
        "queries": impact.queries.iter().map(query).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &object).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}
