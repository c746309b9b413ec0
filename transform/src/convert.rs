//! A whole message: finds the TNEF in it and puts MIME in its place.
//!
//! TNEF is a part of type application/ms-tnef (or application/vnd.ms-tnef), one whose file is called `winmail.dat` or the like,
//! and one that begins with TNEF's signature whatever it says. What is within multipart/signed or multipart/encrypted stays.
//! Where the result goes:
//!
//! 1. The message itself is TNEF ("summary TNEF"): its Content-* fields and its body are replaced.
//! 2. In a multipart/mixed of text/plain and TNEF ("legacy TNEF"), the text is what the sender's system made for readers
//!    without TNEF. If both say the same, or the text is blank, the result stands in the place of both. A text that says more,
//!    such as a disclaimer that was added on the way, becomes the plain text of the result, octet for octet; so does one beside
//!    TNEF that has HTML or RTF alone and is proven to be of the same message. A text that says something else stays before
//!    the result.
//! 3. The same holds for a body in several parts (multipart/alternative or /related of text, HTML and pictures) or in HTML alone
//!    before TNEF. If it says the same and all of it is in the result, too, the result stands in the place of both. If it has
//!    HTML or a picture that the result has not, or says more, it becomes the body of the result, octet for octet.
//! 4. If nothing else was in that multipart, and its preamble and epilogue say nothing, the result replaces it as a whole.
//! 5. Everywhere else the result stands in the place of the TNEF part.
//!
//! TNEF of another message (its key is not the message's correlator, [MS-OXCMAIL] §2.1.3.2.26) is always a part of its own,
//! beside the body. All else is spliced, octet for octet. Of the header around TNEF that was the message, X-MS-TNEF-Correlator
//! and X-MS-Has-Attach go; what the TNEF says and the header does not is added. On top of all stands
//! [`FIELD`](crate::conversion::FIELD). What cannot be converted stays as it was below that field.
//!
//! Held by `fuzz_targets/tnef_conversion.rs`.
//!
//! [MS-OXCMAIL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxcmail/

mod body;
pub(crate) mod draft;
pub(crate) mod placement;
mod rewrite;
mod sameness;
mod tree;

use bytes::Bytes;

use crate::check;
use crate::conversion::{Conversion, Fate, Kept, Report, Standing};
use crate::options::Options;
use crate::segment::Segments;

use draft::Draft;
use rewrite::Rewrite;
use tree::Tree;

/// A message that had TNEF in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// As it goes on. What could not be converted is as it was, below a field that says so.
    pub message: Segments,
    /// What was done.
    pub report: Report,
}

/// Whether [`convert()`] would find TNEF; much cheaper.
pub fn has_tnef(message: &Bytes) -> bool {
    let tree = Tree::read(message);
    (0..tree.nodes.len()).any(|node| tree.is_tnef(node, message))
}

/// Converts `message` (header block first, as it came). `None`: there is no TNEF in it.
pub fn convert(message: &Bytes, options: &Options) -> Option<Converted> {
    let tree = Tree::read(message);
    let mut rewrite = Rewrite::new(message, &tree);
    let mut report = Report::default();
    for node in 0..tree.nodes.len() {
        if tree.is_tnef(node, message) {
            report.add(convert_node(node, options, &mut rewrite));
        }
    }
    if report.is_empty() {
        return None;
    }
    let parts = rewrite.parts();
    let made = rewrite.finish(&report);
    let is_right = match report.has_converted() {
        true => check::parts(&made, parts),
        false => Ok(()),
    };
    if let Err(fault) = is_right {
        let report = report.all_kept(&Kept::Check(fault));
        let message = Rewrite::new(message, &tree).finish(&report);
        return Some(Converted { message, report });
    }
    let message = made;
    Some(Converted { message, report })
}

fn convert_node(node: usize, options: &Options, rewrite: &mut Rewrite<'_>) -> Conversion {
    let tree = rewrite.tree();
    let mut conversion = Conversion {
        place: tree.place(node),
        class: None,
        method: None,
        standing: Standing::Same,
        fate: Fate::Kept(Kept::Sealed),
    };
    if let Some(excess) = tree.excess {
        conversion.fate = Fate::Kept(Kept::Structure(excess));
        return conversion;
    }
    if tree.is_sealed(node) {
        return conversion;
    }
    let body = rewrite.body(node);
    let outer = rewrite.outer(node);
    let draft = Draft::make(&tree.nodes[node].part, [body], &outer, options);
    conversion.class = draft.class;
    conversion.standing = draft.standing;
    conversion.fate = match draft.composition {
        Err(kept) => Fate::Kept(kept),
        Ok(composition) => match rewrite.put(node, draft.standing, *composition) {
            Err(fault) => Fate::Kept(fault.into()),
            Ok((losses, method)) => {
                conversion.method = method;
                Fate::Converted(losses)
            }
        },
    };
    conversion
}
