//! Where the result goes. The rules are those of the [parent module](super).

use bytes::Bytes;

use super::body::Body;
use super::draft::Composition;
use super::sameness::{self, Sameness};
use super::tree::{Node, Tree};
use crate::conversion::Standing;
use crate::structure::Kind;

/// What the result stands in the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placement {
    /// The content of a part; its header keeps the fields that are not about content.
    Content(usize),
    /// One part, or one and the next.
    Parts { from: usize, to: usize },
}

impl Placement {
    /// Finds the place, and gives the result the plain text that came beside it where that is the better one.
    pub(super) fn of(
        tree: &Tree,
        message: &Bytes,
        tnef: usize,
        standing: Standing,
        made: &mut Composition,
    ) -> Self {
        let alone = Self::Parts {
            from: tnef,
            to: tnef,
        };
        let Some(parent) = tree.nodes[tnef].parent else {
            return Self::Content(tnef);
        };
        let multipart = &tree.nodes[parent];
        match multipart.part.kind {
            Kind::Message => return Self::Content(tnef),
            Kind::Multipart if standing == Standing::Other || !is_mixed(multipart) => return alone,
            Kind::Multipart | Kind::Leaf => {}
        }
        let from = match multipart.children[..] {
            [first, second, ..] if second == tnef && takes_in(tree, message, first, made) => first,
            _ => tnef,
        };
        let is_all = multipart.children.first() == Some(&from)
            && multipart.children.last() == Some(&tnef)
            && is_silent_around(tree, message, parent);
        match is_all {
            true => Self::Content(parent),
            false => Self::Parts { from, to: tnef },
        }
    }
}

/// multipart/mixed, or one that nobody knows, which is read as such (RFC 2046 §5.1.3).
pub(crate) fn is_mixed_type(media_type: &str) -> bool {
    let known = [
        "alternative",
        "related",
        "signed",
        "encrypted",
        "report",
        "digest",
        "parallel",
        "form-data",
        "byteranges",
        "appledouble",
    ];
    let sub = media_type.strip_prefix("multipart/");
    sub.is_some_and(|sub| !known.contains(&sub))
}

fn is_mixed(node: &Node) -> bool {
    is_mixed_type(&node.part.media.value)
}

/// Whether the body before TNEF need not stay beside the result.
fn takes_in(tree: &Tree, message: &Bytes, first: usize, made: &mut Composition) -> bool {
    let node = &tree.nodes[first];
    let is_file = node.part.disposition.value == "attachment" || node.part.file_name().is_some();
    if is_file || tree.is_tnef(first, message) {
        return false;
    }
    match &*node.part.media.value {
        "text/plain" if node.part.kind == Kind::Leaf => takes_in_text(node, message, made),
        _ => Body::read(tree, message, first)
            .is_some_and(|body| takes_in_body(&body, node, message, made)),
    }
}

fn takes_in_text(node: &Node, message: &Bytes, made: &mut Composition) -> bool {
    let text = sameness::text(&node.part, node.body(message));
    let entity = &mut made.composed.entity;
    let plain = entity.plain();
    let has_plain = plain.is_some();
    let sameness = Sameness::of(&text, plain.as_deref().unwrap_or(""));
    match sameness {
        Sameness::Blank => true,
        _ if !has_plain => false,
        Sameness::Same | Sameness::Less => true,
        Sameness::Different if made.has_text || !made.is_proven => false,
        Sameness::More | Sameness::Different => {
            let (header, body) = written(node, message);
            entity.replace_plain(header, body)
        }
    }
}

/// A body that is more than a text: the result takes it in if all of it is in the result already. If not, and it says no less,
/// it becomes the body of the result as it is, so that neither HTML nor a picture is lost and nothing is shown twice.
fn takes_in_body(body: &Body, node: &Node, message: &Bytes, made: &mut Composition) -> bool {
    let entity = &mut made.composed.entity;
    let Some(plain) = entity.plain() else {
        return false;
    };
    let sameness = Sameness::of(&body.words, &plain);
    let is_covered = (entity.has_html() || !body.has_html)
        && body.files.iter().all(|file| entity.holds_file(file));
    match sameness {
        Sameness::Different => false,
        Sameness::Blank | Sameness::Same | Sameness::Less if is_covered => true,
        Sameness::Blank | Sameness::Less => false,
        Sameness::Same | Sameness::More => {
            let (header, body) = written(node, message);
            entity.replace_body(header, body)
        }
    }
}

/// Fields and body, as they came.
fn written(node: &Node, message: &Bytes) -> (Bytes, Bytes) {
    let header = message.slice(node.begin()..node.fields_end());
    (header, message.slice(node.body_at()..node.end))
}

/// Whether nothing but TNEF and its text would be lost with a multipart.
fn is_silent_around(tree: &Tree, message: &[u8], parent: usize) -> bool {
    let node = &tree.nodes[parent];
    let (Some(first), Some(last)) = (node.children.first(), node.children.last()) else {
        return false;
    };
    let before = &message[node.body_at()..tree.nodes[*first].begin()];
    let after = &message[tree.nodes[*last].end..node.end];
    is_silent_before(before) && is_silent_after(after)
}

/// What stands there is for readers that do not know MIME, and says so. The delimiter is its last line.
fn is_silent_before(preamble: &[u8]) -> bool {
    let lines = preamble.trim_ascii_end();
    let end = lines.iter().rposition(|octet| *octet == b'\n');
    let text = lines[..end.unwrap_or(0)].trim_ascii().to_ascii_lowercase();
    let says = |words: &[u8]| memchr::memmem::find(&text, words).is_some();
    let is_usual = says(b"mime") || says(b"multi-part") || says(b"multipart");
    text.is_empty() || (text.len() <= USUAL_OCTETS && is_usual)
}

/// The last delimiter is its first line.
fn is_silent_after(epilogue: &[u8]) -> bool {
    let from_delimiter = epilogue.trim_ascii_start();
    let end = memchr::memchr(b'\n', from_delimiter);
    let text = &from_delimiter[end.unwrap_or(from_delimiter.len())..];
    text.trim_ascii().is_empty()
}

/// "This is a multi-part message in MIME format." and longer ones.
const USUAL_OCTETS: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_parts_is_heard() {
        let check = |preamble: &str, silent: bool| {
            assert_eq!(
                is_silent_before(preamble.as_bytes()),
                silent,
                "{preamble:?}"
            );
        };
        check("--b\r\n", true);
        check("\r\n--b\r\n", true);
        check(
            "This is a multi-part message in MIME format.\r\n\r\n--b  \r\n",
            true,
        );
        check("Dear all,\r\n--b\r\n", false);
        check(
            &format!("mime {}\r\n--b\r\n", "x".repeat(USUAL_OCTETS - 5)),
            true,
        );
        check(
            &format!("mime {}\r\n--b\r\n", "x".repeat(USUAL_OCTETS - 4)),
            false,
        );
        let check = |epilogue: &str, silent: bool| {
            assert_eq!(is_silent_after(epilogue.as_bytes()), silent, "{epilogue:?}");
        };
        check("", true);
        check("\r\n--b--", true);
        check("\r\n--b--\r\n\r\n", true);
        check("\r\n--b--\r\nList footer\r\n", false);
    }

    #[test]
    fn unknown_multiparts_are_mixed() {
        let check = |media_type: &str, expected: bool| {
            assert_eq!(is_mixed_type(media_type), expected, "{media_type}");
        };
        check("multipart/mixed", true);
        check("multipart/x-what", true);
        check("multipart/related", false);
        check("multipart/signed", false);
        check("text/plain", false);
    }
}
