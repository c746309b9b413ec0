use std::io;

use super::*;
use crate::certificates::{Authority, Leaf};
use crate::flood::Flood;
use crate::load::{Pipelining, Turnover, Writes};
use crate::numbered::Template;
use crate::pipe::{Pipe, Room};
use crate::tls::{ClientDemand, ClientTls};

/// The messages of these numbers over one connection, each changed on its way.
fn send(counter: &Counter, numbers: &[u64], change: impl Fn(u64, &mut Vec<u8>)) -> io::Result<()> {
    let mut pipe = crate::flood::connect(counter.addr(), None, Room::default(), Writes::Whole)?;
    let mut template = Template::new("sender@fabrikam.com", "anna@contoso.com", 2_000);
    for &number in numbers {
        pipe.write(b"MAIL FROM:<>\r\nRCPT TO:<anna@contoso.com>\r\nDATA\r\n")?;
        replies(&mut pipe, 3)?;
        template.number(number);
        let mut message = template.wire().concat();
        change(number, &mut message);
        pipe.write(&message)?;
        replies(&mut pipe, 1)?;
    }
    Ok(())
}

fn replies(pipe: &mut Pipe, count: usize) -> io::Result<()> {
    for _ in 0..count {
        let octets = pipe.line()?.expect("a reply");
        pipe.done(octets);
    }
    Ok(())
}

#[test]
fn what_arrives_is_told_apart() {
    let counter = Counter::start(None).expect("a counter");
    counter.begin(10);
    send(&counter, &[10, 11, 12, 11, 9, 13], |number, message| {
        if number == 13 {
            message[1_500] ^= 1;
        }
    })
    .expect("everything is taken");
    let count = counter.count();
    let Count {
        messages,
        unique,
        duplicates,
        damaged,
        strays,
        connections,
        ..
    } = count;
    assert_eq!((messages, unique, duplicates), (6, 3, 1), "{count:?}");
    assert_eq!((damaged, strays, connections), (1, 1, 1), "{count:?}");
    counter.begin(14);
    assert_eq!(counter.count(), Count::default());
}

#[test]
fn numbers_count_up_to_the_bound() {
    let counter = Counter::start(None).expect("a counter");
    counter.begin(1);
    let numbers = [limits::COUNTED_MAX, limits::COUNTED_MAX + 1];
    send(&counter, &numbers, |_, _| {}).expect("both are taken");
    let count = counter.count();
    assert_eq!((count.unique, count.strays), (1, 1));
}

#[test]
fn every_kind_of_flood_arrives() {
    let authority = Authority::new("Test root");
    let certificate = authority.issue(&Leaf::new("counter.test"));
    let tls = ServerTls::showing(&certificate).demanding(ClientDemand::Of(vec![authority.clone()]));
    let counter = Counter::start(Some(tls)).expect("a counter");
    let client = ClientTls::trusting([&authority], "counter.test").showing(&certificate);
    let check = |turnover, pipelining, tls: Option<&ClientTls>, connections| {
        counter.begin(1);
        let flood = Flood::to(counter.addr())
            .messages(30)
            .sessions(3)
            .octets(200_000);
        let flood = flood
            .turnover(turnover)
            .pipelining(pipelining)
            .tls(tls.cloned());
        let report = flood.run().expect("within bounds");
        let count = counter.count();
        assert_eq!(report.fault, None);
        assert_eq!(
            (report.accepted, report.failed, report.latencies.len()),
            (30, 0, 30)
        );
        assert_eq!((count.messages, count.unique), (30, 30), "{count:?}");
        assert_eq!(report.connections, count.connections);
        assert!(count.connections <= connections, "{count:?}");
        assert_eq!(count.secured, tls.map_or(0, |_| count.connections));
    };
    check(Turnover::Never, Pipelining::Off, None, 3);
    check(Turnover::Never, Pipelining::On, None, 3);
    check(Turnover::EachMessage, Pipelining::Off, None, 30);
    check(Turnover::Never, Pipelining::Off, Some(&client), 3);
    check(Turnover::EachMessage, Pipelining::On, Some(&client), 30);
}

#[test]
fn words_in_pieces_and_many_recipients_arrive_too() {
    let counter = Counter::start_with(None, Writes::Split).expect("a counter");
    for pipelining in [Pipelining::Off, Pipelining::On] {
        counter.begin(1);
        let flood = Flood::to(counter.addr())
            .messages(3)
            .recipients(vec![
                "anna@contoso.com".to_owned(),
                "bert@contoso.com".to_owned(),
            ])
            .recipients_each(2)
            .pipelining(pipelining)
            .writes(Writes::Split);
        let report = flood.run().expect("within bounds");
        assert_eq!((report.accepted, report.fault), (3, None));
        assert_eq!(counter.count().unique, 3);
    }
}

#[test]
fn a_door_opens_where_nobody_listened() {
    let counter = Counter::start(None).expect("a counter");
    counter.begin(1);
    let taken = TcpListener::bind(ANY).expect("a port");
    let addr = taken.local_addr().expect("its address");
    assert!(counter.door_at(addr, None).is_err(), "somebody has it");
    drop(taken);
    let door = counter.door_at(addr, None).expect("nobody has it now");
    assert_eq!(door.addr(), addr);
    let report = Flood::to(addr).messages(3).run().expect("within bounds");
    assert_eq!((report.accepted, counter.count().unique), (3, 3));
}
