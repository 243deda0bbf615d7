//! A [`Diagram`] as PNG: its [`svg`] rendered by resvg.
//!
//! Texts use the built-in Liberation Sans, never a font of the machine, so that the image is the same everywhere. It covers the Latin,
//! Greek, Cyrillic and Hebrew scripts; other characters are reported to the caller.

use super::layout::Layout;
use super::{Diagram, svg};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Group, Node, Tree, fontdb};
use skrifa::{FontRef, MetadataProvider};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

/// Liberation Sans, under the SIL Open Font License (data/fonts/LICENSE).
const REGULAR: &[u8] = include_bytes!("../../data/fonts/LiberationSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../data/fonts/LiberationSans-Bold.ttf");

/// The default resolution in pixels per inch, for screens with twice the usual density.
const DPI: f64 = 192.0;

/// The resolution of SVG coordinates, as in CSS.
const SVG_DPI: f64 = 96.0;

/// The greatest number of pixels, 10,000 × 10,000. They take 400 MB to render.
const MAX_PIXELS: f64 = 1e8;

/// A rendered image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Png {
    /// The content of the file.
    pub bytes: Vec<u8>,
    /// The characters for which the font has no glyph, by their lines of text.
    pub missing_glyphs: BTreeMap<String, BTreeSet<char>>,
}

/// The reason why a diagram cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The image would have too many pixels.
    #[error("an image of {width} × {height} pixels is too large: the limit is {MAX_PIXELS} pixels")]
    TooLarge {
        /// The width in pixels.
        width: u64,
        /// The height in pixels.
        height: u64,
    },
    /// The texts of the diagram alone would need too many pixels, so that it was not laid out.
    #[error("an image of at least {0} pixels is too large: the limit is {MAX_PIXELS} pixels")]
    TextsTooLarge(u64),
    /// The SVG of the diagram could not be rendered.
    #[error("the diagram cannot be rendered as PNG: {0}")]
    RenderFailed(String),
}

/// Renders a diagram at the resolution of its graph attribute `dpi`.
///
/// Takes the time of [`svg::write`], and time linear in the number of pixels. A diagram whose texts alone need too many pixels is not
/// laid out.
///
/// # Errors
///
/// Returns an error if the image would have more than 100 million pixels.
///
/// ```
/// use factloom::output::{Diagram, png};
///
/// let image = png::render(&Diagram::default())?;
/// assert!(image.bytes.starts_with(b"\x89PNG"));
/// assert!(image.missing_glyphs.is_empty());
/// # Ok::<(), factloom::output::png::PngError>(())
/// ```
pub fn render(diagram: &Diagram) -> Result<Png, PngError> {
    let scale = dpi(diagram) / SVG_DPI;
    let least = Layout::least_area(diagram) * scale * scale;
    if least > MAX_PIXELS {
        return Err(PngError::TextsTooLarge(least as u64));
    }
    let mut file = Vec::new();
    svg::write(diagram, &mut file).map_err(|e| PngError::RenderFailed(e.to_string()))?;
    let tree = Tree::from_data(&file, &options()).map_err(|e| PngError::RenderFailed(e.to_string()))?;
    let [width, height] = [tree.size().width(), tree.size().height()].map(|side| (f64::from(side) * scale).ceil());
    let too_large = || PngError::TooLarge { width: width as u64, height: height as u64 };
    if width * height > MAX_PIXELS {
        return Err(too_large());
    }
    let mut pixels = Pixmap::new(width.max(1.0) as u32, height.max(1.0) as u32).ok_or_else(too_large)?;
    resvg::render(&tree, Transform::from_scale(scale as f32, scale as f32), &mut pixels.as_mut());
    let bytes = pixels.encode_png().map_err(|e| PngError::RenderFailed(e.to_string()))?;
    let mut missing_glyphs = BTreeMap::new();
    find_missing_glyphs(tree.root(), &mut missing_glyphs);
    Ok(Png { bytes, missing_glyphs })
}

fn dpi(diagram: &Diagram) -> f64 {
    let dpi = diagram.graph.get("dpi").and_then(|dpi| dpi.trim().parse::<f64>().ok());
    dpi.filter(|dpi| dpi.is_finite() && *dpi > 0.0).unwrap_or(DPI)
}

/// Options that use the two built-in fonts for all font families, and load nothing.
fn options() -> usvg::Options<'static> {
    static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
        let mut fonts = fontdb::Database::new();
        for font in [REGULAR, BOLD] {
            fonts.load_font_source(fontdb::Source::Binary(Arc::new(font)));
        }
        fonts.set_sans_serif_family("Liberation Sans");
        Arc::new(fonts)
    });
    let select = |font: &usvg::Font, fonts: &mut Arc<fontdb::Database>| {
        let query = fontdb::Query {
            families: &[fontdb::Family::SansSerif],
            weight: fontdb::Weight(font.weight()),
            ..fontdb::Query::default()
        };
        fonts.query(&query)
    };
    usvg::Options {
        fontdb: Arc::clone(&FONTS),
        font_resolver: usvg::FontResolver { select_font: Box::new(select), select_fallback: Box::new(|_, _, _| None) },
        ..usvg::Options::default()
    }
}

/// Collects the characters for which the font has no glyph.
fn find_missing_glyphs(group: &Group, missing: &mut BTreeMap<String, BTreeSet<char>>) {
    // Both faces have the same glyphs.
    static FONT: LazyLock<Option<FontRef<'static>>> = LazyLock::new(|| FontRef::new(REGULAR).ok());
    for node in group.children() {
        match node {
            Node::Group(inner) => find_missing_glyphs(inner, missing),
            Node::Text(text) => {
                for line in text.chunks().iter().map(usvg::TextChunk::text) {
                    let has_glyph = |c: char| FONT.as_ref().is_some_and(|font| font.charmap().map(c).is_some());
                    let characters: BTreeSet<char> =
                        line.chars().filter(|c| !is_invisible(*c) && !has_glyph(*c)).collect();
                    if !characters.is_empty() {
                        missing.entry(line.to_owned()).or_default().extend(characters);
                    }
                }
            }
            Node::Path(_) | Node::Image(_) => {}
        }
    }
}

/// Whether a character has no glyph, but changes its neighbours or the direction of writing.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{DiagramEdge, DiagramNode};

    fn diagram(label: &str) -> Diagram {
        let node = DiagramNode { name: "a".into(), label: label.into(), ..DiagramNode::default() };
        let edge = DiagramEdge { from: 0, to: 0, label: "is".into(), ..DiagramEdge::default() };
        Diagram { nodes: vec![node], edges: vec![edge], ..Diagram::default() }
    }

    /// The number of dark pixels.
    fn dark_pixels(image: &Png) -> usize {
        let pixels = Pixmap::decode_png(&image.bytes).unwrap();
        pixels.pixels().iter().filter(|pixel| pixel.red() < 128).count()
    }

    #[test]
    fn texts_are_rendered_reproducibly() {
        let image = render(&diagram("Ωmega Жук שלום")).unwrap();
        assert_eq!(image, render(&diagram("Ωmega Жук שלום")).unwrap());
        assert_eq!(image.missing_glyphs, BTreeMap::new());
        assert!(dark_pixels(&image) > dark_pixels(&render(&diagram("")).unwrap()) + 500);
    }

    #[test]
    fn characters_without_a_glyph_are_reported_with_their_line() {
        let missing = render(&diagram("Steel\n钢铁 Ω\u{200d}\u{fe0f}")).unwrap().missing_glyphs;
        let lines: Vec<&str> = missing.keys().map(String::as_str).collect();
        assert_eq!(lines, ["钢铁 Ω\u{200d}\u{fe0f}"]);
        assert_eq!(missing.values().next().unwrap().iter().collect::<String>(), "钢铁");
    }

    #[test]
    fn the_resolution_is_that_of_the_dpi_attribute() {
        let width = |dpi: &str| {
            let graph = [("dpi".to_owned(), dpi.to_owned())].into();
            let image = render(&Diagram { graph, ..diagram("a") }).unwrap();
            Pixmap::decode_png(&image.bytes).unwrap().width()
        };
        assert_eq!(width("192"), 2 * width("96"));
        assert_eq!(width("none"), width("192"));
        let refusal = |dpi: &str, label: &str| {
            let graph = [("dpi".to_owned(), dpi.to_owned())].into();
            render(&Diagram { graph, ..diagram(label) }).unwrap_err()
        };
        assert!(matches!(refusal("1.8e4", "a"), PngError::TooLarge { .. }));
        assert!(matches!(refusal("1e6", "a"), PngError::TextsTooLarge(_)));
        assert!(matches!(refusal("192", &"long words ".repeat(40_000)), PngError::TextsTooLarge(_)));
    }
}
