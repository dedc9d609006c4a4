//! An office in a folder of its own and the program run in it: `Office::new().with(…).run("build").fails_with(…)`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;
use walkdir::WalkDir;
use zhuanban::blank::docx::docx;
use zhuanban::form::parse::parse;

use crate::letter::Letter;

/// A folder with the shipped content and templates, nobody registered and no mail.
pub struct Office {
    folder: TempDir,
    locale: Option<&'static str>,
}

impl Office {
    /// The shipped office before its first mail.
    pub fn new() -> Office {
        let office = Office { folder: TempDir::new().unwrap(), locale: None };
        for folder in ["content", "templates"] {
            office.copy(folder, |path| !path.starts_with("content/register"));
        }
        office
    }

    /// All sample mails of `make run` wait in `inbox/new`.
    pub fn with_samples(self) -> Office {
        self.copy("inbox/new", |_| true);
        self
    }

    /// A sample mail waits in `inbox/new`.
    pub fn with_sample(self, name: &str) -> Office {
        self.copy(&format!("inbox/new/{name}.eml"), |_| true);
        self
    }

    /// A file, new or instead of the one there.
    pub fn with(self, path: &str, content: impl AsRef<[u8]>) -> Office {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// A file less.
    pub fn without(self, path: &str) -> Office {
        fs::remove_file(self.path(path)).unwrap();
        self
    }

    /// A folder less, with all that is in it; none is fine.
    pub fn without_folder(self, path: &str) -> Office {
        let path = self.path(path);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        }
        self
    }

    /// A file with one text in it changed; the text must be there.
    pub fn changed(self, path: &str, old: &str, new: &str) -> Office {
        let text = self.read(path);
        assert!(text.contains(old), "{path} has no `{old}`:\n{text}");
        self.with(path, text.replacen(old, new, 1))
    }

    /// A file with text added at its end.
    pub fn extended(self, path: &str, more: &str) -> Office {
        let text = self.read(path) + more;
        self.with(path, text)
    }

    /// A mail in `inbox/new`.
    pub fn mail(self, name: &str, letter: &Letter) -> Office {
        self.with(&format!("inbox/new/{name}.eml"), letter.bytes())
    }

    /// A mail in `inbox/new` with a filled-in form.
    pub fn form_of(self, unit: &str, officer: &str) -> Office {
        let letter = Letter::new(officer).attach("表.docx", &form_of(unit, officer));
        self.mail(officer, &letter)
    }

    /// The user's locale; without one the program speaks English.
    pub fn in_locale(self, locale: &'static str) -> Office {
        Office { locale: Some(locale), ..self }
    }

    /// Runs a command; arguments are parted by blanks.
    pub fn run(&self, command: &str) -> Ran {
        self.feed(command, b"")
    }

    /// Runs a command with something on its standard input.
    pub fn feed(&self, command: &str, input: &[u8]) -> Ran {
        let mut program = Command::from_std(self.program(command));
        Ran::of(command, program.write_stdin(input).output().unwrap())
    }

    /// Runs a command with a variable in its environment.
    pub fn run_with(&self, name: &str, value: &str, command: &str) -> Ran {
        let mut program = self.program(command);
        Ran::of(command, program.env(name, value).stdin(Stdio::null()).output().unwrap())
    }

    /// Runs a command by way of a shell script, which gets it as its arguments.
    pub fn run_in_shell(&self, script: &str, command: &str) -> Ran {
        let program = self.program(command);
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", script, "sh"]).arg(program.get_program()).args(program.get_args());
        Ran::of(command, shell.stdin(Stdio::null()).output().unwrap())
    }

    /// Starts a command and does not wait for it.
    pub fn start(&self, command: &str) -> Running {
        let mut program = self.program(command);
        let mut child = program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, err) = (Lines::of(child.stdout.take().unwrap()), Lines::of(child.stderr.take().unwrap()));
        Running { command: command.to_owned(), child, out, err }
    }

    /// The program with a command, not started.
    pub fn program(&self, command: &str) -> std::process::Command {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_zhuanban"));
        for name in ["LANG", "LC_ALL", "LC_MESSAGES"] {
            program.env_remove(name);
        }
        program.envs(self.locale.map(|locale| ("LANG", locale)));
        program.arg("--root").arg(self.folder.path()).args(command.split_whitespace());
        program
    }

    /// Runs `build`, which must fail with this message and leave `public` as it was, byte for byte.
    pub fn refuses_to_build(&self, message: &str) {
        let before = self.files("public");
        assert!(!before.is_empty(), "there is no site that could stay as it was");
        self.run("build").fails_with(message);
        assert!(before == self.files("public"), "a failed build changed public/");
    }

    /// A text file.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    /// Whether there is such a file.
    pub fn has(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// All files below a folder with their content.
    pub fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let top = self.path(folder);
        let files = WalkDir::new(&top).into_iter().filter_map(Result::ok).filter(|e| e.file_type().is_file());
        let named = |path: &Path| path.strip_prefix(&top).unwrap().to_string_lossy().into_owned();
        files.map(|entry| (named(entry.path()), fs::read(entry.path()).unwrap())).collect()
    }

    /// The records of a status, or `all`, as `review list` gives them.
    pub fn records(&self, status: &str) -> Vec<Value> {
        let listed = self.run(&format!("review list --status {status} --json")).succeeds();
        serde_json::from_str(&listed.out).unwrap()
    }

    /// The id of the record whose officer has this name.
    pub fn id_of(&self, officer: &str) -> String {
        let of = |record: &Value| record["fields"]["officer_name"]["value"] == officer;
        let record = self.records("all").into_iter().find(of).unwrap_or_else(|| panic!("no record of {officer}"));
        record["id"].as_str().unwrap().to_owned()
    }

    /// Accepts the record of an officer in the name of 示例员.
    pub fn accept(&self, officer: &str, options: &str) -> Ran {
        self.run(&format!("review accept {} {options} --by 示例员 --on 2023-07-20", self.id_of(officer)))
    }

    /// A path in the office's folder as an argument.
    pub fn folder(&self, path: &str) -> String {
        self.path(path).display().to_string()
    }

    /// What became of the leaf with this name in the only mail, as its account says it.
    pub fn leaf(&self, name: &str) -> String {
        let accounts = self.files("inbox/mail").into_iter().find(|(file, _)| file.ends_with(".yaml"));
        let account = String::from_utf8(accounts.expect("an account").1).unwrap();
        account.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("no {name} in {account}")).to_owned()
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn copy(&self, folder: &str, wanted: impl Fn(&Path) -> bool) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for entry in WalkDir::new(root.join(folder)).into_iter().map(Result::unwrap) {
            let below = entry.path().strip_prefix(root).unwrap();
            if entry.file_type().is_file() && wanted(below) {
                let to = self.folder.path().join(below);
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }
}

/// The shipped form, filled in for a unit and an officer, as .docx.
pub fn form_of(unit: &str, officer: &str) -> Vec<u8> {
    let path = "content/forms/registration.yaml";
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let values = [
        ("unit_name", unit),
        ("date", "2023-07-10"),
        ("unit_address", "大冶市示例路1号"),
        ("officer_name", officer),
        ("officer_post", "科长"),
        ("officer_phone", "0714-5550101"),
        ("officer_mobile", "19400000001"),
    ];
    let values = values.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect();
    docx(&parse(path, &text).unwrap(), &values).unwrap()
}

/// A command that has run.
#[derive(Debug)]
pub struct Ran {
    command: String,
    code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// A command that has not ended.
pub struct Running {
    command: String,
    child: Child,
    out: Lines,
    err: Lines,
}

/// What a command prints, line by line, as it prints it.
struct Lines {
    coming: Receiver<String>,
    heard: String,
}

impl Lines {
    fn of(pipe: impl Read + Send + 'static) -> Lines {
        let (sender, coming) = channel();
        std::thread::spawn(move || {
            let lines = BufReader::new(pipe).lines().map(|line| line.expect("the program prints UTF-8"));
            lines.for_each(|line| drop(sender.send(line)));
        });
        Lines { coming, heard: String::new() }
    }

    /// Whether a line with this text came before the command ended.
    fn hear(&mut self, text: &str) -> bool {
        while let Ok(line) = self.coming.recv() {
            self.heard.extend([line.as_str(), "\n"]);
            if line.contains(text) {
                return true;
            }
        }
        false
    }

    fn all(mut self) -> String {
        self.heard.extend(self.coming.iter().flat_map(|line| [line, "\n".to_owned()]));
        self.heard
    }
}

impl Running {
    /// Waits for a line on standard output.
    #[track_caller]
    pub fn wait_for_line(&mut self, text: &str) {
        assert!(self.out.hear(text), "no `{text}` on stdout: {}", self.out.heard);
    }

    /// Waits for a message on standard error.
    #[track_caller]
    pub fn wait_for_message(&mut self, text: &str) {
        assert!(self.err.hear(text), "no `{text}` on stderr: {}", self.err.heard);
    }

    /// Sends it a signal: INT is Ctrl-C, STOP and CONT make it wait and go on.
    pub fn signal(&self, signal: &str) {
        let killed = std::process::Command::new("kill").args(["-s", signal, &self.child.id().to_string()]).status();
        assert!(killed.unwrap().success());
    }

    /// Waits for its end.
    pub fn finish(mut self) -> Ran {
        let (out, err) = (self.out.all(), self.err.all());
        let status = self.child.wait().unwrap();
        Ran { command: self.command, code: status.code(), out, err }
    }
}

impl Ran {
    fn of(command: &str, output: Output) -> Ran {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program prints UTF-8");
        let command = command.split_whitespace().collect::<Vec<_>>().join(" ");
        Ran { command, code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Killed by a signal: then there is no exit code.
    pub fn was_killed(&self) -> Option<()> {
        self.code.is_none().then_some(())
    }

    /// Which of these exit codes it was.
    #[track_caller]
    pub fn exits_with_one_of(self, codes: &[i32]) -> i32 {
        let code = self.code.filter(|code| codes.contains(code));
        assert!(!self.err.contains("panicked at"), "{self}");
        code.unwrap_or_else(|| panic!("not one of {codes:?}: {self}"))
    }

    /// Exit 0.
    #[track_caller]
    pub fn succeeds(self) -> Ran {
        self.exits(0)
    }

    /// Exit 1 and this text on standard error.
    #[track_caller]
    pub fn fails_with(self, message: &str) -> Ran {
        self.exits(1).tells(message)
    }

    /// Exit 2 and this text on standard error.
    #[track_caller]
    pub fn ends_in_wrong_use(self, message: &str) -> Ran {
        self.exits(2).tells(message)
    }

    /// An exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "{self}");
        assert!(!self.err.contains("panicked at"), "{self}");
        self
    }

    /// Standard output holds this.
    #[track_caller]
    pub fn prints(self, text: &str) -> Ran {
        assert!(self.out.contains(text), "`{text}` is not on stdout of {self}");
        self
    }

    /// Standard error holds this.
    #[track_caller]
    pub fn tells(self, text: &str) -> Ran {
        assert!(self.err.contains(text), "`{text}` is not on stderr of {self}");
        self
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Ran { command, code, out, err } = self;
        write!(f, "`zhuanban {command}`, which exited with {code:?}\n-- stdout\n{out}\n-- stderr\n{err}")
    }
}
