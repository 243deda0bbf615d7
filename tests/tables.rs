//! Tables of query results: their layout, and rows after the first thousand.

use crate::results::{Bundled, Row, with_numbers};
use factloom::output::ResultsFormat;
use oxigraph::model::{Literal, NamedNode, Term, Triple};
use proptest::prelude::*;
use std::collections::BTreeSet;
use unicode_width::UnicodeWidthStr;

/// Terms of all kinds: IRIs with and without labels, long strings, numbers, line breaks, wide letters.
fn of_all_kinds() -> Vec<Row> {
    let named = |iri: &str| NamedNode::new_unchecked(format!("https://factloom.example/psm/{iri}"));
    let text = |text: &str| Some(Literal::new_simple_literal(text).into());
    let triple = Triple::new(
        named("entity/soviet-union"),
        named("vocabulary/helpedBuild"),
        Literal::new_typed_literal("1973", NamedNode::new_unchecked("http://www.w3.org/2001/XMLSchema#gYear")),
    );
    let row = |a: Option<Term>, b: Option<Term>| [a, b];
    let mut rows = with_numbers(&[
        row(
            Some(named("entity/pakistan-steel-mills").into()),
            text("a text of many words that must be wrapped somewhere"),
        ),
        row(Some(named("entity/no-such-thing").into()), text("一二三四五六七八九十一二三四五六七八九十")),
        row(Some(triple.into()), text("two\nlines, and\ta tab and \u{1b}[31mno colour")),
        row(None, text("| * _ [link](<x>) ` \\")),
        row(Some(NamedNode::new_unchecked("http://elsewhere.example/with-a-rather-long-path/of-a-thing").into()), None),
    ]);
    rows[4][0] = Some(Literal::from(-1234.5).into());
    rows
}

#[test]
fn tables_fit_every_width() {
    let bundled = Bundled::new();
    for (name, format, iris, width) in [
        ("wide", ResultsFormat::Table, false, None),
        ("of-60-columns", ResultsFormat::Table, false, Some(60)),
        ("of-24-columns", ResultsFormat::Table, false, Some(24)),
        ("of-names", ResultsFormat::Table, true, Some(80)),
        ("as-markdown", ResultsFormat::Markdown, false, Some(60)),
    ] {
        let table = bundled.write(&of_all_kinds(), format, iris, width).expect("it can be written");
        insta::assert_snapshot!(name, table);
    }
}

#[test]
fn a_table_fits_its_width_if_possible() {
    let bundled = Bundled::new();
    let cells =
        prop::collection::vec([proptest::option::of("[a-z漢 -]{0,40}"), proptest::option::of("[a-z]{0,9}")], 1..5);
    proptest!(ProptestConfig::with_cases(300), |(cells in cells, width in 13_u16..90)| {
        let text = |text: &Option<String>| text.clone().map(|text| Literal::new_simple_literal(text).into());
        let rows = with_numbers(&cells.iter().map(|[a, b]| [text(a), text(b)]).collect::<Vec<_>>());
        let table = |width| bundled.write(&rows, ResultsFormat::Table, false, width);
        let fitted = table(Some(width))?;
        // A wide letter does not fit into a column of width one.
        let widest = fitted.lines().map(UnicodeWidthStr::width).max().unwrap_or(0);
        prop_assert!(widest <= usize::from(width) + 2, "{}\n{}", width, fitted);
        let widths: BTreeSet<usize> = fitted.lines().map(UnicodeWidthStr::width).collect();
        prop_assert!(widths.len() == 1 || widest > usize::from(width), "{:?}\n{}", widths, fitted);
        // Wrapping removes only spaces.
        let letters = |table: &str| {
            let mut letters: Vec<char> = table.chars().filter(|c| c.is_alphanumeric()).collect();
            letters.sort_unstable();
            letters
        };
        prop_assert_eq!(letters(&fitted), letters(&table(None)?));
    });
}

#[test]
fn rows_after_the_first_thousand_use_the_same_columns() {
    let short = |_| [Some(Literal::new_simple_literal("short").into()), None];
    let mut rows: Vec<[Option<Term>; 2]> = (0..1000).map(short).collect();
    rows.push([Some(Literal::new_simple_literal("a longer text").into()), None]);
    rows.push([Some(Literal::new_simple_literal("short").into()), None]);
    let rows = with_numbers(&rows);
    let bundled = Bundled::new();
    let last = |width| {
        let table = bundled.write(&rows, ResultsFormat::Table, false, width).expect("it can be written");
        table.lines().skip(1002).map(str::to_owned).collect::<Vec<_>>()
    };
    let wide = ["│ 999 ┆ short ┆   │", "│ 1000 ┆ a longer text ┆   │", "│ 1001 ┆ short ┆   │", "└─────┴───────┴───┘"];
    assert_eq!(last(None), wide);
    let wrapped = [
        "│ 999 ┆ short ┆   │",
        "│ 1000 ┆ a     ┆   │",
        "│     ┆ longe ┆   │",
        "│     ┆ r     ┆   │",
        "│     ┆ text  ┆   │",
        "│ 1001 ┆ short ┆   │",
        "└─────┴───────┴───┘",
    ];
    assert_eq!(last(Some(80)), wrapped);
}
