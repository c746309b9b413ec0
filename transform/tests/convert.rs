//! Whole messages.

mod body;

use testbed::tnef::codepage::CodePage;
use testbed::tnef::mail::Packing;
use testbed::tnef::message::{Body, Message as Tnef};
use testbed::tnef::sample::facts::State;
use testbed::tnef::samples;

use crate::mail::{convert, converted, in_base64, mixed, shape, text, tnef, winmail};

const PACKINGS: [Packing; 5] = [
    Packing::Legacy,
    Packing::OctetStream,
    Packing::Summary,
    Packing::SummaryBinary,
    Packing::Uncorrelated,
];

#[test]
fn every_sample_is_converted_however_it_is_packed() {
    let mut seen = 0;
    for sample in samples() {
        for packing in PACKINGS {
            let name = format!("{} {packing:?}", sample.name);
            let Some(converted) = convert(sample.eml_as(packing)) else {
                let is_unsaid = packing == Packing::OctetStream;
                assert!(sample.facts.state == State::Nothing && is_unsaid, "{name}");
                continue;
            };
            seen += 1;
            let report = converted.report;
            let is_converted = report.has_converted();
            assert_eq!(report.kept().is_none(), is_converted, "{name}: {report}");
            let may_be_kept = sample.facts.state == State::Nothing;
            assert!(is_converted || may_be_kept, "{name}: {report}");
            let written = converted.message.to_vec();
            assert!(written.starts_with(b"X-Twinmx-Conversion: tnef;"), "{name}");
            if !is_converted {
                continue;
            }
            let class = report.parts()[0].class.as_deref();
            assert_eq!(class, Some(&*sample.facts.class), "{name}");
            let shape = shape(&written);
            assert!(!shape.contains("ms-tnef"), "{name}: {shape}");
        }
    }
    println!("{seen} messages");
    assert!(seen > 300, "{seen}");
}

/// Without the header of the message.
fn body(message: &[u8]) -> &[u8] {
    let end = message.windows(4).position(|four| four == b"\r\n\r\n");
    &message[end.expect("there is a body")..]
}

#[test]
fn summary_and_legacy_tnef_become_the_same() {
    let mut same = 0;
    for sample in samples() {
        if sample.facts.state != State::Whole {
            continue;
        }
        let of = |packing| convert(sample.eml_as(packing)).map(|made| made.message.to_vec());
        let summary = of(Packing::Summary).expect("there is TNEF");
        let binary = of(Packing::SummaryBinary).expect("there is TNEF");
        assert!(summary == binary, "{}", sample.name);
        let legacy = of(Packing::Legacy).expect("there is TNEF");
        same += usize::from(body(&legacy) == body(&summary));
    }
    println!("{same} are the same");
    assert!(same > 60, "{same}");
}

#[test]
fn a_message_that_is_tnef_keeps_its_header() {
    let winmail = winmail("Hello.\r\n");
    let check = |content: &str| {
        let message = format!(
            "X-Twinmx-Conversion: forged\r\nTo: a@b\r\n{content}\r\nSubject: Caf\u{e9} \u{1f4c5}\r\nX-MS-Has-Attach:\r\nX-MS-TNEF-Correlator:\r\n <tnef-1@contoso.com>\r\n\r\n{winmail}"
        );
        let (written, report) = converted(message);
        let expected = "X-Twinmx-Conversion: tnef; result=converted; class=IPM.Note; attachments=0;\r\n dropped=";
        assert!(written.starts_with(expected), "{written}");
        assert!(report.starts_with("tnef; result=converted"), "{report}");
        assert!(
            written.contains("\r\nTo: a@b\r\nSubject: Caf\u{e9} \u{1f4c5}\r\n"),
            "{written}"
        );
        for gone in ["forged", "X-MS-", "ms-tnef", "winmail.dat"] {
            assert!(!written.contains(gone), "{gone}: {written}");
        }
        assert!(
            written.contains("MIME-Version: 1.0\r\nContent-Type: text/plain"),
            "{written}"
        );
        assert!(written.contains("\r\n\r\nHello."), "{written}");
    };
    let base64 = "Content-Transfer-Encoding: base64";
    check(&format!(
        "Content-Type: application/ms-tnef; name=\"winmail.dat\"\r\n{base64}"
    ));
    check(&format!(
        "content-type: application/vnd.ms-tnef\r\n{base64}"
    ));
    check(&format!(
        "Content-Type: application/octet-stream;\r\n name=winmail.dat\r\n{base64}"
    ));
    check(&format!(
        "Content-Disposition: attachment; filename=WinMail.dat\r\n{base64}"
    ));
    check(&format!(
        "Content-Type: application/octet-stream\r\n{base64}"
    ));
}

#[test]
fn a_message_in_a_message_is_converted_in_its_place() {
    let inner = mixed(
        "Subject: inner\r\nMessage-ID: <i@n>\r\n",
        &[&text("Hello."), &tnef(&winmail("Hello."))],
    );
    let forward = format!("Content-Type: message/rfc822\r\n\r\n{inner}");
    let message = mixed("Subject: outer\r\n", &[&text("See below."), &forward]);
    let (written, report) = converted(&message);
    assert_eq!(
        shape(written.as_bytes()),
        "mixed[ plain \"See below.\" message[ plain \"Hello.\" ] ]"
    );
    assert!(
        report.starts_with("tnef; part=2.2; result=converted"),
        "{report}"
    );
    assert!(written.contains("\r\n\r\nSubject: inner\r\nMessage-ID: <i@n>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain"), "{written}");
}

/// The shape that a message of these parts gets.
fn check(parts: &[&str], expected: &str) {
    let message = mixed("Subject: x\r\n", parts);
    let (written, _) = converted(&message);
    assert_eq!(shape(written.as_bytes()), expected, "{written}");
}

#[test]
fn text_and_tnef_that_say_the_same_become_one() {
    let body = "Hello,\r\nwe meet at nine.\r\n";
    let hello = tnef(&winmail(body));
    let plain = "plain \"Hello,\\r\\nwe meet at nine.\"";
    check(&[&text(body), &hello], plain);
    check(&[&text("Hello, we\r\nmeet at *nine*."), &hello], plain);
    check(&[&text("Hello,"), &hello], plain);
    check(&[&text("\r\n \r\n"), &hello], plain);
    check(&[&hello], plain);
    let more = "Hello,\r\nwe meet at nine.\r\n-- \r\nScanned.";
    check(
        &[&text(more), &hello],
        "plain \"Hello,\\r\\nwe meet at nine.\\r\\n-- \\r\\nScanned.\"",
    );
    // What says something else stays before it.
    check(
        &[&text("Forwarded for you."), &hello],
        &format!("mixed[ plain \"Forwarded for you.\" {plain} ]"),
    );
    // So does what is no text for readers without TNEF.
    let html = "Content-Type: text/html\r\n\r\n<p>Hello</p>";
    check(
        &[html, &hello],
        &format!("mixed[ html \"<p>Hello</p>\" {plain} ]"),
    );
    let file =
        "Content-Type: text/plain; name=a.txt\r\nContent-Disposition: attachment\r\n\r\nHello,";
    check(
        &[file, &hello],
        &format!("mixed[ plain(a.txt) \"Hello,\" {plain} ]"),
    );
}

#[test]
fn other_parts_stay_in_their_order() {
    let hello = tnef(&winmail("Hello."));
    let footer = "Content-Type: text/plain\r\nX-Odd:  kept\r\n\r\nList footer";
    check(
        &[&text("Hello."), &hello, footer],
        "mixed[ plain \"Hello.\" plain \"List footer\" ]",
    );
    check(
        &[footer, &text("Hello."), &hello],
        "mixed[ plain \"List footer\" plain \"Hello.\" plain \"Hello.\" ]",
    );
    check(
        &[&text("Hello."), footer, &hello],
        "mixed[ plain \"Hello.\" plain \"List footer\" plain \"Hello.\" ]",
    );
    let nested = mixed("", &[&text("Hello."), &hello]);
    check(
        &[&nested, footer],
        "mixed[ plain \"Hello.\" plain \"List footer\" ]",
    );
    let other = tnef(&winmail("Bye."));
    check(
        &[&text("Hello."), &hello, &other],
        "mixed[ plain \"Hello.\" plain \"Bye.\" ]",
    );
}

#[test]
fn a_multipart_with_something_around_its_parts_stays() {
    let parts = [text("Hello."), tnef(&winmail("Hello."))];
    let message = mixed("", &[&parts[0], &parts[1]]);
    let around = |before: &str, after: &str| {
        let message = message.replacen("--b\r\n", &format!("{before}--b\r\n"), 1);
        converted(format!("{message}{after}")).0
    };
    assert_eq!(
        shape(around("This is a multi-part message in MIME format.\r\n", "\r\n").as_bytes()),
        "plain \"Hello.\""
    );
    for (before, after) in [("Dear all,\r\n", ""), ("", "List footer\r\n")] {
        let written = around(before, after);
        assert_eq!(shape(written.as_bytes()), "mixed[ plain \"Hello.\" ]");
        assert!(
            written.contains(before) && written.ends_with(after),
            "{written}"
        );
    }
}

#[test]
fn what_is_not_tnef_stays_octet_for_octet() {
    let part = b"Content-Type: x/y; name=\"\xff\"\r\nContent-Transfer-Encoding: 8bit\r\nX: \xe4\r\n\r\nB\xf6dy\x00\r\n\r\n".to_vec();
    let hello = tnef(&winmail("Hello."));
    let head =
        b"Subject: \xfc\r\nX-A: 1\r\nX-A: 2\r\nContent-Type: multipart/mixed; boundary=b\r\n"
            .to_vec();
    let preamble = b"\r\npre\xe4mble\r\n--b\r\n";
    let parts = format!("{}\r\n--b\r\n{hello}", text("Hello."));
    let tail = [b"\r\n--b\r\n", &*part, b"\r\n--b--\r\nepilogue\r\n"].concat();
    let message = [&*head, preamble, parts.as_bytes(), &tail].concat();
    let written = convert(&message).expect("there is TNEF").message.to_vec();
    let find = |octets: &[u8]| written.windows(octets.len()).position(|w| w == octets);
    let top = [&*head, preamble].concat();
    assert!(
        find(&top).is_some(),
        "{}",
        String::from_utf8_lossy(&written)
    );
    assert_eq!(find(&tail), Some(written.len() - tail.len()));
}

#[test]
fn the_better_plain_text_is_taken() {
    let html = "<p>Gr\u{fc}\u{df}e aus <b>Bern</b></p>".to_owned();
    let message = Tnef::note("x").body(Body::Html(html, CodePage::Utf8));
    let html = tnef(&in_base64(&message.bytes()));
    let plain = text("Gr??e aus Bern");
    let parts = [plain.as_str(), &html];
    // The key of the note is <tnef-1@contoso.com>.
    let proven = mixed("X-MS-TNEF-Correlator: <tnef-1@contoso.com>\r\n", &parts);
    let (written, _) = converted(&proven);
    assert!(
        shape(written.as_bytes()).starts_with("alternative[ plain \"Gr??e aus Bern\" html"),
        "{written}"
    );
    assert!(written.contains(&plain), "octet for octet: {written}");
    // What needs eight bits says so at every level.
    let more = text("Gr\u{fc}\u{df}e aus Bern. Scanned.");
    let more = more.replacen("\r\n\r\n", "\r\nContent-Transfer-Encoding: 8bit\r\n\r\n", 1);
    let (written, _) = converted(mixed("", &[&more, &html]));
    assert!(
        shape(written.as_bytes())
            .starts_with("alternative[ plain \"Gr\u{fc}\u{df}e aus Bern. Scanned.\" html"),
        "{written}"
    );
    assert!(
        written.contains(&more) && written.matches("Content-Transfer-Encoding: 8bit").count() == 2,
        "{written}"
    );
    let unproven = mixed("", &parts);
    let (written, _) = converted(&unproven);
    let expected = "mixed[ plain \"Gr??e aus Bern\" alternative[ plain";
    assert!(shape(written.as_bytes()).starts_with(expected), "{written}");
}

#[test]
fn a_global_message_is_a_message() {
    let inner = mixed(
        "Subject: Gr\u{fc}\u{df}e\r\n",
        &[&text("Hello."), &tnef(&winmail("Hello."))],
    );
    let forward =
        format!("Content-Type: message/global\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{inner}");
    let (written, report) = converted(mixed(
        "Subject: outer\r\n",
        &[&text("See below."), &forward],
    ));
    assert!(
        report.starts_with("tnef; part=2.2; result=converted"),
        "{report}"
    );
    assert!(
        written.contains(
            "\r\n\r\nSubject: Gr\u{fc}\u{df}e\r\nMIME-Version: 1.0\r\nContent-Type: text/plain"
        ),
        "{written}"
    );
    assert!(!written.contains("ms-tnef"), "{written}");
}

#[test]
fn tnef_of_another_message_stands_beside_the_body() {
    let hello = tnef(&winmail("Hello."));
    let message = mixed(
        "X-MS-TNEF-Correlator: <other@contoso.com>\r\n",
        &[&text("Hello."), &hello],
    );
    let (written, report) = converted(&message);
    assert_eq!(
        shape(written.as_bytes()),
        "mixed[ plain \"Hello.\" plain \"Hello.\" ]"
    );
    assert!(report.contains("; message=other;"), "{report}");
    assert!(
        written.contains("X-MS-TNEF-Correlator: <other@contoso.com>"),
        "{written}"
    );
}

#[test]
fn what_cannot_be_converted_stays_as_it_was() {
    let check = |message: &str, reason: &str| {
        let (written, report) = converted(message);
        let field = format!("X-Twinmx-Conversion: {report}");
        let (first, rest) = written.split_at(written.len() - message.len());
        assert_eq!(rest, message, "{reason}");
        assert_eq!(first.replace("\r\n", "").trim_end(), field, "{reason}");
        assert!(
            report.contains(&format!("result=kept; reason={reason}")),
            "{report}"
        );
    };
    let hello = tnef(&winmail("Hello."));
    check(
        &mixed("", &[&text("x"), &tnef("bm8gdG5lZg==")]),
        "unreadable",
    );
    check(&mixed("", &[&text("x"), &tnef("")]), "unreadable");
    check("Content-Type: application/ms-tnef\r\n\r\n", "unreadable");
    check("Content-Type: application/ms-tnef\r\n", "unreadable");
    check(
        &mixed("", &[&hello.replace("base64", "x-uuencode")]),
        "encoding",
    );
    for kind in ["signed", "encrypted"] {
        let sealed = mixed(
            "",
            &[&mixed("", &[&hello])
                .replace("=b", "=c")
                .replace("--b", "--c")],
        );
        check(&sealed.replacen("mixed", kind, 1), "sealed");
    }
    let parts = vec!["\r\n"; transform::limits::PARTS_MAX];
    let parts: Vec<&str> = [&*hello].into_iter().chain(parts).collect();
    check(&mixed("", &parts), "structure");
    // TNEF that says it has more of something than is allowed.
    let mut options = crate::mail::options();
    options.limits.properties = 1;
    let message = bytes::Bytes::from(mixed("", &[&hello]));
    let kept = transform::convert(&message, &options).expect("there is TNEF");
    assert!(
        kept.report.to_string().contains("reason=limit"),
        "{}",
        kept.report
    );
}

#[test]
fn messages_in_messages_do_not_end_the_process() {
    let deep = "Content-Type: message/rfc822\r\n\r\n".repeat(100_000);
    for message in [
        deep.clone(),
        mixed("", &[&text("Hello."), &tnef(&winmail("Hello.")), &deep]),
        mixed("", &[&deep, &tnef(&winmail("Hello."))]),
    ] {
        let message = bytes::Bytes::from(message);
        if let Some(converted) = transform::convert(&message, &crate::mail::options()) {
            assert!(!converted.report.has_converted());
            assert!(converted.message.to_vec().ends_with(&message));
        }
    }
}

#[test]
fn there_is_nothing_to_do_without_tnef() {
    let check = |message: &str| {
        let message = bytes::Bytes::copy_from_slice(message.as_bytes());
        assert!(!transform::has_tnef(&message));
        assert_eq!(transform::convert(&message, &crate::mail::options()), None);
    };
    check("");
    check("Subject: x\r\n\r\nHello.\r\n");
    check(&mixed(
        "",
        &[&text("winmail.dat"), "Content-Type: image/png\r\n\r\n\r\n"],
    ));
}

#[test]
fn a_large_message_shares_what_it_can() {
    let large = testbed::tnef::large(4 << 20);
    let message = bytes::Bytes::from(large.eml());
    let converted = transform::convert(&message, &crate::mail::options()).expect("there is TNEF");
    assert!(converted.report.has_converted());
    let held: usize = converted
        .message
        .0
        .iter()
        .map(|segment| match segment {
            transform::Segment::Octets(octets) | transform::Segment::Base64(octets) => octets.len(),
        })
        .sum();
    assert!(held < large.bytes.len() + 65536, "{held}");
}
