//! Generated files. They are in Cargo's target directory and are removed after use, unless they are kept.

use crate::workload::{Graph, dataset, edges};
use crate::{Failure, Options};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The N-Triples file of a graph, generated if it is missing.
pub fn graph(options: &Options, graph: Graph, triples: u64) -> Result<PathBuf, Failure> {
    let path = options.directory.join(format!("{}-{triples}.nt", graph.name()));
    if !path.exists() {
        fs::create_dir_all(&options.directory)?;
        let temporary = path.with_extension("part");
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&temporary)?);
        graph.write(triples, &mut out)?;
        out.flush()?;
        fs::rename(temporary, &path)?;
    }
    // Fill the page cache, so that the first engine does not wait for the disk.
    std::io::copy(&mut File::open(&path)?, &mut std::io::sink())?;
    Ok(path)
}

/// The directory of a dataset, generated if it is missing.
pub fn dataset(options: &Options, statements: usize, per_source: usize) -> Result<PathBuf, Failure> {
    let directory = options.directory.join(format!("dataset-{statements}"));
    if !directory.exists() {
        let temporary = directory.with_extension("part");
        fs::create_dir_all(&temporary)?;
        dataset::generate(&temporary, statements, per_source)?;
        fs::rename(temporary, &directory)?;
    }
    Ok(directory)
}

/// The compiled graph of statements between entities, generated if it is missing.
pub fn edges(options: &Options, edges: usize) -> Result<PathBuf, Failure> {
    let path = options.directory.join(format!("edges-{edges}.factloom"));
    if !path.exists() {
        fs::create_dir_all(&options.directory)?;
        let store = edges::store(edges)?;
        store.graph().ok_or("the store is not compiled")?.save(&path)?;
    }
    Ok(path)
}

/// Removes the output and the cache from the directory of a dataset.
pub fn remove_build(directory: &Path) -> Result<(), Failure> {
    for name in ["out", ".factloom"] {
        let path = directory.join(name);
        if path.exists() {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}

/// Removes a generated file or directory, unless files are kept.
pub fn clean_up(options: &Options, path: &Path) -> Result<(), Failure> {
    match options.keep {
        true => Ok(()),
        false if path.is_dir() => Ok(fs::remove_dir_all(path)?),
        false => Ok(fs::remove_file(path)?),
    }
}
