//! What readers see, in the words they see.

use std::sync::Arc;

use afterword_contract::{Order, Problem, ProblemType};
use expect_test::{Expect, expect};

use super::{Messages, Part};
use crate::config::RawConfig;
use crate::text::{ListPart, Locale, PlainEnglish, Plural, Unit};
use crate::thread::{Announcement, Complaint, Deed, Failure, Garbled, Refusal};

fn english() -> Messages {
    Messages::new(Arc::new(PlainEnglish))
}

fn check(sentences: &[String], expected: &Expect) {
    expected.assert_eq(&sentences.join("\n"));
}

/// The sentence as a reader sees it once a view has put `items` into its slots.
fn drawn(parts: Vec<Part>, items: &[&str]) -> String {
    let draw = |part| match part {
        Part::Text(text) => text,
        Part::Slot(index) => format!("[{}]", items[index]),
    };
    parts.into_iter().map(draw).collect()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn counts_are_written_with_their_plurals() {
    let m = english();
    let all = [0, 1, 2, 21, 20_404].map(|count| {
        [m.reply_count(count), m.count_heading(Some(count)), m.posts(count.into()), m.and_more(count.into())]
            .join(" | ")
    });
    check(
        &all,
        &expect![[r#"
            0 replies | Replies | 0 posts | and 0 more
            1 reply | 1 reply | 1 post | and 1 more
            2 replies | 2 replies | 2 posts | and 2 more
            21 replies | 21 replies | 21 posts | and 21 more
            20,404 replies | 20,404 replies | 20,404 posts | and 20,404 more"#]],
    );
    assert_eq!(m.count_heading(None), "Replies");
}

#[test]
fn a_reply_is_named_by_its_number() {
    let m = english();
    check(
        &[
            m.reply(4),
            m.reply_of(4, 13),
            m.reply_of(9_999, 20_404),
            m.back_to_reply(11),
            m.new_since().to_owned(),
        ],
        &expect![[r#"
            Reply 4
            Reply 4 of 13
            Reply 9,999 of 20,404
            Back to reply 11
            New since your last visit"#]],
    );
}

#[test]
fn a_number_that_is_not_there_is_answered_with_how_many_are() {
    let m = english();
    check(
        &[
            m.refusal(Refusal::NoSuchReply(99), 13),
            m.refusal(Refusal::NoSuchReply(2), 1),
            m.refusal(Refusal::NoSuchReply(1), 0),
            m.refusal(Refusal::NoSuchReply(0), 21),
            m.refusal(Refusal::NotFound(1_000), 1_300),
            m.refusal(Refusal::Garbled, 13),
        ],
        &expect![[r#"
            There is no reply 99; the thread has 13.
            There is no reply 2; the thread has only one.
            Reply 1 could not be found.
            There is no reply 0; the thread has 21.
            Reply 1,000 could not be found.
            A number from 1 to 13"#]],
    );
}

#[test]
fn the_buttons_at_the_ends_say_what_comes_in_this_order() {
    let m = english();
    let orders = [Order::Oldest, Order::Newest, Order::Top, Order::Other("hot".into())];
    let all = orders.map(|order| {
        format!("{}: {} / {}", m.order_name(&order), m.show_previous(&order), m.show_next(&order))
    });
    check(
        &all,
        &expect![[r#"
            Oldest first: Show earlier replies / Show later replies
            Newest first: Show later replies / Show earlier replies
            Most reactions: Show the replies before these / Show more replies
            hot: Show the replies before these / Show more replies"#]],
    );
}

#[test]
fn changes_of_the_list_are_announced() {
    let m = english();
    let news = [
        Announcement::Added(1),
        Announcement::Added(50),
        Announcement::Reordered,
        Announcement::Moved(4),
        Announcement::NoMore,
        Announcement::Refused(Refusal::NoSuchReply(99)),
        Announcement::NotAdded,
        Announcement::Online,
    ];
    check(
        &news.map(|news| m.announcement(&news, &Order::Newest, 13)),
        &expect![[r#"
            1 more reply is shown.
            50 more replies are shown.
            Replies are now shown in this order: Newest first.
            Reply 4 of 13
            There are no more replies.
            There is no reply 99; the thread has 13.
            More replies could not be loaded.
            You are online again."#]],
    );
}

#[test]
fn a_failure_says_what_to_do_next() {
    let m = english();
    let refused = |status| Failure::Refused { status, wait: None, problem: std::sync::Arc::default() };
    let failures = [
        Failure::Offline,
        Failure::TimedOut,
        Failure::Unreachable,
        refused(403),
        refused(404),
        refused(429),
        refused(503),
        refused(418),
        Failure::BadAnswer { status: 200, what: Garbled::NotJson },
        Failure::BadAnswer { status: 200, what: Garbled::WrongShape("replies is a string".into()) },
    ];
    check(
        &failures.map(|failure| m.failure(&failure)),
        &expect![[r#"
            There was no connection. Please check it, then try again.
            The replies are taking too long to arrive. Please try again.
            The replies could not be reached. Please check your connection, or try again in a moment.
            You are not allowed to read these replies. If you think you should be, please tell whoever looks after this site.
            The replies to this page were not found. If you look after this site, please check the address.
            There have been too many requests. Please wait a minute, then try again.
            The replies cannot be shown at the moment (error 503). Please try again in a few minutes.
            The replies could not be loaded (error 418). Please try again, or tell whoever looks after this site.
            The replies could not be read: something other than replies came back (status 200, not JSON). Please try again, or tell whoever looks after this site.
            The replies could not be read: they came in an unexpected form (status 200: replies is a string). Please tell whoever looks after this site."#]],
    );
}

/// Of all conflicts one alone goes away by waiting.
#[test]
fn a_conflict_says_whether_sending_again_helps() {
    let said = |kind| english().complaint(&Complaint::Failed(Failure::refused(kind)));
    assert!(said(&ProblemType::KEY_IN_FLIGHT).contains("send it again"));
    assert!(!said(&ProblemType::REPLY_GONE).contains("send it again"));
}

#[test]
fn the_words_of_the_backend_are_passed_on_but_not_without_end() {
    let m = english();
    let refused = |title: Option<&str>, detail: Option<&str>| {
        let problem = Problem {
            title: title.unwrap_or_default().to_owned(),
            detail: detail.map(str::to_owned),
            ..Problem::default()
        };
        m.failure(&Failure::Refused { status: 503, wait: None, problem: std::sync::Arc::new(problem) })
    };
    check(
        &[
            refused(Some("Maintenance"), None),
            refused(Some("Maintenance"), Some("Back at\n  noon.")),
            refused(Some(" "), Some("")),
            refused(Some("{0} {1}"), None),
        ],
        &expect![[r#"
            The replies cannot be shown at the moment (error 503). Please try again in a few minutes. The reason given was: “Maintenance”
            The replies cannot be shown at the moment (error 503). Please try again in a few minutes. The reason given was: “Back at noon.”
            The replies cannot be shown at the moment (error 503). Please try again in a few minutes.
            The replies cannot be shown at the moment (error 503). Please try again in a few minutes. The reason given was: “{0} {1}”"#]],
    );
    assert!(refused(None, Some(&"x".repeat(100_000))).len() < 500);
}

#[test]
fn a_wrong_attribute_is_named_with_what_was_expected() {
    let m = english();
    let api = || RawConfig { api: Some("/api".into()), thread: "t".into(), ..RawConfig::default() };
    let errors = [
        RawConfig { api: None, ..api() },
        RawConfig { src: Some("a.json".into()), ..api() },
        RawConfig { api: Some("localhost:80".into()), ..api() },
        RawConfig { api: None, src: Some("data:,x".into()), ..api() },
        RawConfig { thread: String::new(), ..api() },
        RawConfig { order: Some("latest".into()), ..api() },
        RawConfig { page_size: Some("1000".into()), ..api() },
        RawConfig { heading_level: Some("h2".into()), ..api() },
        RawConfig { lang: Some("plain English".into()), ..api() },
    ];
    check(
        &errors.map(|raw| m.config_error(&raw.resolve().expect_err("each has one wrong attribute"))),
        &expect![[r#"
            The attribute “api” is missing; expected the address of a backend, or in its place the attribute “src” with the address of a JSON file.
            The attribute “src” says “a.json”; expected only one of “api” and “src”.
            The attribute “api” says “localhost:80”; expected an address that begins with https:// or http://, or a path such as /api, without a user name, “?” and “#”.
            The attribute “src” says “data:,x”; expected an address that begins with https:// or http://, or a path such as /thread.json, without a user name.
            The attribute “thread” is missing; expected the id of a thread.
            The attribute “order” says “latest”; expected one of oldest, newest, top.
            The attribute “page-size” says “1000”; expected a whole number from 1 to 100.
            The attribute “heading-level” says “h2”; expected a whole number from 2 to 5.
            The attribute “lang” says “plain English”; expected a language tag such as en or de-AT."#]],
    );
}

#[test]
fn roles_are_named_except_those_that_are_the_rule() {
    let m = english();
    let roles = ["moderator", "admin", "author", "team-lead", "Éditeur", "member", "guest", ""];
    assert_eq!(
        roles.map(|role| m.role(role).unwrap_or_default()),
        ["Moderator", "Administrator", "Author", "Team lead", "Éditeur", "", "", ""]
    );
}

#[test]
fn times_are_told_in_the_locale() {
    let m = english();
    check(
        &[m.edited_at(1_561_471_800_000)],
        &expect![[r#"
            Edited June 25, 2019 at 14:10 UTC"#]],
    );
}

#[test]
fn a_quote_says_who_and_where_as_far_as_known() {
    let m = english();
    check(
        &[
            drawn(m.quote_attribution(true, Some(6)), &["sacto joe"]),
            drawn(m.quote_attribution(true, Some(20_404)), &["{1}"]),
            drawn(m.quote_attribution(true, None), &["sacto joe"]),
            drawn(m.quote_attribution(false, Some(6)), &[]),
            drawn(m.quote_attribution(false, None), &[]),
            m.quote_altered_title(6),
        ],
        &expect![[r#"
            [sacto joe] in reply 6
            [{1}] in reply 20,404
            [sacto joe] wrote
            Reply 6
            Quote
            Reply 6 does not say this, or no longer does."#]],
    );
}

#[test]
fn who_quotes_a_reply_is_a_list_of_links() {
    let m = english();
    assert_eq!(drawn(m.quoted_by(1), &["7"]), "Quoted by [7]");
    assert_eq!(drawn(m.quoted_by(3), &["7", "12", "13"]), "Quoted by [7], [12], [13]");
}

#[test]
fn reactions_name_people_as_far_as_they_are_known() {
    let m = english();
    check(
        &[
            m.reactions_label(4, Some("sacto joe")),
            m.reactions_label(1_000, None),
            drawn(m.people(&names(&["avon b7", "Ciprol"]), false), &["avon b7", "Ciprol"]),
            drawn(m.people(&names(&["a", "b", "c"]), true), &["a", "b", "c"]) + " " + &m.and_more(2),
        ],
        &expect![[r#"
            Reactions to reply 4 by sacto joe
            Reactions to reply 1,000
            [avon b7] and [Ciprol]
            [a], [b], [c] and 2 more"#]],
    );
}

/// A language with every plural category, to see which form is taken.
struct Plenty;

impl Locale for Plenty {
    fn tag(&self) -> &str {
        "qps"
    }

    fn number(&self, count: u64) -> String {
        format!("<{count}>")
    }

    fn plural(&self, count: u64) -> Plural {
        match count {
            0 => Plural::Zero,
            1 => Plural::One,
            2 => Plural::Two,
            3 => Plural::Few,
            21 => Plural::Many,
            _ => Plural::Other,
        }
    }

    fn relative(&self, amount: i64, unit: Unit) -> String {
        PlainEnglish.relative(amount, unit)
    }

    fn absolute(&self, millis: i64) -> String {
        PlainEnglish.absolute(millis)
    }

    fn list(&self, items: &[String]) -> Vec<ListPart> {
        PlainEnglish.list(items)
    }
}

#[test]
fn the_form_follows_the_plural_category_and_other_stands_in() {
    let m = Messages::new(Arc::new(Plenty));
    let forms = &[
        (Plural::Zero, "none"),
        (Plural::Few, "few {0}"),
        (Plural::Many, "many {0}"),
        (Plural::Other, "{0}"),
    ];
    let said = [0, 1, 2, 3, 21, 50].map(|count| m.counted(forms, count, &[]));
    assert_eq!(said, ["none", "<1>", "<2>", "few <3>", "many <21>", "<50>"]);
}

#[test]
fn numbers_in_sentences_are_written_by_the_locale() {
    let m = Messages::new(Arc::new(Plenty));
    let sentences = [
        m.reply_of(4, 13),
        m.refusal(Refusal::NoSuchReply(99), 13),
        m.quote_altered_title(6),
        drawn(m.quote_attribution(true, Some(6)), &["x"]),
        m.reactions_label(4, Some("x")),
    ];
    check(
        &sentences,
        &expect![[r#"
            Reply <4> of <13>
            There is no reply <99>; the thread has <13>.
            Reply <6> does not say this, or no longer does.
            [x] in reply <6>
            Reactions to reply <4> by x"#]],
    );
}

#[test]
fn a_language_without_a_translation_is_answered_in_english_throughout() {
    let asked = |tag: &str| {
        let mut asked = String::new();
        let messages = Messages::for_language(tag, |tag| {
            asked = tag.to_owned();
            Arc::new(PlainEnglish)
        });
        assert_eq!(messages.try_again(), "Try again");
        asked
    };
    assert_eq!(["en-GB", "EN", "de-AT", "", "english"].map(asked), ["en-GB", "EN", "en", "en", "en"]);
}

#[test]
fn what_was_not_done_to_a_reply_is_said_with_the_reason() {
    use afterword_contract::ProblemType;
    let wait = |wait| Failure::Refused { status: 429, wait, problem: Arc::default() };
    let failures = [
        Failure::Offline,
        Failure::BadAnswer { status: 200, what: Garbled::NotJson },
        Failure::refused(&ProblemType::SIGN_IN_REQUIRED),
        Failure::refused(&ProblemType::EDIT_WINDOW_OVER),
        Failure::Refused { status: 500, wait: None, problem: Arc::default() },
        wait(Some(2)),
        wait(None),
    ];
    check(
        &failures.map(|failure| english().act_refused(&failure)),
        &expect![[r#"
            There was no connection. Please check it, then try again.
            There was no answer. Please try again.
            Please say who you are, then try again.
            That did not work. The reason given was: “The time to change it is over”
            That did not work.
            That was a little fast. Please wait 2 seconds, then try again.
            That was a little fast. Please wait a minute, then try again."#]],
    );
}

#[test]
fn everything_that_was_done_to_a_reply_is_announced() {
    let deeds = [
        Deed::Reacted,
        Deed::Unreacted,
        Deed::Edited,
        Deed::Deleted,
        Deed::Restored,
        Deed::Reported,
        Deed::Recalled,
    ];
    let said = deeds.map(|deed| english().announcement(&Announcement::Acted(deed), &Order::Oldest, 3));
    check(
        &said,
        &expect![[r#"
        Reaction added.
        Reaction removed.
        Reply changed.
        Reply deleted.
        Reply restored.
        Reported. Thank you.
        Versions of this reply"#]],
    );
}
