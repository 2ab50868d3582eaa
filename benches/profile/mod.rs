//! Profile: the publication whose letters are measured.

use yizhan::domain::publication::{Profile, Undated};

/// A publication that leaves everything as it comes.
pub(crate) fn profile() -> Profile {
    Profile {
        slug: "proof".parse().unwrap(),
        name: "速度试刊".to_owned(),
        from: "试刊 <proof@station.example>".parse().unwrap(),
        compiled_by: None,
        approvals: 0,
        language: "zh-CN".parse().unwrap(),
        zone: chrono_tz::Asia::Shanghai,
        undated: Undated::DispatchDay,
        own_approval: false,
        motto: None,
        reply_to: None,
        theme: Default::default(),
        colophon: Vec::new(),
        testers: Vec::new(),
        extent: Default::default(),
    }
}
