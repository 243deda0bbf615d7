//! Creating a dataset.
//!
//! Invariant: no function here overwrites a file.

mod init;

pub use init::{InitError, TUTORIAL, find_manifest, init};
