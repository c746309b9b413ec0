//! "Did you mean": the known name nearest to what was written.

/// The nearest of the names, if any is near enough to be meant.
pub(crate) fn nearest<'n>(
    written: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    let written = written.to_lowercase().replace('_', "-");
    // A third of the letters may be wrong; strsim's cost grows with the product of the lengths.
    let allowed = (written.chars().count() / 3).clamp(1, 4);
    if written.len() > 64 {
        return None;
    }
    names
        .into_iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(&written, &name.replace('_', "-")),
                name,
            )
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_near_name_is_offered() {
        let names = ["next_hop", "networks", "kind"];
        for (written, expected) in [
            ("nexthop", Some("next_hop")),
            ("next-hop", Some("next_hop")),
            ("netwroks", Some("networks")),
            ("Kind", Some("kind")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, names), expected, "{written}");
        }
    }
}
