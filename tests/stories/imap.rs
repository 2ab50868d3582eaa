//! Imap: somebody who opens mailboxes as a mail program does (RFC 3501) and says what lies in them.

use std::net::SocketAddr;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// A mail program that is signed in.
pub(crate) struct Imap {
    server: BufReader<TcpStream>,
    commands: u32,
}

impl Imap {
    /// Signs in.
    pub(crate) async fn signs_in(address: SocketAddr, user: &str, password: &str) -> Self {
        let mut imap = Self { server: BufReader::new(TcpStream::connect(address).await.unwrap()), commands: 0 };
        assert!(imap.line().await.starts_with("* OK"));
        imap.asks(&format!("LOGIN {user} {password}")).await;
        imap
    }

    /// The names of all mailboxes.
    pub(crate) async fn mailboxes(&mut self) -> Vec<String> {
        let (lines, _) = self.asks("LIST \"\" *").await;
        let names = lines.iter().filter_map(|line| line.strip_prefix("* LIST ")?.rsplit(' ').next());
        names.map(|name| name.trim_matches('"').to_owned()).collect()
    }

    /// Every letter of a mailbox, whole.
    pub(crate) async fn letters(&mut self, mailbox: &str) -> Vec<Vec<u8>> {
        let (lines, _) = self.asks(&format!("EXAMINE {mailbox}")).await;
        if lines.iter().any(|line| line == "* 0 EXISTS") {
            return Vec::new();
        }
        self.asks("FETCH 1:* BODY.PEEK[]").await.1
    }

    /// Gives a command and wants it done; the lines and the literals of its answer.
    async fn asks(&mut self, command: &str) -> (Vec<String>, Vec<Vec<u8>>) {
        self.commands += 1;
        let tag = format!("a{} ", self.commands);
        self.server.get_mut().write_all(format!("{tag}{command}\r\n").as_bytes()).await.unwrap();
        let (mut lines, mut literals) = (Vec::new(), Vec::new());
        loop {
            let line = self.line().await;
            if let Some(end) = line.strip_prefix(&tag) {
                assert!(end.starts_with("OK"), "{command}: {end}");
                return (lines, literals);
            }
            if let Some(length) = line.strip_suffix('}').and_then(|line| line.rsplit('{').next()) {
                let mut literal = vec![0; length.parse().unwrap()];
                self.server.read_exact(&mut literal).await.unwrap();
                literals.push(literal);
            }
            lines.push(line);
        }
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.server.read_line(&mut line).await.unwrap();
        assert!(line.ends_with("\r\n"), "the server closed: {line}");
        line.trim_end().to_owned()
    }
}
