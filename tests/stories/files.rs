//! When a file of our own is missing, wrong or hangs, and when the module dies: one sentence, and a way on.

use afterword_tests::article::{Article, SCRIPT, element};
use afterword_tests::backend::{reply, thread};
use afterword_tests::fault::Fault;
use afterword_tests::stage::Stage;
use afterword_tests::stories;

use crate::failures::recovers;

stories! { files:
    the_missing_module_is_told_and_tried_again,
    the_missing_glue_is_told_and_tried_again,
    the_wrong_media_type_works,
    a_page_in_place_of_the_module_is_told,
    a_damaged_module_is_told,
    without_webassembly_it_says_so,
    a_module_that_dies_at_the_start_says_so,
    a_module_that_dies_later_says_so,
    a_module_that_dies_as_it_goes_is_not_used_again,
    a_dead_module_hears_nothing_of_the_page,
    a_missing_stylesheet_harms_nothing,
    what_fetches_stylesheets_may_be_missing,
    a_stylesheet_that_hangs_holds_nothing_up,
    files_that_hang_are_given_up,
}

async fn the_missing_module_is_told_and_tried_again(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.host.fail("afterword_bg.wasm", Fault::html(404));
    stage.expect("afterword_bg.wasm");
    stage.open(&Article::with_thread("")).await;
    stage
        .until(
            "the file and the status are named",
            "/afterword_bg\\.wasm.*404/.test(text(one('[data-kind=error]')))",
        )
        .await;
    stage.until("the host is told", "window.__events.some((it) => it.type === 'afterword-error')").await;
    let refused = stage
        .run_async("elements()[0].ready.then(() => done('ready'), (error) => done(String(error.message)))")
        .await;
    assert!(refused.as_str().is_some_and(|text| text.contains("404")), "{refused}");
    recovers(stage).await;
}

async fn the_missing_glue_is_told_and_tried_again(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.host.fail("afterword.js", Fault::html(404));
    stage.expect("afterword.js");
    stage.open(&Article::with_thread("")).await;
    stage
        .until(
            "the file and the status are named",
            "/afterword\\.js.*404/.test(text(one('[data-kind=error]')))",
        )
        .await;
    recovers(stage).await;
}

async fn the_wrong_media_type_works(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.host.fail("afterword_bg.wasm", Fault::Kind("text/plain".to_owned()));
    stage.open(&Article::with_thread("")).await;
    stage.ready().await;
    stage.equal("text(part('reply-body'))", "One.").await;
    assert_eq!(stage.host.asked("afterword_bg.wasm").len(), 1);
}

async fn a_page_in_place_of_the_module_is_told(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.host.fail("afterword_bg.wasm", Fault::html(200));
    stage.expect("afterword_bg.wasm");
    stage.open(&Article::with_thread("")).await;
    stage.until("what came instead is named", "/text\\/html/.test(text(one('[data-kind=error]')))").await;
    recovers(stage).await;
}

async fn a_damaged_module_is_told(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.host.fail("afterword_bg.wasm", Fault::Half);
    stage.expect("does not start");
    stage.open(&Article::with_thread("")).await;
    stage
        .until("it says which", "/_bg\\.wasm\\S* does not start/.test(text(one('[data-kind=error]')))")
        .await;
    recovers(stage).await;
}

async fn without_webassembly_it_says_so(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.host.put_file("/lockdown.js", "text/javascript", "delete window.WebAssembly");
    stage.host.fail("/api/html", Fault::html(404));
    stage.allow("console.error", "Failed to load resource");
    stage.expect("WebAssembly");
    let body = r#"<after-word api="{api}" thread="t"><p id=mine>Write to us instead.</p></after-word><script async src="{assets}embed.js"></script>"#;
    stage.open(&Article::with(body).head("<script src=/lockdown.js></script>")).await;
    stage.until("it says so", "/WebAssembly/.test(text(one('[data-kind=error]')))").await;
    stage.check("no button that cannot help", "!part('notice-action')").await;
    stage.check("the page's own words stay", "shown(document.getElementById('mine'))").await;
}

/// In place of what the module would draw, behind the file that works with it: a button, and what dies in `place`.
fn dying(stage: &Stage, place: &str) {
    let (at_start, at_click) = match place {
        "mount" => ("die();", ""),
        _ => ("", "die();"),
    };
    let glue = format!(
        "let crashed;
         const die = () => {{ crashed?.('It panicked.'); throw new WebAssembly.RuntimeError('unreachable') }};
         export * from '/whole/afterword/afterword.js';
         export function mount(element, base, options) {{
           crashed = options.crashed;
           {at_start}
           const button = document.createElement('button');
           button.id = 'fatal';
           button.append('Die');
           button.onclick = () => {{ {at_click} }};
           const list = document.createElement('ol');
           list.setAttribute('part', 'list');
           base.replaceChildren(list, button);
           base.dataset.state = 'ready';
           return new Proxy({{}}, {{ get: () => die }});
         }}"
    );
    stage.host.put_file("/afterword/afterword.js", "text/javascript", &glue);
}

async fn a_module_that_dies_at_the_start_says_so(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    dying(stage, "mount");
    stage.expect("fault");
    stage.open(&Article::with_thread("")).await;
    stage.until("it says so", "/fault/.test(text(one('[data-kind=error]')))").await;
    stage.until("the host is told", "window.__events.some((it) => it.type === 'afterword-error')").await;
    stage.host.take_away("/afterword/afterword.js");
    recovers(stage).await;
}

async fn a_module_that_dies_later_says_so(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    dying(stage, "click");
    stage.expect("fault");
    // The trap itself is the page's to see, as any uncaught error is; WebKit does not say what it is.
    stage.allow("exception", "unreachable");
    stage.allow("exception", "Script error");
    stage.open(&Article::with(&format!("{}{}{SCRIPT}", element("t", ""), element("t", "")))).await;
    stage.until("both are there", "!!one('#fatal', 0) && !!one('#fatal', 1)").await;
    stage.click("one('#fatal', 0)").await;
    for at in [0, 1] {
        stage
            .until(
                "both say so: they share the module",
                &format!("/fault/.test(text(one('[data-kind=error]', {at})))"),
            )
            .await;
    }
    stage.host.take_away("/afterword/afterword.js");
    stage.click("part('notice-action', 0)").await;
    for at in [0, 1] {
        stage.until("both are well again", &format!("text(part('reply-body', {at})) === 'One.'")).await;
    }
}

async fn a_module_that_dies_as_it_goes_is_not_used_again(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.host.backend().put(thread("u", vec![reply(1, "Bo", "Two.")]));
    dying(stage, "going");
    stage.expect("fault");
    stage.open(&Article::with(&format!("{}{}{SCRIPT}", element("t", ""), element("t", "")))).await;
    stage.until("both are there", "!!one('#fatal', 0) && !!one('#fatal', 1)").await;
    stage.host.take_away("/afterword/afterword.js");
    stage.run("elements()[0].setAttribute('thread', 'u')").await;
    stage.until("a fresh module reads the other thread", "text(part('reply-body', 0)) === 'Two.'").await;
    stage.until("whom it served as well says so", "/fault/.test(text(one('[data-kind=error]', 1)))").await;
    stage.click("part('notice-action', 1)").await;
    stage.until("and is well again", "text(part('reply-body', 1)) === 'One.'").await;
}

async fn a_dead_module_hears_nothing_of_the_page(stage: &Stage) {
    let counter = "const adding = window.addEventListener, removing = window.removeEventListener;
        const kinds = ['hashchange', 'online', 'offline'];
        window.listening = new Set();
        EventTarget.prototype.addEventListener = function (type, call, options) {
          if ((this ?? window) === window && kinds.includes(type)) {
            window.listening.add(call);
            if (options?.signal) adding.call(options.signal, 'abort', () => window.listening.delete(call));
          }
          return adding.call(this ?? window, type, call, options);
        };
        EventTarget.prototype.removeEventListener = function (type, call, options) {
          if ((this ?? window) === window) window.listening.delete(call);
          return removing.call(this ?? window, type, call, options);
        };
        // A trap with no script of ours in its stack: a widget is said to be where no memory is.
        const making = WebAssembly.instantiate;
        WebAssembly.instantiate = async (...all) => {
          const made = await making.apply(WebAssembly, all);
          const functions = Object.values(made.instance.exports).filter((it) => typeof it === 'function');
          window.trap = () => functions.forEach((run) => run(-8, -8, -8));
          return made;
        };";
    stage.host.put_file("/counter.js", "text/javascript", counter);
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.open(&Article::with_thread("").head("<script src=/counter.js></script>")).await;
    stage.ready().await;
    stage.check("the living one hears", "(window.before = window.listening.size) >= 3").await;
    stage.expect("fault");
    stage.expect("ut of bounds");
    stage.run("setTimeout(trap)").await;
    stage.until("it says so", "/fault/.test(text(one('[data-kind=error]')))").await;
    // The element's own: it leads to what is drawn without the module.
    stage.equal("window.listening.size", 1).await;
    recovers(stage).await;
    stage.check("and the next", "window.listening.size === window.before").await;
}

async fn a_missing_stylesheet_harms_nothing(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.expect("stylesheet");
    stage.open(&Article::with_thread("stylesheet=nonesuch")).await;
    stage.ready().await;
    stage.until("it is named", "/stylesheet/.test(text(one('[data-kind=error]')))").await;
    stage.equal("text(part('reply-body'))", "One.").await;
}

async fn what_fetches_stylesheets_may_be_missing(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.host.fail("theme.js", Fault::html(404));
    stage.expect("theme.js");
    stage.open(&Article::with_thread("stylesheet=forum")).await;
    stage.ready().await;
    stage.until("it is named", "/theme\\.js/.test(text(one('[data-kind=error]')))").await;
    stage.equal("text(part('reply-body'))", "One.").await;
    stage.run("elements()[0].removeAttribute('stylesheet')").await;
    stage.until("nothing is wrong any more", "!one('[data-kind=error]')").await;
}

/// Opens a page on which the patience with files and themes is a twentieth, and puts the element there once it has
/// loaded: WebKit waits with that for modules on their way, and its driver with everything else.
async fn open_hasty(stage: &Stage, attributes: &str) {
    let script = "const later = window.setTimeout;
        window.setTimeout = (call, millis, ...more) =>
          later(call, [3000, 60000].includes(millis) ? millis / 20 : millis, ...more);";
    stage.host.put_file("/hasty.js", "text/javascript", script);
    let article = Article::with("<div id=here></div>").head("<script src=/hasty.js></script>").head(SCRIPT);
    stage.open(&article).await;
    let html = stage.host.filled_in(&element("t", attributes));
    stage.run(&format!("document.getElementById('here').innerHTML = {html:?}")).await;
}

async fn a_stylesheet_that_hangs_holds_nothing_up(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.host.put_file("/mine.css", "text/css", "[part~=reply-body] { color: rgb(1, 2, 3) }");
    let gate = stage.host.hold("/mine.css");
    open_hasty(stage, "stylesheet=/mine.css").await;
    gate.reached_by(1).await;
    stage.ready().await;
    let dressed = "getComputedStyle(part('reply-body')).color === 'rgb(1, 2, 3)'";
    stage.check("the theme is not there yet", &format!("!({dressed})")).await;
    gate.open();
    stage.until("it is laid on when it comes", dressed).await;
}

async fn files_that_hang_are_given_up(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    for file in ["afterword.js", "afterword_bg.wasm"] {
        let gate = stage.host.hold(file);
        stage.expect(file);
        open_hasty(stage, "").await;
        gate.reached_by(1).await;
        let told = format!("/{file} cannot be (reached|loaded)/.test(text(one('[data-kind=error]')))");
        stage.until("it says which", &told).await;
        stage.equal("window.__events.filter((it) => it.type === 'afterword-error').length", 1).await;
        recovers(stage).await;
    }
}
