//! When a statement may hold.

use super::{Day, TimeValue};
use crate::model::{Qualifier, vocab};
use oxigraph::model::NamedNodeRef;

/// The days on which a statement may hold according to its qualifiers, both ends included.
///
/// A start without an end means the same as `1973/` and `1973/..` in the Extended Date/Time Format: the end is unknown or
/// open, so the statement may hold on any later day. An end without a start is `/1973` and `../1973`. The graph has the days that
/// are not `None` as `fl:earliest` and `fl:latest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first possible day of its start; `None` if only its end is known.
    pub first: Option<Day>,
    /// The last possible day of its end; `None` if only its start is known.
    pub last: Option<Day>,
}

impl Period {
    /// The period of qualifiers: from the start time to the end time, or that of the point in time; the widest if there are
    /// several. If the start is after the end, one of them is wrong, and the period spans both, so that `first` is never after
    /// `last`. `None` if no qualifier restricts it.
    pub fn of(qualifiers: &[Qualifier]) -> Option<Self> {
        let times = |predicate: NamedNodeRef<'static>| {
            qualifiers.iter().filter(move |q| q.predicate == predicate).filter_map(Qualifier::time)
        };
        let points = || times(vocab::fl::POINT_IN_TIME);
        let starts = || times(vocab::fl::START_TIME).chain(points());
        let ends = || times(vocab::fl::END_TIME).chain(points());
        let (mut first, mut last) = (earliest(starts()), latest(ends()));
        if first.is_some() && last.is_some() && first > last {
            (first, last) = (earliest(ends()), latest(starts()));
        }
        (first.is_some() || last.is_some()).then_some(Self { first, last })
    }

    /// Whether the period includes a day from `from` to `until`, both included.
    pub fn overlaps(&self, from: Option<Day>, until: Option<Day>) -> bool {
        let other = Self { first: from, last: until };
        !self.is_before(other) && !other.is_before(*self)
    }

    /// Whether all its days are before those of another period.
    ///
    /// ```
    /// use factloom::model::TimeValue;
    ///
    /// let period = |text| TimeValue::parse(text).map(|time| time.period());
    /// assert!(period("1973")?.is_before(period("1974-05")?));
    /// assert!(!period("1973/..")?.is_before(period("1974-05")?));
    /// # Ok::<(), factloom::model::InvalidTime>(())
    /// ```
    pub fn is_before(self, other: Self) -> bool {
        matches!((self.last, other.first), (Some(last), Some(first)) if last < first)
    }
}

/// The first day of several times; `None` without times, or if the first day of one is unknown.
fn earliest(times: impl Iterator<Item = TimeValue>) -> Option<Day> {
    // `None` is less than any day.
    times.map(|time| time.earliest()).min().flatten()
}

/// The last day of several times; `None` without times, or if the last day of one is unknown.
fn latest(times: impl Iterator<Item = TimeValue>) -> Option<Day> {
    times.map(|time| time.latest()).try_fold(None, |latest: Option<Day>, day| Some(latest.max(Some(day?)))).flatten()
}
