"""Puts threads into the database of afterword.py: `python3 import_threads.py [--data afterword.sqlite] FILE…`

A file holds one thread or several, one behind the other, each whole and as `GET replies` shows it: what the reference
server exports, what `data-src` reads, or what somebody has written by hand.
"""
import argparse, contextlib, json, os, pathlib, secrets, sqlite3, sys

import afterword


def threads_in(path):
    """Every ThreadPage of a file."""
    text, decoder = pathlib.Path(path).read_text(encoding="utf-8").strip(), json.JSONDecoder()
    while text:
        page, end = decoder.raw_decode(text)
        yield page
        text = text[end:].strip()

def remember(db, person):
    """The row of a person, whose name no guest can take from now on. Who has no id is known for this one reply."""
    if not person:
        return None
    id = person.get("id") or "import-" + secrets.token_hex(8)
    kept = {name: person[name] for name in ("id", "name", "role", "avatar", "url", "erased") if person.get(name)}
    # Somebody who reacts or is mentioned may come with less than as an author.
    db.execute("INSERT INTO people VALUES (?, NULL, ?, ?) ON CONFLICT(id) DO UPDATE SET person = excluded.person"
               " WHERE token IS NULL AND LENGTH(excluded.person) > LENGTH(person)", [
        id, afterword.folded(person["name"]) if "id" in kept else None, json.dumps({"name": "", **kept})])
    return id

def import_thread(db, page, otherwise):
    """One thread; the error is a sentence."""
    thread, replies = page.get("thread") or {}, page["replies"]
    id = thread.get("id") or otherwise
    if db.execute("SELECT 1 FROM threads WHERE id = ?", [id]).fetchone():
        raise ValueError(f"the thread {id} is there already")
    numbered = any(reply.get("number") for reply in replies)
    for place, reply in enumerate(replies, 1):
        if numbered and reply.get("number") != place:
            raise ValueError(f"{id} is no whole thread in the order of its numbers: reply {place} is missing")
        gone, revision = reply.get("status") in ("deleted", "hidden"), str(reply.get("revision") or 1)
        key = reply.get("id") or "r" + secrets.token_hex(8)
        db.execute("INSERT INTO replies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, NULL, NULL)", [
            key, id, place, remember(db, reply.get("author")), reply.get("published"), reply.get("edited"),
            int(revision) if revision.isdigit() else 1, reply["status"] if gone else "published",
            reply.get("format") or "markdown", "" if gone else reply["body"], json.dumps(reply.get("mentions") or [])])
        for reaction in reply.get("reactions") or []:
            people = [remember(db, person) for person in reaction.get("people") or []]
            # Those who are counted and not named: nobody has their ids, so nobody is shown.
            people += [f"?{at}" for at in range(len(people), reaction.get("count") or 0)]
            db.executemany("INSERT INTO reactions VALUES (?, ?, ?, ?)",
                           [(key, reaction["tag"], person, at) for at, person in enumerate(people)])
    db.execute("INSERT INTO threads VALUES (?, ?, ?, ?, ?, ?)", [
        id, thread.get("title"), thread.get("url"), bool(thread.get("locked")),
        json.dumps(thread.get("reactionTags") or afterword.TAGS), len(replies)])
    return f"{id}: {len(replies)} replies"


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Puts threads into the database of afterword.py.")
    arguments.add_argument("--data", default="afterword.sqlite", metavar="FILE", help="the database")
    arguments.add_argument("files", nargs="+", metavar="FILE", help="threads as JSON")
    options = arguments.parse_args()
    os.umask(0o077)  # the database is nobody else's to read
    with contextlib.closing(sqlite3.connect(options.data)) as db:
        db.executescript(afterword.TABLES)
        for file in options.files:
            try:
                with db:  # a file is imported whole or not at all
                    for page in threads_in(file):
                        print(import_thread(db, page, pathlib.Path(file).stem))
            except (OSError, ValueError, KeyError, AttributeError, TypeError, sqlite3.Error) as error:
                sys.exit(f"{file} was not imported: {error!r}")
