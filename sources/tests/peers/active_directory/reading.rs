//! What a full reading brings.

use std::collections::BTreeSet;

use book::{Copy, Reference};
use sources::ldap::{Connection, Object, Pages};
use sources::{ChangeBy, SourceError};
use testbed::samba::{Account, BASE, Company, PASSWORD, PEOPLE};

use crate::peers::samba::{Branch, change, people, round, same, told, whole_domain};

#[tokio::test]
async fn a_full_reading_is_what_was_loaded() {
    let Some(branch) = Branch::of(1_000).await else {
        return;
    };
    for change_by in [ChangeBy::Usn, ChangeBy::DirSync] {
        let (mut source, mut kept) = branch.source(change_by);
        let summary = round(&mut source, &mut kept).await.unwrap();
        assert!(summary.full);
        assert_eq!(summary.entries, 900);
        assert_eq!((summary.keyless, summary.referrals_total), (0, 0));
        same(&told(&mut kept), &people(1_000));
    }
}

#[tokio::test]
async fn accounts_and_forwardings_are_read() {
    let Some(branch) = Branch::of(20).await else {
        return;
    };
    branch.modify(&change(
        &Company::dn(0),
        &[
            "replace: userAccountControl",
            "userAccountControl: 546",
            "-",
            "add: altRecipient",
            &format!("altRecipient: {}", Company::dn(4)),
            "-",
            "add: deliverAndRedirect",
            "deliverAndRedirect: TRUE",
            "-",
            "add: msExchHideFromAddressLists",
            "msExchHideFromAddressLists: TRUE",
            "-",
            "add: msExchRequireAuthToSendTo",
            "msExchRequireAuthToSendTo: TRUE",
        ],
    ));
    branch.modify(&change(
        &Company::dn(1),
        &[
            "add: msExchGenericForwardingAddress",
            "msExchGenericForwardingAddress: smtp:elsewhere@fabrikam.com",
        ],
    ));
    let (mut source, mut kept) = branch.source(ChangeBy::Usn);
    round(&mut source, &mut kept).await.unwrap();
    let believed = kept.believed();
    let found = |number: usize| {
        let address = Company::address(number);
        let mut entries = believed.values();
        let is_it = |entry: &&book::Entry| {
            entry
                .primary
                .as_ref()
                .is_some_and(|own| own.to_string() == address)
        };
        entries.find(is_it).unwrap()
    };
    let first = found(0);
    assert!(first.flags.disabled && first.flags.hidden && first.flags.internal_only);
    let forward = first.forward.as_ref().unwrap();
    assert_eq!(forward.to, Reference::Object(Company::dn(4)));
    assert_eq!(forward.copy, Copy::Kept);
    let second = found(1);
    assert!(!second.flags.disabled && !second.flags.hidden && !second.flags.internal_only);
    let forward = second.forward.as_ref().unwrap();
    assert!(
        matches!(&forward.to, Reference::Address(to) if to.to_string() == "elsewhere@fabrikam.com")
    );
    assert_eq!(forward.copy, Copy::NotKept);
}

/// Samba gives a list in parts only to who asks for a part.
#[tokio::test]
async fn a_list_in_ranges_is_read_to_its_end() {
    let Some(branch) = Branch::of(1_000).await else {
        return;
    };
    let dn = format!("CN=Everybody,{PEOPLE}");
    let mut group =
        format!("dn: {dn}\nobjectClass: group\nsAMAccountName: everybody\nmail: all@contoso.com\n");
    for number in 0..1_000 {
        group.push_str(&format!("member: {}\n", Company::dn(number)));
    }
    branch.domain().add(&group).unwrap();

    let access = branch.access(Account::Reader, PASSWORD);
    let mut connection = Connection::open(&access).await.unwrap();
    let mut search = whole_domain().search(&dn, &[]);
    search.attributes = vec!["member;range=0-299".to_owned()];
    let part = connection.object(&search).await.unwrap().unwrap();
    assert_eq!(part.attributes.texts("member").count(), 300);
    assert!(part.attributes.is_unfinished("member"));
    let mut lists = Vec::new();
    let mut take = |object: Object| {
        assert!(!object.attributes.is_unfinished("member"));
        lists.push(
            object
                .attributes
                .texts("member")
                .map(str::to_owned)
                .collect::<BTreeSet<_>>(),
        );
        Ok(())
    };
    let mut pages = Pages::of(10);
    connection
        .page(&search, &mut pages, &mut take)
        .await
        .unwrap();
    assert_eq!(lists.iter().map(BTreeSet::len).collect::<Vec<_>>(), [1_000]);

    let (mut source, mut kept) = branch.source_of(Account::Reader, ChangeBy::Usn);
    round(&mut source, &mut kept).await.unwrap();
    let believed = kept.believed();
    let groups: Vec<usize> = believed
        .values()
        .map(|entry| entry.members.len())
        .filter(|count| *count > 0)
        .collect();
    assert_eq!(groups, [1_000]);
}

/// What the account must not see is not there: that is for whoever believes a proposal to notice.
#[tokio::test]
async fn half_an_answer_is_proposed_and_nothing_is_an_error() {
    let Some(branch) = Branch::of(20).await else {
        return;
    };
    let hidden = format!("OU=Hidden,{BASE}");
    branch
        .domain()
        .add(&format!("dn: {hidden}\nobjectClass: organizationalUnit\n"))
        .unwrap();
    for number in 0..5 {
        branch.modify(&format!(
            "dn: {}\nchangetype: modrdn\nnewrdn: CN=Person {number}\ndeleteoldrdn: 1\nnewsuperior: {hidden}\n",
            Company::dn(number)
        ));
    }
    let (mut source, mut kept) = branch.source_of(Account::Reader, ChangeBy::Usn);
    let all = round(&mut source, &mut kept).await.unwrap();
    assert_eq!(all.entries, 18);
    assert_eq!(kept.believed().len(), 18);

    // The account loses its sight of one unit.
    branch
        .domain()
        .set_descriptor(&hidden, ADMINISTRATORS_ONLY)
        .unwrap();
    let mut anew = kept.reopened("another setting");
    let half = round(&mut source, &mut anew).await.unwrap();
    assert!(half.full);
    assert_eq!(anew.mirror.proposal().unwrap().lost, 5);

    // And of all of them.
    branch
        .domain()
        .set_descriptor(PEOPLE, ADMINISTRATORS_ONLY)
        .unwrap();
    let mut anew = anew.reopened("one more setting");
    let nothing = round(&mut source, &mut anew).await;
    assert!(matches!(nothing, Err(SourceError::Empty)), "{nothing:?}");
    assert_eq!(anew.mirror.proposal().unwrap().lost, 5);
}

/// Nobody below the unit inherits anything else.
const ADMINISTRATORS_ONLY: &str =
    "O:DAG:DAD:P(A;CI;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;CI;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)";
