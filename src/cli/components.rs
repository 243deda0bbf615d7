//! `factloom components`

use super::analysis_result::{AnalysisArgs, draw_highlighted};
use super::failure::Failure;
use super::format::ReportFormat;
use super::load::Session;
use crate::output::{Connectivity, Highlights, StatementText, connectivity_json, connectivity_text};
use crate::store::Labels;
use crate::view::{KindFilter, articulation_points, bridges, strong_components, weak_components};
use clap::Args;

/// Find connected components, bridges and articulation points
///
/// By default, finds weakly connected components: entities connected by statements in any direction. Claims are excluded
/// unless --kind or --status includes them.
#[derive(Args, Debug)]
#[command(next_help_heading = "Analysis")]
#[group(id = "analysis", multiple = false, args = ["strong", "bridges", "articulation_points"])]
pub(super) struct ComponentsArgs {
    /// Find strongly connected components: each entity reaches every other from subject to object
    #[arg(long)]
    strong: bool,
    /// Find bridges: pairs of entities that only the statements between them connect
    #[arg(long)]
    bridges: bool,
    /// Find articulation points: entities whose removal would split a component
    #[arg(long)]
    articulation_points: bool,
    #[command(flatten)]
    analysis: AnalysisArgs,
}

pub(super) fn run(args: &ComponentsArgs, session: &Session) -> Result<(), Failure> {
    let AnalysisArgs { output, selection, graph } = &args.analysis;
    let format = output.format()?;
    let store = &graph.open(session)?.store;
    let labels = Labels::new(store, &store.metadata().language);
    let selected = selection.select(&labels, KindFilter::ASSERTED)?;
    let view = &selected.view;
    let result = match (args.strong, args.bridges, args.articulation_points) {
        (true, ..) => Connectivity::Components(strong_components(view)),
        (_, true, _) => Connectivity::Bridges(bridges(view)),
        (.., true) => Connectivity::ArticulationPoints(articulation_points(view)),
        _ => Connectivity::Components(weak_components(view)),
    };
    if let ReportFormat::Other(format) = format {
        let highlights = Highlights::from_connectivity(&result);
        return draw_highlighted(output, format, &selected, &StatementText::new(store, &labels), highlights);
    }
    selected.print_notes();
    output.write(format.content(), |out| match format {
        ReportFormat::Json(layout) => Ok(connectivity_json(view, &result, layout, out)?),
        _ => Ok(connectivity_text(view, &result, out)?),
    })
}
