//! Certificates are checked, and no setting at hand switches that off.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use aim_client::reqwest::{Certificate, ClientBuilder};
use aim_client::types::CustomerAccessTokenRequest;
use aim_client::{AimClient, Credentials, Delivery};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

const HERE: &str = "127.0.0.1";
const ANSWER: &str = "{\"Token\":\"invented\"}";

/// An authority of our own.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self {
            issuer: Issuer::new(params, key),
            certificate,
        }
    }

    /// What `ClientBuilder` takes as a root.
    fn root(&self) -> Certificate {
        Certificate::from_der(&self.certificate).unwrap()
    }

    /// A server whose certificate it signs.
    fn server(&self, params: &CertificateParams) -> Server {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Server::start(certificate.der().clone(), &key)
    }
}

fn for_host(host: &str) -> CertificateParams {
    CertificateParams::new(vec![host.to_owned()]).unwrap()
}

/// Speaks https and answers every request with the same object.
struct Server {
    address: SocketAddr,
    handshakes: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

impl Server {
    fn start(certificate: CertificateDer<'static>, key: &KeyPair) -> Self {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind((HERE, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let [handshakes, requests] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
        let (began, came) = (Arc::clone(&handshakes), Arc::clone(&requests));
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                began.fetch_add(1, Ordering::SeqCst);
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = StreamOwned::new(connection, stream);
                let (mut head, mut byte) = (Vec::new(), [0]);
                // A client that distrusts the certificate ends the handshake.
                while stream.read(&mut byte).is_ok_and(|count| count == 1) {
                    head.push(byte[0]);
                    if head.ends_with(b"\r\n\r\n") {
                        came.fetch_add(1, Ordering::SeqCst);
                        let length = ANSWER.len();
                        let _ = write!(
                            stream,
                            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
                             Content-Length: {length}\r\nConnection: close\r\n\r\n{ANSWER}"
                        );
                        break;
                    }
                }
            }
        });
        Self {
            address,
            handshakes,
            requests,
        }
    }

    async fn call(
        &self,
        configure: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<(), aim_client::Error> {
        let client = AimClient::builder()
            .base_url(format!("https://{}", self.address))
            .credentials(Credentials::new("api-key", "app-id"))
            .http(configure)
            .build()?;
        let request = CustomerAccessTokenRequest::new().acct(4711);
        client.customer_access_token(&request).await.map(drop)
    }

    /// Nobody talks to it, whatever the caller tries.
    async fn is_distrusted(&self, roots: &[Certificate]) {
        type Configure = fn(ClientBuilder) -> ClientBuilder;
        let ways: [Configure; 3] = [
            |http| http,
            |http| http.tls_danger_accept_invalid_certs(true),
            |http| {
                http.tls_danger_accept_invalid_certs(true)
                    .tls_danger_accept_invalid_hostnames(true)
            },
        ];
        for (index, way) in ways.into_iter().enumerate() {
            let roots = roots.to_vec();
            let error = self
                .call(|http| way(http).tls_certs_only(roots))
                .await
                .unwrap_err();
            assert_eq!(error.delivery(), Delivery::NotSent, "{error}");
            assert!(error.is_connect(), "{error}");
            assert!(self.handshakes.load(Ordering::SeqCst) > index);
            assert_eq!(self.requests.load(Ordering::SeqCst), 0);
        }
    }
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_when_asked_for() {
    let authority = Authority::new();
    let server = authority.server(&for_host(HERE));
    let root = authority.root();
    server
        .call(|http| http.tls_certs_only([root]))
        .await
        .unwrap();
    assert_eq!(server.requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_unknown_authority_is_distrusted() {
    let server = Authority::new().server(&for_host(HERE));
    server.is_distrusted(&[Authority::new().root()]).await;
}

#[tokio::test]
async fn an_expired_certificate_is_distrusted() {
    let authority = Authority::new();
    let mut params = for_host(HERE);
    params.not_before = date_time_ymd(2001, 1, 1);
    params.not_after = date_time_ymd(2002, 1, 1);
    let server = authority.server(&params);
    server.is_distrusted(&[authority.root()]).await;
}

#[tokio::test]
async fn a_certificate_of_another_host_is_distrusted() {
    let authority = Authority::new();
    let server = authority.server(&for_host("aim.example"));
    server.is_distrusted(&[authority.root()]).await;
}

#[tokio::test]
async fn a_self_signed_certificate_is_distrusted() {
    let key = KeyPair::generate().unwrap();
    let certificate = for_host(HERE).self_signed(&key).unwrap();
    let server = Server::start(certificate.der().clone(), &key);
    server.is_distrusted(&[Authority::new().root()]).await;
}
