//! The views drawn to HTML, without a browser: what stands on the page for each state of a thread.

use std::sync::Arc;

use afterword_contract::{Feature, Order, Person, Reply, Status, ThreadPage, Viewer};
use expect_test::{Expect, expect};
use leptos::prelude::*;

mod acting;
mod later;

use super::thread_view;
use crate::config::{Config, RawConfig};
use crate::messages::Messages;
use crate::store::{Nowhere, Store};
use crate::text::PlainEnglish;
use crate::thread::{Event, Failure, Passage, RequestId};

/// 2026-11-23T12:00:00Z.
const NOW: i64 = 1_795_435_200_000;

fn config() -> Config {
    let raw = RawConfig { api: Some("/api".to_owned()), thread: "soft".to_owned(), ..RawConfig::default() };
    raw.resolve().expect("the configuration is right")
}

/// The whole widget after these events, as HTML.
fn html(events: Vec<Event>) -> String {
    let owner = Owner::new();
    owner.with(|| {
        let store = Store::new(config(), Messages::new(Arc::new(PlainEnglish)), NOW, Box::new(Nowhere));
        for event in events {
            store.dispatch(event);
        }
        thread_view(store).to_html()
    })
}

fn mounted() -> Event {
    Event::Mounted { target: None }
}

fn loaded(json: &str) -> Event {
    let page: ThreadPage = serde_json::from_str(json).expect("the page is in the contract's form");
    Event::PageLoaded { request: RequestId(1), page: Box::new(page.completed()) }
}

/// The inside of the only part of this name, one element a line.
fn check(json: &str, part: &str, expected: Expect) {
    expected.assert_eq(&inside(&html(vec![mounted(), loaded(json)]), part));
}

/// Cuts out the first element with this part, and breaks it into lines so that a difference can be seen.
fn inside(html: &str, part: &str) -> String {
    let mark = format!("part=\"{part}\"");
    let Some(at) = html.find(&mark) else { return format!("no {part} in:\n{html}\n") };
    let start = html[..at].rfind('<').unwrap_or(0);
    let name: String = html[start + 1..].chars().take_while(char::is_ascii_alphanumeric).collect();
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut depth = 0;
    let mut end = start;
    loop {
        let rest = &html[end..];
        let next_close = rest.find(&close).map_or(html.len() - end, |at| at);
        match rest.find(&open) {
            Some(next_open) if next_open < next_close => {
                (depth, end) = (depth + 1, end + next_open + open.len())
            }
            _ => (depth, end) = (depth - 1, (end + next_close + close.len()).min(html.len())),
        }
        if depth == 0 || end == html.len() {
            return html[start..end].replace("<!>", "").replace("><", ">\n<") + "\n";
        }
    }
}

#[test]
fn before_the_first_answer_there_is_a_skeleton_and_the_region_is_busy() {
    let html = html(vec![mounted()]);
    assert!(html.contains(r#"aria-busy="true""#), "{html}");
    assert_eq!(html.matches(r#"part="skeleton-reply""#).count(), 3);
    assert!(!html.contains(r#"part="empty""#));
}

#[test]
fn a_thread_without_replies_says_so_and_has_no_tools() {
    let html = html(vec![mounted(), loaded(r#"{"thread":{"id":"soft"},"replies":[]}"#)]);
    assert!(html.contains(r#"part="empty""#), "{html}");
    assert!(!html.contains(r#"part="tools""#), "{html}");
    assert!(!html.contains(r#"part="skeleton""#), "{html}");
}

#[test]
fn a_page_written_by_hand_is_a_thread() {
    check(
        r#"{"replies":[{"body":"Hi"}]}"#,
        "reply",
        expect![[r##"
            <article part="reply" id="reply-1" tabindex="-1" data-status="published" aria-labelledby="by-1">
            <header part="reply-header">
            <span part="avatar" aria-hidden="true">?</span>
            <h3 part="reply-heading" id="by-1">
            <span part="reply-author" data-known="unknown">Unknown author</span>
            </h3>
            <a part="reply-number" href="#reply-1">Reply 1 of 1</a>
            </header>
            <div part="reply-body" dir="auto">
            <p>Hi</p>
            </div>
            <footer part="reply-footer">
            </footer>
            </article>
        "##]],
    );
}

#[test]
fn an_author_is_named_with_role_and_posts_and_linked_where_there_is_an_address() {
    let page = r#"{"replies":[{"body":"x","author":{"id":"u1","name":"avon b7","posts":20404,"role":"moderator",
        "url":"https://example.org/avon"}}]}"#;
    check(
        page,
        "reply-heading",
        expect![[r#"
            <h3 part="reply-heading" id="by-1">
            <a part="reply-author" href="https://example.org/avon" rel="ugc nofollow noopener noreferrer" target="_blank" data-known="yes">
            <bdi>avon b7</bdi>
            </a>
            <span part="reply-role">Moderator</span>
            <span part="reply-posts">20,404 posts</span>
            </h3>
        "#]],
    );
}

#[test]
fn authors_without_a_name_are_unknown_or_erased() {
    check(
        r#"{"replies":[{"body":"x"}]}"#,
        "reply-author",
        expect![[r#"
        <span part="reply-author" data-known="unknown">Unknown author</span>
    "#]],
    );
    check(
        r#"{"replies":[{"body":"x","author":{"id":"u1","name":"gone","erased":true}}]}"#,
        "reply-author",
        expect![[r#"
            <span part="reply-author" data-known="erased">Name removed</span>
        "#]],
    );
}

#[test]
fn addresses_of_other_schemes_are_not_linked_and_not_loaded() {
    let page =
        r#"{"replies":[{"body":"x","author":{"name":"eve","url":"javascript:alert(1)","avatar":"data:x"}}]}"#;
    let html = html(vec![mounted(), loaded(page)]);
    assert!(!html.contains("javascript:") && !html.contains("data:x"), "{html}");
}

#[test]
fn times_are_relative_and_the_edit_mark_says_when() {
    let page =
        r#"{"replies":[{"body":"x","published":"2019-06-25T19:03:00Z","edited":"2019-06-25T20:00:00Z"}]}"#;
    check(
        page,
        "reply-time",
        expect![[r#"
        <button part="reply-time" type="button" title="June 25, 2019 at 19:03 UTC" aria-pressed="false">
        <time datetime="2019-06-25T19:03:00Z">7 years ago</time>
        </button>
    "#]],
    );
    check(
        page,
        "reply-edited",
        expect![[r#"
        <span part="reply-edited" title="Edited June 25, 2019 at 20:00 UTC">edited</span>
    "#]],
    );
    let page = r#"{"replies":[{"body":"x","published":"some day"}]}"#;
    assert!(!html(vec![mounted(), loaded(page)]).contains("reply-time"));
}

#[test]
fn quotes_nest_and_name_the_author_of_their_source() {
    let page = r##"{"thread":{"total":3},"replies":[
        {"number":1,"body":"Wow!","author":{"name":"sacto joe"}},
        {"number":2,"body":"> [sacto joe](#reply-1) said:\n> Wow!\n\nNo.","author":{"name":"dysamoria"}},
        {"number":3,"body":"> [](#reply-2)\n> > [sacto joe](#reply-1) said:\n> > Wow!\n>\n> No.\n\nHow so?"}]}"##;
    let html = html(vec![mounted(), loaded(page)]);
    let third = html.split(r#"id="reply-3""#).nth(1).expect("the third reply is drawn");
    expect![[r##"
        <div part="reply-body" dir="auto">
        <figure part="quote" data-depth="1" data-state="ok">
        <figcaption part="quote-attribution" dir="auto">
        <a part="quote-source" href="#reply-2">
        <bdi>dysamoria</bdi> in reply 2</a>
        </figcaption>
        <blockquote part="quote-body">
        <figure part="quote" data-depth="2" data-state="ok">
        <figcaption part="quote-attribution" dir="auto">
        <a part="quote-source" href="#reply-1">
        <bdi>sacto joe</bdi> in reply 1</a>
        </figcaption>
        <blockquote part="quote-body">
        <p>Wow!</p>
        </blockquote>
        </figure>
        <p>No.</p>
        </blockquote>
        </figure>
        <p>How so?</p>
        </div>
    "##]]
    .assert_eq(&inside(third, "reply-body"));
}

#[test]
fn a_quote_says_what_is_wrong_with_it() {
    let page = |quote: &str| {
        format!(
            r##"{{"thread":{{"total":3}},"replies":[
            {{"number":1,"body":"Wow!","author":{{"name":"joe"}}}},
            {{"number":2,"status":"deleted"}},
            {{"number":3,{quote}}}]}}"##
        )
    };
    for (quote, state) in [
        (r##""body":"> [joe](#reply-1)\n> Wow!","quotes":[{"number":1,"exact":true}]"##, "ok"),
        (r##""body":"> [joe](#reply-1)\n> Meh!","quotes":[{"number":1,"exact":false}]"##, "altered"),
        (r##""body":"> [joe](#reply-2)\n> Wow!""##, "deleted"),
        (r##""body":"> [joe](#reply-9)\n> Wow!""##, "missing"),
        (r##""body":"> Wow!""##, "unknown"),
    ] {
        let html = html(vec![mounted(), loaded(&page(quote))]);
        assert!(html.contains(&format!(r#"data-state="{state}""#)), "{state}: {html}");
    }
}

#[test]
fn each_quote_is_marked_by_its_own_words() {
    let states = |body: &str, quotes: &str| {
        let page = format!(
            r##"{{"thread":{{"total":2}},"replies":[
            {{"number":1,"body":"Wow!"}},{{"number":2,"body":"{body}","quotes":[{quotes}]}}]}}"##
        );
        let html = html(vec![mounted(), loaded(&page)]);
        let states = html.split("data-state=\"").skip(1).filter_map(|rest| rest.split('"').next());
        states.map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    let (exact, other) = (r#"{"number":1,"exact":true}"#, r#"{"number":1,"exact":false}"#);
    let twice = r"> [](#reply-1)\n> Wow!\n\nNo.\n\n> [](#reply-1)\n> Meh!";
    assert_eq!(states(twice, &format!("{exact},{other}")), "ok altered");
    assert_eq!(states(twice, &format!("{other},{exact}")), "altered ok");
    // Whoever lists other quotes than the widget finds is understood by number.
    assert_eq!(states(twice, other), "altered altered");
    assert_eq!(states(twice, &format!(r#"{exact},{{"number":2,"exact":false}}"#)), "ok ok");
    // One that names no reply may hold one that does; what that one holds is not told of.
    assert_eq!(states(r"> > [](#reply-1)\n> > Meh!", other), "unknown altered");
    assert_eq!(states(r"> [](#reply-1)\n>\n> > [](#reply-1)\n> > Meh!", exact), "ok ok");
    assert_eq!(states(r"> [](#reply-1)\n>\n> > [](#reply-1)\n> > Meh!", other), "altered ok");
}

#[test]
fn deep_and_long_quotes_are_folded() {
    let deep = r##"{"replies":[{"body":"> a\n> > b\n> > > c"}]}"##;
    let html_of = |page: &str| html(vec![mounted(), loaded(page)]);
    assert_eq!(html_of(deep).matches("<details").count(), 1);
    let long = format!(r##"{{"replies":[{{"body":"> {}"}}]}}"##, "word ".repeat(400));
    assert_eq!(html_of(&long).matches("<details").count(), 1);
    assert_eq!(html_of(r##"{"replies":[{"body":"> a\n> > b"}]}"##).matches("<details").count(), 0);
}

#[test]
fn a_mention_is_one_node_and_the_viewer_stands_out() {
    let page = r#"{"thread":{"features":["viewer"]},"replies":[{"body":"Paging @avon b7  and crew",
        "mentions":[{"id":"u2","name":"avon b7"}]}]}"#;
    check(
        page,
        "reply-body",
        expect![[r#"
        <div part="reply-body" dir="auto">
        <p>Paging <span part="mention">@<bdi>avon b7</bdi>
        </span>  and crew</p>
        </div>
    "#]],
    );
    let viewer = Viewer {
        person: Some(Person { id: Some("u2".into()), name: "avon b7".to_owned(), ..Person::default() }),
        ..Viewer::default()
    };
    assert_eq!(serde_json::from_str::<Feature>(r#""viewer""#).ok(), Some(Feature::Viewer));
    let html = html(vec![mounted(), loaded(page), Event::ViewerLoaded(Box::new(viewer))]);
    expect![[r#"
        <span part="mention" data-viewer="" title="This is you">@<bdi>avon b7</bdi>
        </span>
    "#]]
    .assert_eq(&inside(&html, "mention"));
}

#[test]
fn reactions_name_people_and_fold_long_lists() {
    let page = r#"{"thread":{"reactionTags":[{"tag":"like","label":"Like","symbol":"👍"}]},"replies":[{"body":"x",
        "reactions":[{"tag":"like","count":2,"people":[{"name":"avon b7"},{"name":"Ciprol"}]},{"tag":"odd","count":3}]}]}"#;
    check(
        page,
        "reactions",
        expect![[r#"
            <div part="reactions" role="group" aria-label="Reactions to reply 1">
            <div part="reaction" data-tag="like">
            <span part="reaction-symbol" aria-hidden="true">👍</span> <span part="reaction-label">Like</span> <span part="reaction-count">2</span> <div part="reaction-people">
            <bdi>avon b7</bdi> and <bdi>Ciprol</bdi>
            </div>
            </div>
            <div part="reaction" data-tag="odd">
            <span part="reaction-label">odd</span> <span part="reaction-count">3</span>
            </div>
            </div>
        "#]],
    );
    let people: Vec<_> = (1..=9).map(|number| format!(r#"{{"name":"p{number}"}}"#)).collect();
    let page = format!(
        r#"{{"replies":[{{"body":"x","reactions":[{{"tag":"like","count":12,"people":[{}]}}]}}]}}"#,
        people.join(",")
    );
    check(
        &page,
        "reaction-people",
        expect![[r#"
            <div part="reaction-people">
            <bdi>p1</bdi>, <bdi>p2</bdi>, <bdi>p3</bdi>, <bdi>p4</bdi>, <bdi>p5</bdi>, <bdi>p6</bdi> <details part="reaction-more">
            <summary part="reaction-more-summary">and 6 more</summary> <div part="reaction-more-people">
            <bdi>p7</bdi>, <bdi>p8</bdi>, <bdi>p9</bdi> and 3 more</div>
            </details>
            </div>
        "#]],
    );
}

#[test]
fn who_quotes_a_reply_is_listed_with_links() {
    let page = r#"{"thread":{"total":12},"replies":[{"number":1,"body":"x","quotedBy":[7,12]}]}"#;
    check(
        page,
        "quoted-by",
        expect![[r##"
            <div part="quoted-by">Quoted by <a part="quoted-by-link" href="#reply-7">7</a>, <a part="quoted-by-link" href="#reply-12">12</a>
            </div>
        "##]],
    );
}

#[test]
fn many_quotes_of_a_reply_are_folded() {
    let quoted_by = |count: u32| {
        let by: Vec<_> = (2..count + 2).map(|number| number.to_string()).collect();
        format!(
            r#"{{"thread":{{"total":99}},"replies":[{{"number":1,"body":"x","quotedBy":[{}]}}]}}"#,
            by.join(",")
        )
    };
    let html_of = |count| html(vec![mounted(), loaded(&quoted_by(count))]);
    assert!(!html_of(13).contains("<details"), "one number is not folded away");
    let fifteen = html_of(15);
    assert!(fifteen.contains("summary\">and 3 more</summary>"), "{fifteen}");
    assert_eq!(fifteen.matches("quoted-by-link").count(), 15);
    let rest = fifteen.split("<summary").nth(1).expect("there is a fold");
    assert_eq!(rest.matches("quoted-by-link").count(), 3);
}

#[test]
fn a_held_reply_says_so_where_its_number_will_be() {
    check(
        r#"{"thread":{"total":1},"replies":[{"body":"x","status":"pending"}]}"#,
        "reply-number",
        expect![[r#"
            <span part="reply-number">Waiting for approval</span>
        "#]],
    );
}

#[test]
fn a_reply_that_is_not_there_is_said_also_where_the_tools_are_not_shown() {
    let html_of = |page: &str| html(vec![Event::Mounted { target: Some(7) }, loaded(page)]);
    expect![[r#"
        <div part="notice" data-kind="info" role="alert">
        <p part="notice-text">There is no reply 7; the thread has only one.</p>
        </div>
    "#]]
    .assert_eq(&inside(&html_of(r#"{"replies":[{"body":"x"}]}"#), "notice"));
    let none = html_of(r#"{"replies":[]}"#);
    assert!(none.contains("Reply 7 could not be found."), "{none}");
    let many = html_of(r#"{"replies":[{"body":"x"},{"body":"y"}]}"#);
    assert!(!many.contains(r#"part="notice""#), "once is enough: {many}");
    assert!(many.contains(r#"part="jump-error""#), "{many}");
}

#[test]
fn the_pager_leads_on_in_the_order_that_the_list_still_has() {
    let page = r#"{"thread":{"total":9},"replies":[{"number":1,"body":"x"}],"next":"c1"}"#;
    let html = html(vec![mounted(), loaded(page), Event::OrderChosen(Order::Newest)]);
    expect![[r#"
        <button part="button pager-button" type="button" aria-disabled="true">Show later replies</button>
    "#]]
    .assert_eq(&inside(&html, "button pager-button"));
}

#[test]
fn what_cannot_be_read_is_said() {
    for (status, part) in
        [("deleted", "reply-tombstone"), ("hidden", "reply-tombstone"), ("pending", "reply-tombstone")]
    {
        let page = format!(r#"{{"replies":[{{"body":"secret","status":"{status}"}}]}}"#);
        let html = html(vec![mounted(), loaded(&page)]);
        assert!(html.contains(&format!(r#"part="{part}""#)), "{html}");
        assert_eq!(html.contains("secret"), status == "pending", "{html}");
    }
}

#[test]
fn failures_say_what_to_do() {
    let failed = Event::PageFailed { request: RequestId(1), failure: Failure::Unreachable };
    expect![[r#"
        <div part="notice" data-kind="error" role="alert">
        <p part="notice-text">The replies could not be reached. Please check your connection, or try again in a moment.</p>
        <button part="button notice-action" type="button">Try again</button>
        </div>
    "#]].assert_eq(&inside(&html(vec![mounted(), failed]), "notice"));
}

const QUOTABLE: &str = r#"{"thread":{"features":["reply"]},"replies":[{"number":1,"body":"a"},{"number":2,"body":"","status":"deleted"}]}"#;

#[test]
fn a_reply_can_be_quoted_where_the_thread_takes_replies() {
    check(
        QUOTABLE,
        "reply-actions",
        expect![[r#"
            <div part="reply-actions">
            <button part="button" type="button">Quote</button>
            </div>
        "#]],
    );
    let quotable = html(vec![mounted(), loaded(QUOTABLE)]);
    assert_eq!(
        quotable.matches(r#"part="reply-actions""#).count(),
        1,
        "a tombstone holds no words: {quotable}"
    );
    let silent = html(vec![mounted(), loaded(r#"{"replies":[{"number":1,"body":"a"}]}"#)]);
    assert!(!silent.contains("reply-actions"), "{silent}");
}

#[test]
fn what_is_selected_can_be_quoted_at_its_reply() {
    let passage = Passage { number: 1, from: 0, to: 1 };
    let html = html(vec![mounted(), loaded(QUOTABLE), Event::TextSelected(Some(passage))]);
    expect![[r#"
        <div part="reply-actions">
        <button part="button quote-selection" type="button">Quote selection</button>
        <button part="button" type="button">Quote</button>
        </div>
    "#]]
    .assert_eq(&inside(&html, "reply-actions"));
}

#[test]
fn a_locked_thread_and_a_lost_network_are_said() {
    let page = r#"{"thread":{"locked":true},"replies":[{"body":"x"}]}"#;
    let html = html(vec![mounted(), loaded(page), Event::WentOffline]);
    assert!(html.contains(r#"data-kind="locked""#) && html.contains(r#"data-kind="offline""#), "{html}");
}

#[test]
fn hostile_text_stays_text_wherever_it_stands() {
    let evil = r#"<img src=x onerror=alert(1)>"#;
    let page = format!(
        r##"{{"thread":{{"title":"{evil}","reactionTags":[{{"tag":"t","label":"{evil}","symbol":"{evil}"}}]}},"replies":[
        {{"body":"{evil}\n\n> [{evil}](#reply-1)\n> {evil}","author":{{"name":"{evil}","role":"{evil}"}},
          "reactions":[{{"tag":"t","count":1,"people":[{{"name":"{evil}"}}]}},{{"tag":"{evil}","count":1}}]}},
        {{"body":"{evil}","format":"html"}},{{"body":"{evil}","format":"text"}}]}}"##
    );
    let html = html(vec![mounted(), loaded(&page)]);
    assert!(!html.contains("<img"), "{html}");
}

/// A thread that takes replies, also from guests.
const OPEN: &str =
    r#"{"thread":{"total":1,"features":["reply","viewer","guest"]},"replies":[{"number":1,"body":"x"}]}"#;

#[test]
fn where_replies_are_taken_the_text_is_there_and_its_tools_are_not() {
    check(
        OPEN,
        "composer-closed",
        expect![[r#"
            <form part="composer-closed" novalidate="">
            <div part="composer-field">
            <textarea part="composer-text composer-open" aria-label="Your reply" placeholder="Write a reply" aria-describedby="composer-status" dir="auto" rows="2" aria-autocomplete="list">
            </textarea>
            </div>
            <p part="composer-status" id="composer-status">
            </p>
            </form>
        "#]],
    );
    let locked = OPEN.replace(r#""total":1"#, r#""total":1,"locked":true"#);
    assert!(!html(vec![mounted(), loaded(&locked)]).contains("composer"));
    assert!(!html(vec![mounted()]).contains("composer"), "nothing is known yet");
}

#[test]
fn a_guest_who_gave_no_name_is_told_at_the_name() {
    let text = Event::TextTyped { text: "<b>\"x\"".to_owned(), caret: 0 };
    let viewer = Event::ViewerLoaded(Box::<Viewer>::default());
    let send = Event::SendPressed { key: "k".to_owned() };
    let html = html(vec![mounted(), loaded(OPEN), viewer, text, send]);
    expect![[r#"
        <form part="composer" novalidate="" aria-label="Your reply">
        <div part="composer-tools" role="group" aria-label="Formatting">
        <button part="button composer-tool" type="button" aria-label="Bold" title="Bold">B</button>
        <button part="button composer-tool" type="button" aria-label="Italic" title="Italic">I</button>
        <button part="button composer-tool" type="button" aria-label="Link" title="Link">↗</button>
        <button part="button composer-tool" type="button" aria-label="Code" title="Code">&lt;/&gt;</button>
        <button part="button composer-tool" type="button" aria-label="List" title="List">•</button>
        <button part="button composer-tool" type="button" aria-label="Quote lines" title="Quote lines">❝</button>
        <button part="button composer-tool" type="button" aria-label="Mention" title="Mention">@</button>
        <button part="button composer-preview-button" type="button" aria-pressed="false">Preview</button>
        </div>
        <div part="composer-field">
        <textarea part="composer-text" aria-label="Your reply" aria-describedby="composer-status" dir="auto" rows="4" aria-autocomplete="list">
        &lt;b&gt;&quot;x&quot;</textarea>
        </div>
        <label part="composer-label">
        <span part="composer-label-text">Your name</span>
        <input part="composer-name" type="text" autocomplete="nickname" maxlength="80" aria-describedby="composer-status" aria-invalid="true">
        </label>
        <p part="composer-status" id="composer-status" role="alert" data-kind="error">Please give a name first.</p>
        <div part="composer-actions">
        <button part="button composer-submit" type="submit">Send</button>
        <button part="button composer-cancel" type="button">Cancel</button>
        </div>
        </form>
    "#]].assert_eq(&inside(&html, "composer"));
}

#[test]
fn an_at_sign_offers_the_people_of_the_thread_below_the_text() {
    let open = OPEN.replace(r#""body":"x""#, r#""body":"x","author":{"id":"u2","name":"avon b7"}"#);
    let typed = Event::TextTyped { text: "so @".to_owned(), caret: 4 };
    let html = html(vec![mounted(), loaded(&open), typed, Event::PeopleMoved { back: false }]);
    expect![[r#"
        <div part="composer-field">
        <textarea part="composer-text" aria-label="Your reply" aria-describedby="composer-status" dir="auto" rows="4" aria-autocomplete="list" aria-haspopup="listbox" aria-controls="people" aria-activedescendant="people-0">
        so @</textarea>
        <ul part="people-menu" id="people" role="listbox" aria-label="People">
        <li part="people-option" id="people-0" role="option" aria-selected="true">
        <bdi>avon b7</bdi>
        </li>
        </ul>
        </div>
    "#]].assert_eq(&inside(&html, "composer-field"));
}

#[test]
fn a_link_to_a_reply_shows_what_it_leads_to() {
    let page = r##"{"thread":{"total":9},"replies":[
        {"number":1,"author":{"name":"ols"},"published":"2019-06-25T19:03:00Z","edited":"2019-06-25T20:00:00Z",
         "body":"*Wow!* <b>\n\n> quoted\n\nSo."},
        {"number":2,"status":"deleted","body":""},
        {"number":3,"body":"As [](#reply-SOURCE)."}]}"##;
    let mut cards = String::new();
    for source in ["1", "2", "9"] {
        let wanted = Event::CardWanted(1);
        let html = html(vec![mounted(), loaded(&page.replace("SOURCE", source)), wanted]);
        assert!(html.contains(r#"aria-describedby="card-1""#), "{html}");
        cards += &inside(&html, "card");
    }
    expect![[r#"
        <span part="card" id="card-1" role="tooltip" data-words="">
        <span part="card-head">Reply 1 · <bdi>ols</bdi> · June 25, 2019 at 19:03 UTC · edited</span>
        <span part="card-text" dir="auto">Wow! &lt;b&gt; quoted So.</span>
        </span>
        <span part="card" id="card-1" role="tooltip" data-words="">
        <span part="card-head">Reply 2 · <bdi>Unknown author</bdi>
        </span>
        <span part="card-text" dir="auto">This reply was deleted.</span>
        </span>
        <span part="card" id="card-1" role="tooltip" data-words="">Reply 9 is not loaded yet. Follow the link to see it.</span>
    "#]].assert_eq(&cards);
}

#[test]
fn new_replies_wait_where_they_will_stand() {
    for (order, above) in [("oldest", false), ("newest", true)] {
        let page = r#"{ "thread": { "total": 1 }, "replies": [{ "id": "r1", "number": 1, "body": "Hi" }] }"#;
        let news: ThreadPage =
            serde_json::from_str(r#"{ "thread": { "total": 3 }, "replies": [] }"#).expect("a page");
        let html = html(vec![
            mounted(),
            loaded(page),
            Event::OrderChosen(Order::from(order)),
            Event::NewsCame(Box::new(news)),
        ]);
        expect![[r#"
            <button part="button news" type="button">2 new replies</button>
        "#]]
        .assert_eq(&inside(&html, "button news"));
        assert_eq!(html.find("button news") < html.find("part=\"list\""), above, "{order}");
        assert_eq!(html.matches("button news").count(), 1);
    }
}

fn news(json: &str) -> Event {
    Event::NewsCame(Box::new(serde_json::from_str(json).expect("the page is in the contract's form")))
}

#[test]
fn a_thread_in_which_something_is_new_is_not_called_empty() {
    let empty = r#"{"thread":{"id":"soft"},"replies":[]}"#;
    let html = html(vec![mounted(), loaded(empty), news(r#"{"thread":{"total":2},"replies":[]}"#)]);
    assert!(!html.contains(r#"part="empty""#), "{html}");
    assert!(html.contains("2 new replies"), "{html}");
}

#[test]
fn that_a_reply_waits_for_approval_is_said_as_long_as_it_does() {
    let text = Event::TextTyped { text: "x".to_owned(), caret: 1 };
    let send = Event::SendPressed { key: "k".to_owned() };
    let held = Reply { id: "p".into(), status: Status::Pending, ..Reply::default() };
    let posted = Event::Posted { request: RequestId(2), reply: Box::new(held.clone()) };
    let after = |event: Event| {
        let events = vec![mounted(), loaded(OPEN), text.clone(), send.clone(), posted.clone(), event];
        inside(&html(events), "composer-status").contains("waiting for approval")
    };
    let approved = r#"{"thread":{"total":2},"replies":[{"id":"p","number":2,"body":"x"}]}"#;
    let viewer = |pending| Event::ViewerLoaded(Box::new(Viewer { pending, ..Viewer::default() }));
    assert!(after(viewer(vec![held])));
    assert!(!after(viewer(vec![])), "it was turned away");
    assert!(!after(news(approved)));
}

#[test]
fn whoever_may_not_write_keeps_the_text_is_told_and_cannot_send_it() {
    let viewer = Viewer { person: Some(Person::default()), ..Viewer::default() };
    let text = Event::TextTyped { text: "x".to_owned(), caret: 1 };
    let html = html(vec![mounted(), loaded(OPEN), Event::ViewerLoaded(Box::new(viewer)), text]);
    expect![[r#"
        <p part="composer-status" id="composer-status" role="alert">You cannot write in this thread.</p>
        <div part="composer-actions">
        <button part="button composer-cancel" type="button">Cancel</button>
        </div>
    "#]]
    .assert_eq(&(inside(&html, "composer-status") + &inside(&html, "composer-actions")));
    assert!(inside(&html, "composer-text").contains(">\nx<"), "{html}");
}

#[test]
fn who_is_offered_is_announced_as_long_as_they_are() {
    let open = OPEN.replace(r#""body":"x""#, r#""body":"x","author":{"id":"u2","name":"avon b7"}"#);
    let typed = |text: &str| Event::TextTyped { text: text.to_owned(), caret: text.len() };
    let said = |more: &[Event]| {
        let events = [&[mounted(), loaded(&open), typed("so @")], more].concat();
        inside(&html(events), "announcer")
    };
    assert!(said(&[]).contains("avon b7"));
    for gone in [
        Event::PeopleLeft,
        Event::PersonChosen(None),
        Event::PreviewPressed,
        Event::DiscardPressed,
        Event::CaretLeft { caret: 4 },
        typed("so @x"),
    ] {
        assert!(said(std::slice::from_ref(&gone)).contains(">\n</div>"), "{gone:?}");
        if gone == typed("so @x") {
            assert!(said(&[gone, typed("so @")]).contains("avon b7"), "it is offered again");
        }
    }
}
