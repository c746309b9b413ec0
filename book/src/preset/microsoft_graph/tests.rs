use serde_json::{Value, json};

use super::super::tests::{addresses, place, setting, texts};
use crate::{Entry, Key, Odd, Passed, Preset, PresetKind, Record, graph_object};

fn read(preset: &Preset, object: &Value) -> Record {
    let attributes = graph_object::attributes(object.as_object().unwrap()).unwrap();
    preset.read(&attributes, &setting())
}

fn entry(preset: &Preset, object: &Value) -> (Entry, Vec<Odd>) {
    match read(preset, object) {
        Record::Entry(entry, odd) => (*entry, odd),
        other => panic!("{object}: {other:?}"),
    }
}

fn preset() -> Preset {
    Preset::of(PresetKind::MicrosoftGraph)
}

/// A member of the tenant with more properties than these.
fn user(more: Value) -> Value {
    let mut user = json!({
        "@odata.type": "#microsoft.graph.user", "id": "87D349ED-44D7-43E1-9A83-5F2406DEE5BD",
        "displayName": "Anna Berg", "userPrincipalName": "anna@contoso.com", "mail": "anna@contoso.com",
        "proxyAddresses": ["SMTP:anna@contoso.com", "smtp:anna@contoso.onmicrosoft.com", "SIP:anna@contoso.com"],
        "accountEnabled": true, "userType": "Member", "showInAddressList": null,
    });
    let object = user.as_object_mut().unwrap();
    object.extend(more.as_object().unwrap().clone());
    user
}

fn plan(status: &str) -> Value {
    json!([{"service": "SharePoint", "capabilityStatus": "Enabled"}, {"service": "exchange", "capabilityStatus": status}])
}

#[test]
fn a_licence_alone_is_no_proof() {
    let check = |more: Value, expected: &str| {
        let (entry, odd) = entry(&preset(), &user(more.clone()));
        assert_eq!(place(&entry), expected, "{more}");
        assert_eq!(
            texts(&odd).contains("licence"),
            expected.contains("licence"),
            "{more}"
        );
    };
    let alone = "User is not placed: a licence for a mailbox is no proof of one";
    check(
        json!({"assignedPlans": plan("Enabled"), "onPremisesSyncEnabled": true}),
        alone,
    );
    check(json!({"assignedPlans": plan("Enabled")}), alone);
    check(json!({"assignedPlans": plan("Warning")}), alone);
    check(
        json!({"assignedPlans": plan("Deleted")}),
        "User is not placed: nothing says that it has a mailbox",
    );
    check(
        json!({"onPremisesSyncEnabled": true}),
        "User is not placed: the directory it is a copy of decides",
    );
    check(
        json!({}),
        "User is not placed: nothing says that it has a mailbox",
    );
}

#[test]
fn a_licence_proves_what_an_administrator_says_it_does() {
    let mut preset = preset();
    preset.set("licence", &["mailbox"]).unwrap();
    let licensed = user(json!({"assignedPlans": plan("Enabled")}));
    assert_eq!(place(&entry(&preset, &licensed).0), "User lives in cloud");
    // But never of somebody who came from elsewhere.
    let synchronised =
        user(json!({"assignedPlans": plan("Enabled"), "onPremisesSyncEnabled": true}));
    let alone = "User is not placed: a licence for a mailbox is no proof of one";
    assert_eq!(place(&entry(&preset, &synchronised).0), alone);
}

#[test]
fn what_a_mailbox_is_for_proves_it() {
    let check = |purpose: &str, expected: &str| {
        let object = user(json!({"mailboxSettings": {"userPurpose": purpose}}));
        assert_eq!(place(&entry(&preset(), &object).0), expected, "{purpose}");
    };
    check("user", "User lives in cloud");
    check("shared", "Shared lives in cloud");
    check("room", "Room lives in cloud");
    check("equipment", "Equipment lives in cloud");
    check("linked", "Linked lives in cloud");
    check(
        "unknownFutureValue",
        "User is not placed: nothing says that it has a mailbox",
    );
}

#[test]
fn the_rest_of_a_user_is_read() {
    let object = user(json!({"accountEnabled": false, "showInAddressList": false}));
    let (entry, odd) = entry(&preset(), &object);
    assert!(odd.is_empty(), "{odd:?}");
    assert_eq!(
        entry.key,
        Key::from_text("87d349ed-44d7-43e1-9a83-5f2406dee5bd").unwrap()
    );
    assert_eq!(
        addresses(&entry),
        ["anna@contoso.com", "anna@contoso.onmicrosoft.com"]
    );
    assert_eq!((entry.flags.hidden, entry.flags.disabled), (true, true));
    assert_eq!(entry.login.as_deref(), Some("anna@contoso.com"));
}

#[test]
fn groups_are_owned_where_they_were_made() {
    let group = |more: Value| {
        let mut group = json!({
            "@odata.type": "#microsoft.graph.group", "id": "G", "mail": "team@contoso.com", "mailEnabled": true,
            "groupTypes": ["Unified"], "members@delta": [{"id": "A"}, {"id": "B", "@removed": {"reason": "deleted"}}],
        });
        group
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        read(&preset(), &group)
    };
    let Record::Entry(own, _) = group(json!({})) else {
        panic!("it is an entry")
    };
    assert_eq!(
        (place(&own).as_str(), own.members.len()),
        ("Group is a group of cloud", 1)
    );
    let Record::Entry(copy, _) = group(json!({"onPremisesSyncEnabled": true})) else {
        panic!("it is an entry")
    };
    assert_eq!(
        place(&copy),
        "Group is not placed: the directory it is a copy of decides"
    );
    let security = group(json!({"mailEnabled": false}));
    assert_eq!(
        security,
        Record::Passed(Key::from_text("g").unwrap(), Passed::NotForMail)
    );
}

#[test]
fn contacts_guests_and_the_removed_are_told() {
    let contact =
        json!({"@odata.type": "#microsoft.graph.orgContact", "id": "C", "mail": "x@example.net"});
    assert_eq!(
        place(&entry(&preset(), &contact).0),
        "Contact is elsewhere, at x@example.net"
    );
    let ours =
        json!({"@odata.type": "#microsoft.graph.orgContact", "id": "C", "mail": "x@contoso.com"});
    assert_eq!(
        place(&entry(&preset(), &ours).0),
        "Contact is not placed: nothing says that it has a mailbox"
    );
    let key = || Key::from_text("x").unwrap();
    let guest = user(json!({"id": "X", "userType": "Guest"}));
    assert_eq!(
        read(&preset(), &guest),
        Record::Passed(key(), Passed::Guest)
    );
    for removed in [
        json!({"id": "X", "@removed": {"reason": "deleted"}}),
        json!({"id": "X", "@removed": {"reason": "changed"}}),
        user(json!({"id": "X", "deletedDateTime": "2026-01-01T00:00:00Z"})),
    ] {
        assert_eq!(read(&preset(), &removed), Record::Gone(key()), "{removed}");
    }
}
