//! Whoever is measured: what stands on the host page for them, and how to tell that something can be read.

use serde_json::{Value, json};

/// A widget in one way of embedding it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Widget {
    /// As in the tables.
    pub(crate) name: &'static str,
    /// Whether it is somebody else's.
    pub(crate) is_peer: bool,
    /// What goes into the page's head.
    head: &'static str,
    /// What stands below the article. `{thread}` is the thread's id.
    body: &'static str,
    /// Selector of the element with the shadow root, if there is one.
    host: Option<&'static str>,
    /// Selector of what holds one reply.
    reply: &'static str,
    /// Selector of the field to write in.
    composer: &'static str,
    /// The event without which that field is not ready.
    ready: Option<&'static str>,
}

const AFTERWORD: Widget = Widget {
    name: "afterword, JSON",
    is_peer: false,
    head: r#"<script async src="/afterword/embed.js"></script>"#,
    body: r#"<after-word api="/api" thread="{thread}"></after-word>"#,
    host: Some("after-word"),
    reply: "[part~=reply]",
    composer: "textarea[part~=composer-text]",
    ready: Some("afterword-ready"),
};

const WALINE: Widget = Widget {
    name: "Waline, pages of 50",
    is_peer: true,
    head: r#"<link rel="stylesheet" href="/peers/@waline/client/dist/waline.css">"#,
    // What it would fetch from other hosts (emoji, pictures to choose from) is switched off.
    body: r##"<div id="waline"></div>
<script type="module">
import { init } from "/peers/@waline/client/dist/waline.js";
init({ el: "#waline", serverURL: location.origin + "/waline", path: "{thread}", pageSize: 50, lang: "en",
  emoji: false, search: false, imageUploader: false });
</script>"##,
    host: None,
    reply: ".wl-card .wl-content",
    composer: "textarea.wl-editor",
    ready: None,
};

const ISSO: Widget = Widget {
    name: "Isso, as it comes",
    is_peer: true,
    head: r#"<script async src="/isso/js/embed.min.js" data-isso="/isso/"></script>"#,
    body: r#"<section id="isso-thread" data-isso-id="/{thread}" data-title="Article"></section>"#,
    host: None,
    // Not that of the preview in the form.
    reply: "#isso-root .isso-comment .isso-text",
    composer: ".isso-postbox .isso-textarea",
    ready: None,
};

/// All of them, ours first.
pub(crate) const ALL: [Widget; 5] = [
    AFTERWORD,
    Widget {
        name: "afterword, HTML",
        body: r#"<after-word api="/api" thread="{thread}" html=""></after-word>"#,
        ..AFTERWORD
    },
    WALINE,
    ISSO,
    Widget {
        name: "Isso, pages of 50",
        head: r#"<script async src="/isso/js/embed.min.js" data-isso="/isso/" data-isso-max-comments-top="50"></script>"#,
        ..ISSO
    },
];

/// The page for taking part: pages come by button, and whoever reads is a guest with a name.
pub(crate) const TAKING_PART: Widget = Widget {
    name: "afterword",
    body: r#"<after-word api="/api" thread="{thread}" page-by-button></after-word>
<script>
{
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ name: "bench " + String(Math.random()).slice(2, 12) });
  const token = fetch("/api/guests", { method: "POST", headers, body }).then((it) => it.json()).then((it) => it.token);
  document.querySelector("after-word").getToken = () => token;
}
</script>"#,
    ..AFTERWORD
};

impl Widget {
    /// The host page: a short article, so that the thread begins in the window, and a footer that a growing
    /// thread pushes away. Room for the scroll bar is kept: it moves all pages alike when it comes, and more than
    /// any widget does.
    pub(crate) fn page(&self, thread: &str) -> String {
        let Self { head, body, .. } = self;
        let body = body.replace("{thread}", thread);
        format!(
            r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Article</title>
<link rel="icon" href="data:,">
<style>html {{ scrollbar-gutter: stable }} body {{ max-width: 45rem; margin: 2rem auto; font: 1rem/1.5 sans-serif }}</style>
{head}
</head>
<body>
<article>
<h1>The light at the harbour</h1>
<p>Nobody remembers who asked for it first, and everybody remembers the winter in which it was not there.</p>
<p>What follows is what readers had to say.</p>
</article>
{body}
<footer><p>Written by the keeper.</p></footer>
</body>
</html>
"#
        )
    }

    /// What the page's script has to know.
    pub(crate) fn watched(&self) -> Value {
        json!({ "host": self.host, "reply": self.reply, "composer": self.composer, "ready": self.ready })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_its_thread_and_nothing_is_left_to_fill_in() {
        for widget in ALL.iter().chain([&TAKING_PART]) {
            let page = widget.page("many-13");
            assert!(page.contains("many-13") && !page.contains("{thread}"), "{}", widget.name);
        }
    }
}
