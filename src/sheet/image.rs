//! Pictures: what phones and scanners send. Pixels are counted before anything is decoded.

use std::io::Cursor;
use std::sync::Arc;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use super::{Budget, Picture, Sheet, Source, Surface, unreadable};
use crate::fault::Fault;

/// Pixels of one picture: A3 at 600 dpi has 70 million, the largest phone cameras 108 million.
pub(super) const MOST_PIXELS: u64 = 120_000_000;
/// Longest side in pixels: a metre at 600 dpi.
const LONGEST_SIDE: u32 = 24_000;
/// Bytes of one decoded picture: 108 million pixels in colour.
const MOST_BYTES: u64 = 330 << 20;
/// A decoded picture of more bytes is halved: A3 at 600 dpi then has 300, more than reading needs, and turning it upright
/// does not double what it takes.
const HALVED_ABOVE: u64 = 128 << 20;
/// Pages of one TIFF.
const MOST_PAGES: usize = 200;

/// One picture in a file.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    bytes: Arc<[u8]>,
    format: ImageFormat,
    /// Where the page's directory stands in a TIFF.
    directory: Option<u32>,
    orientation: Orientation,
}

/// The picture format by signature.
pub(super) fn format(bytes: &[u8]) -> Option<ImageFormat> {
    let format = image::guess_format(bytes).ok()?;
    let read =
        [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Tiff, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::WebP];
    read.contains(&format).then_some(format)
}

/// One sheet for each page. Every page is decoded once while the budget lasts, so that a broken one is known now.
pub(super) fn open(bytes: &Arc<[u8]>, format: ImageFormat, budget: &mut Budget) -> Result<Vec<Sheet>, Fault> {
    if format == ImageFormat::Jpeg && !jpeg_is_whole(bytes) {
        return Err(Fault::new("unreadable", "图片不完整（传输中断），无法使用，请对方重新发送"));
    }
    let directories = match format {
        ImageFormat::Tiff => tiff_pages(bytes).into_iter().map(Some).collect(),
        _ => vec![None],
    };
    if directories.is_empty() {
        return Err(unreadable("图片"));
    }
    if directories.len() > MOST_PAGES {
        return Err(Fault::new("too-many-pages", format!("图片超过 {MOST_PAGES} 页，请对方分开发送")));
    }
    let sheets = (1..).zip(directories).map(|(number, directory)| {
        let orientation = orientation(bytes, number);
        let frame = Frame { bytes: Arc::clone(bytes), format, directory, orientation };
        let size = frame.size()?;
        let pixels = u64::from(size.0) * u64::from(size.1);
        if let Some(left) = budget.pixels.checked_sub(pixels) {
            budget.pixels = left;
            frame.decoded(&frame.page_bytes())?;
        }
        Ok(Sheet { number, surface: Surface::Pixels(Picture { source: Source::Image(frame), size }) })
    });
    sheets.collect()
}

impl Frame {
    /// Decodes upright; transparency becomes white paper.
    pub fn pixels(&self) -> Result<RgbImage, Fault> {
        let mut picture = self.decoded(&self.page_bytes())?;
        if is_halved(picture.as_bytes().len() as u64) {
            let (width, height) = halved(picture.width(), picture.height());
            picture = picture.thumbnail_exact(width, height);
        }
        picture.apply_orientation(self.orientation);
        Ok(on_white(picture))
    }

    /// Width and height of [`Frame::pixels`], from the file's header.
    fn size(&self) -> Result<(u32, u32), Fault> {
        let bytes = self.page_bytes();
        let decoder = self.reader(&bytes).into_decoder().map_err(|e| fault(&e))?;
        let (width, height) = affordable(&decoder)?;
        let (width, height) = if is_halved(decoder.total_bytes()) { halved(width, height) } else { (width, height) };
        let turned = Orientation::to_exif(self.orientation) >= 5;
        Ok(if turned { (height, width) } else { (width, height) })
    }

    /// Decodes as stored, after counting what that takes.
    fn decoded(&self, bytes: &[u8]) -> Result<DynamicImage, Fault> {
        let decoder = self.reader(bytes).into_decoder().map_err(|e| fault(&e))?;
        affordable(&decoder)?;
        DynamicImage::from_decoder(decoder).map_err(|e| fault(&e))
    }

    fn reader<'b>(&self, bytes: &'b [u8]) -> ImageReader<Cursor<&'b [u8]>> {
        let mut limits = Limits::default();
        limits.max_image_width = Some(LONGEST_SIDE);
        limits.max_image_height = Some(LONGEST_SIDE);
        limits.max_alloc = Some(MOST_BYTES * 2);
        let mut reader = ImageReader::with_format(Cursor::new(bytes), self.format);
        reader.limits(limits);
        reader
    }

    /// The decoder knows only the first page of a TIFF; a later one is made the first, and the last.
    fn page_bytes(&self) -> std::borrow::Cow<'_, [u8]> {
        let Some(directory) = self.directory else { return (&*self.bytes).into() };
        let little = self.bytes.starts_with(b"II");
        let offset = if little { directory.to_le_bytes() } else { directory.to_be_bytes() };
        let mut bytes = self.bytes.to_vec();
        bytes[4..8].copy_from_slice(&offset);
        if let Some(next) = next_directory(&bytes, directory)
            && let Some(link) = bytes.get_mut(next..next + 4)
        {
            link.fill(0);
        }
        bytes.into()
    }
}

/// Width and height, if decoding takes no more than we have.
fn affordable(decoder: &impl ImageDecoder) -> Result<(u32, u32), Fault> {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let within = width.max(height) <= LONGEST_SIDE && pixels <= MOST_PIXELS && decoder.total_bytes() <= MOST_BYTES;
    if within { Ok((width, height)) } else { Err(too_large()) }
}

/// Whether a decoded picture of so many bytes is halved.
pub(super) fn is_halved(bytes: u64) -> bool {
    bytes > HALVED_ABOVE
}

pub(super) fn halved(width: u32, height: u32) -> (u32, u32) {
    ((width / 2).max(1), (height / 2).max(1))
}

fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let source = picture.into_rgba8();
    RgbImage::from_fn(source.width(), source.height(), |x, y| {
        let [r, g, b, a] = source.get_pixel(x, y).0;
        let over = |c: u8| ((u32::from(c) * u32::from(a) + 255 * (255 - u32::from(a))) / 255) as u8;
        Rgb([over(r), over(g), over(b)])
    })
}

fn fault(error: &ImageError) -> Fault {
    match error {
        ImageError::Limits(_) => too_large(),
        ImageError::Unsupported(_) => Fault::new("unsupported", "暂不能读取这种图片，请对方改发 JPEG 照片或 PDF"),
        _ => unreadable("图片"),
    }
}

pub(super) fn too_large() -> Fault {
    let millions = MOST_PIXELS / 1_000_000;
    let message = format!("图片尺寸过大（上限 {millions} 百万像素，边长 {LONGEST_SIDE} 像素），请对方缩小后重新发送");
    Fault::new("too-large", message)
}

/// How the camera was held, from EXIF; a page of a TIFF has its own.
fn orientation(bytes: &[u8], page: usize) -> Orientation {
    let mut reader = exif::Reader::new();
    reader.continue_on_error(true);
    let read = reader.read_from_container(&mut Cursor::new(bytes)).or_else(|e| e.distill_partial_result(|_| ()));
    let page = exif::In(u16::try_from(page - 1).unwrap_or(u16::MAX));
    let value = read.ok().and_then(|exif| exif.get_field(exif::Tag::Orientation, page)?.value.get_uint(0));
    value.and_then(|v| Orientation::from_exif(u8::try_from(v).ok()?)).unwrap_or(Orientation::NoTransforms)
}

/// Whether a JPEG comes to its end marker. Decoders paint the missing rest grey and say nothing.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(marker) = next_marker(bytes, at) {
        let after = marker + 2;
        match bytes[marker + 1] {
            0xd9 => return true,
            0x01 | 0xd0..=0xd8 => at = after,
            _ => {
                // Every other segment says its length; after a start of scan its data follows, searched as such.
                let Some(&[high, low]) = bytes.get(after..after + 2) else { return false };
                at = after + usize::from(u16::from_be_bytes([high, low])).max(2);
            }
        }
    }
    false
}

/// The next marker from `at`: 0xff and neither a stuffed zero nor fill.
fn next_marker(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    rest.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff)).map(|n| at + n)
}

/// Where each page's directory stands. A chain that loops or leaves the file ends.
fn tiff_pages(bytes: &[u8]) -> Vec<u32> {
    let mut pages = Vec::new();
    let mut next = tiff_number(bytes, 4, 4);
    while let Some(offset) = next.filter(|o| *o != 0 && !pages.contains(o) && pages.len() <= MOST_PAGES) {
        let Some(link) = next_directory(bytes, offset) else { break };
        pages.push(offset);
        next = tiff_number(bytes, link, 4);
    }
    pages
}

/// Where a directory (a count, that many entries of 12 bytes, a link) keeps the link to the next one.
fn next_directory(bytes: &[u8], directory: u32) -> Option<usize> {
    let at = directory as usize;
    let entries = tiff_number(bytes, at, 2)?;
    Some(at + 2 + entries as usize * 12)
}

/// A number in the file's own byte order.
fn tiff_number(bytes: &[u8], at: usize, size: usize) -> Option<u32> {
    let field = bytes.get(at..at.checked_add(size)?)?;
    let fold = |value: u32, byte: &u8| value << 8 | u32::from(*byte);
    Some(if bytes.starts_with(b"II") { field.iter().rev().fold(0, fold) } else { field.iter().fold(0, fold) })
}

#[cfg(test)]
mod tests {
    use super::super::{Opened, open};
    use super::*;

    fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut picture = RgbImage::from_pixel(width, height, Rgb([255; 3]));
        picture.put_pixel(0, 0, Rgb([0; 3]));
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn pictures(bytes: Vec<u8>) -> Result<Vec<Picture>, Fault> {
        let Opened::Sheets(sheets) = open(&Arc::from(bytes), &mut Budget::default())? else { panic!("no sheets") };
        let picture = |sheet: Sheet| match sheet.surface {
            Surface::Pixels(picture) => picture,
            Surface::Cells(_) => panic!("cells"),
        };
        Ok(sheets.into_iter().map(picture).collect())
    }

    #[test]
    fn every_format_is_opened_by_its_content() {
        use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
        for format in [Bmp, Gif, Jpeg, Png, Tiff, WebP] {
            let pictures = pictures(encoded(20, 10, format)).unwrap();
            assert_eq!((pictures.len(), pictures[0].size), (1, (20, 10)), "{format:?}");
            assert_eq!(pictures[0].pixels().unwrap().dimensions(), (20, 10));
        }
        assert_eq!(pictures(encoded(1, 1, Png)).unwrap()[0].size, (1, 1));
    }

    #[test]
    fn a_torn_picture_is_a_fault() {
        use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
        for format in [Bmp, Gif, Jpeg, Png, Tiff, WebP] {
            let whole = encoded(200, 200, format);
            let fault = pictures(whole[..whole.len() * 2 / 3].to_vec()).unwrap_err();
            assert_eq!(fault.code, "unreadable", "{format:?}");
        }
    }

    #[test]
    fn exif_turns_the_picture() {
        let jpeg = encoded(40, 20, ImageFormat::Jpeg);
        let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let turned = [&jpeg[..2], exif, &jpeg[2..]].concat();
        let picture = &pictures(turned).unwrap()[0];
        assert_eq!(picture.size, (20, 40));
        // 6: turn clockwise; the black corner goes to the upper right.
        let pixels = picture.pixels().unwrap();
        assert!(pixels.get_pixel(19, 0).0[0] < pixels.get_pixel(0, 39).0[0]);
    }

    #[test]
    fn pixels_are_counted_before_they_are_decoded() {
        let mut png = encoded(10, 10, ImageFormat::Png);
        png[16..24].copy_from_slice(&[0, 0, 0x50, 0, 0, 0, 0x50, 0]);
        // The header's checksum no longer holds; either way nothing is allocated.
        assert!(["too-large", "unreadable"].contains(&pictures(png).unwrap_err().code.as_str()));
        let mut bmp = encoded(10, 10, ImageFormat::Bmp);
        bmp[18..26].copy_from_slice(&[0, 0x50, 0, 0, 0, 0x50, 0, 0]);
        assert_eq!(pictures(bmp).unwrap_err().code, "too-large");
    }

    /// An uncompressed grey TIFF with one page of each width, one pixel high.
    fn tiff(widths: &[u8]) -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        for (n, width) in widths.iter().enumerate() {
            let data = bytes.len() as u8 + 2 + 8 * 12 + 4;
            let fields: [(u16, u8); 8] =
                [(256, *width), (257, 1), (258, 8), (259, 1), (262, 1), (273, data), (278, 1), (279, *width)];
            bytes.extend([8, 0]);
            for (tag, value) in fields {
                bytes.extend(tag.to_le_bytes());
                bytes.extend([3, 0, 1, 0, 0, 0, value, 0, 0, 0]);
            }
            let next = if n + 1 < widths.len() { data + width } else { 0 };
            bytes.extend([next, 0, 0, 0]);
            bytes.extend(vec![200; usize::from(*width)]);
        }
        bytes
    }

    #[test]
    fn each_page_of_a_tiff_is_a_sheet() {
        let pictures = pictures(tiff(&[4, 6])).unwrap();
        assert_eq!(pictures.iter().map(|p| p.size).collect::<Vec<_>>(), [(4, 1), (6, 1)]);
        assert_eq!(pictures[1].pixels().unwrap().get_pixel(5, 0).0, [200; 3]);
    }

    #[test]
    fn a_tiff_that_points_to_itself_ends() {
        let mut looped = tiff(&[4]);
        let next = looped.len() - 4 - 4;
        looped[next] = 8;
        assert_eq!(pictures(looped).unwrap().len(), 1);
    }

    #[test]
    fn transparency_is_white_paper() {
        let clear = image::RgbaImage::from_pixel(2, 2, image::Rgba([0, 0, 0, 0]));
        assert_eq!(on_white(clear.into()).get_pixel(0, 0).0, [255; 3]);
    }
}
