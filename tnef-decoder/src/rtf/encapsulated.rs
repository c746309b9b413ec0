//! HTML and plain text that RTF carries inside (MS-OXRTFEX §2.2.3).
//!
//! Outlook and Exchange keep an HTML body as RTF: each tag stands in a destination that other readers skip, the text between
//! is RTF's text, and what only RTF needs lies between `\htmlrtf` and `\htmlrtf0`. Invariant: line ends and the numbers of
//! the tags change nothing. Held by `fuzz_targets/tnef_rtf.rs`.

use super::budget::Budget;
use super::characters::Characters;
use super::error::RtfError;
use super::font::{Charset, Fonts};
use super::kind::Kind;
use super::meta::charset_labels;
use super::token::{Token, Tokens};
use crate::limits::Limits;

/// What was inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encapsulated {
    /// Which of the two.
    pub kind: EncapsulatedKind,
    /// The HTML or the text. The HTML is as it was written: a charset that it names for itself is the one it once had; see
    /// [`Encapsulated::relabel`].
    pub text: String,
    /// Where attachments were rendered (`\objattph`): offsets in the text, ascending.
    pub attachments: Vec<usize>,
}

/// What RTF can encapsulate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EncapsulatedKind {
    /// `\fromhtml1`
    Html,
    /// `\fromtext`
    Text,
}

impl Encapsulated {
    /// Makes HTML say that it is UTF-8, which [`Encapsulated::text`] is, wherever it names a charset. Nothing else changes.
    pub fn relabel(&mut self) {
        if self.kind != EncapsulatedKind::Html {
            return;
        }
        for label in charset_labels(&self.text).into_iter().rev() {
            let moved = self.attachments.iter_mut().filter(|at| **at >= label.end);
            moved.for_each(|at| *at = *at + UTF_8.len() - label.len());
            self.text.replace_range(label, UTF_8);
        }
    }
}

const UTF_8: &str = "utf-8";

/// The HTML or the text in `rtf`, octets as [`crate::rtf`] says.
pub fn de_encapsulate(rtf: &[u8], limits: &Limits) -> Result<Encapsulated, RtfError> {
    let kind = match Kind::of(rtf)? {
        Kind::EncapsulatedHtml => EncapsulatedKind::Html,
        Kind::EncapsulatedText => EncapsulatedKind::Text,
        Kind::Native => return Err(RtfError::NotEncapsulated),
    };
    let mut reader = Reader::new(kind, rtf.len());
    let mut budget = Budget::new(limits);
    for token in Tokens::new(rtf) {
        budget.token()?;
        match reader.read(token) {
            Progress::More => {}
            Progress::End => break,
        }
        budget.depth(reader.outer.len())?;
        budget.output(reader.out.len())?;
    }
    reader.characters.flush(&mut reader.out);
    budget.output(reader.out.len())?;
    Ok(Encapsulated {
        kind,
        text: reader.out,
        attachments: reader.attachments,
    })
}

/// What a group changes, and its end restores.
#[derive(Debug, Clone, Copy)]
struct Scope {
    destination: Destination,
    /// Between `\htmlrtf` and `\htmlrtf0`.
    is_for_rtf: bool,
    /// `\uc`
    fallback: usize,
    font: Option<i32>,
    charset: Charset,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Destination {
    /// Text between the tags.
    Body,
    /// `\*\htmltag`
    Tag,
    Fonts,
    Skipped,
}

enum Progress {
    More,
    End,
}

struct Reader {
    kind: EncapsulatedKind,
    out: String,
    attachments: Vec<usize>,
    characters: Characters,
    fonts: Fonts,
    scope: Scope,
    outer: Vec<Scope>,
    /// `\*` was read, the destination's name comes.
    is_optional: bool,
}

impl Reader {
    fn new(kind: EncapsulatedKind, octets: usize) -> Self {
        let fonts = Fonts::default();
        let charset = fonts.document_charset();
        Self {
            kind,
            out: String::with_capacity(octets / 2),
            attachments: Vec::new(),
            characters: Characters::new(charset),
            fonts,
            scope: Scope {
                destination: Destination::Body,
                is_for_rtf: false,
                fallback: 1,
                font: None,
                charset,
            },
            outer: Vec::new(),
            is_optional: false,
        }
    }

    fn read(&mut self, token: Token<'_>) -> Progress {
        match token {
            Token::Open => {
                self.characters.end_skip();
                self.is_optional = false;
                self.outer.push(self.scope);
            }
            Token::Close => return self.close(),
            Token::Word { name, parameter } => self.word(name, parameter),
            Token::Symbol(octet) => self.symbol(octet),
            Token::Hex(octet) => match self.scope.destination {
                Destination::Fonts => self.fonts.text(&[octet]),
                _ if self.writes() => self.characters.hex(octet, self.charset(), &mut self.out),
                _ => {}
            },
            Token::Text(octets) => match self.scope.destination {
                Destination::Fonts => self.fonts.text(octets),
                _ if self.writes() => self.characters.text(octets, self.charset(), &mut self.out),
                _ => {}
            },
            Token::Binary(_) => {}
        }
        Progress::More
    }

    fn close(&mut self) -> Progress {
        self.characters.end_skip();
        self.is_optional = false;
        let Some(outer) = self.outer.pop() else {
            return Progress::End;
        };
        if self.scope.destination == Destination::Fonts && outer.destination != Destination::Fonts {
            self.fonts.close();
        }
        self.scope = outer;
        match self.outer.is_empty() {
            true => Progress::End,
            false => Progress::More,
        }
    }

    fn word(&mut self, name: &[u8], parameter: Option<i32>) {
        if self.scope.destination == Destination::Skipped {
            return;
        }
        if std::mem::take(&mut self.is_optional) && !matches!(name, b"htmltag") {
            self.scope.destination = Destination::Skipped;
            return;
        }
        if let (b"u", Some(number)) = (name, parameter) {
            if self.writes() {
                let (fallback, charset) = (self.scope.fallback, self.charset());
                self.characters
                    .unicode(number, fallback, charset, &mut self.out);
            }
            return;
        }
        self.characters.end_skip();
        match self.scope.destination {
            Destination::Fonts => self.font_table_word(name, parameter),
            _ => self.state_word(name, parameter),
        }
    }

    fn font_table_word(&mut self, name: &[u8], parameter: Option<i32>) {
        match name {
            b"panose" | b"falt" | b"fname" => self.scope.destination = Destination::Skipped,
            _ => self.fonts.word(name, parameter),
        }
    }

    /// Words that change the state, also where nothing is written (MS-OXRTFEX §2.1.3.1.3).
    fn state_word(&mut self, name: &[u8], parameter: Option<i32>) {
        match name {
            b"htmlrtf" => self.scope.is_for_rtf = parameter != Some(0),
            b"htmltag" => self.scope.destination = Destination::Tag,
            b"mhtmltag" => self.scope.destination = Destination::Skipped,
            b"fonttbl" => self.scope.destination = Destination::Fonts,
            b"f" => self.change_font(parameter),
            b"plain" => self.change_font(Some(self.fonts.default)),
            b"uc" => self.scope.fallback = usize::try_from(parameter.unwrap_or(1)).unwrap_or(0),
            b"ansi" | b"mac" | b"pc" | b"pca" | b"ansicpg" | b"deff" => {
                self.fonts.header(name, parameter);
                self.scope.charset = self.fonts.document_charset();
            }
            _ if is_skipped(name) => self.scope.destination = Destination::Skipped,
            _ if self.writes() => self.character_word(name),
            _ => {}
        }
    }

    /// Words that stand for characters (MS-OXRTFEX §2.1.3.1.1, §2.1.3.1.5).
    fn character_word(&mut self, name: &[u8]) {
        let (entity, character) = match name {
            b"par" | b"line" => ("\r\n", "\r\n"),
            b"tab" => ("\t", "\t"),
            b"lquote" => ("&lsquo;", "‘"),
            b"rquote" => ("&rsquo;", "’"),
            b"ldblquote" => ("&ldquo;", "“"),
            b"rdblquote" => ("&rdquo;", "”"),
            b"bullet" => ("&bull;", "•"),
            b"endash" => ("&ndash;", "–"),
            b"emdash" => ("&mdash;", "—"),
            b"objattph" => {
                self.characters.flush(&mut self.out);
                return self.attachments.push(self.out.len());
            }
            _ => return,
        };
        self.put(entity, character);
    }

    fn symbol(&mut self, octet: u8) {
        if octet == b'*' {
            self.is_optional = true;
        }
        if !self.writes() {
            return;
        }
        match octet {
            b'{' => self.put("{", "{"),
            b'}' => self.put("}", "}"),
            b'\\' => self.put("\\", "\\"),
            b'~' => self.put("&nbsp;", "\u{a0}"),
            b'_' => self.put("&shy;", "\u{ad}"),
            b'\r' | b'\n' => self.put("\r\n", "\r\n"),
            b'\t' => self.put("\t", "\t"),
            _ => {}
        }
    }

    fn put(&mut self, entity: &str, character: &str) {
        let text = match self.kind {
            EncapsulatedKind::Html => entity,
            EncapsulatedKind::Text => character,
        };
        self.characters.symbol(text, &mut self.out);
    }

    fn change_font(&mut self, font: Option<i32>) {
        if self.scope.font != font {
            self.scope.font = font;
            self.scope.charset = match font {
                Some(font) => self.fonts.charset(font),
                None => self.fonts.document_charset(),
            };
        }
    }

    fn writes(&self) -> bool {
        let destination = self.scope.destination;
        !self.scope.is_for_rtf && matches!(destination, Destination::Body | Destination::Tag)
    }

    /// A tag has no font of its own. The octets of symbols remain letters: the HTML around them names the font.
    fn charset(&self) -> Charset {
        match (self.scope.destination, self.scope.charset) {
            (Destination::Tag, _) | (_, Charset::Symbols(_)) => self.fonts.document_charset(),
            (_, charset) => charset,
        }
    }
}

/// Destinations whose text is not the document's, though no `\*` says so.
fn is_skipped(name: &[u8]) -> bool {
    matches!(
        name,
        b"colortbl"
            | b"stylesheet"
            | b"info"
            | b"pict"
            | b"object"
            | b"pntext"
            | b"listtext"
            | b"header"
            | b"headerl"
            | b"headerr"
            | b"headerf"
            | b"footer"
            | b"footerl"
            | b"footerr"
            | b"footerf"
            | b"nonshppict"
    )
}

#[cfg(test)]
mod tests;
