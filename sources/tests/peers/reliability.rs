//! Whatever breaks off, nobody is gone by it, and the next round is right.

use std::time::Duration;

use sources::{OpenLdap, SourceError};
use testbed::slapd::{Ldif, Setup, person_uuid};
use tokio::time::timeout;

use super::slapd::{Office, delete, people, rename_display, told};
use crate::proxy::Proxy;
use crate::scene::{Kept, PATIENCE, round};

#[tokio::test]
async fn a_connection_that_breaks_in_a_reading_takes_nobody_away() {
    for session_log in [Some(1_000), None] {
        let setup = Setup {
            session_log,
            ..Setup::default()
        };
        let Some(office) = Office::set_up(&setup, &Ldif::base().people(0..2_500)) else {
            return;
        };
        let proxy = Proxy::before(office.server.plain()).await;
        let mut access = office.access();
        access.servers =
            vec![sources::ldap::Server::parse(&format!("ldap://{}", proxy.address())).unwrap()];
        let mut source = OpenLdap::new(access, Office::plan()).unwrap();
        let mut kept = Kept::new(&source.fingerprint());

        // The first reading: of what came, everything is right.
        for cut in [0, 10, 50, 1_000, 20_000, 500_000] {
            proxy.cut_after(cut);
            let error = round(&mut source, &mut kept).await.unwrap_err();
            assert!(matches!(error, SourceError::Lost { .. }), "{cut}: {error}");
            assert!(kept.mirror.cursor().unwrap().is_none());
            assert_eq!(kept.mirror.proposal().unwrap().lost, 0);
        }
        proxy.let_through();
        assert!(round(&mut source, &mut kept).await.unwrap().full);
        assert_eq!(told(kept.believed()), people(0..2_500));

        // A refresh.
        let changes: String = (0..200)
            .map(|number| rename_display(number, "X") + &delete(number + 1_000))
            .collect();
        office.server.change(&changes).unwrap();
        let cursor = kept.mirror.cursor().unwrap();
        for cut in [0, 100, 1_000, 10_000, 20_000] {
            proxy.cut_after(cut);
            round(&mut source, &mut kept).await.unwrap_err();
            assert_eq!(kept.mirror.cursor().unwrap(), cursor, "{cut}");
            assert!(kept.mirror.proposal().unwrap().is_nothing(), "{cut}");
        }
        proxy.let_through();
        assert!(!round(&mut source, &mut kept).await.unwrap().full);
        let found = told(kept.believed());
        assert_eq!(found.len(), 2_300);
        assert!((0..200).all(|number| found[&person_uuid(number)].starts_with("X: ")));
        assert!((1_000..1_200).all(|number| !found.contains_key(&person_uuid(number))));

        // A reading of everything where there was one before.
        let mut plan = Office::plan();
        plan.full_every = Duration::ZERO;
        let mut access = office.access();
        access.servers =
            vec![sources::ldap::Server::parse(&format!("ldap://{}", proxy.address())).unwrap()];
        let mut source = OpenLdap::new(access, plan).unwrap();
        for cut in [1_000, 500_000] {
            proxy.cut_after(cut);
            round(&mut source, &mut kept).await.unwrap_err();
            assert!(kept.mirror.cursor().unwrap().is_some(), "{cut}");
            assert!(kept.mirror.proposal().unwrap().is_nothing(), "{cut}");
        }
        proxy.let_through();
        assert!(round(&mut source, &mut kept).await.unwrap().full);
        assert_eq!(told(kept.believed()), found);
    }
}

#[tokio::test]
async fn a_server_that_dies_and_comes_back_is_followed_again() {
    let Some(mut office) = Office::of(100) else {
        return;
    };
    let (mut source, mut kept) = office.source();
    round(&mut source, &mut kept).await.unwrap();
    kept.believed();
    // Follow it, then let it die.
    office.server.change(&rename_display(1, "One")).unwrap();
    timeout(PATIENCE, source.wait()).await.unwrap();
    round(&mut source, &mut kept).await.unwrap();
    office.server.kill();
    let error = round(&mut source, &mut kept).await.unwrap_err();
    assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
    office.server.restart().unwrap();
    office.server.change(&delete(2)).unwrap();
    let mut found = told(kept.believed());
    while found.len() == 100 {
        timeout(PATIENCE, source.wait()).await.unwrap();
        assert!(!round(&mut source, &mut kept).await.unwrap().full);
        found = told(kept.believed());
    }
    let mut expected = people(0..100);
    expected.remove(&person_uuid(2));
    let one = expected.get_mut(&person_uuid(1)).unwrap();
    *one = one.replace("Person 1:", "One:");
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_wait_goes_on_while_the_server_is_away() {
    let Some(mut office) = Office::of(30) else {
        return;
    };
    let (mut source, mut kept) = office.source();
    round(&mut source, &mut kept).await.unwrap();
    kept.believed();
    let away = async {
        // The search is there, and dies with the server.
        assert!(
            timeout(Duration::from_millis(300), source.wait())
                .await
                .is_err()
        );
        office.server.kill();
        assert!(
            timeout(Duration::from_millis(300), source.wait())
                .await
                .is_err()
        );
        office.server.restart().unwrap();
        office.server.change(&delete(3)).unwrap();
        timeout(PATIENCE, source.wait()).await.unwrap();
    };
    away.await;
    round(&mut source, &mut kept).await.unwrap();
    let mut expected = people(0..30);
    expected.remove(&person_uuid(3));
    assert_eq!(told(kept.believed()), expected);
}

#[tokio::test]
async fn a_connection_that_was_forgotten_on_the_way_is_made_anew() {
    let Some(office) = Office::of(30) else { return };
    let proxy = Proxy::before(office.server.plain()).await;
    let mut access = office.access();
    access.servers =
        vec![sources::ldap::Server::parse(&format!("ldap://{}", proxy.address())).unwrap()];
    access.patience.answer = Duration::from_secs(2);
    let mut source = OpenLdap::new(access, Office::plan()).unwrap();
    let mut kept = Kept::new(&source.fingerprint());
    round(&mut source, &mut kept).await.unwrap();
    office.server.change(&delete(1)).unwrap();
    timeout(PATIENCE, source.wait()).await.unwrap();
    round(&mut source, &mut kept).await.unwrap();
    assert_eq!((kept.believed().len(), proxy.connections()), (29, 2));

    proxy.forget();
    office.server.change(&delete(2)).unwrap();
    let summary = round(&mut source, &mut kept).await.unwrap();
    assert_eq!((summary.full, summary.gone), (false, 1));
    assert_eq!((kept.believed().len(), proxy.connections()), (28, 3));
}

#[tokio::test]
async fn a_server_that_suddenly_has_nothing_is_not_believed() {
    let Some(mut office) = Office::of(40) else {
        return;
    };
    let (mut source, mut kept) = office.source();
    round(&mut source, &mut kept).await.unwrap();
    kept.believed();
    let hidden = Some("(objectClass=inetOrgPerson)".to_owned());
    office
        .server
        .set_up(&Setup {
            hidden,
            ..Setup::default()
        })
        .unwrap();
    let mut plan = Office::plan();
    plan.full_every = Duration::ZERO;
    let mut source = OpenLdap::new(office.access(), plan).unwrap();
    let error = round(&mut source, &mut kept).await.unwrap_err();
    assert!(matches!(error, SourceError::Empty), "{error}");
    assert!(kept.mirror.proposal().unwrap().is_nothing());
}

#[tokio::test]
async fn half_an_answer_is_a_failure_or_proposed_as_what_it_is() {
    let Some(mut office) = Office::of(40) else {
        return;
    };
    let (mut source, mut kept) = office.source();
    round(&mut source, &mut kept).await.unwrap();
    kept.believed();
    let mut plan = Office::plan();
    plan.full_every = Duration::ZERO;
    let mut source = OpenLdap::new(office.access(), plan).unwrap();

    office
        .server
        .set_up(&Setup {
            size_limit: Some(20),
            ..Setup::default()
        })
        .unwrap();
    let error = round(&mut source, &mut kept).await.unwrap_err();
    assert!(matches!(error, SourceError::Partial { .. }), "{error}");
    assert!(kept.mirror.proposal().unwrap().is_nothing());

    // What an access list hides nobody can tell from what was deleted: whoever believes the proposal judges it.
    let hidden = Some("(mailHost=*)".to_owned());
    office
        .server
        .set_up(&Setup {
            hidden,
            ..Setup::default()
        })
        .unwrap();
    round(&mut source, &mut kept).await.unwrap();
    let proposal = kept.mirror.proposal().unwrap();
    assert_eq!((proposal.people, proposal.lost), (40, 32));
}
