//! The value of a number in digits or in words, as it is read word by word.

use super::tokens::{Field, is_group_space};
use oxsdatatypes::Decimal;

/// A number in words, as far as it was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amount {
    /// The sum of the groups that a scale ends, such as `two thousand`.
    total: Option<Decimal>,
    /// The group that is being read, such as `two hundred`.
    group: Option<Decimal>,
    /// The last number or scale in words.
    last: Option<Decimal>,
}

impl Amount {
    /// A number in digits.
    pub(super) fn of_digits(value: Decimal) -> Self {
        Self { group: Some(value), ..Self::default() }
    }

    /// A number in words.
    pub(super) fn of_word(value: Decimal) -> Self {
        Self { group: Some(value), last: Some(value), total: None }
    }

    pub(super) fn value(&self) -> Option<Decimal> {
        match (self.total, self.group) {
            (Some(total), Some(group)) => total.checked_add(group),
            (total, group) => total.or(group),
        }
    }

    /// Whether the last word is a scale, so that `and` may follow.
    pub(super) fn ends_with_scale(&self) -> bool {
        self.last.is_some_and(|last| last >= Decimal::from(100))
    }

    /// Adds a number in words, if it can follow the last one, as in `twenty one` and `two hundred five`.
    pub(super) fn add(&mut self, value: Decimal) -> bool {
        let Some(last) = self.last else { return false };
        let (ten, hundred) = (Decimal::from(10), Decimal::from(100));
        let follows = match self.group {
            // `two thousand` has a total only.
            None => value < last,
            Some(_) if last == hundred => value < hundred,
            Some(_) => last > ten && last < hundred && is_multiple(last, 10) && value < ten,
        };
        if !follows || !value.is_positive() {
            return false;
        }
        self.group = self.group.map_or(Some(value), |group| group.checked_add(value));
        self.last = Some(value);
        true
    }

    /// Multiplies what was read by a scale. Only what is below a thousand may be followed by more of the same group.
    pub(super) fn multiply(&mut self, scale: Decimal) {
        let product = |number: Option<Decimal>| number.unwrap_or_else(|| Decimal::from(1)).checked_mul(scale);
        match (self.group, self.total) {
            (None, Some(total)) if self.last < Some(scale) => self.total = product(Some(total)),
            (group, _) if scale < Decimal::from(1000) => self.group = product(group),
            (group, total) => {
                let product = product(group);
                self.total = total.map_or(product, |total| total.checked_add(product?));
                self.group = None;
            }
        }
        self.last = Some(scale);
    }
}

fn is_multiple(number: Decimal, of: u32) -> bool {
    number.checked_rem(of) == Some(Decimal::default())
}

/// The whole number with the digits of some fields.
fn joined(fields: &[Field]) -> Option<i128> {
    fields.iter().try_fold(0_i128, |sum, field| {
        sum.checked_mul(10_i128.checked_pow(field.length)?)?.checked_add(field.value?.into())
    })
}

/// The readings of digits with separators. Digits that only group three by three have no decimal point, except that a single separator
/// may be one or the other.
pub(in crate::check::evidence_checks) fn readings(fields: &[Field]) -> [Option<Decimal>; 2] {
    let whole = |fields: &[Field]| joined(fields).and_then(|whole| Decimal::try_from(whole).ok());
    let with_point = || {
        let digits = fields.last()?.length;
        Decimal::new(joined(fields)?, digits).ok()
    };
    let [_, groups @ ..] = fields else { return [None; 2] };
    let Some(last) = groups.last() else { return [whole(fields), None] };
    let is_point = matches!(last.separator, '.' | ',' | '·' | '٫');
    match groups {
        [only] if is_grouped(fields) && is_point && only.length == 3 => [whole(fields), with_point()],
        _ if is_grouped(fields) => [whole(fields), None],
        [_] if is_point => [with_point(), None],
        // `1,200.50`
        [others @ .., _]
            if is_point && is_grouped(&fields[..=others.len()]) && last.separator != others[0].separator =>
        {
            [with_point(), None]
        }
        _ => [None; 2],
    }
}

/// Whether separators only divide the digits into groups, of three or, in front of the last three, of two.
fn is_grouped(fields: &[Field]) -> bool {
    let [first, groups @ ..] = fields else { return false };
    let Some(last) = groups.last() else { return true };
    let is_zero = first.value == Some(0);
    let has_same_separator = groups.iter().all(|group| {
        group.separator == last.separator || is_group_space(group.separator) && is_group_space(last.separator)
    });
    let is_size = |size: u32| groups[..groups.len() - 1].iter().all(|group| group.length == size);
    let is_indian = groups.len() > 1 && last.separator == ',' && first.length <= 2 && is_size(2);
    has_same_separator && !is_zero && last.length == 3 && (first.length <= 3 && is_size(3) || is_indian)
}

#[cfg(test)]
mod tests {
    use super::super::tokens::split_fields;
    use super::*;
    use std::str::FromStr;

    #[test]
    fn digits_have_one_or_two_readings() {
        for (digits, expected) in [
            ("1200", &["1200"][..]),
            ("1,200", &["1200", "1.2"]),
            ("1.200", &["1200", "1.2"]),
            ("0.125", &["0.125"]),
            ("1,200,300", &["1200300"]),
            ("12,34,567", &["1234567"]),
            ("1 200 300", &["1200300"]),
            ("1'200", &["1200"]),
            ("1,200.5", &["1200.5"]),
            ("1.200,50", &["1200.5"]),
            ("1 200,50", &["1200.5"]),
            ("3.14", &["3.14"]),
            ("12.05.1973", &[]),
            ("1,2,3", &[]),
        ] {
            let mut fields = Vec::new();
            split_fields(digits, &mut fields);
            let found: Vec<Decimal> = readings(&fields).into_iter().flatten().collect();
            let expected: Vec<Decimal> = expected.iter().map(|value| Decimal::from_str(value).unwrap()).collect();
            assert_eq!(found, expected, "{digits}");
        }
    }
}
