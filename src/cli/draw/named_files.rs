//! The files of all named diagrams in a directory.

use crate::cli::diagram_file::{DiagramOutputArgs, draw};
use crate::cli::failure::Failure;
use crate::cli::messages::{help, note};
use crate::cli::output_file::{self, Content, Files, create_directory};
use crate::files::has_content;
use crate::output::{Diagram, DiagramFormat, NamedFormat};
use crate::report::draw_named_diagrams;
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Draws all named diagrams of a graph into a directory, or none if one fails.
pub(super) fn write(args: &DiagramOutputArgs, store: &Store) -> Result<(), Failure> {
    let (directory, formats) = (args.directory()?, args.formats()?);
    let all = drawn(store)?;
    if all.is_empty() {
        let failure = Failure::new("the dataset has no named diagrams");
        return Err(failure.help("add `#+ diagram:` to a stored query"));
    }
    create_directory(directory)?;
    let mut files = Files::default();
    for (name, diagram) in &all {
        for (extension, format) in &formats {
            files.add_in(directory, &format!("{name}.{extension}"), |out| draw(diagram, *format, out))?;
        }
    }
    files.finish()
}

/// Lists the images in a directory that differ from the named diagrams, and those that are missing: each diagram is expected in
/// each format that any of them has.
pub(super) fn check(directory: &Path, store: &Store) -> Result<(), Failure> {
    let all = drawn(store)?;
    let (mut problems, mut found, mut extensions) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for file in file_names(directory)? {
        let format = DiagramFormat::from_path(Path::new(&file));
        let (name, extension) = file.rsplit_once('.').unwrap_or((&file, ""));
        let (Some(format), Some(diagram)) = (format, all.get(name)) else {
            note(format_args!("`{}` is not an image of a named diagram", directory.join(&file).display()));
            continue;
        };
        extensions.insert(extension.to_owned());
        let mut current = Vec::new();
        draw(diagram, format, &mut current)?;
        let path = directory.join(&file);
        if !has_content(&path, &current).map_err(|e| Failure::new(e.to_string()).help(e.help()))? {
            problems.push(format!("{file}: out of date"));
        }
        found.insert(file);
    }
    if extensions.is_empty() {
        problems.extend(all.keys().map(|name| format!("{name}: missing")));
    }
    let expected = all.keys().flat_map(|name| extensions.iter().map(move |extension| format!("{name}.{extension}")));
    problems.extend(expected.filter(|file| !found.contains(file)).map(|file| format!("{file}: missing")));
    problems.sort();
    if problems.is_empty() {
        return Ok(());
    }
    output_file::write_with_status(None, Content::Text, |out| {
        Ok(problems.iter().try_for_each(|line| writeln!(out, "{line}"))?)
    })?;
    let formats = if extensions.is_empty() { "svg".to_owned() } else { Vec::from_iter(extensions).join(",") };
    help(format_args!("run `factloom draw --all -o {} -f {formats}` to update them", directory.display()));
    Err(Failure::Findings)
}

/// The named diagrams of a graph, by their names.
fn drawn(store: &Store) -> Result<BTreeMap<String, Diagram>, Failure> {
    draw_named_diagrams(store)?.into_iter().map(|(name, diagram)| Ok((name, diagram?))).collect()
}

/// The names of the files in a directory, sorted.
fn file_names(directory: &Path) -> Result<BTreeSet<String>, Failure> {
    let failed = |e| Failure::file("read", directory, &e);
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.path().is_dir() {
            names.insert(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}
