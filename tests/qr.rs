//! QR codes: the shared test vectors of the text, and symbols read off worn pages.
#![allow(clippy::disallowed_methods)]

#[path = "qr/page.rs"]
mod page;
mod paper;
#[path = "qr/reading.rs"]
mod reading;
#[path = "qr/vectors.rs"]
mod vectors;
