//! OpenLDAP.

use std::path::Path;
use std::time::{Duration, Instant};

use book::PresetKind;
use serde_json::{Value, json};
use sources::ldap::{Access, Login, Patience, Server};
use sources::{OpenLdap, Secret, Source};
use testbed::slapd::{Ldif, READER, READER_PASSWORD, SUFFIX, Setup, Slapd};
use tokio::runtime::Runtime;

use super::super::Trouble;
use super::{PATIENCE, Peer, plan};

pub(in super::super) fn measure(home: &Path, people: u64) -> Result<Value, Trouble> {
    if let Err(missing) = Slapd::is_here() {
        return Ok(json!({ "skipped": missing }));
    }
    let began = Instant::now();
    let count = u32::try_from(people)?;
    let files = home.join("slapd");
    std::fs::create_dir_all(&files)?;
    let content = Ldif::base().people(0..count);
    let server = Slapd::start(&files, &Setup::default(), content.as_str())?;
    drop(content);
    eprintln!(
        "  slapd has loaded {people} people, {:.1} s",
        began.elapsed().as_secs_f64()
    );
    let password = home.join("password");
    std::fs::write(&password, READER_PASSWORD)?;
    let access = Access {
        servers: vec![Server::parse(&format!("ldap://{}", server.plain()))?],
        start_tls: false,
        server_name: None,
        tls: None,
        login: Some(Login {
            dn: READER.to_owned(),
            password: Secret::in_file(&password),
        }),
        patience: Patience {
            round: PATIENCE,
            ..Patience::default()
        },
    };
    let plan = plan(PresetKind::OpenLdap, SUFFIX, Duration::from_secs(3_600))?;
    let section = format!(
        "[[directory]]\nname = \"people\"\nkind = \"openldap\"\nserver = [\"ldap://{}\"]\nbase = [\"{SUFFIX}\"]\n\
         bind_dn = \"{READER}\"\npassword_file = {password:?}\nhome = \"domino\"\n\
         hosts = [\"domino.contoso.com=domino\"]\npoll = \"1h\"\n",
        server.plain()
    );
    let change_hundred = |round: u64| -> Result<(), Trouble> {
        let changes: String = (0..people.min(100))
            .map(|number| {
                format!(
                    "dn: uid=p{number},ou=people,{SUFFIX}\nchangetype: modify\nreplace: displayName\n\
                     displayName: Person {number} of round {round}\n\n"
                )
            })
            .collect();
        Ok(server.change(&changes)?)
    };
    let move_one = || -> Result<(), Trouble> {
        Ok(server.change(&format!(
            "dn: uid=p1,ou=people,{SUFFIX}\nchangetype: modify\ndelete: mailHost\n-\nadd: mailRoutingAddress\n\
             mailRoutingAddress: p1@contoso.mail.onmicrosoft.com\n"
        ))?)
    };
    let runtime = Runtime::new()?;
    let peer = Peer {
        people,
        source: Source::OpenLdap(Box::new(OpenLdap::new(access, plan)?)),
        section,
        change_hundred: &change_hundred,
        move_one: &move_one,
        moved: ("p1@contoso.com".to_owned(), "cloud"),
    };
    peer.measure(&runtime, home)
}
