//! `factloom rank`

use super::analysis_result::{ResultArgs, ResultFormat};
use super::failure::Failure;
use super::load::{GraphArgs, Session};
use super::selection::SelectionArgs;
use crate::output::{Highlights, JsonLayout, StatementText, ranking_json, ranking_text};
use crate::store::Labels;
use crate::view::{KindFilter, Measure, Ranking};
use clap::{Args, ValueEnum};

/// Rank the entities by how central they are
///
/// Several statements from one entity to another count once. Claims are left out unless asked for.
#[derive(Args, Debug)]
pub(super) struct RankArgs {
    /// By what
    #[arg(long, value_enum, default_value_t = MeasureArg::Degree)]
    by: MeasureArg,
    /// List the first N entities and no more; a diagram shows all that are selected
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    result: ResultArgs,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    from: GraphArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MeasureArg {
    /// How many neighbours it has
    Degree,
    /// How likely somebody is to be found there who follows statements
    Pagerank,
    /// How many shortest paths between others lead through it
    Betweenness,
    /// How near it is to those that reach it
    Closeness,
}

pub(super) fn run(args: &RankArgs, session: &Session) -> Result<(), Failure> {
    let format = args.result.format()?;
    let store = &args.from.open(session)?.store;
    let labels = Labels::new(store, &store.metadata().language);
    let selected = args.selection.select(&labels, KindFilter::ASSERTED)?;
    let by = match args.by {
        MeasureArg::Degree => Measure::Degree,
        MeasureArg::Pagerank => Measure::PageRank,
        MeasureArg::Betweenness => Measure::Betweenness,
        MeasureArg::Closeness => Measure::Closeness,
    };
    let mut ranking = Ranking::new(&selected.view, by).map_err(|too_large| {
        Failure::new(too_large.to_string()).help("rank a part with --max-nodes N or --focus ENTITY, or by pagerank")
    })?;
    if let ResultFormat::Diagram(format) = format {
        return args.result.drawing(
            format,
            &selected,
            &StatementText::new(store, &labels),
            Highlights::from_ranking(&ranking),
        );
    }
    selected.print_notes();
    ranking.rows.truncate(args.limit.unwrap_or(usize::MAX));
    args.result.lines(|out| match format {
        ResultFormat::Json => ranking_json(&selected.view, &ranking, JsonLayout::Lines, out),
        _ => ranking_text(&selected.view, &ranking, out),
    })
}
