//! The content of one message: bodies, what stands with them, and what is beside.

use bytes::Bytes;
use tnef_decoder::{Message, named_id, property_id as id};

use super::attachment::{File, is_task};
use super::body::Bodies;
use super::item::Item;
use super::said::Said;
use super::shown::Shown;
use super::{Composer, Unconvertible, ledger, marks, people, receipt, signed, voting};
use crate::entity::{Disposition, Entity, Label};
use crate::outer::Outer;
use crate::report::Outcome;

/// A message without its header.
pub(crate) struct Content {
    /// Fields for it.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) entity: Entity,
}

impl Composer<'_> {
    /// Converts a message, and those within it.
    pub(crate) fn content(
        &mut self,
        message: &Message<'_>,
        outer: &Outer,
    ) -> Result<Content, Unconvertible> {
        self.report.count_message();
        for tolerated in message.tolerated.iter().filter(|one| one.loses_data()) {
            self.report.note(tolerated.to_string(), Outcome::Damaged);
        }
        let fields = marks::fields(message);
        let item = Item::read(message, &self.options.limits);
        let kept = ledger::count(message, &item, &mut self.report);
        if let Some(entity) = signed::entity(message, |octets| self.share(octets)) {
            self.part()?;
            return Ok(Content { fields, entity });
        }
        let entity = self.unsigned(message, outer, &item, &kept)?;
        Ok(Content { fields, entity })
    }

    fn unsigned(
        &mut self,
        message: &Message<'_>,
        outer: &Outer,
        item: &Item,
        kept: &[(String, String)],
    ) -> Result<Entity, Unconvertible> {
        let mut bodies = Bodies::read(message, &self.options.limits)?;
        if matches!(item, Item::Task(_)) && is_silent(&bodies) {
            bodies = self.bodies_of_task(message)?;
        }
        if let Item::Report(report) = item
            && is_silent(&bodies)
        {
            let text = message
                .properties
                .text(id::REPORT_TEXT)
                .filter(|text| !text.trim().is_empty());
            bodies.text =
                text.map_or_else(|| receipt::summary(report, outer), |text| text.into_owned());
        }
        let calendar = item.calendar(self, message, outer, &bodies.text);
        let mut said = Said::default();
        item.summarize(message, is_silent(&bodies), &mut said);
        tell_votes(message, outer, &mut said);
        let mut attached = self.attachments(message, item.merged(), &mut said)?;
        self.objects_in_rtf(message, &mut bodies, &mut attached.files);
        let unread = bodies.unread.take();
        let files = std::mem::take(&mut attached.files);
        let shown = self.bodies_with(&mut bodies, files, &said);
        let (pictures, beside) = self.split(shown)?;
        let alternative = self.alternative(&bodies, calendar)?;
        let mut body = self.wrapped("multipart/related", alternative, pictures)?;
        let mut files = interleaved(beside, attached.messages);
        if let Item::Report(report) = item {
            body = self.report_of(report, outer, body, &mut files)?;
        }
        files.extend(item.card(self));
        files.extend(self.kept_texts(message, kept));
        files.extend(unread.map(|octets| self.kept_body(octets)));
        self.wrapped("multipart/mixed", body, files)
    }

    /// The request to do a task may leave all words to the task within.
    fn bodies_of_task(&self, message: &Message<'_>) -> Result<Bodies, Unconvertible> {
        let limits = &self.options.limits;
        let mut within = message.attachments.iter();
        let task = within.find_map(|attachment| {
            let inner = attachment.embedded(limits)?.ok()?;
            is_task(&inner.class).then_some(inner)
        });
        match task {
            Some(task) => Bodies::read(&task, limits),
            None => Ok(Bodies::default()),
        }
    }

    /// Adds what is said in properties, after the places in the HTML have been filled.
    fn bodies_with(&mut self, bodies: &mut Bodies, files: Vec<File>, said: &Said) -> Shown {
        let pictures = std::mem::take(&mut bodies.pictures);
        let shown = self.show(&mut bodies.html, files, pictures, &bodies.places);
        said.add_to_text(&mut bodies.text);
        if let Some(html) = &mut bodies.html {
            said.add_to_html(html);
        }
        shown
    }

    fn alternative(
        &mut self,
        bodies: &Bodies,
        calendar: Option<Entity>,
    ) -> Result<Entity, Unconvertible> {
        self.part()?;
        let of = |media_type| Label {
            media_type,
            ..Label::default()
        };
        let plain = Entity::text(of("text/plain"), &bodies.text);
        let html = bodies
            .html
            .as_deref()
            .map(|html| Entity::text(of("text/html"), html));
        let others: Vec<Entity> = html.into_iter().chain(calendar).collect();
        self.wrapped("multipart/alternative", plain, others)
    }

    /// `first` with others after it; alone, if there are none.
    fn wrapped(
        &mut self,
        media_type: &str,
        first: Entity,
        others: Vec<Entity>,
    ) -> Result<Entity, Unconvertible> {
        if others.is_empty() {
            return Ok(first);
        }
        self.part()?;
        // RFC 2387 §3.1: what the root of the whole is.
        let root = match media_type {
            "multipart/related" => first.media_type().to_owned(),
            _ => String::new(),
        };
        let parameters: &[(&str, &str)] = match root.is_empty() {
            true => &[],
            false => &[("type", &root)],
        };
        let label = Label {
            media_type,
            parameters,
            ..Label::default()
        };
        let parts = std::iter::once(first).chain(others).collect();
        Ok(Entity::multipart(label, parts, || self.boundary()))
    }

    /// Pictures that the HTML shows, and files that it does not.
    fn split(&mut self, shown: Shown) -> Result<(Vec<Entity>, Vec<Entity>), Unconvertible> {
        let mut pictures = Vec::new();
        let mut beside = Vec::new();
        for (file, content_id) in shown {
            self.part()?;
            self.report.count_attachment();
            let disposition = match content_id.is_some() || file.is_hidden {
                true => Disposition::Inline,
                false => Disposition::Attachment,
            };
            let label = Label {
                media_type: &file.media_type,
                name: Some(&file.name),
                disposition: Some(disposition),
                content_id: content_id.as_deref(),
                ..Label::default()
            };
            let part = Entity::file(label, file.octets);
            match content_id {
                Some(_) => pictures.push(part),
                None => beside.push(part),
            }
        }
        Ok((pictures, beside))
    }

    /// RFC 6522 §3: what people read, what machines read, and the message it is about, the first one that is attached.
    fn report_of(
        &mut self,
        report: &tnef_decoder::view::Report,
        outer: &Outer,
        body: Entity,
        files: &mut Vec<Entity>,
    ) -> Result<Entity, Unconvertible> {
        self.part()?;
        let returned = files
            .iter()
            .position(|file| file.media_type() == "message/rfc822");
        let returned = returned.map(|at| files.remove(at));
        let machine = receipt::parts(report, outer, &self.options.hostname, returned.is_some());
        let parts = std::iter::once(body)
            .chain(machine)
            .chain(returned)
            .collect();
        let parameters = [("report-type", receipt::report_type(report))];
        let label = receipt::label(&parameters);
        Ok(Entity::multipart(label, parts, || self.boundary()))
    }

    /// Of a class that nobody knows, the texts are worth keeping.
    fn kept_texts(&mut self, message: &Message<'_>, kept: &[(String, String)]) -> Option<Entity> {
        if kept.is_empty() {
            return None;
        }
        let mut text = format!("Message class: {}\r\n", message.class);
        for (name, value) in kept {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        self.report.note(message.class.as_ref(), Outcome::KeptTexts);
        self.report.count_attachment();
        let label = Label {
            media_type: "text/plain",
            name: Some("properties.txt"),
            disposition: Some(Disposition::Attachment),
            ..Label::default()
        };
        Some(Entity::text(label, &text))
    }

    fn kept_body(&mut self, octets: Vec<u8>) -> Entity {
        self.report.note("PidTagRtfCompressed", Outcome::KeptBody);
        self.report.count_attachment();
        let label = Label {
            media_type: "application/octet-stream",
            name: Some("body.bin"),
            disposition: Some(Disposition::Attachment),
            ..Label::default()
        };
        Entity::file(label, Bytes::from(octets))
    }
}

fn is_silent(bodies: &Bodies) -> bool {
    bodies.text.trim().is_empty() && bodies.html.is_none()
}

/// Each message stands where it stood among the files.
fn interleaved(files: Vec<Entity>, messages: Vec<(usize, Entity)>) -> Vec<Entity> {
    // Pictures went elsewhere, so a place may be past the end.
    let mut all = files;
    for (added, (at, message)) in messages.into_iter().enumerate() {
        all.insert((at + added).min(all.len()), message);
    }
    all
}

fn tell_votes(message: &Message<'_>, outer: &Outer, said: &mut Said) {
    let properties = &message.properties;
    if let Some(stream) = properties.binary(named_id::VERB_STREAM) {
        let options = voting::options(stream, message.code_pages());
        if !options.is_empty() {
            let author = outer.author().or_else(|| people::author(properties));
            let address = author.map(|author| author.address);
            let subject = message.subject().unwrap_or_default();
            said.vote(&options, address.as_deref(), &subject);
        }
    }
    if let Some(vote) = properties
        .text(named_id::VERB_RESPONSE)
        .filter(|vote| !vote.trim().is_empty())
    {
        said.before("Vote", &vote);
    }
}
