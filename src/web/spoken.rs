//! Spoken: why something was not done, as a sentence for whoever sits at a page, in their language. On the command
//! line errors speak for themselves, in English.

use crate::actions::Error;
use crate::compose::{self, Unfit, Unprintable};
use crate::domain::language::Language;
use crate::store;

/// Why something was not done, and what there is to do.
pub(crate) fn spoken(error: &Error, language: Language) -> String {
    match language {
        Language::Chinese => chinese(error),
        Language::English => english(error),
    }
}

fn english(error: &Error) -> String {
    match error {
        Error::Document(refusal) => refusal.sentence(Language::English),
        Error::QuestionsOpen { open, .. } => {
            format!("{} questions of the import are open; answer them under “Review” first.", open.len())
        }
        Error::ApprovalsMissing { given, needed, .. } => {
            format!("{given} of {needed} approvals are given; it can go out when all are.")
        }
        Error::Stale(_) => {
            "The issue was changed after you opened this page, so nothing was saved. What you typed is still here: \
             look it over and save once more."
                .to_owned()
        }
        Error::Unknown { .. }
        | Error::Refused(_)
        | Error::Unprintable(_)
        | Error::Unfit(_)
        | Error::Held(_)
        | Error::Store(_) => error.to_string(),
    }
}

fn chinese(error: &Error) -> String {
    match error {
        Error::Unknown { noun, name, .. } => {
            format!("没有找到{}：{name}；它可能已被移走，请返回列表查看。", named(noun))
        }
        Error::Refused(sentence) => sentence.chinese.clone(),
        Error::Stale(_) => {
            "在您打开页面之后，有人改动了这一期，因此没有保存。您填写的内容还在，请核对后再保存一次。".to_owned()
        }
        Error::Document(refusal) => refusal.sentence(Language::Chinese),
        Error::QuestionsOpen { open, .. } => {
            format!("还有 {} 个问题没有回答；请先在“审阅”里逐一确认。", open.len())
        }
        Error::ApprovalsMissing { given, needed, .. } => {
            format!("需要 {needed} 人签发，目前 {given} 人已同意；请等签发完成后再投递。")
        }
        Error::Unprintable(why) => unprintable(why),
        Error::Unfit(why) => unfit(why),
        Error::Held(_) => "本站目前暂停一切投递，须由管理员在服务器上查看后放行。".to_owned(),
        Error::Store(error) => stored(error),
    }
}

/// A noun of ours in Chinese.
fn named(noun: &str) -> &'static str {
    match noun {
        "account" => "账号",
        "dispatch" => "投递任务",
        "edition" => "定稿",
        "group" => "读者组",
        "flag" => "问题",
        "issue" => "这一期",
        "list" => "名单",
        "publication" => "刊物",
        "schedule" => "排期",
        "subscriber" => "读者",
        _ => "这一项",
    }
}

fn unprintable(why: &Unprintable) -> String {
    match why {
        Unprintable::Empty => "这一期还没有文章；请导入一份有文章的原稿。".to_owned(),
        Unprintable::DayUnknown => "这一期以投递日为出版日期，而投递日还没有定；请先填写出版日期。".to_owned(),
        Unprintable::Character(c) => {
            format!("稿件或刊名中有不能写进邮件的字符（U+{:04X}）；请在原稿或刊名里删去它。", u32::from(*c))
        }
        Unprintable::TooLarge(bytes) => {
            let kb = bytes.div_ceil(1024);
            format!(
                "邮件正文有 {kb} KB，超过 100 KB 的部分会被邮箱截断；请把这一期分成两期，或在预览页改寄摘要、选择照样寄出。"
            )
        }
        Unprintable::NoPage => {
            "这一期寄摘要，而本站还没有能看全文的网页；请管理员在设置文件的 [web] 里填写 base_url 并重新启动服务，\
             或改寄全文。"
                .to_owned()
        }
        Unprintable::PageGone(bytes) => format!(
            "这一期寄摘要，而能看全文的网页已经没有了；全文有 {} KB，一封邮件装不下。请管理员在设置文件的 [web] 里重新填写 base_url \
             并重新启动服务，然后继续投递。",
            bytes.div_ceil(1024)
        ),
        Unprintable::TooHeavy(bytes) => {
            let (kb, most) = (bytes.div_ceil(1024), compose::LETTER_LIMIT / 1024);
            format!("连同图片，整封邮件有 {kb} KB，最多只能有 {most} KB；请在原稿中把图片压缩后重新导入。")
        }
    }
}

fn unfit(why: &Unfit) -> String {
    match why {
        Unfit::Line(line) => {
            format!("邮件第 {line} 行不合邮件规范，这份定稿不能寄出；这是程序的缺陷，请告诉管理员。")
        }
        Unfit::Missing => "邮件里的一张图片不在数据库中；请重新导入原稿。".to_owned(),
        Unfit::Detached(name) => format!("附件“{name}”不在数据库中；请在“期次信息”里移除它，再重新添加。"),
        Unfit::Piece(_) => "这位读者的姓名或地址里有不能写进邮件的字符；请改正后再寄。".to_owned(),
    }
}

fn stored(error: &store::Error) -> String {
    use store::Error as E;
    match error {
        E::Full => "磁盘已满，没有保存，什么都没有改变；请管理员腾出空间后再试一次。",
        E::Busy => "另一个程序正占用数据库，没有保存，什么都没有改变；请过一会儿再试一次。",
        E::NotOurs => "数据库不能写入，没有保存；请管理员检查数据目录的权限，磁盘是否只读。",
        E::Newer(_) => "数据库是更新版本的驿站写的，本版本不能使用；请管理员升级程序。",
        E::InUse(_) | E::Open(_) => "另一个驿站程序正在使用数据库；请管理员先停下它，再试一次。",
        E::Folder(..) => "数据目录不能使用；请管理员检查它是否存在、能否写入。",
        E::File(..) => "备份文件不能使用；请换一个文件名。",
        E::Unsound(..) => "这个文件不是完好的驿站数据库，没有改变任何数据；请换一个文件。",
        E::Journal(..) => "日志文件不能写入，什么都没有改变；请管理员检查磁盘和权限后再试一次。",
        E::Replaced(_) => "运行期间数据库被换过，没有保存；请管理员重新启动程序。",
        E::Fenced => "另一个驿站程序可能也在寄信，没有保存；请管理员检查。",
        E::Sum(_) => "投递的总账对不上，已停止寄信；请管理员恢复备份，并报告这一问题。",
        E::Constraint(_) => "这样保存不合规则，什么都没有改变；请刷新页面看看现在的情况，再试一次。",
        E::Unreadable(_) => "数据库里有本版本读不懂的内容；请管理员运行 yizhan check。",
        E::OldLibrary(_) => "SQLite 版本过旧，不能放心写入；请管理员换用自带的版本。",
        E::Broken(_) => "数据库出错，没有保存；请稍后再试，仍不行请管理员运行 yizhan check。",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::Flag;
    use crate::domain::id::{EditionId, IssueId};

    #[test]
    fn nobody_who_reads_chinese_is_told_in_english() {
        let unknown = Error::Unknown { noun: "list", name: "3".into(), next: "`yizhan list add` adds one" };
        let open: Vec<Flag> = Vec::new();
        let said = [
            unknown,
            Error::QuestionsOpen { issue: IssueId(1), open },
            Error::ApprovalsMissing { edition: EditionId(1), given: 1, needed: 2 },
            Error::Unprintable(Unprintable::Empty),
            Error::Unprintable(Unprintable::TooLarge(110_000)),
            Error::Unprintable(Unprintable::Character('\u{7}')),
            Error::Unprintable(Unprintable::PageGone(6_000_000)),
            Error::Unfit(Unfit::Line(3)),
            Error::Held("older".into()),
            Error::Store(store::Error::Full),
            Error::Store(store::Error::Busy),
        ];
        for error in said {
            let sentence = spoken(&error, Language::Chinese);
            assert!(sentence.ends_with('。') && !sentence.contains("`yizhan"), "{sentence}");
            assert_ne!(sentence, error.to_string());
        }
    }
}
