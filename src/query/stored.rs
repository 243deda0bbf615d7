//! Stored queries: files with a query and decorators that say what it is for.
//!
//! The decorators are those of [grlc](https://grlc.io): comment lines that begin with `#+` and hold YAML.

use serde::Deserialize;

/// What a stored query says of itself. Decorators of grlc that factloom has no use for are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Decorators {
    /// What the query answers, in one line.
    pub summary: Option<String>,
    /// What it belongs to.
    pub tags: Vec<String>,
}

impl Decorators {
    /// Reads the decorators of a query's text.
    ///
    /// # Errors
    ///
    /// Where they are no YAML, or not of the kind that grlc takes.
    ///
    /// ```
    /// use factloom::query::Decorators;
    ///
    /// let decorators = Decorators::of("#+ summary: \"Who built it?\"\n#+ tags:\n#+   - history\nASK {}")?;
    /// assert_eq!(decorators.summary.as_deref(), Some("Who built it?"));
    /// assert_eq!(decorators.tags, ["history"]);
    /// # Ok::<(), String>(())
    /// ```
    pub fn of(text: &str) -> Result<Self, String> {
        let lines = text.lines().filter_map(|line| line.trim_start().strip_prefix("#+"));
        let yaml: String = lines.flat_map(|line| [line.strip_prefix(' ').unwrap_or(line), "\n"]).collect();
        if yaml.trim().is_empty() {
            return Ok(Self::default());
        }
        serde_saphyr::from_str(&yaml).map_err(|e| e.to_string())
    }
}
