//! A roster as an office keeps it becomes readers, row by row, and nothing is written before it is wanted.

use crate::cli::Cli;
use serde_json::Value;
use std::fs::File;

/// 科室,姓名,电子邮箱 and four rows, as a spreadsheet program in China saves it (GB18030).
fn office_roster() -> Vec<u8> {
    let text = "单位,联系人,电子邮箱,备注\r\n\
                示范市科技局,张伟,ZhangWei@KJJ.example,领导\r\n\
                示范大学,李娜,ｌｉｎａ＠dx.example。,\r\n\
                示范研究所,王芳,wangfang#yjs.example,\r\n\
                示范市科技局,张伟,zhangwei@kjj.example,重复\r\n\
                ,,,\r\n";
    let (bytes, _, lossy) = encoding_rs::GB18030.encode(text);
    assert!(!lossy);
    bytes.into_owned()
}

fn outcomes(imported: &Value) -> Vec<(i64, &str)> {
    let details = imported["details"].as_array().unwrap();
    details.iter().map(|d| (d["row"].as_i64().unwrap(), d["outcome"].as_str().unwrap())).collect()
}

#[test]
fn an_offices_own_table_is_read_row_by_row() {
    let cli = Cli::founded();
    let roster = cli.file("名单.csv", office_roster());
    let before = cli.tables();
    let dry = cli.prints(&["subscriber", "import", "notes/all", &roster, "--dry-run"]);
    assert_eq!(cli.tables(), before, "a dry run writes nothing");
    let imported = cli.prints(&["subscriber", "import", "notes/all", &roster]);
    let but_its_number = |mut said: Value| {
        said.as_object_mut().unwrap().remove("import");
        said
    };
    assert_eq!(but_its_number(dry), but_its_number(imported.clone()));
    let count = |name: &str| imported[name].as_i64().unwrap();
    assert_eq!((count("new"), count("cleaned"), count("duplicate")), (0, 2, 1), "{imported}");
    let rows = ["new", "cleaned", "updated", "duplicate", "ask", "rejected", "ignored"].map(count).iter().sum::<i64>();
    assert_eq!(rows, count("rows"), "every row has one outcome: {imported}");
    assert!(outcomes(&imported).contains(&(4, "rejected")) || outcomes(&imported).contains(&(4, "ask")), "{imported}");
    let reader = cli.prints(&["subscriber", "show", "LINA@dx.example"]);
    assert_eq!((&reader["person"]["name"], &reader["person"]["organisation"]), (&"李娜".into(), &"示范大学".into()));
    assert_eq!(cli.prints(&["list", "show", "notes/all"])["active"], 2);
}

#[test]
fn a_roster_beyond_all_bounds_is_refused_by_its_size() {
    let cli = Cli::founded();
    let file = cli.file("huge.csv", "");
    File::options().write(true).open(&file).unwrap().set_len(10 << 30).unwrap();
    let sentence = cli.is_refused_and_nothing_changes(&["subscriber", "import", "notes/all", &file]);
    assert!(sentence.contains("50 MB"), "{sentence}");
}

#[test]
fn an_import_is_taken_back_but_nothing_that_happened_since() {
    let cli = Cli::founded();
    let first = cli.file("a.csv", "姓名,邮箱,单位\n张伟,zhang@a.example,旧单位\n");
    cli.prints(&["subscriber", "import", "notes/all", &first]);
    let second = "姓名,邮箱,单位\n张伟,zhang@a.example,新单位\n李娜,li@a.example,\n王芳,wang@a.example,\n";
    let second = cli.file("b.csv", second);
    let import = cli.prints(&["subscriber", "import", "notes/all", &second])["import"].to_string();
    cli.prints(&["subscriber", "leave", "notes/all", "wang@a.example"]);
    let undone = cli.prints(&["subscriber", "undo", "notes/all", &import]);
    assert_eq!((&undone["off"], &undone["restored"], &undone["forgotten"]), (&1.into(), &1.into(), &1.into()));
    let zhang = cli.prints(&["subscriber", "show", "zhang@a.example"]);
    assert_eq!(zhang["person"]["organisation"], "旧单位");
    let wang = cli.prints(&["subscriber", "show", "wang@a.example"]);
    assert_eq!(wang["subscriptions"][0]["state"], "ended", "who left stays left: {wang}");
    assert!(cli.is_refused(&["subscriber", "show", "li@a.example"]).contains("nobody"));
    assert_eq!(cli.prints(&["list", "show", "notes/all"])["active"], 1);
    assert!(cli.is_refused(&["subscriber", "undo", "notes/all", &import]).contains("taken back already"));
}
