use super::{EncapsulatedKind, de_encapsulate};
use crate::limits::{Limit, LimitExceeded, Limits};
use crate::rtf::RtfError;

const HTML: &str = "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss\\fcharset0 Arial;}\
    {\\f1\\fcharset204{\\*\\panose 020b}Arial;}{\\f2\\fnil\\fcharset128 MS Gothic;}{\\f3\\fnil\\fcharset2 Webdings;}}\\uc1\\pard\\plain\\f0 ";
const TEXT: &str = "{\\rtf1\\ansi\\ansicpg1252\\fromtext \\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\\uc1\\pard\\plain\\f0 ";

fn read(rtf: &str) -> String {
    de_encapsulate(rtf.as_bytes(), &Limits::default())
        .expect("encapsulated")
        .text
}

fn check(body: &str, expected: &str) {
    assert_eq!(read(&format!("{HTML}{body}}}")), expected, "{body}");
}

#[test]
fn tags_are_copied_and_what_is_for_rtf_is_not() {
    check("{\\*\\htmltag64 <p>}a{\\*\\htmltag72 </p>}", "<p>a</p>");
    check("{\\*\\htmltag <p>}", "<p>");
    check("\\htmlrtf \\b x\\htmlrtf0 y", "y");
    check("\\htmlrtf1 x\\htmlrtf0 y", "y");
    check("{\\htmlrtf x}y", "y");
    check("\\htmlrtf {\\htmlrtf0 y\\htmlrtf }x\\htmlrtf0 z", "yz");
    check("{\\*\\mhtmltag64 <p>}a", "a");
    check("{\\*\\unknown a{b}}{\\info{\\title c}}d", "d");
    check("{\\pntext *\\tab}{\\pict 0102}d", "d");
    check("a}b", "a");
    check(
        "{\\*\\htmltag84 &lt;}\\htmlrtf <\\htmlrtf0 &amp;",
        "&lt;&amp;",
    );
}

#[test]
fn line_ends_mean_nothing_and_words_mean_characters() {
    check("a\r\nb\nc", "abc");
    check("a\\par b\\line c\\tab d", "a\r\nb\r\nc\td");
    check("{\\*\\htmltag241 p\\par \\tab \\{x\\}\\\\}", "p\r\n\t{x}\\");
    check(
        "\\lquote a\\rquote \\ldblquote b\\rdblquote ",
        "&lsquo;a&rsquo;&ldquo;b&rdquo;",
    );
    check(
        "\\bullet \\endash \\emdash \\~\\_\\-",
        "&bull;&ndash;&mdash;&nbsp;&shy;",
    );
}

#[test]
fn octets_are_read_in_the_font_or_in_the_documents_code_page() {
    check("\\'e4", "ä");
    check("{\\f1 \\'ef\\'f0}\\'e4", "прä");
    check(
        "\\htmlrtf {\\f1 \\htmlrtf0 \\'ef\\htmlrtf }\\htmlrtf0 \\'e4",
        "пä",
    );
    check("{\\f2 \\'82\\'a0\\'83A}", "あア");
    check("{\\f1 {\\*\\htmltag \\'e4}\\'ef}", "äп");
    check("\\f1\\plain \\'e4", "ä");
    check("{\\f3 P\\'50}", "PP");
    check("\\u1087 ?\\u-10179 ?\\u-8694 ?", "п😊");
    check("{\\uc2\\u1087 ??x}\\u1087 ?x", "пxпx");
    check("\\uc0\\u1087 x", "пx");
    check("\\htmlrtf \\u1087 ?\\htmlrtf0 x", "x");
}

#[test]
fn plain_text_gets_characters_and_no_entities() {
    let check = |body: &str, expected: &str| {
        assert_eq!(read(&format!("{TEXT}{body}}}")), expected, "{body}");
    };
    check("a\\par <b>\\lquote\\~&\\par ", "a\r\n<b>‘\u{a0}&\r\n");
}

#[test]
fn attachments_have_their_places() {
    let rtf = format!("{HTML}{{\\*\\htmltag <p>}}\\'e4\\objattph b\\objattph}}");
    let read = de_encapsulate(rtf.as_bytes(), &Limits::default()).expect("encapsulated");
    assert_eq!(
        (read.text.as_str(), read.attachments),
        ("<p>äb", vec![5, 6])
    );
    assert_eq!(read.kind, EncapsulatedKind::Html);
}

#[test]
fn html_can_be_made_to_say_that_it_is_utf_8() {
    let tag = "{\\*\\htmltag <meta charset=windows-1252>}";
    let rtf = format!("{HTML}\\objattph {tag}\\'e4\\objattph b}}");
    let mut read = de_encapsulate(rtf.as_bytes(), &Limits::default()).expect("encapsulated");
    read.relabel();
    assert_eq!(read.text, "<meta charset=utf-8>äb");
    assert_eq!(read.attachments, [0, 22]);
}

#[test]
fn other_rtf_is_refused() {
    let check = |rtf: &str, expected| {
        let read = de_encapsulate(rtf.as_bytes(), &Limits::default());
        assert_eq!(read, Err(expected), "{rtf}");
    };
    check("{\\rtf1 x}", RtfError::NotEncapsulated);
    check("x", RtfError::NotRtf);
}

#[test]
fn each_bound_holds_at_its_value_and_one_past_it() {
    let check = |body: &str, limits: Limits, limit, most| {
        let rtf = |body: &str| format!("{{\\rtf1\\fromtext {body}}}");
        let within = de_encapsulate(rtf(body).as_bytes(), &limits);
        assert!(within.is_ok(), "{body}: {within:?}");
        let past = de_encapsulate(rtf(&format!("{{{body}}}")).as_bytes(), &limits);
        assert_eq!(
            past,
            Err(RtfError::Exceeds(LimitExceeded { limit, most })),
            "{body}"
        );
    };
    check(
        "{{x}}",
        Limits {
            rtf_depth: 3,
            ..Limits::default()
        },
        Limit::RtfDepth,
        3,
    );
    check(
        "xy",
        Limits {
            rtf_tokens: 5,
            ..Limits::default()
        },
        Limit::RtfTokens,
        5,
    );
    let limits = Limits {
        decoded_octets: 3,
        ..Limits::default()
    };
    let read = |rtf: &str| de_encapsulate(rtf.as_bytes(), &limits);
    assert!(read("{\\rtf1\\fromtext \\'e4a}").is_ok());
    let exceeded = LimitExceeded {
        limit: Limit::DecodedOctets,
        most: 3,
    };
    assert_eq!(
        read("{\\rtf1\\fromtext \\'e4\\'e4}"),
        Err(RtfError::Exceeds(exceeded))
    );
}
