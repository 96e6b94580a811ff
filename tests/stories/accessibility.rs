//! What assistive technology and the keyboard meet; axe-core's opinion of every state.

use afterword_contract::{Format, Person, Quote, Reply, Status, ThreadPage};
use afterword_tests::article::{Article, SCRIPT, element};
use afterword_tests::backend::{long_thread, person, reaction, reply, thread};
use afterword_tests::engine::Engine;
use afterword_tests::fault::Fault;
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

stories! { accessibility:
    axe_finds_nothing_in_the_light,
    axe_finds_nothing_in_the_dark,
    axe_finds_nothing_from_right_to_left,
    axe_finds_nothing_in_the_forum_theme,
    axe_finds_nothing_while_loading_empty_and_failed,
    axe_finds_nothing_on_wrong_attributes,
    two_elements_share_no_ids_and_refer_to_their_own,
    every_control_has_a_name_and_room,
    the_keyboard_reaches_everything_in_order,
    replies_are_named_by_their_authors,
    code_can_be_scrolled_by_keyboard,
    the_focus_can_be_seen,
    news_is_said_politely_and_once,
}

/// Every shape that a reply can have, in one thread.
fn everything() -> ThreadPage {
    let keeper = Person {
        url: Some("https://example.org/runa".to_owned()),
        role: Some("moderator".to_owned()),
        posts: Some(895),
        ..person("Runa Halloran")
    };
    let many: Vec<_> = (0..20).map(|n| format!("Reader {n}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let quote = |number, exact| vec![Quote { number, exact }];
    let deep = "> [Bo](#reply-2) said:\n> > [Runa](#reply-1) said:\n> > > Ground.\n> >\n> > Floor.\n>\n> Roof.\n\nSky.";
    let mut page = thread(
        "t",
        vec![
            Reply {
                author: Some(keeper),
                edited: Some("2019-06-26T08:00:00Z".into()),
                reactions: vec![reaction("like", &many), reaction("gull", &["Bo"])],
                ..reply(1, "", "The **first** word, and `code`.\n\n- one\n- two\n\n1. three\n\n---")
            },
            Reply {
                quotes: quote(1, Some(false)),
                ..reply(
                    2,
                    "Bo",
                    "> [Runa Halloran](#reply-1) said:\n> Other words.\n\n# A heading\n\n[A link](https://example.org) and [reply 1](#reply-1), @Runa Halloran.",
                )
            },
            Reply { status: Status::Deleted, ..reply(3, "pelican", "") },
            Reply { status: Status::Hidden, ..reply(4, "saltlamp", "") },
            Reply { author: None, quotes: quote(2, Some(true)), ..reply(5, "", deep) },
            Reply {
                author: Some(Person { erased: true, ..person("") }),
                format: Format::Html,
                ..reply(6, "", "<p>HTML</p>")
            },
            Reply {
                quotes: quote(1, Some(true)),
                ..reply(
                    7,
                    "ليلى حداد",
                    &format!(
                        "> [Runa](#reply-1) said:\n> {}\n\nشكرًا على هذا المقال.",
                        "Long words. ".repeat(120)
                    ),
                )
            },
            reply(
                8,
                "佐藤 灯",
                "```rust\nfn night(ring: &mut Ring, sky: &Photocell, village: &Telephone) -> Morning { unreachable_unless_the_gull_sleeps() }\n```",
            ),
            Reply { number: None, status: Status::Pending, ..reply(9, "Bram", "Held.") },
        ],
    );
    page.thread.locked = true;
    page
}

/// As wide as the smallest phones leave it; not all browsers have windows that are.
const NARROW: &str = "document.body.style.width = '288px'";

async fn open_everything(stage: &Stage, attributes: &str, head: &str, root: &str) {
    stage.host.backend().put(everything());
    let article = Article::with_thread(attributes)
        .head(&format!("<style>body{{margin:1rem;font:16px/1.5 sans-serif}}{head}</style>"))
        .root(root);
    stage.open(&article).await;
    stage.ready().await;
    stage.until("all is drawn", "parts('reply').length === 9").await;
}

async fn axe_finds_nothing_in_the_light(stage: &Stage) {
    open_everything(stage, "theme=light", "", "lang=en").await;
    stage.axe("light").await;
    stage.run("for (const it of all('details')) it.open = true").await;
    stage.click("within(reply(5), 'quote-source')").await;
    stage.until("a reply is marked", "!!part('back-button')").await;
    stage.axe("light, all unfolded, a reply marked").await;
    stage.run(NARROW).await;
    stage.axe("light, on a narrow phone").await;
}

async fn axe_finds_nothing_in_the_dark(stage: &Stage) {
    open_everything(stage, "theme=dark", "body{background:#15171a;color:#eee} a{color:#8ab4f8}", "lang=en")
        .await;
    stage.equal("part('base').dataset.scheme", "dark").await;
    stage.run("for (const it of all('details')) it.open = true").await;
    stage.axe("dark").await;
}

async fn axe_finds_nothing_from_right_to_left(stage: &Stage) {
    open_everything(stage, "theme=light lang=ar", "", "lang=en dir=rtl").await;
    stage.equal("part('base').dir", "rtl").await;
    stage.axe("right to left").await;
}

async fn axe_finds_nothing_in_the_forum_theme(stage: &Stage) {
    open_everything(stage, "theme=light stylesheet=forum", "", "lang=en").await;
    stage.axe("forum, light").await;
    stage
        .run("elements()[0].theme = 'dark'; document.body.style.cssText = 'background:#15171a;color:#eee'")
        .await;
    stage.until("it is dark", "part('base').dataset.scheme === 'dark'").await;
    stage.axe("forum, dark").await;
    stage.run(NARROW).await;
    stage.axe("forum, on a narrow phone").await;
}

async fn axe_finds_nothing_while_loading_empty_and_failed(stage: &Stage) {
    let gate = stage.host.hold("/api/replies");
    stage.open(&Article::with_thread("")).await;
    gate.reached_by(1).await;
    stage.until("it loads", "shown(part('skeleton'))").await;
    stage.axe("loading").await;
    gate.open();
    stage.ready().await;
    stage.axe("empty").await;
    stage.host.fail("/api/replies", Fault::problem(500, "Broken", "The disk is full."));
    stage.open(&Article::with_thread("")).await;
    stage.until("it failed", "shown(part('notice-action'))").await;
    stage.axe("failed").await;
    stage
        .run("document.body.style.cssText = 'background:#111;color:#eee'; elements()[0].theme = 'dark'")
        .await;
    stage.until("it is dark", "part('base').dataset.scheme === 'dark'").await;
    stage.axe("failed, dark").await;
}

async fn axe_finds_nothing_on_wrong_attributes(stage: &Stage) {
    stage.expect("order");
    stage.open(&Article::with_thread("order=random")).await;
    stage.until("it is told", "shown(one('[data-kind=error]'))").await;
    stage.axe("a wrong attribute").await;
}

async fn two_elements_share_no_ids_and_refer_to_their_own(stage: &Stage) {
    stage.host.backend().put(everything());
    stage.open(&Article::with(&format!("{}{}{SCRIPT}", element("t", ""), element("t", "")))).await;
    stage.until("both are ready", "state(0) === 'ready' && state(1) === 'ready'").await;
    let twice = stage
        .list("all('[id]', 0).map((it) => it.id).filter((id) => all('[id]', 1).some((it) => it.id === id))")
        .await;
    assert!(twice.is_empty(), "ids used by both: {twice:?}");
    let broken = stage
        .list("[0, 1].flatMap((at) => all('[aria-labelledby], [aria-describedby]', at).flatMap((it) => ['aria-labelledby', 'aria-describedby'].flatMap((name) => (it.getAttribute(name) ?? '').split(' ').filter((id) => id && !root(at).getElementById(id)))))")
        .await;
    assert!(broken.is_empty(), "references to nothing: {broken:?}");
}

async fn every_control_has_a_name_and_room(stage: &Stage) {
    open_everything(stage, "", "", "lang=en").await;
    let nameless = stage
        .list("all('button, a[href], select, input, summary').filter((it) => !(text(it) || it.getAttribute('aria-label') || it.labels?.length)).map((it) => it.outerHTML)")
        .await;
    assert!(nameless.is_empty(), "{nameless:?}");
    // WCAG 2.2, 2.5.8: 24 by 24, except for links in a sentence.
    let small = stage
        .list(
            "all('button, select, input, summary').filter(shown).filter((it) => { const box = it.getBoundingClientRect(); return box.width < 24 || box.height < 24 })
               .map((it) => `${it.part} ${Math.round(it.getBoundingClientRect().width)} x ${Math.round(it.getBoundingClientRect().height)}`)",
        )
        .await;
    assert!(small.is_empty(), "too small to touch: {small:?}");
}

async fn the_keyboard_reaches_everything_in_order(stage: &Stage) {
    stage
        .read(thread(
            "t",
            vec![
                reply(1, "Ada", "One, with [a link](https://example.org)."),
                Reply {
                    quotes: vec![Quote { number: 1, exact: Some(false) }],
                    ..reply(2, "Bo", &format!("> [Ada](#reply-1) said:\n> {}\n\nTwo.", "One. ".repeat(200)))
                },
            ],
        ))
        .await;
    let stops = stage
        .number("all('button, a[href], select, input, summary, pre[tabindex=\"0\"]').filter(shown).length")
        .await;
    stage.run("window.visited = []; document.body.tabIndex = -1; document.body.focus(); root().addEventListener('focusin', (event) => window.visited.push(event.target))").await;
    for _ in 0..=stops as usize {
        stage.press("\u{e004}").await;
        if stage.eval("window.visited.length > 0 && !root().activeElement").await == true {
            break;
        }
    }
    // WebKitGTK leaves links out of the Tab order unless its settings say otherwise.
    let links = if stage.engine == Engine::Webkit { "" } else { ", a[href]" };
    stage.equal("parts('quote-mark-word').length + parts('quote-summary').length", 2).await;
    let missed = stage.list(&format!("(() => {{ const seen = new Set(window.visited); return all('button, select, input, summary{links}').filter(shown).filter((it) => !seen.has(it)).map((it) => it.outerHTML.slice(0, 80)) }})()")).await;
    assert!(missed.is_empty(), "never reached: {missed:?}");
    stage
        .check(
            "the order is that of the page",
            "[...new Set(window.visited)].every((it, at, all) => !at || (all[at - 1].compareDocumentPosition(it) & Node.DOCUMENT_POSITION_FOLLOWING))",
        )
        .await;
}

async fn replies_are_named_by_their_authors(stage: &Stage) {
    stage.read(long_thread("t", 3)).await;
    stage
        .equal(
            "parts('reply').map((it) => it.getAttribute('aria-labelledby').split(' ').map((id) => text(root().getElementById(id))).join(' ')).every((name, at) => name.includes(texts('reply-author')[at]))",
            true,
        )
        .await;
    stage
        .equal("text(root().getElementById(part('thread').getAttribute('aria-labelledby')))", "3 replies")
        .await;
    stage.equal("part('list').getAttribute('role')", "list").await;
    stage.equal("parts('reply').map((it) => it.getAttribute('tabindex'))", json!(["-1", "-1", "-1"])).await;
}

async fn code_can_be_scrolled_by_keyboard(stage: &Stage) {
    let code = format!("```\n{}\n```", "wide ".repeat(200));
    stage.read(thread("t", vec![reply(1, "Ada", &code)])).await;
    stage.check("it is wider than its frame", "part('code').scrollWidth > part('code').clientWidth").await;
    stage.check("the page is not", "document.documentElement.scrollWidth <= innerWidth").await;
    stage.focus("part('code')").await;
    stage.equal("focused().part.value", "code").await;
    stage.press("\u{e014}\u{e014}\u{e014}").await;
    stage.until("the arrow keys move it", "part('code').scrollLeft > 0").await;
}

async fn the_focus_can_be_seen(stage: &Stage) {
    stage.read(long_thread("t", 30)).await;
    stage.press("\u{e004}").await;
    for part in ["jump-go", "reply-time", "order-select", "jump-number"] {
        stage.focus(&format!("part({part:?})")).await;
        let seen = format!(
            "(() => {{ const it = getComputedStyle(part({part:?})); return (it.outlineStyle !== 'none' && parseFloat(it.outlineWidth) > 0) || it.boxShadow !== 'none' }})()"
        );
        stage.check(&format!("the focus on {part} can be seen"), &seen).await;
    }
}

async fn news_is_said_politely_and_once(stage: &Stage) {
    stage.read_with(long_thread("t", 20), "page-size=10 page-by-button").await;
    stage
        .equal(
            "[part('announcer').getAttribute('role'), part('announcer').getAttribute('aria-live')]",
            json!(["status", "polite"]),
        )
        .await;
    stage.equal("text(part('announcer'))", "").await;
    stage.check("it is not seen", "part('announcer').getBoundingClientRect().width <= 1").await;
    stage.run("window.said = []; new MutationObserver(() => { const said = text(part('announcer')); if (said && said !== window.said.at(-1)) window.said.push(said) }).observe(part('announcer'), { subtree: true, childList: true, characterData: true })").await;
    stage.click("one('[data-end=next] button')").await;
    stage.until("it is said", "window.said.length > 0").await;
    stage.equal("window.said", json!(["10 more replies are shown."])).await;
    stage.check("the list itself is no live region", "!part('list').closest('[aria-live]')").await;
}
