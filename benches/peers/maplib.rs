//! maplib, a Python library whose queries run on Polars, as a peer for queries. It is skipped if it is not installed.

use crate::Failure;
use crate::python::{is_installed, python};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// Loads a file of N-Triples, then answers each query on stdin with its time and its number of rows, or with an empty object.
const SCRIPT: &str = "\
import json, maplib, sys, time
model = maplib.Model()
model.read(sys.argv[1])
print('{}', flush=True)
for line in sys.stdin:
    request, reply = json.loads(line), {}
    try:
        start = time.perf_counter()
        for _ in range(request['times']):
            result = model.query(request['sparql'])
        reply = {'seconds': (time.perf_counter() - start) / request['times'], 'rows': result.height}
    except BaseException:
        pass
    print(json.dumps(reply), flush=True)
";

/// A process with a loaded graph.
pub struct Maplib {
    process: Child,
    requests: ChildStdin,
    replies: BufReader<ChildStdout>,
}

/// What the process measured.
#[derive(Debug, Clone, Copy)]
pub struct Reply {
    /// The mean time of a query in seconds.
    pub seconds: f64,
    /// Its number of rows.
    pub rows: u64,
}

impl Maplib {
    /// Starts a process and loads a file of N-Triples; `None` if maplib is not installed.
    pub fn load(file: &Path) -> Result<Option<Self>, Failure> {
        if !is_installed("maplib") {
            return Ok(None);
        }
        let mut command = python();
        command.args(["-c", SCRIPT]).arg(file).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn()?;
        let requests = process.stdin.take().ok_or("no standard input")?;
        let replies = BufReader::new(process.stdout.take().ok_or("no standard output")?);
        let mut maplib = Self { process, requests, replies };
        maplib.reply()?;
        Ok(Some(maplib))
    }

    /// Runs a query several times; `None` if maplib does not support it.
    pub fn query(&mut self, sparql: &str, times: usize) -> Result<Option<Reply>, Failure> {
        writeln!(self.requests, "{}", json!({ "sparql": sparql, "times": times }))?;
        let reply = self.reply()?;
        let reply = || Some(Reply { seconds: reply["seconds"].as_f64()?, rows: reply["rows"].as_u64()? });
        Ok(reply())
    }

    fn reply(&mut self) -> Result<Value, Failure> {
        let mut line = String::new();
        if self.replies.read_line(&mut line)? == 0 {
            return Err("maplib ended".into());
        }
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Maplib {
    fn drop(&mut self) {
        // The process has nothing to save.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
