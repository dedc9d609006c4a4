//! Pictures: what phones and scanners send. Pixels are counted before anything is decoded.

use std::io::Cursor;
use std::sync::Arc;

use image::metadata::Orientation;
use image::{DynamicImage, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use super::{Picture, Sheet, Source, Surface, unreadable};
use crate::fault::Fault;

/// Pixels of one picture: A3 at 600 dpi has 70 million, the largest phone cameras 108 million.
const MOST_PIXELS: u64 = 120_000_000;
/// Longest side in pixels: a metre at 600 dpi.
const LONGEST_SIDE: u32 = 24_000;
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

/// One sheet for each page. Every page is decoded once, so that a broken one is known now.
pub(super) fn open(bytes: &Arc<[u8]>, format: ImageFormat) -> Result<Vec<Sheet>, Fault> {
    if format == ImageFormat::Jpeg && !jpeg_is_whole(bytes) {
        return Err(Fault::new("unreadable", "图片不完整（传输中断），无法使用，请对方重新发送"));
    }
    let directories = match format {
        ImageFormat::Tiff => tiff_pages(bytes).into_iter().map(Some).collect(),
        _ => vec![None],
    };
    if directories.len() > MOST_PAGES {
        return Err(Fault::new("too-many-pages", format!("图片超过 {MOST_PAGES} 页，请对方分开发送")));
    }
    let sheets = (1..).zip(directories).map(|(number, directory)| {
        let orientation = orientation(bytes, number);
        let frame = Frame { bytes: Arc::clone(bytes), format, directory, orientation };
        let size = frame.pixels()?.dimensions();
        Ok(Sheet { number, surface: Surface::Pixels(Picture { source: Source::Image(frame), size }) })
    });
    sheets.collect()
}

impl Frame {
    /// Decodes upright; transparency becomes white paper.
    pub fn pixels(&self) -> Result<RgbImage, Fault> {
        let bytes = self.page_bytes();
        let (width, height) = self.reader(&bytes).into_dimensions().map_err(|e| fault(&e))?;
        if width > LONGEST_SIDE || height > LONGEST_SIDE || u64::from(width) * u64::from(height) > MOST_PIXELS {
            return Err(too_large());
        }
        let mut picture = self.reader(&bytes).decode().map_err(|e| fault(&e))?;
        picture.apply_orientation(self.orientation);
        Ok(on_white(picture))
    }

    fn reader<'b>(&self, bytes: &'b [u8]) -> ImageReader<Cursor<&'b [u8]>> {
        let mut limits = Limits::default();
        limits.max_image_width = Some(LONGEST_SIDE);
        limits.max_image_height = Some(LONGEST_SIDE);
        limits.max_alloc = Some(MOST_PIXELS * 8);
        let mut reader = ImageReader::with_format(Cursor::new(bytes), self.format);
        reader.limits(limits);
        reader
    }

    /// The decoder knows only the first page of a TIFF; a later one is made the first.
    fn page_bytes(&self) -> std::borrow::Cow<'_, [u8]> {
        let Some(directory) = self.directory else { return (&*self.bytes).into() };
        let little = self.bytes.starts_with(b"II");
        let offset = if little { directory.to_le_bytes() } else { directory.to_be_bytes() };
        let mut bytes = self.bytes.to_vec();
        bytes[4..8].copy_from_slice(&offset);
        bytes.into()
    }
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

fn too_large() -> Fault {
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
    let little = bytes.starts_with(b"II");
    let number = |at: usize, size: usize| -> Option<u32> {
        let field = bytes.get(at..at.checked_add(size)?)?;
        let fold = |value: u32, byte: &u8| value << 8 | u32::from(*byte);
        Some(if little { field.iter().rev().fold(0, fold) } else { field.iter().fold(0, fold) })
    };
    let mut pages = Vec::new();
    let mut next = number(4, 4);
    while let Some(offset) = next.filter(|o| *o != 0 && !pages.contains(o) && pages.len() <= MOST_PAGES) {
        let at = offset as usize;
        let Some(entries) = number(at, 2) else { break };
        pages.push(offset);
        next = number(at + 2 + entries as usize * 12, 4);
    }
    pages
}
