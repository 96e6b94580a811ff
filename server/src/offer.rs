//! What this server tells of a thread beyond what is kept: what it offers, and within which bounds.

use afterword_contract::{Feature, Limits, Thread};

use crate::app::Writing;
use crate::validate;

/// Announces in `thread` what is served, and no more: clients show what is announced.
pub(crate) fn offer(writing: &Writing, thread: &mut Thread) {
    if thread.reaction_tags.is_empty() {
        thread.reaction_tags.clone_from(&writing.reaction_tags);
    }
    let mut features = vec![Feature::Reply, Feature::Edit, Feature::History, Feature::Delete];
    if !thread.reaction_tags.is_empty() {
        features.push(Feature::React);
    }
    features.extend([Feature::Mention, Feature::Report, Feature::Count]);
    thread.features = features;
    thread.limits = Limits {
        body_bytes: u32::try_from(writing.body_bytes.min(validate::BODY_BYTES)).ok(),
        edit_seconds: writing.edit_seconds.map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX)),
    };
}
