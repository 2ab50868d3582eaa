//! Tls: how a connection to a relay is encrypted, and how the relay proves who it is: by a certificate
//! for the name we know it by, from an authority that this machine or `ca_file` trusts. rustls with
//! aws-lc-rs does the work. Made once from the settings; connections share it, and resume sessions.

use super::session::Encryption;
use crate::clock::Clock;
use crate::domain::attempt::Break;
use crate::domain::language::Sentence;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{self, CryptoProvider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsConnector, rustls};

/// Whom we take for the relay.
#[derive(Clone)]
pub struct Trust {
    connector: TlsConnector,
    name: ServerName<'static>,
}

/// Why nobody can be trusted by these settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No certificate can be for such a name.
    #[error(
        "'{0}' is no host name that a certificate can be for; set [relay] tls_name to the name in the relay's certificate"
    )]
    Name(String),
    /// What was given as authorities is none.
    #[error(
        "[relay] ca_file holds no certificate in PEM; give the authority's certificate, as -----BEGIN CERTIFICATE-----"
    )]
    NoCertificate,
    /// There is nobody to trust.
    #[error("this machine knows no certificate authorities; install its ca-certificates, or set [relay] ca_file")]
    Nobody,
}

/// Why a connection was not encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoHandshake {
    /// It broke, or what came was no TLS: the next one may be well.
    Broken(Break),
    /// The relay, or we, did not agree, and will not agree the next time; in words.
    Refused(Sentence),
}

impl Trust {
    /// Whom we take for the relay of that name; nobody where nothing is encrypted.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn of(
        encryption: Encryption,
        name: &str,
        authorities: Option<&[u8]>,
        clock: &Clock,
    ) -> Result<Option<Self>, Error> {
        match encryption {
            Encryption::None => Ok(None),
            Encryption::Opportunistic => Self::in_anyone(name, clock).map(Some),
            Encryption::Required | Encryption::Implicit => Self::in_name(name, authorities, clock).map(Some),
        }
    }

    /// Trusts whoever proves by certificate to be `name`: one of this machine's authorities vouches for it,
    /// or one of those in `authorities` (PEM).
    fn in_name(name: &str, authorities: Option<&[u8]>, clock: &Clock) -> Result<Self, Error> {
        let mut roots = RootCertStore::empty();
        // What the machine holds that is no certificate vouches for nobody, and does no harm.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(pem) = authorities {
            let own: Vec<_> = CertificateDer::pem_slice_iter(pem).flatten().collect();
            let (added, _) = roots.add_parsable_certificates(own);
            if added == 0 {
                return Err(Error::NoCertificate);
            }
        }
        if roots.is_empty() {
            return Err(Error::Nobody);
        }
        let config = builder(clock).with_root_certificates(roots).with_no_client_auth();
        Self::new(name, config)
    }

    /// Takes anyone for the relay: encrypted, but nobody vouches.
    fn in_anyone(name: &str, clock: &Clock) -> Result<Self, Error> {
        let anyone = Arc::new(Anyone(crypto::aws_lc_rs::default_provider()));
        let config = builder(clock).dangerous().with_custom_certificate_verifier(anyone).with_no_client_auth();
        Self::new(name, config)
    }

    fn new(name: &str, config: ClientConfig) -> Result<Self, Error> {
        let known = ServerName::try_from(name.to_owned()).map_err(|_| Error::Name(name.to_owned()))?;
        Ok(Self { connector: Arc::new(config).into(), name: known })
    }

    /// Encrypts a connection.
    pub(super) async fn handshake(&self, stream: TcpStream) -> Result<TlsStream<TcpStream>, NoHandshake> {
        self.connector.connect(self.name.clone(), stream).await.map_err(|error| self.explain(&error))
    }

    /// Only what would be the same for every connection is a matter of settings.
    fn explain(&self, error: &io::Error) -> NoHandshake {
        use rustls::AlertDescription::{HandshakeFailure, ProtocolVersion};
        let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) else {
            return NoHandshake::Broken(Break::Closed);
        };
        match error {
            rustls::Error::InvalidCertificate(why) => NoHandshake::Refused(self.explain_certificate(why)),
            rustls::Error::PeerIncompatible(_) | rustls::Error::AlertReceived(ProtocolVersion | HandshakeFailure) => {
                NoHandshake::Refused(sentence(
                    format!("{error}; the relay must speak TLS 1.2 or 1.3"),
                    "对方服务器必须支持 TLS 1.2 或 1.3。",
                ))
            }
            // The library's own enum, which grows: whatever else it may be, it may pass.
            _ => NoHandshake::Broken(Break::Garbage),
        }
    }

    fn explain_certificate(&self, why: &CertificateError) -> Sentence {
        let name = self.name.to_str();
        match why {
            CertificateError::UnknownIssuer | CertificateError::BadSignature => sentence(
                "no authority that is trusted here vouches for its certificate; set [relay] ca_file to the certificate of the office's own authority",
                "本机不信任签发对方证书的机构；若是单位自己的机构，请把它的证书设为 [relay] ca_file。",
            ),
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => sentence(
                format!(
                    "its certificate is not for {name}; use the name in the certificate, or set [relay] tls_name to it"
                ),
                format!("对方的证书不是给 {name} 的；请改用证书上的名字，或把 [relay] tls_name 设成它。"),
            ),
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => sentence(
                "its certificate has expired; it must be renewed at the relay",
                "对方的证书已经过期；请对方管理员更新证书。",
            ),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => sentence(
                "its certificate is not valid yet; look at this machine's clock",
                "对方的证书还没有生效；请看本机的时钟是否准确。",
            ),
            // The library has no name of its own for this one; `openssl req -x509` makes such certificates.
            CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => sentence(
                "its certificate is an authority's own (CA:TRUE), which no relay may show; make it one of its own, signed by that authority or by itself with CA:FALSE",
                "对方出示的是签发机构自己的证书（CA:TRUE），服务器不能用它；请对方管理员另做一张 CA:FALSE 的证书。",
            ),
            other => sentence(format!("{other}"), format!("对方的证书不被接受（{other}）。")),
        }
    }
}

fn sentence(english: impl Into<String>, chinese: impl Into<String>) -> Sentence {
    Sentence { english: english.into(), chinese: chinese.into() }
}

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trust").field("name", &self.name).finish_non_exhaustive()
    }
}

fn builder(clock: &Clock) -> rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier> {
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_details(provider, Arc::new(Hours(clock.clone())))
        .with_safe_default_protocol_versions()
        .expect("the provider has a cipher suite for each version")
}

/// The hour by which certificates expire: our clock's, as everything here.
#[derive(Debug)]
struct Hours(Clock);

impl TimeProvider for Hours {
    fn current_time(&self) -> Option<UnixTime> {
        let since_epoch = u64::try_from(self.0.now().0).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_millis(since_epoch)))
    }
}

/// Believes every certificate, as long as whoever shows it has its key.
#[derive(Debug)]
struct Anyone(CryptoProvider);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        crypto::verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        crypto::verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::moment::Moment;
    use rustls::{AlertDescription, Error, InvalidMessage, PeerIncompatible};

    #[test]
    fn only_what_would_be_the_same_the_next_time_takes_a_relay_out() {
        let trust = Trust::in_anyone("relay.example", &Clock::wound(Moment(0))).expect("a name");
        let heard = |error: Error| trust.explain(&io::Error::new(io::ErrorKind::InvalidData, error));
        for settings in [
            Error::InvalidCertificate(CertificateError::UnknownIssuer),
            Error::PeerIncompatible(PeerIncompatible::Tls12NotOffered),
            Error::AlertReceived(AlertDescription::ProtocolVersion),
            Error::AlertReceived(AlertDescription::HandshakeFailure),
        ] {
            assert!(matches!(heard(settings.clone()), NoHandshake::Refused(_)), "{settings}");
        }
        for passing in [
            Error::InvalidMessage(InvalidMessage::InvalidContentType),
            Error::AlertReceived(AlertDescription::InternalError),
            Error::AlertReceived(AlertDescription::DecryptError),
            Error::DecryptError,
            Error::General("busy".into()),
        ] {
            assert_eq!(heard(passing.clone()), NoHandshake::Broken(Break::Garbage), "{passing}");
        }
        assert_eq!(trust.explain(&io::ErrorKind::ConnectionReset.into()), NoHandshake::Broken(Break::Closed));
    }
}
