//! Notice: a letter of the house to somebody who works here: what happened, the figures of it, and one link to go on by.
//! In HTML and as plain text. Called by `compose::notice`, which has the words.

use crate::layout::{Shell, shell};
use crate::style::{Styles, Theme};
use crate::words::Language;
use maud::{Markup, html};

/// What a notice says.
#[derive(Debug)]
pub struct Notice {
    /// The language of the letter.
    pub language: Language,
    /// Who writes.
    pub house: String,
    /// What it is about, in a few words.
    pub title: String,
    /// What an inbox shows beside the subject.
    pub preheader: String,
    /// What happened, a paragraph each.
    pub lines: Vec<String>,
    /// Figures: what, and how much.
    pub facts: Vec<[String; 2]>,
    /// Somebody's own words.
    pub quote: Option<String>,
    /// What to do next, a paragraph each.
    pub next: Vec<String>,
    /// The link to go on by: its words, and where it leads.
    pub action: [String; 2],
    /// Why this letter came, a line each.
    pub why: Vec<String>,
    /// Where to choose which come: its words, and where it leads; none where there is no choice.
    pub choose: Option<[String; 2]>,
}

/// The whole HTML of a notice.
pub fn notice(notice: &Notice) -> Markup {
    let css = &Styles::of(&Theme { indent: false, ..Theme::default() }, notice.language);
    let parts = Shell { language: notice.language, title: &notice.title, preheader: &notice.preheader, styles: css };
    let [words, link] = &notice.action;
    shell(
        &parts,
        html! {
            p.accent style=(css.house()) { (notice.house) }
            h1.ink style=(css.title()) { (title(&notice.title, css)) }
            @for line in &notice.lines { p.ink style=(css.paragraph()) { (line) } }
            @if !notice.facts.is_empty() { (facts(&notice.facts, css)) }
            @if let Some(quote) = &notice.quote {
                div.ink.rule style=(css.quote()) {
                    @for (at, line) in quote.lines().enumerate() { @if at > 0 { br; } (line) }
                }
            }
            @for line in &notice.next { p.ink style=(css.paragraph()) { (line) } }
            p style=(css.action_line()) { a.accent.accent-rule href=(link) style=(css.action()) { (words) } }
            div.rule style=(css.closing()) {
                @for line in &notice.why { p.muted style=(css.footer_line()) { (line) } }
                @if let Some([words, link]) = &notice.choose {
                    p style=(css.footer_line()) { a.link href=(link) style=(css.small_link()) { (words) } }
                }
            }
        },
    )
}

/// A title in Chinese breaks behind a publication's name, not within the number of its issue.
fn title(title: &str, css: &Styles) -> Markup {
    html! { @for phrase in title.split_inclusive('》') { span style=(css.phrase()) { (phrase) } } }
}

fn facts(facts: &[[String; 2]], css: &Styles) -> Markup {
    html! {
        table.rule width="100%" border="0" cellpadding="0" cellspacing="0" style=(css.facts()) {
            @for [what, value] in facts {
                tr {
                    th.muted.rule scope="row" style=(css.fact()) { (what) }
                    td.ink.rule style=(css.figure()) { (value) }
                }
            }
        }
    }
}

/// The plain text of a notice, lines parted by `\n`.
pub fn plain(notice: &Notice) -> String {
    let words = notice.language.words();
    let paragraph = |line: &String| format!("{}{line}", words.indent);
    let labelled = |[what, value]: &[String; 2]| format!("{what}{}{value}", words.colon);
    let mut parts = vec![format!("{}\n{}", notice.house, notice.title)];
    parts.extend(notice.lines.iter().map(paragraph));
    if !notice.facts.is_empty() {
        parts.push(notice.facts.iter().map(labelled).collect::<Vec<_>>().join("\n"));
    }
    parts.extend(notice.quote.iter().map(|quote| {
        let lines: Vec<String> = quote.lines().map(|line| format!("| {line}")).collect();
        lines.join("\n")
    }));
    parts.extend(notice.next.iter().map(paragraph));
    let [action, link] = &notice.action;
    parts.push(format!("{action}{}\n{link}", words.colon.trim_end()));
    let mut why = notice.why.clone();
    why.extend(notice.choose.iter().map(labelled));
    parts.push(format!("{}\n{}", "─".repeat(12), why.join("\n")));
    parts.join("\n\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Notice {
        Notice {
            language: Language::Chinese,
            house: "驿站".into(),
            title: "投递结束：《简报》第3期".into(),
            preheader: "12 封".into(),
            lines: vec!["已经结束。".into()],
            facts: vec![["已接收".into(), "12".into()]],
            quote: Some("标题改一下。\n<b>其余很好</b>".into()),
            next: vec!["请改。".into()],
            action: ["查看结果".into(), "https://a.example/dispatches/1?a=1&b=2".into()],
            why: vec!["这封信由驿站自动发出。".into()],
            choose: None,
        }
    }

    #[test]
    fn both_twins_say_the_same_and_what_somebody_wrote_is_text() {
        let (html, plain) = (notice(&sample()).into_string(), plain(&sample()));
        for said in ["投递结束：《简报》", "第3期", "已经结束。", "已接收", "标题改一下。", "请改。", "查看结果"]
        {
            assert!(html.contains(said) && plain.contains(said), "{said}");
        }
        assert!(html.contains("&lt;b&gt;其余很好&lt;/b&gt;") && plain.contains("| <b>其余很好</b>"));
        assert!(html.contains("a=1&amp;b=2\"") && plain.contains("a=1&b=2"));
    }

    #[test]
    fn a_finger_hits_the_link_to_go_on_by() {
        let styles = Styles::of(&Theme::default(), Language::Chinese);
        assert!(styles.action().contains("line-height:24px") && styles.action().contains("padding:10px"));
    }
}
