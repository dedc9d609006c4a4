//! HEIC: photos as iPhones take them. What the decoder cannot do is a fault that asks for JPEG.

use std::sync::Arc;

use heic_rs::{DecodeOptions, Error, decode, probe};
use image::{RgbImage, imageops};

use super::image::{MOST_PIXELS, halved, is_halved, too_large};
use super::{Budget, Picture, Sheet, Source, Surface, sniff, unreadable};
use crate::fault::Fault;

/// Whether a file names one of the kinds of HEIF whose pictures are HEVC.
pub(super) fn is_heic(bytes: &[u8]) -> bool {
    const BRANDS: [&[u8]; 6] = [b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1"];
    bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..12).is_some_and(|brand| BRANDS.contains(&brand))
}

/// The photo as one sheet; decoded once while the budget lasts, so that a broken one is known now.
pub(super) fn open(bytes: &Arc<[u8]>, budget: &mut Budget) -> Result<Vec<Sheet>, Fault> {
    let info = probe(bytes).map_err(|e| fault(&e))?;
    let count = u64::from(info.width) * u64::from(info.height);
    if count == 0 || count > MOST_PIXELS {
        return Err(too_large());
    }
    if let Some(left) = budget.pixels.checked_sub(count) {
        budget.pixels = left;
        pixels(bytes)?;
    }
    let size = if is_halved(count * 3) { halved(info.width, info.height) } else { (info.width, info.height) };
    let picture = Picture { source: Source::Heic(Arc::clone(bytes)), size };
    Ok(vec![Sheet { number: 1, surface: Surface::Pixels(picture) }])
}

/// The pixels, turned as the file says.
pub(super) fn pixels(bytes: &[u8]) -> Result<RgbImage, Fault> {
    let options = DecodeOptions::default().with_max_pixels(Some(MOST_PIXELS)).with_threads(Some(1));
    let photo = decode(bytes, &options).map_err(|e| fault(&e))?;
    let pixels = RgbImage::from_raw(photo.width, photo.height, photo.data).ok_or_else(|| unreadable("照片"))?;
    if !is_halved(pixels.len() as u64) {
        return Ok(pixels);
    }
    let (width, height) = halved(pixels.width(), pixels.height());
    Ok(imageops::thumbnail(&pixels, width, height))
}

fn fault(error: &Error) -> Fault {
    match error {
        Error::PixelLimit { .. } => too_large(),
        Error::Unsupported(_) => sniff::ask("这张 HEIC 照片", "JPEG 照片（手机“设置—相机—格式”选“兼容性最佳”）"),
        _ => unreadable("HEIC 照片"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 600 by 420, squares of 30 pixels, the first one dark; encoded by libheif.
    const PHOTO: &[u8] = include_bytes!("../../tests/documents/photo.heic");

    #[test]
    fn a_photo_is_decoded() {
        assert!(is_heic(PHOTO));
        let sheets = open(&Arc::from(PHOTO), &mut Budget::default()).unwrap();
        let Surface::Pixels(picture) = &sheets[0].surface else { panic!() };
        assert_eq!(picture.size, (600, 420));
        let pixels = picture.pixels().unwrap();
        assert_eq!(pixels.dimensions(), (600, 420));
        assert!(pixels.get_pixel(15, 15).0[0] < 80 && pixels.get_pixel(45, 15).0[0] > 200);
    }

    #[test]
    fn a_torn_photo_is_a_fault() {
        for end in [40, PHOTO.len() / 3, PHOTO.len() * 2 / 3] {
            assert!(open(&Arc::from(&PHOTO[..end]), &mut Budget::default()).is_err(), "{end}");
        }
    }

    #[test]
    fn pixels_are_counted_before_they_are_decoded() {
        let mut photo = PHOTO.to_vec();
        let at = photo.windows(4).position(|tag| tag == b"ispe").unwrap() + 8;
        photo[at..at + 8].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        assert_eq!(open(&Arc::from(photo), &mut Budget::default()).unwrap_err().code, "too-large");
    }
}
