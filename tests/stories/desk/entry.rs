//! Who signs in, who is kept out, and who is signed out by whom.

use super::office::{Office, PASSWORD};
use crate::browser::Browser;

#[test]
fn who_guesses_passwords_is_made_to_wait_and_told_so() {
    let Some(browser) = Browser::find() else { return };
    let office = Office::opens();
    office.employs(&browser, "编辑甲", "editor");
    let mut guesser = browser.somebody();
    guesser.goes_to(&office.url("/sign-in"));
    guesser.writes("邮箱", "editor@yunze.example");
    for n in 1..=3 {
        guesser.writes("密码", &format!("a wrong password {n}"));
        guesser.follows("登录");
        guesser.sees("邮箱或密码不对");
    }
    // And goes on so; the waits in between are the law's own test.
    office.cli.meddles("UPDATE account SET failures = 9");
    guesser.writes("密码", "a wrong password 10");
    guesser.follows("登录");
    guesser.sees("邮箱或密码不对");
    guesser.writes("密码", PASSWORD);
    guesser.follows("登录");
    guesser.sees("15 分钟后再试");
    assert!(guesser.path().starts_with("/sign-in"), "not even the right one is listened to");
}

#[test]
fn a_session_ended_in_one_browser_signs_the_other_out() {
    let Some(browser) = Browser::find() else { return };
    let office = Office::opens();
    let mut here = office.employs(&browser, "编辑甲", "editor");
    let mut there = browser.somebody();
    there.goes_to(&office.url("/account"));
    there.writes("邮箱", "editor@yunze.example");
    there.writes("密码", PASSWORD);
    there.follows("登录");
    assert_eq!(there.path(), "/account", "who signs in gets where they wanted");
    here.goes_to(&office.url("/account"));
    here.follows("退出它");
    here.sees("就是这一个");
    there.goes_to(&office.url("/publications"));
    there.sees("密码");
    assert!(there.path().starts_with("/sign-in"), "{}", there.path());
    here.goes_to(&office.url("/publications"));
    here.sees("云泽科技观察");
}
