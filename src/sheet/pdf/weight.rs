//! What a PDF would take to read, counted before it is read: the reader inflates streams without a limit.

use flate2::{Decompress, FlushDecompress, Status};
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Name, Object};

use super::too_large;
use crate::fault::Fault;

/// Bytes of one stream: a page of A3 at 600 dpi in colour, not compressed otherwise.
pub(super) const MOST_OF_ONE: u64 = 256 << 20;
/// Bytes of all streams: two hundred pages of A4 at 200 dpi in colour have two thousand million.
const MOST_OF_ALL: u64 = 4 << 30;
/// Bytes of a stream that is packed by LZW, as it stands in the file; inflated they are up to 1,300 times as many.
const MOST_LZW: usize = 200 << 10;
/// The same for run lengths, which give up to 64 times as many.
const MOST_RUNS: usize = 4 << 20;
/// Pixels of one picture: A3 at 600 dpi has 70 million.
pub(super) const MOST_PIXELS: u64 = 120_000_000;

/// Inflates everything that looks like a deflated stream and keeps nothing. The file's own structure is not used: reading
/// it inflates already.
pub(super) fn measure(bytes: &[u8]) -> Result<(), Fault> {
    let mut total = 0;
    for at in memchr::memmem::find_iter(bytes, b"stream") {
        let start = at + b"stream".len();
        let data = &bytes[start..];
        let data = data.strip_prefix(b"\r").unwrap_or(data);
        let data = data.strip_prefix(b"\n").unwrap_or(data);
        if bytes[..at].ends_with(b"end") || !is_deflated(data) {
            continue;
        }
        let size = inflated(data).ok_or_else(too_large)?;
        total += size;
        if size > MOST_OF_ONE || total > MOST_OF_ALL {
            return Err(too_large());
        }
    }
    Ok(())
}

/// The two bytes deflated streams begin with (RFC 1950).
fn is_deflated(data: &[u8]) -> bool {
    let [head, flags, ..] = data else { return false };
    head & 0x0f == 8 && head >> 4 < 8 && (u16::from(*head) << 8 | u16::from(*flags)).is_multiple_of(31)
}

/// How many bytes a stream inflates to, as far as the limit. Deflated twice is a bomb: it is absent.
fn inflated(data: &[u8]) -> Option<u64> {
    let mut stream = Decompress::new(true);
    let mut piece = vec![0; 64 << 10];
    loop {
        let before = stream.total_out();
        let status = stream.decompress(&data[stream.total_in() as usize..], &mut piece, FlushDecompress::None);
        let made = (stream.total_out() - before) as usize;
        if before == 0 && is_deflated(&piece[..made]) && inflated_once(&piece[..made]) {
            return None;
        }
        let goes_on = matches!(status, Ok(Status::Ok)) && made > 0 && stream.total_out() <= MOST_OF_ONE;
        if !goes_on {
            return Some(stream.total_out());
        }
    }
}

/// Whether these bytes inflate to something: two bytes may look like a head by accident.
fn inflated_once(data: &[u8]) -> bool {
    let mut stream = Decompress::new(true);
    let mut piece = vec![0; 4 << 10];
    stream.decompress(data, &mut piece, FlushDecompress::None).is_ok() && stream.total_out() > 1_000
}

/// Looks at every stream for what deflation does not cover: other packing, and pictures by their declared size.
pub(super) fn check(document: &Pdf) -> Result<(), Fault> {
    for object in document.objects() {
        let Object::Stream(stream) = object else { continue };
        // The library's own type for filters has no name outside of it.
        let filters: Vec<String> = stream.filters().iter().map(|filter| format!("{filter:?}")).collect();
        let packed = |filter: &&String| matches!(filter.as_str(), "FlateDecode" | "LzwDecode" | "RunLengthDecode");
        let length = stream.raw_data().len();
        let too_long = |filter: &String| match filter.as_str() {
            "LzwDecode" => length > MOST_LZW,
            "RunLengthDecode" => length > MOST_RUNS,
            _ => false,
        };
        let dict = stream.dict();
        let side = |long: &str, short: &str| dict.get::<u32>(long).or_else(|| dict.get::<u32>(short)).unwrap_or(0);
        let is_picture = dict.get::<Name<'_>>("Subtype").is_some_and(|name| name.as_ref() == b"Image");
        let pixels = u64::from(side("Width", "W")) * u64::from(side("Height", "H"));
        let twice = filters.iter().filter(packed).count() > 1;
        if twice || filters.iter().any(too_long) || is_picture && pixels > MOST_PIXELS {
            return Err(too_large());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn stream(data: &[u8]) -> Vec<u8> {
        [b"<</Filter/FlateDecode>>stream\r\n", data, b"\nendstream"].concat()
    }

    #[test]
    fn a_bomb_is_counted_and_ordinary_streams_pass() {
        assert!(measure(&stream(&deflated(b"0 0 36 36 re f"))).is_ok());
        assert!(measure(b"stream\nnot deflated\nendstream").is_ok());
        let bomb = deflated(&vec![0; MOST_OF_ONE as usize + (1 << 20)]);
        assert_eq!(measure(&stream(&bomb)).unwrap_err().code, "too-large");
    }

    #[test]
    fn deflated_twice_is_a_bomb() {
        let twice = deflated(&deflated(&vec![0; 10 << 20]));
        assert_eq!(measure(&stream(&twice)).unwrap_err().code, "too-large");
    }

    fn document(stream: &str, data: &[u8]) -> Result<(), Fault> {
        let mut bytes = format!(
            "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
             3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\n4 0 obj<<{stream}/Length {}>>stream\n",
            data.len()
        )
        .into_bytes();
        bytes.extend(data);
        bytes.extend(b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n");
        check(&Pdf::new(std::sync::Arc::new(bytes)).unwrap())
    }

    #[test]
    fn other_packing_and_huge_pictures_are_refused() {
        assert!(document("/Filter/LZWDecode", b"short").is_ok());
        assert!(document("/Filter/LZWDecode", &vec![b'x'; MOST_LZW + 1]).is_err());
        assert!(document("/Filter[/RunLengthDecode/LZWDecode]", b"x").is_err());
        assert!(document("/Filter[/ASCII85Decode/FlateDecode]", b"x").is_ok());
        assert!(document("/Subtype/Image/Width 2000/Height 3000", b"x").is_ok());
        assert!(document("/Subtype/Image/Width 20000/Height 30000", b"x").is_err());
    }
}
