use proptest::prelude::*;

use super::*;
use crate::limits::{ALIASES_MAX, PROBLEMS_KEPT_MAX};

fn read_text(octets: &[u8]) -> Listing {
    read(octets, &"people".into(), &["cloud".into(), "notes".into()])
        .unwrap_or_else(|e| panic!("{e}"))
}

/// Each recipient as `line address side routing [aliases]`, then each problem.
fn summary(octets: &[u8]) -> Vec<String> {
    let listing = read_text(octets);
    let people = listing.recipients.iter().map(|listed| {
        let recipient = &listed.recipient;
        let routing = recipient
            .routing_address
            .as_ref()
            .map_or("-".to_owned(), ToString::to_string);
        let aliases: Vec<_> = recipient.aliases.iter().map(ToString::to_string).collect();
        format!(
            "{} {} {} {routing} {aliases:?}",
            listed.line, recipient.primary, recipient.side
        )
        .replace('"', "'")
    });
    people
        .chain(listing.problems.iter().map(ToString::to_string))
        .collect()
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(summary(text.as_bytes()), expected, "{text}");
}

#[test]
fn well_formed_files() {
    let john = "2 John@contoso.com cloud j@t.example ['a@contoso.com', 'b@contoso.com']";
    check(
        "address,side,routing_address,aliases\nJohn@contoso.com,cloud,j@t.example,a@contoso.com;b@contoso.com\n",
        &[john],
    );
    check(
        "address;side;routing_address;aliases\r\nJohn@contoso.com;CLOUD;j@t.example;\"a@contoso.com;b@contoso.com\"",
        &[john],
    );
    check(
        "address;side;routing_address;aliases\nJohn@contoso.com;cloud;j@t.example;a@contoso.com;b@contoso.com",
        &[john],
    );
    check(
        "address\tside\trouting address\taliases\nJohn@contoso.com\tcloud\tj@t.example\ta@contoso.com b@contoso.com\n",
        &[john],
    );
    check(
        "Side,Aliases,ADDRESS,Department,Routing-Address\ncloud,a@contoso.com|b@contoso.com,John@contoso.com,Sales,j@t.example\n",
        &[john],
    );
    check(
        "address,side\nmary@contoso.com,notes\n\n , \njim@contoso.com,notes",
        &[
            "2 mary@contoso.com notes - []",
            "5 jim@contoso.com notes - []",
        ],
    );
    check(
        "#TYPE Selected.People\n\"address\",\"side\"\n\"mary@contoso.com\",\"notes\"\n",
        &["3 mary@contoso.com notes - []"],
    );
    check(
        "sep=;\naddress;side\n# left: jim@contoso.com;notes\nmary@contoso.com;notes\n",
        &["4 mary@contoso.com notes - []"],
    );
    check(
        "address,side\n\"\"\"mary ann\"\"@contoso.com\",notes\n",
        &["2 'mary ann'@contoso.com notes - []"],
    );
    check(
        "address,side,aliases\nmary@contoso.com,notes,smtp:m@contoso.com;SMTP:mary@contoso.com;x500:/o=x;sip:mary@contoso.com\n",
        &["2 mary@contoso.com notes - ['m@contoso.com']"],
    );
    check(
        "address,side,aliases\nmary@contoso.com,notes,\"m@contoso.com\nn@contoso.com\"\njim@contoso.com,notes,\n",
        &[
            "2 mary@contoso.com notes - ['m@contoso.com', 'n@contoso.com']",
            "4 jim@contoso.com notes - []",
        ],
    );
    check(
        "address,side\nmary@contoso.com,notes,,\n",
        &["2 mary@contoso.com notes - []"],
    );
    check("address,side\n", &[]);
}

#[test]
fn encodings_of_windows() {
    let text = "address;side\njürgen@contoso.com;notes\n";
    let expected = ["2 jürgen@contoso.com notes - []"];
    assert_eq!(
        summary(&[b"\xef\xbb\xbf", text.as_bytes()].concat()),
        expected
    );
    let little: Vec<u8> = "\u{feff}"
        .chars()
        .chain(text.chars())
        .flat_map(|c| (c as u16).to_le_bytes())
        .collect();
    assert_eq!(summary(&little), expected);
    let big: Vec<u8> = "\u{feff}"
        .chars()
        .chain(text.chars())
        .flat_map(|c| (c as u16).to_be_bytes())
        .collect();
    assert_eq!(summary(&big), expected);
    // A column nobody reads may be in any character set.
    assert_eq!(
        summary(b"address,side,name\nmary@contoso.com,notes,M\xfcller\n"),
        ["2 mary@contoso.com notes - []"]
    );
}

#[test]
fn a_bad_line_costs_itself_only() {
    let last = "9 last@contoso.com notes - []";
    let check_line = |line: &str, wrong: &str| {
        let text = format!(
            "address,side,routing_address\na@contoso.com,notes,\n{line}\n\n\n\n\n\nlast@contoso.com,notes,\n"
        );
        check(
            &text,
            &[
                "2 a@contoso.com notes - []",
                last,
                &format!("line 3: {wrong}"),
            ],
        );
    };
    check_line(",notes,", "there is no address");
    check_line(
        "john,notes,",
        "the address \"john\" is not one: it is not of the form name@domain",
    );
    check_line("john@contoso.com,,", "john@contoso.com has no side");
    check_line("john@contoso.com", "john@contoso.com has no side");
    check_line(
        "john@contoso.com,clodu,",
        "john@contoso.com lives in \"clodu\", but the configuration has no side of that name",
    );
    check_line(
        "john@contoso.com,notes,,x,y",
        "5 fields, but the first line names 3 columns",
    );
    check_line(
        "john@contoso.com,\"notes,",
        "a quote is opened and not closed",
    );
    check_line(
        "\"john@contoso.com,notes,",
        "a quote is opened and not closed",
    );
    check_line(
        &format!("john@contoso.com,{},", "x".repeat(SOURCE_LINE_OCTETS_MAX)),
        "the line is too long",
    );
    check_line(
        &format!("john@contoso.com,notes,{}", ",".repeat(CSV_COLUMNS_MAX)),
        "the line is too long",
    );
    assert_eq!(
        summary(b"address,side\nj\xfcrgen@contoso.com,notes\n"),
        [
            "line 2: the address \"j\u{fffd}rgen@contoso.com\" is not one: its local part holds '\u{fffd}', which is not allowed there"
        ]
    );
}

#[test]
fn a_stray_quote_does_not_swallow_the_lines_up_to_the_next() {
    check(
        "address,side\n\"a@contoso.com,notes\nb@contoso.com,notes\nc@contoso.com,\"notes\nd@contoso.com,notes\n",
        &[
            "3 b@contoso.com notes - []",
            "5 d@contoso.com notes - []",
            "line 2: a quote is opened and not closed",
            "line 4: a quote is opened and not closed",
        ],
    );
}

#[test]
fn a_bad_alias_or_routing_address_costs_only_itself() {
    check(
        "address,side,routing_address,aliases\njohn@contoso.com,cloud,nowhere,\"x y@contoso.com;j@contoso.com\"\n",
        &[
            "2 john@contoso.com cloud - ['y@contoso.com', 'j@contoso.com']",
            "line 2: the routing address \"nowhere\" is not one: it is not of the form name@domain",
            "line 2: the alias \"x\" is not an address: it is not of the form name@domain",
        ],
    );
}

#[test]
fn the_person_of_a_bad_line_is_withheld() {
    let listing = read_text(b"address,side\njohn@contoso.com,clodu\nmary@contoso.com\njim@contoso.com,notes,x\nnobody,notes\n");
    let withheld: Vec<_> = listing.withheld.iter().map(ToString::to_string).collect();
    assert_eq!(
        withheld,
        ["john@contoso.com", "mary@contoso.com", "jim@contoso.com"]
    );
}

#[test]
fn a_file_without_columns_gives_nothing() {
    let check = |text: &[u8]| {
        assert_eq!(
            read(text, &"people".into(), &[]),
            Err(Unreadable::NoColumns)
        )
    };
    check(b"");
    check(b"\n\n#\n");
    check(b"john@contoso.com,cloud\n");
    check(b"address routing_address\n");
    check(b"dn: cn=x\nmail: x@contoso.com\n");
    check(&[0; 512]);
    check(format!("address,side{}\n", ",x".repeat(CSV_COLUMNS_MAX)).as_bytes());
}

#[test]
fn limits_hold_at_the_limit_and_not_past_it() {
    let aliases = |count: usize| {
        let list: Vec<String> = (0..count).map(|n| format!("a{n}@contoso.com")).collect();
        read_text(
            format!(
                "address,side,aliases\nx@contoso.com,notes,{}\n",
                list.join(";")
            )
            .as_bytes(),
        )
    };
    assert_eq!(aliases(ALIASES_MAX).problems_total, 0);
    let over = aliases(ALIASES_MAX + 1);
    assert_eq!(
        (
            over.recipients[0].recipient.aliases.len(),
            over.problems_total
        ),
        (ALIASES_MAX, 1)
    );

    let bad =
        |count: usize| read_text(format!("address,side\n{}", "x,notes\n".repeat(count)).as_bytes());
    assert_eq!(bad(PROBLEMS_KEPT_MAX).problems.len(), PROBLEMS_KEPT_MAX);
    let over = bad(PROBLEMS_KEPT_MAX + 1);
    assert_eq!(
        (over.problems.len(), over.problems_total),
        (PROBLEMS_KEPT_MAX, PROBLEMS_KEPT_MAX + 1)
    );

    let width = |octets: usize| {
        let pad = "x".repeat(octets - "x@contoso.com,notes,".len());
        read_text(format!("address,side,other\nx@contoso.com,notes,{pad}\n").as_bytes())
            .recipients
            .len()
    };
    assert_eq!(
        (
            width(SOURCE_LINE_OCTETS_MAX),
            width(SOURCE_LINE_OCTETS_MAX + 1)
        ),
        (1, 0)
    );

    let columns = |count: usize| {
        format!(
            "address,side{}\nx@contoso.com,notes\n",
            ",c".repeat(count - 2)
        )
    };
    assert_eq!(
        read_text(columns(CSV_COLUMNS_MAX).as_bytes())
            .recipients
            .len(),
        1
    );
    assert!(
        read(
            columns(CSV_COLUMNS_MAX + 1).as_bytes(),
            &"people".into(),
            &[]
        )
        .is_err()
    );

    let lines = |count: usize| {
        let text = format!(
            "address,side,aliases\nx@contoso.com,notes,\"a@contoso.com{}\"\n",
            "\n".repeat(count - 1)
        );
        read_text(text.as_bytes()).problems_total
    };
    assert_eq!(
        (lines(CSV_RECORD_LINES_MAX), lines(CSV_RECORD_LINES_MAX + 1)),
        (0, 2)
    );
}

proptest! {
    #[test]
    fn any_octets_are_a_listing_or_an_error(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&octets, &"people".into(), &["cloud".into()]);
        let _ = read(&[b"address,side,aliases\n", octets.as_slice()].concat(), &"people".into(), &["cloud".into()]);
    }

    #[test]
    fn a_good_line_survives_any_line_before_it(line in "[^\r\n]{0,40}") {
        let text = format!("address,side\n{line}\nlast@contoso.com,cloud\n");
        let listing = read(text.as_bytes(), &"people".into(), &["cloud".into()]).unwrap();
        prop_assert!(listing.recipients.iter().any(|listed| listed.recipient.primary.canonical() == "last@contoso.com"));
    }
}

#[test]
fn a_group_may_be_for_our_own_people_only() {
    for (text, expected, problems) in [
        ("", false, 0),
        ("no", false, 0),
        ("False", false, 0),
        ("0", false, 0),
        ("yes", true, 0),
        ("TRUE", true, 0),
        ("1", true, 0),
        ("$true", true, 1),
    ] {
        let listing = read_text(
            format!("internal_only,address,side,members\n{text},all@c.example,notes,n@c.example\n")
                .as_bytes(),
        );
        let group = listing.recipients[0].recipient.group.as_ref();
        assert_eq!(group.unwrap().internal_only, expected, "{text}");
        assert_eq!(listing.problems.len(), problems, "{text}");
    }
}

#[test]
fn whoever_has_members_is_a_group() {
    let listing = read_text(
        b"address,side,members\nall@c.example,notes,\"nora@c.example;x@example.net, ALL\"\nnora@c.example,notes,\n",
    );
    let groups: Vec<_> = listing
        .recipients
        .iter()
        .map(|listed| listed.recipient.group.as_ref())
        .collect();
    let members: Vec<String> = groups[0]
        .unwrap()
        .members
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(members, ["nora@c.example", "x@example.net"]);
    assert_eq!(groups[1], None);
    let problems: Vec<String> = listing.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("line 2: the member \"ALL\" is not an address"));
}
