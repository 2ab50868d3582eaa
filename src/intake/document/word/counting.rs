//! Counting: how automatic numbers are written (ECMA-376 part 1, 17.18.59): `3`, `三`, `Ⅲ`, `c`, `③`.
//! Formats that are not known count in digits, as Word does where it has no letters for them.

/// A number in a format.
pub(super) fn written(number: u32, format: &str) -> String {
    match format {
        "none" | "bullet" => String::new(),
        "decimalZero" => format!("{number:02}"),
        "decimalFullWidth" | "decimalFullWidth2" => number.to_string().chars().map(full_width).collect(),
        "upperLetter" => letters(number, 'A'),
        "lowerLetter" => letters(number, 'a'),
        "upperRoman" => roman(number),
        "lowerRoman" => roman(number).to_ascii_lowercase(),
        "chineseCounting"
        | "chineseCountingThousand"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand"
        | "japaneseCounting" => counted(number, PLAIN),
        "chineseLegalSimplified" => counted(number, ("零壹贰叁肆伍陆柒捌玖", "拾佰仟")),
        "ideographLegalTraditional" | "japaneseLegal" => counted(number, ("零壹貳參肆伍陸柒捌玖", "拾佰仟")),
        "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital" => {
            number.to_string().chars().filter_map(|c| "〇一二三四五六七八九".chars().nth(digit(c))).collect()
        }
        "ideographTraditional" => cycled(number, "甲乙丙丁戊己庚辛壬癸"),
        "ideographZodiac" => cycled(number, "子丑寅卯辰巳午未申酉戌亥"),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => {
            enclosed(number, &[(1, 20, '①'), (21, 35, '㉑'), (36, 50, '㊱')])
        }
        "decimalEnclosedParen" => enclosed(number, &[(1, 20, '⑴')]),
        "decimalEnclosedFullstop" => enclosed(number, &[(1, 20, '⒈')]),
        "ideographEnclosedCircle" => enclosed(number, &[(1, 10, '㊀')]),
        _ => number.to_string(),
    }
}

/// Digits and units of Han numerals.
type Han = (&'static str, &'static str);

const PLAIN: Han = ("零一二三四五六七八九", "十百千");

/// `十二`, `二十`, `一百零三`; beyond 9,999 in digits.
fn counted(number: u32, (digits, units): Han) -> String {
    if number > 9_999 {
        return number.to_string();
    }
    let at = |text: &str, n: usize| text.chars().nth(n);
    let places: Vec<usize> = number.to_string().chars().map(digit).collect();
    let mut out = String::new();
    for (n, &value) in places.iter().enumerate() {
        let unit = places.len() - 1 - n;
        if value > 0 {
            out.extend(at(digits, value));
            out.extend(unit.checked_sub(1).and_then(|unit| at(units, unit)));
        } else if places[n..].iter().any(|later| *later > 0) && n > 0 && places[n - 1] > 0 {
            out.extend(at(digits, 0));
        }
    }
    // Ten to nineteen begin with their unit.
    match (number, out.char_indices().nth(1)) {
        (10..=19, Some((behind, _))) => out.split_off(behind),
        (0, _) => at(digits, 0).into_iter().collect(),
        _ => out,
    }
}

fn digit(c: char) -> usize {
    c.to_digit(10).unwrap_or(0) as usize
}

fn full_width(c: char) -> char {
    char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c)
}

/// `a` to `z`, then `aa` to `zz`.
fn letters(number: u32, first: char) -> String {
    let Some(place) = number.checked_sub(1) else { return String::new() };
    let letter = char::from_u32(u32::from(first) + place % 26).unwrap_or(first);
    letter.to_string().repeat((place / 26 + 1).min(30) as usize)
}

fn roman(number: u32) -> String {
    const VALUES: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if number > 3_999 {
        return number.to_string();
    }
    let mut rest = number;
    let mut out = String::new();
    for (value, sign) in VALUES {
        while rest >= value {
            out.push_str(sign);
            rest -= value;
        }
    }
    out
}

fn cycled(number: u32, signs: &str) -> String {
    let count = signs.chars().count();
    let Some(place) = number.checked_sub(1) else { return String::new() };
    signs.chars().nth(place as usize % count).into_iter().collect()
}

/// One character for a number; in digits where there is none.
fn enclosed(number: u32, runs: &[(u32, u32, char)]) -> String {
    let run = runs.iter().find(|(first, last, _)| (*first..=*last).contains(&number));
    let sign = run.and_then(|(first, _, sign)| char::from_u32(u32::from(*sign) + number - first));
    sign.map_or_else(|| number.to_string(), String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_their_format_says() {
        for (number, format, text) in [
            (3, "decimal", "3"),
            (3, "decimalZero", "03"),
            (12, "decimalFullWidth", "１２"),
            (1, "chineseCounting", "一"),
            (10, "chineseCountingThousand", "十"),
            (11, "taiwaneseCountingThousand", "十一"),
            (20, "japaneseCounting", "二十"),
            (103, "chineseCounting", "一百零三"),
            (110, "chineseCounting", "一百一十"),
            (2024, "chineseCounting", "二千零二十四"),
            (2001, "chineseCounting", "二千零一"),
            (12, "ideographDigital", "一二"),
            (30, "ideographDigital", "三〇"),
            (2, "chineseLegalSimplified", "贰"),
            (3, "ideographTraditional", "丙"),
            (27, "lowerLetter", "aa"),
            (2, "upperLetter", "B"),
            (14, "upperRoman", "XIV"),
            (4, "lowerRoman", "iv"),
            (20, "decimalEnclosedCircle", "⑳"),
            (21, "decimalEnclosedCircleChinese", "㉑"),
            (36, "decimalEnclosedCircle", "㊱"),
            (51, "decimalEnclosedCircle", "51"),
            (5, "decimalEnclosedParen", "⑸"),
            (3, "none", ""),
            (7, "hindiVowels", "7"),
            (0, "upperLetter", ""),
        ] {
            assert_eq!(written(number, format), text, "{number} {format}");
        }
    }
}
