//! Decorators that cannot be read.

use super::SyntaxProblem;
use crate::query::DecoratorsError;

/// What is wrong with the decorators of a query's text.
pub fn decorators_problem(text: &str, error: &DecoratorsError) -> SyntaxProblem {
    let mut lines = text.split_inclusive('\n').scan(0, |end, line| {
        *end += line.len();
        Some((*end - line.len(), line))
    });
    let line = error.line.and_then(|number| lines.nth(number.saturating_sub(1)));
    SyntaxProblem {
        message: format!("the decorators cannot be read: {}", error.message),
        span: line.map(|(start, line)| {
            let indent = line.len() - line.trim_start().len();
            start + indent..start + line.trim_end().len()
        }),
        help: "write them in YAML, such as `#+ summary: \"…\"`, or `#+ diagram:` and below it `#+   legend: true`"
            .to_owned(),
        ..SyntaxProblem::default()
    }
}

/// What is wrong with decorators that do not fit their query.
pub fn misfit_problem(message: &str) -> SyntaxProblem {
    let help = "correct the decorator, or the query".to_owned();
    SyntaxProblem { message: message.to_owned(), help, ..SyntaxProblem::default() }
}

/// What is wrong with the parameters of a query.
pub fn parameter_problem(message: &str) -> SyntaxProblem {
    SyntaxProblem {
        message: message.to_owned(),
        help: "name parameters as https://grlc.io has them, such as `?_name`, `?_name_iri` or `?_name_xsd_date`"
            .to_owned(),
        ..SyntaxProblem::default()
    }
}
