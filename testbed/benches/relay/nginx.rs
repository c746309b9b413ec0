//! nginx as a TCP proxy: it copies octets and knows no SMTP. Debian's defaults, which are a worker for each core and 768
//! connections a worker; more only where more connections are held than that.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::daemon::{self, Daemon};
use super::stage::{Stage, write};
use super::stop::Stop;

pub(super) fn start(stage: &Stage, stop: &Stop) -> Result<Daemon, String> {
    let program = Nginx::find(&stage.peers)?;
    let home = stage.directory("nginx")?;
    let address = daemon::free_address()?;
    let at = home.display();
    let (module, hop) = (program.module.display(), stage.hop);
    // Two for each client, and all may come to one worker.
    let connections = (2 * stage.connections + 100).max(768);
    let user = match rustix::process::geteuid().is_root() {
        true => "user www-data;",
        false => "",
    };
    let configuration = format!(
        "load_module {module};\n{user}\nworker_processes auto;\nworker_rlimit_nofile {files};\npid {at}/nginx.pid;\n\
         error_log {at}/error.log;\nevents {{ worker_connections {connections}; }}\n\
         stream {{ server {{ listen {address}; proxy_pass {hop}; }} }}\n",
        files = 2 * connections,
    );
    let file = home.join("nginx.conf");
    write(&file, &configuration)?;
    let mut command = program.command();
    command.arg("-c").arg(&file).arg("-p").arg(&home);
    command.arg("-e").arg(home.join("error.log"));
    command.args(["-g", "daemon off;"]);
    Daemon::start("nginx", &mut command, address, &home.join("log"), stop)
}

/// Its version, if it is here.
pub(super) fn version(peers: &Path) -> Option<String> {
    let told = Nginx::find(peers).ok()?.command().arg("-v").output().ok()?;
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    Some(told.split_once('/')?.1.trim().to_owned())
}

struct Nginx {
    program: PathBuf,
    module: PathBuf,
    /// Where its libraries are, if they came with it.
    libraries: Option<PathBuf>,
}

impl Nginx {
    /// Unpacked, or the system's.
    fn find(peers: &Path) -> Result<Self, String> {
        let unpacked = peers.join("nginx");
        for root in [unpacked.as_path(), Path::new("/")] {
            let program = root.join("usr/sbin/nginx");
            let module = root.join("usr/lib/nginx/modules/ngx_stream_module.so");
            if program.is_file() && module.is_file() {
                let libraries = (root != Path::new("/")).then(|| root.join("usr/lib"));
                return Ok(Self {
                    program,
                    module,
                    libraries,
                });
            }
        }
        Err("nginx with its stream module is not here".to_owned())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        if let Some(libraries) = &self.libraries {
            let triplet = format!("{}-linux-gnu", std::env::consts::ARCH);
            command.env("LD_LIBRARY_PATH", libraries.join(triplet));
        }
        command
    }
}
