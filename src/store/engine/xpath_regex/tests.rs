use super::*;

fn matches(pattern: &str, flags: &str, text: &str) -> Option<bool> {
    XPathRegex::new(pattern, flags).map(|regex| regex.regex.is_match(text))
}

/// F&O 3.1, sections 5.6.1 and 5.6.2; XML Schema 1.1, part 2, appendix G.
#[test]
fn patterns_match_as_in_xpath() {
    for (pattern, flags, text, expected) in [
        // Matches need not be of the whole string.
        ("b", "", "abc", Some(true)),
        ("^b", "", "abc", Some(false)),
        ("", "", "abc", Some(true)),
        // Anchors and line ends.
        ("^b$", "", "a\nb\nc", Some(false)),
        ("^b$", "m", "a\nb\nc", Some(true)),
        ("b$", "", "b\n", Some(false)),
        ("a.b", "", "a\nb", Some(false)),
        ("a.b", "", "a\rb", Some(false)),
        ("a.b", "s", "a\nb", Some(true)),
        // Flags.
        ("AB", "i", "ab", Some(true)),
        ("a b", "x", "ab", Some(true)),
        ("a[ ]b", "x", "a b", Some(true)),
        ("a#b", "x", "a#b", Some(true)),
        ("a.b", "q", "a.b", Some(true)),
        ("a.b", "q", "axb", Some(false)),
        ("A.b (", "qi", "a.b (", Some(true)),
        ("a", "z", "a", None),
        // Classes.
        ("^[a-z-[aeiou]]+$", "", "xyz", Some(true)),
        ("^[a-z-[aeiou]]+$", "", "xyaz", Some(false)),
        ("^[^a-c-[x]]$", "", "x", Some(false)),
        ("^[^a-c-[x]]$", "", "y", Some(true)),
        ("^[a-z-[m-p-[n]]]+$", "", "an", Some(true)),
        ("^[a-z-[m-p-[n]]]+$", "", "am", Some(false)),
        (r"^\i\c*$", "", "_name-1", Some(true)),
        (r"^\i\c*$", "", "1name", Some(false)),
        (r"^\I\C$", "", "1 ", Some(true)),
        (r"^[\i-[:]][\c-[:]]*$", "", "a:b", Some(false)),
        (r"^\d$", "", "\u{661}", Some(true)),
        (r"^\w+$", "", "aß٣", Some(true)),
        (r"^\w$", "", "_", Some(false)),
        (r"^\w$", "", "+", Some(true)),
        (r"^\s$", "", "\u{A0}", Some(false)),
        (r"^\p{Lu}\P{Lu}$", "", "Aa", Some(true)),
        (r"^\p{IsGreek}+$", "", "αβγ", Some(true)),
        (r"^\P{IsBasicLatin}$", "", "é", Some(true)),
        (r"^[\p{IsCyrillic}0-9]+$", "", "д1", Some(true)),
        (r"[-a]", "", "-", Some(true)),
        (r"[a-]", "", "-", Some(true)),
        (r"^[\^\]\[\\]+$", "", r"^][\", Some(true)),
        ("^[&&a~~]+$", "", "&~a", Some(true)),
        // Escapes.
        (r"a\.b\$\^\-", "", "a.b$^-", Some(true)),
        (r"\n\t\r", "", "\n\t\r", Some(true)),
        ("a<b>", "", "a<b>", Some(true)),
        // Quantifiers.
        ("^a{2}$", "", "aa", Some(true)),
        ("^a{2,}$", "", "aaa", Some(true)),
        ("^a{2,3}?$", "", "aaaa", Some(false)),
        ("^(a|b)*?c$", "", "abac", Some(true)),
        ("^(?:ab)+$", "", "abab", Some(true)),
    ] {
        assert_eq!(matches(pattern, flags, text), expected, "{pattern:?} {flags:?} {text:?}");
    }
}

/// `FORX0002`: syntax of other languages is invalid.
#[test]
fn patterns_of_other_syntax_are_errors() {
    for pattern in [
        r"\b",
        r"\B",
        r"\A",
        r"\z",
        r"\x41",
        r"\u0041",
        r"\h",
        r"\Q",
        r"\<",
        r"\e",
        r"\ ",
        "a{,2}",
        "a{",
        "a{x}",
        "a}",
        "a]",
        "[]",
        "[a",
        "[a[b]]",
        "[[:alpha:]]",
        "[b-a]",
        "(a",
        "a)",
        "(?i)a",
        "(?=a)",
        "(?<n>a)",
        "(?P<n>a)",
        "a**",
        "a++",
        "a??+",
        "*a",
        "+",
        "?",
        r"\p{Greek}",
        r"\p{IsNowhere}",
        r"\p{L",
        r"\pL",
        r"(a)\1",
        "\\",
    ] {
        assert_eq!(matches(pattern, "", "a"), None, "{pattern:?}");
    }
    // Nested subtraction must not exhaust the stack.
    assert_eq!(matches(&"[a-".repeat(100_000), "", "a"), None);
}

fn replace(text: &str, pattern: &str, replacement: &str, flags: &str) -> Option<String> {
    let regex = XPathRegex::new(pattern, flags)?;
    let parts = regex.replacement(replacement)?;
    let replaced = regex.regex.replace_all(text, |captures: &regex::Captures<'_>| {
        let text = |part: &Replacement| match part {
            Replacement::Text(text) => text.clone(),
            Replacement::Group(group) => captures.get(*group).map_or("", |group| group.as_str()).to_owned(),
        };
        parts.iter().map(text).collect::<String>()
    });
    Some(replaced.into_owned())
}

/// F&O 3.1, section 5.6.4, with its examples.
#[test]
fn replacements_are_those_of_xpath() {
    let many = "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)";
    for (text, pattern, replacement, flags, expected) in [
        ("abracadabra", "bra", "*", "", Some("a*cada*")),
        ("abracadabra", "a.*a", "*", "", Some("*")),
        ("abracadabra", "a.*?a", "*", "", Some("*c*bra")),
        ("abracadabra", "a(.)", "a$1$1", "", Some("abbraccaddabbra")),
        ("abracadabra", ".*?", "$1", "", None),
        ("AAAA", "A+", "b", "", Some("b")),
        ("AAAA", "A+?", "b", "", Some("bbbb")),
        ("darted", "^(.*?)d(.*)$", "$1c$2", "", Some("carted")),
        ("a", "a", "[$0]", "", Some("[a]")),
        ("a", "(x)?a", "[$1]", "", Some("[]")),
        // The number has as many digits as there are groups.
        ("abc", "b", "[$1]", "", Some("a[]c")),
        ("abc", "(b)", "[$12]", "", Some("a[b2]c")),
        ("abcdefghij", many, "$10", "", Some("j")),
        ("abcdefghij", many, "$11", "", Some("a1")),
        ("abcdefghij", many, "$100", "", Some("j0")),
        ("abc", "b", r"\$\\", "", Some(r"a$\c")),
        ("abc", "b", "$x", "", None),
        ("abc", "b", "$", "", None),
        ("abc", "b", r"\n", "", None),
        ("abc", "b", r"\", "", None),
        // An error even if nothing matches.
        ("abc", "x", "$x", "", None),
        ("abc", "x*", "-", "", None),
        ("a.b$c", ".", "$1", "q", Some("a$1b$c")),
        ("abc", "", "-", "q", None),
    ] {
        let found = replace(text, pattern, replacement, flags);
        assert_eq!(found.as_deref(), expected, "{text:?} {pattern:?} {replacement:?} {flags:?}");
    }
}
