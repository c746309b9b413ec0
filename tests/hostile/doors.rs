//! Clients that want too much: each is slowed or refused by its network, and nobody else is.

use std::fmt::Debug;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::mpsc;
use std::time::Duration;

use testbed::certificates::Leaf;
use testbed::client::Client;
use tokio::task::{spawn_blocking, yield_now};
use twinmx::event::Event;
use twinmx::limits;

use crate::scene::{INTERNET, NOTES, SCANNER, Scene, message};

/// A stranger, but another one.
const ELSEWHERE: &str = "127.0.0.9";

async fn scene(limits: &str) -> Scene {
    Scene::with(|setup| setup.limits = limits.to_owned()).await
}

/// Somebody opens a connection and hears this.
async fn hears(scene: &Scene, from: &str) -> (u16, Option<String>) {
    let source: IpAddr = from.parse().expect("an address");
    let client = Client::open_from(Some(source), scene.mx).await;
    let reply = client.expect("a connection").read_reply().await;
    let reply = reply.expect("a word");
    (reply.code, reply.enhanced().map(str::to_owned))
}

fn refused(code: &str) -> (u16, Option<String>) {
    (421, Some(code.to_owned()))
}

async fn delivers(scene: &Scene, from: &str) {
    let mut client = scene.client(from).await;
    let to = ["nora@contoso.com"];
    let delivery = client.deliver("a@example.net", &to, &message("x")).await;
    let delivery = delivery.expect("a dialog");
    assert!(delivery.is_accepted(), "{:?}", delivery.verdict());
}

async fn guesses(client: &mut Client, number: usize) -> u16 {
    let path = format!("guess{number}@contoso.com");
    client.rcpt(&path).await.expect("a reply").code
}

/// Time stands still, though clients and gateway go on: nothing that waits for it has happened yet.
struct Still(#[allow(dead_code, reason = "dropped, it ends the thread")] mpsc::Sender<()>);

impl Still {
    fn begin() -> Self {
        let (end, ended) = mpsc::channel();
        // As long as a thread works, time does not run ahead by itself.
        drop(spawn_blocking(move || ended.recv().is_ok()));
        tokio::time::pause();
        Self(end)
    }

    /// A little more than that: timers go by the millisecond.
    async fn pass(&self, time: Duration) {
        tokio::time::advance(time + Duration::from_millis(2)).await;
    }

    /// What this comes to without waiting for any time to pass.
    async fn at_once<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        for _ in 0..100_000 {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = yield_now() => {}
            }
        }
        panic!("it waits");
    }

    /// It waits for time to pass.
    async fn waits<T: Debug>(&self, work: impl Future<Output = T>) {
        let mut work = pin!(work);
        for _ in 0..1_000 {
            tokio::select! {
                biased;
                done = &mut work => panic!("it did not wait: {done:?}"),
                () = yield_now() => {}
            }
        }
    }
}

impl Drop for Still {
    fn drop(&mut self) {
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_harvest_is_slowed_then_cut_and_others_are_served_meanwhile() {
    let scene = scene("unknown_per_client = 1").await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    assert_eq!(guesses(&mut client, 0).await, 550, "one is nothing");
    let guess = b"RCPT TO:<guess1@contoso.com>\r\n";
    client.send_raw(guess).await.expect("sent");
    let is_slowed = |event: &Event| matches!(event, Event::HarvestSlowed { unknown: 2, .. });
    scene.event(is_slowed).await;

    let still = Still::begin();
    still.at_once(delivers(&scene, ELSEWHERE)).await;
    // Also from the same network: only the guess waits.
    still.at_once(delivers(&scene, INTERNET)).await;
    still.waits(client.read_reply()).await;
    still.pass(limits::HARVEST_DELAY).await;
    assert_eq!(client.read_reply().await.expect("a reply").code, 550);

    // One more is known by now, and does not make them few.
    let last = client.rcpt("guess2@contoso.com").await.expect("a reply");
    assert_eq!((last.code, last.enhanced()), (421, Some("4.7.0")));
    assert!(client.ending().await.is_ok(), "it is hung up on");
    let is_shut = |event: &Event| matches!(event, Event::HarvestShut { unknown: 3, .. });
    scene.event(is_shut).await;
    assert_eq!(hears(&scene, INTERNET).await, refused("4.7.0"));
    assert_eq!(hears(&scene, ELSEWHERE).await.0, 220);

    still
        .pass(limits::HARVEST_SHUT - Duration::from_secs(10))
        .await;
    assert_eq!(hears(&scene, INTERNET).await, refused("4.7.0"));
    still.pass(Duration::from_secs(10)).await;
    assert_eq!(hears(&scene, INTERNET).await.0, 220);
}

#[tokio::test]
async fn who_sends_to_people_may_be_wrong_now_and_then() {
    let scene = scene("unknown_per_client = 1").await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    for number in 0..3 {
        // The same person as often as one likes counts: it is the share that tells a guess.
        for _ in 0..9 {
            let reply = client.rcpt("nora@contoso.com").await.expect("RCPT");
            assert_eq!(reply.code, 250);
        }
        let guess = guesses(&mut client, number);
        assert_eq!(Still::begin().at_once(guess).await, 550);
    }
}

#[tokio::test]
async fn our_own_sides_may_ask_for_whomever_they_like() {
    let scene = Scene::with(|setup| {
        setup.limits = "unknown_per_client = 1\nnew_connections_per_client = 1".to_owned();
        setup.limits += "\nmessages_per_client = 1\nrecipients_per_client = 1";
    })
    .await;
    let cloud = scene.proven(&scene.notary.cloud).await;
    let [notes, more] = [scene.client(NOTES).await, scene.client(NOTES).await];
    for mut client in [notes, more, cloud] {
        for _ in 0..2 {
            client.mail("x@example.net").await.expect("MAIL");
            for number in 0..10 {
                let guess = guesses(&mut client, number);
                assert_eq!(Still::begin().at_once(guess).await, 550);
            }
            client.command("RSET").await.expect("RSET");
        }
    }
    // A side has proven itself from there, so that its next connection is not one too many.
    assert_eq!(hears(&scene, INTERNET).await.0, 220);
}

#[tokio::test]
async fn postmasters_are_reached_from_a_network_that_is_slowed() {
    let scene = scene("unknown_per_client = 1").await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    for number in 0..2 {
        assert_eq!(guesses(&mut client, number).await, 550);
    }
    let still = Still::begin();
    for path in ["postmaster@contoso.com", "ABUSE@contoso.com", "Postmaster"] {
        let reply = still.at_once(client.rcpt(path)).await.expect("RCPT");
        assert_eq!(reply.code, 250, "{path}");
    }
    drop(still);
    assert_eq!(client.data(&message("x")).await.expect("DATA").code, 250);
}

#[tokio::test]
async fn who_asks_for_an_abuse_desk_does_not_guess() {
    let scene = Scene::with(|setup| {
        setup.limits = "unknown_per_client = 1".to_owned();
        setup.domain = "unknown_recipient = \"reject\"".to_owned();
    })
    .await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    let still = Still::begin();
    for _ in 0..5 {
        let reply = still.at_once(client.rcpt("abuse@contoso.com")).await;
        assert_eq!(reply.expect("RCPT").code, 550, "nobody has set it up");
    }
}

#[tokio::test]
async fn postmasters_are_reached_by_whoever_has_sent_too_much() {
    let scene = scene("messages_per_client = 1").await;
    let mut client = scene.client(INTERNET).await;
    let _still = Still::begin(); // one minute
    let paths = ["abuse@contoso.com", "Postmaster", "postmaster@contoso.com"];
    client.mail("a@example.net").await.expect("MAIL");
    client.command("RSET").await.expect("RSET");
    for number in 0..limits::POSTMASTER_TRANSACTIONS as usize {
        assert_eq!(client.mail("a@example.net").await.expect("MAIL").code, 250);
        let reply = client.rcpt("nora@contoso.com").await.expect("RCPT");
        assert_eq!((reply.code, reply.enhanced()), (450, Some("4.7.1")));
        let path = paths[number % paths.len()];
        assert_eq!(client.rcpt(path).await.expect("RCPT").code, 250, "{path}");
        let end = client.data(&message("x")).await.expect("DATA");
        assert_eq!(end.code, 250, "{path}");
    }
    client.mail("a@example.net").await.expect("MAIL");
    let reply = client.rcpt(paths[0]).await.expect("RCPT");
    assert_eq!(reply.code, 450, "one past the bound for them");
    let is_told = |event: &Event| matches!(event, Event::ClientTooFast { .. });
    assert!(scene.event(is_told).await.to_string().contains("messages"));
}

#[tokio::test]
async fn recipients_have_a_rate() {
    let scene = scene("recipients_per_client = 2").await;
    let _still = Still::begin(); // one minute
    let [mut one, mut two] = [scene.client(INTERNET).await, scene.client(INTERNET).await];
    for client in [&mut one, &mut two] {
        client.mail("a@example.net").await.expect("MAIL");
        let reply = client.rcpt("nora@contoso.com").await.expect("RCPT");
        assert_eq!(reply.code, 250);
    }
    let reply = one.rcpt("nils@contoso.com").await.expect("RCPT");
    assert_eq!((reply.code, reply.enhanced()), (451, Some("4.7.1")));
    let reply = one.rcpt("postmaster@contoso.com").await.expect("RCPT");
    assert_eq!(reply.code, 250);
    delivers(&scene, ELSEWHERE).await;
}

#[tokio::test]
async fn new_connections_have_a_rate() {
    let scene = scene("new_connections_per_client = 3").await;
    let still = Still::begin();
    for _ in 0..3 {
        assert_eq!(hears(&scene, INTERNET).await.0, 220);
    }
    assert_eq!(hears(&scene, INTERNET).await, refused("4.7.0"));
    for _ in 0..5 {
        assert_eq!(hears(&scene, SCANNER).await.0, 220, "a side of ours");
    }
    assert_eq!(hears(&scene, ELSEWHERE).await.0, 220);
    still.pass(Duration::from_secs(60)).await;
    assert_eq!(hears(&scene, INTERNET).await.0, 220);
}

#[tokio::test]
async fn who_is_exempt_is_not_bounded() {
    let limits = format!(
        "new_connections_per_client = 1\nconnections_per_client = 1\nmessages_per_client = 1\n\
         recipients_per_client = 1\nunknown_per_client = 1\ngreeting_delay = \"10s\"\nexempt = [\"{ELSEWHERE}/32\"]"
    );
    let scene = scene(&limits).await;
    let still = Still::begin();
    let mut client = still.at_once(scene.client(ELSEWHERE)).await;
    client.mail("a@example.net").await.expect("MAIL");
    for number in 0..5 {
        assert_eq!(still.at_once(guesses(&mut client, number)).await, 550);
    }
    for _ in 0..3 {
        still.at_once(delivers(&scene, ELSEWHERE)).await;
    }
}

/// Says EHLO before it hears anything, and hears this.
async fn speaks_first(scene: &Scene, from: &str) -> (u16, Option<String>) {
    let source: IpAddr = from.parse().expect("an address");
    let client = Client::open_from(Some(source), scene.mx).await;
    let mut client = client.expect("a connection");
    client.send_raw(b"EHLO a\r\n").await.expect("sent");
    let reply = client.read_reply().await.expect("a word");
    (reply.code, reply.enhanced().map(str::to_owned))
}

#[tokio::test]
async fn who_speaks_before_the_greeting_is_refused() {
    let scene = scene("greeting_delay = \"10s\"").await;
    let still = Still::begin();
    let early = still.at_once(speaks_first(&scene, INTERNET)).await;
    assert_eq!(early, refused("4.5.1"));
    let is_told = |event: &Event| matches!(event, Event::EarlyTalker { .. });
    scene.event(is_told).await;
    let side = still.at_once(speaks_first(&scene, NOTES)).await;
    assert_eq!(side.0, 220, "a side of ours");
    // Whoever waits is greeted when the time is over, and not before.
    let patient = Client::open_from(Some(ELSEWHERE.parse().expect("an address")), scene.mx);
    let mut patient = patient.await.expect("a connection");
    still.waits(patient.read_reply()).await;
    still.pass(Duration::from_secs(10)).await;
    assert_eq!(patient.read_reply().await.expect("a greeting").code, 220);
}

#[tokio::test]
async fn where_a_side_has_proven_itself_nobody_waits_for_the_greeting() {
    let scene = scene("greeting_delay = \"1s\"").await;
    scene.proven(&scene.notary.cloud).await;
    let still = Still::begin();
    assert_eq!(still.at_once(hears(&scene, INTERNET)).await.0, 220);
}

#[tokio::test]
async fn a_filter_in_front_of_us_is_not_bounded() {
    let scene = Scene::with(|setup| {
        setup.limits = "new_connections_per_client = 1\nunknown_per_client = 1".to_owned();
        setup.limits += "\nmessages_per_client = 1\nrecipients_per_client = 1";
        setup.more = "[upstream.filter]\ncertificate_names = [\"out.filter.example\"]\n".to_owned();
    })
    .await;
    let issuer = scene.notary.root.intermediate("Somebody's issuer");
    let certificate = issuer.issue(&Leaf::new("out.filter.example"));
    for _ in 0..2 {
        let mut client = scene.proven(&certificate).await;
        for _ in 0..2 {
            client.mail("x@example.net").await.expect("MAIL");
            for number in 0..5 {
                let guess = guesses(&mut client, number);
                assert_eq!(Still::begin().at_once(guess).await, 550);
            }
            client.command("RSET").await.expect("RSET");
        }
    }
}

#[tokio::test]
async fn early_talkers_may_be_allowed() {
    let scene = scene("early_talkers = \"allow\"").await;
    assert_eq!(speaks_first(&scene, INTERNET).await.0, 220);
}

#[tokio::test]
async fn who_does_not_wait_for_the_reply_to_ehlo_is_a_harvest_sooner() {
    let scene = scene("unknown_per_client = 2").await;
    let client = Client::connect_from(INTERNET.parse().expect("an address"), scene.mx).await;
    let mut client = client.expect("a greeting");
    let replies = client.pipeline(&["EHLO a", "MAIL FROM:<a@example.net>"]);
    replies.await.expect("replies");
    for number in 0..2 {
        assert_eq!(guesses(&mut client, number).await, 550);
    }
    let is_slowed = |event: &Event| matches!(event, Event::HarvestSlowed { unknown: 4, .. });
    scene.event(is_slowed).await;
}

#[tokio::test]
async fn nobody_may_say_by_xclient_who_he_is() {
    let scene = scene("").await;
    for from in [INTERNET, NOTES] {
        let mut client = scene.client(from).await;
        for verb in ["XCLIENT", "XFORWARD"] {
            assert!(!client.offers(verb));
            let line = format!("{verb} ADDR={SCANNER} NAME=scanner.contoso.com");
            let reply = client.command(&line).await.expect("a reply");
            assert!(reply.is_permanent(), "{line}: {reply:?}");
        }
        let to = ["cleo@contoso.com"];
        let delivery = client.deliver("x@example.net", &to, &message("x")).await;
        assert!(delivery.expect("a dialog").is_accepted());
        assert_eq!(scene.outcome().await.client.to_string(), from);
    }
}
