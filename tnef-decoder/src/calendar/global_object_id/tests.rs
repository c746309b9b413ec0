use super::*;

fn id(instance: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut octets = PREFIX.to_vec();
    octets.extend(instance);
    octets.extend([0xf0, 0xdb, 0x09, 0xf5, 0x32, 0xe5, 0xca, 0x01]);
    octets.extend([0; 8]);
    octets.extend(u32::try_from(data.len()).expect("small").to_le_bytes());
    octets.extend(data);
    octets
}

#[test]
fn an_instance_shares_the_uid_of_its_series() {
    let series = GlobalObjectId::read(&id([0; 4], b"\x01\xab")).expect("it is right");
    let instance =
        GlobalObjectId::read(&id([0x07, 0xda, 4, 26], b"\x01\xab")).expect("it is right");
    let uid =
        "040000008200E00074C5B7101A82E00800000000F0DB09F532E5CA0100000000000000000200000001AB";
    assert_eq!(series.uid(), Uid::Own(uid.to_owned()));
    assert_eq!(instance.uid(), series.uid());
    assert_eq!(series.instance(), None);
    let day = instance.instance().map(|day| day.to_string());
    assert_eq!(day.as_deref(), Some("2010-04-26"));
    let created = series.created().map(|at| at.to_string());
    assert_eq!(created.as_deref(), Some("2010-04-26T11:23:55.567Z"));
}

#[test]
fn the_uid_of_another_calendar_goes_back_as_it_came() {
    let check = |data: &[u8], expected: &str| {
        let read = GlobalObjectId::read(&id([0; 4], data)).expect("it is right");
        assert_eq!(read.uid(), Uid::Foreign(expected.to_owned()));
    };
    let notes = "E8B1A7C2F3D94B5FC1257A1200123456-Lotus_Notes_Generated";
    check(&[FOREIGN, notes.as_bytes(), b"\0"].concat(), notes);
    check(&[FOREIGN, b"a@b.example"].concat(), "a@b.example");
    check(&[FOREIGN, "ü".as_bytes(), b"\0junk"].concat(), "ü");
}

#[test]
fn nothing_behind_the_mark_is_no_uid() {
    let read = GlobalObjectId::read(&id([0; 4], &[FOREIGN, b"\0"].concat())).expect("it is right");
    assert!(matches!(read.uid(), Uid::Own(_)));
}

#[test]
fn data_that_is_cut_short_is_taken_as_it_is() {
    let whole = id([0; 4], &[FOREIGN, b"abcdef"].concat());
    let cut = GlobalObjectId::read(&whole[..whole.len() - 3]).expect("the rest is there");
    assert_eq!(cut.uid().as_str(), "abc");
    assert!(GlobalObjectId::read(&whole[..39]).is_err());
}

#[test]
fn anything_else_is_an_id_too() {
    assert_eq!(Uid::of(b"\x00\xffAZ").as_str(), "00FF415A");
    assert_eq!(Uid::of(&id([0; 4], b"")).as_str().len(), 80);
    let odd = GlobalObjectId::read(&id([0x07, 0xda, 13, 1], b"")).expect("it is right");
    assert_eq!(odd.instance(), None);
}
