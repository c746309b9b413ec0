//! RTF as Outlook writes it: HTML or text within it ([MS-OXRTFEX] §2.1), or a document of its own.

use std::fmt::Write as _;

use super::codepage::CodePage;

/// How characters beyond ASCII are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// As `\uN` with a question mark for those who cannot read it.
    Unicode,
    /// As `\'xx` in the code page; what it has not, as `\uN`.
    Octets(CodePage),
}

/// HTML within RTF, for those who can only show RTF.
///
/// Tags are kept in `\*\htmltag`; what stands for them in RTF is between `\htmlrtf` and `\htmlrtf0`, a paragraph with a
/// group that opens there and closes there. The tags' own letters are in the code page of the header; with
/// [`Letters::Unicode`] that is Windows-1252.
pub fn of_html(html: &str, letters: Letters) -> Vec<u8> {
    let mut out = head(letters, "\\fromhtml1");
    out.push_str("\\uc1\\pard\\plain\\deftab360 \\f0\\fs24 \r\n");
    let mut rest = html;
    while !rest.is_empty() {
        let (piece, after) = piece(rest);
        match piece.as_bytes()[0] {
            b'<' => tag(piece, letters, &mut out),
            b'&' => entity(piece, letters, &mut out),
            b'\r' | b'\n' => out.push_str("{\\*\\htmltag0 \\par }"),
            _ => text(piece, letters, &mut out),
        }
        rest = after;
    }
    out.push_str("}\r\n");
    out.into_bytes()
}

/// Text within RTF: lines end in CRLF.
pub fn of_text(plain: &str, letters: Letters) -> Vec<u8> {
    let mut out = head(letters, "\\fromtext");
    out.push_str("\\uc1\\pard\\plain\\deftab360 \\f0\\fs20 ");
    for (number, line) in plain.split("\r\n").enumerate() {
        if number > 0 {
            out.push_str("\\par\r\n");
        }
        text(line, letters, &mut out);
    }
    out.push_str("}\r\n");
    out.into_bytes()
}

/// A document that was never anything else: `body` stands below fonts Arial, Symbol and Courier New, the colours red and
/// blue, a style and a generator.
pub fn document(body: &str, letters: Letters) -> Vec<u8> {
    let mut out = head(letters, "");
    out.push_str(
        "{\\stylesheet{\\s0 Normal;}}{\\*\\generator Testbed;}\\viewkind4\\uc1\\pard\\f0\\fs20 ",
    );
    out.push_str(body);
    out.push_str("}\r\n");
    out.into_bytes()
}

/// The text as it stands within a document.
pub fn escaped(plain: &str, letters: Letters) -> String {
    let mut out = String::new();
    text(plain, letters, &mut out);
    out
}

/// A PNG in a document.
pub fn picture(png: &[u8], width: u32, height: u32) -> String {
    let hex = png.iter().fold(String::new(), |mut hex, octet| {
        write!(hex, "{octet:02x}").expect("a String takes everything");
        hex
    });
    // Goals are in twips, fifteen to a pixel.
    format!(
        "{{\\pict\\pngblip\\picw{width}\\pich{height}\\picwgoal{}\\pichgoal{} {hex}}}",
        width * 15,
        height * 15
    )
}

fn head(letters: Letters, from: &str) -> String {
    let page = match letters {
        Letters::Unicode => CodePage::Windows1252,
        Letters::Octets(page) => page,
    };
    format!(
        "{{\\rtf1\\ansi\\ansicpg{}{from} \\deff0{{\\fonttbl\r\n{{\\f0\\fswiss\\fcharset{} Arial;}}\r\n\
         {{\\f1\\froman\\fcharset2 Symbol;}}\r\n{{\\f2\\fmodern\\fcharset0 Courier New;}}}}\r\n\
         {{\\colortbl;\\red255\\green0\\blue0;\\red0\\green0\\blue255;}}\r\n",
        page.number(),
        page.fcharset(),
    )
}

/// A tag or comment, a character reference, a line end, or text up to one of these.
fn piece(html: &str) -> (&str, &str) {
    let end = match html.as_bytes()[0] {
        b'<' if html.starts_with("<!--") => html.find("-->").map(|at| at + 3),
        b'<' => html.find('>').map(|at| at + 1),
        b'&' => html.find(';').map(|at| at + 1),
        b'\r' => Some(1 + usize::from(html[1..].starts_with('\n'))),
        b'\n' => Some(1),
        _ => html.find(['<', '&', '\r', '\n']),
    };
    html.split_at(end.unwrap_or(html.len()))
}

fn tag(tag: &str, letters: Letters, out: &mut String) {
    out.push_str("{\\*\\htmltag64 ");
    for (number, line) in tag.split("\r\n").enumerate() {
        if number > 0 {
            out.push_str("\\par ");
        }
        text(line, letters, out);
    }
    out.push('}');
    let name = tag[1..].trim_end_matches('>');
    out.push_str(match name.split(' ').next().unwrap_or("") {
        "p" => "\\htmlrtf {\\htmlrtf0 ",
        "/p" => "\\htmlrtf \\par}\\htmlrtf0 ",
        "b" => "\\htmlrtf {\\b \\htmlrtf0 ",
        "/b" => "\\htmlrtf }\\htmlrtf0 ",
        "br" => "\\htmlrtf \\line \\htmlrtf0 ",
        _ => "",
    });
}

fn entity(entity: &str, letters: Letters, out: &mut String) {
    let shown = match entity {
        "&lt;" => "<",
        "&gt;" => ">",
        "&nbsp;" => "\u{a0}",
        "&quot;" => "\"",
        _ => "&",
    };
    out.push_str("{\\*\\htmltag84 ");
    text(entity, letters, out);
    out.push_str("}\\htmlrtf ");
    text(shown, letters, out);
    out.push_str("\\htmlrtf0 ");
}

fn text(plain: &str, letters: Letters, out: &mut String) {
    for c in plain.chars() {
        match c {
            '\\' | '{' | '}' => out.extend(['\\', c]),
            '\t' => out.push_str("\\tab "),
            ' '..='~' => out.push(c),
            _ => foreign(c, letters, out),
        }
    }
}

fn foreign(c: char, letters: Letters, out: &mut String) {
    let octets = match letters {
        Letters::Unicode => None,
        Letters::Octets(page) => page.try_encode(c.encode_utf8(&mut [0; 4])),
    };
    let written = match octets {
        Some(octets) => octets
            .iter()
            .try_for_each(|octet| write!(out, "\\'{octet:02x}")),
        // Numbers are signed; beyond the plane a character is two of them.
        None => c
            .encode_utf16(&mut [0; 2])
            .iter()
            .try_for_each(|unit| write!(out, "\\u{}?", *unit as i16)),
    };
    written.expect("a String takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_written_in_either_way() {
        let check = |plain: &str, letters: Letters, expected: &str| {
            assert_eq!(escaped(plain, letters), expected, "{plain}");
        };
        let western = Letters::Octets(CodePage::Windows1252);
        check("a{b}\\", western, "a\\{b\\}\\\\");
        check("ü\t€", western, "\\'fc\\tab \\'80");
        check("会", western, "\\u20250?");
        check("会", Letters::Octets(CodePage::ShiftJis), "\\'89\\'ef");
        check("ü😀", Letters::Unicode, "\\u252?\\u-10179?\\u-8704?");
    }

    #[test]
    fn html_is_kept_beside_what_stands_for_it() {
        let rtf = of_html("<p>a &amp; b<br>\r\nc</p>", Letters::Unicode);
        let rtf = String::from_utf8(rtf).expect("ASCII");
        let expected = "{\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 a {\\*\\htmltag84 &amp;}\\htmlrtf &\\htmlrtf0  b\
                        {\\*\\htmltag64 <br>}\\htmlrtf \\line \\htmlrtf0 {\\*\\htmltag0 \\par }c\
                        {\\*\\htmltag64 </p>}\\htmlrtf \\par}\\htmlrtf0 }\r\n";
        assert!(rtf.ends_with(expected), "{rtf}");
        assert!(rtf.starts_with("{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{"));
    }

    #[test]
    fn groups_are_closed() {
        let documents = [
            of_html("<p>a</p><b>c{</b>", Letters::Unicode),
            of_text("a}\r\nb", Letters::Unicode),
            document(&picture(&[1, 2], 1, 1), Letters::Unicode),
        ];
        for document in documents {
            let text = String::from_utf8(document).expect("ASCII");
            let text = text.replace("\\{", "").replace("\\}", "");
            assert_eq!(text.matches('{').count(), text.matches('}').count());
        }
    }

    #[test]
    fn text_has_its_lines() {
        let rtf = of_text("a\r\nb", Letters::Unicode);
        assert!(rtf.ends_with(b"\\fs20 a\\par\r\nb}\r\n"));
    }
}
