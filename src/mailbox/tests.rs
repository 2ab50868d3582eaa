//! The mailbox over real TCP, with dialogues written by hand.

use super::*;
use std::path::Path;
use tempfile::TempDir;

const HELLO: &str = "EHLO t\r\n";
const ENVELOPE: &str = "MAIL FROM:<a@x.cn> BODY=8BITMIME\r\nRCPT TO:<b@y.cn>\r\nDATA\r\n";

struct Station {
    folder: TempDir,
    address: std::net::SocketAddr,
    stop: watch::Sender<bool>,
    served: tokio::task::JoinHandle<io::Result<()>>,
}

impl Station {
    async fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap()).await
    }

    async fn start_in(folder: TempDir) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let mailbox = Mailbox { folder: folder.path().to_owned() };
        let served = tokio::spawn(async move { mailbox.serve(listener, stopped).await });
        Self { folder, address, stop, served }
    }

    async fn client(&self) -> TcpStream {
        let mut client = TcpStream::connect(self.address).await.unwrap();
        read_lines(&mut client, 1).await;
        client
    }

    /// Writes everything in one flight, closes that direction, and gives all that came back.
    async fn hears(&self, flight: impl AsRef<[u8]>) -> String {
        let mut client = self.client().await;
        client.write_all(flight.as_ref()).await.unwrap();
        client.shutdown().await.unwrap();
        let mut heard = String::new();
        client.read_to_string(&mut heard).await.unwrap();
        heard
    }

    fn letter(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }
}

/// Reads byte by byte until `count` lines have come.
async fn read_lines(client: &mut TcpStream, count: usize) -> String {
    let mut heard = Vec::new();
    while heard.iter().filter(|&&byte| byte == b'\n').count() < count {
        heard.push(client.read_u8().await.unwrap());
    }
    String::from_utf8(heard).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn codes(heard: &str) -> Vec<&str> {
    heard.lines().filter(|line| line.as_bytes()[3] == b' ').map(|line| &line[..3]).collect()
}

#[tokio::test]
async fn a_letter_is_kept_with_its_envelope_on_top() {
    let station = Station::start().await;
    let heard = station.hears(format!("{HELLO}{ENVELOPE}Subject: s\r\n\r\n你好\r\n.\r\nQUIT\r\n")).await;
    assert_eq!(codes(&heard), ["250", "250", "250", "354", "250", "221"]);
    assert!(heard.contains("\r\n250 2.0.0 Ok: queued as 000001\r\n"), "{heard}");
    assert_eq!(names(station.folder.path()), ["000001.eml"]);
    let expected = "Return-Path: <a@x.cn>\r\nDelivered-To: b@y.cn\r\nSubject: s\r\n\r\n你好\r\n";
    assert_eq!(station.letter("000001.eml"), expected);
}

#[tokio::test]
async fn a_flight_of_two_letters_is_answered_in_order_and_at_once() {
    let station = Station::start().await;
    let mut client = station.client().await;
    let flight = format!("{HELLO}{ENVELOPE}one\r\n.\r\n{ENVELOPE}two\r\n.\r\n");
    client.write_all(flight.as_bytes()).await.unwrap();
    let mut heard = vec![0; 4096];
    let read = client.read(&mut heard).await.unwrap();
    let heard = str::from_utf8(&heard[..read]).unwrap();
    assert_eq!(codes(heard), ["250", "250", "250", "354", "250", "250", "250", "354", "250"]);
    assert!(station.letter("000001.eml").ends_with("\r\none\r\n"));
    assert!(station.letter("000002.eml").ends_with("\r\ntwo\r\n"));
}

#[tokio::test]
async fn a_dialogue_that_trickles_in_byte_by_byte_ends_the_same() {
    let station = Station::start().await;
    let dialogue = format!("{HELLO}{ENVELOPE}S: s\r\n\r\n..\r\n.\r\n{ENVELOPE}.\r\nQUIT\r\n");
    let mut session = Session::default();
    let mut letters = Vec::new();
    let mut trickled = Vec::new();
    for byte in dialogue.as_bytes() {
        let answers = session.take(&[*byte], &mut |letter| {
            letters.push(letter.to_vec());
            Ok(format!("{:06}", letters.len()))
        });
        trickled.extend_from_slice(&answers);
    }
    assert_eq!(String::from_utf8(trickled).unwrap(), station.hears(&dialogue).await);
    for (at, letter) in letters.iter().enumerate() {
        assert_eq!(str::from_utf8(letter).unwrap(), station.letter(&format!("{:06}.eml", at + 1)));
    }
    assert_eq!(letters.len(), 2);
}

#[tokio::test]
async fn dots_that_were_stuffed_are_taken_out_again() {
    for (text, kept) in [
        ("..\r\n", ".\r\n"),
        ("..a\r\n...b\r\n", ".a\r\n..b\r\n"),
        ("a.\r\nb\r\n", "a.\r\nb\r\n"),
        ("", ""),
        ("a\n.\r\nb\r\n", "a\n.\r\nb\r\n"),
    ] {
        let station = Station::start().await;
        station.hears(format!("{HELLO}{ENVELOPE}{text}.\r\n")).await;
        let letter = station.letter("000001.eml");
        assert_eq!(letter.split_once("b@y.cn\r\n").unwrap().1, kept, "{text:?}");
    }
}

#[tokio::test]
async fn what_is_out_of_place_is_refused_and_the_conversation_goes_on() {
    let bomb = "x".repeat(600);
    for (said, code) in [
        ("MAIL FROM:<a@x.cn>\r\n", "503"),
        ("EHLO t\r\nRCPT TO:<b@y.cn>\r\n", "503"),
        ("EHLO t\r\nDATA\r\n", "503"),
        ("EHLO t\r\nMAIL FROM:<a@x.cn>\r\nDATA\r\n", "503"),
        ("EHLO t\r\nMAIL FROM:<a@x.cn>\r\nMAIL FROM:<a@x.cn>\r\n", "503"),
        ("EHLO t\r\nMAIL FROM:<a@x.cn> SIZE=99999999\r\n", "552"),
        ("EHLO t\r\nMAIL FROM:<李@x.cn>\r\n", "553"),
        ("EHLO t\r\nMAIL FROM:<a@x.cn>\r\nRCPT TO:<李@y.cn>\r\n", "553"),
        ("EHLO t\r\nMAIL FROM:a@x.cn\r\n", "501"),
        ("EHLO t\r\nMAIL FROM:<a@x.cn> COLOUR=red\r\n", "555"),
        ("AUTH PLAIN AAAA\r\n", "502"),
        ("\r\n", "502"),
        ("\0\u{1}\u{7f}\r\n", "502"),
        (&format!("{bomb}\r\n"), "502"),
    ] {
        let station = Station::start().await;
        let heard = station.hears(format!("{said}NOOP\r\n")).await;
        let codes = codes(&heard);
        assert_eq!(codes[codes.len() - 2..], [code, "250"], "{said:?}: {heard}");
    }
}

#[tokio::test]
async fn a_line_without_end_is_answered_and_ends_the_conversation() {
    let station = Station::start().await;
    assert_eq!(codes(&station.hears(vec![b'x'; 5000]).await), ["500"]);
}

#[tokio::test]
async fn rset_forgets_the_envelope() {
    let station = Station::start().await;
    let heard = station.hears("EHLO t\r\nMAIL FROM:<a@x.cn>\r\nRCPT TO:<b@y.cn>\r\nRSET\r\nDATA\r\n").await;
    assert_eq!(codes(&heard), ["250", "250", "250", "250", "503"]);
}

#[tokio::test]
async fn a_letter_above_the_limit_is_refused_and_the_next_one_taken() {
    let mut session = Session::default();
    let mut kept = 0;
    let mut keep = |_: &[u8]| {
        kept += 1;
        Ok("1".to_owned())
    };
    session.take(format!("{HELLO}{ENVELOPE}").as_bytes(), &mut keep);
    let block = b"0123456789abcde\r\n".repeat(65536);
    for _ in 0..65 {
        assert_eq!(session.take(&block, &mut keep), b"");
    }
    let heard = session.take(format!(".\r\n{ENVELOPE}small\r\n.\r\n").as_bytes(), &mut keep);
    assert_eq!(codes(&String::from_utf8(heard).unwrap()), ["552", "250", "250", "354", "250"]);
    assert_eq!(kept, 1);
}

#[tokio::test]
async fn a_letter_that_cannot_be_kept_is_not_taken() {
    let mut session = Session::default();
    let dialogue = format!("{HELLO}{ENVELOPE}a\r\n.\r\n");
    let heard = session.take(dialogue.as_bytes(), &mut |_| Err(io::ErrorKind::StorageFull.into()));
    assert_eq!(codes(&String::from_utf8(heard).unwrap()).last(), Some(&"452"));
}

#[tokio::test]
async fn numbers_go_on_after_a_restart() {
    let station = Station::start().await;
    station.hears(format!("{HELLO}{ENVELOPE}one\r\n.\r\n")).await;
    station.stop.send(true).unwrap();
    station.served.await.unwrap().unwrap();
    let station = Station::start_in(station.folder).await;
    assert!(station.hears(format!("{HELLO}{ENVELOPE}two\r\n.\r\n")).await.contains("queued as 000002"));
    assert_eq!(names(station.folder.path()), ["000001.eml", "000002.eml"]);
}

#[tokio::test]
async fn a_mailbox_that_stops_says_so_to_whoever_is_connected() {
    let station = Station::start().await;
    let mut client = station.client().await;
    client.write_all(b"NOOP\r\n").await.unwrap();
    read_lines(&mut client, 1).await;
    station.stop.send(true).unwrap();
    assert!(read_lines(&mut client, 1).await.starts_with("421 4.3.2 "));
    station.served.await.unwrap().unwrap();
    assert!(TcpStream::connect(station.address).await.is_err());
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, cut in 0..64usize) {
        let mut session = Session::default();
        let mut keep = |_: &[u8]| Ok("1".to_owned());
        session.take(HELLO.as_bytes(), &mut keep);
        let cut = cut.min(bytes.len());
        session.take(&bytes[..cut], &mut keep);
        session.take(&bytes[cut..], &mut keep);
    }
}
