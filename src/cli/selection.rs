//! The arguments that take a part of the graph.

use super::facts::{KindArg, find_in};
use super::failure::Failure;
use crate::store::Labels;
use crate::view::{KindFilter, Selection, View};
use clap::{Args, Parser};

/// Which part of the graph.
#[derive(Args, Debug, PartialEq)]
pub(super) struct SelectionArgs {
    /// Only what is near an entity: its id or label; several for any of them
    #[arg(long, value_name = "ENTITY", help_heading = "Selection")]
    focus: Vec<String>,
    /// How many statements away from the focus
    #[arg(long, value_name = "N", default_value_t = 1, requires = "focus", help_heading = "Selection")]
    radius: usize,
    /// Only statements of these kinds
    #[arg(long, value_enum, value_delimiter = ',', help_heading = "Selection")]
    kind: Vec<KindArg>,
    /// Only so many entities: those in focus, then those with the most statements
    #[arg(long, value_name = "N", help_heading = "Selection")]
    max_nodes: Option<usize>,
}

/// The part of a view that was asked for.
pub(super) struct Selected {
    /// The part.
    pub(super) view: View,
    /// What it is called: the title of the graph, and what a limit left out of it.
    pub(super) title: String,
    /// What there is to say of it: what was left out, and what was kept without a date.
    pub(super) remarks: Vec<String>,
}

impl SelectionArgs {
    /// Whether anything was selected at all.
    pub(super) fn is_given(&self) -> bool {
        #[derive(Parser)]
        struct Nothing {
            #[command(flatten)]
            selection: SelectionArgs,
        }
        *self != Nothing::parse_from([""]).selection
    }

    /// Takes the part of the graph that was asked for; `kinds` where none are named.
    pub(super) fn select(&self, labels: &Labels<'_>, kinds: KindFilter) -> Result<Selected, Failure> {
        let all = View::new(labels.store(), labels)?;
        let focus = self.focus.iter().map(|written| find_in(&all, labels, written)).collect::<Result<_, _>>()?;
        let selection = Selection {
            kinds: self::kinds(&self.kind, kinds),
            focus,
            radius: self.radius,
            max_nodes: self.max_nodes,
            max_edges: None,
        };
        let view = all.select(&selection);
        let title = title(&labels.store().context().title, &view, &all, self.max_nodes.is_some());
        Ok(Selected { view, title, remarks: Vec::new() })
    }
}

/// The filter that kinds on the command line make; `default` where there are none.
pub(super) fn kinds(args: &[KindArg], default: KindFilter) -> KindFilter {
    match args {
        [] => default,
        kinds => KindFilter {
            facts: kinds.contains(&KindArg::Fact),
            claims: kinds.contains(&KindArg::Claim),
            inferences: kinds.contains(&KindArg::Inference),
        },
    }
}

/// The title of a drawing; where a limit left something out, it says so.
pub(super) fn title(title: &str, shown: &View, all: &View, limited: bool) -> String {
    let size = |view: &View| (view.graph().node_count(), view.graph().edge_count());
    match (size(shown), size(all)) {
        ((nodes, edges), (of_nodes, of_edges)) if limited && (nodes, edges) != (of_nodes, of_edges) => {
            format!("{title} ({nodes} of {of_nodes} entities, {edges} of {of_edges} statements)")
        }
        _ => title.to_owned(),
    }
}
