//! The one place where header fields and status fields are written (RFC 5322 §2.2, RFC 3464 §2.1.1).
//!
//! Whatever the value holds, what comes out is one field: line ends and controls do not pass, lines are folded before
//! blanks only, and no line holds only blanks.

use crate::limits::{BLANKS_MAX, FIELD_OCTETS_MAX, FOLD_OCTETS, WORD_OCTETS_MAX};

/// Writes `name: value` with its CRLF; an empty value writes nothing.
pub(crate) fn put(out: &mut Vec<u8>, name: &'static str, value: &str) {
    let value = clean(value);
    if value.is_empty() {
        return;
    }
    out.extend_from_slice(name.as_bytes());
    out.push(b':');
    let mut column = name.len() + 1;
    let spaced = format!(" {value}");
    for (at, word) in words(&spaced).enumerate() {
        if at > 0 && column + word.len() > FOLD_OCTETS {
            out.extend_from_slice(b"\r\n");
            column = 0;
        }
        out.extend_from_slice(word.as_bytes());
        column += word.len();
    }
    out.extend_from_slice(b"\r\n");
}

/// Without controls, without words that no line could hold, and cut.
fn clean(value: &str) -> String {
    let mut clean = String::with_capacity(value.len());
    let (mut word, mut blanks) = (0, 0);
    for c in value.trim().chars() {
        let c = match c {
            '\t' | '\r' | '\n' => ' ',
            _ if c.is_control() => '?',
            _ => c,
        };
        if clean.len() + c.len_utf8() > FIELD_OCTETS_MAX {
            break;
        }
        if c == ' ' {
            (word, blanks) = (0, blanks + 1);
            if blanks <= BLANKS_MAX {
                clean.push(c);
            }
            continue;
        }
        if word + c.len_utf8() > WORD_OCTETS_MAX {
            clean.push(' ');
            word = 0;
        }
        (word, blanks) = (word + c.len_utf8(), 0);
        clean.push(c);
    }
    clean.truncate(clean.trim_end().len());
    clean
}

/// Each word with the blanks before it.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let begin = rest.find(|c| c != ' ')?;
        let end = rest[begin..].find(' ').map_or(rest.len(), |at| begin + at);
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::limits::LINE_OCTETS_MAX;

    fn written(value: &str) -> String {
        let mut out = Vec::new();
        put(&mut out, "X", value);
        String::from_utf8(out).expect("it was text")
    }

    /// What a reader sees: folds taken out (RFC 5322 §2.2.3).
    fn read(value: &str) -> String {
        let field = written(value);
        let lines: Vec<&str> = field
            .strip_suffix("\r\n")
            .expect("a line")
            .split("\r\n")
            .collect();
        assert!(lines.iter().all(|line| line.len() <= LINE_OCTETS_MAX));
        assert!(lines.iter().all(|line| !line.trim().is_empty()));
        assert!(lines[1..].iter().all(|line| line.starts_with(' ')));
        lines.concat()
    }

    #[test]
    fn one_field_comes_of_any_value() {
        let check = |value: &str, expected: &str| assert_eq!(written(value), expected);
        check("a b", "X: a b\r\n");
        check("", "");
        check(" \r\n\t", "");
        check("a\r\nBcc: b", "X: a  Bcc: b\r\n");
        check("a\n\nb", "X: a  b\r\n");
        check("a\0\u{1b}\u{85}b", "X: a???b\r\n");
        check("\"a  b\"@x", "X: \"a  b\"@x\r\n");
    }

    proptest! {
        #[test]
        fn nothing_becomes_a_second_field(value in "([ -~]{0,9}|[\\r\\n\\t ]{1,3}|.|\\PC{0,90}|w{890,910}){0,9}") {
            if !written(&value).is_empty() {
                let field = read(&value);
                prop_assert!(field.starts_with("X: ") && !field.contains(char::is_control));
            }
        }
    }

    #[test]
    fn a_field_is_folded_at_the_limit_and_not_before() {
        let check = |octets: usize, lines: usize| {
            let value = format!("{} x", "w".repeat(octets - "X:  x".len()));
            assert_eq!(written(&value).lines().count(), lines);
            assert_eq!(read(&value), format!("X: {value}"));
        };
        check(FOLD_OCTETS, 1);
        check(FOLD_OCTETS + 1, 2);
    }

    #[test]
    fn long_words_blanks_and_values_at_their_limits_and_one_past() {
        let word = "w".repeat(WORD_OCTETS_MAX);
        assert_eq!(read(&word), format!("X: {word}"));
        assert_eq!(read(&format!("{word}w")), format!("X: {word} w"));
        let blanks = |count: usize| format!("a{}b", " ".repeat(count));
        assert_eq!(
            read(&blanks(BLANKS_MAX)),
            format!("X: {}", blanks(BLANKS_MAX))
        );
        assert_eq!(
            read(&blanks(BLANKS_MAX + 1)),
            format!("X: {}", blanks(BLANKS_MAX))
        );
        let words = "w ".repeat(FIELD_OCTETS_MAX / 2 - 1);
        assert_eq!(read(&format!("{words}xy")), format!("X: {words}xy"));
        assert_eq!(read(&format!("{words}xyz")), format!("X: {words}xy"));
    }
}
