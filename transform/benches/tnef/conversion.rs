//! Our part: MIME in, MIME out.

use tnef_decoder::Limits;
use tnef_decoder::icalendar::Profile;
use tnef_decoder::vcard::Version;
use transform::Options;

use super::clock::Clock;
use super::set::Set;

/// CPU seconds of one thread for the whole set, once.
pub(super) fn measure(set: &Set, clock: &Clock) -> Result<f64, String> {
    let options = options();
    let mut out = Vec::new();
    let begun = clock.own();
    let mut times = 0;
    loop {
        for mail in &set.mails {
            let converted = transform::convert(&mail.message, &options)
                .ok_or("a message was not seen to be TNEF")?;
            out.clear();
            let written = converted.message.write_to(&mut out);
            written.map_err(|error| error.to_string())?;
        }
        times += 1;
        let taken = clock.own() - begun;
        if taken >= LEAST_SECONDS {
            return Ok(taken / f64::from(times));
        }
    }
}

pub(super) fn options() -> Options {
    Options {
        profile: Profile::Domino,
        vcard: Version::V4,
        hostname: "mx.contoso.com".to_owned(),
        limits: Limits::default(),
    }
}

const LEAST_SECONDS: f64 = 0.5;
