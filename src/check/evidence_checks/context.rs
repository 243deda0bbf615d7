//! The words directly before, between and after the parts of a quote.

use super::cues::{Cue, Cues, Doubt};
use super::words::{Word, WordForms, last_words, words};
use crate::model::floor_char_boundary;
use std::ops::Range;

/// A cue that a quote omits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OmittedCue {
    pub doubt: Doubt,
    /// The words of the cue, and those between it and the quote.
    pub words: String,
    pub location: CueLocation,
}

/// Where an omitted cue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check) enum CueLocation {
    BeforeQuote,
    Ellipsis,
}

/// How many words before a part may contain the end of a cue.
const WINDOW: usize = 3;

/// How many words before a part are read, as a cue has several.
const MAX_BEFORE: usize = 6;

/// How many words of a part are read: a cue may end in it.
const MAX_AFTER: usize = 3;

/// How many words after a quote are read for a contrast.
const MAX_CONTRAST: usize = 6;

/// The longest ellipsis that is searched as a whole, in words.
const SHORT_ELLIPSIS: usize = 4;

/// How many bytes before and after a part are read.
const MAX_BYTES: usize = 400;

/// The first cue that the parts of a quote at some bytes of a text omit. `paragraph` is where the paragraph of the first part starts.
/// Takes constant time for each part.
pub(super) fn omitted_cue(text: &str, parts: &[Range<usize>], paragraph: usize, cues: &Cues) -> Option<OmittedCue> {
    for (number, part) in parts.iter().enumerate() {
        let location = if number == 0 { CueLocation::BeforeQuote } else { CueLocation::Ellipsis };
        let floor = if number == 0 { paragraph } else { parts[number - 1].end };
        let before =
            text.get(floor.max(floor_char_boundary(text, part.start.saturating_sub(MAX_BYTES)))..part.start)?;
        let after = &text[part.start..floor_char_boundary(text, part.end.min(part.start + MAX_BYTES))];
        let found = match location {
            CueLocation::Ellipsis => {
                // What ends with another sentence does not affect this one.
                let before = last_sentence(before);
                in_short_ellipsis(before, after, cues).or_else(|| before_part(before, after, cues))
            }
            CueLocation::BeforeQuote => before_part(before, after, cues),
        };
        if let Some((doubt, words)) = found {
            return Some(OmittedCue { doubt, words, location });
        }
    }
    None
}

/// What is after the last end of a sentence.
fn last_sentence(text: &str) -> &str {
    let ends = text.rmatch_indices(['.', '!', '?', '。', '؟']).map(|(at, end)| at + end.len());
    let end =
        ends.into_iter().find(|end| text[*end..].starts_with(|c: char| c.is_whitespace() || "”’\"')".contains(c)));
    &text[end.unwrap_or_default()..]
}

/// A cue directly before a part: only white space and few words are between them, or a comma directly after the cue.
fn before_part(before: &str, after: &str, cues: &Cues) -> Option<(Doubt, String)> {
    let trimmed = before.trim_end();
    if let Some(clause) = trimmed.strip_suffix(',') {
        let all = ordered_last_words(clause);
        let forms: Vec<WordForms<'_>> = all.iter().map(|word| WordForms::new(word.text)).collect();
        let is_before_comma = |cue: &Cue| cue.has_comma && (cue.is_open || cue.start + cue.length == all.len());
        let found = first_by_doubt(cues.omitted.find(&forms), is_before_comma)?;
        return Some((found.doubt, trimmed[all[found.start].start..].to_owned()));
    }
    let all = ordered_last_words(before);
    if all.is_empty() {
        return None;
    }
    let forms: Vec<WordForms<'_>> =
        all.iter().copied().chain(first_words(after, MAX_AFTER)).map(|word| WordForms::new(word.text)).collect();
    let is_close = |cue: &Cue| {
        let between = forms.get(cue.start + cue.length..all.len()).unwrap_or_default();
        let counted =
            || between.iter().filter(|word| cues.fillers.longest_at(std::slice::from_ref(word)).is_none()).count();
        cue.start < all.len() && !cue.has_comma && between.len() < WINDOW && counted() <= 1
    };
    let found = first_by_doubt(cues.omitted.find(&forms), is_close)?;
    Some((found.doubt, before[all[found.start].start..].trim_end().to_owned()))
}

/// The cue with the first doubt that is closest to the quote.
fn first_by_doubt(found: Vec<Cue>, is_match: impl Fn(&Cue) -> bool) -> Option<Cue> {
    let matching: Vec<Cue> = found.into_iter().filter(is_match).collect();
    Doubt::ALL.iter().find_map(|doubt| {
        let of_doubt = matching.iter().filter(|cue| cue.doubt == *doubt);
        of_doubt.max_by_key(|cue| cue.start).copied()
    })
}

/// The last words before a part, in their order.
fn ordered_last_words(text: &str) -> Vec<Word<'_>> {
    let mut all = last_words(text, MAX_BEFORE);
    all.reverse();
    all
}

/// A cue anywhere in a short ellipsis.
fn in_short_ellipsis(omitted: &str, after: &str, cues: &Cues) -> Option<(Doubt, String)> {
    let mut all: Vec<Word<'_>> = words(omitted).take(SHORT_ELLIPSIS + 1).collect();
    let count = all.len();
    if count > SHORT_ELLIPSIS {
        return None;
    }
    all.extend(first_words(after, MAX_AFTER));
    let forms: Vec<WordForms<'_>> = all.iter().map(|word| WordForms::new(word.text)).collect();
    let found = first_by_doubt(cues.omitted.find(&forms), |cue| cue.start < count && !cue.has_comma)?;
    Some((found.doubt, omitted.trim().to_owned()))
}

/// The first words of a text, up to one that other characters than white space separate from the words before it.
fn first_words(text: &str, limit: usize) -> impl Iterator<Item = Word<'_>> {
    words(text).take_while(|word| word.follows_directly).take(limit)
}

/// The words after a quote that restrict it. `sentence_end` is where its sentence ends.
pub(super) fn contrast(text: &str, quote_end: usize, sentence_end: usize, cues: &Cues) -> Option<String> {
    let end = floor_char_boundary(text, sentence_end.min(quote_end + MAX_BYTES));
    let rest = text.get(quote_end..end)?;
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || ",;:(–—-”’\"'".contains(c));
    let after: Vec<Word<'_>> = first_words(rest, MAX_CONTRAST).collect();
    if after.first()?.start > 0 {
        return None;
    }
    let forms: Vec<WordForms<'_>> = after.iter().map(|word| WordForms::new(word.text)).collect();
    let length = cues.contrasts.longest_at(&forms)?;
    Some(rest[..after[length - 1].range().end].to_owned())
}

/// The words in a quote that make it uncertain.
pub(super) fn hedge(text: &str, parts: &[Range<usize>], cues: &Cues) -> Option<String> {
    parts.iter().find_map(|part| {
        let part = text.get(part.clone())?;
        let all: Vec<Word<'_>> = words(part).collect();
        let forms: Vec<WordForms<'_>> = all.iter().map(|word| WordForms::new(word.text)).collect();
        (0..all.len()).find_map(|start| {
            let length = cues.hedges.longest_at(&forms[start..])?;
            if cues.omitted.is_exception(&forms[start..]) {
                return None;
            }
            Some(part[all[start].start..all[start + length - 1].range().end].to_owned())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::cues::AllCues;
    use super::*;

    /// The byte ranges of the parts of a quote, in their order.
    fn find(text: &str, quote: &str) -> Vec<Range<usize>> {
        let mut at = 0;
        let parts = quote.split(" … ").map(|part| {
            let start = at + text[at..].find(part).unwrap();
            at = start + part.len();
            start..at
        });
        parts.collect()
    }

    fn omitted(text: &str, quote: &str) -> Option<(Doubt, String)> {
        let cue = omitted_cue(text, &find(text, quote), 0, AllCues::built_in().get("en").unwrap())?;
        Some((cue.doubt, cue.words))
    }

    #[test]
    fn an_omitted_negation_is_found() {
        for (text, quote, words) in [
            ("UNIX is not open source", "UNIX is … open source", "not"),
            ("They did not build the mill", "build the mill", "not"),
            ("They didn’t really build the mill", "build the mill", "didn’t really"),
            ("It has never been able to sell steel", "able to sell steel", "never been"),
            ("They failed to build the mill", "build the mill", "failed to"),
            ("They failed to build the mill", "to build the mill", "failed"),
            ("No mill was built there", "mill was built", "No"),
            ("He denied that Russia helped", "Russia helped", "denied that"),
            ("They did NOT build the mill", "build the mill", "NOT"),
            ("They did n\u{AD}ot build the mill", "build the mill", "n\u{AD}ot"),
            ("They did **not** build the mill", "build the mill", "not**"),
            ("They have yet to build the mill", "build the mill", "yet to"),
            ("No one believes that Russia helped", "Russia helped", "No one believes that"),
            ("Rather than build the mill, they left", "build the mill", "Rather than"),
            ("It was, however, not at all and in no way built by them", "It was … built by them", "no way"),
        ] {
            assert_eq!(omitted(text, quote), Some((Doubt::Negation, words.to_owned())), "{text}");
        }
        for (text, quote) in [
            ("It was not only built there", "built there"),
            ("It did not, he said, matter: they built it", "they built it"),
            ("They do not sell much of the steel there", "steel there"),
            ("It is not known. They built it", "They built it"),
            ("It was built, and it was not for the long run that they sold it", "It was built … they sold it"),
            ("They built it", "They built it"),
            ("The knot held", "held"),
            ("It opened. It was not easy. They sold steel.", "It opened. … They sold steel."),
            ("There is no doubt that they built it", "they built it"),
            ("They never failed to build it", "build it"),
            ("In no time they built it", "they built it"),
            ("They did not know that Russia helped", "Russia helped"),
            ("They had a dispute over the mill", "the mill"),
        ] {
            assert_eq!(omitted(text, quote), None, "{text}");
        }
    }

    #[test]
    fn an_omitted_possibility_or_attribution_is_found() {
        for (text, quote, expected) in [
            ("Russia would build the mill", "build the mill", Some(Doubt::Possibility)),
            ("Russia would later build the mill", "build the mill", None),
            ("In May 1973 they built it", "1973 they built it", None),
            ("They planned to build the mill", "build the mill", Some(Doubt::Possibility)),
            ("They planned the mill", "the mill", None),
            ("It was due to the war", "the war", None),
            ("It closed due to war", "war", None),
            ("It was due to open soon", "open soon", Some(Doubt::Possibility)),
            ("Perhaps they built it", "they built it", Some(Doubt::Possibility)),
            ("They allegedly built it", "built it", Some(Doubt::Attribution)),
            ("He claimed that they built it", "they built it", Some(Doubt::Attribution)),
            ("He claimed the prize", "the prize", None),
            ("Allegedly, they built it", "they built it", Some(Doubt::Attribution)),
            ("According to the mayor, they built it", "they built it", Some(Doubt::Attribution)),
            ("Perhaps, they built it", "they built it", Some(Doubt::Possibility)),
            ("If so, they built it", "they built it", None),
            ("His last will gave it away", "gave it away", None),
            ("Will Smith left", "Smith left", None),
            ("He was said to have built it", "built it", Some(Doubt::Attribution)),
        ] {
            assert_eq!(omitted(text, quote).map(|(doubt, _)| doubt), expected, "{text}");
        }
    }

    #[test]
    fn a_contrast_directly_after_the_quote_is_found() {
        for (text, quote, expected) in [
            ("It helped adults, but not children.", "It helped adults", Some("but not")),
            ("It helped adults (except smokers).", "It helped adults", Some("except")),
            ("It helped adults. Except smokers.", "It helped adults", None),
            ("It helped adults, and not only here.", "It helped adults", None),
        ] {
            let cues = AllCues::built_in().get("en").unwrap();
            let sentence_end = text.find('.').unwrap();
            let found = contrast(text, find(text, quote)[0].end, sentence_end, cues);
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_hedge_in_the_quote_is_found() {
        let cues = AllCues::built_in().get("en").unwrap();
        let text = "It may have helped. It did.";
        assert_eq!(hedge(text, &[0..18], cues).as_deref(), Some("may have"));
        assert_eq!(hedge("In May it helped.", &[0..16], cues), None);
        assert_eq!(hedge("Perhaps it helped.", &[0..17], cues).as_deref(), Some("Perhaps"));
        assert_eq!(hedge(text, &[20..26], cues), None);
    }
}
