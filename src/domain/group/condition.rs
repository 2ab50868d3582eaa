//! Condition: one thing that a rule asks of a reader, and its opposite. It is read from three pieces, a field, a
//! relation and a value, as a form or the command line gives them, and written as the same three.

use super::Facts;
use crate::domain::address::lane_of;
use crate::domain::han::narrowed;
use crate::domain::language::{Language, Sentence};
use crate::domain::publication::Slug;
use crate::domain::subscriber::Stands;
use chrono::NaiveDate;

/// The most characters of a value.
const LONGEST: usize = 100;

/// What is asked of a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What must be so.
    pub test: Test,
    /// Or must not.
    pub is_not: bool,
}

/// Something that is so of a reader, or is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// A text is exactly this; an address in any case of letters.
    Is(Text, String),
    /// A text has this in it, in any case of Latin letters.
    Contains(Text, String),
    /// A text is not there.
    IsEmpty(Text),
    /// Their letters go to this provider.
    Provider(String),
    /// They are on this list of the publication, and have not left it.
    On(Slug),
    /// They stand so with the publication.
    Stands(Stands),
    /// They became known on this day or later.
    KnownFrom(NaiveDate),
}

/// A text that is known of a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Text {
    /// 姓名.
    Name,
    /// 单位.
    Organisation,
    /// 部门.
    Department,
    /// 职务.
    Position,
    /// 地区.
    Region,
    /// 分组.
    Category,
    /// 备注.
    Remark,
    /// 邮箱.
    Address,
}

/// What a condition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// A text.
    Text(Text),
    /// The provider behind the address.
    Provider,
    /// The lists that they are on.
    List,
    /// How they stand.
    State,
    /// The day on which they became known.
    Known,
}

/// How a field is to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// Exactly this.
    Is,
    /// Not exactly this.
    IsNot,
    /// This is in it.
    Contains,
    /// This is not in it.
    Lacks,
    /// Nothing is there.
    Empty,
    /// Something is there.
    Filled,
    /// That day or later.
    From,
    /// Before that day.
    Before,
}

impl Field {
    /// All of them, in the order of forms.
    pub const ALL: [Self; 12] = [
        Self::Text(Text::Organisation),
        Self::Text(Text::Department),
        Self::Text(Text::Position),
        Self::Text(Text::Region),
        Self::Text(Text::Category),
        Self::Text(Text::Name),
        Self::Text(Text::Address),
        Self::Text(Text::Remark),
        Self::Provider,
        Self::List,
        Self::State,
        Self::Known,
    ];

    /// The word on the command line and in forms, and the Chinese one.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Text(Text::Name) => ("name", "姓名"),
            Self::Text(Text::Organisation) => ("organisation", "单位"),
            Self::Text(Text::Department) => ("department", "部门"),
            Self::Text(Text::Position) => ("position", "职务"),
            Self::Text(Text::Region) => ("region", "地区"),
            Self::Text(Text::Category) => ("category", "分组"),
            Self::Text(Text::Remark) => ("remark", "备注"),
            Self::Text(Text::Address) => ("address", "邮箱"),
            Self::Provider => ("provider", "邮箱服务商"),
            Self::List => ("list", "名单"),
            Self::State => ("state", "状态"),
            Self::Known => ("known", "登记日期"),
        }
    }

    /// The word on the command line and in forms.
    pub fn word(self) -> &'static str {
        self.words().0
    }

    /// What a page calls it.
    pub fn called(self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.words().1,
            // As the pages of readers call it.
            Language::English if self == Self::Text(Text::Organisation) => "unit",
            Language::English => self.words().0,
        }
    }

    /// The one with this word, in either language.
    pub fn from_word(word: &str) -> Option<Self> {
        let is_it = |one: &Self| [one.words().0, one.words().1, one.called(Language::English)].contains(&word);
        Self::ALL.into_iter().find(is_it)
    }
}

impl Relation {
    /// All of them, in the order of forms.
    pub const ALL: [Self; 8] =
        [Self::Contains, Self::Lacks, Self::Is, Self::IsNot, Self::Empty, Self::Filled, Self::From, Self::Before];

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Is => ("is", "是"),
            Self::IsNot => ("is-not", "不是"),
            Self::Contains => ("contains", "包含"),
            Self::Lacks => ("lacks", "不包含"),
            Self::Empty => ("empty", "未填"),
            Self::Filled => ("filled", "已填"),
            Self::From => ("from", "不早于"),
            Self::Before => ("before", "早于"),
        }
    }

    /// The word on the command line and in forms.
    pub fn word(self) -> &'static str {
        self.words().0
    }

    /// What a page calls it.
    pub fn called(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Chinese, _) => self.words().1,
            (Language::English, Self::IsNot) => "is not",
            (Language::English, Self::Empty) => "is empty",
            (Language::English, Self::Filled) => "is filled in",
            (Language::English, _) => self.words().0,
        }
    }

    /// The one with this word, in either language.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| [one.words().0, one.words().1].contains(&word))
    }

    /// Whether it is the opposite of another one.
    fn is_opposite(self) -> bool {
        matches!(self, Self::IsNot | Self::Lacks | Self::Filled | Self::Before)
    }
}

/// The word of a state in Chinese.
fn state_in_chinese(state: Stands) -> &'static str {
    match state {
        Stands::Active => "在订",
        Stands::Pending => "待确认",
        Stands::Ended => "已退出",
        Stands::Suppressed => "停发",
    }
}

impl Condition {
    /// A condition of its three pieces, as somebody typed them.
    ///
    /// # Errors
    /// A sentence when the relation does not go with the field, or the value is none of it.
    pub fn read(field: Field, relation: Relation, value: &str) -> Result<Self, Sentence> {
        let value = tidied(value);
        let test = match (field, relation) {
            (Field::Text(text), Relation::Empty | Relation::Filled) => Test::IsEmpty(text),
            (Field::Text(text), Relation::Is | Relation::IsNot) => Test::Is(text, needed(field, value)?),
            (Field::Text(text), Relation::Contains | Relation::Lacks) => Test::Contains(text, needed(field, value)?),
            (Field::Provider, Relation::Is | Relation::IsNot) => {
                let domain = narrowed(&value).to_ascii_lowercase();
                let domain = needed(field, domain.trim_start_matches(['@', ' ']).to_owned())?;
                Test::Provider(lane_of(&domain).to_owned())
            }
            (Field::List, Relation::Is | Relation::IsNot) => Test::On(list(&needed(field, value)?)?),
            (Field::State, Relation::Is | Relation::IsNot) => Test::Stands(state(&needed(field, value)?)?),
            (Field::Known, Relation::From | Relation::Before) => Test::KnownFrom(day(&needed(field, value)?)?),
            (Field::Text(_) | Field::Provider | Field::List | Field::State | Field::Known, _) => {
                return Err(unfit(field, relation));
            }
        };
        Ok(Self { test, is_not: relation.is_opposite() })
    }

    /// Its three pieces.
    pub fn pieces(&self) -> (Field, Relation, String) {
        let either = |one, opposite| if self.is_not { opposite } else { one };
        let is = either(Relation::Is, Relation::IsNot);
        match &self.test {
            Test::Is(text, value) => (Field::Text(*text), is, value.clone()),
            Test::Contains(text, value) => {
                (Field::Text(*text), either(Relation::Contains, Relation::Lacks), value.clone())
            }
            Test::IsEmpty(text) => (Field::Text(*text), either(Relation::Empty, Relation::Filled), String::new()),
            Test::Provider(domain) => (Field::Provider, is, domain.clone()),
            Test::On(list) => (Field::List, is, list.to_string()),
            Test::Stands(state) => (Field::State, is, state.word().to_owned()),
            Test::KnownFrom(day) => (Field::Known, either(Relation::From, Relation::Before), day.to_string()),
        }
    }

    /// Whether it is so of a reader.
    pub fn fits(&self, facts: &Facts<'_>) -> bool {
        let fits = match &self.test {
            Test::Is(Text::Address, value) => facts.address.eq_ignore_ascii_case(value),
            Test::Is(text, value) => said(facts, *text) == value,
            Test::Contains(text, value) => {
                said(facts, *text).to_ascii_lowercase().contains(&value.to_ascii_lowercase())
            }
            Test::IsEmpty(text) => said(facts, *text).is_empty(),
            Test::Provider(domain) => facts.lane == domain,
            Test::On(list) => facts.on.contains(list),
            Test::Stands(Stands::Suppressed) => facts.is_suppressed,
            Test::Stands(state) => facts.stands == *state,
            Test::KnownFrom(day) => facts.known >= *day,
        };
        fits != self.is_not
    }

    /// The condition in words; `list` gives the name of a list, where it has one.
    pub fn told(&self, language: Language, list: impl Fn(&Slug) -> Option<String>) -> String {
        let (field, relation, value) = self.pieces();
        let value = match &self.test {
            Test::On(slug) => list(slug).unwrap_or(value),
            Test::Stands(state) if language == Language::Chinese => state_in_chinese(*state).to_owned(),
            Test::Is(..)
            | Test::Contains(..)
            | Test::IsEmpty(_)
            | Test::Provider(_)
            | Test::Stands(_)
            | Test::KnownFrom(_) => value,
        };
        let (field, relation) = (field.called(language), relation.called(language));
        match (language, value.is_empty()) {
            (Language::Chinese, true) => format!("{field}{relation}"),
            (Language::Chinese, false) => format!("{field}{relation}“{value}”"),
            (Language::English, true) => format!("{field} {relation}"),
            (Language::English, false) => format!("{field} {relation} “{value}”"),
        }
    }
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (field, relation, value) = self.pieces();
        match value.is_empty() {
            true => write!(f, "{} {}", field.word(), relation.word()),
            false => write!(f, "{} {} {value}", field.word(), relation.word()),
        }
    }
}

impl std::str::FromStr for Condition {
    type Err = Sentence;

    /// As the command line takes it, in either language: `organisation contains 科技局`, `单位 包含 科技局`.
    ///
    /// # Errors
    /// A sentence that says what a condition is made of.
    fn from_str(text: &str) -> Result<Self, Sentence> {
        let text = tidied(text);
        let (field, rest) = text.split_once(' ').ok_or_else(|| unknown(&text))?;
        let (relation, value) = rest.trim_start().split_once(' ').unwrap_or((rest.trim(), ""));
        let field = Field::from_word(field).ok_or_else(|| unknown(&text))?;
        let relation = Relation::from_word(relation).ok_or_else(|| unknown(&text))?;
        Self::read(field, relation, value)
    }
}

/// Without control characters, and without white space around it.
fn tidied(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() || c == '\u{3000}' { ' ' } else { c }).collect();
    spaced.trim().to_owned()
}

fn needed(field: Field, value: String) -> Result<String, Sentence> {
    let (english, chinese) = field.words();
    match value.chars().count() {
        0 => Err(Sentence {
            english: format!("a condition on {english} needs a value"),
            chinese: format!("“{chinese}”这个条件还没有填写内容。"),
        }),
        n if n > LONGEST => Err(Sentence {
            english: format!("a value has at most {LONGEST} characters; that on {english} has {n}"),
            chinese: format!("每个条件最多填写 {LONGEST} 个字；“{chinese}”写了 {n} 个字。"),
        }),
        _ => Ok(value),
    }
}

fn list(value: &str) -> Result<Slug, Sentence> {
    value.parse().map_err(|_| Sentence {
        english: format!("'{value}' is no list's short name; `yizhan list list` shows them"),
        chinese: "请从本刊的名单里选一份。".into(),
    })
}

fn state(value: &str) -> Result<Stands, Sentence> {
    let found = Stands::ALL.into_iter().find(|one| [one.word(), state_in_chinese(*one)].contains(&value));
    found.ok_or_else(|| Sentence {
        english: format!("'{value}' is no state; use active, pending, ended or suppressed"),
        chinese: "状态请写：在订、待确认、已退出或停发。".into(),
    })
}

fn day(value: &str) -> Result<NaiveDate, Sentence> {
    let found = NaiveDate::parse_from_str(&narrowed(value), "%Y-%m-%d").ok();
    // What a page shows of a day has four digits of a year.
    found.filter(|day| ("1970-01-01"..="9999-12-31").contains(&&*day.to_string())).ok_or_else(|| Sentence {
        english: format!("'{value}' is no day; write it as 2026-01-31"),
        chinese: "日期请写成 2026-01-31 这样。".into(),
    })
}

fn unfit(field: Field, relation: Relation) -> Sentence {
    let goes = Relation::ALL.into_iter().filter(|one| goes_with(field, *one));
    let (english, chinese): (Vec<_>, Vec<_>) = goes.map(Relation::words).unzip();
    let (field, word) = (field.words(), relation.words());
    Sentence {
        english: format!("{} cannot be asked with '{}'; use {}", field.0, word.0, english.join(", ")),
        chinese: format!("“{}”不能用“{}”，请改用：{}。", field.1, word.1, chinese.join("、")),
    }
}

/// Whether a relation can be asked of a field.
fn goes_with(field: Field, relation: Relation) -> bool {
    match field {
        Field::Text(_) => !matches!(relation, Relation::From | Relation::Before),
        Field::Provider | Field::List | Field::State => matches!(relation, Relation::Is | Relation::IsNot),
        Field::Known => matches!(relation, Relation::From | Relation::Before),
    }
}

fn unknown(text: &str) -> Sentence {
    let fields: Vec<_> = Field::ALL.into_iter().map(Field::word).collect();
    let relations: Vec<_> = Relation::ALL.into_iter().map(Relation::word).collect();
    Sentence {
        english: format!(
            "'{text}' is no condition; write FIELD RELATION VALUE, as in 'organisation contains 科技局'. Fields: {}. \
             Relations: {}",
            fields.join(", "),
            relations.join(", ")
        ),
        chinese: "条件由三部分组成：项目、关系、内容，例如：单位 包含 科技局。".into(),
    }
}

/// What is known, or nothing.
fn said<'a>(facts: &Facts<'a>, text: Text) -> &'a str {
    let person = facts.person;
    let said = match text {
        Text::Name => &person.name,
        Text::Organisation => &person.organisation,
        Text::Department => &person.department,
        Text::Position => &person.position,
        Text::Region => &person.region,
        Text::Category => &person.category,
        Text::Remark => &person.remark,
        Text::Address => return facts.address,
    };
    said.as_deref().unwrap_or_default()
}
