use proptest::prelude::*;

use super::*;

fn map() -> Attributes {
    Attributes {
        address: "mail".into(),
        side: "twinmxSide".into(),
        routing_address: "mailRoutingAddress".into(),
        aliases: vec!["mailLocalAddress".into(), "proxyAddresses".into()],
        default_side: None,
    }
}

fn read_with(text: &[u8], map: &Attributes) -> Result<Listing, Unreadable> {
    read(
        text,
        &"people".into(),
        &["cloud".into(), "notes".into()],
        map,
    )
}

fn summary(listing: &Listing) -> Vec<String> {
    let people = listing.recipients.iter().map(|listed| {
        let recipient = &listed.recipient;
        let routing = recipient
            .routing_address
            .as_ref()
            .map_or("-".to_owned(), ToString::to_string);
        let aliases: Vec<_> = recipient.aliases.iter().map(ToString::to_string).collect();
        format!(
            "{} {} {} {routing} {}",
            listed.line,
            recipient.primary,
            recipient.side,
            aliases.join(" ")
        )
    });
    people
        .chain(listing.problems.iter().map(ToString::to_string))
        .map(|line| line.trim_end().to_owned())
        .collect()
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(
        summary(&read_with(text.as_bytes(), &map()).unwrap()),
        expected,
        "{text}"
    );
}

#[test]
fn well_formed_entries() {
    check(
        "version: 1\n\n# People\n#  of all places\ndn: cn=John\nobjectClass: person\nmail: John@contoso.com\ntwinmxSide: cloud\n\
         mailRoutingAddress: SMTP:j@t.example\nproxyAddresses: SMTP:John@contoso.com\nproxyAddresses: smtp:jd@contoso.com\n\
         proxyAddresses: x500:/o=Contoso\nmailLocalAddress: j.doe@contoso.com\n\ndn: cn=Mary\nMAIL: mary@contoso.com\n\
         TWINMXSIDE: Notes\n",
        &[
            "5 John@contoso.com cloud j@t.example jd@contoso.com j.doe@contoso.com",
            "15 mary@contoso.com notes -",
        ],
    );
    check(
        "dn: cn=J\r\nmail: john@con\r\n toso.com\r\ntwinmx\r\nmail: x\r\n",
        &["line 4: this is neither an attribute nor the continuation of one"],
    );
    check(
        "dn: cn=J\nmail: john@con\n toso\n .com\ntwinmxSide: cl\n oud\n",
        &["1 john@contoso.com cloud -"],
    );
    check(
        "dn:: Y249Sg==\nmail:: asO8cmdlbkBjb250b3NvLmNvbQ==\ntwinmxSide:: Y2xvdWQ\n",
        &["1 jürgen@contoso.com cloud -"],
    );
    check(
        "dn: cn=J\nchangetype: add\nmail: a@contoso.com\nmail: b@contoso.com\ntwinmxSide: cloud\ntwinmxside: CLOUD\n",
        &["1 a@contoso.com cloud - b@contoso.com"],
    );
    check(
        "dn: cn=J\nmail;lang-de: a@contoso.com\ntwinmxSide: cloud\njpegPhoto:< file:///etc/passwd\n",
        &["1 a@contoso.com cloud -"],
    );
    check(
        "dn: cn=J\nproxyAddresses: smtp:b@contoso.com\nproxyAddresses: SMTP:A@contoso.com\ntwinmxSide: cloud\n",
        &["1 A@contoso.com cloud - b@contoso.com"],
    );
    check(
        "dn: ou=People\nobjectClass: organizationalUnit\n\n\n\ndn: cn=J\nmail:a@contoso.com\ntwinmxSide:cloud",
        &["6 a@contoso.com cloud -"],
    );
}

#[test]
fn a_bad_entry_costs_itself_only() {
    let check_entry = |lines: &str, wrong: &str| {
        let text = format!(
            "dn: cn=X\nmail: x@contoso.com\n{lines}\n\ndn: cn=L\nmail: last@contoso.com\ntwinmxSide: notes\n"
        );
        let listing = read_with(text.as_bytes(), &map()).unwrap();
        let last = format!("{} last@contoso.com notes -", 4 + lines.lines().count());
        assert_eq!(summary(&listing), [last, wrong.to_owned()], "{lines}");
        assert_eq!(
            listing
                .withheld
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
            ["x@contoso.com"],
            "{lines}"
        );
    };
    check_entry("objectClass: person", "line 1: x@contoso.com has no side");
    check_entry(
        "twinmxSide: clodu",
        "line 1: x@contoso.com lives in \"clodu\", but the configuration has no side of that name",
    );
    check_entry(
        "twinmxSide: cloud\ntwinmxSide: notes",
        "line 1: the entry names two sides, \"cloud\" and \"notes\"",
    );
    check_entry(
        "twinmxSide:< file:///etc/passwd",
        "line 3: the value of \"twinmxSide\" is a reference to a file or URL, which is not followed",
    );
    check_entry(
        "twinmxSide:: !",
        "line 3: the value of \"twinmxSide\" is not Base64 of UTF-8 text",
    );
    check_entry(
        "twinmxSide:: /w==",
        "line 3: the value of \"twinmxSide\" is not Base64 of UTF-8 text",
    );
    check_entry(
        "changetype: delete",
        "line 3: the entry is a change of type \"delete\"; only whole entries and \"add\" are read",
    );
    check_entry(
        "changetype: modify\nreplace: sn\nsn: Doe\n-",
        "line 3: the entry is a change of type \"modify\"; only whole entries and \"add\" are read",
    );
    check_entry(
        "twinmxSide\n: cloud",
        "line 3: this is neither an attribute nor the continuation of one",
    );
}

#[test]
fn an_entry_with_a_side_needs_an_address() {
    check(
        "dn: cn=X\ntwinmxSide: cloud\n\ndn: cn=Y\nmail: y\ntwinmxSide: cloud\n",
        &[
            "line 1: there is no address",
            "line 4: the address \"y\" is not one: it is not of the form name@domain",
        ],
    );
}

#[test]
fn a_default_side_serves_entries_without_one() {
    let map = Attributes {
        default_side: Some("notes".into()),
        side: "location".into(),
        ..map()
    };
    let text = b"dn: cn=X\nmail: x@contoso.com\n\ndn: cn=Y\nmail: y@contoso.com\nLocation: cloud\n";
    assert_eq!(
        summary(&read_with(text, &map).unwrap()),
        ["1 x@contoso.com notes -", "4 y@contoso.com cloud -"]
    );
}

#[test]
fn a_file_without_entries_gives_nothing() {
    let check = |text: &[u8]| assert_eq!(read_with(text, &map()), Err(Unreadable::NoEntries));
    check(b"");
    check(b"version: 1\n");
    check(b"address,side\na@contoso.com,cloud\n");
    check(&[0; 512]);
}

#[test]
fn limits_hold_at_the_limit_and_not_past_it() {
    let folded = |octets: usize| {
        let pad = " ".repeat(octets - ":".len() - "x@contoso.com".len() + 1);
        let text = format!("dn: cn=X\ntwinmxSide: cloud\nmail:{pad}\n x@contoso.com\n\ndn: cn=Y\n");
        summary(&read_with(text.as_bytes(), &map()).unwrap())
    };
    assert_eq!(folded(SOURCE_LINE_OCTETS_MAX), ["1 x@contoso.com cloud -"]);
    assert_eq!(
        folded(SOURCE_LINE_OCTETS_MAX + 1),
        ["line 3: the line is too long"]
    );
    let single = format!(
        "dn: cn=X\nmail: x@contoso.com{}\n",
        " ".repeat(SOURCE_LINE_OCTETS_MAX)
    );
    check(&single, &["line 2: the line is too long"]);
    let unread = format!(
        "dn: cn=X\nphoto: {}\nmail: x@contoso.com\ntwinmxSide: cloud\n",
        "x".repeat(SOURCE_LINE_OCTETS_MAX)
    );
    check(&unread, &["1 x@contoso.com cloud -"]);
}

proptest! {
    #[test]
    fn any_octets_are_a_listing_or_an_error(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_with(&octets, &map());
        let _ = read_with(&[b"dn: x\nmail: ", octets.as_slice()].concat(), &map());
    }

    #[test]
    fn a_good_entry_survives_any_line_before_it(line in "[^\r\n]{0,40}") {
        let text = format!("dn: a\n{line}\n\ndn: cn=L\nmail: last@contoso.com\ntwinmxSide: cloud\n");
        let listing = read_with(text.as_bytes(), &map()).unwrap();
        prop_assert!(listing.recipients.iter().any(|listed| listed.recipient.primary.canonical() == "last@contoso.com"));
    }

    #[test]
    fn folding_changes_nothing(cuts in proptest::collection::vec(6usize..60, 0..6)) {
        let line = "mail: a.rather.long.name.of.somebody@department.contoso.com";
        let mut folded = line.to_owned();
        let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut < line.len()).collect();
        cuts.sort_unstable();
        cuts.dedup();
        cuts.iter().rev().for_each(|cut| folded.insert_str(*cut, "\n "));
        let whole = read_with(format!("dn: a\n{line}\ntwinmxSide: cloud\n").as_bytes(), &map()).unwrap();
        let parts = read_with(format!("dn: a\n{folded}\ntwinmxSide: cloud\n").as_bytes(), &map()).unwrap();
        prop_assert_eq!(parts, whole);
    }
}
