//! Sizes, fitted to the file system unless said otherwise.

use crate::disk::Space;
use crate::error::OpenError;
use crate::limits;

/// What a site may choose; `None` is fitted to the file system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Length of a segment, in octets: a power of two.
    pub segment_octets: Option<u64>,
    /// Free space below which nothing new is taken, in octets.
    pub floor_octets: Option<u64>,
    /// Content above this is a file of its own, in octets.
    pub inline_octets: Option<u64>,
}

/// Sizes in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Length of a segment, in octets.
    pub segment_octets: u64,
    /// Free space below which nothing new is taken, in octets.
    pub floor_octets: u64,
    /// Content above this is a file of its own, in octets.
    pub inline_octets: u64,
}

impl Options {
    /// Fits what was not chosen to a file system.
    pub fn fit(&self, space: &Space) -> Result<Sizes, OpenError> {
        let segment_octets = match self.segment_octets {
            Some(octets) => within(
                "the length of a segment",
                octets,
                limits::SEGMENT_OCTETS_MIN,
                limits::SEGMENT_OCTETS_MAX,
            )?,
            None => (space.octets_total / limits::SEGMENTS_PER_DISK).clamp(
                limits::SEGMENT_OCTETS_FITTED_MIN,
                limits::SEGMENT_OCTETS_MAX,
            ),
        };
        // Rounded down, so that what is fitted keeps to the bounds.
        let segment_octets = 1 << segment_octets.ilog2();
        let inline_max =
            limits::INLINE_OCTETS_MAX.min(segment_octets / limits::INLINES_PER_SEGMENT);
        let inline_octets = match self.inline_octets {
            Some(octets) => within("the largest content in the log", octets, 0, inline_max)?,
            None => inline_max,
        };
        let fitted = (space.octets_total / limits::FLOORS_PER_DISK).min(limits::FLOOR_OCTETS_MAX);
        Ok(Sizes {
            segment_octets,
            floor_octets: self.floor_octets.unwrap_or(fitted),
            inline_octets,
        })
    }
}

impl Sizes {
    /// Largest record with its header: two fit into a segment beside its own beginning.
    pub(crate) fn record_octets_max(&self) -> u64 {
        self.segment_octets / 2 - self.segment_octets / 32
    }
}

fn within(what: &'static str, value: u64, min: u64, max: u64) -> Result<u64, OpenError> {
    match (min..=max).contains(&value) {
        true => Ok(value),
        false => Err(OpenError::Option { what, min, max }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(octets_total: u64) -> Space {
        Space {
            octets_free: octets_total,
            octets_total,
            inodes_free: 1,
            inodes_total: 1,
        }
    }

    #[test]
    fn sizes_fit_the_file_system() {
        let check = |total: u64, segment: u64, floor: u64, inline: u64| {
            let sizes = Options::default().fit(&space(total)).unwrap();
            let expected = Sizes {
                segment_octets: segment,
                floor_octets: floor,
                inline_octets: inline,
            };
            assert_eq!(sizes, expected, "{total}");
        };
        check(0, 2 << 20, 0, 128 << 10);
        check(64 << 20, 2 << 20, (64 << 20) / 20, 128 << 10);
        check(1 << 30, 32 << 20, (1 << 30) / 20, 1 << 20);
        check(3 << 30, 64 << 20, (3 << 30) / 20, 1 << 20);
        check(1 << 40, 64 << 20, 1 << 30, 1 << 20);
    }

    #[test]
    fn options_keep_to_their_bounds() {
        let check = |segment_octets, inline_octets, expected: bool| {
            let options = Options {
                segment_octets,
                inline_octets,
                ..Options::default()
            };
            assert_eq!(
                options.fit(&space(1 << 40)).is_ok(),
                expected,
                "{options:?}"
            );
        };
        check(Some(limits::SEGMENT_OCTETS_MIN), None, true);
        check(Some(limits::SEGMENT_OCTETS_MIN - 1), None, false);
        check(Some(limits::SEGMENT_OCTETS_MAX), None, true);
        check(Some(limits::SEGMENT_OCTETS_MAX + 1), None, false);
        check(None, Some(limits::INLINE_OCTETS_MAX), true);
        check(None, Some(limits::INLINE_OCTETS_MAX + 1), false);
        check(Some(2 << 20), Some(128 << 10), true);
        check(Some(2 << 20), Some((128 << 10) + 1), false);
    }
}
