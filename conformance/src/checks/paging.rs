//! Pages of a thread, in every order and both directions.

use afterword_contract::PAGE_MOST;
use serde_json::{Value, json};

use crate::check::{Group, Stop, Verdict, When, checks};
use crate::client::Answer;
use crate::json::{list, numbers, text, whole};
use crate::stage::{Stage, prepared};

pub(super) const GROUP: Group = Group {
    name: "paging",
    when: When::Always,
    checks: checks! {
        "limit" limit, "3. Pages",
            "`limit` is the most replies on the page.",
            "Ask the database for one row more than `limit`: the further one tells whether there is a `next`.";
        "forward" forward, "3. Pages",
            "`next`, handed back as `after`, gives the page after it: every reply stands on one page, in every order.",
            "Page by what the order sorts by, and not by offset; make cursors from the last reply of the page.";
        "backward" backward, "3. Pages",
            "`previous`, handed back as `before`, gives the page before it, in the order asked for; `next` leads on from there.",
            "Read backwards with the order reversed, then turn the page around before you send it, with both cursors.";
        "ends" ends, "3. Pages",
            "Cursors are null at the ends of the thread.",
            "Send null and not a cursor to an empty page.";
        "order-newest" newest, "3. Pages",
            "With `order=newest` replies come by number, descending, and `next` leads to smaller numbers.",
            "A backend that sends cursors must know `order`.";
        "order-top" top, "3. Pages",
            "With `order=top` those with most reactions come first, by number among equals.",
            "Sort by the sum of all counts, descending, then by number, ascending.";
        "around" around, "3. Pages",
            "`around=N` gives a page that holds number N roughly in the middle, in every order, and cursors lead on to both ends.",
            "Take half of `limit` before N, and the rest from N on; a page with neither cursor is the whole thread.";
        "around-beyond" around_beyond, "3. Pages",
            "Beyond the end `around` is clamped: the page with the greatest number.",
            "Take the thread's greatest number where N is greater.";
        "exclusive" exclusive, "3. Pages",
            "`after`, `before` and `around` exclude each other: two of them are 400 `bad-parameter`.",
            "Count how many of the three came before you read any of them.";
        "bad-cursor" bad_cursor, "3. Pages",
            "A cursor that is not understood is 400 `bad-cursor`.",
            "Check cursors whole when you read them, and refuse what you did not make.";
        "other-order" other_order, "5. Errors",
            "`before` or `after` that is no cursor of this order is 400 `bad-cursor`.",
            "Write the order into the cursor, and look whether it is the one that is asked for.";
        "bounds" bounds, "3. Pages",
            "A parameter out of bounds is 400 `bad-parameter` with its name in `errors`, or the nearest bound is used.",
            "Check every parameter before you ask the database.";
        "inserts" inserts, "3. Pages",
            "A cursor stays good while replies come and go: nobody misses a reply or sees one twice.",
            "Page by number and not by offset.";
    },
};

/// A thread to page through.
struct Paged {
    thread: String,
    /// Its numbers, ascending.
    all: Vec<u64>,
}

/// So many replies are enough to turn pages.
const ENOUGH: usize = 5;
/// More are not read: a check is not a crawl.
const MOST: usize = PAGE_MOST as usize;

/// The thread to page through, where this backend pages at all.
async fn paged(stage: &Stage) -> Verdict<Paged> {
    let thread = stage.readable().await?.to_owned();
    let (_, page) = prepared(stage.read(&thread).await)?;
    let all = numbers(&page);
    if !text(&page, "/next").is_empty() || all.len() > MOST {
        return Err(Stop::skipped(format!("the thread has more than {MOST} replies: give a shorter one")));
    }
    if all.len() < ENOUGH {
        return Err(Stop::skipped(format!("the thread has fewer than {ENOUGH} replies: give a longer one")));
    }
    let first = stage.page(&thread).query("limit", 2).send().await?;
    let first: Value = serde_json::from_slice(&first.body).unwrap_or_default();
    let cursors = text(&first, "/next").len() + text(&first, "/previous").len();
    match cursors == 0 && list(&first, "/replies").len() == all.len() {
        true => Err(Stop::skipped("this backend does not page: it always answers with the whole thread")),
        false => Ok(Paged { thread, all }),
    }
}

async fn limit(stage: &Stage) -> Verdict {
    let Paged { thread, .. } = paged(stage).await?;
    for limit in [1, 2, ENOUGH] {
        let answer = stage.page(&thread).query("limit", limit).send().await?;
        let count = list(&answer.json(200)?, "/replies").len();
        answer.ensure(count == limit, format!("the page has {count} replies, and `limit` is {limit}"))?;
    }
    Ok(())
}

/// Follows cursors from a page on: every page's answer, and its numbers.
async fn walk(
    stage: &Stage,
    thread: &str,
    order: &str,
    (limit, from): (usize, Option<&str>),
    (cursor, parameter): (&str, &'static str),
) -> Verdict<Vec<(Answer, Vec<u64>)>> {
    let mut pages = Vec::new();
    let mut next = from.map(str::to_owned);
    // More than one page for each reply is wrong anyway.
    for _ in 0..MOST + 2 {
        let mut request = stage.page(thread).query("order", order).query("limit", limit);
        if let Some(next) = &next {
            request = request.query(parameter, next);
        }
        let answer = request.send().await?;
        let page = answer.json(200)?;
        pages.push((answer, numbers(&page)));
        next = page.get(cursor).and_then(Value::as_str).filter(|next| !next.is_empty()).map(str::to_owned);
        if next.is_none() {
            return Ok(pages);
        }
    }
    let (last, _) = pages.pop().ok_or_else(|| Stop::skipped("there are no pages"))?;
    Err(last.wrong(format!("the pages do not end: `{cursor}` is still there after {MOST}")))
}

/// Wrong, at the last page, unless the pages hold `expected` in this order.
fn hold(pages: &[(Answer, Vec<u64>)], expected: &[u64], how: &str) -> Verdict {
    let found: Vec<u64> = pages.iter().flat_map(|(_, numbers)| numbers.iter().copied()).collect();
    match pages.last() {
        Some((answer, _)) => answer
            .ensure(found == expected, format!("{how} the numbers are {found:?} instead of {expected:?}")),
        None => Ok(()),
    }
}

/// The numbers in this order, as one page has them.
async fn whole_in(stage: &Stage, thread: &str, order: &str) -> Verdict<Vec<u64>> {
    let answer = stage.page(thread).query("order", order).query("limit", MOST).send().await?;
    Ok(numbers(&answer.json(200)?))
}

const ORDERS: [&str; 3] = ["oldest", "newest", "top"];

async fn forward(stage: &Stage) -> Verdict {
    let Paged { thread, .. } = paged(stage).await?;
    for order in ORDERS {
        let expected = whole_in(stage, &thread, order).await?;
        let pages = walk(stage, &thread, order, (2, None), ("next", "after")).await?;
        hold(&pages, &expected, &format!("following `next` with order={order}"))?;
    }
    Ok(())
}

async fn backward(stage: &Stage) -> Verdict {
    let Paged { thread, .. } = paged(stage).await?;
    for order in ORDERS {
        let expected = whole_in(stage, &thread, order).await?;
        // To the last page, and back from there.
        let request = || stage.page(&thread).query("order", order);
        let first = prepared(request().query("limit", 4).send().await?.json(200))?;
        let answer = request().query("limit", MOST).query("after", text(&first, "/next")).send().await?;
        let end = prepared(answer.json(200))?;
        let before = text(&end, "/previous");
        answer.ensure(!before.is_empty(), "`previous` is missing on a page that is not the first")?;
        let mut pages = walk(stage, &thread, order, (2, Some(before)), ("previous", "before")).await?;
        let turned = pages.last().cloned();
        for (answer, _) in &pages {
            let leads_on = !text(&answer.json(200)?, "/next").is_empty();
            answer.ensure(leads_on, "`next` is missing on a page before another one")?;
        }
        pages.reverse();
        pages.push((answer, numbers(&end)));
        hold(&pages, &expected, &format!("following `previous` with order={order}"))?;
        // And forward again, from where that ended.
        if let Some((answer, begin)) = turned {
            let next = answer.json(200)?;
            let next = text(&next, "/next");
            let mut pages = walk(stage, &thread, order, (MOST, Some(next)), ("next", "after")).await?;
            pages.insert(0, (answer, begin));
            hold(&pages, &expected, &format!("turning around at the beginning, with order={order},"))?;
        }
    }
    Ok(())
}

async fn ends(stage: &Stage) -> Verdict {
    let Paged { thread, all } = paged(stage).await?;
    for order in ORDERS {
        let answer = stage.page(&thread).query("order", order).query("limit", 4).send().await?;
        let page = answer.json(200)?;
        answer.ensure(text(&page, "/previous").is_empty(), "the first page has a `previous`")?;
        answer.ensure(!text(&page, "/next").is_empty(), "the first of two pages has no `next`")?;
        let rest = stage.page(&thread).query("order", order).query("limit", MOST);
        let answer = rest.query("after", text(&page, "/next")).send().await?;
        let page = answer.json(200)?;
        answer.ensure(text(&page, "/next").is_empty(), "the last page has a `next`")?;
    }
    // A page that is exactly full has nothing behind it either.
    let answer = stage.page(&thread).query("limit", all.len()).send().await?;
    let page = answer.json(200)?;
    answer.ensure(text(&page, "/next").is_empty(), "a page that holds the whole thread has a `next`")
}

async fn newest(stage: &Stage) -> Verdict {
    let Paged { thread, all } = paged(stage).await?;
    let answer = stage.page(&thread).query("order", "newest").query("limit", 3).send().await?;
    let numbers = numbers(&answer.json(200)?);
    let expected: Vec<u64> = all.into_iter().rev().take(3).collect();
    answer.ensure(numbers == expected, format!("the numbers are {numbers:?} instead of {expected:?}"))
}

async fn top(stage: &Stage) -> Verdict {
    let Paged { thread, .. } = paged(stage).await?;
    // Into a thread that was given nothing is written.
    if stage.offers("react")
        && let (Ok(tag), Ok(first), Ok(second)) = (stage.tag(), stage.first(), stage.second())
        && let Ok(sample) = stage.sample().await
        && sample.thread == thread
    {
        for (place, who) in [(4, first), (4, second), (2, first)] {
            let id = sample.replies.get(place).map(|reply| text(reply, "/id")).unwrap_or_default();
            let path = format!("/replies/{id}/reactions/{tag}");
            let chosen = stage.ask(::http::Method::PUT, &path).token(&who.token).send().await?;
            prepared(chosen.status(200).map(drop))?;
        }
    }
    let answer = stage.page(&thread).query("order", "top").query("limit", 5).send().await?;
    let page = answer.json(200)?;
    let sum =
        |reply: &Value| list(reply, "/reactions").iter().filter_map(|one| whole(one, "/count")).sum::<u64>();
    let found: Vec<(u64, u64)> = list(&page, "/replies")
        .iter()
        .map(|reply| (sum(reply), whole(reply, "/number").unwrap_or(0)))
        .collect();
    let sorted = found.is_sorted_by_key(|(sum, number)| (std::cmp::Reverse(*sum), *number));
    answer.ensure(sorted, format!("reactions and numbers are {found:?}"))?;
    let all = stage.page(&thread).query("limit", MOST).send().await?.json(200)?;
    let most = list(&all, "/replies").iter().map(sum).max().unwrap_or(0);
    let first = found.first().map_or(0, |(sum, _)| *sum);
    answer.ensure(first == most, format!("the first has {first} reactions, and another one has {most}"))
}

async fn around(stage: &Stage) -> Verdict {
    let Paged { thread, all } = paged(stage).await?;
    for order in ORDERS {
        let whole: Vec<u64> = match order {
            "oldest" => all.clone(),
            "newest" => all.iter().rev().copied().collect(),
            _ => whole_in(stage, &thread, order).await?,
        };
        for (place, number) in whole.iter().copied().enumerate().take(9) {
            let request = stage.page(&thread).query("order", order).query("limit", 3).query("around", number);
            let answer = request.send().await?;
            let page = answer.json(200)?;
            let found = numbers(&page);
            let here = format!("with order={order}, around={number}");
            answer.ensure(
                found.contains(&number),
                format!("{here} the number is not on the page: {found:?}"),
            )?;
            let start = whole.iter().position(|number| Some(number) == found.first()).unwrap_or(0);
            let end = start + found.len();
            let in_order = whole.get(start..end) == Some(&found);
            answer.ensure(in_order, format!("{here} the page is not in its order: {found:?}"))?;
            let beside = [place.checked_sub(1), Some(place + 1)].map(|place| whole.get(place?));
            let inner = beside.iter().all(Option::is_some);
            let between = beside.into_iter().flatten().all(|number| found.contains(number));
            answer.ensure(!inner || between, format!("{here} the number is not in the middle: {found:?}"))?;
            let before = whole.get(..start).unwrap_or_default();
            let after = whole.get(end..).unwrap_or_default();
            for (cursor, parameter, rest) in [("previous", "before", before), ("next", "after", after)] {
                let from = text(&page, &format!("/{cursor}"));
                let wrong = if rest.is_empty() { "leads on from an end" } else { "is missing" };
                answer.ensure(
                    from.is_empty() == rest.is_empty(),
                    format!("{here} `{cursor}` {wrong}: the page has {found:?} of {whole:?}"),
                )?;
                // One page in the middle of the thread is enough to follow them.
                if place == whole.len() / 2 && !rest.is_empty() {
                    let mut pages = walk(stage, &thread, order, (3, Some(from)), (cursor, parameter)).await?;
                    if cursor == "previous" {
                        pages.reverse();
                    }
                    hold(&pages, rest, &format!("{here} and following `{cursor}`"))?;
                }
            }
        }
    }
    Ok(())
}

async fn around_beyond(stage: &Stage) -> Verdict {
    let Paged { thread, all } = paged(stage).await?;
    let greatest = all.last().copied().unwrap_or(0);
    let answer = stage.page(&thread).query("limit", 3).query("around", greatest + 1000).send().await?;
    let found = numbers(&answer.json(200)?);
    let there = found.contains(&greatest);
    answer.ensure(there, format!("the greatest number is {greatest}, and the page has {found:?}"))
}

async fn exclusive(stage: &Stage) -> Verdict {
    let Paged { thread, .. } = paged(stage).await?;
    let page = prepared(stage.page(&thread).query("limit", 2).send().await?.json(200))?;
    let cursor = text(&page, "/next");
    let request = || stage.page(&thread).query("limit", 2);
    for request in [
        request().query("after", cursor).query("around", 3),
        request().query("before", cursor).query("around", 3),
        request().query("after", cursor).query("before", cursor),
    ] {
        request.send().await?.problem(400, &["bad-parameter"])?;
    }
    Ok(())
}

async fn bad_cursor(stage: &Stage) -> Verdict {
    let Paged { thread, .. } = paged(stage).await?;
    for cursor in ["no cursor of yours", "'; --", "9999999999999999999999999999"] {
        for parameter in ["after", "before"] {
            let answer = stage.page(&thread).query("limit", 2).query(parameter, cursor).send().await?;
            answer.problem(400, &["bad-cursor"])?;
        }
    }
    Ok(())
}

async fn other_order(stage: &Stage) -> Verdict {
    let Paged { thread, .. } = paged(stage).await?;
    for (order, other) in [("oldest", "newest"), ("newest", "top"), ("top", "oldest")] {
        let request = stage.page(&thread).query("order", order).query("limit", 2);
        let page = prepared(request.send().await?.json(200))?;
        let request = stage.page(&thread).query("order", other).query("limit", 2);
        let answer = request.query("after", text(&page, "/next")).send().await?;
        answer.problem(400, &["bad-cursor"])?;
    }
    Ok(())
}

async fn bounds(stage: &Stage) -> Verdict {
    let Paged { thread, .. } = paged(stage).await?;
    for (parameter, value) in [
        ("limit", "0"),
        ("limit", &(MOST + 1).to_string()),
        ("limit", "-1"),
        ("limit", "many"),
        ("around", "0"),
        ("order", "best"),
    ] {
        let answer = stage.page(&thread).query(parameter, value).send().await?;
        if answer.status == 200 {
            answer.json(200)?;
            continue;
        }
        let problem = answer.problem(400, &["bad-parameter"])?;
        let named = list(&problem, "/errors").iter().any(|error| text(error, "/pointer") == parameter);
        answer.ensure(named, format!("`errors` does not name `{parameter}`"))?;
    }
    Ok(())
}

async fn inserts(stage: &Stage) -> Verdict {
    paged(stage).await?;
    let first = stage.first()?;
    let thread = stage.thread("inserts");
    for number in 1..=4 {
        stage.write(first, &thread, &format!("Number {number}.")).await?;
    }
    let next = async |order: &str| {
        let answer = stage.page(&thread).query("order", order).query("limit", 2).send().await?;
        Ok::<_, Stop>(text(&prepared(answer.json(200))?, "/next").to_owned())
    };
    let (newest, oldest) = (next("newest").await?, next("oldest").await?);
    let new = json!({ "thread": thread, "body": "Somebody was faster." });
    prepared(stage.published(first, stage.post(first, &new)).await)?;
    let pages = walk(stage, &thread, "newest", (2, Some(&newest)), ("next", "after")).await?;
    hold(&pages, &[2, 1], "after 4 and 3 were read with order=newest, and a fifth reply came,")?;
    let pages = walk(stage, &thread, "oldest", (2, Some(&oldest)), ("next", "after")).await?;
    hold(&pages, &[3, 4, 5], "after 1 and 2 were read with order=oldest, and a fifth reply came,")
}
