//! The coverage as a web page: the text with its quotes marked, and the statements for each.
//!
//! Invariant: of a text that may not be redistributed, the page has only the words of quotes and, in links, those of their `prefix` and
//! `suffix`.

use super::marks::{Run, ends, runs};
use super::{CoverageReport, SentenceText, percent};
use crate::check::{
    CoverageBasis, CoverageCounts, CoveredSentence, CoveringQuote, QuotePurpose, SentenceStatus, SourceCoverage,
};
use crate::dataset::Source;
use crate::escape::{html, single_line};
use crate::output::{OutputError, PageAssets, StatementText};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write;

/// How many open sentences of a source are listed at the top, and the longest beginning of each, in characters.
const MAX_OPEN: usize = 200;
const MAX_BEGINNING: usize = 90;

/// Writes the coverage as a web page that needs no other file and no script.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn coverage_html(
    report: &CoverageReport<'_>,
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let page = PageAssets::COVERAGE;
    page.write_start("Coverage of the sources", &report.dataset.title, out)?;
    write_totals(report, out)?;
    let is_single = report.measured().nth(1).is_none();
    for (number, coverage) in report.measured() {
        let words = coverage.is_redistributable.then(|| report.text(coverage)).flatten();
        SourceSection { report, number, coverage, is_single, words: words.as_ref(), text }.write(out)?;
    }
    Ok(page.write_end(out)?)
}

fn write_totals(report: &CoverageReport<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let counts = report.counts();
    writeln!(out, "<div class=\"total\">\n{}", figure(&counts))?;
    writeln!(out, "{}", bar(&counts))?;
    writeln!(
        out,
        "<p class=\"key\"><span><mark>quoted</mark> {}</span> <span><span class=\"excluded\">excluded</span> {}</span> \
         <span><span class=\"open\">open</span> {}</span></p>\n</div>",
        counts.quoted, counts.excluded, counts.open
    )?;
    if report.measured().nth(1).is_some() {
        write_table(report, out)?;
    }
    for (basis, reason) in [
        (CoverageBasis::NoText, "Not counted, as the dataset has no text"),
        (CoverageBasis::Unknown, "Not counted, as the text is unavailable and the lock lacks its sentences"),
    ] {
        let sources = report.sources.iter().filter(|coverage| coverage.basis == basis);
        let names: Vec<String> = sources.map(|coverage| named(report, coverage)).collect();
        if !names.is_empty() {
            writeln!(out, "<p class=\"quiet\" dir=\"auto\">{reason}: {}.</p>", names.join(", "))?;
        }
    }
    Ok(())
}

/// The title of a source, or else its id.
fn title(source: &Source) -> Cow<'_, str> {
    single_line(source.title.as_deref().unwrap_or(source.id.as_str()))
}

/// The title of a source, as a link to its page if it has one.
fn named(report: &CoverageReport<'_>, coverage: &SourceCoverage) -> String {
    let source = report.source(coverage);
    let name = title(source);
    source.url.as_deref().and_then(|url| html::link(&name, url)).unwrap_or_else(|| html::text(&name))
}

/// Writes the numbers of each source.
fn write_table(report: &CoverageReport<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    writeln!(
        out,
        "<div class=\"scroll\" role=\"region\" aria-labelledby=\"sources\" tabindex=\"0\">\n<table>\n\
         <caption id=\"sources\"><span>Sources</span></caption>\n<thead>\n<tr><th scope=\"col\">source</th>\
         <th scope=\"col\" class=\"number\">sentences</th><th scope=\"col\" class=\"number\">quoted</th>\
         <th scope=\"col\" class=\"number\">excluded</th><th scope=\"col\" class=\"number\">open</th>\
         <th scope=\"col\" class=\"number\">coverage</th></tr>\n</thead>\n<tbody>"
    )?;
    for (number, coverage) in report.measured() {
        let counts = coverage.counts();
        let CoverageCounts { quoted, excluded, open } = counts;
        writeln!(
            out,
            "<tr><td dir=\"auto\"><a href=\"#s{number}\">{}</a></td>\
             <td class=\"number\">{}</td><td class=\"number\">{quoted}</td><td class=\"number\">{excluded}</td>\
             <td class=\"number\">{open}</td><td class=\"number\">{}%</td></tr>",
            html::text(&title(report.source(coverage))),
            counts.total(),
            percent(&counts).unwrap_or_default()
        )?;
    }
    Ok(writeln!(out, "</tbody>\n</table>\n</div>")?)
}

/// The share that is not open, in words.
fn figure(counts: &CoverageCounts) -> String {
    let total = counts.total();
    let sentences = if total == 1 { "sentence" } else { "sentences" };
    match percent(counts) {
        Some(percent) => {
            format!("<p class=\"figure\"><strong>{percent}%</strong> of {total} {sentences} quoted or excluded</p>")
        }
        None => "<p class=\"figure\">no sentences</p>".to_owned(),
    }
}

/// A bar with the shares of the sentences by status. Attributes of SVG need no style.
fn bar(counts: &CoverageCounts) -> String {
    let CoverageCounts { quoted, excluded, open } = counts;
    let total = counts.total().max(1);
    let label = format!("{quoted} quoted, {excluded} excluded, {open} open");
    let mut bar = format!(
        "<svg class=\"bar\" role=\"img\" aria-label=\"{label}\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\">"
    );
    let mut before = 0;
    for (class, count) in [("quoted", quoted), ("excluded", excluded), ("open", open)] {
        let (start, end) = (1000 * before / total, 1000 * (before + count) / total);
        if end > start {
            // Writing to a string cannot fail.
            let _ = write!(bar, "<rect class=\"{class}\" x=\"{start}\" width=\"{}\" height=\"10\"/>", end - start);
        }
        before += count;
    }
    bar + "</svg>"
}

/// The section of a source.
struct SourceSection<'a> {
    report: &'a CoverageReport<'a>,
    /// The number of the source in the report.
    number: usize,
    coverage: &'a SourceCoverage,
    /// Whether no other source has sentences.
    is_single: bool,
    /// The text, if it may be redistributed.
    words: Option<&'a SentenceText<'a>>,
    text: &'a StatementText<'a>,
}

impl SourceSection<'_> {
    fn write(&self, out: &mut impl Write) -> Result<(), OutputError> {
        let Self { report, number, coverage, .. } = self;
        let source = report.source(coverage);
        let counts = coverage.counts();
        let title = html::text(&title(source));
        writeln!(
            out,
            "<section class=\"source\" aria-labelledby=\"s{number}\">\n<h2 id=\"s{number}\" dir=\"auto\">{title}</h2>"
        )?;
        let mut described = vec![html::text(source.id.as_str())];
        described.extend(source.publisher.as_deref().map(html::text));
        described.extend(source.published.as_ref().map(|date| html::text(date.as_str())));
        described.extend(source.url.as_deref().and_then(|url| html::link("open the page", url)));
        writeln!(out, "<p class=\"quiet\" dir=\"auto\">{}</p>", described.join(" · "))?;
        if !self.is_single {
            writeln!(out, "{}\n{}", figure(&counts), bar(&counts))?;
        }
        if self.words.is_none() {
            writeln!(
                out,
                "<p class=\"quiet\">Only quotes are shown: {}.</p>",
                match coverage.basis {
                    CoverageBasis::Text => "the text may not be redistributed",
                    _ => "the text is unavailable",
                }
            )?;
        }
        self.write_open(counts.open, out)?;
        let (runs, ends) = (runs(&coverage.quotes), ends(&coverage.quotes));
        let mut cursor = Cursor { sentence: 0, run: 0, end: 0 };
        let paragraphs = coverage.sentences.chunk_by(|_, next| !next.position.begins_paragraph);
        for paragraph in paragraphs {
            self.write_paragraph(paragraph, (&runs, &ends), &mut cursor, out)?;
        }
        Ok(writeln!(out, "</section>")?)
    }

    /// Lists the open sentences, with links.
    fn write_open(&self, count: usize, out: &mut impl Write) -> Result<(), OutputError> {
        if count == 0 {
            return Ok(());
        }
        let sentences = if count == 1 { "sentence" } else { "sentences" };
        writeln!(out, "<details class=\"open-list\"><summary>{count} open {sentences}</summary>\n<ul>")?;
        let sentences = self.coverage.sentences.iter().enumerate();
        let open = sentences.filter(|(_, sentence)| sentence.status == SentenceStatus::Open);
        for (index, sentence) in open.take(MAX_OPEN) {
            let beginning = match self.words {
                Some(words) => html::text(&beginning(&words.words(&sentence.position.range))),
                None => length(sentence),
            };
            let (number, line) = (self.number, sentence.position.line);
            writeln!(out, "<li dir=\"auto\"><a href=\"#o{number}-{index}\">line {line}</a> {beginning}</li>")?;
        }
        if let Some(more @ 1..) = count.checked_sub(MAX_OPEN) {
            writeln!(out, "<li>and {more} more</li>")?;
        }
        Ok(writeln!(out, "</ul>\n</details>")?)
    }

    /// Writes a paragraph, with the statements for the quotes that end in it.
    fn write_paragraph(
        &self,
        paragraph: &[CoveredSentence],
        marks: (&[Run], &[(u32, usize)]),
        cursor: &mut Cursor,
        out: &mut impl Write,
    ) -> Result<(), OutputError> {
        let from = cursor.end;
        write!(out, "<div class=\"paragraph\">\n<p class=\"text\" dir=\"auto\">")?;
        for (index, sentence) in paragraph.iter().enumerate() {
            let separator = if index == 0 { "" } else { " " };
            write!(out, "{separator}{}", self.sentence(sentence, marks, cursor))?;
        }
        writeln!(out, "</p>")?;
        if cursor.end > from {
            writeln!(out, "<ol class=\"notes\">")?;
            for (number, (_, quote)) in marks.1.iter().enumerate().take(cursor.end).skip(from) {
                self.write_note(number + 1, &self.coverage.quotes[*quote], out)?;
            }
            writeln!(out, "</ol>")?;
        }
        Ok(writeln!(out, "</div>")?)
    }

    /// A sentence with its quotes marked.
    fn sentence(
        &self,
        sentence: &CoveredSentence,
        (runs, ends): (&[Run], &[(u32, usize)]),
        cursor: &mut Cursor,
    ) -> String {
        let range = &sentence.position.range;
        let content = match self.words {
            Some(words) => {
                let mut content = String::new();
                let mut at = range.start;
                while at < range.end {
                    while runs.get(cursor.run).is_some_and(|run| run.points.end <= at) {
                        cursor.run += 1;
                    }
                    let run = runs.get(cursor.run).filter(|run| run.points.start < range.end);
                    let next_end = ends.get(cursor.end).map_or(range.end, |(end, _)| (*end).clamp(at, range.end));
                    let (to, mark) = match run {
                        Some(run) if run.points.start <= at => (run.points.end.min(range.end), Some(run.is_quoted)),
                        Some(run) => (run.points.start, None),
                        None => (range.end, None),
                    };
                    let to = if next_end > at { to.min(next_end) } else { to };
                    content.push_str(&marked(&html::text(&words.words(&(at..to))), mark));
                    at = to;
                    while ends.get(cursor.end).is_some_and(|(end, _)| *end <= at) {
                        cursor.end += 1;
                        content.push_str(&self.reference(cursor.end));
                    }
                }
                content
            }
            None => self.quoted_words(sentence, ends, cursor),
        };
        let index = cursor.sentence;
        cursor.sentence += 1;
        match sentence.status {
            SentenceStatus::Open => format!("<span class=\"open\" id=\"o{}-{index}\">{content}</span>", self.number),
            SentenceStatus::Quoted | SentenceStatus::Excluded => content,
        }
    }

    /// The quotes that end in a sentence, without its other words.
    fn quoted_words(&self, sentence: &CoveredSentence, ends: &[(u32, usize)], cursor: &mut Cursor) -> String {
        let mut shown: Vec<String> = Vec::new();
        while let Some((_, quote)) = ends.get(cursor.end).filter(|(end, _)| *end <= sentence.position.range.end) {
            cursor.end += 1;
            let quote = &self.coverage.quotes[*quote];
            let is_quoted = matches!(quote.purpose, QuotePurpose::Evidence(_));
            let parts: Vec<String> =
                quote.words.iter().map(|words| marked(&html::text(&single_line(words)), Some(is_quoted))).collect();
            shown.push(format!("{}{}", parts.join(" … "), self.reference(cursor.end)));
        }
        match (sentence.status, shown.is_empty()) {
            (SentenceStatus::Open, _) => length(sentence),
            (_, true) => "…".to_owned(),
            (_, false) => shown.join(" · "),
        }
    }

    /// The number of a quote, as a link to its note.
    fn reference(&self, number: usize) -> String {
        let source = self.number;
        format!("<sup><a id=\"m{source}-{number}\" href=\"#q{source}-{number}\">{number}</a></sup>")
    }

    /// Writes the statements that a quote supports or disputes, or why it is excluded.
    fn write_note(&self, number: usize, quote: &CoveringQuote, out: &mut impl Write) -> Result<(), OutputError> {
        let source = self.number;
        writeln!(
            out,
            "<li id=\"q{source}-{number}\"><a class=\"back\" href=\"#m{source}-{number}\" \
             aria-label=\"Back to quote {number}\">{number}</a>"
        )?;
        match &quote.purpose {
            QuotePurpose::Excluded(reason) => {
                writeln!(out, "<p class=\"quiet\" dir=\"auto\">excluded: {}</p>", html::text(&single_line(reason)))?;
            }
            QuotePurpose::Evidence(pieces) => {
                for (statement, piece) in pieces {
                    let statement = &self.report.checked.statements[*statement];
                    let evidence = &statement.evidence[*piece];
                    let sentence = html::text(&self.text.sentence(&statement.triple)?);
                    let link = self.text.link(evidence)?.and_then(|address| html::link("in the source", &address));
                    let link = link.map(|link| format!(" · {link}")).unwrap_or_default();
                    let kind = html::text(&single_line(&self.text.kind(statement)?));
                    let (stance, id) = (evidence.stance.as_str(), html::text(statement.id.as_str()));
                    let stance = if stance == "supports" { "" } else { "disputed, " };
                    writeln!(
                        out,
                        "<p dir=\"auto\">{sentence}<br><span class=\"quiet\">{stance}{kind} · {id}{link}</span></p>"
                    )?;
                }
            }
        }
        Ok(writeln!(out, "</li>")?)
    }
}

/// How far a section is written: the next sentence, the next run, and the next end of a quote. A quote has the number of its end.
struct Cursor {
    sentence: usize,
    run: usize,
    end: usize,
}

/// Words as they are marked: quoted, excluded or not at all.
fn marked(words: &str, is_quoted: Option<bool>) -> String {
    match is_quoted {
        Some(true) => format!("<mark>{words}</mark>"),
        Some(false) => format!("<span class=\"excluded\">{words}</span>"),
        None => words.to_owned(),
    }
}

/// The length of a sentence whose words are not shown.
fn length(sentence: &CoveredSentence) -> String {
    let range = &sentence.position.range;
    format!("open sentence of {} characters", range.end - range.start)
}

/// The first words of a sentence.
fn beginning(sentence: &str) -> String {
    match sentence.char_indices().nth(MAX_BEGINNING) {
        None => sentence.to_owned(),
        Some((at, _)) => {
            let end = sentence[..at].rfind(' ').unwrap_or(at);
            format!("{} …", &sentence[..end])
        }
    }
}
