//! Conditions on the names of one kind that only names of another kind satisfy, such as aliases in place of labels.

use super::comparisons::string_of;
use super::conjunction::Conjunction;
use super::filters::in_parentheses;
use super::repair::with_part;
use super::rewrites::{MAX_RUNS, replace_triples, triples, with_change};
use super::runner::PatternRunner;
use super::searches::without_case;
use super::steps::bgp;
use super::suggestions::HintsResult;
use super::terms::Operator;
use crate::model::vocab::{dcterms, rdfs, skos};
use crate::model::{all_subexpressions, pattern_of};
use oxigraph::model::{Literal, NamedNodeRef};
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

/// The predicates of names, and what their objects are.
pub(super) const NAMES: [(NamedNodeRef<'static>, &str); 4] = [
    (rdfs::LABEL, "a label"),
    (skos::ALT_LABEL, "an alias"),
    (dcterms::TITLE, "the title of a source"),
    (skos::PREF_LABEL, "a preferred label"),
];

/// A pattern that binds a variable to names, and other names that may have been meant.
struct OtherName<'a> {
    pattern: &'a TriplePattern,
    own: (NamedNodeRef<'static>, &'static str),
    other: (NamedNodeRef<'static>, &'static str),
}

impl OtherName<'_> {
    /// The pattern with both labels and aliases, or with the other names.
    fn replacement(&self) -> GraphPattern {
        let TriplePattern { subject, object, .. } = self.pattern.clone();
        let [own, other] = [self.own, self.other].map(|(predicate, _)| predicate.into_owned());
        if [self.own.0, self.other.0].contains(&dcterms::TITLE) {
            return bgp(&TriplePattern { subject, predicate: other.into(), object });
        }
        let path = PropertyPathExpression::Alternative(Box::new(own.into()), Box::new(other.into()));
        GraphPattern::Path { subject, path, object }
    }

    fn shown(&self, runner: &PatternRunner<'_>) -> String {
        let (subject, object) = (runner.show(&self.pattern.subject), runner.show(&self.pattern.object));
        let [own, other] = [self.own, self.other].map(|(predicate, _)| runner.show(&predicate));
        match self.replacement() {
            GraphPattern::Path { .. } => format!("{subject} {own}|{other} {object}"),
            _ => format!("{subject} {other} {object}"),
        }
    }
}

/// Hints at other names than those that a condition tests, with which the query has results: with the condition as written, then in any letter
/// case and language.
pub(super) fn hints(conjunction: &Conjunction<'_>) -> HintsResult {
    let (runner, condition) = (conjunction.runner, conjunction.condition.expression());
    let tested = all_subexpressions(condition);
    let tests = |object: &TermPattern| {
        tested
            .iter()
            .any(|part| matches!((part, object), (Expression::Variable(a), TermPattern::Variable(b)) if a == b))
    };
    let mut found: Vec<(&TriplePattern, (NamedNodeRef<'static>, &str))> = Vec::new();
    for triple in triples(pattern_of(&runner.query)) {
        let is_own = |(name, _): &&(NamedNodeRef<'_>, _)| triple.predicate == NamedNodePattern::from(name.into_owned());
        let own = NAMES.iter().find(is_own).filter(|_| tests(&triple.object));
        found.extend(own.map(|own| (triple, *own)));
    }
    for relaxed in std::iter::once(None).chain(relaxed(condition).map(Some)) {
        let mut conditions = conjunction.condition.group.to_vec();
        conditions[conjunction.condition.index] = relaxed.clone().unwrap_or_else(|| condition.clone());
        let Some(query) = conjunction.whole_query(&conditions, &[]) else { continue };
        for (pattern, own) in found.iter().take(MAX_RUNS) {
            for other in NAMES.into_iter().filter(|other| other != own) {
                let name = OtherName { pattern, own: *own, other };
                let query = with_change(&query, |whole| {
                    replace_triples(whole, &mut |triple| (triple == *pattern).then(|| name.replacement()));
                });
                if runner.has_results(&query)? {
                    let mut shown = name.shown(runner);
                    if let Some(relaxed) = &relaxed {
                        shown = format!("{shown} . FILTER{}", in_parentheses(&runner.show(relaxed)));
                    }
                    return Ok(vec![format!("it is in {}, not in {}; did you mean `{shown}`?", other.1, own.1)]);
                }
            }
        }
    }
    Ok(Vec::new())
}

/// A condition with its searches in any letter case, and its comparisons with strings in any language; `None` if it has none.
fn relaxed(condition: &Expression) -> Option<Expression> {
    let mut relaxed = condition.clone();
    // From the last one, so that the indices of the others stay valid.
    for (index, part) in all_subexpressions(condition).into_iter().enumerate().rev() {
        let other = match part {
            Expression::FunctionCall(function, arguments) => without_case(function, arguments),
            comparison => match Operator::of(comparison) {
                Some((Operator::Equal, operand @ Expression::Variable(_), literal)) => {
                    let string = Expression::Literal(Literal::new_simple_literal(literal.value()));
                    Some(Operator::Equal.compare(string_of(operand), string))
                }
                _ => None,
            },
        };
        if let Some(other) = other {
            relaxed = with_part(&relaxed, index, other);
        }
    }
    (relaxed != *condition).then_some(relaxed)
}
