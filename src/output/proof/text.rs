//! A proof as a tree.

use super::columns::{Row, write_columns};
use super::outline::{Line, LineKind, outline};
use crate::output::evidence::marked;
use crate::output::{OutputError, StatementText};
use crate::rules::Proof;
use std::io::Write;

/// Writes a proof as a tree of at most `width` columns: below each inference or entailment its premises, below each fact its quotes.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
///
/// ```
/// use factloom::output::{StatementText, proof_text};
/// use factloom::{rules::Explainer, store::Labels};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, &dataset.language);
/// let triple = labels.parse_sentence("Russia helped build Pakistan Steel Mills", dataset.vocabulary.predicate_iris())?;
/// let proof = Explainer::new(&store)?.proof(&triple, false)?;
/// let mut out = Vec::new();
/// proof_text(&proof, &StatementText::new(&store, &labels), 100, &mut out)?;
/// assert!(String::from_utf8(out)?.contains("├─ Soviet Union helped build Pakistan Steel Mills"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn proof_text(
    proof: &Proof,
    text: &StatementText<'_>,
    width: usize,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    Ok(write_columns(&tree(outline(proof, text)?), width, out)?)
}

/// Adds branches to the lines of an outline, from the last to the first.
fn tree(lines: Vec<Line>) -> Vec<Row> {
    // At each depth, whether the branch continues below the current line.
    let mut continues: Vec<bool> = Vec::new();
    let mut rows = Vec::with_capacity(lines.len());
    for Line { depth, kind, left, right, link: _, marks } in lines.into_iter().rev() {
        let left = marked(&left, &marks);
        continues.resize(continues.len().max(depth + 2), false);
        let bars = |depths: &[bool]| depths.iter().map(|open| if *open { "│  " } else { "   " }).collect::<String>();
        let row = if kind == LineKind::Detail {
            let indent = bars(&continues[1..=depth]) + if continues[depth + 1] { "│    " } else { "  " };
            Row { hanging_indent: format!("{indent}  "), indent, left, right }
        } else if depth == 0 {
            Row { indent: String::new(), hanging_indent: String::new(), left, right }
        } else {
            let parents = bars(&continues[1..depth]);
            let branch = if continues[depth] { "├─ " } else { "└─ " };
            Row { indent: parents + branch, hanging_indent: bars(&continues[1..=depth]), left, right }
        };
        if kind != LineKind::Detail {
            continues[depth] = true;
            continues.truncate(depth + 1);
        }
        rows.push(row);
    }
    rows.reverse();
    rows
}
