// An Afterword backend in one file and without any package, for Node 18 or later: `node afterword.mjs`.
// Headings name steps and sections of contract/CONTRACT.md, which gives the reasons.
// Knows no sign-in but guests, no moderators, and not whether a quote says what its source says.
import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import { dirname } from "node:path";

const env = process.env;
const LISTEN = new URL(`http://${env.AFTERWORD_LISTEN || "127.0.0.1:8080"}`);
const FILE = env.AFTERWORD_FILE || "afterword.jsonl";
const ADDRESS_HEADER = (env.AFTERWORD_ADDRESS_HEADER || "").toLowerCase();
const MOST = env.AFTERWORD_LIMITS === "off" ? {} : { guests: 3, replies: 6, changes: 30 }; // In each minute.
const LIMITS = { bodyBytes: 65536, editSeconds: 900 };
const REQUEST_BYTES = 6 * LIMITS.bodyBytes + 16384; // In JSON, a byte may come as \u0061.
const FEATURES = ["viewer", "reply", "guest", "edit", "delete", "react"];
const TAGS = [{ tag: "like", label: "Like", symbol: "👍" }, { tag: "thanks", label: "Thanks", symbol: "🙏" }];

const hash = (text) => createHash("sha256").update(text).digest("base64url");
const random = (bytes) => randomBytes(bytes).toString("base64url");
const isoTime = (time) => new Date(time).toISOString().replace(/\.\d+/, "");
const secondsSince = (time) => (Date.now() - Date.parse(time)) / 1000;
const isOver = (since) => secondsSince(since) > LIMITS.editSeconds;

// ---- Problems (5. Errors): whatever is wrong with a request is thrown as one, and written out in one place.
/** `kind` is the status and the name, such as "404 unknown-reply"; `more` are further fields. */
function problem(kind, detail, more = {}, headers = {}) {
  const status = Number(kind.slice(0, 3));
  const name = kind.slice(4);
  const body = { type: `urn:afterword:problem:${name}`, title: name.replaceAll("-", " "), status, detail, ...more };
  const answer = [status, body, { "Content-Type": "application/problem+json", ...headers }];
  return Object.assign(new Error(detail), { answer });
}
/** The value, if there is one; a problem otherwise. */
function must(value, kind, detail, more, headers) {
  if (!value) throw problem(kind, detail, more, headers);
  return value;
}
/** The same, where the problem lies in a field or a parameter. */
const check = (value, kind, pointer, detail) =>
  must(value, kind, `${pointer}: ${detail}.`, { errors: [{ pointer, detail }] });

// ---- What is kept: everything in memory, and a journal of JSON lines from which it is read back at the next start.
// A record says what is new of one thing, and is put over what was known of it.
const kept = { person: new Map(), thread: new Map(), reply: new Map(), key: new Map() }; // By id.
const OWNER = `${FILE}.owner`;
const SELF = random(9);
let journal = null; // The open file.

function apply(line) {
  for (const [kind, record] of Object.entries(JSON.parse(line))) {
    kept[kind].set(record.id, { ...kept[kind].get(record.id), ...record });
  }
}
// Two processes would give out the same numbers. So whoever starts says so beside the journal, and whoever finds that
// another has, ends: after writing and before answering, so that the other has read whatever was answered.
function mustBeOwner() {
  if (fs.existsSync(OWNER) && fs.readFileSync(OWNER, "utf8") === SELF) return;
  console.error(`Another process has taken ${FILE}: stopping here.`);
  process.exit(1);
}
/** Writes records as one line, and only then makes them true: what was answered is there after a power cut. */
function commit(records) {
  const line = JSON.stringify(records);
  const { size } = fs.fstatSync(journal);
  try {
    fs.writeFileSync(journal, `${line}\n`);
    fs.fsyncSync(journal);
    mustBeOwner();
  } catch (error) {
    fs.ftruncateSync(journal, size); // Half a line would spoil the next one.
    throw error;
  }
  apply(line);
}
function readJournal() {
  fs.writeFileSync(OWNER, SELF);
  journal = fs.openSync(FILE, "a", 0o600);
  const lines = fs.readFileSync(FILE, "utf8").split("\n");
  lines.pop(); // Empty, or torn: what was not written to its end when the power went was never answered.
  for (const [at, line] of lines.entries()) {
    try { apply(line); } catch (cause) { throw new Error(`${FILE}, line ${at + 1}, cannot be read`, { cause }); }
  }
}
/** Lets go of keys after a day and of texts that nobody can restore, and writes the rest anew, one line each. */
function rewriteJournal() {
  for (const { id, published } of kept.key.values()) if (secondsSince(published) > 86400) kept.key.delete(id);
  for (const reply of kept.reply.values()) if (reply.deleted && isOver(reply.deleted)) reply.body = "";
  fs.rmSync(`${FILE}.new`, { force: true });
  const fresh = fs.openSync(`${FILE}.new`, "a", 0o600);
  for (const [kind, all] of Object.entries(kept)) {
    for (const record of all.values()) fs.writeFileSync(fresh, `${JSON.stringify({ [kind]: record })}\n`);
  }
  fs.fsyncSync(fresh);
  mustBeOwner();
  fs.renameSync(`${FILE}.new`, FILE);
  fs.closeSync(journal);
  journal = fresh;
  const folder = fs.openSync(dirname(FILE), "r");
  fs.fsyncSync(folder); // Or the power may take the new name, and with it what is written next.
  fs.closeSync(folder);
}
const threadOf = (id) => ({ id, locked: false, total: 0, ...kept.thread.get(id) });
/** They need no index: an id is made of the thread's own name and the number. */
const repliesOf = ({ name, total }) => Array.from({ length: total }, (_, at) => kept.reply.get(`${name}-${at + 1}`));

// ---- What is shown (4. Fields): chosen field by field, so that nothing private slips in.
const personShown = (id) => ({ id, name: kept.person.get(id).name, role: "guest" });
const reactionsShown = ({ reactions }) => TAGS.map(({ tag }) => {
  const people = reactions.filter((one) => one.tag === tag).map(({ person }) => personShown(person));
  return { tag, count: people.length, people: people.slice(0, 100) };
}).filter(({ count }) => count > 0);
/** A reply as everybody may see it: of a deleted one only that it was there. */
function replyShown(reply) {
  const { id, number, author, published, edited, revision, body, quotes } = reply;
  const said = reply.deleted
    ? { status: "deleted", body: "", quotes: [], reactions: [] }
    : { status: "published", body, quotes, reactions: reactionsShown(reply) };
  return { id, number, author: personShown(author), published, edited, revision: String(revision), ...said };
}
const answerWith = (reply) => [200, replyShown(reply), { ETag: `"${reply.revision}"` }];

// ---- What comes in: every field is looked at before it is believed.
function textIn(input, name) {
  const text = input[name] ?? ""; // null means "not given".
  check(typeof text === "string", "400 bad-body", `#/${name}`, "a text belongs here");
  check(!/[\p{Cs}\0]/u.test(text), "422 invalid-fields", `#/${name}`, "it holds a NUL or half a character");
  return text;
}
const isVisible = (text) => /[^\s\p{Cc}\p{Cf}\p{DI}\u2800]/u.test(text);
/** The text of a new reply or of an edit. */
function wordsIn(input) {
  const body = textIn(input, "body");
  check(isVisible(body), "422 invalid-fields", "#/body", "it holds no text");
  check(Buffer.byteLength(body) <= LIMITS.bodyBytes, "422 invalid-fields", "#/body", "it is too long");
  check(["markdown", ""].includes(textIn(input, "format")), "422 invalid-fields", "#/format", "it is markdown here");
  check(Array.isArray(input.mentions ?? []), "400 bad-body", "#/mentions", "a list of people belongs here");
  return { body, quotes: quotesIn(body) };
}
const CODE = /^ {0,3}(```|~~~)[^]*?(?:^ {0,3}\1|$(?![^]))/gm; // Whatever stands in it quotes nobody.
/** The first line of a blockquote (none stands before it), which begins with a link to `#reply-N`. */
const QUOTE = /(?<!^ {0,3}>.*\n)^ {0,3}> {0,4}\[(?:[^[\]\\\n]|\\.)*\]\(#reply-([1-9]\d{0,8})\)/gm;
function quotesIn(body) {
  const text = body.replace(/\r\n?/g, "\n").replace(CODE, "");
  return [...text.matchAll(QUOTE)].map(([, number]) => ({ number: Number(number), exact: null })); // Nobody compared.
}
/** Bytes that are no UTF-8 come as U+FFFD, and two threads would become one. */
const threadId = (id, kind, pointer) => check(id && Buffer.byteLength(id) <= 2000 && !id.includes("\uFFFD") && id,
  kind, pointer, "it is a text of 1 to 2000 bytes of UTF-8");
const threadAsked = ({ query }) => threadOf(threadId(query.get("thread"), "400 bad-parameter", "thread"));
/** Whether `If-Match` or `If-None-Match` names a tag; proxies that compress make tags weak. */
const isNamed = (tag, header = "") =>
  header.split(",").map((one) => one.trim().replace(/^W\//, "")).some((one) => one === "*" || one === `"${tag}"`);

// ---- Who may do what, and how often.
const signedIn = ({ person }) =>
  must(person, "401 sign-in-required", "A token is needed that is good.", {}, { "WWW-Authenticate": "Bearer" });
const replyAsked = ({ id }) => must(kept.reply.get(id), "404 unknown-reply", "There is no reply with this id.");
function ownReply(asked) {
  const person = signedIn(asked);
  const reply = replyAsked(asked);
  must(reply.author === person.id, "403 not-allowed", "Only its author may do this.");
  return reply;
}
const mustBeThere = (reply) => must(!reply.deleted, "409 reply-gone", "This reply was deleted.");
const mustBeOpen = (thread) => must(!thread.locked, "403 thread-locked", "This thread takes nothing more.");
const mustBeInTime = (since) => must(!isOver(since), "403 edit-window-over", "The time for this is over.");
function mustBeSame({ headers }, reply) {
  const isSame = isNamed(reply.revision, headers["if-match"] ?? "*");
  const [, current, tag] = answerWith(reply);
  must(isSame, "412 revision-changed", "Somebody was faster.", { current }, tag);
}
const spent = new Map(); // How often who did what in this minute.
function spend(what, who) {
  const count = (spent.get(`${what} ${who}`) ?? 0) + 1;
  must(!(count > MOST[what]), "429 too-many-requests", "Try again in a minute.", {}, { "Retry-After": "60" });
  spent.set(`${what} ${who}`, count);
}

// ---- Reading (steps 1 and 7, and 3. Pages)
const ORDERS = {
  oldest: (one, other) => one.number - other.number,
  newest: (one, other) => other.number - one.number,
  top: (one, other) => liking(other) - liking(one) || one.number - other.number,
};
const liking = ({ deleted, reactions }) => (deleted ? 0 : reactions.length);
/** Where a page begins or ends: at a reply, because none ever goes. An offset would move with every new one. */
const cursorTo = (order, { number }) => `${order}-${number}`;
function edgesOf(sorted, query, order, limit) {
  const [which, another] = ["after", "before", "around"].filter((name) => query.get(name));
  check(!another, "400 bad-parameter", another, `it excludes ${which}`);
  if (!which) return [0, limit];
  const total = sorted.length;
  const isAround = which === "around";
  const wanted = isAround ? cursorTo(order, { number: Math.min(Number(query.get(which)), total) }) : query.get(which);
  const at = sorted.findIndex((reply) => cursorTo(order, reply) === wanted);
  const kind = isAround ? "400 bad-parameter" : "400 bad-cursor";
  check(at >= 0 || (isAround && !total), kind, which, "it leads nowhere in this thread");
  const middle = Math.max(0, Math.min(at - Math.floor(limit / 2), total - limit));
  const start = { after: at + 1, before: at - limit, around: middle }[which];
  return [Math.max(0, start), start + limit];
}
function readPage(asked) {
  const { id, name, total, locked } = threadAsked(asked);
  const limit = Number(asked.query.get("limit") || 50);
  check(limit >= 1 && limit <= 100 && limit % 1 === 0, "400 bad-parameter", "limit", "it is a number from 1 to 100");
  const order = asked.query.get("order") || "oldest";
  check(Object.hasOwn(ORDERS, order), "400 bad-parameter", "order", "it is oldest, newest or top");
  const sorted = repliesOf({ name, total }).sort(ORDERS[order]);
  const [start, end] = edgesOf(sorted, asked.query, order, limit);
  const page = sorted.slice(start, end);
  return [200, {
    version: 1,
    thread: { id, total, locked, features: FEATURES, reactionTags: TAGS, limits: LIMITS },
    replies: page.map(replyShown),
    previous: page.length && start > 0 ? cursorTo(order, page[0]) : null,
    next: page.length && end < total ? cursorTo(order, page.at(-1)) : null,
  }];
}
/** The only personal answer. A token that is no good is like none: reading must not fail because of it. */
function readViewer({ person, query }) {
  const thread = threadAsked({ query });
  if (!person) return [200, { person: null, may: [], replies: {}, pending: [] }, {}];
  const [may, change] = thread.locked ? [[], ["delete"]] : [["reply", "react"], ["edit", "delete"]];
  const theirs = {};
  for (const { id, author, deleted, published, reactions } of repliesOf(thread)) {
    const end = Date.parse(deleted ?? published) + LIMITS.editSeconds * 1000;
    const isTheirs = author === person.id && Date.now() <= end;
    const own = isTheirs && { may: deleted ? ["restore"] : change, until: isoTime(end) };
    const chosen = deleted ? [] : reactions.filter((one) => one.person === person.id).map(({ tag }) => tag);
    if (isTheirs || chosen.length) theirs[id] = { reactions: chosen, ...own };
  }
  return [200, { person: personShown(person.id), may, replies: theirs, pending: [] }, {}];
}

// ---- Writing (steps 2 to 5). A handler waits for the request's body and for nothing else: what it then looks up,
// judges and writes is one step. So there are no transactions, and no key is in flight when another request is judged.
async function postGuest(asked) {
  const name = textIn(await asked.input(), "name").trim();
  check(isVisible(name) && name.length <= 64, "422 invalid-fields", "#/name", "it has 1 to 64 characters");
  check(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name), "422 invalid-fields", "#/name", "it holds what nobody can see");
  spend("guests", asked.address);
  const id = random(9);
  const token = `${id}.${random(24)}`;
  commit({ person: { id, name, token: hash(token) } }); // Whoever gets hold of the journal cannot write as them.
  return [201, { token, person: personShown(id) }];
}
async function postReply(asked) {
  const person = signedIn(asked);
  const input = await asked.input();
  const thread = threadId(textIn(input, "thread"), "422 invalid-fields", "#/thread");
  const words = wordsIn(input);
  const key = asked.headers["idempotency-key"];
  check(!key || /^"[^"\\]{1,200}"$/.test(key), "400 bad-parameter", "Idempotency-Key", "it is a quoted text");
  const said = hash(JSON.stringify([thread, words.body, input.mentions ?? []]));
  const before = key && kept.key.get(`${person.id} ${key}`);
  must(!before || before.said === said, "422 key-reused", "This key came with another reply.");
  const reply = before?.reply ?? store(threadOf(thread), person.id, words, key && { id: `${person.id} ${key}`, said });
  const [, shown, tag] = answerWith(kept.reply.get(reply));
  return [201, shown, { ...tag, Location: `?thread=${encodeURIComponent(thread)}&around=${shown.number}` }];
}
/** The number, the reply and its key are one line of the journal: all of them, or none. The reply's id. */
function store(thread, author, words, key) {
  mustBeOpen(thread);
  spend("replies", author);
  const { name = random(9) } = thread;
  const number = thread.total + 1;
  const id = `${name}-${number}`;
  const published = isoTime(Date.now());
  const state = { published, edited: null, revision: 1, deleted: null, reactions: [] };
  commit({
    thread: { id: thread.id, name, total: number },
    reply: { id, thread: thread.id, number, author, ...words, ...state },
    key: key && { ...key, reply: id, published },
  });
  return id;
}
function change(reply, news) {
  commit({ reply: { id: reply.id, ...news } });
  return answerWith(kept.reply.get(reply.id));
}
async function editReply(asked) {
  signedIn(asked);
  const words = wordsIn(await asked.input());
  const reply = ownReply(asked);
  mustBeThere(reply);
  must(asked.headers["if-match"], "428 revision-required", "Name the revision that you changed in If-Match.");
  mustBeSame(asked, reply);
  mustBeOpen(threadOf(reply.thread));
  mustBeInTime(reply.published);
  spend("changes", reply.author);
  return change(reply, { ...words, edited: isoTime(Date.now()), revision: reply.revision + 1 });
}
const setDeleted = (isDeleted) => (asked) => {
  const reply = ownReply(asked);
  if (isDeleted === Boolean(reply.deleted)) return answerWith(reply); // It is so already, which is no error.
  mustBeSame(asked, reply);
  mustBeInTime(reply.deleted ?? reply.published);
  spend("changes", reply.author);
  return change(reply, { deleted: isDeleted ? isoTime(Date.now()) : null });
};
const setChosen = (isChosen) => (asked) => {
  const { id: person } = signedIn(asked);
  const { tag } = asked;
  const reply = replyAsked(asked);
  must(TAGS.some((known) => known.tag === tag), "404 unknown-tag", "This thread does not offer that reaction.");
  mustBeThere(reply);
  mustBeOpen(threadOf(reply.thread));
  const others = reply.reactions.filter((one) => one.tag !== tag || one.person !== person);
  if (isChosen === (others.length < reply.reactions.length)) return [200, reactionsShown(reply)];
  spend("changes", person);
  const [, { reactions }] = change(reply, { reactions: isChosen ? [...others, { tag, person }] : others });
  return [200, reactions];
};

// ---- What is the same for every route (2. The routes, and 6. HTTP)
const ROUTES = [
  [/^\/replies$/, { GET: readPage, POST: postReply }],
  [/^\/replies\/([^/]+)$/, { PATCH: editReply, DELETE: setDeleted(true) }],
  [/^\/replies\/([^/]+)\/restore$/, { POST: setDeleted(false) }],
  [/^\/replies\/([^/]+)\/reactions\/([^/]+)$/, { PUT: setChosen(true), DELETE: setChosen(false) }],
  [/^\/guests$/, { POST: postGuest }],
  [/^\/viewer$/, { GET: readViewer }],
];
const COMMON = {
  "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Location, Retry-After",
  "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
};
const PREFLIGHT = {
  "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE", "Access-Control-Max-Age": "7200",
  "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-Match",
};
const parsed = async (bytes) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
/** The body of a request: an object, in JSON. Its size is looked at while it is read. */
async function inputOf(request) {
  const isJson = /^application\/json *(;|$)/i.test(request.headers["content-type"] ?? "");
  must(isJson, "415 not-json", "Send application/json.");
  const parts = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    size += part.length;
    must(size <= REQUEST_BYTES, "413 body-too-large", `At most ${REQUEST_BYTES} bytes.`, {}, { Connection: "close" });
    parts.push(part);
  }
  // What is nested too deep to be written again is no good either: JSON.stringify throws.
  const input = await parsed(Buffer.concat(parts)).then((all) => JSON.stringify(all) && all).catch(() => null);
  return check(input instanceof Object && !Array.isArray(input) && input, "400 bad-body", "#", "it is no JSON object");
}
function personOf({ authorization = "" }) {
  const [, token, id] = /^Bearer +(([^\s.]+)\.\S+)$/i.exec(authorization) ?? [];
  const person = kept.person.get(id);
  return person && person.token === hash(token) ? person : null;
}
/** Status, body and headers. */
async function answerTo(request) {
  const { headers, url, socket } = request;
  const [path, ...rest] = url.split("?");
  const route = ROUTES.find(([pattern]) => pattern.test(path));
  const [pattern, handlers] = must(route, "404 unknown-route", "There is nothing at this address.");
  if (request.method === "OPTIONS") return [204, undefined, PREFLIGHT];
  const method = request.method === "HEAD" ? "GET" : request.method;
  const allow = Object.keys(handlers).join(", ");
  const handle = must(handlers[method], "405 method-not-allowed", `It takes ${allow}.`, {}, { Allow: allow });
  const [, id, tag] = pattern.exec(path);
  const query = new URLSearchParams(rest.join("?"));
  const address = headers[ADDRESS_HEADER] ?? socket.remoteAddress;
  const person = personOf(headers);
  const answer = await handle({ id, tag, query, headers, address, person, input: () => inputOf(request) });
  // What is read, and says nothing of itself in headers, is the same for everybody and may lie in caches.
  return method === "GET" && !answer[2] ? cached(answer[1], headers["if-none-match"]) : answer;
}
function cached(body, known) {
  const etag = hash(JSON.stringify(body)); // Of what is sent, not of the time.
  const headers = { ETag: `"${etag}"`, "Cache-Control": "public, max-age=10, stale-while-revalidate=60" };
  return isNamed(etag, known) ? [304, undefined, headers] : [200, body, headers];
}
async function serve(request, response) {
  const [status, body, headers] = await answerTo(request).catch((error) => {
    if (error.answer) return error.answer;
    const instance = random(9); // The client hears no more than where to look.
    if (!request.errored) console.error(instance, error); // Else the client went away before it had said all.
    return problem("500 internal", "Try again in a moment.", { instance }).answer;
  });
  const text = body === undefined ? "" : JSON.stringify(body);
  const described = text ? { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) } : {};
  response.writeHead(status, { ...COMMON, ...described, ...headers }).end(text);
}

setInterval(() => spent.clear(), 60e3);
setInterval(() => {
  try { rewriteJournal(); } catch (error) { console.error(error); } // Another day: the old journal goes on.
}, 86400e3);
const server = http.createServer({ headersTimeout: 10000, requestTimeout: 30000 }, serve);
Object.assign(server, { maxConnections: 900, timeout: 30000 }); // Who takes nothing of an answer is let go, too.
server.listen(Number(LISTEN.port || 80), LISTEN.hostname.replace(/[[\]]/g, ""), () => {
  readJournal(); // Only now: whoever finds the address taken leaves the journal alone.
  rewriteJournal();
  console.log(`Listening on http://${LISTEN.hostname}:${server.address().port}`);
});
