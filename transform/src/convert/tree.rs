//! The parts of a message that is whole.

use crate::structure::{Event, Excess, Kind, Part, Scanner};
use crate::suspicion::Suspicion;

/// All parts, in the order in which they begin.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    /// There is more of something than is allowed; parts that had not ended then reach to the end.
    pub(super) excess: Option<Excess>,
}

/// A part in its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) part: Part,
    pub(super) parent: Option<usize>,
    /// Within its parent, from one.
    pub(super) number: usize,
    /// Behind its body.
    pub(super) end: usize,
    pub(super) children: Vec<usize>,
}

impl Tree {
    pub(super) fn read(message: &[u8]) -> Self {
        let mut tree = Self {
            nodes: Vec::new(),
            excess: None,
        };
        let mut open: Vec<usize> = Vec::new();
        let mut tell = |event| match event {
            Event::Begin(part) => {
                let parent = open.last().copied();
                open.push(tree.nodes.len());
                tree.add(part, parent, message.len());
            }
            Event::End { at, .. } => {
                if let Some(node) = open.pop() {
                    tree.nodes[node].end = position(at);
                }
            }
            Event::Excess(excess) => tree.excess = Some(excess),
        };
        let mut scanner = Scanner::new();
        scanner.push(message, &mut tell);
        scanner.finish(&mut tell);
        tree
    }

    fn add(&mut self, part: Part, parent: Option<usize>, end: usize) {
        let node = self.nodes.len();
        let mut number = 1;
        if let Some(parent) = parent {
            self.nodes[parent].children.push(node);
            number = self.nodes[parent].children.len();
        }
        self.nodes.push(Node {
            part,
            parent,
            number,
            end,
            children: Vec::new(),
        });
    }

    pub(super) fn is_tnef(&self, node: usize, message: &[u8]) -> bool {
        let node = &self.nodes[node];
        let suspicion = Suspicion::of_body(&node.part, node.body(message), true);
        matches!(suspicion, Suspicion::Said | Suspicion::Shown)
    }

    /// A signature or a key depends on every octet of it.
    pub(super) fn is_sealed(&self, node: usize) -> bool {
        let mut above = std::iter::successors(Some(node), |node| self.nodes[*node].parent);
        above.any(|node| {
            let media = &self.nodes[node].part.media.value;
            matches!(&**media, "multipart/signed" | "multipart/encrypted")
        })
    }

    /// The part whose header is that of the message around a part.
    pub(super) fn message_of(&self, node: usize) -> usize {
        let mut above = std::iter::successors(Some(node), |node| self.nodes[*node].parent);
        let is_message = |node: &usize| match self.nodes[*node].parent {
            Some(parent) => self.nodes[parent].part.kind == Kind::Message,
            None => true,
        };
        above.find(is_message).unwrap_or(0)
    }

    /// How many parts it is, with those within.
    pub(super) fn parts_in(&self, node: usize) -> usize {
        let mut parts = 0;
        let mut waiting = vec![node];
        while let Some(node) = waiting.pop() {
            parts += 1;
            waiting.extend(&self.nodes[node].children);
        }
        parts
    }

    /// `1.2`: the number among the parts at each level, as IMAP has them; empty: the message itself.
    pub(super) fn place(&self, node: usize) -> String {
        let above = std::iter::successors(Some(node), |node| self.nodes[*node].parent);
        let below_the_root = above.filter(|node| self.nodes[*node].parent.is_some());
        // A message's only part has the number of the message.
        let counted = below_the_root.filter(|node| self.message_of(*node) != *node);
        let mut numbers: Vec<String> = counted
            .map(|node| self.nodes[node].number.to_string())
            .collect();
        numbers.reverse();
        numbers.join(".")
    }
}

impl Node {
    pub(super) fn begin(&self) -> usize {
        position(self.part.header_at)
    }

    pub(super) fn body_at(&self) -> usize {
        position(self.part.body_at)
    }

    /// Behind the last field of its header, before the empty line.
    pub(super) fn fields_end(&self) -> usize {
        let header = &self.part.header;
        let fields = match &**header {
            [.., b'\n', b'\r', b'\n'] | [b'\r', b'\n'] => header.len() - 2,
            [.., b'\n', b'\n'] | [b'\n'] => header.len() - 1,
            _ => header.len(),
        };
        self.begin() + fields
    }

    pub(super) fn body<'m>(&self, message: &'m [u8]) -> &'m [u8] {
        &message[self.body_at()..self.end]
    }
}

/// It is within a message that is whole in memory.
fn position(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
