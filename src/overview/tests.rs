//! How units stand and whom to remind, over a small county.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::missing::missing;
use super::standing::{Standing, State, UnitStanding, standing};
use crate::form::FormSpec;
use crate::form::parse::parse;
use crate::listing::{ListedOfficer, Listing, Publication};
use crate::record::act::{Act, act};
use crate::record::decide::{Decision, Standing as Place, decide};
use crate::record::entered::entered;
use crate::record::register::fold;
use crate::record::{Office, Record, Signed};
use crate::unit::Units;

struct County {
    forms: Vec<FormSpec>,
    units: Units,
    publication: Publication,
}

impl County {
    fn new() -> County {
        let form = |name: &str, text: &str| parse(name, text).unwrap();
        let units = "categories: [{id: a, name: 甲}, {id: b, name: 乙}, {id: c, name: 丙}]\nunits:\n\
            - {id: jyj, name: 大冶市教育局, category: a, mailbox: jyj@example.com}\n\
            - {id: xx, name: 示例小学, category: a, parent: jyj}\n\
            - {id: zx, name: 示例中学, category: b, parent: xx, mailbox: ZX@example.com}\n\
            - {id: mzj, name: 大冶市民政局, category: b}\n";
        County {
            forms: vec![
                form("registration", include_str!("../../content/forms/registration.yaml")),
                form("replacement", include_str!("../../content/forms/replacement.yaml")),
            ],
            units: crate::unit::parse("units.yaml", units).unwrap(),
            publication: Publication::default(),
        }
    }

    fn office(&self) -> Office<'_> {
        Office { forms: &self.forms, units: &self.units, deadline: Some("2023-07-15"), publication: &self.publication }
    }

    /// A form that waits, received on a day.
    fn waiting(&self, unit: &str, officer: &str, on: &str) -> Record {
        let values = [("unit", unit), ("officer_name", officer)].map(|(k, v)| (k.to_owned(), v.to_owned()));
        entered("registration", &values, &self.office(), &signed(on)).unwrap()
    }

    fn decided(&self, record: &Record, decision: Decision, on: &str) -> Record {
        decide(record, &decision, &fold([], &self.office()), &self.office(), &signed(on)).unwrap()
    }

    fn accepted(&self, unit: &str, officer: &str, on: &str) -> Record {
        let accept = Decision::Accept { standing: Place::Joins, basis: None };
        self.decided(&self.waiting(unit, officer, on), accept, on)
    }

    fn standing(&self, records: &[Record], today: &str) -> Standing {
        standing(records, &BTreeMap::new(), &self.office(), today.parse::<Date>().unwrap())
    }
}

fn signed(on: &str) -> Signed {
    Signed { by: "示例员".into(), at: format!("{on}T08:00:00+08:00"), on: on.into() }
}

fn unit<'s>(standing: &'s Standing, id: &str) -> &'s UnitStanding {
    standing.units.iter().find(|unit| unit.id == id).unwrap()
}

#[test]
fn every_unit_is_in_one_state_and_the_sums_agree() {
    let county = County::new();
    let records = [
        county.accepted("jyj", "示例甲", "2023-07-10"),
        county.waiting("jyj", "示例乙", "2023-07-20"),
        county.waiting("xx", "示例丙", "2023-07-16"),
    ];
    let all = county.standing(&records, "2023-07-20");
    let states: Vec<State> = all.units.iter().map(|unit| unit.state).collect();
    assert_eq!(states, [State::Registered, State::Waiting, State::Missing, State::Missing]);
    assert_eq!(all.total.values(), [4, 1, 1, 2, 1, 0, 0, 0]);
    assert_eq!(all.categories.iter().map(|group| group.counts).sum::<super::standing::Counts>(), all.total);
    assert_eq!(all.categories.len(), 2, "no empty category");
    // The first unit's first form was in time, so the second one does not make it late; the school answers to the top.
    assert!(!unit(&all, "jyj").late && unit(&all, "xx").late);
    assert_eq!((all.parents.len(), all.parents[0].id.as_str(), all.parents[0].counts.units), (1, "jyj", 3));
    assert!(all.overdue && !county.standing(&records, "2023-07-15").overdue, "the last day counts to its end");
}

#[test]
fn a_year_is_over_on_the_day_after() {
    let county = County::new();
    let records = [county.accepted("jyj", "示例甲", "2023-07-10")];
    let reconfirm = |today: &str| unit(&county.standing(&records, today), "jyj").officers[0].reconfirm;
    assert!(!reconfirm("2024-07-10"));
    assert!(reconfirm("2024-07-11"));
}

#[test]
fn several_officers_advice_and_what_was_sent_back_are_noted() {
    let county = County::new();
    let first = county.accepted("jyj", "示例甲", "2023-07-10");
    let advise = Act::Advise { reason: "长期不在岗".into() };
    let on_file = [first.clone()];
    let advised =
        act(&first, &advise, &fold(&on_file, &county.office()), &county.office(), &signed("2023-09-01")).unwrap();
    let back = Decision::Reject { reason: "缺公章".into() };
    let back = county.decided(&county.waiting("mzj", "示例丁", "2023-07-10"), back, "2023-07-11");
    let records = [advised, county.accepted("jyj", "示例乙", "2023-07-12"), back];
    let all = county.standing(&records, "2023-09-02");
    assert_eq!(all.total.values(), [4, 1, 0, 3, 0, 1, 0, 1]);
    assert_eq!(unit(&all, "jyj").notes(), ["专办员2名", "2023-09-01建议更换示例甲：长期不在岗"]);
    assert_eq!((unit(&all, "mzj").late, unit(&all, "mzj").returned.as_deref()), (false, Some("缺公章")));
}

#[test]
fn a_listing_counts_where_the_records_lie_elsewhere() {
    let county = County::new();
    let officer = ListedOfficer {
        record: "r".into(),
        form: "registration".into(),
        since: "2023-07-20".into(),
        basis: None,
        columns: BTreeMap::new(),
    };
    let listing = Listing { unit: "mzj".into(), updated: "2023-07-20".into(), officers: vec![officer] };
    let listings = BTreeMap::from([("mzj".to_owned(), listing)]);
    let all = standing(&[], &listings, &county.office(), "2023-08-01".parse().unwrap());
    assert_eq!(
        (unit(&all, "mzj").state, unit(&all, "mzj").officers[0].name.as_str()),
        (State::Registered, "（姓名未公布）")
    );
}

#[test]
fn one_reminder_for_each_address_and_the_rest_are_called() {
    let county = County::new();
    let all = county.standing(&[], "2023-07-20");
    let (mails, to_call) = missing(&all, &county.units);
    let about: Vec<(&str, Vec<&str>)> =
        mails.iter().map(|mail| (mail.to, mail.units.iter().map(|unit| unit.id.as_str()).collect())).collect();
    assert_eq!(about, [("jyj@example.com", vec!["jyj", "xx"]), ("ZX@example.com", vec!["zx"])]);
    assert_eq!(to_call.iter().map(|unit| unit.id.as_str()).collect::<Vec<_>>(), ["mzj"]);
    // A form that waits is not missing.
    let all = county.standing(&[county.waiting("jyj", "示例甲", "2023-07-10")], "2023-07-20");
    let about = missing(&all, &county.units).0;
    assert_eq!(about[0].units.iter().map(|unit| unit.id.as_str()).collect::<Vec<_>>(), ["xx"]);
}
