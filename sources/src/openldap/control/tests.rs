use super::*;

#[test]
fn a_synchronisation_is_asked_for() {
    let check = |mode, cookie: Option<&[u8]>, expected: &[u8]| {
        let control = request(mode, cookie);
        assert!(control.crit);
        assert_eq!(control.val.as_deref(), Some(expected));
    };
    check(Mode::RefreshOnly, None, b"\x30\x06\x0a\x01\x01\x01\x01\x00");
    let with_cookie = b"\x30\x0f\x0a\x01\x03\x04\x07rid=000\x01\x01\x00";
    check(Mode::RefreshAndPersist, Some(b"rid=000"), with_cookie);
}

#[test]
fn the_state_of_an_object_is_read() {
    let id: [u8; 16] = std::array::from_fn(|place| place as u8);
    let check = |state: u8, cookie: &[u8], expected: State| {
        let mut value = vec![0x30, 21 + cookie.len() as u8, 0x0a, 1, state, 4, 16];
        value.extend(id);
        value.extend(cookie);
        let read = SyncState::read(&value).unwrap();
        assert_eq!((read.state, read.uuid), (expected, id));
        read.cookie
    };
    assert_eq!(check(0, b"", State::Present), None);
    assert_eq!(
        check(1, b"\x04\x02ab", State::Changed),
        Some(b"ab".to_vec())
    );
    assert_eq!(check(2, b"", State::Changed), None);
    assert_eq!(check(3, b"", State::Deleted), None);
    assert!(SyncState::read(b"\x30\x03\x0a\x01\x01").is_err());
    assert!(SyncState::read(b"\x30\x06\x0a\x01\x01\x04\x01x").is_err());
    assert!(SyncState::read(b"\x04\x00").is_err());
}

#[test]
fn the_end_of_a_refresh_is_read() {
    let check = |value: &[u8], cookie: Option<&[u8]>, refresh_deletes: bool| {
        let read = SyncDone::read(value).unwrap();
        assert_eq!(read.cookie.as_deref(), cookie);
        assert_eq!(read.refresh_deletes, refresh_deletes, "{value:x?}");
    };
    check(b"\x30\x00", None, false);
    check(b"\x30\x04\x04\x02ab", Some(b"ab"), false);
    check(b"\x30\x07\x04\x02ab\x01\x01\xff", Some(b"ab"), true);
    check(b"\x30\x03\x01\x01\xff", None, true);
    assert_eq!(SyncDone::find(&[]).unwrap(), None);
}

#[test]
fn what_is_said_between_the_objects_is_read() {
    let check = |value: &[u8], expected: SyncInfo| {
        assert_eq!(SyncInfo::read(value).unwrap(), expected, "{value:x?}");
    };
    let cookie = Some(b"ab".to_vec());
    check(b"\x80\x02ab", SyncInfo::NewCookie(b"ab".to_vec()));
    check(
        b"\xa1\x00",
        SyncInfo::RefreshDelete {
            cookie: None,
            done: true,
        },
    );
    let going_on = b"\xa2\x07\x04\x02ab\x01\x01\x00";
    check(
        going_on,
        SyncInfo::RefreshPresent {
            cookie: cookie.clone(),
            done: false,
        },
    );
    let mut set = b"\xa3\x1b\x04\x02ab\x01\x01\xff\x31\x12\x04\x10".to_vec();
    set.extend([7; 16]);
    set[1] = (set.len() - 2) as u8;
    let uuids = vec![[7; 16]];
    check(
        &set,
        SyncInfo::IdSet {
            cookie,
            deletes: true,
            uuids,
        },
    );
    let none = SyncInfo::IdSet {
        cookie: None,
        deletes: false,
        uuids: Vec::new(),
    };
    check(b"\xa3\x02\x31\x00", none);
    for wrong in [
        b"\xa4\x00".as_slice(),
        b"\xa3\x00",
        b"\xa3\x05\x31\x03\x04\x01x",
        b"",
        b"\xa1\x05",
    ] {
        assert!(SyncInfo::read(wrong).is_err(), "{wrong:x?}");
    }
}

#[test]
fn another_message_is_none_of_ours() {
    let info = Info {
        name: Some("1.2.3".to_owned()),
        value: Some(b"x".to_vec()),
    };
    assert_eq!(SyncInfo::find(&info).unwrap(), None);
    let ours = Info {
        name: Some(SYNC_INFO.to_owned()),
        value: Some(b"\x80\x01x".to_vec()),
    };
    assert_eq!(
        SyncInfo::find(&ours).unwrap(),
        Some(SyncInfo::NewCookie(b"x".to_vec()))
    );
}

#[test]
fn a_cookie_is_bounded() {
    let of = |length: usize| {
        let tag = Tag::OctetString(OctetString {
            inner: vec![b'c'; length],
            ..OctetString::default()
        });
        cookie(tag.into_structure()).is_ok()
    };
    assert!(of(COOKIE_OCTETS_MAX));
    assert!(!of(COOKIE_OCTETS_MAX + 1));
}
