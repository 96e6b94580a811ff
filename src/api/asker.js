/*
 * What the backend is asked, and by what it knows who asks: the host page's token, asked for at each use, or a guest's,
 * which is kept for this backend. Nothing else ever holds one.
 *
 * The build puts this behind the glue, see browser/page.js. How to wait (`inTime`), and what other pages know of the
 * reader's writing (`wroteLately`), runtime.js has from embed.js.
 */

/** So long an answer is waited for, in milliseconds. */
const ANSWER_PATIENCE = 30000;

/** The questions of one widget. */
class Asker {
  /** `first` is a request that was sent before the module ran: `{url, response}`. */
  constructor(host, api, first) {
    // Under this key the guest is kept; `guest` is for a browser that keeps nothing.
    Object.assign(this, { host, key: `afterword:guest:${api}`, first, guest: undefined, end: new AbortController() });
    this.waiting = new Set();
    addEventListener("pagehide", () => this.hurry(), { signal: this.end.signal });
  }

  /** Does what asks once the page is seen as it now stands, and at once where page or widget go before that. */
  whenSeen(ask) {
    const act = () => this.waiting.delete(act) && ask();
    this.waiting.add(act);
    whenSeen(act);
  }

  hurry() {
    for (const act of this.waiting) act();
  }

  /**
   * Asks once, and `done` hears the answer's status, after how many seconds to try again, and its text; status 0 and
   * an error's name where none came. `identity` is 0 for a call that does not say who asks, 1 for one that does where
   * there is a token, 2 for one that makes no sense without.
   */
  async ask(url, method, headers, body, identity, done) {
    const failed = (error) => [0, undefined, String(error?.name)];
    done(...(await this.answer(url, { method, headers, body }, identity).catch(failed)));
  }

  /** A token that the backend does not know is asked for anew, once; without one that is needed nothing is sent. */
  async answer(url, init, identity, refused) {
    const token = identity ? await this.token(refused) : undefined;
    if (!token && identity > 1) return [0, undefined, "SignInNeeded"];
    if (token) init.headers.set("Authorization", `Bearer ${token}`);
    const { first } = this;
    this.first = undefined;
    const response = await (first?.url === url ? first.response : this.send(url, init));
    const { ok, status } = response;
    const text = await response.text();
    if (ok && init.method !== "GET") {
      beginStaleness();
      // Kept across pages: whoever has written may reload to look at it.
      keepUnder("afterword:wrote", staleSince);
    }
    if (token && status === 401) {
      if (this.known() === token) this.keepGuest(undefined);
      init.headers.delete("Authorization");
      if (refused === undefined) return this.answer(url, init, identity, token);
    }
    const wait = response.headers.get("retry-after");
    return [status, /^\d{1,9}$/.test(wait) ? Number(wait) : undefined, text];
  }

  /**
   * It ends when patience does, and what is only read with all others: what somebody did goes on without the widget, and
   * without the page, where it is short: browsers let 64 KB outlive a page. No cookies travel with it, nor other credentials.
   */
  send(url, init) {
    const patience = AbortSignal.timeout(ANSWER_PATIENCE);
    const reads = init.method === "GET";
    // Missing in some browsers that can do everything else; then a request outlives its widget, and nothing more.
    const signal = (reads && AbortSignal.any?.([patience, this.end.signal])) || patience;
    const keepalive = !reads && !(init.body?.length > 9999);
    const cache = mayBeStale() ? "no-cache" : "default";
    return fetch(url, { ...init, credentials: "omit", signal, keepalive, cache });
  }

  /** The token to use now. The page hears which one was refused, if one was. */
  async token(refused) {
    try {
      const given = await inTime(Promise.resolve(this.host.getToken(refused)), ANSWER_PATIENCE);
      if (given && typeof given === "string") return given;
    } catch {
      // The page has none to give.
    }
    return this.known();
  }

  /** The guest's. */
  known() {
    return this.guest ?? allowed(() => JSON.parse(findKept(this.key)).token);
  }

  /** The viewer is this guest from now on, as JSON; or nobody, if the backend knows the guest no longer. */
  keepGuest(guest) {
    this.guest = guest && JSON.parse(guest).token;
    if (guest) keepUnder(this.key, guest);
    else dropKept(this.key);
  }

  /** What the reader saw done is sent before. */
  abort() {
    this.hurry();
    this.end.abort();
  }
}

/** Since when caches are stale, in milliseconds since 1970. */
let staleSince = 0;

/**
 * For a while after the viewer has written, or has heard what others did, what caches hold is older than what they have
 * seen: then every answer is checked with the backend.
 */
function beginStaleness() {
  staleSince = Date.now();
}

/** As long as the contract lets an answer be used before it is asked for again, and some more. */
const mayBeStale = () => Date.now() - staleSince < 90000 || wroteLately();
