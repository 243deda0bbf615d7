//! The matches of a quote in a text, in their order.

use super::super::boundary::{Cut, Side, cut};
use super::super::patterns::{InternedPattern, MAX_PATTERNS};
use super::{Exhausted, MATCH_STEPS_PER_QUOTE, Part, PartMatch, Search};

/// The matches of a quote.
pub(super) struct Matches<'a> {
    pub(super) search: &'a Search<'a>,
    /// The parts of the quote; one without an ellipsis.
    pub(super) parts: &'a [Part],
    pub(super) prefix: Option<&'a InternedPattern>,
    pub(super) suffix: Option<&'a InternedPattern>,
    /// Whether a match must be in one paragraph.
    pub(super) in_paragraph: bool,
    /// The worst cut that a match may have.
    pub(super) allowed: Option<Cut>,
    /// Where the next match may start.
    pub(super) from: usize,
    pub(super) steps: usize,
}

impl Matches<'_> {
    /// The first matches, at most `limit`.
    pub(super) fn first(&mut self, limit: usize) -> Result<Vec<Vec<PartMatch>>, Exhausted> {
        let mut found = Vec::new();
        while found.len() < limit {
            let Some(next) = self.next()? else { break };
            found.push(next);
        }
        Ok(found)
    }

    /// The match with a number, counted from 1. `resumed` has where the search goes on after each match that is known from searches
    /// for other numbers, so that each match is searched for once.
    pub(super) fn nth(&mut self, number: u32, resumed: &mut Vec<usize>) -> Result<Option<Vec<PartMatch>>, Exhausted> {
        let Some(before) = number.checked_sub(1).map(|before| before as usize) else { return Ok(None) };
        if let Some(from) = resumed.len().min(before).checked_sub(1).map(|last| resumed[last]) {
            self.from = from;
        }
        while resumed.len() < before {
            if self.next()?.is_none() {
                return Ok(None);
            }
            resumed.push(self.from);
        }
        self.next()
    }

    /// The next match: in the order of the text, each occurrence of the first part, with the nearest occurrence of each further part
    /// in the paragraph.
    ///
    /// If the next occurrence of a further part is in a later paragraph, the search continues there, so that a rare part
    /// bounds the work.
    fn next(&mut self) -> Result<Option<Vec<PartMatch>>, Exhausted> {
        let folded = self.search.folded;
        'starts: while let Some(first) = self.next_start()? {
            let paragraph_end = folded.paragraph_end(first.range.start);
            let from = first.at + 1;
            self.from = from;
            if self.in_paragraph && first.range.end > paragraph_end {
                continue;
            }
            let mut found = vec![first];
            for part in &self.parts[1..] {
                let end = found[found.len() - 1].range.end;
                let Some(mut next) = self.next_part(part, end)? else { return Ok(None) };
                if next.range.start < end {
                    // It would share a hyphen with the part before it.
                    let Some(other) = self.next_part(part, next.at + 1)? else { return Ok(None) };
                    next = other;
                }
                if self.in_paragraph && next.range.end > paragraph_end {
                    self.from = folded.paragraph_start(next.range.start).max(from);
                    continue 'starts;
                }
                found.push(next);
            }
            if self.precedes_suffix(found[found.len() - 1].range.end)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The next occurrence of the first part that follows the prefix.
    fn next_start(&mut self) -> Result<Option<PartMatch>, Exhausted> {
        let (text, mut from) = (self.search.folded.text(), self.from);
        loop {
            let Some(first) = self.next_part(&self.parts[0], from)? else { return Ok(None) };
            let Some(prefix) = self.prefix else { return Ok(Some(first)) };
            // The prefix ends before the start, or before the space before it.
            let end = text[..first.range.start].trim_end_matches(' ').len();
            let mut next = end.saturating_sub(prefix.max_length());
            loop {
                let Some(found) = self.next_occurrence(prefix, next)? else { return Ok(None) };
                match self.search.text.matched(prefix, found) {
                    Some(matched) if matched.end == end => return Ok(Some(first)),
                    _ if found + prefix.length > end => {
                        // The rarer of the two determines the number of steps.
                        from = (found + prefix.length).max(first.at + 1);
                        break;
                    }
                    _ => next = found + 1,
                }
            }
        }
    }

    fn precedes_suffix(&mut self, end: usize) -> Result<bool, Exhausted> {
        let Some(suffix) = self.suffix else { return Ok(true) };
        let after = self.search.folded.text()[end..].trim_start_matches(' ');
        let start = self.search.folded.text().len() - after.len();
        let found = self.next_occurrence(suffix, start)?;
        let matched = found.and_then(|found| self.search.text.matched(suffix, found));
        Ok(matched.is_some_and(|matched| matched.start == start))
    }

    /// The next occurrence of a part whose cuts are allowed.
    fn next_part(&mut self, part: &Part, mut from: usize) -> Result<Option<PartMatch>, Exhausted> {
        loop {
            if let [only] = &part.0[..] {
                let Some(at) = self.next_occurrence(only, from)? else { return Ok(None) };
                match self.accept(only, at) {
                    None => from = at + 1,
                    found => return Ok(found),
                }
                continue;
            }
            let mut first = usize::MAX;
            let mut positions: [Option<usize>; MAX_PATTERNS] = [None; MAX_PATTERNS];
            for (at, pattern) in positions.iter_mut().zip(&part.0) {
                *at = self.next_occurrence(pattern, from)?;
                first = first.min(at.unwrap_or(usize::MAX));
            }
            if first == usize::MAX {
                return Ok(None);
            }
            let here = part.0.iter().zip(positions).filter(|(_, at)| *at == Some(first));
            for (pattern, _) in here {
                if let Some(found) = self.accept(pattern, first) {
                    return Ok(Some(found));
                }
            }
            from = first + 1;
        }
    }

    /// An occurrence of a pattern, if its hyphens, its end and its cuts are allowed.
    fn accept(&self, pattern: &InternedPattern, at: usize) -> Option<PartMatch> {
        let Search { text, folded, .. } = self.search;
        let range = text.matched(pattern, at)?;
        if pattern.changes.full_stop && changes_number(folded.text(), range.end) {
            return None;
        }
        let cuts = cut(folded, range.start, Side::Start).max(cut(folded, range.end, Side::End));
        (cuts <= self.allowed).then_some(PartMatch { range, at, changes: pattern.changes })
    }

    /// The next occurrence of the string of a pattern. Its hyphens may differ.
    fn next_occurrence(&mut self, pattern: &InternedPattern, from: usize) -> Result<Option<usize>, Exhausted> {
        let (found, steps) = self.search.occurrences.next(pattern.needle, from);
        let steps = steps + pattern.hyphens();
        self.steps += steps;
        if self.steps > MATCH_STEPS_PER_QUOTE {
            let left = self.search.steps.get().checked_sub(steps).ok_or(Exhausted)?;
            self.search.steps.set(left);
        }
        Ok(found)
    }
}

/// Whether a full stop at a byte in place of what follows may change a number: `5.` is not `5 %`, `5 000` or a fraction of 5.
fn changes_number(text: &str, end: usize) -> bool {
    let after = &text[end..];
    let continues = |rest: &str| rest.starts_with(char::is_numeric) && text[..end].ends_with(char::is_numeric);
    after.starts_with(|c: char| c.is_numeric() || matches!(c, '%' | '‰' | '°'))
        || after.strip_prefix(' ').is_some_and(continues)
}
