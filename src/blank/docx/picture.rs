//! The form's mark as a picture of the document, fixed to its place on the page.

use super::{escape, package};
use crate::blank::qr::{MARK_SIDE, QUIET_ZONE, Symbol};
use crate::blank::{Layout, mark, mark_text};
use crate::form::FormSpec;

/// Pixels of a module: printers blur the edges of a picture by less than one.
pub(super) const SCALE: u32 = 8;
/// The unit of the file format for drawings.
const EMU_PER_MM: f64 = 36_000.0;

/// The mark with its quiet zone, anchored to the page and not to the text, so that what is typed does not move it.
pub(super) fn drawing(spec: &FormSpec, layout: &Layout, symbol: &Symbol) -> String {
    let place = mark(layout);
    let modules = f64::from(symbol.size.modules);
    let quiet = MARK_SIDE / modules * f64::from(QUIET_ZONE);
    let [left, top, side] = [place.left - quiet, place.top - quiet, MARK_SIDE + 2.0 * quiet].map(emu);
    let (text, part) = (escape(&mark_text(spec)), package::MARK);
    format!(
        concat!(
            r#"<w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" "#,
            r#"behindDoc="1" locked="1" layoutInCell="0" allowOverlap="1"><wp:simplePos x="0" y="0"/>"#,
            r#"<wp:positionH relativeFrom="page"><wp:posOffset>{left}</wp:posOffset></wp:positionH>"#,
            r#"<wp:positionV relativeFrom="page"><wp:posOffset>{top}</wp:posOffset></wp:positionV>"#,
            r#"<wp:extent cx="{side}" cy="{side}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>"#,
            r#"<wp:docPr id="1" name="二维码" descr="{text}"/>"#,
            r#"<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>"#,
            r#"<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>"#,
            r#"<pic:nvPicPr><pic:cNvPr id="1" name="二维码"/><pic:cNvPicPr/></pic:nvPicPr>"#,
            r#"<pic:blipFill><a:blip r:embed="{part}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>"#,
            r#"<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{side}" cy="{side}"/></a:xfrm>"#,
            r#"<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>"#,
            r#"</pic:pic></a:graphicData></a:graphic></wp:anchor></w:drawing>"#
        ),
        left = left,
        top = top,
        side = side,
        text = text,
        part = part,
    )
}

fn emu(mm: f64) -> i64 {
    (mm * EMU_PER_MM).round() as i64
}
