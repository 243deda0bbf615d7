//! What stands below a drawing: its caption, its legend, what it says of itself, and its footnotes in columns.

use super::text::{Align, draw_text, is_right_to_left};
use super::{Sheet, draw_line, draw_outline, linked, number, xml};
use crate::output::colour::Colour;
use crate::output::diagram::{Attributes, Diagram, Footnote, LegendEntry, LegendSymbol};
use crate::output::layout::{Outline, Path, Point, Rect, Size, Step, arrow};
use crate::output::metrics::{Font, TextBlock};
use crate::output::render_style::RenderStyle;
use std::io::{self, Write};

/// The room around the notes, as around the drawing.
const MARGIN: f64 = 16.0;

/// The least width of a page with notes, so that they can be read.
const LEAST_WIDTH: f64 = 560.0;

const FONT: Font = Font { size: 10.5, bold: false };
const CAPTION_FONT: Font = Font { size: 13.0, bold: true };
const SMALL_FONT: Font = Font { size: 9.5, bold: false };

/// The size of a sample in the legend, the room between it and its label, and between two entries.
const SAMPLE: Size = Size { width: 36.0, height: 16.0 };
const SAMPLE_GAP: f64 = 6.0;
const ENTRY_GAP: f64 = 22.0;
const LEGEND_COLUMNS: u16 = 34;

/// The room between legend, notes and footnotes, and between two of them.
const SECTION_GAP: f64 = 12.0;
const NOTE_GAP: f64 = 5.0;

/// The least width of a column of footnotes, the room between two, and that for the number.
const COLUMN_WIDTH: f64 = 400.0;
const COLUMN_GAP: f64 = 24.0;
const NUMBER_WIDTH: f64 = 22.0;

/// How far the source of a quote stands behind it; below it where there is no room.
const SOURCE_INDENT: f64 = 12.0;

/// The notes of a diagram, with places below its drawing.
pub(super) struct Notes<'a> {
    /// The extent, nothing if there are none.
    pub(super) size: Size,
    graph: &'a Attributes,
    pieces: Vec<Piece<'a>>,
}

enum Piece<'a> {
    Rule(Rect),
    LegendSymbol(&'a LegendEntry, Rect),
    Text { text: TextBlock, frame: Rect, link: Option<&'a str> },
}

impl<'a> Notes<'a> {
    /// Gives everything below a drawing of this width a place. Takes time linear in the length of the texts.
    pub(super) fn new(diagram: &'a Diagram, width: f64) -> Self {
        let is_plain = diagram.legend.is_empty() && diagram.footnotes.is_empty() && diagram.notes.is_empty();
        let width = if is_plain { width } else { width.max(LEAST_WIDTH) };
        let mut notes = Self { size: Size { width, height: 0.0 }, graph: &diagram.graph, pieces: Vec::new() };
        if !is_plain {
            notes.rule();
            notes.caption(diagram.caption());
            notes.legend(&diagram.legend);
            notes.notes(&diagram.notes);
            notes.footnotes(&diagram.footnotes);
            notes.size.height += MARGIN - SECTION_GAP;
        }
        notes
    }

    fn inner_width(&self) -> f64 {
        self.size.width - 2.0 * MARGIN
    }

    fn rule(&mut self) {
        let size = Size { width: self.inner_width(), height: 0.0 };
        self.pieces.push(Piece::Rule(Rect { corner: Point { x: MARGIN, y: 0.0 }, size }));
        self.size.height = SECTION_GAP;
    }

    /// As below a printed figure.
    fn caption(&mut self, caption: &str) {
        if caption.trim().is_empty() {
            return;
        }
        let mut block = Block::default();
        block.text(caption, CAPTION_FONT, 0.0, self.inner_width(), None);
        self.place(block, Point { x: MARGIN, y: self.size.height });
        self.size.height += SECTION_GAP;
    }

    /// Samples with their meanings in lines, as many as fit beside each other.
    fn legend(&mut self, entries: &'a [LegendEntry]) {
        let (mut x, mut line_height) = (MARGIN, 0.0_f64);
        for entry in entries {
            let text = TextBlock::wrap(&entry.label, FONT, LEGEND_COLUMNS);
            let width = SAMPLE.width + SAMPLE_GAP + text.width;
            if x > MARGIN && x + width > self.size.width - MARGIN {
                self.size.height += line_height + NOTE_GAP;
                (x, line_height) = (MARGIN, 0.0);
            }
            let height = text.height.max(SAMPLE.height);
            line_height = line_height.max(height);
            let y = self.size.height;
            let sample = Rect { corner: Point { x, y: y + (height - SAMPLE.height) / 2.0 }, size: SAMPLE };
            self.pieces.push(Piece::LegendSymbol(entry, sample));
            let corner = Point { x: x + SAMPLE.width + SAMPLE_GAP, y: y + (height - text.height) / 2.0 };
            let frame = Rect { corner, size: Size { width: text.width, height: text.height } };
            self.size.width = self.size.width.max(frame.right() + MARGIN);
            self.pieces.push(Piece::Text { text, frame, link: None });
            x += width + ENTRY_GAP;
        }
        if !entries.is_empty() {
            self.size.height += line_height + SECTION_GAP;
        }
    }

    fn notes(&mut self, notes: &[String]) {
        for remark in notes {
            let mut block = Block::default();
            block.text(remark, FONT, 0.0, self.inner_width(), None);
            self.place(block, Point { x: MARGIN, y: self.size.height });
            self.size.height += NOTE_GAP;
        }
        if !notes.is_empty() {
            self.size.height += SECTION_GAP - NOTE_GAP;
        }
    }

    /// Footnotes in their order, in columns of about one height.
    fn footnotes(&mut self, footnotes: &'a [Footnote]) {
        let most = ((self.inner_width() + COLUMN_GAP) / (COLUMN_WIDTH + COLUMN_GAP)).floor() as usize;
        let count = most.min(footnotes.len()).max(1);
        let width = (self.inner_width() - (count - 1) as f64 * COLUMN_GAP) / count as f64;
        let blocks = footnotes.iter().enumerate().map(|(index, footnote)| Block::footnote(index + 1, footnote, width));
        let blocks: Vec<Block<'a>> = blocks.collect();
        let height = blocks.iter().map(|block| block.height + NOTE_GAP).sum::<f64>() / count as f64;
        let top = self.size.height;
        let (mut column, mut y) = (0, top);
        for block in blocks {
            if y + block.height / 2.0 - top > height && column + 1 < count {
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

    /// Places a block, and makes the notes high enough for it.
    fn place(&mut self, block: Block<'a>, corner: Point) {
        self.size.height = self.size.height.max(corner.y + block.height);
        for (text, frame, link) in block.texts {
            let moved = Point { x: corner.x + frame.corner.x, y: corner.y + frame.corner.y };
            self.pieces.push(Piece::Text { text, frame: Rect { corner: moved, ..frame }, link });
        }
    }

    /// Draws everything, `y` below its place.
    pub(super) fn draw(&self, sheet: &mut Sheet<impl Write>, y: f64) -> io::Result<()> {
        let text_look = RenderStyle::new(self.graph);
        for piece in &self.pieces {
            match piece {
                Piece::Rule(frame) => {
                    let (left, right, y) = (number(frame.corner.x), number(frame.right()), number(frame.corner.y + y));
                    let line = [("d", format!("M{left},{y}L{right},{y}")), ("stroke", text_look.text.name.clone())];
                    let line = line.into_iter().chain([("stroke-width", number(0.5))]).collect::<Vec<_>>();
                    sheet.create_element("path").with_attributes(xml(&line)).write_empty()?;
                }
                Piece::LegendSymbol(entry, frame) => draw_sample(sheet, entry, down(*frame, y))?,
                Piece::Text { text, frame, link } => linked(sheet, *link, |sheet| {
                    draw_text(sheet, text, (down(*frame, y), Align::Start), self.graph, &text_look.text)
                })?,
            }
        }
        Ok(())
    }
}

/// Texts below each other, with places from the block's corner.
#[derive(Default)]
struct Block<'a> {
    texts: Vec<(TextBlock, Rect, Option<&'a str>)>,
    height: f64,
}

impl<'a> Block<'a> {
    fn footnote(number: usize, footnote: &'a Footnote, width: f64) -> Self {
        let mut block = Self::default();
        block.text(&number.to_string(), Font { bold: true, ..FONT }, 0.0, NUMBER_WIDTH, None);
        block.height = 0.0;
        let width = width - NUMBER_WIDTH;
        block.text(&footnote.text, FONT, NUMBER_WIDTH, width, None);
        for quote in &footnote.quotes {
            block.text(&quote.quote, SMALL_FONT, NUMBER_WIDTH, width, None);
            block.source(&quote.source, NUMBER_WIDTH, width, quote.link.as_deref());
        }
        block
    }

    /// Adds where a quote is from behind its last line, if there is room, or else below it.
    fn source(&mut self, source: &str, x: f64, width: f64, link: Option<&'a str>) {
        let whole = TextBlock::fill(source, SMALL_FONT, width);
        let room = if whole.lines.len() == 1 { width - SOURCE_INDENT - whole.width } else { 0.0 };
        let quote = self.texts.last().and_then(|(text, ..)| text.lines.last());
        let behind = quote.filter(|line| line.width <= room && !is_right_to_left(&line.text)).map(|line| line.width);
        if behind.is_some() {
            self.height -= whole.height;
        }
        let indent = SOURCE_INDENT + behind.unwrap_or(0.0);
        self.text(source, SMALL_FONT, x + indent, width - indent, link);
    }

    /// Adds a text below all others.
    fn text(&mut self, text: &str, font: Font, x: f64, width: f64, link: Option<&'a str>) {
        let text = TextBlock::fill(text, font, width);
        let size = Size { width, height: text.height };
        let frame = Rect { corner: Point { x, y: self.height }, size };
        self.height += text.height;
        self.texts.push((text, frame, link));
    }
}

fn down(frame: Rect, by: f64) -> Rect {
    Rect { corner: Point { y: frame.corner.y + by, ..frame.corner }, ..frame }
}

/// Draws a small box or line in the look that an entry explains.
fn draw_sample(sheet: &mut Sheet<impl Write>, entry: &LegendEntry, frame: Rect) -> io::Result<()> {
    let look = RenderStyle::new(&entry.attributes);
    match entry.symbol {
        LegendSymbol::Node => draw_outline(sheet, frame, Outline::of(&entry.attributes), &look, &Colour::none()),
        LegendSymbol::Edge => {
            let (from, to) =
                (Point { y: frame.centre().y, ..frame.corner }, Point { x: frame.right(), y: frame.centre().y });
            let head = arrow(to, Point { x: 1.0, y: 0.0 });
            let end = Point { x: head[0].x, y: to.y };
            draw_line(sheet, &Path { steps: vec![Step::Move(from), Step::Line(end)] }, head, &look)
        }
    }
}
