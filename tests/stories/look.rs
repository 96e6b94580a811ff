//! How it sits in other people's layouts: narrow, wide, hostile sheets, paper, forced colours, no motion.

use afterword_contract::{Feature, Person, Reply, ThreadPage};
use afterword_tests::article::{Article, SCRIPT, element};
use afterword_tests::backend::{long_thread, person, reaction, reply, thread};
use afterword_tests::engine::Engine;
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

stories! { look:
    nothing_overflows_at_240_pixels,
    nothing_overflows_in_a_wide_column,
    it_borrows_the_pages_font,
    it_grows_with_the_pages_text,
    sheets_of_the_page_stay_outside,
    tokens_of_the_page_reach_inside,
    parts_can_be_styled_from_outside,
    from_right_to_left_everything_is_mirrored,
    on_paper_there_are_no_controls,
    on_paper_there_is_no_room_for_what_is_not_there,
    forced_colours_keep_the_edges,
    without_motion_nothing_moves,
    the_dark_follows_the_system_only_with_the_page,
    pictures_that_do_not_come_keep_their_place,
}

const WORD: &str = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

fn unruly() -> ThreadPage {
    let long = Person {
        role: Some(WORD.to_lowercase()),
        posts: Some(18_446_744_073_709_551_615),
        url: Some(format!("https://example.org/{WORD}")),
        ..person(&WORD.repeat(3))
    };
    let zalgo = format!("Z{}algo", "\u{0335}\u{0321}\u{0352}".repeat(60));
    let names: Vec<_> = (0..30).map(|n| format!("{WORD}{n}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let deep = (0..30).fold("Deep.".to_owned(), |inner, n| {
        format!("> [{WORD}](#reply-{n}) said:\n> {}", inner.replace('\n', "\n> "))
    });
    thread(
        "t",
        vec![
            Reply {
                author: Some(long),
                reactions: vec![reaction("like", &names), reaction(WORD, &names)],
                ..reply(1, "", &WORD.repeat(20))
            },
            reply(2, &zalgo, &format!("{zalgo} {}", "🏳️‍🌈".repeat(200))),
            reply(
                3,
                "Ada",
                &format!(
                    "https://example.org/{}\n\n`{}`\n\n```\n{}\n```",
                    "x".repeat(900),
                    "y".repeat(900),
                    "z".repeat(900)
                ),
            ),
            reply(4, "Bo", &deep),
            reply(5, "Cleo", &format!("- {}\n  - {}\n    - {}\n\n# {}", WORD, WORD, WORD, WORD.repeat(3))),
            reply(6, "Dora", &format!("@\"{}\" {}", WORD.repeat(3), "word ".repeat(300))),
        ],
    )
}

const OVERFLOWING: &str = "(() => {
  const frame = part('base').getBoundingClientRect();
  const scrolls = (it) => { for (let at = it; at; at = at.parentElement) if (/auto|scroll|hidden|clip/.test(getComputedStyle(at).overflowX)) return true; return false };
  return all('*').filter(shown).filter((it) => { const box = it.getBoundingClientRect(); return box.width && (box.right > frame.right + 1 || box.left < frame.left - 1) && !scrolls(it) })
    .map((it) => `${it.localName} ${it.part} ${Math.round(it.getBoundingClientRect().left)}..${Math.round(it.getBoundingClientRect().right)} of ${Math.round(frame.left)}..${Math.round(frame.right)}`).slice(0, 8)
})()";

async fn nothing_overflows_at_240_pixels(stage: &Stage) {
    stage.host.backend().put(unruly());
    let body = format!("<div style='width:240px'>{}</div>{SCRIPT}", element("t", ""));
    stage.open(&Article::with(&body)).await;
    stage.ready().await;
    for width in [240, 320, 200] {
        stage.run(&format!("elements()[0].parentElement.style.width = '{width}px'; for (const it of all('details')) it.open = true")).await;
        let overflowing = stage.list(OVERFLOWING).await;
        assert!(overflowing.is_empty(), "at {width} px: {overflowing:#?}");
    }
    stage
        .check("the page does not scroll sideways", "document.documentElement.scrollWidth <= innerWidth")
        .await;
}

async fn nothing_overflows_in_a_wide_column(stage: &Stage) {
    stage.host.backend().put(unruly());
    stage.open(&Article::with_thread("")).await;
    stage.ready().await;
    for attribute in ["", "forum"] {
        stage.run(&format!("elements()[0].setAttribute('stylesheet', '{attribute}')")).await;
        stage
            .until(
                "the sheet is there",
                &format!("root().adoptedStyleSheets.length === {}", if attribute.is_empty() { 2 } else { 3 }),
            )
            .await;
        let overflowing = stage.list(OVERFLOWING).await;
        assert!(overflowing.is_empty(), "{attribute}: {overflowing:#?}");
    }
    stage
        .check(
            "names stay short enough to read on",
            "within(reply(2), 'reply-author').getBoundingClientRect().height < 200",
        )
        .await;
}

async fn it_borrows_the_pages_font(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 2));
    stage.open(&Article::with_thread("").head("<style>body{font:20px/1.8 Georgia,serif}</style>")).await;
    stage.ready().await;
    stage
        .equal(
            "[getComputedStyle(part('reply-body')).fontFamily, getComputedStyle(part('base')).fontSize]",
            json!(["Georgia, serif", "20px"]),
        )
        .await;
    stage.check("controls too", "getComputedStyle(part('jump-go')).fontFamily === 'Georgia, serif'").await;
}

async fn it_grows_with_the_pages_text(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 2));
    // Pages that set the root to 62.5 %: whoever measures in rem is tiny here.
    stage
        .open(&Article::with_thread("").head("<style>html{font-size:62.5%} body{font-size:1.8rem}</style>"))
        .await;
    stage.ready().await;
    stage.equal("getComputedStyle(part('base')).fontSize", "18px").await;
    let before = stage.number("part('avatar').getBoundingClientRect().width").await;
    stage.run("document.body.style.fontSize = '36px'").await;
    let after = stage.number("part('avatar').getBoundingClientRect().width").await;
    assert!((after / before - 2.0).abs() < 0.1, "a picture of {before} px became {after} px");
}

async fn sheets_of_the_page_stay_outside(stage: &Stage) {
    let measure = "parts('reply').concat(parts('header'), parts('reply-body')).map((it) => { const s = getComputedStyle(it); return [s.textTransform, s.letterSpacing, s.textIndent, s.textAlign, s.fontStyle, s.whiteSpace, s.cursor, s.visibility, s.wordSpacing, s.fontVariant, s.direction] })";
    stage.read(long_thread("t", 2)).await;
    let clean = stage.eval(measure).await;
    let hostile = "<style>*,*::before,*::after{border:0 solid;margin:0;padding:0;box-sizing:border-box;list-style:none}
        article,header,footer,section,h2,h3,ol,li,p,a,button{color:red!important;float:left;display:inline;font:italic 7px monospace}
        main{text-transform:uppercase;letter-spacing:.5em;text-indent:3em;text-align:right;font-style:italic;white-space:pre;cursor:wait;word-spacing:1em;font-variant:small-caps}
        #reply-1{display:none}</style>";
    stage.open(&Article::with_thread("").head(hostile)).await;
    stage.ready().await;
    assert_eq!(stage.eval(measure).await, clean);
    stage.check("ids of the page's sheet do not reach inside", "shown(reply(1))").await;
    stage.check("text is not red", "getComputedStyle(part('reply-body')).color !== 'rgb(255, 0, 0)'").await;
}

async fn tokens_of_the_page_reach_inside(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "A [link](https://example.org).")]));
    let head = "<style>:root{--afterword-color-text:rgb(1, 2, 3);--afterword-color-link:rgb(4, 5, 6);--afterword-font-size:22px}</style>";
    stage.open(&Article::with_thread("theme=light").head(head)).await;
    stage.ready().await;
    stage.equal("[getComputedStyle(part('reply-body')).color, getComputedStyle(part('link')).color, getComputedStyle(part('base')).fontSize]", json!(["rgb(1, 2, 3)", "rgb(4, 5, 6)", "22px"])).await;
}

async fn parts_can_be_styled_from_outside(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 2));
    let head = "<style>after-word::part(reply-body){color:rgb(1, 2, 3)} after-word::part(count){font-style:italic}</style>";
    stage.open(&Article::with_thread("").head(head)).await;
    stage.ready().await;
    stage
        .equal(
            "[getComputedStyle(part('reply-body')).color, getComputedStyle(part('count')).fontStyle]",
            json!(["rgb(1, 2, 3)", "italic"]),
        )
        .await;
}

async fn from_right_to_left_everything_is_mirrored(stage: &Stage) {
    stage
        .host
        .backend()
        .put(thread("t", vec![reply(1, "Ada", "Left to right."), reply(2, "ليلى", "من اليمين إلى اليسار.")]));
    stage.open(&Article::with_thread("").root("lang=ar dir=rtl")).await;
    stage.ready().await;
    stage.equal("part('base').dir", "rtl").await;
    stage.check("the picture stands on the right", "within(reply(1), 'avatar').getBoundingClientRect().left > within(reply(1), 'reply-author').getBoundingClientRect().left").await;
    stage
        .equal("parts('reply-body').map((it) => getComputedStyle(it).direction)", json!(["ltr", "rtl"]))
        .await;
}

/// Shows the page as it would be printed.
async fn print(stage: &Stage) {
    if stage.engine == Engine::Chromium {
        stage.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    } else {
        assert!(stage.apply_media("print", "screen").await > 0.0, "no rules for paper");
    }
}

async fn on_paper_there_are_no_controls(stage: &Stage) {
    let long = "Words that nobody will read twice. ".repeat(60);
    let body = format!("> [Ada](#reply-1) said:\n> {long}\n\nToo long.");
    let mut page = long_thread("t", 30);
    page.replies[1] = reply(2, "Bo", &body);
    stage.read_with(page, "page-size=10 theme=dark").await;
    print(stage).await;
    for name in ["tools", "pager", "jump"] {
        stage.check(&format!("{name} is not printed"), &format!("!parts({name:?}).some(shown)")).await;
    }
    stage
        .check(
            "the replies are",
            "shown(part('reply-body')) && shown(part('reply-author')) && shown(part('reply-number'))",
        )
        .await;
    // Where no sheet can unfold it, at least its first words are printed.
    stage
        .check(
            "no words are lost",
            "shown(within(reply(2), CSS.supports('selector(::details-content)') ? 'quote-body' : 'quote-summary'))",
        )
        .await;
    stage
        .check(
            "what unfolds is no button on paper",
            "shown(within(reply(2), 'quote-summary')) !== shown(within(reply(2), 'quote-body'))",
        )
        .await;
    stage
        .check(
            "summaries go where the sheet can unfold, and only there",
            "(() => {
               const told = [];
               const walk = (rules, unfolds) => {
                 for (const rule of rules) {
                   if (rule.selectorText?.includes('quote-summary') && rule.style.display === 'none') told.push(unfolds);
                   if (rule.cssRules) walk(rule.cssRules, unfolds || /::details-content/.test(rule.conditionText));
                 }
               };
               for (const sheet of root().adoptedStyleSheets) walk(sheet.cssRules, false);
               return told.length > 0 && told.every(Boolean);
             })()",
        )
        .await;
    let ink = stage.text("getComputedStyle(part('reply-body')).color").await;
    let dark =
        ink.trim_start_matches("rgb(").split(',').next().and_then(|red| red.trim().parse::<f64>().ok());
    assert!(dark.is_some_and(|red| red < 100.0), "the ink on paper is {ink}");
}

async fn on_paper_there_is_no_room_for_what_is_not_there(stage: &Stage) {
    let mut page = long_thread("t", 60);
    page.thread.features = vec![Feature::Reply];
    stage.host.backend().put(page);
    // In the second somebody is writing.
    let elements = element("t", "page-size=20 loading=eager").repeat(2);
    stage.open(&Article::with(&format!("{elements}{SCRIPT}"))).await;
    stage.until("both are ready", "state(0) === 'ready' && state(1) === 'ready'").await;
    stage.click("part('composer-open', 1)").await;
    stage.until("the text has the focus", "focused() === part('composer-text', 1)").await;
    // What is neither read nor there. Where it takes no room, it is not seen either.
    let gone = [("tools", 0), ("pager", 0), ("spacer", 0), ("composer-closed", 0), ("composer", 1)];
    let room = |(name, at): (&str, u32)| format!("parts({name:?}, {at}).some((it) => it.offsetHeight > 0)");
    for it in gone {
        stage.until(&format!("{} has room on the screen", it.0), &room(it)).await;
    }
    let replies = stage.text("numbers().join()").await;
    print(stage).await;
    for it in gone {
        stage.check(&format!("{} has none on paper", it.0), &format!("!({})", room(it))).await;
    }
    stage.equal("numbers().join()", replies).await;
    for name in ["reply", "reply-author", "reply-time", "reply-body"] {
        let seen =
            "(it) => it.getClientRects().length > 0 && it.checkVisibility({ visibilityProperty: true })";
        stage
            .check(
                &format!("each {name} is printed"),
                &format!("parts({name:?}).length >= 20 && parts({name:?}).every({seen})"),
            )
            .await;
    }
}

async fn forced_colours_keep_the_edges(stage: &Stage) {
    stage.read(long_thread("t", 30)).await;
    if stage.engine == Engine::Chromium {
        stage
            .devtools(
                "Emulation.setEmulatedMedia",
                json!({ "features": [{ "name": "forced-colors", "value": "active" }] }),
            )
            .await;
        stage.equal("matchMedia('(forced-colors: active)').matches", true).await;
    } else {
        assert!(stage.apply_media("forced-colors", "").await > 0.0, "no rules for forced colours");
    }
    stage.check("buttons have an edge", "(() => { const it = getComputedStyle(part('jump-go')); return it.borderStyle !== 'none' && parseFloat(it.borderTopWidth) > 0 })()").await;
    stage.focus("part('jump-go')").await;
    stage.run("location.hash = '#reply-3'").await;
    stage.until("the marked reply", "reply(3).hasAttribute('data-target')").await;
    stage
        .check(
            "differs by more than its background",
            "(() => { const a = getComputedStyle(reply(3)), b = getComputedStyle(reply(5)), edge = (it) => [it.outlineStyle, it.outlineWidth, it.borderInlineStartWidth, it.borderInlineStartStyle, it.borderTopWidth].join();
               return edge(a) !== edge(b) })()",
        )
        .await;
}

async fn without_motion_nothing_moves(stage: &Stage) {
    stage.host.put_file(
        "/still.js",
        "text/javascript",
        "const ask = window.matchMedia; window.matchMedia = (query) => /reduced-motion/.test(query)
           ? Object.assign(new EventTarget(), { matches: /reduce\\)/.test(query), media: query, addListener() {}, removeListener() {} }) : ask.call(window, query);
         const into = Element.prototype.scrollIntoView; window.smooth = 0;
         Element.prototype.scrollIntoView = function (options) { if (options?.behavior === 'smooth') window.smooth += 1; return into.call(this, options) };",
    );
    stage.host.backend().put(long_thread("t", 40));
    stage.open(&Article::with_thread("").head("<script src=/still.js></script>")).await;
    stage.ready().await;
    match stage.engine {
        Engine::Chromium => {
            stage
                .devtools(
                    "Emulation.setEmulatedMedia",
                    json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] }),
                )
                .await;
        }
        _ => {
            stage
                .apply_media("prefers-reduced-motion: reduce", "prefers-reduced-motion: no-preference")
                .await;
        }
    }
    stage.run("location.hash = '#reply-35'").await;
    stage.until("the jump is there", "focused() === reply(35) && inView(reply(35))").await;
    stage.equal("window.smooth", 0).await;
    let moving = stage
        .list("all('*').filter((it) => { const s = getComputedStyle(it); const long = (times) => times.split(',').some((time) => parseFloat(time) > 0.02); return (s.animationName !== 'none' && long(s.animationDuration)) || (s.transitionProperty !== 'none' && long(s.transitionDuration)) }).map((it) => it.part.value).slice(0, 8)")
        .await;
    assert!(moving.is_empty(), "{moving:?}");
}

async fn the_dark_follows_the_system_only_with_the_page(stage: &Stage) {
    if stage.engine == Engine::Chromium {
        stage
            .devtools(
                "Emulation.setEmulatedMedia",
                json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] }),
            )
            .await;
    }
    stage.host.backend().put(long_thread("t", 2));
    stage.open(&Article::with_thread("").head("<style>body{background:#fff;color:#111}</style>")).await;
    stage.ready().await;
    stage.equal("part('base').dataset.scheme", "light").await;
    let following = "<style>body{background:#fff;color:#111} @media (prefers-color-scheme: dark){body{background:#111;color:#eee}}</style>";
    stage.open(&Article::with_thread("").head(following)).await;
    stage.ready().await;
    let expected = if stage.engine == Engine::Chromium { "dark" } else { "light" };
    stage.equal("part('base').dataset.scheme", expected).await;
}

async fn pictures_that_do_not_come_keep_their_place(stage: &Stage) {
    let faced = Person { avatar: Some(stage.host.filled_in("{other}/nobody.png")), ..person("Ada Vance") };
    stage
        .read(thread(
            "t",
            vec![Reply { author: Some(faced), ..reply(1, "", "One.") }, reply(2, "Bo", "Two.")],
        ))
        .await;
    stage.until("the picture was looked for", "part('avatar').complete !== false").await;
    let sizes = "[1, 2].map((n) => { const box = within(reply(n), 'avatar').getBoundingClientRect(); return [Math.round(box.width), Math.round(box.height)] })";
    let sizes = stage.eval(sizes).await;
    assert_eq!(sizes[0], sizes[1], "a missing picture changes the layout");
}
