//! Periods that end before they start.

use crate::dataset::{FactFields, Record};
use crate::diagnostic::{Code, Finding, PathSegment};
use crate::model::TimeValue;

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
/// Times that may overlap, with the tolerance of approximate ones, give no finding.
pub(super) fn reversed_period(
    record: &Record<FactFields>,
    PeriodTimes(starts): &PeriodTimes<'_>,
    PeriodTimes(ends): &PeriodTimes<'_>,
) -> Option<Finding> {
    let ([start, ..], [end, ..]) = (&starts[..], &ends[..]) else { return None };
    let is_reversed = |start: &PeriodTime<'_>, end: &PeriodTime<'_>| {
        end.time.compatible_period().is_before(start.time.compatible_period())
    };
    let early_end = ends.iter().find(|end| starts.iter().all(|start| is_reversed(start, end)));
    let late_start = || starts.iter().find(|start| ends.iter().all(|end| is_reversed(start, end)));
    let (here, label) = match early_end {
        Some(end) => (end, format!("before the start time {}", start.time.wording())),
        None => (late_start()?, format!("after the end time {}", end.time.wording())),
    };
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
