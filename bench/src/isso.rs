//! A real Isso, with the same threads in it as all others who are measured.

use std::path::Path;

use afterword_bench::thread::{Said, name, said};
use afterword_tests::isso::Isso;
use afterword_tests::undertaker::Undertaker;
use serde_json::{Value, json};

use crate::host::thread_id;

/// Starts it with threads of these sizes. `programs` is the folder with its Python and `gunicorn`.
pub(crate) async fn start(programs: &Path, undertaker: &Undertaker, sizes: &[u32]) -> Result<Isso, String> {
    let threads: Vec<_> = sizes.iter().map(|total| dump(*total)).collect();
    Isso::start(programs, undertaker, &Value::from(threads)).await
}

/// A thread as it is filled in; times are in seconds since 1970.
fn dump(total: u32) -> Value {
    let comment = |said: &Said| json!({ "author": name(said.author), "created": said.published() / 1000, "text": said.markdown() });
    let comments: Vec<_> = said(total).iter().map(comment).collect();
    json!({ "uri": format!("/{}", thread_id(total)), "comments": comments })
}
