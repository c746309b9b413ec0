//! A report as mail-parser reads it.

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};

/// The parts of a report, with what they say they are.
pub(crate) struct Report<'a> {
    pub(crate) message: Message<'a>,
    raw: &'a [u8],
}

impl<'a> Report<'a> {
    /// Parses, and holds that there are three parts of the right kinds.
    pub(crate) fn read(raw: &'a [u8]) -> Self {
        let message = MessageParser::new().parse(raw).expect("a message");
        let report = Self { message, raw };
        let root = report.message.root_part();
        assert_eq!(kind(root), "multipart/report");
        let kind_of_report = root
            .content_type()
            .and_then(|kind| kind.attribute("report-type"));
        assert_eq!(kind_of_report, Some("delivery-status"));
        assert_eq!(
            report.children().len(),
            3,
            "{}",
            String::from_utf8_lossy(raw)
        );
        assert_eq!(report.kind(0), "text/plain");
        report
    }

    pub(crate) fn kind(&self, at: usize) -> String {
        kind(self.part(at))
    }

    pub(crate) fn encoding(&self, at: usize) -> Option<&str> {
        self.part(at).content_transfer_encoding()
    }

    pub(crate) fn text(&self) -> String {
        match &self.part(0).body {
            PartType::Text(text) => text.to_string(),
            other => panic!("no text: {other:?}"),
        }
    }

    /// The octets of a part between its header and the line end before the boundary.
    pub(crate) fn octets(&self, at: usize) -> &'a [u8] {
        let part = self.part(at);
        let end = part.raw_end_offset() as usize;
        &self.raw[part.raw_body_offset() as usize..end]
    }

    pub(crate) fn boundary(&self) -> &str {
        let kind = self.message.root_part().content_type();
        kind.and_then(|kind| kind.attribute("boundary"))
            .expect("it has one")
    }

    /// The blocks of the status part: that of the message, and one a recipient.
    pub(crate) fn blocks(&self) -> Vec<Vec<(String, String)>> {
        let text = String::from_utf8(self.octets(1).to_vec()).expect("UTF-8");
        let unfolded = text.replace("\r\n ", " ");
        let blocks = unfolded
            .split("\r\n\r\n")
            .filter(|block| !block.trim().is_empty());
        blocks
            .map(|block| {
                let fields = block.lines().filter(|line| !line.is_empty());
                fields
                    .map(|line| line.split_once(": ").expect(line))
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect()
            })
            .collect()
    }

    fn children(&self) -> &[u32] {
        match &self.message.root_part().body {
            PartType::Multipart(children) => children,
            other => panic!("no multipart: {other:?}"),
        }
    }

    fn part(&self, at: usize) -> &MessagePart<'a> {
        let id = self.children()[at] as usize;
        &self.message.parts[id]
    }
}

fn kind(part: &MessagePart<'_>) -> String {
    let kind = part.content_type().expect("it says what it is");
    format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default())
}
