//! The layout holds for every form, and for the shipped one it looks like annex 2.

use super::*;
use crate::form::parse::parse;

/// The shipped form and some that are not: without groups, with notes and inline fields in odd places, of 20 fields,
/// with words too long for their cells.
pub(super) fn forms() -> Vec<FormSpec> {
    let head = "id: made\nversion: 2\nletters: MF\ntitle: 示例登记表\nroles: {unit: unit, officer: name}\n";
    let groups = "groups: [{id: a, label: 政府采购联络员}, {id: b, label: 这是一个相当长的分组名称}]\n";
    let unit = "  - {id: unit, label: 单位, kind: text}\n  - {id: name, label: 姓名, kind: name}\n";
    let many: String = (0..17).map(|n| format!("  - {{id: f{n}, label: 栏目{n}, kind: text}}\n")).collect();
    let made = [
        format!("{head}fields:\n{unit}  - {{id: note, label: 意见, kind: note}}\n"),
        format!(
            "{head}{groups}fields:\n  - {{id: date, label: 日期, kind: date, inline: true}}\n{unit}  - {{id: x, \
             label: 职务, kind: text, group: b}}\n  - {{id: y, label: 日期, kind: date, inline: true}}\n  - {{id: z, \
             label: 一个长得一行放不下的栏目名称, kind: phone, group: a}}\n  - {{id: w, label: 签字, kind: signature, \
             group: a}}\n  - {{id: v, label: 时间, kind: date, inline: true, group: a}}\n  - {{id: u, label: 备注, kind: note}}\n"
        ),
        format!("{head}{groups}fields:\n{unit}{many}  - {{id: sign, label: 签字, kind: signature, group: b}}\n"),
        format!("{head}fields:\n{unit}{}", many.replace("kind: text", "kind: note")),
    ];
    let shipped = include_str!("../../content/forms/registration.yaml").to_owned();
    let read = |text: &String| parse("form.yaml", text).unwrap_or_else(|faults| panic!("{faults:?}"));
    std::iter::once(&shipped).chain(&made).map(read).collect()
}

fn cells(layout: &Layout) -> Vec<&Cell> {
    layout.rows.iter().flat_map(|row| &row.cells).collect()
}

#[test]
fn cells_tile_the_table() {
    for form in forms() {
        let layout = layout(&form);
        let (table, cells) = (layout.table(), cells(&layout));
        // Whichever point is taken, exactly one cell holds it.
        for x in (1..340).map(|n| table.left + 0.5 * f64::from(n) + 0.013) {
            for y in (0..400).map(|n| table.top + table.height * (f64::from(n) + 0.517) / 400.0) {
                let holds = |a: &Area| a.left < x && x < a.right() && a.top < y && y < a.bottom();
                assert_eq!(cells.iter().filter(|cell| holds(&cell.area)).count(), 1, "{} {x} {y}", form.id);
            }
        }
        let size: f64 = cells.iter().map(|cell| cell.area.width * cell.area.height).sum();
        assert!((size - table.width * table.height).abs() < 0.01);
    }
}

#[test]
fn every_field_has_one_value_cell_in_order_and_every_label_is_printed() {
    for form in forms() {
        let layout = layout(&form);
        let values: Vec<&str> = cells(&layout).iter().filter_map(|cell| cell.role.field()).collect();
        assert_eq!(values, form.fields.iter().map(|field| field.id.as_str()).collect::<Vec<_>>());
        for field in &form.fields {
            assert!(cells(&layout).iter().any(|cell| cell.text.trim_end_matches('：') == field.label));
        }
    }
}

#[test]
fn title_table_and_foot_stand_on_the_page_one_below_the_other() {
    for form in forms() {
        let layout = layout(&form);
        let [title, table, foot] = [layout.title.area, layout.table(), layout.foot.area];
        assert!(PRINTED.top <= title.top && title.bottom() < table.top);
        assert!(table.bottom() < foot.top && foot.bottom() <= PRINTED.bottom() + 0.001);
        for area in [title, table, foot] {
            assert!(area.left >= PRINTED.left && area.right() <= PRINTED.right() + 0.001);
        }
    }
}

#[test]
fn twenty_fields_leave_every_row_a_line_to_write_in() {
    let form = &forms()[3];
    let layout = layout(form);
    assert_eq!(form.fields.len(), 20);
    let line = layout.leading * text::MM_PER_POINT;
    assert!(layout.rows.iter().all(|row| row.height > line + 1.0), "{layout:?}");
}

#[test]
fn the_shipped_form_looks_like_annex_2() {
    let layout = layout(&forms()[0]);
    assert_eq!(layout.title.text, "大冶市政府采购专办员登记表");
    let of = |wanted: &str| {
        let cell = cells(&layout).into_iter().find(|cell| cell.text == wanted || cell.role.field() == Some(wanted));
        cell.unwrap_or_else(|| panic!("no {wanted}"))
    };
    let (unit, date) = (of("unit_name").area, of("date"));
    assert_eq!((date.role.clone(), date.text.as_str()), (Role::Inline("date".to_owned()), "日期："));
    assert_eq!((unit.left, unit.bottom()), (date.area.left, date.area.top));
    assert!(unit.height + date.area.height >= 42.0, "the seal does not fit");
    assert!(of("signature").area.height >= 28.0);
    let officer = of("政府采购联络员");
    assert_eq!((officer.role.clone(), officer.area.top), (Role::GroupLabel, of("officer_name").area.top));
    assert!((officer.area.bottom() - of("officer_email").area.bottom()).abs() < 0.001);
    assert_eq!(layout.span(of("单位地址")), 2);
    assert_eq!(layout.span(of("手机")), 1);
    assert!(layout.foot.text.starts_with("大冶市政府采购专办员登记表　第1版（RF1）　"));
}

#[test]
fn a_smaller_part_of_the_page_squeezes_the_rows_and_not_the_seal() {
    let part = Area { left: 20.0, top: 15.0, width: 170.0, height: 205.0 };
    let layout = layout_within(&forms()[0], part);
    assert!(layout.foot.area.bottom() <= part.bottom() + 0.001);
    assert!(layout.table().bottom() < layout.foot.area.top);
    assert!(layout.rows[0].height >= 42.0);
}

#[test]
fn an_inline_field_with_nothing_to_stand_under_is_a_row() {
    let layout = layout(&forms()[2]);
    assert_eq!(layout.rows[0].cells[1].role, Role::Value("date".to_owned()));
    let under_another_group = layout.rows.iter().flat_map(|row| &row.cells);
    assert!(under_another_group.clone().any(|cell| cell.role == Role::Value("y".to_owned())));
    assert!(under_another_group.clone().any(|cell| cell.role == Role::Inline("v".to_owned())));
}
