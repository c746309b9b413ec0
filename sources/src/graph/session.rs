//! One round's conversation with the login host and with Graph: the token, and patience.

use reqwest::RequestBuilder;
use reqwest::header::AUTHORIZATION;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use super::answer::{Answer, Meaning};
use super::link::{Link, Origin};
use super::pause::backoff;
use super::token::Token;
use super::transport::Transport;
use super::{Access, GraphError, Refusal};
use crate::limits::{PAGE_OCTETS_MAX, TOKEN_OCTETS_MAX};

/// One round's conversation.
pub(super) struct Session<'a> {
    access: &'a Access,
    token: &'a mut Option<Token>,
    transport: Transport,
    origin: Origin,
    login: Origin,
}

/// What came of a question that Graph understood.
pub(super) enum Outcome {
    /// The body of the answer.
    Body(Vec<u8>),
    /// It no longer knows what we go on from. Where to begin anew, if it says so.
    Resync(Option<Link>),
    /// There is no such thing.
    Missing,
}

/// What is asked.
pub(super) enum Question<'q, B> {
    /// What a link leads to.
    Get(&'q Link),
    /// What comes of this.
    Post(&'q Link, &'q B),
}

/// What is read, and the permission it takes.
#[derive(Clone, Copy)]
pub(super) struct Subject {
    pub(super) what: &'static str,
    pub(super) permission: &'static str,
}

impl<'a> Session<'a> {
    pub(super) fn open(
        access: &'a Access,
        token: &'a mut Option<Token>,
    ) -> Result<Self, GraphError> {
        Ok(Self {
            access,
            token,
            transport: Transport::new(access)?,
            origin: access.endpoints.graph_origin()?,
            login: access.endpoints.login_origin()?,
        })
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Asks Graph for what a link leads to.
    pub(super) async fn get(
        &mut self,
        link: &Link,
        subject: Subject,
    ) -> Result<Outcome, GraphError> {
        self.ask(&Question::<()>::Get(link), subject).await
    }

    /// Asks Graph, with a new token where it does not take the one we have, and again where it has no time.
    pub(super) async fn ask<B: Serialize>(
        &mut self,
        question: &Question<'_, B>,
        subject: Subject,
    ) -> Result<Outcome, GraphError> {
        let server = self.origin.to_string();
        let mut is_renewed = false;
        let mut attempt = 0;
        loop {
            let token = self.token().await?;
            let request = question.request(&self.transport);
            let request = request.header(AUTHORIZATION, token.header());
            let exchange = self.transport.exchange(request, &server, PAGE_OCTETS_MAX);
            let answer = exchange.await?;
            let refusal = Refusal::read(answer.status, &answer.body, |text| token.is_in(text));
            match answer.meaning() {
                Meaning::Fine => return Ok(Outcome::Body(answer.body)),
                Meaning::Unauthorised if is_renewed => {
                    return Err(GraphError::Unauthorised(refusal));
                }
                Meaning::Unauthorised => {
                    *self.token = None;
                    is_renewed = true;
                }
                Meaning::Busy => {
                    attempt += 1;
                    self.pause(&server, answer, refusal, attempt).await?;
                }
                Meaning::Forbidden => return Err(subject.forbidden(refusal)),
                Meaning::Redirect => {
                    let status = answer.status;
                    return Err(GraphError::Redirected { server, status });
                }
                Meaning::Refused if refusal.is_resync() => {
                    // A place of another host is none; we begin at our own.
                    let location = answer.location.as_deref();
                    let location = location.and_then(|text| self.origin.accept(text).ok());
                    return Ok(Outcome::Resync(location));
                }
                Meaning::Refused if answer.status == 404 => return Ok(Outcome::Missing),
                Meaning::Refused => return Err(GraphError::Refused { server, refusal }),
            }
        }
    }

    /// The token we have, or a new one.
    async fn token(&mut self) -> Result<Token, GraphError> {
        let now = Instant::now();
        if let Some(token) = self.token.as_ref().filter(|token| token.is_usable(now)) {
            return Ok(token.clone());
        }
        let token = self.fetch_token().await?;
        Ok(self.token.insert(token).clone())
    }

    async fn fetch_token(&mut self) -> Result<Token, GraphError> {
        let server = self.login.to_string();
        let url = self.access.endpoints.token_url(&self.access.tenant_id);
        let mut attempt = 0;
        loop {
            // Made anew each time: an assertion is good for one use.
            let form = self.access.credential.request(self.access)?;
            let request = self.transport.client().post(&url).form(&form);
            let exchange = self.transport.exchange(request, &server, TOKEN_OCTETS_MAX);
            let answer = exchange.await?;
            let refusal = Refusal::read(answer.status, &answer.body, |text| form.is_in(text));
            match answer.meaning() {
                Meaning::Fine => return Token::read(&answer.body, Instant::now()),
                Meaning::Busy => {
                    attempt += 1;
                    self.pause(&server, answer, refusal, attempt).await?;
                }
                Meaning::Redirect => {
                    let status = answer.status;
                    return Err(GraphError::Redirected { server, status });
                }
                Meaning::Unauthorised | Meaning::Forbidden | Meaning::Refused => {
                    return Err(GraphError::Credentials { server, refusal });
                }
            }
        }
    }

    /// Waits as long as a busy server asks for, unless that is too long for a round.
    async fn pause(
        &self,
        server: &str,
        answer: Answer,
        refusal: Refusal,
        attempt: u32,
    ) -> Result<(), GraphError> {
        let patience = &self.access.patience;
        let after = answer.retry_after;
        let is_too_long = after.is_some_and(|after| after > patience.retry_max);
        if attempt >= patience.attempts || is_too_long {
            return Err(GraphError::Busy {
                server: server.to_owned(),
                refusal,
                after,
            });
        }
        let wait = match after {
            Some(after) => after,
            None => backoff(patience, attempt, random()?),
        };
        sleep(wait).await;
        Ok(())
    }

    /// For what is to be asked again although the answer itself was fine.
    pub(super) async fn pause_for(
        &self,
        after: Option<std::time::Duration>,
        refusal: Refusal,
        attempt: u32,
    ) -> Result<(), GraphError> {
        let answer = Answer {
            status: refusal.status,
            retry_after: after,
            location: None,
            body: Vec::new(),
        };
        let server = self.origin.to_string();
        self.pause(&server, answer, refusal, attempt).await
    }

    /// The next question gets a new token.
    pub(super) fn forget_token(&mut self) {
        *self.token = None;
    }

    /// Whether a text repeats the token.
    pub(super) fn has_token_in(&self, text: &str) -> bool {
        self.token.as_ref().is_some_and(|token| token.is_in(text))
    }
}

impl<B: Serialize> Question<'_, B> {
    fn request(&self, transport: &Transport) -> RequestBuilder {
        match self {
            Self::Get(link) => transport.client().get(link.url().clone()),
            Self::Post(link, body) => transport.client().post(link.url().clone()).json(body),
        }
    }
}

impl Subject {
    pub(super) fn forbidden(self, refusal: Refusal) -> GraphError {
        GraphError::Forbidden {
            what: self.what,
            permission: self.permission,
            refusal,
        }
    }
}

fn random() -> Result<u64, GraphError> {
    let mut octets = [0; 8];
    aws_lc_rs::rand::fill(&mut octets)
        .map_err(|_| GraphError::Inside("there are no random numbers".into()))?;
    Ok(u64::from_ne_bytes(octets))
}
