//! What holds for any RTF.

use proptest::prelude::*;

use super::{Document, de_encapsulate, to_html, to_text};
use crate::limits::Limits;

const HEADS: [&str; 3] = [
    "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0 ",
    "{\\rtf1\\ansi\\ansicpg1252\\fromtext \\deff0 ",
    "{\\rtf1\\ansi\\ansicpg932\\deff0 ",
];

/// Pieces that a line end may stand between.
const PIECES: &[&str] = &[
    "{",
    "}",
    "{\\*",
    "a ",
    "<b>",
    "\\'e4",
    "\\'82",
    "\\\\",
    "\\~",
    "\\u228 ",
    "\\u-10179 ?",
    "\\u-8694 ",
    "\\uc2 ",
    "\\par ",
    "\\htmlrtf ",
    "\\htmlrtf0 ",
    "{\\*\\htmltag64 ",
    "{\\*\\mhtmltag64 ",
    "\\objattph ",
    "{\\fonttbl ",
    "{\\f0 ",
    "{\\f1\\fcharset128 ",
    "MS Gothic;",
    "\\f1 ",
    "\\plain ",
    "\\b ",
    "\\fs30 ",
    "\\cf1 ",
    "{\\colortbl;",
    "\\red255 ",
    ";",
    "\\pard ",
    "\\li360 ",
    "\\intbl ",
    "\\itap2 ",
    "\\trowd ",
    "\\cellx900 ",
    "\\clvmgf ",
    "\\clvmrg ",
    "\\clmrg ",
    "\\cell ",
    "\\row ",
    "\\nestcell ",
    "\\nestrow ",
    "{\\pntext ",
    "{\\listtext ",
    "1.",
    "\\ls1 ",
    "\\ilvl1 ",
    "{\\*\\pn\\pnlvlblt ",
    "{\\field ",
    "{\\*\\fldinst ",
    "HYPERLINK \"http://a\"",
    "{\\fldrslt ",
    "{\\pict\\pngblip ",
    "8950",
    "{\\object ",
    "{\\result ",
    "{\\footnote ",
    "{\\shp{\\*\\shpinst ",
    "{\\shptxt ",
    "\\v ",
    "\\dbch\\af1 ",
    "\\loch ",
    "{\\*\\nesttableprops ",
    "{\\*\\listtable{\\list{\\listlevel\\levelnfc4 ",
    "\\listid1 ",
    "{\\header ",
];

/// Everything that is made of RTF, to compare.
fn all_of(rtf: &[u8]) -> String {
    let limits = Limits {
        decoded_octets: 1 << 20,
        ..Limits::default()
    };
    let mut encapsulated = de_encapsulate(rtf, &limits);
    if let Ok(encapsulated) = &mut encapsulated {
        encapsulated.relabel();
        let text = &encapsulated.text;
        assert!(
            encapsulated
                .attachments
                .iter()
                .all(|&at| text.is_char_boundary(at))
        );
    }
    let html = to_html(rtf, &limits);
    if let Ok(html) = &html {
        assert!(
            html.placeholders
                .iter()
                .all(|place| html.html.is_char_boundary(place.offset))
        );
    }
    format!("{encapsulated:?}\n{html:?}\n{:?}", to_text(rtf, &limits))
}

/// Text as a careful writer writes it.
fn written(text: &str) -> String {
    let mut rtf = String::new();
    for character in text.chars() {
        match character {
            '{' | '}' | '\\' => rtf.extend(['\\', character]),
            ' '..='~' => rtf.push(character),
            _ => {
                let mut units = [0; 2];
                let units = character.encode_utf16(&mut units);
                units
                    .iter()
                    .for_each(|unit| rtf.push_str(&format!("\\u{}?", unit.cast_signed())));
            }
        }
    }
    rtf
}

proptest! {
    #[test]
    fn any_octets_are_read(head in 0..HEADS.len(), octets: Vec<u8>) {
        all_of(&octets);
        all_of(&[HEADS[head].as_bytes(), &octets].concat());
    }

    #[test]
    fn line_ends_between_tokens_change_nothing(head in 0..HEADS.len(), pieces in prop::collection::vec(0..PIECES.len(), 0..40)) {
        let pieces: Vec<&str> = std::iter::once(HEADS[head]).chain(pieces.into_iter().map(|piece| PIECES[piece])).collect();
        prop_assert_eq!(all_of(pieces.join("").as_bytes()), all_of(pieces.join("\r\n").as_bytes()));
    }

    #[test]
    fn all_text_arrives(text in "[^\\p{Cc}\u{ad}]{0,60}") {
        let limits = Limits::default();
        let inside = format!("{{\\rtf1\\fromtext {}}}", written(&text));
        prop_assert_eq!(&de_encapsulate(inside.as_bytes(), &limits).expect("text").text, &text);
        let own = format!("{{\\rtf1 {}\\par}}", written(&text));
        let document = Document::read(own.as_bytes(), &limits).expect("native");
        prop_assert_eq!(document.to_text(&limits).expect("small"), format!("{text}\r\n"));
        let html = document.into_html(&limits).expect("small").html;
        let unescaped = html.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        prop_assert!(text.is_empty() || unescaped.contains(&text), "{}", html);
    }
}
