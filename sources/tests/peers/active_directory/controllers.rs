//! Controllers that change, and controllers that die.

use sources::ldap::Server;
use sources::{ActiveDirectory, ChangeBy, SourceError};
use testbed::samba::{Account, Company, PASSWORD};

use crate::peers::samba::{Branch, certificate, change, people, round, same, told, whole_domain};
use crate::proxy::Proxy;
use crate::scene::Kept;

#[tokio::test]
async fn another_database_is_read_in_full_and_nobody_is_gone() {
    let Some(branch) = Branch::of(100).await else {
        return;
    };
    let (mut source, mut kept) = branch.source(ChangeBy::Usn);
    round(&mut source, &mut kept).await.unwrap();
    same(&told(&mut kept), &people(100));

    let restored = branch.domain().copied().unwrap();
    restored.rename_database(ANOTHER).unwrap();
    let branch = branch.replaced(restored).await;
    assert!(round(&mut source, &mut kept).await.unwrap().full);
    assert!(kept.mirror.proposal().unwrap().is_nothing());
    same(&told(&mut kept), &people(100));
    assert!(!round(&mut source, &mut kept).await.unwrap().full);
    drop(branch);
}

/// A virtual machine that is set back to a snapshot keeps its name, and counts on from below.
#[tokio::test]
async fn a_controller_that_went_back_in_time_is_read_in_full() {
    let Some(branch) = Branch::of(100).await else {
        return;
    };
    let snapshot = branch.domain().copied().unwrap();
    branch.modify(&change(
        &Company::dn(0),
        &["replace: mail", "mail: later@contoso.com"],
    ));
    let (mut source, mut kept) = branch.source(ChangeBy::Usn);
    round(&mut source, &mut kept).await.unwrap();
    told(&mut kept);

    let branch = branch.replaced(snapshot).await;
    assert!(round(&mut source, &mut kept).await.unwrap().full);
    same(&told(&mut kept), &people(100));
    drop(branch);
}

/// The second controller has the same people and other numbers.
#[tokio::test]
async fn one_stays_with_a_controller_as_long_as_it_lives() {
    let Some(first) = Branch::of(100).await else {
        return;
    };
    let twin = first.domain().copied().unwrap();
    twin.rename_database(ANOTHER).unwrap();
    let second = Branch::serving(twin, &first.authority).await;
    let mut access = first.access(Account::Administrator, PASSWORD);
    access.servers = [&second, &first]
        .map(|branch| Server::parse(&format!("ldaps://{}", branch.controller.ldaps())).unwrap())
        .to_vec();
    let mut kept = Kept::new("");

    // Read from the second of them alone; after a new start it is found again behind the other.
    let mut alone = access.clone();
    alone.servers.remove(0);
    let mut source = ActiveDirectory::new(alone, whole_domain(), ChangeBy::Usn).unwrap();
    assert!(round(&mut source, &mut kept).await.unwrap().full);
    same(&told(&mut kept), &people(100));
    let mut source = ActiveDirectory::new(access, whole_domain(), ChangeBy::Usn).unwrap();
    assert!(!round(&mut source, &mut kept).await.unwrap().full);

    // A short absence is waited out, a long one is not.
    drop(first.controller);
    for _ in 0..3 {
        let failed = round(&mut source, &mut kept).await.unwrap_err();
        assert!(
            matches!(failed, SourceError::Unreachable { .. }),
            "{failed}"
        );
    }
    assert!(round(&mut source, &mut kept).await.unwrap().full);
    same(&told(&mut kept), &people(100));
    assert!(!round(&mut source, &mut kept).await.unwrap().full);
}

/// The cookie of DirSync is understood by the other controller: nothing is read in full, and nobody is gone.
#[tokio::test]
async fn the_cookie_of_dirsync_goes_from_controller_to_controller() {
    let Some(branch) = Branch::of(100).await else {
        return;
    };
    let (mut source, mut kept) = branch.source(ChangeBy::DirSync);
    round(&mut source, &mut kept).await.unwrap();
    same(&told(&mut kept), &people(100));

    let twin = branch.domain().copied().unwrap();
    twin.rename_database(ANOTHER).unwrap();
    let branch = branch.replaced(twin).await;
    branch.modify(&format!("dn: {}\nchangetype: delete\n", Company::dn(3)));
    assert!(!round(&mut source, &mut kept).await.unwrap().full);
    let mut known = people(100);
    known.remove(&Company::address(3));
    same(&told(&mut kept), &known);
}

/// Wherever the connection breaks, nobody is gone, and the next round makes up for it.
#[tokio::test]
async fn a_connection_that_breaks_loses_nobody() {
    let Some(branch) = Branch::of(1_000).await else {
        return;
    };
    for change_by in [ChangeBy::Usn, ChangeBy::DirSync] {
        let proxy = Proxy::before(branch.controller.ldaps()).await;
        let mut access = branch.access(Account::Administrator, PASSWORD);
        access.servers = vec![Server::parse(&format!("ldaps://{}", proxy.address())).unwrap()];
        let mut source = ActiveDirectory::new(access, whole_domain(), change_by).unwrap();
        let mut kept = Kept::new("");
        // Before there is anything: in the handshake, in the bind, in the pages.
        let mut broken = 0;
        for octets in [100, 3_000, 20_000, 200_000, 400_000] {
            proxy.cut_after(octets);
            broken += usize::from(round(&mut source, &mut kept).await.is_err());
        }
        assert!(broken >= 4, "{broken}");
        proxy.let_through();
        round(&mut source, &mut kept).await.unwrap();
        same(&told(&mut kept), &people(1_000));

        // And in a full reading of what is known already.
        let mut kept = kept.reopened("another setting");
        for octets in [20_000, 200_000, 400_000] {
            proxy.cut_after(octets);
            round(&mut source, &mut kept).await.unwrap_err();
            assert!(kept.mirror.proposal().unwrap().is_nothing());
        }
        proxy.let_through();
        assert!(round(&mut source, &mut kept).await.unwrap().full);
        assert!(kept.mirror.proposal().unwrap().is_nothing());
    }
}

#[tokio::test]
async fn a_controller_that_is_killed_is_an_error_and_comes_back() {
    let Some(branch) = Branch::of(100).await else {
        return;
    };
    let (mut source, mut kept) = branch.source(ChangeBy::Usn);
    round(&mut source, &mut kept).await.unwrap();
    same(&told(&mut kept), &people(100));
    let stopped = branch.controller.stop();
    let failed = round(&mut source, &mut kept).await.unwrap_err();
    assert!(
        matches!(failed, SourceError::Unreachable { .. }),
        "{failed}"
    );
    assert!(kept.mirror.proposal().unwrap().is_nothing());

    let controller = stopped
        .start(&certificate(&branch.authority))
        .await
        .unwrap();
    let lines = ["replace: displayName", "displayName: Other"];
    controller
        .domain()
        .modify(&change(&Company::dn(3), &lines))
        .unwrap();
    assert!(!round(&mut source, &mut kept).await.unwrap().full);
    assert_eq!(kept.mirror.proposal().unwrap().changed, 1);
}

const ANOTHER: &str = "11111111-2222-3333-4444-555555555555";
