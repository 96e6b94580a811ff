// What is the same for every route, as contract/CONTRACT.md has it under "6. HTTP": problems, other origins, caches,
// what is read of a request and how much of it. Knows no thread and no reply.
import { createHash, randomBytes } from "node:crypto";

const ADDRESS_BYTES = 16384;
const REQUEST_BYTES = 6 * 65536 + 16384; // The longest body of a reply, in JSON: a byte may come as \u0061.
const PROXIES = Number(process.env.AFTERWORD_PROXIES || 0); // How many of our own stand in front.

const STATUS = {
  "bad-parameter": 400, "bad-cursor": 400, "bad-body": 400, "sign-in-required": 401, "not-allowed": 403,
  "thread-locked": 403, "edit-window-over": 403, "unknown-route": 404, "unknown-reply": 404, "unknown-tag": 404,
  "method-not-allowed": 405, "reply-gone": 409, "revision-changed": 412, "body-too-large": 413,
  "address-too-long": 414, "not-json": 415, "invalid-fields": 422, "key-reused": 422, "revision-required": 428,
  "too-many-requests": 429, "internal": 500, "unavailable": 503,
};
/** Whatever is wrong with a request is thrown as one, and written out in one place. */
export class Problem extends Error {
  constructor(name, detail, more = {}, headers = {}) {
    super(detail);
    const title = name[0].toUpperCase() + name.slice(1).replaceAll("-", " ");
    const body = { type: `urn:afterword:problem:${name}`, title, status: STATUS[name], detail, ...more };
    this.answer = [STATUS[name], body, { "Content-Type": "application/problem+json", ...headers }];
  }
}

/** The value, if there is one; a problem otherwise. */
export function must(value, name, detail, more, headers) {
  if (value) return value;
  throw new Problem(name, detail, more, headers);
}
export const check = (value, name, pointer, detail) =>
  must(value, name, `${pointer}: ${detail}.`, { errors: [{ pointer, detail }] });

export const hash = (text) => createHash("sha256").update(text).digest("base64url");
export const random = (bytes) => randomBytes(bytes).toString("base64url");
export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** The tags in `If-Match` or `If-None-Match`; proxies that compress make them weak. */
export const tagsIn = (header) =>
  header?.split(",").map((tag) => tag.trim().replace(/^W\//, "").replace(/^"(.*)"$/, "$1"));

export const COMMON = {
  "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Location, Retry-After",
  "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
};
const PREFLIGHT = {
  "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE", "Access-Control-Max-Age": "7200",
  "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-Match",
};

/** The body of a request: an object, in JSON. Its size is looked at while it is read. */
async function inputOf(request) {
  const [type] = (request.headers["content-type"] ?? "").split(";");
  must(type.trim().toLowerCase() === "application/json", "not-json", "Send application/json.");
  const parts = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    size += part.length;
    must(size <= REQUEST_BYTES, "body-too-large", `At most ${REQUEST_BYTES} bytes.`, {}, { Connection: "close" });
    parts.push(part);
  }
  let input = null;
  try {
    input = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(parts)));
  } catch { /* Then it is no object either. */ }
  return check(isObject(input) && input, "bad-body", "#", "an object in JSON, as UTF-8, belongs here");
}

/** Where a request comes from, as far as limits are concerned. */
function addressOf({ headers, socket }) {
  const hops = [...(headers["x-forwarded-for"] ?? "").split(","), socket.remoteAddress ?? ""];
  const address = (hops.at(-1 - PROXIES) ?? "").trim();
  return address.includes(".") ? address : address.split(":").slice(0, 4).join(":"); // A household has a /64.
}

/** `all` values of a parameter, or the `one` that it may have; an empty one is none. */
function parametersIn(query) {
  let pairs = null;
  try {
    const decoded = (text) => decodeURIComponent(text.replaceAll("+", " "));
    pairs = query.split("&").map((pair) => /^([^=]*)=?(.*)$/.exec(pair).slice(1).map(decoded));
  } catch { /* Bytes that are no UTF-8. Replaced by something, two threads would become one. */ }
  check(pairs, "bad-parameter", "query", "it is no UTF-8");
  const all = (name) => pairs.filter(([given]) => given === name).map(([, value]) => value);
  const one = (name) => {
    const [value, another] = all(name);
    check(another === undefined, "bad-parameter", name, "it stands there twice");
    return value || undefined;
  };
  return { all, one };
}

/** Status, body and headers; nothing where the handler goes on writing by itself. */
async function answerTo(request, response, table, personOf) {
  const { headers, url } = request;
  must(url.length <= ADDRESS_BYTES, "address-too-long", `An address may have ${ADDRESS_BYTES} bytes.`);
  const [, path, query] = /^([^?]*)\??(.*)$/.exec(url);
  const routes = table.filter(([, pattern]) => pattern.test(path));
  must(routes.length, "unknown-route", "There is nothing at this address.");
  if (request.method === "OPTIONS") return [204, undefined, PREFLIGHT];
  const method = request.method === "HEAD" ? "GET" : request.method;
  const allow = routes.map(([takes]) => takes).join(", ");
  const route = routes.find(([takes]) => takes === method);
  const [, pattern, handle] = must(route, "method-not-allowed", `This address takes ${allow}.`, {}, { Allow: allow });
  const [, id, tag] = pattern.exec(path);
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization)?.[1];
  const answer = await handle({
    id, tag, headers, response, ...parametersIn(query), isHead: request.method === "HEAD",
    person: token && personOf(hash(token)), address: addressOf(request), input: () => inputOf(request),
  });
  // What is read, and says nothing else of itself, is the same for everybody and may lie in caches.
  if (method !== "GET" || !answer || answer[2]) return answer;
  const etag = hash(JSON.stringify(answer[1])); // Of what is sent, not of the time.
  const known = tagsIn(headers["if-none-match"]) ?? [];
  const cached = { ETag: `"${etag}"`, "Cache-Control": "public, max-age=10, stale-while-revalidate=60" };
  return known.includes(etag) || known.includes("*") ? [304, undefined, cached] : [200, answer[1], cached];
}

/**
 * Answers requests by a table of `[method, path, handler]`, in whose paths `*` is a part that handlers get as `id` and
 * `tag`. `personOf` knows people by the hash of their token.
 */
export function serving(routes, personOf) {
  const pattern = (path) => RegExp(`^${path.replaceAll("*", "([^/]+)")}$`);
  const table = routes.map(([method, path, handle]) => [method, pattern(path), handle]);
  return async (request, response) => {
    const answer = await answerTo(request, response, table, personOf).catch((error) => {
      if (error instanceof Problem) return error.answer;
      const instance = random(9); // The client hears no more than where to look.
      if (!request.destroyed) console.error(instance, error);
      return new Problem("internal", "Try again in a moment.", { instance }).answer;
    });
    if (!answer || response.headersSent) return;
    const [status, body, headers] = answer;
    const text = body === undefined ? "" : JSON.stringify(body);
    const described = text ? { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) } : {};
    response.writeHead(status, { ...COMMON, ...described, ...headers }).end(text);
  };
}

/** What is no HTTP, or comes too slowly, never gets as far as a handler. */
export function onClientError(error, socket) {
  const isLate = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
  const isLarge = error.code === "HPE_HEADER_OVERFLOW";
  const name = isLate ? "408 Request Timeout" : isLarge ? "431 Request Header Fields Too Large" : "400 Bad Request";
  const text = JSON.stringify({ type: "about:blank", title: name.slice(4), status: Number(name.slice(0, 3)) });
  const kind = "Content-Type: application/problem+json\r\nAccess-Control-Allow-Origin: *\r\nCache-Control: no-store";
  const head = `HTTP/1.1 ${name}\r\nConnection: close\r\n${kind}\r\nContent-Length: ${text.length}\r\n\r\n`;
  if (socket.writable) socket.end(head + text);
}
