//! Several sources that disagree, and the commands that say so.

use std::fs;

use serde_json::Value;
use twinmx::cli::exit::Exit;

use super::Company;
use super::commands::{Said, type_in};

/// What Exchange Online has: Anna moved there, Bea forwards out of the company.
const CLOUD: &str = "\
Guid,DisplayName,PrimarySmtpAddress,EmailAddresses,RecipientTypeDetails,ForwardingSmtpAddress
00000000-0000-0000-0000-00000000000a,Anna Berg,anna@contoso.com,\"SMTP:anna@contoso.com smtp:a.berg@contoso.com \
X500:/o=Contoso/cn=Recipients/cn=anna\",UserMailbox,
00000000-0000-0000-0000-00000000000b,Bea Carl,bea@contoso.com,SMTP:bea@contoso.com,UserMailbox,smtp:bea@example.net
";

/// What Active Directory exports: it still points to where Anna was.
const ON_PREMISES: &str = "\
Guid,DistinguishedName,PrimarySmtpAddress,EmailAddresses,RecipientTypeDetails,ExternalEmailAddress
00000000-0000-0000-0000-00000000001a,\"CN=Anna,DC=contoso\",anna@contoso.com,SMTP:anna@contoso.com,MailUser,SMTP:anna@contoso.com
00000000-0000-0000-0000-00000000001d,\"CN=Dora,DC=contoso\",dora@contoso.com,SMTP:dora@contoso.com,MailUser,SMTP:dora@contoso.com
";

fn company() -> Company {
    let company = Company::new();
    for (name, text) in [("cloud", CLOUD), ("ad", ON_PREMISES)] {
        fs::write(company.path(&format!("{name}.csv")), text).expect("a file");
    }
    let source = |name: &str, home: &str| {
        let path = company.path(&format!("{name}.csv"));
        format!(
            "[[directory]]\nname = \"{name}\"\nkind = \"exchange-csv\"\npath = \"{}\"\nhome = \"{home}\"\n\
             [directory.sides]\ncloud = \"cloud\"\nthird-party = \"notes\"\nexchange = \"cloud\"\n",
            path.display()
        )
    };
    company.configure(&format!(
        "{}{}",
        source("cloud", "cloud"),
        source("ad", "exchange")
    ));
    let said = type_in(&company, "directory sync");
    assert_eq!(said.err, "", "{}", said.out);
    company
}

fn lines(said: &Said) -> Vec<Value> {
    let lines = said.out.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn a_conflict_is_told_with_what_mends_it() {
    let company = company();
    let said = type_in(&company, "directory conflicts");
    assert_eq!(
        (said.exit, said.err.as_str()),
        (Exit::BadData, ""),
        "{}",
        said.out
    );
    let expected = "anna@contoso.com: a directory points to where the mailbox is not. cloud lives in cloud, which \
                    counts; ad lives in third-party\n    Set-MailUser -Identity 'anna@contoso.com' \
                    -ExternalEmailAddress ";
    assert!(said.out.starts_with(expected), "{}", said.out);
    assert!(said.out.ends_with("1 conflict\n"), "{}", said.out);
    let json = type_in(&company, "directory conflicts --json");
    let found = &lines(&json)[0];
    assert_eq!(found["address"], "anna@contoso.com");
    assert_eq!(found["counts"]["source"], "cloud");
    assert_eq!(found["fix"]["kind"], "powershell");
    // The first that names a mailbox counts.
    let routed = type_in(&company, "route anna@contoso.com");
    assert!(routed.out.contains("deliver to cloud"), "{}", routed.out);
}

#[test]
fn a_lookup_shows_what_each_source_says() {
    let said = type_in(&company(), "directory lookup anna@contoso.com");
    assert_eq!(said.exit, Exit::Success, "{}", said.out);
    for expected in [
        "\n  side: cloud\n",
        "\n  cloud: lives in cloud\n",
        "\n  ad: CN=Anna,DC=contoso lives in third-party\n",
    ] {
        assert!(said.out.contains(expected), "{expected} in {}", said.out);
    }
}

#[test]
fn what_is_wrong_with_single_entries_is_told() {
    let said = type_in(&company(), "directory lint --json");
    assert_eq!(said.exit, Exit::BadData);
    let found = lines(&said);
    let forwards = found.iter().find(|one| one["source"] == "cloud");
    let what = forwards.expect("a finding")["what"].to_string();
    assert!(
        what.contains("bea@example.net, outside the company"),
        "{what}"
    );
}

#[test]
fn what_one_source_lacks_is_told_with_what_adds_it() {
    let company = company();
    let said = type_in(&company, "directory diff ad cloud");
    assert_eq!(said.exit, Exit::BadData);
    assert!(
        said.out.starts_with("dora@contoso.com\n    "),
        "{}",
        said.out
    );
    assert!(
        said.out.ends_with("1 entry of ad that cloud lacks\n"),
        "{}",
        said.out
    );
    let lacking = type_in(&company, "directory diff people ad --json");
    let addresses: Vec<String> = lines(&lacking)
        .iter()
        .map(|line| line["address"].as_str().expect("an address").to_owned())
        .collect();
    assert_eq!(
        addresses,
        ["admin@contoso.com", "cleo@contoso.com", "nora@contoso.com"]
    );
    let table = type_in(&company, "directory diff ad cloud --format csv");
    assert!(
        table.out.starts_with("DisplayName,PrimarySmtpAddress,"),
        "{}",
        table.out
    );
    let nobody = type_in(&company, "directory diff ad nobody");
    assert_eq!(nobody.exit, Exit::NoInput);
    assert!(nobody.err.contains("nobody is no source"), "{}", nobody.err);
}

#[test]
fn all_sources_are_one_address_book() {
    let company = company();
    let table = type_in(&company, "directory export --format csv");
    assert_eq!((table.exit, table.err.as_str()), (Exit::Success, ""));
    let anna = table.out.lines().find(|line| line.starts_with("\"anna@"));
    let anna = anna.expect("a row");
    assert!(
        anna.starts_with("\"anna@contoso.com\",\"Anna Berg\",\"User\",\"cloud\",\"cloud\",\"\",\"a.berg@contoso.com\","),
        "{anna}"
    );
    assert_eq!(table.out.lines().count(), 1 + 6);
    let ldif = type_in(&company, "directory export --format ldif --base o=contoso");
    assert!(
        ldif.out.starts_with("version: 1\n\ndn: mail="),
        "{}",
        ldif.out
    );
    assert!(
        ldif.out.contains("\ndn: mail=bea@contoso.com,o=contoso\n"),
        "{}",
        ldif.out
    );
}

#[test]
fn a_reply_to_an_old_message_finds_who_moved() {
    let company = company();
    let old = "route IMCEAEX-_o=Contoso_cn=Recipients_cn=ANNA@contoso.com";
    let said = type_in(&company, old);
    assert_eq!(said.exit, Exit::Success, "{}", said.out);
    assert!(
        said.out.contains("deliver to cloud as <anna@contoso.com>"),
        "{}",
        said.out
    );
}

#[test]
fn without_a_reading_there_is_nothing_to_compare() {
    let said = type_in(&Company::new(), "directory conflicts");
    assert_eq!(said.exit, Exit::NoInput);
    assert!(
        said.err.contains("people: it was never read"),
        "{}",
        said.err
    );
}
