//! The message as it goes on: what came, with edits.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::draft::Composition;
use super::placement::Placement;
use super::tree::Tree;
use crate::check::{self, Fault};
use crate::conversion::{FIELD, Report, Standing};
use crate::field::{Field, field, fields};
use crate::outer::Outer;
use crate::report::Report as Losses;
use crate::segment::Segments;
use crate::structure::Kind;

/// Gathers edits; everything else is shared with what came.
#[derive(Debug)]
pub(super) struct Rewrite<'m> {
    message: &'m Bytes,
    tree: &'m Tree,
    edits: Vec<Edit>,
    headers: BTreeMap<usize, Header>,
    outers: BTreeMap<usize, Arc<Outer>>,
    removed: usize,
    added: usize,
}

#[derive(Debug)]
struct Edit {
    range: Range<usize>,
    with: Segments,
}

/// What is altered in the header of a part.
#[derive(Debug, Default)]
struct Header {
    /// Fields on top of it.
    top: String,
    /// Those of the new content.
    content: Option<Bytes>,
    /// Fields that are added unless they are there.
    fields: Vec<(String, String)>,
    /// The marks of TNEF go.
    is_unmarked: bool,
}

impl<'m> Rewrite<'m> {
    pub(super) fn new(message: &'m Bytes, tree: &'m Tree) -> Self {
        Self {
            message,
            tree,
            edits: Vec::new(),
            headers: BTreeMap::new(),
            outers: BTreeMap::new(),
            removed: 0,
            added: 0,
        }
    }

    pub(super) fn tree(&self) -> &'m Tree {
        self.tree
    }

    pub(super) fn body(&self, node: usize) -> Bytes {
        let node = &self.tree.nodes[node];
        self.message.slice(node.body_at()..node.end)
    }

    /// The header of the message around a part; read once, for a message may hold many.
    pub(super) fn outer(&mut self, node: usize) -> Arc<Outer> {
        let message = self.tree.message_of(node);
        let header = &self.tree.nodes[message].part.header;
        let outer = self.outers.entry(message);
        Arc::clone(outer.or_insert_with(|| Arc::new(Outer::read(header))))
    }

    /// How many parts the result has to have.
    pub(super) fn parts(&self) -> usize {
        self.tree.nodes.len() - self.removed + self.added
    }

    /// Puts what was made of a TNEF part in its place, if it is as it was meant.
    pub(super) fn put(
        &mut self,
        tnef: usize,
        standing: Standing,
        mut made: Composition,
    ) -> Result<(Losses, Option<String>), Fault> {
        let placement = Placement::of(self.tree, self.message, tnef, standing, &mut made);
        let checked = check::entity(&made.composed.entity)?;
        self.added += checked.parts;
        let composed = made.composed;
        let (header, body) = composed.entity.into_header_and_body();
        let message = self.tree.message_of(tnef);
        match placement {
            Placement::Content(node) => self.put_content(node, header, body),
            Placement::Parts { from, to } => {
                let own = match standing {
                    Standing::Same => &[],
                    Standing::Other => &composed.fields[..],
                };
                self.put_parts(from, to, own, header, body);
            }
        }
        if standing == Standing::Same || placement == Placement::Content(tnef) {
            let header = self.headers.entry(message).or_default();
            header.fields.extend(composed.fields);
            header.is_unmarked = true;
        }
        Ok((composed.report, checked.method))
    }

    fn put_content(&mut self, node: usize, header: Bytes, body: Segments) {
        self.headers.entry(node).or_default().content = Some(header);
        self.removed += self.tree.parts_in(node);
        let node = &self.tree.nodes[node];
        self.edits.push(Edit {
            range: node.body_at()..node.end,
            with: body,
        });
    }

    fn put_parts(
        &mut self,
        from: usize,
        to: usize,
        fields: &[(String, String)],
        header: Bytes,
        body: Segments,
    ) {
        let others = if from == to {
            0
        } else {
            self.tree.parts_in(from)
        };
        self.removed += others + self.tree.parts_in(to);
        let mut with = Segments::default();
        for (name, value) in fields {
            with.push(format!("{name}: {value}\r\n"));
        }
        with.push(header);
        with.push(Bytes::from_static(b"\r\n"));
        with.append(body);
        let range = self.tree.nodes[from].begin()..self.tree.nodes[to].end;
        self.edits.push(Edit { range, with });
    }

    /// All of it, with the field that says what was done.
    pub(super) fn finish(mut self, report: &Report) -> Segments {
        self.headers.entry(0).or_default().top = report.field();
        for (node, header) in std::mem::take(&mut self.headers) {
            let range = self.tree.nodes[node].begin()..self.tree.nodes[node].body_at();
            let with = self.header(node, header);
            self.edits.push(Edit { range, with });
        }
        self.edits.sort_by_key(|edit| edit.range.start);
        let mut out = Segments::default();
        let mut at = 0;
        for edit in self.edits {
            out.push(self.message.slice(at..edit.range.start));
            out.append(edit.with);
            at = edit.range.end;
        }
        out.push(self.message.slice(at..));
        out
    }

    fn header(&self, node: usize, header: Header) -> Segments {
        let part = &self.tree.nodes[node];
        let begin = part.begin();
        let written = &part.part.header;
        let fields_end = part.fields_end() - begin;
        let mut out = Segments::default();
        out.push(header.top.clone());
        let mut at = 0;
        for field in fields(&written[..fields_end]) {
            if header.drops(&field) {
                out.push(self.message.slice(begin + at..begin + field.range.start));
                at = field.range.end;
            }
        }
        out.push(self.message.slice(begin + at..begin + fields_end));
        if fields_end > 0 && written[fields_end - 1] != b'\n' {
            out.push(Bytes::from_static(b"\r\n"));
        }
        out.push(header.added(written, self.is_message(node)));
        match header.content {
            Some(content) => {
                out.push(content);
                out.push(Bytes::from_static(b"\r\n"));
            }
            None => out.push(self.message.slice(begin + fields_end..part.body_at())),
        }
        out
    }

    fn is_message(&self, node: usize) -> bool {
        let parent = self.tree.nodes[node].parent;
        parent.is_none_or(|parent| self.tree.nodes[parent].part.kind == Kind::Message)
    }
}

impl Header {
    fn drops(&self, field: &Field<'_>) -> bool {
        let is_one = |names: &[&str]| names.iter().any(|name| field.is(name));
        (!self.top.is_empty() && field.is(FIELD))
            || (self.content.is_some() && is_one(OF_CONTENT))
            || (self.is_unmarked && is_one(MARKS))
    }

    /// Each name once: the first one counts.
    fn added(&self, written: &[u8], is_message: bool) -> String {
        let mut added = String::new();
        let mut add = |name: &str, value: &str, before: &[(String, String)]| {
            let is_it = |(one, _): &(String, String)| one.eq_ignore_ascii_case(name);
            if field(written, name).is_none() && !before.iter().any(is_it) {
                added.extend([name, ": ", value, "\r\n"]);
            }
        };
        for (at, (name, value)) in self.fields.iter().enumerate() {
            add(name, value, &self.fields[..at]);
        }
        if is_message && self.content.is_some() {
            add("MIME-Version", "1.0", &self.fields);
        }
        added
    }
}

/// Fields that speak of the content that was there.
const OF_CONTENT: &[&str] = &[
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "content-description",
    "content-id",
    "content-location",
    "content-base",
    "content-md5",
    "content-length",
];

/// Fields by which Exchange marks a message that has TNEF.
const MARKS: &[&str] = &["x-ms-tnef-correlator", "x-ms-has-attach"];
