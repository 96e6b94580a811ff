//! Stories of quoting: what is selected, what is asked for.

use afterword_contract::{Feature, Order, ThreadPage};
use expect_test::expect;

use super::{check, loaded, mounted, page};
use crate::thread::{Event, Passage, Thread};

fn takes_replies() -> ThreadPage {
    let mut page = page(1..=1, 1, None, None);
    page.thread.features = vec![Feature::Reply];
    page
}

fn selected(from: usize, to: usize) -> Event {
    Event::TextSelected(Some(Passage { number: 1, from, to }))
}

#[test]
fn what_is_selected_is_offered_until_nothing_is() {
    check(
        [mounted(), loaded(1, takes_replies()), selected(0, 4)],
        expect![[r#"
            ready
            #1 text 1
            [selected: 0 to 4 of #1]
        "#]],
    );
    check(
        [mounted(), loaded(1, takes_replies()), selected(0, 4), Event::TextSelected(None)],
        expect![[r#"
            ready
            #1 text 1
        "#]],
    );
}

#[test]
fn nothing_is_offered_where_nobody_can_reply() {
    let mut locked = takes_replies();
    locked.thread.locked = true;
    for page in [page(1..=1, 1, None, None), locked] {
        check(
            [mounted(), loaded(1, page), selected(0, 4)],
            expect![[r#"
                ready
                #1 text 1
            "#]],
        );
    }
}

#[test]
fn a_quote_goes_into_the_composer_and_the_offer_is_gone() {
    let quote = "> [](#reply-1) said:\n> text…\n\n".to_owned();
    check(
        [mounted(), loaded(1, takes_replies()), selected(0, 4), Event::QuoteRequested(quote)],
        expect![[r#"
            ready
            #1 text 1
            > KeepDraft(None, Draft { text: "> [](#reply-1) said:\n> text…\n\n", key: None, mentions: [] })
            > FocusComposer { field: Text, selection: Some(30..30) }
        "#]],
    );
}

#[test]
fn several_quotes_stand_in_one_reply_each_where_the_caret_was() {
    let quote = |number: u32| Event::QuoteRequested(format!("> [](#reply-{number}) said:\n> text\n\n"));
    let typed = Event::TextTyped { text: "First.\n\nLast.".to_owned(), caret: 8 };
    check(
        [mounted(), loaded(1, takes_replies()), typed, quote(1), quote(1)],
        expect![[r#"
            ready
            #1 text 1
            > KeepDraft(None, Draft { text: "First.\n\n> [](#reply-1) said:\n> text\n\n> [](#reply-1) said:\n> text\n\nLast.", key: None, mentions: [] })
            > FocusComposer { field: Text, selection: Some(66..66) }
        "#]],
    );
}

#[test]
fn one_card_is_drawn_at_a_time_until_escape_or_until_its_link_is_followed() {
    let mut thread = Thread::new(Order::Oldest, 3);
    thread.update(mounted());
    thread.update(loaded(1, page(1..=3, 3, None, None)));
    let gone = Event::CardLeft;
    let followed = Event::JumpRequested { number: 2, from: Some(3) };
    for (event, card) in [
        (Event::CardWanted(1), Some(1)),
        (Event::CardWanted(2), Some(2)),
        (gone, None),
        (Event::CardWanted(1), Some(1)),
        (followed, None),
    ] {
        thread.update(event);
        assert_eq!(thread.card(), card);
    }
}
