//! PDF: every page a picture at 200 dpi, drawn when it is asked for, and the text it draws where that can be
//! trusted; what was typed into a form's fields as cells.

mod cells;
mod fields;
mod layer;
mod weight;

use std::fmt;
use std::sync::Arc;

use hayro::hayro_interpret::font::{FontData, FontQuery};
use hayro::hayro_interpret::kurbo::Affine;
use hayro::hayro_interpret::{InterpreterSettings, TransformExt as _};
use hayro::hayro_syntax::{LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use image::RgbImage;

use super::{Cell, Picture, Sheet, Source, Surface, unreadable};
use crate::fault::Fault;

/// What scanners of offices use and what reading was measured at.
const DPI: f32 = 200.0;
/// Pages of one PDF: more than all units of a county in one file.
const MOST_PAGES: usize = 200;
/// Pixels of one page: A2 at 200 dpi has 15 million. A larger page is drawn smaller.
const MOST_PIXELS: f32 = 30_000_000.0;
/// Characters of a page that is typed; a scan may bear a page number or a stamp of its program.
const FEWEST: usize = 20;
/// Longest side in pixels; the rasteriser counts in 16 bits.
const LONGEST_SIDE: f32 = 16_000.0;
/// Long sides in points of A6 and A3. Smaller and larger pages that hold a picture are no paper: programs for photos
/// write them, a point for each pixel or as it comes. Their size says nothing, the picture's pixels do.
const PAPER: std::ops::Range<f32> = 420.0..1195.0;
/// Long side in px of A4 at 200 dpi, and of A3.
const DRAWN: [f32; 2] = [2339.0, 3307.0];

/// Fonts for documents that name theirs and do not carry them. Without one their Chinese text is not drawn.
#[derive(Clone, Default)]
pub struct Fonts {
    /// A Chinese font file and the index of the face in it.
    pub chinese: Option<(FontData, u32)>,
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fonts").field("chinese", &self.chinese.is_some()).finish()
    }
}

/// One page of a document.
#[derive(Clone)]
pub(super) struct Page {
    document: Arc<Pdf>,
    index: usize,
    /// Whether the file breaks off before its end.
    cut: bool,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page").field("index", &self.index).finish_non_exhaustive()
    }
}

/// The bytes as the reader wants them shared.
struct Shared(Arc<[u8]>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// A sheet for each page, and before them one for what was typed into form fields, if there is any.
pub(super) fn open(bytes: &Arc<[u8]>) -> Result<Vec<Sheet>, Fault> {
    weight::measure(bytes)?;
    let document = Pdf::new(Arc::new(Shared(Arc::clone(bytes)))).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Fault::new("encrypted", "PDF 设有密码，无法打开，请对方取消密码后重新发送"),
        LoadPdfError::Invalid => unreadable("PDF 文件"),
    })?;
    let count = document.pages().len();
    if count == 0 {
        return Err(unreadable("PDF 文件"));
    }
    if count > MOST_PAGES {
        let message = format!("PDF 共 {count} 页，超过上限 {MOST_PAGES} 页，请对方分开发送");
        return Err(Fault::new("too-many-pages", message));
    }
    weight::check(&document)?;
    let typed = fields::cells(&document);
    let typed = (!typed.is_empty()).then(|| Sheet::of_cells(1, typed));
    let (document, cut) = (Arc::new(document), is_cut(bytes));
    let pages = (0..count).map(|index| sheet(Page { document: Arc::clone(&document), index, cut }));
    Ok(typed.into_iter().chain(pages).collect())
}

fn too_large() -> Fault {
    let (bytes, pixels) = (weight::MOST_OF_ONE >> 20, weight::MOST_PIXELS / 1_000_000);
    let message = format!(
        "PDF 展开后过大（上限每个数据流 {bytes} MB、每幅图像 {pixels} 百万像素），未读取，请对方重新导出或分开发送"
    );
    Fault::new("too-large", message)
}

/// Whether objects follow the last mark of an end, or none stands there at all. The reader repairs such files; what it
/// does not find any more it does not draw.
fn is_cut(bytes: &[u8]) -> bool {
    let last = |what: &[u8]| memchr::memmem::rfind(bytes, what);
    last(b"%%EOF") < last(b"obj")
}

fn sheet(page: Page) -> Sheet {
    let (width, height) = page.dimensions();
    let scale = scale(width, height, page.picture());
    // Rounded, not cut off: a page that is one 200 dpi scan is then drawn pixel for pixel.
    let size = (((width * scale).round() as u32).max(1), ((height * scale).round() as u32).max(1));
    Sheet { number: page.index + 1, surface: Surface::Pixels(Picture { source: Source::Page(page), size }) }
}

/// Points to pixels: 200 dpi, less for posters, and by the long side in px of a picture where the page is no paper.
fn scale(width: f32, height: f32, picture: Option<f32>) -> f32 {
    let (by_area, long) = ((MOST_PIXELS / (width * height)).sqrt(), width.max(height));
    let dpi = DPI / 72.0;
    let wanted = match picture {
        Some(side) if long < PAPER.start => dpi.max(side.min(DRAWN[0]) / long),
        Some(side) if long > PAPER.end => dpi.min(side.max(DRAWN[1]) / long),
        _ => dpi,
    };
    wanted.min(by_area).min(LONGEST_SIDE / long)
}

impl Page {
    fn dimensions(&self) -> (f32, f32) {
        self.document.pages().get(self.index).map_or((1.0, 1.0), |page| page.render_dimensions())
    }

    /// The long side in px of the largest picture on the page.
    fn picture(&self) -> Option<f32> {
        let page = self.document.pages().get(self.index)?;
        let pictures = page.resources().x_objects.entries();
        let sides = pictures.filter_map(|(name, _)| {
            let stream = page.resources().get_x_object(&name)?;
            let side = |key: &str| stream.dict().get::<f32>(key);
            Some(side("Width")?.max(side("Height")?))
        });
        sides.reduce(f32::max)
    }

    /// The cells of a page that is drawn from characters and rules. A scan has none, also where an old recognition lies
    /// under it: what covers half the page is the page. Nor has a page whose fonts do not say what they show.
    pub fn cells(&self, size: (u32, u32), fonts: &Fonts) -> Option<Vec<Cell>> {
        let page = self.document.pages().get(self.index)?;
        let (width, height) = page.render_dimensions();
        let scale =
            Affine::scale_non_uniform(f64::from(size.0) / f64::from(width), f64::from(size.1) / f64::from(height));
        let layer = layer::of(page, scale * page.initial_transform(true).to_kurbo(), size, settings(fonts));
        let told = layer.characters.iter().filter(|c| is_text(c.is)).count();
        let real = layer.pictured < 0.5 && told >= FEWEST && told * 20 >= layer.characters.len() * 19;
        real.then(|| cells::of(&layer))
    }

    /// Draws the page on white paper.
    pub fn pixels(&self, size: (u32, u32), fonts: &Fonts) -> Result<RgbImage, Fault> {
        let page = self.document.pages().get(self.index).ok_or_else(|| unreadable("PDF 文件"))?;
        let (width, height) = page.render_dimensions();
        // A little over, so that rounding down gives exactly the promised size.
        let scales = ((size.0 as f32 + 0.01) / width, (size.1 as f32 + 0.01) / height);
        let pixmap = hayro::render(
            page,
            &RenderCache::new(),
            &settings(fonts),
            &RenderSettings::default(),
            &PixmapSettings { x_scale: scales.0, y_scale: scales.1, bg_color: WHITE },
        );
        if self.cut && pixmap.data_as_u8_slice().iter().all(|value| *value == u8::MAX) {
            return Err(Fault::new("unreadable", "PDF 不完整（传输中断），无法使用，请对方重新发送"));
        }
        let rgb = pixmap.data_as_u8_slice().as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
        RgbImage::from_raw(pixmap.width().into(), pixmap.height().into(), rgb).ok_or_else(|| unreadable("PDF 页面"))
    }
}

/// Whether a character says something: fonts without a table of characters show private ones.
fn is_text(c: char) -> bool {
    c != '\u{fffd}' && !c.is_control() && !('\u{e000}'..='\u{f8ff}').contains(&c)
}

fn settings(fonts: &Fonts) -> InterpreterSettings {
    let defaults = InterpreterSettings::default();
    let Some(chinese) = fonts.chinese.clone() else { return defaults };
    let others = Arc::clone(&defaults.font_resolver);
    let resolver = move |query: &FontQuery| match query {
        FontQuery::Fallback(font) if font.character_collection.is_some() => Some(chinese.clone()),
        _ => others(query),
    };
    InterpreterSettings { font_resolver: Arc::new(resolver), ..defaults }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of `[0 0 width height]` with a black square in its lower left corner.
    fn pdf(width: u32, height: u32) -> Arc<[u8]> {
        let text = format!(
            "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
             3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Contents 4 0 R>>endobj\n\
             4 0 obj<</Length 15>>stream\n0 0 36 36 re f \nendstream endobj\ntrailer<</Root 1 0 R>>\n"
        );
        Arc::from(text.into_bytes())
    }

    #[test]
    fn a_page_is_drawn_at_200_dpi() {
        let sheets = open(&pdf(72, 144)).unwrap();
        let Surface::Pixels(picture) = &sheets[0].surface else { panic!() };
        assert_eq!(picture.size, (200, 400));
        let pixels = picture.pixels().unwrap();
        assert_eq!(pixels.dimensions(), (200, 400));
        assert_eq!((pixels.get_pixel(10, 390).0, pixels.get_pixel(190, 10).0), ([0; 3], [255; 3]));
    }

    #[test]
    fn posters_are_drawn_smaller() {
        let sheets = open(&pdf(14_400, 14_400)).unwrap();
        let Surface::Pixels(picture) = &sheets[0].surface else { panic!() };
        assert!(picture.size.0 * picture.size.1 <= MOST_PIXELS as u32);
        assert_eq!(picture.pixels().unwrap().dimensions(), picture.size);
    }

    #[test]
    fn a_page_that_is_no_paper_is_drawn_as_large_as_its_picture() {
        assert_eq!(scale(595.0, 842.0, Some(3508.0)), DPI / 72.0);
        // 7 cm, and a point for each pixel of a photo.
        assert_eq!((scale(200.0, 283.0, Some(2339.0)) * 283.0).round(), 2339.0);
        assert_eq!((scale(3000.0, 4000.0, Some(4000.0)) * 4000.0).round(), 4000.0);
        assert_eq!((scale(1654.0, 2339.0, Some(2339.0)) * 2339.0).round(), 3307.0);
    }

    #[test]
    fn what_breaks_off_is_no_blank_page() {
        let whole = pdf(72, 144);
        let cut = &whole[..whole.len() - "trailer<</Root 1 0 R>>\n".len()];
        let lost = String::from_utf8(cut.to_vec()).unwrap().replace("0 0 36 36 re f", "              ");
        let drawn = |bytes: &[u8]| {
            let sheets = open(&Arc::from(bytes)).unwrap();
            let Surface::Pixels(picture) = &sheets[0].surface else { panic!() };
            picture.pixels()
        };
        assert!(drawn(cut).is_ok());
        assert_eq!(drawn(lost.as_bytes()).unwrap_err().code, "unreadable");
        assert!(drawn(format!("{lost}%%EOF\n").as_bytes()).is_ok());
    }

    #[test]
    fn a_broken_file_is_a_fault() {
        assert_eq!(open(&Arc::from(&b"%PDF-1.4\ngarbage"[..])).unwrap_err().code, "unreadable");
    }
}
