//! Git revisions that arguments name.

use super::failure::Failure;
use crate::dataset::{DatasetRoot, MANIFEST};
use crate::files::{GitError, PathScope, Repository};
use std::path::Path;

/// Two revisions, or a revision and the working tree.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Revisions {
    from: String,
    /// `None` for the working tree.
    to: Option<String>,
    /// Whether to compare `to` with the merge base of the two, instead of with `from`.
    from_merge_base: bool,
}

impl Revisions {
    /// Parses `FROM..TO`, `FROM...TO` and `FROM`. As in Git, an omitted side is `HEAD`.
    pub(super) fn parse(text: &str) -> Self {
        let or_head = |side: &str| if side.is_empty() { "HEAD".to_owned() } else { side.to_owned() };
        let (sides, from_merge_base) = match text.split_once("...") {
            Some(sides) => (Some(sides), true),
            None => (text.split_once(".."), false),
        };
        match sides {
            Some((from, to)) => Self { from: or_head(from), to: Some(or_head(to)), from_merge_base },
            None => Self { from: or_head(text), to: None, from_merge_base },
        }
    }

    /// The dataset at both revisions; `None` for the working tree.
    pub(super) fn open(&self, root: &DatasetRoot) -> Result<(DatasetRoot, Option<DatasetRoot>), Failure> {
        let repository = repository_of(root)?;
        let to = self.to.as_deref().map(|to| Ok::<_, GitError>((to, repository.commit(to)?))).transpose()?;
        let mut from = repository.commit(&self.from)?;
        if let (true, Some((to, commit))) = (self.from_merge_base, &to) {
            from = repository.merge_base(&from, commit)?.ok_or_else(|| {
                let message = format!("`{}` and `{to}` have no common commit", self.from);
                Failure::new(message).help(format!("compare the revisions directly with --rev {}..{to}", self.from))
            })?;
        }
        let name = if self.from_merge_base { from.get(..12).unwrap_or(&from) } else { &self.from };
        let before = dataset_at(&repository, &from, name)?;
        let after = to.map(|(to, commit)| dataset_at(&repository, &commit, to)).transpose()?;
        Ok((before, after))
    }
}

/// The dataset at a commit.
fn dataset_at(repository: &Repository, commit: &str, name: &str) -> Result<DatasetRoot, Failure> {
    let root = repository.at_commit(commit, name)?;
    if root.matching(MANIFEST, PathScope::Inside).is_ok_and(|found| found.is_empty()) {
        let manifest = Path::new(repository.dataset()).join(MANIFEST);
        let message = format!("no `{}` at the git revision `{name}`", manifest.display());
        return Err(Failure::new(message).help("name a revision that contains the dataset, or commit it first"));
    }
    Ok(root)
}

fn repository_of(root: &DatasetRoot) -> Result<Repository, Failure> {
    let directory = root.directory().ok_or_else(|| {
        Failure::new("the bundled example is not in a git repository").help("name a dataset with --dataset DIR")
    })?;
    Ok(Repository::containing(directory)?)
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        let help = match &error {
            GitError::Run(_) => "install Git, or compare two directories with `factloom diff OLD NEW`",
            GitError::NoRepository(_) | GitError::Limit(_) => "compare two directories with `factloom diff OLD NEW`",
            GitError::UnknownRevision(_) => "name a branch, a tag or a commit; `git log --oneline` lists commits",
            GitError::OtherOwner(root) => {
                let root = root.display();
                let help = format!("if you trust it, run `git config --global --add safe.directory {root}`");
                return Self::new(error.to_string()).help(help);
            }
            GitError::Foreign(_) => "clone it without --shared and --reference, or compare two directories",
            GitError::Unreadable(_) => "run `git fsck` in the repository",
        };
        Self::new(error.to_string()).help(help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_omitted_side_is_head() {
        let parse = |text| {
            let Revisions { from, to, from_merge_base } = Revisions::parse(text);
            (from, to.unwrap_or_default(), from_merge_base)
        };
        let revisions = |from: &str, to: &str, merge_base| (from.to_owned(), to.to_owned(), merge_base);
        assert_eq!(parse("main..HEAD"), revisions("main", "HEAD", false));
        assert_eq!(parse("main...topic"), revisions("main", "topic", true));
        assert_eq!(parse("main.."), revisions("main", "HEAD", false));
        assert_eq!(parse("...topic"), revisions("HEAD", "topic", true));
        assert_eq!(parse("v1.0"), revisions("v1.0", "", false));
    }
}
