//! A shared domain on loopback: the gateway between a cloud and a Notes stand-in, and people on both sides.
//!
//! Who speaks is told by address: 127.0.0.1 is the internet, 127.0.0.2 is Notes (by network), 127.0.0.3 is a scanner
//! (a side that only sends). The cloud speaks from anywhere with its certificate.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use testbed::certificates::{Authority, Certificate, Leaf};
use testbed::client::Client;
use testbed::sink::{Sink, StartTls};
use testbed::tls::{ClientDemand, ClientTls, ServerTls};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;
use twinmx::config::Config;
use twinmx::event::{Event, Events, Outcome};
use twinmx::gateway::{Gateway, HoldMost};

/// Our tenant, and somebody else's.
pub(crate) const TENANT: &str = "11111111-2222-3333-4444-555555555555";
pub(crate) const OTHER_TENANT: &str = "99999999-2222-3333-4444-555555555555";

pub(crate) const INTERNET: &str = "127.0.0.1";
pub(crate) const NOTES: &str = "127.0.0.2";
pub(crate) const SCANNER: &str = "127.0.0.3";

pub(crate) const PEOPLE: &str = "\
address,side,routing_address,aliases
cleo@contoso.com,cloud,cleo@contoso.mail.onmicrosoft.com,cleo.cloud@contoso.com
carl@contoso.com,cloud,carl@contoso.mail.onmicrosoft.com,
nora@contoso.com,notes,,nora.notes@contoso.com
nils@contoso.com,notes,,
admin@contoso.com,notes,,
printer@contoso.com,scanner,,
";

/// What a test may change before the gateway starts. Each text goes into the section of its name.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// Where the gateway listens; port 0: anywhere.
    pub(crate) address: SocketAddr,
    pub(crate) people: String,
    pub(crate) listener: String,
    pub(crate) domain: String,
    pub(crate) routing: String,
    pub(crate) cloud: String,
    pub(crate) cloud_tls: String,
    pub(crate) cloud_accept: String,
    pub(crate) notes: String,
    pub(crate) notes_tls: String,
    pub(crate) notes_format: String,
    pub(crate) scanner_accept: String,
    pub(crate) directory: String,
    /// Which sides may send mail out; `None`: there is no way out, so that nothing can be kept.
    pub(crate) internet_from: Option<String>,
    pub(crate) limits: String,
    pub(crate) more: String,
    /// Notes' hops; empty: the sink's.
    pub(crate) notes_hops: Vec<SocketAddr>,
    /// The cloud's hops; empty: the sink's.
    pub(crate) cloud_hops: Vec<SocketAddr>,
    /// An entry of Notes' `next_hop` that is no address; empty: those above.
    pub(crate) notes_entry: String,
    /// The entry of the way out's `next_hop`; empty: the smart host.
    pub(crate) internet_entry: String,
    /// Who is asked for senders' domains; `None`: whom the system asks.
    pub(crate) name_server: Option<SocketAddr>,
    /// How much is held at a time.
    pub(crate) held: HoldMost,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            address: ([127, 0, 0, 1], 0).into(),
            people: PEOPLE.to_owned(),
            listener: String::new(),
            domain: "unknown_recipient = \"reject\"\npostmaster = \"admin@contoso.com\"".to_owned(),
            routing: String::new(),
            cloud: String::new(),
            cloud_tls: "server_names = [\"mail.protection.outlook.com\"]".to_owned(),
            cloud_accept: String::new(),
            notes: "kind = \"domino\"".to_owned(),
            notes_tls: "mode = \"opportunistic\"".to_owned(),
            notes_format: String::new(),
            scanner_accept: String::new(),
            directory: String::new(),
            internet_from: None,
            limits: "connections_per_client = 500\nnew_connections_per_client = 0".to_owned(),
            more: String::new(),
            name_server: None,
            held: HoldMost::default(),
            notes_hops: Vec::new(),
            cloud_hops: Vec::new(),
            notes_entry: String::new(),
            internet_entry: String::new(),
        }
    }
}

/// Who signs what.
#[derive(Debug)]
pub(crate) struct Notary {
    pub(crate) root: Authority,
    pub(crate) gateway: Certificate,
    pub(crate) cloud: Certificate,
}

impl Notary {
    fn new() -> Self {
        let root = Authority::new("Scene root");
        let issuer = root.intermediate("Scene issuer");
        Self {
            gateway: issuer.issue(&Leaf::new("mx.contoso.com")),
            cloud: issuer.issue(&Leaf::new("mail.protection.outlook.com")),
            root,
        }
    }

    /// How the cloud's own hop speaks TLS: it demands our certificate.
    pub(crate) fn cloud_hop(&self) -> ServerTls {
        ServerTls::showing(&self.cloud).demanding(ClientDemand::Of(vec![self.root.clone()]))
    }
}

/// Everything that takes part.
pub(crate) struct Scene {
    pub(crate) gateway: Gateway,
    pub(crate) mx: SocketAddr,
    pub(crate) cloud: Sink,
    pub(crate) notes: Sink,
    pub(crate) smart_host: Sink,
    pub(crate) notary: Notary,
    pub(crate) dir: TempDir,
    config: Config,
    events: tokio::sync::Mutex<UnboundedReceiver<Event>>,
    seen: std::sync::Mutex<Vec<Event>>,
}

impl Scene {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Setup)) -> Self {
        let notary = Notary::new();
        let cloud = Sink::start().await.expect("a cloud stand-in");
        let hop = notary.cloud_hop();
        cloud.script(|script| {
            script
                .hostname("mail.protection.outlook.com")
                .starttls(StartTls::Required(hop))
        });
        let notes = Sink::start().await.expect("a Notes stand-in");
        let smart_host = Sink::start().await.expect("a smart host");
        let dir = tempfile::tempdir().expect("a directory");
        let mut setup = Setup::default();
        change(&mut setup);
        let config = configuration(
            &setup,
            &dir,
            &notary,
            [&cloud, &notes, &smart_host].map(Sink::addr),
        );
        let (events, tap) = Events::tapped();
        let gateway = Gateway::start_holding(config.clone(), events, setup.held).await;
        let gateway = gateway.expect("the gateway starts");
        let mx = gateway.address("mx").await.expect("it listens");
        let scene = Self {
            gateway,
            mx,
            cloud,
            notes,
            smart_host,
            notary,
            dir,
            config,
            events: tokio::sync::Mutex::new(tap),
            seen: std::sync::Mutex::default(),
        };
        scene.directory_read().await;
        scene
    }

    /// The same with a gateway that was ended and started again.
    pub(crate) async fn restarted(self) -> Self {
        self.gateway.drain().await;
        let (events, tap) = Events::tapped();
        let gateway = Gateway::start(self.config.clone(), events)
            .await
            .expect("the gateway starts again");
        let mx = gateway.address("mx").await.expect("it listens");
        let scene = Self {
            gateway,
            mx,
            events: tokio::sync::Mutex::new(tap),
            seen: std::sync::Mutex::default(),
            ..self
        };
        scene.directory_read().await;
        scene
    }

    /// The cloud asks for a certificate and takes anybody's.
    pub(crate) fn cloud_asks_for_anybody(&self) {
        let tls = ServerTls::showing(&self.notary.cloud).demanding(ClientDemand::Any);
        self.cloud
            .script(|script| script.starttls(StartTls::Required(tls)));
    }

    /// Replaces the people, and waits until the gateway goes by the new ones.
    pub(crate) async fn people(&self, csv: &str, known: impl Fn(&routing::Snapshot) -> bool) {
        std::fs::write(self.dir.path().join("people.csv"), csv).expect("people");
        let read = self
            .gateway
            .directory()
            .wait_for(|snapshot| known(snapshot));
        timeout(WAIT, read).await.expect("the change is taken up");
    }

    async fn directory_read(&self) {
        let read = self
            .gateway
            .directory()
            .wait_for(|snapshot| !snapshot.is_empty());
        timeout(WAIT, read).await.expect("the directory is read");
    }

    /// A client that has said EHLO, from an address that tells who it is.
    pub(crate) async fn client(&self, from: &str) -> Client {
        let source: IpAddr = from.parse().expect("an address");
        let mut client = Client::connect_from(source, self.mx)
            .await
            .expect("a greeting");
        client
            .ehlo("client.example.net")
            .await
            .expect("EHLO is answered");
        client
    }

    /// A client that has proven itself with this certificate and said EHLO again.
    pub(crate) async fn proven(&self, certificate: &Certificate) -> Client {
        let client = self.client(INTERNET).await;
        let tls = ClientTls::trusting([&self.notary.root], "mx.contoso.com").showing(certificate);
        let mut client = client.starttls(&tls).await.expect("the handshake");
        client
            .ehlo("mail.protection.outlook.com")
            .await
            .expect("EHLO is answered");
        client
    }

    /// The next outcome that has not been looked at.
    pub(crate) async fn outcome(&self) -> Outcome<'static> {
        match self.event(|event| matches!(event, Event::Outcome(_))).await {
            Event::Outcome(outcome) => outcome,
            other => unreachable!("{other:?}"),
        }
    }

    /// The next event of this kind.
    pub(crate) async fn event(&self, wanted: impl Fn(&Event) -> bool) -> Event {
        let mut passed = self.events_until(wanted).await;
        passed.pop().expect("the last one is it")
    }

    /// What has not been looked at, up to the next event of this kind.
    pub(crate) async fn events_until(&self, wanted: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut events = self.events.lock().await;
        let mut passed = Vec::new();
        let found = timeout(WAIT, async {
            loop {
                let event = events.recv().await.expect("the gateway still runs");
                self.seen.lock().expect("one test").push(event.clone());
                passed.push(event);
                if passed.last().is_some_and(&wanted) {
                    return passed;
                }
            }
        });
        found.await.unwrap_or_else(|_| {
            panic!(
                "no such event; seen: {:#?}",
                self.seen.lock().expect("one test")
            )
        })
    }

    /// Nobody received anything, and nobody was left in the middle of something.
    pub(crate) fn nothing_arrived(&self) -> bool {
        [&self.cloud, &self.notes, &self.smart_host]
            .iter()
            .all(|sink| sink.messages().is_empty())
    }
}

const WAIT: Duration = Duration::from_secs(20);

/// Lets time pass for gateway and stand-ins alike. Nobody of the testbed may be waiting meanwhile: its waits would end.
pub(crate) async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// A message with a subject of its own; every call gives another.
pub(crate) fn message(body: &str) -> Vec<u8> {
    static NUMBER: AtomicUsize = AtomicUsize::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!(
        "From: Sender <sender@example.net>\r\nTo: People <people@contoso.com>\r\nSubject: number {number}\r\n\
         Message-ID: <{number}@example.net>\r\n\r\n{body}\r\n"
    )
    .into_bytes()
}

fn configuration(setup: &Setup, dir: &TempDir, notary: &Notary, sinks: [SocketAddr; 3]) -> Config {
    let path = |name: &str| dir.path().join(name).display().to_string();
    std::fs::write(path("people.csv"), &setup.people).expect("people");
    notary.root.write_to(dir.path(), "root").expect("the root");
    let (chain, key) = notary
        .gateway
        .write_to(dir.path(), "mx")
        .expect("our identity");
    let (chain, key) = (chain.display(), key.display());
    let root = std::fs::read_dir(dir.path())
        .expect("the directory")
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.file_stem().is_some_and(|stem| stem == "root"))
        .expect("the root's file");
    let root = root.display();
    let hops = |given: &[SocketAddr], sink: SocketAddr| {
        let all = if given.is_empty() {
            vec![sink]
        } else {
            given.to_vec()
        };
        all.iter()
            .map(|hop| format!("{:?}", hop.to_string()))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let [cloud, notes, smart_host] = sinks;
    let cloud = hops(&setup.cloud_hops, cloud);
    let notes = match setup.notes_entry.as_str() {
        "" => hops(&setup.notes_hops, notes),
        entry => format!("{entry:?}"),
    };
    let smart_host = match setup.internet_entry.as_str() {
        "" => smart_host.to_string(),
        entry => entry.to_owned(),
    };
    let Setup {
        address,
        listener,
        domain,
        routing,
        cloud: cloud_more,
        cloud_tls,
        cloud_accept,
        notes: notes_more,
        notes_tls,
        notes_format,
        scanner_accept,
        directory,
        limits,
        more,
        internet_from,
        ..
    } = setup;
    let internet = internet_from.as_ref().map_or(String::new(), |from| {
        format!("[internet]\nnext_hop = [\"{smart_host}\"]\nfrom = [{from}]\n[internet.tls]\nmode = \"none\"")
    });
    let dns = setup.name_server.map_or(String::new(), |server| {
        format!("[dns]\nservers = [\"{server}\"]")
    });
    let (state, people) = (path("state"), path("people.csv"));
    let text = format!(
        r#"
hostname = "mx.contoso.com"
state_dir = "{state}"
[tls]
certificate = "{chain}"
private_key = "{key}"
trust_roots = "{root}"
[[listener]]
name = "mx"
address = "{address}"
{listener}
[domain."contoso.com"]
{domain}
[routing]
{routing}
[side.cloud]
kind = "exchange-online"
next_hop = [{cloud}]
routing_domains = ["contoso.mail.onmicrosoft.com"]
{cloud_more}
[side.cloud.tls]
{cloud_tls}
[side.cloud.accept]
certificate_names = ["mail.protection.outlook.com"]
tenant_id = "{TENANT}"
{cloud_accept}
[side.notes]
next_hop = [{notes}]
{notes_more}
[side.notes.tls]
{notes_tls}
[side.notes.format]
{notes_format}
[side.notes.accept]
networks = ["{NOTES}/32"]
[side.scanner]
kind = "smtp"
[side.scanner.accept]
networks = ["{SCANNER}/32"]
{scanner_accept}
{internet}
[[directory]]
name = "people"
kind = "csv"
path = "{people}"
{directory}
[limits]
{limits}
{dns}
{more}
"#
    );
    let file = path("twinmx.toml");
    std::fs::write(&file, text).expect("the configuration");
    match Config::load(file.as_ref()) {
        Ok(loaded) => loaded.config,
        Err(faults) => panic!("{faults}"),
    }
}
