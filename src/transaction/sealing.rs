//! Our seal on a message that is about to leave: the last thing that is done to it.
//!
//! The seal stands above everything and is of everything, so all of the message is held once more, as it leaves.

use authentication::{BodySeal, Sealer, Verdict};
use smtp::{Content, TraceField};

use super::Sender;
use super::body::Rest;
use super::outflow::{Outflow, Stall};
use crate::event::Event;
use crate::hold::Hold;
use crate::limits;
use crate::queue::now;

/// A message on its way to a side that believes our seal.
pub(super) struct Sealing<'a> {
    pub(super) sealer: &'a Sealer,
    pub(super) verdict: &'a Verdict,
    pub(super) sender: &'a Sender<'a>,
}

/// What has come of the message as it leaves.
struct Leaving {
    hold: Hold,
    header: Vec<u8>,
    body: Option<BodySeal>,
}

impl Sealing<'_> {
    /// Takes all that `outflow` gives, and gives the same with the seal above it.
    pub(super) async fn seal(
        &self,
        mut outflow: Outflow,
        rest: &mut Rest<'_, '_>,
    ) -> Result<Outflow, Stall> {
        let mut leaving = Leaving {
            hold: self.sender.services.holding.begin()?,
            header: Vec::new(),
            body: None,
        };
        let converter = &self.sender.services.converter;
        while let Some(piece) = outflow.next(rest, converter).await? {
            leaving.hold.take(&piece).await?;
            leaving.look(&piece);
        }
        let report = outflow.report();
        let lead = self.fields(&mut leaving);
        let sealed = Outflow::of_hold(leaving.hold).reporting(report);
        Ok(match lead {
            Some(lead) => sealed.led_by(lead),
            None => sealed,
        })
    }

    /// `None`: there is no seal, and the operator knows why.
    fn fields(&self, leaving: &mut Leaving) -> Option<Content> {
        let hostname = &self.sender.generation.config.hostname;
        let body = leaving.body.take().unwrap_or_else(BodySeal::new);
        let set = self
            .sealer
            .seal(&leaving.header, body, hostname, self.verdict, now());
        let set = set.map_err(|error| error.to_string()).and_then(|set| {
            let fields = set.split_inclusive("\r\n").collect::<Vec<_>>();
            joined(&fields).ok_or_else(|| "its fields cannot be written".to_owned())
        });
        set.map_err(|why| {
            self.sender.services.events.emit(Event::NotSealed {
                session: self.sender.session,
                transaction: self.sender.transaction,
                why,
            });
        })
        .ok()
    }
}

impl Leaving {
    /// The header block ends at its first empty line; what is behind it is the body.
    fn look(&mut self, piece: &[u8]) {
        if let Some(body) = &mut self.body {
            return body.take(piece);
        }
        let before = self.header.len().saturating_sub(3);
        self.header.extend_from_slice(piece);
        let end = memchr::memmem::find(&self.header[before..], b"\r\n\r\n");
        let end = end.map(|at| before + at + 4);
        if let Some(end) = end.or((self.header.len() > HEADER_MAX).then_some(self.header.len())) {
            let mut body = BodySeal::new();
            body.take(&self.header[end..]);
            self.header.truncate(end);
            self.body = Some(body);
        }
    }
}

/// What a header block can be at most, with the fields that we add.
const HEADER_MAX: usize = 4 * limits::HEADER_BYTES;

/// The lines of a set as fields that have passed the same judge as all of ours.
fn joined(lines: &[&str]) -> Option<Content> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in lines {
        match line.starts_with([' ', '\t']) {
            true => fields.last_mut()?.1.push_str(line),
            false => {
                let (name, value) = line.split_once(": ")?;
                fields.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    let contents = fields.iter().map(|(name, value)| {
        let value = value.strip_suffix("\r\n")?;
        Some(TraceField::new(name, value).ok()?.into_content())
    });
    let contents: Option<Vec<Content>> = contents.collect();
    Some(Content::join(&contents?))
}
