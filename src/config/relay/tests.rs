//! Relays as people write them, and the ways of giving a password away that are refused.

use super::*;

fn relay(url: &str) -> RelaySettings {
    RelaySettings { url: Some(url.to_owned().into()), ..RelaySettings::default() }
}

fn read_as(url: &str) -> RelayAddress {
    relay(url).address().expect(url).expect("there is one")
}

#[test]
fn a_relay_is_read_as_people_write_it() {
    use Encryption::{Implicit, None as Plain, Opportunistic, Required};
    for (url, host, port, connections, encryption) in [
        ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, None, Opportunistic),
        ("smtp://relay.example.cn", "relay.example.cn", 25, None, Opportunistic),
        ("smtp://[::1]:25?connections=4&tls=none", "::1", 25, Some(4), Plain),
        ("smtp://[::1]", "::1", 25, None, Opportunistic),
        ("smtp://relay.example.cn:587/?tls=required", "relay.example.cn", 587, None, Required),
        ("smtps://relay.example.cn", "relay.example.cn", 465, None, Implicit),
        ("smtps://relay.example.cn:4650?tls=required", "relay.example.cn", 4650, None, Implicit),
        ("smtp://news:pw@relay.example.cn:587", "relay.example.cn", 587, None, Required),
        ("smtp://news:pw@127.0.0.1", "127.0.0.1", 25, None, Opportunistic),
        ("smtp://news:pw@localhost?tls=none", "localhost", 25, None, Plain),
    ] {
        let relay = read_as(url);
        let read = (relay.host.as_str(), relay.port, relay.connections, relay.security.encryption);
        assert_eq!(read, (host, port, connections, encryption), "{url}");
        assert_eq!(relay.tls_name, host);
    }
}

#[test]
fn user_and_password_are_percent_encoded() {
    for (url, user, password) in [
        ("smtps://news:pw@h", "news", "pw"),
        ("smtps://news%40press.cn:a%2Fb%3Fc%25%3A@h", "news@press.cn", "a/b?c%:"),
        ("smtps://news@press.cn:p:w@h", "news@press.cn", "p:w"),
        ("smtps://%E7%BC%96%E8%BE%91:%E5%AF%86@h", "编辑", "密"),
    ] {
        let login = read_as(url).security.login.expect(url);
        assert_eq!((login.user.as_str(), login.password.reveal()), (user, password), "{url}");
    }
}

#[test]
fn a_wrong_relay_is_refused_without_showing_its_password() {
    for (url, why) in [
        ("relay:25", "does not begin"),
        ("smtp://", "names no host"),
        ("smtps://u:secret@", "names no host"),
        ("smtp://h:99999", "port"),
        ("smtps://u:secret@h:x", "port"),
        ("smtp://h?connections=0", "from 1 to 100"),
        ("smtp://h?x=1", "not known"),
        ("smtp://h?tls", "none of none"),
        ("smtp://h?tls=starttls", "none of none"),
        ("smtps://u:secret@h?tls=none", "first byte"),
        ("smtps://u:secret@h?tls=opportunistic", "first byte"),
        ("smtps://u@h", "without a password"),
        ("smtps://:secret@h", "empty"),
        ("smtps://u%00:secret@h", "NUL"),
        ("smtps://u:secret%FF@h", "UTF-8"),
        ("smtp://u:secret@h?tls=none", "auth_in_clear"),
        ("smtp://u:secret@h?tls=opportunistic", "auth_in_clear"),
    ] {
        let said = relay(url).address().expect_err(url).to_string();
        assert!(!said.contains("secret") && said.contains(why) && said.contains("smtp://host:port"), "{url}: {said}");
    }
}

#[test]
fn a_relay_that_is_marked_plain_gets_its_password_in_clear() {
    for (query, encryption) in
        [("", Encryption::Opportunistic), ("?tls=none", Encryption::None), ("?tls=required", Encryption::Required)]
    {
        let plain = RelaySettings { auth_in_clear: true, ..relay(&format!("smtp://u:pw@10.0.0.25{query}")) };
        let relay = plain.address().expect(query).expect("there is one");
        assert_eq!((relay.security.encryption, relay.security.auth_in_clear), (encryption, true), "{query}");
    }
    assert!(!read_as("smtps://u:pw@h").security.auth_in_clear);
}

#[test]
fn what_stands_in_files_is_read_and_a_missing_one_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("password");
    std::fs::write(&file, "from file\r\n").expect("written");
    let with_file = |url: &str, path: &Path| {
        RelaySettings { password_file: Some(path.to_owned()), ..relay(url) }.address().map_err(|e| e.to_string())
    };
    let password = |url: &str| {
        let login = with_file(url, &file).expect(url).expect("there is one").security.login.expect("it signs in");
        login.password.reveal().to_owned()
    };
    assert_eq!(password("smtps://u@h"), "from file");
    assert_eq!(password("smtps://u:pw@h"), "pw", "what the address says goes before");
    assert!(with_file("smtps://h", &file).expect_err("no user").contains("needs a user"));
    let missing = folder.path().join("missing");
    let said = with_file("smtps://u@h", &missing).expect_err("no file");
    assert!(said.contains("password_file") && said.contains("missing"), "{said}");
    let no_authority = RelaySettings { ca_file: Some(missing), ..relay("smtps://h") };
    assert!(no_authority.address().expect_err("no file").to_string().contains("ca_file"));
}

#[test]
fn a_password_shows_in_no_debug_output() {
    let settings = relay("smtps://u:secret@h");
    assert!(!format!("{settings:?} {:?}", settings.address()).contains("secret"));
}
