//! All named diagrams, in a folder.

use crate::cli::diagram_file::{DrawingArgs, draw};
use crate::cli::failure::{Failure, say};
use crate::cli::output_file::{self, Files};
use crate::output::{Diagram, DiagramFormat, NamedFormat, Overrides};
use crate::query::DiagramSettings;
use crate::report::named_diagrams;
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Draws each named diagram of a graph into a folder, which is made where there is none: all of them, or none.
pub(super) fn write(args: &DrawingArgs, store: &Store) -> Result<(), Failure> {
    let (folder, formats) = (args.directory()?, args.formats()?);
    let all = drawn(store)?;
    if all.is_empty() {
        let help = "a stored query with `#+ diagram:` is one";
        return Err(Failure::new("the dataset has no named diagram").help(help));
    }
    fs::create_dir_all(folder).map_err(|e| Failure::file("make the folder", folder, &e))?;
    let mut files = Files::default();
    for (name, diagram) in &all {
        for (ending, format) in &formats {
            files.add(&folder.join(format!("{name}.{ending}")), |out| draw(diagram, *format, out))?;
        }
    }
    files.finish()
}

/// Says which pictures in a folder are not, byte for byte, what the facts give, and which are missing: of each diagram one is due in
/// each format that any has.
pub(super) fn check(folder: &Path, store: &Store) -> Result<(), Failure> {
    let all = drawn(store)?;
    let (mut wrong, mut there, mut endings) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for file in files(folder)? {
        let format = DiagramFormat::from_path(Path::new(&file));
        let (name, ending) = file.rsplit_once('.').unwrap_or((&file, ""));
        let (Some(format), Some(diagram)) = (format, all.get(name)) else {
            say(format_args!("note: {} is no picture of a named diagram", folder.join(&file).display()));
            continue;
        };
        endings.insert(ending.to_owned());
        let mut now = Vec::new();
        draw(diagram, format, &mut now)?;
        let path = folder.join(&file);
        if fs::read(&path).map_err(|e| Failure::file("read", &path, &e))? != now {
            wrong.push(format!("{file}: out of date"));
        }
        there.insert(file);
    }
    if endings.is_empty() {
        wrong.extend(all.keys().map(|name| format!("{name}: missing")));
    }
    let due = all.keys().flat_map(|name| endings.iter().map(move |ending| format!("{name}.{ending}")));
    wrong.extend(due.filter(|file| !there.contains(file)).map(|file| format!("{file}: missing")));
    wrong.sort();
    if wrong.is_empty() {
        return Ok(());
    }
    output_file::found(None, |out| Ok(wrong.iter().try_for_each(|line| writeln!(out, "{line}"))?))?;
    let formats = if endings.is_empty() { "svg".to_owned() } else { Vec::from_iter(endings).join(",") };
    say(format_args!("help: `factloom draw --all -o {} -T {formats}` draws them anew", folder.display()));
    Err(Failure::Findings)
}

/// The named diagrams of a graph, by their names.
fn drawn(store: &Store) -> Result<BTreeMap<String, Diagram>, Failure> {
    let mut all = BTreeMap::new();
    for named in named_diagrams(store) {
        let diagram = named.draw(store, DiagramSettings::default(), Overrides::default())?;
        all.insert(named.name().to_owned(), diagram);
    }
    Ok(all)
}

/// The names of the files in a folder, sorted.
fn files(folder: &Path) -> Result<BTreeSet<String>, Failure> {
    let failed = |e| Failure::file("read", folder, &e);
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.path().is_dir() {
            files.insert(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(files)
}
