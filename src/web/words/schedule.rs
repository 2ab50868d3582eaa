//! What the pages say of a publication's schedule.

use crate::domain::language::Language;
use crate::domain::schedule::rhythm::{Each, Rhythm};

/// The words of this room.
pub(in crate::web) struct Words {
    pub(in crate::web) schedule: &'static str,
    pub(in crate::web) how_often: &'static str,
    pub(in crate::web) month: &'static str,
    pub(in crate::web) month_on: [&'static str; 2],
    pub(in crate::web) week: &'static str,
    pub(in crate::web) day: &'static str,
    pub(in crate::web) other: &'static str,
    pub(in crate::web) other_hint: &'static str,
    pub(in crate::web) at: &'static str,
    pub(in crate::web) to: &'static str,
    pub(in crate::web) weekdays: [&'static str; 7],
    pub(in crate::web) save: &'static str,
    pub(in crate::web) look: &'static str,
    pub(in crate::web) next_dates: &'static str,
    pub(in crate::web) not_saved: &'static str,
    pub(in crate::web) none: &'static str,
    pub(in crate::web) paused: &'static str,
    pub(in crate::web) pause: &'static str,
    pub(in crate::web) resume: &'static str,
    pub(in crate::web) past: &'static str,
    pub(in crate::web) nothing_past: &'static str,
    pub(in crate::web) became: fn(&str) -> &'static str,
    pub(in crate::web) what_goes: &'static str,
    pub(in crate::web) no_lists: &'static str,
    pub(in crate::web) not_understood: &'static str,
    pub(in crate::web) rhythm: fn(Rhythm) -> String,
}

impl Words {
    /// The words in a language.
    pub(in crate::web) fn of(language: Language) -> &'static Self {
        match language {
            Language::Chinese => &CHINESE,
            Language::English => &ENGLISH,
        }
    }
}

static CHINESE: Words = Words {
    schedule: "排期",
    how_often: "多久一次",
    month: "每月",
    month_on: ["", "日"],
    week: "每周",
    day: "每天",
    other: "其他",
    other_hint: "五段 cron 表达式：分 时 日 月 星期，例如 0 9 1,15 * *",
    at: "时间",
    to: "发给",
    weekdays: ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
    save: "保存排期",
    look: "先看看日期",
    next_dates: "接下来的日期",
    not_saved: "还没有保存；这是按上面所填算出的日期。",
    none: "还没有排期：各期只在有人投递时发出。",
    paused: "排期已暂停：到时间也不会自动投递。",
    pause: "暂停排期",
    resume: "恢复排期",
    past: "以往",
    nothing_past: "还没有到过时间。",
    became: |outcome| match outcome {
        "fired" => "已投递",
        "nothing-ready" => "没有可发的一期",
        _ => "错过",
    },
    what_goes: "到时间，自动投递最新一期：已送审、此后没有改动、签发齐全才会发出；没有准备好就不发，并在此注明原因。",
    no_lists: "这个刊物还没有名单；请先建立名单。",
    not_understood: "这个时间看不明白，请检查。",
    rhythm: |rhythm| {
        let time = rhythm.time.format("%H:%M");
        match rhythm.each {
            Each::Day => format!("每天 {time}"),
            Each::Week(day) => format!("每{} {time}", CHINESE.weekdays[usize::from(day) % 7]),
            Each::Month(day) => format!("每月 {day} 日 {time}"),
        }
    },
};

static ENGLISH: Words = Words {
    schedule: "Schedule",
    how_often: "How often",
    month: "Each month",
    month_on: ["on day ", ""],
    week: "Each week",
    day: "Each day",
    other: "Other",
    other_hint: "Five fields of a crontab: minute hour day month weekday, as 0 9 1,15 * *",
    at: "Time",
    to: "To",
    weekdays: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
    save: "Save",
    look: "See the dates first",
    next_dates: "Next dates",
    not_saved: "Not saved yet: these are the dates of what is filled in above.",
    none: "There is no schedule: issues go out when somebody dispatches them.",
    paused: "The schedule is paused: nothing goes by itself.",
    pause: "Pause the schedule",
    resume: "Let it go on",
    past: "Past",
    nothing_past: "No date has come yet.",
    became: |outcome| match outcome {
        "fired" => "dispatched",
        "nothing-ready" => "nothing was ready",
        _ => "missed",
    },
    what_goes: "On each date the newest issue goes out by itself, if it is submitted, unchanged since and approved; if it is not, nothing goes, and the reason stands here.",
    no_lists: "This publication has no list yet; make one first.",
    not_understood: "This time cannot be understood; check it.",
    rhythm: |rhythm| {
        let time = rhythm.time.format("%H:%M");
        match rhythm.each {
            Each::Day => format!("each day at {time}"),
            Each::Week(day) => format!("each {} at {time}", ENGLISH.weekdays[usize::from(day) % 7]),
            Each::Month(day) => format!("on day {day} of each month at {time}"),
        }
    },
};
