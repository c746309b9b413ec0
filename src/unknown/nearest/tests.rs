use proptest::prelude::*;
use routing::{Meta, Recipient, SideName, SourceRead, UnixTime};

use super::*;

fn snapshot(addresses: &[&str]) -> Snapshot {
    let recipients = addresses.iter().map(|addresses| {
        let mut addresses = addresses.split(' ').map(address);
        let primary = addresses.next().expect("a primary address");
        let mut recipient = Recipient::new(primary, SideName::from("notes"), "people");
        recipient.aliases = addresses.collect();
        recipient
    });
    let meta = Meta {
        built_at: UnixTime::from_seconds(1),
        sources: vec![SourceRead {
            name: "people".into(),
            read_at: Some(UnixTime::from_seconds(1)),
        }],
    };
    Snapshot::build(recipients, meta).expect("it fits")
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn the_nearest_known_address_is_found() {
    let snapshot = snapshot(&[
        "anna.berg@contoso.com aberg@contoso.com",
        "john.doe@contoso.com",
        "jon.roe@contoso.com",
        "info@contoso.de",
        "jörg.müller@contoso.com",
        "bo@contoso.com",
        "ines.maier@contoso.de",
    ]);
    let check = |unknown: &str, expected: Option<(&str, Likeness)>| {
        let found = find(&[address(unknown)], &snapshot).remove(0);
        let found = found
            .as_ref()
            .map(|found| (&*found.address, found.likeness));
        assert_eq!(found, expected, "{unknown}");
    };
    use Likeness::*;
    check(
        "anna.berg@contoso.com",
        Some(("anna.berg@contoso.com", Same)),
    );
    check(
        "Anna.Breg@contoso.com",
        Some(("anna.berg@contoso.com", OneEdit)),
    );
    check(
        "ana.bergg@contoso.com",
        Some(("anna.berg@contoso.com", TwoEdits)),
    );
    check("an.ber@contoso.com", None);
    check(
        "berg.anna@contoso.com",
        Some(("anna.berg@contoso.com", OtherForm)),
    );
    check(
        "annaberg@contoso.com",
        Some(("anna.berg@contoso.com", OtherForm)),
    );
    check(
        "anna_berg@contoso.com",
        Some(("anna.berg@contoso.com", OtherForm)),
    );
    check(
        "anna.berg+shop@contoso.de",
        Some(("anna.berg@contoso.com", OtherFormAndDomain)),
    );
    check("abreg@contoso.com", Some(("aberg@contoso.com", OneEdit)));
    check("info@contoso.com", Some(("info@contoso.de", OtherDomain)));
    check("infos@contoso.com", None);
    check(
        "jon.doe@contoso.com",
        Some(("john.doe@contoso.com", OneEdit)),
    );
    check(
        "jörg.muller@contoso.com",
        Some(("jörg.müller@contoso.com", OneEdit)),
    );
    check(
        "jorg.muller@contoso.com",
        Some(("jörg.müller@contoso.com", TwoEdits)),
    );
    // Short names: one edit is half of it.
    check("b@contoso.com", None);
    check("boo@contoso.com", Some(("bo@contoso.com", OneEdit)));
    check("booo@contoso.com", None);
    check(
        "maier.ines@contoso.com",
        Some(("ines.maier@contoso.de", OtherFormAndDomain)),
    );
}

#[test]
fn of_two_that_are_equally_near_it_is_the_first() {
    let snapshot = snapshot(&["marc@contoso.com", "mara@contoso.com", "mark@contoso.com"]);
    let found = find(&[address("mar@contoso.com")], &snapshot).remove(0);
    assert_eq!(
        found.map(|found| found.address),
        Some("mara@contoso.com".to_owned())
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// The shortcuts lose nothing: the same as comparing each with each.
    #[test]
    fn nobody_near_is_overlooked(
        known in prop::collection::hash_set("[ab]{1,4}[ab.]{0,6}[ab]", 1..40),
        unknown in prop::collection::vec("[ab]{1,4}[ab.]{0,6}[ab]", 1..20),
    ) {
        let known: Vec<String> = known.iter().map(|local| format!("{local}@x.example")).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).filter(|known| Address::parse(known).is_ok()).collect();
        let unknown: Vec<Address> = unknown.iter().filter_map(|local| Address::parse(&format!("{local}@x.example")).ok()).collect();
        let found = find(&unknown, &snapshot(&known));
        for (wanted, found) in unknown.iter().zip(found) {
            let edits = match wanted.folded_local().len() { ..=1 => 0, 2..=5 => 1, _ => 2 };
            let distance = |known: &&str| strsim::osa_distance(wanted.folded_local(), known.split('@').next().unwrap_or_default());
            let nearest = known.iter().map(distance).min().filter(|distance| *distance <= edits);
            match (nearest, found) {
                (None, None) => {}
                (Some(0), Some(found)) => prop_assert_eq!(found.likeness, Likeness::Same),
                (Some(1), Some(found)) => prop_assert!(found.likeness <= Likeness::OneEdit),
                (Some(_), Some(found)) => prop_assert!(found.likeness <= Likeness::TwoEdits),
                (None, Some(found)) => prop_assert_eq!(found.likeness, Likeness::OtherForm),
                (Some(distance), None) => prop_assert!(false, "{} is {} away", wanted.canonical(), distance),
            }
        }
    }
}
