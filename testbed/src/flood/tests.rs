use super::*;
use crate::counter::Counter;
use crate::held::Held;
use crate::load::Errand;

#[test]
fn bounds_hold() {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 9));
    let check = |flood: Flood, expected: &str| {
        let told = flood
            .check()
            .map_or_else(|e| e.to_string(), |()| String::new());
        assert_eq!(told, expected);
    };
    let flood = || Flood::to(anywhere);
    check(flood().sessions(limits::LOAD_SESSIONS_MAX), "");
    check(flood().sessions(0), "0 sessions are not between 1 and 1000");
    check(
        flood().sessions(1_001),
        "1001 sessions are not between 1 and 1000",
    );
    check(flood().messages(limits::COUNTED_MAX), "");
    check(
        flood().messages(limits::COUNTED_MAX + 1),
        "16777217 messages are more than 16777216",
    );
    check(flood().octets(limits::CONTENT_MAX), "");
    check(
        flood().octets(limits::CONTENT_MAX + 1),
        "268435457 octets a message are more than 268435456",
    );
    check(flood().time(limits::FLOOD_TIME_MAX), "");
    check(
        flood().time(Duration::from_secs(601)),
        "601 s are more than 600",
    );
    check(flood().recipients(Vec::new()), "there is no recipient");
    let two = || flood().recipients(vec!["a@b.c".to_owned(), "d@e.f".to_owned()]);
    check(two().recipients_each(2), "");
    check(
        two().recipients_each(3),
        "3 recipients a message are not between 1 and 2",
    );
    check(
        two().recipients_each(0),
        "0 recipients a message are not between 1 and 2",
    );
}

/// There is no other bound, so that it comes back at all is its time's doing.
#[test]
fn a_flood_ends_with_its_time() {
    let flood = |millis| {
        let counter = Counter::start(None).expect("a counter");
        counter.begin(1);
        let time = Duration::from_millis(millis);
        let report = Flood::to(counter.addr()).time(time).run();
        (report.expect("within bounds"), counter.count())
    };
    // How long the first message takes is the machine's affair.
    let mut floods = [20, 200, 2_000, 20_000].into_iter().map(flood);
    let (report, count) = floods
        .find(|(report, _)| report.accepted > 0)
        .expect("time enough for one message");
    assert_eq!(report.accepted, count.unique);
}

#[test]
fn whoever_only_greets_sends_nothing() {
    let counter = Counter::start(None).expect("a counter");
    counter.begin(1);
    let flood = Flood::to(counter.addr()).errand(Errand::Greeting);
    let report = flood.messages(10).sessions(2).run();
    let report = report.expect("within bounds");
    assert_eq!(
        (report.accepted, report.connections, report.failed),
        (10, 10, 0)
    );
    let count = counter.count();
    assert_eq!((count.connections, count.unique), (10, 0));
}

#[test]
fn failures_are_counted_and_come_to_an_end() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let refusing = listener.local_addr().expect("its address");
    drop(listener);
    let report = Flood::to(refusing)
        .sessions(2)
        .run()
        .expect("within bounds");
    assert_eq!(report.accepted, 0);
    assert_eq!(report.failed, 2 * limits::FLOOD_FAILURES_MAX as u64);
    assert!(report.fault.is_some_and(|fault| fault.contains("refused")));
}

#[test]
fn connections_are_held_until_they_are_dropped() {
    let counter = Counter::start(None).expect("a counter");
    counter.begin(1);
    let held = Held::open(counter.addr(), 20, None, Instant::now() + limits::WAIT);
    assert_eq!((held.count(), counter.count().connections), (20, 20));
    assert!(held.fault().is_none());
    let late = Held::open(counter.addr(), 20, None, Instant::now());
    assert_eq!(late.count(), 0);
}
