//! Keys: the folder `data/keys/` with the keys that sign letters, one a file, named
//! `SELECTOR._domainkey.DOMAIN.pem` and readable by its owner only. Read by the station when it
//! begins to send and again at each SIGHUP, made and shown by `yizhan dkim`.

use crate::compose::sign::{Algorithm, KeyName, SigningKey};
use anyhow::{Context as _, bail};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, RsaKeyPair};
use data_encoding::BASE64;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const ENDING: &str = ".pem";

/// Where the key of this name lies, or would.
pub(super) fn file_of(data: &Path, name: &KeyName) -> PathBuf {
    folder(data).join(format!("{name}{ENDING}"))
}

/// Every key of a data folder, RSA first, then by name; none where there is no folder of keys.
///
/// # Errors
/// When a key cannot be used, or others can read it: nothing is then sent unsigned by mistake.
pub(super) fn load(data: &Path) -> anyhow::Result<Vec<Arc<SigningKey>>> {
    let folder = folder(data);
    let cannot = || format!("the keys in {} cannot be read", folder.display());
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(cannot)?,
    };
    let mut keys = Vec::new();
    for entry in entries {
        let file = entry.with_context(cannot)?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if let Some(name) = name.strip_suffix(ENDING) {
            keys.push(Arc::new(read(&file, name)?));
        }
    }
    keys.sort_by(|a, b| (a.algorithm(), a.name()).cmp(&(b.algorithm(), b.name())));
    Ok(keys)
}

/// Makes a key and keeps it.
///
/// # Errors
/// When there is one of this name, or it cannot be written.
pub(super) fn make(data: &Path, name: KeyName, algorithm: Algorithm) -> anyhow::Result<SigningKey> {
    let pem = drawn(algorithm).context("the machine gives no random numbers for a key")?;
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder(data))
        .with_context(|| format!("{} cannot be made", folder(data).display()))?;
    let file = file_of(data, &name);
    if let Err(error) = write(&file, &pem) {
        if error.kind() == ErrorKind::AlreadyExists {
            bail!("there is a key {name} already; see it with `yizhan dkim show`, or name another with --selector");
        }
        // Half a key would be in the way of the next try; that there is none is as good.
        let _ = fs::remove_file(&file);
        return Err(error).with_context(|| format!("the key {} cannot be written", file.display()));
    }
    Ok(SigningKey::read(name, &pem)?)
}

fn folder(data: &Path) -> PathBuf {
    data.join("keys")
}

fn read(file: &Path, name: &str) -> anyhow::Result<SigningKey> {
    let shown = file.display();
    let cannot = || format!("the key {shown} cannot be read");
    let name: KeyName = name.parse().map_err(|why| {
        anyhow::anyhow!("the key {shown} {why}; call it SELECTOR._domainkey.DOMAIN.pem, or move it away")
    })?;
    // Asked of the open file, so that nobody can put another in its place.
    let mut open = fs::File::open(file).with_context(cannot)?;
    let mode = open.metadata().with_context(cannot)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        bail!(
            "the key {shown} can be read by others (mode {mode:04o}); close it with `chmod 600 {shown}`, or, if \
             somebody may have read it, remove it and make another with `yizhan dkim new {}`",
            name.domain()
        );
    }
    let mut pem = String::new();
    open.read_to_string(&mut pem).with_context(cannot)?;
    SigningKey::read(name, &pem)
        .map_err(|why| anyhow::anyhow!("the key {shown} {why}; move it away, and make another with `yizhan dkim new`"))
}

/// A new private key in PEM (PKCS#8).
fn drawn(algorithm: Algorithm) -> anyhow::Result<String> {
    let der = match algorithm {
        Algorithm::Rsa => {
            let der: Pkcs8V1Der<'_> = RsaKeyPair::generate(KeySize::Rsa2048)?.as_der()?;
            der.as_ref().to_vec()
        }
        Algorithm::Ed25519 => Ed25519KeyPair::generate()?.to_pkcs8v1()?.as_ref().to_vec(),
    };
    let base64 = BASE64.encode(&der);
    let lines: Vec<_> = base64.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")))
}

fn write(file: &Path, pem: &str) -> std::io::Result<()> {
    let mut open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    open.write_all(pem.as_bytes())?;
    open.sync_all()
}
