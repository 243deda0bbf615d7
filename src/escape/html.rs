//! [HTML](https://html.spec.whatwg.org/multipage/).
//!
//! A character reference does not make a control character harmless, as in XML: `&#155;` is read as `›`. So control characters are
//! replaced, and those that reorder the text around them, as for a terminal. An element with `dir="auto"` has the direction of its text.

use super::{terminal, url, xml};

/// The content of an element, on one line of the file. Line breaks become `<br>`.
pub(crate) fn text(text: &str) -> String {
    let text = without_controls(text);
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    xml::text_lossy(&text).replace('\n', "<br>")
}

/// The value of an attribute in quotation marks.
pub(crate) fn attribute(text: &str) -> String {
    xml::attribute_lossy(&without_controls(text)).into_owned()
}

/// A link to a web page with a text. `None` for other addresses, which could run or read something on the reader's machine.
pub(crate) fn link(shown: &str, address: &str) -> Option<String> {
    url::is_web_address(address).then(|| {
        let address = attribute(address);
        format!("<a href=\"{address}\" title=\"{address}\" rel=\"noreferrer\">{}</a>", text(shown))
    })
}

/// The text without control characters other than white space.
fn without_controls(text: &str) -> String {
    let harmless = |c: char| match c {
        '\n' | '\r' | '\t' => c,
        c => terminal::replacement(c).unwrap_or(c),
    };
    text.chars().map(harmless).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_is_text() {
        assert_eq!(text("<b> & \"c\"\n\u{1b}[31m\u{9b}"), "&lt;b&gt; &amp; \"c\"<br>␛[31m\u{fffd}");
        assert_eq!(attribute("\"><script>"), "&quot;&gt;&lt;script&gt;");
        assert_eq!(text("a\u{202e}b"), "a\u{fffd}b");
    }

    #[test]
    fn only_addresses_of_web_pages_are_links() {
        let address = "https://e.org/?a=\"&b";
        let escaped = "https://e.org/?a=&quot;&amp;b";
        assert_eq!(
            link("<x>", address),
            Some(format!("<a href=\"{escaped}\" title=\"{escaped}\" rel=\"noreferrer\">&lt;x&gt;</a>"))
        );
        for other in ["javascript:alert(1)", "data:text/html,x", "mailto:a@e.org", "//e.org", "urn:x"] {
            assert_eq!(link("x", other), None);
        }
    }

    proptest! {
        #[test]
        fn no_text_is_markup(shown in "(<|>|&|\"|'|\n|\r|#|:|[a-z]|\\PC|\\p{Cc}){0,20}") {
            let (text, attribute) = (text(&shown), attribute(&shown));
            prop_assert!(!text.replace("<br>", "").contains(['<', '>', '\n']), "{}", text);
            prop_assert!(!attribute.contains(['<', '>', '"', '\n']), "{}", attribute);
            for written in [text, attribute] {
                prop_assert!(!written.chars().any(|c| c.is_control() && c != '\t'), "{:?}", written);
            }
        }
    }
}
