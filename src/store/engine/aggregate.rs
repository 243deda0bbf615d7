//! GROUP BY and the aggregates.

use super::operators::Seen;
use super::plan::{Aggregate, Function, Slot};
use super::run::Context;
use super::value::{Arithmetic, Calculated, Value, average, calculate, order};
use crate::store::GraphError;
use crate::store::compiled::Id;
use oxigraph::model::{BaseDirection, Term};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;

/// Rows by the values of their keys, with what is computed from each group, in the order in which groups first came.
pub(super) struct Groups<'a> {
    keys: &'a [Slot],
    aggregates: &'a [(Slot, Aggregate)],
    single: FxHashMap<Id, usize>,
    several: FxHashMap<Box<[Id]>, usize>,
    found: Vec<(Box<[Id]>, Vec<Accumulator>)>,
}

impl<'a> Groups<'a> {
    pub(super) fn new(keys: &'a [Slot], aggregates: &'a [(Slot, Aggregate)]) -> Self {
        let mut groups =
            Self { keys, aggregates, single: FxHashMap::default(), several: FxHashMap::default(), found: Vec::new() };
        // Without keys there is one group, even of no rows.
        if keys.is_empty() {
            groups.open(Box::default());
        }
        groups
    }

    fn open(&mut self, key: Box<[Id]>) -> usize {
        self.found.push((key, self.aggregates.iter().map(|(_, aggregate)| Accumulator::new(aggregate)).collect()));
        self.found.len() - 1
    }

    /// Adds a row so many times. `all` are the slots that make a row for COUNT(DISTINCT *).
    pub(super) fn add(
        &mut self,
        row: &[Id],
        count: u64,
        context: &mut Context,
        all: &[Slot],
    ) -> Result<(), GraphError> {
        let index = match self.keys {
            [] => 0,
            [key] => match self.single.get(&row[*key]) {
                Some(index) => *index,
                None => {
                    let index = self.open(Box::new([row[*key]]));
                    self.single.insert(row[*key], index);
                    index
                }
            },
            keys => {
                let key: Box<[Id]> = keys.iter().map(|slot| row[*slot]).collect();
                match self.several.get(&key) {
                    Some(index) => *index,
                    None => {
                        let index = self.open(key.clone());
                        self.several.insert(key, index);
                        index
                    }
                }
            }
        };
        for (accumulator, (_, aggregate)) in self.found[index].1.iter_mut().zip(self.aggregates) {
            accumulator.add(aggregate, row, count, context, all)?;
        }
        Ok(())
    }

    /// For each group its keys, then its aggregates.
    pub(super) fn finish(self, context: &mut Context) -> Result<Vec<Vec<Id>>, GraphError> {
        let mut rows = Vec::with_capacity(self.found.len());
        for (key, accumulators) in self.found {
            context.stop.check()?;
            let mut row = key.into_vec();
            for accumulator in accumulators {
                row.push(match accumulator.finish() {
                    Some(value) => context.computed.id_of(&context.graph, Term::from(value))?,
                    None => 0,
                });
            }
            rows.push(row);
        }
        Ok(rows)
    }
}

/// What is computed from the rows of one group.
pub(super) enum Accumulator {
    Count(u64),
    CountDistinct(FxHashSet<Id>),
    CountRows(Seen, u64),
    /// A sum, the number of values, and the values that have been seen where repetitions do not count.
    Sum {
        sum: Option<Value>,
        count: u64,
        seen: Option<FxHashSet<Id>>,
        average: bool,
    },
    Extreme {
        best: Option<Value>,
        last: Id,
        wanted: Ordering,
        failed: bool,
    },
    Sample(Option<Value>),
    Concat {
        text: Option<String>,
        language: Spoken,
        seen: Option<FxHashSet<Id>>,
    },
}

impl Accumulator {
    fn new(aggregate: &Aggregate) -> Self {
        let seen = || aggregate.distinct.then(FxHashSet::default);
        let sum = |average| Self::Sum { sum: Some(Value::IntegerLiteral(0.into())), count: 0, seen: seen(), average };
        let extreme = |wanted| Self::Extreme { best: None, last: 0, wanted, failed: false };
        match &aggregate.function {
            Function::Count if aggregate.distinct && aggregate.expr.is_none() => Self::CountRows(Seen::new(0), 0),
            Function::Count if aggregate.distinct => Self::CountDistinct(FxHashSet::default()),
            Function::Count => Self::Count(0),
            Function::Sum => sum(false),
            Function::Avg => sum(true),
            Function::Min => extreme(Ordering::Less),
            Function::Max => extreme(Ordering::Greater),
            Function::Sample => Self::Sample(None),
            Function::GroupConcat(_) => {
                Self::Concat { text: Some(String::new()), language: Spoken::Nothing, seen: seen() }
            }
        }
    }

    fn add(
        &mut self,
        aggregate: &Aggregate,
        row: &[Id],
        times: u64,
        context: &mut Context,
        all: &[Slot],
    ) -> Result<(), GraphError> {
        let Some(expr) = &aggregate.expr else {
            match self {
                Self::CountRows(seen, count) => *count += u64::from(seen.insert(row, all)),
                Self::Count(count) => *count = count.saturating_add(times),
                _ => {}
            }
            return Ok(());
        };
        match self {
            Self::Count(count) => {
                if expr.has_value(context, row)? {
                    *count = count.saturating_add(times);
                }
            }
            Self::CountDistinct(seen) => seen.extend(expr.id(context, row)?),
            Self::CountRows(..) => {}
            Self::Sum { sum, count, seen, .. } => {
                let Some(so_far) = sum else { return Ok(()) };
                let times = match seen {
                    None => times,
                    Some(seen) => match expr.id(context, row)? {
                        Some(id) => u64::from(seen.insert(id)),
                        None => 1,
                    },
                };
                let Some(value) = expr.value(context, row)? else {
                    *sum = None;
                    return Ok(());
                };
                for _ in 0..times {
                    context.stop.check()?;
                    match calculate(Arithmetic::Add, so_far, &value) {
                        Calculated::Value(next) => *so_far = next,
                        Calculated::Error | Calculated::NoNumbers => {
                            *sum = None;
                            break;
                        }
                    }
                    *count += 1;
                }
            }
            Self::Extreme { best, last, wanted, failed } => {
                let id = expr.known_id(context, row)?;
                if *failed || (id.is_some() && id == Some(*last)) {
                    return Ok(());
                }
                *last = id.unwrap_or(0);
                match expr.value(context, row)? {
                    None => {
                        *failed = true;
                        *best = None;
                    }
                    Some(value) => {
                        if best.is_none() || order(Some(&value), best.as_ref()) == *wanted {
                            *best = Some(value);
                        }
                    }
                }
            }
            Self::Sample(sample) => {
                if sample.is_none() {
                    *sample = expr.value(context, row)?;
                }
            }
            Self::Concat { text: so_far, language, seen } => {
                let Function::GroupConcat(separator) = &aggregate.function else { return Ok(()) };
                let value = expr.value(context, row)?;
                let Some((piece, tag)) = value.as_ref().and_then(spoken) else {
                    *so_far = None;
                    return Ok(());
                };
                let times = match seen {
                    None => times,
                    Some(seen) => match expr.id(context, row)? {
                        Some(id) => u64::from(seen.insert(id)),
                        None => times,
                    },
                };
                let Some(so_far) = so_far else { return Ok(()) };
                for _ in 0..times {
                    context.stop.check()?;
                    match language {
                        Spoken::Nothing => *language = Spoken::In(tag.clone()),
                        Spoken::In(known) => {
                            if *known != tag {
                                *known = None;
                            }
                            so_far.push_str(separator);
                        }
                    }
                    so_far.push_str(piece);
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Option<Value> {
        let number = |count: u64| Some(Value::IntegerLiteral(i64::try_from(count).ok()?.into()));
        match self {
            Self::Count(count) | Self::CountRows(_, count) => number(count),
            Self::CountDistinct(seen) => number(seen.len() as u64),
            Self::Sum { sum, count, average: true, .. } => average(&sum?, count),
            Self::Sum { sum, .. } => sum,
            Self::Extreme { best, .. } => best,
            Self::Sample(sample) => sample,
            Self::Concat { text, language, .. } => Some(match language {
                Spoken::Nothing | Spoken::In(None) => Value::StringLiteral(text?),
                Spoken::In(Some((language, None))) => Value::LangStringLiteral { value: text?, language },
                Spoken::In(Some((language, Some(direction)))) => {
                    Value::DirLangStringLiteral { value: text?, language, direction }
                }
            }),
        }
    }
}

/// What language the texts so far were in: all of them in one, or in none.
pub(super) enum Spoken {
    Nothing,
    In(Option<Language>),
}

/// A language, and the direction in which a text in it is written, where that is said.
pub(super) type Language = (String, Option<BaseDirection>);

/// The text of a literal that is a text, with its language.
fn spoken(value: &Value) -> Option<(&str, Option<Language>)> {
    Some(match value {
        Value::StringLiteral(text) => (text, None),
        Value::LangStringLiteral { value, language } => (value, Some((language.clone(), None))),
        Value::DirLangStringLiteral { value, language, direction } => {
            (value, Some((language.clone(), Some(*direction))))
        }
        _ => return None,
    })
}
