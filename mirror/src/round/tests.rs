use super::*;
use crate::limits::ROWS_AT_ONCE;
use crate::sample::{Place, believed, cloud, key, person, read};
use crate::{Mirror, Proposed};

/// What would be believed.
fn expected(mirror: &Mirror) -> Vec<String> {
    let mut keys = believed(mirror);
    for touched in mirror.view().touched().unwrap() {
        let touched = touched.unwrap();
        let text = touched.key.as_str().to_owned();
        match (&touched.before, &touched.after) {
            (_, None) => keys.retain(|key| *key != text),
            (None, Some(_)) => keys.push(text),
            (Some(_), Some(_)) => {}
        }
    }
    keys.sort();
    keys
}

#[test]
fn a_full_reading_makes_who_is_missing_gone() {
    let mut mirror = Place::new().open();
    read(&mut mirror, Extent::Full, &[person("a"), person("b")]);
    assert_eq!(expected(&mirror), ["a", "b"]);
    // Never believed, and not there any more: nothing is left of it.
    read(&mut mirror, Extent::Full, &[person("b"), person("c")]);
    assert_eq!(expected(&mirror), ["b", "c"]);
    mirror.believe().unwrap();
    let mut round = mirror.round(Extent::Full).unwrap();
    round.seen(&key("b")).unwrap();
    round.finish(None).unwrap();
    assert_eq!(
        (believed(&mirror).len(), expected(&mirror)),
        (2, vec!["b".to_owned()])
    );
    // It was away for a moment.
    read(&mut mirror, Extent::Full, &[person("b"), person("c")]);
    assert!(mirror.proposal().unwrap().is_nothing());
}

#[test]
fn changes_leave_everybody_else_alone() {
    let mut mirror = Place::new().open();
    read(&mut mirror, Extent::Full, &[person("a"), person("b")]);
    mirror.believe().unwrap();
    let mut round = mirror.round(Extent::Changes).unwrap();
    round.put(&cloud("a")).unwrap();
    round.gone(&key("b")).unwrap();
    round.gone(&key("nobody")).unwrap();
    assert_eq!(round.entry(&key("a")).unwrap(), Some(cloud("a")));
    assert_eq!(round.entry(&key("b")).unwrap(), None);
    round.finish(Some("2")).unwrap();
    assert_eq!(mirror.cursor().unwrap().as_deref(), Some("2"));
    let part = mirror.view().part(&key("a")).unwrap().unwrap();
    assert_eq!(part.believed, Some(person("a")));
    assert_eq!(part.proposed, Proposed::Otherwise(Box::new(cloud("a"))));
    assert_eq!(
        mirror.view().part(&key("b")).unwrap().unwrap().proposed,
        Proposed::Gone
    );
    assert_eq!(mirror.view().part(&key("nobody")).unwrap(), None);
    assert_eq!(
        mirror
            .round(Extent::Changes)
            .unwrap()
            .entry(&key("b"))
            .unwrap(),
        None
    );
}

#[test]
fn what_is_put_back_is_no_change() {
    let mut mirror = Place::new().open();
    read(&mut mirror, Extent::Full, &[person("a")]);
    mirror.believe().unwrap();
    for entries in [[cloud("a")], [person("a")]] {
        read(&mut mirror, Extent::Changes, &entries);
    }
    assert!(mirror.proposal().unwrap().is_nothing());
}

#[test]
fn who_is_seen_stays_as_last_said() {
    let mut mirror = Place::new().open();
    read(&mut mirror, Extent::Full, &[person("a"), person("b")]);
    mirror.believe().unwrap();
    read(&mut mirror, Extent::Changes, &[cloud("a")]);
    let mut round = mirror.round(Extent::Changes).unwrap();
    round.gone(&key("a")).unwrap();
    round.gone(&key("b")).unwrap();
    round.seen(&key("a")).unwrap();
    round.seen(&key("b")).unwrap();
    assert_eq!(round.entry(&key("a")).unwrap(), Some(cloud("a")));
    assert_eq!(round.entry(&key("b")).unwrap(), Some(person("b")));
}

#[test]
fn a_sweep_takes_several_rounds_to_lose_somebody() {
    let mut mirror = Place::new().open();
    let all = [person("a"), person("b"), person("c")];
    read(&mut mirror, Extent::Sweep, &all);
    mirror.believe().unwrap();
    // Of b there is a change that is not believed yet: it is missed as slowly.
    read(&mut mirror, Extent::Changes, &[cloud("b")]);
    for _ in 1..MISSING_ROUNDS_MAX {
        read(&mut mirror, Extent::Sweep, &all[..1]);
        assert_eq!(expected(&mirror), ["a", "b", "c"]);
    }
    // Who shows up meanwhile was not missing.
    read(&mut mirror, Extent::Changes, &all[2..]);
    read(&mut mirror, Extent::Sweep, &all[..1]);
    assert_eq!(expected(&mirror), ["a", "c"]);
    read(&mut mirror, Extent::Sweep, &all[..1]);
    assert_eq!(expected(&mirror), ["a"]);
    // A full reading needs no second look.
    mirror.believe().unwrap();
    read(&mut mirror, Extent::Full, &[]);
    assert!(expected(&mirror).is_empty());
}

#[test]
fn a_reading_that_broke_off_makes_nobody_gone_and_goes_on() {
    let place = Place::new();
    let mut mirror = place.open();
    let all: Vec<_> = ["a", "b", "c"].map(person).into();
    read(&mut mirror, Extent::Full, &all);
    mirror.believe().unwrap();
    let mut round = mirror.round(Extent::Full).unwrap();
    round.put(&all[0]).unwrap();
    round.commit(Some("page 1")).unwrap();
    round.put(&cloud("b")).unwrap();
    drop(round); // with what was not committed
    drop(mirror);
    let mut mirror = place.open();
    assert_eq!(mirror.cursor().unwrap().as_deref(), Some("page 1"));
    assert_eq!(mirror.unfinished().unwrap(), Some(Extent::Full));
    assert!(mirror.proposal().unwrap().is_nothing());
    let mut round = mirror.round(Extent::Rest).unwrap();
    round.put(&all[1]).unwrap();
    round.finish(None).unwrap();
    assert_eq!(
        expected(&mirror),
        ["a", "b"],
        "a was met before it broke off"
    );
    assert_eq!(mirror.unfinished().unwrap(), None);
}

#[test]
fn only_what_was_begun_and_can_go_on_has_a_rest() {
    let check = |extent: Extent, cursor: Option<&str>, expected: Option<Extent>| {
        let mut mirror = Place::new().open();
        let mut round = mirror.round(extent).unwrap();
        round.put(&person("a")).unwrap();
        round.commit(cursor).unwrap();
        drop(round);
        assert_eq!(
            mirror.unfinished().unwrap(),
            expected,
            "{extent:?} {cursor:?}"
        );
        let rest = mirror.round(Extent::Rest);
        assert_eq!(rest.is_ok(), expected.is_some());
    };
    check(Extent::Full, Some("1"), Some(Extent::Full));
    check(Extent::Sweep, Some("1"), Some(Extent::Sweep));
    check(Extent::Full, None, None);
    check(Extent::Changes, Some("1"), None);
}

#[test]
fn another_reading_forgets_the_unfinished_one() {
    for extent in [Extent::Full, Extent::Changes] {
        let mut mirror = Place::new().open();
        let mut round = mirror.round(Extent::Full).unwrap();
        round.put(&person("a")).unwrap();
        round.commit(Some("1")).unwrap();
        drop(round);
        let round = mirror.round(extent).unwrap();
        round.finish(Some("2")).unwrap();
        assert_eq!(mirror.unfinished().unwrap(), None);
        let left: usize = if extent == Extent::Full { 0 } else { 1 };
        assert_eq!(expected(&mirror).len(), left);
    }
}

#[test]
fn many_are_read_in_the_order_of_their_keys() {
    let mut mirror = Place::new().open();
    let count = 3 * ROWS_AT_ONCE + 1;
    let people: Vec<_> = (0..count)
        .rev()
        .map(|n| person(&format!("p{n:05}")))
        .collect();
    read(&mut mirror, Extent::Full, &people);
    mirror.believe().unwrap();
    let keys = believed(&mirror);
    assert!(keys.len() == count && keys.is_sorted());
    read(&mut mirror, Extent::Full, &people[..1]);
    let gone = mirror.view().touched().unwrap().count();
    assert_eq!(gone, count - 1);
    read(&mut mirror, Extent::Full, &people[..count - 1]);
    read(
        &mut mirror,
        Extent::Changes,
        &[cloud("p00001"), person("a"), person("z")],
    );
    let said: Vec<_> = mirror.view().said().map(Result::unwrap).collect();
    assert!(said.is_sorted_by_key(|entry| entry.key.clone()) && said.len() == count + 1);
    assert_eq!((&said[0], &said[1]), (&person("a"), &cloud("p00001")));
    assert_eq!(mirror.view().said().nth(1).unwrap().unwrap(), said[1]);
    assert_eq!(
        mirror.view().said_one(&key("p00001")).unwrap(),
        Some(cloud("p00001"))
    );
    assert_eq!(mirror.view().said_one(&key("p00000")).unwrap(), None);
}

#[test]
fn a_cursor_is_bounded() {
    let mut mirror = Place::new().open();
    for (octets, fits) in [(CURSOR_OCTETS_MAX, true), (CURSOR_OCTETS_MAX + 1, false)] {
        let mut round = mirror.round(Extent::Full).unwrap();
        assert_eq!(round.commit(Some(&"x".repeat(octets))).is_ok(), fits);
    }
    assert_eq!(mirror.cursor().unwrap().unwrap().len(), CURSOR_OCTETS_MAX);
}
