//! Which question gets which answer.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::delta::{Twist, Unknown};
use super::fault::Fault;
use super::login::Login;
use super::people::Kind;
use super::reply::{Manner, Reply};
use super::request::Question;
use super::serve::packed;
use super::{Inner, Shared, batch};

impl Shared {
    /// Notes a question and answers it.
    pub(super) fn reply(&self, question: &Question) -> Reply {
        let origin = self.origin();
        let mut inner = self.inner();
        inner.seen.push(question.seen.clone());
        let fault = inner.faults.next(&question.seen.target);
        let reply = match fault {
            None => inner.answer(question, &origin, Twist::None),
            Some(fault) => inner.faulty(question, &origin, fault),
        };
        drop(inner);
        self.asked.send_modify(|asked| *asked += 1);
        reply
    }
}

impl Inner {
    fn faulty(&mut self, question: &Question, origin: &str, fault: Fault) -> Reply {
        match fault {
            Fault::Status {
                status,
                code,
                retry_after,
            } => {
                let reply = Reply::error(status, &code, "Ordered.");
                match retry_after {
                    Some(after) => reply.with("retry-after", after),
                    None => reply,
                }
            }
            Fault::Gone { location } => {
                let text = "Sync state generation is not found; the client must start again.";
                let reply = Reply::error(410, "syncStateNotFound", text);
                match location {
                    Some(location) => reply.with("location", location),
                    None => reply,
                }
            }
            Fault::Cut => Reply {
                manner: Manner::Cut,
                ..self.answer(question, origin, Twist::None)
            },
            Fault::Replay => self.answer(question, origin, Twist::Replay),
            Fault::Half => self.answer(question, origin, Twist::Half),
            Fault::Duplicates => self.changed(question, origin, |body| {
                if let Some(values) = body["value"].as_array_mut() {
                    values.extend(values.clone());
                }
            }),
            Fault::Nothing => self.changed(question, origin, |body| {
                body["value"] = json!([]);
                let next = body["@odata.nextLink"].take();
                if let (Some(body), false) = (body.as_object_mut(), next.is_null()) {
                    body.remove("@odata.nextLink");
                    let delta = next.as_str().unwrap_or_default().replace("skip", "delta");
                    body.insert("@odata.deltaLink".to_owned(), Value::from(delta));
                }
            }),
            Fault::NextAt(link) => self.changed(question, origin, |body| {
                if let Some(body) = body.as_object_mut() {
                    body.remove("@odata.deltaLink");
                    body.insert("@odata.nextLink".to_owned(), Value::from(link.clone()));
                }
            }),
            Fault::Garbage => Reply {
                body: br#"{"value":[{"id":"00000000-0000-4000-8000-0000"#.to_vec(),
                ..Reply::json(200, &Value::Null)
            },
            Fault::Bomb(octets) => Reply {
                body: packed(&vec![b' '; octets]),
                manner: Manner::Packed,
                ..Reply::json(200, &Value::Null)
            },
            Fault::Redirect(location) => {
                Reply::error(302, "Moved", "Ordered.").with("location", location)
            }
            Fault::Silence => Reply {
                manner: Manner::Never,
                ..Reply::json(200, &Value::Null)
            },
            Fault::Echo => {
                let own = question.authorization.as_deref().unwrap_or_default();
                let text = format!("{own} {}", question.body);
                match Login::is_endpoint(&question.path) {
                    true => Reply::refused("invalid_request", 900144, &text),
                    false => Reply::error(400, "Request_BadRequest", &text),
                }
            }
        }
    }

    fn changed(
        &mut self,
        question: &Question,
        origin: &str,
        change: impl FnOnce(&mut Value),
    ) -> Reply {
        let reply = self.answer(question, origin, Twist::None);
        let mut body = serde_json::from_slice(&reply.body).unwrap_or_default();
        change(&mut body);
        Reply::json(reply.status, &body)
    }

    fn answer(&mut self, question: &Question, origin: &str, twist: Twist) -> Reply {
        if Login::is_endpoint(&question.path) {
            return match question.seen.method.as_str() {
                "POST" => self.login.answer(&question.path, &question.body, origin),
                _ => Reply::refused(
                    "invalid_request",
                    900561,
                    "The endpoint only accepts POST requests.",
                ),
            };
        }
        if !self.login.admits(question.authorization.as_deref()) {
            let text = "Lifetime validation failed, the token is expired.";
            return Reply::error(401, "InvalidAuthenticationToken", text);
        }
        let parts: Vec<&str> = question.path.split('/').skip(1).collect();
        match (question.seen.method.as_str(), &parts[..]) {
            ("POST", ["v1.0", "$batch"]) => batch::answer(self, &question.body),
            ("GET", ["v1.0", collection, "delta"]) => match Kind::of_collection(collection) {
                Some(kind) => self.delta(question, origin, kind, twist),
                None => unknown(),
            },
            ("GET", ["v1.0", "users", id]) => self.user(question, id),
            ("GET", ["v1.0", "groups", id, "members"]) => self.members(question, origin, id),
            _ => unknown(),
        }
    }

    fn delta(&mut self, question: &Question, origin: &str, kind: Kind, twist: Twist) -> Reply {
        if !self.may(kind.permissions()) {
            return Reply::error(
                403,
                "Authorization_RequestDenied",
                "Insufficient privileges to complete the operation.",
            );
        }
        let query = |name: &str| question.query.get(name);
        let (people, size) = (&self.people, self.page_size);
        let page = if let Some(token) = query("$skiptoken") {
            self.states.skip(kind, token, twist)
        } else if let Some(token) = query("$deltatoken") {
            self.states.changes(people, kind, token, size, twist)
        } else {
            match selected(kind, query("$select")) {
                Ok(select) => Ok(self.states.start(people, kind, select, size, twist)),
                Err(refusal) => return refusal,
            }
        };
        match page {
            Ok(page) => Reply::json(200, &page.body(origin, kind)),
            Err(Unknown) => Reply::error(
                410,
                "syncStateNotFound",
                "The sync state generation is not found; clean all data and start again.",
            ),
        }
    }

    fn user(&self, question: &Question, id: &str) -> Reply {
        let select = match selected(Kind::User, question.query.get("$select")) {
            Ok(select) => select,
            Err(refusal) => return refusal,
        };
        match self.people.object(Kind::User, id, &select) {
            Some(user) => Reply::json(200, &user),
            None => unknown(),
        }
    }

    /// All members in pages.
    fn members(&self, question: &Question, origin: &str, id: &str) -> Reply {
        let number = |name: &str| question.query.get(name).and_then(|text| text.parse().ok());
        let begin: usize = number("$skiptoken").unwrap_or(0);
        let size = number("$top").unwrap_or(100).min(self.page_size);
        let members = self.people.members(id);
        let page = members.iter().skip(begin).take(size);
        let page = page.map(|id| json!({"@odata.type": "#microsoft.graph.user", "id": id}));
        let mut body = json!({ "value": page.collect::<Vec<_>>() });
        if begin + size < members.len() {
            let next = format!(
                "{origin}/v1.0/groups/{id}/members?$top={size}&$skiptoken={}",
                begin + size
            );
            body["@odata.nextLink"] = Value::from(next);
        }
        Reply::json(200, &body)
    }

    fn may(&self, permissions: &[&str]) -> bool {
        let mut permissions = permissions.iter();
        permissions.any(|permission| !self.denied.iter().any(|denied| denied == permission))
    }
}

/// What `$select` names; nothing that there is not.
fn selected(kind: Kind, select: Option<&String>) -> Result<BTreeSet<String>, Reply> {
    let Some(select) = select else {
        let all = kind.properties().iter();
        return Ok(all.map(|name| (*name).to_owned()).collect());
    };
    let names: BTreeSet<String> = select.split(',').map(str::to_owned).collect();
    let unknown = names
        .iter()
        .find(|name| !kind.properties().contains(&name.as_str()));
    match unknown {
        None => Ok(names),
        Some(name) => {
            let text = format!(
                "Could not find a property named '{name}' on type '{}'.",
                kind.collection()
            );
            Err(Reply::error(400, "BadRequest", &text))
        }
    }
}

fn unknown() -> Reply {
    Reply::error(
        404,
        "Request_ResourceNotFound",
        "Resource does not exist or one of its queried reference-property objects are not present.",
    )
}
