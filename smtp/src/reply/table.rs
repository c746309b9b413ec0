//! Every reply we give. A refusal says what the sender can do.

use super::{Detail, Reply};

macro_rules! replies {
    ($($name:ident $code:literal [$($subject:literal $detail:literal)?] $text:literal;)*) => {
        impl Reply {
            $(
                #[doc = concat!(stringify!($code), ": ", $text)]
                pub const $name: Self =
                    Self::new($code, replies!(@detail $($subject $detail)?), $text);
            )*

            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
    (@detail) => { None };
    (@detail $subject:literal $detail:literal) => { Some(Detail::new($subject, $detail)) };
}

// name, code, subject and detail of the enhanced code (RFC 3463, RFC 5248), sentence
replies! {
    GREETING 220 [] "ESMTP twinmx";
    CLOSING 221 [0 0] "Closing the connection";
    READY_FOR_TLS 220 [0 0] "Ready to start TLS";
    HELP 214 [0 0] "Commands are those of RFC 5321; write to postmaster for help";
    SENDER_OK 250 [1 0] "Sender ok";
    RECIPIENT_OK 250 [1 5] "Recipient ok";
    RESET_DONE 250 [0 0] "Transaction reset";
    NOTHING_DONE 250 [0 0] "Nothing done";
    CHUNK_TAKEN 250 [0 0] "Chunk taken";
    ACCEPTED 250 [0 0] "Accepted by the next hop";
    QUEUED 250 [0 0] "Kept for delivery";
    CANNOT_VERIFY 252 [1 5] "Mailboxes are not verified here; send the message and its fate will be told";
    START_INPUT 354 [] "Send the message and end it with CRLF.CRLF";

    SHUTTING_DOWN 421 [3 2] "The service is going down, please retry";
    TOO_BUSY 421 [3 2] "Too busy, please retry later";
    TOO_MANY_CONNECTIONS 421 [7 0] "Too many connections from your network, please close some";
    TOO_MANY_NEW_CONNECTIONS 421 [7 0] "Too many connections in a short time, please retry later";
    TOO_MANY_UNKNOWN 421 [7 0] "Too many unknown recipients from your network, please check your list and retry later";
    SPOKE_TOO_EARLY 421 [5 1] "Wait for our greeting before you speak, please retry";
    IDLE_TOO_LONG 421 [4 2] "Nothing heard for too long, please connect again";
    TOO_MANY_ERRORS 421 [7 0] "Too many errors, closing the connection";
    TOO_MUCH_REFUSED 421 [7 0] "Too much sent after it was refused, closing the connection";
    TOO_FAST 450 [7 1] "Too many messages in a short time, please retry later";
    RECIPIENTS_TOO_FAST 451 [7 1] "Too many recipients in a short time, please retry later";
    LOCAL_ERROR 451 [3 0] "Local error, please retry";
    UNKNOWN_LATER 451 [3 0] "This address cannot be looked up at present, please retry";
    NEXT_HOP_DOWN 451 [4 1] "Next hop cannot be reached, please retry";
    DOMAIN_UNANSWERED 451 [4 3] "The recipient's domain cannot be looked up at present, please retry";
    NEXT_HOP_SILENT 451 [4 2] "Next hop did not answer in time, please retry";
    NEXT_HOP_LOST 451 [4 2] "Connection to the next hop was lost, please retry";
    NEXT_HOP_UNTRUSTED 451 [7 5] "Next hop could not prove who it is, please retry";
    NEXT_HOP_REFUSES_US 451 [7 0] "Next hop refuses this gateway, its postmaster has been told, please retry";
    WRONG_SIDE_SETTLING 451 [4 6] "This recipient is moving between two mail systems, please retry";
    HOP_DEFERRED 451 [0 0] "The next hop cannot take it now, please retry";
    CLIENT_GAVE_UP 451 [4 2] "The message did not come to its end";
    HOP_BUSY 451 [4 5] "Next hop takes less mail at a time, please retry";
    SENDER_UNVERIFIED 451 [7 1] "The sender cannot be verified at present, please retry";
    SPOOL_FULL 452 [3 1] "No room to keep the message at present, please retry";
    SPOOL_FAILED 451 [3 0] "The message could not be kept safely, please retry";
    SOME_REFUSED 451 [5 3] "Some recipients were refused, please retry to learn which";
    NO_ROOM 452 [3 1] "No room to convert the message at present, please retry";
    TOO_MANY_RECIPIENTS 452 [5 3] "Too many recipients, send this one in another transaction";
    OTHER_SIDE_LATER 452 [5 3] "This recipient lives on another mail system, send it in another transaction";
    TLS_NOT_AVAILABLE 454 [7 0] "TLS is not available at present, please retry";

    LINE_TOO_LONG 500 [5 2] "Command line too long, see RFC 5321 4.5.3.1.4";
    BARE_NEWLINE_IN_COMMAND 500 [5 2] "Commands end in CRLF, not in a bare CR or LF";
    UNKNOWN_COMMAND 500 [5 2] "Command not recognised, see RFC 5321";
    NO_ARGUMENT_WANTED 501 [5 4] "This command takes no argument";
    HELLO_SYNTAX 501 [5 4] "Say EHLO and your host name";
    MAIL_SYNTAX 501 [5 4] "Write MAIL FROM:<address> and its parameters";
    RCPT_SYNTAX 501 [5 4] "Write RCPT TO:<address> and its parameters";
    BDAT_SYNTAX 501 [5 4] "Write BDAT, the number of octets and, at the end, LAST; closing the connection";
    PARAMETER_SYNTAX 501 [5 4] "A parameter is malformed or given twice";
    BAD_SENDER 501 [1 7] "The sender is not a valid address";
    BAD_RECIPIENT 501 [1 3] "The recipient is not a valid address";
    NOT_OFFERED 502 [5 1] "This command is not offered here";
    SAY_HELLO_FIRST 503 [5 1] "Say EHLO first";
    MAIL_FIRST 503 [5 1] "Begin with MAIL";
    MAIL_GIVEN 503 [5 1] "A transaction is open, end it or say RSET first";
    CHUNKS_BEGUN 503 [5 1] "The message is being sent with BDAT, go on so or say RSET";
    TLS_ACTIVE 503 [5 1] "TLS is active already";
    START_TLS_FIRST 530 [7 0] "Say STARTTLS first and present your certificate";
    PARAMETER_UNKNOWN 555 [5 4] "A parameter is not known or not offered here";

    UNKNOWN_RECIPIENT 550 [1 1] "No such address here, please check it";
    RELAY_DENIED 550 [7 1] "This gateway does not relay to that domain for you";
    PROOF_REQUIRED 550 [7 1] "Only known mail systems may send here; present your certificate or use the MX";
    DMARC_REFUSED 550 [7 1] "The author's domain asks for refusal of mail that fails DMARC, send it through that domain's servers";
    AUTHORS_UNCLEAR 550 [7 1] "The message must have one From field with authors of one domain";
    OWN_SENDER_REFUSED 550 [7 1] "The message claims a sender of our own domain without proof, send it through that domain's servers";
    SENDER_NOT_ALLOWED 550 [7 1] "You may not send as this sender";
    WRONG_SIDE 550 [4 6] "This recipient is said to live where the mail came from, ask the postmaster to correct the directory";
    SEND_ONLY_SIDE 550 [4 4] "This recipient's system takes no mail, ask the postmaster";
    NO_NULL_SENDER_RELAY 550 [7 1] "Reports are not relayed to that domain";
    BARE_NEWLINE 550 [6 0] "The message has a bare CR or LF; lines must end in CRLF";
    NUL_REFUSED 550 [6 0] "The message has a NUL where it could be mistaken, send it encoded";
    HEADER_BROKEN 550 [6 0] "The header has a line that is no field, put an empty line before the body";
    HOP_REFUSED 550 [0 0] "Refused by the next hop";
    HOP_LACKS_SMTPUTF8 550 [6 7] "The recipient's system takes no internationalised mail, use ASCII addresses";
    SMTPUTF8_NEEDED 553 [6 7] "An address beyond ASCII needs the SMTPUTF8 parameter of MAIL";
    ROUTE_REFUSED 553 [1 3] "Write the address as user@domain, without a route in it";
    TOO_LARGE 552 [3 4] "The message is too large, see SIZE in the reply to EHLO";
    HEADER_TOO_LARGE 552 [3 4] "The header is too large, please shorten it";
    NO_VALID_RECIPIENTS 554 [5 1] "No valid recipients";
    LOOP 554 [4 6] "The message is in a loop, it has been here before";
    LEADS_HERE 554 [4 6] "Mail for the recipient's domain would come back here, check its MX records";
    NO_SUCH_DOMAIN 550 [1 2] "The recipient's domain does not exist, check the address";
    NO_EXCHANGER 550 [4 4] "The recipient's domain names no host that takes its mail, check the address";
    NULL_MX 556 [1 10] "The recipient's domain takes no mail (RFC 7505), check the address";
    TOO_MANY_HOPS 554 [4 6] "The message is in a loop, it has too many Received fields";
    HOP_LACKS_8BITMIME 554 [6 3] "The recipient's system takes no 8-bit mail, send it encoded";
}
