use super::*;
use crate::sample::{Place, cloud, key, person, read};
use crate::{Extent, Mirror};

fn since(mirror: &Mirror, generation: u64) -> Option<Vec<(String, Option<Entry>)>> {
    let all = mirror.view().changed_since(generation).unwrap()?;
    let pair = |changed: Changed| (changed.key.to_string(), changed.before);
    Some(all.into_iter().map(pair).collect())
}

#[test]
fn each_change_says_what_was_believed_then() {
    let mut mirror = Place::new().open();
    assert_eq!(since(&mirror, 0), Some(vec![]));
    let steps = [
        vec![person("a"), person("b")],
        vec![cloud("a"), person("b"), person("c")],
        vec![person("a"), person("c")],
    ];
    for people in &steps {
        read(&mut mirror, Extent::Full, people);
        mirror.believe().unwrap();
    }
    let changed = |key: &str, before: Option<Entry>| (key.to_owned(), before);
    assert_eq!(
        since(&mirror, 2),
        Some(vec![
            changed("a", Some(cloud("a"))),
            changed("b", Some(person("b")))
        ])
    );
    // Since further back it is what was believed then, not what came between.
    assert_eq!(
        since(&mirror, 1),
        Some(vec![
            changed("a", Some(person("a"))),
            changed("b", Some(person("b"))),
            changed("c", None),
        ])
    );
    assert_eq!(since(&mirror, 0).unwrap().len(), 3);
    assert_eq!(since(&mirror, 3), Some(vec![]));
    assert_eq!(since(&mirror, 4), None, "of another file");
}

#[test]
fn what_is_known_of_changes_is_bounded() {
    let mut mirror = Place::new().open();
    let people = |from: usize, count: usize| -> Vec<Entry> {
        let names = from..from + count;
        names
            .map(|number| person(&format!("p{number:05}")))
            .collect()
    };
    let mut grow = |people: &[Entry]| {
        read(&mut mirror, Extent::Changes, people);
        mirror.believe().unwrap();
        (0..4)
            .map(|generation| since(&mirror, generation).map(|all| all.len()))
            .collect::<Vec<_>>()
    };
    let max = CHANGES_MAX;
    assert_eq!(grow(&people(0, max)), [Some(max), Some(0), None, None]);
    // One more, and the oldest generation is forgotten whole.
    assert_eq!(grow(&people(max, 1)), [None, Some(1), Some(0), None]);
    // More than the bound at once, and nothing is known.
    assert_eq!(grow(&people(max + 1, max + 1)), [None, None, None, Some(0)]);
}

#[test]
fn the_members_of_a_group_are_not_kept() {
    let mut mirror = Place::new().open();
    let mut group = person("g");
    group.members = vec![book::Reference::Object("a".into())];
    read(&mut mirror, Extent::Full, &[group]);
    mirror.believe().unwrap();
    read(&mut mirror, Extent::Full, &[cloud("g")]);
    mirror.believe().unwrap();
    let all = mirror.view().changed_since(1).unwrap().unwrap();
    let expected = Changed {
        key: key("g"),
        before: Some(person("g")),
    };
    assert_eq!(all, [expected]);
}
