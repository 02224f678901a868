//! Which running processes belong to which chains, so that what they start is known by its parent.
//!
//! # Worst cases
//!
//! At most [`RUNNING`] processes and [`WAITING`] events of [`WAITING_BYTES`] are kept; the oldest
//! give way.

use std::collections::{HashMap, VecDeque};

use crate::events::ProcessId;

/// Processes of chains that are remembered.
const RUNNING: usize = 65_536;
/// Events that are remembered because their parent may still come: clocks and collectors do not
/// keep the order.
const WAITING: usize = 16_384;
/// Bytes of their command lines.
const WAITING_BYTES: usize = 32 << 20;
/// Characters of a name that tell computers and processes apart.
const NAME: usize = 256;

/// A process on a computer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    host: String,
    id: Id,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Id {
    Guid(String),
    Number(u64),
}

impl Key {
    pub(super) fn new(host: Option<&str>, id: &ProcessId<'_>) -> Self {
        let name = |text: &str| {
            text.chars()
                .take(NAME)
                .collect::<String>()
                .to_ascii_lowercase()
        };
        let id = match id {
            ProcessId::Guid(guid) => Id::Guid(name(guid)),
            ProcessId::Number(number) => Id::Number(*number),
        };
        Key {
            host: name(host.unwrap_or_default()),
            id,
        }
    }
}

/// An event whose program a chain has below another one.
#[derive(Clone, Debug)]
pub(super) struct Waiting<E> {
    pub(super) parent: Key,
    pub(super) own: Option<Key>,
    pub(super) event: E,
}

#[derive(Debug)]
pub(super) struct Lineage<E> {
    /// The nodes that a process is.
    running: HashMap<Key, Vec<usize>>,
    order: VecDeque<Key>,
    waiting: HashMap<Key, Vec<Held<E>>>,
    waiting_order: VecDeque<(u64, Key)>,
    next: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Held<E> {
    number: u64,
    bytes: usize,
    waiting: Waiting<E>,
}

impl<E> Default for Lineage<E> {
    fn default() -> Self {
        Lineage {
            running: HashMap::new(),
            order: VecDeque::new(),
            waiting: HashMap::new(),
            waiting_order: VecDeque::new(),
            next: 0,
            bytes: 0,
        }
    }
}

impl<E> Lineage<E> {
    /// The nodes that a process is.
    pub(super) fn nodes(&self, process: &Key) -> &[usize] {
        self.running.get(process).map_or(&[], Vec::as_slice)
    }

    /// A process of this id has started: whoever had its number before has ended.
    pub(super) fn started(&mut self, process: &Key, nodes: Vec<usize>) {
        if nodes.is_empty() {
            // Stays in the order, where it takes a place until it is the oldest.
            self.running.remove(process);
            return;
        }
        if self.running.insert(process.clone(), nodes).is_none() {
            self.order.push_back(process.clone());
        }
        while self.order.len() > RUNNING {
            if let Some(oldest) = self.order.pop_front() {
                self.running.remove(&oldest);
            }
        }
    }

    /// Keeps an event until its parent is known. `bytes` is what it takes.
    pub(super) fn wait(&mut self, waiting: Waiting<E>, bytes: usize) {
        let (number, parent) = (self.next, waiting.parent.clone());
        self.next = self.next.wrapping_add(1);
        self.bytes += bytes;
        self.waiting_order.push_back((number, parent.clone()));
        let of_parent = self.waiting.entry(parent).or_default();
        of_parent.push(Held {
            number,
            bytes,
            waiting,
        });
        while self.waiting_order.len() > WAITING || self.bytes > WAITING_BYTES {
            let Some((number, parent)) = self.waiting_order.pop_front() else {
                break;
            };
            // What was settled is gone already.
            let Some(held) = self.waiting.get_mut(&parent) else {
                continue;
            };
            // The oldest of a parent stands first.
            if held.first().is_some_and(|first| first.number == number) {
                self.bytes -= held.remove(0).bytes;
            }
            if held.is_empty() {
                self.waiting.remove(&parent);
            }
        }
    }

    /// The events that waited for this process.
    pub(super) fn settled(&mut self, process: &Key) -> Vec<Waiting<E>> {
        let held = self.waiting.remove(process).unwrap_or_default();
        self.bytes -= held.iter().map(|held| held.bytes).sum::<usize>();
        held.into_iter().map(|held| held.waiting).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> Key {
        Key::new(Some("PC"), &ProcessId::Number(number))
    }

    #[test]
    fn a_number_that_is_used_again_is_another_process() {
        let mut lineage = Lineage::<()>::default();
        lineage.started(&key(1), vec![7]);
        assert_eq!(
            lineage.nodes(&Key::new(Some("pc"), &ProcessId::Number(1))),
            [7]
        );
        lineage.started(&key(1), Vec::new());
        assert_eq!(lineage.nodes(&key(1)), [0; 0]);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut lineage = Lineage::default();
        for number in 0..(RUNNING as u64 + 10) {
            lineage.started(&key(number), vec![0]);
            let parent = key(number);
            lineage.wait(
                Waiting {
                    parent,
                    own: None,
                    event: number,
                },
                1,
            );
        }
        assert_eq!(
            (lineage.running.len(), lineage.order.len()),
            (RUNNING, RUNNING)
        );
        assert_eq!(lineage.waiting.len(), WAITING);
        assert!(lineage.nodes(&key(9)).is_empty() && !lineage.nodes(&key(10)).is_empty());
        assert!(lineage.settled(&key(0)).is_empty());
        assert_eq!(lineage.settled(&key(RUNNING as u64)).len(), 1);
        assert_eq!(lineage.bytes, WAITING - 1);
        let large = Waiting {
            parent: key(5),
            own: None,
            event: 0,
        };
        lineage.wait(large, WAITING_BYTES);
        assert_eq!((lineage.bytes, lineage.waiting.len()), (WAITING_BYTES, 1));
    }
}
