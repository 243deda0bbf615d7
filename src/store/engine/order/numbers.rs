//! Exact comparison of numbers of different types.

use crate::store::engine::value::Value;
use oxigraph::model::vocab::xsd;
use std::cmp::Ordering;

/// A decimal has 18 fractional digits, so its value times this is an integer.
const SCALE: u128 = 1_000_000_000_000_000_000;

/// A number.
#[derive(Debug)]
pub(super) enum Number {
    /// An integer or a decimal, times [`SCALE`].
    Scaled(i128),
    Float(f64),
    /// An integer or a decimal that is too long for the other forms.
    Long(Digits),
}

impl Number {
    pub(super) const ZERO: Self = Self::Scaled(0);
}

/// The digits of a number without leading zeros, and those of its fraction without trailing zeros.
#[derive(Debug)]
pub(super) struct Digits {
    is_negative: bool,
    integer: String,
    fraction: String,
}

/// The number of a value; `None` if it is not a valid one.
pub(super) fn number(value: &Value) -> Option<Number> {
    Some(match value {
        Value::IntegerLiteral(value) => Number::Scaled(i128::from(i64::from(*value)) * SCALE as i128),
        Value::DecimalLiteral(value) => Number::Scaled(i128::from_be_bytes(value.to_be_bytes())),
        Value::FloatLiteral(value) => Number::Float(f64::from(f32::from(*value))),
        Value::DoubleLiteral(value) => Number::Float(f64::from(*value)),
        Value::OtherTypedLiteral { value, datatype } => {
            let is_integer = *datatype == xsd::INTEGER;
            if !is_integer && *datatype != xsd::DECIMAL {
                return None;
            }
            let digits = Digits::of(value.trim_matches([' ', '\t', '\r', '\n']))?;
            if is_integer && value.contains('.') {
                return None;
            }
            Number::Long(digits)
        }
        _ => return None,
    })
}

impl Digits {
    /// The digits of a lexical form of `xsd:decimal`.
    fn of(text: &str) -> Option<Self> {
        let is_negative = text.starts_with('-');
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (integer, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let is_valid = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        if !(is_valid(integer) && is_valid(fraction)) || (integer.is_empty() && fraction.is_empty()) {
            return None;
        }
        let integer = integer.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        // There is only one zero.
        let is_negative = is_negative && !(integer.is_empty() && fraction.is_empty());
        Some(Self { is_negative, integer, fraction })
    }

    fn of_scaled(scaled: i128) -> Self {
        let (integer, fraction) = (scaled.unsigned_abs() / SCALE, scaled.unsigned_abs() % SCALE);
        let sign = if scaled < 0 { "-" } else { "" };
        Self::of(&format!("{sign}{integer}.{fraction:018}")).unwrap_or_else(Self::zero)
    }

    /// The digits of a finite number. The fraction of the least positive one has 1,074 digits.
    fn of_float(float: f64) -> Self {
        Self::of(&format!("{float:.1074}")).unwrap_or_else(Self::zero)
    }

    fn zero() -> Self {
        Self { is_negative: false, integer: String::new(), fraction: String::new() }
    }
}

/// Compares two numbers exactly. `NaN` equals itself and is less than all other numbers; `-0` equals `0`.
pub(super) fn compare_numbers(a: &Number, b: &Number) -> Ordering {
    match (a, b) {
        (Number::Scaled(a), Number::Scaled(b)) => a.cmp(b),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(b).unwrap_or_else(|| (!a.is_nan()).cmp(&!b.is_nan())),
        (Number::Scaled(a), Number::Float(b)) => compare_scaled_with_float(*a, *b),
        (Number::Float(a), Number::Scaled(b)) => compare_scaled_with_float(*b, *a).reverse(),
        (Number::Long(a), Number::Long(b)) => compare_digits(a, b),
        (Number::Long(a), Number::Scaled(b)) => compare_digits(a, &Digits::of_scaled(*b)),
        (Number::Scaled(a), Number::Long(b)) => compare_digits(&Digits::of_scaled(*a), b),
        (Number::Long(a), Number::Float(b)) => compare_digits_with_float(a, *b),
        (Number::Float(a), Number::Long(b)) => compare_digits_with_float(b, *a).reverse(),
    }
}

/// The order of any finite number and a number that is not finite.
fn order_of_finite(float: f64) -> Ordering {
    if float == f64::INFINITY { Ordering::Less } else { Ordering::Greater }
}

fn compare_digits_with_float(digits: &Digits, float: f64) -> Ordering {
    match float.is_finite() {
        true => compare_digits(digits, &Digits::of_float(float)),
        false => order_of_finite(float),
    }
}

fn compare_digits(a: &Digits, b: &Digits) -> Ordering {
    let magnitude = a.integer.len().cmp(&b.integer.len());
    let magnitude = magnitude.then_with(|| (&a.integer, &a.fraction).cmp(&(&b.integer, &b.fraction)));
    match (a.is_negative, b.is_negative) {
        (false, false) => magnitude,
        (true, true) => magnitude.reverse(),
        (a, b) => b.cmp(&a),
    }
}

fn compare_scaled_with_float(scaled: i128, float: f64) -> Ordering {
    if !float.is_finite() {
        return order_of_finite(float);
    }
    if scaled.signum() != float_sign(float) {
        return scaled.signum().cmp(&float_sign(float));
    }
    let magnitude = compare_magnitudes(scaled.unsigned_abs(), float.abs());
    if scaled < 0 { magnitude.reverse() } else { magnitude }
}

fn float_sign(float: f64) -> i128 {
    if float == 0.0 { 0 } else { float.signum() as i128 }
}

/// Compares a decimal without its sign, times [`SCALE`], with a positive number.
fn compare_magnitudes(scaled: u128, float: f64) -> Ordering {
    // Beyond the largest decimal, which is less than 2⁶⁸.
    if float >= 3e20 {
        return Ordering::Less;
    }
    let by_integer = (scaled / SCALE).cmp(&(float.trunc() as u128));
    by_integer.then_with(|| {
        let (digits, fraction) = (scaled % SCALE, float.fract());
        // The fraction is `mantissa` / 2^`shift`. With a larger shift, it is less than 10⁻¹⁸.
        let bits = fraction.to_bits();
        let exponent = (bits >> 52) as u32;
        if fraction < 1e-19 {
            return if digits == 0 { 0.0.partial_cmp(&fraction).unwrap_or(Ordering::Equal) } else { Ordering::Greater };
        }
        let mantissa = u128::from((bits & ((1 << 52) - 1)) | (1 << 52));
        let shift = 1075 - exponent;
        let product = mantissa * SCALE;
        let remainder = product & ((1_u128 << shift) - 1);
        digits.cmp(&(product >> shift)).then(0.cmp(&remainder))
    })
}
