//! How tall every row is: what it would like, what it needs, and what the page gives it.

use super::group_of;
use super::text::{MM_PER_POINT, PADDING, lines};
use crate::form::{Field, FormSpec, Kind};

/// An office's round seal is 42 mm across; the cell takes the whole of it.
const SEAL: f64 = 42.0;
/// Air above and below the text of a cell together.
pub(super) const AIR: f64 = 2.0;

/// How labels and values are set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    /// Size in points.
    pub size: f64,
    /// Distance of lines in points.
    pub leading: f64,
}

/// 四号, and 小四 for a form of so many fields that 四号 would not fit the page.
const TYPES: [Type; 2] = [Type { size: 14.0, leading: 20.0 }, Type { size: 12.0, leading: 17.0 }];

/// A row to be: a field, the inline fields under it, and how tall it is.
pub(super) struct Plan<'a> {
    /// The field that has the row.
    pub field: &'a Field,
    /// The fields inside its value's cell.
    pub inline: Vec<&'a Field>,
    /// The label of the group it stands in.
    pub group: Option<&'a str>,
    /// Whether the group's label begins here.
    pub opens_group: bool,
    /// Height in mm.
    pub height: f64,
    /// The height below which it cannot be written in.
    least: f64,
}

/// The rows of a form and the type they are set in, to fit `height` mm.
pub(super) fn plan<'a>(spec: &'a FormSpec, edges: &[f64], height: f64) -> (Type, Vec<Plan<'a>>) {
    let [large, small] = TYPES;
    let plans = plan_in(spec, edges, large);
    let fits = plans.iter().map(|plan| plan.least).sum::<f64>() <= height;
    let (kind, mut plans) = if fits { (large, plans) } else { (small, plan_in(spec, edges, small)) };
    fit(&mut plans, height);
    (kind, plans)
}

/// The first row and those that follow it in the same group.
pub(super) fn run<'a, 'b>(plans: &'b [Plan<'a>]) -> &'b [Plan<'a>] {
    let more = plans.iter().skip(1).take_while(|plan| plan.group.is_some() && !plan.opens_group).count();
    &plans[..plans.len().min(1 + more)]
}

fn plan_in<'a>(spec: &'a FormSpec, edges: &[f64], kind: Type) -> Vec<Plan<'a>> {
    let mut plans = gather(spec);
    for plan in &mut plans {
        let label_left = if plan.group.is_some() { edges[1] } else { edges[0] };
        let label = text_height(&plan.field.label, edges[edges.len() - 2] - label_left, kind);
        let fields = || std::iter::once(plan.field).chain(plan.inline.iter().copied());
        let seal = if fields().any(|field| is_sealed(spec, field)) { SEAL } else { 0.0 };
        let (want, least) =
            fields().map(|field| room(field.kind, kind)).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
        plan.least = least.max(label).max(seal);
        plan.height = want.max(plan.least);
    }
    for at in 0..plans.len() {
        widen_group(&mut plans[at..], edges, kind);
    }
    plans
}

/// The form's fields as rows, in order. An inline field that has no field of its own group before it is a row.
fn gather(spec: &FormSpec) -> Vec<Plan<'_>> {
    let mut plans: Vec<Plan<'_>> = Vec::new();
    for field in &spec.fields {
        let group = group_of(spec, field);
        match plans.last_mut() {
            Some(above) if field.inline && above.field.group == field.group => above.inline.push(field),
            above => {
                let opens_group = group.is_some() && above.is_none_or(|above| above.field.group != field.group);
                plans.push(Plan { field, inline: Vec::new(), group, opens_group, height: 0.0, least: 0.0 });
            }
        }
    }
    plans
}

/// What a value would like and what it needs, in mm.
fn room(kind: Kind, set: Type) -> (f64, f64) {
    let line = set.leading * MM_PER_POINT + AIR;
    match kind {
        Kind::Text | Kind::Name | Kind::Date | Kind::Phone | Kind::Mobile | Kind::Email | Kind::Code => (13.0, line),
        Kind::Signature => (30.0, 20.0),
        Kind::Note => (40.0, line * 3.0),
    }
}

/// The unit's own cell takes its seal, and so does every cell whose label asks for one.
fn is_sealed(spec: &FormSpec, field: &Field) -> bool {
    field.id == spec.roles.unit || field.label.contains('章')
}

fn text_height(text: &str, width: f64, set: Type) -> f64 {
    lines(text, width - 2.0 * PADDING, set.size) as f64 * set.leading * MM_PER_POINT + AIR
}

/// A group of few rows still has room for its label.
fn widen_group(plans: &mut [Plan<'_>], edges: &[f64], set: Type) {
    let Some(label) = plans.first().filter(|plan| plan.opens_group).and_then(|plan| plan.group) else { return };
    let count = run(plans).len();
    let needed = text_height(label, edges[1] - edges[0], set) / count as f64;
    for plan in &mut plans[..count] {
        plan.least = plan.least.max(needed);
        plan.height = plan.height.max(needed);
    }
}

/// Takes from every row the same part of what it can spare; a form too long for a page even so is squeezed.
fn fit(plans: &mut [Plan<'_>], height: f64) {
    let wanted: f64 = plans.iter().map(|plan| plan.height).sum();
    let least: f64 = plans.iter().map(|plan| plan.least).sum();
    if wanted <= height {
        return;
    }
    let kept = ((height - least) / (wanted - least).max(f64::EPSILON)).max(0.0);
    let squeeze = (height / least).min(1.0);
    for plan in plans {
        plan.height = (plan.least + kept * (plan.height - plan.least)) * squeeze;
    }
}
