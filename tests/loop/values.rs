//! Made-up values for every form, whatever its fields.

use std::collections::BTreeMap;

use zhuanban::form::{Field, FormSpec, Kind, Values};

/// Sets of values by kind; each covers what another leaves out.
pub struct Set {
    text: &'static [&'static str],
    name: &'static [&'static str],
    date: &'static str,
    phone: &'static [&'static str],
    mobile: &'static str,
    email: &'static str,
    code: &'static str,
    note: &'static str,
    /// Whether fields that are not required stay empty.
    sparse: bool,
}

pub const PLAIN: Set = Set {
    text: &["大冶市教育局", "大冶市示例大道1号", "财务科科长", "副局长"],
    name: &["示例甲", "示例乙"],
    date: "2023-07-10",
    phone: &["0714-5550101", "0714-5550102"],
    mobile: "19400000001",
    email: "shili.jia@example.com",
    code: "11420281T0000001XM",
    note: "同意",
    sparse: false,
};

pub const LONG: Set = Set {
    text: &[
        "大冶市人民政府东岳路街道办事处",
        "湖北省黄石市大冶市东岳路街道示例大道与示例二路交叉口往东约300米示例政务服务中心综合楼A座12层1203室（原示例大厦）",
        "党政办（财务）副主任、四级主任科员",
        "党工委委员、办事处副主任",
    ],
    name: &["示例·阿卜杜拉", "欧阳示例"],
    date: "2023-12-31",
    phone: &["0714-5550101转8001", "19400000009"],
    mobile: "19400000002",
    email: "dong-yue_lu.shili+2023@mail.example.com",
    code: "T0000001X",
    note: "同意报送，请按期办理备案手续。",
    sparse: false,
};

/// Another unit's, with nothing more than must be.
pub const SPARSE: Set =
    Set { text: &["大冶市示例学校", "2023年度", "合格"], name: &["示例丙"], sparse: true, ..PLAIN };

/// What fits the codes of the fill-in page, with lines and characters that could break them.
pub const PRINTED: Set = Set {
    text: &["大冶市人民政府东岳路街道办事处", "示例大道|8号“综合楼”A座—3楼", "党政办（财务）副主任", "办事处副主任"],
    note: "一、同意报送。\n二、请按期办理。",
    ..LONG
};

impl Set {
    /// Values for a form's fields, each in its normal form; fields of one kind take turns.
    pub fn values(&self, spec: &FormSpec) -> Values {
        let mut turns: BTreeMap<String, usize> = BTreeMap::new();
        let wanted = spec.written().filter(|field| field.required || !self.sparse);
        wanted
            .map(|field| {
                let turn = turns.entry(format!("{:?}", field.kind)).or_default();
                *turn += 1;
                (field.id.clone(), self.value(field, *turn - 1).to_owned())
            })
            .collect()
    }

    fn value(&self, field: &Field, turn: usize) -> &'static str {
        let of = |all: &'static [&'static str]| all[turn % all.len()];
        match field.kind {
            Kind::Text => of(self.text),
            Kind::Name => of(self.name),
            Kind::Date => self.date,
            Kind::Phone => of(self.phone),
            Kind::Mobile => self.mobile,
            Kind::Email => self.email,
            Kind::Code => self.code,
            Kind::Note => self.note,
            Kind::Signature => "",
        }
    }
}
