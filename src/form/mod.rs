//! The form definition: the only place that knows a form's fields. Everything else follows from it.
//!
//! [`parse`](parse::parse) reads it from YAML, [`check`] normalises and checks values by kind.
//! [`payload`] is the text of the QR code on a filled-in form.

pub mod check;
pub mod parse;
pub mod payload;

use std::collections::BTreeMap;

/// A form as defined in `content/forms/<id>.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormSpec {
    /// The form's id, equal to its file name: `registration`.
    pub id: String,
    /// Counts breaking changes; old versions stay on file as `<id>@<version>.yaml`.
    pub version: u32,
    /// The day this version was issued, `YYYY-MM-DD`.
    pub issued: Option<String>,
    /// Letters that begin the form's QR text: `RF`.
    pub letters: String,
    /// The title as printed.
    pub title: String,
    /// Other titles it goes by; read, never printed.
    pub other_titles: Vec<String>,
    /// Sets of words that are read as the same in labels and titles.
    pub synonyms: Vec<Vec<String>>,
    /// Area code put before seven-digit telephone numbers, e.g. `0714`.
    pub area_code: Option<String>,
    /// The one mapping from meaning to field.
    pub roles: Roles,
    /// For the office's own use: read and filed like any other, but not offered to units.
    pub internal: bool,
    /// Groups of rows with a common heading.
    pub groups: Vec<Group>,
    /// The fields in printed order.
    pub fields: Vec<Field>,
}

/// Which field carries which meaning. The only way Rust code names a field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles {
    /// The unit's name.
    pub unit: String,
    /// The unit's code, if the form asks for it.
    pub unit_code: Option<String>,
    /// The name of the officer whom accepting the form puts in office; a form without one registers nobody.
    pub officer: Option<String>,
    /// The name of the officer who leaves office (第五条).
    pub former: Option<String>,
    /// Why that officer leaves.
    pub reason: Option<String>,
    /// The name of the officer whom the form is about without putting anybody in office (第九条).
    pub subject: Option<String>,
    /// What that officer is commended for; a form with a value here can be announced.
    pub commendation: Option<String>,
    /// The date on the form.
    pub date: Option<String>,
}

/// A heading that stands before several rows: 政府采购联络员.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The group's id.
    pub id: String,
    /// The heading as printed.
    pub label: String,
    /// Other spellings of the heading.
    pub aliases: Vec<String>,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The field's id, unique in the form, `[a-z_]+`.
    pub id: String,
    /// The label as printed.
    pub label: String,
    /// Other spellings of the label.
    pub aliases: Vec<String>,
    /// The group it stands in, by id.
    pub group: Option<String>,
    /// What kind of value it holds.
    pub kind: Kind,
    /// Whether a form without it is incomplete.
    pub required: bool,
    /// Whether the label stands inside the value's cell, under the field before it (日期 on annex 2).
    pub inline: bool,
    /// Its column in the public directory; absent means private.
    pub column: Option<Column>,
}

/// How a field appears in public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The column's heading.
    pub title: String,
    /// Shown only with a recorded publication basis.
    pub needs_basis: bool,
    /// The field shown in its place without such a basis.
    pub stand_in: Option<String>,
    /// Shown only if it is a unit's or a government mailbox.
    pub unit_mailbox_only: bool,
}

/// What kind of value a field holds; decides normalisation, checks and privacy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A line of text.
    Text,
    /// A person's name.
    Name,
    /// A day, `YYYY-MM-DD` once read.
    Date,
    /// A landline or, where a unit writes one, a mobile number.
    Phone,
    /// A mobile number. Never public.
    Mobile,
    /// An e-mail address.
    Email,
    /// A social credit code (18) or an organisation code (9). Never public.
    Code,
    /// Room for a signature; never read. Never public.
    Signature,
    /// Text of several lines.
    Note,
}

impl Kind {
    /// Every kind with the name it has in a definition.
    pub const ALL: [(&'static str, Kind); 9] = [
        ("text", Kind::Text),
        ("name", Kind::Name),
        ("date", Kind::Date),
        ("phone", Kind::Phone),
        ("mobile", Kind::Mobile),
        ("email", Kind::Email),
        ("code", Kind::Code),
        ("signature", Kind::Signature),
        ("note", Kind::Note),
    ];

    /// Whether a field of this kind may have a public column at all (DOMAIN.md §5).
    pub fn may_be_public(self) -> bool {
        match self {
            Kind::Text | Kind::Name | Kind::Date | Kind::Phone | Kind::Email | Kind::Note => true,
            Kind::Mobile | Kind::Code | Kind::Signature => false,
        }
    }

    /// Whether a person fills it in with characters; a signature is drawn.
    pub fn is_written(self) -> bool {
        self != Kind::Signature
    }
}

/// Values by field id, normalised by [`check`]. An absent field is an empty one.
pub type Values = BTreeMap<String, String>;

impl FormSpec {
    /// A field by id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// A group by id.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// The field's label with its group's before it, for lists and messages: 政府采购联络员姓名.
    pub fn full_label(&self, field: &Field) -> String {
        let group = field.group.as_deref().and_then(|id| self.group(id));
        format!("{}{}", group.map_or("", |g| g.label.as_str()), field.label)
    }

    /// The fields a person writes into.
    pub fn written(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.kind.is_written())
    }

    /// The name of the officer whom a form registers or is about, among its values; empty if it names none.
    pub fn officer<'v>(&self, value: impl Fn(&str) -> &'v str) -> &'v str {
        self.roles.officer.as_deref().or(self.roles.subject.as_deref()).map_or("", value)
    }

    /// The public fields in order, each with its column.
    pub fn columns(&self) -> impl Iterator<Item = (&Field, &Column)> {
        self.fields.iter().filter_map(|field| field.column.as_ref().map(|column| (field, column)))
    }
}
