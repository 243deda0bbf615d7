//! Random expressions.

use super::queries::Queries;
use super::random::{Text, text};
use super::terms::Terms;

impl Queries {
    /// An expression for FILTER and HAVING.
    pub fn condition(&mut self, depth: usize) -> Text {
        if depth == 0 {
            return self.comparison();
        }
        match self.random.below(16) {
            0 => text!["(", self.condition(depth - 1), "&&", self.condition(depth - 1), ")"],
            1 | 2 => text!["(", self.condition(depth - 1), "||", self.condition(depth - 1), ")"],
            3 | 14 => text!["(", "!", self.condition(depth - 1), ")"],
            4 => text!["BOUND(", self.variable(), ")"],
            5 => {
                let kind = self.random.pick(&["isIRI", "isBLANK", "isLITERAL", "isNUMERIC", "isTRIPLE"]);
                text![format!("{kind}("), self.value(1), ")"]
            }
            6 => {
                let pattern = self.random.pick(&["a", "^a", "b$", "[0-9]", ".", "A.*"]);
                let flags = self.random.pick(&["", ", 'i'", ", 's'"]);
                text!["REGEX(STR(", self.variable(), format!("), '{pattern}'{flags})")]
            }
            7 => {
                let name = self.random.pick(&["CONTAINS", "STRSTARTS", "STRENDS"]);
                text![format!("{name}("), self.value(1), ",", self.value(1), ")"]
            }
            8 => {
                let not = self.random.pick(&["IN", "NOT IN"]);
                // For an empty list Oxigraph requires a term with an effective boolean value, so the list is not empty.
                let members: Vec<String> = (0..=self.random.below(3)).map(|_| self.constant()).collect();
                text!["(", self.value(1), not, format!("({})", members.join(", ")), ")"]
            }
            9 => text!["sameTerm(", self.value(0), ",", self.value(1), ")"],
            10 => {
                let range = self.random.pick(&["*", "en", "EN", "fr"]);
                text!["LANGMATCHES(LANG(", self.variable(), format!("), '{range}')")]
            }
            11 | 12 if !self.in_exists => {
                let not = self.random.pick(&["EXISTS", "NOT EXISTS"]);
                let outer = std::mem::replace(&mut self.allows_minus, false);
                self.in_exists = true;
                let group = self.group(1);
                self.in_exists = false;
                self.allows_minus = outer;
                text!["(", not, group, ")"]
            }
            13 => self.value(1),
            _ => self.comparison(),
        }
    }

    fn comparison(&mut self) -> Text {
        let operator = self.random.pick(&["=", "!=", "!=", "<", "<=", ">", ">="]);
        text!["(", self.value(0), operator, self.value(1), ")"]
    }

    /// An expression for BIND and SELECT.
    pub fn value(&mut self, depth: usize) -> Text {
        if depth == 0 || self.random.one_in(2) {
            return if self.random.one_in(3) { self.constant().into() } else { self.variable().into() };
        }
        let deeper = depth - 1;
        if self.terms == Terms::TotallyOrdered || self.random.one_in(2) {
            // These return no numbers or strings outside the total order.
            let first = if self.terms == Terms::TotallyOrdered { 2 } else { 0 };
            return match first + self.random.below(6 - first) {
                0 => text!["STR(", self.value(deeper), ")"],
                1 => text!["LANG(", self.variable(), ")"],
                2 => text!["DATATYPE(", self.value(deeper), ")"],
                3 => text!["COALESCE(", self.value(deeper), ",", self.value(deeper), ")"],
                4 => text!["IF(", self.condition(deeper), ",", self.value(deeper), ",", self.value(deeper), ")"],
                _ => text!["IRI(STR(", self.variable(), "))"],
            };
        }
        match self.random.below(9) {
            0 | 1 => {
                let operator = self.random.pick(&["+", "-", "*", "/"]);
                text!["(", self.value(deeper), operator, self.value(deeper), ")"]
            }
            2 => {
                let name = self.random.pick(&["ABS", "CEIL", "FLOOR", "ROUND", "-", "+"]);
                text![format!("{name}("), self.value(deeper), ")"]
            }
            3 => {
                let name = self.random.pick(&["STRLEN", "UCASE", "LCASE", "ENCODE_FOR_URI", "MD5", "LANGDIR"]);
                text![format!("{name}("), self.value(deeper), ")"]
            }
            4 => {
                let name = self.random.pick(&["YEAR", "MONTH", "DAY", "HOURS", "SECONDS", "TIMEZONE", "TZ"]);
                text![format!("{name}("), self.value(deeper), ")"]
            }
            5 => {
                let name = self
                    .random
                    .pick(&["integer", "decimal", "double", "float", "string", "boolean", "date", "dateTime"]);
                text![format!("<http://www.w3.org/2001/XMLSchema#{name}>("), self.value(deeper), ")"]
            }
            6 => {
                let name = self.random.pick(&["SUBJECT", "PREDICATE", "OBJECT"]);
                text![format!("{name}("), self.variable(), ")"]
            }
            7 => text!["TRIPLE(", self.variable(), ",", self.variable(), ",", self.value(deeper), ")"],
            _ => {
                let (start, suffix) = (self.random.below(3), self.constant());
                text!["CONCAT(SUBSTR(STR(", self.variable(), format!("), {start}), STR({suffix}))")]
            }
        }
    }
}
