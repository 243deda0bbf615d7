//! Addresses of sources.

use std::fmt::Write as _;

/// An address with these characters percent-encoded, and white space and control characters.
pub(crate) fn address(link: &str, special: &str) -> String {
    let mut encoded = String::with_capacity(link.len());
    for c in link.chars() {
        if c.is_whitespace() || c.is_control() || special.contains(c) {
            c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| push_percent_encoded(byte, &mut encoded));
        } else {
            encoded.push(c);
        }
    }
    encoded
}

/// A segment of a path, with the characters percent-encoded that it cannot contain
/// ([RFC 3986, section 3.3](https://www.rfc-editor.org/rfc/rfc3986#section-3.3)).
#[cfg(feature = "cli")]
pub(crate) fn path_segment(segment: &[u8]) -> String {
    let mut encoded = String::with_capacity(segment.len());
    for byte in segment {
        match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(byte) => {
                encoded.push(char::from(*byte));
            }
            byte => push_percent_encoded(*byte, &mut encoded),
        }
    }
    encoded
}

/// The schemes of links, as messages list them.
pub(crate) const LINK_SCHEMES: &str = "`https:`, `http:`, `mailto:` or `doi:`";

/// The schemes of links, each with an address.
pub(crate) const LINK_EXAMPLES: [(&str, &str); 4] = [
    ("https", "https://example.org/article"),
    ("http", "http://example.org/article"),
    ("mailto", "mailto:author@example.org"),
    ("doi", "doi:10.1000/182"),
];

/// An address that may become a link: of the scheme `http`, `https`, `mailto` or `doi`. Other schemes could run or read something on the
/// reader's machine.
pub(crate) fn link(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once(':')?;
    let is_link = match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => rest.starts_with("//"),
        "mailto" | "doi" => !rest.is_empty(),
        _ => false,
    };
    is_link.then_some(address)
}

/// Whether an address is that of a web page, where words can be addressed.
pub(crate) fn is_web_address(address: &str) -> bool {
    link(address).is_some() && address.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"))
}

fn push_percent_encoded(byte: u8, encoded: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(encoded, "%{byte:02X}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(feature = "cli")]
    fn a_path_segment_has_only_the_characters_that_it_can_contain() {
        assert_eq!(path_segment("a b/é%.ttl".as_bytes()), "a%20b%2F%C3%A9%25.ttl");
        assert_eq!(path_segment(&[0xff, b'~']), "%FF~");
    }

    #[test]
    fn special_characters_are_percent_encoded() {
        assert_eq!(address("https://e.org/?q=\"a b\"#:~:text=x,y", "\""), "https://e.org/?q=%22a%20b%22#:~:text=x,y");
    }

    #[test]
    fn the_examples_are_links() {
        for (scheme, address) in LINK_EXAMPLES {
            assert!(link(address).is_some() && address.starts_with(scheme), "{address}");
            assert!(LINK_SCHEMES.contains(&format!("`{scheme}:`")), "{scheme}");
        }
    }

    #[test]
    fn only_four_schemes_are_links() {
        for address in ["HTTPS://example.com/#a", "http://e.org", "mailto:a@e.org", "DOI:10.1000/182"] {
            assert_eq!(link(address), Some(address));
            assert_eq!(is_web_address(address), address.to_ascii_lowercase().starts_with("http"));
        }
        for other in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//example.com",
            "file:///etc/passwd",
            "https:example.com",
            "\u{9}https://example.com",
            "é",
            "",
        ] {
            assert_eq!((link(other), is_web_address(other)), (None, false), "{other}");
        }
    }
}
