use super::*;
use crate::certificates::{Authority, Leaf};
use crate::sink::{Act, Sink, Stage, StartTls};
use crate::tls::ServerTls;

fn load() -> Load {
    Load::new("run", ["anna@contoso.com", "otto@contoso.com"])
        .messages(30)
        .sessions(4)
        .size(2000)
}

#[tokio::test]
async fn every_message_arrives_once_and_whole() {
    let check = async |load: Load, connections: usize| {
        let sink = Sink::counting().start().await.expect("a port");
        let report = load.run(sink.addr()).await.expect("within the bounds");
        assert_eq!(
            (
                report.accepted.len(),
                report.refused.len(),
                report.failed.len()
            ),
            (30, 0, 0)
        );
        let count = sink.count(&report.accepted);
        assert!(count.is_perfect() && count.received == 30, "{count:?}");
        assert_eq!(
            (sink.counts().connections, sink.counts().octets),
            (connections, 30 * 2000)
        );
        let (shortest, median, longest) =
            (report.latency(0), report.latency(50), report.latency(100));
        assert!(
            shortest.is_some()
                && shortest <= median
                && median <= longest
                && longest <= Some(report.elapsed)
        );
    };
    check(load(), 4).await;
    check(load().pipelining(Pipelining::Off), 4).await;
    check(load().turnover(Turnover::EachMessage), 30).await;
    check(load().sessions(100), 30).await;
    check(load().sessions(1), 1).await;
}

#[tokio::test]
async fn under_tls_as_well() {
    let authority = Authority::new("Root");
    let server = ServerTls::showing(&authority.issue(&Leaf::new("sink.example")));
    let sink = Sink::builder()
        .script(|s| s.starttls(StartTls::Required(server)))
        .start()
        .await
        .expect("a port");
    let tls = ClientTls::trusting([&authority], "sink.example");
    let report = load()
        .tls(&tls)
        .run(sink.addr())
        .await
        .expect("within the bounds");
    assert!(sink.count(&report.accepted).is_perfect());
    assert_eq!(sink.counts().handshakes, 4);
    let to_anna = |m: &&Arc<crate::sink::Message>| m.recipients() == ["anna@contoso.com"];
    assert_eq!(
        sink.messages().iter().filter(to_anna).count(),
        15,
        "recipients are taken in turn"
    );
    assert!(
        sink.messages()
            .iter()
            .all(|m| m.tls.is_some() && m.reverse_path == "sender@fabrikam.com")
    );
}

#[tokio::test]
async fn refused_and_lost_messages_are_told_apart() {
    for pipelining in [Pipelining::On, Pipelining::Off] {
        let sink = Sink::start().await.expect("a port");
        sink.script(|s| {
            s.once(Stage::Mail, Act::reply(450, "4.7.1 slow down"))
                .once(Stage::Rcpt, Act::reply(550, "5.1.1 unknown"))
                .once(Stage::Data, Act::reply(451, "4.3.0 not now"))
                .once(Stage::End, Act::reply(552, "5.3.4 too large"))
                .once(Stage::End, Act::lost())
        });
        let report = load()
            .pipelining(pipelining)
            .run(sink.addr())
            .await
            .expect("within the bounds");
        let mut codes: Vec<u16> = report.refused.iter().map(|(_, reply)| reply.code).collect();
        codes.sort_unstable();
        assert_eq!(codes, [450, 451, 550, 552], "{pipelining:?}");
        assert_eq!((report.failed.len(), report.accepted.len()), (1, 25));
        let count = sink.count(&report.accepted);
        assert_eq!(
            (count.lost.len(), count.strange.as_slice()),
            (0, [report.failed[0].0.clone()].as_slice())
        );
    }
}

#[tokio::test]
async fn a_load_has_its_bounds() {
    let check = |load: Load, expected: Result<(), LoadError>| assert_eq!(load.check(), expected);
    check(load().messages(limits::LOAD_MESSAGES_MAX), Ok(()));
    check(
        load().messages(limits::LOAD_MESSAGES_MAX + 1),
        Err(LoadError::Messages(1_000_001)),
    );
    check(load().sessions(limits::LOAD_SESSIONS_MAX), Ok(()));
    check(
        load().sessions(limits::LOAD_SESSIONS_MAX + 1),
        Err(LoadError::Sessions(1001)),
    );
    check(load().sessions(0), Err(LoadError::Sessions(0)));
    check(load().size(limits::CONTENT_MAX), Ok(()));
    check(
        load().size(limits::CONTENT_MAX + 1),
        Err(LoadError::Size(limits::CONTENT_MAX + 1)),
    );
    check(Load::new("run", [""; 0]), Err(LoadError::NoRecipient));
}
