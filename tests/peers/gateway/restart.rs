//! The gateway ends in the middle of a burst and is started again: nothing is lost.

use std::collections::HashSet;

use super::*;

const COUNT: usize = 240;

/// So many messages out of a real queue, while the gateway is brought down twice: by `down`.
async fn burst(down: impl Fn(Twinmx)) -> Postfix {
    let notes = Postfix::builder().discard().start().await;
    let address = free_address();
    let sender = Postfix::builder().relay_to(address).start().await;
    let mut gateway = Twinmx::start(address, notes.address()).await;
    let load = Source::new(COUNT, 8).paths(SENDER, NORA).length(30_000);
    let load = load.keep_connections().send(sender.address());
    let interfere = async {
        for arrived in [COUNT / 4, COUNT / 2] {
            notes.discarded(arrived).await;
            down(gateway);
            gateway = Twinmx::start(address, notes.address()).await;
        }
        sender.logged("status=sent (250 2.0.0 ", COUNT).await;
    };
    tokio::join!(load, interfere).0.succeeded();
    assert_eq!(sender.queue().await, []);
    assert_eq!(sender.log_count("status=bounced"), 0);
    notes.discarded(COUNT).await;
    notes
}

#[tokio::test]
async fn what_is_under_way_when_it_is_ended_arrives_exactly_once() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let notes = burst(Twinmx::end).await;
    assert_eq!(notes.discard_count(), COUNT);
    let ids: HashSet<String> = notes.discarded_ids().into_iter().collect();
    assert_eq!(ids.len(), COUNT);
}

#[tokio::test]
async fn what_is_under_way_when_it_is_killed_is_not_lost() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let notes = burst(Twinmx::kill).await;
    let ids: HashSet<String> = notes.discarded_ids().into_iter().collect();
    assert_eq!(ids.len(), COUNT);
    // Twice only where the hop's last word was lost: not more than were under way.
    let twice = notes.discard_count() - COUNT;
    assert!(twice <= 2 * 20, "{twice} came twice");
}
