//! The arguments that select a part of the graph.

use super::facts::KindArg;
use super::failure::Failure;
use super::messages::{help, note};
use super::status_parser::StatusParser;
use super::{resolve, select};
use crate::model::{ClaimStatus, Period, TimeValue, time_correction};
use crate::output::subgraph_notes;
use crate::query::vocabulary_of;
use crate::store::Labels;
use crate::view::{Direction, Filter, KindFilter, Neighbourhood, PathsBetween, Selection, View};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Which part of the graph to use. Several values of one option are alternatives; all options apply.
#[derive(Args, Debug, Default, PartialEq)]
#[command(next_help_heading = "Selection")]
pub(super) struct SelectionArgs {
    /// Only entities near this one (its id or label), and the statements between them
    #[arg(long, value_name = "ENTITY")]
    focus: Vec<String>,
    /// Maximum number of statements between the focus and an entity [default: 1]
    #[arg(long, value_name = "N", requires = "focus")]
    radius: Option<usize>,
    /// Only statements on the shortest paths between two entities
    #[arg(long, num_args = 2, value_names = ["ENTITY", "ENTITY"])]
    between: Vec<String>,
    /// Use all simple paths of at most N statements, not only the shortest
    #[arg(long, value_name = "N")]
    max_length: Option<usize>,
    /// Direction in which to follow statements: `out` is from subject to object [default: both]
    #[arg(long, value_parser = direction())]
    direction: Option<Direction>,
    /// Only entities of a class or its subclasses, and the statements between them
    #[arg(long, value_name = "CLASS")]
    class: Vec<String>,
    /// Only statements with a predicate or one of its subproperties
    #[arg(long, value_name = "PREDICATE")]
    predicate: Vec<String>,
    /// Only statements of these kinds; entailments are excluded by default
    #[arg(long, value_enum, value_delimiter = ',')]
    kind: Vec<KindArg>,
    /// Only claims with these statuses: reported, planned, possible, denied, alleged, disputed, or ids of declared ones
    #[arg(long, value_name = "STATUS", value_parser = StatusParser, hide_possible_values = true, value_delimiter = ',')]
    status: Vec<ClaimStatus>,
    /// Only statements with evidence from a source
    #[arg(long, value_name = "SOURCE")]
    source: Vec<String>,
    /// Only statements that may hold at this time (such as 1973, 1973-05, 197X or 1971/1973), and undated statements
    #[arg(long, value_name = "DATE", value_parser = parse_time, allow_hyphen_values = true, conflicts_with_all = ["from_date", "to_date"])]
    at: Vec<TimeValue>,
    /// Only statements that may hold at this time or later, and undated statements
    #[arg(long = "from", id = "from_date", value_name = "DATE", value_parser = parse_time, allow_hyphen_values = true)]
    from: Option<TimeValue>,
    /// Only statements that may hold at this time or earlier, and undated statements
    #[arg(long = "to", id = "to_date", value_name = "DATE", value_parser = parse_time, allow_hyphen_values = true)]
    to: Option<TimeValue>,
    /// Only statements that a query selects: the name of a stored query, or SPARQL. A CONSTRUCT query selects the
    /// statements of its triples, a SELECT query those in its rows
    #[arg(long, value_name = "QUERY")]
    select: Vec<String>,
    /// Maximum number of entities; those in focus come first, then those with the most statements
    #[arg(long, value_name = "N", value_parser = positive)]
    max_nodes: Option<usize>,
    #[command(flatten)]
    exclude: ExcludeArgs,
}

/// Which part of the graph to exclude.
#[derive(Args, Debug, Default, PartialEq)]
#[command(next_help_heading = "Exclusion")]
#[expect(clippy::struct_field_names, reason = "each has the name of its option")]
struct ExcludeArgs {
    /// Exclude an entity and all statements about it
    #[arg(long, value_name = "ENTITY")]
    exclude_focus: Vec<String>,
    /// Also exclude entities at most N statements from the --exclude-focus entity [default: 0]
    #[arg(long, value_name = "N", requires = "exclude_focus")]
    exclude_radius: Option<usize>,
    /// Exclude the statements on the paths between two entities
    #[arg(long, num_args = 2, value_names = ["ENTITY", "ENTITY"])]
    exclude_between: Vec<String>,
    /// Exclude entities of a class or its subclasses, and all statements about them
    #[arg(long, value_name = "CLASS")]
    exclude_class: Vec<String>,
    /// Exclude statements with a predicate or one of its subproperties
    #[arg(long, value_name = "PREDICATE")]
    exclude_predicate: Vec<String>,
    /// Exclude statements of these kinds
    #[arg(long, value_name = "KIND", value_enum, value_delimiter = ',')]
    exclude_kind: Vec<KindArg>,
    /// Exclude claims with these statuses
    #[arg(long, value_name = "STATUS", value_parser = StatusParser, hide_possible_values = true, value_delimiter = ',')]
    exclude_status: Vec<ClaimStatus>,
    /// Exclude statements with evidence from a source, even if another source supports them too
    #[arg(long, value_name = "SOURCE")]
    exclude_source: Vec<String>,
    /// Exclude statements that may hold at this time (such as 1973, 1973-05, 197X or 1971/1973)
    #[arg(long, value_name = "DATE", value_parser = parse_time, allow_hyphen_values = true)]
    exclude_at: Vec<TimeValue>,
    /// Exclude statements that may hold at this time or later; with --exclude-to, only those between the two times
    #[arg(long, value_name = "DATE", value_parser = parse_time, allow_hyphen_values = true)]
    exclude_from: Option<TimeValue>,
    /// Exclude statements that may hold at this time or earlier
    #[arg(long, value_name = "DATE", value_parser = parse_time, allow_hyphen_values = true)]
    exclude_to: Option<TimeValue>,
    /// Exclude statements that a query selects
    #[arg(long, value_name = "QUERY")]
    exclude_select: Vec<String>,
}

/// Parses a number of at least 1, such as the value of `--limit`.
pub(super) fn positive(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|number| *number > 0).ok_or("expected a whole number of at least 1")
}

fn direction() -> impl TypedValueParser<Value = Direction> {
    PossibleValuesParser::new(["in", "out", "both"]).map(|name| match name.as_str() {
        "in" => Direction::In,
        "out" => Direction::Out,
        _ => Direction::Both,
    })
}

/// A part of the graph.
pub(super) struct Selected {
    /// Its statements and entities.
    pub(super) view: View,
    /// The title of the whole graph.
    pub(super) title: String,
    /// Notes on it: what was omitted, and what was included without a time.
    pub(super) notes: Vec<String>,
}

impl Selected {
    /// Prints the notes on stderr, for output that does not contain them.
    pub(super) fn print_notes(&self) {
        self.notes.iter().for_each(note);
    }
}

impl SelectionArgs {
    /// Whether any option is set.
    pub(super) fn is_set(&self) -> bool {
        *self != Self::default()
    }

    /// Selects a part of the graph, by default with statements of the given kinds.
    pub(super) fn select(&self, labels: &Labels<'_>, kinds: KindFilter) -> Result<Selected, Failure> {
        self.refuse_unused_options()?;
        self.select_with_direction(labels, kinds)
    }

    /// The same for a command that follows statements itself, so that `--direction` and `--max-length` have a meaning even
    /// without `--focus` or `--between`.
    pub(super) fn select_with_direction(&self, labels: &Labels<'_>, kinds: KindFilter) -> Result<Selected, Failure> {
        let all = View::new(labels.store(), labels)?;
        let (selection, mut notes) = self.selection(&all, labels, kinds)?;
        let part = all.subgraph(&selection);
        if part.view.graph().node_count() == 0 {
            note("the selection is empty");
            if !kinds.claims {
                self.hint_at_claims();
            }
        }
        notes.extend(subgraph_notes(&part));
        Ok(Selected { view: part.view, title: labels.store().metadata().title.clone(), notes })
    }

    /// Mentions that claims are excluded by default, unless kinds or statuses are set.
    pub(super) fn hint_at_claims(&self) {
        if self.kind.is_empty() && self.status.is_empty() {
            help("claims are excluded by default; include them with --kind fact,inference,claim");
        }
    }

    /// The direction in which statements are followed.
    pub(super) fn direction(&self) -> Direction {
        self.direction.unwrap_or_default()
    }

    /// The maximum number of statements on a path, if it is set.
    pub(super) fn max_length(&self) -> Option<usize> {
        self.max_length
    }

    fn refuse_unused_options(&self) -> Result<(), Failure> {
        let no_paths = self.between.is_empty() && self.exclude.exclude_between.is_empty();
        if self.max_length.is_some() && no_paths {
            return Err(Failure::new("--max-length has no effect without --between").help("add --between A B"));
        }
        if self.direction.is_some() && no_paths && self.focus.is_empty() && self.exclude.exclude_focus.is_empty() {
            let message = "--direction has no effect without --focus or --between";
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
        let (store, exclude) = (labels.store(), &self.exclude);
        let vocabulary = vocabulary_of(store.metadata())?;
        let classes = |written: &[String]| {
            let named = resolve::classes(written, store)?;
            Ok::<_, Failure>(named.iter().flat_map(|class| vocabulary.subclasses(class)).collect::<Vec<_>>())
        };
        let predicates = |written: &[String]| {
            let named = resolve::predicates(written, store)?;
            Ok::<_, Failure>(vocabulary.subpredicates(&named).into_iter().cloned().collect::<Vec<_>>())
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
        resolve::require_statuses(&self.status, store)?;
        resolve::require_statuses(&exclude.exclude_status, store)?;
        let mut notes = Vec::new();
        let mut statements = |queries: &[String]| {
            let statements = |query: &String| select::statements_of_query(query, labels, &mut notes);
            queries.iter().map(statements).collect::<Result<Vec<_>, Failure>>()
        };
        let selection = Selection {
            kinds: self.kinds(kinds),
            statuses: Filter { include: self.status.clone(), exclude: exclude.exclude_status.clone() },
            predicates: Filter {
                include: predicates(&self.predicate)?,
                exclude: predicates(&exclude.exclude_predicate)?,
            },
            sources: Filter {
                include: resolve::sources(&self.source, store)?,
                exclude: resolve::sources(&exclude.exclude_source, store)?,
            },
            times: Filter {
                include: times(&self.at, self.from.as_ref(), self.to.as_ref())?,
                exclude: times(&exclude.exclude_at, exclude.exclude_from.as_ref(), exclude.exclude_to.as_ref())?,
            },
            statements: Filter { include: statements(&self.select)?, exclude: statements(&exclude.exclude_select)? },
            classes: Filter { include: classes(&self.class)?, exclude: classes(&exclude.exclude_class)? },
            focus: Filter {
                include: around(&self.focus, self.radius.unwrap_or(1))?,
                exclude: around(&exclude.exclude_focus, exclude.exclude_radius.unwrap_or(0))?,
            },
            between: Filter { include: between(&self.between)?, exclude: between(&exclude.exclude_between)? },
            direction: self.direction(),
            max_nodes: self.max_nodes,
            max_edges: None,
        };
        Ok((selection, notes))
    }

    fn kinds(&self, default: KindFilter) -> KindFilter {
        let wanted = match (&self.kind[..], &self.status[..]) {
            // A query has selected the statements.
            ([], []) if !self.select.is_empty() => KindFilter { entailments: true, ..default },
            ([], []) => default,
            ([], _) => KindFilter::SHOWN,
            (kinds, _) => kinds_in(kinds),
        };
        let not = kinds_in(&self.exclude.exclude_kind);
        KindFilter {
            facts: wanted.facts && !not.facts,
            claims: wanted.claims && !not.claims,
            inferences: wanted.inferences && !not.inferences,
            entailments: wanted.entailments && !not.entailments,
        }
    }
}

fn kinds_in(kinds: &[KindArg]) -> KindFilter {
    KindFilter {
        facts: kinds.contains(&KindArg::Fact),
        claims: kinds.contains(&KindArg::Claim),
        inferences: kinds.contains(&KindArg::Inference),
        entailments: kinds.contains(&KindArg::Entailment),
    }
}

/// Parses a time, or says how to write it.
pub(super) fn parse_time(text: &str) -> Result<TimeValue, String> {
    TimeValue::parse(text).map_err(|error| match time_correction(text) {
        Some(correction) => format!("{error}; {correction}"),
        None => error.to_string(),
    })
}

/// The periods of several times, and the period between two times.
fn times(at: &[TimeValue], from: Option<&TimeValue>, to: Option<&TimeValue>) -> Result<Vec<Period>, Failure> {
    let at = at.iter().map(TimeValue::period);
    let between = Period { first: from.and_then(TimeValue::earliest), last: to.and_then(TimeValue::latest) };
    for (time, has_day, day) in [(from, between.first.is_some(), "first"), (to, between.last.is_some(), "last")] {
        if let Some(time) = time.filter(|_| !has_day) {
            let message = format!("the interval `{}` has no {day} day", time.as_str());
            return Err(Failure::new(message).help("write the date of its other end, or use --at"));
        }
    }
    if let (Some(first), Some(last)) = (between.first, between.last)
        && first > last
    {
        let message = format!("the period from {first} to {last} is empty");
        return Err(Failure::new(message).help("swap the two dates"));
    }
    let between = (from.is_some() || to.is_some()).then_some(between);
    Ok(at.chain(between).collect())
}
