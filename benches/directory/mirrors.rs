//! What is read, and believed.

use std::path::Path;
use std::time::Instant;

use mirror::{Extent, Mirror};
use routing::UnixTime;
use serde_json::{Value, json};

use super::Trouble;
use super::company::{Source, state};
use super::pulse::Pulse;

/// Reads both sources in full, as theirs do it: so much of each is written together.
pub(super) fn read(home: &Path, people: u64) -> Result<Value, Trouble> {
    std::fs::create_dir_all(state(home).join("directory"))?;
    let (mut entries, began) = (0_u64, Instant::now());
    for source in Source::ALL {
        let mut mirror = Mirror::open(&source.mirror(home), "bench")?;
        let mut pulse = Pulse::of(source.name());
        let mut round = mirror.round(Extent::Full)?;
        for number in source.numbers(people) {
            round.put(&source.entry(number)?)?;
            entries += 1;
            if entries.is_multiple_of(sources::limits::BATCH) {
                round.commit(Some(&number.to_string()))?;
            }
            if entries.is_multiple_of(1_000) {
                pulse.stand(number, people);
            }
        }
        round.finish(Some("end"))?;
    }
    let seconds = began.elapsed().as_secs_f64();
    Ok(json!({
        "seconds": seconds,
        "entries": entries,
        "entries_per_second": entries as f64 / seconds,
        "mirror_octets": octets(home)?,
    }))
}

pub(super) fn believe(home: &Path, people: u64) -> Result<Value, Trouble> {
    let (mut seconds, mut proposal_seconds) = (0.0, 0.0);
    for source in Source::ALL {
        let mut mirror = Mirror::open(&source.mirror(home), "bench")?;
        let began = Instant::now();
        let added = mirror.proposal()?.added;
        proposal_seconds += began.elapsed().as_secs_f64();
        if added != source.numbers(people).count() as u64 {
            return Err(format!("{} proposes {added} people", source.name()).into());
        }
        let began = Instant::now();
        mirror.believe()?;
        mirror.succeeded(UnixTime::from(std::time::SystemTime::now()), None)?;
        seconds += began.elapsed().as_secs_f64();
    }
    Ok(json!({
        "seconds": seconds,
        "proposal_seconds": proposal_seconds,
        "mirror_octets": octets(home)?,
    }))
}

fn octets(home: &Path) -> Result<u64, Trouble> {
    let mut octets = 0;
    for file in std::fs::read_dir(state(home).join("directory"))? {
        octets += file?.metadata()?.len();
    }
    Ok(octets)
}
