//! What careless pages become, told one by one.

use afterword_contract::{Feature, Format, Permission, Problem, Status, ThreadPage, Viewer};

use crate::index;

fn page(json: &str) -> ThreadPage {
    serde_json::from_str::<ThreadPage>(json).expect("a page").completed()
}

#[test]
fn a_page_written_by_hand_gets_numbers_ids_and_a_total() {
    let page =
        page(r#"{"replies":[{"body":"Hi"},{"body":"Ho","status":"pending"},{"body":"Hu","id":"mine"}]}"#);
    let told: Vec<(&str, Option<u32>)> =
        page.replies.iter().map(|reply| (reply.id.as_str(), reply.number)).collect();
    assert_eq!(told, [("number-1", Some(1)), ("place-1", None), ("mine", Some(2))]);
    assert_eq!(page.thread.total, 2);
    assert_eq!((page.version, page.is_whole()), (1, true));
    let first = page.replies.first().expect("a reply");
    assert_eq!((&first.status, &first.format, &first.author), (&Status::Published, &Format::Markdown, &None));
}

#[test]
fn two_replies_never_share_an_id() {
    let page = page(r#"{"replies":[{"id":"a"},{"id":"a"},{"id":"place-1"},{"number":7},{"number":7}]}"#);
    let mut ids: Vec<&str> = page.replies.iter().map(|reply| reply.id.as_str()).collect();
    assert_eq!(ids.first(), Some(&"a"));
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 5);
    assert_eq!(page.thread.total, 7);
}

#[test]
fn a_page_out_of_the_middle_is_not_numbered_by_position() {
    let page = page(r#"{"replies":[{"id":"a","body":"Hi"}],"previous":"x"}"#);
    assert_eq!(page.replies.first().and_then(|reply| reply.number), None);
}

#[test]
fn completing_twice_is_completing_once() {
    let index = index();
    for fixture in index.lenient.iter().filter(|fixture| fixture.type_name == "ThreadPage") {
        let once = page(&index.text(&fixture.file));
        assert_eq!(once.clone().completed(), once, "{}", fixture.file);
    }
}

#[test]
fn a_static_file_reads_as_its_writer_meant_it() {
    let page = page(&index().text("lenient/static-file.json"));
    assert_eq!(page.thread.total, 3);
    let jam = page.replies.get(1).and_then(|reply| reply.reactions.first()).expect("a reaction");
    assert_eq!((jam.tag.as_str(), jam.count, jam.people.len()), ("like", 1, 1));
}

#[test]
fn words_of_later_versions_are_kept_as_they_came() {
    let text = index().text("lenient/unknown.json");
    let page: ThreadPage = serde_json::from_str(&text).expect("a page");
    assert_eq!(page.version, 2);
    assert_eq!(page.thread.features, [Feature::Reply, Feature::Other("telepathy".into())]);
    let reply = page.replies.first().expect("a reply");
    assert_eq!(reply.status, Status::Other("featured".into()));
    assert_eq!(reply.format, Format::Other("asciidoc".into()));
    let rewritten = serde_json::to_value(&page).expect("a page encodes");
    assert_eq!(rewritten.pointer("/thread/features/1").and_then(|word| word.as_str()), Some("telepathy"));
    assert_eq!(rewritten.pointer("/replies/0/status").and_then(|word| word.as_str()), Some("featured"));
}

#[test]
fn scripting_languages_are_understood() {
    let page = page(&index().text("lenient/scripting.json"));
    assert_eq!(
        (page.version, page.thread.id.as_str(), page.thread.title.as_deref()),
        (1, "42", Some("1984"))
    );
    assert_eq!((page.thread.url.as_deref(), page.previous.as_ref(), page.next.as_ref()), (None, None, None));
    let [first, second] = page.replies.as_slice() else { panic!("two replies") };
    let ada = first.author.as_ref().expect("an author");
    assert_eq!((first.number, first.id.as_str(), first.revision.as_str()), (Some(1), "7", "1"));
    assert_eq!((ada.posts, &ada.role, &ada.avatar, ada.erased), (Some(12), &None, &None, false));
    assert_eq!((first.edited.as_ref(), second.number, &second.quoted_by), (None, Some(2), &vec![1]));
    assert!(second.author.as_ref().is_some_and(|author| author.erased && author.name == "1066"));
    assert_eq!(second.quotes.first().map(|quote| (quote.number, quote.exact)), Some((1, Some(true))));
}

#[test]
fn what_says_nothing_is_left_out() {
    let page = page(&index().text("lenient/nulls-inside.json"));
    assert_eq!(page.replies.len(), 3);
    let reply = page.replies.get(1).expect("a second reply");
    assert!(reply.quotes.is_empty());
    assert_eq!(reply.reactions.iter().map(|reaction| reaction.tag.as_str()).collect::<Vec<_>>(), ["like"]);
    assert_eq!(page.thread.reaction_tags.iter().map(|tag| tag.label.as_str()).collect::<Vec<_>>(), ["like"]);
}

#[test]
fn a_problem_without_a_type_says_no_more_than_its_status() {
    let problem: Problem =
        serde_json::from_str(&index().text("lenient/problem-foreign.json")).expect("a problem");
    assert_eq!((problem.kind.as_str(), problem.status), ("about:blank", 404));
    assert_eq!(problem.errors.len(), 1);
}

#[test]
fn a_viewer_of_whom_little_is_said_may_little() {
    let viewer: Viewer = serde_json::from_str(&index().text("lenient/viewer-nulls.json")).expect("a viewer");
    assert_eq!(viewer.person, None);
    assert_eq!(viewer.may, [Permission::Reply, Permission::Other("levitate".into())]);
    assert_eq!((viewer.replies.iter().count(), viewer.pending.len()), (1, 0));
}
