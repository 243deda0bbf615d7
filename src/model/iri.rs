//! Prefixed names and IRIs, as datasets and arguments write them.

use super::id::nfc;
use super::{EntityId, Namespaces};
use oxigraph::model::NamedNode;
use std::borrow::Cow;

/// Why a string is neither a prefixed name nor an IRI.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIri {
    /// It has no scheme, or a character that an IRI cannot have.
    #[error("invalid IRI `{0}`")]
    Syntax(String),
    /// It begins with a word and a colon, but the word is neither a prefix nor a known scheme.
    #[error("unknown prefix `{prefix}:`")]
    UnknownPrefix {
        /// The prefix.
        prefix: String,
        /// The rest, after the colon.
        local: String,
    },
}

/// Schemes of IRIs that need no `//`: most of the registered ones, and `vbscript`. `geo` is not one, because it is often a prefix.
#[rustfmt::skip]
const SCHEMES: [&str; 43] = [
    "about", "acct", "ark", "cid", "coap", "data", "did", "dns", "doi", "file", "ftp", "hdl", "http", "https", "im", "info", "ipfs",
    "ipns", "javascript", "ldap", "magnet", "mailto", "mid", "news", "ni", "nih", "oid", "pkg", "pres", "sip", "sips", "sms", "swh",
    "tag", "tel", "urn", "uuid", "vbscript", "view-source", "ws", "wss", "xmpp", "z39.50",
];

impl Namespaces {
    /// The IRI that a prefixed name or an IRI stands for.
    ///
    /// A declared prefix takes precedence over a scheme, unless `//` follows. Without one, the string must start with the base, have `//`
    /// after its scheme, or have a scheme that is registered: anything else is probably a prefixed name. IRIs below the base are returned
    /// in normalization form C.
    ///
    /// # Errors
    ///
    /// Returns an error if the prefix is unknown or the result is not an IRI.
    ///
    /// ```
    /// use factloom::model::Namespaces;
    ///
    /// let prefixes = [("wd".to_owned(), "http://www.wikidata.org/entity/".to_owned())];
    /// let namespaces = Namespaces::new("https://example.org/mill/", &prefixes)?;
    /// assert_eq!(namespaces.resolve("wd:Q42")?.as_str(), "http://www.wikidata.org/entity/Q42");
    /// assert_eq!(namespaces.resolve("doi:10.1000/182")?.as_str(), "doi:10.1000/182");
    /// assert_eq!(namespaces.resolve("wdt:P31").unwrap_err().to_string(), "unknown prefix `wdt:`");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resolve(&self, written: &str) -> Result<NamedNode, InvalidIri> {
        let invalid = || InvalidIri::Syntax(written.to_owned());
        let (prefix, local) = written.split_once(':').ok_or_else(invalid)?;
        let iri = match self.namespace(&nfc(prefix)) {
            Some(namespace) if !local.starts_with("//") => Cow::Owned(format!("{namespace}{local}")),
            None if !is_iri(prefix, local) && !written.starts_with(self.base()) => {
                let is_prefix = prefix.starts_with(char::is_alphabetic) && EntityId::new(&nfc(prefix)).is_ok();
                let unknown = InvalidIri::UnknownPrefix { prefix: prefix.to_owned(), local: local.to_owned() };
                return Err(if is_prefix { unknown } else { invalid() });
            }
            _ => Cow::Borrowed(written),
        };
        let iri = if iri.starts_with(self.base()) { nfc(&iri).into_owned() } else { iri.into_owned() };
        NamedNode::new(iri).map_err(|_| invalid())
    }
}

/// Whether a string with this start before a colon and this rest is an IRI, not a prefixed name.
pub(super) fn is_iri(scheme: &str, rest: &str) -> bool {
    let is_coordinate = |c: char| c.is_ascii_digit() || c == '-';
    rest.starts_with("//")
        || SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme))
        || scheme.eq_ignore_ascii_case("geo") && rest.starts_with(is_coordinate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixed_names_and_iris_are_resolved() {
        let own =
            [("wd", "http://www.wikidata.org/entity/"), ("doi", "https://doi.org/"), ("http", "https://e.org/h#")];
        let own = own.map(|(prefix, iri)| (prefix.to_owned(), iri.to_owned()));
        let namespaces = Namespaces::new("x:e/", &own).unwrap();
        let unknown = |prefix: &str, local: &str| {
            Err(InvalidIri::UnknownPrefix { prefix: prefix.to_owned(), local: local.to_owned() })
        };
        let invalid = |written: &str| Err(InvalidIri::Syntax(written.to_owned()));
        for (written, resolved) in [
            ("wd:Q42", Ok("http://www.wikidata.org/entity/Q42")),
            ("wd:", Ok("http://www.wikidata.org/entity/")),
            ("doi:10.1000/182", Ok("https://doi.org/10.1000/182")),
            ("http:x", Ok("https://e.org/h#x")),
            ("http://e.org/x", Ok("http://e.org/x")),
            ("HTTPS://e.org/x", Ok("HTTPS://e.org/x")),
            ("ssh://e.org/x", Ok("ssh://e.org/x")),
            ("urn:isbn:123", Ok("urn:isbn:123")),
            ("mailto:a@e.org", Ok("mailto:a@e.org")),
            ("geo:24.86,67.01", Ok("geo:24.86,67.01")),
            ("x:e/entity/mill", Ok("x:e/entity/mill")),
            ("xsd:gYear", Ok("http://www.w3.org/2001/XMLSchema#gYear")),
            ("e:Cafe\u{301}", Ok("x:e/entity/Caf\u{e9}")),
            ("x:e/entity/Cafe\u{301}", Ok("x:e/entity/Caf\u{e9}")),
            ("wd:Cafe\u{301}", Ok("http://www.wikidata.org/entity/Cafe\u{301}")),
            ("geo:Feature", unknown("geo", "Feature")),
            ("WD:Q42", unknown("WD", "Q42")),
            ("wdt:P31", unknown("wdt", "P31")),
            ("localhost:80/x", unknown("localhost", "80/x")),
            ("wd:Q 42", invalid("wd:Q 42")),
            ("https://e.org/a b", invalid("https://e.org/a b")),
            ("mill", invalid("mill")),
            (":mill", invalid(":mill")),
            ("_:mill", invalid("_:mill")),
            ("old mill: a history", invalid("old mill: a history")),
            ("", invalid("")),
        ] {
            assert_eq!(namespaces.resolve(written), resolved.map(NamedNode::new_unchecked), "{written}");
        }
    }
}
