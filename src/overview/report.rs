//! The standing of all units as .xlsx: a sheet of sums, a sheet with a row for each unit.

use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, Format, FormatAlign, Formula, Worksheet, XlsxError,
};

use super::sheet::{Cell, Column, FIRST_LINE, rows, sheet, told, total, value, workbook, write};
use super::standing::{Counts, Group, Standing, State, UnitStanding};

const TITLE: &str = "政府采购专办员登记情况";

/// The workbook.
pub fn xlsx(standing: &Standing) -> Result<Vec<u8>, String> {
    write_all(standing).map_err(told)
}

fn write_all(standing: &Standing) -> Result<Vec<u8>, XlsxError> {
    let mut book = workbook(TITLE)?;
    book.push_worksheet(sums("汇总", "类别", &standing.categories, standing)?);
    if !standing.parents.is_empty() {
        book.push_worksheet(sums("按一级单位", "一级单位（含所属二级单位）", &standing.parents, standing)?);
    }
    book.push_worksheet(units(standing)?);
    book.save_to_buffer()
}

fn note(standing: &Standing) -> String {
    let until = standing.deadline.as_ref().map(|day| format!("　报送截止：{day}")).unwrap_or_default();
    format!("统计日期：{}{until}", standing.today)
}

fn sums(name: &str, first: &str, groups: &[Group], standing: &Standing) -> Result<Worksheet, XlsxError> {
    let columns: Vec<Column> =
        std::iter::once(Column::wide(first, 32.0)).chain(Counts::HEADINGS.map(Column::new)).collect();
    let row = |group: &Group| {
        let counts = group.counts.values().map(Cell::Number);
        std::iter::once(Cell::from(group.name.as_str())).chain(counts).collect::<Vec<_>>()
    };
    let mut sheet = sheet(name, TITLE, &note(standing), &columns)?;
    let data: Vec<Vec<Cell>> = groups.iter().map(row).collect();
    let after = rows(&mut sheet, &columns, &data)?;
    write(&mut sheet, after, 0, &Cell::from("合计"), &total())?;
    let sums: Counts = groups.iter().map(|group| group.counts).sum();
    for (at, n) in (1..).zip(sums.values()) {
        let letter = char::from(b'A' + at as u8);
        let formula =
            Formula::new(format!("SUM({letter}{}:{letter}{after})", FIRST_LINE + 1)).set_result(n.to_string());
        sheet.write_formula_with_format(after, at, formula, &total().set_align(FormatAlign::Center))?;
    }
    sheet.set_print_area(0, 0, after, columns.len() as u16 - 1)?;
    Ok(sheet)
}

fn units(standing: &Standing) -> Result<Worksheet, XlsxError> {
    let columns = [
        Column::wide("单位", 34.0),
        Column::new("类别"),
        Column::wide("负责的一级单位", 18.0),
        Column::wide("登记情况", 10.0),
        Column::wide("在任专办员", 11.0),
        Column::wide("登记日期", 12.0),
        Column::wide("待审核记录", 23.0),
        Column::wide("备注", 36.0),
    ];
    let data: Vec<Vec<Cell>> = standing.units.iter().map(|unit| row(unit, standing)).collect();
    let mut sheet = sheet("单位明细", TITLE, &note(standing), &columns)?;
    let after = rows(&mut sheet, &columns, &data)?;
    if after > FIRST_LINE {
        // The words say it; the colour only helps to find them.
        for (state, ground) in
            [(State::Missing, 0xFC_E4_D6), (State::Waiting, 0xFF_F2_CC), (State::Registered, 0xE2_EF_DA)]
        {
            let rule = ConditionalFormatCellRule::EqualTo(state.label());
            let colour = Format::new().set_background_color(Color::RGB(ground));
            sheet.add_conditional_format(
                FIRST_LINE,
                3,
                after - 1,
                3,
                &ConditionalFormatCell::new().set_rule(rule).set_format(colour),
            )?;
        }
    }
    // One line more than the rows, so that a printed list shows where it ends.
    write(&mut sheet, after, 0, &Cell::from(format!("共{}个单位", standing.units.len())), &value().set_bold())?;
    sheet.set_print_area(0, 0, after, columns.len() as u16 - 1)?;
    Ok(sheet)
}

fn row(unit: &UnitStanding, standing: &Standing) -> Vec<Cell> {
    let category = standing.categories.iter().find(|group| group.id == unit.category);
    let parent = unit.parent.as_ref().and_then(|id| standing.units.iter().find(|other| &other.id == id));
    let lines = |each: &dyn Fn(&super::standing::OfficerStanding) -> &str| {
        unit.officers.iter().map(each).collect::<Vec<_>>().join("\n")
    };
    vec![
        Cell::from(unit.name.as_str()),
        Cell::from(category.map_or("", |group| group.name.as_str())),
        Cell::from(parent.map_or("", |parent| parent.name.as_str())),
        Cell::from(unit.state.label()),
        Cell::from(lines(&|officer| &officer.name)),
        Cell::from(lines(&|officer| &officer.since)),
        Cell::from(unit.waiting.join("\n")),
        Cell::from(unit.notes().join("；")),
    ]
}
