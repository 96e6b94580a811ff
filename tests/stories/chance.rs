//! Whatever is done, in whatever order: the module stays alive, nothing is thrown into the page, and the thread is
//! there at the end.

use afterword_tests::article::{Article, SCRIPT};
use afterword_tests::real::{Real, Which};
use afterword_tests::stage::Stage;
use afterword_tests::stories;

use crate::end_to_end::THREAD;

stories! { chance:
    nothing_that_is_done_ends_it,
}

const STEPS: usize = 150;

/// Much the same each time; what is there to be done at a moment depends on the machine. As many as there is time for.
const SEEDS: [u32; 3] = [1, 5, 22];

async fn nothing_that_is_done_ends_it(stage: &Stage) {
    let file = "contract/fixtures/threads/lighthouse.json";
    let server = Real::start(Which::Reference, stage, file, THREAD).await;
    let body = format!(r#"<after-word api="{}" thread="{THREAD}"></after-word>{SCRIPT}"#, server.api());
    for seed in SEEDS {
        stage.open(&Article::with(&body)).await;
        stage.run("localStorage.clear()").await;
        stage.ready().await;
        let loaded = stage.host.asked("afterword_bg.wasm").len();
        let acts = include_str!("chance.js");
        stage.run_async(&acts.replace("SEED", &seed.to_string()).replace("STEPS", &STEPS.to_string())).await;
        stage.until("replies are there", "state() === 'ready' && shown(part('reply'))").await;
        let again = stage.host.asked("afterword_bg.wasm").len() - loaded;
        assert_eq!(again, 0, "seed {seed}: the module has died");
    }
}
