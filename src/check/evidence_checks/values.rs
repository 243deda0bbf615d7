//! The dates and numbers of a statement, which its quotes or the sentences that contain them must have.

use super::cues::Cues;
use super::numbers::{Decimal, Numbers};
use super::words::comparable_words;
use crate::model::{Stance, Statement, literal, vocab};
use oxigraph::model::{Literal, NamedNodeRef, Term};

/// How many values of a statement are checked.
pub(super) const MAX_VALUES: usize = 64;

/// A number of a statement, or a component of a date: each may be in another quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub location: ValueLocation,
    /// The whole date or the number as written.
    pub written: String,
    expected: Expected,
}

/// Where a statement has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueLocation {
    Object,
    /// The index of the qualifier.
    Qualifier(usize),
    /// The note of a piece of evidence.
    Note,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Expected {
    /// The digits of a year that are known.
    Year(String),
    Month(u32),
    Day(u32),
    Number(Decimal),
    /// A number of a note: it may also be a year.
    Figure(Vec<Decimal>),
}

/// The values of a statement: those of its object, its qualifiers and its notes, in this order.
pub(super) fn values(statement: &Statement) -> Vec<Value> {
    let object = as_literal(&statement.triple.object).map(|literal| (ValueLocation::Object, literal));
    let qualifiers = statement.qualifiers.iter().enumerate();
    let qualifiers =
        qualifiers.filter_map(|(at, qualifier)| Some((ValueLocation::Qualifier(at), as_literal(&qualifier.value)?)));
    let mut values: Vec<Value> = object
        .into_iter()
        .chain(qualifiers)
        .flat_map(|(location, literal)| literal_values(location, literal))
        .collect();
    let quoted = statement.evidence.iter().filter(|e| e.stance == Stance::Supports && e.quote.is_some());
    let mut figures: Vec<String> = quoted
        .filter_map(|evidence| evidence.note.as_deref())
        .flat_map(|note| Numbers::of(note, None).written)
        .collect();
    // The order of evidence depends on the positions of the quotes.
    figures.sort();
    figures.dedup();
    values.extend(figures.into_iter().filter_map(|written| {
        let readings: Vec<Decimal> = Numbers::of(&written, None).values.into_iter().collect();
        // Too many digits have no reading.
        let expected = (!readings.is_empty()).then_some(Expected::Figure(readings))?;
        Some(Value { location: ValueLocation::Note, written, expected })
    }));
    values.truncate(MAX_VALUES);
    values
}

impl Value {
    /// What is expected.
    pub(super) fn component(&self) -> &'static str {
        match self.expected {
            Expected::Year(_) => "year",
            Expected::Month(_) => "month",
            Expected::Day(_) => "day",
            Expected::Number(_) | Expected::Figure(_) => "number",
        }
    }
}

fn as_literal(term: &Term) -> Option<&Literal> {
    match term {
        Term::Literal(literal) => Some(literal),
        _ => None,
    }
}

/// A number, or the components of a date or of the ends of an interval.
fn literal_values(location: ValueLocation, literal: &Literal) -> Vec<Value> {
    let expected: Vec<Expected> = if is_number(literal) {
        Decimal::parse(literal.value()).map(|number| Expected::Number(number.absolute())).into_iter().collect()
    } else if DATES.contains(&literal.datatype()) {
        literal.value().split('/').flat_map(date_components).collect()
    } else {
        Vec::new()
    };
    let value = |expected| Value { location, written: literal.value().to_owned(), expected };
    expected.into_iter().map(value).collect()
}

fn is_number(literal: &Literal) -> bool {
    let datatype = literal.datatype();
    literal::is_integer(datatype) || [vocab::xsd::DECIMAL, vocab::xsd::DOUBLE, FLOAT].contains(&datatype)
}

/// Whether a literal is a date or a number that can be checked.
pub(super) fn is_value(literal: &Literal) -> bool {
    is_number(literal) || DATES.contains(&literal.datatype())
}

/// The datatypes of dates.
const DATES: [NamedNodeRef<'static>; 5] =
    [vocab::xsd::G_YEAR, vocab::xsd::G_YEAR_MONTH, vocab::xsd::DATE, vocab::xsd::DATE_TIME, vocab::edtf::EDTF];

const FLOAT: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("http://www.w3.org/2001/XMLSchema#float");

/// The known components of a date of XML Schema or the Extended Date/Time Format; none for an open end.
fn date_components(text: &str) -> Vec<Expected> {
    let text = text.split('T').next().unwrap_or(text).trim_end_matches(['?', '~', '%', 'Z']);
    let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |unsigned| (true, unsigned));
    let mut fields = text.split('-');
    let year = fields.next().unwrap_or_default().trim_end_matches('X').trim_start_matches('Y');
    if year.is_empty() || !year.bytes().all(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    let year = match year.parse::<u32>() {
        // The year 0000 is 1 BC, and -0001 is 2 BC.
        Ok(number) if year.len() == 4 && (is_negative || number == 0) => {
            Decimal::parse(&(number + 1).to_string()).map(Expected::Number)
        }
        _ => Some(Expected::Year(year.to_owned())),
    };
    let mut number = || fields.next().and_then(|field| field.get(..2)?.parse::<u32>().ok());
    // From 21 on, it is a season.
    let month = number().filter(|month| (1..=12).contains(month));
    let day = month.and_then(|_| number());
    let components = [year, month.map(Expected::Month), day.map(Expected::Day)];
    components.into_iter().flatten().collect()
}

/// The digits of a year that are known.
struct Year<'a>(&'a str);

impl Year<'_> {
    fn is_in(&self, text: &TextValues<'_>) -> bool {
        let is_implied = || text.implied_year == Some(self.0) && text.numbers.years.is_empty();
        self.is_among(&text.numbers) || is_implied()
    }

    fn is_among(&self, numbers: &Numbers) -> bool {
        let Ok(known) = self.0.parse::<u32>() else { return true };
        let century = |year: u32| if self.0.len() <= 2 && year >= 1000 { year / 100 } else { year };
        match self.0.len() {
            4.. => {
                // `'73`, or a year in words such as `nineteen seventy-three`.
                let has_short = numbers.years.contains(&(known % 100)) && known >= 100;
                numbers.years.contains(&known)
                    || has_short
                    || numbers.parts.contains(&known)
                    || self.is_divided(numbers)
            }
            3 => {
                let in_decade = |year: &u32| *year / 10 == known || (*year < 100 && *year / 10 == known % 10);
                let has_decade = numbers.decades.iter().any(|decade| *decade == known || *decade == known % 10);
                // `seventies`
                let words = Decimal::parse(&format!("{}0", known % 10));
                has_decade
                    || numbers.years.iter().any(in_decade)
                    || words.is_some_and(|words| numbers.values.contains(&words))
            }
            // `19XX` is the twentieth century.
            _ => {
                let ordinal = Decimal::parse(&(known + 1).to_string());
                numbers.years.iter().any(|year| century(*year) == known)
                    || numbers.decades.iter().any(|decade| *decade / 10 == known)
                    || ordinal.is_some_and(|ordinal| numbers.values.contains(&ordinal))
            }
        }
    }

    /// Whether there are both halves of the year, as in `nineteen seventy-three`.
    fn is_divided(&self, numbers: &Numbers) -> bool {
        let half = |range: std::ops::Range<usize>| self.0.get(range).and_then(Decimal::parse);
        let has = |half: Option<Decimal>| half.is_some_and(|half| numbers.values.contains(&half));
        numbers.years.is_empty() && has(half(0..2)) && has(half(2..4))
    }
}

/// The numbers and the words of a text.
pub(super) struct TextValues<'a> {
    text: &'a str,
    numbers: Numbers,
    cues: Option<&'a Cues>,
    /// The year that dates without a year are in.
    implied_year: Option<&'a str>,
}

impl<'a> TextValues<'a> {
    /// Takes linear time.
    pub(super) fn new(text: &'a str, cues: Option<&'a Cues>, implied_year: Option<&'a str>) -> Self {
        Self { text, numbers: Numbers::of(text, cues), cues, implied_year }
    }

    /// Whether the text has a value, as far as this can be decided for its language.
    pub(super) fn contains(&self, value: &Value) -> bool {
        match &value.expected {
            Expected::Year(year) => Year(year).is_in(self),
            Expected::Month(month) => self.has_month(*month),
            Expected::Day(day) => self.has_number(*day),
            Expected::Number(number) => {
                self.cues.is_none_or(|cues| cues.numbers.is_empty()) || self.numbers.values.contains(number)
            }
            Expected::Figure(readings) => readings.iter().any(|reading| self.numbers.values.contains(reading)),
        }
    }

    fn has_number(&self, number: u32) -> bool {
        Decimal::parse(&number.to_string()).is_some_and(|number| self.numbers.values.contains(&number))
            || self.cues.is_none_or(|cues| cues.months.is_empty())
    }

    /// Whether the text has a month, by its name or as part of a date in digits.
    fn has_month(&self, month: u32) -> bool {
        let Some(cues) = self.cues.filter(|cues| !cues.months.is_empty()) else { return true };
        let names = cues.months.get(month as usize - 1).into_iter().flatten();
        self.numbers.parts.contains(&month) || {
            let words = comparable_words(self.text);
            names.into_iter().any(|name| words.windows(name.len()).any(|words| words == &name[..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cues::AllCues;
    use super::*;
    use crate::model::{Kind, Qualifier, StatementId};
    use oxigraph::model::{NamedNode, Triple};

    fn expected(value: &str, datatype: NamedNodeRef<'_>) -> Vec<Value> {
        literal_values(ValueLocation::Object, &Literal::new_typed_literal(value, datatype))
    }

    fn has(text: &str, values: &[Value], language: &str) -> bool {
        let text = TextValues::new(text, AllCues::built_in().get(language), Some("2025"));
        !values.is_empty() && values.iter().all(|value| text.contains(value))
    }

    #[test]
    fn each_component_of_a_date_must_be_in_the_text() {
        for (value, text, is_there) in [
            ("1973", "built in 1973 with help", true),
            ("1973", "built in 1937 with help", false),
            ("1973", "from 1971–73", true),
            ("1973", "in the summer of '73", true),
            ("1973", "in nineteen seventy-three", true),
            ("1973", "on 30.12.1973", true),
            ("1973-05", "in May 1973", true),
            ("1973-05", "in June 1973", false),
            ("1973-05-21", "on 21 May 1973", true),
            ("1973-05-21", "on May 21st, 1973", true),
            ("1973-05-21", "on 1973-05-21", true),
            ("1973-05-21", "on 22 May 1973", false),
            ("2025-07-11", "on Friday, 11 July", true),
            ("2024-07-11", "on Friday, 11 July", false),
            ("2025-07-11", "on 11 July 2024", false),
        ] {
            let datatype = [vocab::xsd::G_YEAR, vocab::xsd::G_YEAR_MONTH, vocab::xsd::DATE][value.len() / 3 - 1];
            assert_eq!(has(text, &expected(value, datatype), "en"), is_there, "{value}: {text}");
        }
        for (value, text, is_there) in [
            ("197X", "in the 1970s", true),
            ("197X", "in the ’70s", true),
            ("197X", "in the seventies", true),
            ("197X", "in 1973", true),
            ("197X", "in 1983", false),
            ("19XX", "in the twentieth century", true),
            ("19XX", "in 1983", true),
            ("19XX", "in 1883", false),
            ("1971/1973", "from 1971 to 1973", true),
            ("1971/1973", "until 1973", false),
            ("1971/..", "since 1971", true),
            ("1973~", "about 1973", true),
            ("2024-21", "in the spring of 2024", true),
            ("2024-21", "in the spring of 2023", false),
            ("../-0044", "until 45 BC", true),
            ("../-0044", "until 44 BC", false),
            ("0000?", "possibly in 1 BC", true),
        ] {
            assert_eq!(has(text, &expected(value, vocab::edtf::EDTF), "en"), is_there, "{value}: {text}");
        }
    }

    #[test]
    fn other_languages_are_checked_as_far_as_their_cues_go() {
        let date = expected("1973-05-21", vocab::xsd::DATE);
        assert!(has("21 мая 1973 года", &date, "ru") && !has("21 июня 1973 года", &date, "ru"));
        assert!(has("21 tebi 1973", &date, "xx") && !has("21 tebi 1974", &date, "xx"));
        let number = expected("250", vocab::xsd::INTEGER);
        assert!(has("двести пятьдесят рабочих", &number, "ru") && !has("two hundred workers", &number, "en"));
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
        let mut evidence = crate::model::Evidence::new(crate::model::SourceId::new("s").unwrap());
        (evidence.quote, evidence.note) = (Some("q".to_owned()), Some("Of 500, half.".to_owned()));
        statement.evidence.push(evidence);
        let found: Vec<_> = values(&statement).into_iter().map(|value| (value.location, value.written)).collect();
        let expected =
            [(ValueLocation::Object, "250"), (ValueLocation::Qualifier(0), "1973"), (ValueLocation::Note, "500")];
        assert_eq!(found, expected.map(|(location, written)| (location, written.to_owned())));
    }
}
