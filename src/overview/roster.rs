//! The whole register as .xlsx, for the office alone: a sheet for each category with every field of the form, a sheet of
//! changes (第五条), a sheet of assessments (第九条). All columns follow from the forms' definitions.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::sheet::{Cell, Column, rows, sheet, told, value, workbook, write};
use crate::form::{Field, FormSpec};
use crate::listing::Listing;
use crate::record::register::{Register, fold, officer_of};
use crate::record::{Office, Record, Status};
use crate::unit::{Category, Unit};

const TITLE: &str = "政府采购专办员名册";

/// What the roster is made from.
struct Roster<'a> {
    office: &'a Office<'a>,
    records: &'a [Record],
    listings: &'a BTreeMap<String, Listing>,
    register: Register<'a>,
    note: String,
}

/// The workbook as of a day.
pub fn xlsx(
    records: &[Record],
    listings: &BTreeMap<String, Listing>,
    office: &Office<'_>,
    today: &str,
) -> Result<Vec<u8>, String> {
    let note = format!("截至：{today}");
    Roster { office, records, listings, register: fold(records, office), note }.write().map_err(told)
}

impl Roster<'_> {
    fn write(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = workbook(TITLE)?;
        for category in &self.office.units.categories {
            let members: Vec<&Unit> =
                self.office.units.list.iter().filter(|unit| unit.category == category.id).collect();
            if !members.is_empty() {
                book.push_worksheet(self.category(category, &members)?);
            }
        }
        book.push_worksheet(self.changes()?);
        for form in self.office.forms.iter().filter(|form| form.roles.commendation.is_some()) {
            if let Some(sheet) = self.assessments(form)? {
                book.push_worksheet(sheet);
            }
        }
        book.save_to_buffer()
    }

    /// The fields of the forms that put an officer in office without replacing one, each once. What only a change of
    /// officer has stands on the sheet of changes.
    fn fields(&self) -> Vec<(&FormSpec, &Field)> {
        let registers = |form: &&FormSpec| form.roles.officer.is_some() && form.roles.former.is_none();
        let mut fields: Vec<(&FormSpec, &Field)> = Vec::new();
        for form in self.office.forms.iter().filter(registers) {
            for field in form.written().filter(|field| field.id != form.roles.unit) {
                if !fields.iter().any(|(_, known)| known.id == field.id) {
                    fields.push((form, field));
                }
            }
        }
        fields
    }

    fn category(&self, category: &Category, members: &[&Unit]) -> Result<Worksheet, XlsxError> {
        let fields = self.fields();
        let columns: Vec<Column> = std::iter::once(Column::wide("单位", 22.0))
            .chain(fields.iter().map(|(form, field)| Column::new(form.full_label(field))))
            .chain([Column::new("登记日期"), Column::new("记录号"), Column::wide("备注", 18.0)])
            .collect();
        let data: Vec<Vec<Cell>> = members.iter().flat_map(|unit| self.unit(unit, &fields)).collect();
        let title = format!("{TITLE}（{}）", category.name);
        let mut sheet = sheet(&category.name, &title, &self.note, &columns)?;
        let after = rows(&mut sheet, &columns, &data)?;
        let registered = members.iter().filter(|unit| self.is_registered(unit)).count();
        let count = format!("单位{}个，已登记{registered}个", members.len());
        write(&mut sheet, after, 0, &Cell::from(count), &value().set_bold())?;
        sheet.set_print_area(0, 0, after, columns.len() as u16 - 1)?;
        Ok(sheet)
    }

    fn is_registered(&self, unit: &Unit) -> bool {
        !self.register.of(&unit.id).is_empty() || self.listings.get(&unit.id).is_some_and(|l| !l.officers.is_empty())
    }

    /// A row for each officer of a unit, or one that says there is none.
    fn unit(&self, unit: &Unit, fields: &[(&FormSpec, &Field)]) -> Vec<Vec<Cell>> {
        let row = |value: &dyn Fn(&str) -> String, since: &str, record: &str, note: String| {
            let values = fields.iter().map(|(_, field)| Cell::from(value(&field.id)));
            let last = [Cell::from(since), Cell::from(record), Cell::from(note)];
            std::iter::once(Cell::from(unit.name.as_str())).chain(values).chain(last).collect::<Vec<_>>()
        };
        let of_record = |record: &&Record| {
            let advised = record.advised.as_ref();
            let note = advised.map(|a| format!("{}建议更换：{}", a.on, a.reason.as_deref().unwrap_or_default()));
            let since = record.decision.as_ref().map_or("", |ruling| ruling.on.as_str());
            row(&|id| record.value(id).to_owned(), since, &record.id, note.unwrap_or_default())
        };
        let of_listing = |officer: &crate::listing::ListedOfficer| {
            let value = |id: &str| officer.columns.get(id).cloned().unwrap_or_default();
            row(&value, &officer.since, &officer.record, "仅有公开信息，登记表不在收件目录内".to_owned())
        };
        let mut all: Vec<Vec<Cell>> = self.register.of(&unit.id).iter().map(of_record).collect();
        if all.is_empty() {
            all.extend(self.listings.get(&unit.id).into_iter().flat_map(|l| &l.officers).map(of_listing));
        }
        if all.is_empty() {
            all.push(row(&|_| String::new(), "", "", "尚未登记".to_owned()));
        }
        all
    }

    /// Who was replaced, and whom the office advised to replace, by day.
    fn changes(&self) -> Result<Worksheet, XlsxError> {
        let columns = [
            Column::wide("日期", 12.0),
            Column::wide("单位", 32.0),
            Column::wide("事项", 12.0),
            Column::wide("原专办员", 14.0),
            Column::wide("新任专办员", 14.0),
            Column::wide("原因", 44.0),
            Column::wide("经办人", 12.0),
            Column::wide("记录号", 26.0),
        ];
        let mut all: Vec<(String, Vec<Cell>)> =
            self.records.iter().flat_map(|record| self.changes_of(record)).collect();
        all.sort_by(|(a, _), (b, _)| a.cmp(b));
        let data: Vec<Vec<Cell>> = all.into_iter().map(|(_, row)| row).collect();
        let note = if data.is_empty() { format!("{}　没有变动", self.note) } else { self.note.clone() };
        let mut sheet = sheet("变动", "政府采购专办员变动情况", &note, &columns)?;
        rows(&mut sheet, &columns, &data)?;
        Ok(sheet)
    }

    /// What a record changed and what the office advised about it, each with the time that orders it.
    fn changes_of(&self, record: &Record) -> Vec<(String, Vec<Cell>)> {
        let unit = record.unit_id().map_or("", |id| self.office.units.get(id).map_or(id, |unit| unit.name.as_str()));
        let name = |record: &Record| officer_of(record, self.office);
        let row = |ruling: &crate::record::Ruling, what: &str, former: String, successor: String, why: &str| {
            let cells = [&ruling.on, unit, what, &former, &successor, why, &ruling.by, &record.id];
            (format!("{}{}", ruling.on, ruling.at), cells.map(Cell::from).into_iter().collect::<Vec<_>>())
        };
        let successor_of = |id: &str| {
            let replaces = |r: &&Record| {
                r.status == Status::Accepted
                    && r.decision.as_ref().is_some_and(|ruling| ruling.replaces.as_deref() == Some(id))
            };
            self.records.iter().find(replaces)
        };
        let mut all = Vec::new();
        let accepted = record.decision.as_ref().filter(|_| record.status == Status::Accepted);
        if let Some((ruling, former)) = accepted.and_then(|ruling| Some((ruling, ruling.replaces.as_ref()?))) {
            let left = self.records.iter().find(|r| &r.id == former).map_or_else(|| former.clone(), name);
            all.push(row(ruling, "更换", left, name(record), self.reason(record)));
        }
        if let Some(advice) = &record.advised {
            let successor = successor_of(&record.id).map_or_else(|| "（尚未更换）".to_owned(), name);
            all.push(row(advice, "建议更换", name(record), successor, advice.reason.as_deref().unwrap_or_default()));
        }
        all
    }

    /// Why the former officer left, as the form says it.
    fn reason<'r>(&self, record: &'r Record) -> &'r str {
        let form = record.form.as_deref().and_then(|form| self.office.form(form));
        form.and_then(|form| form.roles.reason.as_deref()).map_or("", |field| record.value(field))
    }

    /// The assessments on a form, where there are any.
    fn assessments(&self, form: &FormSpec) -> Result<Option<Worksheet>, XlsxError> {
        let own = |r: &&Record| r.status == Status::Accepted && r.form.as_deref() == Some(&form.id);
        let found: Vec<&Record> = self.records.iter().filter(own).collect();
        if found.is_empty() {
            return Ok(None);
        }
        let fields: Vec<&Field> = form.written().filter(|field| field.id != form.roles.unit).collect();
        let columns: Vec<Column> = std::iter::once(Column::wide("单位", 30.0))
            .chain(fields.iter().map(|field| Column::new(form.full_label(field))))
            .chain([Column::wide("公布日期", 12.0), Column::wide("记录号", 26.0)])
            .collect();
        let row = |record: &&Record| {
            let unit = record.unit_id().and_then(|id| self.office.units.get(id)).map_or("", |unit| &unit.name);
            let announced = record.announced.as_ref().map_or("未公布", |ruling| &ruling.on);
            std::iter::once(Cell::from(unit))
                .chain(fields.iter().map(|field| Cell::from(record.value(&field.id))))
                .chain([Cell::from(announced), Cell::from(record.id.as_str())])
                .collect::<Vec<_>>()
        };
        let data: Vec<Vec<Cell>> = found.iter().map(row).collect();
        let mut sheet = sheet("考核", &form.title, &self.note, &columns)?;
        rows(&mut sheet, &columns, &data)?;
        Ok(Some(sheet))
    }
}
