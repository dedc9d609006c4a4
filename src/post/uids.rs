//! Sets of IMAP's unique ids, written as the protocol does: `1:4,7`. Kept as ranges: a mailbox has many, mostly in a row.

use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// A set of unique ids; its ranges are in order and do not touch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uids(Vec<RangeInclusive<u32>>);

impl Uids {
    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this one is in it.
    pub fn contains(&self, uid: u32) -> bool {
        let at = self.0.partition_point(|range| *range.end() < uid);
        self.0.get(at).is_some_and(|range| range.contains(&uid))
    }

    /// Adds some.
    pub fn add(&mut self, uids: impl IntoIterator<Item = u32>) {
        let mut all: Vec<_> = std::mem::take(&mut self.0);
        all.extend(uids.into_iter().map(|uid| uid..=uid));
        *self = Uids::of(all);
    }

    /// Those of a list, in the list's order.
    pub fn among(&self, uids: &[u32]) -> Vec<u32> {
        uids.iter().copied().filter(|uid| self.contains(*uid)).collect()
    }

    /// The lowest ones, so many at most.
    pub fn lowest(&self, count: usize) -> Vec<u32> {
        self.0.iter().cloned().flatten().take(count).collect()
    }

    /// Takes some out.
    pub fn remove(&mut self, uids: &[u32]) {
        for uid in uids {
            let Some(at) = self.0.iter().position(|range| range.contains(uid)) else { continue };
            let (start, end) = self.0.remove(at).into_inner();
            let parts = [(Some(start), uid.checked_sub(1)), (uid.checked_add(1), Some(end))];
            let parts = parts.into_iter().filter_map(|(from, to)| Some(from?..=to?)).filter(|part| !part.is_empty());
            self.0.splice(at..at, parts);
        }
    }

    fn of(mut ranges: Vec<RangeInclusive<u32>>) -> Uids {
        ranges.sort_by_key(|range| *range.start());
        let mut merged: Vec<RangeInclusive<u32>> = Vec::new();
        for range in ranges {
            match merged.last_mut().filter(|last| *range.start() <= last.end().saturating_add(1)) {
                Some(last) => *last = *last.start()..=*last.end().max(range.end()),
                None => merged.push(range),
            }
        }
        Uids(merged)
    }
}

impl FromIterator<u32> for Uids {
    fn from_iter<I: IntoIterator<Item = u32>>(uids: I) -> Uids {
        Uids::of(uids.into_iter().map(|uid| uid..=uid).collect())
    }
}

impl fmt::Display for Uids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, range) in self.0.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            match (range.start(), range.end()) {
                (start, end) if start == end => write!(f, "{comma}{start}")?,
                (start, end) => write!(f, "{comma}{start}:{end}")?,
            }
        }
        Ok(())
    }
}

impl From<Uids> for String {
    fn from(uids: Uids) -> String {
        uids.to_string()
    }
}

impl TryFrom<String> for Uids {
    type Error = String;

    fn try_from(text: String) -> Result<Uids, String> {
        let range = |part: &str| {
            let (start, end) = part.split_once(':').unwrap_or((part, part));
            let (start, end) = (start.parse::<u32>().ok()?, end.parse::<u32>().ok()?);
            (start <= end).then_some(start..=end)
        };
        let parts = text.split(',').filter(|part| !part.is_empty());
        let ranges: Option<Vec<_>> = parts.map(range).collect();
        ranges.map(Uids::of).ok_or_else(|| format!("`{text}` is no set of numbers such as 1:4,7"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_grow_together() {
        let mut uids: Uids = [7, 3, 1, 2, 4].into_iter().collect();
        assert_eq!(uids.to_string(), "1:4,7");
        uids.add([5, 6, 9]);
        assert_eq!(uids.to_string(), "1:7,9");
        assert_eq!([0, 1, 7, 8, 9, 10].map(|uid| uids.contains(uid)), [false, true, true, false, true, false]);
        assert_eq!(uids.among(&[8, 9, 2]), [9, 2]);
        assert_eq!(uids.lowest(3), [1, 2, 3]);
        uids.remove(&[1, 4, 7, 9, 20]);
        assert_eq!(uids.to_string(), "2:3,5:6");
        let top: Uids = [u32::MAX, u32::MAX - 1].into_iter().collect();
        assert_eq!(top.to_string(), "4294967294:4294967295");
    }

    #[test]
    fn what_was_written_is_read() {
        for text in ["", "1", "1:4,7", "1:4294967295"] {
            assert_eq!(Uids::try_from(text.to_owned()).unwrap().to_string(), text);
        }
        for text in ["x", "4:1", "1:", "1;2"] {
            assert!(Uids::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
