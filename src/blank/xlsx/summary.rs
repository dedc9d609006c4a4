//! The summary sheet for parent units: a row per officer, headings and help from the form's definition.
//!
//! Every heading is one cell with its group's label before its own, as 政府采购联络员姓名, so that each can be read by
//! itself. Checks only warn: what is unusual may still be right.

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, Format, FormatAlign, FormatBorder, Formula,
    Worksheet, XlsxError,
};

use super::{A4, TEXT, looks, merge, new_sheet, points, sheet_name, told, workbook};
use crate::blank::text::{BODY_FONT, LABEL_FONT, TITLE_FONT};
use crate::form::{Field, FormSpec, Kind};

/// What stands in the first cell of the sample row. Intake passes over a row that begins with it.
pub const SAMPLE: &str = "示例";

/// The lines of the sheet: title, how to send, headings, the sample, then the rows to be filled in.
const NOTE_LINE: u32 = 1;
const HEADING_LINE: u32 = 2;
const SAMPLE_LINE: u32 = 3;
const FIRST_LINE: u32 = 4;
/// Rows that are checked. More can be written below them.
const ROWS: u32 = 300;
/// Rows that are ruled: a printed page or two, not twelve.
const RULED: u32 = 30;
/// Two lines of text, in mm.
const ROW_HEIGHT: f64 = 11.0;
const TITLE_SIZE: f64 = 18.0;
const SIZE: f64 = 11.0;
/// The sheet that holds the names of units for the drop-down list.
const UNITS_SHEET: &str = "单位名单";

/// The summary sheet as .xlsx. `units` are offered in the unit's column; `note` says how to send the sheet, a sentence
/// or two, and is printed above the headings.
pub fn summary(spec: &FormSpec, units: &[&str], note: &str) -> Result<Vec<u8>, String> {
    write(spec, units, note).map_err(told)
}

fn write(spec: &FormSpec, units: &[&str], note: &str) -> Result<Vec<u8>, XlsxError> {
    let title = format!("{}（汇总）", spec.title);
    let fields: Vec<&Field> = spec.written().collect();
    let mut book = workbook(&title)?;
    let mut sheet = new_sheet()?;
    page(&mut sheet, &title, fields.len() as u16)?;
    head(&mut sheet, &title, note, fields.len() as u16)?;
    for (at, field) in (1..).zip(&fields) {
        column(&mut sheet, spec, field, at)?;
        let list = (field.id == spec.roles.unit && !units.is_empty()).then_some(units.len());
        if let Some(check) = validation(spec, field, at, list)? {
            sheet.add_data_validation(FIRST_LINE, at, FIRST_LINE + ROWS - 1, at, &check)?;
        }
    }
    book.push_worksheet(sheet);
    if !units.is_empty() {
        book.push_worksheet(names(units)?);
    }
    book.save_to_buffer()
}

/// Landscape A4, as wide as the columns and as long as need be, the headings on every page.
fn page(sheet: &mut Worksheet, title: &str, columns: u16) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name(title))?;
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0).set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3);
    sheet.set_print_area(0, 0, FIRST_LINE + RULED - 1, columns)?;
    sheet.set_repeat_rows(HEADING_LINE, HEADING_LINE)?;
    sheet.set_footer("&C&9&P / &N");
    // The headings and the unit's name stay in sight.
    sheet.set_freeze_panes(HEADING_LINE + 1, 2)?;
    Ok(())
}

/// Title, how to send, and the first column, which numbers the rows and marks the sample.
fn head(sheet: &mut Worksheet, title: &str, note: &str, last: u16) -> Result<(), XlsxError> {
    sheet.set_row_height(0, points(12.0))?;
    merge(sheet, (0, 0, 0, last), title, &looks(TITLE_FONT, TITLE_SIZE))?;
    let note = format!("每名人员填写一行，“{SAMPLE}”行不会登记，可以保留或删除。{note}");
    sheet.set_row_height(NOTE_LINE, points(14.0))?;
    merge(sheet, (NOTE_LINE, 0, NOTE_LINE, last), &note, &looks(BODY_FONT, SIZE).set_align(FormatAlign::Left))?;
    sheet.set_row_height(HEADING_LINE, points(14.0))?;
    sheet.set_column_width(0, 6)?;
    sheet.write_string_with_format(HEADING_LINE, 0, "序号", &heading())?;
    sheet.write_string_with_format(SAMPLE_LINE, 0, SAMPLE, &sample())?;
    for line in SAMPLE_LINE..FIRST_LINE + RULED {
        sheet.set_row_height(line, points(ROW_HEIGHT))?;
    }
    for line in FIRST_LINE..FIRST_LINE + RULED {
        sheet.write_blank(line, 0, &ruled())?;
    }
    Ok(())
}

/// A heading, its sample and the cells to be filled in.
fn column(sheet: &mut Worksheet, spec: &FormSpec, field: &Field, at: u16) -> Result<(), XlsxError> {
    sheet.set_column_width(at, width(field.kind))?;
    // Also the cells below the ruled ones are text.
    sheet.set_column_format(at, &Format::new().set_num_format_index(TEXT))?;
    sheet.write_string_with_format(HEADING_LINE, at, spec.full_label(field), &heading())?;
    sheet.write_string_with_format(SAMPLE_LINE, at, example(spec, field), &sample())?;
    for line in FIRST_LINE..FIRST_LINE + RULED {
        sheet.write_blank(line, at, &ruled())?;
    }
    Ok(())
}

/// In characters of the standard font.
fn width(kind: Kind) -> f64 {
    match kind {
        Kind::Name => 10.0,
        Kind::Date => 12.0,
        Kind::Phone | Kind::Mobile => 15.0,
        Kind::Text | Kind::Signature => 18.0,
        Kind::Code => 22.0,
        Kind::Email | Kind::Note => 24.0,
    }
}

fn ruled() -> Format {
    looks(BODY_FONT, SIZE).set_border(FormatBorder::Thin).set_num_format_index(TEXT)
}

fn heading() -> Format {
    looks(LABEL_FONT, SIZE).set_border(FormatBorder::Thin).set_background_color(Color::RGB(0xEDEDED))
}

/// Grey and slanted: 4.5 to 1 against white, and told by its first cell as well.
fn sample() -> Format {
    ruled().set_italic().set_font_color(Color::RGB(0x666666))
}

/// Nobody's values: fictional throughout, and the mobile number is none.
fn example(spec: &FormSpec, field: &Field) -> String {
    let area = spec.area_code.as_deref().map_or(String::new(), |code| format!("{code}-"));
    match field.kind {
        Kind::Text if field.id == spec.roles.unit => "示例单位".to_owned(),
        Kind::Text | Kind::Note | Kind::Signature => format!("示例{}", field.label),
        Kind::Name if Some(&field.id) == spec.roles.officer.as_ref() => "示例甲".to_owned(),
        Kind::Name => "示例乙".to_owned(),
        Kind::Date => "2023-07-10".to_owned(),
        Kind::Phone => format!("{area}8730000"),
        Kind::Mobile => "194××××0001".to_owned(),
        Kind::Email => "shili@example.com".to_owned(),
        Kind::Code => "11420281T0000001XM".to_owned(),
    }
}

/// Help when a cell is entered and a warning when what is typed looks wrong. `units` is how many names are listed.
fn validation(
    spec: &FormSpec,
    field: &Field,
    at: u16,
    units: Option<usize>,
) -> Result<Option<DataValidation>, XlsxError> {
    let cell = rust_xlsxwriter::utility::row_col_to_cell(FIRST_LINE, at);
    let new = DataValidation::new();
    let (check, help) = match (field.kind, units) {
        (_, Some(count)) => {
            let list = Formula::new(format!("={UNITS_SHEET}!$A$1:$A${count}"));
            (new.allow_list_formula(list), "从下拉列表中选择单位；列表中没有的，填写单位全称。".to_owned())
        }
        (Kind::Mobile, _) => {
            (new.allow_text_length(DataValidationRule::EqualTo(11)), "11位手机号码，不对外公布。".to_owned())
        }
        (Kind::Phone, _) => {
            let area = spec.area_code.as_deref().map_or("区号-", |code| code);
            let help = format!("固定电话，如{}-8730000。", area.trim_end_matches('-'));
            (new.allow_text_length(DataValidationRule::GreaterThanOrEqualTo(7)), help)
        }
        (Kind::Code, _) => {
            let formula = Formula::new(format!("=OR(LEN({cell})=18,LEN({cell})=9,LEN({cell})=10)"));
            (new.allow_custom(formula), "18位统一社会信用代码，或9位组织机构代码。".to_owned())
        }
        (Kind::Email, _) => {
            let formula = Formula::new(format!("=ISNUMBER(FIND(\"@\",{cell}))"));
            (new.allow_custom(formula), "电子邮箱，如shili@example.com。".to_owned())
        }
        (Kind::Date, _) => {
            (new.allow_text_length(DataValidationRule::GreaterThanOrEqualTo(8)), "日期，如2023-07-10。".to_owned())
        }
        (Kind::Text | Kind::Name | Kind::Note | Kind::Signature, None) => return Ok(None),
    };
    let check = check.set_error_style(DataValidationErrorStyle::Warning).set_input_message(&help)?;
    Ok(Some(check.set_error_message(format!("请核对：{help}"))?))
}

/// The hidden sheet with the units' names.
fn names(units: &[&str]) -> Result<Worksheet, XlsxError> {
    let mut sheet = new_sheet()?;
    sheet.set_name(UNITS_SHEET)?;
    for (line, unit) in (0..).zip(units) {
        sheet.write_string(line, 0, *unit)?;
    }
    sheet.set_column_width(0, 40)?;
    sheet.set_hidden(true);
    Ok(sheet)
}
