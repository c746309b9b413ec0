//! A search and its answers (RFC 4511 §4.5).

use book::Scope;
use lber::structure::StructureTag;
use ldap3::controls::RawControl;
use ldap3::{ResultEntry, Scope as WireScope, SearchStream};

use super::connection::Connection;
use super::{Object, ber, outcome};
use crate::SourceError;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Search {
    /// The distinguished name that it begins at.
    pub base: String,
    /// How far below it.
    pub scope: Scope,
    /// Which objects (RFC 4515).
    pub filter: String,
    /// Which attributes of them.
    pub attributes: Vec<String>,
    /// What else the server is asked for.
    pub controls: Vec<RawControl>,
}

/// One message of the answer.
#[derive(Debug)]
pub enum Answer {
    /// An object.
    Object(Object),
    /// Something in between (RFC 4511 §4.13).
    Info(Info),
    /// Part of the answer is elsewhere.
    Referral(String),
    /// The end, with what the server says beside it.
    Done(Vec<RawControl>),
}

/// An intermediate response.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Info {
    /// Its type.
    pub name: Option<String>,
    /// Its value.
    pub value: Option<Vec<u8>>,
}

/// The messages that answer one search.
#[derive(Debug)]
pub struct Answers {
    stream: SearchStream<'static, String, Vec<String>>,
    base: String,
}

impl Connection {
    /// Begins a search.
    pub async fn search(&mut self, search: &Search) -> Result<Answers, SourceError> {
        let mut ldap = self.handle();
        if !search.controls.is_empty() {
            ldap.with_controls(search.controls.clone());
        }
        let scope = match search.scope {
            Scope::Base => WireScope::Base,
            Scope::One => WireScope::OneLevel,
            Scope::Subtree => WireScope::Subtree,
        };
        let begun = ldap.streaming_search(
            &search.base,
            scope,
            &search.filter,
            search.attributes.clone(),
        );
        let stream = self.answered(begun).await?;
        let base = search.base.clone();
        Ok(Answers { stream, base })
    }

    /// The one object that a search finds, or the first of them.
    pub async fn object(&mut self, search: &Search) -> Result<Option<Object>, SourceError> {
        let mut answers = self.search(search).await?;
        let mut found = None;
        loop {
            match answers.next(self).await? {
                Answer::Object(object) => found = found.or(Some(object)),
                Answer::Info(_) | Answer::Referral(_) => {}
                Answer::Done(_) => return Ok(found),
            }
        }
    }
}

impl Answers {
    /// The next message, within the time that an answer may take.
    pub async fn next(&mut self, connection: &mut Connection) -> Result<Answer, SourceError> {
        let item = connection.answered(self.stream.next()).await?;
        self.read(item, connection).await
    }

    /// The next message as it comes, while somebody else moves the connection.
    pub(crate) async fn item(&mut self) -> ldap3::result::Result<Option<ResultEntry>> {
        self.stream.next().await
    }

    /// What a message says.
    pub(crate) async fn read(
        &mut self,
        item: Option<ResultEntry>,
        connection: &Connection,
    ) -> Result<Answer, SourceError> {
        let Some(item) = item else {
            let result = self.stream.finish().await;
            outcome::judge(connection.server(), &result, &self.base)?;
            return Ok(Answer::Done(raw(result.ctrls)));
        };
        match () {
            () if item.is_ref() => referral(item.0),
            () if item.is_intermediate() => info(item.0),
            () => Object::read(item.0, raw(item.1)).map(Answer::Object),
        }
    }
}

fn raw(controls: Vec<ldap3::controls::Control>) -> Vec<RawControl> {
    controls.into_iter().map(|control| control.1).collect()
}

fn referral(tag: StructureTag) -> Result<Answer, SourceError> {
    let first = ber::parts(tag)?.into_iter().next();
    let to = first.map(ber::text).transpose()?;
    Ok(Answer::Referral(to.unwrap_or_default()))
}

fn info(tag: StructureTag) -> Result<Answer, SourceError> {
    let mut info = Info::default();
    for part in ber::parts(tag)? {
        match part.id {
            0 => info.name = Some(ber::text(part)?),
            1 => info.value = Some(ber::octets(part)?),
            _ => {}
        }
    }
    Ok(Answer::Info(info))
}
