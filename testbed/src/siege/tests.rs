use super::*;
use crate::sink::Sink;

async fn eventually(besieging: &Besieging, wanted: impl Fn(Heard) -> bool) {
    let mut look = interval(Duration::from_millis(5));
    let looked = timeout(WAIT, async {
        while !wanted(besieging.heard()) {
            look.tick().await;
        }
    });
    assert!(looked.await.is_ok(), "{:?}", besieging.heard());
}

#[tokio::test]
async fn idle_ones_come_from_networks_of_their_own_and_stay() {
    let sink = Sink::start().await.expect("a port");
    let besieging = Siege::Idle(30).begin(sink.addr()).await.expect("bounds");
    assert_eq!(besieging.heard().greeted, 30);
    assert_eq!(sink.counts().connections, 30);
    assert_eq!(besieging.heard().cut, 0);
}

#[tokio::test]
async fn a_flood_goes_on() {
    let sink = Sink::start().await.expect("a port");
    let besieging = Siege::Flood(500).begin(sink.addr()).await.expect("bounds");
    eventually(&besieging, |heard| heard.greeted > 20).await;
    drop(besieging);
    let refusing = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = refusing.local_addr().expect("its address");
    drop(refusing);
    let besieging = Siege::Flood(500).begin(address).await.expect("bounds");
    eventually(&besieging, |heard| heard.refused > 20).await;
}

#[tokio::test]
async fn a_harvest_asks_until_it_is_cut() {
    use crate::sink::{Act, Stage};
    let sink = Sink::start().await.expect("a port");
    sink.script(|script| {
        let unknown = || Act::reply(550, "5.1.1 unknown");
        script
            .once(Stage::Rcpt, unknown())
            .once(Stage::Rcpt, unknown())
            .once(Stage::Rcpt, Act::lost())
    });
    let besieging = Siege::Harvest(1).begin(sink.addr()).await.expect("bounds");
    eventually(&besieging, |heard| heard.unknown == 2 && heard.cut >= 1).await;
}

#[tokio::test]
async fn a_drip_is_a_message_without_end() {
    let sink = Sink::start().await.expect("a port");
    let besieging = Siege::Drip(3).begin(sink.addr()).await.expect("bounds");
    eventually(&besieging, |heard| heard.greeted == 3).await;
    assert!(sink.messages().is_empty());
}

#[test]
fn a_siege_has_its_bounds() {
    let check = |siege: Siege, expected| assert_eq!(siege.check(), expected, "{siege:?}");
    let most = SIEGE_CONNECTIONS_MAX;
    for siege in [Siege::Idle, Siege::Drip, Siege::Harvest] {
        check(siege(1), Ok(()));
        check(siege(most), Ok(()));
        check(siege(0), Err(SiegeError::Connections(0)));
        check(siege(most + 1), Err(SiegeError::Connections(most + 1)));
    }
    let most = SIEGE_PACE_MAX;
    check(Siege::Flood(most), Ok(()));
    check(Siege::Flood(0), Err(SiegeError::Pace(0)));
    check(Siege::Flood(most + 1), Err(SiegeError::Pace(most + 1)));
}
