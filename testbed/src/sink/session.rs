//! One connection of a sink: the commands and the replies (RFC 5321 §4.1.1). Content is received in `receive`.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::timeout;

use super::act::{Delay, Say, Then};
use super::command::Command;
use super::{
    Act, Book, Departure, ForwardPath, How, Place, Script, Shared, Stage, StartTls, Transfer,
};
use crate::client::Manner;
use crate::deadline::within;
use crate::limits;
use crate::tls::TlsInfo;
use crate::transport::Transport;
use crate::wire::{Line, Wire};

/// Serves one connection to its end, or until the sender of `cut` is gone.
pub(super) async fn serve(
    transport: Transport,
    peer: SocketAddr,
    shared: Arc<Shared>,
    mut cut: watch::Receiver<()>,
) {
    let mut number = 0;
    shared.book.send_modify(|book| number = book.arrive(peer));
    let mut session = Session {
        wire: Wire::new(transport),
        peer,
        shared,
        number,
        place: Place::Greeting,
        hello: None,
        tls: None,
        draft: None,
        served: 0,
        late: Vec::new(),
    };
    let how = tokio::select! {
        Err(how) = session.dialog() => how,
        _ = cut.changed() => {
            session.leave_by_reset();
            How::BySink
        }
    };
    session.conclude(how);
}

pub(super) struct Session {
    pub(super) wire: Wire,
    pub(super) peer: SocketAddr,
    pub(super) shared: Arc<Shared>,
    pub(super) number: usize,
    pub(super) place: Place,
    pub(super) hello: Option<String>,
    pub(super) tls: Option<TlsInfo>,
    pub(super) draft: Option<Draft>,
    /// Messages that ended on this connection.
    pub(super) served: usize,
    /// Replies kept back until the next one.
    late: Vec<u8>,
}

/// A transaction.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) reverse_path: String,
    pub(super) mail_parameters: Vec<String>,
    pub(super) forward_paths: Vec<ForwardPath>,
    pub(super) content: Vec<u8>,
    pub(super) octets: usize,
    pub(super) early_octets: usize,
    pub(super) transfer: Transfer,
    /// A chunk was refused: the others are swallowed (RFC 3030 §2).
    pub(super) broken: bool,
}

impl Session {
    async fn dialog(&mut self) -> Result<Infallible, How> {
        let greeting = self.read_script(|s| format!("220 {} ESMTP", s.hostname));
        self.perform(Stage::Greeting, &greeting).await?;
        loop {
            let pipelined = !self.wire.pending().is_empty();
            let Some(line) = self.command_line().await? else {
                self.say("500 5.5.2 line too long").await?;
                return Err(How::BySink);
            };
            self.record(|book, number| book.command(number, &line, pipelined));
            self.obey(Command::parse(&line)).await?;
        }
    }

    /// `None`: the line is too long.
    async fn command_line(&mut self) -> Result<Option<String>, How> {
        let line = timeout(limits::SINK_IDLE, self.wire.line(limits::COMMAND_LINE_MAX)).await;
        match line
            .map_err(|_| How::Fault("idle for too long".to_owned()))?
            .map_err(failed)?
        {
            Line::Whole(octets) => Ok(Some(String::from_utf8_lossy(&octets).into_owned())),
            Line::TooLong => Ok(None),
            Line::End { .. } => Err(How::Closed),
        }
    }

    async fn obey(&mut self, command: Command) -> Result<(), How> {
        let needs_tls =
            self.tls.is_none() && self.read_script(|s| matches!(s.starttls, StartTls::Required(_)));
        match command {
            Command::Ehlo(name) => self.ehlo(name).await,
            Command::Helo(name) => self.helo(name).await,
            Command::StartTls => self.starttls().await,
            Command::Noop => self.perform(Stage::Noop, "250 2.0.0 ok").await.map(drop),
            Command::Quit => {
                self.perform(Stage::Quit, "221 2.0.0 bye").await?;
                Err(How::Quit)
            }
            Command::Bdat { octets, last } => self.chunk(octets, last).await,
            _ if needs_tls => self.say("530 5.7.0 STARTTLS first").await,
            Command::Mail { path, parameters } => self.mail(path, parameters).await,
            Command::Rcpt { path, parameters } => self.rcpt(path, parameters).await,
            Command::Data => self.data().await,
            Command::Rset => {
                self.give_up();
                self.perform(Stage::Rset, "250 2.0.0 forgotten")
                    .await
                    .map(drop)
            }
            Command::Unknown => self.say("500 5.5.1 unknown command").await,
            Command::Malformed => self.say("501 5.5.4 wrong arguments").await,
        }
    }

    async fn ehlo(&mut self, name: String) -> Result<(), How> {
        let in_clear = self.tls.is_none();
        let offer = self.read_script(|s| {
            let mut lines = vec![s.hostname.clone()];
            lines.extend(s.keywords.iter().cloned());
            if in_clear && s.starttls.tls().is_some() {
                lines.push("STARTTLS".to_owned());
            }
            format!("250 {}", lines.join("\n"))
        });
        if is_positive(self.perform(Stage::Ehlo, &offer).await?) {
            self.give_up();
            self.hello = Some(name);
        }
        Ok(())
    }

    async fn helo(&mut self, name: String) -> Result<(), How> {
        let reply = self.read_script(|s| format!("250 {}", s.hostname));
        if is_positive(self.perform(Stage::Helo, &reply).await?) {
            self.give_up();
            self.hello = Some(name);
        }
        Ok(())
    }

    async fn starttls(&mut self) -> Result<(), How> {
        let tls = self.read_script(|s| s.starttls.tls().cloned());
        let Some(tls) = tls.filter(|_| self.tls.is_none()) else {
            return self.say("502 5.5.1 not offered").await;
        };
        let act = self.take(|s| s.take(Stage::StartTls));
        self.hold(&act).await?;
        let handshake = act.say == Say::Normal;
        self.speak(&act, "220 2.0.0 go ahead").await?;
        if !handshake {
            return Ok(());
        }
        self.place = Place::Handshake;
        let transport =
            std::mem::replace(&mut self.wire, Wire::new(Transport::Gone)).into_transport();
        let failed = |text: String| How::Handshake(text);
        let accepted = within(transport.accept(&tls))
            .await
            .map_err(|_| failed("too slow".to_owned()))?;
        let (transport, info) = accepted.map_err(|error| failed(error.to_string()))?;
        self.record(|book, number| book.secured(number, &info));
        self.wire = Wire::new(transport);
        self.tls = Some(info);
        // Everything said in clear is forgotten (RFC 3207 §4.2).
        (self.hello, self.draft, self.place) = (None, None, Place::Greeting);
        Ok(())
    }

    async fn mail(&mut self, path: String, parameters: Vec<String>) -> Result<(), How> {
        if self.hello.is_none() || self.draft.is_some() {
            return self.say("503 5.5.1 not now").await;
        }
        if self
            .read_script(|s| s.messages_per_connection)
            .is_some_and(|max| self.served >= max)
        {
            self.say("421 4.3.2 enough messages on this connection")
                .await?;
            return Err(How::BySink);
        }
        if is_positive(self.perform(Stage::Mail, "250 2.1.0 sender ok").await?) {
            self.draft = Some(Draft {
                reverse_path: path,
                mail_parameters: parameters,
                ..Draft::default()
            });
            self.place = Place::Transaction;
        }
        Ok(())
    }

    async fn rcpt(&mut self, path: String, parameters: Vec<String>) -> Result<(), How> {
        if self.draft.is_none() {
            return self.say("503 5.5.1 MAIL first").await;
        }
        let act = self.take(|s| s.take_recipient(&path));
        self.hold(&act).await?;
        let code = self.speak(&act, "250 2.1.5 recipient ok").await?;
        if let Some(draft) = self.draft.as_mut().filter(|_| is_positive(code)) {
            draft.forward_paths.push(ForwardPath { path, parameters });
        }
        Ok(())
    }

    /// The act of a stage from beginning to end; the code that was said.
    pub(super) async fn perform(&mut self, stage: Stage, normal: &str) -> Result<Option<u16>, How> {
        let act = self.take(|s| s.take(stage));
        self.hold(&act).await?;
        self.speak(&act, normal).await
    }

    /// Waits at the act's gate. What comes meanwhile is read ahead, so that a departure is noticed.
    pub(super) async fn hold(&mut self, act: &Act) -> Result<(), How> {
        let Some(gate) = &act.gate else { return Ok(()) };
        gate.arrive();
        let opened = gate.opened();
        tokio::pin!(opened);
        loop {
            tokio::select! {
                biased;
                () = &mut opened => return Ok(()),
                filled = self.wire.fill(), if self.wire.pending().len() < limits::READ_AHEAD_MAX => {
                    if filled.map_err(failed)? == 0 {
                        return Err(How::Closed);
                    }
                }
            }
        }
    }

    /// Says what the act says, then goes on or leaves; the code that was said.
    pub(super) async fn speak(&mut self, act: &Act, normal: &str) -> Result<Option<u16>, How> {
        let (code, said) = match &act.say {
            Say::Normal => (code_of(normal), wire_form(normal)),
            Say::Reply { code, text } => (Some(*code), wire_form(&format!("{code:03} {text}"))),
            Say::Raw(octets) => (None, octets.clone()),
            Say::Nothing | Say::Lost => (None, Vec::new()),
        };
        let mut octets = std::mem::take(&mut self.late);
        octets.extend(said);
        octets.extend_from_slice(&act.extra);
        match act.delay {
            Delay::None => self.write(&octets).await?,
            Delay::UntilNextReply => self.late = octets,
        }
        match act.then {
            Then::Continue => Ok(code),
            Then::Close => Err(How::BySink),
            Then::Reset => {
                self.leave_by_reset();
                Err(How::BySink)
            }
            Then::Hang => Err(self.read_to_the_end().await),
            Then::Stall => {
                let _ = timeout(limits::SINK_IDLE, std::future::pending::<()>()).await;
                Err(How::BySink)
            }
        }
    }

    pub(super) async fn say(&mut self, reply: &str) -> Result<(), How> {
        self.speak(&Act::normal(), reply).await.map(drop)
    }

    pub(super) fn take<T>(&self, take: impl FnOnce(&mut Script) -> T) -> T {
        let mut taken = None;
        self.shared.script.send_if_modified(|script| {
            taken = Some(take(script));
            false
        });
        taken.expect("the closure has run")
    }

    pub(super) fn read_script<T>(&self, read: impl FnOnce(&Script) -> T) -> T {
        read(&self.shared.script.borrow())
    }

    pub(super) fn record(&self, write: impl FnOnce(&mut Book, usize)) {
        self.shared
            .book
            .send_modify(|book| write(book, self.number));
    }

    /// The transaction is forgotten; content that had come is an aborted message.
    fn give_up(&mut self) {
        if self.draft.is_some() {
            self.record_unfinished(&Departure {
                how: How::GivenUp,
                place: self.place,
            });
        }
        (self.draft, self.place) = (None, Place::Idle);
    }

    fn conclude(&mut self, how: How) {
        let departure = Departure {
            how,
            place: self.place,
        };
        self.record_unfinished(&departure);
        self.record(|book, number| book.depart(number, departure));
    }

    async fn write(&mut self, octets: &[u8]) -> Result<(), How> {
        let step = if self.read_script(|s| s.split_writes) {
            1
        } else {
            octets.len().max(1)
        };
        for piece in octets.chunks(step) {
            within(self.wire.write(piece))
                .await
                .map_err(|_| How::Fault("reads no replies".to_owned()))?
                .map_err(failed)?;
        }
        Ok(())
    }

    async fn read_to_the_end(&mut self) -> How {
        loop {
            self.wire.consume(self.wire.pending().len());
            match timeout(limits::SINK_IDLE, self.wire.fill()).await {
                Ok(Ok(0)) => return How::Closed,
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return failed(error),
                Err(_) => return How::Fault("idle for too long".to_owned()),
            }
        }
    }

    fn leave_by_reset(&mut self) {
        // If the socket is gone already there is nothing to reset.
        let _ = std::mem::replace(&mut self.wire, Wire::new(Transport::Gone))
            .into_transport()
            .reset();
    }
}

pub(super) fn failed(error: io::Error) -> How {
    match Manner::of(&error) {
        Some(Manner::Truncated) => How::Truncated,
        Some(Manner::Reset) => How::Reset,
        Some(Manner::Closed) | None => How::Fault(error.to_string()),
    }
}

fn is_positive(code: Option<u16>) -> bool {
    code.is_some_and(|code| code / 100 == 2)
}

fn code_of(reply: &str) -> Option<u16> {
    reply.get(..3)?.parse().ok()
}

/// A code and a text of one or more lines, as a reply goes over the wire. An empty one is none.
fn wire_form(reply: &str) -> Vec<u8> {
    if reply.is_empty() {
        return Vec::new();
    }
    let (code, text) = reply.split_once(' ').unwrap_or((reply, ""));
    let lines: Vec<&str> = text.split('\n').collect();
    let mut wire = String::new();
    for (index, line) in lines.iter().enumerate() {
        let separator = if index + 1 == lines.len() { ' ' } else { '-' };
        wire.push_str(&format!("{code}{separator}{line}\r\n"));
    }
    wire.into_bytes()
}
