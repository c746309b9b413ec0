//! The table of `TWX-nnnn` codes: every configuration error and operator event has one, and this is their only home.
//!
//! A number is never used for another meaning once released. `docs/ERRORS.md` shows the same table; a test holds it.

use std::fmt;

/// One code: what has happened, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code {
    /// 01xx configuration, 02xx directory, 03xx TLS and hops, 04xx sessions and mail, 05xx lifecycle.
    pub number: u16,
    /// What has happened, in a few words.
    pub title: &'static str,
    /// What the operator does about it.
    pub advice: &'static str,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TWX-{:04}", self.number)
    }
}

macro_rules! codes {
    ($($name:ident = $number:literal, $title:literal, $advice:literal;)+) => {
        impl Code {
            $(#[doc = $title] pub const $name: Self = Self { number: $number, title: $title, advice: $advice };)+
        }

        /// Every code, in the order of their numbers.
        pub static ALL: &[Code] = &[$(Code::$name),+];
    };
}

codes! {
    // 01xx: the configuration file itself
    CONFIG_UNREADABLE = 101, "the configuration file cannot be read",
        "check the path, its permissions and that it is UTF-8 text of at most 1 MiB";
    SYNTAX = 102, "the file is not TOML",
        "mend the place shown; texts stand in double quotes, sections in square brackets";
    UNKNOWN_KEY = 103, "no such key",
        "correct its spelling or remove it; an unknown key is never ignored";
    MISSING_KEY = 104, "a required key is missing",
        "add it; it has no default because a guess would be wrong";
    WRONG_TYPE = 105, "a value of the wrong type",
        "write the value as the message says";
    BAD_VALUE = 106, "a value that cannot be understood",
        "write the value as the message says";
    UNKNOWN_NAME = 107, "a name that nothing in the file has",
        "correct its spelling or add the section it means";
    OUT_OF_BOUNDS = 108, "a value outside its bounds",
        "choose a value within the bounds shown";
    NOT_BUILT = 109, "a feature that is not built yet",
        "leave the key out; its default is what this version does";
    DUPLICATE = 110, "the same thing twice",
        "remove or change one of the two";
    // 01xx: sections that contradict one another
    CLOUD_NOT_MUTUAL = 111, "Exchange Online without mutual TLS",
        "remove the key; towards Exchange Online it is mutual TLS or nothing";
    NO_IDENTITY = 112, "mutual TLS without a certificate to show",
        "give [tls] a certificate, or this side an [[side.NAME.identity]]";
    NO_SERVER_NAME = 113, "a hop to verify that has no name",
        "name the hop by its host name, or say in tls.server_names which name its certificate carries";
    OVERLAPPING_NETWORKS = 114, "one network speaks for two sides",
        "make accept.networks of the two sides disjoint, or let each count only on listeners of its own";
    SHARED_CERTIFICATE_NAME = 115, "one certificate name speaks for two sides",
        "give each of the two its own tenant_id, another certificate name, or listeners of its own";
    TENANT_MISSING = 116, "a certificate that many tenants share, and no tenant",
        "set accept.tenant_id to your own tenant; without it everyone's tenant would speak for this side";
    PROVES_NOTHING = 117, "a proof nobody can give",
        "give accept the certificate_names or networks it needs, or remove it";
    UNPROVABLE_LISTENER = 118, "a listener on which no side can prove itself",
        "let the proof of some side count there, or set require_proof = false";
    CERTIFICATE_UNSEEN = 119, "client certificates without STARTTLS",
        "give [tls] a certificate; without it STARTTLS is not offered and no client can show one";
    IDLE_SIDE = 120, "a side that neither takes nor sends mail",
        "give it a next_hop, or an accept section for its clients, or remove it";
    NO_NEXT_HOP = 121, "mail for a side that only sends",
        "give the side a next_hop, or name another side";
    FOREIGN_ADDRESS = 122, "an address outside our domains",
        "use an address in one of the [domain.\"NAME\"] sections";
    AMBIGUOUS_DOMAIN = 123, "one domain with two meanings",
        "leave the domain in one place only";
    NO_WAY_OUT = 124, "mail to be kept, and no way out for reports",
        "add [internet] with a next_hop, or leave the key out: mail then stays with its senders";
    CLEAR_DIRECTORY = 125, "a directory server asked in clear text",
        "write ldaps://, or ldap:// with start_tls = true: the directory decides where mail goes";
    NO_SIDE_FOR_SYSTEM = 126, "a system of a directory source without a side",
        "say in [directory.sides] which side stands for it";
    GROUPS_NO_WAY_OUT = 127, "groups to be expanded, and no way out for reports",
        "add [internet] with a next_hop, or leave group_expansion out: the owner of a group expands it";
    NO_MEMBERS = 128, "groups to be expanded of a source that tells no members",
        "leave group_expansion out, or read the groups from a source that tells who is in them";
    OWN_NEXT_HOP = 129, "a next hop that is this gateway",
        "name the domain whose exchangers are meant; mail is never delivered to ourselves";
    // 01xx: correct, but hardly meant
    WITHOUT_EFFECT = 130, "a key without effect where it stands",
        "remove the key, or change what makes it idle";
    NO_DIRECTORY = 131, "no directory source",
        "add a [[directory]]; until then nobody is known";
    NO_POSTMASTER = 132, "a domain without a postmaster",
        "set postmaster to the address of a person who reads it (RFC 5321 section 4.5.1)";
    // 01xx: the files that the configuration names
    FILE_UNREADABLE = 140, "a file that cannot be read",
        "check the path and that the user of the service may read it";
    NO_CERTIFICATE = 141, "a file without a certificate",
        "the file must hold PEM blocks headed BEGIN CERTIFICATE, the server's own first";
    CHAIN_INCOMPLETE = 142, "a certificate without its chain",
        "append the intermediate certificates, as your authority delivers them in its full chain file";
    CHAIN_DISORDERED = 143, "a certificate chain out of order",
        "put the server's own certificate first, and after each one that of its issuer";
    NO_PRIVATE_KEY = 144, "a file without a usable private key",
        "the file must hold one unencrypted PEM private key: RSA, ECDSA or Ed25519";
    KEY_MISMATCH = 145, "a private key of another certificate",
        "name the key that was made for this certificate";
    CERTIFICATE_EXPIRED = 146, "a certificate out of its time",
        "renew it; peers that verify will refuse us";
    NO_ROOTS = 147, "a file without trust roots",
        "the file must hold the PEM certificates of the authorities to trust";
    NO_REVOCATION_LIST = 148, "a file without a revocation list",
        "the file must hold the authority's list as PEM (BEGIN X509 CRL) or DER";
    LOOP_KEY_SHORT = 149, "a loop key that is too short",
        "put at least 16 random octets into the file, the same on all gateways";
    SEAL_KEY_UNUSABLE = 150, "a key that mail cannot be sealed with",
        "name a PEM file with an RSA key of at least 2048 bits: openssl genrsa -out FILE 2048";
    SEAL_WITHOUT_KEY = 151, "mail to be sealed, and no key",
        "add [arc] with domain, selector and private_key, or leave arc_seal out";
    // 01xx: what peers may not like about our certificates
    CERTIFICATE_ENDS = 165, "a certificate that ends soon",
        "renew it and replace the files; the gateway reads them again by itself";
    CERTIFICATE_PURPOSE = 166, "a certificate that is not issued for this use",
        "for [tls] have one issued for servers; for hops nothing, unless one of them refuses us";
    CERTIFICATE_NAME = 167, "a certificate without the name of this gateway",
        "have one issued that carries hostname as a DNS name, or correct hostname";
    REVOCATION_LIST_OLD = 168, "a revocation list that should have been replaced",
        "fetch the authority's present list, and look why that does not happen by itself";
    CHAIN_UNROOTED = 169, "a certificate chain that leads to no root known here",
        "append the intermediate certificates that are missing; nothing if your peers know that root";
    RESULTS_OF_NOBODY = 170, "results to be believed of a filter without a name",
        "set authserv_id to the name at the beginning of its Authentication-Results fields, or leave trust_results out";
    RESULTS_IN_OUR_NAME = 171, "a filter that writes results in our name",
        "give the filter another authserv_id than our hostname; fields in our own name are ours alone";
    // 02xx: the directory
    DIRECTORY_CHANGED = 201, "the directory changed",
        "nothing; twinmx directory status shows what is in force";
    SOURCE_FAILED = 202, "a directory source that cannot be read",
        "mend the file or its permissions; until then its last good content counts, and once that is older than stale_after unknown recipients are deferred";
    SOURCE_BACK = 203, "a directory source that is read again",
        "nothing";
    SOURCE_PROBLEMS = 204, "lines of a directory source that cannot be used",
        "correct the lines named; people known before stay known until then";
    SOURCE_HELD_BACK = 205, "a directory source that lost or moved many people",
        "compare it with what it should be; if it is right, twinmx directory sync --force NAME";
    DIRECTORY_CONFLICT = 206, "an address claimed for two sides",
        "correct the source that is wrong; the first source of the configuration, and in it the first line, counts";
    DIRECTORY_STALE = 207, "a directory that was not read for long",
        "mend its sources; unknown recipients are deferred until then";
    DIRECTORY_FRESH = 208, "a directory that is up to date again",
        "nothing";
    DIRECTORY_TOO_LARGE = 209, "a directory larger than a snapshot can be",
        "see the bound named, and split or shorten the source";
    SNAPSHOT_UNUSABLE = 210, "a stored snapshot that cannot be used",
        "nothing if the sources are there; otherwise restore state_dir/snapshot from a backup";
    SNAPSHOT_UNWRITABLE = 211, "a snapshot that cannot be stored",
        "check the space and the permissions of state_dir";
    DIRECTORY_STOPPED = 212, "a directory that is no longer kept up to date",
        "restart the gateway and report the fault";
    GROUP_STAYS = 213, "a group that is too large to be expanded here",
        "make it or the groups within it smaller, or let its owner reach the other sides; it went to its owner as it is";
    MEMBERS_LEFT_OUT = 214, "members of a group that get nothing",
        "correct the group or its members in the directory named: nobody has these addresses";
    UNKNOWN_LIST = 215, "the list of unknown recipients cannot be kept",
        "check the space and the permissions of state_dir; mail is not affected, only the counts";
    // 03xx: TLS and hops
    TLS_RELOADED = 301, "changed certificates, keys, roots or lists are in use",
        "nothing; pooled connections were closed";
    TLS_RELOAD_FAILED = 302, "changed certificates, keys, roots or lists cannot be used",
        "mend the file named; the former ones stay in force until then";
    HOP_FAILED = 303, "a hop cannot be used",
        "check that it runs and that the network lets us reach it; mail stays with its sender or takes the next hop";
    HOP_DISTRUSTED = 304, "a hop did not prove who it is",
        "compare its certificate with tls.server_names and trust_roots; nothing is sent to it until it does";
    HOP_REFUSES_US = 305, "a hop refuses this gateway, not the mail",
        "read its reply; an expired certificate or a missing connector on its side are the usual causes, and mail waits with its sender";
    SIDE_DOWN = 306, "a hop is left alone for a while",
        "nothing if it is down on purpose; it is tried again by itself";
    HOP_BACK = 307, "a hop answers again",
        "nothing";
    NAMES_UNANSWERED = 308, "names cannot be looked up",
        "check the name servers of [dns], or the system's, and the way to them; mail that needs them waits";
    NAMES_ANSWERED = 309, "names can be looked up again",
        "nothing";
    LEADS_HERE = 310, "DNS leads mail back to this gateway",
        "if the domain is ours add its [domain] section; otherwise its owner, or the next hop, names the wrong host";
    SHOWN_CERTIFICATE_ENDS = 311, "a certificate of ours ends soon",
        "renew it and replace the files; they are read again by themselves";
    SHOWN_CERTIFICATE_INVALID = 312, "a certificate of ours is out of its time",
        "renew it and replace the files at once; peers that verify refuse us, and their mail waits";
    SHOWN_CHAIN_UNROOTED = 313, "a certificate of ours is shown without its whole chain",
        "append the intermediate certificates to its file; nothing if your peers know that root";
    SHOWN_CERTIFICATE_PURPOSE = 314, "a certificate of ours is not issued for servers",
        "have one issued with serverAuth in its extended key usage";
    SHOWN_WITHOUT_CLIENT_USE = 315, "a certificate shown to hops is not issued for clients",
        "nothing, unless a hop refuses us for it; public authorities no longer issue such certificates";
    SHOWN_CERTIFICATE_NAME = 316, "a certificate of ours does not carry our name",
        "have one issued that carries hostname as a DNS name, or correct hostname";
    OLD_LIST_USED = 317, "a revocation list past its time is still used",
        "fetch the authority's present list, and look why that does not happen by itself";
    OLD_ROOT_TRUSTED = 318, "a trust root past its time is still trusted",
        "take it out of its file, or put the one there that follows it";
    // 04xx: sessions and mail
    CLIENT_CUT_OFF = 401, "a client's connection was ended by us",
        "nothing if it is a stranger; a system of yours should not be silent, flooding or wrong that often";
    CLIENT_TLS_FAILED = 402, "the TLS handshake with a client failed",
        "for a system of yours compare its TLS versions and its view of our certificate";
    CLIENT_DISTRUSTED = 403, "a certificate in a side's name proves nothing",
        "if the client is yours renew its certificate or mend its chain; otherwise somebody tries to pass as this side";
    TENANT_MISMATCH = 404, "mail with a side's certificate is not of its tenant",
        "nothing if another company wrote to you; otherwise compare accept.tenant_id with your tenant";
    LOOP_BROKEN = 405, "a mail loop was broken",
        "look where the recipient's system forwards to; both systems believe that the other has this person";
    ACCEPT_FAILED = 406, "a connection could not be accepted",
        "raise the limit of open files, or lower the number of connections";
    TNEF_KEPT = 407, "TNEF went on as it was",
        "look at X-Twinmx-Conversion in the message; twinmx convert says more, and the sender can be asked for plain MIME";
    HOLD_FAILED = 408, "a message could not be held until it was whole",
        "check the space and the permissions of state_dir; the mail stays with its sender";
    REWRITE_FAILED = 409, "a rewritten message that cannot go on",
        "report the fault with the message; the mail stays with its sender, and format.tnef = \"keep\" lets it through";
    SENDER_DOUBTFUL = 410, "a sender that claims to be one of ours, and nothing speaks for it",
        "if a service sends in your name add it to own_sender_services or have it sign as you; otherwise think about own_senders = \"refuse\"";
    NOT_SEALED = 411, "a message that left without our seal",
        "nothing if its chain was broken before it came; the message says the rest of what was found out";
    HARVEST_SLOWED = 420, "a client that asks for many people whom nobody knows",
        "nothing if it is a stranger; a system of yours belongs into accept.networks of its side or into limits.exempt";
    HARVEST_SHUT = 421, "a client is refused for a while, for it guesses addresses",
        "nothing if it is a stranger; for a system of yours see TWX-0420, and limits.unknown_per_client";
    CLIENT_TOO_FAST = 422, "a client beyond one of its rates",
        "nothing if it is a stranger; for a sender that may, raise the key of [limits] or add it to limits.exempt";
    EARLY_TALKER = 423, "a client that spoke before the greeting",
        "nothing if it is a stranger; a device of yours belongs into limits.exempt";
    STRANGERS_CROWD = 424, "strangers have all sessions that they may have",
        "look who they are and block them before they reach us; your own sides and limits.exempt still get in";
    UPSTREAM_DISTRUSTED = 425, "a certificate in a mail filter's name proves nothing",
        "if the filter is yours renew its certificate or mend its chain; otherwise somebody tries to pass as it";
    CLIENT_NOT_TOLD = 426, "a mail filter did not say where its mail came from",
        "compare received_hops with the Received fields that the filter adds; until then SPF says nothing of its mail";
    // 05xx: the gateway's life
    RELOADED = 501, "a new configuration is in force",
        "nothing";
    RELOAD_REFUSED = 502, "a new configuration was not taken",
        "run twinmx check and mend what it says; the former stays in force";
    DRAIN_CUT_SHORT = 503, "sessions were closed before they ended",
        "nothing; their mail stays with its senders";
    // 06xx: the spool and its queue
    SPOOL_FAILED = 601, "the spool could not keep something",
        "look at the disk under state_dir/spool: what was accepted before is unharmed, and the mail at hand stays with its sender";
    SPOOL_OPENED = 602, "what the spool held at the start",
        "nothing";
    SPOOL_DAMAGED = 603, "damage in the spool",
        "look at the disk and at state_dir/spool/quarantine; everything that could be read is in use";
    SET_ASIDE = 604, "a message that is left alone until somebody looks at it",
        "look at the reason; the message stays in the spool";
    GIVEN_UP = 605, "a recipient of a stored message who will not get it",
        "nothing: the sender is told, if he has an address and wants to know";
    STEERED = 610, "an operator changed a message in the queue",
        "nothing";
    ADOPTED = 611, "the mail of another spool was taken over",
        "nothing, unless some was left: twinmx spool check names it";
    CONTROL_FAILED = 612, "the queue cannot be steered",
        "mend what the message says and restart the gateway; mail goes on without it";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_and_in_order() {
        for pair in ALL.windows(2) {
            assert!(
                pair[0].number < pair[1].number,
                "{} is not before {}",
                pair[0],
                pair[1]
            );
        }
    }

    #[test]
    fn every_code_stands_in_a_known_range_and_says_what_to_do() {
        for code in ALL {
            assert!((101..700).contains(&code.number), "{code}");
            assert!(!code.title.is_empty() && !code.advice.is_empty(), "{code}");
            assert!(
                !code.advice.ends_with('.') && !code.title.ends_with('.'),
                "{code} ends in a dot"
            );
        }
    }

    #[test]
    fn a_code_is_written_with_four_digits() {
        assert_eq!(Code::CONFIG_UNREADABLE.to_string(), "TWX-0101");
    }
}
