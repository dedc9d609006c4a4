//! Draws the cells that were found onto the straightened page: `cargo run --release --example ocr_boxes -- OUT FILE…`.

use std::path::Path;

use image::{Rgb, RgbImage};
use zhuanban::ocr::{Models, Page, Rect, ink, read_page};

fn main() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("usage: ocr_boxes OUT FILE…")?;
    let models = Models::load(Path::new("models"))?;
    for file in arguments {
        let picture = image::open(&file).map_err(|e| format!("{file}: {e}"))?.to_rgb8();
        let start = std::time::Instant::now();
        let page = read_page(&picture, &models);
        let ms = start.elapsed().as_millis();
        let name = Path::new(&file).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        println!("== {name} {:?} {} cells {ms} ms {:?}", page.method, page.cells.len(), page.notes);
        for cell in &page.cells {
            let r = cell.at;
            println!(
                "  {:4.0} {:4.0} {:4.0} {:4.0}  {:.2} {:?}",
                r.left, r.top, r.right, r.bottom, cell.confidence, cell.text
            );
        }
        draw(&picture, &page).save(format!("{out}/{name}.png")).map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// The straightened page with cells in blue and lines in green.
fn draw(picture: &RgbImage, page: &Page) -> RgbImage {
    let bounded = ink::bounded(picture);
    let plane = ink::red(bounded.as_ref().unwrap_or(picture));
    let (w, h) = page.mapping.size;
    let grey = page.mapping.cut(&plane, &Rect::new(0.0, 0.0, w as f32, h as f32));
    let mut canvas = image::DynamicImage::ImageLuma8(grey).to_rgb8();
    for cell in &page.cells {
        frame(&mut canvas, &cell.at, Rgb([0, 0, 255]));
        cell.lines.iter().for_each(|line| frame(&mut canvas, &line.at, Rgb([0, 160, 0])));
    }
    canvas
}

fn frame(canvas: &mut RgbImage, at: &Rect, colour: Rgb<u8>) {
    let (w, h) = (canvas.width() as f32 - 1.0, canvas.height() as f32 - 1.0);
    let (x0, x1) = (at.left.clamp(0.0, w) as u32, at.right.clamp(0.0, w) as u32);
    let (y0, y1) = (at.top.clamp(0.0, h) as u32, at.bottom.clamp(0.0, h) as u32);
    for x in x0..=x1 {
        canvas.put_pixel(x, y0, colour);
        canvas.put_pixel(x, y1, colour);
    }
    for y in y0..=y1 {
        canvas.put_pixel(x0, y, colour);
        canvas.put_pixel(x1, y, colour);
    }
}
