use super::run;
use crate::command::unfold::{Fuel, Language, Next, Outcome, Pool};
use crate::link::TechniqueId;

fn read(code: &str) -> Outcome {
    let pool = Pool::new(64 << 20);
    run(code, &mut Fuel::of(code.len(), &pool))
}

fn clear(code: &str) -> String {
    read(code).clear.unwrap_or_default()
}

#[track_caller]
fn lines(code: &str, expected: &[&str]) {
    let outcome = read(code);
    let lines: Vec<_> = outcome
        .next
        .iter()
        .map(|next| match next {
            Next::Line(line) => line.as_str(),
            Next::Code(_, code) => code.as_str(),
        })
        .collect();
    assert_eq!(lines, expected, "{code}\n{:?}\n{:?}", outcome.clear, outcome.steps);
}

#[track_caller]
fn becomes(code: &str, expected: &str) {
    let outcome = read(code);
    assert_eq!(outcome.clear.as_deref(), Some(expected), "{code}\n{:?}", outcome.steps);
}
