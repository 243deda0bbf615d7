//! The built-in datatypes of XML Schema and their lexical spaces.

use regex::Regex;
use std::sync::LazyLock;

/// The characters of [`NameStartChar`](https://www.w3.org/TR/xml/#NT-NameStartChar) except the colon.
macro_rules! name_start {
    () => {
        concat!(
            r"A-Z_a-z\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{2FF}\u{370}-\u{37D}\u{37F}-\u{1FFF}\u{200C}-\u{200D}",
            r"\u{2070}-\u{218F}\u{2C00}-\u{2FEF}\u{3001}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFFD}\u{10000}-\u{EFFFF}"
        )
    };
}

/// The further characters of [`NameChar`](https://www.w3.org/TR/xml/#NT-NameChar).
macro_rules! name_rest {
    () => {
        r"\-.0-9\u{B7}\u{300}-\u{36F}\u{203F}-\u{2040}"
    };
}

/// A built-in datatype of [XML Schema 1.1](https://www.w3.org/TR/xmlschema11-2/) that literals can have.
///
/// `anyType`, `anySimpleType` and `anyAtomicType` are not among them: they have no lexical mapping.
pub(super) struct Datatype {
    /// Its local name.
    pub(super) name: &'static str,
    /// One of its values.
    pub(super) example: &'static str,
    /// Its lexical space, before [`is_excluded`].
    form: LazyLock<Regex>,
}

impl Datatype {
    const fn new(name: &'static str, example: &'static str, form: fn() -> Regex) -> Self {
        Self { name, example, form: LazyLock::new(form) }
    }

    /// The datatype with a local name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        DATATYPES.iter().find(|datatype| datatype.name == name)
    }

    /// Whether a string is in the lexical space.
    ///
    /// White space counts: in RDF, unlike in an XML document, it is not processed first.
    pub(super) fn contains(&self, string: &str) -> bool {
        self.form.is_match(string) && !is_excluded(self.name, string)
    }
}

/// All datatypes, the most frequent ones first. The patterns are those of the specification, or transcribe its productions.
pub(super) static DATATYPES: [Datatype; 47] = [
    Datatype::new("string", "mill", || form("(?s:.*)")),
    Datatype::new("integer", "42", integer),
    Datatype::new("decimal", "4.2", || form(DECIMAL)),
    Datatype::new("double", "4.2e1", double),
    Datatype::new("gYear", "1973", || form(&format!("{YEAR}{ZONE}?"))),
    Datatype::new("gYearMonth", "2025-07", || form(&format!("{YEAR}-{MONTH}{ZONE}?"))),
    Datatype::new("date", "2025-07-11", || form(&format!("{YEAR}-{MONTH}-{DAY}{ZONE}?"))),
    Datatype::new("dateTime", "2025-07-11T10:00:00Z", || form(&format!("{YEAR}-{MONTH}-{DAY}T{TIME}{ZONE}?"))),
    Datatype::new("dateTimeStamp", "2025-07-11T10:00:00Z", || form(&format!("{YEAR}-{MONTH}-{DAY}T{TIME}{ZONE}"))),
    Datatype::new("time", "10:00:00", || form(&format!("{TIME}{ZONE}?"))),
    Datatype::new("boolean", "true", || form("true|false|1|0")),
    Datatype::new("anyURI", "https://example.org/mill", collapsed),
    Datatype::new("float", "4.2e1", double),
    Datatype::new("gMonth", "--07", || form(&format!("--{MONTH}{ZONE}?"))),
    Datatype::new("gMonthDay", "--07-11", || form(&format!("--{MONTH}-{DAY}{ZONE}?"))),
    Datatype::new("gDay", "---11", || form(&format!("---{DAY}{ZONE}?"))),
    Datatype::new("duration", "P1Y6M", || form(&format!("-?P{YEARS_MONTHS}{DAYS_TIMES}"))),
    Datatype::new("yearMonthDuration", "P1Y6M", || form(&format!("-?P{YEARS_MONTHS}"))),
    Datatype::new("dayTimeDuration", "P2DT12H", || form(&format!("-?P{DAYS_TIMES}"))),
    Datatype::new("long", "42", integer),
    Datatype::new("int", "42", integer),
    Datatype::new("short", "42", integer),
    Datatype::new("byte", "42", integer),
    Datatype::new("nonNegativeInteger", "42", integer),
    Datatype::new("positiveInteger", "42", integer),
    Datatype::new("nonPositiveInteger", "-42", integer),
    Datatype::new("negativeInteger", "-42", integer),
    Datatype::new("unsignedLong", "42", integer),
    Datatype::new("unsignedInt", "42", integer),
    Datatype::new("unsignedShort", "42", integer),
    Datatype::new("unsignedByte", "42", integer),
    Datatype::new("normalizedString", "old mill", || form(r"[^\t\n\r]*")),
    Datatype::new("token", "old mill", collapsed),
    Datatype::new("language", "en-GB", || form("[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")),
    Datatype::new("Name", "old:mill", || form(&format!("(:|{NC_NAME}){NAME_CHAR}*"))),
    Datatype::new("NCName", "mill", nc_name),
    Datatype::new("NMTOKEN", "2-mills", || form(&format!("{NAME_CHAR}+"))),
    Datatype::new("NMTOKENS", "1-mill 2-mills", || form(&format!("{NAME_CHAR}+( {NAME_CHAR}+)*"))),
    Datatype::new("ID", "mill", nc_name),
    Datatype::new("IDREF", "mill", nc_name),
    Datatype::new("IDREFS", "mill guild", nc_names),
    Datatype::new("ENTITY", "mill", nc_name),
    Datatype::new("ENTITIES", "mill guild", nc_names),
    Datatype::new("QName", "v:Mill", q_name),
    Datatype::new("NOTATION", "v:Mill", q_name),
    Datatype::new("hexBinary", "0FB7", || form("([0-9a-fA-F]{2})*")),
    Datatype::new("base64Binary", "bWlsbA==", || {
        form(
            "((([A-Za-z0-9+/] ?){4})*(([A-Za-z0-9+/] ?){3}[A-Za-z0-9+/]|([A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=\
             |[A-Za-z0-9+/] ?[AQgw] ?= ?=))?",
        )
    }),
];

const DECIMAL: &str = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)";
const YEAR: &str = "-?([1-9][0-9]{3,}|0[0-9]{3})";
const MONTH: &str = "(0[1-9]|1[0-2])";
const DAY: &str = "(0[1-9]|[12][0-9]|3[01])";
const TIME: &str = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)";
const ZONE: &str = "(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))";
const YEARS_MONTHS: &str = "([0-9]+Y)?([0-9]+M)?";
const DAYS_TIMES: &str = r"([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?";

/// [`NCName`](https://www.w3.org/TR/xml-names/#NT-NCName).
const NC_NAME: &str = concat!("[", name_start!(), "][", name_start!(), name_rest!(), "]*");
/// [`NameChar`](https://www.w3.org/TR/xml/#NT-NameChar).
const NAME_CHAR: &str = concat!("[:", name_start!(), name_rest!(), "]");

fn form(pattern: &str) -> Regex {
    Regex::new(&format!(r"\A(?:{pattern})\z")).expect("the patterns are valid")
}

fn integer() -> Regex {
    form("[+-]?[0-9]+")
}

fn double() -> Regex {
    form(&format!("{DECIMAL}([Ee][+-]?[0-9]+)?|[+-]?INF|NaN"))
}

/// Strings without tabs and line breaks, without spaces at their ends, and without two spaces in a row.
///
/// Any string is a lexical form of `xsd:anyURI`, but only such a string can be one in an XML document.
fn collapsed() -> Regex {
    form(r"([^\t\n\r ]+( [^\t\n\r ]+)*)?")
}

fn nc_name() -> Regex {
    form(NC_NAME)
}

fn nc_names() -> Regex {
    form(&format!("{NC_NAME}( {NC_NAME})*"))
}

fn q_name() -> Regex {
    form(&format!("({NC_NAME}:)?{NC_NAME}"))
}

/// Whether a string with the form of a datatype is not in its lexical space: a number out of bounds, a day that does not exist, or a duration
/// without a number.
fn is_excluded(name: &str, string: &str) -> bool {
    match name {
        "duration" | "yearMonthDuration" | "dayTimeDuration" => string.ends_with(['P', 'T']),
        "date" | "dateTime" | "dateTimeStamp" | "gMonthDay" => !has_day(string),
        _ => integer_bounds(name).is_some_and(|(least, most)| {
            let beyond = if string.starts_with('-') { i128::MIN } else { i128::MAX };
            !(least..=most).contains(&string.parse::<i128>().unwrap_or(beyond))
        }),
    }
}

/// Whether the month of a date has its day. `--02-29` is in a leap year.
fn has_day(date: &str) -> bool {
    // The months have two digits, so that the first hyphen after four characters follows the year.
    let (year, rest) = match date.strip_prefix("--") {
        Some(rest) => ("0000", rest),
        None => date.split_at(date[4..].find('-').map_or(4, |at| at + 4)),
    };
    let rest = rest.trim_start_matches('-');
    let (Some(month), Some(day)) = (rest.get(..2), rest.get(3..5)) else { return false };
    // Whether a year is a leap year depends on its last four digits.
    let year: u16 = year[year.len() - 4..].parse().unwrap_or_default();
    let is_leap_year = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        "02" if is_leap_year => "29",
        "02" => "28",
        "04" | "06" | "09" | "11" => "30",
        _ => "31",
    };
    day <= days
}

/// The least and the greatest value of `xsd:integer` and the types derived from it; those of `i128` stand for no bound.
pub(super) fn integer_bounds(name: &str) -> Option<(i128, i128)> {
    Some(match name {
        "integer" => (i128::MIN, i128::MAX),
        "long" => (i64::MIN.into(), i64::MAX.into()),
        "int" => (i32::MIN.into(), i32::MAX.into()),
        "short" => (i16::MIN.into(), i16::MAX.into()),
        "byte" => (i8::MIN.into(), i8::MAX.into()),
        "nonNegativeInteger" => (0, i128::MAX),
        "positiveInteger" => (1, i128::MAX),
        "nonPositiveInteger" => (i128::MIN, 0),
        "negativeInteger" => (i128::MIN, -1),
        "unsignedLong" => (0, u64::MAX.into()),
        "unsignedInt" => (0, u32::MAX.into()),
        "unsignedShort" => (0, u16::MAX.into()),
        "unsignedByte" => (0, u8::MAX.into()),
        _ => return None,
    })
}
