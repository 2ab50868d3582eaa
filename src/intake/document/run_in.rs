//! Run-in heads: one short sentence (7 to 16 characters, full stop included) that opens a paragraph
//! and names it: `摸清成果家底。` (INTAKE §1). Further ones within the paragraph are marked as well, and
//! offered as places to split (rule 8), which is not done. Pure; a paragraph's text in, heads out.

use super::spacing::bare;
use crate::domain::han::is_han;
use crate::domain::issue::Inline;

/// How a narrative sentence begins, and a head does not.
const NARRATIVE: [&str; 18] = [
    "近年", "近日", "日前", "目前", "今年", "去年", "当前", "据", "同时", "此外", "此前", "此后", "为此", "然而", "但",
    "其中", "随后", "截至",
];

/// Words that a narrative sentence holds, and a head does not.
const TELLING: [char; 12] = ['了', '我', '你', '他', '她', '它', '这', '那', '吗', '呢', '吧', '说'];

/// The most characters of a head that its format sets.
const LONGEST_SET: usize = 60;

/// The run-in head that opens a paragraph with more behind it.
pub(super) fn opening(text: &str) -> Option<&str> {
    let (head, rest) = first_sentence(text)?;
    (is_head(head) && !is_aside(rest.trim())).then_some(head)
}

/// Whether nothing follows, or a source in brackets alone: then there is nothing that a head could name.
fn is_aside(rest: &str) -> bool {
    let inner = rest.strip_prefix(['（', '(']).and_then(|rest| rest.strip_suffix(['）', ')']));
    rest.is_empty() || inner.is_some_and(|inner| !inner.contains(['（', '(', '。']))
}

/// The words of a paragraph whose format sets them: a strong sentence that opens it, with more behind it, is its
/// run-in head.
pub(super) fn set(mut words: Vec<Inline>) -> Vec<Inline> {
    if words.len() > 1
        && let Some(Inline::Strong(head)) = words.first()
        && head.ends_with(['。', '.', '：', ':'])
        && head.chars().count() <= LONGEST_SET
    {
        words[0] = Inline::RunIn(head.clone());
    }
    words
}

/// Further sentences within a paragraph that its format sets as it sets the run-in head that opens it.
pub(super) fn set_inner(words: &[Inline]) -> Vec<&str> {
    let [Inline::RunIn(_), rest @ ..] = words else { return Vec::new() };
    let inner = rest.windows(3).filter_map(|window| match window {
        [before, Inline::Strong(head), _] if before.plain().trim_end().ends_with('。') => Some(head.as_str()),
        _ => None,
    });
    inner.filter(|head| head.ends_with(['。', '：']) && head.chars().count() <= LONGEST_SET).collect()
}

/// Further sentences of a paragraph built like the head that opens it.
pub(super) fn inner<'t>(text: &'t str, opening: &str) -> Vec<&'t str> {
    let mut heads = Vec::new();
    let mut rest = &text[opening.len()..];
    while let Some((sentence, behind)) = first_sentence(rest) {
        let alike = clauses(sentence) == clauses(opening);
        if alike && is_head(sentence) && !behind.trim().is_empty() {
            heads.push(sentence.trim());
        }
        rest = behind;
    }
    heads
}

fn first_sentence(text: &str) -> Option<(&str, &str)> {
    let end = text.find('。')? + '。'.len_utf8();
    Some(text.split_at(end))
}

fn clauses(sentence: &str) -> usize {
    sentence.matches('，').count()
}

fn is_head(sentence: &str) -> bool {
    let bare = bare(sentence);
    let named = bare.trim_end_matches('。');
    (7..=16).contains(&bare.chars().count())
        && named.chars().all(|c| {
            is_han(c) || c.is_ascii_alphabetic() || matches!(c, '，' | '、' | '（' | '）' | '·' | '“' | '”' | '+')
        })
        && !NARRATIVE.iter().any(|start| bare.starts_with(start))
        && !named.contains(TELLING)
        && !named.ends_with('，')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_naming_sentence_opens_a_paragraph() {
        for (text, head) in [
            ("摸清成果家底。深化改革。", Some("摸清成果家底。")),
            ("一是换品种，果园变新园。进一步", Some("一是换品种，果园变新园。")),
            ("（一）建好创新平台。全市", Some("（一）建好创新平台。")),
            ("摸清家底。深化改革。", None),                       // 5 characters
            ("摸清成果家底。", None),                             // nothing to name
            ("摸清成果家底。（市科技局）", None),                 // nothing but its source
            ("近年来成效十分明显。深化改革。", None),             // tells when
            ("企业得到了真正实惠。深化改革。", None),             // tells what happened
            ("新增企业3家以上。深化改革。", None),                // counts
            ("聚焦企业创新激活市场主体释放发展活力。深化", None), // 19 characters
        ] {
            assert_eq!(opening(text), head, "{text}");
        }
    }

    #[test]
    fn further_heads_are_built_like_the_first() {
        let text = "建强平台载体，夯实基础。甲乙丙丁。完善服务机制，激发活力。戊己庚辛，成效很好，又好又快。终于结束这一段，收。";
        assert_eq!(inner(text, "建强平台载体，夯实基础。"), ["完善服务机制，激发活力。"]);
    }
}
