//! `POST guests`: a token for whoever gives a name.

use crate::check::{Group, Verdict, When, checks};
use crate::json::text;
use crate::shape::Shape;
use crate::stage::Stage;

pub(super) const GROUP: Group = Group {
    name: "guest",
    when: When::Announced("guest"),
    checks: checks! {
        "shape" shape, "2. The routes",
            "`POST {api}/guests` answers 201 with a Guest: the token and the person, under the name that was given.",
            "Hold what you send against contract/schemas/guest.schema.json.";
        "any-script" any_script, "4. Fields",
            "A person's name is of any script, and spaces are allowed.",
            "Count characters and not bytes, refuse only what cannot be seen, and store UTF-8.";
        "tokens" tokens, "8. Security",
            "Tokens have at least 128 random bits.",
            "Take 16 bytes or more from the system's source of randomness, and write them as base64url or hex.";
        "no-store" no_store, "6. HTTP",
            "The answer, which shows a token this once, is `Cache-Control: no-store`.",
            "Set it on everything but anonymous reads.";
        "name-empty" name_empty, "5. Errors",
            "A guest without a name is 422 `invalid-fields`, and `errors` names `#/name`.",
            "Trim the name and refuse it where nothing is left.";
        "not-json" not_json, "8. Security",
            "JSON is taken only as `application/json`: anything else is 415 `not-json`.",
            "Look at `Content-Type` before you read the body: forms of any page can send the other types unasked.";
    },
};

async fn shape(stage: &Stage) -> Verdict {
    let name = stage.name("Cleo");
    let answer = stage.guest(&name).send().await?;
    let guest = answer.message(201, Shape::Guest)?;
    answer.ensure(!text(&guest, "/token").is_empty(), "`token` is empty")?;
    let said = text(&guest, "/person/name");
    answer.ensure(said == name, format!("the name is `{said}`, and `{name}` was given"))
}

async fn any_script(stage: &Stage) -> Verdict {
    for (first, name) in [('a', "Zoë Łukasz"), ('カ', "山田"), ('б', "Ольга"), ('ب', "شيرين")]
    {
        let name = stage.name_in(first, name);
        let answer = stage.guest(&name).send().await?;
        let guest = answer.json(201)?;
        let said = text(&guest, "/person/name");
        answer.ensure(said == name, format!("the name is `{said}`, and `{name}` was given"))?;
    }
    Ok(())
}

async fn tokens(stage: &Stage) -> Verdict {
    let one = stage.guest(&stage.name("Dora")).send().await?.json(201)?;
    let answer = stage.guest(&stage.name("Dario")).send().await?;
    let other = answer.json(201)?;
    let (one, other) = (text(&one, "/token"), text(&other, "/token"));
    // 22 letters of base64url are 132 bits.
    let length = other.len();
    answer.ensure(length >= 22, format!("the token has {length} characters, too few for 128 bits"))?;
    // Those of a counter or of the time are alike; a common beginning does no harm.
    let different = one.chars().zip(other.chars()).filter(|(one, other)| one != other).count();
    answer
        .ensure(different >= 16, format!("two tokens differ in {different} characters: they are not random"))
}

async fn no_store(stage: &Stage) -> Verdict {
    let answer = stage.guest(&stage.name("Edda")).send().await?;
    answer.status(201)?.personal()
}

async fn name_empty(stage: &Stage) -> Verdict {
    for name in ["", "   "] {
        stage.guest(name).send().await?.invalid("#/name")?;
    }
    Ok(())
}

async fn not_json(stage: &Stage) -> Verdict {
    let request = stage.ask(::http::Method::POST, "/guests");
    request.text("text/plain", "{\"name\":\"Form\"}").send().await?.problem(415, &["not-json"]).map(drop)
}
