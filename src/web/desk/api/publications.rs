//! The API's publications and their lists: where a token may work.

use super::{Answer, ok};
use crate::domain::account::Permission;
use crate::domain::list::ListPath;
use crate::store;
use crate::web::contract;
use crate::web::desk::Asked;
use serde_json::{Value, json};

/// `GET /api/v1/publications`
pub(super) async fn list(asked: Asked) -> Answer {
    let mut reading = asked.read().await?;
    let mut publications = Vec::new();
    for publication in store::publication::all(&mut reading).await? {
        if !asked.may_at(Permission::Look, publication.id) {
            continue;
        }
        let mut lists = Vec::new();
        for list in store::list::of_publication(&mut reading, publication.id).await? {
            let path = ListPath { publication: publication.profile.slug.clone(), list: list.slug };
            let active = store::list::active(&mut reading, list.id).await?;
            lists.push(json!({ "path": path.to_string(), "name": list.name, "active": active }));
        }
        let mut json = contract::publication(&publication);
        json["lists"] = Value::Array(lists);
        publications.push(json);
    }
    ok(&json!({ "publications": publications }))
}
