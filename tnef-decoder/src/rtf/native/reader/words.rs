//! Control words of a document.

use super::scope::{AtEnd, Destination, Script};
use super::{Field, Reader, Start};
use crate::rtf::native::document::Item;
use crate::rtf::native::picture::PictureDraft;
use crate::rtf::native::style::{CharacterStyle, small};

impl Reader {
    /// Takes a control word, which [`Destination::Skipped`] never gets. Unknown ones mean nothing, and after `\*` their
    /// whole group does.
    pub(super) fn word(&mut self, name: &[u8], parameter: Option<i32>, start: Start) {
        let is_known = start != Start::Passed && self.destination_word(name);
        if is_known {
            return;
        }
        if start == Start::OptionalName {
            self.scope.destination = Destination::Skipped;
            return;
        }
        match self.scope.destination {
            Destination::Body => self.body_word(name, parameter),
            Destination::Fonts => self.document.fonts.word(name, parameter),
            Destination::Colors => self.color_word(name, parameter),
            Destination::Lists => self.lists.table_word(name, parameter),
            Destination::ListOverrides => self.lists.override_word(name, parameter),
            Destination::OldList => self.lists.old_word(name, parameter),
            Destination::Picture => {
                if let Some(picture) = &mut self.picture {
                    picture.word(name, parameter);
                }
            }
            Destination::Marker | Destination::Instruction => {
                self.character_word(name, parameter);
            }
            Destination::Frame
            | Destination::Object
            | Destination::PageName
            | Destination::PageValue
            | Destination::Skipped => {}
        }
    }

    /// Words that say where the text of their group goes; `false`: it is about something else.
    fn destination_word(&mut self, name: &[u8]) -> bool {
        let destination = match name {
            b"fonttbl" => Destination::Fonts,
            b"colortbl" => Destination::Colors,
            b"listtable" => Destination::Lists,
            b"listoverridetable" => Destination::ListOverrides,
            b"pn" => Destination::OldList,
            b"listtext" | b"pntext" => Destination::Marker,
            b"shpinst" | b"do" | b"upr" | b"object" | b"mmath" => Destination::Frame,
            b"shppict" | b"nesttableprops" => return true,
            b"result" | b"ud" | b"moMath" | b"moMathPara" => Destination::Body,
            b"sn" if self.scope.is_page => Destination::PageName,
            b"sv" if self.scope.is_page => {
                self.scope.at_end = AtEnd::PageValue;
                Destination::PageValue
            }
            b"objdata" if self.scope.destination == Destination::Frame => {
                self.scope.at_end = AtEnd::Object;
                Destination::Object
            }
            b"background" => {
                self.scope.is_page = true;
                Destination::Frame
            }
            b"f" if self.scope.destination == Destination::Fonts => return false,
            _ if is_skipped(name) => Destination::Skipped,
            _ => return self.nested_word(name),
        };
        if destination == Destination::Fonts {
            self.scope.at_end = AtEnd::Fonts;
        }
        if destination == Destination::Marker {
            self.marker = Some(String::new());
        }
        if name == b"object" {
            self.push(Item::Object);
        }
        self.scope.destination = destination;
        true
    }

    /// Destinations that stand within the text; `false`: it is about something else.
    fn nested_word(&mut self, name: &[u8]) -> bool {
        let is_shown = matches!(
            self.scope.destination,
            Destination::Body | Destination::Frame
        );
        match name {
            b"field" => {
                self.fields.push(Field::default());
                self.scope.at_end = AtEnd::Field;
            }
            b"fldinst" => {
                self.scope.destination = Destination::Instruction;
                self.scope.at_end = AtEnd::Instruction;
                self.scope.field = self.fields.len().saturating_sub(1);
            }
            b"fldrslt" => {
                let link = self.fields.last().and_then(|field| field.link);
                self.scope.link = link.or(self.scope.link);
            }
            b"pict" if is_shown => {
                self.picture = Some(PictureDraft::new());
                self.scope.destination = Destination::Picture;
                self.scope.at_end = AtEnd::Picture;
            }
            b"pict" => self.scope.destination = Destination::Skipped,
            b"footnote" if is_shown => {
                self.begin_flow();
                self.scope.at_end = AtEnd::Note;
            }
            b"shptxt" | b"dptxbxtext" if is_shown => {
                self.begin_flow();
                self.scope.at_end = AtEnd::TextBox;
            }
            _ => return false,
        }
        true
    }

    fn color_word(&mut self, name: &[u8], parameter: Option<i32>) {
        let part = match name {
            b"red" => 0,
            b"green" => 1,
            b"blue" => 2,
            _ => return,
        };
        self.color.get_or_insert_default()[part] = small(parameter).min(255) as u8;
    }

    fn body_word(&mut self, name: &[u8], parameter: Option<i32>) {
        if name == b"pard" {
            self.lists.old = None;
        }
        if self.character_word(name, parameter)
            || self.scope.paragraph.word(name, parameter)
            || self.flow_word(name)
        {
            return;
        }
        let is_nested = self.scope.paragraph.table_depth > 1;
        if !self.rows[usize::from(is_nested)].word(name, parameter) {
            self.header_word(name, parameter);
        }
    }

    /// Words about characters, and those that are some; `false`: it is about something else.
    fn character_word(&mut self, name: &[u8], parameter: Option<i32>) -> bool {
        match name {
            b"plain" => {
                self.scope.character = CharacterStyle::plain(self.document.fonts.default);
                self.scope.script = Script::Western;
            }
            b"uc" => self.scope.fallback = usize::from(small(parameter.or(Some(1)))),
            b"loch" | b"hich" | b"rtlch" | b"ltrch" => self.scope.script = Script::Western,
            b"dbch" => self.scope.script = Script::EastAsian,
            b"af" if self.scope.script == Script::EastAsian => self.scope.asian_font = parameter,
            b"f" if self.scope.script == Script::EastAsian => {
                self.scope.asian_font = parameter;
                self.scope.character.font = parameter.unwrap_or(0);
            }
            _ => match character(name) {
                Some(text) => self.put(text),
                None => return self.scope.character.word(name, parameter),
            },
        }
        true
    }

    /// Words that end something, or stand for what is not text; `false`: it is about something else.
    fn flow_word(&mut self, name: &[u8]) -> bool {
        let style = self.scope.paragraph;
        match name {
            b"par" | b"sect" => {
                let marker = self.end_paragraph();
                self.flow.paragraph(style, marker);
            }
            b"cell" | b"nestcell" => {
                let marker = self.end_paragraph();
                self.flow
                    .cell(style, marker, depth_of(name, style.table_depth));
            }
            b"row" | b"nestrow" => {
                let depth = depth_of(name, style.table_depth);
                let definition = self.rows[usize::from(depth > 1)].definition();
                self.flow.row(definition, depth);
            }
            b"objattph" => self.push(Item::Attachment),
            _ => return false,
        }
        true
    }

    fn header_word(&mut self, name: &[u8], parameter: Option<i32>) {
        if self.document.fonts.header(name, parameter) {
            self.forget_charset();
        }
        if name == b"deff" {
            self.scope.character.font = self.document.fonts.default;
        }
    }
}

/// Which table a word is about that may stand in several.
fn depth_of(name: &[u8], depth: usize) -> usize {
    match name.starts_with(b"nest") {
        true => depth.max(2),
        false => 1,
    }
}

/// The characters that words stand for.
fn character(name: &[u8]) -> Option<&'static str> {
    Some(match name {
        b"line" | b"lbr" | b"softline" => "\n",
        b"tab" => "\t",
        b"lquote" => "‘",
        b"rquote" => "’",
        b"ldblquote" => "“",
        b"rdblquote" => "”",
        b"bullet" => "•",
        b"endash" => "–",
        b"emdash" => "—",
        b"enspace" => "\u{2002}",
        b"emspace" => "\u{2003}",
        b"qmspace" => "\u{2005}",
        b"zwj" => "\u{200d}",
        b"zwnj" => "\u{200c}",
        b"ltrmark" => "\u{200e}",
        b"rtlmark" => "\u{200f}",
        _ => return None,
    })
}

/// Destinations whose text is not the document's, though often no `\*` says so.
fn is_skipped(name: &[u8]) -> bool {
    matches!(
        name,
        b"stylesheet"
            | b"info"
            | b"header"
            | b"headerl"
            | b"headerr"
            | b"headerf"
            | b"footer"
            | b"footerl"
            | b"footerr"
            | b"footerf"
            | b"ftnsep"
            | b"ftnsepc"
            | b"ftncn"
            | b"aftnsep"
            | b"aftnsepc"
            | b"aftncn"
            | b"panose"
            | b"falt"
            | b"fname"
            | b"nonshppict"
            | b"nonesttables"
            | b"shprslt"
            | b"tc"
            | b"tcn"
            | b"xe"
            | b"rxe"
            | b"bkmkstart"
            | b"bkmkend"
            | b"annotation"
            | b"atnid"
            | b"atnauthor"
            | b"atntime"
            | b"atnicn"
            | b"atnref"
            | b"atndate"
            | b"atnparent"
            | b"objdata"
            | b"objclass"
            | b"objname"
            | b"objalias"
            | b"objsect"
            | b"picprop"
            | b"blipuid"
            | b"htmltag"
            | b"mhtmltag"
            | b"themedata"
            | b"datastore"
            | b"sn"
            | b"template"
            | b"private"
            | b"leveltext"
            | b"levelnumbers"
            | b"listname"
            | b"fchars"
            | b"lchars"
            | b"pntxta"
            | b"pntxtb"
            | b"datafield"
            | b"ffname"
            | b"formfield"
    )
}
