//! Files that are not what was written.

use super::*;

#[test]
fn no_truncated_file_is_believed() {
    let image = image(&sample());
    for length in 0..image.len() {
        let error = open(&image[..length]).unwrap_err();
        assert!(
            matches!(error, ReadError::Truncated { .. }),
            "{length}: {error}"
        );
    }
    assert!(matches!(
        open(&[&image[..], &[0]].concat()),
        Err(ReadError::Truncated { .. })
    ));
}

#[test]
fn no_damaged_octet_goes_unseen() {
    let (snapshot, image) = (sample(), image(&sample()));
    let header = &snapshot.index.header;
    let (reads, slots) = (header.range(Section::Reads), header.range(Section::Slots));
    for place in (0..image.len()).filter(|place| !reads.contains(place)) {
        let mut damaged = image.clone();
        damaged[place] ^= 0x40;
        assert_eq!(
            open(&damaged).is_ok(),
            place >= slots.start,
            "octet {place}: what leads to the rest"
        );
        let error = read(&damaged).unwrap_err();
        let expected = match place {
            0..8 => matches!(error, ReadError::Foreign),
            8..12 => matches!(error, ReadError::Newer { .. }),
            _ => matches!(error, ReadError::Damaged(_)),
        };
        assert!(expected, "octet {place}: {error}");
    }
}

#[test]
fn what_is_damaged_answers_with_an_error_and_the_rest_is_right() {
    const PEOPLE: usize = 50_000;
    let name = |number: usize| format!("person{number:05}@contoso.com");
    let whole = Snapshot::build((0..PEOPLE).map(|number| person(&name(number))), meta()).unwrap();
    let (header, image) = (whole.index.header.clone(), image(&whole));
    for (section, title) in [
        (Section::Slots, "table"),
        (Section::Entries, "list of addresses"),
    ] {
        let pages = header.pages(section);
        assert!(pages > 1, "there must be a page that is whole");
        let mut damaged = image.clone();
        damaged[header.range(section).start + PAGE] ^= 1;
        let snapshot = open(&damaged).unwrap();
        let (mut right, mut failed) = (0, 0);
        let asked = (0..PEOPLE).step_by(50);
        for number in asked.clone() {
            match snapshot.find(&address(&name(number))) {
                Ok(view) => {
                    assert_eq!(view.unwrap().primary(), Some(address(&name(number))));
                    right += 1;
                }
                Err(error) => {
                    assert_eq!(error.to_string(), format!("its {title} is damaged"));
                    failed += 1;
                }
            }
        }
        let share = asked.count() / pages as usize;
        assert!(
            failed > share / 4 && right > share / 4,
            "{title}: {failed} failed, {right} did not"
        );
        assert_eq!(
            snapshot.check().unwrap_err().to_string(),
            format!("its {title} is damaged")
        );
        let seen = snapshot.iter().count();
        assert_eq!(seen == PEOPLE, section == Section::Slots, "{seen}");
        assert!(
            snapshot.write_octets(&mut Vec::new()).is_err(),
            "what is damaged is not passed on"
        );
    }
}

#[test]
fn a_file_that_shrinks_while_it_is_open_fails_and_does_not_end_the_program() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("snapshot");
    sample().write(&path).unwrap();
    let snapshot = Snapshot::open(&path).unwrap();
    fs::OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(HEADER as u64)
        .unwrap();
    assert!(matches!(
        snapshot.find(&address("mary@contoso.com")),
        Err(ReadError::Io(_))
    ));
    assert!(snapshot.lookup(&address("mary@contoso.com")).is_none());
}

#[test]
fn what_was_read_stays_when_the_file_is_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("snapshot");
    sample().write(&path).unwrap();
    let snapshot = Snapshot::open(&path).unwrap();
    Snapshot::build([mary()], meta())
        .unwrap()
        .write(&path)
        .unwrap();
    snapshot.check().unwrap();
    assert!(snapshot.lookup(&address("j.doe@contoso.com")).is_some());
}

#[test]
fn another_format_is_named() {
    let check = |format: u32, expected: &str| {
        let mut image = image(&sample());
        image[8..12].copy_from_slice(&format.to_le_bytes());
        assert_eq!(open(&image).unwrap_err().to_string(), expected);
    };
    check(
        5,
        "it has format 5, this program reads format 4; it was written by a newer version",
    );
    check(
        2,
        "it has format 2, this program reads format 4; it was written by an older version",
    );
    check(0, "its header is damaged");
}

#[test]
fn sections_that_do_not_fit_together_are_damage() {
    let (image, header) = (image(&sample()), sample().index.header.clone());
    let check = |change: fn(&mut Header)| {
        let mut wrong = Header {
            secret: [0; 16],
            ..header.clone()
        };
        change(&mut wrong);
        let mut image = image.clone();
        image[..HEADER].copy_from_slice(&wrong.encode());
        let error = open(&image).unwrap_err();
        assert!(matches!(error, ReadError::Damaged("header")), "{error}");
    };
    check(|header| header.octets[Section::Slots as usize] += 8);
    check(|header| header.octets[Section::Sums as usize] += 4);
    check(|header| header.octets[Section::Entries as usize] = u64::MAX);
}
