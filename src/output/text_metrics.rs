//! Line breaking and the widths of texts, without a font.
//!
//! Western Latin letters have the widths of Helvetica, which Arial and Liberation Sans share; those of other
//! scripts are estimates. A [`TextLine`] should be stretched to its `width` (SVG's `textLength`), so that it fits in any font.
//!
//! Invariant: the lines of a text contain all its words in order; only white space is dropped.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// Advance widths of U+0020 to U+007E in thousandths of the font size.
///
/// From Adobe's `Helvetica.afm`, <https://github.com/adobe-type-tools/Core14_AFMs>.
#[rustfmt::skip]
const ASCII: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, //  !"#$%&'()*+,-./
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, // 0123456789:;<=>?
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, // @ABCDEFGHIJKLMNO
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, // PQRSTUVWXYZ[\]^_
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, // `abcdefghijklmno
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, // pqrstuvwxyz{|}~
];

/// Advance widths of U+00A0 to U+00FF, from the same table.
#[rustfmt::skip]
const LATIN_1: [u16; 96] = [
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333, //  ¡¢£¤¥¦§¨©ª«¬-®¯
    400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611, // °±²³´µ¶·¸¹º»¼½¾¿
    667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278, // ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611, // ÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß
    556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278, // àáâãäåæçèéêëìíîï
    556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500, // ðñòóôõö÷øùúûüýþÿ
];

/// Widths of other characters in thousandths of the font size.
const OTHER_SCRIPT: u16 = 650;
const WIDE: u16 = 1000;
const EMOJI: u16 = 1300;

/// The width of bold Latin text in Helvetica by that of regular text.
const BOLD: f64 = 1.08;

/// The average width of a letter in English text, by font size.
const AVERAGE_LETTER: f64 = 0.5;

/// The distance between two baselines, by font size.
const LINE_HEIGHT: f64 = 1.2;

/// The distance from the top of a line to its baseline, by font size. Capital letters are in the middle of the line.
const BASELINE: f64 = 0.95;

/// The width of the block of a very long text by its height.
const LONG_TEXT_RATIO: f64 = 1.6;

/// The size and weight of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Font {
    /// The font size.
    pub size: f64,
    /// Whether the letters are bold.
    pub bold: bool,
}

/// A line of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextLine {
    /// The characters, without line breaks.
    pub text: String,
    /// The width for which they are measured.
    pub width: f64,
}

impl TextLine {
    fn append(&mut self, text: &str, width: f64) {
        self.text.push_str(text);
        self.width += width;
    }
}

/// A text broken into lines.
#[derive(Clone, Debug, PartialEq)]
pub struct TextBlock {
    /// The lines from top to bottom; empty for a text without visible characters.
    pub lines: Vec<TextLine>,
    /// The width of the widest line.
    pub width: f64,
    /// The height of all lines.
    pub height: f64,
    /// The font for which it is measured.
    pub font: Font,
}

impl TextBlock {
    /// Breaks `text` at its line breaks and between words into lines of at most `columns` average letters. A longer word is broken
    /// between graphemes. Lines have about the same width. A long text gets wider lines, so that its block is not a narrow column.
    ///
    /// Linear in the length of the text.
    pub fn wrap(text: &str, font: Font, columns: u16) -> Self {
        let area = width(text, font) * font.size * LINE_HEIGHT;
        let measure = (f64::from(columns) * AVERAGE_LETTER * font.size).max((area * LONG_TEXT_RATIO).sqrt());
        let words = paragraphs(text, font);
        let greedy = break_lines(&words, font, measure);
        // A narrower measure balances the lines, as long as it adds no line and breaks no word.
        let widths = words.iter().flatten().map(|word| word.width);
        let widest_word = widths.filter(|&width| width <= measure).fold(0.0, f64::max);
        let narrower = (10..20).map(|twentieths| measure * f64::from(twentieths) / 20.0);
        let balanced = narrower
            .filter(|&narrow| narrow >= widest_word)
            .map(|narrow| break_lines(&words, font, narrow))
            .find(|lines| lines.len() == greedy.len());
        Self::from_lines(balanced.unwrap_or(greedy), font)
    }

    /// Breaks `text` as [`wrap`](Self::wrap) does, but fills each line up to `width`.
    ///
    /// Linear in the length of the text.
    pub fn fill(text: &str, font: Font, width: f64) -> Self {
        Self::from_lines(break_lines(&paragraphs(text, font), font, width), font)
    }

    fn from_lines(lines: Vec<TextLine>, font: Font) -> Self {
        Self {
            width: lines.iter().map(|line| line.width).fold(0.0, f64::max),
            height: lines.len() as f64 * font.size * LINE_HEIGHT,
            lines,
            font,
        }
    }

    /// The distance of the `line`th baseline from the top of the block.
    pub fn baseline(&self, line: usize) -> f64 {
        self.font.size * (line as f64 * LINE_HEIGHT + BASELINE)
    }
}

/// The width of a text on one line.
pub fn width(text: &str, font: Font) -> f64 {
    let thousandths: f64 = text.graphemes(true).map(|g| f64::from(grapheme_width(g))).sum();
    thousandths / 1000.0 * font.size * if font.bold { BOLD } else { 1.0 }
}

struct Word<'a> {
    text: &'a str,
    width: f64,
}

/// The words of each paragraph of a text.
fn paragraphs(text: &str, font: Font) -> Vec<Vec<Word<'_>>> {
    let word = |text| Word { text, width: width(text, font) };
    let lines = text.split(is_line_break);
    lines.map(|line| line.split(is_space).filter(|word| !word.is_empty()).map(word).collect()).collect()
}

/// Fills lines of at most `measure` with the words of each paragraph. An empty paragraph has no line.
fn break_lines(paragraphs: &[Vec<Word<'_>>], font: Font, measure: f64) -> Vec<TextLine> {
    let space = width(" ", font);
    let mut lines = Vec::new();
    for paragraph in paragraphs {
        let mut line = TextLine::default();
        for word in paragraph {
            if !line.text.is_empty() {
                if line.width + space + word.width <= measure {
                    line.append(" ", space);
                } else {
                    lines.push(std::mem::take(&mut line));
                }
            }
            if word.width <= measure {
                line.append(word.text, word.width);
                continue;
            }
            for grapheme in word.text.graphemes(true) {
                let width = width(grapheme, font);
                if !line.text.is_empty() && line.width + width > measure {
                    lines.push(std::mem::take(&mut line));
                }
                line.append(grapheme, width);
            }
        }
        if !line.text.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// The width of a grapheme in thousandths of the font size.
fn grapheme_width(grapheme: &str) -> u16 {
    if grapheme.chars().any(is_emoji) {
        return EMOJI;
    }
    grapheme.chars().map(char_width).fold(0, u16::saturating_add)
}

fn char_width(c: char) -> u16 {
    let code = c as usize;
    match c {
        ' '..='~' => ASCII[code - 0x20],
        '\u{ad}' => 0,
        '\u{a0}'..='\u{ff}' => LATIN_1[code - 0xa0],
        '‘' | '’' | '‚' => 222,
        '“' | '”' | '„' => 333,
        '–' => 556,
        // Dashes and arrows, symbols and dingbats.
        '—' | '…' | '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' => 1000,
        // Ligatures of whole phrases, which unicode-width counts as one column.
        '\u{fdf0}'..='\u{fdff}' => 4000,
        _ => match c.width() {
            None | Some(0) => 0,
            Some(1) => script_width(c),
            Some(_) => WIDE,
        },
    }
}

/// The average width of a letter in the scripts of Arial. Larger values would stretch the text.
fn script_width(c: char) -> u16 {
    match c {
        '\u{100}'..='\u{24f}' | '\u{370}'..='\u{52f}' if c.is_uppercase() => 710,
        '\u{100}'..='\u{24f}' | '\u{370}'..='\u{52f}' => 560,
        '\u{590}'..='\u{5ff}' => 540,
        '\u{600}'..='\u{6ff}' => 480,
        _ => OTHER_SCRIPT,
    }
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{fe0f}' | '\u{20e3}' | '\u{1f000}'..='\u{1faff}')
}

/// Mandatory breaks of <https://www.unicode.org/reports/tr14/>, classes BK, CR, LF and NL.
fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// White space at which a line may be broken: all but the no-break spaces.
fn is_space(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const FONT: Font = Font { size: 10.0, bold: false };

    fn lines(text: &str) -> Vec<String> {
        TextBlock::wrap(text, FONT, 24).lines.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn latin_letters_have_the_widths_of_helvetica() {
        assert!((width("Steel é", FONT) - 31.13).abs() < 1e-9, "{}", width("Steel é", FONT));
    }

    #[test]
    fn combining_marks_have_no_width_and_emoji_sequences_have_that_of_one() {
        assert!((width("e\u{301}\u{302}", FONT) - width("e", FONT)).abs() < 1e-9);
        assert!((width("👩‍👩‍👧‍👦", FONT) - 13.0).abs() < 1e-9);
        assert!((width("鋼鉄", FONT) - 20.0).abs() < 1e-9);
    }

    #[test]
    fn text_is_broken_between_words_and_at_its_own_line_breaks() {
        assert_eq!(
            lines("Special Assistant to the Prime Minister\r\n\nsince 2025"),
            ["Special Assistant to", "the Prime Minister", "since 2025"]
        );
    }

    #[test]
    fn no_break_spaces_do_not_break() {
        assert_eq!(lines("Special Assistant to the\u{a0}Minister"), ["Special Assistant", "to the\u{a0}Minister"]);
    }

    #[test]
    fn a_long_word_is_broken_between_graphemes() {
        let word = "e\u{301}".repeat(60);
        let broken = lines(&word);
        assert!(broken.len() > 1);
        assert!(broken.iter().all(|line| line.starts_with('e') && line.ends_with('\u{301}')));
        assert_eq!(broken.concat(), word);
    }

    #[test]
    fn a_very_long_text_becomes_a_block_of_readable_shape() {
        let block = TextBlock::wrap(&"word ".repeat(2000), FONT, 24);
        assert!(block.width < 2.5 * block.height && block.height < block.width, "{} {}", block.width, block.height);
    }

    #[test]
    fn a_text_without_visible_characters_has_no_lines() {
        assert!(lines(" \n\t ").is_empty());
    }
}
