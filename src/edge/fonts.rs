//! The Chinese fonts of the machine: a free one from a Debian package, found at run time, never shipped.

use std::path::Path;
use std::sync::Arc;

use crate::blank::face::Fonts;
use crate::report::Said;
use crate::said;
use crate::sheet;

/// Where Debian's package `fonts-noto-cjk` puts its collections.
const FOLDER: &str = "/usr/share/fonts/opentype/noto";
/// The place of Simplified Chinese in both collections.
const SIMPLIFIED: u32 = 2;

/// The serif and sans-serif faces, or what to install.
pub fn find() -> Result<Fonts, Said> {
    let face =
        |name: &str| std::fs::read(Path::new(FOLDER).join(name)).ok().map(|b| (Arc::<[u8]>::from(b), SIMPLIFIED));
    let (body, heading) = (face("NotoSerifCJK-Regular.ttc"), face("NotoSansCJK-Regular.ttc"));
    match (body, heading) {
        (Some(body), Some(heading)) => Ok(Fonts { body, heading }),
        _ => Err(said!(
            "no Chinese font found, so the PDF downloads are left out; to have them: apt-get install fonts-noto-cjk",
            "没有找到中文字体，暂不生成 PDF；安装方法：apt-get install fonts-noto-cjk"
        )),
    }
}

/// The same fonts as documents to be read take them.
pub fn for_reading(fonts: &Fonts) -> sheet::Fonts {
    let (bytes, index) = &fonts.body;
    sheet::Fonts { chinese: Some((Arc::new(Arc::clone(bytes)), *index)) }
}
