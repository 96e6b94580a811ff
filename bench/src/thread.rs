//! Threads of any length, the same ones each time, in the forms of all who are measured.
//!
//! Made and not real: real threads belong to those who wrote them. How long replies are, how many quote another and
//! how many people react is like in a lively forum: half have two sentences or fewer, a third quotes, one in three
//! is liked.

use afterword_contract::{Person, Quote, Reaction, ReactionTag, Reply, Thread, ThreadPage, Timestamp};

const WORDS: [&str; 48] = [
    "the", "harbour", "light", "was", "never", "switched", "off", "because", "somebody", "always", "asked",
    "whether", "a", "number", "given", "out", "once", "should", "point", "to", "same", "reply", "years",
    "later", "and", "nobody", "could", "say", "who", "had", "promised", "it", "first", "indeed", "quietly",
    "every", "winter", "again", "tide", "keeper", "letter", "against", "between", "morning", "window",
    "answer", "remember", "kept",
];

/// How many people take part.
const PEOPLE: u64 = 400;

/// 2023-11-14T22:13:20Z, when the first reply was written; one each minute.
const BEGAN: i64 = 1_700_000_000_000;

/// One reply, before anybody's form.
#[derive(Clone, Debug)]
pub struct Said {
    /// From 1.
    pub number: u32,
    /// Which of the people wrote it.
    pub author: u64,
    /// Number, author and last paragraph of the reply that is quoted.
    pub quote: Option<(u32, u64, String)>,
    /// Plain text; `*` and backticks mark what Markdown says they mark.
    pub paragraphs: Vec<String>,
    /// Who likes it, ascending.
    pub liked_by: Vec<u64>,
}

/// A thread of that many replies.
pub fn said(total: u32) -> Vec<Said> {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let mut all: Vec<Said> = Vec::new();
    for number in 1..=total {
        let source = if chance.below(3) == 0 { all.get(chance.index(all.len())) } else { None };
        let quote =
            source.and_then(|source| Some((source.number, source.author, source.paragraphs.last()?.clone())));
        let paragraphs = (0..=chance.below(3).saturating_sub(1)).map(|_| paragraph(&mut chance)).collect();
        let mut liked_by: Vec<_> =
            (0..chance.below(9).saturating_sub(5)).map(|_| chance.below(PEOPLE)).collect();
        liked_by.sort_unstable();
        liked_by.dedup();
        all.push(Said { number, author: chance.below(PEOPLE), quote, paragraphs, liked_by });
    }
    all
}

impl Said {
    /// When it was written, in milliseconds since 1970.
    pub fn published(&self) -> i64 {
        BEGAN + i64::from(self.number) * 60_000
    }

    /// In Afterword's Markdown, which other readers of Markdown show as a quote with a link.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        if let Some((number, author, paragraph)) = &self.quote {
            text = format!("> [{}](#reply-{number}) said:\n> {paragraph}\n\n", name(*author));
        }
        text + &self.paragraphs.join("\n\n")
    }

    /// As HTML, as a server answers it that renders replies itself.
    pub fn html(&self) -> String {
        let paragraph = |text: &String| format!("<p>{}</p>", marked(text));
        let quote = self.quote.as_ref().map(|(number, author, text)| {
            let (name, text) = (name(*author), paragraph(text));
            format!("<blockquote><p><a href=\"#reply-{number}\">{name}</a> said:</p>{text}</blockquote>")
        });
        quote.into_iter().chain(self.paragraphs.iter().map(paragraph)).collect()
    }

    /// In the contract's form. Ids are the thread's own: several threads stand in one database.
    pub fn reply(&self, thread: &str) -> Reply {
        let people: Vec<_> = self.liked_by.iter().map(|person| someone(*person)).collect();
        let count = u32::try_from(people.len()).unwrap_or(u32::MAX);
        let reaction = Reaction { tag: "like".into(), count, people };
        Reply {
            id: format!("{thread}-{}", self.number).into(),
            number: Some(self.number),
            author: Some(Person {
                posts: Some(self.author * 7 + 1),
                role: Some("member".to_owned()),
                ..someone(self.author)
            }),
            published: Some(Timestamp::from_millis(self.published())),
            revision: "1".into(),
            body: self.markdown(),
            quotes: self.quote.iter().map(|quote| Quote { number: quote.0, exact: Some(true) }).collect(),
            reactions: if count > 0 { vec![reaction] } else { Vec::new() },
            ..Reply::default()
        }
    }
}

/// All of a thread as one page, in the contract's form.
pub fn page(id: &str, total: u32) -> ThreadPage {
    let tag = |tag: &str, label: &str, symbol: &str| ReactionTag {
        tag: tag.into(),
        label: label.to_owned(),
        symbol: Some(symbol.to_owned()),
    };
    let thread = Thread {
        id: id.into(),
        title: Some(format!("A thread of {total} replies")),
        total,
        reaction_tags: vec![tag("like", "Like", "👍"), tag("thanks", "Thanks", "🙏")],
        ..Thread::default()
    };
    let replies = said(total).iter().map(|said| said.reply(id)).collect();
    ThreadPage { thread, replies, ..ThreadPage::default() }
}

/// The name of one of the people.
pub fn name(person: u64) -> String {
    format!("reader no. {person}")
}

fn someone(person: u64) -> Person {
    Person { id: Some(format!("u-{person}").into()), name: name(person), ..Person::default() }
}

/// One to four sentences.
fn paragraph(chance: &mut Chance) -> String {
    let sentences: Vec<_> = (0..=chance.below(4)).map(|_| sentence(chance)).collect();
    sentences.join(" ")
}

fn sentence(chance: &mut Chance) -> String {
    let mut words: Vec<String> = (0..6 + chance.below(12))
        .map(|_| WORDS.get(chance.index(WORDS.len())).copied().unwrap_or_default().to_owned())
        .collect();
    // One word in a sentence out of three stands out.
    if chance.below(3) == 0 {
        let mark = if chance.below(2) == 0 { "**" } else { "`" };
        let at = chance.index(words.len());
        if let Some(word) = words.get_mut(at) {
            *word = format!("{mark}{word}{mark}");
        }
    }
    words.join(" ") + "."
}

/// The two marks that [`sentence`] sets, as HTML.
fn marked(text: &str) -> String {
    let pairs = [("**", "strong"), ("`", "code")];
    pairs.iter().fold(text.to_owned(), |text, (mark, element)| {
        let pieces = text.split(mark).enumerate();
        let tagged = pieces.map(|(index, piece)| match index {
            0 => piece.to_owned(),
            odd if odd % 2 == 1 => format!("<{element}>{piece}"),
            _ => format!("</{element}>{piece}"),
        });
        tagged.collect()
    })
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

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_thread_begins_like_a_shorter_one() {
        let (short, long) = (said(13), said(1000));
        assert_eq!(short.len(), 13);
        assert!(short.iter().zip(&long).all(|(one, other)| one.markdown() == other.markdown()));
        let quotes = long.iter().filter(|said| said.quote.is_some()).count();
        assert!((250..420).contains(&quotes), "{quotes}");
    }

    #[test]
    fn both_forms_say_the_same() {
        let one = Said {
            number: 7,
            author: 1,
            quote: Some((6, 2, "kept `it`.".to_owned())),
            paragraphs: vec!["**tide** and letter.".to_owned(), "again.".to_owned()],
            liked_by: vec![],
        };
        assert_eq!(
            one.markdown(),
            "> [reader no. 2](#reply-6) said:\n> kept `it`.\n\n**tide** and letter.\n\nagain."
        );
        assert_eq!(
            one.html(),
            "<blockquote><p><a href=\"#reply-6\">reader no. 2</a> said:</p><p>kept <code>it</code>.</p>\
             </blockquote><p><strong>tide</strong> and letter.</p><p>again.</p>"
        );
    }
}
