use crate::calendar::{DefinitionRule, SystemTime, TimeZone, TimeZoneDefinition, TimeZoneRule};
use crate::icalendar::Observance;

fn rule(bias: i32, standard: [u16; 3], daylight: [u16; 3]) -> TimeZoneRule {
    let onset = |[month, day, hour]: [u16; 3]| SystemTime {
        month,
        day,
        hour,
        ..SystemTime::default()
    };
    TimeZoneRule {
        bias,
        standard_bias: 0,
        daylight_bias: -60,
        standard_date: onset(standard),
        daylight_date: onset(daylight),
    }
}

fn observances(rules: &[(u16, TimeZoneRule)], first: i16, last: Option<i16>) -> Vec<String> {
    let rules = rules
        .iter()
        .map(|(year, rule)| DefinitionRule::new(*year, *rule));
    let definition = TimeZoneDefinition {
        key_name: "Zone".to_owned(),
        rules: rules.collect(),
    };
    let zone = TimeZone::of_definition(&definition, None).expect("usable");
    let text = |one: Observance| {
        let rule = one.rule.map(|rule| rule.to_text()).unwrap_or_default();
        format!(
            "{:?} {} {}>{} {rule}",
            one.kind, one.start, one.offset_from, one.offset_to
        )
    };
    let vtimezone = zone.to_vtimezone(first, last);
    vtimezone.observances.into_iter().map(text).collect()
}

const NEW: [[u16; 3]; 2] = [[11, 1, 2], [3, 2, 2]];
const OLD: [[u16; 3]; 2] = [[10, 5, 2], [4, 1, 2]];

#[test]
fn one_rule_gives_two_observances() {
    let eastern = rule(300, NEW[0], NEW[1]);
    let expected = [
        "Standard 1970-11-01T02:00:00 -04>-05 FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
        "Daylight 1970-03-08T02:00:00 -05>-04 FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
    ];
    assert_eq!(observances(&[(1601, eastern)], 2024, None), expected);
    let early = observances(&[(1601, eastern)], 1950, Some(1960));
    assert!(early[0].starts_with("Standard 1949-11-06"), "{early:?}");
}

#[test]
fn no_daylight_saving_gives_one() {
    let none = rule(-330, [0; 3], [0; 3]);
    assert_eq!(
        observances(&[(1601, none)], 2024, None),
        ["Standard 1970-01-01T00:00:00 +05:30>+05:30 "]
    );
}

#[test]
fn only_the_rules_that_are_needed_are_written() {
    let rules = [
        (2006, rule(300, OLD[0], OLD[1])),
        (2007, rule(300, NEW[0], NEW[1])),
    ];
    let old = [
        "Standard 1970-10-25T02:00:00 -04>-05 FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z",
        "Daylight 1970-04-05T02:00:00 -05>-04 FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z",
    ];
    let new = [
        "Standard 2007-11-04T02:00:00 -04>-05 FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
        "Daylight 2007-03-11T02:00:00 -05>-04 FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
    ];
    assert_eq!(observances(&rules, 2000, Some(2006)), old);
    assert_eq!(observances(&rules, 2008, None), new);
    assert_eq!(observances(&rules, 2007, None), [old, new].concat());
}

#[test]
fn a_zone_that_moves_at_new_year_says_so() {
    let rules = [
        (1601, rule(-60, [0; 3], [0; 3])),
        (2010, rule(-120, [0; 3], [0; 3])),
    ];
    let expected = [
        "Standard 1970-01-01T00:00:00 +01>+01 ",
        "Standard 2010-01-01T00:00:00 +01>+02 ",
    ];
    assert_eq!(observances(&rules, 2009, None), expected);
}
