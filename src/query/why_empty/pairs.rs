//! Comparisons of two expressions that may have been meant by one that never holds: of names in place of IRIs, and of strings.

use super::comparisons::string_of;
use super::filters::{Filter, Replacement};
use super::names::NAMES;
use super::rewrites::triples;
use super::terms::Operator;
use crate::model::vocab::rdfs;
use crate::store::StoreError;
use oxigraph::model::{Term, Variable};
use spargebra::algebra::{Expression, Function};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

/// Comparisons of names.
#[derive(Default)]
pub(super) struct NameComparisons {
    pub(super) found: Vec<Replacement>,
    /// Those of a label that the patterns do not bind, with the pattern that binds it.
    pub(super) with_pattern: Vec<(String, Expression, TriplePattern)>,
}

impl Filter<'_> {
    /// Comparisons of the name of an IRI with a string, or of two strings in any language and letter case.
    pub(super) fn comparisons_of_names(
        &self,
        left: &Expression,
        right: &Expression,
    ) -> Result<NameComparisons, StoreError> {
        let mut comparisons = NameComparisons::default();
        let (left_values, right_values) = (self.values(left)?, self.values(right)?);
        let [left_is_iri, right_is_iri] =
            [&left_values, &right_values].map(|values| values.values().any(Term::is_named_node));
        match (left, right) {
            _ if left_values.is_empty() || right_values.is_empty() => {}
            (Expression::Variable(node), name) if left_is_iri && !right_is_iri => {
                self.compare_name(node, &|own| same_strings(own, name), &mut comparisons);
            }
            (name, Expression::Variable(node)) if right_is_iri && !left_is_iri => {
                self.compare_name(node, &|own| same_strings(name, own), &mut comparisons);
            }
            _ if !left_is_iri && !right_is_iri => {
                // They are not equal as they are.
                comparisons.found.extend(same_strings(left, right).into_iter().skip(1));
            }
            _ => {}
        }
        Ok(comparisons)
    }

    fn compare_name(
        &self,
        node: &Variable,
        compare: &dyn Fn(&Expression) -> Vec<Replacement>,
        comparisons: &mut NameComparisons,
    ) {
        let reason = |other: &str| match other {
            "" => format!("`{node}` is an IRI, not a string"),
            other => format!("`{node}` is an IRI, not a string, {other}"),
        };
        let mut names = Vec::new();
        for triple in triples(self.before) {
            let is_name = NAMES.iter().any(|(name, _)| triple.predicate == NamedNodePattern::from(name.into_owned()));
            if let (true, TermPattern::Variable(name)) = (is_name, &triple.object)
                && triple.subject == TermPattern::from(node.clone())
            {
                names.push(name.clone());
            }
        }
        for name in &names {
            let found = compare(&name.clone().into()).into_iter();
            comparisons.found.extend(found.map(|(other, condition)| (reason(&other), condition)));
        }
        if names.is_empty() {
            let label = Variable::new_unchecked(format!("{}Label", node.as_str()));
            let predicate = rdfs::LABEL.into_owned().into();
            let pattern = TriplePattern { subject: node.clone().into(), predicate, object: label.clone().into() };
            let found = compare(&label.into()).into_iter();
            let with = found.map(|(other, condition)| (reason(&other), condition, pattern.clone()));
            comparisons.with_pattern.extend(with);
        }
    }
}

/// Comparisons of two strings: as they are, without their language tags, and in any letter case.
fn same_strings(left: &Expression, right: &Expression) -> Vec<Replacement> {
    let strings = [left, right].map(|side| match side {
        Expression::FunctionCall(Function::Str, _) => side.clone(),
        side => string_of(side),
    });
    let lower = strings.clone().map(|side| Expression::FunctionCall(Function::LCase, vec![side]));
    let equal = |[left, right]: [Expression; 2]| Operator::Equal.compare(left, right);
    vec![
        (String::new(), equal([left.clone(), right.clone()])),
        ("they are equal without their language tags".to_owned(), equal(strings)),
        ("they are equal in another letter case".to_owned(), equal(lower)),
    ]
}
