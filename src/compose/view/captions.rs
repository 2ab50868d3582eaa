//! Captions: `表1 …` above a table and `图1 …` below a picture are what those are called, and no paragraphs; a picture
//! without words of its own has those. A list between the entries of another stands within it.

use email_templates::view::{Block, Inline};

/// The most characters of a caption.
const LONGEST: usize = 40;

/// Finds captions and inner lists among the blocks of an article.
pub(super) fn settle(blocks: &mut [Block]) {
    for at in 0..blocks.len() {
        let is_above_table = matches!(blocks.get(at + 1), Some(Block::Table(_)));
        let before = at.checked_sub(1).map(|before| &blocks[before]);
        let is_below_picture = matches!(before, Some(Block::Picture { .. } | Block::Image(_)));
        if let Some(caption) = caption(&blocks[at]).filter(|_| is_above_table || is_below_picture) {
            if is_below_picture {
                name(&mut blocks[at - 1], &caption);
                blocks[at] = Block::Caption(caption);
            } else {
                blocks[at] = Block::Title(caption);
            }
        }
        if let [.., Block::List { .. }] = &blocks[..at]
            && is_continued(&blocks[at..])
            && let Block::List { is_inner, .. } = &mut blocks[at]
        {
            *is_inner = true;
        }
    }
}

/// Whether dots stand first, and the numbers of an outer list go on behind them.
fn is_continued(blocks: &[Block]) -> bool {
    matches!(blocks, [Block::List { ordered: false, .. }, Block::List { ordered: true, start: 2.., .. }, ..])
}

/// The words of a caption, its number apart from them.
fn caption(block: &Block) -> Option<Vec<Inline>> {
    let Block::Paragraph(text) = block else { return None };
    let (Inline::Text(first) | Inline::Strong(first)) = text.first()? else { return None };
    let length: usize = text.iter().map(|inline| inline.words().chars().count()).sum();
    let (mark, words) = parted(first.trim_start()).filter(|_| length <= LONGEST)?;
    let gap = if mark.is_ascii() { " " } else { "\u{3000}" };
    let first = if words.is_empty() { mark.to_owned() } else { format!("{mark}{gap}{words}") };
    Some([Inline::Text(first)].into_iter().chain(text[1..].iter().cloned()).collect())
}

/// `图1` and what is behind it.
fn parted(text: &str) -> Option<(&str, &str)> {
    let kinds = ["图", "表", "附图", "附表", "Figure ", "Table "];
    let kind = kinds.into_iter().find(|kind| text.starts_with(kind))?;
    let spaces = |text: &str| text.len() - text.trim_start().len();
    let start = kind.len() + spaces(&text[kind.len()..]);
    let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十-–—－.".contains(c);
    let end = text[start..].find(|c| !is_number(c)).map_or(text.len(), |end| start + end);
    let end = text[..end].trim_end_matches(|c| "-–—－.".contains(c)).len();
    let (mark, words) = text.split_at(end);
    let says_something_of_it = words.trim_start().starts_with(['显', '是', '为', '中', '所', '和', '、', '，']);
    (end > start && !says_something_of_it)
        .then(|| (mark, words.trim_start_matches([' ', '\u{3000}', '：', ':', '.', '．'])))
}

/// A picture of which nobody says anything is called by its caption.
fn name(picture: &mut Block, caption: &[Inline]) {
    if let Block::Picture { alt, .. } | Block::Image(alt) = picture
        && alt.is_empty()
    {
        *alt = caption.iter().map(Inline::words).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use email_templates::view::Table;

    fn paragraph(text: &str) -> Block {
        Block::Paragraph(vec![Inline::Text(text.into())])
    }

    #[test]
    fn what_a_table_or_a_picture_is_called_is_told_from_paragraphs() {
        let text = |text: &str| vec![Inline::Text(text.into())];
        for (written, called) in [
            ("表1 各县产量", Some("表1\u{3000}各县产量")),
            ("表 1-2：各县产量", Some("表 1-2\u{3000}各县产量")),
            ("附表一", Some("附表一")),
            ("Table 1. Yields", Some("Table 1 Yields")),
            ("表1显示，产量上升。", None),
            ("表格如下：", None),
            ("图书馆开馆", None),
        ] {
            let mut blocks = [paragraph(written), Block::Table(Table::default())];
            settle(&mut blocks);
            assert_eq!(blocks[0], called.map_or(paragraph(written), |called| Block::Title(text(called))), "{written}");
        }
        let picture = |alt: &str| Block::Picture { alt: alt.into(), source: "cid:1".into(), width: 9 };
        let mut blocks = [picture(""), paragraph("图1气温"), paragraph("图2不在图下")];
        settle(&mut blocks);
        assert_eq!(
            blocks,
            [picture("图1\u{3000}气温"), Block::Caption(text("图1\u{3000}气温")), paragraph("图2不在图下")]
        );
    }

    #[test]
    fn dots_between_numbers_stand_within_them() {
        let list = |ordered, start| Block::List { ordered, start, items: Vec::new(), is_inner: false };
        let inner = |blocks: &mut [Block]| {
            settle(blocks);
            blocks.iter().map(|block| matches!(block, Block::List { is_inner: true, .. })).collect::<Vec<_>>()
        };
        assert_eq!(inner(&mut [list(true, 1), list(false, 1), list(true, 2)]), [false, true, false]);
        assert_eq!(inner(&mut [list(true, 1), list(false, 1), list(true, 1)]), [false, false, false]);
    }
}
