//! Searches of strings that may have been meant by one that never matches.

use super::comparisons::string_of;
use super::filters::{Filter, Replacement, replace_variable};
use super::names::NAMES;
use super::regex_syntax;
use crate::model::split_iri;
use crate::model::vocab::xsd;
use crate::store::StoreError;
use oxigraph::model::{Literal, Term, Variable};
use spargebra::algebra::{Expression, Function};
use spargebra::term::TriplePattern;

/// Other searches, the most likely first.
#[derive(Default)]
pub(super) struct Searches {
    pub(super) likely: Vec<Replacement>,
    /// Those that are less likely than changes of the other parts of the condition: why, the search, and the pattern before it.
    pub(super) unlikely: Vec<(String, Expression, Option<TriplePattern>)>,
}

/// STR of the arguments that are not strings.
struct WithStrings {
    reason: String,
    arguments: Vec<Expression>,
    /// Whether the values are IRIs.
    of_iris: bool,
}

impl Filter<'_> {
    /// Other searches: of strings, with another regular expression, in another letter case, and of labels.
    pub(super) fn other_searches(&self, function: &Function, arguments: &[Expression]) -> Result<Searches, StoreError> {
        let call = |arguments: &[Expression]| Expression::FunctionCall(function.clone(), arguments.to_vec());
        let mut found = Searches::default();
        let (mut arguments, mut reason) = (arguments.to_vec(), "it matches in another letter case".to_owned());
        if let Some((why, corrected)) = regex_syntax::corrected(function, &arguments) {
            found.likely.push((why.clone(), call(&corrected)));
            (arguments, reason) = (corrected, why);
        }
        let with_strings = self.with_strings(function, &arguments)?;
        if let Some(in_any_case) = without_case(function, &arguments) {
            found.likely.push((reason, in_any_case.clone()));
            found.unlikely = self.searches_of_names(&arguments[0], &[call(&arguments), in_any_case])?;
        }
        if let Some(WithStrings { reason, arguments, of_iris }) = with_strings {
            found.likely.insert(0, (reason.clone(), call(&arguments)));
            let in_any_case = without_case(function, &arguments).filter(|_| is_cased(&arguments));
            // The names of IRIs are more likely.
            match in_any_case {
                Some(in_any_case) if of_iris => found.unlikely.push((reason, in_any_case, None)),
                Some(in_any_case) => found.likely.insert(1, (reason, in_any_case)),
                None => {}
            }
        }
        Ok(found)
    }

    /// The arguments of a search with STR of those that are not strings, and why that is needed.
    fn with_strings(&self, function: &Function, arguments: &[Expression]) -> Result<Option<WithStrings>, StoreError> {
        let (mut reason, mut strings) = (None, arguments.to_vec());
        match arguments.get(1) {
            Some(Expression::Literal(part)) if *function != Function::Regex && !is_string(part) => {
                strings[1] = Literal::new_simple_literal(part.value()).into();
                reason = Some(format!("`{}` is not a string", self.runner.show(part)));
            }
            Some(Expression::NamedNode(iri)) => {
                strings[1] = string_of(&arguments[1]);
                reason = Some(format!("`{}` is an IRI, not a string", self.runner.show(iri)));
            }
            _ => {}
        }
        let mut of_iris = false;
        if let Some((of_values, with_string)) = self.not_strings(&arguments[0])? {
            let values = self.values(&arguments[0])?;
            of_iris = values.values().any(Term::is_named_node);
            // A word of a namespace is part of every IRI in it.
            if let Some(Expression::Literal(part)) = strings.get(1)
                && part.value().chars().all(char::is_alphanumeric)
                && values.values().any(|value| is_in_namespace(part.value(), value))
            {
                return Ok(None);
            }
            strings[0] = with_string;
            reason = Some(of_values);
        }
        Ok(reason.map(|reason| WithStrings { reason, arguments: strings, of_iris }))
    }

    /// The call of a function of strings with STR of an argument that is not a string.
    pub(super) fn with_string(
        &self,
        function: &Function,
        arguments: &[Expression],
    ) -> Result<Option<Replacement>, StoreError> {
        let Some(first) = arguments.first() else { return Ok(None) };
        Ok(self.not_strings(first)?.map(|(reason, string)| {
            let mut arguments = arguments.to_vec();
            arguments[0] = string;
            (reason, Expression::FunctionCall(function.clone(), arguments))
        }))
    }

    /// Why the values of an expression are not strings, and STR of it.
    fn not_strings(&self, expression: &Expression) -> Result<Option<(String, Expression)>, StoreError> {
        let values = self.values(expression)?;
        let reason = values.values().find_map(|term| match term {
            Term::Literal(literal) if !is_string(literal) => {
                let datatype = self.runner.show(&literal.datatype());
                Some(format!("the values are of the type `{datatype}`, not strings"))
            }
            Term::NamedNode(_) => Some(format!("`{}` is an IRI, not a string", self.runner.show(expression))),
            _ => None,
        });
        Ok(reason.map(|reason| (reason, string_of(expression))))
    }

    /// Searches of the labels, the aliases and the titles of a variable whose values are IRIs.
    fn searches_of_names(
        &self,
        searched: &Expression,
        searches: &[Expression],
    ) -> Result<Vec<(String, Expression, Option<TriplePattern>)>, StoreError> {
        let mut searched = searched;
        while let Expression::FunctionCall(Function::Str | Function::LCase | Function::UCase, inner) = searched
            && let [inner] = &inner[..]
        {
            searched = inner;
        }
        let Expression::Variable(variable) = searched else { return Ok(Vec::new()) };
        if !self.runner.values(self.before, variable)?.values().any(Term::is_named_node) {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for ((predicate, _), name) in NAMES.into_iter().zip(["Label", "Alias", "Title", "Name"]) {
            let name = Variable::new_unchecked(format!("{}{name}", variable.as_str()));
            for search in searches {
                let (predicate, mut search) = (predicate.into_owned().into(), search.clone());
                replace_variable(&mut search, variable, &name);
                let named = TriplePattern { subject: variable.clone().into(), predicate, object: name.clone().into() };
                found.push((format!("`{variable}` is an IRI, not a string"), search, Some(named)));
            }
        }
        Ok(found)
    }
}

/// Whether a word is in the namespace of an IRI, in any letter case.
fn is_in_namespace(word: &str, value: &Term) -> bool {
    matches!(value, Term::NamedNode(iri) if split_iri(iri.as_str()).0.to_lowercase().contains(&word.to_lowercase()))
}

fn is_string(literal: &Literal) -> bool {
    literal.language().is_some() || literal.datatype() == xsd::STRING
}

/// Whether the words that are searched have letters.
fn is_cased(arguments: &[Expression]) -> bool {
    matches!(arguments.get(1), Some(Expression::Literal(part)) if part.value().contains(char::is_alphabetic))
}

pub(super) fn is_search(function: &Function) -> bool {
    matches!(function, Function::Regex | Function::Contains | Function::StrStarts | Function::StrEnds)
}

/// Whether the first argument of a function must be a string.
pub(super) fn takes_string(function: &Function) -> bool {
    use Function as F;
    is_search(function)
        || matches!(function, F::SubStr | F::StrLen | F::UCase | F::LCase | F::StrBefore | F::StrAfter | F::Replace)
}

/// A search of strings that ignores letter case; `None` for other functions.
pub(super) fn without_case(function: &Function, arguments: &[Expression]) -> Option<Expression> {
    let call = |function: &Function, arguments| Expression::FunctionCall(function.clone(), arguments);
    let lower = |argument: &Expression| match argument {
        Expression::Literal(literal) if literal.language().is_none() => {
            Expression::Literal(Literal::new_simple_literal(literal.value().to_lowercase()))
        }
        Expression::FunctionCall(Function::LCase, _) => argument.clone(),
        other => call(&Function::LCase, vec![other.clone()]),
    };
    match (function, arguments) {
        (Function::Regex, [string, pattern]) => {
            let flags = Expression::Literal(Literal::new_simple_literal("i"));
            Some(call(function, vec![string.clone(), pattern.clone(), flags]))
        }
        (Function::Contains | Function::StrStarts | Function::StrEnds, [string, part]) => {
            Some(call(function, vec![lower(string), lower(part)]))
        }
        _ => None,
    }
}
