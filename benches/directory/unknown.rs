//! A thousand unknown recipients, and the nearest known address of each: `twinmx directory unknown`, as it is typed.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};
use twinmx::cli::exit::Exit;
use twinmx::cli::{self, Streams};

use super::Trouble;
use super::company::{mixed, state, text};

/// Asks for all of them, where no gateway runs. Nine of ten are a slip away from somebody, one from nobody.
pub(super) fn nearest(home: &Path, people: u64) -> Result<Value, Trouble> {
    let file = home.join("twinmx.toml");
    fs::write(&file, text(home))?;
    fs::write(state(home).join("unknown-recipients"), list(people))?;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let words = ["twinmx", "directory", "unknown", "--json", "--config"].map(Into::into);
    let limit = ["--limit".into(), SOUGHT.to_string().into()];
    let words = words
        .into_iter()
        .chain([file.into_os_string()])
        .chain(limit);
    let mut streams = Streams {
        out: &mut out,
        err: &mut err,
        colour: false,
    };
    let began = Instant::now();
    let exit = cli::run(words, &mut streams);
    let seconds = began.elapsed().as_secs_f64();
    if exit != Exit::Success {
        return Err(String::from_utf8_lossy(&err).into_owned().into());
    }
    let said: Value = serde_json::from_slice(&out)?;
    let all = said["unknown"].as_array().ok_or("no list")?;
    let found = all.iter().filter(|one| !one["nearest"].is_null()).count();
    match all.len() as u64 {
        SOUGHT => Ok(json!({ "seconds": seconds, "sought": SOUGHT, "found": found })),
        other => Err(format!("{other} of {SOUGHT} are shown").into()),
    }
}

/// As a gateway leaves it.
fn list(people: u64) -> String {
    let mut list = format!(
        "{{\"version\":1,\"since\":1,\"requests\":{SOUGHT},\"addresses\":{SOUGHT},\"displaced\":0,\"displaced_at_most\":0}}\n"
    );
    for place in 0..SOUGHT {
        let number = (place / 10).wrapping_mul(2_654_435_761) % people;
        let local = match place % 10 {
            0 => format!("person{number}"),
            1 => format!("{number}.person"),
            2 => format!("p_{number}"),
            3 => format!("person.{number}+shop"),
            4 => format!("persno.{number}"),
            5 => format!("peerson.{number}"),
            6 => format!("pesron.{number}"),
            7 => format!("person..{number}x"),
            8 => format!("pperson.{number}"),
            _ => format!("newsletter-{}", mixed(place)),
        };
        _ = writeln!(
            list,
            "{{\"address\":\"{local}@contoso.com\",\"count\":1,\"missed\":0,\"hours\":1,\"since\":1,\"last\":1,\
             \"networks\":[\"192.0.2.0/24\"],\"more_networks\":false}}",
        );
    }
    list
}

const SOUGHT: u64 = 1_000;
