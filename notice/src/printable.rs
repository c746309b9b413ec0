//! Texts from elsewhere, made fit to be shown.

/// Every run of controls and line ends as one blank, nothing that changes the order or the look of what is beside it,
/// at most `octets_max` octets; a text that was cut ends in `...`.
pub(crate) fn line(text: &str, octets_max: usize) -> String {
    let mut line = String::new();
    for c in text.chars() {
        let c = match c {
            _ if is_invisible(c) => continue,
            _ if c.is_control() || c.is_whitespace() => ' ',
            _ => c,
        };
        if c == ' ' && (line.is_empty() || line.ends_with(' ')) {
            continue;
        }
        line.push(c);
        if line.len() > octets_max {
            return cut(line, octets_max);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Each line of a text made fit, at most `octets_max` octets of all of them.
pub(crate) fn lines(text: &str, octets_max: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut left = octets_max;
    for part in text.split(['\r', '\n']) {
        let part = line(part, left);
        left = left.saturating_sub(part.len());
        if !part.is_empty() {
            lines.push(part);
        }
        if left == 0 {
            break;
        }
    }
    lines
}

/// Printable ASCII; every other character becomes `?`.
pub(crate) fn ascii(text: &str) -> String {
    let shown = |c| match c {
        ' '..='~' => c,
        _ => '?',
    };
    text.chars().map(shown).collect()
}

/// Cuts after a whole character and says so.
fn cut(mut text: String, octets_max: usize) -> String {
    let end = text.floor_char_boundary(octets_max.saturating_sub(CUT.len()));
    text.truncate(end);
    text.push_str(&CUT[..CUT.len().min(octets_max)]);
    text
}

/// Marks of direction, joiners and the like: with them a name can look like another one.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

const CUT: &str = "...";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_comes_of_any_text() {
        let check = |text: &str, expected: &str| assert_eq!(line(text, 100), expected, "{text:?}");
        check("  a \t\r\n b ", "a b");
        check("a\0b\u{85}c\u{a0}d", "a b c d");
        check("a\u{202e}b\u{200b}\u{feff}c\u{e0041}", "abc");
        check("grün 漢字", "grün 漢字");
        check("\r\n", "");
    }

    #[test]
    fn a_line_is_cut_at_its_limit_between_characters() {
        let check = |text: &str, octets_max: usize, expected: &str| {
            assert_eq!(line(text, octets_max), expected, "{text} {octets_max}");
        };
        check("abcdef", 6, "abcdef");
        check("abcdefg", 6, "abc...");
        check("üüü", 6, "üüü");
        check("üüüx", 6, "ü...");
        check("abc", 2, "..");
        check("abc", 0, "");
    }

    #[test]
    fn lines_share_their_limit() {
        assert_eq!(lines("a\r\n\r\nb\nc", 3), ["a", "b", "c"]);
        assert_eq!(lines("ab\ncd\nef", 4), ["ab", "cd"]);
        assert_eq!(lines("abcd\nefghij", 9), ["abcd", "ef..."]);
    }
}
