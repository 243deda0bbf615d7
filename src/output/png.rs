//! A [`Diagram`] as PNG: the drawing of [`svg`], painted by resvg.
//!
//! Texts are set in Liberation Sans, which is part of the program, and in no font of the machine: so the picture is the same
//! everywhere. It holds the Latin, Greek, Cyrillic and Hebrew scripts; what it lacks is told to the caller.

use super::{Diagram, svg};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Group, Node, Tree, fontdb};
use skrifa::{FontRef, MetadataProvider};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

/// Liberation Sans, under the SIL Open Font License (data/fonts/LICENSE).
const REGULAR: &[u8] = include_bytes!("../../data/fonts/LiberationSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../data/fonts/LiberationSans-Bold.ttf");

/// Pixels to the inch where the diagram's attribute `dpi` does not say otherwise: sharp on screens of twice the usual density.
const DPI: f64 = 192.0;

/// Pixels to the inch of the drawing's own coordinates, as in CSS.
const DPI_OF_SVG: f64 = 96.0;

/// More pixels than this (a square of 10,000) few viewers open, and they take 400 MB to paint.
const MOST_PIXELS: f64 = 1e8;

/// A picture, and what it fails to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Png {
    /// The file.
    pub bytes: Vec<u8>,
    /// The characters for which the font has no glyph, by the lines of text that they stand in.
    pub missing_glyphs: BTreeMap<String, BTreeSet<char>>,
}

/// Why a diagram is not painted.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The picture would have too many pixels.
    #[error("the picture would be {width} × {height} pixels; {MOST_PIXELS} are the most")]
    TooLarge {
        /// From left to right.
        width: u64,
        /// From top to bottom.
        height: u64,
    },
    /// The drawing cannot be painted.
    #[error("the drawing cannot be painted: {0}")]
    RenderFailed(String),
}

/// Paints a diagram, at as many pixels to the inch as its graph attribute `dpi` says.
///
/// Takes time linear in the number of pixels, besides that of [`svg::write`].
///
/// # Errors
///
/// Where there would be more than a hundred million pixels.
///
/// ```
/// use factloom::output::{Diagram, png};
///
/// let picture = png::render(&Diagram::default())?;
/// assert!(picture.bytes.starts_with(b"\x89PNG"));
/// assert!(picture.missing_glyphs.is_empty());
/// # Ok::<(), factloom::output::png::PngError>(())
/// ```
pub fn render(diagram: &Diagram) -> Result<Png, PngError> {
    let mut drawing = Vec::new();
    svg::write(diagram, &mut drawing).map_err(|e| PngError::RenderFailed(e.to_string()))?;
    let tree = Tree::from_data(&drawing, &options()).map_err(|e| PngError::RenderFailed(e.to_string()))?;
    let scale = dpi(diagram) / DPI_OF_SVG;
    let [width, height] = [tree.size().width(), tree.size().height()].map(|side| (f64::from(side) * scale).ceil());
    let too_large = || PngError::TooLarge { width: width as u64, height: height as u64 };
    if width * height > MOST_PIXELS {
        return Err(too_large());
    }
    let mut pixels = Pixmap::new(width.max(1.0) as u32, height.max(1.0) as u32).ok_or_else(too_large)?;
    resvg::render(&tree, Transform::from_scale(scale as f32, scale as f32), &mut pixels.as_mut());
    let bytes = pixels.encode_png().map_err(|e| PngError::RenderFailed(e.to_string()))?;
    let mut missing = BTreeMap::new();
    find_missing(tree.root(), &mut missing);
    Ok(Png { bytes, missing_glyphs: missing })
}

fn dpi(diagram: &Diagram) -> f64 {
    let given = diagram.graph.get("dpi").and_then(|dpi| dpi.trim().parse::<f64>().ok());
    given.filter(|dpi| dpi.is_finite() && *dpi > 0.0).unwrap_or(DPI)
}

/// How the drawing is read: with the two fonts, whatever families it names, and nothing from outside.
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

/// Collects the characters that the font has no glyph for.
fn find_missing(group: &Group, missing: &mut BTreeMap<String, BTreeSet<char>>) {
    // Both faces have the same glyphs.
    static FONT: LazyLock<Option<FontRef<'static>>> = LazyLock::new(|| FontRef::new(REGULAR).ok());
    for node in group.children() {
        match node {
            Node::Group(inner) => find_missing(inner, missing),
            Node::Text(text) => {
                for line in text.chunks().iter().map(usvg::TextChunk::text) {
                    let lacks = |c: &char| FONT.as_ref().is_none_or(|font| font.charmap().map(*c).is_none());
                    let lacking: BTreeSet<char> = line.chars().filter(|c| !is_invisible(*c) && lacks(c)).collect();
                    if !lacking.is_empty() {
                        missing.entry(line.to_owned()).or_default().extend(lacking);
                    }
                }
            }
            Node::Path(_) | Node::Image(_) => {}
        }
    }
}

/// Whether a character changes its neighbours or the direction of writing, and has no glyph of its own.
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

    /// The pixels that are not as light as paper.
    fn ink(picture: &Png) -> usize {
        let pixels = Pixmap::decode_png(&picture.bytes).unwrap();
        pixels.pixels().iter().filter(|pixel| pixel.red() < 128).count()
    }

    #[test]
    fn texts_are_painted_and_the_same_each_time() {
        let picture = render(&diagram("Ωmega Жук שלום")).unwrap();
        assert_eq!(picture, render(&diagram("Ωmega Жук שלום")).unwrap());
        assert_eq!(picture.missing_glyphs, BTreeMap::new());
        assert!(ink(&picture) > ink(&render(&diagram("")).unwrap()) + 500);
    }

    #[test]
    fn characters_without_glyph_are_told_with_their_line() {
        let missing = render(&diagram("Steel\n钢铁 Ω\u{200d}\u{fe0f}")).unwrap().missing_glyphs;
        let lines: Vec<&str> = missing.keys().map(String::as_str).collect();
        assert_eq!(lines, ["钢铁 Ω\u{200d}\u{fe0f}"]);
        assert_eq!(missing.values().next().unwrap().iter().collect::<String>(), "钢铁");
    }

    #[test]
    fn the_resolution_is_that_of_the_attribute() {
        let width = |dpi: &str| {
            let graph = [("dpi".to_owned(), dpi.to_owned())].into();
            let picture = render(&Diagram { graph, ..diagram("a") }).unwrap();
            Pixmap::decode_png(&picture.bytes).unwrap().width()
        };
        assert_eq!(width("192"), 2 * width("96"));
        assert_eq!(width("none"), width("192"));
        let graph = [("dpi".to_owned(), "1e6".to_owned())].into();
        assert!(matches!(render(&Diagram { graph, ..diagram("a") }), Err(PngError::TooLarge { .. })));
    }
}
