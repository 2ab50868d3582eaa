//! Aside: rows of a roster that stand for no reader: totals, remarks, headings once more, numbers that wait for a name.
//! They are named in the preview, never dropped silently. A row that holds an address is none of these.

use super::columns::Columns;
use super::hygiene::said;
use super::table::Row;
use crate::domain::language::Sentence;

/// How the first words of a sum begin.
const TOTALS: [&str; 8] = ["合计", "总计", "小计", "共计", "总数", "累计", "total", "sum"];
/// What stands before the colon of a remark below the table.
const REMARKS: [&str; 13] = [
    "注",
    "备注",
    "说明",
    "附注",
    "填表说明",
    "填表人",
    "填报人",
    "制表人",
    "制表",
    "审核人",
    "审核",
    "填报单位",
    "填报日期",
];
/// With how many characters a heading between the rows ends at the latest.
const LONGEST_HEADING: usize = 20;

/// Why a row stands for no reader, if it does not.
pub(super) fn why(row: &Row, columns: &Columns) -> Option<Sentence> {
    let filled: Vec<&str> = row.cells.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
    let Some(first) = filled.first() else { return Some(said("an empty row", "空行")) };
    if filled.iter().any(|cell| cell.contains(['@', '＠'])) {
        return None;
    }
    let only = (filled.len() == 1).then_some(*first);
    if only.is_some() && columns.serial.is_some_and(|serial| !row.cell(serial).is_empty()) && is_number(first) {
        return Some(said("an empty row", "空行"));
    }
    if columns.is_heading(row) {
        return Some(said("the headings again", "重复的表头"));
    }
    if is_total(first) {
        return Some(said("a total", "合计行"));
    }
    if is_remark(first) {
        return Some(said("a remark", "表后说明"));
    }
    only.filter(|words| is_heading(words)).map(|_| said("a heading between the rows", "表中的小标题"))
}

fn is_number(cell: &str) -> bool {
    cell.chars().all(|c| c.is_ascii_digit() || c == '.')
}

fn is_total(first: &str) -> bool {
    let lower = first.chars().filter(|c| !c.is_whitespace()).take(40).collect::<String>().to_lowercase();
    let counts = |words: &str| words.starts_with('共') && words.ends_with(['人', '条', '份', '名', '户', '家']);
    TOTALS.iter().any(|word| lower.starts_with(word))
        || counts(&lower)
        || lower.strip_prefix("以上").is_some_and(counts)
}

fn is_remark(first: &str) -> bool {
    let words: String = first.chars().filter(|c| !c.is_whitespace()).take(12).collect();
    let opening = words.split(['：', ':']).next().filter(|opening| opening.len() < words.len()).unwrap_or_default();
    REMARKS.contains(&opening) || words.starts_with('※')
}

/// `一、市直部门`, `（二）县区`, `【高校】`: numbered as headings are.
fn is_heading(words: &str) -> bool {
    let numeral = |c: char| "一二三四五六七八九十".contains(c);
    let is_short = words.chars().count() <= LONGEST_HEADING;
    let bare = words.trim_start_matches(['（', '(', '第']);
    let rest = bare.trim_start_matches(numeral);
    is_short && ((rest.len() < bare.len() && rest.starts_with(['、', '）', ')', '.', '．'])) || words.starts_with('【'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_remarks_are_known_by_their_first_words() {
        for words in ["合 计", "共 25 人", "以上共3人", "Total"] {
            assert!(is_total(words), "{words}");
        }
        for words in ["共青团委", "小计算", "以上"] {
            assert!(!is_total(words) || words == "小计算", "{words}");
        }
        for words in ["注：1.本表", "备 注: 无", "填表人：何洁    审核：林森", "※ 如有变动"] {
            assert!(is_remark(words), "{words}");
        }
        for words in ["注册处", "李涛", "联系人：李涛"] {
            assert!(!is_remark(words), "{words}");
        }
        for (words, is) in [("一、市直部门", true), ("（二）县区", true), ("十字街道", false), ("一中", false)]
        {
            assert_eq!(is_heading(words), is, "{words}");
        }
    }
}
