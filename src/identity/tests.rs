use bytes::BytesMut;
use mail_parser::MessageParser;
use proptest::prelude::*;
use routing::SideName;
use smtp::BareNewline;
use smtp::data::{DataDecoder, Decoded};
use smtp::header_scan::{HeaderScan, Progress, Strictness};

use super::*;
use crate::config::SideKind;
use crate::origin::{Proof, Proven};

fn config() -> Config {
    let minimal = include_str!("../../config/minimal.toml");
    let two =
        format!("{minimal}\n[domain.\"bücher.example\"]\npostmaster = \"admin@contoso.com\"\n");
    Config::parse(&two, "minimal.toml")
        .expect("a configuration")
        .config
}

fn side(proof: Proof) -> Standing {
    Standing::Side(Proven {
        side: SideName::from("notes"),
        kind: SideKind::Domino,
        proof,
    })
}

fn header(fields: &[u8]) -> HeaderBlock {
    let mut wire = BytesMut::from([fields, b"\r\n"].concat().as_slice());
    let mut decoder = DataDecoder::new(BareNewline::Refuse, 1 << 24);
    let mut scan = HeaderScan::new(1 << 24, Strictness::Lenient);
    loop {
        let Decoded::Body(content) = decoder.decode(&mut wire) else {
            panic!("lines end in CRLF")
        };
        if let Progress::Complete { header, .. } = scan.push(content).expect("a header") {
            return header;
        }
    }
}

fn shown(standing: &Standing, reverse: &str, fields: &[u8]) -> Shown {
    let reverse = ReversePath::parse(reverse).expect("a path");
    Shown::of(standing, &reverse, &header(fields), &config())
}

/// Mail of a side, from its own people by its envelope.
fn of_side(fields: &str) -> Shown {
    shown(&side(Proof::Network), "nora@contoso.com", fields.as_bytes())
}

const OURS: &str = "From: Nora <nora@contoso.com>\r\n";

#[test]
fn only_a_side_vouches() {
    for (standing, expected) in [
        (side(Proof::Network), Shown::Sides),
        (side(Proof::Certificate), Shown::Sides),
        (Standing::Internet, Shown::Internet(Why::Origin)),
        (
            Standing::Provisional(Vec::new()),
            Shown::Internet(Why::Origin),
        ),
    ] {
        assert_eq!(
            shown(&standing, "nora@contoso.com", OURS.as_bytes()),
            expected,
            "{standing:?}"
        );
    }
}

#[test]
fn only_a_reverse_path_of_our_domains_vouches() {
    for (reverse, expected) in [
        ("nora@contoso.com", Shown::Sides),
        ("NORA@Contoso.COM", Shown::Sides),
        ("jörg@contoso.com", Shown::Sides),
        ("n@bücher.example", Shown::Sides),
        ("n@BÜCHER.example", Shown::Sides),
        ("n@xn--bcher-kva.example", Shown::Sides),
        ("n@XN--BCHER-KVA.example", Shown::Sides),
        ("", Shown::Internet(Why::NullPath)),
        ("ann@fabrikam.com", Shown::Internet(Why::Path)),
        ("nora@mail.contoso.com", Shown::Internet(Why::Path)),
        ("nora@contoso.com.fabrikam.com", Shown::Internet(Why::Path)),
        ("nora@notcontoso.com", Shown::Internet(Why::Path)),
        (
            "cleo@contoso.mail.onmicrosoft.com",
            Shown::Internet(Why::Path),
        ),
        ("nora@[192.0.2.1]", Shown::Internet(Why::Path)),
        ("nora@ｃｏｎｔｏｓｏ.com", Shown::Internet(Why::Path)), // UTS #46 would map it
    ] {
        assert_eq!(
            shown(&side(Proof::Network), reverse, OURS.as_bytes()),
            expected,
            "{reverse}"
        );
    }
}

#[test]
fn everybody_in_from_and_sender_is_of_our_domains() {
    use Why::{Authors, Foreign, Unclear};

    let doubt = |why| Shown::Internet(why);
    for (fields, expected) in [
        ("from: nora@contoso.com\r\n", Shown::Sides),
        ("FROM:nora@contoso.com\r\n", Shown::Sides),
        (
            "From: a@contoso.com,\r\n b@bücher.example\r\n",
            Shown::Sides,
        ),
        (
            "From: a@contoso.com\r\nSender: b@contoso.com\r\n",
            Shown::Sides,
        ),
        (
            "From: a@contoso.com\r\nReply-To: x@fabrikam.com\r\n",
            Shown::Sides,
        ),
        ("", doubt(Authors)),
        ("Sender: nora@contoso.com\r\n", doubt(Authors)),
        ("From: x@fabrikam.com\r\n", doubt(Foreign)),
        ("From: nora@contoso.com, x@fabrikam.com\r\n", doubt(Foreign)),
        (
            "From: \"nora@contoso.com\" <x@fabrikam.com>\r\n",
            doubt(Foreign),
        ),
        ("From: nora@sub.contoso.com\r\n", doubt(Foreign)),
        (
            "From: nora@contoso.mail.onmicrosoft.com\r\n",
            doubt(Foreign),
        ),
        ("From: nora@contoso.com\u{200b}\r\n", doubt(Foreign)),
        (
            "From: nora@contoso.com\r\nSender: x@fabrikam.com\r\n",
            doubt(Foreign),
        ),
        (
            "From: a@contoso.com\r\nFrom: b@contoso.com\r\n",
            doubt(Authors),
        ),
        (
            "From: a@contoso.com\r\nfrom: x@fabrikam.com\r\n",
            doubt(Authors),
        ),
        (
            "From: a@contoso.com\r\nSender: b@contoso.com\r\nSender: c@contoso.com\r\n",
            doubt(Unclear),
        ),
        ("From: a@contoso.com\r\nSender:\r\n", doubt(Unclear)),
        ("From:\r\n", doubt(Unclear)),
        ("From: us: a@contoso.com;\r\n", doubt(Unclear)),
        ("From : a@contoso.com\r\n", doubt(Unclear)),
        ("From\t: a@contoso.com\r\n", doubt(Unclear)),
        (
            "From: a@contoso.com\r\nFrom : x@fabrikam.com\r\n",
            doubt(Unclear),
        ),
        (
            "From: a@contoso.com\r\nFrom\r\n : x@fabrikam.com\r\n",
            doubt(Unclear),
        ),
        (
            "From: a@contoso.com\r\nFr\u{1}om: x@fabrikam.com\r\n",
            doubt(Unclear),
        ),
        (
            "From: a@contoso.com\r\n\u{a0}From: x@fabrikam.com\r\n",
            doubt(Unclear),
        ),
        ("no field\r\nFrom: a@contoso.com\r\n", doubt(Unclear)),
        ("From: a@contoso.com\r\n: x\r\n", doubt(Unclear)),
    ] {
        assert_eq!(of_side(fields), expected, "{fields:?}");
    }
}

/// What From fields are made of, sound and odd.
fn crumb() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "nora@contoso.com",
        "<nora@contoso.com>",
        "Nora",
        "Nora <nora@contoso.com>",
        "x@fabrikam.com",
        "<x@fabrikam.com>",
        "\"x@fabrikam.com\"",
        "\"Nord, N.\"",
        "\"a\\\"b\"",
        "(Nora)",
        "(x@fabrikam.com)",
        "us:",
        ";",
        ",",
        ", ",
        "<",
        ">",
        "@",
        "\"",
        "\\",
        "(",
        ")",
        " ",
        "\t",
        "\r\n ",
        "=?utf-8?q?x=40fabrikam.com?=",
        "=?utf-8?b?PHhAZmFicmlrYW0uY29tPg==?=",
        "bücher.example",
        "n@bücher.example",
        "n@xn--bcher-kva.example",
        "\u{a0}",
        "\u{1}",
    ])
}

/// The domains that a forgiving reader finds in From fields.
fn read(fields: &str) -> Vec<String> {
    let text = format!("{fields}\r\nx\r\n");
    let message = MessageParser::default()
        .parse(text.as_bytes())
        .expect("a message");
    let mut found = Vec::new();
    for value in message.header_values("From") {
        let addresses = value.as_address().into_iter().flat_map(|one| one.iter());
        found.extend(
            addresses.filter_map(|one| Some(one.address()?.rsplit_once('@')?.1.to_lowercase())),
        );
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_reader_finds_a_stranger_where_we_vouch(
        fields in prop::collection::vec((prop::sample::select(vec!["From", "from", "From ", "Sender"]), prop::collection::vec(crumb(), 1..6)), 1..3)
    ) {
        let mut text = String::new();
        for (name, crumbs) in fields {
            text += &format!("{name}: {}\r\n", crumbs.concat());
        }
        if of_side(&text) == Shown::Sides {
            let found = read(&text);
            let ours = ["contoso.com", "bücher.example", "xn--bcher-kva.example"];
            prop_assert!(!found.is_empty(), "{text:?}");
            prop_assert!(found.iter().all(|one| ours.contains(&&**one)), "{text:?} is read as {found:?}");
        }
    }
}
