//! Several questions in one (`$batch`): what mailboxes are for.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Inner;
use super::fault::Fault;
use super::reply::Reply;

/// Answers each of the questions. Their answers come in no order.
pub(super) fn answer(inner: &mut Inner, body: &str) -> Reply {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let Some(requests) = body["requests"].as_array() else {
        return Reply::error(400, "BadRequest", "Invalid batch payload format.");
    };
    if requests.len() > QUESTIONS_MAX {
        let text =
            format!("Number of batch request steps exceeds the maximum value of {QUESTIONS_MAX}.");
        return Reply::error(400, "BadRequest", &text);
    }
    let ids: BTreeSet<String> = requests.iter().map(|one| one["id"].to_string()).collect();
    if ids.len() < requests.len() {
        return Reply::error(400, "BadRequest", "Request Id values must be unique.");
    }
    let mut responses: Vec<Value> = requests.iter().map(|request| one(inner, request)).collect();
    responses.reverse();
    Reply::json(200, &json!({ "responses": responses }))
}

fn one(inner: &mut Inner, request: &Value) -> Value {
    let url = request["url"].as_str().unwrap_or_default();
    let id = &request["id"];
    let error = |status: u16, code: &str, text: &str| {
        let body = json!({"error": {"code": code, "message": text}});
        json!({"id": id, "status": status, "headers": {"Content-Type": "application/json"}, "body": body})
    };
    if request["method"] != "GET" {
        return error(
            405,
            "Request_BadRequest",
            "Specified HTTP method is not allowed.",
        );
    }
    let fault = inner.faults.next(url);
    if let Some(Fault::Status {
        status,
        code,
        retry_after,
    }) = fault
    {
        let mut answer = error(status, &code, "Ordered.");
        if let Some(after) = retry_after {
            answer["headers"]["Retry-After"] = Value::from(after);
        }
        return answer;
    }
    if inner
        .denied
        .iter()
        .any(|denied| denied == "MailboxSettings.Read")
    {
        return error(
            403,
            "ErrorAccessDenied",
            "Access is denied. Check credentials and try again.",
        );
    }
    let user = url.strip_prefix("/users/");
    let user = user.and_then(|rest| rest.strip_suffix("/mailboxSettings/userPurpose"));
    let Some(user) = user else {
        return error(404, "ResourceNotFound", "Resource could not be discovered.");
    };
    match inner.people.purpose(user) {
        Some(purpose) => json!({
            "id": id, "status": 200, "headers": {"Content-Type": "application/json"},
            "body": {"@odata.context": "$metadata", "value": purpose},
        }),
        None => error(
            404,
            "MailboxNotEnabledForRESTAPI",
            "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        ),
    }
}

/// Questions of one batch.
const QUESTIONS_MAX: usize = 20;
