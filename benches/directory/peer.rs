//! Real directory servers: how long they are read, and until a change there is in force here.

pub(super) mod samba;
pub(super) mod slapd;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use book::{Preset, PresetKind, Setting, System};
use mirror::Mirror;
use routing::{Address, Domain, Snapshot};
use serde_json::{Value, json};
use sources::{Plan, Reading, Source, Summary};
use tokio::runtime::Runtime;
use tokio::time::timeout;
use twinmx::directory::Directory;
use twinmx::event::Events;

use super::Trouble;
use super::company::configured;
use super::pulse::Pulse;

/// A server with people in it.
struct Peer<'a> {
    people: u64,
    source: Source,
    /// Its section in the gateway's configuration.
    section: String,
    /// Changes a hundred people, each time in another way.
    change_hundred: &'a dyn Fn(u64) -> Result<(), Trouble>,
    /// Moves somebody to another side.
    move_one: &'a dyn Fn() -> Result<(), Trouble>,
    /// Who that is, and where to.
    moved: (String, &'static str),
}

impl Peer<'_> {
    fn measure(mut self, runtime: &Runtime, home: &Path) -> Result<Value, Trouble> {
        let fingerprint = self.source.fingerprint();
        let mut mirror = Mirror::open(&home.join("mirror"), &fingerprint)?;
        let full = self.round(runtime, &mut mirror)?;
        let began = Instant::now();
        mirror.believe()?;
        let believe = began.elapsed();
        let quiet = self.round(runtime, &mut mirror)?;
        (self.change_hundred)(1)?;
        let changed = self.round(runtime, &mut mirror)?;
        let in_force = self.in_force(runtime, home)?;
        Ok(json!({
            "objects": full.1.objects,
            "entries": full.1.entries,
            "full_read_seconds": full.0.as_secs_f64(),
            "believe_seconds": believe.as_secs_f64(),
            "nothing_new_seconds": quiet.0.as_secs_f64(),
            "hundred_changes_seconds": changed.0.as_secs_f64(),
            "hundred_changes_entries": changed.1.entries,
            "start_to_in_force_seconds": in_force.0.as_secs_f64(),
            "change_to_in_force_seconds": in_force.1.as_secs_f64(),
        }))
    }

    fn round(
        &mut self,
        runtime: &Runtime,
        mirror: &mut Mirror,
    ) -> Result<(Duration, Summary), Trouble> {
        let (mut pulse, people) = (Pulse::of("read"), self.people);
        let mut tell = |progress: sources::Progress| pulse.stand(progress.objects, people);
        let began = Instant::now();
        let summary = runtime.block_on(self.source.round(mirror, &mut tell))?;
        Ok((began.elapsed(), summary))
    }

    /// Until everybody is in force, and from a change there until it is.
    fn in_force(&self, runtime: &Runtime, home: &Path) -> Result<(Duration, Duration), Trouble> {
        let config = Arc::new(configured(home, &self.section)?);
        let (address, side) = (Address::parse(&self.moved.0)?, self.moved.1);
        let side_of = |snapshot: &Snapshot| -> Option<String> {
            let view = snapshot.lookup(&address)?;
            view.side().map(ToString::to_string)
        };
        let began = Instant::now();
        runtime.block_on(async {
            let directory = Directory::start(config, Events::to_log()).await?;
            let there = directory.wait_for(|snapshot| side_of(snapshot).is_some());
            timeout(PATIENCE, there).await?;
            let started = began.elapsed();
            let began = Instant::now();
            (self.move_one)()?;
            let moved = directory.wait_for(|now| side_of(now).as_deref() == Some(side));
            timeout(PATIENCE, moved).await?;
            let moved = began.elapsed();
            directory.shutdown().await;
            Ok((started, moved))
        })
    }
}

/// What is read below one base.
fn plan(kind: PresetKind, base: &str, poll: Duration) -> Result<Plan, Trouble> {
    let mut preset = Preset::of(kind);
    if kind == PresetKind::OpenLdap {
        preset
            .set("hosts", &["domino.contoso.com=domino"])
            .map_err(|error| error.to_string())?;
    }
    Ok(Plan {
        bases: vec![base.to_owned()],
        page_size: sources::limits::PAGE_SIZE,
        poll,
        full_every: Duration::from_secs(24 * 60 * 60),
        reading: Reading {
            preset,
            setting: Setting {
                shared: vec![Domain::parse("contoso.com")?],
                routing: vec![(
                    Domain::parse("contoso.mail.onmicrosoft.com")?,
                    System::Cloud,
                )],
            },
        },
    })
}

const PATIENCE: Duration = Duration::from_secs(3_600);
