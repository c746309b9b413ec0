//! The directory while it runs.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use routing::{Address, Snapshot};
use tokio::time::timeout;
use twinmx::directory::Directory;
use twinmx::event::Events;

use super::{Company, PEOPLE, crowd};

async fn start(company: &Company) -> Directory {
    Directory::start(Arc::new(company.config()), Events::to_log())
        .await
        .expect("a directory")
}

fn knows(snapshot: &Snapshot, address: &str) -> bool {
    snapshot
        .lookup(&Address::parse(address).expect("an address"))
        .is_some()
}

/// Waits for a snapshot, but not for ever.
async fn eventually(directory: &Directory, wanted: impl FnMut(&Snapshot) -> bool) -> Arc<Snapshot> {
    let found = timeout(Duration::from_secs(20), directory.wait_for(wanted)).await;
    found
        .expect("it did not come to be")
        .expect("the directory ended")
}

#[tokio::test]
async fn everybody_is_known_from_the_first_moment() {
    let company = Company::new();
    let directory = start(&company).await;
    assert!(knows(&directory.snapshot(), "cc@contoso.com"));
    directory.shutdown().await;
}

#[tokio::test]
async fn a_change_is_in_force_soon() {
    let company = Company::new();
    let directory = start(&company).await;
    let began = Instant::now();
    company.write(&format!("{PEOPLE}nils@contoso.com,notes,,\n"));
    let snapshot = eventually(&directory, |snapshot| knows(snapshot, "nils@contoso.com")).await;
    println!("a change was in force after {:?}", began.elapsed());
    assert_eq!(snapshot.len(), 4);
    directory.shutdown().await;
}

#[tokio::test]
async fn readers_see_the_old_people_or_the_new_and_never_a_mixture() {
    let company = Company::new();
    company.write(&crowd(40));
    let directory = Arc::new(start(&company).await);
    let reader = tokio::spawn({
        let directory = Arc::clone(&directory);
        async move {
            let mut sizes = Vec::new();
            while sizes.last() != Some(&42) {
                let snapshot = directory.snapshot();
                assert_eq!(snapshot.iter().count(), snapshot.len());
                assert_eq!(
                    knows(&snapshot, "p40@contoso.com"),
                    knows(&snapshot, "p41@contoso.com")
                );
                sizes.push(snapshot.len());
                tokio::task::yield_now().await;
            }
            sizes.dedup();
            sizes
        }
    });
    company.write(&crowd(42));
    let sizes = timeout(Duration::from_secs(20), reader)
        .await
        .expect("in time")
        .expect("no mixture");
    assert_eq!(sizes, [40, 42]);
    directory.shutdown().await;
}

#[tokio::test]
async fn a_restart_with_every_source_down_serves_the_last_good_people() {
    let company = Company::new();
    let directory = start(&company).await;
    directory.shutdown().await;
    fs::remove_file(company.path("people.csv")).expect("there was one");
    let directory = start(&company).await;
    assert!(knows(&directory.snapshot(), "cleo@contoso.com"));
    directory.shutdown().await;
}

#[tokio::test]
async fn a_reload_reads_other_sources() {
    let company = Company::new();
    let directory = start(&company).await;
    fs::write(company.path("other.csv"), crowd(2)).expect("another source");
    let mut config = company.config();
    config.directories[0].name = "other".to_owned();
    config.directories[0].place = twinmx::config::Place::File(company.path("other.csv"));
    directory.reload(Arc::new(config));
    let snapshot = eventually(&directory, |snapshot| knows(snapshot, "p1@contoso.com")).await;
    assert!(!knows(&snapshot, "cleo@contoso.com"));
    directory.shutdown().await;
}

#[tokio::test]
async fn what_is_confirmed_does_not_age() {
    let company = Company::new();
    let directory = start(&company).await;
    let first = directory
        .snapshot()
        .sources()
        .next()
        .and_then(|source| source.read_at);
    let later =
        |snapshot: &Snapshot| snapshot.sources().next().and_then(|source| source.read_at) > first;
    let snapshot = eventually(&directory, later).await;
    assert_eq!(
        snapshot.built_at(),
        directory.snapshot().built_at(),
        "the index is the same"
    );
    directory.shutdown().await;
}
