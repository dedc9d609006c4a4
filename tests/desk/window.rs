//! A desk that is running, and a browser's window on it without the browser: requests over a plain socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};

use crate::office::Office;

/// The program with the desk open.
pub struct Desk {
    child: Child,
    /// `127.0.0.1:port`.
    pub host: String,
    said: Receiver<String>,
    token: std::cell::RefCell<String>,
}

impl Desk {
    /// Opens the desk of an office on a free port.
    pub fn open(office: &Office) -> Desk {
        let mut program = office.program("desk --port 0");
        let mut child = program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (tell, said) = channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| tell.send(line)));
        let mut desk = Desk { child, host: String::new(), said, token: std::cell::RefCell::default() };
        let address = desk.next_address();
        desk.host = address.split('/').nth(2).unwrap().to_owned();
        desk
    }

    /// The address that the program said last; waits for it.
    fn next_address(&self) -> String {
        let line = self.said.recv().expect("the desk says its address");
        let address =
            line.split_whitespace().find(|word| word.starts_with("http://")).unwrap_or_else(|| panic!("{line}"));
        *self.token.borrow_mut() = address.split_once("token=").unwrap().1.to_owned();
        address.to_owned()
    }

    /// The token that is good for the next login.
    pub fn token(&self) -> String {
        self.token.borrow().clone()
    }

    /// Logs a clerk in.
    pub fn window(&self, by: &str) -> Window {
        let form = [("token", self.token().as_str()), ("by", by)].map(|(k, v)| (k.to_owned(), v.to_owned()));
        let page = self.send("POST", "/login", &[("Origin", &format!("http://{}", self.host))], &encoded(&form));
        assert_eq!(page.status, 303, "{}", page.body);
        self.next_address();
        let cookie = page.header("set-cookie").split(';').next().unwrap().to_owned();
        let mut window = Window { host: self.host.clone(), cookie, csrf: String::new() };
        window.csrf = window.get("/").hidden("csrf");
        window
    }

    /// Sends a request as it is.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Page {
        send(&self.host, method, path, headers, body)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A window that is logged in.
pub struct Window {
    host: String,
    pub cookie: String,
    pub csrf: String,
}

impl Window {
    /// Opens a page.
    pub fn get(&self, path: &str) -> Page {
        send(&self.host, "GET", path, &[("Cookie", &self.cookie)], "")
    }

    /// Opens a page that must be there.
    #[track_caller]
    pub fn see(&self, path: &str) -> Page {
        let page = self.get(path);
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        page
    }

    /// Sends a form of the session.
    pub fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        let own = [("csrf", self.csrf.as_str())];
        let form: Vec<_> = own.iter().chain(form).map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        self.post_raw(path, &encoded(&form))
    }

    /// Sends a body of the session's origin.
    pub fn post_raw(&self, path: &str, body: &str) -> Page {
        let origin = format!("http://{}", self.host);
        send(&self.host, "POST", path, &[("Cookie", &self.cookie), ("Origin", &origin)], body)
    }

    /// Does something with a record as its page stands now.
    pub fn act(&self, id: &str, act: &str, more: &[(&str, &str)]) -> Page {
        let page = self.see(&format!("/records/{id}"));
        self.act_on(&page, id, act, more)
    }

    /// Does something with a record as a page showed it.
    pub fn act_on(&self, page: &Page, id: &str, act: &str, more: &[(&str, &str)]) -> Page {
        let (revision, seen) = (page.hidden_last("revision"), page.hidden("seen"));
        let mut form = vec![("act", act), ("revision", revision.as_str()), ("seen", seen.as_str())];
        form.extend(more);
        self.post(&format!("/records/{id}"), &form)
    }
}

/// What came back.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub headers: String,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Page {
    /// A header, empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        let of = |line: &&str| line.split_once(':').is_some_and(|(n, _)| n.eq_ignore_ascii_case(name));
        self.headers.lines().find(of).map_or("", |line| line.split_once(':').unwrap().1.trim())
    }

    /// The value of the first hidden field of a name.
    #[track_caller]
    pub fn hidden(&self, name: &str) -> String {
        self.all_hidden(name).into_iter().next().unwrap_or_else(|| panic!("no {name} in {}", self.body))
    }

    /// The value of the last one: what was just done has a form of its own before the record's.
    #[track_caller]
    pub fn hidden_last(&self, name: &str) -> String {
        self.all_hidden(name).pop().unwrap_or_else(|| panic!("no {name} in {}", self.body))
    }

    /// The values of all hidden fields of a name.
    pub fn all_hidden(&self, name: &str) -> Vec<String> {
        let start = format!("type=\"hidden\" name=\"{name}\" value=\"");
        self.body.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    }

    /// The page must hold this.
    #[track_caller]
    pub fn shows(self, text: &str) -> Page {
        assert!(self.body.contains(text), "no `{text}` in\n{}", self.body);
        self
    }

    /// The page must not hold this.
    #[track_caller]
    pub fn hides(self, text: &str) -> Page {
        assert!(!self.body.contains(text), "`{text}` in\n{}", self.body);
        self
    }

    /// The status must be this.
    #[track_caller]
    pub fn is(self, status: u16) -> Page {
        assert_eq!(self.status, status, "{}\n{}", self.headers, self.body);
        self
    }
}

/// A form as browsers send it.
pub fn encoded(form: &[(String, String)]) -> String {
    let encode = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    form.iter().map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect::<Vec<_>>().join("&")
}

fn send(host: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Page {
    let mut stream = TcpStream::connect(host).unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    if !headers.iter().any(|(name, _)| *name == "Host") {
        head += &format!("Host: {host}\r\n");
    }
    headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
    if method == "POST" {
        head += &format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", body.len());
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
    // A server that refuses need not read to the end.
    drop(stream.write_all(body.as_bytes()));
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    let end =
        answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or_else(|| panic!("no answer to {method} {path}"));
    let headers = String::from_utf8_lossy(&answer[..end]).into_owned();
    let bytes = answer[end + 4..].to_vec();
    let status = headers.split(' ').nth(1).unwrap().parse().unwrap();
    Page { status, headers, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
}
