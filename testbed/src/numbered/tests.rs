use super::*;
use crate::limits;

fn message(number: u64, octets: usize) -> Vec<u8> {
    let mut template = Template::new("sender@fabrikam.com", "anna@contoso.com", octets);
    template.number(number);
    template.wire().concat()
}

/// Everything that arrives when the input comes in pieces of this size.
fn arrivals(input: &[u8], piece: usize) -> (Vec<Arrival>, usize) {
    let mut inspection = Inspection::new();
    let (mut pending, mut arrived) = (Vec::new(), Vec::new());
    for piece in input.chunks(piece) {
        pending.extend_from_slice(piece);
        loop {
            let (used, arrival) = inspection.take(&pending);
            pending.drain(..used);
            match arrival {
                Some(arrival) => arrived.push(arrival),
                None => break,
            }
        }
    }
    (arrived, pending.len())
}

fn arrival(number: u64, intact: bool) -> Arrival {
    Arrival {
        number: Some(number),
        intact,
    }
}

#[test]
fn a_message_is_as_long_as_it_was_ordered_to_a_line() {
    for octets in [1_024, 10_240, 102_400, 5 << 20] {
        let template = Template::new("sender@fabrikam.com", "anna@contoso.com", octets);
        assert!(template.len() <= octets && octets - template.len() < LINE);
        assert_eq!(template.wire().concat().len(), template.len() + 3);
    }
}

#[test]
fn a_message_on_the_wire_keeps_to_its_rules() {
    let wire = String::from_utf8(message(7, 20_000)).expect("ASCII");
    let lines: Vec<&str> = wire.split("\r\n").collect();
    assert!(lines.iter().all(|line| !line.contains(['\r', '\n'])));
    let (end, text) = lines[..lines.len() - 1].split_last().expect("it has lines");
    assert_eq!(*end, ".");
    let dotted: Vec<&&str> = text.iter().filter(|l| l.starts_with('.')).collect();
    assert!(!dotted.is_empty() && dotted.iter().all(|line| line.starts_with("..")));
}

#[test]
fn messages_are_recognised_in_whatever_pieces_they_come() {
    let traced = [
        b"Received: from a\r\n\tby b\r\n".as_slice(),
        &message(3, 6_000),
    ]
    .concat();
    let wire = [message(1, 1_024), message(2, 10_000), traced].concat();
    let expected = [1, 2, 3].map(|number| arrival(number, true));
    for piece in [1, 2, 3, 5, 77, 78, 79, 1_000, 4_758, usize::MAX] {
        assert_eq!(arrivals(&wire, piece), (expected.to_vec(), 0), "{piece}");
    }
}

#[test]
fn damage_is_seen_and_the_next_message_too() {
    let check = |what: &str, change: &dyn Fn(&mut Vec<u8>), expected: Arrival| {
        let mut damaged = message(1, 10_000);
        change(&mut damaged);
        damaged.extend(message(2, 1_024));
        for piece in [1, 64, usize::MAX] {
            let (arrived, left) = arrivals(&damaged, piece);
            assert_eq!(arrived, [expected, arrival(2, true)], "{what}, {piece}");
            assert_eq!(left, 0, "{what}");
        }
    };
    let body = |message: &[u8]| {
        message
            .windows(4)
            .position(|w| w == b"\r\n\r\n")
            .expect("head")
            + 4
    };
    let damaged = arrival(1, false);
    check("nothing", &|_| {}, arrival(1, true));
    check("an octet", &|m| m[5_000] ^= 1, damaged);
    check(
        "the first octet",
        &|m| {
            let at = body(m);
            m[at] ^= 1;
        },
        damaged,
    );
    check(
        "an octet lost",
        &|m| {
            m.remove(5_000);
        },
        damaged,
    );
    check("an octet more", &|m| m.insert(5_000, b'x'), damaged);
    check(
        "a line lost",
        &|m| {
            m.drain(5_000..5_000 + LINE);
        },
        damaged,
    );
    check(
        "all lines lost",
        &|m| {
            let at = body(m);
            let end = m.len() - 3;
            m.drain(at..end);
        },
        damaged,
    );
    check(
        "all turns lost",
        &|m| {
            let at = body(m);
            m.drain(at..at + LINES * LINE);
        },
        damaged,
    );
    check(
        "a line more at the end",
        &|m| {
            let at = m.len() - 3;
            m.splice(at..at, *b"x\r\n");
        },
        damaged,
    );
    check(
        "the dot",
        &|m| {
            let at = body(m);
            m.remove(at);
        },
        damaged,
    );
    check(
        "another's end",
        &|m| {
            let at = m.len() - 6;
            m[at] = b'9';
        },
        damaged,
    );
    check(
        "an end too early",
        &|m| {
            let at = body(m) + 10 * LINE;
            m.splice(at.., *b".\r\n");
        },
        damaged,
    );
    let nobody = Arrival {
        number: None,
        intact: false,
    };
    check(
        "no number",
        &|m| {
            let at = m.windows(3).position(|w| w == b"X-T").expect("field");
            m[at] = b'Y';
        },
        nobody,
    );
    check(
        "no empty line",
        &|m| {
            *m = b"Subject: x\r\n.\r\n".to_vec();
        },
        nobody,
    );
    check(
        "nothing at all",
        &|m| {
            *m = b".\r\n".to_vec();
        },
        nobody,
    );
}

#[test]
fn a_header_may_be_long_and_not_without_end() {
    let check = |octets: usize, expected: Arrival| {
        let trace = format!("A: {}\r\n", "x".repeat(octets));
        let wire = [trace.as_bytes(), &message(1, 1_024)].concat();
        assert_eq!(arrivals(&wire, 4_096), (vec![expected], 0), "{octets}");
    };
    let nobody = Arrival {
        number: None,
        intact: false,
    };
    check(limits::NUMBERED_HEADER_MAX - 5_000, arrival(1, true));
    check(limits::NUMBERED_HEADER_MAX + 1, nobody);
}
