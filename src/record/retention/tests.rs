//! What goes and what stays, by the day.

use super::*;
use crate::form::FormSpec;
use crate::listing::Publication;
use crate::record::register::fold;
use crate::record::{Ruling, parse};
use crate::unit::Units;

struct County {
    forms: Vec<FormSpec>,
    units: Units,
    publication: Publication,
}

impl County {
    fn new() -> County {
        let form = include_str!("../../../content/forms/registration.yaml");
        let units = "categories: [{id: a, name: 甲}]\nunits:\n- {id: jyj, name: 大冶市教育局, category: a}\n";
        County {
            forms: vec![crate::form::parse::parse("registration.yaml", form).unwrap()],
            units: crate::unit::parse("units.yaml", units).unwrap(),
            publication: Publication::default(),
        }
    }

    fn office(&self) -> Office<'_> {
        Office { forms: &self.forms, units: &self.units, deadline: None, publication: &self.publication }
    }

    /// A record decided on a day.
    fn record(&self, id: &str, status: Status, decided: &str) -> Record {
        let text = format!(
            "id: {id}\nform: registration\nstatus: pending\nimage: sheets/{id}/1.png\n\
             mail: {{file: mail/x.eml, from: a@x.example, subject: 登记表}}\n\
             document: {{name: 示例甲.pdf, sha256: x, part: '1', page: 1}}\nunit: {{id: jyj, score: 1.0}}\nfields:\n  \
             unit_name: {{value: 大冶市教育局, means: typed, confidence: 1.0}}\n  \
             officer_name: {{value: 示例甲, means: typed, confidence: 1.0}}\n  \
             officer_mobile: {{value: '19400000001', means: typed, confidence: 1.0}}\n"
        );
        let record = parse::parse("r.yaml", &text, id, Status::Pending, &self.office()).unwrap();
        let ruling = Ruling {
            by: "示例员".into(),
            on: decided.into(),
            at: format!("{decided}T08:00:00+08:00"),
            reason: None,
            basis: None,
            replaces: None,
        };
        Record { status, decision: (status != Status::Pending).then_some(ruling), ..record }
    }
}

fn on(today: &str) -> Rule {
    Rule { months: 12, today: today.parse().unwrap() }
}

fn signed() -> Signed {
    Signed { by: "purge".into(), at: "2025-01-01T08:00:00+08:00".into(), on: "2025-01-01".into() }
}

#[test]
fn a_mail_stays_until_a_year_after_its_last_decision() {
    let county = County::new();
    let early = county.record("r1", Status::Accepted, "2023-07-20");
    let late = county.record("r2", Status::Rejected, "2023-09-01");
    let waits = county.record("r3", Status::Pending, "2023-07-20");
    let both = [Some(&early), Some(&late)];
    assert_eq!(on("2024-09-01").mail(&both, None), None, "the last day counts");
    let over = on("2024-09-02").mail(&both, None).unwrap();
    assert_eq!((over.since.to_string().as_str(), over.event), ("2023-09-01", Event::Reviewed));
    assert_eq!(on("2099-01-01").mail(&[Some(&early), Some(&waits)], None), None);
    assert_eq!(on("2099-01-01").mail(&[Some(&early), None], None), None, "a record is missing");
}

#[test]
fn a_mail_without_records_stays_a_year_after_it_came() {
    let came = Some("2023-07-04T09:00:00.000001+08:00");
    assert_eq!(on("2024-07-04").mail(&[], came), None);
    assert_eq!(on("2024-07-05").mail(&[], came).unwrap().event, Event::Received);
    assert_eq!(on("2099-01-01").mail(&[], None), None, "nobody knows when it came");
    assert_eq!(on("2099-01-01").mail(&[], Some("once upon a time")), None);
}

#[test]
fn a_leap_day_ends_with_february() {
    let over = on("2025-03-01").mail(&[], Some("2024-02-29T08:00:00+08:00")).unwrap();
    assert_eq!(over.until.to_string(), "2025-02-28");
}

#[test]
fn values_go_of_the_rejected_and_of_former_officers_only() {
    let county = County::new();
    let office = county.office();
    let former = county.record("r1", Status::Accepted, "2023-07-20");
    let mut present = county.record("r2", Status::Accepted, "2024-03-01");
    present.decision.as_mut().unwrap().replaces = Some("r1".into());
    let all = [former, present, county.record("r3", Status::Rejected, "2023-07-20")];
    let register = fold(&all, &office);
    let due = |today: &str| -> Vec<&str> {
        let goes = |record: &&Record| on(today).values(record, &all, &register, &office).is_some();
        all.iter().filter(goes).map(|record| record.id.as_str()).collect()
    };
    assert_eq!(due("2024-07-20"), Vec::<&str>::new());
    assert_eq!(due("2024-07-21"), ["r3"]);
    assert_eq!(due("2025-03-02"), ["r1", "r3"]);
    assert_eq!(due("2099-01-01"), ["r1", "r3"], "who is in office stays");
}

#[test]
fn what_is_blanked_has_no_private_value_left_and_is_blanked_once() {
    let county = County::new();
    for (status, kept) in [(Status::Rejected, vec![]), (Status::Accepted, vec!["unit_name", "officer_name"])] {
        let record = county.record("r1", status, "2023-07-20");
        let blank = blanked(&record, &county.office(), &signed()).unwrap();
        assert_eq!(blank.fields.keys().collect::<Vec<_>>(), kept);
        assert_eq!(
            (&blank.decision, &blank.unit, &blank.mail.file),
            (&record.decision, &record.unit, &record.mail.file)
        );
        let text = parse::write(&blank).unwrap();
        for private in ["19400000001", "a@x.example", "登记表", "示例甲.pdf", "png"] {
            assert!(!text.contains(private), "{private} is left in {text}");
        }
        assert_eq!(parse::parse("r.yaml", &text, "r1", status, &county.office()).unwrap(), blank);
        assert_eq!(blanked(&blank, &county.office(), &signed()), None);
    }
}

#[test]
fn an_image_that_is_gone_is_no_longer_named() {
    let record = County::new().record("r1", Status::Accepted, "2023-07-20");
    let bare = without_image(&record, &signed()).unwrap();
    assert_eq!((bare.image.as_ref(), bare.history.len()), (None, record.history.len() + 1));
    assert_eq!(without_image(&bare, &signed()), None);
}
