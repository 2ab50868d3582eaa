//! Numerals: numbers as periodicals print them (`６`, `六`, `二十八`, `二〇二四`) become digits, so
//! that labels and dates are read in one form only. Pure; used by the masthead.

use super::half_width;

/// The text with full-width digits and runs of Chinese numerals written in ASCII digits, white
/// space left out. `二〇二四年第六期` becomes `2024年第6期`.
pub(super) fn in_digits(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        if is_chinese_numeral(c) {
            run.push(c);
        } else {
            flush(&mut out, &mut run);
            out.push(half_width(c));
        }
    }
    flush(&mut out, &mut run);
    out
}

fn flush(out: &mut String, run: &mut String) {
    match value(run) {
        Some(value) => out.push_str(&value.to_string()),
        None => out.push_str(run),
    }
    run.clear();
}

fn is_chinese_numeral(c: char) -> bool {
    digit(c).is_some() || unit(c).is_some()
}

fn digit(c: char) -> Option<u32> {
    "零一二三四五六七八九".chars().zip(0..).find(|(d, _)| *d == c).map(|(_, v)| v).or(match c {
        '〇' | '○' => Some(0),
        _ => None,
    })
}

fn unit(c: char) -> Option<u32> {
    match c {
        '十' => Some(10),
        '百' => Some(100),
        _ => None,
    }
}

/// The value of a run of Chinese numerals up to 9999; none if it is no number.
fn value(run: &str) -> Option<u32> {
    if run.is_empty() || run.chars().count() > 7 {
        return None;
    }
    if run.chars().all(|c| digit(c).is_some()) {
        return run.chars().filter_map(digit).try_fold(0_u32, |n, d| n.checked_mul(10)?.checked_add(d));
    }
    let (mut sum, mut pending) = (0, None);
    for c in run.chars() {
        match (digit(c), unit(c)) {
            (Some(d), _) => pending = Some(d),
            (None, Some(u)) => sum += pending.take().unwrap_or(1) * u,
            (None, None) => return None,
        }
    }
    Some(sum + pending.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_every_print_become_digits() {
        for (text, digits) in [
            ("二〇二四年第六期", "2024年第6期"),
            ("２０２４ 年 第 ０６ 期", "2024年第06期"),
            ("二〇二四年六月二十八日", "2024年6月28日"),
            ("第十二期", "第12期"),
            ("总第一百二十八期", "总第128期"),
            ("第二十期", "第20期"),
            ("简报", "简报"),
        ] {
            assert_eq!(in_digits(text), digits);
        }
    }
}
