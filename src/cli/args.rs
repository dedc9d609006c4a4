//! What can be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// A procurement office's register: mail in, review, public directory out.
///
/// Without a command: takes in the mails of `inbox/new`, builds the site, and serves it and the desk on this machine.
#[derive(Debug, Parser)]
#[command(name = "zhuanban", version, max_term_width = 100)]
pub struct Args {
    /// The office's folder, with `content`, `templates`, `inbox` and `public`
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    pub root: PathBuf,
    /// What to do
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build the site into `public`
    Build {
        /// Another output folder
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Another address than the one in content/site.yaml; may have a sub-path
        #[arg(long, value_name = "URL")]
        base_url: Option<String>,
        /// Build again whenever content or templates change
        #[arg(long)]
        watch: bool,
    },
    /// Build and serve the site on this machine, with live reload
    Serve {
        /// Port on the loopback interface; 0 for any free one
        #[arg(long, value_name = "N", default_value_t = super::build::PORT)]
        port: u16,
    },
    /// Open the review screen on this machine
    Desk {
        /// Port; 0 for any free one
        #[arg(long, value_name = "N", default_value_t = super::desk::PORT)]
        port: u16,
        /// The clerk's name to offer when logging in
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        /// Another address of this machine than loopback; whoever can read the network then reads along
        #[arg(long, value_name = "ADDRESS", default_value_t = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST))]
        bind: std::net::IpAddr,
    },
    /// Take mails into pending records
    Intake {
        /// .eml or mbox files, folders of them, Maildirs, or `-`; default: inbox/new
        #[arg(value_name = "FILE|DIR|-")]
        from: Vec<PathBuf>,
    },
    /// Fetch mails from the office's mailbox (inbox/mailbox.yaml) into pending records
    Fetch {
        /// Go on: fetch whatever comes until Ctrl-C
        #[arg(long)]
        watch: bool,
    },
    /// Read {"id", "eml"} lines from stdin, write what each mail holds as JSON lines; nothing else is written
    Extract {
        /// Tell instead why this mail, scan or document is read as it is
        #[arg(long, value_name = "FILE")]
        explain: Option<PathBuf>,
        /// With --explain: the folder for pictures of the pages, a box around each piece of evidence
        #[arg(long, value_name = "DIR", default_value = ".", requires = "explain")]
        pictures: PathBuf,
    },
    /// Fetch the models for text recognition into the folder `models`
    SetupOcr,
    /// Review pending records
    #[command(subcommand)]
    Review(Review),
    /// Tell which units have registered, whose form waits and who is missing
    Report {
        /// text, json, or xlsx for a file
        #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
        format: super::report::Format,
        /// With xlsx: the file; default: one with today's date, in the current folder
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Remind the units that are missing by mail; without --yes it only shows whom and in which words
    Remind {
        /// Put the mails into the outbox
        #[arg(long, requires = "by")]
        yes: bool,
        /// Who reminds; goes into the ledger
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Write the whole register as .xlsx; private, for the office alone
    Roster {
        /// The file; default: one with today's date, in the current folder
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Send the mail that waits in inbox/outbox, where a server for it is configured
    Send {
        /// Only say what would be sent
        #[arg(long)]
        dry_run: bool,
        /// Receipts for mail older than 30 days too
        #[arg(long)]
        old: bool,
        /// Send this mail again although it failed or may have left
        #[arg(long, value_name = "ID")]
        again: Vec<String>,
        /// Do not send this mail, or take it for sent where it may have left
        #[arg(long, value_name = "ID")]
        discard: Vec<String>,
    },
    /// Check content, register and records without building
    Check,
    /// Prove the ledger, and that every leaf of every mail is accounted for
    Verify,
    /// List mails, scans and private values that are past their time, or remove them
    Purge {
        /// Remove them for good; without it they are only listed
        #[arg(long)]
        yes: bool,
        /// Who does it; goes into the ledger
        #[arg(long, value_name = "NAME", default_value = "purge")]
        by: String,
    },
}

/// The commands of review.
#[derive(Debug, Subcommand)]
pub enum Review {
    /// List records, oldest first
    List {
        /// Which: pending, accepted, rejected or all
        #[arg(long, value_name = "STATUS", default_value = "pending")]
        status: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show one record whole
    Show {
        /// The record's id
        id: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Change values of a pending record
    Edit {
        /// The record's id
        id: String,
        /// field=value, form=ID or unit=ID; an empty value clears the field
        #[arg(required = true, value_name = "KEY=VALUE")]
        changes: Vec<String>,
        #[command(flatten)]
        by: By,
    },
    /// Register the officers of records
    Accept {
        /// The records' ids
        #[arg(required = true)]
        ids: Vec<String>,
        /// The officer joins those the unit already has (第四条)
        #[arg(long, conflicts_with = "replace")]
        join: bool,
        /// The officer succeeds the one of this accepted record, or the only one in office (第五条)
        #[arg(long, value_name = "RECORD", num_args = 0..=1, default_missing_value = "")]
        replace: Option<String>,
        /// Why the officer's name may be published, if not on the office's general basis
        #[arg(long, value_name = "TEXT")]
        basis: Option<String>,
        #[command(flatten)]
        by: By,
    },
    /// Send a record back
    Reject {
        /// The record's id
        id: String,
        /// Why; the unit will read it
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// Enter a form that came on paper, from its values
    New {
        /// The form's id; default: the only one that units register with
        #[arg(long, value_name = "ID")]
        form: Option<String>,
        /// field=value, or unit=ID
        #[arg(required = true, value_name = "KEY=VALUE")]
        values: Vec<String>,
        #[command(flatten)]
        by: By,
    },
    /// Advise a unit to name another officer (第五条); never public
    Advise {
        /// The record of the officer in office
        id: String,
        /// Why
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
        /// Take the advice back
        #[arg(long, conflicts_with = "reason")]
        withdraw: bool,
        #[command(flatten)]
        by: By,
    },
    /// Enter an assessment of an officer (第九条); private until announced
    Assess {
        /// The form's id; default: the office's only form for assessments
        #[arg(long, value_name = "ID")]
        form: Option<String>,
        /// Announce what it commends at once
        #[arg(long)]
        announce: bool,
        /// field=value, or unit=ID
        #[arg(required = true, value_name = "KEY=VALUE")]
        values: Vec<String>,
        #[command(flatten)]
        by: By,
    },
    /// Put what an assessment commends on the public commendations page (第九条)
    Announce {
        /// The assessment's record
        id: String,
        /// Why the officer's name may be published, if not on the office's general basis
        #[arg(long, value_name = "TEXT")]
        basis: Option<String>,
        /// Take it off the page again
        #[arg(long, conflicts_with = "basis")]
        withdraw: bool,
        #[command(flatten)]
        by: By,
    },
    /// Ask the sender of a pending record to correct it; the record waits for that
    Ask {
        /// The record's id
        id: String,
        /// What to correct, beside what is missing or doubtful anyway; the unit will read it
        #[arg(long, alias = "reason", value_name = "TEXT")]
        note: Option<String>,
        #[command(flatten)]
        by: By,
    },
    /// Set a record aside for later
    SetAside {
        /// The record's id
        id: String,
        /// What it waits for
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// Take a decision back, or take up again what waited
    Reopen {
        /// The record's id
        id: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        #[command(flatten)]
        by: By,
    },
}

/// Who acts, and from when.
#[derive(Debug, clap::Args)]
pub struct By {
    /// Who decides; goes into the ledger
    #[arg(long = "by", value_name = "NAME")]
    pub name: String,
    /// The day it takes effect, YYYY-MM-DD, where a decision is entered later; default: today in China
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
}
