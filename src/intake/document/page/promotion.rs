//! Promotion: the lines by which a page asks its readers to follow, share or scan, or offers to print and close
//! itself. They go like running heads, each named: a line that is nothing else, never part of a paragraph.

use super::walk::Found;
use crate::domain::document::Finding;
use crate::domain::han::is_han;
use crate::domain::issue::Inline;
use crate::intake::document::flags::Flags;
use crate::intake::document::source::Mark;
use crate::intake::document::spacing::bare;

/// The longest such line, in characters.
const LONGEST: usize = 30;

/// What such a line is made of beside what it promotes.
const CALLS: [&str; 41] = [
    "点击上方",
    "点击下方",
    "点击蓝字",
    "点击关注",
    "点上方蓝字",
    "蓝字关注",
    "长按识别",
    "长按二维码",
    "长按扫码",
    "长按关注",
    "长按上图",
    "识别二维码",
    "识别下方二维码",
    "扫码关注",
    "扫一扫关注",
    "扫描二维码",
    "扫描上方二维码",
    "扫描下方二维码",
    "扫一扫，关注",
    "微信扫一扫",
    "阅读原文",
    "点个在看",
    "点个“在看”",
    "点“在看”",
    "点亮在看",
    "点在看",
    "点赞在看",
    "点“赞”",
    "点个“赞”",
    "点个赞",
    "在看”吧",
    "分享收藏",
    "分享点赞",
    "分享到朋友圈",
    "转发朋友圈",
    "设为星标",
    "加星标",
    "往期推荐",
    "往期回顾",
    "打印本页",
    "关闭窗口",
];

/// What heads the links to earlier issues at the foot of a post.
const EARLIER: [&str; 7] = ["往期推荐", "往期回顾", "往期精彩", "往期精选", "往期阅读", "往期链接", "精彩往期"];

/// Whether a line does nothing but promote.
pub(super) fn is_promotion(text: &str) -> bool {
    let bare = bare(text);
    let length = bare.chars().count();
    if is_by_machine(&bare) {
        return true;
    }
    if length > LONGEST || bare.contains(['。', '；', '：']) && length > 16 {
        return false;
    }
    let words: String = bare.chars().filter(|c| is_han(*c) || matches!(c, '“' | '”' | '，')).collect();
    let call = CALLS.iter().find_map(|call| words.find(call));
    let is_end = matches!(bare.trim_matches(['-', '—', '·', '─', '/', '*']), "END" | "end" | "End" | "THEEND");
    // A call opens its line, or an invitation stands before it: else a sentence tells of something.
    let invites = |lead: &str| lead.is_empty() || lead.ends_with(['请', '，', '迎', '来', '就', '“', '击', '按']);
    is_end || call.is_some_and(|at| invites(&words[..at])) || bare.starts_with("分享到：")
}

/// The line that a mail system puts below what it sends: `此邮件由系统自动发送，请勿直接回复。` It speaks of the mail
/// itself, as no text of an issue does, and asks not to be answered; a text that warns of mails says 此类邮件, 陌生邮件.
fn is_by_machine(bare: &str) -> bool {
    let bare = bare.trim_start_matches(['*', '（', '(', '【', '※', '—', '-']);
    let speaks_of_itself =
        ["此邮件", "本邮件", "此信件", "此为系统", "此为自动", "本邮箱为系统", "系统邮件", "自动发送的邮件"]
            .iter()
            .any(|start| bare.starts_with(start));
    let is_unanswered = ["请勿", "请不要", "无需", "勿"]
        .iter()
        .any(|no| ["回复", "直接回复", "回信"].iter().any(|answer| bare.contains(&format!("{no}{answer}"))));
    bare.chars().count() <= 2 * LONGEST && speaks_of_itself && is_unanswered
}

/// Whether a line heads the links to earlier issues, and says nothing else.
fn heads_earlier(text: &str) -> bool {
    let words: String = text.chars().filter(|c| is_han(*c)).collect();
    EARLIER.contains(&words.as_str())
}

/// Sets aside the links that stand below such a head, and the head with them: a line that is a link and nothing else
/// leads away from the issue, and the first line with words of its own ends them.
pub(super) fn set_aside_earlier(found: &mut [Found], flags: &mut Flags) {
    let leads = |found: &Found| match &found.line.mark {
        Some(Mark::Row { words, .. } | Mark::Entry { words, .. }) => is_link(words),
        Some(Mark::Heading { .. } | Mark::Contents { .. } | Mark::Block(_) | Mark::Aside(_)) | None => false,
    };
    let heads: Vec<bool> = (0..found.len())
        .map(|at| heads_earlier(&found[at].line.text) && found.get(at + 1).is_some_and(leads))
        .collect();
    let mut is_below = false;
    for (line, heads) in found.iter_mut().map(|found| &mut found.line).zip(heads) {
        let linked = match &mut line.mark {
            Some(Mark::Aside(_)) => {
                is_below |= heads_earlier(&line.text);
                continue;
            }
            Some(Mark::Row { words, .. }) if heads => {
                is_below = true;
                words
            }
            Some(Mark::Row { words, .. } | Mark::Entry { words, .. }) if is_below && is_link(words) => words,
            Some(_) | None => {
                is_below = false;
                continue;
            }
        };
        line.mark = Some(Mark::Aside(std::mem::take(linked)));
        flags.note(Finding::RunningHead(line.text.clone()), Some(line.number));
    }
}

fn is_link(words: &[Inline]) -> bool {
    let says = |inline: &&Inline| inline.plain().contains(char::is_alphanumeric);
    words.iter().any(|inline| says(&inline))
        && words.iter().filter(says).all(|inline| matches!(inline, Inline::Link { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_ask_to_be_followed_are_no_text() {
        for text in [
            "点击上方蓝字关注我们",
            "▲ 点击上方“安澜人社”关注",
            "长按识别二维码，关注我们",
            "欢迎扫码关注",
            "↓↓↓ 点击“阅读原文”查看更多",
            "觉得不错，请点个在看",
            "- END -",
            "【打印本页】【关闭窗口】",
            "点个“赞”和“在看”，让更多人看见绿色云泽",
            "此邮件由办公系统自动群发，请勿直接回复。",
            "*本邮件为系统自动发送，请勿回复*",
        ] {
            assert!(is_promotion(text), "{text}");
        }
        for text in [
            "全县开展扫码关注活动",
            "市民可以通过扫描二维码的方式在各办事窗口领取宣传手册。",
            "游客在景区入口扫描二维码，即可查看实时客流和停车位情况，也可预约讲解服务。",
            "往期",
            "上期回顾",
            "这是一封钓鱼邮件，请勿回复，并向信息中心报告。",
            "往期精选的文章结集出版",
            "收到此类邮件，请勿回复，更不要点击其中的链接。",
            "此邮件系统上线以来，全市公文办理时间缩短一半。",
        ] {
            assert!(!is_promotion(text), "{text}");
        }
    }
}
