//! `[spool]`: what becomes of mail whose next hop is down.

use super::{Keys, Section};
use crate::code::Code;
use crate::config::fault::Fault;
use crate::config::value::duration::Span;
use crate::config::{Spool, WhenDown};

pub(crate) const KEYS: Keys = Keys {
    section: "spool",
    names: &["when_down", "always", "retry", "expire"],
};

const RETRIES_MAX: usize = 20;

/// Without a way out for reports nothing can be kept.
pub(super) fn read(section: &mut Section<'_, '_>, has_way_out: bool) -> Spool {
    let default = match has_way_out {
        true => WhenDown::Spool,
        false => WhenDown::Defer,
    };
    Spool {
        when_down: section.or("when_down", default),
        always: section.or("always", false),
        retry: retry(section),
        expire: section
            .bounded("expire", Span::days(5), Span::hours(1)..=Span::days(30))
            .0,
    }
}

fn retry(section: &mut Section<'_, '_>) -> Vec<std::time::Duration> {
    let default = [1, 5, 15, 30, 60].map(Span::minutes).to_vec();
    let waits = section.list_or("retry", default);
    let path = section.path.key("retry");
    if section.reading.sound(&path) && !(1..=RETRIES_MAX).contains(&waits.len()) {
        let fault = Fault::new(
            Code::OUT_OF_BOUNDS,
            format!("`{path}` has {} waits", waits.len()),
        );
        section.refuse("retry", fault.label(format!("must be 1 to {RETRIES_MAX}")));
    }
    for (index, wait) in waits.iter().enumerate() {
        section.within(
            &path.index(index),
            *wait,
            &(Span::seconds(1)..=Span::days(1)),
        );
    }
    waits.into_iter().map(|wait| wait.0).collect()
}
