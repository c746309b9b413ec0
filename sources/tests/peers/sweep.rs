//! Domino and GroupWise, as far as a slapd with their attributes is like them.

use std::collections::BTreeMap;
use std::time::Duration;

use book::{Kind, Odd, PresetKind};
use sources::ldap::Server;
use sources::{Plan, SourceError, Sweep};
use testbed::slapd::{Ldif, SUFFIX, Setup};

use super::slapd::{Office, told};
use crate::proxy::Proxy;
use crate::scene::{Kept, plan, sweep};

/// Some of Domino's people by number: every fourth moved to the cloud.
fn notes(number: u32) -> String {
    let place = match number % 4 {
        0 => format!("mailsystem: 5\nmailaddress: n{number}@contoso.mail.onmicrosoft.com\n"),
        _ => "mailsystem: 1\nmailserver: CN=Mail1/O=Contoso\nmaildomain: Contoso\n".to_owned(),
    };
    format!(
        "dn: cn=Note {number},ou=people,{SUFFIX}\nobjectClass: dominoPerson\ncn: Note {number}\nuid: Note{number}\n\
         dominounid: {number:032X}\nfullname: CN=Note {number}/O=Contoso\ninternetaddress: n{number}@contoso.com\n\
         mail: n{number}@contoso.com\n{place}"
    )
}

fn company(people: u32) -> Ldif {
    (0..people).fold(Ldif::base(), |content, number| {
        content.entry(&notes(number))
    })
}

fn deletion(number: u32) -> String {
    format!("dn: cn=Note {number},ou=people,{SUFFIX}\nchangetype: delete\n\n")
}

fn addition(number: u32) -> String {
    let entry = notes(number);
    let (dn, rest) = entry.split_once('\n').unwrap();
    format!("{dn}\nchangetype: add\n{rest}\n")
}

/// Reads everything in each round.
fn always_all(kind: PresetKind) -> Plan {
    let mut plan = plan(kind, SUFFIX);
    plan.full_every = Duration::ZERO;
    plan
}

fn reader(office: &Office, plan: Plan) -> (Sweep, Kept) {
    let source = Sweep::new(office.access(), plan).unwrap();
    let kept = Kept::new(&source.fingerprint());
    (source, kept)
}

#[tokio::test]
async fn pages_are_read_to_the_last_one() {
    for people in [1, 99, 100, 101, 250] {
        let Some(office) = Office::set_up(&Setup::default(), &company(people)) else {
            return;
        };
        let (mut source, mut kept) = reader(&office, always_all(PresetKind::Domino));
        let mut pages = 0;
        let summary = source
            .round(&mut kept.mirror, &mut |_| pages += 1)
            .await
            .unwrap();
        assert_eq!((summary.full, summary.entries), (true, u64::from(people)));
        assert!(
            pages >= people.div_ceil(100) && pages <= people.div_ceil(100) + 1,
            "{people}: {pages}"
        );
        assert_eq!(kept.believed().len() as u32, people);
    }
}

#[tokio::test]
async fn the_people_of_domino_are_read_as_they_are() {
    let computed = format!(
        "dn: cn=Bert Cole,ou=people,{SUFFIX}\nobjectClass: dominoPerson\ncn: Bert Cole\nuid: BCole\n\
         dominounid: {:032X}\nfullname: CN=Bert Cole/O=Contoso\nfullname: bert@contoso.com\n\
         mail: Bert_Cole/Contoso%Contoso@contoso.com\nmailsystem: 1\nmailserver: CN=Mail1/O=Contoso\n",
        0xbe47
    );
    let nobody = computed
        .replace("Bert Cole", "Nobody")
        .replace("fullname: bert@contoso.com\n", "")
        .replace("BE47", "BE48");
    let group = |name: &str, kind: u32, number: u32| {
        format!(
            "dn: cn={name},ou=groups,{SUFFIX}\nobjectClass: dominoGroup\ncn: {name}\ndominounid: {number:032X}\n\
             grouptype: {kind}\nmail: {name}@contoso.com\nmember: cn=Note 1,ou=people,{SUFFIX}\n"
        )
    };
    let content = company(5)
        .entry(&computed)
        .entry(&nobody)
        .entry(&group("staff", 1, 0x100))
        .entry(&group("deny", 3, 0x101));
    let Some(office) = Office::set_up(&Setup::default(), &content) else {
        return;
    };
    let (mut source, mut kept) = reader(&office, always_all(PresetKind::Domino));
    let summary = sweep(&mut source, &mut kept).await.unwrap();
    assert_eq!((summary.objects, summary.entries), (9, 7));
    let is_computed = |(name, odd): &(String, Odd)| {
        matches!(odd, Odd::ComputedMail { .. }) && name.starts_with("cn=Bert Cole")
    };
    assert!(
        summary.oddities.iter().any(is_computed),
        "{:?}",
        summary.oddities
    );
    let entries = kept.believed();
    let group = entries
        .values()
        .find(|entry| entry.kind == Kind::Group)
        .unwrap();
    assert_eq!(group.members.len(), 1);
    let people: BTreeMap<_, _> = entries
        .into_iter()
        .filter(|(_, entry)| entry.kind == Kind::User)
        .collect();
    let words: Vec<String> = told(people).into_values().collect();
    let mut expected = vec![
        "Note 0: n0@contoso.com in cloud n0@contoso.mail.onmicrosoft.com".to_owned(),
        "Note 1: n1@contoso.com in domino".to_owned(),
        "Note 2: n2@contoso.com in domino".to_owned(),
        "Note 3: n3@contoso.com in domino".to_owned(),
        "Note 4: n4@contoso.com in cloud n4@contoso.mail.onmicrosoft.com".to_owned(),
        "Bert Cole: bert@contoso.com in domino".to_owned(),
    ];
    expected.sort();
    let mut found = words;
    found.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn who_is_missing_is_gone_the_second_time() {
    let Some(office) = Office::set_up(&Setup::default(), &company(120)) else {
        return;
    };
    let (mut source, mut kept) = reader(&office, always_all(PresetKind::Domino));
    sweep(&mut source, &mut kept).await.unwrap();
    assert_eq!(kept.believed().len(), 120);
    let lost = |kept: &Kept| kept.mirror.proposal().unwrap().lost;

    office.server.change(&(deletion(1) + &deletion(2))).unwrap();
    sweep(&mut source, &mut kept).await.unwrap();
    assert_eq!(lost(&kept), 0);
    office.server.change(&addition(2)).unwrap();
    sweep(&mut source, &mut kept).await.unwrap();
    assert_eq!(lost(&kept), 1);
    assert_eq!(kept.believed().len(), 119);
    // Who was back is missing for the first time again.
    office.server.change(&deletion(2)).unwrap();
    sweep(&mut source, &mut kept).await.unwrap();
    assert_eq!(lost(&kept), 0);
    sweep(&mut source, &mut kept).await.unwrap();
    assert_eq!(lost(&kept), 1);
}

#[tokio::test]
async fn between_two_readings_only_changes_are_asked_for() {
    let old = "modifyTimestamp: 20200101000000Z\n";
    let content = company(150)
        .as_str()
        .replace("mailsystem:", &format!("{old}mailsystem:"));
    let Some(office) = Office::set_up(&Setup::default(), &Ldif::base()) else {
        return;
    };
    let mut office = office;
    office.server.replace(&content).unwrap();
    let (mut source, mut kept) = reader(&office, plan(PresetKind::Domino, SUFFIX));
    assert!(sweep(&mut source, &mut kept).await.unwrap().full);
    assert_eq!(kept.believed().len(), 150);
    let cursor = kept.mirror.cursor().unwrap().unwrap();
    assert!(cursor.ends_with(" 20200101000000Z"), "{cursor}");

    let moves = format!(
        "dn: cn=Note 1,ou=people,{SUFFIX}\nchangetype: modify\nreplace: mailsystem\nmailsystem: 5\n-\n\
         replace: mailaddress\nmailaddress: n1@contoso.mail.onmicrosoft.com\n\n"
    );
    office
        .server
        .change(&(moves + &addition(150) + &deletion(2)))
        .unwrap();
    let summary = sweep(&mut source, &mut kept).await.unwrap();
    assert!(!summary.full);
    // Those that carry the last known time are asked for once more.
    assert_eq!(summary.objects, 151 - 1);
    let summary = sweep(&mut source, &mut kept).await.unwrap();
    assert_eq!((summary.full, summary.objects), (false, 2));
    let found = told(kept.believed());
    assert_eq!(found.len(), 151);
    let moved = found
        .values()
        .find(|words| words.starts_with("Note 1:"))
        .unwrap();
    assert_eq!(
        moved,
        "Note 1: n1@contoso.com in cloud n1@contoso.mail.onmicrosoft.com"
    );
}

#[tokio::test]
async fn a_server_that_does_not_say_when_is_read_in_full() {
    let hidden_attribute = Some("modifyTimestamp".to_owned());
    let setup = Setup {
        hidden_attribute,
        ..Setup::default()
    };
    let Some(office) = Office::set_up(&setup, &company(20)) else {
        return;
    };
    let (mut source, mut kept) = reader(&office, plan(PresetKind::Domino, SUFFIX));
    for _ in 0..2 {
        let summary = sweep(&mut source, &mut kept).await.unwrap();
        assert_eq!((summary.full, summary.objects), (true, 20));
    }
}

#[tokio::test]
async fn objects_without_a_key_are_told() {
    let hidden_attribute = Some("dominounid".to_owned());
    let setup = Setup {
        hidden_attribute,
        ..Setup::default()
    };
    let Some(office) = Office::set_up(&setup, &company(20)) else {
        return;
    };
    let (mut source, mut kept) = reader(&office, always_all(PresetKind::Domino));
    let error = sweep(&mut source, &mut kept).await.unwrap_err();
    assert!(
        matches!(&error, SourceError::NoKeys { objects: 20, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("dominounid"), "{error}");
}

#[tokio::test]
async fn a_connection_that_breaks_in_a_page_takes_nobody_away() {
    let Some(office) = Office::set_up(&Setup::default(), &company(1_000)) else {
        return;
    };
    let proxy = Proxy::before(office.server.plain()).await;
    let mut access = office.access();
    access.servers = vec![Server::parse(&format!("ldap://{}", proxy.address())).unwrap()];
    let mut source = Sweep::new(access, always_all(PresetKind::Domino)).unwrap();
    let mut kept = Kept::new(&source.fingerprint());
    for cut in [100, 5_000, 100_000, 200_000] {
        proxy.cut_after(cut);
        let error = sweep(&mut source, &mut kept).await.unwrap_err();
        assert!(matches!(error, SourceError::Lost { .. }), "{cut}: {error}");
    }
    assert!(
        kept.mirror.proposal().unwrap().added > 0,
        "pages that came whole are kept"
    );
    proxy.let_through();
    sweep(&mut source, &mut kept).await.unwrap();
    assert_eq!(kept.believed().len(), 1_000);
    for cut in [5_000, 100_000, 200_000] {
        proxy.cut_after(cut);
        sweep(&mut source, &mut kept).await.unwrap_err();
        assert!(kept.mirror.proposal().unwrap().is_nothing(), "{cut}");
    }
    proxy.let_through();
    sweep(&mut source, &mut kept).await.unwrap();
    assert!(kept.mirror.proposal().unwrap().is_nothing());
}

#[tokio::test]
async fn a_server_that_dies_in_a_page_takes_nobody_away() {
    let Some(mut office) = Office::set_up(&Setup::default(), &company(1_000)) else {
        return;
    };
    let (mut source, mut kept) = reader(&office, always_all(PresetKind::Domino));
    sweep(&mut source, &mut kept).await.unwrap();
    assert_eq!(kept.believed().len(), 1_000);
    let mut pages = 0;
    let server = &mut office.server;
    let error = source
        .round(&mut kept.mirror, &mut |_| {
            pages += 1;
            if pages == 3 {
                server.kill();
            }
        })
        .await
        .unwrap_err();
    assert!(matches!(error, SourceError::Lost { .. }), "{error}");
    assert!(kept.mirror.proposal().unwrap().is_nothing());
    office.server.restart().unwrap();
    sweep(&mut source, &mut kept).await.unwrap();
    assert!(kept.mirror.proposal().unwrap().is_nothing());
}

#[tokio::test]
async fn the_people_of_group_wise_are_read_as_they_are() {
    let person = |id: &str, given: &str, surname: &str| {
        format!(
            "dn: cn={id},ou=people,{SUFFIX}\nobjectClass: inetOrgPerson\nobjectClass: groupWiseUser\ncn: {id}\nuid: {id}\n\
             givenName: {given}\nsn: {surname}\nnGWObjectID: {id}\nnGWGroupWiseID: {id}-7001\n\
             nGWPostOffice: cn=PO1,ou=people,{SUFFIX}\nmail: {id}@contoso.com\n"
        )
    };
    let list = format!(
        "dn: cn=everybody,ou=groups,{SUFFIX}\nobjectClass: groupWiseDistributionList\ncn: everybody\n\
         nGWObjectID: everybody\nnGWGroupWiseID: list-1\nmail: everybody@contoso.com\nmember: cn=aberg,ou=people,{SUFFIX}\n"
    );
    let content = Ldif::base()
        .entry(&person("aberg", "Anna", "Berg"))
        .entry(&person("bcole", "Bert", "Cole"))
        .entry(&list);
    let Some(office) = Office::set_up(&Setup::default(), &content) else {
        return;
    };
    let (mut source, mut kept) = reader(&office, always_all(PresetKind::GroupWise));
    let summary = sweep(&mut source, &mut kept).await.unwrap();
    assert_eq!(
        (summary.objects, summary.entries, summary.keyless),
        (3, 3, 0)
    );
    let entries = kept.believed();
    let anna = &entries["aberg-7001"];
    assert_eq!(
        anna.primary.as_ref().map(ToString::to_string).as_deref(),
        Some("aberg@contoso.com")
    );
    let computed: Vec<String> = anna.computed.iter().map(ToString::to_string).collect();
    assert!(
        computed.contains(&"Anna.Berg@contoso.com".to_owned()),
        "{computed:?}"
    );
    assert_eq!(entries["list-1"].kind, Kind::Group);
    // Missing once: still there; twice: gone.
    office
        .server
        .change(&format!(
            "dn: cn=bcole,ou=people,{SUFFIX}\nchangetype: delete\n\n"
        ))
        .unwrap();
    sweep(&mut source, &mut kept).await.unwrap();
    assert_eq!(kept.mirror.proposal().unwrap().lost, 0);
    sweep(&mut source, &mut kept).await.unwrap();
    assert_eq!(kept.mirror.proposal().unwrap().lost, 1);
}
