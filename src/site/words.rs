//! How values are put into words for readers: days, sizes, telephone numbers, mail links.

use jiff::civil::{Date, Weekday};

/// A day as people write it: 2023年7月15日. What is no day stays as it is.
pub fn day(text: &str) -> String {
    let (day, time) = text.split_once(' ').map_or((text, String::new()), |(day, time)| (day, format!(" {time}")));
    match day.parse::<Date>() {
        Ok(date) => format!("{}年{}月{}日{time}", date.year(), date.month(), date.day()),
        Err(_) => text.to_owned(),
    }
}

/// The day of the week: 星期六.
pub fn weekday(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "星期一",
        Weekday::Tuesday => "星期二",
        Weekday::Wednesday => "星期三",
        Weekday::Thursday => "星期四",
        Weekday::Friday => "星期五",
        Weekday::Saturday => "星期六",
        Weekday::Sunday => "星期日",
    }
}

/// A file's size: 36 KB.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} 字节"),
        1024..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}

/// The address of a telephone number; an extension (转) cannot be dialled and is left out.
pub fn tel(number: &str) -> String {
    let kept = |c: &char| c.is_ascii_digit() || "-+".contains(*c);
    let dialled: String = number.trim().chars().take_while(|c| kept(c) || *c == ' ').filter(kept).collect();
    format!("tel:{dialled}")
}

/// The address of a new mail with a subject and a text.
pub fn mailto(mailbox: &str, subject: &str, body: &str) -> String {
    format!("mailto:{mailbox}?subject={}&body={}", encoded(subject), encoded(body))
}

fn encoded(text: &str) -> String {
    let byte = |b: u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
        b'\n' => "%0D%0A".to_owned(),
        _ => format!("%{b:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_sizes_and_numbers_are_put_into_words() {
        assert_eq!(day("2023-07-05"), "2023年7月5日");
        assert_eq!(day("2023-07-05 09:00"), "2023年7月5日 09:00");
        assert_eq!(day("soon"), "soon");
        assert_eq!(weekday(Date::constant(2023, 7, 15)), "星期六");
        assert_eq!((size(9), size(36_000), size(3 << 20)), ("9 字节".into(), "36 KB".into(), "3.0 MB".into()));
        assert_eq!(tel("0714-8731721转802"), "tel:0714-8731721");
        assert_eq!(
            mailto("a@example.com", "更正 a", "x\ny"),
            "mailto:a@example.com?subject=%E6%9B%B4%E6%AD%A3%20a&body=x%0D%0Ay"
        );
    }
}
