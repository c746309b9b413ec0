use super::*;

fn line(text: &str) -> String {
    let mut lines = ContentLines::default();
    lines.line("X").text(text);
    lines.finish()
}

#[test]
fn texts_are_escaped() {
    let check = |text: &str, expected: &str| assert_eq!(line(text), format!("X:{expected}\r\n"));
    check("", "");
    check("a,b;c\\d:e\"f", "a\\,b\\;c\\\\d:e\"f");
    check("a\r\nb\nc\rd\u{2028}e", "a\\nb\\nc\\nd\\ne");
    check("a\tb\0c\u{7}d\u{85}e", "a\tbcde");
}

#[test]
fn parameters_are_quoted_where_they_must_be() {
    let check = |value: &str, expected: &str| {
        let mut lines = ContentLines::default();
        lines.line("X").parameter("CN", value).value("v");
        assert_eq!(lines.finish(), format!("X;CN={expected}:v\r\n"));
    };
    check("Anna Blom", "Anna Blom");
    check("Blom, Anna", "\"Blom, Anna\"");
    check("a:b;c", "\"a:b;c\"");
    check("Anna \"Ann\" Blom\r\nX:y", "\"Anna 'Ann' Blom  X:y\"");
}

#[test]
fn a_value_cannot_end_its_line() {
    let mut lines = ContentLines::default();
    lines.line("X").value("a\r\nY:b\u{0}c");
    assert_eq!(lines.finish(), "X:a  Y:b c\r\n");
}

#[test]
fn lines_are_folded_at_75_octets_and_never_within_a_character() {
    let check = |text: &str, expected: &[usize]| {
        let written = line(text);
        let lengths: Vec<usize> = written.split_terminator("\r\n").map(str::len).collect();
        assert_eq!(lengths, expected, "{text}");
        assert_eq!(written.replace("\r\n ", ""), format!("X:{text}\r\n"));
    };
    check(&"a".repeat(73), &[75]);
    check(&"a".repeat(74), &[75, 2]);
    check(&"a".repeat(73 + 74), &[75, 75]);
    check(&"a".repeat(73 + 75), &[75, 75, 2]);
    check(&"ü".repeat(36), &[74]);
    check(&"ü".repeat(37), &[74, 3]);
    check(&"a€".repeat(20), &[75, 8]);
    check(&"𝄞".repeat(19), &[74, 5]);
}

mod any_text {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_the_same_unfolded(text in "\\PC{0,400}") {
            let written = super::line(&text);
            prop_assert!(written.split_terminator("\r\n").all(|line| line.len() <= 75));
            let unfolded = written.replace("\r\n ", "");
            let value = unfolded.trim_start_matches("X:").trim_end_matches("\r\n");
            let plain = value
                .replace("\\\\", "\u{1}")
                .replace("\\n", "\n")
                .replace("\\,", ",")
                .replace("\\;", ";")
                .replace('\u{1}', "\\");
            prop_assert_eq!(plain, text.replace(['\u{2028}', '\u{2029}'], "\n"));
        }
    }
}
