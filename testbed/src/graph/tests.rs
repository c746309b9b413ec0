use serde_json::json;

use super::delta::Twist;
use super::*;

#[test]
fn delta_tokens_give_what_changed_since() {
    let (mut people, mut states) = (People::default(), States::default());
    let select = ["mail".to_owned()].into_iter().collect();
    for number in 0..5 {
        people.put(
            Kind::User,
            json!({"id": format!("{number}"), "mail": "a", "displayName": "x"}),
        );
    }
    let mut page = states.start(&people, Kind::User, select, 2, Twist::None);
    let mut ids = Vec::new();
    while let Some(next) = page.next.take() {
        ids.append(&mut page.value);
        let token = next.trim_start_matches("$skiptoken=");
        page = states.skip(Kind::User, token, Twist::None).unwrap();
    }
    ids.append(&mut page.value);
    assert_eq!(ids.len(), 5);
    assert_eq!(ids[0], json!({"id": "0", "mail": "a"}));
    people.remove("3", Reason::Changed);
    people.put(Kind::User, json!({"id": "1", "mail": "b"}));
    let delta = page.delta.unwrap();
    let token = delta.trim_start_matches("$deltatoken=");
    let changes = states
        .changes(&people, Kind::User, token, 10, Twist::None)
        .unwrap();
    assert_eq!(
        changes.value,
        [
            json!({"id": "1", "mail": "b"}),
            json!({"id": "3", "@removed": {"reason": "changed"}})
        ]
    );
    // A token can be used twice, but not for something else.
    assert!(
        states
            .changes(&people, Kind::User, token, 10, Twist::None)
            .is_ok()
    );
    assert!(
        states
            .changes(&people, Kind::Group, token, 10, Twist::None)
            .is_err()
    );
    states.forget();
    assert!(
        states
            .changes(&people, Kind::User, token, 10, Twist::None)
            .is_err()
    );
}

#[test]
fn members_come_in_parts_and_as_changes() {
    let mut people = People::default();
    people.put(Kind::Group, json!({"id": "g", "mail": "g"}));
    for number in 0..45 {
        people.join("g", &format!("{number:02}"));
    }
    let select = ["members".to_owned()].into_iter().collect();
    let parts = people.list(Kind::Group, None, &select);
    let counts: Vec<usize> = parts
        .iter()
        .map(|part| part["members@delta"].as_array().map_or(0, Vec::len))
        .collect();
    assert_eq!(counts, [20, 20, 5]);
    let since = people.now();
    people.leave("g", "07");
    let changes = people.list(Kind::Group, Some(since), &select);
    assert_eq!(
        changes[0]["members@delta"][0]["@removed"]["reason"],
        "deleted"
    );
    assert_eq!(people.members("g").len(), 44);
}

#[test]
fn faults_happen_in_the_order_of_their_answers() {
    let mut faults = Faults::default();
    faults.order(1, "users", Fault::Cut);
    faults.order(0, "groups", Fault::Garbage);
    assert_eq!(faults.next("/users/delta"), None);
    assert_eq!(faults.next("/contacts/delta"), None);
    assert_eq!(faults.next("/groups/delta"), Some(Fault::Garbage));
    assert_eq!(faults.next("/users/delta"), Some(Fault::Cut));
    assert!(faults.is_empty());
}
