//! Generated files: made where Cargo builds, and removed after use unless they are to be kept.

use crate::workload::{Graph, dataset, edges};
use crate::{Failure, Options};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The file of N-Triples with a graph, which may be there already.
///
/// # Errors
///
/// Where it cannot be written.
pub fn graph(options: &Options, graph: Graph, triples: u64) -> Result<PathBuf, Failure> {
    let path = options.folder.join(format!("{}-{triples}.nt", graph.name()));
    if !path.exists() {
        fs::create_dir_all(&options.folder)?;
        let part = path.with_extension("part");
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&part)?);
        graph.write(triples, &mut out)?;
        out.flush()?;
        fs::rename(part, &path)?;
    }
    // Read once, so that the engine that comes first is not the one that waits for the disk.
    std::io::copy(&mut File::open(&path)?, &mut std::io::sink())?;
    Ok(path)
}

/// The folder of a dataset with so many statements, which may be there already.
///
/// # Errors
///
/// Where it cannot be written.
pub fn dataset(options: &Options, statements: usize, a_source: usize) -> Result<PathBuf, Failure> {
    let folder = options.folder.join(format!("dataset-{statements}"));
    if !folder.exists() {
        let part = folder.with_extension("part");
        fs::create_dir_all(&part)?;
        dataset::generate(&part, statements, a_source)?;
        fs::rename(part, &folder)?;
    }
    Ok(folder)
}

/// The compiled graph of so many statements between entities, which may be there already.
///
/// # Errors
///
/// Where it cannot be written.
pub fn edges(options: &Options, edges: usize) -> Result<PathBuf, Failure> {
    let path = options.folder.join(format!("edges-{edges}.factloom"));
    if !path.exists() {
        fs::create_dir_all(&options.folder)?;
        let store = edges::store(edges)?;
        store.graph().ok_or("the store is not compiled")?.save(&path)?;
    }
    Ok(path)
}

/// Removes what the program left in the folder of a dataset, so that it builds again from nothing.
///
/// # Errors
///
/// Where it cannot be removed.
pub fn forget_build(folder: &Path) -> Result<(), Failure> {
    for name in ["out", ".factloom"] {
        let path = folder.join(name);
        if path.exists() {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}

/// Removes what was generated, unless it is to be kept.
///
/// # Errors
///
/// Where it cannot be removed.
pub fn done_with(options: &Options, path: &Path) -> Result<(), Failure> {
    match options.keep {
        true => Ok(()),
        false if path.is_dir() => Ok(fs::remove_dir_all(path)?),
        false => Ok(fs::remove_file(path)?),
    }
}
