//! Warnings about quotes that were found but differ from the text.

use super::boundary::is_word_character;
use super::closest_passage::Passages;
use super::difference_kind::shortened;
use super::explain::{Draft, unlocated};
use super::ground::Alteration;
use crate::dataset::Source;
use crate::diagnostic::Code;
use crate::escape::text_fragment::is_line_end;
use crate::model::Span;

/// The code of the warning about an alteration.
pub(super) fn code_of_alteration(alteration: &Alteration) -> Code {
    match alteration {
        Alteration::CutsWord(_) => Code::QuoteCutsWord,
        Alteration::FirstLetterCase(_) => Code::QuoteChangesCase,
        Alteration::AddedFullStop(_) => Code::QuoteAddsFullStop,
    }
}

/// The warnings about a quote that was found at a span with alterations.
pub(super) fn warn(source: &Source, span: &Span, alterations: &[Alteration], passages: &Passages<'_>) -> Vec<Draft> {
    let corrected = |alteration: &Alteration| match alteration {
        Alteration::CutsWord(whole) => passages.words(whole),
        Alteration::FirstLetterCase(_) | Alteration::AddedFullStop(_) => passages.words(span),
    };
    // All are corrected at once, with whole words if a word is cut.
    let proposed = alterations.last().map(corrected).unwrap_or_default();
    let name = |part: usize| match span.parts().len() {
        1 => "the quote".to_owned(),
        _ => format!("part {} of the quote", part + 1),
    };
    let finding = |alteration: &Alteration| match alteration {
        Alteration::CutsWord(whole) => {
            let uncut = |(whole, part): (&std::ops::Range<u32>, &std::ops::Range<u32>)| {
                let text = passages.slice(whole.clone());
                let word = match whole.start < part.start {
                    true => {
                        let omitted = passages.slice(whole.start..part.start).len();
                        let rest = &text[omitted..];
                        &text[..omitted + rest.find(char::is_whitespace).unwrap_or(rest.len())]
                    }
                    false => {
                        let rest = passages.slice(whole.start..part.end);
                        &text[rest.rfind(char::is_whitespace).unwrap_or(0)..]
                    }
                };
                (whole != part).then(|| word.to_owned())
            };
            let word = whole.parts().iter().zip(span.parts()).find_map(uncut).unwrap_or_default();
            let word = word.trim_matches(|c: char| !is_word_character(c));
            let word = match word.contains(is_line_end) {
                true => shortened(&passages.on_one_line(word)),
                false => shortened(word),
            };
            unlocated(Code::QuoteCutsWord, format!("the quote cuts the word `{word}` in `{}`", source.id))
                .label("begins or ends inside a word")
        }
        Alteration::FirstLetterCase(part) => {
            let text = span.parts().get(*part).map_or("", |part| passages.slice(part.clone()));
            let word = text.split(|c| !is_word_character(c)).find(|word| !word.is_empty()).unwrap_or(text);
            let (word, quote) = (shortened(word), name(*part));
            let message = format!("{quote} begins with another letter case than `{word}` in `{}`", source.id);
            unlocated(Code::QuoteChangesCase, message).label("the case of the first letter differs")
        }
        Alteration::AddedFullStop(part) => {
            let end = span.parts().get(*part).map_or(span.end(), |part| part.end);
            let continuation = passages.continuation(end).trim();
            let message = format!("{} ends with a full stop that is not in `{}`", name(*part), source.id);
            let finding = unlocated(Code::QuoteAddsFullStop, message);
            match continuation {
                "" => finding.label("the line ends without a full stop"),
                _ => finding.label(format!("the text goes on `{continuation}`")),
            }
        }
    };
    let draft =
        |alteration| Draft::new(finding(alteration), vec![proposed.clone()], "copy the words from the source").only();
    alterations.iter().map(draft).collect()
}
