//! What a source sees of changes.

use std::time::{Duration, Instant};

use sources::{ActiveDirectory, ChangeBy};
use testbed::samba::{Account, BASE, Company, PASSWORD, PEOPLE};
use tokio::time::timeout;

use crate::peers::samba::{
    Branch, NEVER, People, change, changed, people, round, same, told, whole_domain,
};
use crate::scene::{Kept, PATIENCE};

/// How a source asks, and as whom.
const WAYS: &[(ChangeBy, Account)] = &[
    (ChangeBy::Usn, Account::Administrator),
    (ChangeBy::DirSync, Account::Administrator),
];

/// A source that has read everything.
async fn settled(
    branch: &Branch,
    people_count: usize,
    way: (ChangeBy, Account),
) -> (ActiveDirectory, Kept, People) {
    let (mut source, mut kept) = branch.source_of(way.1, way.0);
    assert!(round(&mut source, &mut kept).await.unwrap().full);
    let known = told(&mut kept);
    same(&known, &people(people_count));
    (source, kept, known)
}

#[tokio::test]
async fn who_comes_changes_moves_and_goes_is_seen() {
    for &way in WAYS {
        let Some(branch) = Branch::of(20).await else {
            return;
        };
        let (mut source, mut kept, mut known) = settled(&branch, 20, way).await;
        same(&changed(&mut source, &mut kept).await, &known);

        // Somebody new.
        let newcomer = format!(
            "dn: CN=New,{PEOPLE}\nobjectClass: user\nsAMAccountName: new\nmail: new@contoso.com\n\
             msExchRecipientTypeDetails: 1\n"
        );
        branch.domain().add(&newcomer).unwrap();
        known.insert("new@contoso.com".to_owned(), "lives in exchange".to_owned());
        same(&changed(&mut source, &mut kept).await, &known);

        // Somebody who migrates.
        let dn = Company::dn(0);
        branch.modify(&change(
            &dn,
            &[
                "replace: msExchRecipientTypeDetails",
                "msExchRecipientTypeDetails: 2147483648",
                "-",
                "delete: homeMDB",
                "-",
                "add: targetAddress",
                "targetAddress: SMTP:person0@contoso.mail.onmicrosoft.com",
            ],
        ));
        let before = known[&Company::address(0)].clone();
        let after = before.replace("lives in exchange", "lives in cloud");
        assert_ne!(before, after);
        known.insert(Company::address(0), after);
        same(&changed(&mut source, &mut kept).await, &known);

        // Who is renamed and moved stays who it is.
        let unit = format!("OU=Elsewhere,{BASE}");
        branch
            .domain()
            .add(&format!("dn: {unit}\nobjectClass: organizationalUnit\n"))
            .unwrap();
        branch.modify(&format!(
            "dn: {}\nchangetype: modrdn\nnewrdn: CN=Renamed\ndeleteoldrdn: 1\nnewsuperior: {unit}\n",
            Company::dn(1)
        ));
        let keys: Vec<String> = kept.believed().into_keys().collect();
        same(&changed(&mut source, &mut kept).await, &known);
        let believed = kept.believed();
        assert_eq!(believed.keys().cloned().collect::<Vec<_>>(), keys);
        let renamed = format!("CN=Renamed,{unit}");
        assert!(
            believed
                .values()
                .any(|entry| entry.name.eq_ignore_ascii_case(&renamed))
        );

        // Who has no address any more is nobody.
        let lines = ["delete: mail", "-", "delete: proxyAddresses"];
        branch.modify(&change(&Company::dn(2), &lines));
        known.remove(&Company::address(2));
        same(&changed(&mut source, &mut kept).await, &known);

        // Who is deleted, and comes back.
        known.remove(&Company::address(4)).unwrap();
        let guid = key_of(&kept, 4);
        branch.modify(&format!("dn: {}\nchangetype: delete\n", Company::dn(4)));
        same(&changed(&mut source, &mut kept).await, &known);
        undelete(&branch, &guid, 4);
        known.insert(
            Company::address(4),
            "lives in cloud X500:/o=contoso/ou=exchange/cn=recipients/cn=person4".to_owned(),
        );
        same(&changed(&mut source, &mut kept).await, &known);
    }
}

fn key_of(kept: &Kept, number: usize) -> String {
    let mut believed = kept.mirror.view().believed().map(Result::unwrap);
    let address = Company::address(number);
    let found = believed.find(|entry| {
        entry
            .primary
            .as_ref()
            .is_some_and(|own| own.to_string() == address)
    });
    found.unwrap().key.to_string()
}

/// A tombstone has lost most of what it had.
fn undelete(branch: &Branch, guid: &str, number: usize) {
    let ldif = change(
        &format!("<GUID={guid}>"),
        &[
            "delete: isDeleted",
            "-",
            "replace: distinguishedName",
            &format!("distinguishedName: {}", Company::dn(number)),
            "-",
            "replace: mail",
            &format!("mail: {}", Company::address(number)),
            "-",
            "replace: msExchRecipientTypeDetails",
            "msExchRecipientTypeDetails: 2147483648",
            "-",
            "replace: targetAddress",
            &format!("targetAddress: SMTP:person{number}@contoso.mail.onmicrosoft.com"),
        ],
    );
    branch
        .domain()
        .modify_with(&["--controls=show_deleted:1"], &ldif)
        .unwrap();
}

/// An object that leaves the base matches the filter as before, but nobody looks there.
#[tokio::test]
async fn who_leaves_the_base_is_gone() {
    for &(change_by, account) in WAYS {
        let Some(branch) = Branch::of(20).await else {
            return;
        };
        let mut plan = whole_domain();
        plan.bases = vec![PEOPLE.to_owned()];
        let access = branch.access(account, PASSWORD);
        let mut source = ActiveDirectory::new(access, plan, change_by).unwrap();
        let mut kept = Kept::new("");
        round(&mut source, &mut kept).await.unwrap();
        let mut known = people(20);
        same(&told(&mut kept), &known);
        branch.modify(&format!(
            "dn: {}\nchangetype: modrdn\nnewrdn: CN=Person 5\ndeleteoldrdn: 1\nnewsuperior: CN=Users,{BASE}\n",
            Company::dn(5)
        ));
        known.remove(&Company::address(5));
        same(&changed(&mut source, &mut kept).await, &known);
    }
}

/// Whatever changes while a round is under way belongs to this round or to the next one.
#[tokio::test]
async fn who_changes_in_the_middle_of_a_round_is_neither_gone_nor_missed() {
    for &(change_by, account) in WAYS {
        let Some(branch) = Branch::of(20).await else {
            return;
        };
        let (mut source, mut kept) = branch.source_of(account, change_by);
        // Each time behind a page: first in a full reading, then where changes are read.
        for (number, wanted) in [(1, "while all is read"), (2, "while changes are read")] {
            let lines = ["replace: displayName", &format!("displayName: {wanted}")];
            let in_the_middle = change(&Company::dn(number), &lines);
            branch.modify(&change(&Company::dn(0), &lines));
            let mut is_over = false;
            let mut progress = |_| {
                if !is_over {
                    is_over = true;
                    branch.modify(&in_the_middle);
                }
            };
            source.round(&mut kept.mirror, &mut progress).await.unwrap();
            same(&told(&mut kept), &people(20));
            same(&changed(&mut source, &mut kept).await, &people(20));
            let believed = kept.believed();
            let shown = believed
                .values()
                .filter(|entry| entry.display.as_deref() == Some(wanted));
            assert_eq!(shown.count(), 2, "{} {wanted}", change_by.name());
        }
    }
}

/// Active Directory hides what was deleted from all but administrators, and says nothing of it.
#[tokio::test]
async fn deletions_that_the_account_cannot_see_are_found_by_counting() {
    for change_by in [ChangeBy::Usn, ChangeBy::DirSync] {
        let Some(branch) = Branch::of(20).await else {
            return;
        };
        let way = (change_by, Account::Reader);
        let (source, mut kept, mut known) = settled(&branch, 20, way).await;
        branch.modify(&format!("dn: {}\nchangetype: delete\n", Company::dn(6)));
        branch.modify(&change(
            &Company::dn(7),
            &[
                "delete: mail",
                "-",
                "delete: proxyAddresses",
                "-",
                "delete: targetAddress",
            ],
        ));
        drop(source);
        // One counts every few minutes, and after the start.
        let access = branch.access(Account::Reader, PASSWORD);
        let mut source = ActiveDirectory::new(access, whole_domain(), change_by).unwrap();
        known.remove(&Company::address(6));
        known.remove(&Company::address(7));
        same(&changed(&mut source, &mut kept).await, &known);
        // Whoever may see them is spared the counting.
        branch.modify(&format!("dn: {}\nchangetype: delete\n", Company::dn(8)));
        let domain = branch.domain();
        domain
            .set_descriptor(&format!("CN=Deleted Objects,{BASE}"), DELETED_FOR_ALL)
            .unwrap();
        let access = branch.access(Account::Reader, PASSWORD);
        let mut source = ActiveDirectory::new(access, whole_domain(), change_by).unwrap();
        let named = round(&mut source, &mut kept).await.unwrap();
        assert_eq!((named.full, named.gone), (false, 1));
        known.remove(&Company::address(8));
        same(&told(&mut kept), &known);
    }
}

#[tokio::test]
async fn a_change_is_told_before_the_poll_interval_is_over() {
    let Some(branch) = Branch::of(20).await else {
        return;
    };
    let mut plan = whole_domain();
    plan.poll = NEVER;
    let access = branch.access(Account::Reader, PASSWORD);
    let mut source = ActiveDirectory::new(access, plan, ChangeBy::Usn).unwrap();
    let mut kept = Kept::new("");
    round(&mut source, &mut kept).await.unwrap();
    same(&told(&mut kept), &people(20));

    let begun = Instant::now();
    branch.modify(&change(
        &Company::dn(3),
        &["replace: displayName", "displayName: Other"],
    ));
    timeout(PATIENCE, source.wait()).await.unwrap();
    round(&mut source, &mut kept).await.unwrap();
    println!(
        "a change is in the mirror after {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    let believed = kept.believed();
    assert!(
        believed
            .values()
            .any(|entry| entry.display.as_deref() == Some("Other"))
    );
}

#[tokio::test]
async fn a_change_is_in_the_mirror_within_the_poll_interval() {
    let Some(branch) = Branch::of(20).await else {
        return;
    };
    let mut plan = whole_domain();
    plan.poll = Duration::from_millis(500);
    let access = branch.access(Account::Reader, PASSWORD);
    let mut source = ActiveDirectory::new(access, plan, ChangeBy::Usn).unwrap();
    let mut kept = Kept::new("");
    round(&mut source, &mut kept).await.unwrap();
    let lines = ["replace: displayName", "displayName: Other"];
    branch.modify(&change(&Company::dn(3), &lines));
    timeout(PATIENCE, source.wait()).await.unwrap();
    round(&mut source, &mut kept).await.unwrap();
    let believed = kept.believed();
    assert!(
        believed
            .values()
            .any(|entry| entry.display.as_deref() == Some("Other"))
    );
}

const DELETED_FOR_ALL: &str =
    "O:SYG:SYD:PAI(A;;RPWPCCDCLCRCWOWDSDSW;;;SY)(A;;RPLC;;;BA)(A;;RPLC;;;AU)";
