//! zhuanban

pub mod blank;
pub mod cli;
pub mod edge;
pub mod extract;
pub mod fault;
pub mod form;
pub mod listing;
pub mod mail;
pub mod read;
pub mod record;
pub mod report;
pub mod sheet;
pub mod site;
pub mod unit;
pub mod yaml;
