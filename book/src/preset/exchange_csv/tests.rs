use super::super::tests::{addresses, entry, object, place, setting, texts};
use super::*;
use crate::table::Table as Csv;
use crate::{Copy, Preset, PresetKind, Reference};

fn preset() -> Preset {
    Preset::of(PresetKind::ExchangeCsv)
}

fn check(pairs: &[(&str, &str)], expected: &str, odd: &str) {
    let mut all = vec![("Guid", "1"), ("PrimarySmtpAddress", "anna@contoso.com")];
    all.extend(pairs);
    let (entry, found) = entry(&preset(), &all);
    assert_eq!(place(&entry), expected, "{pairs:?}");
    assert!(texts(&found).contains(odd), "{pairs:?}: {found:?}");
}

#[test]
fn the_type_says_where_somebody_lives() {
    let details = |name| ("RecipientTypeDetails", name);
    check(&[details("UserMailbox")], "User lives in cloud", "");
    check(&[details("SharedMailbox")], "Shared lives in cloud", "");
    check(&[details("RoomMailbox")], "Room lives in cloud", "");
    check(&[details("GroupMailbox")], "Group is a group of cloud", "");
    check(
        &[details("MailUniversalDistributionGroup")],
        "Group is a group of cloud",
        "",
    );
    check(
        &[("RecipientType", "UserMailbox")],
        "User lives in cloud",
        "",
    );
    let mut both = vec![("RecipientType", "UserMailbox"), details("SharedMailbox")];
    check(&both, "Shared lives in cloud", "");
    both[1] = details("FutureMailbox");
    check(&both, "User lives in cloud", "");
    let unknown = "User is not placed: nothing says that it has a mailbox";
    check(&[details("FutureMailbox")], unknown, "nothing is known");
    check(&[], unknown, "");
}

#[test]
fn the_external_address_says_where_mail_goes() {
    let user = ("RecipientTypeDetails", "MailUser");
    let target = |address| ("ExternalEmailAddress", address);
    check(
        &[user, target("SMTP:anna@contoso.com")],
        "MailUser lives in third-party",
        "",
    );
    check(
        &[user, target("SMTP:a@domino.contoso.com")],
        "MailUser lives in domino by a@domino.contoso.com",
        "",
    );
    check(
        &[user, target("SMTP:a@example.net")],
        "MailUser is elsewhere, at a@example.net",
        "",
    );
    let contact = ("RecipientTypeDetails", "MailContact");
    check(
        &[contact, target("a@example.net")],
        "Contact is elsewhere, at a@example.net",
        "",
    );
    let remote = ("RecipientTypeDetails", "RemoteSharedMailbox");
    let routing = (
        "RemoteRoutingAddress",
        "SMTP:s@contoso.mail.onmicrosoft.com",
    );
    check(
        &[remote, routing],
        "Shared lives in cloud by s@contoso.mail.onmicrosoft.com",
        "",
    );
    check(
        &[remote, target("SMTP:s@example.net")],
        "Shared lives in cloud",
        "no target address",
    );
}

#[test]
fn an_export_of_ones_own_servers_is_of_exchange() {
    let mut preset = preset();
    preset.set("home", &["exchange"]).unwrap();
    let pairs = [
        ("Guid", "1"),
        ("PrimarySmtpAddress", "a@contoso.com"),
        ("RecipientTypeDetails", "UserMailbox"),
    ];
    assert_eq!(place(&entry(&preset, &pairs).0), "User lives in exchange");
}

#[test]
fn addresses_of_one_cell_are_parted() {
    let check = |cell: &str, expected: &[&str]| assert_eq!(split(cell), expected, "{cell}");
    let x500 =
        "X500:/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=a, b";
    check(
        &format!("SMTP:a@contoso.com {x500} smtp:b@contoso.com"),
        &["SMTP:a@contoso.com", x500, "smtp:b@contoso.com"],
    );
    check(
        "SMTP:a@contoso.com,smtp:b@contoso.com",
        &["SMTP:a@contoso.com", "smtp:b@contoso.com"],
    );
    check(
        "SMTP:a@contoso.com; smtp:b@contoso.com;",
        &["SMTP:a@contoso.com", "smtp:b@contoso.com"],
    );
    check(
        "{SMTP:a@contoso.com, SIP:a@contoso.com}",
        &["SMTP:a@contoso.com", "SIP:a@contoso.com"],
    );
    check(
        "SMTP:a@contoso.com\r\nsmtp:b@contoso.com",
        &["SMTP:a@contoso.com", "smtp:b@contoso.com"],
    );
    check(
        "a@contoso.com b@contoso.com",
        &["a@contoso.com", "b@contoso.com"],
    );
    check("SMTP:a@contoso.com", &["SMTP:a@contoso.com"]);
    check(" ; ", &[]);
    check("", &[]);
}

#[test]
fn forwarding_is_read() {
    let forward = |pairs: &[(&str, &str)]| {
        let mut all = vec![
            ("Guid", "1"),
            ("PrimarySmtpAddress", "anna@contoso.com"),
            ("RecipientTypeDetails", "UserMailbox"),
        ];
        all.extend(pairs);
        entry(&preset(), &all).0.forward
    };
    let smtp = ("ForwardingSmtpAddress", "smtp:x@example.net");
    let kept = forward(&[smtp, ("DeliverToMailboxAndForward", "True")]).unwrap();
    assert!(
        matches!((&kept.to, kept.copy), (Reference::Address(_), Copy::Kept)),
        "{kept:?}"
    );
    let gone = forward(&[smtp, ("DeliverToMailboxAndForward", "False")]).unwrap();
    assert_eq!(gone.copy, Copy::NotKept);
    let object = forward(&[smtp, ("ForwardingAddress", "Ben Ohm")]).unwrap();
    assert_eq!(object.to, Reference::Object("Ben Ohm".into()));
    assert_eq!(forward(&[]), None);
}

#[test]
fn what_nobody_joined_is_told() {
    check(
        &[
            (
                "EmailAddresses",
                "Microsoft.Exchange.Data.ProxyAddressCollection",
            ),
            ("RecipientType", "UserMailbox"),
        ],
        "User lives in cloud",
        "without its values",
    );
    check(
        &[
            ("EmailAddresses", "System.String[]"),
            ("RecipientType", "UserMailbox"),
        ],
        "User lives in cloud",
        "without its values",
    );
}

#[test]
fn guests_and_system_mailboxes_are_passed_over() {
    let read = |kind| {
        let pairs = [
            ("Guid", "1"),
            ("PrimarySmtpAddress", "a@contoso.com"),
            ("RecipientTypeDetails", kind),
        ];
        preset().read(&object(&pairs), &setting())
    };
    assert!(matches!(
        read("GuestMailUser"),
        Record::Passed(_, Passed::Guest)
    ));
    assert!(matches!(
        read("SystemMailbox"),
        Record::Passed(_, Passed::SystemMailbox)
    ));
}

#[test]
fn a_whole_export_is_read() {
    let file = "#TYPE Selected.System.Management.Automation.PSCustomObject\r\n\
        \"Guid\";\"PrimarySmtpAddress\";\"EmailAddresses\";\"RecipientTypeDetails\";\"ExternalEmailAddress\"\r\n\
        \"A1\";\"anna@contoso.com\";\"SMTP:anna@contoso.com X500:/o=C/cn=Recipients/cn=Anna Berg smtp:ab@contoso.com\";\"UserMailbox\";\"\"\r\n\
        \"B2\";\"ben@contoso.com\";\"SMTP:ben@contoso.com\";\"MailUser\";\"SMTP:ben@contoso.com\"\r\n";
    let mut utf_16 = vec![0xff, 0xfe];
    utf_16.extend(file.encode_utf16().flat_map(u16::to_le_bytes));
    for octets in [file.as_bytes().to_vec(), utf_16] {
        let table = Csv::read(octets).unwrap();
        let places: Vec<String> = table
            .rows()
            .map(
                |row| match preset().read(&row.unwrap().attributes, &setting()) {
                    Record::Entry(entry, _) => {
                        format!("{} {}", addresses(&entry).join(" "), place(&entry))
                    }
                    other => panic!("{other:?}"),
                },
            )
            .collect();
        let expected = [
            "anna@contoso.com ab@contoso.com User lives in cloud",
            "ben@contoso.com MailUser lives in third-party",
        ];
        assert_eq!(places, expected);
    }
}
