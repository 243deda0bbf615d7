//! Citations as footnotes: numbers behind the rows, notes below.

use super::{quoted, with_more};
use crate::model::{Kind, Premise, Statement, StatementId};
use crate::output::solutions::{escape_markdown, printable};
use crate::output::{ResultsError, ResultsFormat, StatementText, TermDisplay, write_results};
use crate::query::{CitationReport, CitedQueryResults};
use std::collections::HashMap;
use std::io::Write;

pub(super) fn footnotes(
    results: &CitationReport,
    markdown: bool,
    reading: &TermDisplay<'_>,
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    let mut numbers: HashMap<&StatementId, usize> = HashMap::new();
    let mut order: Vec<&StatementId> = Vec::new();
    for id in results.results.citations().into_iter().flat_map(|citation| &citation.statements) {
        numbers.entry(id).or_insert_with(|| {
            order.push(id);
            order.len()
        });
    }
    let marks = |ids: &[StatementId]| {
        let mut cited: Vec<usize> = ids.iter().map(|id| numbers[id]).collect();
        cited.sort_unstable();
        cited.iter().map(|number| format!("[{number}]")).collect::<Vec<_>>().join(" ")
    };
    let shown = |line: &str| if markdown { escape_markdown(line) } else { printable(line) };
    if let CitedQueryResults::Boolean(answer, citation) = &results.results {
        writeln!(out, "{}", format!("{answer} {}", shown(&marks(&citation.statements))).trim_end())?;
    } else {
        let format = if markdown { ResultsFormat::Markdown } else { ResultsFormat::Table };
        write_results(with_more(results, &["notes"], |c| vec![marks(&c.statements)]), format, reading, out)?;
    }
    for id in order {
        let Some(statement) = results.statements.get(id) else { continue };
        // A line that begins a paragraph of Markdown, and lines that a backslash ends within it.
        let indent = if markdown { "" } else { "    " };
        let mut lines = vec![shown(&format!("[{}] {}", numbers[id], text.sentence(statement)?))];
        for line in note(statement, &numbers, reading, text)? {
            lines.push(format!("{indent}{}", shown(&line)));
        }
        for link in statement.evidence.iter().filter_map(|evidence| text.link(evidence).transpose()) {
            let link = link?;
            let link = if markdown { format!("<{link}>") } else { printable(&link) };
            lines.push(format!("{indent}{link}"));
        }
        if markdown {
            writeln!(out, "\n{}", lines.join("\\\n"))?;
        } else {
            writeln!(out, "\n{}", lines.join("\n"))?;
        }
    }
    Ok(())
}

/// The lines of a note below its sentence.
fn note(
    statement: &Statement,
    numbers: &HashMap<&StatementId, usize>,
    reading: &TermDisplay<'_>,
    text: &StatementText<'_>,
) -> Result<Vec<String>, ResultsError> {
    let mut lines = vec![format!("{} · {}", text.kind(statement)?, statement.id)];
    if let Kind::Inference(derivation) = &statement.kind {
        let mut since = Vec::new();
        for premise in &derivation.premises {
            since.push(match premise {
                Premise::Statement(id) => numbers.get(id).map_or(id.to_string(), |number| format!("[{number}]")),
                Premise::Declared(triple) => format!("{} (given)", reading.labels.sentence(triple)?),
            });
        }
        lines.push(format!("since {}", since.join(", ")));
    }
    lines.extend(statement.evidence.iter().map(quoted));
    Ok(lines)
}
