//! Directory sources that are asked over the network, and what is refused about them.

use book::{Preset, PresetKind, System};
use twinmx::config::{ChangeBy, Directory, GraphCredential, Place, SecretPlace, Words};

use super::{codes, right, said};

const SIDES: &str = r#"
hostname = "mx.contoso.com"
[[listener]]
name = "mx"
address = "[::]:25"
[domain."contoso.com"]
postmaster = "admin@contoso.com"
[side.cloud]
kind = "smtp"
next_hop = ["cloud.contoso.com:25"]
routing_domains = ["contoso.mail.onmicrosoft.com"]
[side.notes]
kind = "domino"
next_hop = ["domino.corp.contoso.com:25"]
[[directory]]
name = "source"
"#;

const LDAP: &str = "server = [\"ldaps://dc1.contoso.com\"]\nbase = [\"dc=contoso\"]\n";
const GRAPH: &str = "tenant_id = \"0f8e4a30-1b2c-4d5e-8f90-a1b2c3d4e5f6\"\n\
    client_id = \"5c1d9b20-7e6f-4a3b-9c8d-7e6f5a4b3c2d\"\n";

fn source(keys: &str) -> Directory {
    right(&format!("{SIDES}{keys}"))
        .config
        .directories
        .remove(0)
}

fn preset(source: &Directory) -> &Preset {
    match &source.words {
        Words::Preset(preset) => preset,
        other => panic!("{other:?}"),
    }
}

/// The first thing said about a source.
fn complaint(keys: &str) -> String {
    let said = said(&format!("{SIDES}{keys}"));
    let first = said.iter().next();
    first.map_or_else(String::new, |one| one.message.clone())
}

#[test]
fn each_kind_of_server_has_its_own_way_to_find_changes() {
    let check = |kind: &str, expected| {
        let source = source(&format!("kind = \"{kind}\"\n{LDAP}"));
        match source.place {
            Place::Ldap(ldap) => assert_eq!(ldap.change_by, expected, "{kind}"),
            other => panic!("{other:?}"),
        }
    };
    check("active-directory", ChangeBy::Usn);
    check("openldap", ChangeBy::Syncrepl);
    check("domino", ChangeBy::ModifyTimestamp);
    check("groupwise", ChangeBy::ModifyTimestamp);
    let wrong = format!("kind = \"domino\"\n{LDAP}change_by = \"usn\"\n");
    assert!(complaint(&wrong).contains("does not say by \"usn\""));
}

#[test]
fn a_preset_is_replaced_key_by_key() {
    let keys = format!(
        "kind = \"active-directory\"\n{LDAP}filter = \"(mail=*)\"\nwithout_mailbox = \"notes\"\n\
         [directory.attributes]\nside = [\"extensionAttribute5\"]\n[directory.sides]\nexchange = \"cloud\"\n"
    );
    let source = source(&keys);
    let mut expected = Preset::of(PresetKind::ActiveDirectory);
    for (key, word) in [
        ("filter", "(mail=*)"),
        ("without_mailbox", "notes"),
        ("attributes.side", "extensionAttribute5"),
        ("sides.exchange", "cloud"),
        ("sides.domino", "notes"),
        ("sides.third-party", "notes"),
    ] {
        expected.set(key, &[word]).expect("a key");
    }
    assert_eq!(preset(&source), &expected);
}

#[test]
fn the_only_side_of_a_kind_stands_for_its_system() {
    let of = |more: &str| {
        let text = format!("{SIDES}kind = \"domino\"\n{LDAP}{more}");
        let config = right(&text).config;
        let side = preset(&config.directories[0]).side_of(&System::Domino);
        side.map(|side| side.as_str().to_owned())
    };
    assert_eq!(of("").as_deref(), Some("notes"));
    let second = "[side.old]\nkind = \"domino\"\nnext_hop = [\"old.contoso.com:25\"]\n";
    assert_eq!(of(second), None, "one of two is not guessed");
    let said = format!("[directory.sides]\ndomino = \"old\"\n{second}");
    assert_eq!(of(&said).as_deref(), Some("old"));
}

#[test]
fn routing_domains_lead_to_the_systems_of_a_source() {
    let text =
        format!("{SIDES}kind = \"active-directory\"\n{LDAP}[directory.sides]\ncloud = \"cloud\"\n");
    let config = right(&text).config;
    let setting = config.directories[0].setting(&config);
    assert_eq!(
        setting.system_of("contoso.mail.onmicrosoft.com"),
        Some(&System::Cloud)
    );
    assert!(setting.is_shared("contoso.com"));
}

#[test]
fn nothing_is_asked_in_clear_text() {
    let check = |server: &str, more: &str, expected: &[&str]| {
        let keys = format!(
            "kind = \"openldap\"\nbase = [\"dc=contoso\"]\nserver = [\"{server}\"]\n{more}"
        );
        let text = format!("{SIDES}{keys}");
        assert_eq!(codes(&text), expected, "{server} {more}");
    };
    check("ldaps://ldap.contoso.com", "", &[]);
    check("ldap://ldap.contoso.com", "start_tls = true", &[]);
    check("ldap://ldap.contoso.com", "", &["TWX-0125"]);
    check(
        "ldaps://ldap.contoso.com",
        "start_tls = true",
        &["TWX-0106"],
    );
    check("ldap://127.0.0.1:3389", "", &[]);
    check("ldap://[::1]", "", &[]);
    check("ldap://localhost", "", &[]);
    check("ldap://10.0.0.1", "", &["TWX-0125"]);
    check("http://ldap.contoso.com", "", &["TWX-0106"]);
    check("ldaps://ldap.contoso.com:0", "", &["TWX-0106"]);
}

#[test]
fn a_password_is_in_one_place_and_never_in_the_file() {
    let check = |keys: &str, expected: &[&str]| {
        let text = format!("{SIDES}kind = \"openldap\"\n{LDAP}{keys}");
        assert_eq!(codes(&text), expected, "{keys}");
    };
    check("bind_dn = \"cn=a\"\npassword_file = \"p\"", &[]);
    check("bind_dn = \"cn=a\"\npassword_credential = \"p\"", &[]);
    check("bind_dn = \"cn=a\"", &["TWX-0104"]);
    check("password_file = \"p\"", &["TWX-0104"]);
    check("password = \"p\"", &["TWX-0103"]);
    let both = "bind_dn = \"cn=a\"\npassword_file = \"p\"\npassword_credential = \"p\"";
    check(both, &["TWX-0106"]);
    check(
        "bind_dn = \"cn=a\"\npassword_credential = \"../p\"",
        &["TWX-0106"],
    );
}

#[test]
fn a_credential_is_found_where_systemd_puts_it() {
    let place = SecretPlace::Credential("ad".to_owned());
    assert!(place.path().ends_with("ad"));
    let file = SecretPlace::File("/etc/twinmx/ad".into());
    assert_eq!(file.path().to_str(), Some("/etc/twinmx/ad"));
}

#[test]
fn graph_is_proven_to_by_one_of_two_ways() {
    let of = |keys: &str| format!("{SIDES}kind = \"microsoft-graph\"\n{GRAPH}{keys}");
    let place = |keys: &str| match right(&of(keys)).config.directories.remove(0).place {
        Place::Graph(graph) => graph.credential,
        other => panic!("{other:?}"),
    };
    let pair = "certificate = \"c.pem\"\nprivate_key = \"c.key\"\n";
    assert!(matches!(place(pair), GraphCredential::Certificate(_)));
    let secret = "client_secret_file = \"s\"\n";
    assert!(matches!(place(secret), GraphCredential::Secret(_)));
    assert_eq!(codes(&of("")), ["TWX-0104"]);
    assert_eq!(codes(&of("certificate = \"c.pem\"")), ["TWX-0104"]);
    assert_eq!(codes(&of(&format!("{pair}{secret}"))), ["TWX-0106"]);
    assert_eq!(
        codes(&of(&format!("{pair}proxy = \"socks://p\""))),
        ["TWX-0106"]
    );
    assert_eq!(
        codes(&of(&format!("{pair}proxy_user = \"p\""))),
        ["TWX-0104"]
    );
}

#[test]
fn a_key_of_another_kind_of_source_is_refused() {
    let check = |keys: &str, expected: &str| {
        let said = complaint(keys);
        assert!(said.contains(expected), "{keys}: {said}");
    };
    check(
        "kind = \"csv\"\npath = \"p\"\nserver = [\"ldaps://x.example\"]\n",
        "has no `server`",
    );
    check(
        "kind = \"csv\"\npath = \"p\"\nhome = \"notes\"\n",
        "has no `home`",
    );
    check(
        &format!("kind = \"domino\"\n{LDAP}licence = \"mailbox\"\n"),
        "has no `licence`",
    );
    check(
        &format!("kind = \"domino\"\n{LDAP}path = \"p\"\n"),
        "asked over the network",
    );
    check(
        &format!("kind = \"domino\"\n{LDAP}tenant_id = \"x\"\n"),
        "has no `tenant_id`",
    );
    check(
        &format!("kind = \"domino\"\n{LDAP}name_forms = [\"phonetic\"]\n"),
        "not what this key takes",
    );
    check(
        "kind = \"actve-directory\"\n",
        "no kind of directory source",
    );
    let export = source("kind = \"groupwise\"\npath = \"users.csv\"\n");
    assert!(matches!(export.place, Place::File(_)));
}

#[test]
fn a_side_that_a_source_names_is_known() {
    let check = |keys: &str| {
        let text = format!("{SIDES}kind = \"openldap\"\n{LDAP}{keys}");
        assert_eq!(codes(&text), ["TWX-0107"], "{keys}");
    };
    check("home = \"nots\"\n");
    check("hosts = [\"mail.contoso.com=nots\"]\n");
    check("[directory.sides]\ncloud = \"clod\"\n");
}

#[test]
fn groups_are_expanded_only_where_members_are_told_and_reports_have_a_way_out() {
    let internet = "[internet]\nnext_hop = [\"smart.contoso.com:25\"]\n";
    let check = |kind: &str, keys: &str, more: &str, expected: &[&str]| {
        let text = format!("{SIDES}kind = \"{kind}\"\n{keys}group_expansion = \"gateway\"\n{more}");
        assert_eq!(codes(&text), expected, "{kind} {more}");
    };
    let path = "path = \"/people\"\n";
    for (kind, keys) in [
        ("csv", path),
        ("active-directory", LDAP),
        ("openldap", LDAP),
        ("domino", LDAP),
        ("groupwise", LDAP),
    ] {
        check(kind, keys, internet, &[]);
        check(kind, keys, "", &["TWX-0127"]);
    }
    for kind in ["ldif", "exchange-csv", "groupwise"] {
        check(kind, path, internet, &["TWX-0128"]);
    }
    check("ldif", path, "", &["TWX-0128", "TWX-0127"]);
    let written = format!("{SIDES}kind = \"csv\"\n{path}group_expansion = \"here\"\n");
    assert_eq!(codes(&written), ["TWX-0106"]);
}
