use super::super::tests::{addresses, entry, object, place, setting, texts};
use crate::{Copy, Forward, Key, Passed, Preset, PresetKind, Record, Reference, Setting, System};

fn preset() -> Preset {
    Preset::of(PresetKind::ActiveDirectory)
}

/// Somebody with these attributes besides a key and an address.
fn check(pairs: &[(&str, &str)], expected: &str, odd: &str) {
    let mut all = vec![
        ("objectGUID", "0123456789abcdef"),
        ("proxyAddresses", "SMTP:anna@contoso.com"),
    ];
    all.extend(pairs);
    let (entry, found) = entry(&preset(), &all);
    assert_eq!(place(&entry), expected, "{pairs:?}");
    match odd {
        "" => assert!(found.is_empty(), "{pairs:?}: {found:?}"),
        _ => assert!(texts(&found).contains(odd), "{pairs:?}: {found:?}"),
    }
}

const STORE: &str = "CN=DB1,CN=Databases,CN=Exchange,CN=Configuration,DC=contoso,DC=com";
const CLOUD: &str = "SMTP:anna@contoso.mail.onmicrosoft.com";

#[test]
fn a_mailbox_here_is_in_exchange() {
    let home = [("homeMDB", STORE), ("msExchRecipientTypeDetails", "1")];
    check(&home, "User lives in exchange", "");
    check(&home[..1], "User lives in exchange", "");
    check(&home[1..], "User lives in exchange", "");
    check(
        &[("msExchHomeServerName", "/o=C/cn=EX1")],
        "User lives in exchange",
        "",
    );
    check(
        &[("msExchRecipientTypeDetails", "2")],
        "Linked lives in exchange",
        "",
    );
    check(
        &[("msExchRecipientTypeDetails", "4")],
        "Shared lives in exchange",
        "",
    );
    check(
        &[("msExchRecipientTypeDetails", "16")],
        "Room lives in exchange",
        "",
    );
    check(
        &[("msExchRecipientTypeDetails", "32")],
        "Equipment lives in exchange",
        "",
    );
    check(
        &[("msExchRecipientTypeDetails", "4096")],
        "PublicFolder lives in exchange",
        "",
    );
    check(
        &[("objectClass", "publicFolder")],
        "PublicFolder lives in exchange",
        "",
    );
    // Exchange itself sends it on; mail goes to where the mailbox is.
    let both = [("homeMDB", STORE), ("targetAddress", CLOUD)];
    check(&both, "User lives in exchange", "target address");
}

#[test]
fn a_remote_mailbox_is_in_the_cloud() {
    let by = " by anna@contoso.mail.onmicrosoft.com";
    let target = ("targetAddress", CLOUD);
    for (number, kind) in [
        ("2147483648", "User"),
        ("8589934592", "Room"),
        ("17179869184", "Equipment"),
        ("34359738368", "Shared"),
    ] {
        let remote = ("msExchRecipientTypeDetails", number);
        check(&[remote, target], &format!("{kind} lives in cloud{by}"), "");
        check(
            &[remote],
            &format!("{kind} lives in cloud"),
            "no target address",
        );
    }
    let remote = ("msExchRecipientTypeDetails", "2147483648");
    let lives = "User lives in cloud";
    check(
        &[remote, target, ("homeMDB", STORE)],
        &format!("{lives}{by}"),
        "a mailbox here as well",
    );
    check(
        &[remote, ("targetAddress", "SMTP:anna@contoso.com")],
        lives,
        "no target address",
    );
    check(
        &[
            remote,
            ("targetAddress", "SMTP:a@fabrikam.mail.onmicrosoft.com"),
        ],
        lives,
        "another tenant",
    );
    check(
        &[remote, ("targetAddress", "SMTP:a@example.net")],
        lives,
        "no target address",
    );
    // Where Exchange's types were never written, target address and remote type tell.
    check(&[target], &format!("{lives}{by}"), "");
    check(
        &[("msExchRemoteRecipientType", "4")],
        lives,
        "no target address",
    );
    check(
        &[("msExchRemoteRecipientType", "97")],
        lives,
        "no target address",
    );
    check(
        &[("msExchRemoteRecipientType", "12")],
        "User is not placed: nothing says that it has a mailbox",
        "",
    );
    check(
        &[("msExchRemoteRecipientType", "2")],
        "User is not placed: nothing says that it has a mailbox",
        "",
    );
}

#[test]
fn a_mail_user_of_the_shared_domain_lives_in_the_third_party_system() {
    let kind = ("msExchRecipientTypeDetails", "128");
    check(
        &[kind, ("targetAddress", "SMTP:anna@contoso.com")],
        "MailUser lives in third-party",
        "",
    );
    check(
        &[("targetAddress", "SMTP:Anna@Contoso.com")],
        "User lives in third-party",
        "",
    );
    // A routing domain of its own says which one.
    let domino = ("targetAddress", "SMTP:anna@domino.contoso.com");
    check(
        &[kind, domino],
        "MailUser lives in domino by anna@domino.contoso.com",
        "",
    );
    check(
        &[kind, ("targetAddress", CLOUD)],
        "MailUser lives in cloud by anna@contoso.mail.onmicrosoft.com",
        "",
    );
    check(
        &[kind, ("targetAddress", "SMTP:a@example.net")],
        "MailUser is elsewhere, at a@example.net",
        "",
    );
    let tenant = "SMTP:a@fabrikam.mail.onmicrosoft.com";
    check(
        &[kind, ("targetAddress", tenant)],
        "MailUser is elsewhere, at a@fabrikam.mail.onmicrosoft.com",
        "another tenant",
    );
    check(
        &[kind],
        "MailUser is not placed: nothing says that it has a mailbox",
        "",
    );
}

#[test]
fn connectors_of_old_wrote_foreign_target_addresses() {
    let target = |address| [("targetAddress", address)];
    check(
        &target("NOTES:Anna Berg/Contoso@NOTESDOM"),
        "User lives in domino",
        "",
    );
    check(&target("GWISE:DOM.PO.Anna"), "User lives in groupwise", "");
    let unplaced = "User is not placed: nothing says that it has a mailbox";
    check(&target("X500:/o=C/cn=Anna"), unplaced, "");
    check(&target("X400:c=de;"), unplaced, "targetAddress has");
    let pairs = [
        ("objectGUID", "1"),
        ("mail", "anna@contoso.com"),
        ("targetAddress", "NOTES:Anna Berg/Contoso@NOTESDOM"),
    ];
    let (entry, _) = entry(&preset(), &pairs);
    assert_eq!(entry.foreign[0].to_string(), "NOTES:anna berg/contoso");
}

#[test]
fn any_tenant_is_the_cloud_while_none_is_named() {
    let shared = setting().shared;
    let setting = Setting {
        shared,
        ..Setting::default()
    };
    let pairs = [
        ("objectGUID", "1"),
        ("mail", "anna@contoso.com"),
        ("targetAddress", "SMTP:anna@fabrikam.mail.onmicrosoft.com"),
    ];
    let Record::Entry(entry, odd) = preset().read(&object(&pairs), &setting) else {
        panic!("it is an entry");
    };
    assert_eq!((entry.system(), odd.len()), (Some(&System::Cloud), 0));
}

#[test]
fn a_contact_elsewhere_is_no_side() {
    let kind = ("msExchRecipientTypeDetails", "64");
    check(
        &[kind, ("targetAddress", "SMTP:a@example.net")],
        "Contact is elsewhere, at a@example.net",
        "",
    );
    check(
        &[kind, ("targetAddress", "SMTP:anna@contoso.com")],
        "Contact lives in third-party",
        "",
    );
    check(
        &[("objectClass", "contact")],
        "Contact is not placed: nothing says that it has a mailbox",
        "",
    );
    let (entry, _) = entry(
        &preset(),
        &[
            ("objectGUID", "1"),
            ("objectClass", "contact"),
            ("mail", "b@example.net"),
        ],
    );
    assert_eq!(place(&entry), "Contact is elsewhere, at b@example.net");
}

#[test]
fn a_group_is_of_the_system_that_owns_it() {
    for number in ["256", "512", "1024", "268435456"] {
        check(
            &[("msExchRecipientTypeDetails", number)],
            "Group is a group of exchange",
            "",
        );
    }
    check(
        &[("msExchRecipientTypeDetails", "2048")],
        "DynamicGroup is a group of exchange",
        "",
    );
    check(
        &[("objectClass", "msExchDynamicDistributionList")],
        "DynamicGroup is a group of exchange",
        "",
    );
    let mut preset = preset();
    preset.set("groups", &["cloud"]).unwrap();
    let group = [
        ("objectGUID", "1"),
        ("mail", "team@contoso.com"),
        ("objectClass", "group"),
        ("member;range=0-0", "CN=A"),
    ];
    let (entry, odd) = entry(&preset, &group);
    assert_eq!(place(&entry), "Group is a group of cloud");
    assert_eq!(entry.members, [Reference::Object("CN=A".into())]);
    assert!(texts(&odd).contains("only a part of its member"), "{odd:?}");
}

#[test]
fn companies_without_exchange_say_who_has_the_mailboxes() {
    let plain = [
        ("objectGUID", "1"),
        ("objectClass", "user"),
        ("mail", "anna@contoso.com"),
    ];
    let (open, _) = entry(&preset(), &plain);
    assert_eq!(
        place(&open),
        "User is not placed: nothing says that it has a mailbox"
    );
    let mut preset = preset();
    preset.set("without_mailbox", &["domino"]).unwrap();
    let (placed, _) = entry(&preset, &plain);
    assert_eq!(place(&placed), "User lives in domino");
}

#[test]
fn what_is_nobody_is_told() {
    let read = |pairs: &[(&str, &str)]| preset().read(&object(pairs), &setting());
    let key = || Key::from_text("1").unwrap();
    let deleted = [("objectGUID", "1"), ("isDeleted", "TRUE")];
    assert_eq!(read(&deleted), Record::Gone(key()));
    let system = [
        ("objectGUID", "1"),
        ("mail", "s@contoso.com"),
        ("msExchRecipientTypeDetails", "16384"),
    ];
    assert_eq!(read(&system), Record::Passed(key(), Passed::SystemMailbox));
    let sip = [
        ("objectGUID", "1"),
        ("proxyAddresses", "sip:anna@contoso.com"),
    ];
    assert_eq!(read(&sip), Record::Passed(key(), Passed::NoAddress));
    check(
        &[("msExchRecipientTypeDetails", "3")],
        "User is not placed: nothing says that it has a mailbox",
        "nothing is known",
    );
}

#[test]
fn the_rest_of_an_entry_is_read() {
    let guid: [u8; 16] = std::array::from_fn(|place| place as u8 | 0x80);
    let mut attributes = object(&[
        (
            "distinguishedName",
            "CN=Anna Berg,OU=Staff,DC=contoso,DC=com",
        ),
        ("displayName", "Berg, Anna"),
        ("userPrincipalName", "anna@contoso.com"),
        ("mail", "other@contoso.com"),
        ("proxyAddresses", "smtp:a.berg@contoso.com"),
        ("proxyAddresses", "SMTP:anna@contoso.com"),
        ("proxyAddresses", "X500:/o=Old/cn=Recipients/cn=Anna"),
        ("legacyExchangeDN", "/o=Contoso/ou=A/cn=Recipients/cn=Anna"),
        ("homeMDB", STORE),
        ("altRecipient", "CN=Ben,DC=contoso,DC=com"),
        ("msExchGenericForwardingAddress", "smtp:c@example.net"),
        ("deliverAndRedirect", "TRUE"),
        ("msExchHideFromAddressLists", "TRUE"),
        ("msExchRequireAuthToSendTo", "FALSE"),
        ("userAccountControl", "514"),
        ("uSNChanged", "8315"),
    ]);
    attributes.add("objectGUID", &guid).unwrap();
    let Record::Entry(entry, odd) = preset().read(&attributes, &setting()) else {
        panic!("it is an entry");
    };
    assert_eq!(entry.key, Key::from_guid(&guid));
    assert_eq!(
        addresses(&entry),
        ["anna@contoso.com", "a.berg@contoso.com"]
    );
    assert!(texts(&odd).contains("other@contoso.com"), "{odd:?}");
    assert_eq!(odd.len(), 1, "{odd:?}");
    assert_eq!(entry.foreign.len(), 2);
    assert_eq!(entry.display.as_deref(), Some("Berg, Anna"));
    assert_eq!(entry.login.as_deref(), Some("anna@contoso.com"));
    assert_eq!(entry.version.as_deref(), Some("8315"));
    let flags = entry.flags;
    assert_eq!(
        (flags.hidden, flags.internal_only, flags.disabled),
        (true, false, true)
    );
    let forward = Forward {
        to: Reference::Object("CN=Ben,DC=contoso,DC=com".into()),
        copy: Copy::Kept,
    };
    assert_eq!(entry.forward, Some(forward));
}

#[test]
fn a_shared_mailbox_is_not_disabled_for_its_account() {
    let pairs = [
        ("objectGUID", "1"),
        ("mail", "sales@contoso.com"),
        ("msExchRecipientTypeDetails", "4"),
        ("userAccountControl", "514"),
        ("msExchGenericForwardingAddress", "smtp:c@example.net"),
    ];
    let (entry, _) = entry(&preset(), &pairs);
    assert!(!entry.flags.disabled);
    assert_eq!(
        entry.forward.map(|forward| forward.copy),
        Some(Copy::NotKept)
    );
}
