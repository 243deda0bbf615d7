//! Text from stdin.

use super::failure::Failure;
use std::io::Read;
use std::path::Path;

/// Reads all of stdin.
pub(super) fn read() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text).map_err(|e| Failure::file("read", Path::new("stdin"), &e))?;
    Ok(text)
}
