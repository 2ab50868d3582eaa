//! Promotion: the lines by which a page asks its readers to follow, share or scan, or offers to print and close
//! itself. They go like running heads, each named: a line that is nothing else, never part of a paragraph.

use crate::domain::han::is_han;
use crate::intake::document::spacing::bare;

/// The longest such line, in characters.
const LONGEST: usize = 30;

/// What such a line is made of beside what it promotes.
const CALLS: [&str; 39] = [
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

/// Whether a line does nothing but promote.
pub(super) fn is_promotion(text: &str) -> bool {
    let bare = bare(text);
    let length = bare.chars().count();
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
        ] {
            assert!(is_promotion(text), "{text}");
        }
        for text in [
            "全县开展扫码关注活动",
            "市民可以通过扫描二维码的方式在各办事窗口领取宣传手册。",
            "游客在景区入口扫描二维码，即可查看实时客流和停车位情况，也可预约讲解服务。",
            "往期",
        ] {
            assert!(!is_promotion(text), "{text}");
        }
    }
}
