use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use testbed::certificates::{Authority, Certificate, Leaf, Purpose, Validity};

use super::*;

const NOW: i64 = 1_800_000_000;

fn server() -> Role {
    Role::Server {
        hostname: "mx.contoso.com".to_owned(),
    }
}

/// As many seconds after [`NOW`].
fn at(seconds: i64) -> SystemTime {
    let second = u64::try_from(NOW + seconds).expect("after 1970");
    UNIX_EPOCH + Duration::from_secs(second)
}

fn lasting(seconds: i64) -> Leaf {
    Leaf::new("mx.contoso.com").valid(Validity::Between(at(-DAY), at(seconds)))
}

/// An authority that is known here, and its name.
fn authority() -> (Authority, Vec<Vec<u8>>) {
    let root = Authority::new("Root");
    let (_, parsed) = X509Certificate::from_der(root.der()).expect("a certificate");
    let name = parsed.subject().as_raw().to_vec();
    (root.clone(), vec![name])
}

fn found(certificate: &Certificate, roles: &[Role], issuers: &[Vec<u8>]) -> Vec<Finding> {
    findings(certificate.chain(), roles, issuers, NOW)
}

#[test]
fn the_end_is_told_thirty_fourteen_seven_days_and_one_before_it() {
    let (root, issuers) = authority();
    for (left, expected) in [
        (30 * DAY + 1, None),
        (30 * DAY, Some(30)),
        (14 * DAY + 1, Some(30)),
        (14 * DAY, Some(14)),
        (7 * DAY + 1, Some(14)),
        (7 * DAY, Some(7)),
        (DAY + 1, Some(7)),
        (DAY, Some(1)),
        (0, Some(1)),
    ] {
        let found = found(&root.issue(&lasting(left)), &[server()], &issuers);
        let at = NOW + left;
        let ends = |days| Finding::Ends {
            number: 1,
            days,
            at,
        };
        assert_eq!(found, Vec::from_iter(expected.map(ends)), "{left}");
    }
    let ended = Finding::Ended {
        number: 1,
        at: NOW - 1,
    };
    assert_eq!(
        found(&root.issue(&lasting(-1)), &[server()], &issuers),
        [ended]
    );
    let early = Leaf::new("mx.contoso.com").valid(Validity::Between(at(1), at(90 * DAY)));
    let not_yet = Finding::NotYet {
        number: 1,
        at: NOW + 1,
    };
    assert_eq!(found(&root.issue(&early), &[server()], &issuers), [not_yet]);
}

#[test]
fn a_threshold_is_told_once_a_certificate() {
    let (root, issuers) = authority();
    let file = Path::new("mx.pem");
    let mut told = Told::default();
    let mut said = Vec::new();
    for (renewed, lasts) in [(0, 40 * DAY), (41 * DAY, 80 * DAY)] {
        let certificate = root.issue(&lasting(lasts));
        // Once an hour, from its beginning to a day past its end.
        for now in (NOW + renewed..NOW + lasts + DAY).step_by(60 * 60) {
            let found = findings(certificate.chain(), &[server()], &issuers, now);
            let fresh = told.fresh(found.into_iter().map(|finding| (file, finding)));
            said.extend(fresh.into_iter().map(|(_, finding)| finding));
        }
    }
    let mut expected = Vec::new();
    for lasts in [40 * DAY, 80 * DAY] {
        let at = NOW + lasts;
        expected.extend([30, 14, 7, 1].map(|days| Finding::Ends {
            number: 1,
            days,
            at,
        }));
        expected.push(Finding::Ended { number: 1, at });
    }
    assert_eq!(said, expected);
}

#[test]
fn an_intermediate_may_end_before_its_leaf() {
    let (root, issuers) = authority();
    // Authorities of the testbed last for ten years; the root stands in for one that does not.
    let chain = [
        root.issue(&lasting(90 * DAY)).der().clone(),
        root.issue(&lasting(3 * DAY)).der().clone(),
    ];
    let ends = Finding::Ends {
        number: 2,
        days: 7,
        at: NOW + 3 * DAY,
    };
    assert_eq!(findings(&chain, &[server()], &issuers, NOW), [ends]);
}

#[test]
fn a_chain_must_lead_to_a_root_that_is_known() {
    let (root, issuers) = authority();
    let branch = root.intermediate("Branch");
    let certificate = branch.issue(&lasting(90 * DAY));
    let unrooted = |issuer: &str| Finding::Unrooted {
        issuer: format!("CN={issuer}"),
    };
    let roles = [server()];
    assert_eq!(found(&certificate, &roles, &issuers), []);
    assert_eq!(found(&certificate, &roles, &[]), [unrooted("Root")]);
    let alone = certificate.without_chain();
    assert_eq!(found(&alone, &roles, &issuers), [unrooted("Branch")]);
    let own = Certificate::self_signed(&lasting(90 * DAY));
    assert_eq!(found(&own, &roles, &[]), []);
}

#[test]
fn what_it_is_issued_for_is_compared_with_what_we_use_it_for() {
    use Finding::{NotForClients, NotForServers};
    let (root, issuers) = authority();
    for (purpose, expected) in [
        (Purpose::Both, vec![]),
        (Purpose::Unstated, vec![]),
        (Purpose::Server, vec![NotForClients]),
        (Purpose::Client, vec![NotForServers]),
    ] {
        let certificate = root.issue(&lasting(90 * DAY).purpose(purpose));
        let roles = [server(), Role::Client];
        assert_eq!(
            found(&certificate, &roles, &issuers),
            expected,
            "{purpose:?}"
        );
        assert_eq!(found(&certificate, &[], &issuers), [], "{purpose:?}");
    }
}

#[test]
fn a_server_carries_its_name() {
    let (root, issuers) = authority();
    for (names, fits) in [
        (&["MX.Contoso.com"][..], true),
        (&["a.example", "mx.contoso.com"], true),
        (&["*.contoso.com"], true),
        (&["*.com"], false),
        (&["contoso.com"], false),
        (&["*.mx.contoso.com"], false),
        (&["mx.contoso.com.example"], false),
        (&[], false),
    ] {
        // The CN does not count.
        let leaf = lasting(90 * DAY).dns(names.iter().copied());
        let other = Finding::OtherName {
            hostname: "mx.contoso.com".to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        let expected = Vec::from_iter((!fits).then_some(other));
        let certificate = root.issue(&leaf);
        assert_eq!(found(&certificate, &[server()], &issuers), expected);
        assert_eq!(found(&certificate, &[Role::Client], &issuers), []);
    }
}

#[test]
fn a_list_past_its_time_is_told_and_only_the_newest_of_an_authority_counts() {
    let root = Authority::new("Root");
    let list = |from, until| {
        let list = root.revoke_in(Validity::Between(at(from), at(until)), []);
        ListHeader::read(list.der()).expect("a list")
    };
    let old = list(-30 * DAY, -DAY);
    assert_eq!(old.issuer, "CN=Root");
    assert_eq!((old.made, old.until), (NOW - 30 * DAY, Some(NOW - DAY)));
    assert_eq!(old.finding(NOW - DAY), None);
    let since = NOW - DAY;
    let issuer = "CN=Root".to_owned();
    assert_eq!(
        old.finding(NOW - DAY + 1),
        Some(Finding::OldList { issuer, since })
    );
    let new = list(-2 * DAY, DAY);
    for both in [[old.clone(), new.clone()], [new.clone(), old]] {
        assert_eq!(
            ListHeader::newest(both.into()).as_slice(),
            std::slice::from_ref(&new)
        );
    }
    assert_eq!(ListHeader::read(b"no list"), None);
    assert_eq!(ListHeader::read(root.der()), None);
}

#[test]
fn a_root_past_its_time_is_told() {
    let root = Certificate::self_signed(&lasting(DAY));
    let term = RootTerm::read(root.der()).expect("a certificate");
    assert_eq!(term.finding(NOW + DAY), None);
    let ended = Finding::RootEnded {
        name: "CN=mx.contoso.com".to_owned(),
        since: NOW + DAY,
    };
    assert_eq!(term.finding(NOW + DAY + 1), Some(ended));
}
