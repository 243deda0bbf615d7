//! The dates of a text.

use super::Reading;
use super::items::{Gap, Item, ItemKind};
use super::tokens::{Field, is_dash};

/// A month of a text, with the day and the year next to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check::evidence_checks) struct Date {
    pub month: u32,
    pub day: Option<u32>,
    pub year: Option<YearDigits>,
}

/// A year, or its last two digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check::evidence_checks) enum YearDigits {
    All(u32),
    LastTwo(u32),
}

/// How many days next to a month are read, as in `3, 4 and 5 May`.
const MAX_DAYS: usize = 6;

impl Reading {
    /// Adds the dates and the years that digits with separators may stand for. Returns whether they are a day, a month and a year, so that
    /// they are not numbers. `is_dotted` is true if a dot follows them.
    pub(super) fn add_date(&mut self, fields: &[Field], is_dotted: bool) -> bool {
        let value = |field: &Field| field.value.and_then(|value| u32::try_from(value).ok()).unwrap_or(u32::MAX);
        match fields {
            [only] if only.length == 8 => {
                let (year, month, day) = (value(only) / 10_000, value(only) / 100 % 100, value(only) % 100);
                if (1000..3000).contains(&year) {
                    self.add_day(month, day, YearDigits::All(year));
                }
                false
            }
            [first, second] => {
                self.add_pair(
                    (value(first), first.length),
                    (value(second), second.length),
                    second.separator,
                    is_dotted,
                );
                false
            }
            [first, second, third] if is_same(second.separator, third.separator) => {
                let [a, b, c] = [first, second, third].map(value);
                let is_dotted = second.separator == '.';
                match [first, second, third].map(|field| field.length) {
                    [4, 1 | 2, 1 | 2] => self.add_day(b, c, YearDigits::All(a)),
                    [1 | 2, 1 | 2, length @ (2 | 4)] => {
                        let year = if length == 4 { YearDigits::All(c) } else { YearDigits::LastTwo(c) };
                        // Where slashes are used, either may be the month.
                        let is_american = !is_dotted && self.add_day(a, b, year);
                        self.add_day(b, a, year) || is_american
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    fn add_day(&mut self, month: u32, day: u32, year: YearDigits) -> bool {
        let is_valid = (1..=12).contains(&month) && (1..=31).contains(&day);
        if is_valid {
            self.dates.push(Date { month, day: Some(day), year: Some(year) });
            match year {
                YearDigits::All(year) => self.years.push(year),
                YearDigits::LastTwo(year) => self.short_years.push(year),
            }
        }
        is_valid
    }

    /// Adds `1971–73`, `1999/00`, `2024-05`, `05/2024`, `5/10` and `5.10.`, each a number and its digits.
    fn add_pair(&mut self, (first, length): (u32, u32), second: (u32, u32), separator: char, is_dotted: bool) {
        let (second, second_length) = second;
        let is_month = |month: u32| (1..=12).contains(&month);
        let may_join = is_dash(separator) || separator == '/';
        match (length, second_length) {
            (3 | 4, 1..=3) if may_join && second_length < length => {
                self.years.push(end_of_range(first, second, second_length));
                if length == 4 && second_length == 2 && is_month(second) {
                    self.dates.push(Date { month: second, day: None, year: Some(YearDigits::All(first)) });
                }
            }
            (1 | 2, 4) if is_month(first) && (1000..3000).contains(&second) && (may_join || separator == '.') => {
                self.dates.push(Date { month: first, day: None, year: Some(YearDigits::All(second)) });
                self.years.push(second);
            }
            (1 | 2, 1 | 2) if separator == '/' || separator == '.' && is_dotted => {
                for (month, day) in [(second, first), (first, second)] {
                    if is_month(month) && (1..=31).contains(&day) && (separator == '/' || month == second) {
                        self.dates.push(Date { month, day: Some(day), year: None });
                    }
                }
            }
            _ => {}
        }
    }

    /// Adds the second year of `1971 – 72`.
    pub(super) fn add_ends_of_ranges(&mut self, items: &[Item]) {
        for pair in items.windows(2) {
            if let [Item { kind: ItemKind::Number(first), .. }, Item { kind: ItemKind::Number(second), gap }] = pair
                && gap.has_dash
                && gap.is_tight()
                && first.digits == 4
                && second.digits <= 2
                && second.digits > 0
                && let (Some(start), Some(end)) = (first.plain, second.plain)
            {
                self.years.push(end_of_range(start, end, second.digits));
            }
        }
    }

    /// Adds the months that are named, with the days and the years next to them. Each number is the day of one month at most.
    pub(super) fn add_dates(&mut self, items: &mut [Item]) {
        for at in 0..items.len() {
            let ItemKind::Month(month, is_capital) = items[at].kind else { continue };
            let before = days_before(items, at);
            let after = if before.is_empty() { days_after(items, at) } else { Vec::new() };
            let end = after.last().map_or(at, |last| *last) + 1;
            let is_next = |gap: &Gap| !gap.is_far && gap.connectors <= 2;
            let year = items.get(end).filter(|item| is_next(&item.gap)).and_then(|item| match &item.kind {
                ItemKind::Number(number) => number.year(item.gap.has_dash && !before.is_empty()),
                _ => None,
            });
            if let Some(YearDigits::LastTwo(year)) = year {
                self.short_years.push(year);
            }
            let days: Vec<usize> = before.into_iter().chain(after).collect();
            if month.is_capital && !is_capital && days.is_empty() && year.is_none() {
                // `may` is a verb.
                continue;
            }
            let month = month.number;
            if days.is_empty() {
                self.dates.push(Date { month, day: None, year });
            }
            for day in days {
                if let ItemKind::Number(number) = &mut items[day].kind {
                    self.dates.push(Date { month, day: number.day(), year });
                    number.is_day = true;
                }
            }
        }
    }
}

/// The last year of `1971–73`, `1971–3` and `1999/00`.
fn end_of_range(first: u32, last_digits: u32, count: u32) -> u32 {
    let base = 10_u32.pow(count.min(3));
    let year = first - first % base + last_digits;
    if year < first { year + base } else { year }
}

fn is_same(a: char, b: char) -> bool {
    a == b && matches!(a, '.' | '/') || is_dash(a) && is_dash(b)
}

fn is_day(item: &Item) -> bool {
    matches!(&item.kind, ItemKind::Number(number) if number.day().is_some())
}

/// The days before the month with an index: `5 May`, `the 5th of May`, `10–12 May`, `3, 4 and 5 May`.
fn days_before(items: &[Item], month: usize) -> Vec<usize> {
    let mut days = Vec::new();
    let Gap { is_far, has_comma, has_conjunction, .. } = items[month].gap;
    if is_far || has_comma || has_conjunction {
        return days;
    }
    let mut has_conjunction = false;
    for at in (0..month).rev().take(MAX_DAYS) {
        if !is_day(&items[at]) {
            break;
        }
        days.push(at);
        let gap = items[at].gap;
        has_conjunction |= gap.joins();
        if gap.is_far || !has_conjunction {
            break;
        }
    }
    days
}

/// The days after the month with an index: `May 5`, `May 10–12`, `May 3, 4 and 5`.
fn days_after(items: &[Item], month: usize) -> Vec<usize> {
    let mut days = Vec::new();
    let mut certain = 0;
    for (at, item) in items.iter().enumerate().skip(month + 1).take(MAX_DAYS) {
        let gap = item.gap;
        let is_first = at == month + 1;
        if !is_day(item) || gap.is_far || is_first && gap.has_comma || !is_first && !gap.has_comma && !gap.joins() {
            break;
        }
        days.push(at);
        // A number after a comma is a day if the last one is after `and`.
        if is_first || gap.joins() {
            certain = days.len();
        }
    }
    days.truncate(certain);
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::evidence_checks::cues::AllCues;

    fn dates(text: &str, language: &str) -> Vec<(u32, u32, u32)> {
        let mut reading = Reading::default();
        reading.add(text, AllCues::built_in().get(language).map(|cues| &cues.lexicon));
        let year = |year| match year {
            Some(YearDigits::All(year) | YearDigits::LastTwo(year)) => year,
            None => 0,
        };
        reading.dates.iter().map(|date| (year(date.year), date.month, date.day.unwrap_or(0))).collect()
    }

    #[test]
    fn a_day_and_a_year_are_next_to_their_month() {
        for (text, expected) in [
            ("on 5 May 1973", &[(1973, 5, 5)][..]),
            ("on May 5, 1973", &[(1973, 5, 5)]),
            ("on the 21st of May, 1973", &[(1973, 5, 21)]),
            ("on the twenty-first of May 1973", &[(1973, 5, 21)]),
            ("on May 21st", &[(0, 5, 21)]),
            ("on 10–12 May", &[(0, 5, 12), (0, 5, 10)]),
            ("from 1 to 5 May 1973", &[(1973, 5, 5), (1973, 5, 1)]),
            ("on 3, 4 and 5 May", &[(0, 5, 5), (0, 5, 4), (0, 5, 3)]),
            ("on May 3, 4 and 5", &[(0, 5, 3), (0, 5, 4), (0, 5, 5)]),
            ("on May 5, 12 people", &[(0, 5, 5)]),
            ("on May 3, June 7, 1990", &[(0, 5, 3), (1990, 6, 7)]),
            ("on 3 May 1990 and 7 June 1991", &[(1990, 5, 3), (1991, 6, 7)]),
            ("on 3 May and 7 June", &[(0, 5, 3), (0, 6, 7)]),
            ("with 5 people in May 1990", &[(1990, 5, 0)]),
            ("it may open in 1990, and they march", &[]),
            ("in may 1990", &[(1990, 5, 0)]),
            ("in June, the 5 men", &[(0, 6, 0)]),
            ("on 1973-05-21", &[(1973, 5, 21)]),
            ("on 21.5.1973 or 21.12.", &[(1973, 5, 21), (0, 12, 21)]),
            ("on 5/6/73", &[(73, 5, 6), (73, 6, 5)]),
            ("in 2024-05 or 06/2024", &[(2024, 5, 0), (2024, 6, 0)]),
            ("in 1971-73", &[]),
            ("on 11-Jul-1990", &[(1990, 7, 11)]),
            ("on 3-Mar-73", &[(73, 3, 3)]),
        ] {
            assert_eq!(dates(text, "en"), expected, "{text}");
        }
        for (text, language, expected) in [
            ("am 3. Mai 1990", "de", (1990, 5, 3)),
            ("am dritten Oktober 1990", "de", (1990, 10, 3)),
            ("le 1er août 1990", "fr", (1990, 8, 1)),
            ("3 мая 1990 года", "ru", (1990, 5, 3)),
            ("первого октября 1990", "ru", (1990, 10, 1)),
            ("3. toukokuuta 1990", "fi", (1990, 5, 3)),
            ("lokakuun 3. päivänä", "fi", (0, 10, 3)),
            ("في 3 تشرين الأول 1990", "ar", (1990, 10, 3)),
        ] {
            assert_eq!(dates(text, language), [expected], "{text}");
        }
    }
}
