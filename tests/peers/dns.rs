//! Mail by what DNS says, with a name server of its own: by the exchangers of foreign domains, and of a side's name.

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};

use futures_util::future::join_all;
use testbed::certificates::{Certificate, Leaf};
use testbed::sink::{Sink, StartTls};
use testbed::tls::ServerTls;
use tokio::net::UdpSocket;
use tokio::time::timeout;
use twinmx::cli::{self, Streams};
use twinmx::code::Code;
use twinmx::event::Event;

use super::{Knot, PATIENCE, Peer, free_address, require};
use crate::custody::reports::part;
use crate::scene::{NOTES, Scene, Setup, message};

const NORA: &str = "nora@contoso.com";

/// Where hosts of the zone are; nobody listens at `.10`.
const A: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 11);
const B: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 12);
/// The gateway itself, on the port of the exchangers.
const US: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);

/// MX records of one name.
const MANY: usize = 200;
/// Aliases that are followed; the zone has one more.
const ALIASES: usize = 8;

fn zone() -> String {
    let mut zone = String::from(
        "$ORIGIN example.\n$TTL 60\n@ SOA ns hostmaster 1 60 60 60 5\n@ NS ns\nns A 127.0.0.1\n\
         a A 127.0.0.11\nb A 127.0.0.12\ndead A 127.0.0.10\nus A 127.0.0.9\n\
         multi A 127.0.0.10\nmulti A 127.0.0.12\nzero A 0.0.0.0\n\
         first MX 10 a\nfirst MX 20 b\n\
         order MX 20 a\norder MX 10 b\n\
         equal MX 10 a\nequal MX 10 b\n\
         fallback MX 10 dead\nfallback MX 20 b\n\
         halfgone MX 10 nobody\nhalfgone MX 20 b\n\
         halfbroken MX 10 x.broken\nhalfbroken MX 20 b\n\
         several MX 10 multi\n\
         implicit A 127.0.0.11\n\
         alias CNAME first\n\
         aliased MX 10 a-alias\na-alias CNAME a\n\
         null MX 0 .\n\
         nothing TXT \"x\"\n\
         hostless MX 10 nobody\n\
         special MX 10 zero\n\
         loop1 CNAME loop2\nloop2 CNAME loop1\n\
         to-loop MX 10 loop1\n\
         named MX 10 mx.contoso.com.\nnamed MX 20 a\n\
         addressed MX 10 us\naddressed MX 20 a\n\
         before MX 5 b\nbefore MX 10 us\nbefore MX 20 a\n",
    );
    for number in 0..MANY {
        let preference = if number == MANY / 2 { 1 } else { 10 };
        zone += &format!("many MX {preference} host-{number}\n");
        let address = if preference == 1 { B } else { A };
        zone += &format!("host-{number} A {address}\n");
    }
    for number in 0..=ALIASES {
        zone += &format!("chain{number} CNAME chain{}\n", number + 1);
    }
    zone + &format!("chain{} MX 10 a\n", ALIASES + 1)
}

/// Two hosts on one port.
struct Hosts {
    a: Sink,
    b: Sink,
    port: u16,
}

impl Hosts {
    async fn start() -> Self {
        let port = free_address().port();
        let at = async |host: Ipv4Addr| {
            let sink = Sink::builder().bind((host, port).into());
            sink.start().await.expect("a host")
        };
        Self {
            a: at(A).await,
            b: at(B).await,
            port,
        }
    }

    /// How many messages each has.
    fn counts(&self) -> (usize, usize) {
        (self.a.messages().len(), self.b.messages().len())
    }
}

/// A gateway that asks `server`, with mail of Notes going out by the exchangers at `port`.
fn by_exchangers(setup: &mut Setup, server: SocketAddr, port: u16) {
    setup.internet_from = Some("\"notes\"".to_owned());
    setup.internet_entry = format!("mx:{port}");
    setup.address = (US, port).into();
    setup.more = asking(server);
}

fn asking(server: SocketAddr) -> String {
    format!(
        "[dns]\nservers = [\"{server}\"]\ntimeout = \"1s\"\nspecial_networks = [\"127.0.0.0/8\"]\n\
         [spool]\nretry = [\"1s\"]\n"
    )
}

/// What the sender hears of a message to these.
async fn send(scene: &Scene, to: &[&str]) -> String {
    let mut client = scene.client(NOTES).await;
    let delivery = client.deliver(NORA, to, &message("x")).await;
    let delivery = delivery.expect("a dialog");
    let reply = delivery.verdict();
    let enhanced = reply.enhanced().unwrap_or_default();
    format!("{} {enhanced}", reply.code)
}

/// What an administrator is told of an address.
fn route(scene: &Scene, address: &str) -> String {
    let file = scene.dir.path().join("twinmx.toml");
    let words = ["twinmx", "route", "--from", "notes", address, "--config"];
    let words = words.into_iter().map(OsString::from).chain([file.into()]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut streams = Streams {
        out: &mut out,
        err: &mut err,
        colour: false,
    };
    cli::run(words.collect::<Vec<_>>(), &mut streams);
    String::from_utf8(out).expect("text")
}

#[tokio::test]
async fn mail_goes_where_a_domain_says_or_comes_back() {
    let Some(()) = require(&[Peer::Knot]) else {
        return;
    };
    let knot = Knot::serving(&zone()).await;
    let hosts = Hosts::start().await;
    let scene = Scene::with(|setup| {
        by_exchangers(setup, knot.address(), hosts.port);
        setup.more += "when_down = \"defer\"\n";
    });
    let scene = scene.await;
    for (domain, expected, a, b) in [
        ("first.example", "250 2.0.0", 1, 0),
        ("FIRST.Example", "250 2.0.0", 1, 0),
        ("order.example", "250 2.0.0", 0, 1),
        ("fallback.example", "250 2.0.0", 0, 1),
        ("halfgone.example", "250 2.0.0", 0, 1),
        ("halfbroken.example", "250 2.0.0", 0, 1),
        ("several.example", "250 2.0.0", 0, 1),
        ("implicit.example", "250 2.0.0", 1, 0),
        ("alias.example", "250 2.0.0", 1, 0),
        ("aliased.example", "250 2.0.0", 1, 0),
        ("many.example", "250 2.0.0", 0, 1), // truncated, so asked again by TCP
        ("chain1.example", "250 2.0.0", 1, 0), // as many as are followed
        ("chain0.example", "451 4.4.3", 0, 0), // and one more
        ("loop1.example", "451 4.4.3", 0, 0),
        ("to-loop.example", "451 4.4.3", 0, 0),
        ("x.broken.example", "451 4.4.3", 0, 0), // SERVFAIL
        ("elsewhere.test", "451 4.4.3", 0, 0),   // REFUSED
        ("nobody.example", "550 5.1.2", 0, 0),
        ("null.example", "556 5.1.10", 0, 0),
        ("nothing.example", "550 5.4.4", 0, 0),
        ("hostless.example", "550 5.4.4", 0, 0),
        ("special.example", "550 5.4.4", 0, 0),
        ("[127.0.0.11]", "550 5.1.2", 0, 0),
        ("named.example", "554 5.4.6", 0, 0),
        ("addressed.example", "554 5.4.6", 0, 0),
        ("before.example", "250 2.0.0", 0, 1),
    ] {
        let before = hosts.counts();
        let heard = send(&scene, &[&format!("anna@{domain}")]).await;
        assert_eq!(heard, expected, "{domain}");
        let after = hosts.counts();
        assert_eq!((after.0 - before.0, after.1 - before.1), (a, b), "{domain}");
    }
    assert_eq!(scene.gateway.waiting(), 0);
    assert!(scene.nothing_arrived());
    let shown = route(&scene, "anna@first.example");
    let hosts = format!("mx:first.example:{}, asked of DNS", hosts.port);
    assert!(shown.contains(&hosts), "{shown}");
    let told = scene
        .event(|event| event.code() == Some(Code::LEADS_HERE))
        .await;
    assert!(told.to_string().contains("named.example"), "{told}");
}

#[tokio::test]
async fn loopback_is_nobodys_host_unless_it_is_listed() {
    let Some(()) = require(&[Peer::Knot]) else {
        return;
    };
    let knot = Knot::serving(&zone()).await;
    let hosts = Hosts::start().await;
    let scene = Scene::with(|setup| {
        by_exchangers(setup, knot.address(), hosts.port);
        let listed = "special_networks = [\"127.0.0.0/8\"]";
        setup.more = setup.more.replace(listed, "special_networks = []");
    });
    let scene = scene.await;
    for domain in ["first.example", "implicit.example", "localhost"] {
        let heard = send(&scene, &[&format!("anna@{domain}")]).await;
        assert_eq!(heard, "550 5.4.4", "{domain}");
    }
    assert_eq!(hosts.counts(), (0, 0));
}

#[tokio::test]
async fn equals_share_the_mail() {
    let Some(()) = require(&[Peer::Knot]) else {
        return;
    };
    let knot = Knot::serving(&zone()).await;
    let hosts = Hosts::start().await;
    let scene = Scene::with(|setup| by_exchangers(setup, knot.address(), hosts.port)).await;
    let mut sent = 0;
    while hosts.counts().0.min(hosts.counts().1) == 0 {
        assert_eq!(send(&scene, &["anna@equal.example"]).await, "250 2.0.0");
        sent += 1;
        assert!(sent < 50, "always the same: {:?}", hosts.counts());
        // The next one is to open a connection of its own.
        for host in [&hosts.a, &hosts.b] {
            host.cut_connections().await;
        }
    }
    assert_eq!(hosts.counts().0 + hosts.counts().1, sent);
}

#[tokio::test]
async fn each_domain_has_a_transaction_of_its_own() {
    let Some(()) = require(&[Peer::Knot]) else {
        return;
    };
    let knot = Knot::serving(&zone()).await;
    let hosts = Hosts::start().await;
    let scene = Scene::with(|setup| by_exchangers(setup, knot.address(), hosts.port)).await;
    let to = [
        "anna@first.example",
        "bert@order.example",
        "cora@first.example",
        "dora@implicit.example",
        "emil@null.example",
    ];
    assert_eq!(send(&scene, &to).await, "250 2.0.0");
    let report = scene.notes.next_message().await.expect("a report");
    let status = part(&report.content, "message/delivery-status");
    assert!(status.contains("emil@null.example"), "{status}");
    assert!(status.contains("Status: 5.1.10"), "{status}");
    let settled = async {
        while scene.gateway.waiting() > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, settled).await.expect("nothing waits");
    let at = |sink: &Sink| {
        let all = sink.messages();
        let mut all: Vec<_> = all.iter().map(|one| one.recipients().join(" ")).collect();
        all.sort();
        all
    };
    assert_eq!(
        at(&hosts.a),
        [
            "anna@first.example cora@first.example",
            "dora@implicit.example"
        ]
    );
    assert_eq!(at(&hosts.b), ["bert@order.example"]);
}

#[tokio::test]
async fn a_sender_waits_for_so_many_domains_and_the_others_turn_comes_behind() {
    let Some(()) = require(&[Peer::Knot]) else {
        return;
    };
    let knot = Knot::serving(&zone()).await;
    let hosts = Hosts::start().await;
    let scene = Scene::with(|setup| by_exchangers(setup, knot.address(), hosts.port)).await;
    for (count, expected) in [(DOMAINS, "Accepted"), (DOMAINS + 1, "Kept")] {
        let to: Vec<String> = (0..count).map(|n| format!("x@host-{n}.example")).collect();
        let to: Vec<&str> = to.iter().map(String::as_str).collect();
        let mut client = scene.client(NOTES).await;
        let delivery = client.deliver(NORA, &to, &message("x")).await;
        let delivery = delivery.expect("a dialog");
        let said = delivery.verdict().text();
        assert!(said.contains(expected), "{count}: {said}");
        for _ in 0..count {
            let arrived = timeout(PATIENCE, hosts.a.next_message()).await;
            arrived.expect("in time").expect("it arrives");
        }
    }
}

/// Of one message that its sender waits for.
const DOMAINS: usize = 10;

#[tokio::test]
async fn a_silent_name_server_keeps_mail_until_it_speaks() {
    let Some(()) = require(&[Peer::Knot]) else {
        return;
    };
    let address = free_address();
    let silent = UdpSocket::bind(address).await.expect("a socket");
    let hosts = Hosts::start().await;
    let scene = Scene::with(|setup| by_exchangers(setup, address, hosts.port)).await;
    // As many as are told of, and each for a domain of its own.
    let to: Vec<String> = (0..6).map(|n| format!("anna@host-{n}.example")).collect();
    let sent = to.iter().map(|one| async { send(&scene, &[one]).await });
    for heard in join_all(sent).await {
        assert_eq!(heard, "250 2.0.0", "it is kept");
    }
    assert!(scene.gateway.waiting() > 0);
    assert_eq!(hosts.counts(), (0, 0));
    let told = scene
        .event(|event| event.code() == Some(Code::NAMES_UNANSWERED))
        .await;
    assert!(
        told.to_string().contains("no name server answered"),
        "{told}"
    );
    drop(silent);
    let _knot = Knot::at(address, &zone()).await;
    scene
        .event(|event| event.code() == Some(Code::NAMES_ANSWERED))
        .await;
    for _ in &to {
        timeout(PATIENCE, hosts.a.next_message())
            .await
            .expect("in time")
            .expect("it arrives");
    }
}

#[tokio::test]
async fn a_side_is_found_by_its_exchangers_and_never_bounces_for_its_name() {
    let Some(()) = require(&[Peer::Knot]) else {
        return;
    };
    let knot = Knot::serving(&zone()).await;
    for (name, expected, a, b, code) in [
        ("first.example", "250 2.0.0", 1, 0, None),
        (
            "fallback.example",
            "250 2.0.0",
            0,
            1,
            Some(Code::HOP_FAILED),
        ),
        ("nobody.example", "451 4.4.1", 0, 0, Some(Code::HOP_FAILED)),
        ("null.example", "451 4.4.1", 0, 0, Some(Code::HOP_FAILED)),
        (
            "x.broken.example",
            "451 4.4.1",
            0,
            0,
            Some(Code::HOP_FAILED),
        ),
        (
            "addressed.example",
            "451 4.4.1",
            0,
            0,
            Some(Code::LEADS_HERE),
        ),
    ] {
        let hosts = Hosts::start().await;
        let scene = Scene::with(|setup| {
            setup.notes_entry = format!("mx:{name}:{}", hosts.port);
            setup.address = (US, hosts.port).into();
            setup.more = asking(knot.address()).replace("[spool]\nretry = [\"1s\"]\n", "");
            // Loopback is its operator's choice.
            setup.more = setup.more.replace("\"127.0.0.0/8\"", "");
        });
        let scene = scene.await;
        let mut client = scene.client("127.0.0.1").await;
        let delivery = client
            .deliver("x@example.net", &[NORA], &message("x"))
            .await;
        let delivery = delivery.expect("a dialog");
        let reply = delivery.verdict();
        let heard = format!("{} {}", reply.code, reply.enhanced().unwrap_or_default());
        assert_eq!(heard, expected, "{name}");
        assert_eq!(hosts.counts(), (a, b), "{name}");
        if let Some(code) = code {
            scene.event(|event| event.code() == Some(code)).await;
        }
    }
}

#[tokio::test]
async fn a_name_from_dns_is_no_name_for_a_certificate() {
    let Some(()) = require(&[Peer::Knot]) else {
        return;
    };
    let knot = Knot::serving(&zone()).await;
    let hosts = Hosts::start().await;
    let scene = Scene::with(|setup| {
        setup.notes_entry = format!("mx:first.example:{}", hosts.port);
        setup.notes_tls = "mode = \"verify\"".to_owned();
        setup.more = asking(knot.address()).replace("[spool]\nretry = [\"1s\"]\n", "");
    });
    let scene = scene.await;
    let shows = |certificate: &Certificate| {
        for host in [&hosts.a, &hosts.b] {
            let tls = ServerTls::showing(certificate);
            host.script(|script| script.starttls(StartTls::Required(tls)));
        }
    };
    let deliver = async || {
        let mut client = scene.client("127.0.0.1").await;
        let delivery = client
            .deliver("x@example.net", &[NORA], &message("x"))
            .await;
        let delivery = delivery.expect("a dialog");
        delivery.verdict().code
    };
    // The host is a.example, as DNS says; the configuration says first.example.
    shows(&scene.notary.root.issue(&Leaf::new("a.example")));
    assert_eq!(deliver().await, 451);
    let distrusted = |event: &Event| event.code() == Some(Code::HOP_DISTRUSTED);
    scene.event(distrusted).await;
    assert_eq!(hosts.counts(), (0, 0));
    shows(&scene.notary.root.issue(&Leaf::new("first.example")));
    assert_eq!(deliver().await, 250);
    assert_eq!(hosts.counts(), (1, 0));
}
