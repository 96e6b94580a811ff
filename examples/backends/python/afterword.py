"""A backend for Afterword in one file: Python 3.9 or later, its standard library, and one SQLite database.

    python3 afterword.py [--listen 127.0.0.1:8788] [--data afterword.sqlite] [--help]

To be read beside contract/CONTRACT.md, whose rules it keeps: settings and tables, quotes, what is sent, the routes,
HTTP. It draws no HTML, streams nothing and holds nothing for approval.
"""
import argparse, bisect, contextlib, functools, hashlib, ipaddress, json, os, re, secrets, sqlite3, sys, threading, time
import traceback, unicodedata
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote

FEATURES = ["viewer", "reply", "guest", "edit", "history", "delete", "react", "mention", "report", "count"]
TAGS = [{"tag": "like", "label": "Like", "symbol": "👍"}, {"tag": "thanks", "label": "Thanks", "symbol": "🙏"}]
BODY_BYTES, REQUEST_BYTES, EDIT_SECONDS, KEY_SECONDS = 20_000, 200_000, 900, 2 * 86_400
RATES = {"guest": (10, 3600), "reply": (6, 60), "change": (60, 60)}  # so many times in so many seconds
TABLES = """
PRAGMA journal_mode = WAL; -- it is read while it is written to
CREATE TABLE IF NOT EXISTS threads(id TEXT PRIMARY KEY, title TEXT, url TEXT, locked INT, tags TEXT, total INT);
CREATE TABLE IF NOT EXISTS people(id TEXT PRIMARY KEY, token TEXT UNIQUE, folded TEXT, person TEXT);
CREATE TABLE IF NOT EXISTS replies(id TEXT PRIMARY KEY, thread TEXT, number INT, author TEXT, published TEXT,
    edited TEXT, revision INT, status TEXT, format TEXT, body TEXT, mentions TEXT, since REAL, gone REAL,
    UNIQUE(thread, number));
CREATE TABLE IF NOT EXISTS reactions(reply TEXT, tag TEXT, person TEXT, at REAL, PRIMARY KEY(reply, tag, person));
CREATE TABLE IF NOT EXISTS revisions(reply TEXT, revision INT, published TEXT, format TEXT, body TEXT);
CREATE TABLE IF NOT EXISTS reports(reply TEXT, person TEXT, reason TEXT, detail TEXT, PRIMARY KEY(reply, person));
CREATE TABLE IF NOT EXISTS keys(person TEXT, key TEXT, hash TEXT, reply TEXT, answer TEXT, at REAL,
    PRIMARY KEY(person, key));
"""
# By what replies are sorted. A cursor is made of that, not of an offset: it stays good while replies come and go.
ORDERS = {"oldest": "0, number", "newest": "0, -number",
          "top": "-(SELECT COUNT(*) FROM reactions WHERE reply = id AND status = 'published'), number"}


class Problem(Exception):
    """An answer as RFC 9457 has it: clients decide by `kind`, and `detail` is a sentence for a reader."""
    def __init__(self, status, kind, detail=None, pointer=None, headers=(), **more):
        body = {"type": f"urn:afterword:problem:{kind}", "title": kind.replace("-", " ").capitalize(), "status": status,
                "detail": detail, "errors": [{"pointer": pointer, "detail": detail}] if pointer else [], **more}
        self.answer = status, body, {"Cache-Control": "no-store", **dict(headers)}

@contextlib.contextmanager
def transaction(write, writers=threading.Lock()):
    """All or nothing. Writers go one behind the other, or two of them would give out the same number."""
    with writers if write else contextlib.nullcontext(), contextlib.closing(sqlite3.connect(OPTIONS.data)) as db:
        db.row_factory = sqlite3.Row
        db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        yield db  # where that fails, closing takes everything back
        db.execute("COMMIT")

def time_text(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))

def digest(*texts):
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()

def folded(name):
    """Names that look alike become one."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


# Quotes are blockquotes that begin with a link to `#reply-N`. They are looked for whenever a reply is sent, so what is
# said of them is true after their source was edited, too. This is a simple reader of Markdown: not sure, it says so.

FENCE, QUOTE = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1|\Z)", re.M | re.S), re.compile(r"(?:^ {0,3}>.*\n?)+", re.M)
SOURCE = re.compile(r"\[(?:\\.|[^\]\\\n])*\]\(#reply-([1-9]\d{0,8})\).*\n?")

@functools.lru_cache(500)
def words(text):
    """Without markup; each sign is a word, and each letter of scripts that put no spaces between words."""
    text = re.sub(r"!?\[([^\[\]\n]*)\]\([^()\s]*\)", r"\1", text)
    text = re.sub(r"^ *(?:[-*+]|\d{1,9}[.)]|#{1,6}) ", "", text, flags=re.M)
    text = re.sub(r"([^\w\s]|[\u0e00-\u0eff\u2e80-\ud7ff\uf900-\ufaff])", r" \1 ", re.sub(r"[*_~`\\]", "", text))
    return f" {' '.join(text.split())} "

def quotes_of(db, reply):
    body, quotes = FENCE.sub("", reply["body"].replace("\r", "")), []
    for block in list(QUOTE.finditer(body))[:20] if reply["format"] == "markdown" else []:
        text = re.sub("^ {0,3}> ?", "", block[0], flags=re.M)
        source, exact = SOURCE.match(text), None
        row = source and db.execute("SELECT body FROM replies WHERE thread = ? AND number = ? AND status = 'published'"
                                    " AND format = 'markdown'", [reply["thread"], int(source[1])]).fetchone()
        if row:
            said = words(text[source.end():])
            exact = said in words(QUOTE.sub("", row["body"])) and bool(said.strip())
            # Quotes within it, words left out, a line behind it that may go on with it: that takes a real parser.
            odd = not exact and re.search(r"^ *>|…|\.\.\.|\A\s*\Z", text[source.end():], re.M)
            exact = None if odd or body[block.end():].split("\n")[0].strip() else exact
        quotes += [{"number": int(source[1]), "exact": exact}] if source else []
    return quotes


# What is sent is chosen field by field: a row of the database as it is will say too much some day.

def thread_of(db, id):
    """An unknown thread is an empty one: every article begins so."""
    row = db.execute("SELECT * FROM threads WHERE id = ?", [id]).fetchone()
    title, url, locked, tags, total = row[1:] if row else (None, None, 0, json.dumps(TAGS), 0)
    return {"id": id, "title": title, "url": url, "total": total, "locked": bool(locked), "features": FEATURES,
            "reactionTags": json.loads(tags), "limits": {"bodyBytes": BODY_BYTES, "editSeconds": EDIT_SECONDS}}

def reactions_of(db, id):
    """Who chose what, earliest first. Who has no row among the people is counted and not named."""
    tags = {}
    for tag, person in db.execute("SELECT tag, people.person FROM reactions LEFT JOIN people ON people.id ="
                                  " reactions.person WHERE reply = ? ORDER BY at, reactions.rowid", [id]):
        one = tags.setdefault(tag, {"tag": tag, "count": 0, "people": []})
        one["count"] += 1
        one["people"] += [json.loads(person)] if person and len(one["people"]) < 100 else []
    return list(tags.values())

def shown(db, id):
    """A reply as everybody may see it. What is gone keeps its number, and nothing of its text travels."""
    row = db.execute("SELECT * FROM replies WHERE id = ?", [id]).fetchone()
    author = db.execute("SELECT person FROM people WHERE id = ?", [row["author"]]).fetchone()
    here = row["status"] == "published"
    return {"id": id, "number": row["number"], "author": json.loads(author[0]) if author else None,
            "published": row["published"], "edited": row["edited"], "revision": str(row["revision"]),
            "status": row["status"], "format": row["format"], "body": row["body"] if here else "",
            "mentions": json.loads(row["mentions"]) if here else [], "quotes": quotes_of(db, row) if here else [],
            "reactions": reactions_of(db, id) if here else []}


# The routes. Each takes a transaction, the request, who asks (or None), and what stands in the path.

def get_replies(db, request, _):
    id, order = request.thread(), request.query("order") or "oldest"
    limit, around = request.number("limit", 1, 100) or 50, request.number("around", 1, 10**9 - 1)
    before, after = request.query("before"), request.query("after")
    if order not in ORDERS:
        raise Problem(400, "bad-parameter", "The order is oldest, newest or top.", "order")
    if sum(place is not None for place in (before, after, around)) > 1:
        raise Problem(400, "bad-parameter", "`after`, `before` and `around` exclude each other.", "around")
    cursor = before or after or f"{order}_0_0"
    if not re.fullmatch(order + "(_-?[0-9]{1,9}){2}", cursor):
        raise Problem(400, "bad-cursor")
    place = tuple(int(part) for part in cursor.split("_")[1:])
    keys = sorted(tuple(row) for row in db.execute(f"SELECT {ORDERS[order]}, id FROM replies WHERE thread = ?", [id]))
    places, begin = [key[:2] for key in keys], 0
    if before:
        at = bisect.bisect_left(places, place)
        begin, limit = max(0, at - limit), min(limit, at)
    elif after:
        begin = bisect.bisect_right(places, place)
    elif around and keys:
        middle = [abs(number) for _, number in places].index(min(around, len(keys)))
        begin = max(0, min(middle - limit // 2, len(keys) - limit))
    page, end = keys[begin:begin + limit], begin + limit
    return {"version": 1, "thread": thread_of(db, id), "replies": [shown(db, id) for *_, id in page],
            "previous": "{}_{}_{}".format(order, *page[0]) if page and begin > 0 else None,
            "next": "{}_{}_{}".format(order, *page[-1]) if page and end < len(keys) else None}

def post_reply(db, request, person):
    id, (body, format, mentions) = request.text("thread", 2000), request.said()
    key, hash = digest(request.headers.get("Idempotency-Key")), digest(id, body, format, mentions)
    # Writers go one behind the other, so the first request with a key is never still in flight here.
    earlier = db.execute("SELECT hash, answer FROM keys WHERE person = ? AND key = ?", [person["id"], key]).fetchone()
    if earlier and earlier["hash"] != hash:
        raise Problem(422, "key-reused")
    if earlier:
        return json.loads(earlier["answer"])
    thread, page = thread_of(db, id), request.field("page", dict) or {}
    if thread["locked"]:
        raise Problem(403, "thread-locked")
    if not thread["total"] and not id.startswith(tuple(OPTIONS.threads)):
        raise Problem(403, "not-allowed", "No thread may be opened here.")
    title, url = (text[:2000] if isinstance(text, str) else None for text in (page.get("title"), page.get("url")))
    db.execute("INSERT OR IGNORE INTO threads VALUES (?, ?, ?, 0, ?, 0)",
               [id, title, url if re.match("https?://", url or "") else None, json.dumps(TAGS)])
    db.execute("UPDATE threads SET total = total + 1 WHERE id = ?", [id])
    reply, now = "r" + secrets.token_hex(8), time.time()
    db.execute("INSERT INTO replies VALUES (?, ?, ?, ?, ?, NULL, 1, 'published', ?, ?, ?, ?, NULL)", [
        reply, id, thread["total"] + 1, person["id"], time_text(now), format, body, known(db, mentions), now])
    answer = shown(db, reply)
    if "Idempotency-Key" in request.headers:
        db.execute("DELETE FROM keys WHERE at < ?", [now - KEY_SECONDS])
        db.execute("INSERT INTO keys VALUES (?,?,?,?,?,?)", [person["id"], key, hash, reply, json.dumps(answer), now])
    return answer

def known(db, mentions):
    """Of those who are mentioned the ones whose ids are known, under their own names."""
    found = [db.execute("SELECT person FROM people WHERE id = ?", [str(one.get("id"))]).fetchone() for one in mentions]
    people = [json.loads(row["person"]) for row in found if row]
    return json.dumps([{"id": one["id"], "name": one["name"]} for one in people if "id" in one])

def reply_of(db, request, id, person=None, is_open=False, in_time=None):
    """The reply with this id; with a person, only if it is theirs, and as they have seen it."""
    reply = db.execute("SELECT * FROM replies WHERE id = ?", [id]).fetchone()
    if not reply:
        raise Problem(404, "unknown-reply")
    if person and reply["author"] != person["id"]:
        raise Problem(403, "not-allowed", "Somebody else has written this.")
    if is_open and reply["status"] != "published":
        raise Problem(409, "reply-gone")
    if is_open and thread_of(db, reply["thread"])["locked"]:
        raise Problem(403, "thread-locked")
    seen, tag = request.headers.get("If-Match", ""), f'"{reply["revision"]}"'
    if seen and reply["status"] == "published" and tag not in re.split(r"\s*,\s*", seen):
        raise Problem(412, "revision-changed", headers={"ETag": tag}, current=shown(db, id))
    if in_time in reply.keys() and time.time() > (reply[in_time] or 0) + EDIT_SECONDS:
        raise Problem(403, "edit-window-over")
    return reply

def patch_reply(db, request, person, id):
    body, format, mentions = request.said()
    reply = reply_of(db, request, id, person, is_open=True, in_time="since")
    if not request.headers.get("If-Match", ""):
        raise Problem(428, "revision-required")
    db.execute("INSERT INTO revisions VALUES (?, ?, ?, ?, ?)", [
        id, reply["revision"], reply["edited"] or reply["published"], reply["format"], reply["body"]])
    db.execute("UPDATE replies SET body = ?, format = ?, mentions = ?, edited = ?, revision = revision + 1"
               " WHERE id = ?", [body, format, known(db, mentions), time_text(time.time()), id])
    return shown(db, id)

def delete_reply(db, request, person, id):
    if reply_of(db, request, id, person)["status"] == "published":
        reply_of(db, request, id, person, in_time="since")
        db.execute("UPDATE replies SET status = 'deleted', gone = ? WHERE id = ?", [time.time(), id])
    # What nobody can restore any more is not kept.
    over = "(SELECT id FROM replies WHERE status = 'deleted' AND gone < ?)"
    for forget in ("DELETE FROM revisions WHERE reply IN", "DELETE FROM keys WHERE reply IN",
                   "UPDATE replies SET body = '', mentions = '[]' WHERE id IN"):
        db.execute(f"{forget} {over}", [time.time() - EDIT_SECONDS])
    return shown(db, id)

def restore_reply(db, request, person, id):
    if reply_of(db, request, id, person)["status"] == "deleted":
        reply_of(db, request, id, person, in_time="gone")
        db.execute("UPDATE replies SET status = 'published', gone = NULL WHERE id = ?", [id])
    return shown(db, id)

def get_history(db, request, _, id):
    reply = reply_of(db, request, id)
    past = db.execute("SELECT * FROM revisions WHERE reply = ? ORDER BY revision", [id]).fetchall()
    present = {**dict(reply), "published": reply["edited"] or reply["published"]}
    return [{"revision": str(text["revision"]), **{name: text[name] for name in ("published", "format", "body")}}
            for text in [*past, present] if reply["status"] == "published"]

def react(db, request, person, id, tag):
    """Reactions are states: a lost or repeated request cannot make a count drift."""
    reply = reply_of(db, request, id, is_open=True)
    if tag not in [one["tag"] for one in thread_of(db, reply["thread"])["reactionTags"]]:
        raise Problem(404, "unknown-tag")
    if request.command == "PUT":
        db.execute("INSERT OR IGNORE INTO reactions VALUES (?, ?, ?, ?)", [id, tag, person["id"], time.time()])
    else:
        db.execute("DELETE FROM reactions WHERE reply = ? AND tag = ? AND person = ?", [id, tag, person["id"]])
    return reactions_of(db, id)

def post_report(db, request, person, id):
    reply_of(db, request, id)
    db.execute("INSERT OR IGNORE INTO reports VALUES (?, ?, ?, ?)",
               [id, person["id"], request.text("reason", 100), request.text("detail", 4000, may_be_missing=True)])

def get_people(db, request, _):
    thread, begin = request.thread(), folded(request.query("q") or "")
    rows = db.execute("SELECT people.person FROM replies JOIN people ON people.id = author WHERE status = 'published'"
                      " GROUP BY people.id ORDER BY MAX(thread = ?) DESC, MAX(published) DESC LIMIT 5000", [thread])
    return [person for person in (json.loads(row["person"]) for row in rows)
            if "id" in person and not person.get("erased") and f" {begin}" in f" {folded(person['name'])}"][:20]

def get_counts(db, request, _):
    request.thread()
    return {id: thread_of(db, id)["total"] for id in request.queries["thread"][:100]}

def get_viewer(db, request, person):
    id, replies, mine = request.thread(), {}, person["id"] if person else None
    for reply, tag in db.execute("SELECT reply, tag FROM reactions JOIN replies ON id = reply WHERE thread = ?"
                                 " AND person = ? AND status = 'published'", [id, mine]):
        replies.setdefault(reply, {}).setdefault("reactions", []).append(tag)
    for row in db.execute("SELECT * FROM replies WHERE thread = ? AND author = ? AND status != 'hidden'", [id, mine]):
        until = (row["gone"] or row["since"] or 0) + EDIT_SECONDS
        if until > time.time():
            may = ["edit", "delete"] if row["status"] == "published" else ["restore"]
            replies.setdefault(row["id"], {}).update({"may": may, "until": time_text(until)})
    may = ["report"] if thread_of(db, id)["locked"] else ["reply", "react", "report"]
    return {"person": person, "may": may if person else [], "replies": replies, "pending": []}

def post_guest(db, request, _):
    name = request.text("name", 200).strip()
    if len(name) > 60 or not name.isprintable():
        raise Problem(422, "invalid-fields", "A name has at most 60 characters, and all of them can be seen.", "#/name")
    if db.execute("SELECT 1 FROM people WHERE folded = ? AND token IS NULL", [folded(name)]).fetchone():
        raise Problem(422, "invalid-fields", "Somebody else is known by this name.", "#/name")
    token, person = secrets.token_urlsafe(32), {"id": "g" + secrets.token_hex(8), "name": name, "role": "guest"}
    # Its hash is enough to know a token again, and of no use to whoever reads the database.
    db.execute("INSERT INTO people VALUES (?,?,?,?)", [person["id"], digest(token), folded(name), json.dumps(person)])
    return {"token": token, "person": person}

ID, REPLY = "([A-Za-z0-9._~-]{1,200})", "/replies/([A-Za-z0-9._~-]{1,200})"
ROUTES = [  # methods, path, function, for whom; what is counted is for who has a token, but for guests
    ("GET", "/replies", get_replies, "public"), ("POST", "/replies", post_reply, "reply"),
    ("PATCH", REPLY, patch_reply, "change"), ("DELETE", REPLY, delete_reply, "change"),
    ("GET", REPLY + "/history", get_history, "public"), ("POST", REPLY + "/restore", restore_reply, "change"),
    ("PUT DELETE", f"{REPLY}/reactions/{ID}", react, "change"), ("POST", REPLY + "/reports", post_report, "change"),
    ("GET", "/viewer", get_viewer, "personal"), ("GET", "/people", get_people, "public"),
    ("GET", "/counts", get_counts, "public"), ("POST", "/guests", post_guest, "guest")]


class Request(BaseHTTPRequestHandler):
    """A connection: reads requests, finds their routes, and answers, soundly, whatever happens."""
    protocol_version, server_version, sys_version = "HTTP/1.1", "Afterword", ""
    timeout, wbufsize, recent, counting = 15, -1, {}, threading.Lock()  # seconds for a silent client; buffered

    def __getattr__(self, name):
        if name.startswith("do_"):  # any method: one that is unknown is answered like the others
            return self.answer
        raise AttributeError(name)

    def answer(self):
        try:
            self.send(*self.routed())
        except Problem as problem:
            self.send(*problem.answer)
        except OSError:  # the client is gone
            raise
        except Exception:
            instance = secrets.token_hex(4)  # finds it in the log, and tells nobody else anything
            print(f"{instance}: {traceback.format_exc()}", file=sys.stderr, flush=True)
            self.send(*Problem(500, "internal", instance=instance).answer)

    def routed(self):
        self.read_body()
        path, _, query = self.path.partition("?")
        try:
            self.queries = parse_qs(query, keep_blank_values=True, errors="strict", max_num_fields=200)
        except ValueError:
            raise Problem(400, "bad-parameter", "The query is no UTF-8, or too long.", "query")
        matches = [(route, re.fullmatch(route[1], path)) for route in ROUTES]
        found = {method: (route, match) for route, match in matches if match for method in route[0].split()}
        if not found:
            raise Problem(404, "unknown-route")
        if self.command == "OPTIONS":  # before any token is looked at: browsers send none with it
            return 204, None, {"Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
                               "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-Match",
                               "Access-Control-Max-Age": "7200"}
        method = "GET" if self.command == "HEAD" else self.command
        if method not in found:
            raise Problem(405, "method-not-allowed", headers={"Allow": ", ".join([*found, "OPTIONS"])})
        route, match = found[method]
        return self.asked(*route[2:], match.groups())

    def asked(self, function, kind, ids):
        with transaction(kind in RATES) as db:
            person = None if kind in ("public", "guest") else self.person(db)
            if kind in ("reply", "change") and not person:
                raise Problem(401, "sign-in-required", headers={"WWW-Authenticate": "Bearer"})
            if kind in RATES and not OPTIONS.no_limits:
                self.count(kind, person["id"] if person else self.address())
            answer = function(db, self, person, *ids)
        headers = {"Cache-Control": "no-store"}
        if kind == "public":
            tag = f'"{digest(answer)[:32]}"'  # made from what is sent, and not from the time
            headers = {"Cache-Control": "public, max-age=10, stale-while-revalidate=60", "ETag": tag}
            if tag in re.split(r"\s*,\s*", self.headers.get("If-None-Match", "").replace("W/", "")):
                return 304, None, headers
        elif isinstance(answer, dict) and "revision" in answer:
            headers["ETag"] = f'"{answer["revision"]}"'
            if kind == "reply":
                headers["Location"] = f"replies?thread={quote(self.text('thread', 2000))}&around={answer['number']}"
        return 204 if answer is None else 201 if kind in ("reply", "guest") else 200, answer, headers

    def person(self, db):
        """Who asks, by their token. Your own sign-in goes here: check what your site has given out."""
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        row = db.execute("SELECT person FROM people WHERE token = ?", [digest(token)]).fetchone()
        return json.loads(row["person"]) if row and scheme.lower() == "bearer" else None

    def address(self):
        """Where it comes from; in IPv6 a household has a whole network."""
        forwarded = self.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        address = forwarded if OPTIONS.behind_proxy and forwarded else self.client_address[0]
        return ipaddress.ip_interface(f"{address}/{64 if ':' in address else 32}").network

    def count(self, kind, who):
        """Refuses who comes too often; only what was let in counts."""
        (times, seconds), now = RATES[kind], time.monotonic()
        with self.counting:
            for key in [key for key, past in self.recent.items() if past[-1] < now - RATES[key[0]][1]]:
                del self.recent[key]
            past = [moment for moment in self.recent.get((kind, who), []) if moment > now - seconds]
            if len(past) >= times:
                raise Problem(429, "too-many-requests", headers={"Retry-After": str(int(past[0] + seconds - now) + 1)})
            self.recent[kind, who] = [*past, now]

    def read_body(self):
        """All of it, before anything is answered: or the next request would begin within it."""
        lengths, self.new = self.headers.get_all("Content-Length", ["0"]), None
        ends, self.close_connection = self.close_connection, True
        if "Transfer-Encoding" in self.headers or len(lengths) > 1 or not re.fullmatch("[0-9]{1,12}", lengths[0]):
            raise Problem(400, "bad-parameter", "Say how long the request is, once.", "Content-Length")
        self.body = self.rfile.read(min(int(lengths[0]), 5 * REQUEST_BYTES))
        if int(lengths[0]) > REQUEST_BYTES:
            raise Problem(413, "body-too-large")
        if len(self.body) < int(lengths[0]):
            raise Problem(400, "bad-parameter", "The request breaks off.", "Content-Length")
        self.close_connection = ends

    def field(self, name, kind):
        if self.headers.get_content_type() != "application/json":  # forms of any page can send other types unasked
            raise Problem(415, "not-json")
        try:
            self.new = self.new or json.loads(self.body.decode(), parse_constant=int)
            json.dumps(self.new, ensure_ascii=False).encode()  # fails for half a character
            value = self.new.get(name)
        except (ValueError, RecursionError, AttributeError):
            raise Problem(400, "bad-body", "This is no sound object of JSON.")
        if value is not None and not isinstance(value, kind):
            raise Problem(400, "bad-body", "It has the wrong type.", f"#/{name}")
        return value

    def text(self, name, most, may_be_missing=False):
        value = self.field(name, str) or ""
        if "\0" in value or len(value.encode()) > most:
            raise Problem(422, "invalid-fields", f"It may have {most:,} bytes, and no NUL.", f"#/{name}")
        if not value.strip() and not may_be_missing:
            raise Problem(422, "invalid-fields", "It is missing.", f"#/{name}")
        return value

    def said(self):
        """Body, format and mentions. Everything else that a client says of a reply is ours to know."""
        format, mentions = self.field("format", str) or "markdown", self.field("mentions", list) or []
        mentions = [person for person in mentions if person is not None]
        if len(mentions) > 20 or not all(isinstance(person, dict) for person in mentions):
            raise Problem(400, "bad-body", "Mentions are at most 20 people.", "#/mentions")
        if format not in ("markdown", "text"):
            raise Problem(422, "invalid-fields", "The format is markdown or text.", "#/format")
        return self.text("body", BODY_BYTES), format, mentions

    def query(self, name):
        return self.queries.get(name, [None])[0]

    def thread(self):
        id = self.query("thread") or ""
        if not 0 < len(id.encode()) <= 2000:
            raise Problem(400, "bad-parameter", "A thread's id has 1 to 2,000 bytes.", "thread")
        return id

    def number(self, name, least, most):
        said = self.query(name)
        if said is not None and not (re.fullmatch("[0-9]{1,9}", said) and least <= int(said) <= most):
            raise Problem(400, "bad-parameter", f"It is a number from {least} to {most:,}.", name)
        return said and int(said)

    def send(self, status, answer, headers):
        data, kind = json.dumps(answer, ensure_ascii=False).encode(), "problem+json" if status >= 400 else "json"
        self.send_response(status)
        if status not in (204, 304):
            headers = {**headers, "Content-Type": f"application/{kind}", "Content-Length": str(len(data))}
        always = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Location, Retry-After",
                  "X-Content-Type-Options": "nosniff", "Connection": "close" if self.close_connection else "keep-alive"}
        for name, value in {**always, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if status not in (204, 304) and self.command != "HEAD":
            self.wfile.write(data)

    def send_error(self, code, message=None, explain=None):
        """What the library refuses by itself: a request that is none, or too long."""
        self.close_connection, self.request_version = True, self.protocol_version
        problem = Problem(414, "address-too-long") if code == 414 else Problem(400, "bad-parameter", message)
        self.send(*problem.answer)

    def log_message(self, *_):
        """Nothing: whoever keeps addresses has to say for how long."""


class Server(ThreadingHTTPServer):
    request_queue_size = 128

    def verify_request(self, request, address):
        """Each connection has a thread, so there is an end to them."""
        return threading.active_count() < 200

    def handle_error(self, request, address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, address)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="A backend for Afterword.")
    arguments.add_argument("--listen", default="127.0.0.1:8788", metavar="ADDRESS:PORT")
    arguments.add_argument("--data", default="afterword.sqlite", metavar="FILE", help="the database")
    arguments.add_argument("--threads", nargs="+", default=[""], metavar="BEGINNING", help="which may be opened")
    arguments.add_argument("--behind-proxy", action="store_true", help="believe the last address in X-Forwarded-For")
    arguments.add_argument("--no-limits", action="store_true", help="for the conformance kit alone")
    OPTIONS = arguments.parse_args()
    os.umask(0o077)
    with contextlib.closing(sqlite3.connect(OPTIONS.data)) as db:
        db.executescript(TABLES)
    host, _, port = OPTIONS.listen.rpartition(":")
    with contextlib.suppress(KeyboardInterrupt), Server((host, int(port)), Request) as server:
        print(f"http://{OPTIONS.listen}", flush=True)
        server.serve_forever()
