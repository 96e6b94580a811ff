//! Whatever a system answers: no conversion panics, numbers have no gaps, and what arrives can be sent.

use std::collections::HashSet;

use afterword_contract::{Reply, Status, ThreadPage};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::system::Found;
use crate::upstream::Base;
use crate::{discourse, isso, vanilla};

fn fixture(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// JSON of any kind, with what makes conversions go wrong.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(json!(u64::MAX)),
        Just(json!(u32::MAX)),
        Just(json!(1e300)),
        "[ -~ä]{0,12}".prop_map(Value::from),
        Just(json!(
            "<aside class=quote data-post=4294967295 data-username='\"'><div class=js-embed data-embedjson='{\"embedType\":\"quote\"}'>"
        )),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec(("[a-z_]{1,8}", inner), 0..4)
                .prop_map(|fields| Value::Object(Map::from_iter(fields))),
        ]
    })
}

/// `value` with other things in some of its places; `turns` says in which.
fn mangled(value: &Value, others: &[Value], turns: &mut impl Iterator<Item = u8>) -> Value {
    let turn = usize::from(turns.next().unwrap_or(255));
    if let Some(other) = others.get(turn) {
        return other.clone();
    }
    match value {
        Value::Array(items) => items.iter().map(|item| mangled(item, others, turns)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, field)| (name.clone(), mangled(field, others, turns)));
            Value::Object(fields.collect())
        }
        leaf => leaf.clone(),
    }
}

fn check(found: Found) {
    let numbers: Vec<u32> = found.replies.iter().map(|reply| reply.number.unwrap()).collect();
    assert!(numbers.windows(2).all(|two| two[0] + 1 == two[1]), "{numbers:?}");
    let safe = |id: &str| {
        !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    };
    for reply in &found.replies {
        assert!(safe(reply.id.as_str()), "{:?}", reply.id);
        assert!(reply.reactions.iter().all(|reaction| safe(reaction.tag.as_str())));
        let tags: HashSet<_> = reply.reactions.iter().map(|reaction| reaction.tag.as_str()).collect();
        assert_eq!(tags.len(), reply.reactions.len(), "{:?}", reply.reactions);
        assert!(reply.status == Status::Published || is_empty(reply), "{reply:?}");
        for address in reply.author.iter().flat_map(|author| [&author.avatar, &author.url]).flatten() {
            assert!(address.to_lowercase().starts_with("http"), "{address}");
        }
    }
    let page = ThreadPage { replies: found.replies, ..ThreadPage::default() };
    let sent = serde_json::to_string(&page).unwrap();
    assert_eq!(serde_json::from_str::<ThreadPage>(&sent).unwrap(), page);
}

fn is_empty(reply: &Reply) -> bool {
    reply.body.is_empty()
        && reply.quotes.is_empty()
        && reply.mentions.is_empty()
        && reply.reactions.is_empty()
}

proptest! {
    #[test]
    fn no_answer_breaks_a_conversion(
        others in proptest::collection::vec(any_json(), 1..12),
        turns in proptest::collection::vec(any::<u8>(), 400),
        system in 0u8..3,
    ) {
        let base = Base::read("https://forum.example").unwrap();
        let mut turns = turns.into_iter();
        let mut mangle = |text: &str| mangled(&fixture(text), &others, &mut turns);
        match system {
            0 => {
                let topic = mangle(include_str!("../fixtures/discourse-topic.json"));
                let posts = mangle(include_str!("../fixtures/discourse-posts.json"));
                let posts = posts.pointer("/post_stream/posts").and_then(Value::as_array).cloned().unwrap_or_default();
                discourse::convert::thread(&topic, &base);
                let posts: Vec<_> = (1..12).map(|number| (number, posts.get(number as usize - 1))).collect();
                check(discourse::convert::replies(&topic, 12, &posts, 11, &base));
            }
            1 => {
                let thread = mangle(include_str!("../fixtures/isso-thread.json"));
                let comments = isso::convert::Comments::read(&thread);
                let numbers: Vec<_> = comments.positions().map(|position| position.number).collect();
                check(comments.replies(&numbers, "/a", &base));
            }
            _ => {
                let discussion = mangle(include_str!("../fixtures/vanilla-discussion.json"));
                let comments = mangle(include_str!("../fixtures/vanilla-comments.json"));
                vanilla::convert::thread(&discussion, &base);
                let comments = comments.as_array().map(Vec::as_slice).unwrap_or_default();
                let records: Vec<_> = std::iter::once(&discussion).chain(comments).zip(1..).collect();
                let numbers: Vec<_> = records.iter().map(|(_, number)| *number).collect();
                check(vanilla::convert::replies(&records, 900, &numbers, 8, &base));
            }
        }
    }
}
