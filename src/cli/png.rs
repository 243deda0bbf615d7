//! PNG images of diagrams.

use super::failure::Failure;
use super::messages::{help, pluralize, warning};
use crate::output::Diagram;
use crate::output::png::{self, PngError};
use std::collections::BTreeSet;

/// Renders a PNG image, and warns of characters that the font lacks.
pub(super) fn render(diagram: &Diagram) -> Result<Vec<u8>, Failure> {
    let image = png::render(diagram).map_err(|e| {
        let help = match e {
            PngError::TooLarge { .. } | PngError::TextsTooLarge(_) => {
                "lower -Gdpi (default 192), select a part, or use --format svg"
            }
            PngError::RenderFailed(_) => "use --format svg, or add --engine graphviz",
        };
        Failure::new(e.to_string()).help(help)
    })?;
    if let Some(first) = image.missing_glyphs.keys().next() {
        let lacking: BTreeSet<String> = image.missing_glyphs.values().flatten().map(char::to_string).collect();
        let lacking: Vec<String> = lacking.into_iter().collect();
        let shown = lacking.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(" ");
        let more = if lacking.len() > 20 { format!(" and {} more", lacking.len() - 20) } else { String::new() };
        let others = match image.missing_glyphs.len() - 1 {
            0 => String::new(),
            others => format!(" and {}", pluralize(others, "other line")),
        };
        warning(format_args!("the font of PNG images has no glyphs for {shown}{more}, in `{first}`{others}"));
        help("use --format svg, whose viewers have other fonts, or add --engine graphviz");
    }
    Ok(image.bytes)
}
