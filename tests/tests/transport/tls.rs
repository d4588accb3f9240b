//! Certificates are checked, and no setting at hand switches that off: by
//! rustls, and with the feature `native-tls` by the system's library too.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use aim_client::reqwest::{Certificate, ClientBuilder};
use aim_client::types::CustomerAccessTokenRequest;
use aim_client::{AimClient, AimClientBuilder, Credentials, Delivery, ErrorKind, Retry};
use aim_tests::authority::{self, Authority};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

const HERE: &str = "127.0.0.1";
const UNKNOWN: &str = "nobody trusted has signed the server's certificate: add the authority with `root_certificate` if it is your own, or check the host of the base url";
const ANSWER: &str = "{\"Token\":\"invented\"}";

type Configure = fn(ClientBuilder) -> ClientBuilder;

/// The libraries that check.
const BACKENDS: &[Configure] = &[
    ClientBuilder::tls_backend_rustls,
    #[cfg(feature = "native-tls")]
    ClientBuilder::tls_backend_native,
];

/// What `ClientBuilder` takes as a root.
fn root(authority: &Authority) -> Certificate {
    Certificate::from_der(&authority.certificate).unwrap()
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
    fn start(config: ServerConfig) -> Self {
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

    fn builder(&self) -> AimClientBuilder {
        AimClient::builder()
            .base_url(format!("https://{}", self.address))
            .credentials(Credentials::new("api-key", "app-id"))
            .retry(Retry::never())
    }

    /// Nobody talks to it, whatever the caller tries, and the error says why.
    async fn is_distrusted(&self, roots: &[Certificate], why: &str) {
        let ways: [Configure; 3] = [
            |http| http,
            |http| http.tls_danger_accept_invalid_certs(true),
            |http| {
                http.tls_danger_accept_invalid_certs(true)
                    .tls_danger_accept_invalid_hostnames(true)
            },
        ];
        for backend in BACKENDS {
            for way in ways {
                let before = self.handshakes.load(Ordering::SeqCst);
                let roots = roots.to_vec();
                let client = self
                    .builder()
                    .http(|http| way(backend(http)).tls_certs_only(roots.clone()));
                let error = call(client).await.unwrap_err();
                assert_eq!(error.delivery(), Delivery::NotSent, "{error}");
                assert!(error.is_connect(), "{error}");
                assert_eq!(error.kind(), ErrorKind::Tls, "{error}");
                let why = format!(": no tls, since {why}; nothing was sent");
                assert!(error.to_string().ends_with(&why), "{error}");
                assert!(self.handshakes.load(Ordering::SeqCst) > before);
                assert_eq!(self.requests.load(Ordering::SeqCst), 0);
            }
        }
    }
}

async fn call(builder: AimClientBuilder) -> Result<(), aim_client::Error> {
    let request = CustomerAccessTokenRequest::new().acct(4711);
    builder
        .build()?
        .customer_access_token(&request)
        .await
        .map(drop)
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_when_asked_for() {
    let authority = Authority::new().unwrap();
    let server = Server::start(authority.server(&for_host(HERE)).unwrap());
    for backend in BACKENDS {
        // The system's own stay trusted, and this one is not among them.
        let error = call(server.builder().http(backend)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Tls, "{error}");
        let before = server.requests.load(Ordering::SeqCst);
        let trusting = server.builder().http(backend);
        call(trusting.root_certificate(authority.pem.as_str()))
            .await
            .unwrap();
        assert_eq!(server.requests.load(Ordering::SeqCst), before + 1);
    }
}

#[tokio::test]
async fn an_unknown_authority_is_distrusted() {
    let authority = Authority::new().unwrap();
    let server = Server::start(authority.server(&for_host(HERE)).unwrap());
    let other = root(&Authority::new().unwrap());
    server.is_distrusted(&[other], UNKNOWN).await;
}

#[tokio::test]
async fn a_certificate_of_another_time_is_distrusted() {
    let authority = Authority::new().unwrap();
    for (year, why) in [
        (
            2001,
            "the server's certificate has expired: have it renewed, or set this machine's clock right",
        ),
        (
            2091,
            "the server's certificate is not valid yet: set this machine's clock right",
        ),
    ] {
        let mut params = for_host(HERE);
        params.not_before = date_time_ymd(year, 1, 1);
        params.not_after = date_time_ymd(year + 1, 1, 1);
        let server = Server::start(authority.server(&params).unwrap());
        server.is_distrusted(&[root(&authority)], why).await;
    }
}

#[tokio::test]
async fn a_certificate_of_another_host_is_distrusted() {
    let authority = Authority::new().unwrap();
    let server = Server::start(authority.server(&for_host("aim.example")).unwrap());
    let why = "the server's certificate is for another host: check the host of the base url";
    server.is_distrusted(&[root(&authority)], why).await;
}

#[tokio::test]
async fn a_self_signed_certificate_is_distrusted() {
    let key = KeyPair::generate().unwrap();
    let certificate = for_host(HERE).self_signed(&key).unwrap();
    let config = authority::server(certificate.der().clone(), &key).unwrap();
    let server = Server::start(config);
    let other = root(&Authority::new().unwrap());
    server.is_distrusted(&[other], UNKNOWN).await;
}
