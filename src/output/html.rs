//! Web pages that need no other file: their style and their script are inside, and they may load nothing.

use crate::escape::html;
use base64::prelude::{BASE64_STANDARD, Engine};
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// The style and the script of a page.
#[derive(Clone, Copy)]
pub(crate) struct PageAssets {
    style: &'static str,
    /// Empty if the page needs none.
    script: &'static str,
}

impl PageAssets {
    /// Those of a table: the script sorts it by the column whose header is activated.
    pub(super) const TABLE: Self =
        Self { style: include_str!("../../data/page/results.css"), script: include_str!("../../data/page/results.js") };

    /// Those of a coverage report.
    pub(crate) const COVERAGE: Self = Self {
        style: concat!(include_str!("../../data/page/results.css"), include_str!("../../data/page/coverage.css")),
        script: "",
    };

    /// Writes a page up to its content: the heading, and the title of the graph.
    pub(crate) fn write_start(self, heading: &str, graph: &str, out: &mut impl Write) -> io::Result<()> {
        let Self { style, script } = self;
        // Even if a text of the dataset became markup, it could run no script and load nothing.
        let script_policy = match script {
            "" => String::new(),
            _ => format!(" script-src '{}';", integrity(script)),
        };
        let policy = format!(
            "default-src 'none'; style-src '{}';{script_policy} base-uri 'none'; form-action 'none'",
            integrity(style)
        );
        let title = html::text(heading).replace("<br>", " ");
        writeln!(
            out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
             <style>{style}</style>\n</head>\n<body>\n<main>\n<h1 dir=\"auto\">{}</h1>",
            html::text(heading)
        )?;
        match graph {
            "" => Ok(()),
            graph => writeln!(out, "<p class=\"quiet\" dir=\"auto\">{}</p>", html::text(graph)),
        }
    }

    /// Writes the end of a page.
    pub(crate) fn write_end(self, out: &mut impl Write) -> io::Result<()> {
        match self.script {
            "" => writeln!(out, "</main>\n</body>\n</html>"),
            script => writeln!(out, "</main>\n<script>{script}</script>\n</body>\n</html>"),
        }
    }
}

/// The hash of a script or a style, for a Content Security Policy.
fn integrity(content: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(content)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_and_the_script_do_not_end_their_elements() {
        let all = [PageAssets::TABLE, PageAssets::COVERAGE];
        for content in all.iter().flat_map(|assets| [assets.style, assets.script]) {
            assert!(!content.contains("</") && !content.contains("<!--") && content.is_ascii());
        }
    }
}
