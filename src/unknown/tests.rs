use super::*;

const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

fn listed(unknown: &Unknown) -> Vec<(String, u64)> {
    let (_, first) = unknown.first(usize::MAX);
    first
        .into_iter()
        .map(|sought| (sought.address, sought.count))
        .collect()
}

#[test]
fn the_list_outlives_its_process() {
    let dir = tempfile::tempdir().expect("a directory");
    let (events, mut told) = Events::tapped();
    let unknown = Unknown::open(dir.path(), &events);
    for text in ["Jon@contoso.com", "jon@contoso.com", "eve@contoso.com"] {
        unknown.refused(&address(text), CLIENT);
    }
    unknown.save(&events);
    let next = Unknown::open(dir.path(), &events);
    assert_eq!(listed(&next), listed(&unknown));
    assert_eq!(next.first(1).0.requests, 3);
    assert_eq!(next.first(1).1.len(), 1);
    let jon = Forget::Addresses(vec!["jon@contoso.com".to_owned(), "x@x".to_owned()]);
    assert_eq!(next.forget(&jon), 1);
    assert_eq!(next.forget(&Forget::All {}), 1);
    next.save(&events);
    assert_eq!(stored(dir.path(), 9).expect("it is read").1, []);
    assert!(told.try_recv().is_err());
}

#[test]
fn a_list_that_cannot_be_used_is_told_and_set_aside() {
    let dir = tempfile::tempdir().expect("a directory");
    let (events, mut told) = Events::tapped();
    let path = file::path(dir.path());
    std::fs::write(&path, "{\"version\":9}\n").expect("it is written");
    let unknown = Unknown::open(dir.path(), &events);
    let event = told.try_recv().expect("an event");
    assert!(
        format!("{event:?}").contains("another version"),
        "{event:?}"
    );
    unknown.refused(&address("jon@contoso.com"), CLIENT);
    unknown.save(&events);
    assert_eq!(stored(dir.path(), 9).expect("it is read").1.len(), 1);
    assert!(path.with_extension("unusable").exists());
}

#[test]
fn a_list_that_cannot_be_written_is_told_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let (events, mut told) = Events::tapped();
    let gone = dir.path().join("gone");
    let unknown = Unknown::open(&gone, &events);
    unknown.refused(&address("jon@contoso.com"), CLIENT);
    unknown.save(&events);
    unknown.save(&events);
    assert!(told.try_recv().is_ok());
    assert!(told.try_recv().is_err(), "once");
    std::fs::create_dir(&gone).expect("it is made");
    unknown.save(&events);
    assert_eq!(stored(&gone, 9).expect("it is read").1.len(), 1);
}
