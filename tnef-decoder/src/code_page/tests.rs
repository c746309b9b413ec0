use super::*;

fn check(number: u16, octets: &[u8], expected: &str) {
    let page = CodePage::new(number);
    assert_eq!(page.decode(octets), expected, "{page}");
    assert!(page.is_known(), "{page}");
}

#[test]
fn text_of_every_family() {
    check(437, b"\x84\xe1\x9b", "äß¢");
    check(737, b"\x80\x81", "ΑΒ");
    check(775, b"\x80", "Ć");
    check(850, b"\x84\xd5", "äı");
    check(852, b"\xa5\x86", "ąć");
    check(855, b"\xa0", "а");
    check(857, b"\x98", "İ");
    check(858, b"\xd5", "€");
    check(862, b"\x80", "א");
    check(866, b"\x8f\xe0", "Пр");
    check(874, b"\xa1", "ก");
    check(932, b"\x93\xfa\x96\x7b\x8c\xea \xb1", "日本語 ｱ");
    check(936, b"\xd6\xd0\xce\xc4", "中文");
    check(949, b"\xc7\xd1\xb1\xdb", "한글");
    check(950, b"\xa4\xa4\xa4\xe5", "中文");
    check(1250, b"\xb9\xea", "ąę");
    check(1251, b"\xcf\xf0\xe8", "При");
    check(1252, b"\x80\xe9\x92", "€é’");
    check(1253, b"\xe1", "α");
    check(1254, b"\xfd", "ı");
    check(1255, b"\xe0", "א");
    check(1256, b"\xc7", "ا");
    check(1257, b"\xe0", "ą");
    check(1258, b"\xfe", "₫");
    check(1361, b"\xd0\x65", "한");
    check(20_866, b"\xf0\xd2\xc9", "При");
    check(21_866, b"\xa4", "є");
    check(20_932, b"\xc6\xfc\xcb\xdc", "日本");
    check(51_932, b"\xc6\xfc\xcb\xdc", "日本");
    check(20_936, b"\xd6\xd0", "中");
    check(20_949, b"\xc7\xd1", "한");
    check(51_936, b"\xd6\xd0", "中");
    check(51_949, b"\xc7\xd1", "한");
    check(54_936, b"\xd6\xd0\x81\x30\x81\x30", "中\u{80}");
    check(28_591, b"\xe9", "é");
    check(28_592, b"\xb1", "ą");
    check(28_595, b"\xbf", "П");
    check(28_597, b"\xe1", "α");
    check(28_599, b"\xfd", "ı");
    check(28_605, b"\xa4", "€");
    check(38_598, b"\xe0\xfa", "את");
}

#[test]
fn stateful_and_wide_encodings() {
    check(1200, b"a\0\xac\x20", "a€");
    check(1200, b"a\0b", "a\u{fffd}");
    check(1201, b"\0a\x20\xac", "a€");
    for number in [50_220, 50_221, 50_222] {
        check(number, b"a\x1b$BF|K\\\x1b(Bb", "a日本b");
    }
    check(50_225, b"\x1b$)C\x0e\x47\x51\x0f.", "한.");
    check(50_227, b"\x1b$)A\x0e\x56\x50\x0f.", "中.");
    check(52_936, b"~{VP~}.", "中.");
    check(65_000, b"+Ti1lhw-", "中文");
    check(65_001, "aé€".as_bytes(), "aé€");
    check(65_001, b"a\xff", "a\u{fffd}");
}

#[test]
fn macintosh() {
    check(10_000, b"\x8a\xa5", "ä•");
    check(10_001, b"\x93\xfa", "日");
    check(10_002, b"\xa4\xa4", "中");
    check(10_003, b"\xc7\xd1", "한");
    check(10_006, b"\xe1", "α");
    check(10_007, b"\x8f", "П");
    check(10_008, b"\xd6\xd0", "中");
    check(10_021, b"\xa1", "ก");
    check(10_029, b"\x88", "ą");
    check(10_081, b"\xdd", "ı");
}

#[test]
fn ascii_with_an_eighth_bit_and_unknown_pages_are_guessed() {
    check(20_127, b"plain", "plain");
    check(20_127, b"caf\xe9", "café");
    check(20_127, "café".as_bytes(), "café");
    let unknown = CodePage::new(1);
    assert!(!unknown.is_known());
    assert_eq!(unknown.decode(b"caf\xe9"), "café");
}

#[test]
fn plain_text_is_not_copied() {
    for number in [437, 850, 866, 932, 936, 1252, 20_127, 28_591, 65_001] {
        let text = CodePage::new(number).decode(b"plain");
        assert!(matches!(text, Cow::Borrowed("plain")), "{number}");
    }
}

#[test]
fn lead_octets() {
    let check = |number, octet, expected| {
        let page = CodePage::new(number);
        assert_eq!(page.is_lead_byte(octet), expected, "{page} {octet:#x}");
    };
    check(932, 0x81, true);
    check(932, 0xa0, false);
    check(932, 0xb1, false);
    check(932, 0xfc, true);
    check(936, 0x80, false);
    check(936, 0xfe, true);
    check(1361, 0xd4, false);
    check(1252, 0xe9, false);
    assert!(CodePage::new(950).is_double_byte());
    assert!(!CodePage::new(1252).is_double_byte());
    assert!(!CodePage::UTF_8.is_double_byte());
}
