//! Exact comparison of numbers of different types.

use crate::model::literal::ExactNumber;
use crate::store::engine::exact::long_number;
use crate::store::engine::value::Value;
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
    Long(ExactNumber),
}

impl Number {
    pub(super) const ZERO: Self = Self::Scaled(0);
}

/// The number of a value; `None` if it is not a valid one.
pub(super) fn number(value: &Value) -> Option<Number> {
    Some(match value {
        Value::IntegerLiteral(value) => Number::Scaled(i128::from(i64::from(*value)) * SCALE as i128),
        Value::DecimalLiteral(value) => Number::Scaled(i128::from_be_bytes(value.to_be_bytes())),
        Value::FloatLiteral(value) => Number::Float(f64::from(f32::from(*value))),
        Value::DoubleLiteral(value) => Number::Float(f64::from(*value)),
        Value::OtherTypedLiteral { .. } => Number::Long(long_number(value)?),
        _ => return None,
    })
}

fn exact_of_scaled(scaled: i128) -> ExactNumber {
    ExactNumber::parse(&format!("{scaled}e-18")).unwrap_or_default()
}

/// Compares two numbers exactly. `NaN` equals itself and is less than all other numbers; `-0` equals `0`.
pub(super) fn compare_numbers(a: &Number, b: &Number) -> Ordering {
    match (a, b) {
        (Number::Scaled(a), Number::Scaled(b)) => a.cmp(b),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(b).unwrap_or_else(|| (!a.is_nan()).cmp(&!b.is_nan())),
        (Number::Scaled(a), Number::Float(b)) => compare_scaled_with_float(*a, *b),
        (Number::Float(a), Number::Scaled(b)) => compare_scaled_with_float(*b, *a).reverse(),
        (Number::Long(a), Number::Long(b)) => a.cmp(b),
        (Number::Long(a), Number::Scaled(b)) => a.cmp(&exact_of_scaled(*b)),
        (Number::Scaled(a), Number::Long(b)) => exact_of_scaled(*a).cmp(b),
        (Number::Long(a), Number::Float(b)) => compare_exact_with_float(a, *b),
        (Number::Float(a), Number::Long(b)) => compare_exact_with_float(b, *a).reverse(),
    }
}

/// The order of any finite number and a number that is not finite.
fn order_of_finite(float: f64) -> Ordering {
    if float == f64::INFINITY { Ordering::Less } else { Ordering::Greater }
}

fn compare_exact_with_float(number: &ExactNumber, float: f64) -> Ordering {
    ExactNumber::of_float(float).map_or_else(|| order_of_finite(float), |float| number.cmp(&float))
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
