//! Native benches of what runs in the reader's browser: markup, the thread's state, and drawing.
//!
//! Native code is faster than the module, which is made for size: these tell whether something became slower, not how
//! long a reader waits. `cargo xtask bench browser` tells that.

use std::hint::black_box;
use std::sync::Arc;

use afterword::config::RawConfig;
use afterword::messages::Messages;
use afterword::store::{Nowhere, Store};
use afterword::text::PlainEnglish;
use afterword::thread::{Command, Event, RequestId, Thread};
use afterword::views::thread_view;
use afterword_bench::thread::{page, said};
use afterword_contract::{Cursor, Order, Reply, ThreadPage};
use afterword_markup::{Names, parse_html, parse_markdown};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use leptos::prelude::Owner;

/// Replies of a page, as the widget asks for them.
const PAGE: u32 = 50;

/// 2026-11-23T12:00:00Z.
const NOW: i64 = 1_795_435_200_000;

fn markup(criterion: &mut Criterion) {
    let replies = said(1000);
    let authors: Vec<String> = (0..400).map(afterword_bench::thread::name).collect();
    let names = Names::new(&authors.iter().map(|name| (name.as_str(), None)).collect::<Vec<_>>());
    let mut group = criterion.benchmark_group("markup");
    let markdown: Vec<_> = replies.iter().map(|said| said.markdown()).collect();
    group.throughput(Throughput::Bytes(markdown.iter().map(|body| body.len() as u64).sum()));
    group.bench_function("1,000 replies, Markdown", |bencher| {
        bencher.iter(|| markdown.iter().map(|body| parse_markdown(body, &names).blocks.len()).sum::<usize>());
    });
    let html: Vec<_> = replies.iter().map(|said| said.html()).collect();
    group.throughput(Throughput::Bytes(html.iter().map(|body| body.len() as u64).sum()));
    group.bench_function("1,000 replies, HTML", |bencher| {
        bencher.iter(|| html.iter().map(|body| parse_html(body, &names).blocks.len()).sum::<usize>());
    });
    group.finish();
}

/// The replies `from..to` of a thread, counted from 0, as a backend with cursors answers them.
fn part(all: &ThreadPage, from: u32, to: u32) -> ThreadPage {
    let replies = all.replies.get(from as usize..to as usize).unwrap_or_default().to_vec();
    let cursor = |at: u32| Some(Cursor::from(format!("c{at}")));
    ThreadPage {
        previous: if from > 0 { cursor(from) } else { None },
        next: if to < all.thread.total { cursor(to) } else { None },
        replies,
        ..all.clone()
    }
    .completed()
}

fn loaded(request: RequestId, page: &ThreadPage) -> Event {
    Event::PageLoaded { request, page: Box::new(page.clone()) }
}

/// The question among these commands.
fn asked(commands: &[Command]) -> RequestId {
    let question = commands.iter().find_map(|command| match command {
        Command::FetchPage { request, .. } => Some(*request),
        _ => None,
    });
    question.unwrap_or(RequestId(0))
}

/// A thread with its first page.
fn begun(first: &ThreadPage) -> Thread {
    let mut thread = Thread::new(Order::Oldest, PAGE as u16);
    let request = asked(&thread.update(Event::Mounted { target: None }));
    thread.update(loaded(request, first));
    thread
}

fn update(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("Thread::update");
    for total in [1000, 10_000] {
        let all = page("t", total);
        let first = part(&all, 0, PAGE);
        group.bench_function(BenchmarkId::new("first page of 50 of", total), |bencher| {
            bencher.iter_batched(
                || {
                    let mut thread = Thread::new(Order::Oldest, PAGE as u16);
                    let request = asked(&thread.update(Event::Mounted { target: None }));
                    (thread, loaded(request, &first))
                },
                |(mut thread, event)| {
                    black_box(thread.update(event));
                    thread
                },
                BatchSize::LargeInput,
            );
        });
        // Four pages are the most that stay: the fifth lets the first go.
        let mut full = begun(&first);
        for at in (PAGE..4 * PAGE).step_by(PAGE as usize) {
            let request = asked(&full.update(Event::LaterRequested));
            full.update(loaded(request, &part(&all, at, at + PAGE)));
        }
        let next = part(&all, 4 * PAGE, 5 * PAGE);
        group.bench_function(BenchmarkId::new("next page of 50 beside 200 of", total), |bencher| {
            bencher.iter_batched(
                || {
                    let mut thread = full.clone();
                    let request = asked(&thread.update(Event::LaterRequested));
                    (thread, loaded(request, &next))
                },
                |(mut thread, event)| {
                    black_box(thread.update(event));
                    thread
                },
                BatchSize::LargeInput,
            );
        });
        let reply = all.replies.get(20).cloned().unwrap_or_default();
        let reply = Reply { body: reply.body + " Edited.", revision: "2".into(), ..reply };
        let news = ThreadPage { thread: all.thread.clone(), replies: vec![reply], ..ThreadPage::default() };
        group.bench_function(BenchmarkId::new("one reply changed beside 200 of", total), |bencher| {
            bencher.iter_batched(
                || (full.clone(), Event::NewsCame(Box::new(news.clone()))),
                |(mut thread, event)| {
                    black_box(thread.update(event));
                    thread
                },
                BatchSize::LargeInput,
            );
        });
    }
    // A backend without cursors sends all at once.
    group.sample_size(10);
    for total in [1000, 10_000] {
        let all = page("t", total).completed();
        group.bench_function(BenchmarkId::new("all at once of", total), |bencher| {
            bencher.iter_batched(
                || {
                    let mut thread = Thread::new(Order::Oldest, PAGE as u16);
                    let request = asked(&thread.update(Event::Mounted { target: None }));
                    (thread, loaded(request, &all))
                },
                |(mut thread, event)| {
                    black_box(thread.update(event));
                    thread
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

/// The widget with these replies, as HTML.
fn drawn(page: &ThreadPage) -> String {
    let raw = RawConfig { api: Some("/api".to_owned()), thread: "t".to_owned(), ..RawConfig::default() };
    let Ok(config) = raw.resolve() else { return String::new() };
    let owner = Owner::new();
    let html = owner.with(|| {
        let store = Store::new(config, Messages::new(Arc::new(PlainEnglish)), NOW, Box::new(Nowhere));
        store.dispatch(Event::Mounted { target: None });
        store.dispatch(loaded(RequestId(1), page));
        thread_view(store).to_html()
    });
    owner.cleanup();
    html
}

fn draw(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("draw to HTML");
    let all = page("t", 10_000);
    let pages = [
        ("13 replies", part(&page("t", 13), 0, 13)),
        ("a page of 50 of 10,000", part(&all, 0, PAGE)),
        ("1,000 replies at once", page("t", 1000).completed()),
    ];
    for (name, page) in &pages {
        let html = drawn(page);
        assert!(html.contains("reply-13"), "nothing was drawn");
        group.throughput(Throughput::Elements(page.replies.len() as u64));
        group.bench_function(*name, |bencher| bencher.iter(|| drawn(page).len()));
    }
    group.finish();
}

fn read_json(criterion: &mut Criterion) {
    let text = serde_json::to_string(&part(&page("t", 10_000), 0, PAGE)).unwrap_or_default();
    let mut group = criterion.benchmark_group("contract");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("read a page of 50", |bencher| {
        bencher
            .iter(|| serde_json::from_str::<ThreadPage>(&text).map(|page| page.replies.len()).unwrap_or(0));
    });
    group.finish();
}

criterion_group!(benches, markup, read_json, update, draw);
criterion_main!(benches);
