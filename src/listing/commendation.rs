//! The public projection of a commendation (第九条): `content/commendations/<record>.yaml`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::refused;
use crate::form::FormSpec;
use crate::report::Diagnostic;
use crate::yaml::syntax_error;

/// What is public about one commendation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commendation {
    /// The assessment's record id.
    pub record: String,
    /// The unit's id.
    pub unit: String,
    /// The form of the assessment.
    pub form: String,
    /// Day of the announcement, `YYYY-MM-DD`.
    pub announced: String,
    /// Why the name may be published; absent means it may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// Public values by field id.
    pub columns: BTreeMap<String, String>,
}

/// Parses a commendation and checks it against the forms, so that a hand-edited file cannot leak.
pub fn parse(path: &str, text: &str, forms: &[FormSpec]) -> Result<Commendation, Vec<Diagnostic>> {
    let read: Commendation = serde_yaml::from_str(text).map_err(|e| vec![syntax_error(path, &e)])?;
    let faults = refused(&read.form, &read.columns, read.basis.as_deref(), forms);
    match faults.is_empty() {
        true => Ok(read),
        false => Err(faults.into_iter().map(|said| Diagnostic::of_file(path, said)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "id: a\nversion: 1\nletters: A\ntitle: 表\nroles: {unit: unit}\ninternal: true\nfields:\n- {id: unit, label: 单位, kind: text}\n- {id: who, label: 姓名, kind: name, column: {title: 专办员, needs_basis: true}}\n- {id: result, label: 结论, kind: text}\n";

    #[test]
    fn a_commendation_edited_into_a_leak_is_refused() {
        let forms = [crate::form::parse::parse("a.yaml", FORM).unwrap()];
        let text = |rest: &str| format!("record: r\nunit: u\nform: a\nannounced: 2023-12-01\n{rest}");
        let faults = |rest: &str| {
            let all = parse("c.yaml", &text(rest), &forms).map_or_else(|all| all, |_| Vec::new());
            all.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert!(faults("basis: 决定\ncolumns: {who: 示例甲}\n").is_empty());
        assert_eq!(faults("columns: {who: 示例甲}\n"), ["c.yaml: `who` needs a publication basis (`basis: …`)"]);
        assert_eq!(faults("columns: {result: 差}\n"), ["c.yaml: `result` is not a public field of form `a`"]);
    }
}
