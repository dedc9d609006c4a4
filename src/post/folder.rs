//! Names of IMAP folders on the wire: modified UTF-7 (RFC 3501, 5.1.3). The crate for it panics on names that are none.

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

const BASE64: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// A readable name as the server knows it.
pub fn encode(name: &str) -> String {
    let mut wire = String::new();
    let mut foreign: Vec<u8> = Vec::new();
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            shift(&mut foreign, &mut wire);
            wire.push(c);
            wire.extend((c == '&').then_some('-'));
        } else {
            foreign.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    shift(&mut foreign, &mut wire);
    wire
}

/// Writes what was gathered of other than ASCII.
fn shift(foreign: &mut Vec<u8>, wire: &mut String) {
    if !foreign.is_empty() {
        wire.push('&');
        BASE64.encode_string(&*foreign, wire);
        wire.push('-');
        foreign.clear();
    }
}

/// A server's name as people read it; what is no modified UTF-7 stays as it is.
pub fn decode(wire: &str) -> String {
    try_decode(wire).unwrap_or_else(|| wire.to_owned())
}

fn try_decode(wire: &str) -> Option<String> {
    let mut name = String::new();
    let mut rest = wire;
    while let Some((plain, shifted)) = rest.split_once('&') {
        name.push_str(plain);
        let (code, after) = shifted.split_once('-')?;
        let bytes = BASE64.decode(code).ok().filter(|bytes| bytes.len() % 2 == 0)?;
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        name.push_str(&if code.is_empty() { "&".to_owned() } else { String::from_utf16(&units).ok()? });
        rest = after;
    }
    Some(name + rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_written_as_the_standard_says() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("其他文件夹", "&UXZO1mWHTvZZOQ-"),
            ("a&b", "a&-b"),
            ("☺!", "&Jjo-!"),
            ("😀", "&2D3eAA-"),
            ("", ""),
        ] {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire), name);
        }
    }

    #[test]
    fn what_is_no_such_name_stays() {
        for wire in ["a&b", "&AA-", "&2D0-", "&!-", "已处理"] {
            assert_eq!(decode(wire), wire);
        }
    }

    proptest! {
        #[test]
        fn every_name_comes_back(name in "\\PC*") {
            let wire = encode(&name);
            prop_assert!(wire.bytes().all(|b| matches!(b, b' '..=b'~')));
            prop_assert_eq!(decode(&wire), name);
        }
    }
}
