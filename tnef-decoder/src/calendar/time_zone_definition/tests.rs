use super::*;

fn definition(flags: u16, name: &str, rules: &[(u16, u16, i32)]) -> Vec<u8> {
    let mut header = flags.to_le_bytes().to_vec();
    if flags & VALID_GUID != 0 {
        header.extend([7; 16]);
    }
    if flags & VALID_KEY_NAME != 0 {
        let units: Vec<u16> = name.encode_utf16().collect();
        header.extend(u16::try_from(units.len()).expect("short").to_le_bytes());
        header.extend(units.into_iter().flat_map(u16::to_le_bytes));
    }
    header.extend(u16::try_from(rules.len()).expect("few").to_le_bytes());
    let mut octets = vec![2, 1];
    octets.extend(u16::try_from(header.len()).expect("short").to_le_bytes());
    octets.extend(header);
    for (flags, year, bias) in rules {
        octets.extend([2, 1, 62, 0]);
        octets.extend(flags.to_le_bytes());
        octets.extend(year.to_le_bytes());
        octets.extend([0; 14]);
        octets.extend(bias.to_le_bytes());
        octets.extend([0; 8 + 32]);
    }
    octets
}

#[test]
fn rules_come_in_the_order_of_their_years() {
    let rules = [(2, 2007, -60), (0, 1601, -120)];
    let octets = definition(2, "W. Europe Standard Time", &rules);
    let read = TimeZoneDefinition::read(&octets).expect("it is right");
    assert_eq!(read.key_name, "W. Europe Standard Time");
    let years: Vec<_> = read
        .rules
        .iter()
        .map(|rule| (rule.year, rule.rule.bias))
        .collect();
    assert_eq!(years, [(1601, -120), (2007, -60)]);
    assert_eq!(read.effective().map(|rule| rule.year), Some(2007));
}

#[test]
fn a_zone_may_have_a_guid_and_no_name() {
    for flags in [0, VALID_GUID, VALID_GUID | VALID_KEY_NAME] {
        let read = TimeZoneDefinition::read(&definition(flags, "A", &[(0, 2000, 1)]));
        let name = if flags & VALID_KEY_NAME == 0 { "" } else { "A" };
        assert_eq!(read.map(|read| read.key_name).as_deref(), Ok(name));
    }
}

#[test]
fn a_definition_cut_anywhere_is_refused() {
    let whole = definition(2, "UTC", &[(2, 1601, 0), (0, 2000, 0)]);
    for length in 0..whole.len() {
        let read = TimeZoneDefinition::read(&whole[..length]);
        assert!(matches!(read, Err(BlobError::Truncated { .. })), "{length}");
    }
    assert!(TimeZoneDefinition::read(&whole).is_ok());
}

#[test]
fn rules_are_bounded() {
    let with =
        |count: usize| TimeZoneDefinition::read(&definition(2, "A", &vec![(0, 2000, 0); count]));
    let max = limits::TIME_ZONE_RULES_MAX;
    assert_eq!(with(max).map(|read| read.rules.len()), Ok(max));
    let too_many = BlobError::TooMany {
        counted: Counted::TimeZoneRules,
        found: 1025,
        max,
    };
    assert_eq!(with(max + 1), Err(too_many));
}
