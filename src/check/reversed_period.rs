//! Periods that end before they start.

use crate::dataset::{FactFields, Record};
use crate::diagnostic::{Code, Finding, PathSegment};
use crate::model::{Day, TimeValue};

/// The start times or the end times of a fact.
#[derive(Default)]
pub(super) struct PeriodTimes<'a>(Vec<PeriodTime<'a>>);

/// One of them, with its path in the fact.
struct PeriodTime<'a> {
    qualifier: &'a str,
    index: usize,
    time: TimeValue,
}

impl<'a> PeriodTimes<'a> {
    pub(super) fn push(&mut self, qualifier: &'a str, index: usize, time: TimeValue) {
        self.0.push(PeriodTime { qualifier, index, time });
    }
}

/// The finding about an end time that is before every start time, or a start time that is after every end time.
///
/// Times that may overlap, with the tolerance of approximate ones, give no finding. Takes linear time.
pub(super) fn reversed_period(
    record: &Record<FactFields>,
    PeriodTimes(starts): &PeriodTimes<'_>,
    PeriodTimes(ends): &PeriodTimes<'_>,
) -> Option<Finding> {
    let (here, label) = reversed(starts, ends)?;
    let help = match (&starts[..], &ends[..]) {
        ([start], [end]) => {
            let member = |name: &str, time: &TimeValue| format!("\"{name}\": \"{}\"", time.as_str());
            let swapped = [member(start.qualifier, &end.time), member(end.qualifier, &start.time)];
            format!("write `{}`, or correct one of the times", swapped.join(", "))
        }
        _ => "correct one of the times".to_owned(),
    };
    let path = ["qualifiers".into(), PathSegment::from(here.qualifier), here.index.into()];
    let finding = record.finding(Code::ReversedPeriod, path, "the period ends before it starts");
    Some(finding.label(label).help(help))
}

/// A time that excludes all those of the other end, with a label.
fn reversed<'p, 'a>(starts: &'p [PeriodTime<'a>], ends: &'p [PeriodTime<'a>]) -> Option<(&'p PeriodTime<'a>, String)> {
    let (start, end) = (starts.first()?, ends.first()?);
    let period = |time: &PeriodTime<'_>| time.time.compatible_period();
    // An unknown or open start is before any other, and such an end is after any other.
    let first_start = starts.iter().map(|start| period(start).first).min().flatten();
    let last_end = ends.iter().map(|end| period(end).last).try_fold(None, |last, day| Some(last.max(Some(day?))));
    let ends_before = |day: Day| ends.iter().find(|end| period(end).last.is_some_and(|last| last < day));
    let starts_after = |day: Day| starts.iter().find(|start| period(start).first.is_some_and(|first| first > day));
    let early_end = first_start.and_then(ends_before);
    let late_start = || starts_after(last_end.flatten()?);
    Some(match early_end {
        Some(end) => (end, format!("before the start time {}", start.time.wording())),
        None => (late_start()?, format!("after the end time {}", end.time.wording())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn times() -> impl Strategy<Value = Vec<TimeValue>> {
        let time =
            prop::sample::select(vec!["1970", "1971~", "1972/1974", "../1973", "1974/..", "197X", "1975", "1971/"]);
        prop::collection::vec(time.prop_map(|time| TimeValue::parse(time).unwrap()), 1..4)
    }

    proptest! {
        #[test]
        fn a_period_is_reversed_if_one_time_excludes_all_those_of_the_other_end(starts in times(), ends in times()) {
            let is_before = |end: &TimeValue, start: &TimeValue| end.compatible_period().is_before(start.compatible_period());
            let early_end = ends.iter().position(|end| starts.iter().all(|start| is_before(end, start)));
            let late_start = starts.iter().position(|start| ends.iter().all(|end| is_before(end, start)));
            let expected = early_end.map(|end| ("end", end)).or(late_start.map(|start| ("start", start)));
            let times = |qualifier, times: &[TimeValue]| {
                let mut all = PeriodTimes::default();
                times.iter().enumerate().for_each(|(index, time)| all.push(qualifier, index, time.clone()));
                all
            };
            let (starts, ends) = (times("start", &starts), times("end", &ends));
            let found = reversed(&starts.0, &ends.0).map(|(here, _)| (here.qualifier, here.index));
            prop_assert_eq!(found, expected);
        }
    }
}
