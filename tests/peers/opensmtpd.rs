//! OpenSMTPD as a next hop that stores what it is given, a message for each recipient.

use std::net::SocketAddr;

use super::daemon::{Daemon, Home, Program};
use super::store::{Lines, Store, Stored};
use super::unpacked;

pub(crate) struct OpenSmtpd {
    _daemon: Daemon,
    address: SocketAddr,
    store: Store,
}

const CONFIGURATION: &str = r#"
smtp max-message-size 200M
listen on 127.0.0.1 port PORT hostname opensmtpd.test
action "store" mda "COMMAND %{sender} %{dest}" virtual { "@" = nobody }
match from any for any action "store"
"#;

/// Its directories are fixed; they are ours here.
const SCRIPT: &str = "\
cp \"$0\" /etc/smtpd.conf
chmod 644 /etc/smtpd.conf
mkdir -p /var/spool/smtpd /var/empty /var/lib/opensmtpd/empty
chmod 711 /var/spool/smtpd
mount -t tmpfs twinmx /run
echo opensmtpd.test >/etc/mailname
exec /usr/sbin/smtpd -d -f /etc/smtpd.conf";

impl OpenSmtpd {
    pub(crate) async fn start() -> Self {
        let home = Home::new("opensmtpd");
        let store = Store::new(&home, Lines::Lf);
        let scratch = home.open_directory("scratch");
        let address = home.address();
        let configuration = CONFIGURATION
            .replace("PORT", &address.port().to_string())
            .replace("COMMAND", &store.command());
        let file = home.write("smtpd.conf", &configuration);
        let file = file.display().to_string();
        let program =
            Program::new(["/bin/sh", "-ec", SCRIPT, &file]).over(unpacked("opensmtpd"), scratch);
        let daemon = Daemon::start("opensmtpd", home, program).await;
        Self {
            _daemon: daemon,
            address,
            store,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until `count` messages have been stored; all of them, oldest first.
    pub(crate) async fn stored(&self, count: usize) -> Vec<Stored> {
        self.store.wait_for(count).await
    }
}
