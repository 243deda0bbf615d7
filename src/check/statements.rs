//! The statements of a dataset that have no errors.

use crate::model::Statement;
use std::fmt;
use std::ops::Index;
use std::sync::Arc;

/// Statements in the order of the files. Clones, and the results of later checks, share those of unchanged files.
///
/// ```
/// use factloom::check::Statements;
/// use factloom::model::{Kind, Statement, StatementId, vocab};
/// use oxigraph::model::Triple;
///
/// let triple = Triple::new(vocab::owl::THING, vocab::rdf::TYPE, vocab::owl::THING);
/// let statements: Statements = [Statement::new(StatementId::new("a")?, triple, Kind::Fact)].into_iter().collect();
/// assert_eq!((statements.len(), statements[0].id.as_str()), (1, "a"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Statements {
    files: Vec<Segment>,
    len: usize,
}

/// Statements of one file.
#[derive(Clone)]
struct Segment {
    /// The number of statements before it.
    start: usize,
    all: Arc<Vec<Statement>>,
    /// The indices of those without errors, ascending; `None` if there are no others.
    valid: Option<Arc<[u32]>>,
}

impl Statements {
    /// Adds the statements of a file: those with the indices `valid`, or all.
    pub(super) fn push(&mut self, all: &Arc<Vec<Statement>>, valid: Option<Arc<[u32]>>) {
        let segment = Segment { start: self.len, all: Arc::clone(all), valid };
        if segment.len() > 0 {
            self.len += segment.len();
            self.files.push(segment);
        }
    }

    /// The number of statements.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no statements.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The statements in the order of the files.
    pub fn iter(&self) -> impl Iterator<Item = &Statement> {
        self.files.iter().flat_map(|segment| (0..segment.len()).map(|index| segment.get(index)))
    }

    /// The statement with an index, in time logarithmic in the number of files.
    pub fn get(&self, index: usize) -> Option<&Statement> {
        let after = self.files.partition_point(|segment| segment.start <= index);
        let segment = self.files.get(after.checked_sub(1)?)?;
        let index = index - segment.start;
        (index < segment.len()).then(|| segment.get(index))
    }
}

impl Segment {
    fn len(&self) -> usize {
        self.valid.as_ref().map_or(self.all.len(), |valid| valid.len())
    }

    fn get(&self, index: usize) -> &Statement {
        &self.all[self.valid.as_ref().map_or(index, |valid| valid[index] as usize)]
    }
}

impl Index<usize> for Statements {
    type Output = Statement;

    fn index(&self, index: usize) -> &Statement {
        self.get(index).expect("the index is less than the number of statements")
    }
}

impl FromIterator<Statement> for Statements {
    fn from_iter<I: IntoIterator<Item = Statement>>(statements: I) -> Self {
        let mut all = Self::default();
        all.push(&Arc::new(statements.into_iter().collect()), None);
        all
    }
}

impl PartialEq for Statements {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl Eq for Statements {}

impl fmt::Debug for Statements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Kind, StatementId, vocab};
    use oxigraph::model::Triple;

    #[test]
    fn statements_of_several_files_have_consecutive_indices() {
        let triple = Triple::new(vocab::owl::THING, vocab::rdf::TYPE, vocab::owl::THING);
        let file = |ids: &[&str]| {
            let statement = |id: &&str| Statement::new(StatementId::new(id).unwrap(), triple.clone(), Kind::Fact);
            Arc::new(ids.iter().map(statement).collect::<Vec<_>>())
        };
        let mut statements = Statements::default();
        statements.push(&file(&["a", "b", "c"]), Some([0, 2].into()));
        statements.push(&file(&["d"]), Some([].into()));
        statements.push(&file(&["e", "f"]), None);
        let ids: Vec<&str> = statements.iter().map(|statement| statement.id.as_str()).collect();
        assert_eq!(ids, ["a", "c", "e", "f"]);
        let by_index: Vec<&str> = (0..4).map(|index| statements[index].id.as_str()).collect();
        assert_eq!(by_index, ids);
        assert_eq!((statements.len(), statements.get(4)), (4, None));
        assert_eq!(statements, statements.iter().cloned().collect());
    }
}
