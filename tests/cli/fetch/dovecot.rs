//! A real IMAP server: Dovecot on loopback with TLS, in a folder of its own, every mailbox a Maildir the test can look into.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use zhuanban::post::folder;

/// The password of every mailbox.
pub const PASSWORD: &str = "hkqwzjxvtbnmpdfa";

/// Whom mailboxes belong to where the test is run by root: Dovecot opens none for root.
const NOBODY: u32 = 65534;

/// The server; it stops with the test.
pub struct Dovecot {
    folder: TempDir,
    /// Where it listens.
    pub port: u16,
    process: Option<Child>,
}

impl Dovecot {
    /// Starts it.
    pub fn start() -> Dovecot {
        let folder = TempDir::new().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        fs::write(folder.path().join("cert.pem"), made.cert.pem()).unwrap();
        fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        fs::write(folder.path().join("password"), PASSWORD).unwrap();
        let mut dovecot = Dovecot { folder, port, process: None };
        fs::write(dovecot.path("dovecot.conf"), dovecot.configuration()).unwrap();
        dovecot.own(dovecot.folder.path());
        // Its processes run as users of their own.
        fs::set_permissions(dovecot.folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        dovecot.begin();
        dovecot
    }

    /// Starts it again after [`Dovecot::stop`], on the same port.
    pub fn begin(&mut self) {
        let program = ["/usr/sbin/dovecot", "/usr/bin/dovecot", "/usr/local/sbin/dovecot"];
        let program = program.iter().find(|path| Path::new(path).exists());
        let program = program.expect("no Dovecot here; run scripts/setup.sh");
        let mut command = Command::new(program);
        command.arg("-F").arg("-c").arg(self.path("dovecot.conf"));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut said = Vec::new();
        let started = log.by_ref().any(|line| {
            said.push(line.clone());
            line.contains("starting up")
        });
        assert!(started, "Dovecot does not start: {said:?}");
        // Whoever does not listen to it makes it wait.
        std::thread::spawn(move || log.for_each(drop));
        self.process = Some(child);
    }

    /// Stops it and all its connections, as a crash of the machine would.
    pub fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let master = process.id().to_string();
        // Left alone, those who serve a busy client would go on.
        let children = Command::new("ps").args(["-o", "pid=", "--ppid", &master]).output().unwrap().stdout;
        let children = String::from_utf8(children).unwrap();
        let killed = Command::new("kill").arg("-9").arg(&master).args(children.split_whitespace()).status();
        assert!(killed.is_ok(), "{killed:?}");
        drop(process.wait());
        drop(fs::remove_dir_all(self.path("run")));
    }

    fn configuration(&self) -> String {
        let (port, folder) = (self.port, self.folder.path().display());
        let me = if is_root() { String::new() } else { everything_as_me() };
        let (uid, gid) = if is_root() { (NOBODY, NOBODY) } else { ids() };
        format!(
            "{me}protocols = imap\nbase_dir = {folder}/run\nstate_dir = {folder}/run\nlog_path = /dev/stderr\n\
             listen = 127.0.0.1\nssl = required\nssl_cert = <{folder}/cert.pem\nssl_key = <{folder}/key.pem\n\
             first_valid_uid = 1\nfirst_valid_gid = 1\nmail_location = maildir:{folder}/mail/%u\nmail_fsync = never\n\
             service imap-login {{\n chroot =\n service_count = 0\n inet_listener imap {{\n port = 0\n }}\n \
             inet_listener imaps {{\n port = {port}\n ssl = yes\n }}\n}}\nservice anvil {{\n chroot =\n}}\n\
             service stats {{\n chroot =\n}}\npassdb {{\n driver = static\n args = password={PASSWORD}\n}}\n\
             userdb {{\n driver = static\n args = uid={uid} gid={gid} home={folder}/mail/%u\n}}\n\
             namespace inbox {{\n inbox = yes\n separator = /\n}}\n"
        )
    }

    /// A new mailbox.
    pub fn mailbox(&self) -> Maildir<'_> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        self.mailbox_of(&format!("u{}@example.com", COUNT.fetch_add(1, Ordering::Relaxed)))
    }

    /// The mailbox of a user.
    pub fn mailbox_of(&self, user: &str) -> Maildir<'_> {
        Maildir { dovecot: self, user: user.to_owned() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn own(&self, path: &Path) {
        if is_root() {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.stop();
    }
}

/// One user's mail on the server.
pub struct Maildir<'d> {
    dovecot: &'d Dovecot,
    user: String,
}

impl Maildir<'_> {
    /// Its user, by whom it is found again after a restart of the server.
    pub fn into_user(self) -> String {
        self.user
    }

    /// `inbox/mailbox.yaml` for this mailbox, by way of a port; `more` goes into `imap`.
    pub fn yaml(&self, port: u16, more: &str) -> String {
        let (user, folder) = (&self.user, self.dovecot.folder.path().display());
        format!(
            "address: {user}\nimap: {{host: 127.0.0.1, port: {port}, ca: {folder}/cert.pem{more}}}\n\
             password_file: {folder}/password\n"
        )
    }

    /// A mail arrives.
    pub fn deliver(&self, raw: &[u8]) {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let top = self.dovecot.path("mail").join(&self.user);
        for folder in [top.parent().unwrap(), &top, &top.join("tmp"), &top.join("new"), &top.join("cur")] {
            if !folder.exists() {
                fs::create_dir(folder).unwrap();
                self.dovecot.own(folder);
            }
        }
        let name = format!("{}.test", 1_700_000_000 + COUNT.fetch_add(1, Ordering::Relaxed));
        let path = top.join("tmp").join(&name);
        fs::write(&path, raw).unwrap();
        self.dovecot.own(&path);
        fs::rename(path, top.join("new").join(name)).unwrap();
    }

    /// How many mails are in a folder; `None` is the one mail arrives in.
    pub fn count(&self, name: Option<&str>) -> usize {
        let top = self.dovecot.path("mail").join(&self.user);
        // Maildir++ names folders by their wire names behind a dot.
        let folder = name.map_or(top.clone(), |name| top.join(format!(".{}", folder::encode(name))));
        let count = |part: &str| fs::read_dir(folder.join(part)).map_or(0, Iterator::count);
        count("new") + count("cur")
    }

    /// The server forgets its ids and gives new ones, as after a restored backup.
    pub fn reset_ids(&self) {
        let top = self.dovecot.path("mail").join(&self.user);
        for entry in fs::read_dir(top).unwrap().map(Result::unwrap) {
            if entry.file_name().to_string_lossy().starts_with("dovecot") {
                fs::remove_file(entry.path()).unwrap();
            }
        }
        let list = self.dovecot.path("mail").join(&self.user).join("dovecot-uidlist");
        fs::write(&list, "3 V77777777 N100\n").unwrap();
        self.dovecot.own(&list);
    }
}

fn is_root() -> bool {
    ids().0 == 0
}

/// Dovecot's parts have users of their own, which only root can give them.
fn everything_as_me() -> String {
    let of = |option| String::from_utf8(Command::new("id").arg(option).output().unwrap().stdout).unwrap();
    let (user, group) = (of("-un"), of("-gn"));
    let (user, group) = (user.trim(), group.trim());
    format!("default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}\n")
}

/// Whose process this is: whom a file that it makes belongs to.
fn ids() -> (u32, u32) {
    static IDS: LazyLock<(u32, u32)> = LazyLock::new(|| {
        let own = TempDir::new().unwrap();
        let of = fs::metadata(own.path()).unwrap();
        (of.uid(), of.gid())
    });
    *IDS
}
