//! Terms of the graph that may have been meant by a literal of the query.

use super::runner::{MAX_COUNTED, PatternRunner};
use super::synonyms::synonyms;
use crate::diagnostic::closest;
use crate::model::literal::{is_number, is_valid};
use crate::model::vocab::{dcterms, rdfs, xsd};
use crate::model::{Period, TimeValue, local_name, split_iri};
use crate::store::{Labels, StoreError, fold_name};
use oxigraph::model::{Literal, NamedNode, Term};
use spargebra::algebra::Expression;
use spargebra::term::{GroundTerm, TermPattern};
use std::collections::BTreeSet;

/// How an expression is compared with a literal to the right of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    /// The comparison of an expression with a literal, the literal on the right: the operator, the expression and the literal.
    pub(super) fn of(comparison: &Expression) -> Option<(Self, &Expression, &Literal)> {
        use Expression as E;
        let (operator, left, right) = Self::operands(comparison)?;
        match (left, right) {
            (E::Literal(_), E::Literal(_)) => None,
            (operand, E::Literal(literal)) => Some((operator, operand, literal)),
            (E::Literal(literal), operand) => Some((operator.reversed(), operand, literal)),
            _ => None,
        }
    }

    pub(super) fn reversed(self) -> Self {
        match self {
            Self::Equal => Self::Equal,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }

    /// The operands of a comparison of two expressions that are not literals.
    pub(super) fn of_expressions(comparison: &Expression) -> Option<(Self, &Expression, &Expression)> {
        let is_literal = |operand: &Expression| matches!(operand, Expression::Literal(_));
        Self::operands(comparison).filter(|(_, left, right)| !is_literal(left) && !is_literal(right))
    }

    fn operands(comparison: &Expression) -> Option<(Self, &Expression, &Expression)> {
        use Expression as E;
        let (operator, left, right) = match comparison {
            E::Equal(left, right) | E::SameTerm(left, right) => (Self::Equal, left, right),
            E::Less(left, right) => (Self::Less, left, right),
            E::LessOrEqual(left, right) => (Self::LessOrEqual, left, right),
            E::Greater(left, right) => (Self::Greater, left, right),
            E::GreaterOrEqual(left, right) => (Self::GreaterOrEqual, left, right),
            _ => return None,
        };
        Some((operator, left, right))
    }

    /// The comparison of two expressions.
    pub(super) fn compare(self, left: Expression, right: Expression) -> Expression {
        let (left, right) = (Box::new(left), Box::new(right));
        match self {
            Self::Equal => Expression::Equal(left, right),
            Self::Less => Expression::Less(left, right),
            Self::LessOrEqual => Expression::LessOrEqual(left, right),
            Self::Greater => Expression::Greater(left, right),
            Self::GreaterOrEqual => Expression::GreaterOrEqual(left, right),
        }
    }
}

/// A constant in place of a literal, and why it may have been meant; the reason may be empty.
#[derive(Clone)]
pub(super) struct Alternative {
    pub(super) reason: String,
    pub(super) constant: Constant,
}

impl Alternative {
    pub(super) fn entity(reason: impl Into<String>, entity: NamedNode) -> Self {
        Self { reason: reason.into(), constant: Constant::Entity(entity) }
    }

    pub(super) fn literal(reason: impl Into<String>, literal: Literal) -> Self {
        Self { reason: reason.into(), constant: Constant::Literal(literal) }
    }
}

/// A literal or an IRI of a query, or one that may have been meant.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Constant {
    Entity(NamedNode),
    Literal(Literal),
}

impl From<Constant> for Expression {
    fn from(constant: Constant) -> Self {
        match constant {
            Constant::Entity(entity) => Self::NamedNode(entity),
            Constant::Literal(literal) => Self::Literal(literal),
        }
    }
}

impl From<Constant> for GroundTerm {
    fn from(constant: Constant) -> Self {
        match constant {
            Constant::Entity(entity) => Self::NamedNode(entity),
            Constant::Literal(literal) => Self::Literal(literal),
        }
    }
}

impl From<Constant> for TermPattern {
    fn from(constant: Constant) -> Self {
        match constant {
            Constant::Entity(entity) => Self::NamedNode(entity),
            Constant::Literal(literal) => Self::Literal(literal),
        }
    }
}

/// The most literals of a list whose alternatives are searched.
pub(super) const MAX_LITERALS: usize = 100;

/// The terms that a literal may stand for where the graph has these values, the most likely first.
pub(super) fn alternatives<'a>(
    runner: &PatternRunner<'_>,
    literal: &Literal,
    operator: Operator,
    values: impl Iterator<Item = &'a Term> + Clone,
) -> Result<Vec<Alternative>, StoreError> {
    runner.check_time()?;
    let known = values.clone().filter_map(|term| if let Term::Literal(known) = term { Some(known) } else { None });
    let values_are_complete = values.clone().count() < MAX_COUNTED / 2;
    let mut found = Vec::new();
    if operator == Operator::Equal {
        found.extend(equal_literal(literal, known.clone()));
        found.extend(of_entity(runner, literal, values)?);
    }
    let datatypes: BTreeSet<NamedNode> = known.clone().map(|known| known.datatype().into_owned()).collect();
    for datatype in datatypes {
        if let Some(converted) = converted(literal, &datatype, operator).filter(|converted| converted != literal) {
            let reason = || format!("the values are of the type `{}`", runner.show(&datatype));
            found.push(Alternative::literal(other_namespace(literal, &datatype).unwrap_or_else(reason), converted));
        }
    }
    // Numbers and dates are not misspelt.
    let is_word = !literal.value().starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
    // Nor is the most similar one meant if only some of the values are known.
    if operator == Operator::Equal && is_word && values_are_complete {
        let similar = closest(literal.value(), known.clone().map(Literal::value));
        let similar = similar.and_then(|similar| known.clone().find(|known| known.value() == similar));
        found.extend(similar.map(|similar| Alternative::literal("", similar.clone())));
    }
    Ok(found)
}

/// The entity with this name if some values are IRIs, and its label if that is a value and the name is an alias.
fn of_entity<'a>(
    runner: &PatternRunner<'_>,
    name: &Literal,
    values: impl Iterator<Item = &'a Term> + Clone,
) -> Result<Vec<Alternative>, StoreError> {
    let store = runner.store();
    let labels = Labels::new(&store, &store.metadata().language);
    let mut found = Vec::new();
    let Some(entity) = runner.entity(name.value())? else { return of_named_value(&labels, runner, name, values) };
    if values.clone().any(Term::is_named_node) {
        found.push(Alternative::entity(format!("“{}” is the name of an entity", name.value()), entity.clone()));
        found.extend(of_named_value(&labels, runner, name, values.clone())?);
    }
    let label = labels.get(&entity)?.filter(|label| fold_name(label) != fold_name(name.value()));
    let mut known = values.filter_map(|term| if let Term::Literal(known) = term { Some(known) } else { None });
    if let Some(label) = label.and_then(|label| known.find(|known| known.value() == &*label)) {
        let reason = format!("“{}” is an alias of `{}`", name.value(), runner.show(&entity));
        found.push(Alternative::literal(reason, label.clone()));
    }
    Ok(found)
}

/// The values that are IRIs with this local name or label, such as statuses and classes.
fn of_named_value<'a>(
    labels: &Labels<'_>,
    runner: &PatternRunner<'_>,
    name: &Literal,
    values: impl Iterator<Item = &'a Term>,
) -> Result<Vec<Alternative>, StoreError> {
    let folded = fold_name(name.value());
    let mut found = Vec::new();
    for iri in values.filter_map(|term| if let Term::NamedNode(iri) = term { Some(iri) } else { None }) {
        let is_named = fold_name(local_name(iri.as_str())) == folded
            || fold_name(&runner.show(iri)) == folded
            || iri.as_str() == name.value()
            || labels.get(iri)?.is_some_and(|label| fold_name(&label) == folded)
            || has_name(runner, iri, &folded)?;
        if is_named {
            found.push(Alternative::entity("the values are IRIs, not strings", iri.clone()));
        }
    }
    Ok(found)
}

/// Whether an IRI has a name that is not its label: a title, or one in another vocabulary.
fn has_name(runner: &PatternRunner<'_>, iri: &NamedNode, folded: &str) -> Result<bool, StoreError> {
    for predicate in [dcterms::TITLE.into_owned()].into_iter().chain(synonyms(&rdfs::LABEL.into_owned())) {
        let names = runner.store().objects(iri.as_ref(), predicate.as_ref())?;
        if names.iter().any(|name| matches!(name, Term::Literal(name) if fold_name(name.value()) == folded)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A literal with the same string, or with the same string in another letter case.
fn equal_literal<'a>(literal: &Literal, mut known: impl Iterator<Item = &'a Literal> + Clone) -> Option<Alternative> {
    if known.clone().any(|known| known == literal) {
        return None;
    }
    if let Some(same) = known.clone().find(|known| known.value() == literal.value()) {
        let what = if same.language() == literal.language() { "datatype" } else { "language tag" };
        let reason = || format!("the graph has it with another {what}");
        let datatype = same.datatype().into_owned();
        return Some(Alternative::literal(other_namespace(literal, &datatype).unwrap_or_else(reason), same.clone()));
    }
    let folded = literal.value().to_lowercase();
    let same = known.find(|known| known.value().to_lowercase() == folded)?;
    Some(Alternative::literal("the graph has it in another letter case", same.clone()))
}

/// That a literal has a datatype with the name of another one, but from another namespace.
fn other_namespace(literal: &Literal, datatype: &NamedNode) -> Option<String> {
    let written = literal.datatype();
    let (namespace, name) = split_iri(datatype.as_str());
    let (wrong, same) = split_iri(written.as_str());
    (wrong != namespace && same == name)
        .then(|| format!("the datatype is `{datatype}`, not `{written}`: check the PREFIX of the query"))
}

/// A literal of a datatype that a literal of another one stands for. A year or a month stands for its first or last day, as the operator
/// requires; a date for its year if they begin or end together.
fn converted(literal: &Literal, datatype: &NamedNode, operator: Operator) -> Option<Literal> {
    if literal.datatype() == datatype.as_ref() {
        return None;
    }
    let string = literal.value().trim();
    let is_start = matches!(operator, Operator::Less | Operator::GreaterOrEqual);
    let converted = match datatype.as_ref() {
        xsd::STRING => is_number(literal.datatype()).then(|| string.to_owned())?,
        xsd::G_YEAR => year_like(string, operator)?.to_owned(),
        xsd::G_YEAR_MONTH => month_like(string, operator)?,
        xsd::DATE => day_of(string, operator)?,
        xsd::DATE_TIME if is_valid(string, xsd::DATE_TIME) => string.to_owned(),
        xsd::DATE_TIME => {
            format!("{}T{}", day_of(string, operator)?, if is_start { "00:00:00" } else { "23:59:59" })
        }
        number if is_number(number) && !is_number(literal.datatype()) => string.to_owned(),
        _ => return None,
    };
    is_valid(&converted, datatype.as_ref()).then(|| Literal::new_typed_literal(converted, datatype.clone()))
}

/// The day that a date, a month or a year stands for, or a date with a time: any time if it is equal, or else that of its start or end, as the
/// operator requires.
fn day_of(string: &str, operator: Operator) -> Option<String> {
    let string = match day_and_time(string) {
        Some((day, time)) => {
            let is_whole = match operator {
                Operator::Equal => true,
                Operator::Less | Operator::GreaterOrEqual => time.starts_with("00:00:00"),
                Operator::Greater | Operator::LessOrEqual => time.starts_with("23:59:59"),
            };
            Some(day).filter(|_| is_whole)?
        }
        None => string,
    };
    if is_valid(string, xsd::DATE) {
        return Some(string.to_owned());
    }
    let period = [xsd::G_YEAR, xsd::G_YEAR_MONTH].iter().any(|datatype| is_valid(string, *datatype));
    let Period { first, last } = TimeValue::parse(string).ok().filter(|_| period)?.period();
    match operator {
        Operator::Equal => None,
        Operator::Less | Operator::GreaterOrEqual => first,
        Operator::Greater | Operator::LessOrEqual => last,
    }
    .map(|day| day.to_string())
}

/// Whether a term is a date, with or without a time.
pub(super) fn is_date(term: &Term) -> bool {
    matches!(term, Term::Literal(literal) if [xsd::DATE, xsd::DATE_TIME].contains(&literal.datatype()))
}

/// The day and the time of a date with a time.
pub(super) fn day_and_time(string: &str) -> Option<(&str, &str)> {
    string.split_once('T').filter(|_| is_valid(string, xsd::DATE_TIME))
}

/// The string, if it is a month of a year.
pub(super) fn month_of(string: &str) -> Option<&str> {
    is_valid(string, xsd::G_YEAR_MONTH).then_some(string)
}

/// The year that is a string, or that a date or a month stands for.
pub(super) fn year_like(string: &str, operator: Operator) -> Option<&str> {
    year_of(string).or_else(|| {
        let string = day_and_time(string).map_or(string, |(day, _)| day);
        let length = if month_of(string).is_some() { "-01".len() } else { "-01-01".len() };
        let (year, rest) = string.split_at_checked(string.len().checked_sub(length)?)?;
        let is_whole = match operator {
            Operator::Equal => true,
            Operator::Less | Operator::GreaterOrEqual => "-01-01".starts_with(rest),
            Operator::Greater | Operator::LessOrEqual => "-12-31".starts_with(rest),
        };
        year_of(year).filter(|_| is_whole && (is_valid(string, xsd::DATE) || month_of(string).is_some()))
    })
}

/// The month that is a string, or that a date or a year stands for.
pub(super) fn month_like(string: &str, operator: Operator) -> Option<String> {
    if let Some(month) = month_of(string) {
        return Some(month.to_owned());
    }
    let day = day_of(string, operator)?;
    let month = day.get(..day.len().checked_sub("-01".len())?)?;
    // The last day of the month is before the first of the next one.
    let is_whole = match operator {
        Operator::Equal => true,
        Operator::Less | Operator::GreaterOrEqual => day.ends_with("-01"),
        Operator::Greater | Operator::LessOrEqual => {
            TimeValue::parse(month).ok()?.period().last.is_some_and(|last| last.to_string() == day)
        }
    };
    is_whole.then(|| month.to_owned())
}

/// The string, if it is a year.
pub(super) fn year_of(string: &str) -> Option<&str> {
    is_valid(string, xsd::G_YEAR).then_some(string)
}
