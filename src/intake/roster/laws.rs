//! Laws of reading rosters, over whole files.

use super::*;
use proptest::prelude::*;

fn said(name: &str, bytes: &[u8]) -> Vec<String> {
    let roster = read(name, bytes).expect("a roster");
    let say = |row: &RosterRow| match &row.reading {
        Reading::Found { address, person, .. } => format!("{}:{}", address, person.name.as_deref().unwrap_or("-")),
        Reading::Duplicate { of, .. } => format!("duplicate of {of}"),
        Reading::Ask { .. } => "ask".to_owned(),
        Reading::Rejected { .. } => "rejected".to_owned(),
        Reading::Ignored { why } => why.english.clone(),
    };
    roster.rows.iter().map(|row| format!("{} {}", row.line, say(row))).collect()
}

const TABLE: &str = "云泽市科技局通讯名单,,\n姓 名,工作单位,E-mail\n李涛,市科技局,li@example.cn\n王芳,启明公司,WANG@example.cn\n\
    王芳,启明公司,wang@example.cn\n赵强,安澜大学,zhao@qq.con\n孙丽,,无\n,,\n姓 名,工作单位,E-mail\n合计,5人,\n=1+1,海岭所,hai@example.cn\n";

#[test]
fn every_row_is_judged_for_itself() {
    let rows = [
        "3 li@example.cn:李涛",
        "4 WANG@example.cn:王芳",
        "5 duplicate of 4",
        "6 ask",
        "7 rejected",
        "8 an empty row",
        "9 the headings again",
        "10 a total",
        "11 hai@example.cn:=1+1",
    ];
    assert_eq!(said("a.csv", TABLE.as_bytes()), rows);
    let gb = encoding_rs::GB18030.encode(TABLE).0.into_owned();
    assert_eq!(said("a.csv", &gb), rows, "GB18030");
    let utf16: Vec<u8> =
        "\u{feff}".chars().chain(TABLE.chars()).collect::<String>().encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(said("a.csv", &utf16), rows, "UTF-16");
    assert_eq!(said("a.txt", TABLE.replace(',', "\t").as_bytes()), rows, "tabs");
    assert_eq!(said("a.txt", TABLE.replace(',', "，").as_bytes()), rows, "full-width commas");
}

#[test]
fn headings_in_any_order_fill_the_person() {
    let text = "备注,手机,邮箱,职务,区县,标签,处室,单位,联系人\n早报,13800000003.0,a@b.cn,主任,新城区,领导,办公室,市科技局,李涛";
    let roster = read("a.csv", text.as_bytes()).expect("a roster");
    let Reading::Found { person, .. } = &roster.rows[0].reading else { panic!("found") };
    let all = [
        &person.name,
        &person.organisation,
        &person.department,
        &person.position,
        &person.phone,
        &person.region,
        &person.category,
        &person.remark,
    ];
    let all: Vec<_> = all.into_iter().map(|field| field.as_deref().unwrap_or("")).collect();
    assert_eq!(all, ["李涛", "市科技局", "办公室", "主任", "13800000003", "新城区", "领导", "早报"]);
}

#[test]
fn headings_may_stand_on_two_lines() {
    let text = "名单\n序号,片区,姓名,联系方式,\n,,,手机,信箱\n1,东片,李涛,13800000003,li@a.cn\n2,,,,\n";
    assert_eq!(said("a.csv", text.as_bytes()), ["4 li@a.cn:李涛", "5 an empty row"]);
    let merged = text.replace(",,,手机", "序号,片区,姓名,手机");
    assert_eq!(said("a.csv", merged.as_bytes()), ["4 li@a.cn:李涛", "5 an empty row"]);
    let told = "姓名,邮箱\n姓名,\n李涛,li@a.cn";
    assert_eq!(said("a.csv", told.as_bytes()), ["2 rejected", "3 li@a.cn:李涛"], "a reader may be called so");
}

#[test]
fn a_table_by_its_name_is_read_where_it_is_words() {
    assert_eq!(said("a.xls", "姓名\t邮箱\n李涛\tli@a.cn".as_bytes()), ["2 li@a.cn:李涛"]);
    let page = "<html><table><tr><td>li@a.cn</td></tr></table>";
    assert_eq!(read("a.xls", page.as_bytes()), Err(RosterRefusal::Workbook));
    let locked: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let locked = [&b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..], &locked].concat();
    assert_eq!(read("a.xlsx", &locked), Err(RosterRefusal::Locked));
}

#[test]
fn without_headings_the_addresses_show_their_column() {
    assert_eq!(said("a.txt", "李涛,a@b.cn\n王芳,c@d.cn".as_bytes()), ["1 a@b.cn:李涛", "2 c@d.cn:王芳"]);
    assert_eq!(said("a.txt", b"a@b.cn\nc@d.cn\n"), ["1 a@b.cn:-", "2 c@d.cn:-"]);
}

#[test]
fn what_is_no_roster_is_refused_with_the_next_step() {
    for (name, bytes, why) in [
        ("a.xlsx", &b"PK\x03\x04rest"[..], RosterRefusal::Workbook),
        ("a.csv", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", RosterRefusal::Workbook),
        ("a.csv", b"\x7fELF\x01\0\0\0\0\0\0\0", RosterRefusal::Binary),
        ("a.csv", "姓名,邮箱\n李涛,无\n".as_bytes(), RosterRefusal::NoAddresses),
        ("a.csv", b"", RosterRefusal::NoAddresses),
        ("a.csv", &"李涛,li@a.cn".as_bytes()[..4], RosterRefusal::Undecodable),
    ] {
        assert_eq!(read(name, bytes), Err(why), "{name}");
        assert_ne!(why.sentence(Language::Chinese), why.sentence(Language::English));
    }
    assert_eq!(read("a.csv", &vec![b'a'; LARGEST + 1]), Err(RosterRefusal::TooLarge));
}

#[test]
fn twenty_thousand_rows_are_each_found() {
    let rows: String = (0..20_000).map(|n| format!("李涛,市科技局,reader{n}@example{}.cn\n", n % 300)).collect();
    let roster = read("a.csv", format!("姓名,单位,邮箱\n{rows}").as_bytes()).expect("a roster");
    assert_eq!(roster.rows.iter().filter(|row| matches!(row.reading, Reading::Found { .. })).count(), 20_000);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read("a.csv", &bytes);
    }

    #[test]
    fn any_text_with_an_address_gives_rows_in_order(text in "[\\PC,;\t\"\n@]{0,200}") {
        if let Ok(roster) = read("a.csv", format!("{text}\nli@example.cn\n").as_bytes()) {
            prop_assert!(roster.rows.windows(2).all(|pair| pair[0].line <= pair[1].line));
        }
    }
}
