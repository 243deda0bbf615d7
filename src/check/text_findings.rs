//! The findings about the texts of sources: unreadable, missing, empty and changed ones, and those with an outdated lock.

use super::evidence::{LockStatus, TextProblem};
use super::lock::LockedSource;
use crate::dataset::{Dataset, LOCK, Source, SourceText};
use crate::diagnostic::{Code, FileId, Finding, Fix, Location};
use rustc_hash::FxHashSet;

/// What was found out about the quotes from a source. Equal quotes count once.
#[derive(Default)]
pub(super) struct QuoteTally {
    hashes: FxHashSet<u64>,
    /// The quotes that were found and are in the lock.
    locked: usize,
    /// Those of them that are elsewhere in the text.
    moved: usize,
    /// Those of them whose sentences have other words.
    other_sentence: QuoteLocations,
    lost: QuoteLocations,
    has_lost_locked: bool,
}

/// What was found out about a quote.
#[derive(Clone, Copy)]
pub(super) enum QuoteStatus {
    Found(LockStatus),
    Lost { is_locked: bool },
}

/// The number of some quotes, and the locations of the first ones.
#[derive(Default)]
struct QuoteLocations {
    count: usize,
    first: Vec<(FileId, Location)>,
}

/// How many quotes a finding about their source shows.
const MAX_SHOWN: usize = 5;

impl QuoteLocations {
    fn add(&mut self, location: impl FnOnce() -> (FileId, Location)) {
        self.count += 1;
        if self.first.len() < MAX_SHOWN {
            self.first.push(location());
        }
    }

    /// Adds the locations to a finding.
    fn show(&self, finding: Finding, message: &str) -> Finding {
        let (shown, all) = (self.first.len(), self.count);
        let finding = if shown < all { finding.note(format!("the first {shown} of {all} quotes:")) } else { finding };
        let add =
            |finding: Finding, (file, location): &(FileId, Location)| finding.related(message, *file, location.clone());
        self.first.iter().fold(finding, add)
    }
}

impl QuoteTally {
    /// Adds a quote with a hash.
    pub(super) fn add(&mut self, hash: u64, status: QuoteStatus, location: impl FnOnce() -> (FileId, Location)) {
        if !self.hashes.insert(hash) {
            return;
        }
        match status {
            QuoteStatus::Found(LockStatus::NotLocked) => {}
            QuoteStatus::Found(LockStatus::Same) => self.locked += 1,
            QuoteStatus::Found(LockStatus::Changed { has_moved, has_other_sentence }) => {
                self.locked += 1;
                self.moved += usize::from(has_moved);
                if has_other_sentence {
                    self.other_sentence.add(location);
                }
            }
            QuoteStatus::Lost { is_locked } => {
                self.has_lost_locked |= is_locked;
                self.lost.add(location);
            }
        }
    }
}

/// The finding about a text that was not used, if there is one.
pub(super) fn unavailable_text(
    source: &Source,
    problem: &TextProblem,
    tally: &QuoteTally,
    dataset: &Dataset,
    is_required: bool,
) -> Option<Finding> {
    let unreadable = |message| finding_at_text(source, Code::UnreadableFile, message);
    Some(match problem {
        TextProblem::TooLarge => unreadable(format!("the text of `{}` exceeds 4 GiB", source.id))
            .label("too large")
            .help("split the text into several sources"),
        TextProblem::Unreadable(message) => {
            unreadable(message.clone()).help("use a UTF-8 text file in the dataset's directory or in --source-dir")
        }
        TextProblem::Empty if tally.hashes.is_empty() => return None,
        TextProblem::Empty => {
            let quotes = match tally.hashes.len() {
                1 => "a quote".to_owned(),
                count => format!("{count} quotes"),
            };
            unreadable(format!("the text of `{}` is empty, but the dataset has {quotes} from it", source.id))
                .label("a text without words")
                .help("restore the text, or correct its path")
        }
        TextProblem::Missing => return missing_text(source, tally, dataset, is_required),
    })
}

/// The finding about a text that is named but missing. A text that may not be redistributed is expected to be missing if its quotes
/// are locked.
fn missing_text(source: &Source, tally: &QuoteTally, dataset: &Dataset, is_required: bool) -> Option<Finding> {
    let missing = format!("the text of `{}` is missing", source.id);
    let locked = match tally.hashes.len() {
        0 => missing.clone(),
        1 => format!("{missing}; its quote is locked"),
        all => format!("{missing}; its {all} quotes are locked"),
    };
    let finding = match (tally.lost.count, tally.hashes.len()) {
        (0, _) if is_required => finding_at_text(source, Code::UnreadableFile, missing),
        (0, _) if source.redistributable == Some(false) => return None,
        (0, _) => finding_at_text(source, Code::MissingText, locked),
        (lost, all) => {
            let quotes = match (lost, all) {
                (1, 1) => "its quote is not locked".to_owned(),
                _ if lost == all => format!("none of its {all} quotes is locked"),
                (1, _) => format!("1 of its {all} quotes is not locked"),
                _ => format!("{lost} of its {all} quotes are not locked"),
            };
            finding_at_text(source, Code::NotLocked, format!("{missing}, and {quotes}"))
        }
    };
    let paths = dataset.text_paths(source);
    let finding = paths.into_iter().fold(finding, |finding, path| finding.note(format!("no file `{path}`")));
    let finding = tally.lost.show(finding, "not locked").label("file not found");
    Some(finding.help("correct the path, add the file, or pass its directory with --source-dir or FACTLOOM_SOURCES"))
}

/// The finding about a lock that differs from the manifest, or from a text that has not changed.
pub(super) fn outdated_lock(source: &Source, locked: &LockedSource, has_other_length: bool) -> Option<Finding> {
    let help = "run `factloom lock`";
    if let Some(redistributable) = source.redistributable.filter(|written| *written != locked.redistributable) {
        let (file, location) = &source.location;
        let message = format!("{LOCK} has `redistributable` as {} for `{}`", locked.redistributable, source.id);
        let finding = Finding::new(Code::OutdatedLock, *file, location.member("redistributable"), message);
        return Some(finding.label(format!("the manifest has {redistributable}")).help(help));
    }
    has_other_length.then(|| {
        let message = format!("{LOCK} has another length of the text of `{}`", source.id);
        finding_at_text(source, Code::OutdatedLock, message).label("the text has not changed").help(help)
    })
}

/// The finding that the text of a source has changed although all locked quotes were found again. `None` if a locked quote
/// was lost: that is another error, which a new lock does not solve.
pub(super) fn changed_text(source: &Source, has_changed: bool, tally: &QuoteTally) -> Option<Finding> {
    if tally.has_lost_locked || !has_changed && tally.moved == 0 {
        return None;
    }
    let mut changes = match tally.locked {
        0 => Vec::new(),
        1 => vec!["the locked quote was found".to_owned()],
        locked => vec![format!("all {locked} locked quotes were found")],
    };
    match tally.moved {
        0 => {}
        1 => changes.push("1 has moved".to_owned()),
        moved => changes.push(format!("{moved} have moved")),
    }
    match tally.other_sentence.count {
        0 => {}
        1 => changes.push("the sentence of 1 has changed".to_owned()),
        several => changes.push(format!("the sentences of {several} have changed")),
    }
    let last = changes.pop();
    let changes = [changes.join(", "), last.unwrap_or_default()].join(if changes.is_empty() { "" } else { " and " });
    let (message, label) = match has_changed {
        true => (format!("the text of `{}` has changed", source.id), "differs from the locked text"),
        false => (format!("{LOCK} has other positions in `{}`", source.id), "not as in the lock"),
    };
    let message = if changes.is_empty() { message } else { format!("{message}; {changes}") };
    let finding = finding_at_text(source, Code::SourceChanged, message);
    let finding = tally.other_sentence.show(finding, "the sentence has changed");
    // If a sentence has other words, a person decides whether it still supports the statement.
    let fix = (tally.other_sentence.count == 0).then_some(Fix::Lock);
    Some(finding.label(label).help("review the change, then accept it with `factloom lock`").fix(fix))
}

/// A finding at the text of a source, or at the name of its file.
fn finding_at_text(source: &Source, code: Code, message: String) -> Finding {
    let (file, location) = &source.location;
    let member = if matches!(source.text, SourceText::Inline(_)) { "content" } else { "text" };
    Finding::new(code, *file, location.member(member), message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::DatasetRoot;

    fn source() -> Source {
        let manifest = r#"{ "base": "https://e.example/", "sources": [{ "id": "s", "text": "s.txt" }] }"#;
        Dataset::open(DatasetRoot::memory([("factloom.json", manifest)]), None).dataset.unwrap().sources.remove(0)
    }

    #[test]
    fn a_changed_text_is_reported_with_what_has_changed() {
        let (same, lost) = (QuoteStatus::Found(LockStatus::Same), QuoteStatus::Lost { is_locked: true });
        let changed =
            |has_moved, has_other_sentence| QuoteStatus::Found(LockStatus::Changed { has_moved, has_other_sentence });
        let new = QuoteStatus::Found(LockStatus::NotLocked);
        for (has_changed, statuses, expected) in [
            (false, vec![same, new], None),
            (true, vec![same, lost], None),
            (true, vec![new], Some("the text of `s` has changed")),
            (true, vec![same, new], Some("the text of `s` has changed; the locked quote was found")),
            (
                true,
                vec![changed(true, false), same],
                Some("the text of `s` has changed; all 2 locked quotes were found and 1 has moved"),
            ),
            (
                true,
                vec![changed(true, true), changed(true, true), changed(false, true)],
                Some(
                    "the text of `s` has changed; all 3 locked quotes were found, 2 have moved and the sentences of 3 have \
                     changed",
                ),
            ),
            (
                false,
                vec![changed(true, false)],
                Some("factloom.lock has other positions in `s`; the locked quote was found and 1 has moved"),
            ),
        ] {
            let mut tally = QuoteTally::default();
            for (hash, status) in (0..).zip(&statuses) {
                // Equal quotes count once.
                tally.add(hash, *status, || (FileId(0), Location::File));
                tally.add(hash, *status, || (FileId(0), Location::File));
            }
            let finding = changed_text(&source(), has_changed, &tally);
            assert_eq!(finding.map(|finding| finding.message).as_deref(), expected);
        }
    }
    #[test]
    fn only_changed_sentences_are_shown_and_counted() {
        let changed = QuoteStatus::Found(LockStatus::Changed { has_moved: false, has_other_sentence: true });
        let mut tally = QuoteTally::default();
        for hash in 0..7 {
            tally.add(hash, changed, || (FileId(0), Location::File));
        }
        // A new quote that was not found has its own error.
        tally.add(7, QuoteStatus::Lost { is_locked: false }, || (FileId(1), Location::File));
        let finding = changed_text(&source(), true, &tally).unwrap();
        assert!(finding.message.ends_with("the sentences of 7 have changed"), "{}", finding.message);
        assert_eq!(finding.notes, ["the first 5 of 7 quotes:"]);
        assert_eq!(finding.related.len(), 5);
        assert!(finding.related.iter().all(|one| one.file == FileId(0) && one.message == "the sentence has changed"));
    }
}
