// An Afterword backend without any package, for Node 20 or later: `node afterword.mjs`.
// Here is what is asked and answered. journal.mjs keeps it, text.mjs reads texts, http.mjs knows what all routes share.
// It knows no sign-in but guests, and draws no pages. Headings name sections of contract/CONTRACT.md, which gives the
// reasons.
import { randomInt } from "node:crypto";
import http from "node:http";
import { resolve } from "node:path";
import { COMMON, check, hash, isObject, must, onClientError, random, serving, tagsIn } from "./http.mjs";
import { commit, open, rewrite } from "./journal.mjs";
import { keys, newThread, people, reactions, replies, reports, threadOf, threads, tokens } from "./journal.mjs";
import { faultOfName, folded, isText, isVisible, mentionsIn, quotesOf } from "./text.mjs";

const env = process.env;
const LISTEN = new URL(`http://${env.AFTERWORD_LISTEN || "127.0.0.1:8080"}`);
const FILE = resolve(env.AFTERWORD_FILE || "afterword.jsonl");
const MODERATORS = (env.AFTERWORD_MODERATORS ?? "").split(",").filter(Boolean); // Ids of people.
const LIMITS = env.AFTERWORD_LIMITS === "off" ? Infinity : Number(env.AFTERWORD_LIMITS || 1);
const RATES = { guest: [10, 3600], reply: [10, 60], change: [30, 60], react: [60, 60], report: [20, 3600] };
const API = ""; // What stands before the routes: "/replies-api" where a proxy hands on whole addresses.
const BODY_BYTES = 65536;
const EDIT_SECONDS = 900;
const FEATURES = "viewer reply guest edit history delete react mention report count live".split(" ");
const TAGS = [["like", "Like", "👍"], ["insightful", "Insightful", "💡"], ["thanks", "Thanks", "🙏"]]
  .map(([tag, label, symbol]) => ({ tag, label, symbol }));

const isoTime = (time) => new Date(time).toISOString().replace(/\.\d+/, "");
const secondsSince = (time) => (Date.now() - Date.parse(time)) / 1000;
const isOver = ({ deleted }) => secondsSince(deleted.at) > EDIT_SECONDS;

// ---- What is shown (4. Fields): chosen field by field, so that nothing private slips in.
const isStaff = (person) => MODERATORS.includes(person.id);
const personShown = (person) =>
  ({ id: person.id, name: person.name, posts: person.posts, role: isStaff(person) ? "moderator" : "guest" });
function reactionsTo({ id }) {
  const rows = [...(reactions.get(id)?.values() ?? [])];
  return TAGS.map(({ tag }) => {
    const chose = rows.filter((row) => row.tag === tag).map(({ person }) => people.get(person));
    return { tag, count: chose.length, people: chose.map(({ id, name }) => ({ id, name })) };
  }).filter(({ count }) => count > 0);
}
/** Numbers of those who quote, by the number that they quote. */
function quotersIn(thread) {
  const quoters = {};
  for (const { number, quotes } of thread.replies.filter(({ deleted }) => !deleted)) {
    for (const source of new Set(quotes.map((quote) => quote.number))) (quoters[source] ??= []).push(number);
  }
  return quoters;
}
/** A reply as everybody may see it: of a deleted one only that it was there. */
function shown(reply, quoters = quotersIn(threads.get(reply.thread))) {
  const { id, number, published, edited, revision, format, body, mentions, quotes } = reply;
  const text = reply.deleted ? { status: "deleted", body: "", mentions: [], quotes: [], reactions: [] }
    : { status: "published", body, mentions, quotes, reactions: reactionsTo(reply) };
  const author = personShown(people.get(reply.author));
  return { id, number, author, published, edited, revision, format, quotedBy: quoters[number] ?? [], ...text };
}
/** All that a reply has said, the present text last. */
const textsOf = ({ history, revision, published, edited, format, body, mentions, quotes }) =>
  [...history, { revision, published: edited ?? published, format, body, mentions, quotes }];

// ---- What comes in: every field is looked at before it is believed.
function textIn(input, name, pointer = `#/${name}`) {
  const text = input[name] ?? ""; // null means "not given".
  check(typeof text === "string", "bad-body", pointer, "a text belongs here");
  check(isText(text), "invalid-fields", pointer, "it holds a NUL or half a character");
  return text;
}
/** The text of a new reply or of an edit. Whom it mentions is looked up here, whatever the client says. */
function wordsIn(input) {
  const body = textIn(input, "body");
  const format = textIn(input, "format") || "markdown";
  check(isVisible(body), "invalid-fields", "#/body", "it holds no text");
  check(Buffer.byteLength(body) <= BODY_BYTES, "invalid-fields", "#/body", `it has more than ${BODY_BYTES} bytes`);
  check(["markdown", "text"].includes(format), "invalid-fields", "#/format", "only markdown and text are taken here");
  const list = input.mentions ?? [];
  const isList = Array.isArray(list) && list.every((one) => one === null || isObject(one));
  check(isList, "bad-body", "#/mentions", "a list of people belongs here");
  check(list.length <= 10, "invalid-fields", "#/mentions", "at most ten people can be mentioned");
  const known = new Set(list.map((one) => people.get(textIn(one ?? {}, "id", "#/mentions"))).filter(Boolean));
  return { body, format, mentions: mentionsIn(body, [...known]) };
}
/** The article, kept when its thread is new; never fetched. What cannot be kept is nothing. */
function pageIn(input) {
  const page = input.page ?? {};
  check(isObject(page), "bad-body", "#/page", "an object belongs here");
  const kept = (text, most) => (typeof text === "string" && isText(text) && text.length <= most ? text : null);
  return { title: kept(page.title, 300), url: /^https?:\/\//i.test(page.url) ? kept(page.url, 2000) : null };
}

// ---- Who may do what, and how often.
const signedIn = ({ person }) => must(person, "sign-in-required", "A token is needed, and none came that is good.", {},
  { "WWW-Authenticate": "Bearer" });
const replyAsked = ({ id }) => must(replies.get(id), "unknown-reply", "There is no reply with this id.");
function ownReply(asked) {
  const person = signedIn(asked);
  const reply = replyAsked(asked);
  must(isStaff(person) || reply.author === person.id, "not-allowed", "Only its author may do this.");
  return reply;
}
const inTime = ({ person }, since) =>
  must(isStaff(person) || secondsSince(since) <= EDIT_SECONDS, "edit-window-over", "The time for this is over.");
const mustBeThere = (reply) => must(!reply.deleted, "reply-gone", "This reply was deleted.");
const mustBeOpen = (thread) => must(!thread.locked && thread, "thread-locked", "This thread takes nothing more.");
const threadId = (id, name, pointer) => check(
  id && isText(id) && Buffer.byteLength(id) <= 2000 && id, name, pointer, "it is a text of 1 to 2000 bytes");
const threadAsked = ({ one }) => threadId(one("thread"), "bad-parameter", "thread");

const spent = new Map();
function spend(what, who) {
  const [most, seconds] = RATES[what];
  const began = Date.now() - seconds * 1000;
  const times = (spent.get(`${what} ${who}`) ?? []).filter((time) => time > began);
  const wait = Math.ceil((times[0] - began) / 1000);
  must(times.length < most * LIMITS, "too-many-requests", `Try again in ${wait} seconds.`, {}, { "Retry-After": wait });
  spent.set(`${what} ${who}`, [...times, Date.now()]);
}

// ---- Pages (3.)
const ORDERS = { // What each sorts by, and its cursors hold. An offset would move with every new reply.
  oldest: ({ number }) => [0, number],
  newest: ({ number }) => [0, -number],
  top: (reply) => [reply.deleted ? 0 : -(reactions.get(reply.id)?.size ?? 0), reply.number],
};
const compare = ([score, place], [otherScore, otherPlace]) => score - otherScore || place - otherPlace;
function numberAsked({ one }, name, most, otherwise) {
  const text = one(name) ?? otherwise;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return check(number <= most && number, "bad-parameter", name, `it is a number from 1 to ${most}`);
}
function readPage(asked) {
  const id = threadAsked(asked);
  const thread = threadOf(id);
  const total = thread.replies.length;
  const limit = numberAsked(asked, "limit", 100, "50");
  const order = asked.one("order") ?? "oldest";
  check(Object.hasOwn(ORDERS, order), "bad-parameter", "order", "it is oldest, newest or top");
  const places = thread.replies.map((reply) => [...ORDERS[order](reply), reply]).sort(compare);
  const [which, another] = ["after", "before", "around"].filter(asked.one);
  check(!another, "bad-parameter", another, `it excludes ${which}`);
  let start = 0;
  if (which === "around") {
    const number = Math.min(numberAsked(asked, "around", 999999999), total);
    const at = places.findIndex(([, , reply]) => reply.number === number);
    start = Math.max(0, Math.min(at - Math.floor(limit / 2), total - limit));
  } else if (which) {
    const parts = RegExp(`^${order}\\.(-?\\d{1,9})\\.(-?\\d{1,9})$`).exec(asked.one(which));
    const cursor = check(parts, "bad-cursor", which, "it is no cursor of this order").slice(1).map(Number);
    const ahead = (least) => places.filter((place) => compare(place, cursor) < least).length;
    start = which === "after" ? Math.min(ahead(1), total - 1) : Math.max(ahead(0), 1) - limit;
  }
  const page = places.slice(Math.max(0, start), start + limit);
  const cursorOf = ([score, place]) => `${order}.${score}.${place}`;
  const { title, url, locked, change } = thread;
  const limits = { bodyBytes: BODY_BYTES, editSeconds: EDIT_SECONDS };
  const quoters = quotersIn(thread);
  return [200, {
    version: 1,
    thread: { id, title, url, total, locked, features: FEATURES, reactionTags: TAGS, limits, live: String(change) },
    replies: page.map(([, , reply]) => shown(reply, quoters)),
    previous: start > 0 ? cursorOf(page[0]) : null,
    next: page.length && start + limit < total ? cursorOf(page.at(-1)) : null,
  }];
}

// ---- Writing (5. Rules). A handler waits for the request's body and for nothing else: what it then looks up, judges
// and writes is one step. So there are no transactions, and no key is in flight when another request is looked at.
const tagged = (reply) => [200, shown(reply), { ETag: `"${reply.revision}"` }];
function mustBeSame({ headers }, reply) {
  const revisions = tagsIn(headers["if-match"]) ?? ["*"];
  const [, current, tag] = tagged(reply);
  const isSame = revisions.includes("*") || revisions.includes(reply.revision);
  must(isSame, "revision-changed", "Somebody was faster.", { current }, tag);
}
/** Keeps a reply as it now is, tells those who listen, and answers with it. */
function save(reply, { thread, key } = {}) {
  commit({ thread, reply: { ...reply, change: threadOf(reply.thread).change + 1 }, key });
  tell(threads.get(reply.thread), "reply", { reply: shown(replies.get(reply.id)) });
  return tagged(replies.get(reply.id));
}
/** The first answer to a reply: what it said when it was new, or that it is gone. */
const asPosted = (reply) => shown(reply.deleted ? reply : { ...reply, ...textsOf(reply)[0], edited: null });

async function postReply(asked) {
  const person = signedIn(asked);
  const input = await asked.input();
  const thread = threadId(textIn(input, "thread"), "invalid-fields", "#/thread");
  const words = wordsIn(input);
  const page = pageIn(input);
  const key = asked.headers["idempotency-key"];
  check(!key || /^"[^"\\]{1,200}"$/.test(key), "bad-parameter", "Idempotency-Key", "it is a text in quotation marks");
  const said = hash(JSON.stringify([thread, words.body, words.format, input.mentions ?? []]));
  const before = key && keys.get(`${person.id} ${key}`);
  must(!before || before.said === said, "key-reused", "This key came with another reply.");
  const id = before?.reply ?? random(9);
  if (!before) {
    const { replies: all } = mustBeOpen(threadOf(thread));
    spend("reply", person.id);
    save({
      id, thread, number: all.length + 1, author: person.id, published: isoTime(Date.now()), revision: "1",
      ...words, quotes: quotesOf(words, all), edited: null, history: [], deleted: null, reacted: 0,
    }, {
      thread: threads.has(thread) ? undefined : { ...newThread(), ...page, id: thread },
      key: key && { person: person.id, key, said, reply: id, at: Date.now() },
    });
  }
  const reply = asPosted(replies.get(id));
  const location = `${API}/replies?thread=${encodeURIComponent(thread)}&around=${reply.number}`;
  return [201, reply, { ETag: `"${reply.revision}"`, Location: location }];
}
async function editReply(asked) {
  signedIn(asked);
  const input = await asked.input();
  const reply = ownReply(asked);
  const words = wordsIn(input);
  mustBeThere(reply);
  must(asked.headers["if-match"], "revision-required", "Name the revision that you changed in If-Match.");
  mustBeSame(asked, reply);
  mustBeOpen(threads.get(reply.thread));
  inTime(asked, reply.published);
  spend("change", asked.person.id);
  const quotes = quotesOf(words, threads.get(reply.thread).replies);
  const revision = String(Number(reply.revision) + 1);
  return save({ ...reply, ...words, quotes, edited: isoTime(Date.now()), revision, history: textsOf(reply) });
}
function readHistory(asked) {
  const reply = replyAsked(asked);
  const texts = reply.deleted ? [] : textsOf(reply);
  return [200, texts.map(({ revision, published, format, body }) => ({ revision, published, format, body }))];
}
function deleteReply(asked) {
  const reply = ownReply(asked);
  if (reply.deleted) return tagged(reply);
  mustBeSame(asked, reply);
  inTime(asked, reply.published);
  spend("change", asked.person.id);
  return save({ ...reply, deleted: { at: isoTime(Date.now()), by: asked.person.id } });
}
function restoreReply(asked) {
  const reply = ownReply(asked);
  if (!reply.deleted) return tagged(reply);
  const isOwn = isStaff(asked.person) || reply.deleted.by === asked.person.id;
  must(isOwn, "not-allowed", "A moderator has deleted this.");
  must(reply.body, "edit-window-over", "Its text is not there any more.");
  inTime(asked, reply.deleted.at);
  spend("change", asked.person.id);
  return save({ ...reply, deleted: null });
}
const react = (chosen) => (asked) => {
  const { id: person } = signedIn(asked);
  const { tag } = asked;
  const reply = replyAsked(asked);
  const thread = threads.get(reply.thread);
  must(TAGS.some((known) => known.tag === tag), "unknown-tag", "This thread does not offer that reaction.");
  mustBeThere(reply);
  mustBeOpen(thread);
  if (chosen !== Boolean(reactions.get(reply.id)?.has(`${tag} ${person}`))) { // What is so already is no error.
    spend("react", person);
    commit({ reaction: { reply: reply.id, tag, person, chosen, change: thread.change + 1 } });
    tell(thread, "reactions", { id: reply.id, reactions: reactionsTo(reply) });
  }
  return [200, reactionsTo(reply)];
};
async function postReport(asked) {
  const { id: person } = signedIn(asked);
  const input = await asked.input();
  const { id: reply } = replyAsked(asked);
  const reason = textIn(input, "reason").trim();
  const detail = textIn(input, "detail");
  check(reason && reason.length <= 60, "invalid-fields", "#/reason", "it is a word");
  check(detail.length <= 1000, "invalid-fields", "#/detail", "it has more than 1000 characters");
  if (!reports.has(`${reply} ${person}`)) { // One a person: the second says nothing new.
    spend("report", person);
    commit({ report: { reply, person, reason, detail, at: isoTime(Date.now()) } });
  }
  return [204];
}
async function postGuest(asked) {
  const name = textIn(await asked.input(), "name").trim();
  const staff = ["admin", "administrator", "moderator", "staff", ...MODERATORS.map((id) => people.get(id)?.name ?? "")];
  const fault = faultOfName(name, staff);
  check(!fault, "invalid-fields", "#/name", fault);
  spend("guest", asked.address);
  const token = random(24);
  const id = random(9);
  commit({ person: { id, name, token: hash(token) } }); // Whoever gets hold of the journal cannot write as them.
  return [201, { token, person: personShown(people.get(id)) }];
}

// ---- Who is looking, and what else can be asked (4. Fields).
/** The only personal answer. A token that is no good is like none: reading must not fail because of it. */
function readViewer(asked) {
  const { person } = asked;
  const thread = threadOf(threadAsked(asked));
  const personal = { "Cache-Control": "no-store" };
  if (!person) return [200, { person: null, may: [], replies: {}, pending: [] }, personal];
  const theirs = {};
  for (const { id, author, deleted, published, body } of thread.replies) {
    const end = Date.parse(deleted?.at ?? published) + EDIT_SECONDS * 1000;
    const isTheirs = author === person.id && end >= Date.now() && (!deleted || (deleted.by === author && body));
    const may = isTheirs ? (deleted ? ["restore"] : ["edit", "delete"]) : [];
    const has = ({ tag }) => !deleted && reactions.get(id)?.has(`${tag} ${person.id}`);
    const chosen = TAGS.filter(has).map(({ tag }) => tag);
    if (isTheirs || chosen.length) theirs[id] = { reactions: chosen, may, until: isTheirs ? isoTime(end) : null };
  }
  const writing = thread.locked ? [] : ["reply", "react"];
  const may = [...writing, "report", ...(isStaff(person) ? ["edit", "delete", "restore"] : [])];
  return [200, { person: personShown(person), may, replies: theirs, pending: [] }, personal];
}
function readPeople(asked) {
  const here = new Set(threadOf(threadAsked(asked)).replies.map(({ author }) => author));
  const q = folded(asked.one("q") ?? "");
  const fits = ({ id, name, posts }) => posts > 0 && (q ? ` ${folded(name)}`.includes(` ${q}`) : here.has(id));
  const likelier = (one, other) => here.has(other.id) - here.has(one.id) || other.posts - one.posts;
  return [200, [...people.values()].filter(fits).sort(likelier).slice(0, 20).map(personShown)];
}
function readCounts({ all }) {
  const ids = all("thread").map((id) => threadId(id, "bad-parameter", "thread"));
  check(ids.length >= 1 && ids.length <= 100, "bad-parameter", "thread", "1 to 100 threads are counted");
  return [200, Object.fromEntries(ids.map((id) => [id, threadOf(id).replies.length]))];
}

// ---- Live (5. Rules). Each reply knows its last change, so what somebody missed is found without a log.
const listeners = new Map(); // Open answers, by thread.
function event({ change, locked, replies }, kind, more, id = change) {
  const data = JSON.stringify({ event: kind, total: replies.length, locked, ...more });
  return `id: ${id}\nevent: ${kind}\ndata: ${data}\n\n`;
}
function tell(thread, kind, more) {
  for (const response of listeners.get(thread.id) ?? []) {
    if (response.writableLength > 1 << 20) response.destroy(); // Too slow: it comes back, and says where it was.
    else response.write(event(thread, kind, more));
  }
}
function missed(thread, since) {
  const news = thread.replies.flatMap((reply) => [
    [reply.change, "reply", () => ({ reply: shown(reply) })],
    [reply.deleted ? 0 : reply.reacted, "reactions", () => ({ id: reply.id, reactions: reactionsTo(reply) })],
  ]).filter(([change]) => change > since).sort(([one], [other]) => one - other);
  if (!(since <= thread.change) || news.length > 100) return event(thread, "reset");
  return news.map(([change, kind, more]) => event(thread, kind, more(), change)).join("");
}
function listen({ response, headers, one, ...asked }) {
  const id = threadAsked({ one });
  const count = [...listeners.values()].reduce((sum, { size }) => sum + size, 0);
  must(count < 600, "unavailable", "Enough are listening; ask for pages instead.", {}, { "Retry-After": 60 });
  response.writeHead(200, { ...COMMON, "Content-Type": "text/event-stream", "X-Accel-Buffering": "no" });
  if (asked.isHead) return void response.end();
  const since = headers["last-event-id"] ?? one("since");
  response.write(`retry: ${randomInt(3000, 8000)}\n\n`); // Not the same for everybody, or all come back at once.
  if (since !== undefined) response.write(missed(threadOf(id), Number(since)));
  listeners.set(id, (listeners.get(id) ?? new Set()).add(response));
  const beat = setInterval(() => response.write(":\n\n"), 15000);
  response.on("close", () => {
    clearInterval(beat);
    listeners.get(id).delete(response);
    if (!listeners.get(id).size) listeners.delete(id);
  });
}

// ---- The routes (2.)
const routes = [
  ["GET", "/replies", readPage],
  ["POST", "/replies", postReply],
  ["PATCH", "/replies/*", editReply],
  ["DELETE", "/replies/*", deleteReply],
  ["GET", "/replies/*/history", readHistory],
  ["POST", "/replies/*/restore", restoreReply],
  ["PUT", "/replies/*/reactions/*", react(true)],
  ["DELETE", "/replies/*/reactions/*", react(false)],
  ["POST", "/replies/*/reports", postReport],
  ["POST", "/guests", postGuest],
  ["GET", "/viewer", readViewer],
  ["GET", "/people", readPeople],
  ["GET", "/counts", readCounts],
  ["GET", "/live", listen],
].map(([method, path, handle]) => [method, API + path, handle]);

open(FILE, isOver);
setInterval(() => {
  spent.clear();
  try { rewrite(isOver); } catch (error) { console.error(error); } // Another day: the old journal goes on.
}, 86400e3);
const bounds = { headersTimeout: 10000, requestTimeout: 30000, maxHeaderSize: 32768 };
const server = http.createServer(bounds, serving(routes, (token) => people.get(tokens.get(token))));
server.on("clientError", onClientError);
server.maxConnections = 900;
server.setTimeout(60000); // Without a byte either way; streams have their comment lines.
server.listen(Number(LISTEN.port || 80), LISTEN.hostname.replace(/[[\]]/g, ""), () => {
  console.log(`Listening on http://${LISTEN.hostname}:${server.address().port}${API}`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
