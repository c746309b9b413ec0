use super::*;

fn rows(text: &str) -> Vec<Result<(u64, Vec<String>), RowError>> {
    let table = Table::read(text.into()).unwrap();
    let cells = |row: Row| {
        let columns = table.columns().iter();
        columns
            .map(|column| row.attributes.text(column).unwrap_or("-").to_owned())
            .collect()
    };
    table
        .rows()
        .map(|row| row.map(|row| (row.line, cells(row))))
        .collect()
}

fn row(line: u64, cells: &[&str]) -> Result<(u64, Vec<String>), RowError> {
    Ok((line, cells.iter().map(|cell| (*cell).to_owned()).collect()))
}

#[test]
fn the_first_line_names_the_columns() {
    let check = |text: &str, delimiter: u8, columns: &[&str]| {
        let table = Table::read(text.into()).unwrap();
        assert_eq!(
            (table.delimiter, table.columns()),
            (
                delimiter,
                &columns.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>()[..]
            ),
            "{text}"
        );
    };
    check("a,b;c,d", b',', &["a", "b;c", "d"]);
    check(
        "\u{feff}\"Name, full\";b;c",
        b';',
        &["Name, full", "b", "c"],
    );
    check("#TYPE X\r\n\r\na\tb\r\n", b'\t', &["a", "b"]);
    check("sep=|\na|b\n", b'|', &["a", "b"]);
    check("only\n", b',', &["only"]);
}

#[test]
fn a_table_without_columns_is_none() {
    let check = |text: &str, expected: TableError| {
        assert_eq!(Table::read(text.into()).unwrap_err(), expected, "{text}")
    };
    check("", TableError::Empty);
    check("#TYPE X\r\n\r\n", TableError::Empty);
    check("a,b,A", TableError::TwoColumns);
    let names = |count: usize| {
        (0..count)
            .map(|number| number.to_string())
            .collect::<Vec<_>>()
            .join(",")
    };
    assert_eq!(
        Table::read(names(COLUMNS_MAX).into())
            .unwrap()
            .columns()
            .len(),
        COLUMNS_MAX
    );
    check(&names(COLUMNS_MAX + 1), TableError::Columns);
}

#[test]
fn rows_are_read_with_their_lines() {
    let text = "a,b\r\n1,2\r\n\r\n\"3\r\n4\",5\r\n6,\r\n7,8,\r\n\"9 \"\"x\"\"\",10";
    let expected = [
        row(2, &["1", "2"]),
        row(4, &["3\r\n4", "5"]),
        row(6, &["6", "-"]),
        row(7, &["7", "8"]),
        row(8, &["9 \"x\"", "10"]),
    ];
    assert_eq!(rows(text), expected);
}

#[test]
fn a_row_that_does_not_fit_is_told() {
    let fields = |line, found| {
        Err(RowError::Fields {
            line,
            found,
            wanted: 2,
        })
    };
    assert_eq!(
        rows("a,b\n1\n2,3\n4,5,6\n"),
        [fields(2, 1), row(3, &["2", "3"]), fields(4, 3)]
    );
    let quote = rows("a,b\n1,2\n\"3,4\n5,6\n");
    assert_eq!(
        quote,
        [row(2, &["1", "2"]), Err(RowError::Quote { line: 3 })]
    );
}

#[test]
fn a_record_is_bounded() {
    let text = |length: usize| format!("a,b\n\"{}\",x\n1,2\n", "y".repeat(length));
    // Both fields together; a value has a bound of its own.
    let fits = rows(&text(RECORD_OCTETS_MAX - 2));
    assert!(
        matches!(fits[0], Err(RowError::Attribute { line: 2, .. })),
        "{:?}",
        fits[0]
    );
    assert_eq!(fits[1], row(3, &["1", "2"]));
    let past = rows(&text(RECORD_OCTETS_MAX));
    assert_eq!(past, [Err(RowError::TooLong { line: 2 })]);
}

#[test]
fn encodings_are_told_apart() {
    let check = |octets: &[u8], expected: &str| assert_eq!(&*decode(octets), expected.as_bytes());
    check(b"\xff\xfea\0\xfc\0", "a\u{fc}");
    check(b"\xfe\xff\0a\0\xfc", "a\u{fc}");
    check(b"a\0b\0", "ab");
    check(b"\0a\0b", "ab");
    check(b"ab", "ab");
}
