//! What each character is folded to.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Whether a character is dropped: soft hyphens, zero-width spaces, and the marks of writing directions
/// ([UAX #9](https://www.unicode.org/reports/tr9/), section 2).
pub(in crate::check) fn is_ignored(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{61C}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
    )
}

/// Whether a character is a Latin, Armenian, Hebrew or Arabic presentation form, or in a block of them.
pub(super) fn is_presentation_form(c: char) -> bool {
    matches!(c, '\u{FB00}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// What a character is folded to.
pub(super) enum Fold {
    Keep(char),
    Expand(&'static str),
    Space,
    Drop,
}

pub(super) fn fold_char(c: char) -> Fold {
    if c.is_ascii() {
        return match c {
            '`' => Fold::Keep('\''),
            c if c.is_ascii_whitespace() || c == '\u{B}' => Fold::Space,
            c => Fold::Keep(c),
        };
    }
    match c {
        c if is_ignored(c) => Fold::Drop,
        // Double quotation marks: Latin, low and reversed, ornaments, guillemets, CJK corner brackets, gershayim, and the double prime.
        '“' | '”' | '„' | '‟' | '❝' | '❞' | '«' | '»' | '「' | '」' | '『' | '』' | '〝' | '〞' | '〟' | '﹁'
        | '﹂' | '﹃' | '﹄' | '｢' | '｣' | '⹂' | '״' | '″' => Fold::Keep('"'),
        // Single quotation marks, geresh, the prime, and the letters used as apostrophes in Ukrainian, Hawaiian and other languages.
        '‘' | '’' | '‚' | '‛' | '❛' | '❜' | '‹' | '›' | 'ʼ' | 'ʻ' | '׳' | '´' | '′' => {
            Fold::Keep('\'')
        }
        // Hyphens and dashes, minus, Armenian and Hebrew hyphens, the small em dash.
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '⸺' | '⸻' | '﹘' | '֊' | '־' => Fold::Keep('-'),
        '℃' => Fold::Expand("°C"),
        '℉' => Fold::Expand("°F"),
        // The ordinal indicator and the ring look like a degree sign.
        'º' | '˚' => Fold::Keep('°'),
        '…' => Fold::Expand("..."),
        '±' => Fold::Expand("+/-"),
        '≤' | '⩽' => Fold::Expand("<="),
        '≥' | '⩾' => Fold::Expand(">="),
        // The raised dot, and operators that look like it.
        '·' | '∙' | '⋅' => Fold::Keep('·'),
        // The micro sign.
        'µ' => Fold::Keep('μ'),
        'ϵ' => Fold::Keep('ε'),
        'ϕ' => Fold::Keep('φ'),
        'ϑ' => Fold::Keep('θ'),
        '\u{FE50}'..='\u{FE6B}' | '\u{FF01}'..='\u{FF5E}' => Fold::Keep(ascii_punctuation(c).unwrap_or(c)),
        c if c.is_whitespace() => Fold::Space,
        c => Fold::Keep(c),
    }
}

/// The punctuation mark that a small or full-width form is of, as it is folded.
fn ascii_punctuation(c: char) -> Option<char> {
    let mut ascii = None;
    decompose_compatible(c, |c| ascii = Some(c));
    ascii.filter(char::is_ascii_punctuation).map(|c| if c == '`' { '\'' } else { c })
}

pub(super) fn is_greek(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}')
}

/// The name of a Greek letter, except for μ, which mostly is the sign for a millionth.
pub(super) fn greek_name(c: char) -> Option<&'static str> {
    Some(match c {
        'α' => "alpha",
        'β' => "beta",
        'γ' => "gamma",
        'δ' => "delta",
        'ε' => "epsilon",
        'ζ' => "zeta",
        'η' => "eta",
        'θ' => "theta",
        'ι' => "iota",
        'κ' => "kappa",
        'λ' => "lambda",
        'ν' => "nu",
        'ξ' => "xi",
        'π' => "pi",
        'ρ' => "rho",
        'σ' => "sigma",
        'τ' => "tau",
        'υ' => "upsilon",
        'φ' => "phi",
        'χ' => "chi",
        'ψ' => "psi",
        'ω' => "omega",
        'Γ' => "Gamma",
        'Δ' => "Delta",
        'Θ' => "Theta",
        'Λ' => "Lambda",
        'Ξ' => "Xi",
        'Π' => "Pi",
        'Σ' => "Sigma",
        'Φ' => "Phi",
        'Ψ' => "Psi",
        'Ω' => "Omega",
        _ => return None,
    })
}

/// Whether a character is a combining mark.
pub(in crate::check) fn is_mark(c: char) -> bool {
    c >= '\u{300}' && is_combining_mark(c)
}

/// Whether a character is a letter or a mark on one.
pub(in crate::check) fn is_letter(c: char) -> bool {
    c.is_alphabetic() || is_mark(c) || expands_to_letter(c)
}

/// Whether a symbol is folded to a sign and a letter.
fn expands_to_letter(c: char) -> bool {
    matches!(c, '℃' | '℉')
}

/// Whether white space next to a character is only typography.
pub(in crate::check) fn is_punctuation(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_punctuation();
    }
    !(c.is_alphanumeric() || is_mark(c) || expands_to_letter(c) || matches!(c, '\u{200C}' | '\u{200D}'))
}

/// Whether white space between two characters may be part of the meaning.
pub(super) fn needs_space(before: char, after: char) -> bool {
    // `3 .5` is not `3.5`, and `5 -3` is not `5-3`.
    let may_belong_to_number = |c: char| matches!(c, '.' | ',' | '·' | '-' | '+' | '\'' | '"' | ':' | '/');
    match (is_punctuation(before), is_punctuation(after)) {
        (false, false) => true,
        (true, false) => after.is_numeric() && may_belong_to_number(before),
        (false, true) => before.is_numeric() && may_belong_to_number(after),
        (true, true) => false,
    }
}
