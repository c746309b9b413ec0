//! Groups with their members.

use super::*;

fn group(members: &[&str]) -> Recipient {
    let members = members.iter().map(|member| address(member));
    let mut group = crate::Group::of(members);
    (group.nameless, group.internal_only) = (7, true);
    Recipient {
        aliases: vec![
            address("everybody@contoso.com"),
            address("all@fabrikam.example"),
        ],
        group: Some(group),
        ..Recipient::new(address("All@contoso.com"), "cloud".into(), "people")
    }
}

#[test]
fn a_group_gives_back_its_members_and_no_slot_leads_to_them() {
    let members = ["mary@contoso.com", "X.Y@Example.net", "gone@contoso.com"];
    let people = [john(), group(&members), mary(), group_of_nobody()];
    let built = Snapshot::build(people.clone(), meta()).unwrap();
    let stored = read(&image(&built)).unwrap();
    for snapshot in [built, stored] {
        let all: Vec<_> = snapshot
            .iter()
            .map(|view| view.to_recipient().unwrap())
            .collect();
        assert_eq!(all, people);
        assert_eq!((snapshot.len(), snapshot.groups()), (4, 2));
        let view = snapshot.lookup(&address("everybody@contoso.com")).unwrap();
        let found = view.group().unwrap().unwrap();
        let spelled: Vec<_> = found
            .members()
            .map(|member| member.unwrap().to_string())
            .collect();
        assert_eq!(
            spelled,
            ["mary@contoso.com", "X.Y@example.net", "gone@contoso.com"]
        );
        assert_eq!(
            (found.len(), found.nameless(), found.is_internal_only()),
            (3, 7, true)
        );
        assert_eq!(view.aliases().count(), 2);
        assert!(snapshot.lookup(&address("gone@contoso.com")).is_none());
        assert!(
            snapshot
                .lookup(&address("mary@contoso.com"))
                .unwrap()
                .group()
                .unwrap()
                .is_none()
        );
    }
}

fn group_of_nobody() -> Recipient {
    Recipient {
        group: Some(crate::Group::default()),
        ..Recipient::new(address("empty@contoso.com"), "cloud".into(), "people")
    }
}

#[test]
fn members_may_fill_several_pages() {
    let name = |number: usize| format!("{}{number:05}@example.net", "m".repeat(100));
    let names: Vec<String> = (0..crate::limits::GROUP_MEMBERS_MAX).map(name).collect();
    let members: Vec<&str> = names.iter().map(String::as_str).collect();
    let snapshot = read(&image(
        &Snapshot::build([group(&members), mary()], meta()).unwrap(),
    ));
    let snapshot = snapshot.unwrap();
    let view = snapshot.lookup(&address("all@contoso.com")).unwrap();
    let found = view.group().unwrap().unwrap().members();
    assert!(found.map(|member| member.unwrap().to_string()).eq(names));
    assert!(snapshot.lookup(&address("mary@contoso.com")).is_some());
}

#[test]
fn a_former_format_has_no_groups() {
    let mut former = image(&sample());
    former[8..12].copy_from_slice(&3_u32.to_le_bytes());
    former[12..16].fill(0);
    let sum = crc32fast::hash(&former[..HEADER]);
    former[12..16].copy_from_slice(&sum.to_le_bytes());
    let snapshot = read(&former).unwrap();
    assert_eq!((snapshot.len(), snapshot.groups()), (2, 0));
    assert!(snapshot.lookup(&address("mary@contoso.com")).is_some());
}

#[test]
fn every_address_is_given_with_its_owner_s_others() {
    let members = group(&["gone@contoso.com", "elsewhere@example.net"]);
    let snapshot = Snapshot::build([john(), members, mary(), group_of_nobody()], meta()).unwrap();
    let own = |recipient: &Recipient| {
        let mut all = vec![recipient.primary.canonical().to_owned()];
        all.extend(
            recipient
                .aliases
                .iter()
                .map(|alias| alias.canonical().to_owned()),
        );
        all
    };
    let expected: Vec<String> = snapshot
        .iter()
        .filter_map(|view| view.to_recipient())
        .flat_map(|recipient| own(&recipient))
        .collect();
    let given = snapshot.each_address();
    let given: Vec<String> = given
        .map(|(local, domain)| format!("{local}@{domain}"))
        .collect();
    assert!(given.len() > snapshot.len(), "somebody has an alias");
    assert_eq!(given, expected);
}
