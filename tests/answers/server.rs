//! The mail server of `server.py` under a test, and an office that sends through it.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use tempfile::TempDir;

use crate::office::Office;

/// A mail server on loopback with TLS and login; ends with this value.
pub struct Server {
    folder: TempDir,
    port: String,
    child: Child,
    stdin: Option<ChildStdin>,
}

impl Server {
    /// Starts it and waits until it listens.
    pub fn start() -> Server {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let modules = root.join("target/smtp");
        assert!(modules.is_dir(), "the test mail server is missing: run scripts/setup-smtp.sh");
        let folder = TempDir::new().unwrap();
        let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        fs::write(folder.path().join("certificate.pem"), own.cert.pem()).unwrap();
        fs::write(folder.path().join("key.pem"), own.signing_key.serialize_pem()).unwrap();
        fs::write(folder.path().join("code"), "authorization-code\n").unwrap();
        let mut child = Command::new("python3")
            .arg(root.join("tests/answers/server.py"))
            .arg(folder.path())
            .env("PYTHONPATH", modules)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 runs");
        let stdin = child.stdin.take();
        // It says its port when it listens; if it dies, the pipe ends and this does not wait.
        let mut port = [0u8; 6];
        child.stdout.take().unwrap().read_exact(&mut port).expect("the server listens");
        let port = String::from_utf8(port.to_vec()).unwrap().trim().to_owned();
        Server { folder, port, child, stdin }
    }

    /// The office sends through this server.
    pub fn serves(&self, office: Office) -> Office {
        self.serves_with(office, "")
    }

    /// The same with other or further lines of its configuration.
    pub fn serves_with(&self, office: Office, more: &str) -> Office {
        let (port, ca, code) = (&self.port, self.path("certificate.pem"), self.path("code"));
        let smtp = format!("smtp: {{host: localhost, port: {port}, ca: {}}}", ca.display());
        office.with(
            "inbox/mailbox.yaml",
            format!("address: office@example.com\npassword_file: {}\n{smtp}\n{more}", code.display()),
        )
    }

    /// Every mail it has taken, in order.
    pub fn mails(&self) -> Vec<String> {
        (1..).map_while(|n| fs::read_to_string(self.path(&format!("{n}.eml"))).ok()).collect()
    }

    /// Sender and recipients of the n-th mail.
    pub fn envelope(&self, n: usize) -> Vec<String> {
        fs::read_to_string(self.path(&format!("{n}.to"))).unwrap().lines().map(str::to_owned).collect()
    }

    /// Every byte that came, after TLS.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.path("raw")).unwrap_or_default()).into_owned()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
