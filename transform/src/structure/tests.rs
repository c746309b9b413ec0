use proptest::prelude::*;

use super::*;

fn events(message: &[u8], cuts: &[usize]) -> Vec<Event> {
    let mut scanner = Scanner::new();
    let mut found = Vec::new();
    let mut rest = message;
    let mut settled = 0;
    for cut in cuts.iter().copied().chain([usize::MAX]) {
        let (piece, after) = rest.split_at(cut.min(rest.len()));
        scanner.push(piece, &mut |event| {
            assert!(position(&event).is_none_or(|at| at >= settled), "{event:?}");
            found.push(event);
        });
        assert!(scanner.settled() >= settled, "what is settled stays so");
        settled = scanner.settled();
        rest = after;
    }
    scanner.finish(&mut |event| found.push(event));
    found
}

fn position(event: &Event) -> Option<u64> {
    match event {
        Event::Begin(part) => Some(part.header_at),
        Event::End { at, .. } => Some(*at),
        Event::Excess(_) => None,
    }
}

/// `depth type body` of every part in the order of its end.
fn outline(message: &str) -> Vec<String> {
    let mut open: Vec<Part> = Vec::new();
    let mut lines = Vec::new();
    for event in events(message.as_bytes(), &[]) {
        match event {
            Event::Begin(part) => open.push(part),
            Event::End { depth, at, closed } => {
                let part = open.pop().expect("it has begun");
                assert_eq!(part.depth, depth);
                let body = &message[part.body_at as usize..at as usize];
                let body = match part.kind {
                    Kind::Leaf => format!("{body:?}"),
                    Kind::Message => "message".to_owned(),
                    Kind::Multipart if closed => "closed".to_owned(),
                    Kind::Multipart => "open".to_owned(),
                };
                lines.push(format!("{depth} {} {body}", part.media.value));
            }
            Event::Excess(excess) => lines.push(excess.to_string()),
        }
    }
    lines
}

#[test]
fn parts_are_found() {
    let check = |message: &str, expected: &[&str]| {
        assert_eq!(outline(message), expected, "{message}");
    };
    let mixed = "Content-Type: multipart/mixed; boundary=b\r\n";
    check("", &["0 text/plain \"\""]);
    check(
        "A: b\r\n\r\nc\r\n--b\r\n",
        &["0 text/plain \"c\\r\\n--b\\r\\n\""],
    );
    check("A: b", &["0 text/plain \"\""]);
    check(
        &format!(
            "{mixed}\r\npreamble\r\n--b\r\n\r\none\r\n\r\n--b \t\r\nContent-Type: a/B\r\n\r\n--b--\r\nepilogue"
        ),
        &[
            "1 text/plain \"one\\r\\n\"",
            "1 a/b \"\"",
            "0 multipart/mixed closed",
        ],
    );
    // Without a preamble, without an empty line, without a last delimiter, with LF alone.
    check(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nA: b\n--b\n\n-\n--\n--bc\n--b-\n",
        &[
            "1 text/plain \"\"",
            "1 text/plain \"-\\n--\\n--bc\\n--b-\\n\"",
            "0 multipart/mixed open",
        ],
    );
    check(
        &format!("{mixed}\r\n--b"),
        &["1 text/plain \"\"", "0 multipart/mixed open"],
    );
    check(
        &format!("{mixed}\r\n--b\r\n--b--"),
        &["1 text/plain \"\"", "0 multipart/mixed closed"],
    );
    // An outer delimiter ends what is within, and what is closed has no delimiters.
    check(
        &format!(
            "{mixed}\r\n--b\r\nContent-Type: multipart/x; boundary=\"i n\"\r\n\r\n--i n\r\n\r\none\r\n--i n--\r\n--i n\r\n--b\r\n\r\ntwo\r\n--b--"
        ),
        &[
            "2 text/plain \"one\"",
            "1 multipart/x closed",
            "1 text/plain \"two\"",
            "0 multipart/mixed closed",
        ],
    );
    check(
        &format!(
            "{mixed}\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/y; boundary=c\r\n\r\n--c\r\n\r\none\r\n--b--"
        ),
        &[
            "3 text/plain \"one\"",
            "2 multipart/y open",
            "1 message/rfc822 message",
            "0 multipart/mixed closed",
        ],
    );
    check(
        "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: x\r\n\r\none\r\n--b--",
        &[
            "2 text/plain \"one\"",
            "1 message/rfc822 message",
            "0 multipart/digest closed",
        ],
    );
    // Composite types that are octets.
    for header in [
        "Content-Type: multipart/mixed\r\n",
        "Content-Type: multipart/mixed; boundary=\" \"\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n",
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n",
    ] {
        assert_eq!(
            outline(&format!("{header}\r\n--b\r\n")).len(),
            1,
            "{header}"
        );
    }
}

#[test]
fn names_of_files_are_found() {
    let check = |header: &str, expected: Option<&str>| {
        let Some(Event::Begin(part)) = events(header.as_bytes(), &[]).into_iter().next() else {
            panic!("a part begins");
        };
        assert_eq!(part.file_name().as_deref(), expected, "{header}");
    };
    check("Content-Type: a/b; name=c\r\n", Some("c"));
    check(
        "Content-Type: a/b; name=c\r\nContent-Disposition: attachment; filename=d\r\n",
        Some("d"),
    );
    check("Content-Disposition: attachment\r\n", None);
}

fn excess(message: &[u8]) -> Option<Excess> {
    let found = events(message, &[]);
    found.into_iter().find_map(|event| match event {
        Event::Excess(excess) => Some(excess),
        _ => None,
    })
}

#[test]
fn depth_is_bounded() {
    let nested = |levels: usize| {
        excess(
            "Content-Type: message/rfc822\r\n\r\n"
                .repeat(levels)
                .as_bytes(),
        )
    };
    assert_eq!(nested(DEPTH_MAX), None);
    assert_eq!(nested(DEPTH_MAX + 1), Some(Excess::Depth));
    assert_eq!(nested(100_000), Some(Excess::Depth));
}

#[test]
fn parts_are_bounded() {
    let many = |parts: usize| {
        let parts = "--b\r\n\r\nx\r\n".repeat(parts - 1);
        let header = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
        excess(format!("{header}{parts}--b--\r\n").as_bytes())
    };
    assert_eq!(many(PARTS_MAX), None);
    assert_eq!(many(PARTS_MAX + 1), Some(Excess::Parts));
}

#[test]
fn header_blocks_are_bounded() {
    let long = |octets: usize| {
        let mut header = b"A: ".to_vec();
        header.resize(octets - 4, b'x');
        header.extend_from_slice(b"\r\n\r\nbody");
        excess(&header)
    };
    assert_eq!(long(PART_HEADER_OCTETS_MAX), None);
    assert_eq!(long(PART_HEADER_OCTETS_MAX + 1), Some(Excess::Header));
}

#[test]
fn boundaries_and_delimiters_are_bounded() {
    use crate::limits::BOUNDARY_OCTETS_MAX;
    let check = |boundary: usize, blanks: usize, expected: usize| {
        let boundary = "x".repeat(boundary);
        let blanks = " ".repeat(blanks);
        let message = format!(
            "Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n--{boundary}{blanks}\r\n\r\n"
        );
        assert_eq!(outline(&message).len(), expected, "{}", message.len());
    };
    check(BOUNDARY_OCTETS_MAX, 0, 2);
    check(BOUNDARY_OCTETS_MAX + 1, 0, 1);
    let blanks = DELIMITER_OCTETS_MAX - 2 - 1 - 2;
    check(1, blanks, 2);
    check(1, blanks + 1, 1);
}

/// Messages of what matters to the scanner.
fn messages() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("Content-Type: multipart/mixed; boundary=b\r\n\r\n"),
        Just("Content-Type: multipart/mixed; boundary=bb\r\n\r\n"),
        Just("Content-Type: message/rfc822\r\n\r\n"),
        Just("Content-Type: multipart/digest; boundary=c\n\n"),
        Just("\r\n--b\r\n"),
        Just("\r\n--b--\r\n"),
        Just("--bb\r\n"),
        Just("--bb--"),
        Just("\n--c\n"),
        Just("\n--c--\n"),
        Just("\r\n"),
        Just("\r"),
        Just("\n"),
        Just("-"),
        Just("--"),
        Just("x"),
        Just("A: b\r\n"),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn the_cuts_change_nothing(
        message in messages(),
        cuts in proptest::collection::vec(0usize..9, 0..40),
    ) {
        prop_assert_eq!(events(&message, &[]), events(&message, &cuts));
    }

    #[test]
    fn parts_are_within_each_other(message in messages()) {
        let mut open: Vec<Part> = Vec::new();
        let mut last = 0;
        for event in events(&message, &[]) {
            match event {
                Event::Begin(part) => {
                    prop_assert!(last <= part.header_at && part.header_at <= part.body_at);
                    prop_assert_eq!(part.depth, open.len());
                    prop_assert_eq!(part.body_at - part.header_at, part.header.len() as u64);
                    last = part.body_at;
                    open.push(part);
                }
                Event::End { at, .. } => {
                    let part = open.pop().expect("it has begun");
                    prop_assert!(part.body_at <= at && last <= at && at <= message.len() as u64);
                    last = at;
                }
                Event::Excess(_) => unreachable!("it is small"),
            }
        }
        prop_assert!(open.is_empty());
    }
}
