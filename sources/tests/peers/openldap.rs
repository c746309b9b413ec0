//! What a source sees of a directory: all of it, and what changes.

use std::time::{Duration, Instant};

use book::PresetKind;
use sources::ldap::Server;
use sources::{OpenLdap, SourceError};
use testbed::slapd::{Ldif, SUFFIX, Setup, person_uuid};
use tokio::time::timeout;

use super::slapd::{Office, add, delete, move_to, people, rename_display, told};
use crate::proxy::Proxy;
use crate::scene::{Kept, PATIENCE, plan, round};

#[tokio::test]
async fn a_full_reading_is_what_was_loaded() {
    let Some(office) = Office::of(1_000) else {
        return;
    };
    let (mut source, mut kept) = office.source();
    let mut steps = Vec::new();
    let summary = source
        .round(&mut kept.mirror, &mut |progress| {
            steps.push(progress.objects)
        })
        .await
        .unwrap();
    assert!(summary.full);
    assert_eq!(
        (summary.objects, summary.entries, summary.keyless),
        (1_000, 1_000, 0)
    );
    assert_eq!(summary.oddities, []);
    assert_eq!(steps, [1_000, 1_000]);
    assert_eq!(told(kept.believed()), people(0..1_000));
}

#[tokio::test]
async fn changes_are_read_since_the_cookie() {
    for session_log in [Some(1_000), None] {
        let setup = Setup {
            session_log,
            ..Setup::default()
        };
        let content = Ldif::base().people(0..300);
        let Some(office) = Office::set_up(&setup, &content) else {
            return;
        };
        let (mut source, mut kept) = office.source();
        round(&mut source, &mut kept).await.unwrap();
        assert_eq!(told(kept.believed()), people(0..300));

        let quiet = round(&mut source, &mut kept).await.unwrap();
        assert!(!quiet.full);
        assert_eq!((quiet.objects, quiet.gone), (0, 0));

        let changes = [
            rename_display(7, "Anna"),
            delete(8),
            move_to(9, "nine"),
            add("new"),
        ];
        office.server.change(&changes.concat()).unwrap();
        let summary = round(&mut source, &mut kept).await.unwrap();
        assert!(!summary.full, "{session_log:?}");
        assert_eq!(summary.objects, 3, "{session_log:?}");

        let mut expected = people(0..300);
        expected.remove(&person_uuid(8));
        let anna = expected.get_mut(&person_uuid(7)).unwrap();
        *anna = anna.replace("Person 7", "Anna");
        let mut found = told(kept.believed());
        let new: Vec<String> = found
            .keys()
            .filter(|key| !expected.contains_key(*key))
            .cloned()
            .collect();
        assert_eq!(new.len(), 1);
        assert_eq!(
            found.remove(&new[0]).unwrap(),
            "new: new@contoso.com in domino"
        );
        assert_eq!(found, expected, "{session_log:?}");
        // Moved, it is the same object.
        let moved = kept
            .mirror
            .view()
            .believed()
            .map(Result::unwrap)
            .find(|entry| entry.key.as_str() == person_uuid(9));
        assert_eq!(moved.unwrap().name, format!("uid=nine,ou=people,{SUFFIX}"));
    }
}

#[tokio::test]
async fn a_search_that_stays_says_what_changes() {
    for session_log in [Some(1_000), None] {
        let setup = Setup {
            session_log,
            ..Setup::default()
        };
        let Some(office) = Office::set_up(&setup, &Ldif::base().people(0..200)) else {
            return;
        };
        follow(&office).await;
    }
}

/// Changes people one after the other, and sees each change in the mirror.
async fn follow(office: &Office) {
    let (mut source, mut kept) = office.source();
    round(&mut source, &mut kept).await.unwrap();
    kept.believed();
    let mut expected = people(0..200);
    let mut delays = Vec::new();
    for number in 0..8 {
        let changes = match number % 4 {
            0 => rename_display(number, "Changed"),
            1 => delete(number),
            2 => move_to(number, &format!("moved{number}")),
            _ => rename_display(number, "Changed") + &rename_display(number + 100, "Changed"),
        };
        match number % 4 {
            0 | 3 => {
                let changed =
                    [number, number + 100]
                        .into_iter()
                        .take(if number % 4 == 3 { 2 } else { 1 });
                for number in changed {
                    let words = expected.get_mut(&person_uuid(number)).unwrap();
                    *words = words.replace(&format!("Person {number}:"), "Changed:");
                }
            }
            1 => _ = expected.remove(&person_uuid(number)),
            _ => {}
        }
        // As the gateway does it: the search begins before the change, and the change ends the wait.
        office.server.change(&changes).unwrap();
        let made = Instant::now();
        timeout(PATIENCE, source.wait())
            .await
            .expect("a change is told");
        let summary = round(&mut source, &mut kept).await.unwrap();
        assert!(!summary.full);
        while told(kept.believed()) != expected {
            timeout(PATIENCE, source.wait())
                .await
                .expect("every change is told");
            round(&mut source, &mut kept).await.unwrap();
        }
        delays.push(made.elapsed());
    }
    delays.sort_unstable();
    let median = delays[delays.len() / 2];
    println!("a change was in the mirror after {median:?} in the middle of {delays:?}");
    let moved = kept
        .mirror
        .view()
        .believed()
        .map(Result::unwrap)
        .find(|entry| entry.key.as_str() == person_uuid(2));
    assert_eq!(
        moved.unwrap().name,
        format!("uid=moved2,ou=people,{SUFFIX}")
    );
}

#[tokio::test]
async fn one_connection_serves_for_many_changes() {
    let Some(office) = Office::of(20) else { return };
    let proxy = Proxy::before(office.server.plain()).await;
    let mut access = office.access();
    access.servers = vec![Server::parse(&format!("ldap://{}", proxy.address())).unwrap()];
    let mut source = OpenLdap::new(access, Office::plan()).unwrap();
    let mut kept = Kept::new(&source.fingerprint());
    round(&mut source, &mut kept).await.unwrap();
    for number in 0..5 {
        office.server.change(&delete(number)).unwrap();
        timeout(PATIENCE, source.wait()).await.expect("it is told");
        let summary = round(&mut source, &mut kept).await.unwrap();
        assert_eq!((summary.full, summary.gone), (false, 1));
    }
    // A round that nothing was said before asks whether the server is still there.
    let summary = round(&mut source, &mut kept).await.unwrap();
    assert_eq!((summary.objects, summary.gone), (0, 0));
    assert_eq!(proxy.connections(), 2);
    assert_eq!(kept.believed().len(), 15);
}

#[tokio::test]
async fn a_cursor_outlives_us_and_the_server() {
    let Some(mut office) = Office::of(200) else {
        return;
    };
    let (mut source, mut kept) = office.source();
    round(&mut source, &mut kept).await.unwrap();
    kept.believed();

    office.server.change(&delete(1)).unwrap();
    drop(source);
    let mut source = OpenLdap::new(office.access(), Office::plan()).unwrap();
    let mut kept = kept.reopened(&source.fingerprint());
    let summary = round(&mut source, &mut kept).await.unwrap();
    assert_eq!((summary.full, summary.gone), (false, 1));

    // A server that was killed has no log of its changes any more, and names everything that is there.
    office.server.restart().unwrap();
    office.server.change(&delete(2)).unwrap();
    let summary = round(&mut source, &mut kept).await.unwrap();
    assert!(!summary.full);
    let mut expected = people(0..200);
    expected.retain(|key, _| ![person_uuid(1), person_uuid(2)].contains(key));
    assert_eq!(told(kept.believed()), expected);
}

#[tokio::test]
async fn what_somebody_else_reads_is_read_anew() {
    let Some(office) = Office::of(50) else { return };
    let (mut source, mut kept) = office.source();
    round(&mut source, &mut kept).await.unwrap();
    let mut other = Office::plan();
    other.reading.preset.set("filter", &["(uid=p1*)"]).unwrap();
    let mut source = OpenLdap::new(office.access(), other).unwrap();
    let mut kept = kept.reopened(&source.fingerprint());
    let summary = round(&mut source, &mut kept).await.unwrap();
    assert!(summary.full);
    assert_eq!(kept.believed().len(), 11);
}

#[tokio::test]
async fn a_server_that_lost_its_history_is_read_anew() {
    let Some(mut office) = Office::of(200) else {
        return;
    };
    let (mut source, mut kept) = office.source();
    round(&mut source, &mut kept).await.unwrap();
    office.server.change(&delete(1)).unwrap();
    round(&mut source, &mut kept).await.unwrap();
    assert_eq!(kept.believed().len(), 199);

    // Everything in it is newer than our cookie (e-syncRefreshRequired), or older (unwillingToPerform).
    for (year, people_left) in [(2040, 150), (2035, 100)] {
        let content = Ldif::base().people(0..people_left).changed_in(year);
        office.server.replace(content.as_str()).unwrap();
        let summary = round(&mut source, &mut kept).await.unwrap();
        assert!(summary.full, "{year}");
        assert_eq!(told(kept.believed()), people(0..people_left), "{year}");
        assert!(!round(&mut source, &mut kept).await.unwrap().full);
    }
}

#[tokio::test]
async fn everything_is_read_again_when_it_is_time() {
    let Some(office) = Office::of(20) else { return };
    let mut plan = Office::plan();
    plan.full_every = Duration::ZERO;
    let mut source = OpenLdap::new(office.access(), plan).unwrap();
    let mut kept = Kept::new(&source.fingerprint());
    for _ in 0..2 {
        assert!(round(&mut source, &mut kept).await.unwrap().full);
    }
    assert_eq!(told(kept.believed()), people(0..20));
}

#[tokio::test]
async fn several_bases_are_one_source() {
    let Some(office) = Office::of(60) else { return };
    let group = format!(
        "dn: cn=all,ou=groups,{SUFFIX}\nchangetype: add\nobjectClass: groupOfNames\nobjectClass: extensibleObject\n\
         cn: all\nmail: all@contoso.com\nmember: uid=p1,ou=people,{SUFFIX}\n\n"
    );
    office.server.change(&group).unwrap();
    let mut plan = plan(PresetKind::OpenLdap, &format!("ou=people,{SUFFIX}"));
    plan.bases.push(format!("ou=groups,{SUFFIX}"));
    plan.reading.preset.set("home", &["domino"]).unwrap();
    let mut source = OpenLdap::new(office.access(), plan).unwrap();
    let mut kept = Kept::new(&source.fingerprint());
    assert_eq!(round(&mut source, &mut kept).await.unwrap().objects, 61);
    let group = kept
        .believed()
        .into_values()
        .find(|entry| entry.kind.is_group())
        .unwrap();
    assert_eq!(group.members.len(), 1);

    office
        .server
        .change(&(delete(1) + &format!("dn: cn=all,ou=groups,{SUFFIX}\nchangetype: delete\n\n")))
        .unwrap();
    timeout(PATIENCE, source.wait())
        .await
        .expect("a change is told");
    let mut found = told(kept.believed());
    let mut expected = people(0..60);
    expected.remove(&person_uuid(1));
    while found != expected {
        assert!(!round(&mut source, &mut kept).await.unwrap().full);
        found = told(kept.believed());
    }
}

#[tokio::test]
async fn a_database_that_does_not_synchronise_is_told() {
    let setup = Setup {
        follows: false,
        ..Setup::default()
    };
    let Some(office) = Office::set_up(&setup, &Ldif::base().people(0..5)) else {
        return;
    };
    let (mut source, mut kept) = office.source();
    let error = round(&mut source, &mut kept).await.unwrap_err();
    assert!(
        matches!(&error, SourceError::Setting(text) if text.contains("syncprov")),
        "{error}"
    );
    assert!(kept.believed().is_empty());
}
