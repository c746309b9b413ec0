//! `twinmx route` and `twinmx directory`, as an administrator types them.

use std::ffi::OsString;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use testbed::certificates::{Authority, Leaf};
use tokio::time::timeout;
use twinmx::cli::exit::Exit;
use twinmx::cli::{self, Streams};
use twinmx::directory::Directory;
use twinmx::event::Events;

use super::{Company, PEOPLE, crowd};

pub(super) struct Said {
    pub(super) exit: Exit,
    pub(super) out: String,
    pub(super) err: String,
}

pub(super) fn type_in(company: &Company, words: &str) -> Said {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut words: Vec<OsString> = words.split(' ').map(OsString::from).collect();
    words.insert(0, "twinmx".into());
    words.extend(["--config".into(), company.path("twinmx.toml").into()]);
    let exit = cli::run(
        words,
        &mut Streams {
            out: &mut out,
            err: &mut err,
            colour: false,
        },
    );
    let text = |octets| String::from_utf8(octets).expect("text");
    Said {
        exit,
        out: text(out),
        err: text(err),
    }
}

/// A company whose snapshot is stored.
fn synced() -> Company {
    let company = Company::new();
    let said = type_in(&company, "directory sync");
    assert_eq!(
        (said.exit, said.err.as_str()),
        (Exit::Success, ""),
        "{}",
        said.out
    );
    company
}

#[test]
fn route_ends_with_the_worst_of_its_answers() {
    let company = synced();
    let check = |words: &str, expected: Exit| {
        let said = type_in(&company, &format!("route {words}"));
        assert_eq!(said.exit, expected, "{words}: {}{}", said.out, said.err);
    };
    check("cleo@contoso.com", Exit::Success);
    check("<CLEO@contoso.com> postmaster", Exit::Success);
    check("ghost@contoso.com", Exit::NoSuchUser);
    check("someone@elsewhere.example", Exit::NoPermission);
    check("cleo@contoso.com --from cloud", Exit::NoPermission);
    check("nora@contoso.com --from cloud", Exit::Success);
    check("cleo", Exit::BadData);
    check("cleo@contoso.com --from nowhere", Exit::Usage);
    check(
        "cleo@contoso.com ghost@contoso.com nora@contoso.com",
        Exit::NoSuchUser,
    );
    check(
        "someone@elsewhere.example ghost@contoso.com",
        Exit::NoPermission,
    );
}

#[test]
fn route_gives_every_fact() {
    let company = synced();
    let said = type_in(&company, "route cc@contoso.com --from notes");
    for part in [
        "deliver to cloud as <cleo.c@contoso.mail.onmicrosoft.com>",
        "cc@contoso.com: alias of cleo@contoso.com",
        "cleo@contoso.com lives in cloud, says people",
        "3 recipients, people read ",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    let said = type_in(&company, "route cc@contoso.com nobody --json");
    let json: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(json[0]["decision"], "deliver");
    assert_eq!(json[0]["destination"], "cloud");
    assert_eq!(json[0]["recipient"]["address"], "cleo@contoso.com");
    assert_eq!(json[0]["directory"]["sources"][0]["name"], "people");
    assert!(json[1]["error"].is_string());
}

#[test]
fn route_tells_as_whose_mail_the_hop_will_know_it() {
    let company = synced();
    let said = type_in(&company, "route cleo@contoso.com --from notes");
    assert!(
        !said.out.contains("identity"),
        "one certificate for all: {}",
        said.out
    );
    let file = company.path("twinmx.toml");
    let authority = Authority::new("Root").intermediate("Issuer");
    let issued = authority.issue(&Leaf::new("mx.contoso.com"));
    let (chain, key) = issued.write_to(company.dir.path(), "mx").expect("files");
    let more = |origin: &str| {
        let (chain, key) = (chain.display(), key.display());
        format!(
            "[[side.cloud.identity]]\norigin = \"{origin}\"\ncertificate = \"{chain}\"\nprivate_key = \"{key}\"\n"
        )
    };
    let text = fs::read_to_string(&file).expect("the configuration");
    fs::write(&file, text + &more("sides") + &more("internet")).expect("it is ours");
    for (from, expected) in [
        ("internet", "identity   that for mail of the internet"),
        (
            "notes",
            "identity   that for internal mail, if its reverse path and everybody in From",
        ),
    ] {
        let said = type_in(&company, &format!("route cleo@contoso.com --from {from}"));
        assert!(
            said.out.contains(expected),
            "{from}: {}{}",
            said.out,
            said.err
        );
        let said = type_in(
            &company,
            &format!("route cleo@contoso.com --from {from} --json"),
        );
        let json: Value = serde_json::from_str(&said.out).expect("JSON");
        assert!(json[0]["identity"].is_string(), "{json}");
    }
    let said = type_in(&company, "route nora@contoso.com");
    assert!(!said.out.contains("identity"), "{}", said.out);
}

#[test]
fn route_defers_what_an_old_directory_does_not_know() {
    let company = Company::new();
    fs::remove_file(company.path("people.csv")).expect("there was one");
    let said = type_in(&company, "route ghost@contoso.com");
    assert_eq!(said.exit, Exit::TryAgain, "{}", said.out);
    assert!(
        said.err.contains("no snapshot is stored yet"),
        "{}",
        said.err
    );
}

#[test]
fn sync_tells_bad_lines_and_stores_the_rest() {
    let company = Company::new();
    company.write(&format!(
        "{PEOPLE}ghost@contoso.com,nowhere,,\nnils@contoso.com,notes,,\n"
    ));
    let said = type_in(&company, "directory sync");
    assert_eq!(said.exit, Exit::BadData);
    assert!(
        said.out
            .contains("line 5: ghost@contoso.com lives in \"nowhere\""),
        "{}",
        said.out
    );
    assert!(
        said.out
            .contains("4 recipients with 6 addresses; this is new"),
        "{}",
        said.out
    );
    assert_eq!(
        type_in(&company, "directory lookup nils@contoso.com").exit,
        Exit::Success
    );
    let again = type_in(&company, "directory sync --json");
    let json: Value = serde_json::from_str(&again.out).expect("JSON");
    assert_eq!(
        (&json["changed"], &json["sources"][0]["problems"][0]["line"]),
        (&false.into(), &5.into())
    );
}

#[test]
fn sync_holds_back_until_it_is_told_otherwise() {
    let company = Company::new();
    company.write(&crowd(100));
    assert_eq!(type_in(&company, "directory sync").exit, Exit::Success);
    company.write(&crowd(50));
    let held = type_in(&company, "directory sync");
    assert_eq!(held.exit, Exit::TryAgain);
    assert!(
        held.out
            .contains("of 100 people it lost 50 (at most 5 are believed)"),
        "{}",
        held.out
    );
    assert!(
        held.out.contains("twinmx directory sync --force people"),
        "{}",
        held.out
    );
    assert_eq!(type_in(&company, "directory status").exit, Exit::TryAgain);
    let dry = type_in(&company, "directory sync --dry-run");
    assert_eq!(dry.exit, Exit::TryAgain);
    let gone = dry.out.matches("@contoso.com is gone\n").count();
    assert_eq!(gone, 50, "each of them is named: {}", dry.out);
    assert_eq!(
        type_in(&company, "directory sync --force nobody").exit,
        Exit::Usage
    );

    let dry = type_in(&company, "directory sync --force people --dry-run");
    assert_eq!(dry.exit, Exit::Success);
    assert!(
        dry.out
            .contains("50 recipients with 50 addresses; this would be new"),
        "{}",
        dry.out
    );
    assert_eq!(
        type_in(&company, "directory lookup p99@contoso.com").exit,
        Exit::Success,
        "nothing was stored"
    );

    assert_eq!(
        type_in(&company, "directory sync --force people").exit,
        Exit::Success
    );
    assert_eq!(
        type_in(&company, "directory lookup p99@contoso.com").exit,
        Exit::NoSuchUser
    );
    assert_eq!(type_in(&company, "directory status").exit, Exit::Success);
}

#[tokio::test]
async fn force_reaches_a_running_gateway() {
    let company = Company::new();
    company.write(&crowd(100));
    let (events, mut tap) = Events::tapped();
    let directory = Directory::start(Arc::new(company.config()), events)
        .await
        .expect("a directory");
    company.write(&crowd(50));
    let held = async {
        while let Some(event) = tap.recv().await {
            if event.to_string().contains("is held back") {
                return;
            }
        }
    };
    timeout(Duration::from_secs(20), held)
        .await
        .expect("the event");
    assert_eq!(directory.snapshot().len(), 100);
    assert_eq!(
        type_in(&company, "directory sync --force people").exit,
        Exit::Success
    );
    let believed = directory.wait_for(|snapshot| snapshot.len() == 50);
    assert!(
        timeout(Duration::from_secs(20), believed)
            .await
            .expect("in time")
            .is_some()
    );
    directory.shutdown().await;
}

#[test]
fn status_shows_what_is_in_force_and_what_is_new() {
    let company = synced();
    let said = type_in(&company, "directory status");
    assert_eq!(said.exit, Exit::Success);
    assert!(
        said.out
            .starts_with("in force: 3 recipients with 5 addresses"),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("  cloud: 1\n  notes: 2\n"),
        "{}",
        said.out
    );
    assert!(!said.out.contains("something new"), "{}", said.out);
    company.write(&format!("{PEOPLE}nils@contoso.com,notes,,\n"));
    assert!(
        type_in(&company, "directory status")
            .out
            .contains("something new")
    );
    fs::remove_file(company.path("people.csv")).expect("there was one");
    let said = type_in(&company, "directory status --json");
    assert_eq!(said.exit, Exit::TryAgain);
    let json: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(
        (&json["sources"][0]["standing"], &json["sides"]["notes"]),
        (&"failed".into(), &2.into())
    );
}

#[test]
fn lookup_shows_whose_address_it_is() {
    let company = synced();
    let said = type_in(&company, "directory lookup CC@contoso.com");
    assert_eq!(said.exit, Exit::Success);
    for part in [
        "CC@contoso.com: alias\n",
        "  address: cleo@contoso.com\n",
        "  side: cloud\n",
        "  source: people\n",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    assert_eq!(
        type_in(
            &company,
            "directory lookup cc@contoso.com ghost@contoso.com"
        )
        .exit,
        Exit::NoSuchUser
    );
    assert_eq!(
        type_in(&company, "directory lookup ghost@contoso.com x").exit,
        Exit::BadData
    );
    let said = type_in(&company, "directory lookup cc@contoso.com --json");
    let json: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(json[0]["recipient"]["aliases"][0], "cc@contoso.com");
}

#[test]
fn sync_says_when_nothing_can_be_stored() {
    let company = Company::new();
    fs::remove_dir(company.path("state")).expect("it was empty");
    let said = type_in(&company, "directory sync");
    assert_eq!(
        said.exit,
        Exit::Success,
        "a missing state_dir is made: {}",
        said.err
    );
    fs::remove_dir_all(company.path("state")).expect("it is ours");
    fs::write(company.path("state"), "in the way").expect("a file instead");
    let said = type_in(&company, "directory sync");
    assert_eq!(said.exit, Exit::CannotCreate, "{}", said.out);
    assert!(said.err.contains("nothing can be stored"), "{}", said.err);
}
