//! Measures queries with and without citations: whole processes on a built dataset.

use crate::measure::Samples;
use crate::processes::process;
use crate::report::{Table, count, ratio, seconds};
use crate::{Failure, Options, PROGRAM, files};
use std::path::Path;
use std::process::Command;

const STATEMENTS_PER_SOURCE: usize = 200;

const QUERIES: [(&str, &str); 8] = [
    ("an entity", "SELECT ?p ?o { e:e7 ?p ?o }"),
    ("a chain", "SELECT ?a ?b ?c { ?a v:relatesTo e:e7 . ?a v:relatesTo ?b . ?b v:relatesTo ?c }"),
    ("annotated triples", "SELECT ?a ?when { ?a v:relatesTo e:e7 {| fl:pointInTime ?when |} }"),
    ("numbers in a range", "SELECT ?a ?n { ?a v:measures ?n FILTER(?n > 400000 && ?n < 401000) }"),
    ("the largest numbers", "SELECT ?a ?n { ?a v:measures ?n } ORDER BY DESC(?n) LIMIT 20"),
    (
        "the busiest entities",
        "SELECT ?a (COUNT(*) AS ?n) { ?a v:relatesTo ?b } GROUP BY ?a ORDER BY DESC(?n) ?a LIMIT 20",
    ),
    ("a count", "SELECT (COUNT(*) AS ?n) { ?a v:measures ?b FILTER(?b < 100000) }"),
    ("every edge", "SELECT ?a ?b { ?a v:relatesTo ?b }"),
];

pub fn run(options: &Options) -> Result<(), Failure> {
    println!("## Citations: queries with and without `--cite`\n");
    println!("`factloom query -f csv` on a built dataset, from start to exit. The ratio is that of the medians.\n");
    let mut table = Table::new(&["statements:", "query", "without:", "with `--cite`:", "ratio:"]);
    for &statements in &options.statements {
        eprintln!("citations: {statements} statements");
        let directory = files::dataset(options, statements, STATEMENTS_PER_SOURCE)?;
        // The first query builds the graph.
        process(&mut query(&directory, "ASK {}", &[]))?;
        for (name, text) in QUERIES.into_iter().filter(|(name, _)| options.selects(name)) {
            let (mut plain, mut cited) = (Samples::default(), Samples::default());
            for _ in 0..options.runs {
                plain.add(process(&mut query(&directory, text, &[]))?);
                cited.add(process(&mut query(&directory, text, &["--cite"]))?);
            }
            let times = [plain.median(), cited.median()];
            table.row(&[
                count(statements as u64),
                name.to_owned(),
                seconds(times[0]),
                seconds(times[1]),
                ratio(times[1] / times[0]),
            ]);
        }
        files::remove_build(&directory)?;
        files::clean_up(options, &directory)?;
    }
    table.print();
    Ok(())
}

fn query(directory: &Path, text: &str, options: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["query", "-f", "csv", "-e", text]).args(options);
    command.current_dir(directory).env_remove("FACTLOOM_SOURCES");
    command
}
