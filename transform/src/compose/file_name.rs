//! Names that are safe to give to a file, whatever system it is saved on.

use crate::limits::FILE_NAME_OCTETS_MAX;

/// `written` without path, controls, and what no system or reader should be told; `None`: nothing is left.
pub(crate) fn safe(written: &str) -> Option<String> {
    let last = written.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_drive = |name: &str| {
        let mut characters = name.chars();
        characters.next().is_some_and(|c| c.is_ascii_alphabetic()) && characters.next() == Some(':')
    };
    let last = if is_drive(last) { &last[2..] } else { last };
    let kept = last.chars().filter(|c| !is_hidden(*c));
    let name: String = kept.map(|c| if is_reserved(c) { '_' } else { c }).collect();
    // Windows drops them, so that two names would be one.
    let name = name.trim().trim_end_matches(['.', ' ']);
    if name.is_empty() {
        return None;
    }
    let name = match is_device(name) {
        true => format!("_{name}"),
        false => name.to_owned(),
    };
    Some(shortened(name))
}

/// `name` with an extension that says what its type is.
pub(crate) fn with_extension(name: &str, extension: &str) -> String {
    let has_it = name
        .rsplit_once('.')
        .is_some_and(|(_, end)| end.eq_ignore_ascii_case(extension));
    match has_it {
        true => name.to_owned(),
        false => shortened(format!("{name}.{extension}")),
    }
}

/// What comes after the last dot, if it is likely to be an extension.
pub(crate) fn extension(name: &str) -> Option<&str> {
    let (stem, extension) = name.rsplit_once('.')?;
    let is_likely = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let is_one =
        !stem.is_empty() && !extension.is_empty() && extension.len() <= EXTENSION_OCTETS_MAX;
    (is_one && extension.chars().all(is_likely)).then_some(extension)
}

/// Controls, and what changes the direction of text: `exe.pdf` may be `fdp.exe` (Unicode TR36).
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{2028}' | '\u{2029}'
            | '\u{061C}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

fn is_reserved(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '/' | '\\')
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let is_numbered = |prefix: &str| {
        let begin = stem
            .get(..3)
            .is_some_and(|begin| begin.eq_ignore_ascii_case(prefix));
        begin
            && matches!(
                stem.get(3..),
                Some("1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
            )
    };
    let plain = ["con", "prn", "aux", "nul", "conin$", "conout$"];
    plain.iter().any(|device| stem.eq_ignore_ascii_case(device))
        || is_numbered("com")
        || is_numbered("lpt")
}

/// Cut before the extension, between characters.
fn shortened(name: String) -> String {
    if name.len() <= FILE_NAME_OCTETS_MAX {
        return name;
    }
    let end = extension(&name).map_or(0, |extension| extension.len() + 1);
    let (stem, end) = name.split_at(name.len() - end);
    let stem = &stem[..stem.floor_char_boundary(FILE_NAME_OCTETS_MAX - end.len())];
    format!("{}{end}", stem.trim_end_matches(['.', ' ']))
}

/// A longer end of a name is a part of it.
const EXTENSION_OCTETS_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe() {
        let check = |written: &str, expected: Option<&str>| {
            assert_eq!(safe(written).as_deref(), expected, "{written:?}");
        };
        check("report.pdf", Some("report.pdf"));
        check("Übersicht März.txt", Some("Übersicht März.txt"));
        check("会議😀.txt", Some("会議😀.txt"));
        check("..\\..\\evil.txt", Some("evil.txt"));
        check("../../etc/evil.txt", Some("evil.txt"));
        check("C:\\Users\\anna\\evil.txt", Some("evil.txt"));
        check("C:evil.txt", Some("evil.txt"));
        check("\\\\server\\share\\x.doc", Some("x.doc"));
        check("a\r\nX-Evil: 1.txt", Some("aX-Evil_ 1.txt"));
        check("quote\".txt", Some("quote_.txt"));
        check("a<b>|c?*.txt", Some("a_b__c__.txt"));
        check("con.txt", Some("_con.txt"));
        check("LPT1", Some("_LPT1"));
        check("com10.txt", Some("com10.txt"));
        check("constant.txt", Some("constant.txt"));
        check(".hidden", Some(".hidden"));
        check("dots...", Some("dots"));
        check(" space .txt ", Some("space .txt"));
        check("exe\u{202E}fdp.exe", Some("exefdp.exe"));
        check("stream.txt:hidden", Some("stream.txt_hidden"));
        check("..", None);
        check("folder/", None);
        check("\0\u{7f}", None);
        check("", None);
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let check = |written: String, octets: usize, end: &str| {
            let name = safe(&written).unwrap();
            assert_eq!((name.len(), name.ends_with(end)), (octets, true), "{name}");
        };
        let most = FILE_NAME_OCTETS_MAX;
        check(format!("{}.txt", "x".repeat(most - 4)), most, "x.txt");
        check(format!("{}.txt", "x".repeat(most - 3)), most, "x.txt");
        check(format!("{}.txt", "日".repeat(100)), most - 2, "日.txt");
        check("x".repeat(most + 1), most, "x");
        check(format!("a.{}", "x".repeat(most)), most, "x");
    }

    #[test]
    fn an_extension_is_added_once() {
        assert_eq!(with_extension("a.PNG", "png"), "a.PNG");
        assert_eq!(with_extension("a", "png"), "a.png");
        assert_eq!(with_extension("a.b", "png"), "a.b.png");
        assert_eq!(extension(".hidden"), None);
        assert_eq!(extension("a.tar.gz"), Some("gz"));
        assert_eq!(extension("see page 5. Then go"), None);
    }
}
