//! How long mails and scans are kept: until everything in them was reviewed, and a time longer (DOMAIN.md §5).

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Record, Status};

/// Whether what a mail brought may go. `records` are those it made, `received` is when it was taken in, RFC 3339.
/// What has not been decided is never due, and neither is what is not known.
pub fn is_due(records: &[&Record], received: &str, today: Date, keep_days: i64) -> bool {
    let ends: Option<Vec<&str>> = records.iter().copied().map(decided).collect();
    let last = ends.map(|ends| ends.into_iter().chain([received]).max().unwrap_or(received));
    last.is_some_and(|at| is_over(at, today, keep_days))
}

/// When the decision on a record was entered; not the day it took effect, which may be long ago.
fn decided(record: &Record) -> Option<&str> {
    match record.status {
        Status::Pending => None,
        Status::Accepted | Status::Rejected => record.decision.as_ref().map(|ruling| ruling.at.as_str()),
    }
}

/// Whether something that happened at a time is longer ago than so many days.
pub fn is_over(at: &str, today: Date, keep_days: i64) -> bool {
    let day = at.get(..10).and_then(|day| day.parse::<Date>().ok());
    day.and_then(|day| day.checked_add(keep_days.days()).ok()).is_some_and(|until| until < today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_counts_to_its_end() {
        let over = |today: &str| is_over("2023-07-20T10:00:00+08:00", today.parse().unwrap(), 365);
        assert!(!over("2024-07-19"));
        assert!(over("2024-07-20"));
        assert!(!is_over("soon", "2024-07-21".parse().unwrap(), 365));
    }

    #[test]
    fn a_mail_without_records_is_due_by_the_day_it_came() {
        let due = |received| is_due(&[], received, "2024-07-20".parse().unwrap(), 365);
        assert!(due("2023-07-01T00:00:00+08:00"));
        assert!(!due("2024-07-01T00:00:00+08:00"));
    }
}
