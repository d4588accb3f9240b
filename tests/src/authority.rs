//! A certificate authority for https servers in tests.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// An authority that only clients configured for it trust.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate.
    pub certificate: CertificateDer<'static>,
    /// The certificate as PEM.
    pub pem: String,
}

impl Authority {
    /// Makes a new authority.
    ///
    /// # Errors
    ///
    /// The error of rcgen.
    pub fn new() -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // With rcgen's default name, OpenSSL would treat a signed certificate
        // as self-signed.
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, "an authority of our own");
        let certificate = params.self_signed(&key)?;
        Ok(Self {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        })
    }

    /// The settings of a server with a certificate that this authority signs.
    ///
    /// # Errors
    ///
    /// The error of rcgen or rustls.
    pub fn server(
        &self,
        params: &CertificateParams,
    ) -> Result<ServerConfig, Box<dyn std::error::Error>> {
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(server(certificate.der().clone(), &key)?)
    }
}

/// The settings of a server with a certificate.
///
/// # Errors
///
/// The error of rustls.
pub fn server(
    certificate: CertificateDer<'static>,
    key: &KeyPair,
) -> Result<ServerConfig, rustls::Error> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
}
