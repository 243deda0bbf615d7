//! Reading a file that the user names, or stdin.

use super::failure::Failure;
use super::output_file::check_named;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Whether an argument stands for stdin.
pub(super) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// The bytes of a file, or of stdin for `-`: at most `limit` of them.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    match is_stdin(path) {
        true => io::stdin().lock().take(limit + 1).read_to_end(&mut bytes),
        false => {
            check_named("read", path)?;
            File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
        }
    }
    .map_err(|error| Failure::file("read", path, &error))?;
    if bytes.len() as u64 > limit {
        let message = format!("`{}` is larger than {limit} bytes", path.display());
        return Err(Failure::new(message).help("divide the file, or raise --max-file-size"));
    }
    Ok(bytes)
}
