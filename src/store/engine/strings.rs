//! The functions whose result can be much longer than their arguments: CONCAT, REPLACE, ENCODE_FOR_URI and GROUP_CONCAT. REGEX with a
//! pattern that is not constant is one of them for spareval, to count how often a pattern is compiled.
//!
//! They are computed here for all evaluators, so that no string exceeds [`MAX_STRING_BYTES`]: the operators call them, and for
//! spareval they are custom functions.

use super::budget::{MAX_STRING_BYTES, QueryLimits, value_bytes};
use super::value::Value;
use crate::model::{subexpressions_mut, subpatterns_mut};
use crate::store::GraphError;
use oxigraph::model::vocab::xsd;
use oxigraph::model::{BaseDirection, NamedNode, Term};
use regex::{Captures, Regex, RegexBuilder};
use spareval::{AggregateFunctionAccumulator, QueryEvaluator};
use spargebra::algebra::{AggregateExpression, AggregateFunction, Expression, Function, GraphPattern, OrderExpression};
use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The maximum size of a compiled regular expression in bytes, as in Oxigraph.
const MAX_REGEX_SIZE: usize = 1_000_000;

/// The IRIs of the custom functions begin with this.
const CUSTOM: &str = "urn:x-factloom:function:";
const CONCAT: &str = "urn:x-factloom:function:concat";
const REGEX: &str = "urn:x-factloom:function:regex";
const REPLACE: &str = "urn:x-factloom:function:replace";
const ENCODE_FOR_URI: &str = "urn:x-factloom:function:encode-for-uri";
/// The separator follows in hexadecimal digits.
const GROUP_CONCAT: &str = "urn:x-factloom:function:group-concat:";

/// A language tag and a base direction.
pub(super) type Language = (String, Option<BaseDirection>);

/// A function whose result can be much longer than its arguments.
pub(super) enum StringFunction {
    Concat,
    /// REPLACE, with the regular expression if it is constant.
    Replace(Option<Regex>),
    EncodeForUri,
    /// REGEX with a regular expression that is not constant, or with the one that it was for the last row.
    Regex(Option<Regex>),
}

/// A result whose error ends the query. An error of SPARQL is `None`.
type Result<T> = std::result::Result<T, GraphError>;

/// Is called with the length of a string before it is built, and now and then while it is, and may refuse it.
type Allow<'a> = dyn Fn(usize) -> Result<()> + 'a;

impl StringFunction {
    /// The value of the function for some arguments.
    pub(super) fn call(&self, arguments: &[Value], allow: &Allow<'_>) -> Result<Option<Value>> {
        match self {
            Self::Concat => concat(arguments, allow),
            Self::Replace(Some(regex)) => replace(regex, arguments, allow),
            Self::Replace(None) => match dynamic_regex(arguments, 3) {
                Some(regex) => replace(&regex, arguments, allow),
                None => Ok(None),
            },
            Self::EncodeForUri => encode_for_uri(arguments, allow),
            Self::Regex(Some(regex)) => Ok(matches(regex, arguments)),
            Self::Regex(None) => Ok(dynamic_regex(arguments, 2).and_then(|regex| matches(&regex, arguments))),
        }
    }
}

/// The string of a string literal, and its language.
pub(super) fn tagged_string(value: &Value) -> Option<(&str, Option<Language>)> {
    Some(match value {
        Value::StringLiteral(text) => (text, None),
        Value::LangStringLiteral { value, language } => (value, Some((language.clone(), None))),
        Value::DirLangStringLiteral { value, language, direction } => {
            (value, Some((language.clone(), Some(*direction))))
        }
        _ => return None,
    })
}

/// The literal with a string and a language.
pub(super) fn string_literal(value: String, language: Option<Language>) -> Value {
    match language {
        None => Value::StringLiteral(value),
        Some((language, None)) => Value::LangStringLiteral { value, language },
        Some((language, Some(direction))) => Value::DirLangStringLiteral { value, language, direction },
    }
}

fn concat(arguments: &[Value], allow: &Allow<'_>) -> Result<Option<Value>> {
    let Some(parts) = arguments.iter().map(tagged_string).collect::<Option<Vec<_>>>() else { return Ok(None) };
    allow(parts.iter().map(|(text, _)| text.len()).sum())?;
    let language = parts.first().and_then(|(_, first)| first.clone());
    let language = language.filter(|first| parts.iter().all(|(_, other)| other.as_ref() == Some(first)));
    Ok(Some(string_literal(parts.iter().map(|(text, _)| *text).collect(), language)))
}

fn replace(regex: &Regex, arguments: &[Value], allow: &Allow<'_>) -> Result<Option<Value>> {
    let (Some((text, language)), Some(Value::StringLiteral(replacement))) =
        (arguments.first().and_then(tagged_string), arguments.get(2))
    else {
        return Ok(None);
    };
    // A replacement without references is the same for each match, and needs no groups.
    let is_fixed = !replacement.contains('$');
    let (mut result, mut end) = (String::new(), 0);
    let mut add = |range: std::ops::Range<usize>, captures: Option<&Captures<'_>>| {
        // References repeat at most the matched text, once for each `$`.
        let references = captures.map_or(0, |_| replacement.matches('$').count().saturating_mul(range.len()));
        let length = result.len().saturating_add(range.start - end).saturating_add(replacement.len());
        allow(length.saturating_add(references.min(MAX_STRING_BYTES)))?;
        result.push_str(&text[end..range.start]);
        match captures {
            Some(captures) => captures.expand(replacement, &mut result),
            None => result.push_str(replacement),
        }
        end = range.end;
        Ok::<_, GraphError>(())
    };
    match is_fixed {
        true => regex.find_iter(text).try_for_each(|found| add(found.range(), None))?,
        false => regex
            .captures_iter(text)
            .try_for_each(|captures| captures.get(0).map_or(Ok(()), |found| add(found.range(), Some(&captures))))?,
    }
    allow(result.len().saturating_add(text.len() - end))?;
    result.push_str(&text[end..]);
    Ok(Some(string_literal(result, language)))
}

fn matches(regex: &Regex, arguments: &[Value]) -> Option<Value> {
    let (text, _) = arguments.first().and_then(tagged_string)?;
    Some(Value::BooleanLiteral(regex.is_match(text).into()))
}

fn encode_for_uri(arguments: &[Value], allow: &Allow<'_>) -> Result<Option<Value>> {
    let Some((text, _)) = arguments.first().and_then(tagged_string) else { return Ok(None) };
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let reserved = text.bytes().filter(|byte| !is_unreserved(*byte)).count();
    allow(text.len().saturating_add(2 * reserved))?;
    let mut result = String::with_capacity(text.len() + 2 * reserved);
    for byte in text.bytes() {
        match is_unreserved(byte) {
            true => result.push(char::from(byte)),
            false => {
                let digit = |value: u8| char::from(b"0123456789ABCDEF"[usize::from(value)]);
                result.extend(['%', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
    Ok(Some(Value::StringLiteral(result)))
}

/// The strings of a GROUP_CONCAT so far, and the language that all of them have.
#[derive(Clone)]
pub(super) struct Concatenation {
    /// `None` after an error.
    text: Option<String>,
    language: Option<Language>,
    is_empty: bool,
    separator: String,
}

impl Concatenation {
    pub(super) fn new(separator: String) -> Self {
        Self { text: Some(String::new()), language: None, is_empty: true, separator }
    }

    /// Adds a value; `None` and values other than strings are errors.
    pub(super) fn add(&mut self, value: Option<&Value>, allow: &Allow<'_>) -> Result<()> {
        let (Some(text), Some((piece, tag))) = (self.text.as_mut(), value.and_then(tagged_string)) else {
            self.text = None;
            return Ok(());
        };
        allow(text.len() + self.separator.len() + piece.len())?;
        if std::mem::take(&mut self.is_empty) {
            self.language = tag;
        } else {
            text.push_str(&self.separator);
            self.language = self.language.take().filter(|language| tag.as_ref() == Some(language));
        }
        text.push_str(piece);
        Ok(())
    }

    /// The length so far in bytes.
    pub(super) fn len(&self) -> usize {
        self.text.as_ref().map_or(0, String::len)
    }

    pub(super) fn finish(self) -> Option<Value> {
        Some(string_literal(self.text?, self.language))
    }
}

/// The compiled pattern of REGEX or REPLACE, if the pattern and the flags are constants. `flags` is the index of the flags.
pub(super) fn constant_regex(arguments: &[Expression], flags: usize) -> Option<Regex> {
    let constant = |expression: &Expression| match expression {
        Expression::Literal(literal) if literal.datatype() == xsd::STRING => Some(literal.value().to_owned()),
        _ => None,
    };
    let pattern = constant(arguments.get(1)?)?;
    let flags = match arguments.get(flags) {
        Some(flags) => constant(flags)?,
        None => String::new(),
    };
    compile_regex(&pattern, &flags)
}

/// The pattern of REGEX or REPLACE that its arguments contain. `flags` is the index of the flags.
fn dynamic_regex(arguments: &[Value], flags: usize) -> Option<Regex> {
    let Some(Value::StringLiteral(pattern)) = arguments.get(1) else { return None };
    match arguments.get(flags) {
        None => compile_regex(pattern, ""),
        Some(Value::StringLiteral(flags)) => compile_regex(pattern, flags),
        Some(_) => None,
    }
}

fn compile_regex(pattern: &str, flags: &str) -> Option<Regex> {
    let pattern = if flags.contains('q') { Cow::Owned(regex::escape(pattern)) } else { Cow::Borrowed(pattern) };
    let mut builder = RegexBuilder::new(&pattern);
    builder.size_limit(MAX_REGEX_SIZE);
    for flag in flags.chars() {
        match flag {
            's' => builder.dot_matches_new_line(true),
            'm' => builder.multi_line(true),
            'i' => builder.case_insensitive(true),
            'x' => builder.ignore_whitespace(true),
            'q' => &mut builder,
            _ => return None,
        };
    }
    builder.build().ok()
}

/// Limits the strings that spareval computes. Its functions cannot fail, so the guard remembers that a string was refused.
#[derive(Clone, Default)]
pub(crate) struct StringGuard {
    limits: QueryLimits,
    refused: Arc<AtomicBool>,
    /// The bytes that functions have read and built since the last call of [`StringGuard::take_work`].
    work: Arc<AtomicU64>,
}

/// The work of compiling a regular expression, as a number of bytes that are read or built in about the same time.
const REGEX_WORK: usize = 64_000;

impl StringGuard {
    pub(crate) fn new(limits: &QueryLimits) -> Self {
        Self { limits: limits.clone(), ..Self::default() }
    }

    /// Returns an error if a string was refused since the last call.
    pub(crate) fn check(&self) -> Result<()> {
        if !self.refused.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        self.allow(usize::MAX)
    }

    /// How many bytes functions have read and built since the last call. A regular expression that is not constant counts, too.
    pub(crate) fn take_work(&self) -> u64 {
        self.work.swap(0, Ordering::Relaxed)
    }

    fn add_work(&self, bytes: usize) {
        self.work.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    fn allow(&self, bytes: usize) -> Result<()> {
        match self.limits.max_memory {
            _ if self.limits.cancellation.is_cancelled() => Err(GraphError::Cancelled),
            Some(max) if bytes as u64 > max => Err(GraphError::MemoryLimit(max)),
            _ if bytes > MAX_STRING_BYTES => Err(GraphError::StringTooLong),
            _ => Ok(()),
        }
    }

    /// Replaces an error by a refusal.
    fn guard<T>(&self, result: Result<Option<T>>) -> Option<T> {
        result.unwrap_or_else(|_| {
            self.refused.store(true, Ordering::Relaxed);
            None
        })
    }

    /// An evaluator with the functions of [`limit_strings`], and those of [`limit_strings_in`] for the separators of a query.
    pub(crate) fn evaluator(&self, separators: &[String]) -> QueryEvaluator {
        let function = |name: &str, function: StringFunction| {
            let guard = self.clone();
            // REPLACE and REGEX often have the same pattern for each row.
            let last: Mutex<Option<(Vec<Value>, StringFunction)>> = Mutex::default();
            let call = move |terms: &[Term]| {
                let values: Vec<Value> = terms.iter().cloned().map(Value::from).collect();
                let result = |function: &StringFunction| {
                    let result = guard.guard(function.call(&values, &|bytes| guard.allow(bytes)));
                    guard.add_work(values.iter().chain(&result).map(value_bytes).sum());
                    result.map(Term::from)
                };
                let flags = match function {
                    StringFunction::Replace(_) => 3,
                    StringFunction::Regex(_) => 2,
                    StringFunction::Concat | StringFunction::EncodeForUri => return result(&function),
                };
                let pattern: Vec<Value> = [1, flags].iter().filter_map(|at| values.get(*at)).cloned().collect();
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                if last.as_ref().is_none_or(|(known, _)| *known != pattern) {
                    guard.add_work(REGEX_WORK);
                    let regex = Some(dynamic_regex(&values, flags)?);
                    let function = match flags {
                        3 => StringFunction::Replace(regex),
                        _ => StringFunction::Regex(regex),
                    };
                    *last = Some((pattern, function));
                }
                result(&last.as_ref()?.1)
            };
            (NamedNode::new_unchecked(name), call)
        };
        let mut evaluator = QueryEvaluator::new();
        for (name, call) in [
            function(CONCAT, StringFunction::Concat),
            function(REPLACE, StringFunction::Replace(None)),
            function(ENCODE_FOR_URI, StringFunction::EncodeForUri),
            function(REGEX, StringFunction::Regex(None)),
        ] {
            evaluator = evaluator.with_custom_function(name, call);
        }
        for separator in separators {
            let (guard, separator) = (self.clone(), separator.clone());
            let name = group_concat_name(&separator);
            evaluator = evaluator.with_custom_aggregate_function(name, move || {
                Box::new(GuardedConcatenation {
                    so_far: Some(Concatenation::new(separator.clone())),
                    guard: guard.clone(),
                })
            });
        }
        evaluator
    }
}

/// GROUP_CONCAT for spareval.
struct GuardedConcatenation {
    so_far: Option<Concatenation>,
    guard: StringGuard,
}

impl AggregateFunctionAccumulator for GuardedConcatenation {
    fn accumulate(&mut self, element: Term) {
        if let Some(so_far) = &mut self.so_far {
            let added = so_far.add(Some(&element.into()), &|bytes| self.guard.allow(bytes));
            if self.guard.guard(added.map(Some)).is_none() {
                self.so_far = None;
            }
        }
    }

    fn finish(&mut self) -> Option<Term> {
        self.so_far.take()?.finish().map(Term::from)
    }
}

fn group_concat_name(separator: &str) -> NamedNode {
    let digits = separator.bytes().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits: String = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
    NamedNode::new_unchecked(format!("{GROUP_CONCAT}{digits}"))
}

/// Replaces the functions of an expression that spareval evaluates by those of [`StringGuard::evaluator`].
pub(crate) fn limit_strings(expression: &mut Expression) {
    let mut separators = Vec::new();
    limit_expression(expression, &mut separators);
}

/// Does the same in a pattern. Adds the separators of its GROUP_CONCAT.
pub(super) fn limit_strings_in(pattern: &mut GraphPattern, separators: &mut Vec<String>) {
    match pattern {
        GraphPattern::Filter { expr: expression, .. }
        | GraphPattern::Extend { expression, .. }
        | GraphPattern::LeftJoin { expression: Some(expression), .. } => limit_expression(expression, separators),
        GraphPattern::OrderBy { expression, .. } => {
            for OrderExpression::Asc(key) | OrderExpression::Desc(key) in expression {
                limit_expression(key, separators);
            }
        }
        GraphPattern::Group { aggregates, .. } => {
            for (_, aggregate) in aggregates {
                let AggregateExpression::FunctionCall { name, expr, .. } = aggregate else { continue };
                limit_expression(expr, separators);
                if let AggregateFunction::GroupConcat { separator } = name {
                    let separator = separator.clone().unwrap_or_else(|| " ".to_owned());
                    *name = AggregateFunction::Custom(group_concat_name(&separator));
                    separators.push(separator);
                }
            }
        }
        _ => {}
    }
    for inner in subpatterns_mut(pattern) {
        limit_strings_in(inner, separators);
    }
}

fn limit_expression(expression: &mut Expression, separators: &mut Vec<String>) {
    for inner in subexpressions_mut(expression) {
        limit_expression(inner, separators);
    }
    let custom =
        |name: &str, arguments| Expression::FunctionCall(Function::Custom(NamedNode::new_unchecked(name)), arguments);
    match expression {
        Expression::Exists(pattern) => limit_strings_in(pattern, separators),
        // A query that names one of them itself could give it any number of arguments.
        Expression::FunctionCall(Function::Custom(name), _) if name.as_str().starts_with(CUSTOM) => {
            *name = NamedNode::new_unchecked("urn:x-factloom:unknown-function");
        }
        Expression::FunctionCall(Function::Concat, arguments) => {
            // In pairs, since spareval computes all arguments of a function before it calls the function.
            let mut parts = std::mem::take(arguments);
            while parts.len() > 2 {
                let mut rest = parts.into_iter();
                parts = Vec::new();
                while let Some(first) = rest.next() {
                    parts.push(match rest.next() {
                        Some(second) => custom(CONCAT, vec![first, second]),
                        None => first,
                    });
                }
            }
            *expression = custom(CONCAT, parts);
        }
        Expression::FunctionCall(Function::Replace, arguments) => {
            *expression = custom(REPLACE, std::mem::take(arguments));
        }
        Expression::FunctionCall(Function::Regex, arguments)
            if arguments.iter().skip(1).any(|argument| !matches!(argument, Expression::Literal(_))) =>
        {
            *expression = custom(REGEX, std::mem::take(arguments));
        }
        Expression::FunctionCall(Function::EncodeForUri, arguments) => {
            *expression = custom(ENCODE_FOR_URI, std::mem::take(arguments));
        }
        _ => {}
    }
}
