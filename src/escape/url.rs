//! Addresses of sources and of the words in them.

use std::fmt::Write as _;

/// Words in a [text fragment](https://wicg.github.io/scroll-to-text-fragment/), in which `-`, `,` and `&` are special.
pub(crate) fn text_fragment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.trim().bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            byte => push_percent_encoded(byte, &mut encoded),
        }
    }
    encoded
}

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

/// A link, if it is a web address. Other schemes could run or read something on the reader's machine.
pub(crate) fn web_address(link: Option<&str>) -> Option<&str> {
    link.filter(|link| {
        let scheme = link.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        matches!(scheme.as_deref(), Some("http" | "https"))
    })
}

fn push_percent_encoded(byte: u8, encoded: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(encoded, "%{byte:02X}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_are_percent_encoded() {
        assert_eq!(text_fragment("a-b, c & d"), "a%2Db%2C%20c%20%26%20d");
        assert_eq!(text_fragment(" مل "), "%D9%85%D9%84");
        assert_eq!(address("https://e.org/?q=\"a b\"#:~:text=x,y", "\""), "https://e.org/?q=%22a%20b%22#:~:text=x,y");
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(web_address(Some("HTTPS://example.com/#a")), Some("HTTPS://example.com/#a"));
        for link in ["javascript:alert(1)", "data:text/html,x", "//example.com", "file:///etc/passwd", ""] {
            assert_eq!(web_address(Some(link)), None, "{link}");
        }
    }
}
