//! `factloom components`

use super::analysis_result::{ResultArgs, ResultFormat};
use super::failure::Failure;
use super::load::{GraphArgs, Session};
use super::selection::SelectionArgs;
use crate::output::{Connectivity, Highlights, JsonLayout, StatementText, connectivity_json, connectivity_text};
use crate::store::Labels;
use crate::view::{KindFilter, articulation_points, bridges, strong_components, weak_components};
use clap::Args;

/// Show which entities hang together, and by what
///
/// Weak components by default: entities that statements join, whichever way they are gone. Claims are left out unless asked for.
#[derive(Args, Debug)]
#[group(id = "what", multiple = false, args = ["strong", "bridges", "articulation_points"])]
pub(super) struct ComponentsArgs {
    /// Strong components: from each entity statements lead to every other, from subject to object
    #[arg(long)]
    strong: bool,
    /// Pairs of entities that would no longer hang together without the statements between them
    #[arg(long)]
    bridges: bool,
    /// Entities without which others would no longer hang together
    #[arg(long)]
    articulation_points: bool,
    #[command(flatten)]
    result: ResultArgs,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    from: GraphArgs,
}

pub(super) fn run(args: &ComponentsArgs, session: &Session) -> Result<(), Failure> {
    let format = args.result.format()?;
    let store = &args.from.open(session)?.store;
    let labels = Labels::new(store, &store.metadata().language);
    let selected = args.selection.select(&labels, KindFilter::ASSERTED)?;
    let view = &selected.view;
    let parts = match (args.strong, args.bridges, args.articulation_points) {
        (true, ..) => Connectivity::Components(strong_components(view)),
        (_, true, _) => Connectivity::Bridges(bridges(view)),
        (.., true) => Connectivity::ArticulationPoints(articulation_points(view)),
        _ => Connectivity::Components(weak_components(view)),
    };
    if let ResultFormat::Diagram(format) = format {
        return args.result.drawing(
            format,
            &selected,
            &StatementText::new(store, &labels),
            Highlights::from_connectivity(&parts),
        );
    }
    selected.print_notes();
    args.result.lines(|out| match format {
        ResultFormat::Json => connectivity_json(view, &parts, JsonLayout::Lines, out),
        _ => connectivity_text(view, &parts, out),
    })
}
