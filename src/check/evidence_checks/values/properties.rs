//! Sentences that are made from a value have it, and no other.

use super::super::cues::AllCues;
use super::super::figures::figures;
use super::tests::{date, expected, has};
use crate::model::vocab;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

/// The names of months in sentences, with a preposition.
const MONTHS: [(&str, [&str; 12]); 6] = [
    (
        "en",
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
    ),
    (
        "de",
        [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
    ),
    (
        "fr",
        [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
    ),
    (
        "ru",
        [
            "января",
            "февраля",
            "марта",
            "апреля",
            "мая",
            "июня",
            "июля",
            "августа",
            "сентября",
            "октября",
            "ноября",
            "декабря",
        ],
    ),
    (
        "fi",
        [
            "tammikuuta",
            "helmikuuta",
            "maaliskuuta",
            "huhtikuuta",
            "toukokuuta",
            "kesäkuuta",
            "heinäkuuta",
            "elokuuta",
            "syyskuuta",
            "lokakuuta",
            "marraskuuta",
            "joulukuuta",
        ],
    ),
    (
        "ar",
        ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"],
    ),
];

/// A sentence with a date in one of several forms.
fn sentence(language: usize, form: usize, (year, month, day): (u32, u32, u32)) -> (&'static str, String) {
    let (code, months) = MONTHS[language];
    let name = months[month as usize - 1];
    let text = match (form, code) {
        (0, _) => format!("{day}.{month}.{year}"),
        (1, _) => format!("{year}-{month:02}-{day:02}"),
        (2, "en") => format!("{name} {day}, {year}"),
        (3, "en") => format!("the {day}th of {name} {year}"),
        (_, "de" | "fi") => format!("{day}. {name} {year}"),
        _ => format!("{day} {name} {year}"),
    };
    (code, format!("— {text} —"))
}

proptest! {
    #[test]
    fn the_date_of_a_sentence_is_found_and_no_other(
        language in 0_usize..6,
        form in 0_usize..5,
        written in (1000_u32..3000, 1_u32..=12, 1_u32..=28),
        other in (1000_u32..3000, 1_u32..=12, 1_u32..=28),
    ) {
        let (language, text) = sentence(language, form, written);
        let value = |(year, month, day): (u32, u32, u32)| date(&format!("{year:04}-{month:02}-{day:02}"));
        prop_assert!(has(&text, &value(written), language), "{}", text);
        let decomposed: String = text.nfd().collect();
        prop_assert!(has(&decomposed, &value(written), language), "{}", text);
        for mutated in [(other.0, written.1, written.2), (written.0, other.1, written.2), (written.0, written.1, other.2), (written.0, written.2 % 12 + 1, written.1)] {
            prop_assert_eq!(has(&text, &value(mutated), language), mutated == written, "{} {:?}", text, mutated);
        }
    }

    #[test]
    fn a_number_is_found_however_it_is_written(value in 0_u64..1_000_000_000_000, separator in "[,.’'\u{A0}]", other in 0_u64..1_000_000_000_000) {
        let digits = value.to_string();
        let grouped: Vec<String> =
            digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned()).collect();
        for text in [grouped.join(&separator), in_words(value), digits.clone()] {
            let text = format!("about {text} things");
            let number = |value: u64| expected(&value.to_string(), vocab::xsd::INTEGER);
            prop_assert!(has(&text, &number(value), "en"), "{}", text);
            for mutated in [other, value + 1, value / 10, value % 1000, value * 10] {
                let is_unit = value % 1_000_000 == 0 && mutated <= 1000;
                prop_assert!(mutated == value || is_unit || !has(&text, &number(mutated), "en"), "{} {}", text, mutated);
            }
        }
    }

    #[test]
    fn more_text_has_more_values(before in "[ a-z0-9,.–-]{0,12}", text in "[ a-z0-9,.–-]{0,20}", number in 0_u32..200) {
        // A sentence has what its quote has, if the quote does not cut a number.
        let value = expected(&number.to_string(), vocab::xsd::INTEGER);
        let sentence = format!("{before} ; {text} ; of");
        prop_assert!(!has(&text, &value, "en") || has(&sentence, &value, "en"), "{}", sentence);
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,40}", note in "[0-9a-z .,/:'’½–-]{0,40}") {
        for text in [&text, &note] {
            has(text, &expected("5", vocab::xsd::INTEGER), "en");
            figures(text, AllCues::built_in().get("en"));
        }
    }
}

/// A number in English words.
fn in_words(number: u64) -> String {
    const ONES: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let join = |first: String, rest: u64, and: &str| match rest {
        0 => first,
        rest => format!("{first}{and}{}", in_words(rest)),
    };
    for (scale, name) in [(1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand")] {
        if number >= scale {
            let and = if number % scale < 100 { " and " } else { " " };
            return join(format!("{} {name}", in_words(number / scale)), number % scale, and);
        }
    }
    match number {
        0..20 => ONES[number as usize].to_owned(),
        20..100 => join(TENS[number as usize / 10].to_owned(), number % 10, "-"),
        _ => join(format!("{} hundred", ONES[number as usize / 100]), number % 100, " and "),
    }
}
