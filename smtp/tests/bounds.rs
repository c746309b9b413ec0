//! What a hostile client cannot do: each bound of a session at the limit and one past it, and streams without end.

use bytes::BytesMut;
use smtp::limits::{
    BAD_COMMANDS_MAX, COMMAND_FLOOD_OCTETS_MAX, IDLE_COMMANDS_MAX, REFUSED_RECIPIENTS_MAX,
    SWALLOWED_MARGIN_OCTETS,
};
use smtp::{BareNewline, Event, Offer, Reply, Server, Settings};

const SIZE_MAX: u64 = 1000;

struct Session {
    server: Server,
    input: BytesMut,
    out: BytesMut,
}

impl Session {
    fn new() -> Self {
        let offer = Offer {
            size: SIZE_MAX,
            eight_bit_mime: true,
            smtp_utf8: true,
            dsn: true,
            start_tls: true,
        };
        let mut session = Self {
            server: Server::new(Settings {
                hostname: "mx.example".into(),
                offer,
                recipients_max: 2,
                bare_newline: BareNewline::Refuse,
                message_size_max: SIZE_MAX,
            }),
            input: BytesMut::new(),
            out: BytesMut::new(),
        };
        session.hears("EHLO x\r\n");
        session
    }

    /// The last reply and event. Every MAIL is accepted, and every RCPT but to `unknown`.
    fn hears(&mut self, octets: &str) -> (String, Event) {
        self.input.extend_from_slice(octets.as_bytes());
        self.out.clear();
        let event = self.turn();
        let out = String::from_utf8_lossy(&self.out).into_owned();
        (out.lines().last().unwrap_or_default().to_owned(), event)
    }

    fn turn(&mut self) -> Event {
        loop {
            let event = self.server.poll(&mut self.input, &mut self.out);
            match event {
                Event::Mail(_) => self.server.accept_mail(&mut self.out),
                Event::Rcpt(rcpt) if rcpt.path.to_string().starts_with("unknown") => {
                    let answer = Reply::UNKNOWN_RECIPIENT.into();
                    self.server.refuse_rcpt(answer, &mut self.out);
                }
                Event::Rcpt(_) => self.server.accept_rcpt(&mut self.out),
                Event::Begin(_) | Event::Body(_) | Event::Refused | Event::Reset => {}
                Event::Fault(_) => {}
                Event::End => self.server.finish(Reply::ACCEPTED.into(), &mut self.out),
                Event::NeedInput | Event::StartTls | Event::Quit | Event::Close => return event,
            }
        }
    }

    fn opens(mut self) -> Self {
        self.hears("MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n");
        self
    }
}

#[test]
fn nonsense_is_granted_so_often() {
    let check = |mut session: Session, command: &str, limit: u32, reply: &str| {
        for count in 0..limit {
            let (said, event) = session.hears(command);
            assert_eq!(event, Event::NeedInput, "{command:?} after {count}");
            assert!(said.starts_with(reply), "{command:?}: {said}");
        }
        let (said, event) = session.hears(command);
        assert_eq!(event, Event::Close, "{command:?}");
        assert!(said.starts_with("421 4.7.0"), "{said}");
    };
    check(Session::new(), "XYZZY\r\n", BAD_COMMANDS_MAX, "500 5.5.2");
    check(
        Session::new(),
        "RCPT TO:<a@b>\r\n",
        BAD_COMMANDS_MAX,
        "503 5.5.1",
    );
    check(Session::new(), "BDAT 1\r\nx", BAD_COMMANDS_MAX, "503 5.5.1");
    for (command, reply) in [
        ("AUTH PLAIN AGEAYg==\r\n", "502 5.5.1"),
        ("EXPN staff\r\n", "502 5.5.1"),
        ("XCLIENT ADDR=192.0.2.1\r\n", "500 5.5.2"),
        ("XFORWARD ADDR=192.0.2.1\r\n", "500 5.5.2"),
        ("\r\n", "500 5.5.2"),
        ("EHLO\r\n", "501 5.5.4"),
        ("MAIL FROM:a@b\r\n", "501 5.5.4"),
        ("RSET now\r\n", "501 5.5.4"),
        ("DATA\r\n", "503 5.5.1"),
        ("MAIL FROM:<a@b> SIZE=x\r\n", "501 5.5.4"),
        (&format!("NOOP {}\r\n", "x".repeat(600)), "500 5.5.2"),
    ] {
        check(Session::new(), command, BAD_COMMANDS_MAX, reply);
    }
    let open = [
        ("MAIL FROM:<a@b.example>\r\n", "503 5.5.1"),
        ("STARTTLS\r\n", "503 5.5.1"),
        ("RCPT TO:a@b\r\n", "501 5.5.4"),
    ];
    for (command, reply) in open {
        check(Session::new().opens(), command, BAD_COMMANDS_MAX, reply);
    }
    // One is used up by the EHLO, and one by the MAIL.
    check(
        Session::new(),
        "NOOP\r\n",
        IDLE_COMMANDS_MAX - 1,
        "250 2.0.0",
    );
    check(Session::new(), "VRFY x\r\n", IDLE_COMMANDS_MAX - 1, "252");
    check(
        Session::new().opens(),
        "HELP\r\n",
        IDLE_COMMANDS_MAX - 2,
        "214",
    );
    let harvest = "RCPT TO:<unknown@d.example>\r\n";
    check(
        Session::new().opens(),
        harvest,
        REFUSED_RECIPIENTS_MAX,
        "550 5.1.1",
    );
    let mut full = Session::new().opens();
    full.hears("RCPT TO:<e@d.example>\r\n");
    check(
        full,
        "RCPT TO:<f@d.example>\r\n",
        REFUSED_RECIPIENTS_MAX,
        "452 4.5.3",
    );
}

#[test]
fn a_message_makes_good_for_all_that_was_before_it() {
    let mut session = Session::new();
    for _ in 0..5 {
        for _ in 0..BAD_COMMANDS_MAX {
            assert_eq!(session.hears("XYZZY\r\n").1, Event::NeedInput);
        }
        for _ in 0..IDLE_COMMANDS_MAX - 2 {
            assert_eq!(session.hears("NOOP\r\n").1, Event::NeedInput);
        }
        session.hears("MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n.\r\n");
    }
}

#[test]
fn a_command_without_end_is_cut_off() {
    let mut session = Session::new();
    let piece = "x".repeat(1000);
    let mut octets = 0;
    let event = loop {
        let (_, event) = session.hears(&piece);
        octets += piece.len();
        if event != Event::NeedInput {
            break event;
        }
        assert!(session.input.len() < 2048, "an unfinished command piles up");
        assert!(octets < COMMAND_FLOOD_OCTETS_MAX);
    };
    assert_eq!(event, Event::Close);
}

#[test]
fn a_body_without_a_line_end_streams() {
    let mut session = Session::new();
    let mut settings = session.server.settings().clone();
    settings.message_size_max = u64::MAX;
    session.server.set_settings(settings);
    session.hears("MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n");
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..16 {
        session.input.extend_from_slice(&piece);
        let event = session.server.poll(&mut session.input, &mut session.out);
        assert!(matches!(event, Event::Body(content) if content.len() == piece.len()));
        assert_eq!(session.turn(), Event::NeedInput);
        assert!(session.input.is_empty(), "a line is buffered");
    }
    let (said, _) = session.hears("\r\n.\r\n");
    assert!(said.starts_with("250"), "{said}");
}

#[test]
fn a_refused_message_is_swallowed_to_a_bound() {
    let bound = SIZE_MAX + SWALLOWED_MARGIN_OCTETS;
    let piece = "x".repeat(1 << 20);
    let swallow = |octets: u64| {
        let mut session = Session::new().opens();
        session.hears("DATA\r\na\nb"); // the LF is the first octet swallowed, the b the second
        let mut left = octets - 2;
        while left > 0 {
            let here = left.min(piece.len() as u64);
            let (said, event) = session.hears(&piece[..usize::try_from(here).expect("small")]);
            left -= here;
            if event != Event::NeedInput {
                assert_eq!(left, 0, "too early");
                assert!(said.starts_with("421"), "{said}");
                return event;
            }
        }
        Event::NeedInput
    };
    assert_eq!(swallow(bound), Event::NeedInput);
    assert_eq!(swallow(bound + 1), Event::Close);
}

#[test]
fn chunks_that_nobody_wants_are_swallowed_to_a_bound() {
    let check = |mut session: Session, size: u64, expected: Event| {
        let (_, event) = session.hears(&format!("BDAT {size}\r\n"));
        assert_eq!(event, expected, "{size}");
    };
    check(Session::new(), SWALLOWED_MARGIN_OCTETS, Event::NeedInput);
    check(Session::new(), SWALLOWED_MARGIN_OCTETS + 1, Event::Close);
    let bound = SIZE_MAX + SWALLOWED_MARGIN_OCTETS;
    check(Session::new().opens(), bound, Event::NeedInput);
    check(Session::new().opens(), bound + 1, Event::Close);
}

#[test]
fn starttls_glued_to_commands_runs_none_of_them() {
    let mut session = Session::new();
    let (said, event) = session.hears("STARTTLS\r\nMAIL FROM:<evil@b.example>\r\n");
    assert_eq!(event, Event::StartTls);
    assert!(said.starts_with("220 "), "{said}");
    assert!(session.input.is_empty());
    session.server.secured();
    assert_eq!(session.server.hello(), None);
    let (said, _) = session.hears("RCPT TO:<a@b>\r\n");
    assert!(said.starts_with("503"), "{said}");
}

#[test]
fn what_was_offered_holds_until_the_next_ehlo() {
    let mut session = Session::new();
    let mut poorer = session.server.settings().clone();
    poorer.offer.eight_bit_mime = false;
    poorer.offer.smtp_utf8 = false;
    poorer.offer.dsn = false;
    session.server.set_settings(poorer);
    let mail = "MAIL FROM:<a@b> BODY=8BITMIME SMTPUTF8 ENVID=x\r\n";
    let check = |session: &mut Session, line: &str, code: &str| {
        let (said, _) = session.hears(line);
        assert!(said.starts_with(code), "{line}: {said}");
    };
    check(&mut session, mail, "250");
    check(&mut session, "RCPT TO:<a@b> NOTIFY=NEVER\r\n", "250");
    check(&mut session, "EHLO x\r\n", "250");
    check(&mut session, mail, "555");
    check(&mut session, "MAIL FROM:<a@b>\r\n", "250");
    check(&mut session, "RCPT TO:<a@b> NOTIFY=NEVER\r\n", "555");
}

#[test]
fn questions_are_asked_again_until_they_are_answered() {
    let mut session = Session::new();
    session.input.extend_from_slice(b"MAIL FROM:<>\r\nQUIT\r\n");
    for _ in 0..2 {
        let event = session.server.poll(&mut session.input, &mut session.out);
        assert!(matches!(event, Event::Mail(_)), "{event:?}");
    }
    session.server.accept_rcpt(&mut session.out);
    session
        .server
        .finish(Reply::ACCEPTED.into(), &mut session.out);
    let event = session.server.poll(&mut session.input, &mut session.out);
    assert!(
        matches!(event, Event::Mail(_)),
        "an answer to something else is none"
    );
    session
        .server
        .refuse_mail(Reply::LOCAL_ERROR.into(), &mut session.out);
    let event = session.server.poll(&mut session.input, &mut session.out);
    assert_eq!(event, Event::Quit);
    session
        .server
        .close(Reply::SHUTTING_DOWN.into(), &mut session.out);
    let event = session.server.poll(&mut session.input, &mut session.out);
    assert_eq!(event, Event::Close);
}
