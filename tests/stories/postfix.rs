//! Postfix: a mail server of another house as the relay of a story: an instance of its own, with
//! its own settings, queue and log in a folder that goes when the story ends, on a free port of
//! loopback. It takes letters for everybody and delivers all into one maildir, where a story can
//! count and read them.

use crate::authority::Authority;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;

/// Debian's nobody, as whom letters are delivered: Postfix refuses to deliver as root.
const NOBODY: u32 = 65534;
/// How often, and how long each time, is waited for what Postfix does on its own time: a minute in all.
const PATIENCE: (u32, Duration) = (1200, Duration::from_millis(50));

/// A running Postfix.
pub(crate) struct Postfix {
    program: PathBuf,
    folder: TempDir,
    address: SocketAddr,
    /// Whom it asks about passwords.
    dovecot: Option<Child>,
    /// Where mailboxes are read.
    imap: Option<SocketAddr>,
}

impl Postfix {
    /// Starts one and waits until it answers.
    pub(crate) async fn start(program: PathBuf) -> Self {
        let postfix = Self::furnished(program, ONE_BOX);
        postfix.starts().await;
        postfix
    }

    /// Starts one that delivers each of these readers' letters into a mailbox of its own, named by what stands
    /// before the `@`; Dovecot shows them by IMAP to `news` with the password `right-one`.
    pub(crate) async fn start_with_mailboxes(
        program: PathBuf,
        dovecot: PathBuf,
        readers: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut postfix = Self::furnished(program, BOXES);
        let box_of = |reader: String| format!("{reader} all/.{}/\n", reader.split('@').next().unwrap_or_default());
        let boxes: String = readers.into_iter().map(box_of).collect();
        fs::write(postfix.folder.path().join("boxes"), boxes).unwrap();
        let imap = free_address();
        postfix.imap = Some(imap);
        postfix.asks(dovecot, &IMAP.replace("PORT", &imap.port().to_string()));
        postfix.starts().await;
        for _ in 0..PATIENCE.0 {
            if TcpStream::connect(imap).await.is_ok() {
                return postfix;
            }
            pause().await;
        }
        panic!("Dovecot does not answer; its log says:\n{}", postfix.dovecot_log());
    }

    /// Starts one that takes letters only encrypted and from `news` with the password `right-one`; its
    /// certificate is for 127.0.0.1. Dovecot says who is who.
    pub(crate) async fn start_guarded(program: PathBuf, dovecot: PathBuf, authority: &Authority) -> Self {
        let mut postfix = Self::furnished(program, GUARDED);
        let folder = postfix.folder.path().to_owned();
        authority.writes("127.0.0.1", &folder);
        postfix.asks(dovecot, SASL);
        postfix.starts().await;
        for _ in 0..PATIENCE.0 {
            if folder.join("auth").exists() {
                return postfix;
            }
            pause().await;
        }
        panic!("Dovecot does not answer; its log says:\n{}", postfix.dovecot_log());
    }

    fn furnished(program: PathBuf, more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let address = free_address();
        furnish(folder.path(), address, more);
        Self { program, folder, address, dovecot: None, imap: None }
    }

    /// Starts a Dovecot that knows `news`, with these settings too.
    fn asks(&mut self, dovecot: PathBuf, more: &str) {
        let folder = self.folder.path();
        fs::write(folder.join("users"), "news:{PLAIN}right-one\n").unwrap();
        let config = folder.join("dovecot.conf");
        fs::write(&config, filled(&[DOVECOT, more].concat(), folder)).unwrap();
        self.dovecot = Some(Command::new(dovecot).arg("-F").arg("-c").arg(config).spawn().unwrap());
    }

    fn dovecot_log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log/dovecot")).unwrap_or_default()
    }

    /// Stops at once, whatever is under way, and leaves half a letter in the queue for its next start to find.
    pub(crate) async fn stops(&self) {
        let master = fs::read_to_string(self.folder.path().join("queue/pid/master.pid")).unwrap();
        let master = Path::new("/proc").join(master.trim());
        self.command("abort");
        // It is asked to end, not waited for; a start beside it would fail.
        for _ in 0..PATIENCE.0 {
            if !master.exists() {
                break;
            }
            pause().await;
        }
        fs::write(self.folder.path().join("queue/incoming/360033.19617"), "half").unwrap();
    }

    /// Starts, and waits until it answers.
    pub(crate) async fn starts(&self) {
        self.command("start");
        for _ in 0..PATIENCE.0 {
            if TcpStream::connect(self.address).await.is_ok() {
                return;
            }
            pause().await;
        }
        panic!("Postfix does not answer on {}; its log says:\n{}", self.address, self.log());
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, as `YIZHAN_RELAY` wants it.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}?tls=none", self.address)
    }

    /// Where its mailboxes are read.
    pub(crate) fn imap(&self) -> SocketAddr {
        self.imap.expect("it has mailboxes")
    }

    /// The letters that lie in the maildir, each a file, in the order of their names.
    pub(crate) fn letters(&self) -> Vec<PathBuf> {
        let Ok(folder) = fs::read_dir(self.folder.path().join("mail/all/new")) else { return Vec::new() };
        let mut letters: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
        letters.sort();
        letters
    }

    /// Waits until so many letters lie in the maildir: Postfix says yes before it has delivered.
    pub(crate) async fn waits_for(&self, letters: usize) -> Vec<PathBuf> {
        for _ in 0..PATIENCE.0 {
            let there = self.letters();
            if there.len() >= letters {
                return there;
            }
            pause().await;
        }
        panic!("{} of {letters} letters came; the log says:\n{}", self.letters().len(), self.log());
    }

    /// Waits until it has delivered all it took.
    pub(crate) async fn waits_until_delivered(&self) {
        let queue = self.folder.path().join("queue");
        for _ in 0..PATIENCE.0 {
            // In the orders in which a letter goes through them, so that none slips by.
            if !["incoming", "active", "deferred", "active"].iter().any(|name| holds_letter(&queue.join(name))) {
                return;
            }
            pause().await;
        }
        panic!("letters stay in the queue; the log says:\n{}", self.log());
    }

    /// All that it wrote into its log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log/maillog")).unwrap_or_default()
    }

    fn command(&self, verb: &str) {
        let out = Command::new(&self.program).arg("-c").arg(self.folder.path()).arg(verb).output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "postfix {verb} failed: {said}\n{}", self.log());
    }
}

/// Whether a queue holds a whole letter: those alone are executable; what `stops` leaves is not.
fn holds_letter(folder: &Path) -> bool {
    fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| match entry.metadata() {
        // Some are hashed.
        Ok(found) if found.is_dir() => holds_letter(&entry.path()),
        Ok(found) => found.permissions().mode() & 0o100 != 0,
        // It has moved on.
        Err(_) => false,
    })
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let _ = Command::new(&self.program).arg("-c").arg(self.folder.path()).arg("abort").output();
        if let Some(dovecot) = &mut self.dovecot {
            // Asked, not killed: its parts end with it.
            let _ = Command::new("kill").arg(dovecot.id().to_string()).output();
            let _ = dovecot.wait();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "Postfix is outside the house: it rings no bell of ours")]
pub(crate) async fn pause() {
    tokio::time::sleep(PATIENCE.1).await;
}

fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).unwrap()
}

/// Writes the instance's settings and makes its folders.
fn furnish(folder: &Path, address: SocketAddr, more: &str) {
    for name in ["queue", "data", "mail", "log"] {
        fs::create_dir(folder.join(name)).unwrap();
    }
    chown(folder.join("mail"), Some(NOBODY), Some(NOBODY)).unwrap();
    let data = fs::metadata("/var/lib/postfix").expect("Debian's postfix package owns its data folder");
    let owner = std::os::unix::fs::MetadataExt::uid(&data);
    chown(folder.join("data"), Some(owner), None).unwrap();
    // Postfix's own account writes here too: what it finds amiss in the queue at a start, before its log service runs.
    fs::write(folder.join("log/maillog"), "").unwrap();
    chown(folder.join("log/maillog"), Some(owner), None).unwrap();
    fs::write(folder.join("main.cf"), filled(&[MAIN, more].concat(), folder)).unwrap();
    fs::write(folder.join("master.cf"), MASTER.replace("ADDRESS", &address.to_string())).unwrap();
}

/// Settings with the names of this instance in their places.
fn filled(settings: &str, folder: &Path) -> String {
    settings.replace("FOLDER", &folder.display().to_string()).replace("NOBODY", &NOBODY.to_string())
}

const MAIN: &str = "\
compatibility_level = 3.6
queue_directory = FOLDER/queue
data_directory = FOLDER/data
maillog_file = FOLDER/log/maillog
maillog_file_prefixes = FOLDER
myhostname = postfix.test
mynetworks = 127.0.0.0/8
inet_interfaces = loopback-only
inet_protocols = ipv4
mydestination =
local_recipient_maps =
virtual_mailbox_domains = static:all
virtual_mailbox_base = FOLDER/mail
virtual_uid_maps = static:NOBODY
virtual_gid_maps = static:NOBODY
message_size_limit = 67108864
virtual_mailbox_limit = 0
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
in_flow_delay = 0
";

const ONE_BOX: &str = "\
virtual_mailbox_maps = static:all/
";

const BOXES: &str = "\
virtual_mailbox_maps = texthash:FOLDER/boxes
";

const GUARDED: &str = "\
virtual_mailbox_maps = static:all/
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = FOLDER/relay.pem
smtpd_tls_loglevel = 1
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = FOLDER/auth
smtpd_tls_auth_only = yes
smtpd_error_sleep_time = 0
smtpd_relay_restrictions = permit_sasl_authenticated, reject
";

const DOVECOT: &str = "\
base_dir = FOLDER/dovecot
log_path = FOLDER/log/dovecot
ssl = no
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = scheme=plain username_format=%u FOLDER/users
}
";

const SASL: &str = "\
protocols =
service auth {
  unix_listener FOLDER/auth {
    mode = 0666
  }
}
";

const IMAP: &str = "\
protocols = imap
listen = 127.0.0.1
disable_plaintext_auth = no
mail_location = maildir:FOLDER/mail/all:INDEX=MEMORY
first_valid_uid = 1
userdb {
  driver = static
  args = uid=NOBODY gid=NOBODY home=FOLDER/mail/all
}
service imap-login {
  inet_listener imap {
    port = PORT
  }
  inet_listener imaps {
    port = 0
  }
}
";

const MASTER: &str = "\
ADDRESS inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
";

#[tokio::test]
async fn postfix_takes_a_letter_and_lets_it_be_read_back() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let Some(program) = crate::outside::postfix() else { return };
    let postfix = Postfix::start(program).await;
    assert!(postfix.url().starts_with("smtp://127.0.0.1:"));
    let mut client = TcpStream::connect(postfix.address).await.unwrap();
    let mut heard = String::new();
    for line in ["EHLO t", "MAIL FROM:<a@x.cn>", "RCPT TO:<b@y.cn>", "DATA", "Subject: s\r\n\r\n..hi\r\n.", "QUIT"] {
        let mut buffer = [0; 1024];
        let read = client.read(&mut buffer).await.unwrap();
        heard.push_str(&String::from_utf8_lossy(&buffer[..read]));
        client.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
    }
    assert!(heard.contains("queued as"), "{heard}");
    let letters = postfix.waits_for(1).await;
    let letter = fs::read_to_string(&letters[0]).unwrap();
    assert!(letter.contains("Delivered-To: b@y.cn\n") && letter.ends_with("\n\n.hi\n"), "{letter}");
    assert_eq!(letters.len(), 1);
}
