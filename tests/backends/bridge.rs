//! The bridge before a real Isso: some of its comments lie in its database, others are written by its own API, and
//! all of them are read as replies.

use std::time::Duration;

use afterword_bridge::System;
use afterword_conformance::Format;
use afterword_conformance::options::Options;
use afterword_conformance::run;
use afterword_tests::bridged::Bridged;
use afterword_tests::client;
use afterword_tests::isso::Isso;
use afterword_tests::tools;
use http::{Method, header};
use libtest_mimic::Failed;
use serde_json::{Value, json};

use crate::{World, told, wrong};

const ADDRESS: &str = "/articles/plums?of=the%20year";

pub(crate) fn reads_isso(world: &World) -> Result<(), Failed> {
    world.runtime.block_on(async {
        let comment = |id: u64, created: f64, text: &str| json!({ "id": id, "created": created, "text": text });
        let with = |mut comment: Value, more: Value| {
            comment.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            comment
        };
        let threads = json!([{ "uri": ADDRESS, "comments": [
            with(comment(1, 1.7e9, "Dumplings. There is no *second* answer."),
                json!({ "author": "Ada", "email": "ada@example.org", "website": "https://ada.example", "likes": 3, "dislikes": 1 })),
            with(comment(2, 1.7e9 + 60.5, "Jam, and see [her](#isso-1)."), json!({ "author": "Old Tom", "modified": 1.7e9 + 90.0 })),
            with(comment(3, 1.7e9 + 70.0, ""), json!({ "mode": 4 })),
            with(comment(4, 1.7e9 + 80.0, "> said\n\nWho? <script>`<b>`"), json!({ "parent": 3, "author": "Ada" })),
            with(comment(5, 1.7e9 + 85.0, "Buy plums."), json!({ "mode": 2, "author": "Spam" })),
            with(comment(6, 1.7e9 + 95.0, "Both."), json!({ "parent": 1 })),
        ] }]);
        let isso = Isso::start(&tools::isso()?, &world.undertaker, &threads).await?;
        let origin = format!("http://{}", isso.address);
        let bridge = Bridged::start(System::Isso, &origin, Duration::ZERO).await?;

        let page = read(&bridge, ADDRESS).await?;
        let seen = seen(&page);
        let expected = json!([
            [1, "Ada", "published", "<p>Dumplings. There is no <em>second</em> answer.</p>", [["like", 3], ["dislike", 1]]],
            [2, "Old Tom", "published", "<p>Jam, and see <a href=\"#reply-1\">her</a>.</p>", []],
            [3, null, "deleted", "", []],
            [4, "Ada", "published", "<p>↪ <a href=\"#reply-3\"></a></p><blockquote>\n<p>said</p>\n</blockquote>\n<p>Who? &lt;script&gt;<code>&lt;b&gt;</code></p>", []],
            [5, null, "published", "<p>↪ <a href=\"#reply-1\"></a></p><p>Both.</p>", []],
        ]);
        same(&seen, &expected)?;
        same(&page["replies"][1]["edited"], &json!("2023-11-14T22:14:50Z"))?;
        same(&page["replies"][0]["author"]["url"], &json!("https://ada.example"))?;
        same(&page["thread"]["total"], &json!(5))?;
        let text = page.to_string();
        for private in ["hash", "example.org", "127.0.0", "gravatar"] {
            if text.contains(private) {
                return Err(format!("`{private}` stands in {text}").into());
            }
        }

        // What Isso's own pages write, as they write it.
        let new = json!({ "text": "Schnaps, <em>then</em> sleep.", "author": "Yuki", "parent": 1 });
        let address = format!("{origin}/new?uri={}", client::escaped(ADDRESS));
        let posted = client::ask(Method::POST, &address, &[], &new).await?;
        same(&json!(posted.status), &json!(201))?;
        let cookie = posted.headers.get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).unwrap_or_default();
        let page = read(&bridge, ADDRESS).await?;
        same(&page["thread"]["total"], &json!(6))?;
        same(&page["replies"][5]["author"], &json!({ "name": "Yuki" }))?;
        let body = page["replies"][5]["body"].as_str().unwrap_or_default();
        if !(body.starts_with("<p>↪ <a href=\"#reply-1\"></a></p><p>Schnaps, ") && body.contains("sleep.")) {
            return Err(format!("{body:?}").into());
        }
        let deleted = client::ask(Method::DELETE, &format!("{origin}/id/7"), &[("cookie", cookie)], &json!({})).await?;
        same(&json!(deleted.status), &json!(200))?;
        same(&read(&bridge, ADDRESS).await?["thread"]["total"], &json!(5))?;

        // A page's whole address stands for its path, and nothing that Isso does not know is an error.
        let folder = json!([{ "uri": "/a/", "comments": [comment(1, 1.0, "One.")] }]);
        let folder = Isso::start(&tools::isso()?, &world.undertaker, &folder).await?;
        let short = Bridged::start(System::Isso, &format!("http://{}", folder.address), Duration::ZERO).await?;
        same(&read(&short, "https://article.example/a/?utm=x#top").await?["thread"]["total"], &json!(1))?;
        same(&read(&short, "/nobody").await?["thread"]["total"], &json!(0))?;

        let kept = Bridged::start(System::Isso, &origin, Duration::from_secs(60)).await?;
        let report = run(&Options { thread: Some(ADDRESS.to_owned()), ..Options::of(&kept.api) }).await;
        let report = report.map_err(|why| format!("{} cannot be asked: {why}", kept.api))?;
        told("the bridge before Isso", &report);
        let (good, _, _) = report.counts();
        match wrong(&report).is_empty() && good >= 25 {
            true => Ok(()),
            false => Err(report.write(Format::Text).into()),
        }
    })
}

/// Number, author, status, body and reactions of each reply.
fn seen(page: &Value) -> Value {
    let reactions = |reply: &Value| -> Value {
        let all = reply["reactions"].as_array().into_iter().flatten();
        all.map(|reaction| json!([reaction["tag"], reaction["count"]])).collect()
    };
    let replies = page["replies"].as_array().into_iter().flatten();
    replies
        .map(|reply| {
            json!([
                reply["number"],
                reply["author"]["name"],
                reply["status"],
                reply["body"],
                reactions(reply)
            ])
        })
        .collect()
}

fn same(found: &Value, expected: &Value) -> Result<(), Failed> {
    match found == expected {
        true => Ok(()),
        false => Err(format!("found {found:#}\nand not {expected:#}").into()),
    }
}

async fn read(bridge: &Bridged, thread: &str) -> Result<Value, Failed> {
    let address = format!("{}/replies?thread={}", bridge.api, client::escaped(thread));
    Ok(client::read(&address).await?)
}
