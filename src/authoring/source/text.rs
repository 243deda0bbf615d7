//! From the bytes of a document to the text of a source.

#[cfg(feature = "html")]
use super::html;
use std::path::Path;

/// The format of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFormat {
    /// Plain text.
    Text,
    /// Markdown, which is quoted as it is written.
    Markdown,
    /// A web page. Only its main text is read.
    Html,
}

impl TextFormat {
    /// The names of the formats.
    pub const NAMES: [(&'static str, Self); 3] =
        [("text", Self::Text), ("markdown", Self::Markdown), ("html", Self::Html)];

    /// The format that the extension of a file names.
    pub fn of_file(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "txt" | "text" => Some(Self::Text),
            "md" | "markdown" => Some(Self::Markdown),
            "html" | "htm" | "xhtml" => Some(Self::Html),
            _ => None,
        }
    }

    /// The extension of the text in the dataset.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Text | Self::Html => "txt",
            Self::Markdown => "md",
        }
    }
}

/// Why a document has no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableText {
    /// It is not UTF-8. The line is counted from 1.
    #[error("it is not valid UTF-8 (line {line})")]
    Encoding {
        /// The line of the first invalid byte.
        line: usize,
        /// The encoding that a byte order mark names.
        encoding: Option<&'static str>,
    },
    /// It begins like a PDF.
    #[error("it is a PDF")]
    Pdf,
    /// It has a NUL character, which no text has.
    #[error("it is not a text: it has a NUL character")]
    Binary,
    /// No text is left.
    #[error("it has no text")]
    Empty,
    /// This build cannot read HTML.
    #[error("this build of factloom cannot read HTML")]
    NoHtml,
    /// The page takes too long.
    #[error("the page is too complex")]
    TooComplex,
}

impl UnreadableText {
    /// The next step.
    pub fn help(&self) -> String {
        match self {
            Self::Encoding { encoding: Some(encoding), .. } => {
                format!("convert it with `iconv -f {encoding} -t UTF-8`")
            }
            Self::Encoding { encoding: None, .. } => {
                "convert it with `iconv -t UTF-8`, and name its encoding with `-f`, such as `-f WINDOWS-1252`"
                    .to_owned()
            }
            Self::Pdf => {
                "extract its text, such as with `pdftotext FILE -`, and pipe it to `factloom source add -`".to_owned()
            }
            Self::Binary => "name a text, Markdown or HTML file".to_owned(),
            Self::Empty => "name a file with a text, or save the part of the page that you quote as text".to_owned(),
            Self::NoHtml => "install factloom with its Cargo feature `html`, or save the page as text".to_owned(),
            Self::TooComplex => "save the part of the page that you quote as text".to_owned(),
        }
    }
}

/// The text of a document, and what the document says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    pub text: String,
    pub title: Option<String>,
    pub publisher: Option<String>,
    pub published: Option<String>,
    pub language: Option<String>,
    /// What differs from the bytes.
    pub normalized: Vec<String>,
}

/// Reads a document. Linear in its length, except for a page with deeply nested elements, whose time is limited.
pub(super) fn read(bytes: &[u8], format: TextFormat) -> Result<Document, UnreadableText> {
    if bytes.starts_with(b"%PDF-") {
        return Err(UnreadableText::Pdf);
    }
    let encoding = match bytes {
        [0xFF, 0xFE, ..] => Some("UTF-16LE"),
        [0xFE, 0xFF, ..] => Some("UTF-16BE"),
        _ => None,
    };
    let decoded = str::from_utf8(bytes).map_err(|error| {
        let line = memchr::memchr_iter(b'\n', &bytes[..error.valid_up_to()]).count() + 1;
        UnreadableText::Encoding { line, encoding }
    })?;
    if decoded.contains('\0') {
        return Err(UnreadableText::Binary);
    }
    let mut document = match format {
        TextFormat::Html => page(decoded)?,
        TextFormat::Text => Document { title: first_line(decoded), ..plain(decoded) },
        TextFormat::Markdown => Document { title: heading(decoded), ..plain(decoded) },
    };
    if document.text.trim().is_empty() {
        return Err(UnreadableText::Empty);
    }
    if !document.text.ends_with('\n') {
        document.text.push('\n');
        if format != TextFormat::Html {
            document.normalized.push("a line end at the end".to_owned());
        }
    }
    Ok(document)
}

#[cfg(feature = "html")]
fn page(html: &str) -> Result<Document, UnreadableText> {
    html::read(html)
}

#[cfg(not(feature = "html"))]
fn page(_: &str) -> Result<Document, UnreadableText> {
    Err(UnreadableText::NoHtml)
}

/// A text with the line ends of Unix, without a byte order mark.
fn plain(decoded: &str) -> Document {
    let mut normalized = Vec::new();
    let text = decoded.trim_start_matches('\u{FEFF}');
    if text.len() < decoded.len() {
        normalized.push("no byte order mark".to_owned());
    }
    let text = match text.contains('\r') {
        false => text.to_owned(),
        true => {
            normalized.push("line ends as on Unix".to_owned());
            text.replace("\r\n", "\n").replace('\r', "\n")
        }
    };
    Document { text, normalized, ..Document::default() }
}

/// The longest first line that can be a title, in code points.
const MAX_TITLE: usize = 120;

/// The first line with words, if it looks like a title: short, and without a full stop.
fn first_line(text: &str) -> Option<String> {
    let line = text.trim_start_matches('\u{FEFF}').lines().map(str::trim).find(|line| !line.is_empty())?;
    (line.chars().count() <= MAX_TITLE && !line.ends_with(['.', ',', ';', ':'])).then(|| line.to_owned())
}

/// The first heading of a Markdown document.
fn heading(text: &str) -> Option<String> {
    let is_heading = |line: &&str| line.trim_start_matches('\u{FEFF}').starts_with("# ");
    let heading = text.lines().find(is_heading)?.trim_start_matches('\u{FEFF}').trim_start_matches('#');
    let heading = heading.trim().trim_end_matches('#').trim_end();
    (!heading.is_empty()).then(|| heading.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn line_ends_and_byte_order_marks_are_normalized_and_reported() {
        let document = read(b"\xEF\xBB\xBFThe mill\r\n\r\nIt stood.\rIt closed.", TextFormat::Text).unwrap();
        assert_eq!(document.text, "The mill\n\nIt stood.\nIt closed.\n");
        assert_eq!(document.normalized, ["no byte order mark", "line ends as on Unix", "a line end at the end"]);
        assert_eq!(document.title.as_deref(), Some("The mill"));
        let same = read("The mill stood.\n".as_bytes(), TextFormat::Text).unwrap();
        assert_eq!((same.normalized.len(), same.title), (0, None));
    }

    #[test]
    fn the_title_of_markdown_is_its_first_heading() {
        let title = |text: &str| read(text.as_bytes(), TextFormat::Markdown).unwrap().title;
        assert_eq!(title("Intro\n\n# The mill #\n\n# Other\n").as_deref(), Some("The mill"));
        assert_eq!(title("## Part\n\nText\n"), None);
    }

    #[test]
    fn what_is_not_a_text_is_refused_with_the_next_step() {
        let error = |bytes: &[u8]| read(bytes, TextFormat::Text).unwrap_err();
        assert_eq!(error(b"%PDF-1.7\n\xFF"), UnreadableText::Pdf);
        assert_eq!(error(b"a\0b"), UnreadableText::Binary);
        assert_eq!(error(b" \n\t\n"), UnreadableText::Empty);
        assert_eq!(error(b"a\nb\xE9"), UnreadableText::Encoding { line: 2, encoding: None });
        assert_eq!(error(b"\xFF\xFEa\0"), UnreadableText::Encoding { line: 1, encoding: Some("UTF-16LE") });
        assert!(error(b"\xFF\xFEa\0").help().contains("UTF-16LE"));
    }

    proptest! {
        #[test]
        fn only_line_ends_and_the_byte_order_mark_of_a_text_change(text in "[a-c \r\n\u{FEFF}\u{C}é]{0,40}") {
            if let Ok(document) = read(text.as_bytes(), TextFormat::Text) {
                let kept = |text: &str| text.replace(['\r', '\n'], "");
                prop_assert_eq!(kept(&document.text), kept(text.trim_start_matches('\u{FEFF}')));
                prop_assert!(!document.text.contains('\r') && document.text.ends_with('\n'));
                prop_assert_eq!(&read(document.text.as_bytes(), TextFormat::Text).unwrap().text, &document.text);
            }
        }
    }
}
