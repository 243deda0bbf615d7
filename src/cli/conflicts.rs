//! `factloom conflicts`

use super::failure::{Failure, say};
use super::load::{Graph, GraphArgs, Session, width};
use super::{output_file, resolve};
use crate::output::{JsonLayout, StatementText};
use crate::report::{disagreements, disagreements_json, disagreements_markdown, disagreements_text};
use crate::store::Labels;
use clap::{Args, ValueEnum};

/// Show what the sources disagree on, side by side
///
/// Facts that cannot both hold, facts and their denials, and statements that evidence disputes: with the quotes of each side,
/// how many independent sources it rests on, and what was inferred from it. Disagreement is no failure.
#[derive(Args, Debug)]
pub(super) struct ConflictsArgs {
    /// Only disagreements that speak of an entity: its id or label; several for any of them
    #[arg(long, value_name = "ENTITY")]
    entity: Vec<String>,
    /// For people, as one JSON object a line, or as Markdown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    from: GraphArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

/// How wide the sides are together where no terminal says, in columns.
const WIDTH: usize = 100;

pub(super) fn run(args: &ConflictsArgs, session: &Session) -> Result<(), Failure> {
    let Graph { store, .. } = &args.from.open(session)?;
    let labels = Labels::new(store, &store.metadata().language);
    let entities =
        args.entity.iter().map(|written| resolve::entity(&labels, written)).collect::<Result<Vec<_>, _>>()?;
    let mut found = disagreements(store)?;
    found.retain(|disagreement| entities.is_empty() || entities.iter().any(|entity| disagreement.mentions(entity)));
    if found.is_empty() {
        say("the sources agree on everything that was asked for");
    }
    let text = StatementText::new(store, &labels);
    output_file::to(None, |mut out| match args.format {
        Format::Text => Ok(disagreements_text(&found, &text, width().unwrap_or(WIDTH), &mut out)?),
        Format::Json => Ok(disagreements_json(&found, &text, JsonLayout::Lines, &mut out)?),
        Format::Markdown => Ok(disagreements_markdown(&found, &text, &mut out)?),
    })
}
