//! What this server tells of a thread beyond what is kept: what it offers, and within which bounds.

use afterword_contract::{Feature, Limits, Thread};

use crate::app::App;
use crate::validate;

/// Announces in `thread` what is served, and no more: clients show what is announced. Where nobody can sign in,
/// nobody is asked to.
pub(crate) fn offer(app: &App, thread: &mut Thread) {
    let settings = app.settings();
    let writing = &settings.writing;
    if thread.reaction_tags.is_empty() {
        thread.reaction_tags.clone_from(&writing.reaction_tags);
    }
    let (writes, reacts) = (app.lets_in(), app.lets_in() && !thread.reaction_tags.is_empty());
    let offered = [
        (Feature::Reply, writes),
        (Feature::Edit, writes),
        (Feature::History, true),
        (Feature::Delete, writes),
        (Feature::React, reacts),
        (Feature::Mention, writes),
        (Feature::Report, true),
        (Feature::Count, true),
        (Feature::Live, settings.live.offered()),
        (Feature::Html, true),
        (Feature::Viewer, true),
        (Feature::Guest, settings.guests.allowed),
    ];
    let offered = offered.into_iter().filter_map(|(feature, is_offered)| is_offered.then_some(feature));
    thread.features = offered.collect();
    thread.limits = Limits {
        body_bytes: u32::try_from(writing.body_bytes.min(validate::BODY_BYTES)).ok(),
        edit_seconds: writing.edit_seconds.map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX)),
    };
}
