//! Readers in other circumstances: on paper, with other colours, without motion, in another time zone, at another
//! time; and the accessibility checker.

use serde_json::{Value, json};

use crate::command::DevTools;
use crate::engine::Engine;
use crate::stage::Stage;

impl Stage {
    /// A command of Chromium's DevTools. Other engines have none: ask for [`Stage::engine`] first.
    pub async fn devtools(&self, name: &'static str, parameters: Value) -> Value {
        assert_eq!(self.engine, Engine::Chromium, "{name} is Chromium's");
        self.emulated.lock().unwrap().push(name);
        let outcome = self.client.issue_cmd(DevTools { name, parameters }).await;
        outcome.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Has the sheets inside the widget apply what they keep for a medium, in any engine: each `@media` rule
    /// whose condition holds `condition` applies always, and none whose condition holds `instead_of`.
    /// Returns how many rules were found.
    pub async fn apply_media(&self, condition: &str, instead_of: &str) -> f64 {
        let script = format!(
            r#"let found = 0;
               const walk = (rules) => {{
                 for (const rule of rules) {{
                   const media = rule.media?.mediaText ?? "";
                   if (media.includes({condition:?})) {{ rule.media.mediaText = "all"; found += 1; }}
                   else if ({instead_of:?} && media.includes({instead_of:?})) rule.media.mediaText = "not all";
                   if (rule.cssRules) walk(rule.cssRules);
                 }}
               }};
               for (const sheet of root().adoptedStyleSheets) walk(sheet.cssRules);
               return found;"#
        );
        self.run(&script).await.as_f64().unwrap_or_default()
    }

    /// What stands in the head of a page whose clock is in the story's hands: `pass(minutes)` puts it forward and
    /// rings what waits for long, `timers()` counts that.
    pub fn clock(&self) -> &'static str {
        self.host.put_file("/clock.js", "text/javascript", include_str!("clock.js"));
        "<script src=/clock.js></script>"
    }

    /// Runs axe-core over the whole page and asserts that it finds nothing.
    pub async fn axe(&self, state: &str) {
        let path = crate::tools::axe().unwrap_or_else(|sentence| panic!("{sentence}"));
        let source =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        // By the driver rather than by a script tag: no policy of the page stands in the way.
        if self.eval("!window.axe").await == true {
            self.run(&source).await;
        }
        // Colours on their way from one to another are nobody's choice.
        self.run_async(
            "const moving = elements().flatMap((it) => it.shadowRoot.getAnimations())
               .filter((it) => it.playState === 'running' && it.effect.getComputedTiming().endTime !== Infinity);
             Promise.allSettled(moving.map((it) => it.finished)).then(() => done(true))",
        )
        .await;
        let found = self
            .run_async(
                r#"const tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
                   axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }).then(
                     ({ violations, passes }) => done([passes.length, violations.flatMap(({ id, help, nodes }) =>
                       nodes.map((node) => `${id}: ${help}: ${node.target.flat().join(" ")}: ${node.any[0]?.message ?? ""}`))]),
                     (error) => done([0, [String(error)]]),
                   );"#,
            )
            .await;
        let complaints: Vec<_> =
            found[1].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert!(complaints.is_empty(), "axe-core, {state}:\n  {}", complaints.join("\n  "));
        assert!(found[0].as_u64() > Some(0), "axe-core, {state}: it looked at nothing");
    }

    /// Leaves the browser as the next story expects it.
    pub(crate) async fn clean_up(&self) {
        let emulated: Vec<_> = self.emulated.lock().unwrap().drain(..).collect();
        for name in emulated {
            let parameters = match name {
                "Emulation.setEmulatedMedia" => json!({ "media": "", "features": [] }),
                "Network.emulateNetworkConditions" => {
                    json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 })
                }
                "Emulation.setCPUThrottlingRate" => json!({ "rate": 1 }),
                _ => continue,
            };
            let _ = self.client.issue_cmd(DevTools { name, parameters }).await;
        }
        let _ = self.client.release_actions().await;
        // A second window would leave ours in the background, where nothing is drawn.
        if let (Ok(ours), Ok(windows)) = (self.client.window().await, self.client.windows().await) {
            for window in windows.into_iter().filter(|window| *window != ours) {
                let _ = self.client.switch_to_window(window).await;
                let _ = self.client.close_window().await;
            }
            let _ = self.client.switch_to_window(ours).await;
        }
        let _ = self.client.goto("about:blank").await;
    }

    /// Keeps a picture of the window and what stands in the shadow roots.
    pub(crate) async fn keep_evidence(&self, name: &str) -> Option<std::path::PathBuf> {
        let folder = crate::tools::failures();
        std::fs::create_dir_all(&folder).ok()?;
        let path = folder.join(format!("{}.png", name.replace("::", "-")));
        if let Ok(picture) = self.client.screenshot().await {
            std::fs::write(&path, picture).ok()?;
        }
        let inside = "return [...document.querySelectorAll('after-word')].map((it) => it.shadowRoot?.innerHTML).join('\\n')";
        if let Ok(Value::String(html)) = self.client.execute(inside, vec![]).await {
            std::fs::write(path.with_extension("html"), html).ok()?;
        }
        Some(path)
    }
}
