//! Comparisons that may have been meant by one that never holds.

use super::filters::{Filter, Replacement};
use super::repair::MAX_RUNS;
use super::runner::PatternRunner;
use super::terms::{
    Alternative, MAX_LITERALS, Operator, alternatives, day_and_time, month_like, month_of, year_like, year_of,
};
use crate::model::literal::{is_number, is_valid};
use crate::model::vocab::xsd;
use crate::store::StoreError;
use oxigraph::model::{Literal, NamedNodeRef, Term};
use spargebra::algebra::{Expression, Function};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The values of an expression, by their N-Triples.
type Values = BTreeMap<String, Term>;

impl Filter<'_> {
    /// Other comparisons with a literal, the most likely first: with other literals, with an entity, or of the year of the expression.
    pub(super) fn other_comparisons(
        &self,
        operator: Operator,
        operand: &Expression,
        literal: &Literal,
    ) -> Result<Vec<Replacement>, StoreError> {
        let mut operand = operand;
        let mut values = self.values(operand)?;
        let mut of_function = "";
        let mut found = Vec::new();
        if let Some(argument) = argument_of_year(operand) {
            if values.is_empty() {
                // YEAR of something that is not a date fails.
                (operand, values, of_function) =
                    (argument, self.values(argument)?, "YEAR takes dates with a time, and ");
            } else if date_type(literal).is_some_and(|datatype| datatype != xsd::G_YEAR) {
                let reason = format!("YEAR is a number, not of the type `{}`", self.runner.show(&literal.datatype()));
                found.push((reason, operator.compare(argument.clone(), Expression::Literal(literal.clone()))));
                found.extend(self.other_comparisons(operator, argument, literal)?);
            }
        } else if let (true, Some(argument)) = (values.is_empty(), argument_of_number(operand)) {
            // Nor is a date a number.
            if self.values(argument)?.values().any(is_of_date_type) {
                found.extend(self.other_comparisons(operator, argument, literal)?);
            }
        }
        for Alternative { reason, constant } in alternatives(self.runner, literal, operator, values.values())? {
            found.push((format!("{of_function}{reason}"), operator.compare(operand.clone(), constant.into())));
        }
        if let Some(inner) = self.not_a_string(operand)? {
            found.extend(self.other_comparisons(operator, inner, literal)?);
        }
        Self::comparisons_of_dates(operator, operand, literal, &values, &mut found);
        Ok(found)
    }

    /// Comparisons of dates with a literal for a longer or a shorter time.
    fn comparisons_of_dates(
        operator: Operator,
        operand: &Expression,
        literal: &Literal,
        values: &Values,
        found: &mut Vec<Replacement>,
    ) {
        let datatypes: BTreeSet<_> = values.values().filter_map(date_type_of_term).collect();
        let string = literal.value().trim();
        let year = year_of(string).and_then(|year| year.parse::<i64>().ok());
        if let (Some(year), true) = (year, datatypes.iter().any(|datatype| *datatype != xsd::G_YEAR)) {
            let compared = operator.compare(year_of_expression(operand), Expression::Literal(year.into()));
            // The literal of one datatype would exclude the values of the others.
            let first = if datatypes.len() > 1 && operator != Operator::Equal { 0 } else { found.len() };
            let are = if datatypes.contains(&xsd::G_YEAR) { "some values are" } else { "the values are" };
            found.insert(first, (format!("{are} dates, not years"), compared));
        }
        let has = |datatype: NamedNodeRef<'_>| datatypes.contains(&datatype);
        if operator == Operator::Equal && is_valid(string, xsd::G_YEAR_MONTH) && (has(xsd::DATE) || has(xsd::DATE_TIME))
        {
            let arguments = vec![string_of(operand), Literal::new_simple_literal(string).into()];
            let starts = Expression::FunctionCall(Function::StrStarts, arguments);
            found.push(("the values are days, not months".to_owned(), starts));
        }
        if operator == Operator::Equal && literal.datatype() == xsd::DATE && has(xsd::DATE_TIME) {
            // `xsd:date` of an instant has its time zone, which the literal may lack.
            let arguments = vec![string_of(operand), Literal::new_simple_literal(string).into()];
            let starts = Expression::FunctionCall(Function::StrStarts, arguments);
            found.push(("the values are dates with a time".to_owned(), starts));
        }
        if operator != Operator::Equal && has(xsd::DATE) && day_and_time(string).is_some() {
            let literal = Literal::new_typed_literal(string, xsd::DATE_TIME);
            let compared = operator.compare(cast(xsd::DATE_TIME, operand), Expression::Literal(literal));
            found.push(("the values are dates without a time".to_owned(), compared));
        }
        // A year that contains the day is neither before nor after it.
        let strict = match operator {
            Operator::Equal => return,
            Operator::Less | Operator::LessOrEqual => Operator::Less,
            Operator::Greater | Operator::GreaterOrEqual => Operator::Greater,
        };
        let day = day_and_time(string).map_or(string, |(day, _)| day);
        let is_day = is_valid(day, xsd::DATE);
        // Nothing comes before the first hyphen of a negative year.
        let year = day.split('-').next().and_then(|year| year.parse::<i64>().ok());
        // With the first or the last day of a year, the year says the same, of values of every type.
        let is_whole_year = match operator {
            Operator::GreaterOrEqual | Operator::Less => day.ends_with("-01-01"),
            Operator::Greater | Operator::LessOrEqual => day.ends_with("-12-31"),
            Operator::Equal => false,
        };
        if let (true, Some(year)) = (is_day && is_whole_year && datatypes.len() > 1, year) {
            let compared = operator.compare(year_of_expression(operand), Expression::Literal(year.into()));
            found.insert(0, ("some values are years or months, not days".to_owned(), compared));
        }
        if let (true, Some(year)) = (has(xsd::G_YEAR) && (is_day || month_of(string).is_some()), year)
            && year_like(string, operator).is_none()
        {
            let compared = strict.compare(year_of_expression(operand), Expression::Literal(year.into()));
            found.push(("the values are years, not days".to_owned(), compared));
        }
        if let (true, Some(month)) = (has(xsd::G_YEAR_MONTH) && is_day, day.rsplit_once('-').map(|(month, _)| month))
            && month_like(string, operator).is_none()
        {
            let month = Literal::new_typed_literal(month, xsd::G_YEAR_MONTH);
            let compared = strict.compare(operand.clone(), Expression::Literal(month));
            found.push(("the values are months, not days".to_owned(), compared));
        }
    }

    /// Comparisons of the times that two expressions stand for, if they are of different types.
    pub(super) fn comparisons_of_times(
        &self,
        operator: Operator,
        left: &Expression,
        right: &Expression,
    ) -> Result<Vec<Replacement>, StoreError> {
        let (left_values, right_values) = (self.values(left)?, self.values(right)?);
        let comparison = TimeComparison { operator, left: (left, &left_values), right: (right, &right_values) };
        Ok(comparison.conversions(self.runner))
    }

    /// Other literals or entities in place of those in a list: all of them together, then each one.
    pub(super) fn other_lists(
        &self,
        operand: &Expression,
        list: &[Expression],
    ) -> Result<Vec<Replacement>, StoreError> {
        let values = self.values(operand)?;
        let (mut all, mut reasons, mut single) = (list.to_vec(), Vec::new(), Vec::new());
        let of_list = |operand: &Expression, mut list: Vec<Expression>| {
            // Two names of an entity stand for the same one.
            let mut seen = HashSet::new();
            list.retain(|item| seen.insert(item.clone()));
            Expression::In(Box::new(operand.clone()), list)
        };
        let literals = list.iter().enumerate().filter_map(|(position, item)| match item {
            Expression::Literal(literal) => Some((position, literal)),
            _ => None,
        });
        for (position, literal) in literals.clone().take(MAX_LITERALS) {
            let found = alternatives(self.runner, literal, Operator::Equal, values.values())?;
            for (rank, Alternative { reason, constant }) in found.into_iter().enumerate() {
                let replacement = Expression::from(constant);
                if rank == 0 {
                    all[position].clone_from(&replacement);
                    reasons.push(reason.clone());
                }
                // No more are run.
                if single.len() < MAX_RUNS {
                    let mut list = list.to_vec();
                    list[position] = replacement;
                    single.push((reason, of_list(operand, list)));
                }
            }
        }
        if reasons.len() > 1 {
            reasons.dedup();
            single.insert(0, (reasons.join(", "), of_list(operand, all)));
        }
        let years = literals.map(|(_, literal)| year_of(literal.value())?.parse::<i64>().ok());
        let years: Option<Vec<i64>> = years.collect();
        if let Some(years) = years.filter(|years| years.len() == list.len())
            && values.values().filter_map(date_type_of_term).any(|datatype| datatype != xsd::G_YEAR)
        {
            let years = years.into_iter().map(|year| Expression::Literal(year.into())).collect();
            let of_years = of_list(&year_of_expression(operand), years);
            single.push(("the values are dates, not years".to_owned(), of_years));
        }
        if let Some(inner) = self.not_a_string(operand)? {
            single.extend(self.other_lists(inner, list)?);
        }
        Ok(single)
    }

    /// The argument of STR if some of its values are entities or dates.
    fn not_a_string<'b>(&self, operand: &'b Expression) -> Result<Option<&'b Expression>, StoreError> {
        let Expression::FunctionCall(Function::Str, arguments) = operand else { return Ok(None) };
        let [inner] = &arguments[..] else { return Ok(None) };
        let values = self.values(inner)?;
        Ok(values.values().any(|value| value.is_named_node() || is_of_date_type(value)).then_some(inner))
    }
}

/// How a value stands for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum TimeType {
    Number,
    Year,
    Month,
    Day,
    Instant,
    String,
}

impl TimeType {
    fn of(term: &Term) -> Option<Self> {
        let Term::Literal(literal) = term else { return None };
        match literal.datatype() {
            xsd::G_YEAR => Some(Self::Year),
            xsd::G_YEAR_MONTH => Some(Self::Month),
            xsd::DATE => Some(Self::Day),
            xsd::DATE_TIME => Some(Self::Instant),
            xsd::STRING => Some(Self::String),
            number if is_number(number) => Some(Self::Number),
            _ => None,
        }
    }
}

/// A comparison of two expressions, each with its values.
pub(super) struct TimeComparison<'a> {
    pub(super) operator: Operator,
    pub(super) left: (&'a Expression, &'a Values),
    pub(super) right: (&'a Expression, &'a Values),
}

impl TimeComparison<'_> {
    /// The comparison of what the values have in common, if they are numbers or times of different types: the year, the month or the day.
    pub(super) fn conversions(&self, runner: &PatternRunner<'_>) -> Vec<Replacement> {
        let types = |values: &Values| -> BTreeSet<TimeType> { values.values().filter_map(TimeType::of).collect() };
        let [left, right] = [types(self.left.1), types(self.right.1)];
        let is_time =
            |types: &BTreeSet<TimeType>| types.iter().any(|time| !matches!(time, TimeType::Number | TimeType::String));
        if left == right || left.is_empty() || right.is_empty() {
            return Vec::new();
        }
        let compare = |convert: &dyn Fn(&Expression, &BTreeSet<TimeType>) -> Expression| {
            self.operator.compare(convert(self.left.0, &left), convert(self.right.0, &right))
        };
        let only = |types: &BTreeSet<TimeType>, time: TimeType| types.len() == 1 && types.contains(&time);
        let either = |time: TimeType| left.contains(&time) || right.contains(&time);
        let mut found = Vec::new();
        if !is_time(&left) && !is_time(&right) {
            found.push(compare(&|side, types| match only(types, TimeType::String) {
                true => cast(xsd::INTEGER, side),
                false => side.clone(),
            }));
        } else if either(TimeType::Number) || either(TimeType::Year) {
            found.push(compare(&|side, types| match only(types, TimeType::Number) {
                true => side.clone(),
                false if only(types, TimeType::String) => cast(xsd::INTEGER, side),
                false => year_of_expression(side),
            }));
        } else if either(TimeType::String) {
            found.push(compare(&|side, types| {
                if only(types, TimeType::String) { side.clone() } else { string_of(side) }
            }));
            found.push(compare(&|side, types| match only(types, TimeType::String) {
                true => cast(xsd::INTEGER, side),
                false => year_of_expression(side),
            }));
        } else {
            // The months, or else the days. `xsd:date` of an instant has its time zone, which the other day may lack.
            let (shortest, length) = if either(TimeType::Month) { (TimeType::Month, 7) } else { (TimeType::Day, 10) };
            found.push(compare(&|side, types| match only(types, shortest) {
                true => string_of(side),
                false => {
                    let [first, length] = [1, length].map(|number| Expression::Literal(Literal::from(number)));
                    Expression::FunctionCall(Function::SubStr, vec![string_of(side), first, length])
                }
            }));
        }
        let shown = |(expression, values): (&Expression, &Values)| {
            let datatypes = values.values().filter_map(|term| match term {
                Term::Literal(literal) if TimeType::of(term).is_some() => {
                    Some(format!("`{}`", runner.show(&literal.datatype())))
                }
                _ => None,
            });
            let datatypes: BTreeSet<String> = datatypes.collect();
            let datatypes: Vec<String> = datatypes.into_iter().collect();
            format!("`{}` is of the type {}", runner.show(expression), datatypes.join(", "))
        };
        let reason = format!("{}, {}", shown(self.left), shown(self.right));
        found.into_iter().map(|condition| (reason.clone(), condition)).collect()
    }
}

/// The argument of YEAR.
fn argument_of_year(expression: &Expression) -> Option<&Expression> {
    match expression {
        Expression::FunctionCall(Function::Year, arguments) => arguments.first(),
        _ => None,
    }
}

/// The argument of a cast to a number.
fn argument_of_number(expression: &Expression) -> Option<&Expression> {
    match expression {
        Expression::FunctionCall(Function::Custom(datatype), arguments) if is_number(datatype.as_ref()) => {
            arguments.first()
        }
        _ => None,
    }
}

fn year_of_expression(expression: &Expression) -> Expression {
    Expression::FunctionCall(Function::Year, vec![expression.clone()])
}

/// STR of an expression.
pub(super) fn string_of(expression: &Expression) -> Expression {
    Expression::FunctionCall(Function::Str, vec![expression.clone()])
}

fn cast(datatype: NamedNodeRef<'_>, expression: &Expression) -> Expression {
    Expression::FunctionCall(Function::Custom(datatype.into_owned()), vec![expression.clone()])
}

/// The datatype of a literal that is a date or a part of one.
fn date_type(literal: &Literal) -> Option<NamedNodeRef<'_>> {
    let dates = [xsd::DATE, xsd::DATE_TIME, xsd::G_YEAR_MONTH, xsd::G_YEAR];
    Some(literal.datatype()).filter(|datatype| dates.contains(datatype))
}

fn date_type_of_term(term: &Term) -> Option<NamedNodeRef<'_>> {
    if let Term::Literal(literal) = term { date_type(literal) } else { None }
}

fn is_of_date_type(term: &Term) -> bool {
    date_type_of_term(term).is_some()
}
