//! Columns: what each column of a roster holds, by the synonyms in its headings (INTAKE §5), in any
//! order and within the first ten rows; without headings, by where the addresses stand.

use super::table::Row;
use crate::domain::subscriber::Person;

/// How far down the headings are looked for, in rows.
const DEPTH: usize = 10;
/// How many rows are looked at to find addresses.
const SAMPLE: usize = 1000;

/// A field of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    Organisation,
    Department,
    Position,
    Phone,
    Region,
    Category,
    Remark,
}

/// Where things stand in a roster.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Columns {
    /// The column of addresses.
    pub(super) address: usize,
    /// The other known columns.
    pub(super) fields: Vec<(usize, Field)>,
    /// The column of serial numbers.
    pub(super) serial: Option<usize>,
    /// The first row below the headings.
    pub(super) first_row: usize,
    headings: Vec<String>,
}

impl Columns {
    /// Finds the columns; none if no column holds an address.
    pub(super) fn find(rows: &[Row]) -> Option<Self> {
        let heading = rows.iter().take(DEPTH).position(is_headings);
        let is_second = |at: usize| rows.get(at + 1).is_some_and(|lower| parts(&rows[at], lower));
        let (first_row, headings) = match heading {
            Some(at) if is_second(at) => (at + 2, both(&rows[at], &rows[at + 1])),
            Some(at) => (at + 1, rows[at].cells.clone()),
            None => (0, Vec::new()),
        };
        let below = &rows[first_row..];
        let named = headings.iter().position(|cell| is_address_heading(cell)).filter(|at| addresses(below, *at) > 0);
        let address = named.or_else(|| fullest(below))?;
        let mut fields: Vec<(usize, Field)> = Vec::new();
        for (at, field) in headings.iter().enumerate().filter_map(|(at, cell)| Some((at, field(cell)?))) {
            if at != address && !fields.iter().any(|(_, known)| *known == field) {
                fields.push((at, field));
            }
        }
        if heading.is_none() {
            fields.extend(names(below, address).map(|at| (at, Field::Name)));
        }
        let serial = headings.iter().position(|cell| is_serial(cell));
        Some(Self { address, fields, serial, first_row, headings })
    }

    /// Whether a row repeats the headings.
    pub(super) fn is_heading(&self, row: &Row) -> bool {
        !self.headings.is_empty() && row.cells == self.headings
    }
}

impl Field {
    /// The field itself.
    pub(super) fn of(self, person: &mut Person) -> &mut Option<String> {
        match self {
            Self::Name => &mut person.name,
            Self::Organisation => &mut person.organisation,
            Self::Department => &mut person.department,
            Self::Position => &mut person.position,
            Self::Phone => &mut person.phone,
            Self::Region => &mut person.region,
            Self::Category => &mut person.category,
            Self::Remark => &mut person.remark,
        }
    }
}

/// Whether a row is headings: it names the addresses, or two fields, and holds no address itself.
fn is_headings(row: &Row) -> bool {
    let no_address = !row.cells.iter().any(|cell| cell.contains(['@', '＠']));
    let known = row.cells.iter().filter(|cell| field(cell).is_some()).count();
    no_address && (row.cells.iter().any(|cell| is_address_heading(cell)) || known >= 2)
}

/// Whether the row below the headings parts one of them (联系方式: 手机, 邮箱). What it does not say again are headings.
fn parts(upper: &Row, lower: &Row) -> bool {
    let is_heading = |cell: &str| is_address_heading(cell) || field(cell).is_some() || is_serial(cell);
    let mut own = (0..).zip(&lower.cells).filter(|(at, cell)| !cell.is_empty() && *cell != upper.cell(*at)).peekable();
    own.peek().is_some() && own.all(|(_, cell)| is_heading(cell))
}

/// Two rows of headings as one: the lower word says more.
fn both(upper: &Row, lower: &Row) -> Vec<String> {
    let cell = |at| Some(lower.cell(at)).filter(|cell| !cell.is_empty()).unwrap_or(upper.cell(at)).to_owned();
    (0..upper.cells.len().max(lower.cells.len())).map(cell).collect()
}

fn is_serial(cell: &str) -> bool {
    matches!(bare(cell).as_str(), "序号" | "编号" | "序" | "no." | "no" | "#" | "number")
}

fn bare(cell: &str) -> String {
    let cell: String = cell.chars().take(24).filter(|c| !c.is_whitespace()).collect();
    let cell = cell.split(['（', '(', '/', '、']).next().unwrap_or_default();
    cell.trim_matches(['*', '：', ':', '＊']).to_lowercase()
}

fn is_address_heading(cell: &str) -> bool {
    matches!(
        bare(cell).as_str(),
        "邮箱"
            | "电子邮箱"
            | "邮箱地址"
            | "电子邮箱地址"
            | "电子邮件"
            | "邮件地址"
            | "电子邮件地址"
            | "工作邮箱"
            | "联系邮箱"
            | "电子信箱"
            | "信箱"
            | "邮件"
            | "电邮"
            | "email地址"
            | "e-mail地址"
            | "e-mail"
            | "email"
            | "mail"
            | "emailaddress"
            | "e-mailaddress"
            | "address"
    )
}

fn field(cell: &str) -> Option<Field> {
    Some(match bare(cell).as_str() {
        "姓名" | "名字" | "联系人" | "联络员" | "收件人" | "name" | "fullname" => Field::Name,
        "单位" | "工作单位" | "所在单位" | "单位名称" | "企业名称" | "机构" | "公司" | "organisation"
        | "organization" | "company" => Field::Organisation,
        "部门" | "所在部门" | "科室" | "处室" | "department" => Field::Department,
        "职务" | "职称" | "职位" | "position" | "title" => Field::Position,
        "手机" | "电话" | "手机号" | "手机号码" | "联系电话" | "电话号码" | "联系方式" | "phone" | "mobile" | "tel" => {
            Field::Phone
        }
        "地区" | "区县" | "县区" | "县" | "市县" | "所在地" | "所在地区" | "region" => Field::Region,
        "分组" | "类别" | "标签" | "组别" | "category" | "group" | "tag" => Field::Category,
        "备注" | "说明" | "remark" | "remarks" | "note" | "notes" => Field::Remark,
        _ => return None,
    })
}

fn addresses(rows: &[Row], column: usize) -> usize {
    rows.iter().take(SAMPLE).filter(|row| row.cell(column).contains(['@', '＠'])).count()
}

/// The column that holds the most addresses.
fn fullest(rows: &[Row]) -> Option<usize> {
    let width = rows.iter().take(SAMPLE).map(|row| row.cells.len()).max()?.min(200);
    let best = (0..width).map(|at| (addresses(rows, at), at)).rev().max_by_key(|(count, _)| *count)?;
    (best.0 > 0).then_some(best.1)
}

/// The column that holds mostly Han names of two to four characters.
fn names(rows: &[Row], address: usize) -> Option<usize> {
    let is_name = |cell: &str| {
        (2..=4).contains(&cell.chars().count()) && cell.chars().all(|c| matches!(c, '\u{4e00}'..='\u{9fff}'))
    };
    let sample = &rows[..rows.len().min(SAMPLE)];
    let width = sample.iter().map(|row| row.cells.len()).max()?.min(200);
    let count = |at: usize| sample.iter().filter(|row| is_name(row.cell(at))).count();
    (0..width).filter(|at| *at != address).find(|at| count(*at) * 2 > sample.len())
}
