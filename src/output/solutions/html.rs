//! Tables as web pages that can be sorted.

use super::term_display::is_number;
use super::{LAYOUT_ROWS, TermDisplay};
use crate::escape::html as escape;
use crate::output::{OutputError, PageAssets};
use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{Term, Variable};
use oxigraph::sparql::{QuerySolution, QuerySolutionIter};
use std::io::{self, Write};

/// The longest value of a datatype, in bytes, that stays on one line.
const MAX_UNBROKEN: usize = 32;

/// What a page has in addition to its results: HTML for the last cell of each row, and for the end of the page.
pub(in crate::output) struct HtmlNotes {
    /// For each row, or for a boolean.
    pub references: Vec<String>,
    pub section: String,
}

/// Writes rows as they come, except for the first ones.
pub(in crate::output) fn write_html(
    mut solutions: QuerySolutionIter<'_>,
    notes: Option<&HtmlNotes>,
    display: &TermDisplay<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let variables = solutions.variables().to_vec();
    let first = solutions.by_ref().take(LAYOUT_ROWS).collect::<Result<Vec<_>, _>>()?;
    write_start(display, out)?;
    let caption = "A column heading sorts the rows: ascending, descending, then as the query returned them";
    writeln!(
        out,
        "<div class=\"scroll\" role=\"region\" aria-labelledby=\"caption\" tabindex=\"0\">\n<table>\n\
         <caption id=\"caption\"><span>{caption}</span></caption>\n<thead>\n<tr>"
    )?;
    for variable in &variables {
        let mut values = first.iter().filter_map(|solution| solution.get(variable)).peekable();
        let class = if values.peek().is_some() && values.all(is_number) { " class=\"number\"" } else { "" };
        write_header(variable.as_str(), class, out)?;
    }
    if notes.is_some() {
        write_header("notes", "", out)?;
    }
    writeln!(out, "</tr>\n</thead>\n<tbody>")?;
    let mut references = notes.map(|notes| notes.references.iter());
    let mut count = 0_usize;
    for solution in first.into_iter().map(Ok).chain(solutions) {
        write_row(&solution?, &variables, display, out)?;
        if let Some(references) = &mut references {
            write!(out, "<td>{}</td>", references.next().map_or("", String::as_str))?;
        }
        writeln!(out, "</tr>")?;
        count += 1;
    }
    let rows = if count == 1 { "row" } else { "rows" };
    writeln!(out, "</tbody>\n</table>\n</div>\n<p class=\"quiet\">{count} {rows}</p>")?;
    Ok(write_end(notes, out)?)
}

/// Writes the result of an ASK query.
pub(in crate::output) fn write_html_boolean(
    result: bool,
    notes: Option<&HtmlNotes>,
    display: &TermDisplay<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    write_start(display, out)?;
    let references = notes.and_then(|notes| notes.references.first()).filter(|references| !references.is_empty());
    let references = references.map(|references| format!(" {references}")).unwrap_or_default();
    writeln!(out, "<p>{result}{references}</p>")?;
    write_end(notes, out)
}

fn write_start(display: &TermDisplay<'_>, out: &mut impl Write) -> io::Result<()> {
    let graph = &display.labels.store().metadata().title;
    PageAssets::TABLE.write_start(display.title.unwrap_or("Query results"), graph, out)
}

fn write_end(notes: Option<&HtmlNotes>, out: &mut impl Write) -> io::Result<()> {
    if let Some(HtmlNotes { section, .. }) = notes {
        out.write_all(section.as_bytes())?;
    }
    PageAssets::TABLE.write_end(out)
}

fn write_header(name: &str, class: &str, out: &mut impl Write) -> io::Result<()> {
    let name = escape::text(name);
    writeln!(out, "<th scope=\"col\" aria-sort=\"none\"{class}><button type=\"button\">{name}</button></th>")
}

fn write_row(
    solution: &QuerySolution,
    variables: &[Variable],
    display: &TermDisplay<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    write!(out, "<tr>")?;
    for variable in variables {
        match solution.get(variable) {
            Some(term) => write_cell(term, display, out)?,
            None => write!(out, "<td></td>")?,
        }
    }
    Ok(())
}

fn write_cell(term: &Term, display: &TermDisplay<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let shown = display.cell(term)?;
    let text = escape::text(&shown);
    match term {
        Term::NamedNode(iri) => {
            let without_link = || format!("<span title=\"{}\">{text}</span>", escape::attribute(iri.as_str()));
            let shown = escape::link(&shown, iri.as_str()).unwrap_or_else(without_link);
            write!(out, "<td dir=\"auto\">{shown}</td>")?;
        }
        Term::Literal(literal) => {
            let class = match literal.datatype() {
                _ if is_number(term) => " class=\"number\"",
                xsd::STRING | rdf::LANG_STRING | rdf::DIR_LANG_STRING => "",
                // A date stays on one line.
                _ if literal.value().len() <= MAX_UNBROKEN => " class=\"typed\"",
                _ => "",
            };
            let language = literal.language().map(|tag| format!(" lang=\"{}\"", escape::attribute(tag)));
            // Times are in words, but sorted as they are written.
            let key =
                (literal.value() != shown).then(|| format!(" data-sort=\"{}\"", escape::attribute(literal.value())));
            let (language, key) = (language.unwrap_or_default(), key.unwrap_or_default());
            write!(out, "<td dir=\"auto\"{class}{language}{key}>{text}</td>")?;
        }
        Term::BlankNode(_) | Term::Triple(_) => write!(out, "<td dir=\"auto\">{text}</td>")?,
    }
    Ok(())
}
