//! What keeps a source out, in words that say what to do.

use std::time::Duration;

use sources::{ActiveDirectory, ChangeBy, SourceError, TlsTrouble};
use testbed::certificates::{Authority, Leaf, Validity};
use testbed::samba::{Account, HOST, PASSWORD};

use crate::peers::samba::{Branch, people, round, same, told, whole_domain};
use crate::scene::Kept;

#[tokio::test]
async fn an_account_that_is_not_let_in_is_told_why() {
    let Some(branch) = Branch::of(20).await else {
        return;
    };
    let check = async |account: Account, password: &str, expected: &str| {
        let access = branch.access(account, password);
        let mut source = ActiveDirectory::new(access, whole_domain(), ChangeBy::Usn).unwrap();
        let refused = round(&mut source, &mut Kept::new("")).await.unwrap_err();
        assert!(matches!(refused, SourceError::Account { .. }), "{refused}");
        // Or the attempts themselves would lock it.
        assert!(refused.retry_after().is_some_and(|wait| wait >= SOON));
        let told = refused.to_string();
        assert!(
            told.contains(expected) && !told.contains(password),
            "{told}"
        );
    };
    check(Account::Disabled, PASSWORD, "is disabled").await;
    check(Account::Expired, PASSWORD, "account itself has expired").await;
    check(Account::MustChange, PASSWORD, "choose a new password").await;
    check(Account::Locked, PASSWORD, "locked").await;
    check(Account::Reader, "Wrong-Harbour-18", "password is wrong").await;
}

#[tokio::test]
async fn a_bad_certificate_is_told_and_nobody_is_gone() {
    let Some(branch) = Branch::of(20).await else {
        return;
    };
    let (mut source, mut kept) = branch.source(ChangeBy::Usn);
    round(&mut source, &mut kept).await.unwrap();
    same(&told(&mut kept), &people(20));
    let (mut controller, authority) = (branch.controller, branch.authority);
    let stranger = Authority::new("Another root");
    let cases = [
        authority.issue(&Leaf::new(HOST).valid(Validity::Past)),
        authority.issue(&Leaf::new("dc2.contoso.test")),
        stranger.issue(&Leaf::new(HOST)),
    ];
    for (certificate, place) in cases.iter().zip(0..) {
        controller = controller.stop().start(certificate).await.unwrap();
        let failed = round(&mut source, &mut kept).await.unwrap_err();
        let SourceError::Tls { trouble, .. } = &failed else {
            panic!("{failed}");
        };
        let is_right = match place {
            0 => *trouble == TlsTrouble::Expired,
            1 => matches!(trouble, TlsTrouble::OtherName(_)),
            _ => *trouble == TlsTrouble::UnknownIssuer,
        };
        assert!(is_right, "{failed}");
        assert!(kept.mirror.proposal().unwrap().is_nothing());
    }
    let good = authority.issue(&Leaf::new(HOST));
    controller = controller.stop().start(&good).await.unwrap();
    assert!(!round(&mut source, &mut kept).await.unwrap().full);
    drop(controller);
}

/// A controller takes no password over a connection that everybody can listen to.
#[tokio::test]
async fn a_password_needs_tls() {
    let Some(branch) = Branch::of(20).await else {
        return;
    };
    let mut access = branch.access(Account::Reader, PASSWORD);
    access.servers = crate::scene::access(branch.controller.ldap(), None).servers;
    let mut source = ActiveDirectory::new(access.clone(), whole_domain(), ChangeBy::Usn).unwrap();
    let refused = round(&mut source, &mut Kept::new("")).await.unwrap_err();
    assert!(
        matches!(refused, SourceError::Unprotected { .. }),
        "{refused}"
    );

    access.start_tls = true;
    let mut source = ActiveDirectory::new(access, whole_domain(), ChangeBy::Usn).unwrap();
    let mut kept = Kept::new("");
    round(&mut source, &mut kept).await.unwrap();
    same(&told(&mut kept), &people(20));
}

const SOON: Duration = Duration::from_secs(600);
