//! Commands in their order (RFC 5321 §4.1.4).

use bytes::BytesMut;

use super::message::{Discard, Message};
use super::state::{Phase, State};
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
        phase: Phase,
        line: &[u8],
        input: &mut BytesMut,
        out: &mut BytesMut,
    ) -> Step {
        match command::parse(line) {
            Ok(Command::Hello(hello)) => self.on_hello(&phase, hello, out),
            Ok(Command::Mail(mail)) => self.on_mail(phase, mail, out),
            Ok(Command::Rcpt(rcpt)) => self.on_rcpt(phase, rcpt, out),
            Ok(Command::Data) => self.on_data_command(phase, out),
            Ok(Command::Bdat(chunk)) => self.on_bdat(phase, chunk, out),
            Ok(Command::Rset) => self.on_rset(&phase, out),
            Ok(Command::Quit) => {
                Answer::from(Reply::CLOSING).write_to(out);
                (State::Over(Event::Quit), Some(Event::Quit))
            }
            Ok(Command::StartTls) => self.on_start_tls(phase, input, out),
            Ok(Command::Noop) => self.stay(phase, Reply::NOTHING_DONE, Merit::Idle, out),
            Ok(Command::Vrfy) => self.stay(phase, Reply::CANNOT_VERIFY, Merit::Idle, out),
            Ok(Command::Help) => self.stay(phase, Reply::HELP, Merit::Idle, out),
            Ok(Command::NotOffered) => self.stay(phase, Reply::NOT_OFFERED, Merit::Bad, out),
            Err(CommandError::Bdat) => over(Reply::BDAT_SYNTAX, out),
            Err(error) => self.on_error(phase, error, out),
        }
    }

    fn on_hello(&mut self, phase: &Phase, hello: Hello, out: &mut BytesMut) -> Step {
        let mut offer = self.settings.offer;
        offer.start_tls &= self.channel == Channel::Clear;
        let keywords = match hello.extended {
            true => offer.keywords(),
            false => Vec::new(),
        };
        reply::write_hello(&Insert::new(&self.settings.hostname), &keywords, out);
        self.hello = Some(hello);
        self.offered = self.settings.offer;
        self.start_over(phase)
    }

    fn on_rset(&mut self, phase: &Phase, out: &mut BytesMut) -> Step {
        Answer::from(Reply::RESET_DONE).write_to(out);
        self.start_over(phase)
    }

    /// No transaction any more, and the event for one that is dropped.
    fn start_over(&mut self, phase: &Phase) -> Step {
        self.tally.sender_open();
        self.tally.count(Merit::Idle);
        let event = match phase {
            Phase::Idle => None,
            Phase::Collect(_) | Phase::BetweenChunks(_) => Some(Event::Reset),
        };
        (State::default(), event)
    }

    fn on_mail(&mut self, phase: Phase, mail: MailFrom, out: &mut BytesMut) -> Step {
        let refusal = match &phase {
            Phase::Idle if self.hello.is_some() => None,
            Phase::Idle => Some(Reply::SAY_HELLO_FIRST),
            Phase::Collect(_) => Some(Reply::MAIL_GIVEN),
            Phase::BetweenChunks(_) => Some(Reply::CHUNKS_BEGUN),
        };
        if let Some(reply) = refusal {
            return self.stay(phase, reply, Merit::Bad, out);
        }
        if let Some(reply) = self.unfit(&mail) {
            self.tally.sender_refused();
            return self.stay(phase, reply, Merit::Idle, out);
        }
        self.tally.sender_open();
        self.tally.count(Merit::Idle);
        (State::AskMail(mail), None)
    }

    /// What this MAIL asks for and was not offered.
    fn unfit(&self, mail: &MailFrom) -> Option<Reply> {
        let offer = &self.offered;
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

    fn on_rcpt(&mut self, phase: Phase, rcpt: RcptTo, out: &mut BytesMut) -> Step {
        let Phase::Collect(draft) = phase else {
            return self.without_draft(phase, out);
        };
        let uses_dsn = rcpt.notify.is_some() || rcpt.orcpt.is_some();
        let is_ascii = rcpt.path.is_ascii() && rcpt.orcpt.as_ref().is_none_or(|o| o.is_ascii());
        let refusal = if uses_dsn && !self.offered.dsn {
            Reply::PARAMETER_UNKNOWN
        } else if !is_ascii && !draft.mail().smtp_utf8 {
            Reply::SMTPUTF8_NEEDED // RFC 6531 §3.5
        } else if draft.recipients() >= self.settings.recipients_max {
            Reply::TOO_MANY_RECIPIENTS
        } else {
            return (State::AskRcpt(draft, rcpt), None);
        };
        self.stay(Phase::Collect(draft), refusal, Merit::Refused, out)
    }

    /// RCPT or DATA without a transaction that could take it.
    fn without_draft(&mut self, phase: Phase, out: &mut BytesMut) -> Step {
        let (reply, merit) = match &phase {
            Phase::BetweenChunks(_) => (Reply::CHUNKS_BEGUN, Merit::Bad),
            Phase::Idle | Phase::Collect(_) => (Reply::MAIL_FIRST, self.tally.without_mail()),
        };
        self.stay(phase, reply, merit, out)
    }

    fn on_data_command(&mut self, phase: Phase, out: &mut BytesMut) -> Step {
        let Phase::Collect(draft) = phase else {
            return self.without_draft(phase, out);
        };
        match draft.seal() {
            Ok(envelope) => {
                Answer::from(Reply::START_INPUT).write_to(out);
                let message = Message::<DataDecoder>::new(self);
                (State::Data(message), Some(Event::Begin(envelope)))
            }
            // RFC 5321 §3.3: the client must not send the message then.
            Err(draft) => {
                let reply = Reply::NO_VALID_RECIPIENTS;
                self.stay(Phase::Collect(draft), reply, Merit::Refused, out)
            }
        }
    }

    fn on_bdat(&mut self, phase: Phase, chunk: Chunk, out: &mut BytesMut) -> Step {
        let (back, reply, merit) = match phase {
            Phase::BetweenChunks(message) => return (message.begin(chunk), None),
            Phase::Collect(draft) => match draft.seal() {
                Ok(envelope) => {
                    let message = Message::<ChunkDecoder>::new(self);
                    return (message.begin(chunk), Some(Event::Begin(envelope)));
                }
                Err(draft) => {
                    let reply = Reply::NO_VALID_RECIPIENTS;
                    (Phase::Collect(draft), reply, Merit::Refused)
                }
            },
            Phase::Idle => (Phase::Idle, Reply::MAIL_FIRST, self.tally.without_mail()),
        };
        self.tally.count(merit);
        Discard::begin(chunk, reply.into(), back, out)
    }

    fn on_start_tls(&mut self, phase: Phase, input: &mut BytesMut, out: &mut BytesMut) -> Step {
        let refusal = match (&phase, self.channel) {
            (_, Channel::Tls) => Some(Reply::TLS_ACTIVE),
            (_, Channel::Clear) if !self.settings.offer.start_tls => Some(Reply::NOT_OFFERED),
            (Phase::Idle, Channel::Clear) if self.hello.is_none() => Some(Reply::SAY_HELLO_FIRST),
            (Phase::Idle, Channel::Clear) => None,
            (Phase::Collect(_) | Phase::BetweenChunks(_), Channel::Clear) => {
                Some(Reply::MAIL_GIVEN)
            }
        };
        if let Some(reply) = refusal {
            return self.stay(phase, reply, Merit::Bad, out);
        }
        // What came with STARTTLS was said in clear: it is not heard inside TLS (RFC 3207 §6, CVE-2011-0411).
        input.clear();
        Answer::from(Reply::READY_FOR_TLS).write_to(out);
        (State::AwaitTls, Some(Event::StartTls))
    }

    fn on_error(&mut self, phase: Phase, error: CommandError, out: &mut BytesMut) -> Step {
        let merit = match (error, &phase) {
            // A wrong address in a long group is a refused recipient, not a broken client.
            (CommandError::Recipient(_), Phase::Collect(_)) => Merit::Refused,
            (CommandError::Recipient(_), Phase::Idle) => self.tally.without_mail(),
            _ => Merit::Bad,
        };
        if matches!(error, CommandError::Sender(_) | CommandError::NeedsSmtpUtf8) {
            self.tally.sender_refused();
        }
        self.stay(phase, error.reply(), merit, out)
    }
}
