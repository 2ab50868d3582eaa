//! The pages' words in Chinese.

use super::{Trouble, Words};
use crate::domain::attempt::Stage;
use crate::domain::delivery::{Skip, State};
use crate::domain::dispatch::{LeftOut, Phase};

pub(super) static WORDS: Words = Words {
    house: "驿站",
    home: "首页",
    publications: "刊物",
    dispatches: "投递任务",
    mailbox: "邮箱",
    newer: "较新",
    older: "较早",
    first: "第一页",
    next: "下一页",
    search: "查找",

    leave_title: ["退订《", "》"],
    leave_ask: [" 现在会收到《", "》。按下按钮后，不再寄出任何一期。"],
    leave_unknown: "收到本链接的邮箱",
    leave_button: "退订",
    leave_note: "打开本页不会改变任何事；按下按钮，退订才生效。",
    leave_one: "或者只退出其中一个名单：",
    left_one: ["已退出名单“", "”。其余名单照常寄送。"],
    left_short: "已退订",
    left_title: ["不再寄送《", "》"],
    left: [" 已不在《", "》的任何名单上，今后不会再向这个邮箱寄出。"],
    left_note: "如果是误点，请与编辑部联系，重新登记即可。",

    no_dispatches: "还没有投递任务。请在一期的“投递”页发起。",
    issue: "期",
    publication: "刊物",
    to: "名单",
    hour: "时间",
    state: "状态",
    tally: "总账",
    settled: ["", " / ", " 已有结果"],
    not_opened: "名单尚未定下",
    audience: "应收人数",
    sum_holds: "各项相加等于应收人数",
    sum_broken: "各项相加不等于应收人数，请停止投递并检查数据库",
    left_out: "未列入的人",
    nobody_left_out: "名单上的人全部列入。",
    read_letters: "像读者那样看信",
    phase,
    state_of,
    meaning,
    left_out_for,

    log: "投递流水",
    again_at: "再试于",
    time: "时间",
    relay: "发信通道",
    reached: "到达阶段",
    duration: "用时",
    see_letter: "看这封信",
    stage,
    skip,

    no_letters: "还没有收到信。投递开始后，信会出现在这里。",
    letters: ["共 ", " 封"],
    letter: ["第 ", " 封"],
    from: "发件人",
    recipient: "收件人",
    subject: "主题",
    no_subject: "（无主题）",
    unreadable_letter: "（无法解读，请看源码）",
    letter_html: "信的正文",
    wide: "电脑",
    phone: "手机",
    text: "纯文本",
    headers: "邮件头",
    source: "源码",
    no_part: "这封信没有这一部分。",
    this_delivery: "这封信的投递",
    whole_log: "全部流水",
    not_ours: "这封信不是本站投递的，没有流水。",

    no_page: Trouble {
        title: "没有这个页面",
        why: "这个地址上什么也没有：可能写错了，也可能不归您的账号看。",
        next: "请核对地址，或从首页重新找。",
    },
    no_link: Trouble {
        title: "没有这个页面",
        why: "这个地址上什么也没有，也可能链接不完整。",
        next: "请从邮件里重新点开链接，或完整复制后再试。",
    },
    to_home: "回首页",
    leave_by_letter: Trouble {
        title: "请从自己的邮件里退订",
        why: "网页可以转给别人看，所以上面没有退订链接。",
        next: "请打开收到的邮件，点末尾的“退订”。邮件找不到了，请写信告诉编辑部。",
    },
    unreadable: Trouble {
        title: "看不懂这个请求",
        why: "地址中问号后面的内容无法识别。",
        next: "请返回上一页重新查找。",
    },
    method: Trouble {
        title: "不能这样访问", why: "这个地址不接受此类请求。", next: "请用浏览器直接打开。"
    },
    not_stored: Trouble {
        title: "退订没有存下来",
        why: "暂时无法写入，您的退订尚未生效。",
        next: "请过几分钟再按一次；仍不行，请回复邮件告诉编辑部。",
    },
    unavailable: Trouble {
        title: "暂时无法显示",
        why: "数据库现在读不出来。",
        next: "请稍后刷新；仍不行，请管理员运行 yizhan check。",
    },
    signed_out: Trouble {
        title: "请先登录",
        why: "登录已经到期，或者还没有登录；刚才的操作没有执行。",
        next: "请登录后再做一次。",
    },
    not_yours: Trouble {
        title: "您的账号不能这样做",
        why: "这一项不在您的权限之内。",
        next: "如有需要，请联系管理员调整权限。",
    },
    foreign: Trouble {
        title: "没有执行",
        why: "这个请求不是从本站页面发出的，为安全起见没有执行。",
        next: "请打开本站页面，在页面上再操作一次。",
    },
    not_done: Trouble { title: "没有执行", why: "", next: "什么都没有改变；请返回上一页。" },
    too_many: Trouble {
        title: "请求太频繁",
        why: "这个网络地址在短时间内的请求太多。",
        next: "请等一分钟，再打开这个页面。",
    },
    no_mailbox: Trouble {
        title: "邮箱读不出来",
        why: "保存信件的文件夹无法读取。",
        next: "请确认文件夹还在，并且允许读取。",
    },
};

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Planned => "待发",
        Phase::Opening => "正在定名单",
        Phase::Open => "正在发出",
        Phase::Paused => "已暂停",
        Phase::Cancelling => "正在取消",
        Phase::Closed => "已结束",
        Phase::Cancelled => "已取消",
    }
}

fn state_of(state: State) -> &'static str {
    match state {
        State::Queued => "排队",
        State::Claimed => "在途",
        State::Armed => "等答复",
        State::Accepted => "已接收",
        State::Failed => "被拒收",
        State::Expired => "已过期",
        State::Skipped => "已跳过",
        State::Uncertain => "不确定",
    }
}

fn meaning(state: State) -> &'static str {
    match state {
        State::Queued => "还没有寄出",
        State::Claimed => "正在交给发信通道",
        State::Armed => "正文已交出，等对方答复",
        State::Accepted => "发信通道明确收下",
        State::Failed => "对方明确拒绝",
        State::Expired => "多次未被收下，不再尝试",
        State::Skipped => "退订、停发或取消",
        State::Uncertain => "可能收下，无从得知",
    }
}

fn left_out_for(why: LeftOut) -> &'static str {
    match why {
        LeftOut::Left => "此前已退订",
        LeftOut::Suppressed => "地址已停发",
        LeftOut::Elsewhere => "由另一次投递寄送",
        LeftOut::Missed => "原由另一次投递寄送，但那次没有送到",
    }
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Connect => "连接",
        Stage::Greeting => "问候",
        Stage::Ehlo => "EHLO",
        Stage::StartTls => "加密（STARTTLS）",
        Stage::Auth => "登录（AUTH）",
        Stage::Mail => "MAIL FROM（发件人）",
        Stage::Rcpt => "RCPT TO（收件人）",
        Stage::Data => "DATA（正文）",
        Stage::Dot => "正文结束",
    }
}

fn skip(why: Skip) -> &'static str {
    match why {
        Skip::Suppressed => "地址已停发",
        Skip::Left => "读者已退订",
        Skip::Cancelled => "投递已取消",
    }
}
