//! Rows as JSON Lines.

use crate::escape::json::EscapeControls;
use crate::output::OutputError;
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsSerializer};
use oxigraph::sparql::{QuerySolution, QuerySolutionIter};
use std::io::{self, Write};

/// Writes each row as a line: the JSON object for the row in SPARQL JSON results.
pub(super) fn write_json_lines(solutions: QuerySolutionIter<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let variables = solutions.variables().to_vec();
    let document = |row: Option<&QuerySolution>| -> io::Result<Vec<u8>> {
        let serializer = QueryResultsSerializer::from_format(QueryResultsFormat::Json);
        let mut writer = serializer.serialize_solutions_to_writer(Vec::new(), variables.clone())?;
        if let Some(row) = row {
            writer.serialize(row)?;
        }
        writer.finish()
    };
    // Without a row, the document is `{"head":{"vars":[…]},"results":{"bindings":[]}}`. The row is before its last three bytes.
    let start = document(None)?.len() - 3;
    for solution in solutions {
        let document = document(Some(&solution?))?;
        EscapeControls(&mut *out).write_all(&document[start..document.len() - 3])?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
