//! The regular expressions of REGEX and REPLACE: those of XPath, translated to the syntax of the `regex` crate.
//!
//! The syntax is that of [XPath and XQuery Functions and Operators 3.1, section 5.6](https://www.w3.org/TR/xpath-functions-31/#regex-syntax),
//! which extends [XML Schema 1.1, appendix G](https://www.w3.org/TR/xmlschema11-2/#regexs). Back-references are errors, because matching them
//! takes exponential time.

#[cfg(test)]
mod tests;

use regex::{Regex, RegexBuilder};
use std::iter::Peekable;
use std::str::Chars;
use unicode_blocks::UnicodeBlock;

/// The maximum size of a compiled regular expression in bytes, as in Oxigraph.
const MAX_SIZE: usize = 1_000_000;

/// How deeply character classes are subtracted from each other.
const MAX_SUBTRACTIONS: usize = 50;

/// The characters that start a name in XML, and the others in a name.
const NAME_START: &str = r":A-Z_a-z\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2FF}\x{370}-\x{37D}\x{37F}-\x{1FFF}\x{200C}\x{200D}\x{2070}-\x{218F}\x{2C00}-\x{2FEF}\x{3001}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFFD}\x{10000}-\x{EFFFF}";
const NAME_REST: &str = r"\-.0-9\x{B7}\x{300}-\x{36F}\x{203F}\x{2040}";

/// The general categories of Unicode that XML Schema names.
const CATEGORIES: [&str; 36] = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn",
];

/// Names of blocks in Unicode 2, which XML Schema also accepts, and their present names.
const RENAMED_BLOCKS: [(&str, &str); 3] = [
    ("Greek", "GreekandCoptic"),
    ("CombiningMarksforSymbols", "CombiningDiacriticalMarksforSymbols"),
    ("PrivateUse", "PrivateUseArea"),
];

/// A compiled regular expression.
#[derive(Clone, Debug)]
pub(super) struct XPathRegex {
    pub(super) regex: Regex,
    /// Whether it matches the empty string, so that REPLACE is an error.
    matches_empty: bool,
    /// Whether the pattern, and the replacement of REPLACE, are strings without special characters.
    is_literal: bool,
}

/// A part of the replacement of REPLACE.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Replacement {
    Text(String),
    /// The number of a group, or 0 for the whole match.
    Group(usize),
}

impl XPathRegex {
    /// Compiles a pattern; `None` if it or the flags are invalid (`FORX0001`, `FORX0002`).
    pub(super) fn new(pattern: &str, flags: &str) -> Option<Self> {
        if !flags.chars().all(|flag| "smixq".contains(flag)) {
            return None;
        }
        let is_literal = flags.contains('q');
        let translated = match is_literal {
            true => regex::escape(pattern),
            false => Translator::translate(pattern, flags)?,
        };
        let mut builder = RegexBuilder::new(&translated);
        builder.size_limit(MAX_SIZE).case_insensitive(flags.contains('i'));
        let regex = builder.build().ok()?;
        Some(Self { matches_empty: regex.is_match(""), regex, is_literal })
    }

    /// The parts of a replacement; `None` if it is invalid (`FORX0004`), or if the pattern matches the empty string (`FORX0003`).
    pub(super) fn replacement(&self, text: &str) -> Option<Vec<Replacement>> {
        if self.matches_empty {
            return None;
        }
        if self.is_literal {
            return Some(vec![Replacement::Text(text.to_owned())]);
        }
        let groups = self.regex.captures_len() - 1;
        let (mut parts, mut literal) = (Vec::new(), String::new());
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '\\' => literal.push(rest.next_if(|next| matches!(next, '\\' | '$'))?),
                '$' => {
                    let mut number = digit(rest.next()?)?;
                    // As many digits as make the number of a group.
                    while let Some(longer) = rest.peek().and_then(|c| Some(number * 10 + digit(*c)?)) {
                        if longer > groups {
                            break;
                        }
                        number = longer;
                        rest.next();
                    }
                    if !literal.is_empty() {
                        parts.push(Replacement::Text(std::mem::take(&mut literal)));
                    }
                    // A group that the pattern does not have is empty.
                    if number <= groups {
                        parts.push(Replacement::Group(number));
                    }
                }
                c => literal.push(c),
            }
        }
        if !literal.is_empty() {
            parts.push(Replacement::Text(literal));
        }
        Some(parts)
    }
}

fn digit(c: char) -> Option<usize> {
    c.to_digit(10).map(|digit| digit as usize)
}

/// What an escape stands for.
enum Escape {
    /// Several characters, as a class of the `regex` crate.
    Class(String),
    Character(char),
}

struct Translator<'a> {
    rest: Peekable<Chars<'a>>,
    out: String,
    /// Whether `.` matches line ends (`s`).
    dot_all: bool,
    /// Whether `^` and `$` match at line ends (`m`).
    multi_line: bool,
    /// Whether white space outside of character classes is removed (`x`).
    ignores_space: bool,
}

impl<'a> Translator<'a> {
    fn translate(pattern: &'a str, flags: &str) -> Option<String> {
        let mut translator = Self {
            rest: pattern.chars().peekable(),
            out: String::with_capacity(pattern.len() + 8),
            dot_all: flags.contains('s'),
            multi_line: flags.contains('m'),
            ignores_space: flags.contains('x'),
        };
        translator.expression()?;
        Some(translator.out)
    }

    /// The next character outside of character classes.
    fn next(&mut self) -> Option<char> {
        self.skip_space();
        self.rest.next()
    }

    fn peek(&mut self) -> Option<char> {
        self.skip_space();
        self.rest.peek().copied()
    }

    fn skip_space(&mut self) {
        while self.ignores_space && self.rest.next_if(|c| matches!(c, ' ' | '\t' | '\r' | '\n')).is_some() {}
    }

    fn expression(&mut self) -> Option<()> {
        let mut open_groups = 0_usize;
        while let Some(c) = self.next() {
            match c {
                '(' => {
                    open_groups += 1;
                    self.out.push('(');
                    if self.peek() == Some('?') {
                        self.next();
                        if self.next() != Some(':') {
                            return None;
                        }
                        self.out.push_str("?:");
                    }
                    continue;
                }
                ')' => {
                    open_groups = open_groups.checked_sub(1)?;
                    self.out.push(')');
                }
                '|' => {
                    self.out.push('|');
                    continue;
                }
                '[' => self.class(0)?,
                '.' => self.out.push_str(if self.dot_all { "(?s:.)" } else { r"[^\n\r]" }),
                '^' => self.out.push_str(if self.multi_line { "(?m:^)" } else { r"\A" }),
                '$' => self.out.push_str(if self.multi_line { "(?m:$)" } else { r"\z" }),
                '\\' => {
                    let c = self.next()?;
                    match self.escape(c)? {
                        Escape::Class(class) => self.out.push_str(&class),
                        Escape::Character(c) => push_character(&mut self.out, c),
                    }
                }
                '?' | '*' | '+' | '{' | '}' | ']' => return None,
                c => push_character(&mut self.out, c),
            }
            self.quantifier()?;
        }
        (open_groups == 0).then_some(())
    }

    /// A quantifier after an atom, if there is one.
    fn quantifier(&mut self) -> Option<()> {
        match self.peek() {
            Some(c @ ('?' | '*' | '+')) => {
                self.next();
                self.out.push(c);
            }
            Some('{') => {
                let mut range = String::new();
                loop {
                    match self.next()? {
                        '}' => break,
                        c if c.is_ascii_digit() || c == '{' || c == ',' => range.push(c),
                        _ => return None,
                    }
                }
                let (least, most) = range[1..].split_once(',').unwrap_or((&range[1..], ""));
                if least.is_empty() || most.contains([',', '{']) || least.contains('{') {
                    return None;
                }
                self.out.push_str(&range);
                self.out.push('}');
            }
            _ => return Some(()),
        }
        if self.peek() == Some('?') {
            self.next();
            self.out.push('?');
        }
        Some(())
    }

    /// What an escape stands for, after its backslash.
    fn escape(&mut self, c: char) -> Option<Escape> {
        Some(Escape::Class(match c {
            's' => r"[ \t\n\r]".to_owned(),
            'S' => r"[^ \t\n\r]".to_owned(),
            'd' => r"\p{Nd}".to_owned(),
            'D' => r"\P{Nd}".to_owned(),
            'w' => r"[^\p{P}\p{Z}\p{C}]".to_owned(),
            'W' => r"[\p{P}\p{Z}\p{C}]".to_owned(),
            'i' => format!("[{NAME_START}]"),
            'I' => format!("[^{NAME_START}]"),
            'c' => format!("[{NAME_START}{NAME_REST}]"),
            'C' => format!("[^{NAME_START}{NAME_REST}]"),
            'p' | 'P' => {
                if self.rest.next() != Some('{') {
                    return None;
                }
                let mut name = String::new();
                loop {
                    match self.rest.next()? {
                        '}' => break,
                        c => name.push(c),
                    }
                }
                match name.strip_prefix("Is") {
                    Some(name) => {
                        let block = block(name)?;
                        let sign = if c == 'P' { "^" } else { "" };
                        format!(r"[{sign}\x{{{:X}}}-\x{{{:X}}}]", block.start(), block.end())
                    }
                    None if CATEGORIES.contains(&name.as_str()) => format!(r"\{c}{{{name}}}"),
                    None => return None,
                }
            }
            _ => return single_escape(c).map(Escape::Character),
        }))
    }

    /// A character class after its `[`.
    fn class(&mut self, depth: usize) -> Option<()> {
        if depth > MAX_SUBTRACTIONS {
            return None;
        }
        let mut items = String::new();
        let is_negated = self.rest.next_if_eq(&'^').is_some();
        let mut is_first = true;
        loop {
            let c = self.rest.next()?;
            match c {
                ']' if !is_first => {
                    self.push_class(is_negated, &items);
                    return Some(());
                }
                '-' if !is_first && self.rest.peek() == Some(&'[') => {
                    self.rest.next();
                    self.out.push('[');
                    self.push_class(is_negated, &items);
                    self.out.push_str("--");
                    self.class(depth + 1)?;
                    self.out.push(']');
                    return (self.rest.next()? == ']').then_some(());
                }
                '[' | ']' => return None,
                '\\' => {
                    let c = self.rest.next()?;
                    match self.escape(c)? {
                        Escape::Class(class) => items.push_str(&class),
                        Escape::Character(c) => self.range(c, &mut items)?,
                    }
                }
                // A hyphen is a character at the start or the end of the class.
                '-' if !(is_first || matches!(self.rest.peek(), Some(']'))) => return None,
                c => self.range(c, &mut items)?,
            }
            is_first = false;
        }
    }

    fn push_class(&mut self, is_negated: bool, items: &str) {
        self.out.push_str(if is_negated { "[^" } else { "[" });
        self.out.push_str(items);
        self.out.push(']');
    }

    /// A character in a class, or a range that starts with it.
    fn range(&mut self, start: char, items: &mut String) -> Option<()> {
        push_character(items, start);
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('-') || matches!(ahead.peek(), None | Some('[' | ']')) {
            return Some(());
        }
        self.rest.next();
        let end = match self.rest.next()? {
            '\\' => {
                let c = self.rest.next()?;
                single_escape(c)?
            }
            c => c,
        };
        if end < start {
            return None;
        }
        items.push('-');
        push_character(items, end);
        Some(())
    }
}

/// The block of Unicode with a name, without its spaces.
fn block(name: &str) -> Option<UnicodeBlock> {
    let name = RENAMED_BLOCKS.iter().find(|(old, _)| *old == name).map_or(name, |(_, new)| *new);
    // Blocks begin at multiples of 16.
    let characters = (0..=u32::from(char::MAX)).step_by(16).filter_map(char::from_u32);
    let mut blocks = characters.filter_map(unicode_blocks::find_unicode_block);
    blocks.find(|block| block.name().split(' ').flat_map(str::chars).eq(name.chars()))
}

/// The character of an escape.
fn single_escape(c: char) -> Option<char> {
    Some(match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '\\' | '|' | '.' | '-' | '^' | '?' | '*' | '+' | '{' | '}' | '(' | ')' | '[' | ']' | '$' => c,
        _ => return None,
    })
}

/// A character that stands for itself, in and outside of classes.
fn push_character(out: &mut String, c: char) {
    // Not all punctuation: `\<` is the start of a word.
    if r"\.+*?()|[]{}^$#&-~".contains(c) {
        out.push('\\');
    }
    out.push(c);
}
