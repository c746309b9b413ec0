use std::time::Duration;

use super::*;
use crate::{
    Domain, DomainRule, Group, Meta, Recipient, RecipientForm, SideRule, SourceRead, Tags,
    UnknownRule,
};

const NOW: UnixTime = UnixTime::from_seconds(1_000_000);

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn here(name: &str) -> Address {
    address(&format!("{name}@contoso.com"))
}

fn policy(has_way_out: bool) -> Policy {
    let side = |name: &str| SideRule {
        name: name.into(),
        routing_domains: Vec::new(),
        recipient: RecipientForm::AsGiven,
        tags: Tags::Refused,
        has_next_hop: name != "printers",
    };
    let rule = |name: &str, unknown| DomainRule {
        name: Domain::parse(name).unwrap(),
        unknown,
        postmaster: None,
    };
    let day = Duration::from_secs(86_400);
    Policy::new(
        vec![
            rule("contoso.com", UnknownRule::Reject),
            rule("waiting.example", UnknownRule::Defer),
        ],
        ["cloud", "notes", "printers"].map(side).into(),
        has_way_out.then(Vec::new),
        day,
        day,
    )
}

/// Who lives where follows from the first letter of a name; words with members are groups of Notes.
fn snapshot(all: &[(&str, &[&str])]) -> Snapshot {
    let recipients = all.iter().map(|(name, members)| {
        let side = match name.as_bytes()[0] {
            b'c' => "cloud",
            b'p' => "printers",
            _ => "notes",
        };
        let mut recipient = Recipient::new(here(name), side.into(), "people");
        recipient.aliases = vec![here(&format!("{name}.alias"))];
        let full = |member: &&str| match member.contains('@') {
            true => address(member),
            false => here(member),
        };
        if !members.is_empty() {
            recipient.group = Some(Group::of(members.iter().map(full)));
            if name.starts_with("inner") {
                recipient.group.as_mut().unwrap().internal_only = true;
            }
        }
        recipient
    });
    let sources = vec![SourceRead {
        name: "people".into(),
        read_at: Some(NOW),
    }];
    let built_at = NOW;
    Snapshot::build(recipients, Meta { built_at, sources }).unwrap()
}

fn expanded(path: &str, origin: &Origin, all: &[(&str, &[&str])]) -> Option<Expansion> {
    expand(&here(path), origin, &snapshot(all), &policy(true), NOW).unwrap()
}

/// `name side` of each member, then why it stays.
fn told(expansion: &Expansion) -> Vec<String> {
    let member = |member: &Member| {
        let to = match &member.decision {
            Decision::Deliver { to, .. } => to.to_string(),
            Decision::Refuse(_) => "refused".to_owned(),
            Decision::Defer(_) => "deferred".to_owned(),
        };
        let name = member.address.to_string();
        format!("{} {to}", name.trim_end_matches("@contoso.com"))
    };
    let stays = expansion.stays.map(|stays| format!("{stays:?}"));
    expansion.members.iter().map(member).chain(stays).collect()
}

const EVERYBODY: &[(&str, &[&str])] = &[
    ("nora", &[]),
    ("nils", &[]),
    ("cleo", &[]),
    ("carl", &[]),
    ("printer", &[]),
];

fn with(
    groups: &[(&'static str, &'static [&'static str])],
) -> Vec<(&'static str, &'static [&'static str])> {
    EVERYBODY.iter().chain(groups).copied().collect()
}

#[test]
fn a_group_is_expanded_where_somebody_lives_elsewhere() {
    let check = |members: &'static [&'static str], expected: &[&str]| {
        let all = with(&[("all", members), ("team", &["carl", "all"])]);
        let found = expanded("all", &Origin::Internet, &all).unwrap();
        assert_eq!(told(&found), expected, "{members:?}");
        assert_eq!(
            (found.group, found.owner),
            (here("all"), SideName::from("notes"))
        );
    };
    check(&["nora", "cleo"], &["nora notes", "cleo cloud"]);
    check(&["cleo"], &["cleo cloud"]);
    check(&["nora", "nils"], &["nora notes", "nils notes", "OneSide"]);
    // The owner reaches the world outside by itself.
    check(
        &["nora", "x@example.net"],
        &["nora notes", "x@example.net internet", "OneSide"],
    );
    check(
        &["cleo", "x@example.net"],
        &["cleo cloud", "x@example.net internet"],
    );
    // By whatever address somebody is named.
    check(
        &["nora.alias", "nora", "cleo", "cleo.alias"],
        &["nora notes", "cleo cloud"],
    );
    // Nobody, somebody who may come, and a side that only sends.
    check(
        &["nobody", "printer", "x@waiting.example", "cleo"],
        &[
            "nobody refused",
            "printer refused",
            "x@waiting.example deferred",
            "cleo cloud",
        ],
    );
    check(
        &["nobody", "nora"],
        &["nobody refused", "nora notes", "OneSide"],
    );
    // Loops end, and everybody is there once.
    check(&["all", "cleo", "team"], &["cleo cloud", "carl cloud"]);
}

#[test]
fn an_address_that_is_no_such_group_is_none() {
    let all = with(&[("all", &["cleo"])]);
    for (path, is_group) in [
        ("all", true),
        ("all.alias", true),
        ("nora", false),
        ("nobody", false),
    ] {
        let found = expanded(path, &Origin::Internet, &all);
        assert_eq!(found.is_some(), is_group, "{path}");
    }
    let foreign = address("all@example.net");
    let found = expand(
        &foreign,
        &Origin::Internet,
        &snapshot(&all),
        &policy(true),
        NOW,
    );
    assert_eq!(found, Ok(None));
}

#[test]
fn the_groups_that_lead_to_somebody_are_named() {
    let all = with(&[
        ("all", &["nora", "team"]),
        ("team", &["nils", "nora", "cleo"]),
    ]);
    let found = expanded("all", &Origin::Internet, &all).unwrap();
    let through: Vec<(&str, usize)> = found
        .members
        .iter()
        .map(|member| (member.address.folded_local(), member.through.len()))
        .collect();
    assert_eq!(through, [("nora", 1), ("nils", 2), ("cleo", 2)]);
    assert_eq!(*found.members[2].through, [here("all"), here("team")]);
}

#[test]
fn members_on_the_side_that_sent_it_get_it_too() {
    let all = with(&[("all", &["nora", "cleo"])]);
    for origin in [
        Origin::Internet,
        Origin::Side("notes".into()),
        Origin::Side("cloud".into()),
    ] {
        let found = expanded("all", &origin, &all).unwrap();
        assert_eq!(told(&found), ["nora notes", "cleo cloud"], "{origin}");
    }
}

#[test]
fn strangers_do_not_get_past_the_owner_of_an_internal_group() {
    let all = with(&[
        ("inner", &["nora", "cleo"]),
        ("outer", &["carl", "inner", "nils"]),
    ]);
    let check = |path: &str, origin: &Origin, expected: &[&str]| {
        let found = expanded(path, origin, &all).unwrap();
        assert_eq!(told(&found), expected, "{path} from {origin}");
    };
    let side = Origin::Side("cloud".into());
    check("inner", &Origin::Internet, &["InternalOnly"]);
    check("inner", &side, &["nora notes", "cleo cloud"]);
    // Within another group its owner judges, whoever sends.
    let outer = ["carl cloud", "inner notes", "nils notes"];
    check("outer", &Origin::Internet, &outer);
    check("outer", &side, &outer);
}

#[test]
fn nothing_leaves_without_a_way_out() {
    let all = with(&[("all", &["cleo", "x@example.net"])]);
    let found = expand(
        &here("all"),
        &Origin::Internet,
        &snapshot(&all),
        &policy(false),
        NOW,
    );
    let found = found.unwrap().unwrap();
    assert_eq!(told(&found), ["cleo cloud", "x@example.net refused"]);
    let left: Vec<_> = found
        .left_out()
        .map(|(member, _)| &member.address)
        .collect();
    assert_eq!(left, [&address("x@example.net")]);
}

#[test]
fn a_member_is_never_refused_for_where_the_mail_came_from() {
    let all = with(&[]);
    let (snapshot, policy) = (snapshot(&all), policy(true));
    let to = |path: &str| match decide_member(&address(path), &snapshot, &policy, NOW) {
        Decision::Deliver { to, .. } => to.to_string(),
        other => other.to_string(),
    };
    assert_eq!(to("nora@contoso.com"), "notes");
    assert_eq!(to("x@example.net"), "internet");
    assert!(to("nobody@contoso.com").starts_with("refuse"));
}

/// A chain of groups, the last of which has somebody on the other side.
fn chain(length: usize) -> Snapshot {
    let name = |number: usize| here(&format!("g{number}"));
    let groups = (0..length).map(|number| {
        let mut recipient = Recipient::new(name(number), "notes".into(), "people");
        let next = match number + 1 == length {
            true => here("cleo"),
            false => name(number + 1),
        };
        recipient.group = Some(Group::of([next]));
        recipient
    });
    let cleo = Recipient::new(here("cleo"), "cloud".into(), "people");
    let meta = Meta {
        built_at: NOW,
        sources: Vec::new(),
    };
    Snapshot::build(groups.chain([cleo]), meta).unwrap()
}

#[test]
fn depth_is_bounded() {
    let check = |length: usize, stays, members: usize| {
        let found = expand(
            &here("g0"),
            &Origin::Internet,
            &chain(length),
            &policy(true),
            NOW,
        );
        let found = found.unwrap().unwrap();
        assert_eq!((found.stays, found.members.len()), (stays, members));
    };
    check(EXPANSION_DEPTH_MAX, None, 1);
    check(EXPANSION_DEPTH_MAX + 1, Some(Stays::TooDeep), 0);
    assert!(Stays::TooDeep.is_bound() && Stays::TooMany.is_bound() && !Stays::OneSide.is_bound());
}

/// Groups of these members, all of them in one.
fn of_groups(groups: &[Vec<Address>]) -> Expansion {
    let name = |number: usize| here(&format!("g{number}"));
    let inner = groups.iter().enumerate().map(|(number, members)| {
        let mut recipient = Recipient::new(name(number), "notes".into(), "people");
        recipient.group = Some(Group::of(members.iter().cloned()));
        recipient
    });
    let mut all = Recipient::new(here("all"), "notes".into(), "people");
    all.group = Some(Group::of((0..groups.len()).map(name)));
    let sources = vec![SourceRead {
        name: "people".into(),
        read_at: Some(NOW),
    }];
    let built_at = NOW;
    let snapshot = Snapshot::build(inner.chain([all]), Meta { built_at, sources }).unwrap();
    of_all(&snapshot)
}

fn strangers(numbers: std::ops::Range<usize>) -> Vec<Address> {
    let name = |number| address(&format!("x{number}@example.net"));
    numbers.map(name).collect()
}

#[test]
fn the_number_of_members_is_bounded() {
    let half = EXPANSION_MAX / 2;
    let check = |second: usize, stays| {
        let found = of_groups(&[strangers(0..half), strangers(half..half + second)]);
        assert_eq!((found.stays, found.members.len()), (stays, EXPANSION_MAX));
    };
    check(EXPANSION_MAX - half, Some(Stays::OneSide));
    check(EXPANSION_MAX - half + 1, Some(Stays::TooMany));
}

#[test]
fn the_number_of_lookups_is_bounded() {
    let count = 40;
    let each = (EXPANSION_LOOKUPS_MAX - count) / count;
    let check = |more: usize, stays| {
        let groups: Vec<_> = (0..count)
            .map(|number| strangers(0..each + usize::from(number == 0) * more))
            .collect();
        assert_eq!(of_groups(&groups).stays, stays);
    };
    check(0, Some(Stays::OneSide));
    check(1, Some(Stays::TooMany));
}

#[test]
fn a_group_too_large_to_be_kept_stays() {
    let mut all = Recipient::new(here("all"), "notes".into(), "people");
    all.group = Some(Group {
        too_large: true,
        ..Group::default()
    });
    let meta = Meta {
        built_at: NOW,
        sources: Vec::new(),
    };
    let snapshot = Snapshot::build([all], meta).unwrap();
    assert_eq!(of_all(&snapshot).stays, Some(Stays::TooMany));
}

/// What becomes of the group of that name.
fn of_all(snapshot: &Snapshot) -> Expansion {
    let found = expand(
        &here("all"),
        &Origin::Internet,
        snapshot,
        &policy(true),
        NOW,
    );
    found.unwrap().unwrap()
}
