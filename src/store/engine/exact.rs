//! Arithmetic on integers and decimals that `i64` and the decimals of Oxigraph are too short for.
//!
//! A number has up to 38 digits, which is more than an implementation has to support
//! ([F&O 3.1, section 4.2](https://www.w3.org/TR/xpath-functions-31/#op.numeric)). An operation whose result does not fit is an error, except
//! that a quotient is cut after [`QUOTIENT_DIGITS`] digits of its fraction.

use super::value::{Arithmetic, Value};
use crate::model::literal::{ExactNumber, exact_number, literal_value};
use oxigraph::model::{LiteralRef, NamedNodeRef, vocab::xsd};

/// The digits of the fraction of a quotient, as in Oxigraph.
const QUOTIENT_DIGITS: u32 = 18;

/// The number `mantissa` ÷ 10^`scale`.
#[derive(Clone, Copy)]
pub(super) struct Exact {
    mantissa: i128,
    scale: u32,
    is_integer_type: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Rounding {
    Ceiling,
    Floor,
    /// To the nearest integer; halves are rounded up.
    Nearest,
}

/// The number of a literal that is too long for the other values; `None` for all other values.
pub(super) fn long_number(value: &Value) -> Option<ExactNumber> {
    let Value::OtherTypedLiteral { value, datatype } = value else { return None };
    exact_number(LiteralRef::new_typed_literal(value, datatype.as_ref()).into())
}

/// The value of a number as an `xsd:integer` or an `xsd:decimal`.
pub(super) fn value_of(number: &ExactNumber, datatype: NamedNodeRef<'_>) -> Value {
    let text = number.to_plain_string();
    let value = literal_value(&text, datatype.as_str());
    value.unwrap_or_else(|| Value::OtherTypedLiteral { value: text, datatype: datatype.into_owned() })
}

impl Exact {
    /// The number of a value; `None` if it is not an integer or decimal, or has too many digits.
    pub(super) fn new(value: &Value) -> Option<Self> {
        Some(match value {
            Value::IntegerLiteral(value) => {
                Self { mantissa: i64::from(*value).into(), scale: 0, is_integer_type: true }
            }
            Value::DecimalLiteral(value) => {
                let mantissa = i128::from_be_bytes(value.to_be_bytes());
                Self { mantissa, scale: 18, is_integer_type: false }.without_zeros()
            }
            Value::OtherTypedLiteral { datatype, .. } => {
                let number = long_number(value)?;
                let digits: i128 = number.digits().parse().ok()?;
                let zeros = u32::try_from(number.power().max(0)).ok()?;
                let mantissa = digits.checked_mul(10_i128.checked_pow(zeros)?)?;
                let mantissa = if number.is_negative() { -mantissa } else { mantissa };
                let scale = u32::try_from(number.power().min(0).unsigned_abs()).ok()?;
                Self { mantissa, scale, is_integer_type: datatype.as_ref() != xsd::DECIMAL }
            }
            _ => return None,
        })
    }

    fn without_zeros(mut self) -> Self {
        while self.scale > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.scale -= 1;
        }
        self
    }

    pub(super) fn value(self) -> Option<Value> {
        let datatype = if self.is_integer_type { xsd::INTEGER } else { xsd::DECIMAL };
        let number = ExactNumber::parse(&format!("{}e-{}", self.mantissa, self.scale))?;
        Some(value_of(&number, datatype))
    }

    /// The mantissa for a larger scale.
    fn scaled(self, scale: u32) -> Option<i128> {
        self.mantissa.checked_mul(10_i128.checked_pow(scale - self.scale)?)
    }

    /// The result of an operation; `None` if it does not fit, or is a division by zero.
    pub(super) fn calculate(self, operation: Arithmetic, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let is_integer_type = self.is_integer_type && other.is_integer_type;
        let (mantissa, scale, is_integer_type) = match operation {
            Arithmetic::Add => (self.scaled(scale)?.checked_add(other.scaled(scale)?)?, scale, is_integer_type),
            Arithmetic::Subtract => (self.scaled(scale)?.checked_sub(other.scaled(scale)?)?, scale, is_integer_type),
            Arithmetic::Multiply => {
                (self.mantissa.checked_mul(other.mantissa)?, self.scale.checked_add(other.scale)?, is_integer_type)
            }
            Arithmetic::Divide => {
                let dividend = self.scaled(self.scale.max(other.scale.checked_add(QUOTIENT_DIGITS)?))?;
                let scale = self.scale.max(other.scale + QUOTIENT_DIGITS) - other.scale;
                (dividend.checked_div(other.mantissa)?, scale, false)
            }
        };
        Some(Self { mantissa, scale, is_integer_type }.without_zeros())
    }

    pub(super) fn negated(self) -> Option<Self> {
        Some(Self { mantissa: self.mantissa.checked_neg()?, ..self })
    }

    pub(super) fn absolute(self) -> Option<Self> {
        Some(Self { mantissa: self.mantissa.checked_abs()?, ..self })
    }

    /// The number rounded to an integer, of the same type.
    pub(super) fn rounded(self, rounding: Rounding) -> Option<Self> {
        let (floor, fraction, whole) = match 10_i128.checked_pow(self.scale) {
            Some(whole) => (self.mantissa.div_euclid(whole), self.mantissa.rem_euclid(whole), whole),
            // The number is less than a half.
            None => (if self.mantissa < 0 { -1 } else { 0 }, if self.mantissa < 0 { 9 } else { 1 }, 10),
        };
        let is_up = match rounding {
            _ if fraction == 0 => false,
            Rounding::Floor => false,
            Rounding::Ceiling => true,
            Rounding::Nearest => fraction >= whole - fraction,
        };
        Some(Self { mantissa: floor.checked_add(i128::from(is_up))?, scale: 0, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::literal::term_value;
    use oxigraph::model::{Literal, Term};

    /// A number whose form decides its type.
    fn exact(text: &str) -> Exact {
        let datatype = if text.contains('.') { xsd::DECIMAL } else { xsd::INTEGER };
        Exact::new(&term_value(Literal::new_typed_literal(text, datatype).into())).unwrap()
    }

    fn text(number: Option<Exact>) -> String {
        let Some(value) = number.and_then(Exact::value) else { return "error".to_owned() };
        let Term::Literal(literal) = Term::from(value) else { panic!("a number is a literal") };
        let is_integer = literal.datatype() == xsd::INTEGER;
        if is_integer { literal.value().to_owned() } else { format!("{} as decimal", literal.value()) }
    }

    #[test]
    fn results_are_exact_or_errors() {
        use Arithmetic::{Add, Divide, Multiply, Subtract};
        for (a, operation, b, expected) in [
            ("9223372036854775807", Add, "1", "9223372036854775808"),
            ("-9223372036854775808", Subtract, "1", "-9223372036854775809"),
            ("4294967296", Multiply, "4294967296", "18446744073709551616"),
            ("123456789012345678901234567890", Subtract, "123456789012345678901234567889", "1"),
            ("0.0000000001", Multiply, "0.0000000001", "0.00000000000000000001 as decimal"),
            ("1.5", Add, "123456789012345678901234567890", "123456789012345678901234567891.5 as decimal"),
            ("1.5", Multiply, "2", "3 as decimal"),
            ("1", Divide, "3", "0.333333333333333333 as decimal"),
            ("-2", Divide, "3", "-0.666666666666666666 as decimal"),
            ("123456789012345678900", Divide, "100", "1234567890123456789 as decimal"),
            ("1", Divide, "0", "error"),
            ("170141183460469231731687303715884105727", Add, "1", "error"),
            ("99999999999999999999", Multiply, "99999999999999999999", "error"),
            ("0.00000000000000000000000000000000000001", Add, "99999999999999999999", "error"),
        ] {
            assert_eq!(text(exact(a).calculate(operation, exact(b))), expected, "{a} {operation:?} {b}");
        }
    }

    #[test]
    fn numbers_are_rounded_without_conversion() {
        for (number, ceiling, floor, nearest) in [
            ("12345678901234567890.5", "12345678901234567891", "12345678901234567890", "12345678901234567891"),
            ("-12345678901234567890.5", "-12345678901234567890", "-12345678901234567891", "-12345678901234567890"),
            ("0.00000000000000000001", "1", "0", "0"),
            ("-0.0000000000000000000000000000000000000000000000001", "0", "-1", "0"),
            ("12345678901234567890.0", "12345678901234567890", "12345678901234567890", "12345678901234567890"),
        ] {
            for (rounding, expected) in
                [(Rounding::Ceiling, ceiling), (Rounding::Floor, floor), (Rounding::Nearest, nearest)]
            {
                let rounded = text(exact(number).rounded(rounding));
                assert_eq!(rounded, format!("{expected} as decimal"), "{number} {rounding:?}");
            }
        }
        assert_eq!(text(exact("-12345678901234567890").absolute()), "12345678901234567890");
        assert_eq!(text(exact("-9223372036854775808").negated()), "9223372036854775808");
    }
}
