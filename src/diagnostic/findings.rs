//! A list of findings with a limited length.

use super::{Code, FileId, Finding, Location, Policy, Severity};
use std::collections::BTreeMap;
use std::ops::Deref;

/// Findings in the order in which they were found.
///
/// Only the first [`Findings::MAX_PER_CODE`] of each code are stored. The others are counted, so that a dataset with millions of
/// faults does not need gigabytes of memory, and is never taken for a valid one.
///
/// ```
/// use factloom::diagnostic::{Code, FileId, Finding, Findings, Location};
///
/// let finding = Finding::new(Code::UnknownEntity, FileId(0), Location::File, "unknown entity `mil`");
/// let findings: Findings = std::iter::repeat_n(finding, Findings::MAX_PER_CODE + 2).collect();
/// assert_eq!(findings.len(), Findings::MAX_PER_CODE);
/// assert_eq!(findings.unstored().count(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    stored: Vec<Finding>,
    counts: BTreeMap<Code, Count>,
    /// The file whose findings are stored; `None` for all files.
    focus: Option<FileId>,
}

/// The findings of a code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    stored: usize,
    unstored: usize,
    /// How many are about other files than the one in focus.
    elsewhere: usize,
    /// The file of the first finding that was not stored.
    file: Option<FileId>,
}

impl Findings {
    /// How many findings of each code are stored.
    pub const MAX_PER_CODE: usize = 10_000;

    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty list that stores only the findings about a file, and conflicts, which concern several. Others are counted.
    pub(crate) fn about(file: FileId) -> Self {
        Self { focus: Some(file), ..Self::default() }
    }

    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        if self.is_elsewhere(finding.code, finding.file) {
            self.count(finding.code, finding.file, 1);
            return;
        }
        let count = self.counts.entry(finding.code).or_default();
        if count.stored < Self::MAX_PER_CODE {
            count.stored += 1;
            self.stored.push(finding);
        } else {
            self.count(finding.code, finding.file, 1);
        }
    }

    /// Counts findings of a code without storing them.
    pub fn count(&mut self, code: Code, file: FileId, number: usize) {
        let is_elsewhere = self.is_elsewhere(code, file);
        let count = self.counts.entry(code).or_default();
        if is_elsewhere {
            count.elsewhere += number;
        } else {
            count.unstored += number;
            count.file.get_or_insert(file);
        }
    }

    fn is_elsewhere(&self, code: Code, file: FileId) -> bool {
        self.focus.is_some_and(|focus| focus != file && code != Code::Conflict)
    }

    /// Whether another finding of a code would not be stored.
    pub fn is_full(&self, code: Code) -> bool {
        self.counts.get(&code).is_some_and(|count| count.stored >= Self::MAX_PER_CODE)
    }

    /// Whether there were more findings of a code than are stored.
    pub(crate) fn has_unstored(&self, code: Code) -> bool {
        self.counts.get(&code).is_some_and(|count| count.unstored > 0)
    }

    /// Adds all findings of another list, and leaves it empty.
    pub fn append(&mut self, other: &mut Self) {
        let Self { stored, counts, focus: _ } = std::mem::take(other);
        self.add_unstored(&counts);
        self.extend(stored);
    }

    /// Adds copies of all findings of another list.
    pub fn extend_from(&mut self, other: &Self) {
        self.add_unstored(&other.counts);
        self.extend(other.stored.iter().cloned());
    }

    fn add_unstored(&mut self, counts: &BTreeMap<Code, Count>) {
        for (code, Count { unstored, elsewhere, file, .. }) in counts {
            if let Some(file) = file {
                self.count(*code, *file, *unstored);
            }
            if *elsewhere > 0 {
                self.counts.entry(*code).or_default().elsewhere += elsewhere;
            }
        }
    }

    /// Removes all findings with other codes.
    pub fn retain_codes(&mut self, is_retained: impl Fn(Code) -> bool) {
        self.stored.retain(|finding| is_retained(finding.code));
        self.counts.retain(|code, _| is_retained(*code));
    }

    /// Removes the stored findings for which a function returns something, and returns both.
    pub(crate) fn extract_stored<T>(&mut self, mut extract: impl FnMut(&Finding) -> Option<T>) -> Vec<(Finding, T)> {
        let mut extracted = Vec::new();
        for finding in std::mem::take(&mut self.stored) {
            match extract(&finding) {
                Some(found) => extracted.push((finding, found)),
                None => self.stored.push(finding),
            }
        }
        for (finding, _) in &extracted {
            if let Some(count) = self.counts.get_mut(&finding.code) {
                count.stored -= 1;
            }
        }
        self.counts.retain(|_, count| count.stored + count.unstored + count.elsewhere > 0);
        extracted
    }

    /// Removes all findings that are not errors.
    #[must_use]
    pub fn errors(mut self) -> Self {
        self.retain_codes(|code| code.severity() == Severity::Error);
        self
    }

    /// The number of errors about other files than the one in focus.
    pub(crate) fn errors_elsewhere(&self) -> usize {
        let errors = self.counts.iter().filter(|(code, _)| code.severity() == Severity::Error);
        errors.map(|(_, count)| count.elsewhere).sum()
    }

    /// Whether there is an error.
    pub fn has_errors(&self) -> bool {
        self.counts.iter().any(|(code, _)| code.severity() == Severity::Error)
    }

    /// The number of findings with a severity under a policy, whether stored or not.
    pub fn total(&self, severity: Severity, policy: &Policy) -> usize {
        let counts = self.counts.iter().filter(|(code, _)| policy.severity(**code) == Some(severity));
        counts.map(|(_, count)| count.stored + count.unstored + count.elsewhere).sum()
    }

    /// For each code with findings that were not stored, a finding that gives their number.
    pub fn unstored(&self) -> impl Iterator<Item = Finding> {
        self.counts.iter().filter_map(|(code, count)| {
            let message = match count.unstored {
                1 => format!("1 more finding of `{code}` is not shown"),
                number => format!("{number} more findings of `{code}` are not shown"),
            };
            let finding = Finding::new(*code, count.file?, Location::File, message);
            Some(finding.help("correct those that are shown, then run the check again"))
        })
    }

    /// Removes all findings.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// The stored findings, to change their locations.
    pub(crate) fn stored_mut(&mut self) -> &mut [Finding] {
        &mut self.stored
    }
}

impl Deref for Findings {
    type Target = [Finding];

    /// The stored findings.
    fn deref(&self) -> &[Finding] {
        &self.stored
    }
}

impl Extend<Finding> for Findings {
    fn extend<I: IntoIterator<Item = Finding>>(&mut self, findings: I) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }
}

impl FromIterator<Finding> for Findings {
    fn from_iter<I: IntoIterator<Item = Finding>>(findings: I) -> Self {
        let mut all = Self::new();
        all.extend(findings);
        all
    }
}

impl IntoIterator for Findings {
    type Item = Finding;
    type IntoIter = std::vec::IntoIter<Finding>;

    /// The stored findings.
    fn into_iter(self) -> Self::IntoIter {
        self.stored.into_iter()
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Finding;
    type IntoIter = std::slice::Iter<'a, Finding>;

    /// The stored findings.
    fn into_iter(self) -> Self::IntoIter {
        self.stored.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(code: Code, file: u32) -> Finding {
        Finding::new(code, FileId(file), Location::File, "")
    }

    #[test]
    fn only_findings_about_the_file_in_focus_are_stored() {
        let mut findings = Findings::about(FileId(1));
        findings.extend(std::iter::repeat_n(finding(Code::UnknownEntity, 2), Findings::MAX_PER_CODE + 5));
        findings.push(finding(Code::UnknownEntity, 1));
        findings.push(finding(Code::Conflict, 2));
        let mut more = Findings::new();
        more.count(Code::UnknownEntity, FileId(3), 2);
        findings.append(&mut more);
        assert_eq!((findings.len(), findings.unstored().count()), (2, 0));
        assert_eq!(findings.errors_elsewhere(), Findings::MAX_PER_CODE + 7);
        assert_eq!(findings.total(Severity::Error, &Policy::default()), Findings::MAX_PER_CODE + 8);
    }

    #[test]
    fn findings_beyond_the_limit_are_counted_by_code() {
        let many = Findings::MAX_PER_CODE + 5;
        let mut findings: Findings = std::iter::repeat_n(finding(Code::UnknownEntity, 1), many).collect();
        findings.push(finding(Code::UnusedEntity, 2));
        let mut more: Findings = std::iter::repeat_n(finding(Code::UnknownEntity, 3), many).collect();
        assert!(more.is_full(Code::UnknownEntity) && !findings.is_full(Code::UnusedEntity));
        findings.extend_from(&more);
        findings.append(&mut more);
        assert_eq!((findings.len(), more.len()), (Findings::MAX_PER_CODE + 1, 0));
        let policy = Policy::default();
        assert_eq!(findings.total(Severity::Error, &policy), 3 * many);
        assert_eq!(findings.total(Severity::Warning, &policy), 1);
        let unstored: Vec<Finding> = findings.unstored().collect();
        assert_eq!((unstored.len(), unstored[0].file), (1, FileId(1)));
        assert_eq!(unstored[0].message, "20015 more findings of `unknown-entity` are not shown");
        assert!(findings.has_errors());
        findings.retain_codes(|code| code == Code::UnusedEntity);
        assert_eq!((findings.len(), findings.unstored().count()), (1, 0));
        assert!(!findings.has_errors());
    }
}
