//! Corrections that a program can apply.

/// The only right correction of a finding. It changes how something is written, never what a statement states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// The string at the location of the finding has another value.
    Text {
        /// Its value, if the finding depends on it.
        from: Option<String>,
        /// The right value.
        to: String,
    },
    /// The value at the location of the finding is this JSON.
    Json(String),
    /// The member `nth` next to the quote at the location of the finding has this number.
    Nth(u32),
    /// The lock is written again.
    Lock,
}

/// Advice about a misspelt name: the next step, and the right name if there is only one candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The next step.
    pub help: String,
    /// What was written, and the only similar name.
    pub(crate) only: Option<(String, String)>,
}

impl Suggestion {
    /// The correction, if there is only one.
    pub(crate) fn fix(&self) -> Option<Fix> {
        self.only.clone().map(|(from, to)| Fix::Text { from: Some(from), to })
    }
}

impl From<String> for Suggestion {
    fn from(help: String) -> Self {
        Self { help, only: None }
    }
}
