//! The reference server keeps the contract.

use afterword_conformance::Format;
use afterword_contract::Status;
use afterword_server::{Extent, Guests, Limits, Settings};

use crate::backend::{Backend, Twist};

#[tokio::test]
async fn the_reference_server_is_good_in_everything() {
    let backend = Backend::open(Twist::None).await;
    let report = backend.report(&[]).await;
    let (good, wrong, left_out) = report.counts();
    assert_eq!((wrong, left_out), (0, 0), "{}", report.write(Format::Text));
    assert!(good > 0);
}

#[tokio::test]
async fn where_nobody_may_write_the_rest_is_asked_all_the_same() {
    let guests = Guests { allowed: false, ..Guests::default() };
    let settings = Settings { guests, limits: Limits::none(), ..Settings::default() };
    let backend = Backend::start(settings, Twist::None).await;
    let report = backend.report(&[]).await;
    let (good, wrong, left_out) = report.counts();
    assert!(wrong == 0 && left_out > 0 && good > 0, "{}", report.write(Format::Text));
    assert!(
        report.entries.iter().any(|entry| entry.name() == "read.unknown-thread" && entry.verdict.is_ok())
    );
}

#[tokio::test]
async fn what_was_written_is_deleted_at_the_end() {
    let backend = Backend::open(Twist::None).await;
    assert!(backend.report(&["read"]).await.is_good());
    let mut threads = backend.store.snapshot().await.unwrap();
    let mut written = 0;
    for thread in threads.threads().await.unwrap() {
        let page = threads.export(&thread.id, Extent::Public).await.unwrap().unwrap();
        written += page.replies.len();
        let left: Vec<_> = page.replies.iter().filter(|reply| reply.status != Status::Deleted).collect();
        assert!(left.is_empty(), "{left:#?}");
        assert!(thread.id.as_str().starts_with("afterword-conformance-"));
    }
    assert!(written > 7);
}
