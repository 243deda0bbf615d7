//! Exact decimal numbers of any length.

use std::cmp::Ordering;

/// The number `digits` × 10^`power`, exactly.
///
/// Equal numbers have equal fields: the digits have no zeros at either end, and zero has no digits, no sign, and the power 0. The order is
/// that of the numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct ExactNumber {
    is_negative: bool,
    digits: String,
    power: i64,
}

impl ExactNumber {
    /// The number with a lexical form of `xsd:decimal`, or one of `xsd:double` that stands for a finite number. It is not rounded.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_negative = text.starts_with('-');
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (unsigned, 0),
        };
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits = String::with_capacity(integer.len() + fraction.len());
        digits.push_str(integer);
        digits.push_str(fraction);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let length = digits.len();
        digits.truncate(digits.trim_end_matches('0').len());
        let zeros = i64::try_from(length - digits.len()).ok()?;
        digits.drain(..digits.len() - digits.trim_start_matches('0').len());
        if digits.is_empty() {
            return Some(Self::default());
        }
        let power = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?.checked_add(zeros)?;
        Some(Self { is_negative, digits, power })
    }

    /// The exact value of a finite number.
    pub(crate) fn of_float(number: f64) -> Option<Self> {
        // The fraction of the least positive number has 1,074 digits.
        Self::parse(&format!("{number:.1074}"))
    }

    /// Whether the number is negative.
    pub(crate) fn is_negative(&self) -> bool {
        self.is_negative
    }

    /// The significant digits: none for zero.
    pub(crate) fn digits(&self) -> &str {
        &self.digits
    }

    /// The power of ten that the digits are multiplied by.
    pub(crate) fn power(&self) -> i64 {
        self.power
    }

    /// The number without its fraction.
    pub(crate) fn truncated(mut self) -> Self {
        let Ok(fraction @ 1..) = usize::try_from(-self.power) else { return self };
        self.digits.truncate(self.digits.len().saturating_sub(fraction));
        let significant = self.digits.trim_end_matches('0').len();
        self.power = (self.digits.len() - significant) as i64;
        self.digits.truncate(significant);
        if self.digits.is_empty() { Self::default() } else { self }
    }

    /// The canonical form as an `xsd:integer`, or as an `xsd:decimal` if the number has a fraction. As long as the power is large.
    pub(crate) fn to_plain_string(&self) -> String {
        let sign = if self.is_negative { "-" } else { "" };
        let Ok(fraction @ 1..) = usize::try_from(-self.power) else {
            let zeros = "0".repeat(usize::try_from(self.power).unwrap_or_default());
            return match self.digits.as_str() {
                "" => "0".to_owned(),
                digits => format!("{sign}{digits}{zeros}"),
            };
        };
        match self.digits.split_at_checked(self.digits.len().saturating_sub(fraction)) {
            Some((integer, digits)) if !integer.is_empty() => format!("{sign}{integer}.{digits}"),
            _ => format!("{sign}0.{:0>fraction$}", self.digits),
        }
    }

    /// The order of the numbers without their signs.
    fn compare_magnitudes(&self, other: &Self) -> Ordering {
        // The position of the first digit decides, and then the digits from there on.
        let position = |number: &Self| match number.digits.len() {
            0 => None,
            length => Some(i128::from(number.power) + length as i128),
        };
        position(self).cmp(&position(other)).then_with(|| self.digits.cmp(&other.digits))
    }
}

impl Ord for ExactNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, false) => self.compare_magnitudes(other),
            (true, true) => other.compare_magnitudes(self),
            (a, b) => b.cmp(&a),
        }
    }
}

impl PartialOrd for ExactNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> ExactNumber {
        ExactNumber::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn numbers_are_compared_exactly() {
        let ascending = [
            "-1e400",
            "-123456789012345678901234567890.5",
            "-123456789012345678901234567890",
            "-10",
            "-9.5",
            "-0.01",
            "0",
            "1e-400",
            "0.01",
            "0.1",
            "0.10000000000000000000000000000001",
            "9",
            "10",
            "99999999999999999999",
            "100000000000000000000",
            "1e400",
        ];
        for (index, a) in ascending.iter().enumerate() {
            for (other, b) in ascending.iter().enumerate() {
                assert_eq!(number(a).cmp(&number(b)), index.cmp(&other), "{a} and {b}");
            }
        }
    }

    #[test]
    fn spellings_of_a_number_are_equal() {
        for spellings in [["0", "-0.0", "+00e5"], ["1", "+01", "10e-1"], ["-1.50", "-01.5", "-150E-2"]] {
            assert!(spellings.iter().all(|spelling| number(spelling) == number(spellings[0])), "{spellings:?}");
        }
    }

    #[test]
    fn strings_without_a_number_are_rejected() {
        for text in ["", "-", ".", "e1", "1e", "1e1.5", "--1", "+-1", "1.2.3", "INF", "NaN", "1 ", "١"] {
            assert_eq!(ExactNumber::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_plain_form_has_no_exponent_and_no_superfluous_zeros() {
        for (text, plain, truncated) in [
            ("-000", "0", "0"),
            ("+0120", "120", "120"),
            ("120.50", "120.5", "120"),
            ("-.5", "-0.5", "0"),
            ("1.005e1", "10.05", "10"),
            ("100.25", "100.25", "100"),
            ("5e-3", "0.005", "0"),
            ("123456789012345678901234567890.10", "123456789012345678901234567890.1", "123456789012345678901234567890"),
        ] {
            assert_eq!(number(text).to_plain_string(), plain, "{text}");
            assert_eq!(number(text).truncated().to_plain_string(), truncated, "{text}");
        }
    }

    proptest! {
        #[test]
        fn integers_have_their_order(a in any::<i128>(), b in any::<i128>()) {
            prop_assert_eq!(number(&a.to_string()).cmp(&number(&b.to_string())), a.cmp(&b));
            prop_assert_eq!(number(&a.to_string()).to_plain_string(), a.to_string());
        }

        #[test]
        fn floats_have_their_order(a in proptest::num::f64::NORMAL, b in proptest::num::f64::NORMAL) {
            let order = ExactNumber::of_float(a).cmp(&ExactNumber::of_float(b));
            prop_assert_eq!(Some(order), a.partial_cmp(&b));
        }
    }
}
