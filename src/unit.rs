//! The units of the county: the tree in `content/units.yaml`, and which of them a name on a form means.

pub mod search;

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

use crate::report::{Diagnostic, Place, Said};
use crate::said;
use crate::yaml::{self, Decoder, Node};

/// A heading of the directory: 乡镇, 市政府各部门.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// The category's id.
    pub id: String,
    /// The heading.
    pub name: String,
}

/// A purchasing unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The id, `[a-z0-9-]+`; part of the unit page's address.
    pub id: String,
    /// The full official name.
    pub name: String,
    /// The category's id.
    pub category: String,
    /// Other names it goes by.
    pub aliases: Vec<String>,
    /// The level-1 unit that answers for it, by id.
    pub parent: Option<String>,
    /// Its social credit or organisation code.
    pub code: Option<String>,
    /// The unit's own public mailbox.
    pub mailbox: Option<String>,
}

/// All units in official order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Units {
    /// The categories in official order.
    pub categories: Vec<Category>,
    /// The units in official order.
    pub list: Vec<Unit>,
}

/// How well a name or code on a form fits a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitMatch {
    /// The unit's id.
    pub id: String,
    /// 0 (nothing alike) to 1 (the same name, alias or code).
    pub score: f64,
}

/// Below this a unit is not proposed: half of the characters differ.
const PROPOSED: f64 = 0.6;
/// From this on a unit is taken without a person's choice.
pub const CERTAIN: f64 = 0.9;

impl Units {
    /// A unit by id.
    pub fn get(&self, id: &str) -> Option<&Unit> {
        self.list.iter().find(|unit| unit.id == id)
    }

    /// The level-2 units of a unit, in official order.
    pub fn children<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Unit> {
        self.list.iter().filter(move |unit| unit.parent.as_deref() == Some(id))
    }

    /// The units that a name and code on a form may mean, best first, at most three.
    ///
    /// The same name or alias scores 1. A name that agrees with the unit's code is certain; a name alone is scored by
    /// Jaro-Winkler similarity, which weighs the beginning, so it is taken over the distinctive part of both names.
    pub fn matches(&self, name: &str, code: &str) -> Vec<UnitMatch> {
        let (name, code) = (folded(name), plain_code(code));
        let mut all: Vec<UnitMatch> = self
            .list
            .iter()
            .map(|unit| UnitMatch { id: unit.id.clone(), score: score(unit, &name, &code) })
            .filter(|m| m.score >= PROPOSED)
            .collect();
        all.sort_by(|a, b| b.score.total_cmp(&a.score));
        all.truncate(3);
        all
    }
}

fn score(unit: &Unit, name: &str, code: &str) -> f64 {
    let by_code = !code.is_empty() && unit.code.as_deref().is_some_and(|own| same_code(&plain_code(own), code));
    let names = std::iter::once(&unit.name).chain(&unit.aliases).map(|n| folded(n));
    let by_name = names.map(|own| similarity(&own, name)).fold(0.0, f64::max);
    if by_code { by_name.max(CERTAIN) } else { by_name }
}

fn similarity(own: &str, name: &str) -> f64 {
    if own == name {
        return 1.0;
    }
    // Two names that differ are never certain by likeness alone: 东岳路 and 东风路 differ by one character.
    strsim::normalized_damerau_levenshtein(own, name).min(CERTAIN - 0.01)
}

/// Names compared without width, spaces, brackets and the county's name in front, which every unit shares.
fn folded(name: &str) -> String {
    let kept: String = name.nfkc().filter(|c| c.is_alphanumeric()).collect();
    ["湖北省", "黄石市", "大冶市", "大治市", "市人民政府", "人民政府"].iter().fold(kept, |rest, prefix| {
        match rest.strip_prefix(prefix) {
            Some(short) if short.chars().count() >= 2 => short.to_owned(),
            _ => rest,
        }
    })
}

fn plain_code(code: &str) -> String {
    code.nfkc().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect()
}

/// An organisation code (9) equals positions 9–17 of a social credit code (18), GB 32100-2015.
fn same_code(a: &str, b: &str) -> bool {
    let core = |code: &str| if code.len() == 18 { code[8..17].to_owned() } else { code.to_owned() };
    a == b || (a.len() != b.len() && core(a) == core(b))
}

/// Parses `content/units.yaml`, every fault at once.
pub fn parse(path: &str, text: &str) -> Result<Units, Vec<Diagnostic>> {
    let node = yaml::parse(path, text).map_err(|d| vec![d])?;
    let mut d = Decoder::new(path);
    let e = d.entries(&node, &["categories", "units"]);
    let categories: Vec<Category> = d.list(e.get("categories")).iter().filter_map(|n| category(&mut d, n)).collect();
    let nodes = d.list(e.get("units"));
    let placed: Vec<(Place, Unit)> = nodes.iter().filter_map(|n| Some((n.at, unit(&mut d, n)?))).collect();
    check_references(&mut d, &categories, &placed);
    let list = placed.into_iter().map(|(_, unit)| unit).collect();
    d.finish(Some(Units { categories, list }))
}

fn category(d: &mut Decoder, node: &Node) -> Option<Category> {
    let e = d.entries(node, &["id", "name"]);
    let (id, name) = (d.required(&e, "id"), d.required(&e, "name"));
    Some(Category { id: id?, name: name? })
}

fn unit(d: &mut Decoder, node: &Node) -> Option<Unit> {
    let e = d.entries(node, &["id", "name", "category", "aliases", "parent", "code", "mailbox"]);
    let id = d.parsed(&e, "id", address_part);
    if e.get("id").is_none() {
        d.required(&e, "id");
    }
    let (name, category) = (d.required(&e, "name"), d.required(&e, "category"));
    Some(Unit {
        aliases: d.texts(e.get("aliases")),
        parent: d.text(&e, "parent"),
        code: d.text(&e, "code"),
        mailbox: d.text(&e, "mailbox"),
        id: id?,
        name: name?,
        category: category?,
    })
}

fn address_part(text: &str) -> Result<String, Said> {
    let good = !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    good.then(|| text.to_owned()).ok_or_else(|| {
        said!("unit id `{text}` may hold only a-z, 0-9 and `-`", "单位标识 `{text}` 只能含 a-z、0-9 和 -")
    })
}

fn check_references(d: &mut Decoder, categories: &[Category], units: &[(Place, Unit)]) {
    let category_ids: BTreeSet<&str> = categories.iter().map(|c| c.id.as_str()).collect();
    let parents: BTreeMap<&str, Option<&str>> =
        units.iter().map(|(_, u)| (u.id.as_str(), u.parent.as_deref())).collect();
    let mut first: BTreeMap<&str, Place> = BTreeMap::new();
    for (at, unit) in units {
        let Unit { id, category, .. } = unit;
        if let Some(Place { line, .. }) = first.get(id.as_str()) {
            d.fault(
                *at,
                said!("unit id `{id}` is already used in line {line}", "单位标识 `{id}` 已在第 {line} 行使用"),
            );
        }
        first.entry(id).or_insert(*at);
        if !category_ids.contains(category.as_str()) {
            d.fault(*at, said!("unit `{id}`: unknown category `{category}`", "单位 `{id}`：未定义的类别 `{category}`"));
        }
        check_parent(d, *at, unit, &parents);
    }
}

fn check_parent(d: &mut Decoder, at: Place, unit: &Unit, parents: &BTreeMap<&str, Option<&str>>) {
    let id = &unit.id;
    let mut next = unit.parent.as_deref();
    // A walk longer than the number of units can only be a circle.
    for _ in 0..=parents.len() {
        let Some(parent) = next else { return };
        let Some(above) = parents.get(parent) else {
            d.fault(at, said!("unit `{id}`: unknown parent `{parent}`", "单位 `{id}`：未定义的上级单位 `{parent}`"));
            return;
        };
        next = *above;
    }
    d.fault(at, said!("unit `{id}`: its parents form a circle", "单位 `{id}`：上级关系成环"));
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNITS: &str = "\
categories: [{id: bumen, name: 市政府各部门}, {id: jiedao, name: 街道}]
units:
  - {id: jyj, name: 大冶市教育局, category: bumen, aliases: [教育局], code: 11420281T0000001XM}
  - {id: sy, name: 大冶市实验小学, category: bumen, parent: jyj}
  - {id: dyl, name: 大冶市东岳路街道办事处, category: jiedao, aliases: [大冶市人民政府东岳路街道办事处]}
  - {id: dfl, name: 大冶市东风路街道办事处, category: jiedao}
";

    fn units() -> Units {
        parse("units.yaml", UNITS).unwrap()
    }

    #[test]
    fn names_and_aliases_match_exactly() {
        for (name, id) in [
            ("大冶市教育局", "jyj"),
            (" 教育局 ", "jyj"),
            ("大治市教育局", "jyj"),
            ("大冶市人民政府东岳路街道办事处", "dyl"),
        ] {
            assert_eq!(units().matches(name, "")[0], UnitMatch { id: id.into(), score: 1.0 }, "{name}");
        }
    }

    #[test]
    fn likeness_alone_is_never_certain() {
        let found = units().matches("大冶市东岳路街道", "");
        assert_eq!(found[0].id, "dyl");
        assert!(found.iter().all(|m| m.score < CERTAIN));
        assert!(units().matches("武汉大学", "").is_empty());
    }

    #[test]
    fn a_code_of_either_kind_settles_the_unit() {
        for code in ["11420281T0000001XM", "T0000001-X"] {
            assert_eq!(units().matches("市教育局机关", code)[0].id, "jyj");
            assert!(units().matches("市教育局机关", code)[0].score >= CERTAIN);
        }
    }

    #[test]
    fn wrong_references_are_located() {
        let broken = UNITS.replace("id: sy", "id: jyj").replace("parent: jyj", "parent: xxx").replacen(
            "bumen, aliases",
            "bumem, aliases",
            1,
        );
        let faults: Vec<_> = parse("units.yaml", &broken).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(
            faults,
            [
                "units.yaml:3:5: unit `jyj`: unknown category `bumem`",
                "units.yaml:4:5: unit id `jyj` is already used in line 3",
                "units.yaml:4:5: unit `jyj`: unknown parent `xxx`"
            ]
        );
    }

    #[test]
    fn a_circle_of_parents_is_a_fault() {
        let broken = UNITS.replace("aliases: [教育局]", "parent: sy");
        let faults = parse("units.yaml", &broken).unwrap_err();
        assert!(faults[0].message.en.contains("form a circle"));
    }
}
