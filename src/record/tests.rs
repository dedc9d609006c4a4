//! The rules of review: who is in office after which decisions, and what is refused.

use indexmap::IndexMap;
use serde_yaml::FlowMap;

use super::decide::{Decision, Standing, decide, edit};
use super::register::{fold, officer_of};
use super::*;
use crate::form::parse::parse;

/// The shipped forms and a small county.
struct County {
    forms: Vec<FormSpec>,
    units: Units,
    publication: Publication,
}

impl County {
    fn new() -> County {
        let form = |name: &str, text: &str| parse(name, text).unwrap();
        let units = "categories: [{id: a, name: 甲}]\nunits:\n- {id: jyj, name: 大冶市教育局, category: a}\n- {id: czj, name: 大冶市财政局, category: a}\n";
        County {
            forms: vec![
                form("registration", include_str!("../../content/forms/registration.yaml")),
                form("replacement", include_str!("../../content/forms/replacement.yaml")),
                form("assessment", include_str!("../../content/forms/assessment.yaml")),
            ],
            units: crate::unit::parse("units.yaml", units).unwrap(),
            publication: Publication { basis: Some("演示".into()), mailbox_domains: vec![] },
        }
    }

    fn office(&self) -> Office<'_> {
        Office { forms: &self.forms, units: &self.units, deadline: Some("2023-07-15"), publication: &self.publication }
    }

    /// A pending record of a form with these values, unit matched and checked.
    fn record(&self, id: &str, form: &str, values: &[(&str, &str)]) -> Record {
        let blank = Record {
            id: id.into(),
            form: None,
            status: Status::Pending,
            received: Some("2023-07-20T08:00:00+08:00".into()),
            mail: Mail::default(),
            document: None,
            image: None,
            unit: None,
            fields: IndexMap::new(),
            marks: Marks::default(),
            faults: vec![FlowMap(Fault::new("unread", "扫描件尚未识别"))],
            decision: None,
            hold: None,
            advised: None,
            announced: None,
            history: vec![],
        };
        let form = ("form".to_owned(), form.to_owned());
        let changes: Vec<_> =
            [form].into_iter().chain(values.iter().map(|(k, v)| (k.to_string(), v.to_string()))).collect();
        edit(&blank, &changes, &self.office(), &signed("0")).unwrap()
    }

    fn officer(&self, id: &str, name: &str) -> Record {
        self.record(id, "registration", &[("unit_name", "大冶市教育局"), ("officer_name", name)])
    }

    /// Decides on a record with these others on file, at a time that orders the register.
    fn decide(&self, record: &Record, decision: Decision, others: &[Record], at: &str) -> Result<Record, String> {
        let register = fold(others, &self.office());
        decide(record, &decision, &register, &self.office(), &signed(at))
            .map_err(|refusal| crate::report::Said::from(refusal).en)
    }

    fn accept(&self, record: &Record, standing: Standing, others: &[Record], at: &str) -> Result<Record, String> {
        self.decide(record, Decision::Accept { standing, basis: None }, others, at)
    }

    fn in_office(&self, records: &[Record]) -> Vec<String> {
        let office = self.office();
        fold(records, &office).of("jyj").iter().map(|r| officer_of(r, &office)).collect()
    }
}

fn signed(at: &str) -> Signed {
    Signed { by: "示例员".into(), at: format!("2023-07-20T08:00:0{at}+08:00"), on: format!("2023-07-2{at}") }
}

fn codes(record: &Record) -> Vec<&str> {
    record.faults.iter().map(|FlowMap(fault)| fault.code.as_str()).collect()
}

#[test]
fn values_entered_by_hand_are_normalised_and_checked() {
    let county = County::new();
    let values =
        [("unit_name", "教育局"), ("officer_name", "示 例 甲"), ("officer_phone", "5550101"), ("unit_code", "123")];
    let record = county.record("r1", "registration", &values);
    assert_eq!(record.value("officer_name"), "示例甲");
    assert_eq!(record.value("officer_phone"), "0714-5550101");
    assert_eq!(codes(&record), ["code-length", "late"]);
    assert_eq!(record.unit_id(), Some("jyj"));
}

#[test]
fn a_second_officer_must_be_said_to_join_or_replace() {
    let county = County::new();
    let first = county.accept(&county.officer("r1", "示例甲"), Standing::Unsaid, &[], "1").unwrap();
    let second = county.officer("r2", "示例乙");
    let on_file = [first.clone()];
    assert!(county.accept(&second, Standing::Unsaid, &on_file, "2").unwrap_err().contains("--join"));

    let joined = county.accept(&second, Standing::Joins, &on_file, "2").unwrap();
    assert_eq!(county.in_office(&[first.clone(), joined]), ["示例甲", "示例乙"]);

    let replaced = county.accept(&second, Standing::Replaces(None), &on_file, "2").unwrap();
    assert_eq!(county.in_office(&[replaced, first]), ["示例乙"]);
}

#[test]
fn of_several_officers_the_one_replaced_must_be_named() {
    let county = County::new();
    let first = county.accept(&county.officer("r1", "示例甲"), Standing::Unsaid, &[], "1").unwrap();
    let second =
        county.accept(&county.officer("r2", "示例乙"), Standing::Joins, std::slice::from_ref(&first), "2").unwrap();
    let (third, on_file) = (county.officer("r3", "示例丙"), [first.clone(), second.clone()]);
    assert!(county.accept(&third, Standing::Replaces(None), &on_file, "3").unwrap_err().contains("several officers"));
    assert!(
        county.accept(&third, Standing::Replaces(Some("r9".into())), &on_file, "3").unwrap_err().contains("no officer")
    );
    let third = county.accept(&third, Standing::Replaces(Some("r1".into())), &on_file, "3").unwrap();
    assert_eq!(county.in_office(&[first, second, third]), ["示例乙", "示例丙"]);
}

#[test]
fn a_replacement_form_names_whom_it_replaces() {
    let county = County::new();
    let first = county.accept(&county.officer("r1", "示例甲"), Standing::Unsaid, &[], "1").unwrap();
    let values =
        [("unit_name", "大冶市教育局"), ("former_name", "示例甲"), ("officer_name", "示例癸"), ("reason", "调动")];
    let change = county.record("r2", "replacement", &values);
    assert!(!codes(&change).contains(&"late"), "a change of officer has no deadline");
    let change = county.accept(&change, Standing::Unsaid, std::slice::from_ref(&first), "2").unwrap();
    assert_eq!(county.in_office(&[first, change]), ["示例癸"]);
}

#[test]
fn an_assessment_puts_nobody_in_office() {
    let county = County::new();
    let values = [("unit_name", "大冶市教育局"), ("subject_name", "示例甲"), ("period", "2023年"), ("result", "良好")];
    let record = county.accept(&county.record("r1", "assessment", &values), Standing::Unsaid, &[], "1").unwrap();
    assert_eq!(record.status, Status::Accepted);
    assert!(county.in_office(&[record]).is_empty());
}

#[test]
fn reopening_brings_the_former_officer_back() {
    let county = County::new();
    let first = county.accept(&county.officer("r1", "示例甲"), Standing::Unsaid, &[], "1").unwrap();
    let second = county
        .accept(&county.officer("r2", "示例乙"), Standing::Replaces(None), std::slice::from_ref(&first), "2")
        .unwrap();
    let reopened = county.decide(&second, Decision::Reopen { reason: None }, &[], "3").unwrap();
    assert_eq!(county.in_office(&[first, reopened.clone()]), ["示例甲"]);
    assert_eq!(reopened.history.len(), 3);
    assert_eq!(reopened.decision, None);
}

#[test]
fn what_cannot_be_decided_says_why() {
    let county = County::new();
    let refused = |record: &Record, decision: Decision| county.decide(record, decision, &[], "1").unwrap_err();
    let accept = || Decision::Accept { standing: Standing::Unsaid, basis: None };
    let unread = Record { form: None, ..county.officer("r1", "示例甲") };
    assert!(refused(&unread, accept()).contains("has not been read"));
    assert!(
        refused(&county.record("r1", "registration", &[("unit_name", "大冶市教育局")]), accept())
            .contains("names no officer")
    );
    let stranger = county.record("r1", "registration", &[("unit_name", "武汉大学"), ("officer_name", "示例甲")]);
    assert!(refused(&stranger, accept()).contains("no known unit"));
    assert!(refused(&stranger, Decision::Reject { reason: "  ".into() }).contains("needs a reason"));
    let rejected = county.decide(&stranger, Decision::Reject { reason: "重复".into() }, &[], "1").unwrap();
    assert!(refused(&rejected, accept()).contains("rejected"));
}

#[test]
fn what_waits_can_be_taken_up_again_or_decided() {
    let county = County::new();
    let record = county.officer("r1", "示例甲");
    let ask = Decision::Ask { reason: " 请补盖公章 ".into() };
    let asked = county.decide(&record, ask.clone(), &[], "1").unwrap();
    assert_eq!(asked.status, Status::Pending);
    assert_eq!(
        asked.hold.as_ref().map(|hold| (hold.waits, hold.reason.as_str())),
        Some((Waits::Correction, "请补盖公章"))
    );
    assert!(ask.is_done(&asked) && !ask.is_done(&record));
    assert!(!Decision::SetAside { reason: "请补盖公章".into() }.is_done(&asked));

    let resumed = county.decide(&asked, Decision::Reopen { reason: None }, &[], "2").unwrap();
    assert_eq!(resumed.hold, None);
    assert!(county.decide(&resumed, Decision::Reopen { reason: None }, &[], "3").unwrap_err().contains("not decided"));
    let accepted = county.accept(&asked, Standing::Unsaid, &[], "2").unwrap();
    assert_eq!((accepted.status, accepted.hold), (Status::Accepted, None));

    let aside = county.decide(&record, Decision::SetAside { reason: "等电话".into() }, &[], "1").unwrap();
    let text = super::parse::write(&aside).unwrap();
    assert_eq!(super::parse::parse("r1.yaml", &text, "r1", Status::Pending, &county.office()).unwrap(), aside);
    assert!(
        county.decide(&record, Decision::SetAside { reason: " ".into() }, &[], "1").unwrap_err().contains("reason")
    );
}

#[test]
fn only_the_public_projection_reaches_the_listing() {
    let county = County::new();
    let values = [
        ("unit_name", "大冶市教育局"),
        ("officer_name", "示例甲"),
        ("officer_mobile", "19400000001"),
        ("leader_name", "示例乙"),
    ];
    let record = county.accept(&county.record("r1", "registration", &values), Standing::Unsaid, &[], "1").unwrap();
    let records = [record];
    let listing = fold(&records, &county.office()).listing("jyj", &county.office()).unwrap();
    assert_eq!(listing.officers[0].columns.keys().collect::<Vec<_>>(), ["officer_name"]);
    assert_eq!(listing.updated, "2023-07-21");
}

#[test]
fn a_record_survives_yaml() {
    let county = County::new();
    let record = county.accept(&county.officer("r1", "示例甲"), Standing::Unsaid, &[], "1").unwrap();
    let text = super::parse::write(&record).unwrap();
    let read = super::parse::parse("r1.yaml", &text, "r1", Status::Accepted, &county.office()).unwrap();
    assert_eq!(read, record);
}

#[test]
fn a_form_entered_by_hand_has_the_same_id_on_the_same_day_only() {
    let county = County::new();
    let enter = |name: &str, at: &str| {
        let values = [("unit_name", "教育局"), ("officer_name", name)].map(|(k, v)| (k.to_owned(), v.to_owned()));
        super::entered::entered("registration", &values, &county.office(), &signed(at)).unwrap()
    };
    let first = enter("示例甲", "1");
    assert!(first.id.starts_with("20230721-") && first.id.ends_with("-hand"), "{}", first.id);
    assert_eq!(first.id, enter("示 例 甲", "1").id, "the values count, not how they are typed");
    assert_ne!(first.id, enter("示例甲", "2").id);
    assert_ne!(first.id, enter("示例乙", "1").id);
    assert!(first.mail.from == super::BY_HAND && first.status == Status::Pending);
    let text = super::parse::write(&first).unwrap();
    let id = first.id.clone();
    assert_eq!(super::parse::parse("x.yaml", &text, &id, Status::Pending, &county.office()).unwrap(), first);
}

#[test]
fn only_an_officer_in_office_can_be_advised_against_and_only_praise_announced() {
    use super::act::{Act, act, commendation};
    let county = County::new();
    let first = county.accept(&county.officer("r1", "示例甲"), Standing::Unsaid, &[], "1").unwrap();
    let on_file = [first.clone()];
    let apply = |record: &Record, what: &Act| {
        act(record, what, &fold(&on_file, &county.office()), &county.office(), &signed("3")).map_err(|said| said.en)
    };
    let advise = Act::Advise { reason: " 长期不在岗 ".into() };
    let advised = apply(&first, &advise).unwrap();
    assert!(advise.is_done(&advised) && !advise.is_done(&first));
    assert_eq!(advised.status, Status::Accepted);
    assert!(apply(&county.officer("r2", "示例乙"), &advise).unwrap_err().contains("not that of an officer in office"));
    assert!(apply(&first, &Act::Advise { reason: " ".into() }).unwrap_err().contains("needs a reason"));
    let reopened = county.decide(&advised, Decision::Reopen { reason: None }, &[], "4").unwrap();
    assert_eq!(reopened.advised, None);

    let praise =
        [("unit_name", "大冶市教育局"), ("subject_name", "示例甲"), ("result", "优秀"), ("commendation", "档案完整")];
    let announce = Act::Announce { basis: None };
    assert!(apply(&first, &announce).unwrap_err().contains("is no assessment"));
    let waiting = county.record("r3", "assessment", &praise);
    assert!(apply(&waiting, &announce).unwrap_err().contains("is not accepted"));
    let plain = county.accept(&county.record("r4", "assessment", &praise[..3]), Standing::Unsaid, &[], "1").unwrap();
    assert!(apply(&plain, &announce).unwrap_err().contains("commends nobody"));
    let accepted = county.accept(&waiting, Standing::Unsaid, &[], "1").unwrap();
    assert_eq!(commendation(&accepted, &county.office()), None, "private until announced");
    let public = commendation(&apply(&accepted, &announce).unwrap(), &county.office()).unwrap();
    assert_eq!(public.columns.keys().collect::<Vec<_>>(), ["commendation", "subject_name"]);
}
