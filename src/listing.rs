//! The public projection: what of a record the directory may show. The site knows this type and no other.
//!
//! Privacy by type: a [`Listing`] has room only for fields that the form definition opens with a `column`, and
//! [`project`] is the only way to make one. Reading one back checks the same rules, so a hand-edited file cannot leak.

pub mod commendation;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::form::check::is_mobile;
use crate::form::{Column, Field, FormSpec, Kind, Values};
use crate::report::{Diagnostic, Said};
use crate::said;
use crate::yaml::syntax_error;

/// What is public about one unit: `content/register/<unit>.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// The unit's id.
    pub unit: String,
    /// Day of the last change, `YYYY-MM-DD`.
    pub updated: String,
    /// The officers in office, longest-serving first.
    pub officers: Vec<ListedOfficer>,
}

/// What is public about one officer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedOfficer {
    /// The accepted record's id.
    pub record: String,
    /// The form it came on.
    pub form: String,
    /// Day of acceptance, `YYYY-MM-DD`.
    pub since: String,
    /// Why the name may be published; absent means it may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// Public values by field id.
    pub columns: BTreeMap<String, String>,
}

/// The office's rules of publication, from `content/site.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publication {
    /// The recorded basis for publishing names, if there is one.
    pub basis: Option<String>,
    /// Domains whose mailboxes belong to units; subdomains included.
    pub mailbox_domains: Vec<String>,
}

/// Picks the public values of a form: fields with a column, each under its rules.
///
/// `basis` is the recorded reason to publish names; `unit_mailbox` the unit's own public mailbox.
pub fn project(
    spec: &FormSpec,
    values: &Values,
    publication: &Publication,
    basis: Option<&str>,
    unit_mailbox: Option<&str>,
) -> BTreeMap<String, String> {
    let shown = |field: &Field, column: &Column| {
        let value = values.get(&field.id).filter(|v| !v.is_empty())?;
        let allowed = refusal(field, column, value, basis).is_none();
        let mailbox = !column.unit_mailbox_only || publication.is_unit_mailbox(value, unit_mailbox);
        (allowed && mailbox).then(|| (field.id.clone(), value.clone()))
    };
    spec.columns().filter_map(|(field, column)| shown(field, column)).collect()
}

impl Publication {
    /// Whether a mailbox is a unit's or a government one rather than a person's.
    fn is_unit_mailbox(&self, address: &str, unit_mailbox: Option<&str>) -> bool {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain).to_ascii_lowercase();
        let within = |own: &String| domain == *own || domain.ends_with(&format!(".{own}"));
        unit_mailbox.is_some_and(|own| own.eq_ignore_ascii_case(address)) || self.mailbox_domains.iter().any(within)
    }
}

/// Why a value may not be public, if so.
fn refusal(field: &Field, column: &Column, value: &str, basis: Option<&str>) -> Option<Said> {
    let id = &field.id;
    if !field.kind.may_be_public() {
        return Some(said!("`{id}` is never public", "`{id}` 一律不公开"));
    }
    if column.needs_basis && basis.is_none() {
        return Some(said!("`{id}` needs a publication basis (`basis: …`)", "公开 `{id}` 须有公开依据（basis）"));
    }
    // Units often put a mobile number where the office number belongs.
    let mobile = is_mobile(value) || (field.kind != Kind::Email && holds_mobile(value));
    mobile.then(|| said!("`{id}` holds a mobile number, which is never public", "`{id}` 含手机号码，不得公开"))
}

/// Whether a text holds eleven digits shaped like a mobile number, alone or between other characters.
pub fn holds_mobile(text: &str) -> bool {
    let digits_only: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    [text, &digits_only].iter().any(|t| t.split(|c: char| !c.is_ascii_alphanumeric()).any(is_mobile))
}

/// Parses `content/register/<unit>.yaml` and checks it against the forms: every fault located as well as it can be.
pub fn parse(path: &str, text: &str, forms: &[FormSpec]) -> Result<Listing, Vec<Diagnostic>> {
    let listing: Listing = serde_yaml::from_str(text).map_err(|e| vec![syntax_error(path, &e)])?;
    let faults: Vec<Diagnostic> = listing.officers.iter().flat_map(|o| check(path, o, forms)).collect();
    if faults.is_empty() { Ok(listing) } else { Err(faults) }
}

fn check(path: &str, officer: &ListedOfficer, forms: &[FormSpec]) -> Vec<Diagnostic> {
    let all = refused(&officer.form, &officer.columns, officer.basis.as_deref(), forms);
    all.into_iter().map(|message| Diagnostic::of_file(path, message)).collect()
}

/// Everything among public values that may not be public.
fn refused(form: &str, columns: &BTreeMap<String, String>, basis: Option<&str>, forms: &[FormSpec]) -> Vec<Said> {
    let Some(spec) = forms.iter().find(|spec| spec.id == form) else {
        return vec![said!("unknown form `{form}`", "未定义的表 `{form}`")];
    };
    let fault = |(id, value): (&String, &String)| {
        let field = spec.field(id).and_then(|f| f.column.as_ref().map(|c| (f, c)));
        match field {
            Some((field, column)) => refusal(field, column, value, basis),
            None => Some(said!("`{id}` is not a public field of form `{form}`", "`{id}` 不是表 `{form}` 的公开字段")),
        }
    };
    columns.iter().filter_map(fault).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "\
id: t
version: 1
letters: T
title: 表
roles: {unit: unit, officer: who}
fields:
  - {id: unit, label: 单位, kind: text}
  - {id: who, label: 姓名, kind: name, column: {title: 专办员, needs_basis: true, stand_in: post}}
  - {id: post, label: 职务, kind: text, column: {title: 职务}}
  - {id: phone, label: 办公电话, kind: phone, column: {title: 办公电话}}
  - {id: mobile, label: 手机, kind: mobile}
  - {id: mail, label: 邮箱, kind: email, column: {title: 邮箱, unit_mailbox_only: true}}
";

    fn spec() -> FormSpec {
        crate::form::parse::parse("t.yaml", FORM).unwrap()
    }

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect()
    }

    fn shown(pairs: &[(&str, &str)], basis: Option<&str>) -> Vec<String> {
        let publication = Publication { basis: None, mailbox_domains: vec!["gov.cn".into()] };
        project(&spec(), &values(pairs), &publication, basis, Some("dwyx@example.com")).into_keys().collect()
    }

    #[test]
    fn only_columns_are_public_and_a_name_needs_a_basis() {
        let all = [
            ("unit", "甲局"),
            ("who", "示例甲"),
            ("post", "科长"),
            ("phone", "0714-8731721"),
            ("mobile", "19400000001"),
        ];
        assert_eq!(shown(&all, None), ["phone", "post"]);
        assert_eq!(shown(&all, Some("决定")), ["phone", "post", "who"]);
    }

    #[test]
    fn a_mobile_number_is_held_back_wherever_it_stands() {
        assert!(shown(&[("phone", "19400000001")], None).is_empty());
        assert!(shown(&[("post", "科长（194-0000-0001）")], None).is_empty());
    }

    #[test]
    fn only_unit_and_government_mailboxes_are_public() {
        assert!(shown(&[("mail", "x@example.com")], None).is_empty());
        assert!(shown(&[("mail", "x@evilgov.cn")], None).is_empty());
        assert_eq!(shown(&[("mail", "x@daye.gov.cn")], None), ["mail"]);
        assert_eq!(shown(&[("mail", "dwyx@example.com")], None), ["mail"]);
    }

    #[test]
    fn a_listing_edited_into_a_leak_is_refused() {
        let text = "unit: u\nupdated: 2023-07-20\nofficers:\n- {record: r, form: t, since: 2023-07-20, columns: {who: 示例甲, mobile: '19400000001'}}\n";
        let all: Vec<_> = parse("r.yaml", text, &[spec()]).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(all.len(), 2, "{all:?}");
        assert!(all[0].contains("`mobile` is not a public field"));
        assert!(all[1].contains("needs a publication basis"));
    }
}
