use super::*;
use crate::Key;

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// An entry with the address `anna@contoso.com` and one of its own source.
fn entry(location: Location, alias: &str) -> Entry {
    let mut entry = Entry::new(Key::from_text("k").unwrap(), location);
    entry.primary = Some(address("anna@contoso.com"));
    entry.aliases = vec![address(alias)];
    entry
}

fn cloud() -> Entry {
    let mut entry = entry(Location::In(System::Cloud), "a.cloud@contoso.com");
    entry.routing_address = Some(address("anna@contoso.mail.onmicrosoft.com"));
    entry
}

fn notes() -> Entry {
    entry(Location::In(System::Domino), "a.notes@contoso.com")
}

fn merged(entries: &[&Entry]) -> Merged {
    let sides: Vec<Option<SideName>> = entries
        .iter()
        .map(|entry| entry.system().map(|system| SideName::from(system.name())))
        .collect();
    let names = ["s0", "s1", "s2", "s3"];
    let claims: Vec<Claim> = entries
        .iter()
        .zip(&sides)
        .zip(names)
        .map(|((entry, side), source)| Claim {
            source,
            kind: None,
            entry,
            side: side.as_ref(),
        })
        .collect();
    merge(&claims)
}

fn check(entries: &[&Entry], side: Option<&str>, standings: &[Standing]) {
    let found = merged(entries);
    assert_eq!(
        found.recipient.as_ref().map(|r| r.side.as_str()),
        side,
        "{entries:?}"
    );
    assert_eq!(found.standings, standings, "{entries:?}");
    assert_eq!(
        found.winner,
        standings
            .iter()
            .position(|standing| *standing == Standing::Wins)
    );
}

#[test]
fn the_first_that_names_a_mailbox_decides() {
    let (cloud, notes) = (cloud(), notes());
    check(
        &[&cloud, &notes],
        Some("cloud"),
        &[Standing::Wins, Standing::Overruled],
    );
    check(
        &[&notes, &cloud],
        Some("domino"),
        &[Standing::Wins, Standing::Overruled],
    );
    check(
        &[&notes, &cloud, &notes],
        Some("domino"),
        &[Standing::Wins, Standing::Overruled, Standing::Agrees],
    );
    check(&[], None, &[]);
}

#[test]
fn who_does_not_say_where_is_silent() {
    let why = WhyUnknown::LicenceAlone;
    let silent = entry(Location::Unknown(why), "a@contoso.com");
    check(
        &[&silent, &notes()],
        Some("domino"),
        &[Standing::Silent(why), Standing::Wins],
    );
    check(&[&silent], None, &[Standing::Silent(why)]);
}

#[test]
fn mail_sent_elsewhere_counts_after_every_mailbox() {
    let out = entry(
        Location::External(address("a@example.net")),
        "a@contoso.com",
    );
    check(
        &[&out, &notes()],
        Some("domino"),
        &[Standing::NoMailbox, Standing::Wins],
    );
    // No side delivers to it, but it is what is known.
    check(&[&out], None, &[Standing::Wins]);
}

#[test]
fn a_system_without_a_side_is_silent() {
    let notes = notes();
    let side = SideName::from("cloud");
    let cloud = cloud();
    let claim = |entry, side| Claim {
        source: "s",
        kind: None,
        entry,
        side,
    };
    let found = merge(&[claim(&notes, None), claim(&cloud, Some(&side))]);
    assert_eq!(
        found.standings,
        [Standing::Silent(WhyUnknown::UnknownSystem), Standing::Wins]
    );
}

#[test]
fn all_addresses_lead_to_the_one_recipient() {
    let (mut notes, cloud) = (notes(), cloud());
    notes.foreign = ForeignAddress::new(crate::ForeignKind::Notes, "Anna Berg/Contoso")
        .into_iter()
        .collect();
    let found = merged(&[&notes, &cloud]);
    let recipient = found.recipient.unwrap();
    assert_eq!(recipient.primary, address("anna@contoso.com"));
    assert_eq!(
        recipient.aliases,
        [
            address("a.notes@contoso.com"),
            address("a.cloud@contoso.com"),
            Address::of_foreign(&found.foreign[0]),
        ]
    );
    assert_eq!(&*recipient.source, "s0");
    assert_eq!(found.foreign.len(), 1);
    // The cloud's name for somebody who lives in Domino is not used.
    assert_eq!(recipient.routing_address, None);
    let mut agrees = entry(Location::In(System::Cloud), "x@contoso.com");
    agrees.routing_address = None;
    let found = merged(&[&agrees, &cloud]);
    assert_eq!(
        found.recipient.unwrap().routing_address,
        cloud.routing_address
    );
}

#[test]
fn claims_and_addresses_are_bounded() {
    let silent = entry(Location::Unknown(WhyUnknown::NoMail), "a@contoso.com");
    let (notes, side) = (notes(), SideName::from("domino"));
    let last = |count: usize| {
        let mut claims = vec![
            Claim {
                source: "s",
                kind: None,
                entry: &silent,
                side: None,
            };
            count - 1
        ];
        claims.push(Claim {
            entry: &notes,
            side: Some(&side),
            ..claims[0]
        });
        merge(&claims).winner.is_some()
    };
    assert!(last(CLAIMS_MAX));
    assert!(!last(CLAIMS_MAX + 1));
    let mut many = cloud();
    many.aliases = (0..ALIASES_MAX)
        .map(|number| address(&format!("n{number}@contoso.com")))
        .collect();
    let found = merged(&[&many]).recipient.unwrap();
    assert_eq!(found.aliases.len(), ALIASES_MAX);
    let found = merged(&[&many, &notes]).recipient.unwrap();
    assert_eq!(found.aliases.len(), ALIASES_MAX);
}
