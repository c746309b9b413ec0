//! Middle and bounds of what was measured several times.

/// One figure of several rounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// The one in the middle, or between the two there.
    pub median: f64,
    /// The smallest.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

impl Figure {
    /// `None`: nothing was measured.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().filter(|v| v.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        let middle = values.len() / 2;
        let median = match values.len() % 2 {
            0 => (values[middle - 1] + values[middle]) / 2.0,
            _ => values[middle],
        };
        Some(Self {
            median,
            least,
            most,
        })
    }
}

/// The value that this share of all, which are sorted, does not exceed (nearest rank); 0 if there are none.
pub fn percentile(sorted: &[u32], share: f64) -> u32 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    let at = rank.saturating_sub(1);
    sorted.get(at).or(sorted.last()).copied().unwrap_or(0)
}

/// Three digits that count, and never less than the whole number.
pub fn short(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 99.95 || v == 0.0 => 0,
        v if v >= 9.995 => 1,
        v if v >= 0.9995 => 2,
        _ => 3,
    };
    let text = format!("{value:.decimals$}");
    match text.split_once('.') {
        Some(_) => text,
        None => grouped(&text),
    }
}

/// A comma for every thousand.
fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.as_bytes()[at - 1] != b'-' {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let check = |values: &[f64], expected: Option<(f64, f64, f64)>| {
            let found = Figure::of(values.iter().copied());
            let found = found.map(|figure| (figure.median, figure.least, figure.most));
            assert_eq!(found, expected, "{values:?}");
        };
        check(&[], None);
        check(&[f64::NAN], None);
        check(&[4.0], Some((4.0, 4.0, 4.0)));
        check(&[9.0, 1.0, 5.0], Some((5.0, 1.0, 9.0)));
        check(&[9.0, 1.0, 5.0, 7.0], Some((6.0, 1.0, 9.0)));
        check(&[2.0, f64::INFINITY, 4.0], Some((3.0, 2.0, 4.0)));
    }

    #[test]
    fn percentiles_are_values_that_were_there() {
        let hundred: Vec<u32> = (1..=100).collect();
        let check = |values: &[u32], share, expected| {
            assert_eq!(percentile(values, share), expected, "{share} of {values:?}");
        };
        check(&hundred, 0.5, 50);
        check(&hundred, 0.99, 99);
        check(&hundred, 1.0, 100);
        check(&[7], 0.5, 7);
        check(&[7], 0.99, 7);
        check(&[1, 2, 3], 0.5, 2);
        check(&[], 0.5, 0);
    }

    #[test]
    fn figures_are_short() {
        let check = |value, expected| assert_eq!(short(value), expected);
        check(0.0, "0");
        check(0.0641, "0.064");
        check(1.2345, "1.23");
        check(12.345, "12.3");
        check(123.45, "123");
        check(999.9, "1,000");
        check(26_221.4, "26,221");
        check(1_234_567.0, "1,234,567");
    }
}
