//! The command line from outside: exit statuses, formats, paths. What a document means is the
//! library's; here one malicious, one clean and one incomplete document are enough.

mod export;
mod hunt;
mod hunt_many;
mod inputs;
mod json;
mod options;
mod status;
#[path = "../support/mod.rs"]
mod support;
mod text;
mod triage;

use serde_json::Value;
use support::{Folder, Run, encrypted_zip, fields, harmless, malicious, run, run_with};

/// A limit that the documents here do not fit in, so that they are incomplete whatever they hold.
const TOO_SMALL: &str = "--limits=decoded-bytes=10";

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["document"]["name"].as_str().unwrap())
        .collect()
}

fn rows(run: &Run) -> Vec<Value> {
    run.out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
