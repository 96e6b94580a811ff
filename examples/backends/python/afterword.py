"""A backend for Afterword in one file, for Python 3.9 or later, to be read beside contract/CONTRACT.md."""
import argparse, bisect, collections, contextlib, functools, hashlib, html, ipaddress, json, os, re, secrets
import sqlite3, sys, threading, time, traceback, unicodedata
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote

FEATURES = ["viewer", "guest", "reply", "edit", "delete", "react"]
TAGS = [{"tag": "like", "label": "Like", "symbol": "👍"}, {"tag": "thanks", "label": "Thanks", "symbol": "🙏"}]
BODY_BYTES, REQUEST_BYTES, EDIT_SECONDS = 20_000, 200_000, 900
RATES = {"guest": 3, "reply": 10, "change": 60}  # so often in a minute, from one address
TABLES = """
PRAGMA journal_mode = WAL; -- it is read while it is written to
CREATE TABLE IF NOT EXISTS threads(id TEXT PRIMARY KEY, title TEXT, url TEXT, locked INT, tags TEXT, total INT);
CREATE TABLE IF NOT EXISTS people(id TEXT PRIMARY KEY, token TEXT UNIQUE, folded TEXT, person TEXT);
CREATE TABLE IF NOT EXISTS replies(id TEXT PRIMARY KEY, thread TEXT, number INT, author TEXT, published TEXT,
    edited TEXT, revision INT, status TEXT, format TEXT, body TEXT, mentions TEXT, since REAL, gone REAL,
    key TEXT, hash TEXT, UNIQUE(thread, number), UNIQUE(author, key));
CREATE TABLE IF NOT EXISTS reactions(reply TEXT, tag TEXT, person TEXT, at REAL, PRIMARY KEY(reply, tag, person));
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

def ensure(condition, *problem, **more):
    if not condition:
        raise Problem(*problem, **more)

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

def folded(name):  # the same for names that look the same: other code points, other case, signs without a shape
    seen = re.sub("[\u034f\u115f\u1160\u2800\ufe00-\ufe0f]", "", unicodedata.normalize("NFKC", name))
    return " ".join(seen.casefold().split())


# Quotes are blockquotes that begin with a link to `#reply-N`. They are looked for whenever a reply is sent, so what is
# said of them is true after their source was edited, too. This is a simple reader of Markdown: not sure, it says so.
FENCE = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1|\Z)", re.M | re.S)
QUOTE = re.compile(r"((?:^ {0,3}>.*\n?)+)(?=(.*\S)?)", re.M)  # and a line behind it, which may go on with it
SOURCE = re.compile(r"\[(?:\\.|[^\]\\\n])*\]\(#reply-([1-9]\d{0,8})\).*\n?")
MARKUP = re.compile(r"\]\([^()\n]*\)|^ *(?:[-*+]|\d{1,9}[.)]|#{1,6}) |[*_~`\\\[\]!<>]", re.M)

def quotes_of(db, reply):
    body, quotes = FENCE.sub("", reply["body"]), []
    for block in list(QUOTE.finditer(body))[:20] if reply["format"] == "markdown" else []:
        text = re.sub("^ {0,3}> ?", "", block[1], flags=re.M)
        if source := SOURCE.match(text):
            row = db.execute("SELECT body FROM replies WHERE thread = ? AND number = ? AND status = 'published'"
                             " AND format = 'markdown'", [reply["thread"], int(source[1])]).fetchone()
            exact = stands_in(text[source.end():], row["body"]) if row and not block[2] else None
            quotes.append({"number": int(source[1]), "exact": exact})
    return quotes

def stands_in(quoted, source):
    """None where it takes a real parser to tell: other quotes within the quote, words left out."""
    said, text = words(quoted), words(source)
    unsure = said in text or re.search(r"^ *>|…|\.\.\.", quoted, re.M)
    return True if said and re.search(rf"(?<!\w){re.escape(said)}(?!\w)", text) else None if unsure else False

@functools.lru_cache(500)
def words(text):  # @"name" as @name; a sign for each quote, since that was not said
    return " ".join(MARKUP.sub("", re.sub(r'@"([^"\n]*)"', r"@\1", html.unescape(QUOTE.sub("\0\n", text)))).split())


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
        tags.setdefault(tag, []).append(person)
    return [{"tag": tag, "count": len(people), "people": [json.loads(person) for person in people[:100] if person]}
            for tag, people in tags.items()]

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
    id, order = request.thread(), request.query.get("order", "oldest")
    ensure(order in ORDERS, 400, "bad-parameter", "The order is oldest, newest or top.", "order")
    rows = db.execute(f"SELECT {ORDERS[order]}, id FROM replies WHERE thread = ? ORDER BY 1, 2", [id]).fetchall()
    cursors = [f"{order}_{first}_{second}" for first, second, _ in rows]
    begin, end = span(request, order, [tuple(row)[:2] for row in rows])
    return {"version": 1, "thread": thread_of(db, id), "replies": [shown(db, row["id"]) for row in rows[begin:end]],
            "previous": cursors[begin] if 0 < begin < len(rows) else None,
            "next": cursors[end - 1] if 0 < end < len(rows) else None}

def span(request, order, places):
    """Where the page that is asked for begins and ends among the places of a thread's replies."""
    limit, around = min(request.number("limit") or 50, 100), request.number("around")
    before, after = request.query.get("before"), request.query.get("after")
    ensure([before, after, around].count(None) >= 2, 400, "bad-parameter", "These exclude each other.", "around")
    cursor = before or after or f"{order}_0_0"
    ensure(re.fullmatch(order + "(_-?[0-9]{1,9}){2}", cursor), 400, "bad-cursor")
    place = tuple(int(part) for part in cursor.split("_")[1:])
    if before:
        end = bisect.bisect_left(places, place)
        return max(0, end - limit), end
    begin = bisect.bisect_right(places, place) if after else 0
    if around and places:
        middle = [abs(number) for _, number in places].index(min(around, len(places)))
        begin = max(0, min(middle - limit // 2, len(places) - limit))
    return begin, begin + limit

def post_reply(db, request, person):
    id, (body, format), now = request.text("thread", 2000), request.said(), time.time()
    key, hash = request.headers.get("Idempotency-Key") or None, digest(id, body, format)
    # Writers go one behind the other, so the first request with a key is never still in flight here.
    earlier = db.execute("SELECT id, hash FROM replies WHERE author = ? AND key = ?", [person["id"], key]).fetchone()
    if earlier:
        ensure(earlier["hash"] in (hash, ""), 422, "key-reused")  # "": the text was forgotten
        return shown(db, earlier["id"])
    thread, reply = thread_of(db, id), "r" + secrets.token_hex(8)
    ensure(not thread["locked"], 403, "thread-locked")
    ensure(thread["total"] or id.startswith(tuple(OPTIONS.threads)), 403, "not-allowed", "No thread is opened here.")
    db.execute("INSERT OR IGNORE INTO threads VALUES (?, NULL, NULL, 0, ?, 0)", [id, json.dumps(TAGS)])
    db.execute("UPDATE threads SET total = total + 1 WHERE id = ?", [id])
    db.execute("INSERT INTO replies VALUES (?, ?, ?, ?, ?, NULL, 1, 'published', ?, ?, '[]', ?, NULL, ?, ?)", [
        reply, id, thread["total"] + 1, person["id"], time_text(now), format, body, now, key, hash])
    return shown(db, reply)

def reply_of(db, id):
    reply = db.execute("SELECT replies.*, locked, tags FROM replies JOIN threads ON threads.id = thread"
                       " WHERE replies.id = ?", [id]).fetchone()
    ensure(reply, 404, "unknown-reply")
    return reply

def own_reply(db, request, person, id):
    """A reply of theirs, as they have seen it."""
    reply, seen = reply_of(db, id), request.headers.get("If-Match", "")
    ensure(reply["author"] == person["id"], 403, "not-allowed", "Somebody else has written this.")
    tag = f'"{reply["revision"]}"'
    if seen and reply["status"] == "published" and tag not in re.split(r"\s*,\s*", seen):
        raise Problem(412, "revision-changed", headers={"ETag": tag}, current=shown(db, id))
    return reply

def ensure_open(reply):
    ensure(reply["status"] == "published", 409, "reply-gone")
    ensure(not reply["locked"], 403, "thread-locked")

def patch_reply(db, request, person, id):
    body, format = request.said()
    reply, now = own_reply(db, request, person, id), time.time()
    ensure_open(reply)
    ensure(now < reply["since"] + EDIT_SECONDS, 403, "edit-window-over")
    ensure(request.headers.get("If-Match"), 428, "revision-required")
    db.execute("UPDATE replies SET body = ?, format = ?, edited = ?, revision = revision + 1 WHERE id = ?",
               [body, format, time_text(now), id])
    return shown(db, id)

def delete_reply(db, request, person, id):
    reply, now = own_reply(db, request, person, id), time.time()
    if reply["status"] == "published":
        ensure(now < reply["since"] + EDIT_SECONDS, 403, "edit-window-over")
        db.execute("UPDATE replies SET status = 'deleted', gone = ? WHERE id = ?", [now, id])
    # What nobody can restore any more is not kept.
    db.execute("UPDATE replies SET body = '', hash = '' WHERE status = 'deleted' AND gone < ?", [now - EDIT_SECONDS])
    return shown(db, id)

def restore_reply(db, request, person, id):
    reply = own_reply(db, request, person, id)
    if reply["status"] == "deleted":
        ensure(time.time() < reply["gone"] + EDIT_SECONDS, 403, "edit-window-over")
        db.execute("UPDATE replies SET status = 'published', gone = NULL WHERE id = ?", [id])
    return shown(db, id)

def react(db, request, person, id, tag):
    """Reactions are states: a lost or repeated request cannot make a count drift."""
    ensure_open(reply := reply_of(db, id))
    ensure(tag in [one["tag"] for one in json.loads(reply["tags"])], 404, "unknown-tag")
    if request.command == "PUT":
        db.execute("INSERT OR IGNORE INTO reactions VALUES (?, ?, ?, ?)", [id, tag, person["id"], time.time()])
    else:
        db.execute("DELETE FROM reactions WHERE reply = ? AND tag = ? AND person = ?", [id, tag, person["id"]])
    return reactions_of(db, id)

def get_viewer(db, request, person):
    id, replies, mine = request.thread(), {}, person["id"] if person else None
    may, change = ([], ["delete"]) if thread_of(db, id)["locked"] else (["reply", "react"], ["edit", "delete"])
    for reply, tag in db.execute("SELECT reply, tag FROM reactions JOIN replies ON id = reply WHERE thread = ?"
                                 " AND person = ? AND status = 'published'", [id, mine]):
        replies.setdefault(reply, {}).setdefault("reactions", []).append(tag)
    for row in db.execute("SELECT * FROM replies WHERE thread = ? AND author = ? AND status != 'hidden'", [id, mine]):
        until = (row["gone"] or row["since"]) + EDIT_SECONDS
        if until > time.time():
            own = change if row["status"] == "published" else ["restore"]
            replies.setdefault(row["id"], {}).update({"may": own, "until": time_text(until)})
    return {"person": person, "may": may if person else [], "replies": replies, "pending": []}

def post_guest(db, request, _):
    name = request.text("name", 100).strip()
    ensure(name.isprintable() and folded(name), 422, "invalid-fields", "It has signs that nobody can see.", "#/name")
    taken = db.execute("SELECT 1 FROM people WHERE folded = ? AND token IS NULL", [folded(name)]).fetchone()
    ensure(not taken, 422, "invalid-fields", "Somebody else is known by this name.", "#/name")
    token, person = secrets.token_urlsafe(32), {"id": "g" + secrets.token_hex(8), "name": name, "role": "guest"}
    # Its hash is enough to know a token again, and of no use to whoever reads the database.
    db.execute("INSERT INTO people VALUES (?, ?, NULL, ?)", [person["id"], digest(token), json.dumps(person)])
    return {"token": token, "person": person}

ID, REPLY = "([A-Za-z0-9._~-]{1,200})", "/replies/([A-Za-z0-9._~-]{1,200})"
ROUTES = [  # methods, path, function, and for whom: `reply` and `change` want a token
    ("GET", "/replies", get_replies, "public"), ("POST", "/replies", post_reply, "reply"),
    ("PATCH", REPLY, patch_reply, "change"), ("DELETE", REPLY, delete_reply, "change"),
    ("POST", REPLY + "/restore", restore_reply, "change"), ("PUT DELETE", f"{REPLY}/reactions/{ID}", react, "change"),
    ("GET", "/viewer", get_viewer, "personal"), ("POST", "/guests", post_guest, "guest")]


class Request(BaseHTTPRequestHandler):
    """A connection with one request, which is answered soundly, whatever happens."""
    server_version, sys_version = "Afterword", ""
    timeout, often = 15, collections.Counter()  # seconds for a silent client; who wrote how often in this minute

    def do_GET(self):
        try:
            answer = self.routed()
        except Problem as problem:
            answer = problem.answer
        except OSError:
            return  # the client is gone
        except Exception:
            print(instance := secrets.token_hex(8), traceback.format_exc(), file=sys.stderr)  # nobody else hears of it
            answer = Problem(500, "internal", instance=instance).answer
        with contextlib.suppress(OSError):
            self.send(*answer)

    do_HEAD = do_OPTIONS = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def routed(self):
        self.read_body()
        path, _, query = self.path.partition("?")
        self.query = dict(parse_qsl(query, keep_blank_values=True))
        found = {method: (function, kind, match.groups()) for methods, pattern, function, kind in ROUTES
                 if (match := re.fullmatch(pattern, path)) for method in methods.split()}
        ensure(found, 404, "unknown-route")
        if self.command == "OPTIONS":  # before any token is looked at: browsers send none with it
            return 204, None, {"Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
                               "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-Match",
                               "Access-Control-Max-Age": "7200"}
        method = "GET" if self.command == "HEAD" else self.command
        ensure(method in found, 405, "method-not-allowed", headers={"Allow": ", ".join([*found, "OPTIONS"])})
        return self.asked(*found[method])

    def read_body(self):
        """All of it, before anything is answered: who is still sending does not listen."""
        length = self.headers.get("Content-Length", "0")
        ensure(re.fullmatch("[0-9]{1,12}", length), 400, "bad-parameter", "Say how long it is.", "Content-Length")
        self.body = self.rfile.read(min(int(length), 5 * REQUEST_BYTES))
        ensure(int(length) <= REQUEST_BYTES, 413, "body-too-large")

    def asked(self, function, kind, ids):
        with transaction(kind in RATES) as db:
            person = None if kind in ("public", "guest") else self.person(db)
            signed_in = person or kind not in ("reply", "change")
            ensure(signed_in, 401, "sign-in-required", headers={"WWW-Authenticate": "Bearer"})
            if kind in RATES and not OPTIONS.no_limits:
                self.count(kind)
            answer = function(db, self, person, *ids)
        headers = {"Cache-Control": "no-store"}
        if kind == "public":
            tag = f'"{digest(answer)[:32]}"'  # made from what is sent, and not from the time
            headers = {"Cache-Control": "public, max-age=10, stale-while-revalidate=60", "ETag": tag}
            if tag in re.split(r"\s*,\s*", self.headers.get("If-None-Match", "").replace("W/", "")):
                return 304, None, headers
        elif "revision" in answer:
            headers["ETag"] = f'"{answer["revision"]}"'
        if kind == "reply":
            headers["Location"] = f"replies?thread={quote(self.new['thread'])}&around={answer['number']}"
        return 201 if kind in ("reply", "guest") else 200, answer, headers

    def person(self, db):
        """Who asks, by their token. Your own sign-in goes here: check what your site has given out."""
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        row = db.execute("SELECT person FROM people WHERE token = ?", [digest(token)]).fetchone()
        return json.loads(row["person"]) if row and scheme.lower() == "bearer" else None

    def count(self, kind):
        """Refuses who comes too often. Only writers are counted, and they go one behind the other."""
        told = ",".join(self.headers.get_all("X-Forwarded-For", [])) if OPTIONS.behind_proxy else ""
        address, minute = told.split(",")[-1].strip() or self.client_address[0], int(time.time() / 60)
        with contextlib.suppress(ValueError):  # of version 6, whoever has one address has all of its /64
            address = ip if (ip := ipaddress.ip_address(address)).version == 4 else ip.ipv4_mapped or int(ip) >> 64
        if self.often["minute"] != minute:
            self.often.clear()
            self.often["minute"] = minute
        self.often[kind, address] += 1
        ensure(self.often[kind, address] <= RATES[kind], 429, "too-many-requests", headers={"Retry-After": "60"})

    @functools.cached_property
    def new(self):
        """What was sent. As JSON only: forms of any page can send other types unasked."""
        ensure(self.headers.get_content_type() == "application/json", 415, "not-json")
        try:
            new = json.loads(self.body.decode(), parse_constant=int)  # which refuses NaN
            json.dumps(new, ensure_ascii=False).encode()  # fails for half a character
        except (ValueError, RecursionError):
            raise Problem(400, "bad-body", "This is no sound JSON.")
        ensure(isinstance(new, dict), 400, "bad-body", "This is no object of JSON.")
        return new

    def text(self, name, most, otherwise=""):
        value = otherwise if self.new.get(name) in (None, "") else self.new[name]
        ensure(isinstance(value, str), 400, "bad-body", "It is no text.", f"#/{name}")
        sound = value.strip() and "\0" not in value and len(value.encode()) <= most
        ensure(sound, 422, "invalid-fields", f"It has 1 to {most:,} bytes, and no NUL.", f"#/{name}")
        return value

    def said(self):
        """Body and format. Everything else that a client says of a reply is ours to know."""
        format = self.text("format", 10, "markdown")
        ensure(format in ("markdown", "text"), 422, "invalid-fields", "It is markdown or text.", "#/format")
        ensure(isinstance(self.new.get("mentions") or [], list), 400, "bad-body", "It is no list.", "#/mentions")
        return self.text("body", BODY_BYTES), format

    def thread(self):
        id = self.query.get("thread", "")
        ensure(0 < len(id.encode()) <= 2000, 400, "bad-parameter", "A thread's id has 1 to 2,000 bytes.", "thread")
        return id

    def number(self, name):
        said = self.query.get(name)
        ensure(not said or re.fullmatch("[1-9][0-9]{0,8}", said), 400, "bad-parameter", "Count from 1.", name)
        return int(said) if said else None

    def send(self, status, answer, headers):
        data = b"" if answer is None else json.dumps(answer, ensure_ascii=False).encode()
        if data:
            kind = "application/problem+json" if status >= 400 else "application/json"
            headers = {**headers, "Content-Type": kind, "Content-Length": str(len(data))}
        always = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Location, Retry-After",
                  "X-Content-Type-Options": "nosniff"}
        self.send_response(status)
        for name, value in {**always, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else data)

    def log_message(self, *_):
        """Nothing: whoever keeps addresses has to say for how long."""


class Server(ThreadingHTTPServer):
    request_queue_size = 128

    def verify_request(self, request, address):
        return threading.active_count() < 200  # each connection has one


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
