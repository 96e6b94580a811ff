// What is kept: everything in memory, and a journal of JSON lines from which it is read back at the next start.
// A record is the whole new state of one thing. So reading the journal is putting one record over the other, and a
// shorter journal is one record of each. Knows no HTTP, no rule of the contract, and nobody's rights.
import fs from "node:fs";
import { dirname } from "node:path";

export const people = new Map(); // By id.
export const tokens = new Map(); // Ids of people, by the hash of their token.
export const threads = new Map(); // By id, each with its replies in the order of their numbers.
export const replies = new Map(); // By id.
export const reactions = new Map(); // By the reply's id: a map of rows, in the order in which they were chosen.
export const reports = new Map(); // By reply and person.
export const keys = new Map(); // By person and Idempotency-Key.

export const newThread = () => ({ title: null, url: null, locked: false, change: 0, replies: [] });
export const threadOf = (id) => threads.get(id) ?? newThread();

const KEEP = {
  person(person) {
    people.set(person.id, { ...person, posts: 0 });
    tokens.set(person.token, person.id);
  },
  thread(thread) {
    threads.set(thread.id, { ...threadOf(thread.id), ...thread });
  },
  reply(reply) {
    const thread = threads.get(reply.thread);
    if (!replies.has(reply.id)) people.get(reply.author).posts += 1;
    replies.set(reply.id, reply);
    thread.replies[reply.number - 1] = reply;
    thread.change = Math.max(thread.change, reply.change, reply.reacted);
  },
  // One row for each person and tag: rows are counted, and no counter can drift.
  reaction({ reply: id, tag, person, chosen, change }) {
    const reply = replies.get(id);
    const thread = threads.get(reply.thread);
    const rows = reactions.get(id) ?? new Map();
    if (chosen) rows.set(`${tag} ${person}`, { tag, person, change });
    else rows.delete(`${tag} ${person}`);
    reactions.set(id, rows);
    reply.reacted = Math.max(reply.reacted, change);
    thread.change = Math.max(thread.change, change);
  },
  report(report) {
    reports.set(`${report.reply} ${report.person}`, report);
  },
  key(key) {
    keys.set(`${key.person} ${key.key}`, key);
  },
};

function apply(line) {
  for (const [kind, record] of Object.entries(JSON.parse(line))) KEEP[kind](record);
}

/** The open file: where it is, and what it has to be like unless somebody else writes to it, too. */
const journal = { file: null, fd: null, inode: null, size: 0 };

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** Writes records as one line, and only then makes them true: what was answered is there after a power cut. */
export function commit(records) {
  const line = JSON.stringify(records);
  const bytes = Buffer.from(`${line}\n`);
  const found = fs.statSync(journal.file);
  if (found.ino !== journal.inode || found.size !== journal.size) {
    stop(`Somebody else has written to ${journal.file}: stopping here.`);
  }
  try {
    fs.writeFileSync(journal.fd, bytes);
    fs.fsyncSync(journal.fd);
  } catch (error) {
    fs.ftruncateSync(journal.fd, journal.size); // Half a line would spoil the next one.
    throw error;
  }
  journal.size += bytes.length;
  apply(line);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`).length > 0; // Empty where it is dead and not yet buried.
  } catch {
    return true;
  }
}

/** Only one process may write: two would give out the same numbers. */
function lock(file) {
  if (fs.existsSync(file)) {
    const pid = Number(fs.readFileSync(file, "utf8"));
    const taken = pid !== process.pid && isAlive(pid);
    if (taken) stop(`Process ${pid} writes here already. If it is no Afterword, delete ${file}.`);
    fs.rmSync(file, { force: true }); // Whoever had it was killed.
  }
  fs.writeFileSync(file, String(process.pid), { flag: "wx" });
  process.on("exit", () => {
    if (fs.readFileSync(file, "utf8") === String(process.pid)) fs.rmSync(file);
  });
}

/** Opens the journal and reads it. What `isOver` says of a deleted reply is whether its text may go. */
export function open(file, isOver) {
  journal.file = file;
  lock(`${file}.lock`);
  const lines = fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n") : [""];
  lines.pop(); // Empty, or torn: what was not written to its end when the power went was never answered.
  for (const [at, line] of lines.entries()) {
    try {
      apply(line);
    } catch (error) {
      stop(`${file}, line ${at + 1}, cannot be read: ${error.message}`);
    }
  }
  rewrite(isOver);
}

function* records() {
  for (const person of people.values()) yield { person };
  for (const thread of threads.values()) yield { thread: { ...thread, replies: [] } };
  for (const reply of replies.values()) yield { reply };
  for (const [reply, rows] of reactions) {
    for (const row of rows.values()) yield { reaction: { ...row, reply, chosen: true } };
  }
  for (const report of reports.values()) yield { report };
  for (const key of keys.values()) yield { key };
}

/** Forgets what is over, and writes the journal anew: only then is a deleted text really gone. */
export function rewrite(isOver) {
  for (const [name, { at }] of keys) if (Date.now() - at > 86400e3) keys.delete(name);
  for (const reply of replies.values()) {
    if (!reply.deleted || !isOver(reply)) continue;
    Object.assign(reply, { body: "", mentions: [], quotes: [], history: [] });
    reactions.delete(reply.id);
  }
  const fresh = `${journal.file}.new`;
  fs.rmSync(fresh, { force: true });
  const fd = fs.openSync(fresh, "a", 0o600);
  for (const record of records()) fs.writeFileSync(fd, `${JSON.stringify(record)}\n`);
  fs.fsyncSync(fd);
  fs.renameSync(fresh, journal.file);
  const folder = fs.openSync(dirname(journal.file), "r");
  fs.fsyncSync(folder); // Or the power may take the new name, and with it what is written next.
  for (const old of [folder, journal.fd]) if (old !== null) fs.closeSync(old);
  const { ino, size } = fs.fstatSync(fd);
  Object.assign(journal, { fd, inode: ino, size });
}
