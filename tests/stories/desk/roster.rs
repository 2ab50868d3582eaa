//! A roster is looked at before it is brought in, and can be taken back.

use super::office::Office;
use crate::browser::Browser;

#[test]
fn a_roster_is_previewed_brought_in_and_taken_back() {
    let Some(browser) = Browser::find() else { return };
    let office = Office::opens();
    office.has_readers(2);
    let roster = "邮箱,姓名,单位\nreader001@readers.example,读者1,港务局\nnew1@readers.example,新读者,港务局\nnot an address,某人,\nnew2@readers.example,另一位,大学\n";
    let roster = office.cli.file("新名单.csv", roster);
    let mut admin = office.employs(&browser, "管理员丙", "admin");
    admin.goes_to(&office.url("/publications/brief/lists/all"));
    admin.sees("读者2");
    admin.follows("导入名单");
    admin.brings(roster.as_ref());
    admin.follows("上传并预览");
    admin.sees("2 人加入名单，1 人的资料更新");
    admin.sees("不是邮箱");
    admin.goes_to(&office.url("/publications/brief/lists/all"));
    assert!(!admin.shows("新读者"), "a look changes nothing");
    admin.follows("导入名单");
    admin.brings(roster.as_ref());
    admin.follows("上传并预览");
    admin.follows("确认导入");
    admin.sees("新名单.csv");
    admin.goes_to(&office.url("/publications/brief/lists/all"));
    admin.sees("新读者");
    admin.sees("港务局");
    admin.follows("导入名单");
    admin.presses("撤销");
    admin.follows("撤销这次导入");
    admin.sees("已撤销");
    admin.goes_to(&office.url("/publications/brief/lists/all"));
    assert!(!admin.shows("新读者") && !admin.shows("港务局"), "all of it is taken back");
    admin.sees("读者2");
}
