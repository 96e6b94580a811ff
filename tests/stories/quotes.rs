//! Quotes, mentions, reactions: replies that speak of other replies and of people.

use afterword_contract::{Format, Quote, Reply, Status};
use afterword_tests::backend::{long_thread, person, reaction, reply, thread};
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use fantoccini::actions::{InputSource, MouseActions, PointerAction};
use serde_json::json;

stories! { quotes:
    a_card_shows_the_source_to_pointer_and_keyboard,
    a_quote_names_its_source_and_leads_there_and_back,
    by_keyboard_too,
    quotes_nest_with_their_attribution,
    a_deep_quote_is_folded,
    a_long_quote_is_folded,
    an_altered_quote_is_marked,
    quotes_whose_source_is_missing_or_deleted,
    a_quote_without_a_source_is_still_a_quote,
    quotes_in_html_and_of_other_forums,
    a_reply_lists_who_quoted_it,
    a_mention_is_one_node,
    an_at_sign_is_not_always_a_mention,
    reactions_name_people,
    a_long_list_of_people_is_folded,
    reactions_without_names_and_unknown_tags,
    a_link_to_a_reply_is_followed_inside_the_widget,
}

fn quoting(number: u32, author: &str, source: u32, exact: Option<bool>, body: &str) -> Reply {
    Reply { quotes: vec![Quote { number: source, exact }], ..reply(number, author, body) }
}

/// Thirty replies, of which the last quotes the third.
fn far_quote() -> Vec<Reply> {
    let mut replies: Vec<_> =
        (1..30).map(|n| reply(n, "Ada", &format!("This is what reply {n} says.\n\nAt length."))).collect();
    let body = "> [Ada](#reply-3) said:\n> This is what reply 3 says.\n\nIs it?";
    replies.push(quoting(30, "Bo", 3, Some(true), body));
    replies
}

async fn a_quote_names_its_source_and_leads_there_and_back(stage: &Stage) {
    stage.read(thread("t", far_quote())).await;
    stage.equal("text(within(reply(30), 'quote-source'))", "Ada in reply 3").await;
    stage.equal("within(reply(30), 'quote').dataset.state", "ok").await;
    stage.equal("text(within(reply(30), 'quote-body'))", "This is what reply 3 says.").await;
    stage
        .check(
            "the reply's own words are not quoted",
            "text(within(reply(30), 'reply-body')).endsWith('Is it?')",
        )
        .await;
    stage.click("within(reply(30), 'quote-source')").await;
    stage
        .until("the source is in view and has the focus", "inView(reply(3)) && focused() === reply(3)")
        .await;
    stage.check("it is marked", "reply(3).hasAttribute('data-target')").await;
    stage.equal("location.hash", "#reply-3").await;
    stage.equal("text(within(reply(3), 'back-button'))", "Back to reply 30").await;
    stage.click("within(reply(3), 'back-button')").await;
    stage.until("the reader is back", "inView(reply(30)) && focused() === reply(30)").await;
    stage.check("the way back is used up", "!part('back-button')").await;
}

async fn by_keyboard_too(stage: &Stage) {
    stage.read(thread("t", far_quote())).await;
    stage.focus("within(reply(30), 'quote-source')").await;
    stage.press("\u{e007}").await;
    stage.until("the source has the focus", "focused() === reply(3) && inView(reply(3))").await;
    // The next stop of the Tab key lies inside the reply that has the focus.
    stage.press("\u{e004}").await;
    stage.until("Tab goes on from there", "reply(3).contains(focused()) && focused() !== reply(3)").await;
    stage.focus("within(reply(3), 'back-button')").await;
    stage.press("\u{e007}").await;
    stage.until("and back", "focused() === reply(30) && inView(reply(30))").await;
}

async fn quotes_nest_with_their_attribution(stage: &Stage) {
    let nested = "> [Bo](#reply-2) said:\n> > [Ada](#reply-1) said:\n> > The first word.\n>\n> The second word.\n\nThe third word.";
    let replies = vec![
        reply(1, "Ada", "The first word."),
        quoting(2, "Bo", 1, Some(true), "> [Ada](#reply-1) said:\n> The first word.\n\nThe second word."),
        quoting(3, "Cleo", 2, Some(true), nested),
    ];
    stage.read(thread("t", replies)).await;
    stage.equal("allWithin(reply(3), 'quote').map((it) => it.dataset.depth)", json!(["1", "2"])).await;
    stage
        .equal("allWithin(reply(3), 'quote-source').map(text)", json!(["Bo in reply 2", "Ada in reply 1"]))
        .await;
    stage
        .check(
            "one lies in the other",
            "allWithin(reply(3), 'quote')[0].contains(allWithin(reply(3), 'quote')[1])",
        )
        .await;
    stage
        .check(
            "the inner words are the inner author's",
            "text(allWithin(reply(3), 'quote-body')[1]) === 'The first word.'",
        )
        .await;
}

async fn a_deep_quote_is_folded(stage: &Stage) {
    let deep = (0..5).rev().fold("The ground.".to_owned(), |inner, n| {
        let quoted: Vec<_> = inner.lines().map(|line| format!("> {line}")).collect();
        format!("> [Ada](#reply-1) said:\n{}\n\nLevel {n}.", quoted.join("\n"))
    });
    stage.read(thread("t", vec![reply(1, "Ada", "The ground."), reply(2, "Bo", &deep)])).await;
    stage.check("the outer quote is open", "shown(allWithin(reply(2), 'quote-body')[0])").await;
    stage
        .check(
            "a fold is there, and closed",
            "!!within(reply(2), 'quote-fold') && !within(reply(2), 'quote-fold').open",
        )
        .await;
    stage
        .check(
            "what is folded is out of sight",
            "!shown(within(reply(2), 'quote-fold').querySelector('blockquote'))",
        )
        .await;
    stage.click("within(reply(2), 'quote-summary')").await;
    stage.until("it unfolds", "shown(within(reply(2), 'quote-fold').querySelector('blockquote'))").await;
}

async fn a_long_quote_is_folded(stage: &Stage) {
    let long = "Words that nobody will read twice. ".repeat(60);
    let body = format!("> [Ada](#reply-1) said:\n> {long}\n\nToo long.");
    stage.read(thread("t", vec![reply(1, "Ada", &long), quoting(2, "Bo", 1, Some(true), &body)])).await;
    stage.check("it is folded", "within(reply(2), 'quote-fold')?.open === false").await;
    stage.check("its first words are seen", "shown(within(reply(2), 'quote-excerpt')) && text(within(reply(2), 'quote-excerpt')).startsWith('Words that nobody')").await;
    let folded = stage.number("within(reply(2), 'quote').getBoundingClientRect().height").await;
    stage.focus("within(reply(2), 'quote-summary')").await;
    stage.press("\u{e007}").await;
    stage.until("the keyboard unfolds it", "within(reply(2), 'quote-fold').open").await;
    let open = stage.number("within(reply(2), 'quote').getBoundingClientRect().height").await;
    assert!(open > folded, "{folded} px folded, {open} px open");
    stage
        .check(
            "attribution stays outside the fold",
            "!within(reply(2), 'quote-fold').contains(within(reply(2), 'quote-attribution'))",
        )
        .await;
}

async fn an_altered_quote_is_marked(stage: &Stage) {
    let body = "> [Ada](#reply-1) said:\n> Nobody thought of storms.\n\nShame.";
    let honest = "> [Ada](#reply-1) said:\n> We thought of storms.\n\nGood.";
    let replies = vec![
        reply(1, "Ada", "We thought of storms."),
        quoting(2, "Bo", 1, Some(false), body),
        quoting(3, "Cleo", 1, Some(true), honest),
    ];
    stage.read(thread("t", replies)).await;
    stage.equal("parts('quote').map((it) => it.dataset.state)", json!(["altered", "ok"])).await;
    stage.equal("texts('quote-mark-word')", json!(["altered"])).await;
    stage
        .check(
            "the mark stands in the line of the attribution",
            "(() => { const [a, b] = ['quote-source', 'quote-mark-word'].map((it) => part(it).getBoundingClientRect()); return a.top < b.bottom && b.top < a.bottom && b.left >= a.right })()",
        )
        .await;
    let place = "(() => { const { left, top, width, height } = part('quote-mark-word').getBoundingClientRect(); return [left, top + scrollY, width, height].map(Math.round).join() })()";
    stage.check("why is told on demand", "!shown(part('quote-mark-why'))").await;
    let before = stage.text(place).await;
    stage.click("part('quote-mark-word')").await;
    stage
        .until(
            "it explains itself",
            "shown(part('quote-mark-why')) && text(part('quote-mark-why')).length > 20",
        )
        .await;
    stage.equal(place, before).await;
}

async fn quotes_whose_source_is_missing_or_deleted(stage: &Stage) {
    let replies = vec![
        Reply { status: Status::Deleted, ..reply(1, "pelican", "") },
        quoting(2, "Bo", 1, None, "> [pelican](#reply-1) said:\n> Sell it.\n\nNo."),
        quoting(3, "Cleo", 99, None, "> [Zoe](#reply-99) said:\n> I was never here.\n\nStrange."),
    ];
    stage.read(thread("t", replies)).await;
    stage.equal("parts('quote').map((it) => it.dataset.state)", json!(["deleted", "missing"])).await;
    stage.equal("texts('quote-mark')", json!(["source deleted", "source missing"])).await;
    stage.check("nothing leads nowhere", "!within(reply(3), 'quote').querySelector('a')").await;
    stage.check("what was quoted can be read", "/I was never here/.test(text(reply(3)))").await;
    stage.click("within(reply(2), 'quote-source')").await;
    stage.until("a tombstone can be reached", "focused() === reply(1)").await;
}

async fn a_quote_without_a_source_is_still_a_quote(stage: &Stage) {
    let replies = vec![
        reply(1, "Ada", "> Just a proverb.\n\nI like it."),
        Reply { author: None, ..reply(2, "", "A light.") },
        quoting(3, "Bo", 2, Some(true), "> [](#reply-2)\n> A light.\n\nYes."),
    ];
    stage.read(thread("t", replies)).await;
    stage.equal("parts('quote').length", 2).await;
    stage.equal("within(reply(1), 'quote').dataset.state", "unknown").await;
    stage.check("nobody is named", "!within(reply(1), 'quote').querySelector('a')").await;
    stage.equal("text(within(reply(3), 'quote-source'))", "Reply 2").await;
}

async fn quotes_in_html_and_of_other_forums(stage: &Stage) {
    let html = |number, body: &str| Reply { format: Format::Html, ..reply(number, "Bo", body) };
    let vanilla = r#"<blockquote class="Quote UserQuote"><div class="QuoteAuthor"><a href="/profile/Ada">Ada</a> said:</div>
        <div class="QuoteText"><p>The first word.</p></div></blockquote><p>Indeed.</p>"#;
    let discourse = r#"<aside class="quote" data-username="Ada" data-post="1"><div class="title">Ada:</div>
        <blockquote><p>The first word.</p></blockquote></aside><p>Indeed.</p>"#;
    let replies = vec![
        reply(1, "Ada", "The first word."),
        html(2, r##"<blockquote cite="#reply-1"><p>The first word.</p></blockquote><p>Indeed.</p>"##),
        html(3, vanilla),
        html(4, discourse),
    ];
    stage.read(thread("t", replies)).await;
    stage.equal("parts('quote').length", 3).await;
    stage
        .check(
            "each says whose",
            "parts('quote').every((it) => /Ada/.test(text(within(it, 'quote-attribution'))))",
        )
        .await;
    stage
        .check(
            "each holds the words",
            "parts('quote-body').every((it) => /The first word\\./.test(text(it)))",
        )
        .await;
    stage
        .equal(
            "[within(reply(2), 'quote-source')?.hash, within(reply(4), 'quote-source')?.hash]",
            json!(["#reply-1", "#reply-1"]),
        )
        .await;
}

async fn a_reply_lists_who_quoted_it(stage: &Stage) {
    let quote = |number| quoting(number, "Bo", 1, Some(true), "> [Ada](#reply-1) said:\n> Word.\n\nYes.");
    stage
        .read(thread("t", vec![reply(1, "Ada", "Word."), quote(2), reply(3, "Cleo", "Off topic."), quote(4)]))
        .await;
    stage.equal("text(within(reply(1), 'quoted-by'))", "Quoted by 2, 4").await;
    stage.equal("parts('quoted-by').length", 1).await;
    stage.click("allWithin(reply(1), 'quoted-by-link')[1]").await;
    stage.until("the link leads to the quote", "focused() === reply(4)").await;
    stage.equal("text(within(reply(4), 'back-button'))", "Back to reply 1").await;
}

async fn a_mention_is_one_node(stage: &Stage) {
    let replies = vec![
        reply(1, "avon b7", "Here I am."),
        Reply {
            mentions: vec![person("harbour kate")],
            ..reply(2, "Bo", "Hello @avon b7, and @harbour kate! And @\"harbour kate\" again.")
        },
    ];
    stage.read(thread("t", replies)).await;
    assert_eq!(stage.texts("mention").await, ["@avon b7", "@harbour kate", "@harbour kate"]);
    stage
        .equal(
            "text(within(reply(2), 'reply-body'))",
            "Hello @avon b7, and @harbour kate! And @harbour kate again.",
        )
        .await;
}

async fn an_at_sign_is_not_always_a_mention(stage: &Stage) {
    let body =
        "Write to Ada@example.org, run `npm i @Ada/core`, see [@Ada](https://example.org), or ask @nobody.";
    stage.read(thread("t", vec![reply(1, "Ada", body)])).await;
    stage.equal("parts('mention').length", 0).await;
    stage.check("the text is whole", "/ask @nobody\\./.test(text(part('reply-body')))").await;
}

async fn reactions_name_people(stage: &Stage) {
    let reactions = vec![reaction("like", &["magman1979", "ols", "avon b7"]), reaction("disagree", &["Bo"])];
    stage
        .read(thread("t", vec![Reply { reactions, ..reply(1, "Ada", "One.") }, reply(2, "Bo", "Two.")]))
        .await;
    assert_eq!(stage.texts("reaction-label").await, ["Like", "Disagree"]);
    assert_eq!(stage.texts("reaction-count").await, ["3", "1"]);
    stage.equal("parts('reaction').map((it) => it.dataset.tag)", json!(["like", "disagree"])).await;
    for name in ["magman1979", "ols", "avon b7"] {
        stage.check(name, &format!("text(parts('reaction')[0]).includes({name:?})")).await;
    }
    stage
        .equal(
            "[part('reactions').getAttribute('role'), part('reactions').getAttribute('aria-label')]",
            json!(["group", "Reactions to reply 1 by Ada"]),
        )
        .await;
    stage
        .check(
            "symbols are decoration",
            "parts('reaction-symbol').every((it) => it.getAttribute('aria-hidden') === 'true')",
        )
        .await;
    stage.check("nobody reacted to the second", "!within(reply(2), 'reactions')").await;
}

async fn a_long_list_of_people_is_folded(stage: &Stage) {
    let names: Vec<_> = (1..=40).map(|n| format!("Reader{n:02}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let mut reactions = vec![reaction("like", &names)];
    reactions[0].count = 42;
    stage.read(thread("t", vec![Reply { reactions, ..reply(1, "Ada", "One.") }])).await;
    stage.equal("text(part('reaction-count'))", "42").await;
    stage
        .check(
            "the first are seen",
            "shown(part('reaction')) && part('reaction').innerText.includes('Reader01')",
        )
        .await;
    stage.check("the last are not", "!part('reaction').innerText.includes('Reader40')").await;
    stage.check("it says how many more", "/and \\d+ more/.test(text(part('reaction')))").await;
    stage.click("part('reaction').querySelector('summary')").await;
    stage.until("all are named on demand", "part('reaction').innerText.includes('Reader40')").await;
}

async fn reactions_without_names_and_unknown_tags(stage: &Stage) {
    let mut counted = reaction("like", &[]);
    counted.count = 5;
    let reactions = vec![counted, reaction("gull", &["Inês d’Arouca"]), reaction("none", &[])];
    stage.read(thread("t", vec![Reply { reactions, ..reply(1, "Ada", "One.") }])).await;
    stage.equal("parts('reaction').map((it) => it.dataset.tag)", json!(["like", "gull"])).await;
    stage.check("a count without names is shown", "/5/.test(text(parts('reaction')[0]))").await;
    stage.equal("text(within(parts('reaction')[1], 'reaction-label'))", "gull").await;
    stage.check("and its person named", "/Inês d’Arouca/.test(text(parts('reaction')[1]))").await;
}

async fn a_link_to_a_reply_is_followed_inside_the_widget(stage: &Stage) {
    let mut replies = far_quote();
    replies.push(reply(31, "Cleo", "As [I said](#reply-2) before."));
    stage.read(thread("t", replies)).await;
    stage.equal("within(reply(31), 'reply-link').getAttribute('href')", "#reply-2").await;
    stage.check("it opens no tab", "within(reply(31), 'reply-link').target === ''").await;
    stage.click("within(reply(31), 'reply-link')").await;
    stage.until("it leads to the reply", "focused() === reply(2) && inView(reply(2))").await;
}

async fn a_card_shows_the_source_to_pointer_and_keyboard(stage: &Stage) {
    let quote = "> [Ada](#reply-1) said:\n> One.\n\nYes. See [](#reply-60).";
    let mut page = long_thread("t", 60);
    page.replies[0] = reply(1, "Ada", "One. And *more*.");
    page.replies[1] = reply(2, "Bo", quote);
    stage.read(page).await;
    let at = async |expression: &str| {
        let place = stage
            .eval(&format!(
                "(() => {{ const it = {expression}; it.scrollIntoView({{ block: 'center', behavior: 'instant' }});
                   const box = it.getClientRects()[0];
                   return [Math.floor(box.left + box.width / 2), Math.floor(box.bottom - 3)]; }})()"
            ))
            .await;
        (place[0].as_f64().expect("it is there"), place[1].as_f64().unwrap_or_default())
    };
    let point = async |(x, y): (f64, f64)| {
        let there =
            MouseActions::new("pointer".to_owned()).then(PointerAction::MoveTo { duration: None, x, y });
        stage.client.perform_actions(there).await.expect("the pointer moves");
    };
    let link = "within(reply(2), 'quote-source')";
    // How it is when it comes.
    stage
        .run(
            "new MutationObserver(() => { if (part('card')) window.first ??= shown(part('card')) })
               .observe(root(), { subtree: true, childList: true });",
        )
        .await;
    point(at(link).await).await;
    stage.until("it is seen", "shown(part('card'))").await;
    stage.equal("window.first", false).await;
    stage
        .check(
            "it says what the link leads to",
            "/^Reply 1 · Ada · .*One. And more.$/.test(text(part('card')))",
        )
        .await;
    stage
        .check(
            "it describes the link",
            &format!("{link}.getAttribute('aria-describedby') === part('card').id"),
        )
        .await;
    stage.axe("card").await;
    // The pointer goes over it, and it stays.
    point(at("part('card')").await).await;
    stage.until("it is pointed at", "part('card').matches(':hover')").await;
    stage.until("nothing changes any more", "part('card').getAnimations().length === 0").await;
    stage.check("it is still seen", "shown(part('card'))").await;
    stage.press("\u{e00c}").await;
    stage.until("Escape takes it away, wherever the focus is", "!part('card')").await;
    point((1.0, 1.0)).await;
    point(at(link).await).await;
    stage.until("pointed at again, it comes again", "shown(part('card'))").await;
    point((1.0, 1.0)).await;
    stage.until("it goes with the pointer", "!shown(part('card'))").await;
    stage.focus("within(reply(2), 'reply-link')").await;
    stage
        .until(
            "the other link has a card",
            "text(part('card')) === 'Reply 60 is not loaded yet. Follow the link to see it.'",
        )
        .await;
}
