//! The main text of a web page.

use super::text::{Document, UnreadableText};
use dom_smoothie::{Article, Config, Readability, TextMode};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// The longest time that a page may take, which grows with the number of its elements times their depth. Pages of newspapers take some
/// milliseconds.
const MAX_TIME: Duration = Duration::from_secs(10);

/// The main text of a page without navigation, advertisements and scripts, in paragraphs, and what the page says of itself.
///
/// Follows the heuristics of Mozilla's Readability.
pub(super) fn read(html: &str) -> Result<Document, UnreadableText> {
    read_within(html, MAX_TIME)
}

fn read_within(html: &str, time: Duration) -> Result<Document, UnreadableText> {
    let (sender, receiver) = channel();
    let html = html.to_owned();
    // Nothing stops the library, so it is left behind with a page that is made to take long.
    thread::spawn(move || {
        let config = Config { text_mode: TextMode::Formatted, ..Config::default() };
        let article = Readability::new(html, None, Some(config)).and_then(|mut page| page.parse());
        let _ = sender.send(article.ok().map(document));
    });
    match receiver.recv_timeout(time) {
        Ok(document) => document.ok_or(UnreadableText::Empty),
        Err(_) => Err(UnreadableText::TooComplex),
    }
}

fn document(article: Article) -> Document {
    let named = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    Document {
        text: paragraphs(&article.text_content),
        title: named(Some(article.title)),
        publisher: named(article.site_name),
        // A time of day is of no use to a reader of a footnote.
        published: named(article.published_time).and_then(|time| Some(time.get(..10)?.to_owned())),
        language: named(article.lang),
        normalized: vec!["only the main text of the page".to_owned()],
    }
}

/// A text without white space at the ends of its lines, and with at most one blank line between paragraphs.
fn paragraphs(text: &str) -> String {
    let mut paragraphs = String::with_capacity(text.len());
    let mut is_blank = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            is_blank = true;
            continue;
        }
        if is_blank && !paragraphs.is_empty() {
            paragraphs.push('\n');
        }
        is_blank = false;
        paragraphs.push_str(line);
        paragraphs.push('\n');
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authoring::TextFormat;

    const PAGE: &str = r#"<!doctype html><html lang="en"><head><title>Mill reopens | The Post</title>
        <meta property="og:site_name" content="The Post">
        <meta property="article:published_time" content="2025-07-11T10:00:00Z"></head><body>
        <nav><a href="/">Home</a></nav><article><h1>Mill reopens</h1>
        <p>The old mill reopened on Friday, twenty years after it had closed, in the presence of former workers.</p>
        <p>It employs 120&nbsp;people, the director said, and will produce <b>twice</b> as much flour as before.</p>
        </article><footer>All rights reserved.</footer><script>alert("no")</script></body></html>"#;

    #[test]
    fn the_main_text_has_neither_navigation_nor_scripts() {
        let document = read(PAGE).unwrap();
        let expected = "The old mill reopened on Friday, twenty years after it had closed, in the presence of former workers.\n\n\
            It employs 120 people, the director said, and will produce twice as much flour as before.\n";
        assert_eq!(document.text, expected);
        let described = [&document.title, &document.publisher, &document.published, &document.language];
        let described: Vec<&str> = described.into_iter().flatten().map(String::as_str).collect();
        assert_eq!(described, ["Mill reopens | The Post", "The Post", "2025-07-11", "en"]);
    }

    #[test]
    fn a_page_without_text_or_that_takes_long_is_refused() {
        for empty in ["", "<html></html>", "<script>x</script>"] {
            assert_eq!(
                crate::authoring::source::text::read(empty.as_bytes(), TextFormat::Html),
                Err(UnreadableText::Empty),
                "{empty}"
            );
        }
        let nested = "<div>".repeat(2000);
        assert_eq!(read_within(&nested, Duration::ZERO), Err(UnreadableText::TooComplex));
    }
}
