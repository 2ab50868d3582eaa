//! Route: the API's table. Each is served, guarded and described from its row here, so that the description cannot say
//! what is not so.

use super::schema::{self, Schema};
use super::{deliveries, dispatches, issues, publications, readers};
use crate::domain::account::Permission as May;
use crate::domain::language::Sentence;
use crate::domain::token::Scope;
use crate::web::Pages;
use crate::web::desk::rooms::LARGEST_FORM;
use crate::web::desk::take_in::LARGEST as LARGEST_DOCUMENT;
use axum::routing::{MethodRouter, get, post};

/// The most bytes of a request with a roster.
const LARGEST_ROSTER: usize = crate::intake::roster::LARGEST + 64 * 1024;

/// One route of the API.
pub(in crate::web::desk) struct Route {
    /// GET or POST.
    pub(in crate::web::desk) method: &'static str,
    /// Where; a piece in braces names what it concerns.
    pub(in crate::web::desk) path: &'static str,
    /// What the account must be allowed.
    pub(in crate::web::desk) permission: May,
    /// What the token must have been made for.
    pub(in crate::web::desk) scope: Scope,
    /// The most bytes of a body.
    pub(in crate::web::desk) most: usize,
    /// Its name in the description.
    pub(super) name: &'static str,
    /// What it does, in English and in Chinese.
    pub(super) does: [&'static str; 2],
    /// What may stand after the `?`.
    pub(super) query: &'static [(&'static str, Schema)],
    /// What is sent.
    pub(super) takes: Takes,
    /// The codes of success, and what comes with them.
    pub(super) gives: (&'static [u16], Schema),
    /// Who answers.
    pub(in crate::web::desk) serve: fn() -> MethodRouter<Pages>,
}

/// What a route is sent.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    /// Nothing.
    Nothing,
    /// A JSON object.
    Object(Schema),
    /// A file: as it is, of one of these types, or in a form.
    File(&'static [(&'static str, &'static str)]),
}

impl Route {
    /// What it does.
    pub(super) fn does(&self) -> Sentence {
        let [english, chinese] = self.does;
        Sentence { english: english.to_owned(), chinese: chinese.to_owned() }
    }
}

macro_rules! route {
    ($method:ident $path:literal, $may:ident, $scope:ident, $name:literal, $does:expr, $query:expr, $takes:expr, $gives:expr, $serve:path $(, $most:expr)?) => {
        Route {
            method: route!(@method $method),
            path: $path,
            permission: May::$may,
            scope: Scope::$scope,
            most: route!(@most $($most)?),
            name: $name,
            does: $does,
            query: $query,
            takes: $takes,
            gives: $gives,
            serve: || $method($serve),
        }
    };
    (@method get) => { "GET" };
    (@method post) => { "POST" };
    (@most) => { LARGEST_FORM };
    (@most $most:expr) => { $most };
}

const OK: &[u16] = &[200];
const MADE: &[u16] = &[201, 200];
const NEW: &[u16] = &[201];
const BEFORE: &[(&str, Schema)] = &[("before", schema::id)];

/// All of them.
#[rustfmt::skip]
pub(in crate::web::desk) static ROUTES: [Route; 20] = [
    route!(get "/api/v1/publications", Look, Read, "listPublications",
        ["The publications where the token may work, with their lists.", "令牌可以使用的刊物和名单。"],
        &[], Takes::Nothing, (OK, schema::publications), publications::list),
    route!(post "/api/v1/publications/{publication}/issues", Edit, Import, "importIssue",
        ["Makes a document an issue; the same bytes twice make one.", "导入原稿，生成一期；同样的文件只生成一期。"],
        &[("name", schema::name)], Takes::File(&issues::KINDS), (MADE, schema::taken_in), issues::take_in, LARGEST_DOCUMENT),
    route!(get "/api/v1/publications/{publication}/issues", Look, Read, "listIssues",
        ["The issues of a publication, the newest first.", "一份刊物的各期，新的在前。"],
        BEFORE, Takes::Nothing, (OK, schema::issues), issues::list),
    route!(get "/api/v1/issues/{issue}", Look, Read, "showIssue",
        ["An issue with its articles and its questions.", "一期的文章和导入时的问题。"],
        &[], Takes::Nothing, (OK, schema::issue), issues::show),
    route!(post "/api/v1/issues/{issue}/answers", Edit, Import, "answerQuestions",
        ["Answers one question of the import, or all open ones by their defaults.", "回答导入时的一个问题，或全部按默认回答。"],
        &[], Takes::Object(schema::answer), (OK, schema::answered), issues::answer),
    route!(post "/api/v1/issues/{issue}/submit", Edit, Import, "submitIssue",
        ["Freezes the issue into an edition and puts it forward to its reviewers.", "定稿，并送审。"],
        &[], Takes::Object(schema::nothing), (OK, schema::submitted), issues::submit),
    route!(post "/api/v1/issues/{issue}/dispatches", Dispatch, Dispatch, "startDispatch",
        ["Sends an issue to lists, at once or at a time; a second start of the same finds the first.",
         "把一期投递到名单，立即或定时；重复发起只算一次。"],
        &[], Takes::Object(schema::order), (MADE, schema::started), dispatches::start),
    route!(get "/api/v1/dispatches", Look, Read, "listDispatches",
        ["The dispatches, the newest first.", "投递任务，新的在前。"],
        BEFORE, Takes::Nothing, (OK, schema::dispatches), dispatches::list),
    route!(get "/api/v1/dispatches/{dispatch}", Look, Read, "showDispatch",
        ["How a dispatch stands: its tally adds up to its audience.", "投递任务的进度；各项相加等于总人数。"],
        &[], Takes::Nothing, (OK, schema::dispatch), dispatches::show),
    route!(post "/api/v1/dispatches/{dispatch}/pause", Dispatch, Dispatch, "pauseDispatch",
        ["Pauses a dispatch.", "暂停投递。"],
        &[], Takes::Object(schema::why), (OK, schema::dispatch), dispatches::pause),
    route!(post "/api/v1/dispatches/{dispatch}/resume", Dispatch, Dispatch, "resumeDispatch",
        ["Lets a paused dispatch go on.", "继续投递。"],
        &[], Takes::Object(schema::nothing), (OK, schema::dispatch), dispatches::resume),
    route!(post "/api/v1/dispatches/{dispatch}/cancel", Dispatch, Dispatch, "cancelDispatch",
        ["Calls a dispatch off; what has gone stays gone.", "取消投递；已经寄出的不能收回。"],
        &[], Takes::Object(schema::nothing), (OK, schema::dispatch), dispatches::cancel),
    route!(get "/api/v1/deliveries", SeeReaders, Log, "searchLog",
        ["The delivery log: by address, issue, dispatch, state and reason.", "投递流水：按地址、期、任务、状态和原因查找。"],
        &[("q", schema::text), ("issue", schema::id), ("dispatch", schema::id), ("state", schema::state),
          ("reason", schema::reason), ("after", schema::place)],
        Takes::Nothing, (OK, schema::deliveries), deliveries::list),
    route!(get "/api/v1/deliveries/{delivery}", SeeReaders, Log, "showDelivery",
        ["One delivery with each attempt.", "一封信的投递经过。"],
        &[], Takes::Nothing, (OK, schema::delivery), deliveries::show),
    route!(get "/api/v1/publications/{publication}/lists/{list}/subscribers", SeeReaders, Readers, "listSubscribers",
        ["The readers of a list, also those who left; the audit notes it.", "名单上的读者（含已退订的）；审计日志会记下。"],
        &[("after", schema::id)], Takes::Nothing, (OK, schema::subscribers), readers::list),
    route!(post "/api/v1/publications/{publication}/lists/{list}/subscribers", KeepReaders, Readers, "addSubscriber",
        ["Adds one reader to a list; who left it is not brought back.", "把一位读者加入名单；退订过的不会恢复。"],
        &[], Takes::Object(schema::newcomer), (MADE, schema::added), readers::add),
    route!(post "/api/v1/publications/{publication}/departures", KeepReaders, Readers, "leave",
        ["Takes a reader off every list of a publication, or off one.", "为读者退订一份刊物，或其中一个名单。"],
        &[], Takes::Object(schema::departure), (OK, schema::ended), readers::leave),
    route!(post "/api/v1/publications/{publication}/suppressions", KeepReaders, Readers, "suppress",
        ["Suppresses the address of a reader: nothing goes there any more.", "停发：不再向这个地址寄信。"],
        &[], Takes::Object(schema::suppression), (MADE, schema::suppressed), readers::suppress),
    route!(post "/api/v1/publications/{publication}/lists/{list}/rosters", KeepReaders, Readers, "previewRoster",
        ["Keeps a roster and tells what each row would do; nothing is written to the list.",
         "上传名册，逐行预览；名单暂不改变。"],
        &[("name", schema::name)], Takes::File(&readers::KINDS), (NEW, schema::roster), readers::look_at_roster, LARGEST_ROSTER),
    route!(post "/api/v1/publications/{publication}/lists/{list}/rosters/{roster}", KeepReaders, Readers, "importRoster",
        ["Brings in the roster that was looked at, by the digest that its preview told.", "按预览给出的摘要，导入这份名册。"],
        &[], Takes::Object(schema::basis), (NEW, schema::imported), readers::bring_in),
];
