//! Which characters a kind of value is written with, and which others are their look-alikes.

/// The characters a line may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alphabet {
    /// Anything, except Traditional forms of simplified characters.
    #[default]
    Text,
    /// 0 to 9.
    Digits,
    /// Digits with the signs that part them.
    Phone,
    /// Capital letters and digits of 统一社会信用代码 and 组织机构代码, with the hyphen.
    Code,
    /// The ASCII characters of an e-mail address.
    Email,
    /// Digits with 年月日 or the signs in their place.
    Date,
}

/// Look-alikes: whichever of a row an alphabet allows is meant by the others.
const ALIKE: &[&str] = &[
    "0OoQDCc〇○",
    "1lI|iL丨",
    "2Zz乙",
    "5Ss",
    "6b",
    "8B",
    "9gq",
    "-—－一_~–",
    "..．。·,，",
    "@＠",
    "((（",
    "))）",
    "//／",
    "+十",
    "::：",
    "Kk",
    "Mm",
    "Pp",
    "Uu",
    "Vv",
    "Ww",
    "Xx×",
    "Yy",
];

impl Alphabet {
    /// Whether a value of this alphabet may hold a character.
    pub fn allows(self, c: char) -> bool {
        match self {
            Alphabet::Text => true,
            Alphabet::Digits => c.is_ascii_digit(),
            Alphabet::Phone => c.is_ascii_digit() || "-+()/转、 ".contains(c),
            // GB 32100-2015 leaves out the letters that are taken for others.
            Alphabet::Code => c.is_ascii_digit() || c == '-' || c.is_ascii_uppercase() && !"IOSVZ".contains(c),
            Alphabet::Email => c.is_ascii_alphanumeric() || "@._-+".contains(c),
            Alphabet::Date => c.is_ascii_digit() || "年月日.-/ 〇一二三四五六七八九十廿卅".contains(c),
        }
    }

    /// The allowed character that a character stands for: itself, or its look-alike.
    pub fn meant(self, c: char) -> Option<char> {
        if self.allows(c) {
            return Some(c);
        }
        let row = ALIKE.iter().find(|row| row.contains(c))?;
        row.chars().find(|other| self.allows(*other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_are_settled_by_the_alphabet() {
        assert_eq!(Alphabet::Digits.meant('O'), Some('0'));
        assert_eq!(Alphabet::Phone.meant('l'), Some('1'));
        assert_eq!(Alphabet::Phone.meant('—'), Some('-'));
        assert_eq!(Alphabet::Code.meant('x'), Some('X'));
        assert_eq!(Alphabet::Email.meant('。'), Some('.'));
    }

    #[test]
    fn what_is_allowed_stays() {
        assert_eq!(Alphabet::Code.meant('B'), Some('B'));
        assert_eq!(Alphabet::Email.meant('l'), Some('l'));
        assert_eq!(Alphabet::Text.meant('〇'), Some('〇'));
        assert_eq!(Alphabet::Date.meant('一'), Some('一'));
    }

    #[test]
    fn what_resembles_nothing_is_refused() {
        assert_eq!(Alphabet::Digits.meant('局'), None);
        assert_eq!(Alphabet::Email.meant('省'), None);
    }
}
