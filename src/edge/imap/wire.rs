//! The connection below IMAP: TCP, TLS over it, and how many bytes have come, by which a silent server is known.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

use super::Trouble;
use crate::post::Server;
use crate::said;

/// A connection, with or without TLS.
#[derive(Debug)]
pub struct Wire {
    stream: Stream,
    /// The bytes that have come so far.
    pub received: Arc<AtomicU64>,
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// Connects to a server; certificates named by the mailbox lie below the root.
    pub async fn connect(server: &Server, root: &Path) -> Result<Wire, Trouble> {
        let Server { host, port, .. } = server;
        let unreachable =
            |e: io::Error| Trouble::Lost(said!("{host}:{port} cannot be reached: {e}", "无法连接{host}:{port}：{e}"));
        let tcp = TcpStream::connect((host.as_str(), *port)).await.map_err(unreachable)?;
        let stream = match server.tls {
            false => Stream::Plain(tcp),
            true => Stream::Tls(Box::new(encrypt(tcp, server, root).await?)),
        };
        Ok(Wire { stream, received: Arc::default() })
    }
}

async fn encrypt(tcp: TcpStream, server: &Server, root: &Path) -> Result<TlsStream<TcpStream>, Trouble> {
    let host = &server.host;
    let name = ServerName::try_from(host.clone())
        .map_err(|_| Trouble::Refused(said!("`{host}` is no host name", "`{host}` 不是主机名")))?;
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| Trouble::Refused(said!("TLS cannot be set up: {e}", "无法建立加密连接：{e}")))?
        .with_root_certificates(trusted(server, root)?)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config)).connect(name, tcp).await.map_err(|e| refused(host, &e))
}

/// A certificate that is not trusted will not be in a minute; all else may pass.
fn refused(host: &str, e: &io::Error) -> Trouble {
    match e.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(why)) => Trouble::Refused(said!(
            "{host} shows a certificate that is not trusted ({why:?}); if a gateway of yours signs it, name its certificate with `ca`",
            "{host} 的证书不受信任（{why:?}）；如由本单位网关签发，请用 `ca` 指定其根证书"
        )),
        _ => Trouble::Lost(said!("TLS with {host} failed: {e}", "与{host}建立加密连接失败：{e}")),
    }
}

/// The certificates to trust: those of the file the mailbox names, else those this machine's system trusts.
fn trusted(server: &Server, root: &Path) -> Result<RootCertStore, Trouble> {
    let mut store = RootCertStore::empty();
    let Some(ca) = &server.ca else {
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let none = said!(
            "this machine knows no certificate authority; install the package ca-certificates, or name a file with `ca`",
            "本机没有任何受信任的根证书；请安装 ca-certificates，或用 `ca` 指定证书文件"
        );
        return if store.is_empty() { Err(Trouble::Refused(none)) } else { Ok(store) };
    };
    let unreadable = |e: &dyn std::fmt::Display| {
        Trouble::Refused(said!("`ca`: {ca} holds no certificate: {e}", "`ca`：{ca} 中没有可用的证书：{e}"))
    };
    for certificate in CertificateDer::pem_file_iter(root.join(ca)).map_err(|e| unreadable(&e))? {
        store.add(certificate.map_err(|e| unreadable(&e))?).map_err(|e| unreadable(&e))?;
    }
    if store.is_empty() { Err(unreadable(&"PEM")) } else { Ok(store) }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let polled = match &mut this.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Stream::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        };
        this.received.fetch_add((buf.filled().len() - before) as u64, Ordering::Relaxed);
        polled
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Stream::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
