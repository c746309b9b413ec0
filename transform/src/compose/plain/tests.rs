use super::of_html;

#[test]
fn text_says_what_html_says() {
    let check = |html: &str, expected: &str| assert_eq!(of_html(html), expected, "{html}");
    check("", "");
    check("Hello", "Hello\r\n");
    check("<p>one</p><p>two</p>", "one\r\n\r\ntwo\r\n");
    check(
        "<p class=MsoNormal>one<o:p></o:p></p>\r\n<p class=MsoNormal>two</p>",
        "one\r\ntwo\r\n",
    );
    check("<div>one</div><div>two</div>", "one\r\ntwo\r\n");
    check("one<br><br>two", "one\r\n\r\ntwo\r\n");
    check("a <b> b</b>\r\n  c", "a b c\r\n");
    check("a<b>b</b>c", "abc\r\n");
    check(
        "1 &lt; 2 &amp;&nbsp;3 &unknown; &#8364; &#x41; & b;",
        "1 < 2 & 3 &unknown; € A & b;\r\n",
    );
    check("<ul><li>one<li>two</ul>", "- one\r\n- two\r\n");
    check(
        "<ol><li>a<ul><li>x</ul><li>b</ol>",
        "1. a\r\n- x\r\n2. b\r\n",
    );
    check(
        "<table><tr><td>A</td><td>B</td></tr><tr><td>C</td></tr></table>",
        "A\tB\r\nC\r\n",
    );
    check(
        "<head><title>T</title><style>p > a {}</style></head><body>x<script>if (a<b) {}</script>y",
        "xy\r\n",
    );
    check(
        "<a href='https://contoso.com/'>Contoso</a>.",
        "Contoso <https://contoso.com/>.\r\n",
    );
    check(
        "<a href=\"https://contoso.com/\">https://contoso.com</a>",
        "https://contoso.com\r\n",
    );
    check("<a href=\"mailto:a@b.c\">a@b.c</a>", "a@b.c\r\n");
    check("<a href=\"javascript:x\">click</a>", "click\r\n");
    check("<img alt=\"A cat\" src=\"x\">", "A cat\r\n");
    check("<pre>a\r\n  b</pre>", "a\r\n  b\r\n");
    check("a<!-- b > c -->d<!--[if mso]>e<![endif]-->f", "adf\r\n");
    check("1 < 2 <3", "1 < 2 <3\r\n");
    check("<p title=\"a > b\">x", "x\r\n");
    check("<p title=\"a>x</p>y", "x\r\ny\r\n");
    check("<", "<\r\n");
    check("a<p", "a\r\n");
    check("<é a=ü é>x", "<é a=ü é>x\r\n");
    check("<b é=ü /é ==>x", "x\r\n");
}

#[test]
fn nesting_and_noise_cost_no_more_than_their_length() {
    let deep = |one: &str| one.repeat(400_000);
    for html in [
        deep("<div>"),
        deep("<ul><li>"),
        deep("<a href=\"http:"),
        deep("<style"),
        deep("<!--"),
        deep("<b \""),
        deep("&amp"),
        deep("<pre>"),
    ] {
        let text = of_html(&html);
        assert!(text.len() <= html.len() + 2, "{:.20}", html);
    }
}
