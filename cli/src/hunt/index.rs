//! The programs of all predicted chains, found by name.

use std::collections::HashMap;

use ddetect::Triage;
use ddetect::triage::Process;

use super::line::{Wanted, base};

/// A program of a chain.
#[derive(Debug)]
pub(super) struct Node {
    /// The number of the card.
    pub(super) card: usize,
    /// The id of the chain.
    pub(super) chain: String,
    pub(super) wanted: Wanted,
    pub(super) parent: Parent,
}

/// Who would start it.
#[derive(Debug)]
pub(super) enum Parent {
    /// One of the programs that open the document.
    Office(Vec<&'static str>),
    /// The node of this number.
    Node(usize),
}

#[derive(Debug, Default)]
pub(super) struct Index {
    nodes: Vec<Node>,
    by_image: HashMap<String, Vec<usize>>,
}

impl Index {
    pub(super) fn add(&mut self, card: usize, triage: &Triage) {
        for chain in &triage.predicted {
            if let Some(process) = &chain.process {
                let parent = Parent::Office(chain.parents.clone());
                self.push(card, &chain.id, process, parent);
            }
        }
    }

    /// A program and what it would start; the library bounds how many there are and how deep.
    fn push(&mut self, card: usize, chain: &str, process: &Process, parent: Parent) {
        let number = self.nodes.len();
        let numbers = self.by_image.entry(base(&process.image)).or_default();
        numbers.push(number);
        self.nodes.push(Node {
            card,
            chain: chain.to_owned(),
            wanted: Wanted::new(process),
            parent,
        });
        for child in &process.children {
            self.push(card, chain, child, Parent::Node(number));
        }
    }

    /// How many programs there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn node(&self, number: usize) -> Option<&Node> {
        self.nodes.get(number)
    }

    /// The programs of this lower-case base name, with their numbers.
    pub(super) fn called(&self, image: &str) -> impl Iterator<Item = (usize, &Node)> {
        let numbers = self.by_image.get(image).map_or(&[][..], Vec::as_slice);
        numbers
            .iter()
            .filter_map(|number| Some((*number, self.nodes.get(*number)?)))
    }
}
