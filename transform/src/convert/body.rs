//! What a body in several parts says: text and HTML of the same, with the pictures that the HTML shows.

use super::sameness;
use super::tree::{Node, Tree};
use crate::compose::plain;
use crate::structure::Kind;

/// A body beside TNEF.
#[derive(Debug)]
pub(super) struct Body {
    /// Its plain text, or its HTML as such.
    pub(super) words: String,
    pub(super) has_html: bool,
    /// The octets of its pictures.
    pub(super) files: Vec<Vec<u8>>,
}

impl Body {
    /// Reads a text or a multipart of texts and pictures; `None`: it holds something else.
    pub(super) fn read(tree: &Tree, message: &[u8], root: usize) -> Option<Self> {
        let (mut text, mut html) = (None, None);
        let mut files = Vec::new();
        let mut waiting = vec![root];
        while let Some(at) = waiting.pop() {
            let node = &tree.nodes[at];
            let (kind, media) = (node.part.kind, &node.part.media);
            match (kind, &*media.value) {
                (Kind::Multipart, "multipart/alternative" | "multipart/related") => {
                    waiting.extend(node.children.iter().rev());
                }
                (Kind::Leaf, "text/plain") if text.is_none() && !is_file(node) => {
                    text = Some(sameness::text(&node.part, node.body(message)));
                }
                (Kind::Leaf, "text/html") if html.is_none() && !is_file(node) => {
                    html = Some(sameness::text(&node.part, node.body(message)));
                }
                (Kind::Leaf, _) if media.top() == "image" => {
                    files.push(node.part.encoding.decode(node.body(message)));
                }
                _ => return None,
            }
        }
        let has_html = html.is_some();
        let words = text.or_else(|| html.as_deref().map(plain::of_html))?;
        Some(Self {
            words,
            has_html,
            files,
        })
    }
}

fn is_file(node: &Node) -> bool {
    node.part.disposition.value == "attachment"
}
