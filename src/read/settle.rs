//! From evidence to values: the surest means wins, disagreement keeps both and makes a fault.

use serde::{Deserialize, Serialize};

use super::{Evidence, Means, Reading};
use crate::fault::Fault;
use crate::form::check::{Checked, check};
use crate::form::{Field, FormSpec};

/// A field as read: the value that won and what else was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldValue {
    /// The normalised value.
    pub value: String,
    /// By which means it was seen.
    pub means: Means,
    /// 0 (a guess) to 1 (typed, or decoded with a checksum).
    pub confidence: f32,
    /// Left, top, right and bottom on the sheet, in the sheet's own unit; absent where nothing was seen.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub place: Option<[f32; 4]>,
    /// Other values seen for the field, surest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
}

/// A value that was seen but did not win.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// The normalised value.
    pub value: String,
    /// By which means it was seen.
    pub means: Means,
    /// 0 to 1.
    pub confidence: f32,
}

/// The settled fields of a reading in the form's order, and every fault found on the way.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settled {
    /// Field id and value; fields that are empty are absent.
    pub fields: Vec<(String, FieldValue)>,
    /// Doubts, disagreements and missing values.
    pub faults: Vec<Fault>,
}

/// Settles every written field of a form.
pub fn settle(spec: &FormSpec, reading: &Reading) -> Settled {
    let mut settled = Settled::default();
    for field in spec.written() {
        let seen = reading.evidence.get(&field.id).map(Vec::as_slice).unwrap_or_default();
        match settle_field(spec, field, seen) {
            Some((mut value, mut faults)) => {
                faults.extend(weakened(spec, field, reading, &mut value, &faults));
                settled.fields.push((field.id.clone(), value));
                settled.faults.extend(faults);
            }
            None => settled.faults.extend(missing(spec, field).or_else(|| unseen(spec, field, reading))),
        }
    }
    settled
}

/// The fault of an empty field that the form requires.
pub fn missing(spec: &FormSpec, field: &Field) -> Option<Fault> {
    let label = spec.full_label(field);
    field.required.then(|| Fault::of(&field.id, "missing", format!("“{label}”未填写或未识别")))
}

/// The fault of a field that recognition did not find at all, not even its label: there may stand something.
fn unseen(spec: &FormSpec, field: &Field, reading: &Reading) -> Option<Fault> {
    let mut seen = reading.evidence.values().flatten().peekable();
    let recognised = seen.peek().is_some() && seen.all(|e| e.means == Means::Ocr);
    let label = spec.full_label(field);
    let message = || format!("图像上没有找到“{label}”一栏，请对照图像核对");
    (recognised && !reading.evidence.contains_key(&field.id)).then(|| Fault::of(&field.id, "missing", message()))
}

/// A recognised value that another field took from the same place, or that is not what its field may hold, is not sure.
fn weakened(
    spec: &FormSpec,
    field: &Field,
    reading: &Reading,
    value: &mut FieldValue,
    faults: &[Fault],
) -> Option<Fault> {
    let place = |e: &Evidence| Some([e.at.left, e.at.top, e.at.right, e.at.bottom]) == value.place;
    let own = reading.evidence.get(&field.id)?.iter().find(|e| e.means == Means::Ocr && place(e))?;
    let mut others = reading.evidence.iter().filter(|(id, _)| **id != field.id).flat_map(|(_, seen)| seen);
    let holds = |a: &str, b: &str| !b.trim().is_empty() && a.contains(b.trim());
    let same = |e: &Evidence| e.at == own.at && (holds(&e.text, &own.text) || holds(&own.text, &e.text));
    let shared = others.any(same);
    let unfit = faults.iter().any(|fault| !["doubtful", "disagreement", "phone-private"].contains(&&*fault.code));
    if value.means != Means::Ocr || !shared && !unfit {
        return None;
    }
    let was_sure = value.confidence >= SURE;
    value.confidence = value.confidence.min(UNFIT);
    let message = format!("“{}”与另一栏读自图像上的同一处，请对照图像核对", spec.full_label(field));
    (shared && was_sure).then(|| Fault::of(&field.id, "doubtful", message))
}

fn settle_field(spec: &FormSpec, field: &Field, seen: &[Evidence]) -> Option<(FieldValue, Vec<Fault>)> {
    let mut read: Vec<(Checked, &Evidence)> = seen.iter().map(|e| (check(spec, field, &e.text), e)).collect();
    read.retain(|(checked, _)| !checked.value.is_empty());
    // Surest means first; among equals one that passes its checks, then the more confident.
    read.sort_by(|(a, x), (b, y)| {
        (x.means, a.doubts.len()).cmp(&(y.means, b.doubts.len())).then(y.confidence.total_cmp(&x.confidence))
    });
    let (checked, evidence) = read.first()?;
    let mut faults = checked.faults(&field.id);
    let alternatives = alternatives(&read);
    let contradict: Vec<&Alternative> = alternatives.iter().filter(|a| contradicts(a, evidence.means)).collect();
    if !contradict.is_empty() {
        faults.push(disagreement(spec, field, &checked.value, &contradict));
    } else if evidence.means == Means::Ocr && evidence.confidence < SURE {
        let message = format!("“{}”识别把握不大，请对照图像核对", spec.full_label(field));
        faults.push(Fault::of(&field.id, "doubtful", message));
    }
    let (at, disputed) = (evidence.at, evidence.means == Means::Ocr && !contradict.is_empty());
    let value = FieldValue {
        value: checked.value.clone(),
        means: evidence.means,
        confidence: if disputed { evidence.confidence.min(DISPUTED) } else { evidence.confidence },
        place: Some([at.left, at.top, at.right, at.bottom]),
        alternatives,
    };
    Some((value, faults))
}

/// A recognised value that the reviewer need not look at has at least this confidence (docs/reading.md has the figures).
pub const SURE: f32 = 0.95;

/// What does not fit its field was read wrong, taken from the wrong place, or written wrong: no better than a toss.
const UNFIT: f32 = 0.5;

/// Of two values recognised for one field one is wrong.
const DISPUTED: f32 = 0.5;

/// Whether another value speaks against the one that won: what was hardly recognised does not speak against a code or
/// typed text.
fn contradicts(other: &Alternative, winner: Means) -> bool {
    other.means != Means::Ocr || winner == Means::Ocr || other.confidence >= SURE
}

/// The other values. Recognition may take one dash, bracket or space for another, which is no other value.
fn alternatives(read: &[(Checked, &Evidence)]) -> Vec<Alternative> {
    let bare = |value: &str| value.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let mut known = vec![&read[0].0.value];
    let mut others = Vec::new();
    for (checked, evidence) in &read[1..] {
        let alike = |value: &&String| bare(value) == bare(&checked.value);
        let same = known.contains(&&checked.value) || evidence.means == Means::Ocr && known.iter().any(alike);
        if !same {
            known.push(&checked.value);
            let (means, confidence) = (evidence.means, evidence.confidence);
            others.push(Alternative { value: checked.value.clone(), means, confidence });
        }
    }
    others
}

fn disagreement(spec: &FormSpec, field: &Field, value: &str, others: &[&Alternative]) -> Fault {
    let label = spec.full_label(field);
    let all = others.iter().map(|a| format!("“{}”", a.value)).collect::<Vec<_>>().join("、");
    Fault::of(&field.id, "disagreement", format!("“{label}”读到不同的内容：“{value}”与{all}，请核对"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::labels::tests::registration;
    use crate::sheet::Rect;

    fn seen(text: &str, means: Means, confidence: f32) -> Evidence {
        Evidence { text: text.into(), means, confidence, at: Rect { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 } }
    }

    fn settled(field: &str, evidence: Vec<Evidence>) -> Settled {
        let spec = registration();
        let mut reading =
            Reading { form: spec.id.clone(), version: spec.version, row: None, evidence: Default::default() };
        for (id, text) in [("unit_name", "甲局"), ("officer_name", "示例甲")] {
            reading.evidence.insert(id.into(), vec![seen(text, Means::Typed, 1.0)]);
        }
        reading.evidence.insert(field.into(), evidence);
        let mut settled = settle(&spec, &reading);
        settled.fields.retain(|(id, _)| id == field);
        settled
    }

    #[test]
    fn equal_values_in_other_dress_agree() {
        let got =
            settled("officer_phone", vec![seen("8731721", Means::Ocr, 0.8), seen("0714-8731721", Means::Typed, 1.0)]);
        assert_eq!(got.fields[0].1.value, "0714-8731721");
        assert_eq!(got.fields[0].1.means, Means::Typed);
        assert!(got.faults.is_empty());
    }

    #[test]
    fn disagreement_keeps_both() {
        let got = settled("officer_name", vec![seen("示例丙", Means::Ocr, 0.99), seen("示例甲", Means::Qr, 1.0)]);
        assert_eq!(got.fields[0].1.value, "示例甲");
        assert_eq!(got.fields[0].1.alternatives[0].value, "示例丙");
        assert_eq!(got.faults[0].code, "disagreement");
    }

    #[test]
    fn of_two_recognised_values_neither_is_sure() {
        let got = settled("officer_name", vec![seen("示例丙", Means::Ocr, 0.99), seen("示例甲", Means::Ocr, 0.98)]);
        assert_eq!(got.faults[0].code, "disagreement");
        assert!(got.fields[0].1.confidence <= 0.5);
    }

    #[test]
    fn what_was_hardly_recognised_does_not_speak_against_a_code() {
        let weak = settled("officer_name", vec![seen("示例丙", Means::Ocr, 0.6), seen("示例甲", Means::Qr, 1.0)]);
        assert!(weak.faults.is_empty());
        assert_eq!(weak.fields[0].1.alternatives.len(), 1);
        let dash =
            settled("unit_address", vec![seen("城北路8-9号", Means::Qr, 1.0), seen("城北路8—9号", Means::Ocr, 1.0)]);
        assert!(dash.faults.is_empty() && dash.fields[0].1.alternatives.is_empty());
    }

    #[test]
    fn a_value_hardly_recognised_is_doubtful() {
        let got = settled("officer_name", vec![seen("示例丙", Means::Ocr, 0.6)]);
        assert_eq!(got.faults[0].code, "doubtful");
        assert!(settled("officer_name", vec![seen("示例丙", Means::Ocr, 0.99)]).faults.is_empty());
    }

    #[test]
    fn what_two_fields_took_from_one_place_is_sure_for_neither() {
        let spec = registration();
        let both = ["leader_name", "leader_post"].map(|id| (id.to_owned(), vec![seen("示例副局长", Means::Ocr, 0.99)]));
        let reading = Reading { form: spec.id.clone(), version: 1, row: None, evidence: both.into() };
        let got = settle(&spec, &reading);
        assert!(got.fields.iter().all(|(_, value)| value.confidence < SURE));
        assert_eq!(got.faults.iter().filter(|fault| fault.code == "doubtful").count(), 2);
    }

    #[test]
    fn a_value_that_does_not_fit_its_field_is_not_sure() {
        assert!(settled("officer_email", vec![seen("示例丙", Means::Ocr, 0.99)]).fields[0].1.confidence < SURE);
        assert_eq!(settled("officer_email", vec![seen("示例丙", Means::Typed, 1.0)]).fields[0].1.confidence, 1.0);
    }

    #[test]
    fn a_field_that_recognition_did_not_find_is_told() {
        let spec = registration();
        let told = |means| {
            let evidence = [("unit_name".to_owned(), vec![seen("甲局", means, 1.0)])].into();
            let got = settle(&spec, &Reading { form: spec.id.clone(), version: 1, row: None, evidence });
            got.faults.iter().any(|fault| fault.field.as_deref() == Some("officer_post"))
        };
        assert!(told(Means::Ocr) && !told(Means::Typed));
    }

    #[test]
    fn a_missing_required_value_is_a_fault_and_an_optional_one_is_not() {
        assert_eq!(settled("officer_name", vec![]).faults[0].code, "missing");
        assert!(settled("officer_email", vec![seen("  ", Means::Typed, 1.0)]).faults.is_empty());
    }
}
