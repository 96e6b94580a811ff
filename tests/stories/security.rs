//! Hostile text and strict pages: nothing runs, nothing is let in, nothing is asked for that was not told.

use afterword_contract::{Format, Person, Quote, Reaction, ReactionTag, Reply, Tag, ThreadPage};
use afterword_tests::article::{Article, NONCE, SCRIPT, element};
use afterword_tests::backend::{long_thread, person, reply, thread};
use afterword_tests::fault::Fault;
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

stories! { security:
    hostile_markdown_stays_text,
    hostile_html_stays_text,
    hostile_plain_text_stays_text,
    hostile_names_and_labels_stay_text,
    hostile_addresses_are_not_linked,
    hostile_problems_and_attributes_stay_text,
    a_strict_policy_is_kept,
    a_nonce_is_enough,
    trusted_types_are_kept,
    trusted_types_without_our_policy_show_html_as_text,
    an_isolated_page_is_served,
    without_wasm_unsafe_eval_it_says_so,
    markup_cannot_stand_in_for_the_script,
    letters_that_turn_the_line_around_stay_inside,
    clobbered_pages_harm_nothing,
}

/// Text that has broken other people's filters; each would set `window.__xss`.
const CORPUS: &[&str] = &[
    "<script>__xss=1</script>",
    "<img src=x onerror=__xss=1>",
    "<img src=x onerror='__xss=1'//",
    "\"><img src=x onerror=__xss=1>",
    "'><svg onload=__xss=1>",
    "<svg><script>__xss=1</script></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=__xss=1>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=__xss=1&gt;\">",
    "<details open ontoggle=__xss=1>x</details>",
    "<iframe src=\"javascript:parent.__xss=1\"></iframe>",
    "<iframe srcdoc=\"<script>parent.__xss=1</script>\"></iframe>",
    "<object data=\"javascript:__xss=1\"></object><embed src=\"javascript:__xss=1\">",
    "<body onload=__xss=1><input autofocus onfocus=__xss=1>",
    "<a href=\"javascript:__xss=1\" id=steal>click</a>",
    "<a href=\"&#106;avascript:__xss=1\">click</a>",
    "<a href=\"java\nscript:__xss=1\">click</a>",
    "<a href=\"\u{e}javascript:__xss=1\">click</a>",
    "<form action=\"javascript:__xss=1\"><button name=createElement>x</button></form>",
    "<style>@import 'javascript:__xss=1'; *{background:url(x)}</style>",
    "<link rel=stylesheet href=\"data:text/css,*{color:red}\"><meta http-equiv=refresh content=\"0;url=javascript:__xss=1\">",
    "<template><img src=x onerror=__xss=1></template><noscript><p title=\"</noscript><img src=x onerror=__xss=1>\">",
    "<p style=\"position:fixed;inset:0\" class=x id=base part=base slot=x>overlay</p>",
    "<after-word api=/evil></after-word><slot name=x></slot>",
    "[click](javascript:__xss=1) [click](JaVaScRiPt:__xss=1) [click](&#x6A;avascript:__xss=1)",
    "[click](data:text/html;base64,PHNjcmlwdD5fX3hzcz0xPC9zY3JpcHQ+) <javascript:__xss=1>",
    "![x](javascript:__xss=1) ![x](x\"onerror=\"__xss=1) [x](http://e\"onmouseover=\"__xss=1)",
    "[x]: javascript:__xss=1\n\n[x]",
    "`<img src=x onerror=__xss=1>` ~~~<script>__xss=1</script>",
    "<!--><img src=x onerror=__xss=1>-->",
    "<![CDATA[<img src=x onerror=__xss=1>]]><?xml <img src=x onerror=__xss=1>?>",
    "<xmp><img src=x onerror=__xss=1></xmp><title><img src=x onerror=__xss=1></title><textarea><img src=x onerror=__xss=1></textarea>",
    "&lt;img src=x onerror=__xss=1&gt; &amp;lt;script&amp;gt;",
    "<video><source onerror=__xss=1></video><audio src=x onerror=__xss=1></audio>",
    "<table><td background=\"javascript:__xss=1\"><marquee onstart=__xss=1>x</marquee></table>",
    "\u{0}<scr\u{0}ipt>__xss=1</scr\u{0}ipt>",
];

/// What a reply may consist of, whoever writes it.
const ALLOWED: &str = "['p','pre','code','ul','ol','li','hr','em','strong','del','br','a','span','figure','figcaption','blockquote','details','summary','bdi']";

/// Asserts that nothing ran and that every body holds allowed elements with allowed attributes only.
async fn nothing_got_in(stage: &Stage) {
    stage.run_async("requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))").await;
    stage.equal("window.__xss ?? null", json!(null)).await;
    let strangers = stage
        .list(&format!(
            "parts('reply-body').flatMap((body) => [...body.querySelectorAll('*')]).filter((it) => !{ALLOWED}.includes(it.localName)
               || it.namespaceURI !== 'http://www.w3.org/1999/xhtml').map((it) => it.outerHTML.slice(0, 200))"
        ))
        .await;
    assert!(strangers.is_empty(), "{strangers:#?}");
    let attributes = stage
        .list(
            "[...root().querySelectorAll('*')].flatMap((it) => it.getAttributeNames().filter((name) =>
               /^on|^style$|^form|^name$|^autofocus|^srcdoc|^slot$/.test(name)
               || (name === 'class' && it.className !== it.part.value)
               || (['href', 'src'].includes(name) && !/^(https?:|mailto:|#)/i.test(it.getAttribute(name))))
               .map((name) => `${it.localName} ${name}=${it.getAttribute(name)}`))",
        )
        .await;
    assert!(attributes.is_empty(), "{attributes:#?}");
    stage.equal("document.querySelectorAll('script').length", stage.eval("window.__scripts").await).await;
    let fetched = stage.host.asked("/evil").len() + stage.host.asked("/articles/x").len();
    assert_eq!(fetched, 0, "something hostile was fetched");
}

async fn hostile(stage: &Stage, page: ThreadPage) {
    stage.host.backend().put(page);
    stage.host.put_file("/count.js", "text/javascript", "addEventListener('DOMContentLoaded', () => { window.__scripts = document.querySelectorAll('script').length })");
    stage.open(&Article::with_thread("page-size=100").head("<script src=/count.js></script>")).await;
    stage.ready().await;
    nothing_got_in(stage).await;
    // Whatever is drawn a second time is drawn as safely.
    stage.choose("part('order-select')", "newest").await;
    stage.until("the order has changed", "numbers()[0] > 1").await;
    stage.run("for (const it of all('details')) it.open = true").await;
    nothing_got_in(stage).await;
}

fn every(format: Format) -> ThreadPage {
    let quoted = |text: &str| text.lines().map(|line| format!("> {line}\n")).collect::<String>();
    let bodies = CORPUS.iter().flat_map(|text| {
        [(*text).to_owned(), format!("> [x](#reply-1) said:\n{}\n\n- {text}\n\n# {text}", quoted(text))]
    });
    let replies = (1..)
        .zip(bodies)
        .map(|(number, body)| Reply { format: format.clone(), ..reply(number, "Mallory", &body) });
    thread("t", replies.collect())
}

async fn hostile_markdown_stays_text(stage: &Stage) {
    hostile(stage, every(Format::Markdown)).await;
}

async fn hostile_html_stays_text(stage: &Stage) {
    hostile(stage, every(Format::Html)).await;
}

async fn hostile_plain_text_stays_text(stage: &Stage) {
    hostile(stage, every(Format::Text)).await;
    stage
        .check("it is read as it was written", "root().textContent.includes('<script>__xss=1</script>')")
        .await;
}

async fn hostile_names_and_labels_stay_text(stage: &Stage) {
    let replies = (1..).zip(CORPUS).map(|(number, text)| {
        let evil = Person { role: Some((*text).to_owned()), id: Some((*text).into()), ..person(text) };
        Reply {
            id: (*text).into(),
            author: Some(evil.clone()),
            mentions: vec![evil.clone()],
            quotes: vec![Quote { number: 1, exact: Some(false) }],
            reactions: vec![Reaction { tag: Tag((*text).to_owned()), count: 1, people: vec![evil] }],
            published: Some((*text).into()),
            edited: Some((*text).into()),
            revision: (*text).into(),
            ..reply(
                number,
                "",
                &format!("> [{text}](#reply-1) said:\n> word\n\nHello @{text} and @\"{text}\""),
            )
        }
    });
    let mut page = thread("t", replies.collect());
    page.thread.title = Some(CORPUS[1].to_owned());
    page.thread.url = Some("javascript:__xss=1".to_owned());
    page.thread.reaction_tags = CORPUS
        .iter()
        .map(|text| ReactionTag {
            tag: (*text).into(),
            label: (*text).to_owned(),
            symbol: Some((*text).to_owned()),
        })
        .collect();
    hostile(stage, page).await;
    stage
        .check(
            "names are read as they are",
            "texts('reply-author').some((name) => name.includes('<script>__xss=1</script>'))",
        )
        .await;
}

async fn hostile_addresses_are_not_linked(stage: &Stage) {
    let addresses = [
        "javascript:__xss=1",
        "JAVASCRIPT:__xss=1",
        " javascript:__xss=1",
        "\u{1}javascript:__xss=1",
        "java\tscript:__xss=1",
        "data:text/html,<script>__xss=1</script>",
        "vbscript:x",
        "blob:x",
        "file:///etc/passwd",
        "x\" onerror=\"__xss=1",
        "//evil.example/x",
        "/articles/x",
        "",
    ];
    let replies = (1..).zip(addresses).map(|(number, address)| {
        let author =
            Person { url: Some(address.to_owned()), avatar: Some(address.to_owned()), ..person("Mallory") };
        Reply { author: Some(author), ..reply(number, "", &format!("[x]({address}) <{address}>")) }
    });
    hostile(stage, thread("t", replies.collect())).await;
    stage.equal("parts('reply-author').filter((it) => it.localName === 'a').length", 0).await;
    stage.equal("parts('avatar').filter((it) => it.localName === 'img').length", 0).await;
}

async fn hostile_problems_and_attributes_stay_text(stage: &Stage) {
    for text in [CORPUS[1], CORPUS[0]] {
        stage.host.fail("/api/replies", Fault::problem(500, text, text));
        stage.open(&Article::with_thread("")).await;
        stage.until("it is told", "shown(one('[data-kind=error]'))").await;
        stage.check("as text", "!root().querySelector('script, [data-kind=error] img')").await;
        stage.equal("window.__xss ?? null", json!(null)).await;
    }
    stage.host.heal();
    stage.expect("order");
    stage.open(&Article::with_thread("order='<img src=x onerror=__xss=1>'")).await;
    stage.until("the attribute is told", "/onerror/.test(text(one('[data-kind=error]')))").await;
    stage.check("as text", "!root().querySelector('img')").await;
}

/// What the README tells owners of strict pages to add, and nothing else.
const STRICT: &str =
    "default-src 'none'; script-src 'self' {other} 'wasm-unsafe-eval'; connect-src {other}; img-src {other}";

fn rich() -> ThreadPage {
    let mut page = long_thread("t", 30);
    page.replies[1].format = Format::Html;
    page.replies[1].body =
        "<p>In <b>HTML</b></p><blockquote cite=\"#reply-1\">Reply number 1 speaks.</blockquote>".to_owned();
    page.replies[2].body = "> [Bo](#reply-1) said:\n> Word. \n\n**Bold** @Bo\n\n```\ncode\n```".to_owned();
    page.replies[2].reactions =
        vec![afterword_tests::backend::reaction("like", &["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])];
    page
}

async fn use_everything(stage: &Stage) {
    stage.ready().await;
    stage.click("within(reply(3), 'quote-source')").await;
    stage.until("a jump", "focused() === reply(1)").await;
    stage.click("within(reply(3), 'reply-time')").await;
    stage.click("one('[data-end=next] button')").await;
    stage.until("a page", "numbers().length === 20").await;
    stage.choose("part('order-select')", "newest").await;
    stage.until("an order", "numbers()[0] === 30").await;
    stage.run("elements()[0].setAttribute('lang', 'ar'); elements()[0].setAttribute('theme', 'dark')").await;
    stage.until("a language", "part('base').dir === 'rtl' && part('base').dataset.scheme === 'dark'").await;
    stage.check("the sheet is in force", "getComputedStyle(part('list')).listStyleType === 'none'").await;
    let violations: Vec<_> = stage.log().await.into_iter().filter(|(kind, _)| kind == "policy").collect();
    assert!(violations.is_empty(), "{violations:?}");
}

async fn a_strict_policy_is_kept(stage: &Stage) {
    stage.host.backend().put(rich());
    stage.open(&Article::with_thread("page-size=10 page-by-button").policy(STRICT)).await;
    use_everything(stage).await;
}

async fn a_nonce_is_enough(stage: &Stage) {
    stage.host.backend().put(rich());
    let policy = STRICT.replace("'self' {other}", &format!("'nonce-{NONCE}' 'strict-dynamic'"));
    assert_ne!(policy, STRICT);
    let script = SCRIPT.replace("<script", &format!("<script nonce={NONCE}"));
    let body = format!("{}{script}", element("t", "page-size=10 page-by-button"));
    stage.open(&Article::with(&body).policy(&policy)).await;
    use_everything(stage).await;
}

async fn trusted_types_are_kept(stage: &Stage) {
    stage.host.backend().put(rich());
    let policy = format!("{STRICT}; require-trusted-types-for 'script'; trusted-types afterword");
    stage.open(&Article::with_thread("page-size=10 page-by-button").policy(&policy)).await;
    use_everything(stage).await;
    stage.choose("part('order-select')", "oldest").await;
    stage.until("HTML is read here too", "text(reply(2)?.querySelector('strong')) === 'HTML'").await;
}

async fn trusted_types_without_our_policy_show_html_as_text(stage: &Stage) {
    stage.host.backend().put(rich());
    let policy = format!("{STRICT}; require-trusted-types-for 'script'; trusted-types 'none'");
    // Asking for a policy, or for a parser without one, is reported by engines that know Trusted Types.
    stage.allow("policy", "trusted-types");
    stage.open(&Article::with_thread("page-size=10 page-by-button").policy(&policy)).await;
    stage.ready().await;
    stage.check("HTML is read as text or as HTML", "/In (<b>)?HTML/.test(text(reply(2)))").await;
    stage.check("Markdown is read as always", "text(within(reply(3), 'quote-body')) === 'Word.'").await;
}

async fn an_isolated_page_is_served(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    let article = Article::with_thread("")
        .header("cross-origin-embedder-policy", "require-corp")
        .header("cross-origin-opener-policy", "same-origin");
    stage.open(&article).await;
    stage.ready().await;
    stage.equal("numbers()", json!([1])).await;
}

async fn without_wasm_unsafe_eval_it_says_so(stage: &Stage) {
    stage.host.backend().put(rich());
    let policy = STRICT.replace(" 'wasm-unsafe-eval'", "");
    stage.expect("wasm-unsafe-eval");
    // The probe itself is reported by the browsers that report such things.
    stage.allow("policy", "script-src");
    stage.open(&Article::with_thread("").policy(&policy)).await;
    stage.until("it names the missing word", "/wasm-unsafe-eval/.test(text(one('[data-kind=error]')))").await;
    stage.check("no button that cannot help", "!part('notice-action')").await;
}

async fn markup_cannot_stand_in_for_the_script(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One."), reply(2, "Bo", "Two.")]));
    let decoy = r#"<img name="currentScript" alt="" src="{other}/evil/picture.png"><form name="currentScript"></form>"#;
    stage.host.put_file("/evil/picture.png", "image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    stage.open(&Article::with(&format!("{decoy}<after-word api='{{api}}' thread='t'></after-word><script src='{{assets}}embed.js'></script>"))).await;
    stage.ready().await;
    let evil: Vec<_> = stage
        .host
        .asked("/evil/")
        .into_iter()
        .filter(|asked| !asked.target.ends_with("picture.png"))
        .collect();
    assert!(evil.is_empty(), "{evil:?}");
}

async fn letters_that_turn_the_line_around_stay_inside(stage: &Stage) {
    let turned = "\u{202e}evil\u{2066}\u{2067}";
    let replies =
        vec![reply(1, turned, &format!("{turned} text")), reply(2, "Bo", &format!("Hello @\"{turned}\"!"))];
    stage.read(thread("t", replies)).await;
    stage.equal("text(within(reply(1), 'reply-number'))", "Reply 1 of 2").await;
    stage.check("the name is kept apart", "!!within(reply(1), 'reply-author').querySelector('bdi') || getComputedStyle(within(reply(1), 'reply-author')).unicodeBidi === 'isolate'").await;
    let order = "(() => { const author = within(reply(1), 'reply-author').getBoundingClientRect(), number = within(reply(1), 'reply-number').getBoundingClientRect(); return number.left >= author.left })()";
    stage.check("what follows it still follows it", order).await;
}

async fn clobbered_pages_harm_nothing(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One."), reply(2, "Bo", "Two.")]));
    // Names as forms and pictures of old pages have them; each hides a property of `document`.
    let names = ["body", "title", "dir", "domain", "forms", "images", "links", "cookie", "head", "referrer"];
    let decoys = names.map(|name| format!("<img name={name} alt=''>")).concat();
    let ids = ["base", "thread", "count", "reply-1", "handle", "root"]
        .map(|id| format!("<i id={id}></i>"))
        .concat();
    let form = "<form id=options name=options><input name=dataset><input name=mount></form>";
    stage
        .open(&Article::with(&format!("<div hidden>{decoys}{ids}{form}</div>{}{SCRIPT}", element("t", ""))))
        .await;
    stage.ready().await;
    stage.equal("numbers()", json!([1, 2])).await;
    stage.click("within(reply(2), 'reply-number')").await;
    stage.until("it works", "focused() === reply(2)").await;
}
