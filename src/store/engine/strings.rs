//! The functions whose result can be much longer than their arguments: CONCAT, REPLACE, ENCODE_FOR_URI and GROUP_CONCAT; and REGEX.
//!
//! They are computed here for all evaluators, so that no string exceeds [`MAX_STRING_BYTES`]: the operators call them, and for
//! spareval, which evaluates the expressions of rules, they are custom functions.

use super::budget::{MAX_STRING_BYTES, QueryLimits, value_bytes};
use super::cast::{self, Cast};
use super::value::Value;
use super::xpath_regex::{Replacement, XPathRegex};
use crate::model::literal::{XSD, term_value};
use crate::model::subexpressions_mut;
use crate::store::GraphError;
use oxigraph::model::vocab::xsd;
use oxigraph::model::{BaseDirection, NamedNode, NamedNodeRef, Term};
use regex::Captures;
use spareval::QueryEvaluator;
use spargebra::algebra::{Expression, Function};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The IRIs of the custom functions begin with this.
const CUSTOM: &str = "urn:x-factloom:function:";
const CONCAT: &str = "urn:x-factloom:function:concat";
const REGEX: &str = "urn:x-factloom:function:regex";
const REPLACE: &str = "urn:x-factloom:function:replace";
const ENCODE_FOR_URI: &str = "urn:x-factloom:function:encode-for-uri";
/// The local name of the datatype follows.
const CAST: &str = "urn:x-factloom:function:cast:";

/// A language tag and a base direction.
pub(super) type Language = (String, Option<BaseDirection>);

/// A function whose result can be much longer than its arguments.
pub(super) enum StringFunction {
    Concat,
    /// REPLACE, with the regular expression if it is constant.
    Replace(Option<XPathRegex>),
    EncodeForUri,
    /// REGEX with a regular expression that is not constant, or with the one that it was for the last row.
    Regex(Option<XPathRegex>),
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

fn replace(regex: &XPathRegex, arguments: &[Value], allow: &Allow<'_>) -> Result<Option<Value>> {
    let (Some((text, language)), Some(Value::StringLiteral(replacement))) =
        (arguments.first().and_then(tagged_string), arguments.get(2))
    else {
        return Ok(None);
    };
    let Some(parts) = regex.replacement(replacement) else { return Ok(None) };
    let (mut result, mut end) = (String::new(), 0);
    let mut add = |range: std::ops::Range<usize>, captures: Option<&Captures<'_>>| {
        let group =
            |number: usize| captures.and_then(|captures| captures.get(number)).map_or("", |group| group.as_str());
        let part_text = |part: &'_ Replacement| match part {
            Replacement::Text(text) => text.len(),
            Replacement::Group(number) => group(*number).len(),
        };
        let replaced: usize = parts.iter().map(part_text).fold(0, usize::saturating_add);
        allow(result.len().saturating_add(range.start - end).saturating_add(replaced))?;
        result.push_str(&text[end..range.start]);
        for part in &parts {
            result.push_str(match part {
                Replacement::Text(text) => text,
                Replacement::Group(number) => group(*number),
            });
        }
        end = range.end;
        Ok::<_, GraphError>(())
    };
    // A replacement without references is the same for each match, and needs no groups.
    match parts.iter().all(|part| matches!(part, Replacement::Text(_))) {
        true => regex.regex.find_iter(text).try_for_each(|found| add(found.range(), None))?,
        false => regex
            .regex
            .captures_iter(text)
            .try_for_each(|captures| captures.get(0).map_or(Ok(()), |found| add(found.range(), Some(&captures))))?,
    }
    allow(result.len().saturating_add(text.len() - end))?;
    result.push_str(&text[end..]);
    Ok(Some(string_literal(result, language)))
}

fn matches(regex: &XPathRegex, arguments: &[Value]) -> Option<Value> {
    let (text, _) = arguments.first().and_then(tagged_string)?;
    Some(Value::BooleanLiteral(regex.regex.is_match(text).into()))
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

/// The strings of a GROUP_CONCAT so far. The result has no language, because the separator has none.
#[derive(Clone)]
pub(super) struct Concatenation {
    /// `None` after an error.
    text: Option<String>,
    is_empty: bool,
    separator: String,
}

impl Concatenation {
    pub(super) fn new(separator: String) -> Self {
        Self { text: Some(String::new()), is_empty: true, separator }
    }

    /// Adds a value; `None` and values other than strings are errors.
    pub(super) fn add(&mut self, value: Option<&Value>, allow: &Allow<'_>) -> Result<()> {
        let (Some(text), Some((piece, _))) = (self.text.as_mut(), value.and_then(tagged_string)) else {
            self.text = None;
            return Ok(());
        };
        allow(text.len() + self.separator.len() + piece.len())?;
        if !std::mem::take(&mut self.is_empty) {
            text.push_str(&self.separator);
        }
        text.push_str(piece);
        Ok(())
    }

    /// The length so far in bytes.
    pub(super) fn len(&self) -> usize {
        self.text.as_ref().map_or(0, String::len)
    }

    pub(super) fn finish(self) -> Option<Value> {
        self.text.map(Value::StringLiteral)
    }
}

/// The compiled pattern of REGEX or REPLACE, if the pattern and the flags are constants. `flags` is the index of the flags.
pub(super) fn constant_regex(arguments: &[Expression], flags: usize) -> Option<XPathRegex> {
    let constant = |expression: &Expression| match expression {
        Expression::Literal(literal) if literal.datatype() == xsd::STRING => Some(literal.value().to_owned()),
        _ => None,
    };
    let pattern = constant(arguments.get(1)?)?;
    let flags = match arguments.get(flags) {
        Some(flags) => constant(flags)?,
        None => String::new(),
    };
    XPathRegex::new(&pattern, &flags)
}

/// The pattern of REGEX or REPLACE that its arguments contain. `flags` is the index of the flags.
fn dynamic_regex(arguments: &[Value], flags: usize) -> Option<XPathRegex> {
    let Some(Value::StringLiteral(pattern)) = arguments.get(1) else { return None };
    match arguments.get(flags) {
        None => XPathRegex::new(pattern, ""),
        Some(Value::StringLiteral(flags)) => XPathRegex::new(pattern, flags),
        Some(_) => None,
    }
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

    /// An evaluator with the functions of [`limit_strings`].
    pub(crate) fn evaluator(&self) -> QueryEvaluator {
        let function = |name: &str, function: StringFunction| {
            let guard = self.clone();
            // REPLACE and REGEX often have the same pattern for each row.
            let last: Mutex<Option<(Vec<Value>, StringFunction)>> = Mutex::default();
            let call = move |terms: &[Term]| {
                let values: Vec<Value> = terms.iter().cloned().map(term_value).collect();
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
        for datatype in cast::TARGETS {
            let name = NamedNode::new_unchecked(cast_name(datatype));
            let datatype = datatype.into_owned();
            evaluator = evaluator.with_custom_function(name, move |terms: &[Term]| {
                let term = terms.first()?;
                match cast::cast(&term_value(term.clone()), &datatype) {
                    Cast::Known(value) => value.map(Term::from),
                    Cast::BySpareval => Some(term.clone()),
                }
            });
        }
        evaluator
    }
}

fn cast_name(datatype: NamedNodeRef<'_>) -> String {
    format!("{CAST}{}", datatype.as_str().strip_prefix(XSD).unwrap_or_default())
}

/// Replaces the functions of an expression that spareval evaluates by those of [`StringGuard::evaluator`].
pub(crate) fn limit_strings(expression: &mut Expression) {
    for inner in subexpressions_mut(expression) {
        limit_strings(inner);
    }
    let custom =
        |name: &str, arguments| Expression::FunctionCall(Function::Custom(NamedNode::new_unchecked(name)), arguments);
    match expression {
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
        Expression::FunctionCall(Function::Regex, arguments) => {
            *expression = custom(REGEX, std::mem::take(arguments));
        }
        // The cast of the result changes nothing more.
        Expression::FunctionCall(Function::Custom(datatype), arguments)
            if cast::TARGETS.contains(&datatype.as_ref()) && arguments.len() == 1 =>
        {
            let prepared = custom(&cast_name(datatype.as_ref()), std::mem::take(arguments));
            *arguments = vec![prepared];
        }
        Expression::FunctionCall(Function::EncodeForUri, arguments) => {
            *expression = custom(ENCODE_FOR_URI, std::mem::take(arguments));
        }
        _ => {}
    }
}
