//! zhuanban: one form definition drives a static public directory and a mail-intake pipeline.

pub mod edge;
pub mod fault;
pub mod form;
pub mod listing;
pub mod report;
pub mod site;
pub mod unit;
pub mod yaml;
