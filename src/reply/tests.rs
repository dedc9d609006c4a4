//! Golden mails.
