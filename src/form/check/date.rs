//! Days as they are written on Chinese forms: 2023年7月10日, 2023.7.10, 20230710, 二〇二三年七月十日 and their kin.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use super::{Checked, line};

pub(super) fn check(text: &str) -> Checked {
    let marks_only = |c: char| c.is_whitespace() || "年月日号.-/_：:".contains(c);
    if text.chars().all(marks_only) {
        return Checked::default();
    }
    match parse_date(text) {
        Some(date) => Checked::sure(date.to_string()),
        None => Checked::doubtful(line(text), "date-unreadable", "日期无法识别，请核对"),
    }
}

/// Reads a day; two-digit years are not guessed. A time of day behind it is left out.
pub fn parse_date(text: &str) -> Option<Date> {
    let text: String = text.nfkc().collect::<String>();
    let day = text.trim().split_once(['T', ' ']).map_or(text.trim(), |(day, time)| {
        if time.contains(':') && day.contains(['-', '/', '年', '.']) { day } else { text.trim() }
    });
    let compact: String = day.chars().filter(|c| !c.is_whitespace()).collect();
    let parts = if compact.len() == 8 && compact.bytes().all(|b| b.is_ascii_digit()) {
        vec![compact[..4].to_owned(), compact[4..6].to_owned(), compact[6..].to_owned()]
    } else {
        split(&compact)?
    };
    let [year, month, day] = parts.as_slice() else { return None };
    let (year, month, day) = (year_number(year)?, small_number(month)?, small_number(day)?);
    Date::new(year, month, day).ok().filter(|date| (1900..2200).contains(&date.year()))
}

/// Year, month and day between their marks; the mark after the day may be missing.
fn split(text: &str) -> Option<Vec<String>> {
    let body = text.strip_suffix(['日', '号', '.']).unwrap_or(text);
    let separators = |c: char| "年月.-/·,、。—－".contains(c);
    let parts: Vec<String> = body.split(separators).map(str::to_owned).collect();
    (parts.len() == 3 && parts.iter().all(|p| !p.is_empty())).then_some(parts)
}

/// Four digits, each Arabic or Chinese; 〇 ○ 零 O all stand for 0.
fn year_number(text: &str) -> Option<i16> {
    let digits: Option<Vec<u32>> = text.chars().map(digit).collect();
    let digits = digits.filter(|d| d.len() == 4)?;
    i16::try_from(digits.iter().fold(0, |year, d| year * 10 + d)).ok()
}

/// A month or day: 7, 07, 七, 十, 二十三, 廿三, 卅一, 三〇.
fn small_number(text: &str) -> Option<i8> {
    let text = text.replace('廿', "二十").replace('卅', "三十");
    let number = match text.split_once('十') {
        Some((tens, ones)) => tens_and_ones(tens, ones)?,
        None => {
            let digits: Option<Vec<u32>> = text.chars().map(digit).collect();
            digits.filter(|d| (1..=2).contains(&d.len()))?.iter().fold(0, |n, d| n * 10 + d)
        }
    };
    i8::try_from(number).ok()
}

fn tens_and_ones(tens: &str, ones: &str) -> Option<u32> {
    let part = |text: &str, empty: u32| match text.chars().count() {
        0 => Some(empty),
        1 => text.chars().next().and_then(digit),
        _ => None,
    };
    Some(part(tens, 1)? * 10 + part(ones, 0)?)
}

fn digit(c: char) -> Option<u32> {
    match c {
        '〇' | '○' | '零' | 'O' | 'o' | '◯' => Some(0),
        '元' => Some(1),
        _ => c.to_digit(10).or_else(|| "一二三四五六七八九".chars().position(|d| d == c).map(|i| i as u32 + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notations() {
        for raw in [
            "2023年7月10日",
            "2023.7.10",
            "2023-07-10",
            "2023/7/10",
            "20230710",
            "２０２３年７月１０日",
            "2023 年 7 月 10 日",
            "二〇二三年七月十日",
            "二○二三年七月十日",
            "二零二三年七月一〇日",
            "二OO三年七月十日",
            "2023-07-10 00:00:00",
            "2023-07-10T08:30:00",
            "2023年7月10号",
        ] {
            let expected = if raw.contains("OO") { "2003-07-10" } else { "2023-07-10" };
            assert_eq!(check(raw), Checked::sure(expected), "{raw}");
        }
        assert_eq!(check("二〇二三年十二月廿三日").value, "2023-12-23");
        assert_eq!(check("二〇二三年十月卅一日").value, "2023-10-31");
        assert_eq!(check("二〇二三年一月二十日").value, "2023-01-20");
    }

    #[test]
    fn an_unfilled_date_is_missing() {
        for raw in ["  年  月  日", "年月日", " - - "] {
            assert_eq!(check(raw), Checked::default(), "{raw}");
        }
    }

    #[test]
    fn what_is_no_day_is_doubted_and_kept() {
        for raw in ["2023年13月1日", "2023年2月30日", "2023年7月", "7月10日", "23年7月10日", "下周一", "99999999"]
        {
            assert_eq!(check(raw).doubts[0].0, "date-unreadable", "{raw}");
            assert_eq!(check(raw).value, raw);
        }
    }
}
