//! The standing of all units as text for a terminal, in columns: a Chinese character is two columns wide.

use unicode_width::UnicodeWidthStr;

use super::standing::{Counts, Group, Standing, State, UnitStanding};

/// Columns between two columns of a table.
const GAP: &str = "  ";

/// The report.
pub fn text(standing: &Standing) -> String {
    let mut out = vec![head(standing), String::new()];
    out.extend(table("类别", &standing.categories, Some(&standing.total)));
    if !standing.parents.is_empty() {
        out.push(String::new());
        out.extend(table("一级单位（含所属二级单位）", &standing.parents, None));
    }
    let missing = if standing.overdue { "未报送（已过截止日期）" } else { "未报送" };
    let state = |wanted: State| move |unit: &&UnitStanding| unit.state == wanted;
    out.extend(list(standing, missing, state(State::Missing)));
    out.extend(list(standing, "待审核", state(State::Waiting)));
    out.extend(list(standing, "需要留意", |unit| unit.state == State::Registered && !unit.notes().is_empty()));
    if !standing.unplaced.is_empty() {
        out.extend([String::new(), format!("尚未确定单位的待审核记录（{}条）", standing.unplaced.len())]);
        out.extend(standing.unplaced.iter().map(|id| format!("{GAP}{id}")));
    }
    out.join("\n")
}

fn head(standing: &Standing) -> String {
    let until = standing.deadline.as_ref().map(|day| format!("，报送截止{day}")).unwrap_or_default();
    format!("政府采购专办员登记情况（{}{until}）", standing.today)
}

fn table(first: &str, groups: &[Group], total: Option<&Counts>) -> Vec<String> {
    let line = |name: &str, counts: &Counts| {
        std::iter::once(name.to_owned()).chain(counts.values().map(|n| n.to_string())).collect::<Vec<_>>()
    };
    let headings = std::iter::once(first).chain(Counts::HEADINGS).map(str::to_owned).collect();
    let rows = groups.iter().map(|group| line(&group.name, &group.counts));
    let last = total.map(|counts| line("合计", counts));
    aligned(std::iter::once(headings).chain(rows).chain(last).collect())
}

/// Units with something in common, each with its level-1 unit and what there is to say of it.
fn list(standing: &Standing, title: &str, wanted: impl Fn(&&UnitStanding) -> bool) -> Vec<String> {
    let found: Vec<&UnitStanding> = standing.units.iter().filter(wanted).collect();
    if found.is_empty() {
        return Vec::new();
    }
    let name = |id: &String| standing.units.iter().find(|unit| &unit.id == id).map_or("", |unit| unit.name.as_str());
    let row = |unit: &&UnitStanding| {
        let parent = unit.parent.as_ref().map(|id| format!("由{}负责", name(id)));
        let notes = parent.into_iter().chain(unit.waiting.iter().cloned()).chain(unit.notes());
        vec![format!("{GAP}{}", unit.name), notes.collect::<Vec<_>>().join("；")]
    };
    let mut lines = vec![String::new(), format!("{title}（{}个）", found.len())];
    lines.extend(aligned(found.iter().map(row).collect()));
    lines
}

/// Rows with their columns one below the other: the first to the left, numbers to the right.
fn aligned(rows: Vec<Vec<String>>) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width =
        |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| {
            let blank = " ".repeat(width.saturating_sub(cell.width()));
            if at > 0 && columns > 2 { format!("{blank}{cell}") } else { format!("{cell}{blank}") }
        });
        cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_where_characters_are_two_wide() {
        let rows = [["类别", "数", "x"], ["市政府各部门", "14", "y"], ["abc", "7", "z"]];
        let lines = aligned(rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect());
        assert_eq!(lines, ["类别          数  x", "市政府各部门  14  y", "abc            7  z"]);
        let widths: Vec<usize> = lines.iter().map(|line| line.width()).collect();
        assert_eq!(widths, [19, 19, 19]);
    }
}
