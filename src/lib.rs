//! zhuanban: one form definition drives a static public directory and a mail-intake pipeline.

pub mod blank;
pub mod fault;
pub mod form;
pub mod listing;
pub mod mail;
pub mod ocr;
pub mod report;
pub mod sheet;
pub mod unit;
pub mod yaml;
