//! A certificate authority of our own, for servers that speak https.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// An authority, which nobody trusts unless configured to.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate.
    pub certificate: CertificateDer<'static>,
    /// The same as a PEM file has it.
    pub pem: String,
}

impl Authority {
    /// A new one.
    ///
    /// # Errors
    ///
    /// What rcgen says.
    pub fn new() -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // With the name that rcgen gives to all, what it signs would look
        // self-signed to OpenSSL.
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, "an authority of our own");
        let certificate = params.self_signed(&key)?;
        Ok(Self {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        })
    }

    /// The settings of a server whose certificate it signs.
    ///
    /// # Errors
    ///
    /// What rcgen or rustls say.
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
/// What rustls says.
pub fn server(
    certificate: CertificateDer<'static>,
    key: &KeyPair,
) -> Result<ServerConfig, rustls::Error> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
}
