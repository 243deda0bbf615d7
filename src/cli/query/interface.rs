//! The interface whose options or commands a message names.

/// What the user writes queries in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Interface {
    #[default]
    CommandLine,
    /// The interactive shell.
    Shell,
}

impl Interface {
    /// The advice for this interface.
    pub(super) fn advice<'a>(self, command_line: &'a str, shell: &'a str) -> &'a str {
        if self == Self::Shell { shell } else { command_line }
    }
}
