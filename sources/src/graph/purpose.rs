//! What mailboxes are for (`/users/{id}/mailboxSettings/userPurpose`).
//!
//! Who has a mailbox in Exchange Online has settings of it; who has none is answered 404. A delta query does not give
//! them, so they are asked for one by one, twenty questions together (`$batch`).

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::Meaning;
use super::pause::retry_after;
use super::session::{Outcome, Question, Session, Subject};
use super::{GraphError, Refusal};
use crate::limits::BATCH_MAX;

#[derive(Serialize)]
struct Batch<'b> {
    requests: Vec<Request<'b>>,
}

#[derive(Serialize)]
struct Request<'b> {
    id: &'b str,
    method: &'static str,
    url: String,
}

#[derive(Deserialize)]
struct Responses {
    responses: Vec<Response>,
}

#[derive(Deserialize)]
struct Response {
    id: String,
    status: u16,
    #[serde(default)]
    headers: HashMap<String, Value>,
    #[serde(default)]
    body: Value,
}

/// What became of the questions of one batch.
#[derive(Default)]
struct Sorted {
    /// To be asked again.
    busy: Vec<String>,
    /// How long Graph asks to wait before.
    after: Option<Duration>,
    /// Its words.
    refusal: Option<Refusal>,
    /// Whether the token ended between.
    is_token_old: bool,
}

/// Asks what these users' mailboxes are for, and gives it for those that have one.
pub(super) async fn ask(
    session: &mut Session<'_>,
    ids: &[String],
) -> Result<HashMap<String, String>, GraphError> {
    let mut found = HashMap::new();
    for ids in ids.chunks(BATCH_MAX) {
        ask_batch(session, ids.to_vec(), &mut found).await?;
    }
    Ok(found)
}

/// Whether somebody can be asked for by this id.
pub(super) fn is_id(id: &str) -> bool {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-';
    !id.is_empty() && id.len() <= 64 && id.bytes().all(plain)
}

async fn ask_batch(
    session: &mut Session<'_>,
    mut ids: Vec<String>,
    found: &mut HashMap<String, String>,
) -> Result<(), GraphError> {
    let link = session.origin().link("/v1.0/$batch")?;
    let mut attempt = 0;
    while !ids.is_empty() {
        let requests = ids.iter().map(|id| Request {
            id,
            method: "GET",
            url: format!("/users/{id}/mailboxSettings/userPurpose"),
        });
        let batch = Batch {
            requests: requests.collect(),
        };
        let question = Question::Post(&link, &batch);
        let Outcome::Body(body) = session.ask(&question, SUBJECT).await? else {
            return Err(GraphError::malformed("Graph knows no $batch"));
        };
        let sorted = sort(session, &ids, &body, found)?;
        if sorted.is_token_old {
            session.forget_token();
        }
        if let Some(refusal) = sorted.refusal {
            attempt += 1;
            session.pause_for(sorted.after, refusal, attempt).await?;
        }
        ids = sorted.busy;
    }
    Ok(())
}

fn sort(
    session: &Session<'_>,
    asked: &[String],
    body: &[u8],
    found: &mut HashMap<String, String>,
) -> Result<Sorted, GraphError> {
    let answers: Responses = serde_json::from_slice(body)
        .map_err(|_| GraphError::malformed("the answer to a $batch is none"))?;
    let mut answers: HashMap<String, Response> = answers
        .responses
        .into_iter()
        .map(|answer| (answer.id.clone(), answer))
        .collect();
    let mut sorted = Sorted::default();
    for id in asked {
        let Some(answer) = answers.remove(id) else {
            return Err(GraphError::malformed("a $batch was answered in part"));
        };
        let body = answer.body.to_string();
        let is_secret = |text: &str| session.has_token_in(text);
        let refusal = Refusal::read(answer.status, body.as_bytes(), is_secret);
        match Meaning::of(answer.status) {
            Meaning::Fine => {
                let purpose = answer.body["value"].as_str();
                let purpose =
                    purpose.ok_or_else(|| GraphError::malformed("a mailbox has no purpose"))?;
                found.insert(id.clone(), purpose.to_owned());
            }
            Meaning::Refused if answer.status == 404 => {}
            Meaning::Busy | Meaning::Unauthorised => {
                sorted.is_token_old |= answer.status == 401;
                sorted.after = sorted.after.max(answer.retry_after());
                sorted.refusal = Some(refusal);
                sorted.busy.push(id.clone());
            }
            Meaning::Forbidden => return Err(SUBJECT.forbidden(refusal)),
            Meaning::Refused | Meaning::Redirect => {
                let server = session.origin().to_string();
                return Err(GraphError::Refused { server, refusal });
            }
        }
    }
    Ok(sorted)
}

impl Response {
    fn retry_after(&self) -> Option<Duration> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(name, _)| name.eq_ignore_ascii_case("Retry-After"))?;
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        retry_after(&text, SystemTime::now())
    }
}

const SUBJECT: Subject = Subject {
    what: "the settings of mailboxes",
    permission: "MailboxSettings.Read",
};
