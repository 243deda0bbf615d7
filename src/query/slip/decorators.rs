//! Decorators that cannot be read.

use super::QueryDiagnostic;
use crate::query::DecoratorsError;

/// What is wrong with the decorators of a query's text.
pub fn decorators_problem(text: &str, error: &DecoratorsError) -> QueryDiagnostic {
    let mut lines = text.split_inclusive('\n').scan(0, |end, line| {
        *end += line.len();
        Some((*end - line.len(), line))
    });
    let line = error.line.and_then(|number| lines.nth(number.saturating_sub(1)));
    QueryDiagnostic {
        message: format!("the decorators cannot be read: {}", error.message),
        span: line.map(|(start, line)| {
            let indent = line.len() - line.trim_start().len();
            start + indent..start + line.trim_end().len()
        }),
        help: "write them in YAML, such as `#+ summary: \"…\"`, or `#+ diagram:` and below it `#+   legend: true`"
            .to_owned(),
        ..QueryDiagnostic::default()
    }
}

/// What is wrong with decorators that do not fit their query.
pub fn misfit_problem(message: &str) -> QueryDiagnostic {
    let help = "correct the decorator, or the query".to_owned();
    QueryDiagnostic { message: message.to_owned(), help, ..QueryDiagnostic::default() }
}

/// What is wrong with the parameters of a query.
pub fn parameter_problem(message: &str) -> QueryDiagnostic {
    QueryDiagnostic {
        message: message.to_owned(),
        help: "name parameters as https://grlc.io has them, such as `?_name`, `?_name_iri` or `?_name_xsd_date`"
            .to_owned(),
        ..QueryDiagnostic::default()
    }
}
