//! Authority: an office's own certificate authority, made for one story. It certifies relays, and its
//! own certificate is what a reader of `ca_file` trusts.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Harbour Office Authority");
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    /// Writes its certificate into a folder, as `ca_file` wants it.
    pub(crate) fn file(&self, folder: &Path) -> PathBuf {
        let path = folder.join("authority.pem");
        std::fs::write(&path, self.issuer.pem()).unwrap();
        path
    }

    /// What a relay of that name (or address) shows.
    pub(crate) fn certifies(&self, name: &str) -> Arc<ServerConfig> {
        self.certifies_until(name, 4096)
    }

    /// Writes what a relay of that name needs into one file of a folder: its key, then its certificate.
    pub(crate) fn writes(&self, name: &str, folder: &Path) -> PathBuf {
        let (path, key) = (folder.join("relay.pem"), KeyPair::generate().unwrap());
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        std::fs::write(&path, key.serialize_pem() + &certificate.pem()).unwrap();
        path
    }

    /// What a relay shows that has nothing but this authority's own certificate.
    pub(crate) fn shows_itself(&self) -> Arc<ServerConfig> {
        shows(self.issuer.der().clone(), self.issuer.key())
    }

    /// The same as [`Authority::certifies`], until the beginning of a year.
    pub(crate) fn certifies_until(&self, name: &str, year: i32) -> Arc<ServerConfig> {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        shows(certificate.der().clone(), &key)
    }
}

fn shows(certificate: CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key);
    Arc::new(config.unwrap())
}
