//! The numbers and the dates of a text.

mod amount;
mod dates;
mod items;
mod lexicon;
mod number;
mod number_words;
mod reader;
mod roman;
mod tokens;

pub(super) use amount::readings;
pub(super) use dates::{Date, YearDigits};
pub(super) use lexicon::{Lexicon, Lists};
pub(super) use number::{Sign, fraction, to_u32};
pub(super) use tokens::{TokenKind, is_range_separator, split_fields, tokens};

use items::{Item, ItemKind};
use oxsdatatypes::Decimal;
use reader::items;

/// The numbers and the dates of texts.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Each possible reading of each number, as written: no part of it, and with its scale.
    pub values: Vec<(Decimal, Sign)>,
    /// Fractions that no decimal number equals: numerators and denominators.
    pub ratios: Vec<(u32, u32)>,
    /// The years that may be meant, including both ends of `1971–73`.
    pub years: Vec<u32>,
    /// Years of two digits: `'73` and `12.05.73`.
    pub short_years: Vec<u32>,
    /// The decades, as three digits, or one if the century is omitted.
    pub decades: Vec<u32>,
    /// Ordinals and Roman numerals, which may be those of centuries; and whether they are before the year 1.
    pub ordinals: Vec<(u32, bool)>,
    /// Years before the year 1.
    pub years_before_christ: Vec<u32>,
    /// The months that are named or are in dates, with their days.
    pub dates: Vec<Date>,
    /// Ordinals that are not next to a month: `on the 21st`.
    pub days: Vec<u32>,
    /// A bit for each season, from spring.
    pub seasons: u32,
    pub has_century: bool,
    pub has_before_christ: bool,
    pub has_minus: bool,
}

impl Reading {
    /// Adds the numbers and the dates of a text in a language with words for them. Takes linear time.
    pub(super) fn add(&mut self, text: &str, lexicon: Option<&Lexicon>) {
        let mut items = items(text, lexicon, self);
        self.add_dates(&mut items);
        self.add_ends_of_ranges(&items);
        self.add_years_in_words(&mut items);
        self.add_numbers(&items);
    }

    /// Adds the years of `nineteen seventy-three`, which are not numbers.
    fn add_years_in_words(&mut self, items: &mut [Item]) {
        for at in 1..items.len() {
            let half = |item: &Item| match &item.kind {
                ItemKind::Number(number) if number.digits == 0 && !number.is_used && !number.is_scaled => {
                    number.plain.filter(|half| (10..100).contains(half))
                }
                _ => None,
            };
            if let (Some(first), Some(second)) = (half(&items[at - 1]), half(&items[at]))
                && items[at].gap.is_tight()
            {
                self.years.push(first * 100 + second);
                for item in &mut items[at - 1..=at] {
                    if let ItemKind::Number(number) = &mut item.kind {
                        number.is_used = true;
                    }
                }
            }
        }
    }

    fn add_numbers(&mut self, items: &[Item]) {
        for item in items {
            let ItemKind::Number(number) = &item.kind else { continue };
            if let Some(plain) = number.plain {
                let may_be_year = match number.digits {
                    0 => plain >= 1000,
                    digits => digits >= 3 && !number.is_scaled && !number.is_part,
                };
                if number.is_before_christ {
                    self.years_before_christ.push(plain);
                } else if may_be_year && !number.is_used {
                    self.years.push(plain);
                }
                if number.is_ordinal {
                    self.ordinals.push((plain, number.is_before_christ));
                    self.days.extend(number.day().filter(|_| number.has_affix));
                }
            }
            if !number.is_used {
                self.values.extend(number.values().map(|value| (value, number.sign)));
                self.ratios.extend(number.ratio);
            }
        }
    }
}
