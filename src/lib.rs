//! zhuanban (专办): a county procurement office's register of procurement officers, from the mail that brings a form
//! to the public directory that names the officer. One program, plain files, no public server.
//!
//! # One definition, two pipelines
//!
//! A form is defined once, in `content/forms/<id>.yaml` ([`form`]). Everything else follows from that definition: the
//! blank form to download ([`blank`], [`download`]) and the page to fill it in ([`blank::web`]), the labels to look for
//! in what comes back ([`read`]), the checks on values ([`form::check`]), and which values the public may see
//! ([`listing`]). No field's name stands in this code; the definition's [`roles`](form::Roles) say which field is the
//! unit's name and which the officer's.
//!
//! ```text
//! mail ─► extract ─► inbox/pending ─► decide (a person) ─► inbox/accepted ─► project ─► content/register
//! content + templates ─► site::build ─► public
//! ```
//!
//! **Intake.** [`mail::parse`] lists the leaves of a mail, [`sheet::open`] turns each document into cells or pixels,
//! [`read::Reader`] finds labels among the cells and the values that belong to them, [`read::settle`] weighs what was
//! seen. [`extract::extract`] does all of that as one pure function that cannot fail: what goes wrong is a
//! [`fault::Fault`] on what comes out. [`record`] files it and holds every rule of review
//! ([`record::decide::decide`]); [`record::register`] folds accepted records into who is in office; [`reply`] writes the
//! answer that each event calls for.
//!
//! [`overview`] is what the office prints for itself: who is still missing, and the whole register.
//!
//! **Site.** [`site::build`] is one pure function too: sources in, files out, every problem a located
//! [`report::Diagnostic`]. All it knows of people is [`listing::Listing`] and
//! [`listing::commendation::Commendation`].
//!
//! ```
//! use zhuanban::{extract::extract, form, read::Reader};
//!
//! let definition = "
//! id: tiny
//! version: 1
//! letters: TF
//! title: 登记表
//! roles: {unit: unit, officer: name}
//! fields:
//! - {id: unit, label: 单位名称, kind: text}
//! - {id: name, label: 专办员姓名, kind: name}
//! - {id: phone, label: 办公电话, kind: phone}
//! - {id: day, label: 日期, kind: date}
//! ";
//! let form = form::parse::parse("tiny.yaml", definition).unwrap();
//! let mail = "From: unit@example.com\nContent-Type: text/plain; charset=utf-8\n\n\
//!     单位名称：示例局\n专办员姓名：示 例 甲\n办公电话：0714 8731721\n日期：二〇二三年七月十日\n";
//!
//! let found = extract(mail.as_bytes(), &Reader::new(vec![form]));
//!
//! let values: Vec<&str> = found.records[0].fields.values().map(|field| field.0.value.as_str()).collect();
//! assert_eq!(values, ["示例局", "示例甲", "0714-8731721", "2023-07-10"]);
//! ```
//!
//! # What holds everywhere
//!
//! - **Layers.** Each module imports only from those before it; `tests/layers.rs` enforces it:
//!   [`report`], [`fault`] < [`yaml`] < [`form`], [`unit`] < [`listing`], [`blank`], [`mail`], [`sheet`],
//!   [`ocr`] < [`read`] <
//!   [`extract`] < [`record`] < [`overview`], and beside them [`listing`], [`blank`] < [`site`] < [`download`] and
//!   [`yaml`] < [`post`]; [`reply`] joins [`overview`] and [`site`]; then [`edge`] < [`desk`] < [`cli`].
//! - **The edge.** Disk, clock and network are used in [`edge`], [`desk`] and [`cli`] alone; the rest are functions of
//!   their input.
//! - **Privacy by type.** [`site`] cannot name a [`record`] nor an [`overview`]; a [`listing::Listing`] has room only for
//!   fields the definition opens with a `column`; a last guard fails the build when a mobile number reaches any output.
//! - **Nothing is lost.** A mail is on disk before anything else happens to it; every leaf of it has one outcome; ids
//!   come from content, so doing a thing twice makes nothing twice; files are written whole or not at all. When its time is
//!   over ([`record::retention`]) a mail goes, and the ledger vouches for what was in it.
//! - **Two kinds of problem.** A [`fault::Fault`] is in a submission and goes on the record for the reviewer; a
//!   [`report::Diagnostic`] is in our own files and says path, line, column and what to do. They never mix.

pub mod blank;
pub mod cli;
pub mod desk;
pub mod download;
pub mod edge;
pub mod extract;
pub mod fault;
pub mod form;
pub mod listing;
pub mod mail;
pub mod ocr;
pub mod overview;
pub mod post;
pub mod read;
pub mod record;
pub mod reply;
pub mod report;
pub mod sheet;
pub mod site;
pub mod unit;
pub mod yaml;
