//! Accuracy and speed of reading the sample forms.
fn main() {
    let folder = std::env::args().nth(1).filter(|a| !a.starts_with("--")).unwrap_or("../shared/samples/forms".into());
    let models = zhuanban::ocr::Models::load(std::path::Path::new("models")).expect("models");
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "png" || e == "jpg")).collect();
    names.sort();
    for path in names {
        let image = image::open(&path).unwrap().to_rgb8();
        let start = std::time::Instant::now();
        let page = zhuanban::ocr::read_page(&image, &models);
        println!("== {} {:?} {} cells {:.0} ms", path.display(), page.method, page.cells.len(), start.elapsed().as_secs_f32() * 1000.0);
        if std::env::var("SHOW").is_ok() {
        for c in &page.cells { println!("   {:.0?} {:.2} {:?}", [c.at.left, c.at.top, c.at.right, c.at.bottom], c.confidence, c.text); }
        }
    }
}
