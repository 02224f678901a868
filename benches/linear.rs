//! How the time of an analysis grows with the document: the same document at 1, 10 and 100 times
//! its length.
//!
//! `cargo bench --bench linear`; see `benches/README.md`.

use std::hint::black_box;
use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use ddetect::Analyzer;
use zip::write::{SimpleFileOptions, ZipWriter};

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
/// Times each document is analysed; the quickest counts.
const ROUNDS: usize = 20;

fn main() {
    // `cargo bench` gives this flag and `cargo test` does not: a test run must not measure.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let analyzer = Analyzer::default();
    println!("  times       bytes     markup bytes          time   per markup byte");
    for times in [1, 10, 100] {
        let (document, markup) = document(times);
        let quickest = (0..ROUNDS)
            .map(|_| {
                let started = Instant::now();
                black_box(analyzer.analyze(black_box(&document)));
                started.elapsed()
            })
            .min()
            .unwrap_or(Duration::ZERO);
        let per_byte = quickest.as_secs_f64() * 1e9 / markup as f64;
        println!(
            "{times:>7} {:>11} {markup:>16} {:>10.3} ms {per_byte:>12.2} ns",
            document.len(),
            quickest.as_secs_f64() * 1e3
        );
    }
}

/// A letter of `times` pages with ordinary fields, and the length of its main part.
fn document(times: usize) -> (Vec<u8>, usize) {
    let mut state = 1u32;
    let mut body = String::new();
    for paragraph in 0..times * 60 {
        body.push_str("<w:p w:rsidR=\"00A77B3E\"><w:pPr><w:pStyle w:val=\"Normal\"/></w:pPr>");
        for _ in 0..4 {
            body.push_str("<w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">");
            for _ in 0..12 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                body.push_str(&format!("{:x} ", state >> 12));
            }
            body.push_str("</w:t></w:r>");
        }
        if paragraph % 20 == 0 {
            for (kind, text) in [("begin", " PAGE "), ("separate", ""), ("end", "")] {
                body.push_str(&format!("<w:r><w:fldChar w:fldCharType=\"{kind}\"/>"));
                body.push_str(&format!("<w:instrText>{text}</w:instrText></w:r>"));
            }
        }
        body.push_str("</w:p>");
    }
    let main = format!("<w:document xmlns:w=\"{W}\"><w:body>{body}</w:body></w:document>");
    let rels = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/\
                relationships\"><Relationship Id=\"r\" Type=\"http://schemas.openxmlformats.org/\
                officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>\
                </Relationships>";
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in [("_rels/.rels", rels), ("word/document.xml", main.as_str())] {
        let started = writer.start_file(name, SimpleFileOptions::default());
        started.expect("a small archive in memory");
        writer.write_all(part.as_bytes()).expect("memory");
    }
    let document = writer.finish().expect("memory").into_inner();
    (document, main.len())
}
