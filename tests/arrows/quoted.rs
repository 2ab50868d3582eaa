//! Quoted: what a page tells somebody to press must be there to be pressed. Chinese sentences quote the words of buttons,
//! links and states; each must be how some word of the pages begins (`src/web/words/`), or be named here with its reason.

/// Quoted, though it is no word of the pages.
const ELSEWHERE: [&str; 4] = [
    "[测试]",   // stands in the subject of a test letter
    "阅读全文", // stands in a letter of summaries
    "打印",     // the browser's own
    "回复",     // the mail program's own
];

/// What is quoted in these files and is no word of the pages, with its file.
pub(crate) fn unknown(files: &[(String, String)]) -> Vec<String> {
    let words: Vec<&str> = files
        .iter()
        .filter(|(name, _)| name.starts_with("src/web/words/"))
        .flat_map(|(_, text)| literals(text))
        .collect();
    let is_known = |quoted: &str| ELSEWHERE.contains(&quoted) || words.iter().any(|word| word.starts_with(quoted));
    let quotes = files.iter().flat_map(|(name, text)| quoted(text).map(move |quoted| (name, quoted)));
    quotes.filter(|(_, quoted)| !is_known(quoted)).map(|(name, quoted)| format!("{name} tells of “{quoted}”")).collect()
}

/// What stands between Chinese quotation marks, but for what is filled in only when it is said.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.split(['“', '「']).skip(1).filter_map(|rest| rest.split(['”', '」']).next());
    let is_chinese = |piece: &&str| piece.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    pieces.filter(|piece| !piece.contains(['{', '"'])).filter(is_chinese)
}

/// The string literals of a source file; none of ours has an escaped quotation mark in Chinese.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('"').skip(1).step_by(2))
}

#[test]
fn a_button_that_is_nowhere_is_caught() {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let words = file("src/web/words/a.rs", "start: \"开始投递\", note: \"按“开始投递”或「开始」，不要按“重来”\"");
    let refusal = file("src/actions/a.rs", "format!(\"“{name}”请选“立即投递”\")");
    assert_eq!(
        unknown(&[words, refusal]),
        ["src/web/words/a.rs tells of “重来”", "src/actions/a.rs tells of “立即投递”"]
    );
}
