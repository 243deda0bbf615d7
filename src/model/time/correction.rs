//! Corrections of dates in words.

use super::TimeValue;

/// How to write a date that is not a valid time, if that is clear: with ASCII digits, or in EDTF instead of words such as `c. 1935`.
pub(crate) fn time_correction(text: &str) -> Option<String> {
    let ascii: String = text.chars().map(|c| ascii_digit(c).unwrap_or(c)).collect();
    if ascii != text && TimeValue::parse(&ascii).is_ok() {
        return Some(format!("write `{ascii}`, with ASCII digits"));
    }
    if let Some((day, time)) = ascii.split_once('T')
        && time.starts_with(|c: char| c.is_ascii_digit())
        && TimeValue::parse(day).is_ok()
    {
        return Some(format!("write `{day}`, without the time of day"));
    }
    if ascii.trim().ends_with("00s") {
        let digits = ascii.trim().trim_start_matches("the ").get(..2)?;
        let is_clear =
            ascii.chars().filter(char::is_ascii_digit).count() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
        return is_clear.then(|| format!("write `{digits}XX` for the century, or `{digits}0X` for the decade"));
    }
    let time = open_interval(&ascii).map_or_else(|| Words::read(&ascii)?.time(), Some)?;
    (time != text && TimeValue::parse(&time).is_ok()).then(|| format!("write `{time}`"))
}

/// An interval that is open at one end, such as `1990..` or ` ../1990`.
fn open_interval(text: &str) -> Option<String> {
    let text = text.trim();
    match (text.strip_suffix(".."), text.strip_prefix("..")) {
        (Some(start), None) => Some(format!("{}/..", start.trim_end_matches(['/', ' ']))),
        (None, Some(end)) => Some(format!("../{}", end.trim_start_matches(['/', ' ']))),
        _ => None,
    }
}

/// What the words of a date mean.
#[derive(Default)]
struct Words {
    /// One date, or two of an interval.
    dates: Vec<String>,
    is_approximate: bool,
    is_uncertain: bool,
    relation: Option<Relation>,
    /// The number of a season.
    season: Option<u8>,
}

#[derive(Clone, Copy, PartialEq)]
enum Relation {
    To,
    Until,
    Since,
    Before,
    After,
}

impl Words {
    fn read(text: &str) -> Option<Self> {
        let mut words = Self::default();
        for token in tokens(text) {
            let date = token.trim_matches(['~', '?', '%']);
            if let Some((from, to)) = years(token) {
                words.relation = Some(Relation::To);
                words.dates.extend([from.to_owned(), to.to_owned()]);
            } else if token.starts_with(is_date_character) {
                words.is_approximate |= token.contains(['~', '%']);
                words.is_uncertain |= token.contains(['?', '%']);
                words.dates.extend((!date.is_empty()).then(|| date.to_owned()));
            } else {
                words.read_word(&token.to_lowercase())?;
            }
        }
        Some(words)
    }

    /// `None` if the word is not known.
    fn read_word(&mut self, word: &str) -> Option<()> {
        match word {
            "the" | "in" | "y" | "year" | "of" | "ad" | "ce" | "st" | "nd" | "rd" | "th" | "up" => {}
            "c" | "ca" | "circa" | "about" | "around" | "approx" | "approximately" | "roughly" => {
                self.is_approximate = true;
            }
            "possibly" | "perhaps" | "probably" | "maybe" => self.is_uncertain = true,
            "spring" => self.season = Some(21),
            "summer" => self.season = Some(22),
            "autumn" | "fall" => self.season = Some(23),
            "winter" => self.season = Some(24),
            "to" | "–" if self.dates.is_empty() => self.relation = Some(Relation::Until),
            "to" | "–" => self.relation = Some(Relation::To),
            "until" | "till" => self.relation = Some(Relation::Until),
            "since" | "from" => self.relation = Some(Relation::Since),
            "before" => self.relation = Some(Relation::Before),
            "after" => self.relation = Some(Relation::After),
            "s" => {
                let decade = self.dates.last_mut().filter(|date| date.len() == 4 && date.ends_with('0'))?;
                decade.replace_range(3.., "X");
            }
            "century" => {
                let century = self.dates.last_mut()?;
                *century = format!("{:02}XX", century.parse::<u8>().ok()?.checked_sub(1)?);
            }
            "bc" | "bce" => {
                let date = self.dates.last_mut()?;
                let year = date.parse::<u16>().ok()?.checked_sub(1)?;
                *date = if year == 0 { "0000".to_owned() } else { format!("-{year:04}") };
            }
            _ => return None,
        }
        Some(())
    }

    /// The time in EDTF, which may be invalid.
    fn time(mut self) -> Option<String> {
        let marks = match (self.is_approximate, self.is_uncertain) {
            (false, false) => "",
            (true, false) => "~",
            (false, true) => "?",
            (true, true) => "%",
        };
        if let [from, to] = &self.dates[..] {
            let is_clear = marks.is_empty() && self.season.is_none() && self.relation == Some(Relation::To);
            return is_clear.then(|| format!("{from}/{to}"));
        }
        let mut date = (self.dates.len() == 1).then(|| self.dates.remove(0))?;
        if let Some(season) = self.season {
            date = format!("{date}-{season}");
        }
        let year = || date.parse::<u16>().ok().filter(|_| date.len() == 4 && marks.is_empty());
        Some(match self.relation {
            _ if date.contains('/') && !(marks.is_empty() && self.relation.is_none()) => return None,
            None => format!("{date}{marks}"),
            Some(Relation::To) => return None,
            Some(Relation::Until) => format!("../{date}{marks}"),
            Some(Relation::Since) => format!("{date}{marks}/.."),
            Some(Relation::Before) => format!("../{:04}", year()?.checked_sub(1)?),
            Some(Relation::After) => format!("{:04}/..", year()? + 1),
        })
    }
}

/// Two years with a hyphen between them.
fn years(token: &str) -> Option<(&str, &str)> {
    let is_year = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    token.split_once('-').filter(|(from, to)| is_year(from) && is_year(to))
}

fn is_date_character(c: char) -> bool {
    c.is_ascii_digit() || "-/X~?%".contains(c)
}

/// The words and the dates of a string. Other characters separate them.
fn tokens(text: &str) -> Vec<&str> {
    let class = |c: char| match c {
        _ if is_date_character(c) => 0,
        '–' => 1,
        _ if c.is_alphabetic() => 2,
        _ => 3,
    };
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| class(c) != class(first)).unwrap_or(rest.len());
        if class(first) != 3 {
            tokens.push(&rest[..end]);
        }
        rest = &rest[end..];
    }
    tokens
}

/// The ASCII digit with the value of another decimal digit.
pub(crate) fn ascii_digit(c: char) -> Option<char> {
    /// The zeros of the scripts in which dates are commonly written: Arabic, Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Tamil,
    /// Telugu, Kannada, Malayalam, Thai, Lao, Tibetan, Burmese, Khmer, and the full-width forms.
    const ZEROS: [u32; 17] = [
        0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x1040,
        0x17E0, 0xFF10,
    ];
    let value = ZEROS.iter().find_map(|zero| u32::from(c).checked_sub(*zero).filter(|value| *value < 10))?;
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_in_words_or_with_other_digits_is_corrected() {
        for (text, correction) in [
            ("c. 1935", Some("1935~")),
            ("circa 1935-05", Some("1935-05~")),
            ("ca.1935", Some("1935~")),
            ("~1935", Some("1935~")),
            ("about the 1930s", Some("193X~")),
            ("possibly 1935", Some("1935?")),
            ("1935 (?)", Some("1935?")),
            ("c. 1935?", Some("1935%")),
            ("1930s", Some("193X")),
            ("the 1930s", Some("193X")),
            ("19th century", Some("18XX")),
            ("Spring of 1873", Some("1873-21")),
            ("fall 1873", Some("1873-23")),
            ("1935 to 1936", Some("1935/1936")),
            ("1935–1936", Some("1935/1936")),
            ("until 1990", Some("../1990")),
            ("up to 1990", Some("../1990")),
            ("since about 1990", Some("1990~/..")),
            ("before 1990", Some("../1989")),
            ("after 1990", Some("1991/..")),
            ("in the year 1935", Some("1935")),
            ("45 BC", Some("-0044")),
            ("1 BC", Some("0000")),
            ("1990..", Some("1990/..")),
            ("1990/.. ", Some("1990/..")),
            ("..1990", Some("../1990")),
            ("1990-1991", Some("1990/1991")),
            ("Y1990", Some("1990")),
            ("c. ۱۹۳۵", Some("1935~")),
            ("no later than 1935", None),
            ("1935-36", None),
            ("5 May 1935", None),
            ("1935-", None),
            ("1667, 1668", None),
            ("c. 1935/1936", None),
            ("1935s", None),
            ("century", None),
            ("1935 to", None),
            ("65535 BC", None),
            ("after 9999", None),
            ("73", None),
            ("soon", None),
            ("", None),
        ] {
            let expected = correction.map(|time| format!("write `{time}`"));
            assert_eq!(time_correction(text), expected, "{text}");
        }
    }

    #[test]
    fn a_century_may_be_meant_by_its_first_decade() {
        for text in ["1900s", "the 1900s"] {
            let expected = "write `19XX` for the century, or `190X` for the decade";
            assert_eq!(time_correction(text).as_deref(), Some(expected));
        }
        assert_eq!(time_correction("from 1800 to 1900s"), None);
    }

    #[test]
    fn a_day_with_a_time_is_corrected() {
        let correction = time_correction("1985-04-12T23:20:30Z");
        assert_eq!(correction.as_deref(), Some("write `1985-04-12`, without the time of day"));
    }

    #[test]
    fn a_date_with_other_digits_is_corrected() {
        for (text, ascii) in [("٢٠٢٨", "2028"), ("१९७३-०५", "1973-05")] {
            assert_eq!(time_correction(text), Some(format!("write `{ascii}`, with ASCII digits")));
        }
    }
}
