//! The gateway's directory kept by real servers: who changes there, is sent elsewhere here.

mod progress;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use routing::{Address, Snapshot};
use tempfile::TempDir;
use testbed::certificates::{Authority, Leaf};
use testbed::samba::{Account, BASE, Cache, Company, Controller, Domain, HOST, PASSWORD};
use testbed::slapd::{Ldif, READER, READER_PASSWORD, SUFFIX, Setup, Slapd};
use tokio::time::timeout;
use twinmx::config::Config;
use twinmx::directory::Directory;
use twinmx::event::Events;

use super::{Peer, require};

/// A gateway's files.
struct House(TempDir);

impl House {
    fn new() -> Self {
        let house = Self(tempfile::tempdir().expect("a directory"));
        fs::create_dir(house.path().join("state")).expect("a state directory");
        house
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// With one source, of these keys.
    async fn directory(&self, source: &str) -> Directory {
        let loaded = Config::parse(&self.configuration(source), "twinmx.toml");
        let config = loaded.unwrap_or_else(|faults| panic!("{faults}")).config;
        let started = Directory::start(Arc::new(config), Events::to_log()).await;
        started.expect("a directory")
    }

    fn configuration(&self, source: &str) -> String {
        let dir = self.path().display();
        format!(
            "hostname = \"mx.contoso.com\"\nstate_dir = \"{dir}/state\"\n\
             [[listener]]\nname = \"mx\"\naddress = \"127.0.0.1:0\"\n\
             [domain.\"contoso.com\"]\npostmaster = \"admin@contoso.com\"\n\
             [side.cloud]\nkind = \"smtp\"\nnext_hop = [\"cloud.contoso.com:25\"]\n\
             routing_domains = [\"contoso.mail.onmicrosoft.com\"]\n\
             [side.exchange]\nkind = \"exchange\"\nnext_hop = [\"ex1.contoso.com:25\"]\n\
             [side.notes]\nkind = \"domino\"\nnext_hop = [\"notes.contoso.com:25\"]\n\
             [internet]\nnext_hop = [\"smart.contoso.com:25\"]\n\
             [[directory]]\nname = \"people\"\n{source}\n[directory.sides]\ncloud = \"cloud\"\n"
        )
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path().join(name);
        fs::write(&path, text).expect("a file");
        path.display().to_string()
    }
}

/// Where somebody lives, as the snapshot has it.
fn side(snapshot: &Snapshot, address: &str) -> Option<String> {
    let address = Address::parse(address).expect("an address");
    let view = snapshot.lookup(&address)?;
    view.side().map(ToString::to_string)
}

/// Waits until somebody lives there, and says how long that took.
async fn until(directory: &Directory, address: &str, wanted: Option<&str>) -> Duration {
    let began = Instant::now();
    let is_there = |snapshot: &Snapshot| side(snapshot, address).as_deref() == wanted;
    let found = timeout(super::PATIENCE, directory.wait_for(is_there)).await;
    found
        .unwrap_or_else(|_| panic!("{address} is not in {wanted:?} after {:?}", super::PATIENCE))
        .expect("the directory goes on");
    began.elapsed()
}

fn openldap(house: &House, server: &Slapd) -> String {
    let password = house.write("password", READER_PASSWORD);
    format!(
        "kind = \"openldap\"\nserver = [\"ldap://{}\"]\nbase = [\"{SUFFIX}\"]\nbind_dn = \"{READER}\"\n\
         password_file = \"{password}\"\nhome = \"domino\"\nhosts = [\"domino.contoso.com=domino\"]\npoll = \"1m\"",
        server.plain()
    )
}

#[tokio::test]
async fn a_change_in_openldap_is_in_force_at_once_and_outlives_the_server() {
    let Some(()) = require(&[Peer::Slapd]) else {
        return;
    };
    let (house, home) = (House::new(), tempfile::tempdir().expect("a directory"));
    let content = Ldif::base().people(0..200);
    let mut server = Slapd::start(home.path(), &Setup::default(), content.as_str()).expect("slapd");
    let source = openldap(&house, &server);
    let directory = house.directory(&source).await;
    until(&directory, "p1@contoso.com", Some("notes")).await;
    assert_eq!(
        side(&directory.snapshot(), "p5@contoso.com").as_deref(),
        Some("cloud")
    );

    let moved = "dn: uid=p1,ou=people,dc=contoso,dc=com\nchangetype: modify\ndelete: mailHost\n-\nadd: mailRoutingAddress\n\
                 mailRoutingAddress: p1@contoso.mail.onmicrosoft.com\n";
    server.change(moved).expect("a change");
    let took = until(&directory, "p1@contoso.com", Some("cloud")).await;
    println!("OpenLDAP: a change was in force after {took:?}");
    server
        .change("dn: uid=p2,ou=people,dc=contoso,dc=com\nchangetype: delete\n")
        .expect("a change");
    until(&directory, "p2@contoso.com", None).await;

    // The last good view goes on without the server, also after a restart of ours.
    server.kill();
    directory.shutdown().await;
    let directory = house.directory(&source).await;
    assert_eq!(
        side(&directory.snapshot(), "p1@contoso.com").as_deref(),
        Some("cloud")
    );
    assert_eq!(side(&directory.snapshot(), "p2@contoso.com"), None);

    // It comes back emptied: that is no truth.
    server.replace(Ldif::base().as_str()).expect("slapd");
    server.kill();
    server.replace(content.as_str()).expect("slapd");
    until(&directory, "p2@contoso.com", Some("notes")).await;
    directory.shutdown().await;
}

/// The direct members of a group, as the snapshot has them.
fn members(snapshot: &Snapshot, address: &str) -> Vec<String> {
    let address = Address::parse(address).expect("an address");
    let view = snapshot.lookup(&address);
    let group = view.and_then(|view| view.group().expect("an undamaged snapshot"));
    let members = group.iter().flat_map(|group| group.members());
    members
        .map(|member| member.expect("an undamaged snapshot").to_string())
        .collect()
}

#[tokio::test]
async fn who_is_in_a_group_of_openldap_is_followed() {
    let Some(()) = require(&[Peer::Slapd]) else {
        return;
    };
    let (house, home) = (House::new(), tempfile::tempdir().expect("a directory"));
    let group = "dn: cn=all,ou=groups,dc=contoso,dc=com\nobjectClass: groupOfNames\n\
                 objectClass: inetLocalMailRecipient\ncn: all\nmailLocalAddress: all@contoso.com\n\
                 member: UID=p1,ou=people,dc=contoso,dc=com\nmember: uid=p5,ou=people,dc=contoso,dc=com\n\
                 member: uid=nobody,ou=people,dc=contoso,dc=com\n";
    let content = Ldif::base().people(0..20).entry(group);
    let server = Slapd::start(home.path(), &Setup::default(), content.as_str()).expect("slapd");
    let source = openldap(&house, &server) + "\ngroup_expansion = \"gateway\"";
    let directory = house.directory(&source).await;
    until(&directory, "all@contoso.com", Some("notes")).await;
    let found = members(&directory.snapshot(), "all@contoso.com");
    assert_eq!(found, ["p1@contoso.com", "p5@contoso.com"]);

    let changed = "dn: cn=all,ou=groups,dc=contoso,dc=com\nchangetype: modify\ndelete: member\n\
                   member: uid=p1,ou=people,dc=contoso,dc=com\n-\nadd: member\n\
                   member: uid=p2,ou=people,dc=contoso,dc=com\n";
    server.change(changed).expect("a change");
    let wanted = |snapshot: &Snapshot| {
        let mut found = members(snapshot, "all@contoso.com");
        found.sort();
        found == ["p2@contoso.com", "p5@contoso.com"]
    };
    let found = timeout(super::PATIENCE, directory.wait_for(wanted)).await;
    found.expect("in time").expect("the directory goes on");

    // Whoever gets another address, is in the group by that.
    let renamed = "dn: uid=p5,ou=people,dc=contoso,dc=com\nchangetype: modify\nreplace: mail\nmail: five@contoso.com\n";
    server.change(renamed).expect("a change");
    let wanted = |snapshot: &Snapshot| {
        let mut found = members(snapshot, "all@contoso.com");
        found.sort();
        found == ["five@contoso.com", "p2@contoso.com"]
    };
    let found = timeout(super::PATIENCE, directory.wait_for(wanted)).await;
    found.expect("in time").expect("the directory goes on");

    // The stored snapshot has them, too.
    directory.shutdown().await;
    let stored = Snapshot::read(&house.path().join("state/snapshot")).expect("a snapshot");
    assert!(wanted(&stored));
}

fn company(people: usize) -> Domain {
    let cache = Cache::at(Path::new(env!("CARGO_TARGET_TMPDIR")));
    let fill = |domain: &Domain| domain.add(&Company::of(people).ldif());
    let filled = cache.filled(&format!("company-{people}"), fill);
    filled.expect("a domain")
}

#[tokio::test]
async fn a_change_in_active_directory_is_in_force_within_its_interval() {
    let Some(()) = require(&[Peer::Samba]) else {
        return;
    };
    let (house, authority) = (House::new(), Authority::new("Contoso root"));
    let certificate = authority.issue(&Leaf::new(HOST));
    let controller = Controller::start(company(200), &certificate).await;
    let controller = controller.expect("a domain controller");
    let (password, roots) = (
        house.write("password", PASSWORD),
        house.write("roots.pem", &authority.pem()),
    );
    let source = format!(
        "kind = \"active-directory\"\nserver = [\"ldaps://{}\"]\nserver_name = \"{HOST}\"\ntrust_roots = \"{roots}\"\n\
         base = [\"{BASE}\"]\nbind_dn = \"{}\"\npassword_file = \"{password}\"\npoll = \"1s\"",
        controller.ldaps(),
        Account::Administrator.dn()
    );
    let directory = house.directory(&source).await;
    until(&directory, &Company::address(0), Some("exchange")).await;
    let snapshot = directory.snapshot();
    let check = |address: &str, expected: Option<&str>| {
        assert_eq!(side(&snapshot, address).as_deref(), expected, "{address}");
    };
    check(&Company::address(4), Some("cloud"));
    check("p4@contoso.com", Some("cloud"));
    check(&Company::address(7), Some("notes"));
    // An old X.500 name leads to whoever has it.
    check("IMCEAEX-_o=Old_cn=PERSON4@contoso.com", None);
    let named = Address::parse("IMCEAEX-_o=Old_cn=PERSON4@contoso.com").expect("an address");
    let found = snapshot.lookup(&named.foreign().expect("a name"));
    assert!(found.is_some(), "nobody has the old name");

    let moved = format!(
        "dn: {}\nchangetype: modify\nreplace: targetAddress\ntargetAddress: SMTP:person7@{}\n-\n\
         replace: msExchRecipientTypeDetails\nmsExchRecipientTypeDetails: 2147483648\n",
        Company::dn(7),
        Company::ROUTING_DOMAIN
    );
    controller.domain().modify(&moved).expect("a change");
    let took = until(&directory, &Company::address(7), Some("cloud")).await;
    println!("Active Directory: a change was in force after {took:?}, with an interval of 1 s");
    directory.shutdown().await;
}
