//! What routing says of an address, among few and many.

use std::hint::black_box;
use std::time::Duration;

use routing::{
    Address, Decision, Domain, DomainRule, Meta, Origin, Policy, Recipient, RecipientForm,
    SideRule, Snapshot, SourceRead, Tags, UnixTime, UnknownRule, decide,
};

use crate::{HotPath, Work};

pub(crate) fn paths() -> Vec<HotPath> {
    let path = |name: &str, addresses: usize, asked: Asked| {
        let name = format!("decide/{name}");
        HotPath::new(name, Work::Elements(ASKED as u64), move || {
            decisions(addresses, asked)
        })
    };
    vec![
        path("1000", 1_000, Asked::Known),
        path("1000/unknown", 1_000, Asked::Unknown),
        path("1000/parsed", 1_000, Asked::Text),
        path("100000", 100_000, Asked::Known),
        path("1000000", 1_000_000, Asked::Known),
    ]
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asked {
    /// Everybody who is asked for is there.
    Known,
    /// Nobody.
    Unknown,
    /// Everybody, and each address is read from its text first.
    Text,
}

/// Addresses asked for at a time, spread over all.
const ASKED: usize = 1_000;

pub(crate) const NOW: UnixTime = UnixTime::from_seconds(1_763_733_120);

fn decisions(addresses: usize, asked: Asked) -> impl FnMut() -> u64 {
    let (snapshot, policy) = (snapshot(addresses), policy());
    let texts: Vec<String> = (0..ASKED)
        .map(|number| scattered(number, addresses))
        .map(|person| match asked {
            Asked::Known | Asked::Text => name(person),
            Asked::Unknown => name(person + addresses),
        })
        .collect();
    let paths: Vec<Address> = texts.iter().map(|text| address(text)).collect();
    move || {
        let decided = |path: &Address| {
            let decision = decide(
                black_box(path),
                &Origin::Internet,
                black_box(&snapshot),
                &policy,
                NOW,
            );
            let expected = match asked {
                Asked::Known | Asked::Text => matches!(decision, Decision::Deliver { .. }),
                Asked::Unknown => matches!(decision, Decision::Refuse(_)),
            };
            u64::from(expected)
        };
        match asked {
            Asked::Known | Asked::Unknown => paths.iter().map(decided).sum(),
            Asked::Text => texts.iter().map(|text| decided(&address(text))).sum(),
        }
    }
}

/// Different numbers below `all`, in an order that no cache foresees: `all` and the factor have no divisor in common.
fn scattered(number: usize, all: usize) -> usize {
    number * 7_368_787 % all
}

fn name(person: usize) -> String {
    format!("person.{person:07}@contoso.com")
}

pub(crate) fn snapshot(addresses: usize) -> Snapshot {
    let people = (0..addresses).map(|number| {
        let side = ["cloud", "notes"][number % 2];
        let mut person = Recipient::new(address(&name(number)), side.into(), "people");
        person.routing_address =
            (side == "cloud").then(|| address(&format!("p{number}@{ROUTING_DOMAIN}")));
        person
    });
    let meta = Meta {
        built_at: NOW,
        sources: vec![SourceRead {
            name: "people".into(),
            read_at: Some(NOW),
        }],
    };
    Snapshot::build(people, meta).expect("a crowd within the bounds")
}

pub(crate) fn policy() -> Policy {
    let day = Duration::from_secs(86_400);
    let domain = DomainRule {
        name: domain("contoso.com"),
        unknown: UnknownRule::Reject,
        postmaster: None,
    };
    let side = |name: &str, routing_domains, recipient, tags| SideRule {
        name: name.into(),
        routing_domains,
        recipient,
        tags,
        has_next_hop: true,
    };
    let sides = vec![
        side(
            "cloud",
            vec![self::domain(ROUTING_DOMAIN)],
            RecipientForm::RoutingAddress,
            Tags::Kept,
        ),
        side("notes", Vec::new(), RecipientForm::AsGiven, Tags::Refused),
    ];
    Policy::new(vec![domain], sides, None, day, day)
}

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

fn domain(text: &str) -> Domain {
    Domain::parse(text).expect("a domain")
}

const ROUTING_DOMAIN: &str = "contoso.mail.onmicrosoft.com";
