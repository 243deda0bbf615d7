//! The arguments that take a part of the graph.

use super::facts::KindArg;
use super::failure::{Failure, say};
use super::{resolve, select};
use crate::model::{ClaimStatus, Day, Period, TimeValue};
use crate::output::subgraph_notes;
use crate::store::Labels;
use crate::view::{Direction, Filter, KindFilter, Neighbourhood, PathsBetween, Selection, View};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use oxigraph::model::NamedNode;

/// Which part of the graph: several values of one option are alternatives, and all options apply.
#[derive(Args, Debug, Default, PartialEq)]
pub(super) struct SelectionArgs {
    /// Only entities near this one, and statements among them; ENTITY is an id or a label
    #[arg(long, value_name = "ENTITY", help_heading = "Selection")]
    focus: Vec<String>,
    /// How many statements away from the focus: 1 where this is not said
    #[arg(long, value_name = "N", requires = "focus", help_heading = "Selection")]
    radius: Option<usize>,
    /// Only statements on the shortest paths between two entities
    #[arg(long, num_args = 2, value_names = ["ENTITY", "ENTITY"], help_heading = "Selection")]
    between: Vec<String>,
    /// Paths of up to so many statements that visit no entity twice, instead of the shortest
    #[arg(long, value_name = "N", help_heading = "Selection")]
    max_length: Option<usize>,
    /// Follow statements out, from subject to object, in, the other way, or both
    #[arg(long, value_enum, help_heading = "Selection")]
    direction: Option<DirectionArg>,
    /// Only entities of a class or its subclasses, and statements among them
    #[arg(long, value_name = "CLASS", help_heading = "Selection")]
    class: Vec<String>,
    /// Only statements with a predicate or its sub-properties
    #[arg(long, value_name = "PREDICATE", help_heading = "Selection")]
    predicate: Vec<String>,
    /// Only statements of these kinds
    #[arg(long, value_enum, value_delimiter = ',', help_heading = "Selection")]
    kind: Vec<KindArg>,
    /// Only claims of these statuses
    #[arg(long, value_name = "STATUS", value_parser = status(), value_delimiter = ',', help_heading = "Selection")]
    status: Vec<ClaimStatus>,
    /// Only statements with evidence from a source
    #[arg(long, value_name = "SOURCE", help_heading = "Selection")]
    source: Vec<String>,
    /// Only statements that may hold on a day, or in a month, year or decade, and those that say no time
    #[arg(long, value_name = "DATE", value_parser = TimeValue::parse, help_heading = "Selection",
        conflicts_with_all = ["from_date", "to_date"])]
    at: Vec<TimeValue>,
    /// Only statements that may hold then or later, and those that say no time
    #[arg(long = "from", id = "from_date", value_name = "DATE", value_parser = TimeValue::parse,
        help_heading = "Selection")]
    from: Option<TimeValue>,
    /// Only statements that may hold then or earlier, and those that say no time
    #[arg(long = "to", id = "to_date", value_name = "DATE", value_parser = TimeValue::parse,
        help_heading = "Selection")]
    to: Option<TimeValue>,
    /// Only statements that a query gives, by its name or as SPARQL: a CONSTRUCT query gives their triples, a SELECT query
    /// the statements
    #[arg(long, value_name = "QUERY", help_heading = "Selection")]
    select: Vec<String>,
    /// Only so many entities: those in focus, then those with the most statements
    #[arg(long, value_name = "N", help_heading = "Selection")]
    max_nodes: Option<usize>,
    #[command(flatten)]
    not: NotArgs,
}

/// Which part of the graph is not wanted, by the same options.
#[derive(Args, Debug, Default, PartialEq)]
#[expect(clippy::struct_field_names, reason = "each is named as its option")]
struct NotArgs {
    /// Leave out an entity and all statements about it
    #[arg(long, value_name = "ENTITY", help_heading = "Left out of the selection")]
    not_focus: Vec<String>,
    /// With what is so many statements away from it: 0 where this is not said
    #[arg(long, value_name = "N", requires = "not_focus", help_heading = "Left out of the selection")]
    not_radius: Option<usize>,
    /// Leave out the statements on the paths between two entities
    #[arg(long, num_args = 2, value_names = ["ENTITY", "ENTITY"], help_heading = "Left out of the selection")]
    not_between: Vec<String>,
    /// Leave out entities of a class or its subclasses, and all statements about them
    #[arg(long, value_name = "CLASS", help_heading = "Left out of the selection")]
    not_class: Vec<String>,
    /// Leave out statements with a predicate or its sub-properties
    #[arg(long, value_name = "PREDICATE", help_heading = "Left out of the selection")]
    not_predicate: Vec<String>,
    /// Leave out statements of these kinds
    #[arg(long, value_enum, value_delimiter = ',', help_heading = "Left out of the selection")]
    not_kind: Vec<KindArg>,
    /// Leave out claims of these statuses
    #[arg(long, value_name = "STATUS", value_parser = status(), value_delimiter = ',',
        help_heading = "Left out of the selection")]
    not_status: Vec<ClaimStatus>,
    /// Leave out statements with evidence from a source, even if another states them, too
    #[arg(long, value_name = "SOURCE", help_heading = "Left out of the selection")]
    not_source: Vec<String>,
    /// Leave out statements that may hold on a day, or in a month, year or decade
    #[arg(long, value_name = "DATE", value_parser = TimeValue::parse, help_heading = "Left out of the selection")]
    not_at: Vec<TimeValue>,
    /// Leave out statements that may hold then or later; with --not-to, on some day between the two
    #[arg(long, value_name = "DATE", value_parser = TimeValue::parse, help_heading = "Left out of the selection")]
    not_from: Option<TimeValue>,
    /// Leave out statements that may hold then or earlier
    #[arg(long, value_name = "DATE", value_parser = TimeValue::parse, help_heading = "Left out of the selection")]
    not_to: Option<TimeValue>,
    /// Leave out statements that a query gives
    #[arg(long, value_name = "QUERY", help_heading = "Left out of the selection")]
    not_select: Vec<String>,
}

/// Which way statements are followed, as an argument.
#[derive(Clone, Copy, Debug, ValueEnum, PartialEq)]
enum DirectionArg {
    In,
    Out,
    Both,
}

fn status() -> impl TypedValueParser<Value = ClaimStatus> {
    let known = |written: String| {
        let status = ClaimStatus::ALL.into_iter().find(|status| status.as_str() == written);
        status.ok_or_else(|| format!("`{written}` is no status"))
    };
    PossibleValuesParser::new(ClaimStatus::ALL.map(ClaimStatus::as_str)).try_map(known)
}

/// The part of a view that was asked for.
pub(super) struct Selected {
    /// The part.
    pub(super) view: View,
    /// What it is called: the title of the graph.
    pub(super) title: String,
    /// What there is to say of it: what was left out, and what was kept without a date.
    pub(super) notes: Vec<String>,
}

impl Selected {
    /// Says on stderr what there is to say, where no drawing says it.
    pub(super) fn print_notes(&self) {
        self.notes.iter().for_each(|remark| say(format_args!("note: {remark}")));
    }
}

impl SelectionArgs {
    /// Whether anything was selected at all.
    pub(super) fn is_given(&self) -> bool {
        *self != Self::default()
    }

    /// Takes the part of the graph that was asked for; `kinds` where neither kinds nor statuses are named.
    pub(super) fn select(&self, labels: &Labels<'_>, kinds: KindFilter) -> Result<Selected, Failure> {
        self.refuse_options_of_nothing()?;
        self.select_with_direction(labels, kinds)
    }

    /// The same for a command that goes along statements itself: `--direction` and `--max-length` mean something there even
    /// without `--focus` or `--between`, and are not refused.
    pub(super) fn select_with_direction(&self, labels: &Labels<'_>, kinds: KindFilter) -> Result<Selected, Failure> {
        let all = View::new(labels.store(), labels)?;
        let (selection, mut notes) = self.selection(&all, labels, kinds)?;
        let part = all.subgraph(&selection);
        if part.view.graph().node_count() == 0 {
            say("note: nothing is left of the graph by what was selected");
            if !kinds.claims {
                self.hint_at_claims();
            }
        }
        notes.extend(subgraph_notes(&part));
        Ok(Selected { view: part.view, title: labels.store().metadata().title.clone(), notes })
    }

    /// Says that a command leaves claims out, where nobody asked for kinds or statuses.
    pub(super) fn hint_at_claims(&self) {
        if self.kind.is_empty() && self.status.is_empty() {
            say("help: claims are left out unless asked for: --kind fact,inference,claim");
        }
    }

    /// Which way statements are followed.
    pub(super) fn direction(&self) -> Direction {
        match self.direction {
            Some(DirectionArg::In) => Direction::In,
            Some(DirectionArg::Out) => Direction::Out,
            Some(DirectionArg::Both) | None => Direction::Both,
        }
    }

    /// How many statements a path may have, where that was said.
    pub(super) fn max_length(&self) -> Option<usize> {
        self.max_length
    }

    fn refuse_options_of_nothing(&self) -> Result<(), Failure> {
        let no_paths = self.between.is_empty() && self.not.not_between.is_empty();
        if self.max_length.is_some() && no_paths {
            return Err(Failure::new("--max-length is about paths, and none are asked for").help("add --between A B"));
        }
        if self.direction.is_some() && no_paths && self.focus.is_empty() && self.not.not_focus.is_empty() {
            let message = "--direction says which way statements are followed, and none are";
            return Err(Failure::new(message).help("add --focus ENTITY or --between A B"));
        }
        Ok(())
    }

    fn selection(
        &self,
        view: &View,
        labels: &Labels<'_>,
        kinds: KindFilter,
    ) -> Result<(Selection, Vec<String>), Failure> {
        let (store, not) = (labels.store(), &self.not);
        let vocabulary = store.metadata().vocabulary()?;
        let narrower = |named: Vec<NamedNode>, narrower: &dyn Fn(&NamedNode) -> Vec<NamedNode>| {
            named.iter().flat_map(narrower).collect::<Vec<_>>()
        };
        let classes = |written: &[String]| {
            Ok::<_, Failure>(narrower(resolve::classes(written, store)?, &|class| vocabulary.subclasses(class)))
        };
        let predicates = |written: &[String]| {
            Ok::<_, Failure>(narrower(resolve::predicates(written, store)?, &|predicate| {
                vocabulary.subpredicates(predicate)
            }))
        };
        let around = |written: &[String], radius: usize| {
            let around = |written: &String| Ok(Neighbourhood { entity: resolve::node(view, labels, written)?, radius });
            written.iter().map(around).collect::<Result<Vec<_>, Failure>>()
        };
        let between = |written: &[String]| {
            let between = |pair: &[String]| {
                let [from, to] = [&pair[0], &pair[1]].map(|written| resolve::node(view, labels, written));
                Ok(PathsBetween { from: from?, to: to?, max_length: self.max_length })
            };
            written.chunks_exact(2).map(between).collect::<Result<Vec<_>, Failure>>()
        };
        let mut notes = Vec::new();
        let mut stated = |queries: &[String]| {
            let stated = |query: &String| select::statements_of_query(query, labels, &mut notes);
            queries.iter().map(stated).collect::<Result<Vec<_>, Failure>>()
        };
        let selection = Selection {
            kinds: self.kinds(kinds),
            statuses: Filter { include: self.status.clone(), exclude: not.not_status.clone() },
            predicates: Filter { include: predicates(&self.predicate)?, exclude: predicates(&not.not_predicate)? },
            sources: Filter {
                include: resolve::sources(&self.source, store)?,
                exclude: resolve::sources(&not.not_source, store)?,
            },
            times: Filter {
                include: times(&self.at, self.from.as_ref(), self.to.as_ref())?,
                exclude: times(&not.not_at, not.not_from.as_ref(), not.not_to.as_ref())?,
            },
            statements: Filter { include: stated(&self.select)?, exclude: stated(&not.not_select)? },
            classes: Filter { include: classes(&self.class)?, exclude: classes(&not.not_class)? },
            focus: Filter {
                include: around(&self.focus, self.radius.unwrap_or(1))?,
                exclude: around(&not.not_focus, not.not_radius.unwrap_or(0))?,
            },
            between: Filter { include: between(&self.between)?, exclude: between(&not.not_between)? },
            direction: self.direction(),
            max_nodes: self.max_nodes,
            max_edges: None,
        };
        Ok((selection, notes))
    }

    fn kinds(&self, default: KindFilter) -> KindFilter {
        let wanted = match (&self.kind[..], &self.status[..]) {
            ([], []) => default,
            ([], _) => KindFilter::ALL,
            (kinds, _) => kinds_in(kinds),
        };
        let not = kinds_in(&self.not.not_kind);
        KindFilter {
            facts: wanted.facts && !not.facts,
            claims: wanted.claims && !not.claims,
            inferences: wanted.inferences && !not.inferences,
        }
    }
}

fn kinds_in(kinds: &[KindArg]) -> KindFilter {
    KindFilter {
        facts: kinds.contains(&KindArg::Fact),
        claims: kinds.contains(&KindArg::Claim),
        inferences: kinds.contains(&KindArg::Inference),
    }
}

/// The times that some values mean, and the one from and to others.
fn times(at: &[TimeValue], from: Option<&TimeValue>, to: Option<&TimeValue>) -> Result<Vec<Period>, Failure> {
    let at = at.iter().map(|time| Period { first: Some(Day::first_of(time)), last: Some(Day::last_of(time)) });
    let between = Period { first: from.map(Day::first_of), last: to.map(Day::last_of) };
    if let (Some(first), Some(last)) = (between.first, between.last)
        && first > last
    {
        let message = format!("no time is from {first} to {last}");
        return Err(Failure::new(message).help("name the earlier one first"));
    }
    let between = (from.is_some() || to.is_some()).then_some(between);
    Ok(at.chain(between).collect())
}
