//! As many people as a large company has.

use std::time::Instant;

use testbed::slapd::{Ldif, Setup};

use super::slapd::{Office, people, told};
use crate::scene::round;

#[tokio::test]
async fn a_hundred_thousand_people_are_read() {
    let begun = Instant::now();
    let content = Ldif::base().people(0..PEOPLE);
    let Some(office) = Office::set_up(&Setup::default(), &content) else {
        return;
    };
    drop(content);
    let loaded = begun.elapsed();
    let (mut source, mut kept) = office.source();
    let begun = Instant::now();
    let mut steps = 0;
    let summary = source
        .round(&mut kept.mirror, &mut |_| steps += 1)
        .await
        .unwrap();
    let read = begun.elapsed();
    assert_eq!(summary.entries, u64::from(PEOPLE));
    assert!(steps > 90, "{steps}");
    let begun = Instant::now();
    let found = kept.believed();
    let believed = begun.elapsed();
    assert_eq!(told(found), people(0..PEOPLE));
    let begun = Instant::now();
    let quiet = round(&mut source, &mut kept).await.unwrap();
    assert_eq!((quiet.full, quiet.objects), (false, 0));
    println!(
        "{PEOPLE} people: slapd loaded them in {loaded:.1?}; read in {read:.1?}, believed in {believed:.1?}; a round \
         without news took {:.1?}",
        begun.elapsed()
    );
}

const PEOPLE: u32 = 100_000;
