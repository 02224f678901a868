//! From one command line to the tree of what it would start: each program's arguments are read as
//! that program reads them, each script as its interpreter does, until nothing new comes out.
//!
//! The rooms know one language each and nothing of each other: `launch` the arguments of programs,
//! `shell` the command language of `cmd.exe`, `powershell`, and `script` the two languages of
//! Windows Script Host. What one of them finds for another comes back here as a [`Next`].
//!
//! # Malformed input
//!
//! A step that cannot be undone leaves the text as it is; the technique `undecoded` says so.
//!
//! # Worst cases
//!
//! Every step pays for the bytes that it looks at and produces ([`Fuel`]): 64 for each byte of the
//! command and 512 KiB, and no more than `command-bytes` in an analysis. What stands behind the
//! first [`LONGEST`] bytes of a command stays as it is. No more than [`STAGES`]
//! stages, [`DEPTH`] deep, are kept; nothing recurses on the depth of the input.

mod fuel;

use std::collections::VecDeque;

pub(crate) use fuel::{Fuel, Pool};

use super::path;
use super::quote::cut;
use super::resolve::resolve_line;
use super::stage::Stage;
use super::{launch, powershell, script, shell};
use crate::link::{Technique, TechniqueId};

/// Bytes of arguments that are looked at: Windows starts nothing with a line of more than 32,767
/// characters (CreateProcessW), which take three bytes each at most.
const LONGEST: usize = 128 << 10;
/// Stages that are kept of one command.
const STAGES: usize = 64;
/// How deep they nest.
const DEPTH: usize = 16;
/// Steps whose text is kept of one command.
const STEPS: usize = 48;
/// Characters kept of a script, of arguments and of either side of a step.
const QUOTED: usize = 8_192;
const QUOTED_STEP: usize = 1_024;

/// A language in which a command may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// Of `cmd.exe`, as if typed; with delayed expansion (`/v:on`) or without.
    Shell { delayed: bool },
    /// PowerShell.
    PowerShell,
    /// VBScript.
    VbScript,
    /// JScript.
    JScript,
}

/// Something that a program or script would run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A command line: a program and its arguments, nothing left to expand.
    Line(String),
    /// Code in one of the languages.
    Code(Language, String),
}

/// What a language made of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The code in clear: every disguise of this language undone. `None` where there is no code.
    pub(crate) clear: Option<String>,
    /// What it would run, in its order.
    pub(crate) next: Vec<Next>,
    /// The disguises, in the order in which they were undone.
    pub(crate) steps: Vec<Technique>,
}

impl Outcome {
    /// Notes a disguise with the text before and after, if it changed anything.
    pub(crate) fn step(&mut self, id: TechniqueId, before: &str, after: &str) {
        if before != after {
            let (before, after) = (cut(before, QUOTED_STEP), cut(after, QUOTED_STEP));
            self.steps.push(Technique::step(id, before, after));
        }
    }
}

/// What came out of one command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unfolded {
    /// The code in its arguments, in clear.
    pub(crate) script: Option<String>,
    /// What it would start.
    pub(crate) stages: Vec<Stage>,
    pub(crate) steps: Vec<Technique>,
}

/// A stage while the tree grows.
struct Node {
    parent: usize,
    depth: usize,
    stage: Stage,
}

/// Undoes what a program (its lower-case image) and its arguments hide.
pub(crate) fn unfold(image: &str, arguments: &str, pool: &Pool) -> Unfolded {
    let whole = arguments;
    let arguments = whole
        .get(..whole.floor_char_boundary(LONGEST))
        .unwrap_or_default();
    let mut fuel = Fuel::of(arguments.len(), pool);
    let mut tree = Tree::default();
    tree.grow(
        0,
        launch::arguments(path::stem(image), arguments, &mut fuel),
    );
    while let Some((parent, next)) = tree.waiting.pop_front() {
        if fuel.is_out() {
            break;
        }
        let outcome = match next {
            Next::Line(line) => {
                let resolved = resolve_line(&line);
                tree.steps(resolved.techniques);
                let command = resolved.command;
                let Some(image) = command.image else { continue };
                let arguments = command.arguments.unwrap_or_default();
                let outcome = launch::arguments(path::stem(&image), &arguments, &mut fuel);
                let Some(at) = tree.add(parent, image, &arguments) else {
                    break;
                };
                tree.grow(at, outcome);
                continue;
            }
            Next::Code(Language::Shell { delayed }, code) => shell::run(&code, delayed, &mut fuel),
            Next::Code(Language::PowerShell, code) => powershell::run(&code, &mut fuel),
            Next::Code(Language::VbScript, code) => script::run_vb(&code, &mut fuel),
            Next::Code(Language::JScript, code) => script::run_js(&code, &mut fuel),
        };
        tree.grow(parent, outcome);
    }
    if fuel.is_out() || !tree.waiting.is_empty() || arguments.len() < whole.len() {
        tree.undecoded();
    }
    tree.close()
}

/// The stages so far, in the order in which they were found; the first is the command itself.
struct Tree {
    nodes: Vec<Node>,
    waiting: VecDeque<(usize, Next)>,
    /// How often a text went from one language to the next, so that a script which produces itself
    /// comes to an end.
    codes: usize,
    steps: Vec<Technique>,
}

impl Default for Tree {
    fn default() -> Self {
        let root = Node {
            parent: 0,
            depth: 0,
            stage: Stage::default(),
        };
        Tree {
            nodes: vec![root],
            waiting: VecDeque::new(),
            codes: 0,
            steps: Vec::new(),
        }
    }
}

impl Tree {
    /// Takes over what a language said of the stage at `at`.
    fn grow(&mut self, at: usize, outcome: Outcome) {
        self.steps(outcome.steps);
        if let (Some(clear), Some(node)) = (outcome.clear, self.nodes.get_mut(at)) {
            let clear = clear.trim();
            match &mut node.stage.script {
                // What the next language made of it says it better.
                Some(script) if clear.contains(script.as_str()) => *script = cut(clear, QUOTED),
                Some(script) if script.contains(clear) => {}
                Some(script) if script.len() < QUOTED => {
                    script.push('\n');
                    script.push_str(&cut(clear, QUOTED));
                }
                Some(_) => {}
                none if !clear.is_empty() => *none = Some(cut(clear, QUOTED)),
                _ => {}
            }
        }
        for next in outcome.next {
            if self.codes >= STAGES.saturating_mul(2) {
                self.undecoded();
                return;
            }
            self.codes = self.codes.saturating_add(1);
            self.waiting.push_back((at, next));
        }
    }

    /// A stage below another; `None` where there is no room.
    fn add(&mut self, parent: usize, image: String, arguments: &str) -> Option<usize> {
        let depth = self.nodes.get(parent)?.depth.checked_add(1)?;
        let at = self.nodes.len();
        if at >= STAGES || depth > DEPTH {
            self.undecoded();
            return None;
        }
        let stage = Stage {
            image: Some(cut(&image, QUOTED_STEP)),
            arguments: (!arguments.is_empty()).then(|| cut(arguments, QUOTED)),
            ..Stage::default()
        };
        self.nodes.push(Node {
            parent,
            depth,
            stage,
        });
        Some(at)
    }

    fn steps(&mut self, steps: Vec<Technique>) {
        let room = STEPS.saturating_sub(self.steps.len());
        let (kept, more) = steps.split_at_checked(room).unwrap_or((&steps, &[]));
        self.steps.extend_from_slice(kept);
        // Beyond that, which ones is enough.
        for step in more {
            if !self.steps.iter().any(|known| known.id == step.id) {
                self.steps.push(Technique::from(step.id));
            }
        }
    }

    fn undecoded(&mut self) {
        self.steps(vec![Technique::from(TechniqueId::Undecoded)]);
    }

    /// Each stage into its parent, from the last to the first.
    fn close(mut self) -> Unfolded {
        while self.nodes.len() > 1
            && let Some(node) = self.nodes.pop()
        {
            if let Some(parent) = self.nodes.get_mut(node.parent) {
                parent.stage.stages.insert(0, node.stage);
            }
        }
        let root = self.nodes.pop().map(|node| node.stage).unwrap_or_default();
        Unfolded {
            script: root.script,
            stages: root.stages,
            steps: self.steps,
        }
    }
}
