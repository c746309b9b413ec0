//! From tokens to a document.

mod group;
mod scope;
mod words;

use self::scope::{AtEnd, Destination, Scope, Script};
use super::digits::Digits;
use super::document::{Document, Inline, Item};
use super::flow::Flow;
use super::list::{Lists, Marker};
use super::picture::PictureDraft;
use super::style::{CharacterStyle, ParagraphStyle};
use super::table::RowBuilder;
use crate::limits::Limits;
use crate::rtf::budget::Budget;
use crate::rtf::characters::Characters;
use crate::rtf::error::RtfError;
use crate::rtf::font::Charset;
use crate::rtf::kind::Kind;
use crate::rtf::token::{Token, Tokens};

/// The document in `rtf`.
pub(super) fn read(rtf: &[u8], limits: &Limits) -> Result<Document, RtfError> {
    Kind::of(rtf)?;
    let mut reader = Reader::new();
    let mut budget = Budget::new(limits);
    for token in Tokens::new(rtf) {
        budget.token()?;
        reader.read(token);
        if reader.is_at_end {
            break;
        }
        budget.depth(reader.outer.len() + reader.skipped)?;
        budget.pictures(reader.document.pictures.len() + reader.document.objects.len())?;
        budget.tables(reader.flow.begun)?;
    }
    budget.output(reader.document.text.len())?;
    Ok(reader.finish())
}

/// What has been read so far. Groups end in `group.rs`, control words are in `words.rs`.
struct Reader {
    document: Document,
    flow: Flow,
    /// Those around a footnote or a text box.
    outer_flows: Vec<(Flow, Option<String>)>,
    characters: Characters,
    scope: Scope,
    outer: Vec<Scope>,
    lists: Lists,
    /// Of rows, and of rows in a table within a table.
    rows: [RowBuilder; 2],
    fields: Vec<Field>,
    /// What stands before the item that begins.
    marker: Option<String>,
    picture: Option<PictureDraft>,
    object: Digits,
    color: Option<[u8; 3]>,
    page_property: (String, String),
    /// Text that has not been put into the flow: where it begins and how it looks.
    run: (usize, CharacterStyle, Option<usize>),
    start: Start,
    /// Groups that are open within a skipped one.
    skipped: usize,
    /// The last font that was looked up.
    charset: Option<(i32, Charset)>,
    is_at_end: bool,
    /// What nobody sees.
    hidden: String,
}

/// Whether a group's name may come, which says where its text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// After its brace.
    Name,
    /// After `\*`: who does not know the name leaves the group out.
    OptionalName,
    /// No more.
    Passed,
}

/// A field that has begun.
#[derive(Debug, Default)]
struct Field {
    instruction: String,
    link: Option<usize>,
}

impl Reader {
    fn new() -> Self {
        let document = Document::default();
        let character = CharacterStyle::plain(0);
        Self {
            flow: Flow::default(),
            outer_flows: Vec::new(),
            characters: Characters::new(document.fonts.document_charset()),
            scope: Scope {
                destination: Destination::Body,
                at_end: AtEnd::Nothing,
                is_page: false,
                fallback: 1,
                character,
                paragraph: ParagraphStyle::PLAIN,
                link: None,
                field: 0,
                asian_font: None,
                script: Script::Western,
            },
            outer: Vec::new(),
            lists: Lists::default(),
            rows: [RowBuilder::new(), RowBuilder::new()],
            fields: Vec::new(),
            marker: None,
            picture: None,
            object: Digits::default(),
            color: None,
            page_property: Default::default(),
            run: (0, character, None),
            start: Start::Passed,
            skipped: 0,
            charset: None,
            is_at_end: false,
            hidden: String::new(),
            document,
        }
    }

    fn read(&mut self, token: Token<'_>) {
        if self.scope.destination == Destination::Skipped {
            return self.skip(token);
        }
        let start = std::mem::replace(&mut self.start, Start::Passed);
        match token {
            Token::Open => {
                self.settle();
                self.start = Start::Name;
                self.outer.push(self.scope);
                self.scope.at_end = AtEnd::Nothing;
            }
            Token::Close => self.close(),
            Token::Word {
                name: b"u",
                parameter: Some(number),
            } => {
                let (fallback, charset) = (self.scope.fallback, self.charset());
                if let Some((characters, out)) = self.sink() {
                    characters.unicode(number, fallback, charset, out);
                }
            }
            Token::Word { name, parameter } => {
                self.settle();
                self.word(name, parameter, start);
            }
            Token::Symbol(b'*') if start == Start::Name => self.start = Start::OptionalName,
            Token::Symbol(octet) => self.symbol(octet),
            Token::Hex(octet) => {
                let charset = self.charset();
                match self.sink() {
                    Some((characters, out)) => characters.hex(octet, charset, out),
                    None => self.octets(&[octet]),
                }
            }
            Token::Text(octets) => {
                let charset = self.charset();
                match self.sink() {
                    Some((characters, out)) => characters.text(octets, charset, out),
                    None => self.octets(octets),
                }
            }
            Token::Binary(octets) => {
                if let Some(digits) = self.digits() {
                    digits.binary(octets);
                }
            }
        }
    }

    /// Only the end of the group matters.
    fn skip(&mut self, token: Token<'_>) {
        match token {
            Token::Open => self.skipped += 1,
            Token::Close if self.skipped == 0 => self.close(),
            Token::Close => self.skipped -= 1,
            _ => {}
        }
    }

    /// What was known about octets may be wrong now.
    fn forget_charset(&mut self) {
        self.charset = None;
    }

    /// Text that is not read as characters here.
    fn octets(&mut self, octets: &[u8]) {
        match self.scope.destination {
            Destination::Fonts => self.document.fonts.text(octets),
            Destination::Colors => {
                for _ in octets.iter().filter(|&&octet| octet == b';') {
                    let color = self.color.take();
                    self.document.colors.push(color);
                }
            }
            _ => {
                if let Some(digits) = self.digits() {
                    digits.text(octets);
                }
            }
        }
    }

    /// What text means octets for.
    fn digits(&mut self) -> Option<&mut Digits> {
        match self.scope.destination {
            Destination::Picture => self.picture.as_mut().map(PictureDraft::digits),
            Destination::Object => Some(&mut self.object),
            _ => None,
        }
    }

    fn symbol(&mut self, octet: u8) {
        let text = match octet {
            b'{' => "{",
            b'}' => "}",
            b'\\' => "\\",
            b'~' => "\u{a0}",
            b'_' => "\u{2011}",
            b'-' => "\u{ad}",
            b'\t' => "\t",
            b'\r' | b'\n' => return self.word(b"par", None, Start::Passed),
            _ => return,
        };
        self.put(text);
    }

    /// Characters that a word or a symbol stands for.
    fn put(&mut self, text: &str) {
        if let Some((characters, out)) = self.sink() {
            characters.symbol(text, out);
        }
    }

    /// Where characters go now; `None`: what comes is not text.
    fn sink(&mut self) -> Option<(&mut Characters, &mut String)> {
        let out = match self.scope.destination {
            Destination::Body if self.scope.character.is_hidden => {
                self.hidden.clear();
                &mut self.hidden
            }
            Destination::Body => {
                let look = (self.scope.character, self.scope.link);
                if look != (self.run.1, self.run.2) {
                    self.end_run();
                    (self.run.1, self.run.2) = look;
                }
                &mut self.document.text
            }
            Destination::PageName => &mut self.page_property.0,
            Destination::PageValue => &mut self.page_property.1,
            Destination::Marker => self.marker.get_or_insert_default(),
            Destination::Instruction => &mut self.fields.get_mut(self.scope.field)?.instruction,
            _ => return None,
        };
        Some((&mut self.characters, out))
    }

    /// Nothing that comes continues a character that has begun.
    fn settle(&mut self) {
        if let Some((characters, out)) = self.sink() {
            characters.flush(out);
        }
        self.characters.end_skip();
    }

    fn charset(&mut self) -> Charset {
        let font = match (self.scope.script, self.scope.asian_font) {
            (Script::EastAsian, Some(font)) => font,
            _ => self.scope.character.font,
        };
        match self.charset {
            Some((known, charset)) if known == font => charset,
            _ => {
                let charset = self.document.fonts.charset(font);
                self.charset = Some((font, charset));
                charset
            }
        }
    }

    /// The text since the last look belongs to the flow.
    fn end_run(&mut self) {
        let end = self.document.text.len();
        let (begin, style, link) = self.run;
        if begin < end {
            self.flow.push(Inline {
                item: Item::Text(begin..end, style),
                link,
            });
        }
        self.run.0 = end;
    }

    fn push(&mut self, item: Item) {
        self.end_run();
        self.flow.push(Inline {
            item,
            link: self.scope.link,
        });
    }

    /// Ends the paragraph's text; gives what stands before it.
    fn end_paragraph(&mut self) -> Option<Marker> {
        self.end_run();
        let written = self.marker.take();
        let style = &self.scope.paragraph;
        let is_empty = self.flow.is_at_begin();
        if written.is_none() && (is_empty || style.list == 0 && self.lists.old.is_none()) {
            return None;
        }
        self.lists
            .marker(written.as_deref(), style.list, style.list_level)
    }

    fn finish(mut self) -> Document {
        while !self.outer.is_empty() {
            self.close();
        }
        self.document.blocks = self.end_flow();
        self.document
    }
}
