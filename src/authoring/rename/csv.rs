//! CSV with the positions of its cells, for edits.

use std::ops::Range;

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its bytes, with its quotation marks.
    pub range: Range<usize>,
    /// Its value.
    pub value: String,
}

/// A line, or several if a quoted cell has line ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Its bytes without the line end.
    pub range: Range<usize>,
    pub cells: Vec<Cell>,
}

/// The records of a text, with line ends of any system. Linear in the text.
pub(super) fn records(text: &str) -> Vec<Record> {
    let bytes = text.as_bytes();
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut records = Vec::new();
    while at < bytes.len() {
        let start = at;
        let mut cells = Vec::new();
        loop {
            let cell_start = at;
            if bytes.get(at) == Some(&b'"') {
                at = end_of_quoted(bytes, at + 1);
            }
            at += bytes[at..].iter().position(|byte| matches!(byte, b',' | b'\n')).unwrap_or(bytes.len() - at);
            let is_last = bytes.get(at) != Some(&b',');
            let has_return = is_last && at > cell_start && bytes.get(at) == Some(&b'\n') && bytes[at - 1] == b'\r';
            let end = if has_return { at - 1 } else { at };
            cells.push(Cell { range: cell_start..end, value: value(&text[cell_start..end]) });
            if is_last {
                records.push(Record { range: start..end, cells });
                at += 1;
                break;
            }
            at += 1;
        }
    }
    records
}

/// The byte after the closing quotation mark; the end of the text if there is none.
fn end_of_quoted(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match bytes[at..].iter().position(|byte| *byte == b'"') {
            None => return bytes.len(),
            Some(offset) if bytes.get(at + offset + 1) == Some(&b'"') => at += offset + 2,
            Some(offset) => return at + offset + 1,
        }
    }
}

fn value(written: &str) -> String {
    match written.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').unwrap_or(rest).replace("\"\"", "\"").replace("\r\n", "\n"),
        None => written.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(text: &str) -> Vec<Vec<String>> {
        records(text).into_iter().map(|record| record.cells.into_iter().map(|cell| cell.value).collect()).collect()
    }

    #[test]
    fn cells_are_read_with_line_ends_of_any_system() {
        assert_eq!(
            values("a,b\r\n\"x\"\"y\",\"1\n2\"\n\n,z"),
            [vec!["a", "b"], vec!["x\"y", "1\n2"], vec![""], vec!["", "z"]]
        );
        assert_eq!(values("\u{feff}a\n"), [["a"]]);
        assert_eq!(values("\"open\na"), [["open\na"]]);
    }

    proptest! {
        #[test]
        fn cells_are_those_of_another_reader(
            rows in prop::collection::vec(prop::collection::vec("[a,\"\n é]{0,4}", 2), 1..5)
        ) {
            let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(values(&text), rows);
        }

        #[test]
        fn positions_are_in_order(text in "[a,\"\r\n]{0,30}") {
            let mut end = 0;
            for cell in records(&text).into_iter().flat_map(|record| record.cells) {
                prop_assert!(cell.range.start >= end && cell.range.end >= cell.range.start);
                end = cell.range.end;
            }
        }
    }
}
