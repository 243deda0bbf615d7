//! What a build or a change amounts to.

mod summary;

pub use summary::Summary;
