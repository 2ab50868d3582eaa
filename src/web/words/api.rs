//! What the page about the API says.

use crate::domain::language::Language;

/// The words of this room.
pub(in crate::web) struct Words {
    pub(in crate::web) title: &'static str,
    pub(in crate::web) what: &'static str,
    pub(in crate::web) begin: &'static str,
    pub(in crate::web) to_tokens: &'static str,
    pub(in crate::web) document: &'static str,
    pub(in crate::web) rules: [&'static str; 5],
    pub(in crate::web) whole_way: &'static str,
    pub(in crate::web) routes: &'static str,
    pub(in crate::web) query: &'static str,
    pub(in crate::web) body: &'static str,
    pub(in crate::web) answer: &'static str,
    pub(in crate::web) file: &'static str,
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
    title: "接口说明",
    what: "程序可以通过接口导入原稿、发起投递、查看进度和流水。内容与命令行的 --json 输出一致。",
    begin: "先生成一个令牌：",
    to_tokens: "接口令牌",
    document: "OpenAPI 3.1 文档",
    rules: [
        "每个请求都带上 Authorization: Bearer 令牌；浏览器的登录在这里不起作用。",
        "签发由人在网页上完成，令牌不能签发。",
        "每个 POST 都可以带 Idempotency-Key：24 小时内同样的键和内容只执行一次，并得到同样的回答；内容不同回答 422，前一次还在执行回答 409。",
        "出错时按 RFC 9457 回答：detail 说明原因，next 说明怎么办。请求里不认识的字段一律拒绝。",
        "每个令牌每秒约 20 个请求；超出时回答 429，Retry-After 说明要等几秒。",
    ],
    whole_way: "从导入到投递",
    routes: "全部接口",
    query: "参数",
    body: "请求",
    answer: "回答",
    file: "文件本身，或表单中名为 file 的文件",
};

static ENGLISH: Words = Words {
    title: "The API",
    what: "Programs import documents, start dispatches, and read their state and log. It says what the command line says \
           with --json.",
    begin: "Make a token first:",
    to_tokens: "tokens",
    document: "OpenAPI 3.1 document",
    rules: [
        "Each request carries Authorization: Bearer and the token; a browser's sign-in counts for nothing here.",
        "Approving is done by a person at the desk; no token may.",
        "Each POST takes an Idempotency-Key: within 24 hours the same key and body are carried out once and get the same \
         answer; another body gets 422, and 409 while the first runs.",
        "Errors follow RFC 9457: detail says why, next what to do. Unknown members are refused.",
        "A token may ask about 20 times a second; beyond that 429, and Retry-After says for how many seconds to wait.",
    ],
    whole_way: "From a file to a dispatch",
    routes: "All routes",
    query: "query",
    body: "request",
    answer: "answer",
    file: "the file itself, or the part “file” of a form",
};
