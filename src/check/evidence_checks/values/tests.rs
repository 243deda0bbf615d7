use super::super::cues::AllCues;
use super::*;
use crate::model::{Kind, Qualifier, StatementId};
use oxigraph::model::{NamedNode, Triple};

pub(super) fn expected(value: &str, datatype: NamedNodeRef<'_>) -> Vec<Value> {
    let literal = Literal::new_typed_literal(value, datatype);
    literal_values(&literal).into_iter().map(|expected| Value { location: ValueLocation::Object, expected }).collect()
}

/// A date in the datatype that its length suggests.
pub(super) fn date(value: &str) -> Vec<Value> {
    let datatype = match value.len() {
        4 => vocab::xsd::G_YEAR,
        7 => vocab::xsd::G_YEAR_MONTH,
        _ => vocab::xsd::DATE,
    };
    expected(value, datatype)
}

fn has_in(text: &str, values: &[Value], language: &str, published: Option<Published>) -> bool {
    let lexicon = AllCues::built_in().get(language).map(|cues| &cues.lexicon);
    let text = TextValues::new(std::iter::once(text), lexicon, published);
    !values.is_empty() && values.iter().all(|value| text.contains(value))
}

pub(super) fn has(text: &str, values: &[Value], language: &str) -> bool {
    has_in(text, values, language, None)
}

#[test]
fn numbers_are_read_as_they_are_written() {
    for (text, values) in [
        ("about 1,200 people", &["1200", "1.2"][..]),
        ("about 1.200 people", &["1200", "1.2"]),
        ("1 200 000 roubles", &["1200000"]),
        ("12,34,567 rupees", &["1234567"]),
        ("1,200–1,500 workers", &["1200", "1500"]),
        ("2.5–3.5 tonnes", &["2.5", "3.5"]),
        ("5-10 million", &["5000000", "10000000", "5", "10"]),
        ("from 2 to 3 million", &["2000000", "3000000"]),
        ("won 3.5:1", &["3.5", "1"]),
        ("3.5 million tonnes", &["3500000", "3.5"]),
        ("$2.5bn", &["2500000000"]),
        ("a 250k loan", &["250000"]),
        ("126-million people", &["126000000"]),
        ("Rs 1,20,000 crore", &["1200000000000"]),
        ("two hundred and fifty workers", &["250"]),
        ("one hundred and five", &["105"]),
        ("twenty-three or twenty–five", &["23", "25"]),
        ("two thousand and five", &["2005"]),
        ("one million two hundred thousand", &["1200000"]),
        ("three thousand million", &["3000000000"]),
        ("a hundred days", &["100"]),
        ("two hundred to three hundred", &["200", "300"]),
        ("two dozen eggs", &["24"]),
        ("half a dozen", &["6"]),
        ("half a million", &["500000"]),
        ("half of it", &["0.5"]),
        ("two and a half million", &["2500000"]),
        ("a million and a half", &["1500000"]),
        ("one and three quarters", &["1.75"]),
        ("three quarters of it", &["0.75"]),
        ("a quarter of a million", &["250000"]),
        ("two-thirds of it", &["0.667", "0.67"]),
        ("1/2 of it", &["0.5"]),
        ("2 1/2 hectares", &["2.5"]),
        ("2½ miles", &["2.5"]),
        ("¾ of it", &["0.75"]),
        ("18 percent", &["18", "0.18"]),
        ("18 per cent", &["18", "0.18"]),
        ("55pc", &["55", "0.55"]),
        ("70.8%", &["70.8", "0.708"]),
        ("the 21st, the twenty-first", &["21"]),
        ("the third time", &["3"]),
        ("Louis XIV", &["14"]),
        ("1.2e6 and 1.5e-3", &["1200000", "0.0015"]),
        ("6.02 × 10^3, 5×10⁶", &["6020", "5000000"]),
        ("10^6 of them", &["1000000"]),
        ("٢٥ مصنعا", &["25"]),
        ("no casualties", &["0"]),
        ("In May 12 people died", &["12"]),
    ] {
        for value in values {
            assert!(has(text, &expected(value, vocab::xsd::DECIMAL), "en"), "{text}: {value}");
        }
    }
    for (text, values) in [
        ("about 1,250 people", &["250", "1", "125", "1300"][..]),
        ("1,250,000", &["250", "250000"]),
        ("£14,300", &["14", "300", "1430", "143000"]),
        ("48.5 metres", &["48", "5"]),
        ("3.14", &["14", "3"]),
        ("twenty-three", &["20", "3", "22"]),
        ("one hundred and five", &["100", "5", "1"]),
        ("two hundred and fifty", &["200", "50", "2"]),
        ("two and a half million", &["2", "0.5", "500000"]),
        ("3.5 million", &["35", "3500", "3"]),
        ("two hundred to three hundred", &["203"]),
        ("I went", &["1"]),
        ("about 15 people", &["5"]),
        ("in 5 m", &["6"]),
        ("a DVD by MIX", &["995", "1009"]),
        ("nineteen five", &["24"]),
    ] {
        for value in values {
            assert!(!has(text, &expected(value, vocab::xsd::DECIMAL), "en"), "{text}: {value}");
        }
    }
}

#[test]
fn a_written_sign_counts() {
    for (text, value, is_there) in [
        ("fell to -19 degrees", "-19", true),
        ("fell to -19 degrees", "19", false),
        ("fell to minus 19 degrees", "-19", true),
        ("fell to minus 19 degrees", "19", true),
        ("lost 23 per cent", "23", true),
        ("19 degrees below zero", "-19", true),
        ("rose to 19 degrees", "-19", false),
        ("a loss of £3 million", "-3000000", true),
        ("from 1926 -1981", "1981", true),
        ("the 5–19 group", "19", true),
        ("\n-19 men", "19", true),
        ("rose to +19 degrees", "19", true),
    ] {
        assert_eq!(has(text, &expected(value, vocab::xsd::INTEGER), "en"), is_there, "{text}: {value}");
    }
}

#[test]
fn each_component_of_a_date_must_be_in_the_text() {
    for (value, text, is_there) in [
        ("1973", "built in 1973 with help", true),
        ("1973", "built in 1937 with help", false),
        ("1973", "from 1971–73", true),
        ("1973", "from 1971–3", true),
        ("1973", "from 1971 to 1973", true),
        ("2000", "in the season 1999/00", true),
        ("1903", "in 1898–903", true),
        ("1972", "in 1971 – 72", true),
        ("1973-03-03", "on 3-Mar-73", true),
        ("1973", "in the summer of '73", true),
        ("1973", "in nineteen seventy-three", true),
        ("1910", "in nineteen hundred and ten", true),
        ("2010", "in twenty-ten", true),
        ("1990", "in MCMXC", true),
        ("1973", "on 30.12.1973", true),
        ("1973", "19 wheels and 73 workers", false),
        ("1873", "employed 1,873 people", false),
        ("1873", "call 555-1873", false),
        ("1870", "in the 1870s", false),
        ("0079", "in AD 79", true),
        ("0079", "in AD 80", false),
        ("0044", "in 44 BC", false),
        ("1973", "in 1973 BC", false),
        ("1973-05", "in May 1973", true),
        ("1973-05", "in may 1973", true),
        ("1973-05", "in June 1973", false),
        ("1973-05", "it may open in 1973", false),
        ("1973-03", "people march in 1973", false),
        ("1990-05", "with 5 people in 1990", false),
        ("1990-06", "in May and in June 1990", true),
        ("1973-05-21", "on 21 May 1973", true),
        ("1973-05-21", "on May 21st, 1973", true),
        ("1973-05-21", "on 1973-05-21", true),
        ("1973-05-21", "on 19730521", true),
        ("1973-05-21", "on 22 May 1973", false),
        ("1973-05-12", "on 12.05.73", true),
        ("1973-12-05", "on 12.05.1973", false),
        ("1973-12-05", "on 12/05/1973", true),
        ("1973-05-05", "on 5 June 1973", false),
        ("1973-06-06", "on 6 May 1973, in June", false),
        ("1973-07-07", "on 7 March 1973", false),
        ("1973-09-21", "on 21 March 1973 with nine engines", false),
        ("1990-12-12", "on 12 May 1990", false),
        ("1990-03-07", "on 7 May 1990 at 3 pm", false),
        ("1990-06-07", "on 3 May 1990 and 7 June 1991", false),
        ("1873-05-01", "it first opened in May 1873", false),
        ("1973-05-21", "in May 1973. On the 21st it opened", true),
        ("1918-11-11", "on the eleventh of November, nineteen eighteen", true),
        ("1918-11-11", "on 11/11/18", true),
        ("1971-05-01", "from 1 to 5 May 1971", true),
    ] {
        assert_eq!(has(text, &date(value), "en"), is_there, "{value}: {text}");
    }
    for (value, text, is_there) in [
        ("1973-05:00", "in 1973", true),
        ("1973-05:00", "in 1974", false),
        ("1874+05:00", "in 1873", false),
        ("1874Z", "in 1874", true),
    ] {
        assert_eq!(has(text, &expected(value, vocab::xsd::G_YEAR), "en"), is_there, "{value}: {text}");
    }
}

#[test]
fn dates_of_the_extended_format_have_parts() {
    for (value, text, is_there) in [
        ("197X", "in the 1970s", true),
        ("197X", "in the ’70s", true),
        ("197X", "in the 70s", true),
        ("197X", "in the seventies", true),
        ("197X", "in the nineteen-seventies", true),
        ("197X", "in 1973", true),
        ("197X", "in 1983", false),
        ("197X", "had 70 workers", false),
        ("187X", "in the 1970s", false),
        ("19XX", "in the twentieth century", true),
        ("19XX", "in the XX century", true),
        ("19XX", "in the 19th and 20th centuries", true),
        ("19XX", "had 20 wheels", false),
        ("18XX", "in the eighteenth century", false),
        ("18XX", "in the 1800s", true),
        ("19XX", "in 1983", true),
        ("19XX", "in 1883", false),
        ("1971/1973", "from 1971 to 1973", true),
        ("1971/1973", "until 1973", false),
        ("1971/..", "since 1971", true),
        ("1991/..", "after 1990", true),
        ("../1989", "before 1990", true),
        ("../1988", "before 1990", false),
        ("1973~", "about 1973", true),
        ("2024-21", "in the spring of 2024", true),
        ("2024-21", "in April 2024", true),
        ("2024-21", "in the spring of 2023", false),
        ("2024-23", "in spring 2024", false),
        ("2024-21", "in 2024", false),
        ("2024-24", "in February 2024", true),
        ("../-0044", "until 45 BC", true),
        ("../-0044", "until 44 BC", false),
        ("-0043", "in 44 B.C.", true),
        ("-0043", "in AD 44", false),
        ("-0426", "in 428/427 BC", true),
        ("-02XX", "in the 3rd century BC", true),
        ("02XX", "in the 3rd century BC", false),
        ("02XX", "in the third century", true),
        ("0000?", "possibly in 1 BC", true),
        ("Y-12000", "12,000 years before Christ", true),
        ("Y-13000", "12,000 BC", false),
    ] {
        assert_eq!(has(text, &expected(value, vocab::edtf::EDTF), "en"), is_there, "{value}: {text}");
    }
}

#[test]
fn other_languages_are_checked_as_far_as_their_lists_go() {
    for (value, text, language, is_there) in [
        ("1973-05-21", "21 мая 1973 года", "ru", true),
        ("1973-05-21", "21 июня 1973 года", "ru", false),
        ("1973-05-21", "21 tebi 1973", "xx", true),
        ("1973-05-21", "21 tebi 1974", "xx", false),
        ("1990-01", "im Jänner 1990", "de", true),
        ("1990-05-03", "3. toukokuuta 1990", "fi", true),
        ("1990-08-01", "le 1er août 1990", "fr", true),
        ("1990-10-03", "في 3 تشرين الأول 1990", "ar", true),
        ("0079", "nel 79 d.C.", "it", true),
    ] {
        assert_eq!(has(text, &date(value), language), is_there, "{value}: {text}");
    }
    for (value, text, language, is_there) in [
        ("2001-21", "im Frühjahr 2001", "de", true),
        ("2001-23", "im Frühjahr 2001", "de", false),
        ("197X", "in den siebziger Jahren", "de", true),
        ("197X", "in den Siebzigerjahren", "de", true),
        ("197X", "in den 70er Jahren", "de", true),
        ("198X", "in den siebziger Jahren", "de", false),
        ("17XX", "im 18. Jahrhundert", "de", true),
        ("17XX", "au XVIIIe siècle", "fr", true),
        ("197X", "les années soixante-dix", "fr", true),
        ("197X", "les années 70", "fr", true),
        ("17XX", "в XVIII веке", "ru", true),
        ("197X", "в 70-х годах", "ru", true),
        ("197X", "1970-luvulla", "fi", true),
        ("19XX", "nel Novecento", "it", true),
        ("19XX", "nel 1883", "it", false),
        ("-0043", "44 v. Chr.", "de", true),
    ] {
        assert_eq!(has(text, &expected(value, vocab::edtf::EDTF), language), is_there, "{value}: {text}");
    }
    let number = expected("250", vocab::xsd::INTEGER);
    assert!(has("двести пятьдесят рабочих", &number, "ru") && !has("two hundred workers", &number, "en"));
}

#[test]
fn a_text_without_a_year_is_of_the_time_of_its_publication() {
    let published = |year, month| Some(Published { year, month });
    for (value, text, published, is_there) in [
        ("2025-07-11", "on Friday, 11 July", published(2025, Some(7)), true),
        ("2024-07-11", "on Friday, 11 July", published(2025, Some(7)), false),
        ("2025-07-11", "on 11 July 2024", published(2025, Some(7)), false),
        ("2025-07-11", "sacked 250 workers on Friday, 11 July", published(2025, Some(7)), true),
        ("2025-07-11", "sacked 1500 workers on Friday, 11 July", published(2025, Some(7)), true),
        ("2024-12-30", "on Monday, 30 December", published(2025, Some(1)), true),
        ("2024-12-30", "on Monday, 30 December", published(2025, None), false),
        ("2025", "opened in 1999", published(2025, None), false),
        ("2025", "opened in the 1990s", published(2025, None), false),
        ("2025", "opened", published(2025, None), true),
        ("2025", "opened", None, false),
    ] {
        assert_eq!(has_in(text, &date(value), "en", published), is_there, "{value}: {text}");
    }
}

#[test]
fn a_statement_has_the_values_of_its_object_qualifiers_and_notes() {
    let node = |name: &str| NamedNode::new_unchecked(format!("https://e.org/{name}"));
    let integer = Literal::new_typed_literal("250", vocab::xsd::INTEGER);
    let mut statement =
        Statement::new(StatementId::new("s").unwrap(), Triple::new(node("a"), node("b"), integer), Kind::Fact);
    let mut qualify =
        |value: Literal| statement.qualifiers.push(Qualifier { predicate: node("c"), value: value.into() });
    qualify(Literal::new_typed_literal("1973", vocab::xsd::G_YEAR));
    qualify(Literal::new_simple_literal("1974"));
    qualify(Literal::new_typed_literal(
        "P3Y",
        NamedNodeRef::new_unchecked("http://www.w3.org/2001/XMLSchema#duration"),
    ));
    for note in ["15 men", "Of 500, half, and 5 men."] {
        let mut evidence = crate::model::Evidence::new(crate::model::SourceId::new("s").unwrap());
        (evidence.quote, evidence.note) = (Some("q".to_owned()), Some(note.to_owned()));
        statement.evidence.push(evidence);
    }
    let note = |at, written: &str| ValueLocation::Note(at, written.to_owned());
    let found: Vec<_> = values(&statement, None).into_iter().map(|value| value.location).collect();
    let expected = [ValueLocation::Object, ValueLocation::Qualifier(0), note(0, "15"), note(1, "5"), note(1, "500")];
    assert_eq!(found, expected);
    // A figure of a note is checked in languages with number words, and a year in all.
    let figures = values(&statement, None).into_iter().skip(2).take(1).collect::<Vec<_>>();
    assert!(has("cinque operai", &figures, "it") && !has("five men", &figures, "en"));
}

#[test]
fn a_set_of_values_has_at_most_64() {
    assert_eq!(ValueSet::first(3).indices().collect::<Vec<_>>(), [0, 1, 2]);
    assert!(ValueSet::first(0).is_empty());
    assert_eq!(ValueSet::first(100).indices().count(), MAX_VALUES);
    let odd = ValueSet::first(6).filter(|index| index % 2 == 1);
    assert_eq!(odd.and(ValueSet::first(4)).indices().collect::<Vec<_>>(), [1, 3]);
}
