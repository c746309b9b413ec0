//! The results as a table.

use testbed::figure::{Figure, short};

use super::super::besieger::words;
use super::{Course, Round};

pub(super) const HEAD: &str = "\
| beside | messages/s alone | beside it | kept | CPU s/1,000 alone | beside it | PSS MiB | budget | greeted | refused | unknown | cut | |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|";

pub(super) fn line(course: &Course) -> String {
    let (kind, number) = words(course.siege);
    let figure = |value: fn(&Round) -> f64| shown(course.figure(value));
    let heard = course.rounds.last().map(|round| round.heard);
    let heard = heard.unwrap_or_default();
    let faults = course.faults().join(", ");
    format!(
        "| {kind}:{number} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {faults} |",
        figure(|round| round.alone.rate),
        figure(|round| round.beside.rate),
        shown(course.kept()),
        figure(|round| round.alone.cpu),
        figure(|round| round.beside.cpu),
        figure(|round| round.beside.memory),
        short(course.budget()),
        heard.greeted,
        heard.refused,
        heard.unknown,
        heard.cut,
    )
}

fn shown(figure: Option<Figure>) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| short(figure.median))
}
