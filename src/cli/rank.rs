//! `factloom rank`

use super::analysis_result::{AnalysisArgs, draw_highlighted};
use super::failure::Failure;
use super::format::ReportFormat;
use super::load::Session;
use super::selection::positive;
use crate::output::{Highlights, StatementText, ranking_json, ranking_text};
use crate::store::Labels;
use crate::view::{KindFilter, Measure, Ranking};
use clap::{Args, ValueEnum};

/// Rank entities by centrality
///
/// Several statements from one entity to another count once. Claims are excluded unless --kind or --status includes them.
#[derive(Args, Debug)]
#[command(next_help_heading = "Analysis")]
pub(super) struct RankArgs {
    /// Measure of centrality
    #[arg(long, value_enum, default_value_t = MeasureArg::Degree)]
    by: MeasureArg,
    /// Maximum number of entities to list; a diagram shows all selected entities
    #[arg(long, value_name = "N", value_parser = positive)]
    limit: Option<usize>,
    #[command(flatten)]
    analysis: AnalysisArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MeasureArg {
    /// Number of neighbours
    Degree,
    /// PageRank: high if central entities have statements about it
    Pagerank,
    /// Fraction of the shortest paths between other entities that pass through it
    Betweenness,
    /// Reciprocal of the mean distance from the entities that reach it
    Closeness,
}

pub(super) fn run(args: &RankArgs, session: &Session) -> Result<(), Failure> {
    let AnalysisArgs { output, selection, graph } = &args.analysis;
    let format = output.format()?;
    let store = &graph.open(session)?.store;
    let labels = Labels::new(store, &store.metadata().language);
    let selected = selection.select(&labels, KindFilter::ASSERTED)?;
    let by = match args.by {
        MeasureArg::Degree => Measure::Degree,
        MeasureArg::Pagerank => Measure::PageRank,
        MeasureArg::Betweenness => Measure::Betweenness,
        MeasureArg::Closeness => Measure::Closeness,
    };
    let mut ranking = Ranking::new(&selected.view, by).map_err(|e| {
        Failure::new(e.to_string()).help("select a part with --max-nodes N or --focus ENTITY, or use --by pagerank")
    })?;
    if let ReportFormat::Other(format) = format {
        let highlights = Highlights::from_ranking(&ranking);
        return draw_highlighted(output, format, &selected, &StatementText::new(store, &labels), highlights);
    }
    selected.print_notes();
    ranking.rows.truncate(args.limit.unwrap_or(usize::MAX));
    output.write(format.content(), |out| match format {
        ReportFormat::Json(layout) => Ok(ranking_json(&selected.view, &ranking, layout, out)?),
        _ => Ok(ranking_text(&selected.view, &ranking, out)?),
    })
}
