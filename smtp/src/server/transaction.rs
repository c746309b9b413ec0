//! Commands in their order (RFC 5321 §4.1.4).

use bytes::BytesMut;

use super::message::{Discard, Message};
use super::state::{Draft, State};
use super::tally::Merit;
use super::{Channel, Event, Hello, Server, Step, over};
use crate::chunk::{Chunk, ChunkDecoder};
use crate::command::{self, Command, CommandError};
use crate::data::DataDecoder;
use crate::envelope::{BodyKind, MailFrom, RcptTo};
use crate::reply::{self, Answer, Insert, Reply};

impl Server {
    pub(super) fn on_line(
        &mut self,
        state: State,
        line: &[u8],
        input: &mut BytesMut,
        out: &mut BytesMut,
    ) -> Step {
        match command::parse(line) {
            Ok(Command::Hello(hello)) => self.on_hello(state, hello, out),
            Ok(Command::Mail(mail)) => self.on_mail(state, mail, out),
            Ok(Command::Rcpt(rcpt)) => self.on_rcpt(state, rcpt, out),
            Ok(Command::Data) => self.on_data_command(state, out),
            Ok(Command::Bdat(chunk)) => self.on_bdat(state, chunk, out),
            Ok(Command::Rset) => {
                self.tally.sender_open();
                (
                    State::Idle,
                    self.idle(Reply::RESET_DONE, out).or(dropped(&state)),
                )
            }
            Ok(Command::Quit) => {
                Answer::from(Reply::CLOSING).write_to(out);
                (State::Over(Event::Quit), Some(Event::Quit))
            }
            Ok(Command::StartTls) => self.on_start_tls(state, input, out),
            Ok(Command::Noop) => (state, self.idle(Reply::NOTHING_DONE, out)),
            Ok(Command::Vrfy) => (state, self.idle(Reply::CANNOT_VERIFY, out)),
            Ok(Command::Help) => (state, self.idle(Reply::HELP, out)),
            Ok(Command::NotOffered) => (state, self.refuse(Reply::NOT_OFFERED, out)),
            Err(CommandError::Bdat) => over(Reply::BDAT_SYNTAX, out),
            Err(error) => self.on_error(state, error, out),
        }
    }

    fn on_hello(&mut self, state: State, hello: Hello, out: &mut BytesMut) -> Step {
        let mut offer = self.settings.offer;
        offer.start_tls &= self.channel == Channel::Clear;
        let keywords = match hello.extended {
            true => offer.keywords(),
            false => Vec::new(),
        };
        reply::write_hello(&Insert::new(&self.settings.hostname), &keywords, out);
        self.hello = Some(hello);
        self.tally.sender_open();
        self.tally.count(Merit::Idle);
        (State::Idle, dropped(&state))
    }

    fn on_mail(&mut self, state: State, mail: MailFrom, out: &mut BytesMut) -> Step {
        let refusal = match &state {
            _ if self.hello.is_none() => Some(Reply::SAY_HELLO_FIRST),
            State::BetweenChunks(_) => Some(Reply::CHUNKS_BEGUN),
            State::Collect(_) => Some(Reply::MAIL_GIVEN),
            _ => None,
        };
        if let Some(reply) = refusal {
            return (state, self.refuse(reply, out));
        }
        self.tally.sender_open();
        if let Some(reply) = self.unfit(&mail) {
            self.tally.sender_refused();
            return (state, self.idle(reply, out));
        }
        self.tally.count(Merit::Idle);
        (State::AskMail(mail), None)
    }

    /// What this MAIL asks for and we do not offer.
    fn unfit(&self, mail: &MailFrom) -> Option<Reply> {
        let offer = &self.settings.offer;
        let not_offered = mail.body == BodyKind::EightBit && !offer.eight_bit_mime
            || mail.smtp_utf8 && !offer.smtp_utf8
            || (mail.ret.is_some() || mail.envid.is_some()) && !offer.dsn;
        let size_max = self.settings.message_size_max;
        match mail.size {
            _ if not_offered => Some(Reply::PARAMETER_UNKNOWN),
            Some(size) if size > size_max => Some(Reply::TOO_LARGE), // RFC 1870 §6.1
            Some(_) | None => None,
        }
    }

    fn on_rcpt(&mut self, state: State, rcpt: RcptTo, out: &mut BytesMut) -> Step {
        let State::Collect(draft) = state else {
            return self.without_draft(state, out);
        };
        let uses_dsn = rcpt.notify.is_some() || rcpt.orcpt.is_some();
        let is_ascii = rcpt.path.is_ascii() && rcpt.orcpt.as_ref().is_none_or(|o| o.is_ascii());
        let refusal = if uses_dsn && !self.settings.offer.dsn {
            Reply::PARAMETER_UNKNOWN
        } else if !is_ascii && !draft.mail().smtp_utf8 {
            Reply::SMTPUTF8_NEEDED // RFC 6531 §3.5
        } else if draft.recipients() >= self.settings.recipients_max {
            Reply::TOO_MANY_RECIPIENTS
        } else {
            return (State::AskRcpt(draft, rcpt), None);
        };
        self.refuse_recipient(draft, refusal, out)
    }

    fn refuse_recipient(&mut self, draft: Draft, reply: Reply, out: &mut BytesMut) -> Step {
        Answer::from(reply).write_to(out);
        self.tally.count(Merit::Refused);
        (State::Collect(draft), None)
    }

    /// RCPT or DATA without a transaction that could take it.
    fn without_draft(&mut self, state: State, out: &mut BytesMut) -> Step {
        let (reply, merit) = self.why_without_draft(&state);
        Answer::from(reply).write_to(out);
        self.tally.count(merit);
        (state, None)
    }

    fn why_without_draft(&self, state: &State) -> (Reply, Merit) {
        match state {
            State::BetweenChunks(_) => (Reply::CHUNKS_BEGUN, Merit::Bad),
            _ => (Reply::MAIL_FIRST, self.tally.without_mail()),
        }
    }

    fn on_data_command(&mut self, state: State, out: &mut BytesMut) -> Step {
        let State::Collect(draft) = state else {
            return self.without_draft(state, out);
        };
        match draft.seal() {
            Ok(envelope) => {
                Answer::from(Reply::START_INPUT).write_to(out);
                let message = Message::<DataDecoder>::new(self);
                (State::Data(message), Some(Event::Begin(envelope)))
            }
            // RFC 5321 §3.3: the client must not send the message then.
            Err(draft) => self.refuse_recipient(draft, Reply::NO_VALID_RECIPIENTS, out),
        }
    }

    fn on_bdat(&mut self, state: State, chunk: Chunk, out: &mut BytesMut) -> Step {
        let (reply, merit, state) = match state {
            State::BetweenChunks(message) => return (message.begin(chunk), None),
            State::Collect(draft) => match draft.seal() {
                Ok(envelope) => {
                    let message = Message::<ChunkDecoder>::new(self);
                    return (message.begin(chunk), Some(Event::Begin(envelope)));
                }
                Err(draft) => (
                    Reply::NO_VALID_RECIPIENTS,
                    Merit::Refused,
                    State::Collect(draft),
                ),
            },
            state => {
                let (reply, merit) = self.why_without_draft(&state);
                (reply, merit, state)
            }
        };
        self.tally.count(merit);
        Discard::begin(chunk, reply.into(), state, out)
    }

    fn on_start_tls(&mut self, state: State, input: &mut BytesMut, out: &mut BytesMut) -> Step {
        let refusal = match &state {
            _ if self.channel == Channel::Tls => Some(Reply::TLS_ACTIVE),
            _ if !self.settings.offer.start_tls => Some(Reply::NOT_OFFERED),
            State::Idle if self.hello.is_none() => Some(Reply::SAY_HELLO_FIRST),
            State::Idle => None,
            _ => Some(Reply::MAIL_GIVEN),
        };
        if let Some(reply) = refusal {
            return (state, self.refuse(reply, out));
        }
        // What came with STARTTLS was said in clear: it is not heard inside TLS (RFC 3207 §6, CVE-2011-0411).
        input.clear();
        Answer::from(Reply::READY_FOR_TLS).write_to(out);
        (State::AwaitTls, Some(Event::StartTls))
    }

    fn on_error(&mut self, state: State, error: CommandError, out: &mut BytesMut) -> Step {
        let merit = match (error, &state) {
            // A wrong address in a long group is a refused recipient, not a broken client.
            (CommandError::Recipient(_), State::Collect(_)) => Merit::Refused,
            (CommandError::Recipient(_), State::Idle) => self.tally.without_mail(),
            _ => Merit::Bad,
        };
        if matches!(error, CommandError::Sender(_) | CommandError::NeedsSmtpUtf8) {
            self.tally.sender_refused();
        }
        Answer::from(error.reply()).write_to(out);
        self.tally.count(merit);
        (state, None)
    }

    /// The reply to a command that is well but moves nothing.
    fn idle(&mut self, reply: Reply, out: &mut BytesMut) -> Option<Event> {
        Answer::from(reply).write_to(out);
        self.tally.count(Merit::Idle);
        None
    }
}

/// The event for a transaction that ends without a message.
fn dropped(state: &State) -> Option<Event> {
    match state {
        State::Collect(_) | State::BetweenChunks(_) => Some(Event::Reset),
        _ => None,
    }
}
