//! Whether a message that is still coming must be whole before anything of it goes on.
//!
//! Only two shapes are rewritten from their top: a message that is TNEF itself, and a multipart/mixed in which TNEF comes
//! second, after a text. So these are waited for:
//!
//! - a multipart/mixed, or a multipart of a type that nobody knows, until the header of its second part has come, or the
//!   first octets of that part where the header does not say enough. Other multiparts have no text for readers without TNEF
//!   before it: what is in them is converted in its place, as it comes.
//! - any other message until its first octets show, if its header does not, that it is not TNEF.
//!
//! A first part that is neither text nor a multipart ends the wait, and so does a long preamble. Invariant: the answer does
//! not depend on how the input was cut.

use crate::convert::placement::is_mixed_type;
use crate::limits::{PREAMBLE_OCTETS_MAX, SIGNATURE_OCTETS_MAX};
use crate::structure::{Event, Kind, Part, Scanner};
use crate::suspicion::Suspicion;

/// What is known so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Possibility {
    /// It may turn out to be TNEF as a whole: hold it.
    Open,
    /// It is: hold it to its end, then [`convert`](crate::convert()).
    Certain,
    /// It is not: let it go, through a [`Passage`](crate::Passage).
    Gone,
}

/// Watches a message come.
#[derive(Debug, Clone)]
pub struct Watch {
    scanner: Scanner,
    look: Look,
    at: u64,
}

#[derive(Debug, Clone)]
struct Look {
    known: Possibility,
    /// It is one leaf, and no TNEF.
    plain: bool,
    /// The part whose first octets have to show what it is, and those that came.
    opening: Option<(Part, Vec<u8>)>,
    /// Where the root's body begins, while none of its parts has.
    preamble_at: Option<u64>,
    /// Parts of the root that have begun.
    children: usize,
    /// How deep a part is in which nothing is converted.
    sealed: Option<usize>,
}

impl Watch {
    /// Begins with the header block, its empty line included.
    pub fn new(header: &[u8]) -> (Self, Possibility) {
        let mut watch = Self {
            scanner: Scanner::new(),
            look: Look {
                known: Possibility::Open,
                plain: false,
                opening: None,
                preamble_at: None,
                children: 0,
                sealed: None,
            },
            at: 0,
        };
        let known = watch.push(header);
        (watch, known)
    }

    /// Whether nothing in the whole message can be TNEF, whatever still comes: it has no parts and is none.
    pub fn is_plain(&self) -> bool {
        self.look.plain
    }

    /// More of the body.
    pub fn push(&mut self, octets: &[u8]) -> Possibility {
        if self.look.known != Possibility::Open {
            return self.look.known;
        }
        let look = &mut self.look;
        if let Some((_, seen)) = &mut look.opening {
            see(octets, seen);
        }
        let begin = self.at;
        self.at += octets.len() as u64;
        self.scanner.push(octets, &mut |event| {
            if look.known == Possibility::Open {
                look.event(event, octets, begin);
            }
        });
        look.settle(self.scanner.settled());
        look.known
    }
}

impl Look {
    fn event(&mut self, event: Event, octets: &[u8], begin: u64) {
        match event {
            Event::Begin(part) => self.begin(part, octets, begin),
            Event::End { depth, at, .. } => self.end(depth, at),
            Event::Excess(_) => self.known = Possibility::Gone,
        }
    }

    fn begin(&mut self, part: Part, octets: &[u8], begin: u64) {
        let is_too_late = self
            .preamble_at
            .is_some_and(|at| part.header_at - at > PREAMBLE);
        if is_too_late {
            self.known = Possibility::Gone;
            return;
        }
        self.preamble_at = None;
        match part.depth {
            0 => self.begin_root(&part),
            1 => self.begin_child(&part),
            _ => {}
        }
        if matches!(
            &*part.media.value,
            "multipart/signed" | "multipart/encrypted"
        ) {
            self.sealed.get_or_insert(part.depth);
        }
        if self.known != Possibility::Open {
            return;
        }
        if self.sealed.is_some() {
            self.judge_child(&part);
            return;
        }
        match Suspicion::of_header(&part) {
            Suspicion::Said | Suspicion::Shown => self.known = Possibility::Certain,
            Suspicion::Open => {
                let from = usize::try_from(part.body_at.saturating_sub(begin)).unwrap_or(0);
                let mut seen = Vec::new();
                see(&octets[from.min(octets.len())..], &mut seen);
                self.opening = Some((part, seen));
            }
            Suspicion::None => self.judge_child(&part),
        }
    }

    fn begin_root(&mut self, part: &Part) {
        match part.kind {
            Kind::Leaf => {}
            Kind::Multipart if is_mixed_type(&part.media.value) => {
                self.preamble_at = Some(part.body_at);
            }
            Kind::Multipart | Kind::Message => self.known = Possibility::Gone,
        }
    }

    fn begin_child(&mut self, part: &Part) {
        self.children += 1;
        let is_body = part.media.top() == "text" || part.kind == Kind::Multipart;
        let is_said = Suspicion::of_header(part) == Suspicion::Said;
        if self.children == 1 && !is_body && !is_said {
            // What it is may still have to be seen, and then it is converted in its place.
            self.known = Possibility::Gone;
        }
    }

    /// A part is no TNEF. After the second of the root there is nothing to wait for.
    fn judge_child(&mut self, part: &Part) {
        let is_root = part.depth == 0 && part.kind == Kind::Leaf;
        self.plain |= is_root;
        if is_root || part.depth == 1 && self.children == 2 {
            self.known = Possibility::Gone;
        }
    }

    fn end(&mut self, depth: usize, at: u64) {
        self.settle_opening(at, true);
        if self.sealed == Some(depth) {
            self.sealed = None;
        }
        if depth == 0 && self.known == Possibility::Open {
            self.known = Possibility::Gone;
        }
    }

    fn settle(&mut self, settled: u64) {
        self.settle_opening(settled, false);
        if self
            .preamble_at
            .is_some_and(|at| settled.saturating_sub(at) > PREAMBLE)
        {
            self.known = Possibility::Gone;
        }
    }

    fn settle_opening(&mut self, settled: u64, is_all: bool) {
        let Some((part, seen)) = self.opening.take() else {
            return;
        };
        let known = usize::try_from(settled.saturating_sub(part.body_at)).unwrap_or(usize::MAX);
        match Suspicion::of_opening(&part, &seen[..seen.len().min(known)], is_all) {
            Suspicion::Said | Suspicion::Shown => self.known = Possibility::Certain,
            Suspicion::Open => self.opening = Some((part, seen)),
            Suspicion::None => self.judge_child(&part),
        }
    }
}

/// More is never looked at.
fn see(octets: &[u8], seen: &mut Vec<u8>) {
    let room = SIGNATURE_OCTETS_MAX - seen.len();
    seen.extend_from_slice(&octets[..octets.len().min(room)]);
}

const PREAMBLE: u64 = PREAMBLE_OCTETS_MAX as u64;
