//! Decorators that cannot be read.

use super::SyntaxProblem;

/// What is wrong with the decorators of a query's text, by the message of whoever has read them: it names the line, counted
/// from 1 among the decorators.
pub fn decorators_problem(text: &str, message: &str) -> SyntaxProblem {
    let number = message.split_once("line ").map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect());
    let number = number.and_then(|number: String| number.parse::<usize>().ok()).unwrap_or(1);
    let mut lines = text.split_inclusive('\n').scan(0, |end, line| {
        *end += line.len();
        Some((*end - line.len(), line))
    });
    let is_decorator = |line: &&str| line.trim_start().starts_with("#+");
    let line = lines.by_ref().filter(|(_, line)| is_decorator(line)).nth(number.saturating_sub(1));
    // `error: line 3 column 7: …`
    let first = message.lines().next().unwrap_or_default();
    let why = first.split_once("column ").and_then(|(_, rest)| rest.split_once(": ")).map_or(first, |(_, why)| why);
    SyntaxProblem {
        message: format!("the decorators cannot be read: {why}"),
        span: line.map(|(start, line)| {
            let indent = line.len() - line.trim_start().len();
            start + indent..start + line.trim_end().len()
        }),
        help: "write them as https://grlc.io has them, such as `#+ summary: \"…\"`".to_owned(),
        ..SyntaxProblem::default()
    }
}
