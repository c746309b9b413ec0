use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::{Domain, DomainRule, Meta, Recipient, SourceRead};

const DAY: u64 = 86_400;
const NOW: UnixTime = UnixTime::from_seconds(100 * DAY);

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn domain(text: &str) -> Domain {
    Domain::parse(text).unwrap()
}

fn side(name: &str, recipient: RecipientForm) -> SideRule {
    let routing_domains = match name {
        "cloud" => vec![domain("contoso.mail.onmicrosoft.com")],
        "notes" => vec![domain("notes.contoso.com")],
        _ => Vec::new(),
    };
    let (tags, has_next_hop) = match name {
        "cloud" => (Tags::Kept, true),
        "old-exchange" => (Tags::Removed, true),
        _ => (Tags::Refused, name != "printers"),
    };
    SideRule {
        name: name.into(),
        routing_domains,
        recipient,
        tags,
        has_next_hop,
    }
}

fn rule(name: &str, unknown: UnknownRule, postmaster: Option<&str>) -> DomainRule {
    DomainRule {
        name: domain(name),
        unknown,
        postmaster: postmaster.map(address),
    }
}

fn policy_with(cloud: RecipientForm, notes: RecipientForm) -> Policy {
    let day = Duration::from_secs(DAY);
    let domains = vec![
        rule(
            "contoso.com",
            UnknownRule::Reject,
            Some("admin@contoso.com"),
        ),
        rule(
            "fabrikam.example",
            UnknownRule::Reject,
            Some("nobody@contoso.com"),
        ),
        rule("bare.example", UnknownRule::Reject, None),
        rule(
            "away.example",
            UnknownRule::Reject,
            Some("hostmaster@elsewhere.example"),
        ),
        rule("waiting.example", UnknownRule::Defer, None),
        rule("fallback.example", UnknownRule::Side("notes".into()), None),
        rule("broken.example", UnknownRule::Side("printers".into()), None),
    ];
    let sides = vec![
        side("cloud", cloud),
        side("notes", notes),
        side("printers", RecipientForm::AsGiven),
        side("old-exchange", cloud),
    ];
    Policy::new(domains, sides, Some(vec!["notes".into()]), day, day)
}

fn policy() -> Policy {
    policy_with(RecipientForm::RoutingAddress, RecipientForm::AsGiven)
}

fn person(primary: &str, side: &str) -> Recipient {
    Recipient::new(address(primary), side.into(), "people")
}

fn moved(primary: &str, side: &str, ago: u64, previous: Option<&str>) -> Recipient {
    Recipient {
        moved_at: Some(UnixTime::from_seconds(NOW.seconds() - ago)),
        previous_side: previous.map(Into::into),
        ..person(primary, side)
    }
}

/// Somebody's name in another world, as the index has it.
fn former_name(text: &str) -> Address {
    Address::of_foreign(&crate::ForeignAddress::parse(text).unwrap())
}

fn people() -> Vec<Recipient> {
    vec![
        Recipient {
            aliases: vec![
                former_name("X500:/o=contoso/cn=nora"),
                former_name("NOTES:nora berg/contoso"),
            ],
            ..person("nora@contoso.com", "notes")
        },
        Recipient {
            aliases: vec![former_name("X500:/o=contoso/cn=carl")],
            ..person("carl@contoso.com", "cloud")
        },
        Recipient {
            aliases: vec![
                address("j.doe@contoso.com"),
                address("john@fabrikam.example"),
            ],
            routing_address: Some(address("jdoe@contoso.mail.onmicrosoft.com")),
            ..person("John@contoso.com", "cloud")
        },
        person("mary@contoso.com", "notes"),
        person("a+b@contoso.com", "cloud"),
        person("a@contoso.com", "notes"),
        person("admin@contoso.com", "notes"),
        person("postmaster@waiting.example", "cloud"),
        person("scanner@contoso.com", "printers"),
        person("pat@contoso.com", "old-exchange"),
        person("ghost@contoso.com", "dissolved"),
        person("twin@contoso.com", "notes"),
        person("twin@fabrikam.example", "cloud"),
        moved("recent@contoso.com", "notes", DAY - 1, Some("cloud")),
        moved("old@contoso.com", "notes", DAY, Some("cloud")),
        moved("new@contoso.com", "notes", 60, None),
    ]
}

fn snapshot_read(ago: Option<u64>) -> Snapshot {
    let read_at = ago.map(|ago| UnixTime::from_seconds(NOW.seconds() - ago));
    let sources = vec![SourceRead {
        name: "people".into(),
        read_at,
    }];
    Snapshot::build(
        people(),
        Meta {
            built_at: NOW,
            sources,
        },
    )
    .unwrap()
}

fn origin(name: &str) -> Origin {
    if name == "internet" {
        Origin::Internet
    } else {
        Origin::Side(name.into())
    }
}

/// A decision in a few words.
fn short(decision: &Decision) -> String {
    match decision {
        Decision::Deliver { to, path, .. } => format!("{to} {path}"),
        Decision::Refuse(refusal) => format!("refuse {}", name(refusal)),
        Decision::Defer(deferral) => format!("defer {}", name(deferral)),
    }
}

fn name(reason: &impl std::fmt::Debug) -> String {
    format!("{reason:?}")
        .split([' ', '{'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn check_in(snapshot: &Snapshot, policy: &Policy, path: &str, from: &str, expected: &str) {
    let decision = decide(&address(path), &origin(from), snapshot, policy, NOW);
    assert_eq!(short(&decision), expected, "{path} from {from}: {decision}");
}

#[test]
fn what_is_damaged_defers_and_refuses_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("snapshot");
    snapshot_read(Some(10)).write(&file).unwrap();
    let whole = std::fs::read(&file).unwrap();
    let (deferred, unknown) = ("defer SnapshotDamaged", "refuse Unknown");
    let check = |place: usize, expected: &[(&str, &str)]| {
        let mut damaged = whole.clone();
        damaged[place] ^= 1;
        std::fs::write(&file, &damaged).unwrap();
        let snapshot = Snapshot::open(&file).unwrap();
        for (path, expected) in expected {
            for from in ["internet", "cloud", "notes"] {
                check_in(&snapshot, &policy(), path, from, expected);
            }
        }
    };
    let last_of_entries = whole.len() - 1;
    check(
        last_of_entries,
        &[
            ("john@contoso.com", deferred),
            ("john+tag@contoso.com", deferred),
            ("mary@contoso.com", deferred),
            ("john@notes.contoso.com", deferred),
            ("postmaster@contoso.com", deferred),
            ("nobody@contoso.com", unknown),
        ],
    );
    check(
        whole.len() - last_of_slots_to_end(&whole),
        &[
            ("john@contoso.com", deferred),
            ("nobody@contoso.com", deferred),
            ("postmaster@contoso.com", deferred),
        ],
    );
}

/// The octets from the last of the slots on.
fn last_of_slots_to_end(snapshot: &[u8]) -> usize {
    let octets = snapshot[104..112].try_into().unwrap();
    usize::try_from(u64::from_le_bytes(octets)).unwrap() + 1
}

#[test]
fn replies_to_old_messages_find_people_by_their_names() {
    let (snapshot, policy) = (snapshot_read(Some(10)), policy());
    let check = |path, from, expected| check_in(&snapshot, &policy, path, from, expected);
    // The form is the person's own: nobody else knows the name.
    let nora = "IMCEAEX-_O=CONTOSO_CN=NORA@contoso.com";
    check(nora, "internet", "notes nora@contoso.com");
    check(nora, "cloud", "notes nora@contoso.com");
    check(nora, "notes", "refuse WrongSide");
    check(
        "imceanotes-Nora+20Berg_Contoso+40DOM@fabrikam.example",
        "cloud",
        "notes nora@contoso.com",
    );
    check(
        "IMCEAEX-_O=CONTOSO_CN=NORA@contoso.mail.onmicrosoft.com",
        "cloud",
        "notes nora@contoso.com",
    );
    check(
        "IMCEAEX-_O=CONTOSO_CN=CARL@contoso.com",
        "notes",
        "cloud carl@contoso.com",
    );
    let nobody = "IMCEAEX-_O=CONTOSO_CN=NOBODY@contoso.com";
    check(nobody, "internet", "refuse Unknown");
    check(nobody, "cloud", "refuse Unknown");
    let elsewhere = "IMCEAEX-_O=CONTOSO_CN=NORA@elsewhere.example";
    check(elsewhere, "internet", "refuse RelayDenied");
}

#[test]
fn who_lives_where() {
    let (snapshot, policy) = (snapshot_read(Some(10)), policy());
    let check = |path, from, expected| check_in(&snapshot, &policy, path, from, expected);
    check(
        "john@contoso.com",
        "internet",
        "cloud jdoe@contoso.mail.onmicrosoft.com",
    );
    check(
        "JOHN@Contoso.Com",
        "notes",
        "cloud jdoe@contoso.mail.onmicrosoft.com",
    );
    check(
        "j.doe@contoso.com",
        "internet",
        "cloud jdoe@contoso.mail.onmicrosoft.com",
    );
    check(
        "john@fabrikam.example",
        "notes",
        "cloud jdoe@contoso.mail.onmicrosoft.com",
    );
    check("Mary@contoso.com", "internet", "notes Mary@contoso.com");
    check("mary@contoso.com", "cloud", "notes mary@contoso.com");
    check("mary@contoso.com", "printers", "notes mary@contoso.com");
    check("ghost@contoso.com", "internet", "defer SideMissing");
    check("scanner@contoso.com", "internet", "refuse SendOnlySide");
}

#[test]
fn tags_are_taken_off_where_the_side_takes_them() {
    let (snapshot, policy) = (snapshot_read(Some(10)), policy());
    let check = |path, from, expected| check_in(&snapshot, &policy, path, from, expected);
    check(
        "john+News@contoso.com",
        "internet",
        "cloud jdoe+News@contoso.mail.onmicrosoft.com",
    );
    check(
        "john+a+b@contoso.com",
        "internet",
        "cloud jdoe+a+b@contoso.mail.onmicrosoft.com",
    );
    check("mary+news@contoso.com", "internet", "refuse Unknown");
    check("a+b@contoso.com", "internet", "cloud a+b@contoso.com");
    check("a+c@contoso.com", "internet", "refuse Unknown");
    check(
        "john+x@contoso.mail.onmicrosoft.com",
        "notes",
        "cloud jdoe+x@contoso.mail.onmicrosoft.com",
    );
    let tag = "x".repeat(123);
    let long = decide(
        &address(&format!("john+{tag}@contoso.com")),
        &Origin::Internet,
        &snapshot,
        &policy,
        NOW,
    );
    assert_eq!(
        short(&long),
        format!("cloud jdoe+{tag}@contoso.mail.onmicrosoft.com")
    );
    check(
        "pat+x@contoso.com",
        "internet",
        "old-exchange pat@contoso.com",
    );
    let as_given = policy_with(RecipientForm::AsGiven, RecipientForm::AsGiven);
    check_in(
        &snapshot,
        &as_given,
        "Pat+x@contoso.com",
        "internet",
        "old-exchange Pat@contoso.com",
    );
    check_in(
        &snapshot,
        &as_given,
        "John+News@contoso.com",
        "internet",
        "cloud John+News@contoso.com",
    );
}

#[test]
fn routing_domains_mean_the_person_wherever_that_is() {
    let (snapshot, policy) = (snapshot_read(Some(10)), policy());
    let check = |path, from, expected| check_in(&snapshot, &policy, path, from, expected);
    check(
        "jdoe@contoso.mail.onmicrosoft.com",
        "notes",
        "cloud jdoe@contoso.mail.onmicrosoft.com",
    );
    check(
        "john@contoso.mail.onmicrosoft.com",
        "notes",
        "cloud jdoe@contoso.mail.onmicrosoft.com",
    );
    check(
        "j.doe@contoso.mail.onmicrosoft.com",
        "internet",
        "cloud jdoe@contoso.mail.onmicrosoft.com",
    );
    // Mary moved to Notes: her name in the cloud's routing domain would mean nothing there.
    check(
        "mary@contoso.mail.onmicrosoft.com",
        "cloud",
        "notes mary@contoso.com",
    );
    check(
        "mary@notes.contoso.com",
        "cloud",
        "notes mary@notes.contoso.com",
    );
    check(
        "mary@contoso.mail.onmicrosoft.com",
        "notes",
        "refuse WrongSide",
    );
    check(
        "twin@contoso.mail.onmicrosoft.com",
        "internet",
        "defer Ambiguous",
    );
    // Unknown: waiting.example is the first domain that does not refuse.
    check(
        "nobody@contoso.mail.onmicrosoft.com",
        "internet",
        "defer UnknownDeferred",
    );
    check(
        "john@other.onmicrosoft.com",
        "internet",
        "refuse RelayDenied",
    );
    let primary = policy_with(RecipientForm::Primary, RecipientForm::Primary);
    check_in(
        &snapshot,
        &primary,
        "jdoe@contoso.mail.onmicrosoft.com",
        "notes",
        "cloud John@contoso.com",
    );
}

#[test]
fn each_side_gets_the_form_it_wants() {
    let snapshot = snapshot_read(Some(10));
    let check = |form, path, expected| {
        check_in(
            &snapshot,
            &policy_with(form, form),
            path,
            "internet",
            expected,
        )
    };
    check(
        RecipientForm::RoutingAddress,
        "j.doe@contoso.com",
        "cloud jdoe@contoso.mail.onmicrosoft.com",
    );
    check(
        RecipientForm::RoutingAddress,
        "MARY@contoso.com",
        "notes mary@contoso.com",
    );
    check(
        RecipientForm::Primary,
        "j.doe@contoso.com",
        "cloud John@contoso.com",
    );
    check(
        RecipientForm::AsGiven,
        "J.Doe@contoso.com",
        "cloud J.Doe@contoso.com",
    );
    check(
        RecipientForm::AsGiven,
        "john@contoso.mail.onmicrosoft.com",
        "cloud john@contoso.mail.onmicrosoft.com",
    );
    check(
        RecipientForm::AsGiven,
        "john@notes.contoso.com",
        "cloud john@contoso.com",
    );
}

#[test]
fn mail_is_never_handed_back() {
    let (snapshot, policy) = (snapshot_read(Some(10)), policy());
    let check = |path, from, expected| check_in(&snapshot, &policy, path, from, expected);
    check("john@contoso.com", "cloud", "refuse WrongSide");
    check("mary@contoso.com", "notes", "refuse WrongSide");
    check("recent@contoso.com", "notes", "defer Settling");
    check("recent@contoso.com", "cloud", "notes recent@contoso.com");
    check("old@contoso.com", "notes", "refuse WrongSide");
    check("new@contoso.com", "notes", "defer Settling");
    check(
        "nobody@fallback.example",
        "internet",
        "notes nobody@fallback.example",
    );
    check("nobody@fallback.example", "notes", "refuse UnknownThereToo");
    check("nobody@broken.example", "internet", "defer SideMissing");

    let stale = snapshot_read(Some(DAY + 1));
    check_in(
        &stale,
        &policy,
        "mary@contoso.com",
        "notes",
        "defer WrongSideStale",
    );
    check_in(
        &snapshot_read(Some(DAY)),
        &policy,
        "mary@contoso.com",
        "notes",
        "refuse WrongSide",
    );
}

#[test]
fn a_contradiction_names_both_directories() {
    let (snapshot, policy) = (snapshot_read(Some(10)), policy());
    let decision = decide(
        &address("recent@contoso.com"),
        &origin("notes"),
        &snapshot,
        &policy,
        NOW,
    );
    assert_eq!(
        decision.to_string(),
        "defer: source people says the recipient lives in notes since 1970-04-10T00:00:01Z (before that in cloud), \
         but notes sent it here and does not know that yet; from 1970-04-11T00:00:01Z on it is refused"
    );
}

#[test]
fn what_nobody_knows() {
    let policy = policy();
    let check =
        |read, path, expected| check_in(&snapshot_read(read), &policy, path, "internet", expected);
    check(Some(10), "nobody@contoso.com", "refuse Unknown");
    check(Some(DAY), "nobody@contoso.com", "refuse Unknown");
    check(Some(DAY + 1), "nobody@contoso.com", "defer StaleUnknown");
    check(None, "nobody@contoso.com", "defer NoDirectory");
    check(Some(10), "nobody@waiting.example", "defer UnknownDeferred");
    check(
        Some(DAY + 1),
        "nobody@fallback.example",
        "defer StaleUnknown",
    );
    // Whoever is known is delivered to, however old the snapshot.
    check(Some(99 * DAY), "mary@contoso.com", "notes mary@contoso.com");
    check(
        None,
        "john@contoso.com",
        "cloud jdoe@contoso.mail.onmicrosoft.com",
    );
    check_in(
        &Snapshot::never_read(),
        &policy,
        "john@contoso.com",
        "internet",
        "defer NoDirectory",
    );
}

#[test]
fn postmasters_are_reached() {
    let (snapshot, policy) = (snapshot_read(Some(10)), policy());
    let check = |path, from, expected| check_in(&snapshot, &policy, path, from, expected);
    check(
        "postmaster@contoso.com",
        "internet",
        "notes admin@contoso.com",
    );
    check("PostMaster@contoso.com", "cloud", "notes admin@contoso.com");
    check("abuse@contoso.com", "internet", "notes admin@contoso.com");
    check("postmaster@contoso.com", "notes", "refuse WrongSide");
    check("hostmaster@contoso.com", "internet", "refuse Unknown");
    check(
        "postmaster@fabrikam.example",
        "internet",
        "defer PostmasterUnknown",
    );
    check("postmaster@bare.example", "internet", "refuse Unknown");
    check(
        "postmaster@away.example",
        "internet",
        "internet hostmaster@elsewhere.example",
    );
    check(
        "postmaster@waiting.example",
        "internet",
        "cloud postmaster@waiting.example",
    );
    check(
        "postmaster@elsewhere.example",
        "internet",
        "refuse RelayDenied",
    );
    check_in(
        &snapshot_read(Some(9 * DAY)),
        &policy,
        "postmaster@fabrikam.example",
        "internet",
        "defer PostmasterUnknown",
    );

    let short_postmaster = |policy: &Policy| {
        short(&decide_postmaster(
            &Origin::Internet,
            &snapshot,
            policy,
            NOW,
        ))
    };
    assert_eq!(short_postmaster(&policy), "notes admin@contoso.com");
    let nobody = Policy::new(Vec::new(), Vec::new(), None, Duration::ZERO, Duration::ZERO);
    assert_eq!(short_postmaster(&nobody), "refuse Unknown");
}

#[test]
fn only_named_sides_send_out() {
    let (snapshot, policy) = (snapshot_read(Some(10)), policy());
    let check = |path, from, expected| check_in(&snapshot, &policy, path, from, expected);
    check(
        "someone@elsewhere.example",
        "notes",
        "internet someone@elsewhere.example",
    );
    check("someone@elsewhere.example", "cloud", "refuse RelayDenied");
    check(
        "someone@elsewhere.example",
        "internet",
        "refuse RelayDenied",
    );
    check("john@sub.contoso.com", "internet", "refuse RelayDenied");
    check("john@[192.0.2.1]", "internet", "refuse RelayDenied");
    check("john@[192.0.2.1]", "notes", "internet john@[192.0.2.1]");
    let closed = Policy::new(Vec::new(), Vec::new(), None, Duration::ZERO, Duration::ZERO);
    check_in(
        &snapshot,
        &closed,
        "someone@elsewhere.example",
        "notes",
        "refuse RelayDenied",
    );
}

#[test]
fn an_explanation_tells_every_step() {
    let (snapshot, policy) = (snapshot_read(Some(10)), policy());
    let explain = |path: &str, from: &str| {
        crate::explain(Some(&address(path)), &origin(from), &snapshot, &policy, NOW).to_string()
    };
    assert_eq!(
        explain("J.Doe+x@contoso.com", "internet"),
        "J.Doe+x@contoso.com from internet\n  \
         decision   deliver to cloud as <jdoe+x@contoso.mail.onmicrosoft.com>: without its tag it is \
         J.Doe@contoso.com, a recipient in source people\n  \
         looked up  j.doe+x@contoso.com: nobody\n  \
         looked up  j.doe@contoso.com: alias of John@contoso.com\n  \
         recipient  John@contoso.com lives in cloud, says people\n  \
         routing    jdoe@contoso.mail.onmicrosoft.com\n  \
         aliases    j.doe@contoso.com john@fabrikam.example\n  \
         directory  16 recipients, people read 10 s ago"
    );
    assert!(
        explain("mary+x@contoso.com", "internet")
            .contains("mary@contoso.com, whose side takes no tags")
    );
    let postmaster = crate::explain(None, &Origin::Internet, &snapshot, &policy, NOW);
    assert_eq!(
        postmaster.recipient.unwrap().primary,
        address("admin@contoso.com")
    );
    assert_eq!(postmaster.path, Some(address("postmaster@contoso.com")));
}

fn any_person() -> impl Strategy<Value = Recipient> {
    let name = "(a|b|c|a\\+b|postmaster)@(contoso\\.com|fallback\\.example|notes\\.contoso\\.com)";
    let side = prop_oneof![Just("cloud"), Just("notes"), Just("printers"), Just("gone")];
    let routing = proptest::option::of("[abc]@contoso\\.mail\\.onmicrosoft\\.com");
    (name, side, routing, proptest::option::of(0..3 * DAY)).prop_map(
        |(name, side, routing, ago)| Recipient {
            routing_address: routing.as_deref().map(address),
            moved_at: ago.map(|ago| UnixTime::from_seconds(NOW.seconds() - ago)),
            ..person(&name, side)
        },
    )
}

proptest! {
    #[test]
    fn no_decision_hands_mail_back(
        people in proptest::collection::vec(any_person(), 0..12),
        read in proptest::option::of(0..2 * DAY),
        path in "(a|b|c|a\\+b|d|postmaster|abuse)@(contoso\\.com|fallback\\.example|notes\\.contoso\\.com|contoso\\.mail\\.onmicrosoft\\.com|else\\.example)",
        from in prop_oneof![Just("internet"), Just("cloud"), Just("notes"), Just("printers")],
        form in prop_oneof![Just(RecipientForm::RoutingAddress), Just(RecipientForm::Primary), Just(RecipientForm::AsGiven)],
    ) {
        let read_at = read.map(|ago| UnixTime::from_seconds(NOW.seconds() - ago));
        let meta = Meta { built_at: NOW, sources: vec![SourceRead { name: "people".into(), read_at }] };
        let snapshot = Snapshot::build(people, meta).unwrap();
        let (policy, origin) = (policy_with(form, form), origin(from));
        let decision = decide(&address(&path), &origin, &snapshot, &policy, NOW);
        if let Decision::Deliver { to, path: form, .. } = &decision {
            match to {
                Destination::Side(side) => {
                    prop_assert_ne!(Some(side), origin.side());
                    prop_assert!(policy.side(side).is_some_and(|rule| rule.has_next_hop));
                }
                Destination::Internet => prop_assert!(from == "notes" || path.contains("postmaster")),
            }
            prop_assert_eq!(&Address::parse(&form.to_string()).unwrap(), form);
        }
        let fresh = read.is_some_and(|ago| ago <= DAY);
        let unsure = matches!(decision, Decision::Refuse(Refusal::Unknown | Refusal::UnknownThereToo { .. } | Refusal::WrongSide { .. }));
        prop_assert!(fresh || !unsure, "refused on the word of an old snapshot");
        let explained = crate::explain(Some(&address(&path)), &origin, &snapshot, &policy, NOW);
        prop_assert_eq!(explained.decision, decision);
    }
}
