//! Who has registered, whose form waits, who is late and who is missing: a pure function of the units, the records and
//! the day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde::Serialize;

use crate::listing::Listing;
use crate::record::decide::registers;
use crate::record::register::{Register, fold, officer_of};
use crate::record::{Office, Record, Status};
use crate::unit::{Unit, Units};

/// After so long the office asks a unit to confirm its officer again.
fn confirmed_for() -> Span {
    1.year()
}

/// Where a unit stands; every unit is in exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It has an officer.
    Registered,
    /// Its form waits for the office.
    Waiting,
    /// Nothing has come, or what came was sent back.
    Missing,
}

impl State {
    /// What a clerk calls it.
    pub fn label(self) -> &'static str {
        match self {
            State::Registered => "已登记",
            State::Waiting => "待审核",
            State::Missing => "未报送",
        }
    }
}

/// How all units stand on a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// The day.
    pub today: String,
    /// The last day of registration.
    pub deadline: Option<String>,
    /// Whether that day is over.
    pub overdue: bool,
    /// All units.
    pub total: Counts,
    /// By category, in official order.
    pub categories: Vec<Group>,
    /// By level-1 unit that answers for others (第二条), itself counted in; in official order.
    pub parents: Vec<Group>,
    /// Every unit in official order.
    pub units: Vec<UnitStanding>,
    /// Ids of pending records whose unit nobody has told yet.
    pub unplaced: Vec<String>,
}

/// Units that have something in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// The category's or the level-1 unit's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How its units stand.
    #[serde(flatten)]
    pub counts: Counts,
}

/// How many units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// There are; the sum of the next three.
    pub units: usize,
    /// Have an officer.
    pub registered: usize,
    /// Have none, but a form that waits.
    pub waiting: usize,
    /// Have neither.
    pub missing: usize,
    /// Sent their first form after the deadline.
    pub late: usize,
    /// Have more than one officer.
    pub several: usize,
    /// Should confirm an officer again.
    pub reconfirm: usize,
    /// Were advised to name another officer and have not yet.
    pub advised: usize,
}

/// How a unit stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnitStanding {
    /// The unit's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its category's id.
    pub category: String,
    /// The level-1 unit that answers for it, by id.
    pub parent: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Whether its first form came after the deadline.
    pub late: bool,
    /// Why its last form was sent back, where nothing came since.
    pub returned: Option<String>,
    /// Its officers in office, longest-serving first.
    pub officers: Vec<OfficerStanding>,
    /// Ids of its pending records.
    pub waiting: Vec<String>,
}

/// How an officer in office stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfficerStanding {
    /// The accepted record's id.
    pub record: String,
    /// The officer's name.
    pub name: String,
    /// Registered since, `YYYY-MM-DD`.
    pub since: String,
    /// Whether that is longer ago than a year: please confirm again.
    pub reconfirm: bool,
    /// The office's advice to the unit to name another one (第五条).
    pub advised: Option<Advice>,
}

/// Advice to name another officer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advice {
    /// The day.
    pub on: String,
    /// Why.
    pub reason: String,
}

/// Computes how all units stand. `listings` are what the public register holds, for offices whose records lie elsewhere.
pub fn standing(
    records: &[Record],
    listings: &BTreeMap<String, Listing>,
    office: &Office<'_>,
    today: Date,
) -> Standing {
    let register = fold(records, office);
    let mut by_unit: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    let relevant = |r: &&Record| r.form.is_none() || registers(r, office);
    for record in records.iter().filter(relevant) {
        by_unit.entry(record.unit_id().unwrap_or_default()).or_default().push(record);
    }
    let of = |unit: &Unit| {
        let own = by_unit.get(unit.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let mut officers = in_office(&register, &unit.id, office, today);
        if officers.is_empty() {
            officers = listings.get(&unit.id).map(|listing| listed(listing, office, today)).unwrap_or_default();
        }
        of_unit(unit, own, officers, office)
    };
    let units: Vec<UnitStanding> = office.units.list.iter().map(of).collect();
    let pending = |r: &&Record| r.status == Status::Pending && r.unit_id().is_none();
    Standing {
        today: today.to_string(),
        deadline: office.deadline.map(str::to_owned),
        overdue: office.deadline.is_some_and(|deadline| *today.to_string() > *deadline),
        total: units.iter().collect(),
        categories: categories(office.units, &units),
        parents: parents(office.units, &units),
        unplaced: records.iter().filter(pending).map(|r| r.id.clone()).collect(),
        units,
    }
}

fn of_unit(unit: &Unit, own: &[&Record], officers: Vec<OfficerStanding>, office: &Office<'_>) -> UnitStanding {
    let waiting: Vec<String> =
        own.iter().filter(|r| r.status == Status::Pending).map(|record| record.id.clone()).collect();
    let state = match (officers.is_empty(), waiting.is_empty()) {
        (false, _) => State::Registered,
        (true, false) => State::Waiting,
        (true, true) => State::Missing,
    };
    UnitStanding {
        id: unit.id.clone(),
        name: unit.name.clone(),
        category: unit.category.clone(),
        parent: unit.parent.clone(),
        late: is_late(own, office),
        returned: (state == State::Missing).then(|| returned(own)).flatten(),
        state,
        officers,
        waiting,
    }
}

fn in_office(register: &Register<'_>, unit: &str, office: &Office<'_>, today: Date) -> Vec<OfficerStanding> {
    let one = |record: &&Record| {
        let since = record.decision.as_ref().map_or("", |ruling| ruling.on.as_str());
        let advised = record.advised.as_ref();
        OfficerStanding {
            record: record.id.clone(),
            name: officer_of(record, office),
            since: since.to_owned(),
            reconfirm: is_old(since, today),
            advised: advised.map(|a| Advice { on: a.on.clone(), reason: a.reason.clone().unwrap_or_default() }),
        }
    };
    register.of(unit).iter().map(one).collect()
}

fn listed(listing: &Listing, office: &Office<'_>, today: Date) -> Vec<OfficerStanding> {
    let one = |officer: &crate::listing::ListedOfficer| {
        let value = |id: &str| officer.columns.get(id).map_or("", String::as_str);
        let name = office.form(&officer.form).map_or("", |spec| spec.officer(value));
        OfficerStanding {
            record: officer.record.clone(),
            name: if name.is_empty() { "（姓名未公布）".to_owned() } else { name.to_owned() },
            since: officer.since.clone(),
            reconfirm: is_old(&officer.since, today),
            advised: None,
        }
    };
    listing.officers.iter().map(one).collect()
}

/// Longer ago than a year; what is no day is no reason to ask.
fn is_old(since: &str, today: Date) -> bool {
    let until = since.parse::<Date>().ok().and_then(|day| day.checked_add(confirmed_for()).ok());
    until.is_some_and(|until| until < today)
}

/// A unit is late when the first form it registers with came after the deadline; a change of officer has none.
fn is_late(own: &[&Record], office: &Office<'_>) -> bool {
    let changes = |r: &Record| {
        let spec = r.form.as_deref().and_then(|form| office.form(form));
        spec.is_some_and(|spec| spec.roles.former.is_some())
    };
    let counts = |r: &&&Record| r.status != Status::Rejected && !changes(r);
    let days = own.iter().filter(counts).filter_map(|r| r.received.as_deref()?.get(..10));
    days.min().zip(office.deadline).is_some_and(|(first, deadline)| first > deadline)
}

/// Why the last form of a unit was sent back.
fn returned(own: &[&Record]) -> Option<String> {
    let rejected = own.iter().filter(|r| r.status == Status::Rejected).filter_map(|r| r.decision.as_ref());
    rejected.max_by_key(|ruling| &ruling.at).map(|ruling| ruling.reason.clone().unwrap_or_default())
}

fn categories(units: &Units, all: &[UnitStanding]) -> Vec<Group> {
    let group = |category: &crate::unit::Category| Group {
        id: category.id.clone(),
        name: category.name.clone(),
        counts: all.iter().filter(|unit| unit.category == category.id).collect(),
    };
    units.categories.iter().map(group).filter(|group| group.counts.units > 0).collect()
}

fn parents(units: &Units, all: &[UnitStanding]) -> Vec<Group> {
    let tops: BTreeMap<&str, &str> =
        units.list.iter().map(|unit| (unit.id.as_str(), answerable(units, unit).id.as_str())).collect();
    let group = |unit: &Unit| Group {
        id: unit.id.clone(),
        name: unit.name.clone(),
        counts: all.iter().filter(|other| tops.get(other.id.as_str()) == Some(&unit.id.as_str())).collect(),
    };
    let answers: std::collections::BTreeSet<&str> =
        tops.iter().filter(|(id, top)| id != top).map(|(_, top)| *top).collect();
    units.list.iter().filter(|unit| answers.contains(unit.id.as_str())).map(group).collect()
}

/// The unit at the top of the tree a unit stands in: it answers for those below it (第二条).
pub fn answerable<'a>(units: &'a Units, unit: &'a Unit) -> &'a Unit {
    let mut top = unit;
    while let Some(above) = top.parent.as_deref().and_then(|id| units.get(id)) {
        top = above;
    }
    top
}

impl UnitStanding {
    /// Officers whose record is older than a year.
    pub fn to_reconfirm(&self) -> impl Iterator<Item = &OfficerStanding> {
        self.officers.iter().filter(|officer| officer.reconfirm)
    }

    /// What else there is to say of it, in a clerk's words.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        notes.extend(self.late.then(|| "逾期报送".to_owned()));
        notes.extend(self.returned.as_ref().map(|why| format!("已退回，待重新报送：{why}")));
        notes.extend((self.officers.len() > 1).then(|| format!("专办员{}名", self.officers.len())));
        let waits = self.state == State::Registered && !self.waiting.is_empty();
        notes.extend(waits.then(|| format!("另有{}份待审核", self.waiting.len())));
        notes.extend(self.to_reconfirm().map(|o| format!("{}登记已满一年，请重新确认", o.name)));
        for officer in &self.officers {
            let advice = officer.advised.as_ref();
            notes.extend(advice.map(|Advice { on, reason }| format!("{on}建议更换{}：{reason}", officer.name)));
        }
        notes
    }
}

impl<'a> FromIterator<&'a UnitStanding> for Counts {
    fn from_iter<I: IntoIterator<Item = &'a UnitStanding>>(units: I) -> Counts {
        let mut all = Counts::default();
        for unit in units {
            all.units += 1;
            match unit.state {
                State::Registered => all.registered += 1,
                State::Waiting => all.waiting += 1,
                State::Missing => all.missing += 1,
            }
            all.late += usize::from(unit.late);
            all.several += usize::from(unit.officers.len() > 1);
            all.reconfirm += usize::from(unit.to_reconfirm().next().is_some());
            all.advised += usize::from(unit.officers.iter().any(|officer| officer.advised.is_some()));
        }
        all
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Counts>>(all: I) -> Counts {
        all.fold(Counts::default(), |a, b| Counts {
            units: a.units + b.units,
            registered: a.registered + b.registered,
            waiting: a.waiting + b.waiting,
            missing: a.missing + b.missing,
            late: a.late + b.late,
            several: a.several + b.several,
            reconfirm: a.reconfirm + b.reconfirm,
            advised: a.advised + b.advised,
        })
    }
}

impl Counts {
    /// The headings of the counts, in the order of [`values`](Counts::values).
    pub const HEADINGS: [&'static str; 8] =
        ["单位数", "已登记", "待审核", "未报送", "逾期报送", "多名专办员", "需重新确认", "建议更换"];

    /// The counts in order.
    pub fn values(&self) -> [usize; 8] {
        let Counts { units, registered, waiting, missing, late, several, reconfirm, advised } = *self;
        [units, registered, waiting, missing, late, several, reconfirm, advised]
    }
}
