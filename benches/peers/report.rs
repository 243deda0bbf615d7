//! Tables in Markdown.

use crate::measure::Samples;

/// A table.
#[derive(Debug)]
pub struct Table {
    columns: usize,
    lines: Vec<String>,
}

impl Table {
    /// An empty table. A column name that ends in `:` aligns the column to the right.
    pub fn new(columns: &[&str]) -> Self {
        let names: Vec<&str> = columns.iter().map(|column| column.trim_end_matches(':')).collect();
        let rules: Vec<&str> = columns.iter().map(|c| if c.ends_with(':') { "--:" } else { "---" }).collect();
        let lines = vec![format!("| {} |", names.join(" | ")), format!("| {} |", rules.join(" | "))];
        Self { columns: columns.len(), lines }
    }

    pub fn row(&mut self, cells: &[String]) {
        assert_eq!(cells.len(), self.columns, "a row has as many cells as the table has columns");
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        self.lines.push(format!("| {} |", cells.join(" | ")));
    }

    pub fn print(&self) {
        println!("{}\n", self.lines.join("\n"));
    }
}

/// A duration with three digits.
pub fn seconds(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => format!("{} s", digits(s)),
        s if s >= 1e-3 => format!("{} ms", digits(s * 1e3)),
        s => format!("{} µs", digits(s * 1e6)),
    }
}

/// The median of durations, with the minimum and the maximum.
pub fn spread(samples: &Samples) -> String {
    match samples.len() {
        0 | 1 => seconds(samples.median()),
        _ => format!("{} ({}–{})", seconds(samples.median()), seconds(samples.min()), seconds(samples.max())),
    }
}

/// A ratio with three digits.
pub fn ratio(ratio: f64) -> String {
    if ratio.is_finite() { format!("{} ×", digits(ratio)) } else { "–".to_owned() }
}

/// Bytes in MiB.
pub fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", digits(bytes as f64 / f64::from(1 << 20)))
}

/// A count, in millions if it is large and round.
pub fn count(count: u64) -> String {
    match count {
        n if n >= 1_000_000 && n % 100_000 == 0 => format!("{} M", n as f64 / 1e6),
        n => n.to_string(),
    }
}

/// A number with three digits.
pub fn digits(number: f64) -> String {
    match number.abs() {
        n if n >= 100.0 => format!("{number:.0}"),
        n if n >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}
