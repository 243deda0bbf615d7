//! Parsing the status of claims in an argument.

use crate::model::{BuiltInStatus, ClaimStatus};
use clap::builder::{PossibleValue, TypedValueParser};
use std::ffi::OsStr;

/// Parses a built-in status or the id of a declared one. Shells complete the built-in ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct StatusParser;

impl TypedValueParser for StatusParser {
    type Value = ClaimStatus;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<ClaimStatus, clap::Error> {
        str::parse::<ClaimStatus>.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(BuiltInStatus::NAMES.iter().map(PossibleValue::new)))
    }
}
