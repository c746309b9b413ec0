//! A domain controller: Samba's. People are made once and kept below the target directory, for they take long.

use std::path::Path;
use std::time::{Duration, Instant};

use book::PresetKind;
use serde_json::{Value, json};
use sources::ldap::{Access, Login, Patience, Server};
use sources::{ActiveDirectory, ChangeBy, Secret, Source};
use testbed::certificates::{Authority, Leaf};
use testbed::samba::{self, Account, BASE, Cache, Company, Controller, HOST, PASSWORD};
use testbed::tls::ClientTls;
use tokio::runtime::Runtime;

use super::super::Trouble;
use super::{PATIENCE, Peer, plan};

pub(in super::super) fn measure(home: &Path, people: u64) -> Result<Value, Trouble> {
    if let Some(missing) = samba::missing() {
        return Ok(json!({ "skipped": missing }));
    }
    let count = usize::try_from(people)?;
    let began = Instant::now();
    eprintln!("  Samba gets {people} people, unless it has them from before");
    let cache = Cache::at(Path::new(env!("CARGO_TARGET_TMPDIR"))).ordered();
    let domain = cache.filled(&format!("company-{people}"), |domain| {
        domain.add(&Company::of(count).ldif())
    })?;
    eprintln!("  it has, {:.1} s", began.elapsed().as_secs_f64());
    let runtime = Runtime::new()?;
    let authority = Authority::new("Contoso root");
    let certificate = authority.issue(&Leaf::new(HOST));
    let controller = runtime.block_on(Controller::start(domain, &certificate))?;
    let (password, roots) = (home.join("password"), home.join("roots.pem"));
    std::fs::write(&password, PASSWORD)?;
    std::fs::write(&roots, authority.pem())?;
    let login = Account::Administrator.dn();
    let access = Access {
        servers: vec![Server::parse(&format!("ldaps://{}", controller.ldaps()))?],
        start_tls: false,
        server_name: Some(HOST.to_owned()),
        tls: Some(ClientTls::trusting([&authority], HOST).config()),
        login: Some(Login {
            dn: login.clone(),
            password: Secret::in_file(&password),
        }),
        patience: Patience {
            round: PATIENCE,
            ..Patience::default()
        },
    };
    let plan = plan(PresetKind::ActiveDirectory, BASE, POLL)?;
    let section = format!(
        "[[directory]]\nname = \"people\"\nkind = \"active-directory\"\nserver = [\"ldaps://{}\"]\n\
         server_name = \"{HOST}\"\ntrust_roots = {roots:?}\nbase = [\"{BASE}\"]\nbind_dn = \"{login}\"\n\
         password_file = {password:?}\npoll = \"{}s\"\n",
        controller.ldaps(),
        POLL.as_secs()
    );
    let change_hundred = |round: u64| -> Result<(), Trouble> {
        let changes: String = (0..count.div_ceil(10).min(100))
            .map(|number| {
                format!(
                    "dn: {}\nchangetype: modify\nreplace: displayName\ndisplayName: round {round}\n\n",
                    Company::dn(number * 10)
                )
            })
            .collect();
        Ok(controller.domain().modify(&changes)?)
    };
    let move_one = || -> Result<(), Trouble> {
        Ok(controller.domain().modify(&format!(
            "dn: {}\nchangetype: modify\nreplace: targetAddress\ntargetAddress: SMTP:person7@{}\n-\n\
             replace: msExchRecipientTypeDetails\nmsExchRecipientTypeDetails: 2147483648\n",
            Company::dn(7),
            Company::ROUTING_DOMAIN
        ))?)
    };
    let source = ActiveDirectory::new(access, plan, ChangeBy::Usn)?;
    let peer = Peer {
        people,
        source: Source::ActiveDirectory(Box::new(source)),
        section,
        change_hundred: &change_hundred,
        move_one: &move_one,
        moved: (Company::address(7), "cloud"),
    };
    let mut figures = peer.measure(&runtime, home)?;
    figures["poll_seconds"] = json!(POLL.as_secs());
    Ok(figures)
}

const POLL: Duration = Duration::from_secs(1);
