//! Credit: the line at an article's head or foot that says where it comes from or who wrote it
//! (rule 9): `（来源：科技日报）`, `文/李明`, `供稿：市科技局`. Pure; a line in, a credit out.

use super::spacing::bare;
use crate::domain::issue::Article;

/// What a credit line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Credit {
    /// Where the article was taken from.
    Source(String),
    /// Who wrote it, or handed it in.
    Author(String),
}

impl Credit {
    /// Credits an article, beside what it has already.
    pub(super) fn write(self, article: &mut Article) {
        let (field, name) = match self {
            Self::Source(name) => (&mut article.source, name),
            Self::Author(name) => (&mut article.author, name),
        };
        match field {
            Some(names) => *names = format!("{names}；{name}"),
            None => *field = Some(name),
        }
    }
}

/// The longest credit line, in characters.
const LONGEST: usize = 40;

/// Reads a credit line; none if it is something else.
pub(super) fn read(line: &str) -> Option<Credit> {
    if bare(line).chars().count() > LONGEST {
        return None;
    }
    let line = line.trim().trim_start_matches(['（', '(', '【', '—', '-']).trim_end_matches(['）', ')', '】']).trim();
    let (label, value) = line.split_once(['：', ':', '/', '／', '|', '丨']).unwrap_or((line, ""));
    let value = value.trim().to_owned();
    match bare(label).to_lowercase().as_str() {
        "来源" | "文章来源" | "信息来源" | "稿件来源" | "摘自" | "转自" | "source" if !value.is_empty() => {
            Some(Credit::Source(value))
        }
        "文" | "作者" | "撰稿" | "供稿" | "供稿单位" | "撰文" | "by" | "author" if !value.is_empty() => {
            Some(Credit::Author(value))
        }
        _ => handed_in(line),
    }
}

/// `（市科技局　李明）` alone on the last line of an article: who handed it in.
pub(super) fn foot(line: &str) -> Option<Credit> {
    const REMARKS: [&str; 10] = ["此", "附", "注", "完", "全文", "本", "见", "详", "据", "未完"];
    let name = line.trim().strip_prefix(['（', '('])?.strip_suffix(['）', ')'])?.trim();
    let is_name = name.chars().all(|c| c.is_alphabetic() || c.is_whitespace() || "、·".contains(c));
    let is_remark = REMARKS.iter().any(|start| name.starts_with(start));
    (is_name && !is_remark && (2..=20).contains(&name.chars().count())).then(|| Credit::Author(name.to_owned()))
}

/// `市科技局供稿`, `摘自《科技日报》`, `By Ann Lee`.
fn handed_in(line: &str) -> Option<Credit> {
    let is_quoted = |rest: &str| rest.starts_with('《') && rest.contains('》');
    if let Some(source) = line.strip_prefix("摘自").or_else(|| line.strip_prefix("转自")).filter(|rest| is_quoted(rest))
    {
        return Some(Credit::Source(source.to_owned()));
    }
    let author = line.strip_suffix("供稿").or_else(|| line.strip_prefix("By ")).map(str::trim)?;
    let is_name = !author.is_empty() && !author.contains(['，', '。', ',', '.']);
    is_name.then(|| Credit::Author(author.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_in_every_form() {
        let source = |s: &str| Some(Credit::Source(s.into()));
        let author = |s: &str| Some(Credit::Author(s.into()));
        for (line, credit) in [
            ("（来源：云泽日报）", source("云泽日报")),
            ("来 源: 云泽日报", source("云泽日报")),
            ("摘自《云泽日报》", source("《云泽日报》")),
            ("文/李明", author("李明")),
            ("供稿：市科技局", author("市科技局")),
            ("（市科技局 供稿）", author("市科技局")),
            ("By Ann Lee", author("Ann Lee")),
            ("来源：", None),
            ("主要做法：一是", None),
            ("摘自去年的经验", None),
            ("来源：这一行太长了这一行太长了这一行太长了这一行太长了这一行太长了这一行太长了这一行太长了", None),
        ] {
            assert_eq!(read(line), credit, "{line}");
        }
    }

    #[test]
    fn who_handed_an_article_in_may_stand_in_brackets_below_it() {
        for (line, name) in [
            ("（市科技局　李明）", Some("市科技局　李明")),
            ("（此件公开发布）", None),
            ("（完）", None),
            ("（共3页）", None),
            ("市科技局（李明）", None),
        ] {
            assert_eq!(foot(line), name.map(|name| Credit::Author(name.into())), "{line}");
        }
    }
}
