//! How wide a text will be, without a font: lines broken and measured before anything is drawn.
//!
//! Western Latin letters have the widths of Helvetica, which Arial and Liberation Sans share; those of other
//! scripts are estimated. Whoever draws a [`TextLine`] should ask for its `width` (SVG's
//! `textLength`), so that another font cannot make it run over.
//!
//! Invariant: the words of a text all reach its lines, in their order; only white space is lost.

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

/// Widths in thousandths of the font size where no table knows better.
const OTHER_SCRIPT: u16 = 650;
const WIDE: u16 = 1000;
const EMOJI: u16 = 1300;

/// Bold letters are wider than regular ones by at most this factor in Helvetica, Latin text on average.
const BOLD: f64 = 1.08;

/// The width of a letter in running English text, by font size.
const AVERAGE_LETTER: f64 = 0.5;

/// From one baseline to the next, by font size.
const LINE_HEIGHT: f64 = 1.2;

/// From the top of a line to its baseline, by font size: capital letters stand in the middle of the line.
const BASELINE: f64 = 0.95;

/// A very long text is broken into lines that make its block about this many times as wide as high.
const LONG_TEXT_RATIO: f64 = 1.6;

/// The size and weight that a text is set in.
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
    /// The room that they are given.
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
    /// The lines from top to bottom; none for a text without visible characters.
    pub lines: Vec<TextLine>,
    /// The width of the widest line.
    pub width: f64,
    /// The height of all lines.
    pub height: f64,
    /// The font it was measured for.
    pub font: Font,
}

impl TextBlock {
    /// Breaks `text` at its line breaks and, where a line is wider than `columns` average letters,
    /// between words; a word wider than that, between graphemes. The lines of a text become about equally
    /// wide. A text of many lines gets wider ones, so that its block does not become a thin column.
    ///
    /// Time is linear in the length of the text.
    #[must_use]
    pub fn wrap(text: &str, font: Font, columns: u16) -> Self {
        let area = width(text, font) * font.size * LINE_HEIGHT;
        let measure = (f64::from(columns) * AVERAGE_LETTER * font.size).max((area * LONG_TEXT_RATIO).sqrt());
        let words: Vec<Vec<Word<'_>>> = text.split(is_line_break).map(|paragraph| words(paragraph, font)).collect();
        let greedy = break_lines(&words, font, measure);
        // A narrower measure evens the lines out, as long as it breaks neither another line nor a word.
        let widths = words.iter().flatten().map(|word| word.width);
        let widest_word = widths.filter(|&width| width <= measure).fold(0.0, f64::max);
        let narrower = (10..20).map(|twentieths| measure * f64::from(twentieths) / 20.0);
        let evened = narrower
            .filter(|&narrow| narrow >= widest_word)
            .map(|narrow| break_lines(&words, font, narrow))
            .find(|lines| lines.len() == greedy.len());
        Self::of_lines(evened.unwrap_or(greedy), font)
    }

    /// Breaks `text` as [`wrap`](Self::wrap) does, but into lines that are each as full as this width allows.
    ///
    /// Time is linear in the length of the text.
    #[must_use]
    pub fn fill(text: &str, font: Font, width: f64) -> Self {
        let words: Vec<Vec<Word<'_>>> = text.split(is_line_break).map(|paragraph| words(paragraph, font)).collect();
        Self::of_lines(break_lines(&words, font, width), font)
    }

    fn of_lines(lines: Vec<TextLine>, font: Font) -> Self {
        Self {
            width: lines.iter().map(|line| line.width).fold(0.0, f64::max),
            height: lines.len() as f64 * font.size * LINE_HEIGHT,
            lines,
            font,
        }
    }

    /// The distance of the `line`th baseline from the top of the block.
    #[must_use]
    pub fn baseline(&self, line: usize) -> f64 {
        self.font.size * (line as f64 * LINE_HEIGHT + BASELINE)
    }
}

/// The width of a text on one line.
#[must_use]
pub fn width(text: &str, font: Font) -> f64 {
    let thousandths: f64 = text.graphemes(true).map(|g| f64::from(grapheme_width(g))).sum();
    thousandths / 1000.0 * font.size * if font.bold { BOLD } else { 1.0 }
}

/// What is not broken unless it must be.
struct Word<'a> {
    text: &'a str,
    width: f64,
}

fn words(paragraph: &str, font: Font) -> Vec<Word<'_>> {
    let words = paragraph.split(is_space).filter(|word| !word.is_empty());
    words.map(|text| Word { text, width: width(text, font) }).collect()
}

/// Fills lines of at most `measure` with the words of each paragraph; an empty one has no line.
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

/// The width of what a reader takes for one character, in thousandths of the font size.
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
        // Ligatures that unicode-width counts as one column, but fonts draw as a whole phrase.
        '\u{fdf0}'..='\u{fdff}' => 4000,
        _ => match c.width() {
            None | Some(0) => 0,
            Some(1) => script_width(c),
            Some(_) => WIDE,
        },
    }
}

/// The average width of a letter in the scripts that Arial has; too wide an estimate would stretch them.
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
    fn combining_marks_take_no_room_and_emoji_sequences_take_one_place() {
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
