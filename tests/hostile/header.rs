//! Header blocks made to be read in two ways.

use super::Dice;
use crate::scene::{INTERNET, NOTES, Scene};

#[tokio::test]
async fn header_lines_that_are_no_fields_are_refused_from_strangers() {
    let scene = Scene::start().await;
    for header in [
        "no field at all\r\nSubject: x\r\n\r\nx\r\n",
        "Subject: x\r\nno field\r\n\r\nx\r\n",
        " a continuation of nothing\r\nSubject: x\r\n\r\nx\r\n",
        "Subject: nul \0 in it\r\n\r\nx\r\n",
        ": no name\r\n\r\nx\r\n",
    ] {
        let mut client = scene.client(INTERNET).await;
        let delivery = client
            .deliver("a@example.net", &["nora@contoso.com"], header.as_bytes())
            .await
            .expect("a dialog");
        assert_eq!(
            (delivery.verdict().code, delivery.verdict().enhanced()),
            (550, Some("5.6.0")),
            "{header:?}"
        );
    }
    assert!(scene.nothing_arrived());
}

/// Fields that no stranger may say, as they are honestly spelled.
const FORBIDDEN: &[&str] = &[
    "X-MS-Exchange-Organization-AuthAs",
    "X-MS-Exchange-Organization-SCL",
    "X-MS-Exchange-CrossPremises-AuthSource",
    "X-MS-Exchange-CrossTenant-Id",
    "X-MS-Exchange-Forest-ArrivalHubServer",
    "X-OriginatorOrg",
];
/// Fields that look like them, and others; all of them stay.
const ALLOWED: &[&str] = &[
    "Subject: x\r\n",
    "X-MS-Exchange-Organisation-AuthAs: Internal\r\n",
    "X-MS-Exchange-Organizational: Internal\r\n",
    "X-MS-Exchange-AntiSpam-MessageData-0: signed\r\n",
    "Y-X-MS-Exchange-Organization-AuthAs: Internal\r\n",
    "Comments: X-MS-Exchange-Organization-AuthAs: Internal\r\n",
    "Comments: folded\r\n X-MS-Exchange-Organization-AuthAs: Internal\r\n",
    "Comments: folded\r\n\tX-OriginatorOrg: contoso.com\r\n \r\n X-OriginatorOrg: contoso.com\r\n",
    "X-OriginatorOrganization: contoso.com\r\n",
    "X-OriginatorOrg-: contoso.com\r\n",
    "X-Originator-Org:contoso.com\r\n",
    "ARC-Seal: i=1; cv=none; b=AAAA\r\n",
    "Received-SPF: pass (mx.contoso.com: forged)\r\n",
    "From: a@example.net\r\n",
    "From : boss@contoso.com\r\n",
    "Authentication-Results: mx.contoso.com.example.net; spf=pass\r\n",
    "Authentication-Results: (mx.contoso.com) filter.example.net; spf=pass\r\n",
    "X-Empty:\r\n",
    "=?utf-8?q?X-OriginatorOrg?=: contoso.com\r\n",
    "ARC-Seal: i=2; cv=pass; b=BBBB\r\nARC-Message-Signature: i=2; b=BBBB\r\nARC-Authentication-Results: i=2; mx.contoso.com; spf=pass\r\n",
    "DKIM-Signature: v=1; d=example.net; h=From:X-OriginatorOrg; b=CCCC\r\n",
];
const VERDICTS: &[&str] = &[
    " mx.contoso.com; spf=pass",
    "MX.Contoso.Com;dkim=pass",
    " (c) mx.contoso.com 1; none",
    "\r\n\t\"mx.contoso.com\"; arc=pass",
    " mx.contoso.com.; spf=pass",
    "",
];

/// One generated line of a header, or a few.
pub(crate) struct Piece {
    pub(crate) raw: Vec<u8>,
    pub(crate) forbidden: bool,
    /// Not a field at all to a strict reader: from strangers the whole message is refused.
    pub(crate) broken: bool,
}

fn spelled(name: &str, dice: &mut Dice) -> Vec<u8> {
    let mode = dice.roll(4);
    let change = |(at, octet): (usize, u8)| match mode {
        0 => octet,
        1 => octet.to_ascii_lowercase(),
        2 => octet.to_ascii_uppercase(),
        _ if at % 2 == 0 => octet.to_ascii_uppercase(),
        _ => octet.to_ascii_lowercase(),
    };
    name.bytes().enumerate().map(change).collect()
}

/// A field that must not pass, disguised.
fn forbidden(dice: &mut Dice) -> Piece {
    if dice.once_in(6) {
        let name = spelled("Authentication-Results", dice);
        let raw = [
            &name,
            dice.pick(&["", " ", "\t "]).as_bytes(),
            b":",
            dice.pick(VERDICTS).as_bytes(),
            b"\r\n",
        ]
        .concat();
        return Piece {
            raw,
            forbidden: true,
            broken: false,
        };
    }
    let mut name = spelled(dice.pick(FORBIDDEN), dice);
    if dice.once_in(12) && name.len() > 20 {
        name.extend([b'a'; 1_500]); // below a forbidden prefix any name is forbidden
    }
    let value: &[u8] = dice.pick(&[
        &b" Internal"[..],
        b"Internal",
        b"\r\n Internal",
        b"",
        b" a\r\n\tb\r\n  c",
        b" \xff\xfe",
        b" a: b: c",
    ]);
    let mut colon: Vec<u8> = dice
        .pick(&["", "", " ", "\t", " \t \t"])
        .as_bytes()
        .to_vec();
    let mut broken = false;
    if dice.once_in(3) {
        broken = true;
        let middle = name.len() / 2;
        match dice.roll(10) {
            0 => colon = b"\r\n ".to_vec(),
            1 => drop(name.splice(middle..middle, *b"\r\n\t")),
            2 => name.insert(middle, 0x80),
            3 => name.insert(0, 0x0b),
            4 => name.extend_from_slice(b"\xc2\xa0"),
            5 => drop(name.splice(0..0, *b"\xef\xbb\xbf")),
            6 => drop(name.splice(0..0, *b"a line that is no field\r\n ")),
            7 => colon = b"\r\n \r\n\t".to_vec(),
            8 => drop(name.splice(middle..middle, *b" ")),
            _ => name.insert(name.len(), 0x7f),
        }
    }
    Piece {
        raw: [&name[..], &colon, b":", value, b"\r\n"].concat(),
        forbidden: true,
        broken,
    }
}

pub(crate) fn header(dice: &mut Dice) -> Vec<Piece> {
    let allowed = |raw: &[u8]| Piece {
        raw: raw.to_vec(),
        forbidden: false,
        broken: false,
    };
    let mut pieces = vec![allowed(b"Message-ID: <x@example.net>\r\n")];
    if dice.once_in(20) {
        let filler = [b"X-Filler: ".as_slice(), &[b'x'; 900], b"\r\n"].concat();
        pieces.extend((0..200).map(|_| allowed(&filler)));
    }
    let forbidden_times = if dice.once_in(20) { 2000 } else { 1 };
    for _ in 0..1 + dice.roll(6) {
        if dice.once_in(2) {
            pieces.push(allowed(dice.pick(ALLOWED).as_bytes()));
        } else {
            pieces.push(forbidden(dice));
        }
    }
    for _ in 1..forbidden_times {
        pieces.push(Piece {
            raw: b"X-OriginatorOrg: contoso.com\r\n".to_vec(),
            forbidden: true,
            broken: false,
        });
    }
    pieces.push(allowed(b"MIME-Version: 1.0\r\n"));
    pieces
}

/// What stands inside a message is content, whatever it looks like.
pub(crate) const ATTACHED: &[u8] = b"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nX-MS-Exchange-Organization-AuthAs: Internal\r\nX-OriginatorOrg : contoso.com\r\n\
    Authentication-Results: mx.contoso.com; spf=pass\r\n\r\nx\r\n--b--\r\n";

/// The names in a header block as a reader finds them that forgives everything: any line end, folded names, and octets
/// in a name that no name may have.
fn lenient_names(content: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(content)
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    let header = text
        .split("\n\n")
        .next()
        .unwrap_or_default()
        .replace("\n ", "")
        .replace("\n\t", "");
    let name = |name: &str| {
        name.chars()
            .filter(char::is_ascii_graphic)
            .collect::<String>()
            .to_ascii_lowercase()
    };
    header
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(n, value)| (name(n), value.to_owned()))
        .collect()
}

fn is_forbidden(name: &str) -> bool {
    let prefixes = ["organization-", "crosspremises-", "crosstenant-", "forest-"];
    name == "x-originatororg"
        || prefixes.iter().any(|prefix| {
            name.strip_prefix("x-ms-exchange-")
                .is_some_and(|rest| rest.starts_with(prefix))
        })
}

#[tokio::test]
async fn no_disguise_carries_a_forbidden_field_past_the_firewall_and_every_other_line_arrives() {
    let scene = Scene::start().await;
    let mut dice = Dice(7);
    let (mut refused, mut taken) = (0, 0);
    let mut clients = [scene.client(INTERNET).await, scene.client(NOTES).await];
    for round in 0..400 {
        let pieces = header(&mut dice);
        let sent: Vec<u8> = pieces
            .iter()
            .flat_map(|piece| piece.raw.clone())
            .chain(ATTACHED.iter().copied())
            .collect();
        let from = round % 2;
        let delivery = clients[from]
            .deliver("a@contoso.com", &["cleo@contoso.com"], &sent)
            .await
            .expect("a dialog");
        let shown = || String::from_utf8_lossy(&sent[..sent.len().min(2000)]).into_owned();
        let broken = pieces.iter().any(|piece| piece.broken);
        assert_eq!(
            delivery.is_accepted(),
            from == 1 || !broken,
            "round {round}: {:?}: {:?}",
            delivery.verdict(),
            shown()
        );
        if !delivery.is_accepted() {
            refused += 1;
            continue;
        }
        taken += 1;
        let got = scene.cloud.next_message().await.expect("it arrives");
        for (name, value) in lenient_names(got.below(1)) {
            assert!(
                !is_forbidden(&name),
                "round {round}: {name} passed: {:?}",
                shown()
            );
            let ours = name == "authentication-results"
                && value
                    .trim_start()
                    .to_ascii_lowercase()
                    .starts_with("mx.contoso.com;");
            assert!(
                !ours,
                "round {round}: a verdict in our name passed: {:?}",
                shown()
            );
        }
        let kept = pieces
            .iter()
            .filter(|piece| !piece.forbidden)
            .flat_map(|piece| piece.raw.clone());
        let kept: Vec<u8> = kept.chain(ATTACHED.iter().copied()).collect();
        assert!(
            got.below(1) == kept,
            "round {round}: {:?} became {:?}",
            shown(),
            String::from_utf8_lossy(got.below(1))
        );
    }
    assert!(
        refused > 40 && taken > 200,
        "{refused} refused, {taken} taken"
    );
}

#[tokio::test]
async fn line_ends_of_another_kind_hide_nothing() {
    let scene = Scene::start().await;
    for trick in [
        "Subject: x\nX-MS-Exchange-Organization-AuthAs: Internal\r\n\r\n",
        "Subject: x\rX-MS-Exchange-Organization-AuthAs: Internal\r\n\r\n",
        "Subject: x\r\r\nX-MS-Exchange-Organization-AuthAs: Internal\r\n\r\n",
        "Subject: x\r\n\rX-MS-Exchange-Organization-AuthAs: Internal\r\n\r\n",
        "Subject: x\0\r\nX-MS-Exchange-Organization-AuthAs: Internal\r\n\r\n",
        "Subject: x\r\nX-MS-Exchange-Organization-AuthAs\0: Internal\r\n\r\n",
        "Subject: x\r\n\0\r\nX-MS-Exchange-Organization-AuthAs: Internal\r\n\r\n",
    ] {
        for from in [INTERNET, NOTES] {
            let mut client = scene.client(from).await;
            client.mail("a@contoso.com").await.expect("MAIL");
            client.rcpt("cleo@contoso.com").await.expect("RCPT");
            client
                .data_raw(format!("{trick}body\r\n.\r\n").as_bytes())
                .await
                .expect("DATA");
            let reply = client.read_reply().await.expect("one answer");
            assert_eq!(
                (reply.code, reply.enhanced()),
                (550, Some("5.6.0")),
                "{trick:?} from {from}"
            );
        }
    }
    assert!(scene.nothing_arrived());
}

#[tokio::test]
async fn a_message_that_is_nothing_but_header_is_judged_as_well() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    for end in ["\r\n", ""] {
        client.mail("a@example.net").await.expect("MAIL");
        client.rcpt("cleo@contoso.com").await.expect("RCPT");
        let sent = format!("Subject: x\r\nX-OriginatorOrg: contoso.com{end}");
        assert_eq!(
            client.bdat_last(sent.as_bytes()).await.expect("BDAT").code,
            250
        );
        let got = scene.cloud.next_message().await.expect("it arrives");
        assert_eq!(got.field("Subject"), ["x"]);
        assert_eq!(got.field("X-OriginatorOrg"), [""; 0]);
    }
}
