//! A group's members, put together from what several pages and readings say.
//!
//! `members@delta` has those who came and, marked with `@removed`, those who went; of a large group only some stand on
//! each page.

use std::collections::HashSet;

use book::limits::VALUES_MAX;
use book::{Entry, Reference};
use serde_json::{Map, Value, json};

/// The ids of an entry's members.
pub(super) fn of(entry: Entry) -> Vec<String> {
    let ids = entry.members.into_iter();
    ids.filter_map(|member| match member {
        Reference::Object(id) => Some(id),
        Reference::Address(_) => None,
    })
    .collect()
}

/// Makes `members@delta` of a group all its members, given those that were known. Whether all of them fit.
pub(super) fn settle(known: Vec<String>, group: &mut Map<String, Value>) -> bool {
    let changes = match group.remove(MEMBERS) {
        Some(Value::Array(changes)) => changes,
        Some(_) | None => Vec::new(),
    };
    let mut went = HashSet::new();
    let mut came = Vec::new();
    for change in &changes {
        let Some(id) = change["id"].as_str() else {
            continue;
        };
        // The last word on somebody counts.
        if change.get("@removed").is_some() {
            went.insert(id.to_ascii_lowercase());
        } else {
            went.remove(&id.to_ascii_lowercase());
            came.push(id.to_owned());
        }
    }
    let mut met = HashSet::new();
    let mut members: Vec<String> = known.into_iter().chain(came).collect();
    members.retain(|id| {
        let id = id.to_ascii_lowercase();
        !went.contains(&id) && met.insert(id)
    });
    let all_fit = members.len() <= VALUES_MAX;
    members.truncate(VALUES_MAX);
    let members = members.into_iter().map(|id| json!({ "id": id })).collect();
    group.insert(MEMBERS.to_owned(), Value::Array(members));
    all_fit
}

const MEMBERS: &str = "members@delta";

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(known: &[&str], changes: Value) -> String {
        let known = known.iter().map(|id| (*id).to_owned()).collect();
        let mut group = Map::new();
        group.insert(MEMBERS.to_owned(), changes);
        assert!(settle(known, &mut group));
        let members = group[MEMBERS].as_array().unwrap().iter();
        let ids: Vec<&str> = members.filter_map(|member| member["id"].as_str()).collect();
        ids.join(" ")
    }

    #[test]
    fn changes_are_applied_to_what_was_known() {
        let check = |known: &[&str], changes: Value, expected: &str| {
            assert_eq!(
                settled(known, changes.clone()),
                expected,
                "{known:?} {changes}"
            );
        };
        let gone = |id: &str| json!({"id": id, "@removed": {"reason": "deleted"}});
        check(&[], json!([{"id": "a"}, {"id": "b"}]), "a b");
        check(&["a"], json!([{"id": "b"}, {"id": "A"}]), "a b");
        check(&["a", "b"], json!([gone("A")]), "b");
        check(&["a"], json!([gone("z")]), "a");
        check(&["a"], Value::Null, "a");
        check(&["a"], json!([17, {"x": 1}, null]), "a");
        check(&["a"], json!([gone("a"), {"id": "a"}]), "a");
        check(&["a"], json!([{"id": "b"}, gone("b")]), "a");
    }

    #[test]
    fn what_comes_twice_changes_nothing() {
        let changes = json!([{"id": "b"}, {"id": "a", "@removed": {"reason": "deleted"}}]);
        let once = settled(&["a", "c"], changes.clone());
        let known: Vec<&str> = once.split(' ').collect();
        assert_eq!(settled(&known, changes), once);
    }

    #[test]
    fn members_are_bounded() {
        let members = |count: usize| {
            let known = (0..count).map(|number| number.to_string()).collect();
            let mut group = Map::new();
            let fits = settle(known, &mut group);
            (fits, group[MEMBERS].as_array().unwrap().len())
        };
        assert_eq!(members(VALUES_MAX), (true, VALUES_MAX));
        assert_eq!(members(VALUES_MAX + 1), (false, VALUES_MAX));
    }
}
