//! The footer below a diagram: caption, legend, notes, and footnotes in columns.

use super::text::{Align, draw_text, is_right_to_left};
use super::{draw_arrow, draw_outline, element, linked, number};
use crate::output::colour::Colour;
use crate::output::diagram::{Attributes, Diagram, Footnote, LegendEntry, LegendSymbol};
use crate::output::layout::{Outline, Path, Point, Rect, Size, Step, arrow};
use crate::output::render_style::RenderStyle;
use crate::output::text_metrics::{Font, TextBlock};
use quick_xml::Writer;
use std::io::{self, Write};

/// The room around the footer, as around the diagram.
const MARGIN: f64 = 16.0;

/// The least width of a page with a footer, for readable lines.
const MIN_WIDTH: f64 = 560.0;

const FONT: Font = Font { size: 10.5, bold: false };
const CAPTION_FONT: Font = Font { size: 13.0, bold: true };
const SMALL_FONT: Font = Font { size: 9.5, bold: false };

/// The size of a symbol in the legend, the room between it and its label, and between two entries.
const SYMBOL: Size = Size { width: 36.0, height: 16.0 };
const SYMBOL_GAP: f64 = 6.0;
const ENTRY_GAP: f64 = 22.0;
const LEGEND_COLUMNS: u16 = 34;

/// The room between legend, notes and footnotes, and between two notes.
const SECTION_GAP: f64 = 12.0;
const NOTE_GAP: f64 = 5.0;

/// The least width of a column of footnotes, the room between two columns, and the room for the number.
const COLUMN_WIDTH: f64 = 400.0;
const COLUMN_GAP: f64 = 24.0;
const NUMBER_WIDTH: f64 = 22.0;

/// The indent of the source after a quote, or below it.
const SOURCE_INDENT: f64 = 12.0;

/// The footer of a diagram, laid out.
pub(super) struct Footer<'a> {
    /// The size, zero if there is no footer.
    pub(super) size: Size,
    graph: &'a Attributes,
    rule: Option<Rect>,
    items: Vec<Item<'a>>,
}

enum Item<'a> {
    Symbol(&'a LegendEntry, Rect),
    Text(PlacedText<'a>),
}

struct PlacedText<'a> {
    text: TextBlock,
    bounds: Rect,
    link: Option<&'a str>,
}

impl<'a> Footer<'a> {
    /// Lays out the footer below a diagram of this width. Linear in the length of the texts.
    pub(super) fn new(diagram: &'a Diagram, width: f64) -> Self {
        let graph = &diagram.graph;
        let mut footer = Self { size: Size { width, height: 0.0 }, graph, rule: None, items: Vec::new() };
        if diagram.has_footer() {
            footer.size.width = width.max(MIN_WIDTH);
            let rule = Size { width: footer.inner_width(), height: 0.0 };
            footer.rule = Some(Rect { corner: Point { x: MARGIN, y: 0.0 }, size: rule });
            footer.size.height = SECTION_GAP;
            if !diagram.caption().trim().is_empty() {
                footer.add_line(diagram.caption(), CAPTION_FONT);
                footer.size.height += SECTION_GAP;
            }
            footer.add_legend(&diagram.legend);
            for note in &diagram.notes {
                footer.add_line(note, FONT);
                footer.size.height += NOTE_GAP;
            }
            if !diagram.notes.is_empty() {
                footer.size.height += SECTION_GAP - NOTE_GAP;
            }
            footer.add_footnotes(&diagram.footnotes);
            footer.size.height += MARGIN - SECTION_GAP;
        }
        footer
    }

    fn inner_width(&self) -> f64 {
        self.size.width - 2.0 * MARGIN
    }

    /// Adds a text below all others.
    fn add_line(&mut self, text: &str, font: Font) {
        let mut block = Block::default();
        block.add(text, font, 0.0, self.inner_width(), None);
        self.place(block, Point { x: MARGIN, y: self.size.height });
    }

    /// Adds the symbols and labels of a legend, as many on a line as fit.
    fn add_legend(&mut self, entries: &'a [LegendEntry]) {
        let (mut x, mut line_height) = (MARGIN, 0.0_f64);
        for entry in entries {
            let text = TextBlock::wrap(&entry.label, FONT, LEGEND_COLUMNS);
            let width = SYMBOL.width + SYMBOL_GAP + text.width;
            if x > MARGIN && x + width > self.size.width - MARGIN {
                self.size.height += line_height + NOTE_GAP;
                (x, line_height) = (MARGIN, 0.0);
            }
            let height = text.height.max(SYMBOL.height);
            line_height = line_height.max(height);
            let y = self.size.height;
            let corner = Point { x, y: y + (height - SYMBOL.height) / 2.0 };
            self.items.push(Item::Symbol(entry, Rect { corner, size: SYMBOL }));
            let corner = Point { x: x + SYMBOL.width + SYMBOL_GAP, y: y + (height - text.height) / 2.0 };
            let bounds = Rect { corner, size: Size { width: text.width, height: text.height } };
            self.size.width = self.size.width.max(bounds.right() + MARGIN);
            self.items.push(Item::Text(PlacedText { text, bounds, link: None }));
            x += width + ENTRY_GAP;
        }
        if !entries.is_empty() {
            self.size.height += line_height + SECTION_GAP;
        }
    }

    /// Adds footnotes in columns of about equal height.
    fn add_footnotes(&mut self, footnotes: &'a [Footnote]) {
        let max_columns = ((self.inner_width() + COLUMN_GAP) / (COLUMN_WIDTH + COLUMN_GAP)).floor() as usize;
        let columns = max_columns.min(footnotes.len()).max(1);
        let width = (self.inner_width() - (columns - 1) as f64 * COLUMN_GAP) / columns as f64;
        let blocks: Vec<Block<'a>> =
            (1..).zip(footnotes).map(|(number, footnote)| Block::footnote(number, footnote, width)).collect();
        let height = blocks.iter().map(|block| block.height + NOTE_GAP).sum::<f64>() / columns as f64;
        let top = self.size.height;
        let (mut column, mut y) = (0, top);
        for block in blocks {
            if y + block.height / 2.0 - top > height && column + 1 < columns {
                (column, y) = (column + 1, top);
            }
            let bottom = y + block.height;
            self.place(block, Point { x: MARGIN + column as f64 * (width + COLUMN_GAP), y });
            y = bottom + NOTE_GAP;
        }
        if !footnotes.is_empty() {
            self.size.height += SECTION_GAP;
        }
    }

    /// Places a block, and makes room for it.
    fn place(&mut self, block: Block<'a>, corner: Point) {
        self.size.height = self.size.height.max(corner.y + block.height);
        for mut text in block.texts {
            text.bounds.corner.x += corner.x;
            text.bounds.corner.y += corner.y;
            self.items.push(Item::Text(text));
        }
    }

    /// Draws the footer, moved down by `y`.
    pub(super) fn draw(&self, svg: &mut Writer<impl Write>, y: f64) -> io::Result<()> {
        let down = |bounds: Rect| Rect { corner: Point { y: bounds.corner.y + y, ..bounds.corner }, ..bounds };
        let colour = RenderStyle::new(self.graph).text;
        if let Some(rule) = self.rule.map(down) {
            let (left, right, y) = (number(rule.corner.x), number(rule.right()), number(rule.corner.y));
            let (data, width) = (format!("M{left},{y}L{right},{y}"), number(0.5));
            element(svg, "path", &[("d", data), ("stroke", colour.name.clone()), ("stroke-width", width)])?;
        }
        for item in &self.items {
            match item {
                Item::Symbol(entry, bounds) => draw_symbol(svg, entry, down(*bounds))?,
                Item::Text(PlacedText { text, bounds, link }) => {
                    linked(svg, *link, |svg| draw_text(svg, text, (down(*bounds), Align::Start), self.graph, &colour))?;
                }
            }
        }
        Ok(())
    }
}

/// Texts one below the other, relative to the block's corner.
#[derive(Default)]
struct Block<'a> {
    texts: Vec<PlacedText<'a>>,
    height: f64,
}

impl<'a> Block<'a> {
    fn footnote(number: usize, footnote: &'a Footnote, width: f64) -> Self {
        let mut block = Self::default();
        block.add(&number.to_string(), Font { bold: true, ..FONT }, 0.0, NUMBER_WIDTH, None);
        block.height = 0.0;
        let width = width - NUMBER_WIDTH;
        block.add(&footnote.text, FONT, NUMBER_WIDTH, width, None);
        for quote in &footnote.quotes {
            block.add(&quote.quote, SMALL_FONT, NUMBER_WIDTH, width, None);
            block.add_source(&quote.source, width, quote.link.as_deref());
        }
        block
    }

    /// Adds the source of a quote after its last line if there is room, or below it.
    fn add_source(&mut self, source: &str, width: f64, link: Option<&'a str>) {
        let text = TextBlock::fill(source, SMALL_FONT, width);
        let room = if text.lines.len() == 1 { width - SOURCE_INDENT - text.width } else { 0.0 };
        let last_line = self.texts.last().and_then(|quote| quote.text.lines.last());
        let fitting = last_line.filter(|line| line.width <= room && !is_right_to_left(&line.text));
        let indent = SOURCE_INDENT + fitting.map_or(0.0, |line| line.width);
        if fitting.is_some() {
            self.height -= text.height;
        }
        self.add(source, SMALL_FONT, NUMBER_WIDTH + indent, width - indent, link);
    }

    /// Adds a text below all others.
    fn add(&mut self, text: &str, font: Font, x: f64, width: f64, link: Option<&'a str>) {
        let text = TextBlock::fill(text, font, width);
        let bounds = Rect { corner: Point { x, y: self.height }, size: Size { width, height: text.height } };
        self.height += text.height;
        self.texts.push(PlacedText { text, bounds, link });
    }
}

/// Draws a small node or edge in the style of a legend entry.
fn draw_symbol(svg: &mut Writer<impl Write>, entry: &LegendEntry, bounds: Rect) -> io::Result<()> {
    let style = RenderStyle::new(&entry.attributes);
    match entry.symbol {
        LegendSymbol::Node => draw_outline(svg, bounds, Outline::of(&entry.attributes), &style, &Colour::none()),
        LegendSymbol::Edge => {
            let y = bounds.centre().y;
            let head = arrow(Point { x: bounds.right(), y }, Point { x: 1.0, y: 0.0 });
            let line = [Step::Move(Point { y, ..bounds.corner }), Step::Line(Point { x: head[0].x, y })];
            draw_arrow(svg, &Path { steps: line.into() }, head, &style)
        }
    }
}
