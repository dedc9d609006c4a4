//! The register: who is in office, folded from the accepted records in the order of their decisions.

use std::collections::BTreeMap;

use serde_yaml::FlowMap;

use super::decide::registers;
use super::{Office, Record, Status};
use crate::listing::{ListedOfficer, Listing, project};

/// Who is in office, by unit.
#[derive(Debug, Default)]
pub struct Register<'r> {
    /// The accepted records of the officers in office, longest-serving first.
    pub officers: BTreeMap<&'r str, Vec<&'r Record>>,
    /// The day of each unit's last change.
    changed: BTreeMap<&'r str, &'r str>,
}

/// Folds records of any status; only accepted ones whose form registers an officer count.
pub fn fold<'r>(records: impl IntoIterator<Item = &'r Record>, office: &Office<'_>) -> Register<'r> {
    let accepted = records.into_iter().filter(|r| r.status == Status::Accepted && registers(r, office));
    let mut ruled: Vec<_> = accepted.filter_map(|r| Some((r.decision.as_ref()?, r.unit_id()?, r))).collect();
    ruled.sort_by(|(a, _, x), (b, _, y)| (&a.at, &x.id).cmp(&(&b.at, &y.id)));
    let mut register = Register::default();
    for (ruling, unit, record) in ruled {
        let officers = register.officers.entry(unit).or_default();
        officers.retain(|other| ruling.replaces.as_ref() != Some(&other.id));
        officers.push(record);
        let changed = register.changed.entry(unit).or_insert(&ruling.on);
        *changed = (*changed).max(&ruling.on);
    }
    register
}

impl<'r> Register<'r> {
    /// The officers of a unit, longest-serving first.
    pub fn of(&self, unit: &str) -> &[&'r Record] {
        self.officers.get(unit).map(Vec::as_slice).unwrap_or_default()
    }

    /// The public projection of a unit; absent when nobody is in office.
    pub fn listing(&self, unit: &str, office: &Office<'_>) -> Option<Listing> {
        let officers: Vec<ListedOfficer> = self.of(unit).iter().filter_map(|r| listed(r, unit, office)).collect();
        let updated = self.changed.get(unit).copied().unwrap_or_default().to_owned();
        (!officers.is_empty()).then(|| Listing { unit: unit.to_owned(), updated, officers })
    }
}

fn listed(record: &Record, unit: &str, office: &Office<'_>) -> Option<ListedOfficer> {
    let spec = office.form(record.form.as_deref()?)?;
    let ruling = record.decision.as_ref()?;
    let mailbox = office.units.get(unit).and_then(|u| u.mailbox.as_deref());
    let columns = project(spec, &record.values(), office.publication, ruling.basis.as_deref(), mailbox);
    Some(ListedOfficer {
        record: record.id.clone(),
        form: spec.id.clone(),
        since: ruling.on.clone(),
        basis: ruling.basis.clone(),
        columns,
    })
}

/// A short name for an officer in lists and questions: name and post.
pub fn officer_of(record: &Record, office: &Office<'_>) -> String {
    let spec = record.form.as_deref().and_then(|id| office.form(id));
    let name = spec.map_or("", |spec| spec.officer(|field| record.value(field)));
    if name.is_empty() { "（未填姓名）".to_owned() } else { name.to_owned() }
}

/// The values of a record in the form's order with their labels, for people.
pub fn labelled<'r>(record: &'r Record, office: &Office<'_>) -> Vec<(String, &'r str)> {
    let Some(spec) = record.form.as_deref().and_then(|id| office.form(id)) else { return Vec::new() };
    let value = |id: &str| record.fields.get(id).map(|FlowMap(v)| v.value.as_str());
    spec.written().filter_map(|f| Some((spec.full_label(f), value(&f.id)?))).collect()
}
