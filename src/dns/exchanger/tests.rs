use std::collections::HashSet;

use super::super::{Networks, Own};
use super::*;
use crate::config::Loaded;

fn own() -> Own {
    let text = "hostname = \"mx.contoso.com\"\nstate_dir = \"state\"\n\
         [[listener]]\nname = \"mx\"\naddress = \"192.0.2.25:25\"\n\
         [domain.\"contoso.com\"]\npostmaster = \"a@contoso.com\"\n\
         [side.notes]\nkind = \"domino\"\nnext_hop = [\"10.0.0.1\"]\n\
         [[directory]]\nname = \"people\"\nkind = \"csv\"\npath = \"people.csv\"\n";
    let parsed = crate::config::Config::parse(text, "twinmx.toml");
    let Loaded { config, .. } = parsed.unwrap_or_else(|faults| panic!("{faults}"));
    Own::of(&config)
}

/// `10 a=192.0.2.1,192.0.2.2; 20 b=!; 30 c=-; 40 d=?`: addresses, no such name, no data, trouble.
fn candidates(text: &str) -> Vec<Candidate> {
    let each = text.split("; ").map(|one| {
        let (preference, rest) = one.split_once(' ').expect("a preference");
        let (host, addresses) = rest.split_once('=').expect("addresses");
        Candidate {
            preference: preference.parse().expect("a number"),
            host: host.to_owned(),
            addresses: match addresses {
                "!" => Err(DnsError::NoSuchName),
                "-" => Err(DnsError::NoData),
                "?" => Err(DnsError::Temporary(Trouble::Silent)),
                some => Ok(some
                    .split(',')
                    .map(|one| one.parse().expect("an address"))
                    .collect()),
            },
        }
    });
    each.collect()
}

#[test]
fn what_can_be_tried() {
    let own = own();
    let foreign = Networks::new(&[]);
    let said = |text: &str, special: Option<&Networks>| {
        let search = Search {
            domain: "example.net",
            own: &own,
            port: 25,
            special,
        };
        match choose(candidates(text), &search) {
            Ok(chosen) => {
                let each = chosen.iter().map(|one| {
                    let addresses: Vec<_> = one.addresses.iter().map(ToString::to_string).collect();
                    format!("{}={}", one.host, addresses.join(","))
                });
                each.collect::<Vec<_>>().join(" ")
            }
            Err(error) => error.to_string(),
        }
    };
    let ourselves = "its MX records lead to this gateway";
    let nowhere = "neither MX nor address records lead to a host";
    let silent = "no name server answered";
    for (text, expected) in [
        (
            "10 a=192.0.2.1; 20 b=192.0.2.2,192.0.2.3",
            "a=192.0.2.1 b=192.0.2.2,192.0.2.3",
        ),
        ("10 a=!; 20 b=192.0.2.2", "b=192.0.2.2"),
        ("10 a=?; 20 b=192.0.2.2", "b=192.0.2.2"),
        ("10 a=!; 20 b=-", nowhere),
        ("10 a=!; 20 b=?", silent),
        // Ourselves, by name or address: we, our equals and who is worse do not count.
        ("10 mx.contoso.com=192.0.2.9; 20 b=192.0.2.2", ourselves),
        ("10 a=192.0.2.25; 10 b=192.0.2.2; 20 c=192.0.2.3", ourselves),
        (
            "10 a=192.0.2.1; 20 mx.contoso.com=!; 20 b=192.0.2.2; 30 c=192.0.2.3",
            "a=192.0.2.1",
        ),
        ("10 a=?; 20 mx.contoso.com=192.0.2.25", silent),
        ("10 a=!; 20 mx.contoso.com=192.0.2.25", ourselves),
        // Special addresses.
        ("10 a=127.0.0.1,192.0.2.1; 20 b=0.0.0.0", "a=192.0.2.1"),
        (
            "10 a=127.0.0.1",
            "it leads to 127.0.0.1, an address of special use",
        ),
        ("10 a=127.0.0.1; 20 b=?", silent),
    ] {
        assert_eq!(said(text, Some(&foreign)), expected, "{text}");
    }
    assert_eq!(
        said("10 a=127.0.0.1", None),
        "a=127.0.0.1",
        "our operator's choice"
    );
}

#[test]
fn the_preferred_are_taken_up_to_the_bound() {
    for count in [limits::EXCHANGERS, limits::EXCHANGERS + 1, 200] {
        let records = (0..count).rev().map(|n| (n as u16, format!("mx{n}")));
        let taken = named(records.collect()).expect("hosts");
        let expected = (0..limits::EXCHANGERS).map(|n| (n as u16, format!("mx{n}")));
        assert_eq!(taken, expected.collect::<Vec<_>>(), "{count}");
    }
}

#[test]
fn equals_come_in_random_order_behind_who_is_preferred() {
    let record = |preference, host: &str| (preference, host.to_owned());
    let records = || {
        vec![
            record(20, "b"),
            record(10, "a"),
            record(20, "c"),
            record(20, "d"),
        ]
    };
    let orders: HashSet<Vec<String>> = (0..500)
        .map(|_| {
            let hosts = named(records()).expect("hosts");
            hosts.into_iter().map(|(_, host)| host).collect()
        })
        .collect();
    assert_eq!(orders.len(), 6, "every order of the three");
    assert!(orders.iter().all(|order| order[0] == "a"));
}

#[test]
fn the_root_takes_no_mail() {
    let record = |preference, host: &str| (preference, host.to_owned());
    assert_eq!(named(vec![record(0, "")]), Err(NoExchanger::NullMx));
    let both = named(vec![record(0, ""), record(10, "a")]);
    assert_eq!(
        both,
        Ok(vec![record(10, "a")]),
        "beside others it says nothing"
    );
}
