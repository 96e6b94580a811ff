//! Names of emoji as Discourse writes them, and the characters that they stand for: those that reactions and
//! running text mostly are. Others stay as their names.

/// The character of `name`, which stands between colons in the text. A tone of skin behind it is left out.
pub(crate) fn character(name: &str) -> Option<&'static str> {
    let name = name.trim_matches(':').split(':').next()?;
    EMOJI.iter().find(|(known, _)| *known == name).map(|(_, character)| *character)
}

const EMOJI: [(&str, &str); 72] = [
    ("+1", "👍"),
    ("-1", "👎"),
    ("100", "💯"),
    ("angry", "😠"),
    ("bell", "🔔"),
    ("blush", "😊"),
    ("bug", "🐛"),
    ("bulb", "💡"),
    ("cat", "🐱"),
    ("clap", "👏"),
    ("coffee", "☕"),
    ("confetti_ball", "🎊"),
    ("confused", "😕"),
    ("cry", "😢"),
    ("dog", "🐶"),
    ("exploding_head", "🤯"),
    ("eyes", "👀"),
    ("facepalm", "🤦"),
    ("fire", "🔥"),
    ("frowning", "😦"),
    ("gift", "🎁"),
    ("grimacing", "😬"),
    ("grin", "😁"),
    ("grinning", "😀"),
    ("heart", "❤️"),
    ("heart_eyes", "😍"),
    ("hugs", "🤗"),
    ("information_source", "ℹ️"),
    ("innocent", "😇"),
    ("joy", "😂"),
    ("laughing", "😆"),
    ("link", "🔗"),
    ("lock", "🔒"),
    ("memo", "📝"),
    ("moon", "🌙"),
    ("muscle", "💪"),
    ("neutral_face", "😐"),
    ("ok_hand", "👌"),
    ("open_mouth", "😮"),
    ("partying_face", "🥳"),
    ("pensive", "😔"),
    ("point_down", "👇"),
    ("point_right", "👉"),
    ("point_up", "☝️"),
    ("pray", "🙏"),
    ("question", "❓"),
    ("rage", "😡"),
    ("raised_hands", "🙌"),
    ("relaxed", "☺️"),
    ("rocket", "🚀"),
    ("rofl", "🤣"),
    ("rose", "🌹"),
    ("scream", "😱"),
    ("shrug", "🤷"),
    ("slight_frown", "🙁"),
    ("slight_smile", "🙂"),
    ("slightly_smiling_face", "🙂"),
    ("smile", "😄"),
    ("smiley", "😃"),
    ("smirk", "😏"),
    ("sob", "😭"),
    ("star", "⭐"),
    ("sunglasses", "😎"),
    ("sweat_smile", "😅"),
    ("tada", "🎉"),
    ("thinking", "🤔"),
    ("thumbsup", "👍"),
    ("upside_down_face", "🙃"),
    ("warning", "⚠️"),
    ("wave", "👋"),
    ("white_check_mark", "✅"),
    ("wink", "😉"),
];

#[cfg(test)]
mod tests {
    use super::{EMOJI, character};

    #[test]
    fn names_are_found_with_and_without_their_colons() {
        assert_eq!(character(":smile:"), Some("😄"));
        assert_eq!(character(":+1:t3:"), Some("👍"));
        assert_eq!(character("wave"), Some("👋"));
        assert_eq!(character(":party_parrot:"), None);
        assert!(EMOJI.is_sorted_by_key(|(name, _)| *name));
    }
}
