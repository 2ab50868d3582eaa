//! Phrase: shortens a title for a subject line or a preheader, after a phrase rather than within a
//! word.

/// How much room a character takes.
pub(super) type Measure = fn(char) -> usize;

/// In half Han characters, as an inbox shows them.
pub(super) const HALVES: Measure = |c| if c.is_ascii() { 1 } else { 2 };

/// Each the same.
pub(super) const CHARACTERS: Measure = |_| 1;

/// The room that a text takes.
pub(super) fn width(text: &str, measure: Measure) -> usize {
    text.chars().map(measure).sum()
}

/// `text` if it is no wider than `limit`, otherwise as many whole phrases as fit, and `…`. Where
/// not even a third of the room could be used that way, it is cut between two characters.
pub(super) fn shorten(text: &str, limit: usize, measure: Measure) -> String {
    if width(text, measure) <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(width("…", measure));
    let phrase =
        phrase_ends(text).map(|end| text[..end].trim_end_matches(LOOSE)).filter(|part| width(part, measure) <= room);
    let is_enough = |part: &&str| width(part, measure) * 3 >= room;
    let kept = match phrase.last() {
        Some(part) if is_enough(&part) => part,
        Some(_) | None => {
            let part = within(text, room, measure);
            outside_quotes(part).filter(is_enough).unwrap_or(part)
        }
    };
    format!("{kept}…")
}

/// What does not stand well before `…`.
const LOOSE: [char; 12] = [' ', '：', '，', '、', '；', '。', '—', ':', ',', ';', '.', '·'];

/// The byte offsets at which a phrase is over: after punctuation or before a space, outside quotes.
fn phrase_ends(text: &str) -> impl Iterator<Item = usize> {
    let mut open = 0_usize;
    text.char_indices().filter_map(move |(at, c)| {
        match c {
            '“' | '‘' | '（' | '《' | '(' | '「' => open += 1,
            '”' | '’' | '）' | '》' | ')' | '」' => open = open.saturating_sub(1),
            _ => {}
        }
        let over = matches!(
            c,
            ' ' | '：'
                | '，'
                | '、'
                | '；'
                | '。'
                | '！'
                | '？'
                | '”'
                | '’'
                | '）'
                | '》'
                | '」'
                | ','
                | ';'
                | ':'
        );
        (over && open == 0).then_some(at + c.len_utf8())
    })
}

/// What stands before the quotation that a text breaks off in; none where it breaks off in none.
fn outside_quotes(text: &str) -> Option<&str> {
    let mut open = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '“' | '‘' | '（' | '《' | '(' | '「' => open.push(at),
            '”' | '’' | '）' | '》' | ')' | '」' => drop(open.pop()),
            _ => {}
        }
    }
    open.first().map(|at| text[..*at].trim_end_matches(LOOSE))
}

/// The longest beginning of `text` no wider than `room`.
fn within(text: &str, room: usize, measure: Measure) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        used += measure(*c);
        used > room
    });
    text[..end.map_or(text.len(), |(at, _)| at)].trim_end_matches(LOOSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_cut_after_a_phrase() {
        for (title, limit, cut) in [
            ("老茶馆", 6, "老茶馆"),
            ("河湾：办好“家门口”图书馆 让好书走进千家万户", 32, "河湾：办好“家门口”图书馆…"),
            ("河湾：办好“家门口”图书馆 让好书走进千家万户", 12, "河湾…"),
            ("云泽全市推行“先用后付”机制打通最后一公里", 22, "云泽全市推行…"),
            ("滁州市强化引育留用集聚创新人才资源", 16, "滁州市强化引育…"),
            ("A library at every door of the town", 20, "A library at every…"),
            ("“一二三四五六七八九十”的故事", 12, "“一二三四…"),
        ] {
            assert_eq!(shorten(title, limit, HALVES), cut, "{title} in {limit}");
            assert!(width(cut, HALVES) <= limit);
        }
    }
}
