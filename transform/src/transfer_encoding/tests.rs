use proptest::prelude::*;

use super::*;

fn check(encoding: TransferEncoding, coded: &str, expected: &str) {
    let decoded = encoding.decode(coded.as_bytes());
    assert_eq!(String::from_utf8_lossy(&decoded), expected, "{coded:?}");
}

#[test]
fn base64_is_read_with_whatever_stands_between() {
    let check = |coded: &str, expected: &str| check(TransferEncoding::Base64, coded, expected);
    check("", "");
    check("Zm9vYmFy\r\n", "foobar");
    check("Zm9v\nYmFy", "foobar");
    // One line as long as the one before, and two that are so together.
    check(
        "Zm9vYmFy\r\nZm9vYmFy\r\nZm9v\r\nYm\r\nFy",
        "foobarfoobarfoobar",
    );
    check("Zg==\r\n", "f");
    check("Zg", "f");
    check("Zm8", "fo");
    check("Z", "");
    check("Zg=", "f");
    check(" Z m*9\tv\r\n-Y\u{e4}mFy", "foobar");
    check("Zg==Zm8=\r\nZm9v", "ffofoo");
    check("=\r\n=Zm9v", "foo");
    // Bits that are left over.
    check("Zh==", "f");
}

#[test]
fn quoted_printable_is_read() {
    let check =
        |coded: &str, expected: &str| check(TransferEncoding::QuotedPrintable, coded, expected);
    check("", "");
    check("a=3Db\r\n", "a=b\r\n");
    check("a=3db", "a=b");
    check("soft=\r\nbreak=\nand=  \t\r\nblanks", "softbreakandblanks");
    check(
        "blanks before the end \t\r\nof a line ",
        "blanks before the end\r\nof a line",
    );
    check("wrong =XY =4", "wrong =XY =4");
    check("last=", "last");
    check("a\r\n\r\nb", "a\r\n\r\nb");
    check("a=20 \r\n", "a \r\n");
}

#[test]
fn labels_are_read() {
    let check = |value: &str, expected: TransferEncoding| {
        let value = format!("{value}\r\n");
        assert_eq!(
            TransferEncoding::read(value.as_bytes()),
            expected,
            "{value}"
        );
    };
    check(" Base64", TransferEncoding::Base64);
    check(
        " quoted-printable (as is)",
        TransferEncoding::QuotedPrintable,
    );
    check("8BIT; x", TransferEncoding::EightBit);
    check("", TransferEncoding::SevenBit);
    check("\r\n binary", TransferEncoding::Binary);
    check(" x-uuencode", TransferEncoding::Other);
}

fn in_pieces(encoding: TransferEncoding, coded: &[u8], cuts: &[usize]) -> Vec<u8> {
    let mut decoder = Decoder::new(encoding);
    let mut decoded = Vec::new();
    let mut rest = coded;
    for cut in cuts {
        let (piece, after) = rest.split_at((*cut).min(rest.len()));
        decoder.push(piece, &mut decoded);
        rest = after;
    }
    decoder.push(rest, &mut decoded);
    decoder.finish(&mut decoded);
    decoded
}

proptest! {
    #[test]
    fn the_cuts_change_nothing(
        coded in "[A-Za-z0-9+/= \t\r\n]{0,200}",
        cuts in proptest::collection::vec(0usize..40, 0..8),
    ) {
        for encoding in [TransferEncoding::Base64, TransferEncoding::QuotedPrintable] {
            let whole = encoding.decode(coded.as_bytes());
            prop_assert_eq!(&whole, &in_pieces(encoding, coded.as_bytes(), &cuts), "{:?}", encoding);
        }
    }

    #[test]
    fn base64_comes_back(octets in proptest::collection::vec(any::<u8>(), 0..15_000)) {
        let mut written = Vec::new();
        let segments = crate::Segments(vec![crate::Segment::Base64(octets.clone().into())]);
        segments.write_to(&mut written).expect("a vector takes all");
        prop_assert_eq!(TransferEncoding::Base64.decode(&written), octets);
    }
}
