//! One JSON file behind any web server, as `data-src` names it.

use super::read;
use crate::check::{Group, Stop, Verdict, When, checks};
use crate::stage::Stage;

pub(super) const GROUP: Group = Group {
    name: "file",
    when: When::File,
    checks: checks! {
        "shape" shape, "Step 0. One file",
            "The file is a ThreadPage as JSON in UTF-8; `replies` is the only field that must be there.",
            "Hold it against contract/schemas/thread-page.schema.json.";
        "whole-thread" read::whole_thread, "4. Fields",
            "Replies stand in the order of their numbers, each with an id of its own; `total` is at least the greatest number.",
            "Leave numbers, ids and `total` out altogether, or write all of them.";
        "gone-is-empty" read::gone_is_empty, "Step 5. Editing and deleting: Tombstones",
            "Deleted and hidden replies have an empty body, and no mentions, quotes and reactions.",
            "Take the text out of the file; it is not enough that the status says so.";
        "private" read::private, "8. Security",
            "Nothing private stands in public answers: no token, no mail address, no network address, no hash of either.",
            "Choose what you export field by field.";
        "other-origins" other_origins, "Step 0. One file",
            "The server must allow other origins to read it if the page stands on another one: `Access-Control-Allow-Origin: *`.",
            "Set the header for this file in the web server's configuration.";
    },
};

async fn shape(stage: &Stage) -> Verdict {
    let answer = stage.page("").send().await?;
    // Web servers say many things about files, and the widget does not look.
    crate::shape::Shape::ThreadPage
        .check(&answer.status(200)?.text())
        .map(drop)
        .map_err(|wrong| answer.wrong(wrong))
}

async fn other_origins(stage: &Stage) -> Verdict {
    let answer = stage.page("").header("origin", "https://article.example").send().await?;
    match answer.header("access-control-allow-origin").as_str() {
        "*" => Ok(()),
        "" => Err(Stop::skipped("only pages of the same origin may read it")),
        other => Err(answer.wrong(format!("`Access-Control-Allow-Origin` is `{other}` and not `*`"))),
    }
}
