//! What conditions are made of, and what rules mean.

use super::*;

fn facts(person: &Person) -> Facts<'_> {
    Facts {
        address: "Wang@Foxmail.com",
        lane: "qq.com",
        person,
        on: &[],
        stands: Stands::Active,
        is_suppressed: false,
        known: NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(),
    }
}

#[test]
fn a_condition_is_read_in_both_languages_and_written_in_one() {
    for (typed, written) in [
        ("organisation contains 科技局", "organisation contains 科技局"),
        ("单位 包含 市 科技局", "organisation contains 市 科技局"),
        ("　地区　是　云泽市　", "region is 云泽市"),
        ("状态 不是 停发", "state is-not suppressed"),
        ("provider is @FOXMAIL.com", "provider is qq.com"),
        ("登记日期 早于 ２０２６-01-31", "known before 2026-01-31"),
        ("remark empty", "remark empty"),
        ("list is all", "list is all"),
    ] {
        let read: Condition = typed.parse().unwrap_or_else(|why| panic!("{typed}: {why}"));
        assert_eq!(read.to_string(), written, "{typed}");
        assert_eq!(written.parse(), Ok(read));
    }
}

#[test]
fn what_is_no_condition_says_how_one_is_written() {
    for (typed, english, chinese) in [
        ("", "FIELD RELATION VALUE", "三部分"),
        ("office contains x", "Fields: organisation, department", "三部分"),
        ("organisation like x", "Relations: contains", "三部分"),
        ("organisation contains", "needs a value", "“单位”这个条件"),
        ("organisation from 2026-01-01", "cannot be asked with 'from'; use contains", "不能用“不早于”"),
        ("list contains all", "use is, is-not", "请改用：是、不是"),
        ("list is 全体", "no list's short name", "名单里选"),
        ("state is gone", "no state", "在订"),
        ("known from 2026-13-01", "no day", "2026-01-31"),
        ("known from 999999999999999-01-01", "no day", "2026-01-31"),
    ] {
        let why = typed.parse::<Condition>().expect_err(typed);
        assert!(why.english.contains(english) && why.chinese.contains(chinese), "{typed}: {why:?}");
    }
    let long = format!("name is {}", "长".repeat(101));
    assert!(long.parse::<Condition>().unwrap_err().chinese.contains("101 个字"));
}

#[test]
fn a_condition_and_its_opposite_never_both_fit() {
    let person = Person { organisation: Some("云泽市科技局".into()), region: None, ..Person::default() };
    for (one, opposite, fits) in [
        ("organisation contains 科技局", "organisation lacks 科技局", true),
        ("organisation is 科技局", "organisation is-not 科技局", false),
        ("region is 云泽市", "region is-not 云泽市", false),
        ("region empty", "region filled", true),
        ("address contains FOXMAIL", "address lacks FOXMAIL", true),
        ("address is wang@foxmail.COM", "address is-not wang@foxmail.COM", true),
        ("provider is foxmail.com", "provider is-not foxmail.com", true),
        ("state is suppressed", "state is-not suppressed", false),
        ("list is all", "list is-not all", false),
        ("known from 2026-03-01", "known before 2026-03-01", true),
        ("known from 2026-03-02", "known before 2026-03-02", false),
    ] {
        let says = |text: &str| text.parse::<Condition>().unwrap().fits(&facts(&person));
        assert_eq!((says(one), says(opposite)), (fits, !fits), "{one}");
    }
}

#[test]
fn a_rule_is_told_in_words_and_kept_as_it_is_typed() {
    let condition = |text: &str| text.parse::<Condition>().unwrap();
    let conditions =
        ["organisation contains 科技局", "region is 云泽市", "list is all", "region is 云泽市"].map(condition);
    let rule = Rule::of(How::All, conditions.to_vec()).unwrap();
    assert_eq!(rule.conditions().len(), 3, "what is said twice is said once");
    let named = |_: &Slug| Some("全体".to_owned());
    assert_eq!(rule.told(Language::Chinese, named), "单位包含“科技局”，且地区是“云泽市”，且名单是“全体”");
    assert_eq!(
        rule.told(Language::English, |_| None),
        "unit contains “科技局” and region is “云泽市” and list is “all”"
    );
    let kept = serde_json::to_string(&rule).unwrap();
    assert_eq!(kept, r#"{"how":"all","conditions":["organisation contains 科技局","region is 云泽市","list is all"]}"#);
    assert_eq!(serde_json::from_str::<Rule>(&kept).unwrap(), rule);
    assert!(serde_json::from_str::<Rule>(r#"{"how":"all","conditions":[]}"#).is_err(), "nobody means everybody");
    let many = (0..=MOST).map(|n| condition(&format!("name is {n}"))).collect();
    assert!(Rule::of(How::Any, many).unwrap_err().chinese.contains("最多 12 个条件"));
}

#[test]
fn all_or_any_of_the_conditions_must_fit() {
    let person = Person { region: Some("云泽市".into()), ..Person::default() };
    let conditions = ["region is 云泽市", "state is pending"].map(|text| text.parse::<Condition>().unwrap());
    let of = |how| Rule::of(how, conditions.to_vec()).unwrap().fits(&facts(&person));
    assert!(!of(How::All) && of(How::Any));
}
