//! Serving: the character that works on its own: the real `yizhan serve` as a child process, on a station's folder
//! and with the machine's clock. It is gone when the story ends, however that ends.

use crate::cli::Cli;
use crate::station::Station;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

pub(crate) struct Serving {
    child: Child,
    /// Whoever types commands on the same folder, as another process.
    pub(crate) cli: Cli,
}

impl Serving {
    /// Begins to serve on a station's folder and to send to its relay, with these settings more; at work when this
    /// returns.
    pub(crate) fn on(station: &Station, connections: u32, settings: &str) -> Self {
        let relay = format!("{}&connections={connections}", station.relay.url());
        let cli = Cli::new().works_in(station.folder()).with_relay(relay);
        let settings = cli.file("settings.toml", format!("[web]\nlisten = \"127.0.0.1:0\"\n{settings}"));
        let mut command = cli.command(env!("CARGO_BIN_EXE_yizhan"));
        command.arg("--data").arg(station.folder()).args(["--config", &settings, "serve"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        assert!(said.any(|line| line.contains("is at work")), "it does not begin");
        // Somebody must listen, or it could not speak.
        std::thread::spawn(move || said.for_each(drop));
        Self { child, cli }
    }

    /// Is told to stop, and ends well.
    pub(crate) fn ends(mut self) {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
