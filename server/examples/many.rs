//! Prints a thread of any length in the contract's form, the same one each time: something to measure with.
//!
//! `cargo run -p afterword-server --example many -- 10000 | afterword-server import - --database FILE`

use std::io::{self, BufWriter, Write};

use afterword_contract::{Person, Quote, Reaction, ReactionTag, Reply, Thread, ThreadPage, Timestamp};

const WORDS: &[&str] = &[
    "the", "harbour", "light", "was", "never", "switched", "off", "because", "somebody", "always", "asked",
    "whether", "a", "number", "given", "out", "once", "should", "point", "to", "same", "reply", "years",
    "later", "and", "nobody", "could", "say", "who", "had", "promised", "it", "first", "indeed", "quietly",
    "every", "winter", "again",
];
const PEOPLE: u64 = 400;

fn main() -> io::Result<()> {
    let total = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(10_000);
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let mut replies: Vec<Reply> = Vec::new();
    for number in 1..=total {
        let quoted = (chance.below(3) == 0)
            .then(|| replies.get(chance.below(replies.len() as u64) as usize))
            .flatten();
        let reply = reply(number, quoted, &mut chance);
        replies.push(reply);
    }
    let like = ReactionTag { tag: "like".into(), label: "Like".to_owned(), symbol: Some("👍".to_owned()) };
    let thread = Thread {
        id: "many".into(),
        title: Some(format!("A thread of {total} replies")),
        total,
        reaction_tags: vec![like],
        ..Thread::default()
    };
    let mut output = BufWriter::new(io::stdout().lock());
    serde_json::to_writer(&mut output, &ThreadPage { thread, replies, ..ThreadPage::default() })?;
    writeln!(output)
}

fn reply(number: u32, quoted: Option<&Reply>, chance: &mut Chance) -> Reply {
    let mut body = String::new();
    if let Some(quoted) = quoted {
        let first = quoted.body.lines().last().unwrap_or_default();
        body = format!("> [](#reply-{})\n> {first}\n\n", quoted.number.unwrap_or(1));
    }
    for _ in 0..=chance.below(4) {
        body.push_str(&sentence(chance));
    }
    let mut people: Vec<u64> = (0..chance.below(9).saturating_sub(3)).map(|_| chance.below(PEOPLE)).collect();
    people.sort_unstable();
    people.dedup();
    let reaction = Reaction {
        tag: "like".into(),
        count: people.len() as u32,
        people: people.into_iter().map(named).collect(),
    };
    let author = chance.below(PEOPLE);
    Reply {
        id: format!("many-{number}").into(),
        number: Some(number),
        author: Some(Person {
            posts: Some(author * 7 + 1),
            role: Some("member".to_owned()),
            ..named(author)
        }),
        published: Some(Timestamp::from_millis(1_700_000_000_000 + i64::from(number) * 61_000)),
        revision: "1".into(),
        body,
        quotes: quoted
            .and_then(|reply| reply.number)
            .map(|number| Quote { number, exact: Some(true) })
            .into_iter()
            .collect(),
        reactions: if reaction.count > 0 { vec![reaction] } else { Vec::new() },
        ..Reply::default()
    }
}

fn named(number: u64) -> Person {
    Person {
        id: Some(format!("u-{number}").into()),
        name: format!("reader no. {number}"),
        ..Person::default()
    }
}

fn sentence(chance: &mut Chance) -> String {
    let words: Vec<&str> = (0..6 + chance.below(14))
        .filter_map(|_| WORDS.get(chance.below(WORDS.len() as u64) as usize).copied())
        .collect();
    format!("{}. ", words.join(" "))
}

/// Numbers that look thrown and are the same each time (xorshift).
struct Chance(u64);

impl Chance {
    /// A number below `bound`; 0 where there is none.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.checked_rem(bound).unwrap_or(0)
    }
}
