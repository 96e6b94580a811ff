/*
 * The module at work in an element: how it is started, mounted, told what happens on the page, and taken down; and how
 * it takes over what was drawn before it came.
 *
 * The build puts this behind the glue, with window.js and live.js, as afterword.js. embed.js brings the elements' state
 * (`it`) and what both need; nothing here is known to the Rust side but `mount` and the handle it gives.
 */

/** Filled in by the build with the minified style sheets that only taking part needs. */
const LATER_STYLE = "/*{{LATER_STYLE}}*/";

/** What happens to a widget, by its number: embed.rs has the same, and says what each means. */
const DRAW = 0;
const RELOAD = 1;
const TIME_PASSED = 2;
const ADDRESS_CHANGED = 3;
const SELECTION_CHANGED = 4;
const ESCAPE_PRESSED = 5;
const NETWORK_CHANGED = 6;
const NEWS_WANTED = 7;

/** The replies are told the time so often, in milliseconds. */
const TICK = 30000;

/**
 * A line of a stack inside the module, which has been given this name: `wasm://wasm/afterword-0123abcd:wasm-function[4]`
 * in Chromium, `afterword.@address:wasm-function[4]` in Firefox, `name@afterword:wasm-function[4]` in WebKit. One for
 * development is called afterword.wasm.
 */
const MODULE =
  /(wasm:\/\/wasm\/afterword(\.wasm)?-[\da-f]+|^afterword(\.wasm)?\.[^@\n]*@[^\n]*|@afterword(\.wasm)?):wasm-function/m;

/** Every sentence of ours. The module's own about its attributes have the same form. */
const SENTENCES = {
  thread: () =>
    "The attribute “thread” is missing; expected the id of a thread, since this page has no web address to take it from.",
  theme: ({ value }) =>
    `The attribute “theme” says “${value}”; expected auto, light, dark, or a CSS selector that matches while the page is dark.`,
  loading: ({ value }) => `The attribute “loading” says “${value}”; expected lazy, eager or interaction.`,
  stylesheet: ({ value, why }) =>
    `The attribute “stylesheet” says “${value}”; expected the address of a CSS file or the name of a theme that comes with Afterword, but ${why}`,

  cannot: (why) => `The replies cannot be shown: ${why}`,
  still: (why) => `The replies can be read and not answered: ${why}`,
  missing: () => "WebAssembly is switched off in this browser, as Lockdown Mode and some security settings do.",
  forbidden: () => "this page's Content-Security-Policy forbids WebAssembly. Add 'wasm-unsafe-eval' to script-src.",
  crash: () => "The replies stopped because of a fault in Afterword. Nothing else on this page is affected.",

  status: ({ url, status }) => `${url} answered ${status}.`,
  unreachable: ({ url, origin }) =>
    `${url} cannot be reached. Check the connection, content blockers, the server's CORS headers, ` +
    `and that the page's Content-Security-Policy allows ${origin} in connect-src.`,
  type: ({ url, type, wanted }) => `${url} is served as ${type || "no type"}, not as ${wanted}.`,
  broken: ({ url, message }) => `${url} does not start (${message}).`,
};

/** This file with the glue's exports; the promise that the module runs. Once an instance. */
let glue, started;

/** What embed.js gave. */
let FOR_MODULE, PATIENCE, PRESSED, THEME_PATIENCE, Failure, addressFor, addressOf, announce, apiOf, asksForDark;
let dress, dropEngine, fail, inTime, loadTheme, loading, hasPlaceholder, notice, paint, present, putAside, tell, wroteLately;

/** Whether the module died of `error`: a trap, or a stack that ran over inside it. */
const isTrap = (error) =>
  (typeof WebAssembly === "object" && error instanceof WebAssembly.RuntimeError) ||
  ((error instanceof RangeError || error?.name === "InternalError") && /stack|recursion/i.test(error.message));

const unreachable = (url) => SENTENCES.unreachable({ url, origin: addressOf("/", url) ?? url });

// --- The module ------------------------------------------------------------------------------------------------------

/** Called once, before everything else. `binary`, unless the page forbids any: the module's answer and its body, on their way. */
export function begin(tools, file, binaryUrl, binary, forbidden) {
  // In the order in which it stands there.
  [
    FOR_MODULE,
    PATIENCE,
    PRESSED,
    THEME_PATIENCE,
    Failure,
    addressFor,
    addressOf,
    announce,
    apiOf,
    asksForDark,
    dress,
    dropEngine,
    fail,
    inTime,
    loadTheme,
    loading,
    hasPlaceholder,
    notice,
    paint,
    present,
    putAside,
    tell,
    wroteLately,
  ] = tools;
  glue = file;
  started = start(binaryUrl, binary, forbidden);
  started.catch(() => {}); // Whoever is served hears of it.
}

async function start(binaryUrl, binary, forbidden) {
  if (forbidden) {
    const [reason, why] =
      typeof WebAssembly === "object"
        ? ["webassembly-forbidden", SENTENCES.forbidden()]
        : ["webassembly-missing", SENTENCES.missing()];
    throw Object.assign(new Failure(reason, SENTENCES.cannot(why), { again: false, cause: forbidden }), { why });
  }
  const failure = (why, cause) => new Failure("module", SENTENCES.cannot(why), { cause });
  const late = () => Promise.reject(failure(unreachable(binaryUrl)));
  const soon = (promise) => inTime(promise, PATIENCE, late);
  const sorted = await soon(moduleOf(binary, binaryUrl, failure));
  try {
    const { instance, module } = await WebAssembly.instantiate(whole(sorted), __wbg_get_imports());
    __wbg_finalize_init(instance, module);
  } catch (cause) {
    throw failure(SENTENCES.broken({ url: binaryUrl, message: cause?.message ?? cause }), cause);
  }
}

/** The module's bytes, from its answer and what that holds. */
async function moduleOf(binary, url, failure) {
  const [{ ok, status, headers }, bytes] = await binary.catch((cause) => {
    throw failure(unreachable(url), cause);
  });
  if (!ok) throw failure(SENTENCES.status({ url, status }));
  const sorted = new Uint8Array(bytes);
  // Servers that answer a missing file with the start page and 200 end up here.
  if (String(sorted.subarray(0, 4)) !== "0,97,115,109") {
    throw failure(SENTENCES.type({ url, type: headers.get("content-type"), wanted: "a WebAssembly module" }));
  }
  return sorted;
}

/** A trap leaves the instance unusable for all, so every element that it served says so. */
function bury(engine, cause) {
  dropEngine(engine);
  for (const it of [...present]) {
    if (it.engine === engine) fail(it, new Failure("crash", SENTENCES.crash(), { cause }));
  }
}

/**
 * Most traps happen in the module's own event handlers and promises: the page's error events show them. Other
 * modules trap too; ours is told by its name in the stack, or by this file's address.
 */
function watchForCrash(engine, signal) {
  const watch = (event) => {
    const error = event.error ?? event.reason;
    const stack = `${event.filename}\n${error?.stack}`;
    if (isTrap(error) && (MODULE.test(stack) || stack.includes(import.meta.url))) bury(engine, error);
  };
  addEventListener("error", watch, { signal });
  addEventListener("unhandledrejection", watch, { signal });
}

// --- Serving one element -----------------------------------------------------------------------------------------------

/** Shows the thread in an element, until `signal`. */
export async function serve(it, signal) {
  const { host, base } = it;
  const { engine } = it;
  const theme = loadTheme(it);
  dress(it, LATER_STYLE);
  it.remark = (name) => remark(it, name);
  for (const name of ["theme", "loading", "stylesheet"]) it.remark(name);
  if (it.thread === null) throw new Failure("attribute", SENTENCES.thread(), { again: false });
  let first;
  try {
    first = firstRequest(it, signal);
  } catch {
    // No head start: an id that no address can hold, or a page that has replaced fetch. The module will say it.
  }
  try {
    await started;
  } catch (failure) {
    dropEngine(engine);
    if (failure.again || signal.aborted) throw failure;
    await readOnly(it);
    const { reason, why, cause } = failure;
    const sentence = it.paper ? SENTENCES.still : SENTENCES.cannot;
    throw new Failure(reason, sentence(why), { again: false, cause });
  }
  await inTime(theme, THEME_PATIENCE);
  if (signal.aborted) return;
  watchForCrash(engine, signal);
  let widget;
  const steer = (order) => {
    try {
      return order(widget);
    } catch (error) {
      if (isTrap(error)) bury(engine, error);
      else tell("error", String(error?.message ?? error), host, error);
    }
  };
  let isReady = false;
  const heard = (event) => {
    // Remarks on our own attributes are errors too, but none that keeps the replies away.
    if (event.target === host && event.detail?.reason !== "attribute") {
      // What fails later is not the first page.
      if (isReady && event.type !== "afterword-ready") return;
      isReady = event.type === "afterword-ready";
      settle(it, event.type, draw, attend, signal);
    }
  };
  host.addEventListener("afterword-ready", heard, { signal });
  host.addEventListener("afterword-error", heard, { signal });
  const attend = () => {
    // A backend at the root has no name, and no `src` beside it.
    const name = `${apiOf(it) || (host.getAttribute("src") ?? "").trim()} ${it.thread}`;
    watch(host, base, steer, name, signal);
    // Of what was selected before, nobody has told the module.
    if (getSelection().rangeCount) steer((widget) => widget.happen(SELECTION_CHANGED));
  };
  // For the module's panic hook, which runs inside the module: nothing may call back into it yet. It is the
  // module's and not this element's, which may be gone by then.
  const crashed = (message) => queueMicrotask(() => bury(engine, new Error(message)));
  takeUp(it);
  clear(it);
  const draw = (over, done) => steer((widget) => (over ? widget.draw_over(over, done) : widget.happen(DRAW)));
  try {
    widget = glue.mount(host, base, { ...optionsOf(it), first, crashed });
  } catch (error) {
    if (isTrap(error)) return bury(engine, error);
    // A string is the module's own sentence about an attribute, anything else was not foreseen.
    throw typeof error === "string" ? new Failure("attribute", error, { again: false }) : error;
  }
  // The page may have heard of it and taken it away.
  if (signal.aborted) return steer((widget) => widget.unmount());
  it.handle = {
    goTo: (number) => steer((widget) => widget.go_to(number)),
    quote: (number) => steer((widget) => widget.quote(number)),
    reload: () => steer((widget) => widget.happen(RELOAD)),
    speak: () => steer((widget) => widget.configure(optionsOf(it))),
    unmount() {
      try {
        widget.unmount();
      } catch (error) {
        // It goes when the call is over in the middle of which the page has taken it away.
        if (/borrowed/.test(error?.message)) return;
        tell("error", SENTENCES.crash(), error);
        if (isTrap(error)) bury(engine, error);
      }
    },
  };
  inform(steer, signal);
  if (!it.paper) attend();
  // What we have to say stands above what the module has drawn.
  base.prepend(...it.remarks.values());
  if (it.wanted) it.handle.goTo(it.wanted);
  it.wanted = null;
}

/** What was put aside goes where the module keeps its drafts, behind what is there. */
function takeUp(it) {
  const { thread, paper } = it;
  const place = `${apiOf(it)}:${thread}`;
  const [asideKey, draftKey] = [`afterword:aside:${place}`, `afterword:draft:${place}:new`];
  // It begins with the blank line that parts it from what is before it. What still stands in a field comes by that.
  const aside = ((paper && it.asideBefore) ?? findKept(asideKey))?.slice(2);
  // What is no draft is not ours.
  const draft = allowed(() => JSON.parse(findKept(draftKey)));
  const text = draft?.text ? `${draft.text}\n\n${aside}` : aside;
  // Under its key another text was sent.
  if (aside && !keepUnder(draftKey, JSON.stringify({ ...draft, text, key: undefined }))) return;
  dropKept(asideKey);
  it.asideBefore = null;
}

/** The module can never run here: what a backend has drawn is all there will be. What only it can do goes. */
async function readOnly(it) {
  it.mute = mute;
  it.redraw = async () => {
    it.painted = null;
    await paint(it);
    if (it.paper) mute(it.paper);
  };
  // To the reply that is next at that end, by its address.
  it.turn = (button) => {
    const numbers = [...it.paper.querySelectorAll('[part~="reply"]')].map(({ id }) => Number(/\d*$/.exec(id)[0]));
    const [first, last] = [numbers[0], numbers.at(-1)];
    const step = last < first ? -1 : 1;
    const isNext = button.closest("[data-end]").dataset.end === "next";
    location.hash = `#${it.anchor}reply-${isNext ? last + step : first - step}`;
  };
  if (!it.paper) return it.redraw();
  putAside(it);
  mute(it.paper);
}

/** In `drawn`, a button that can never do anything is its words, and nobody writes. */
function mute(drawn) {
  drawn.querySelector("textarea")?.remove();
  for (const button of drawn.querySelectorAll("button")) {
    if (button.closest("[data-end]")) continue;
    const words = document.createElement("span");
    for (const { name, value } of button.attributes) if (/^(part|class|title)$/.test(name)) words.setAttribute(name, value);
    words.append(...button.childNodes);
    button.replaceWith(words);
  }
}

function optionsOf(it) {
  const attributes = {};
  for (const name of FOR_MODULE) if (it.host.hasAttribute(name)) attributes[name] = it.host.getAttribute(name);
  // Who came by a link to a reply was led there already, and may have gone on.
  const { thread, lang, anchor, led: arrived } = it;
  return { attributes, thread, lang, anchor, drawn: Boolean(it.paper), arrived, ...("trustedTypes" in window && { trust }) };
}

/**
 * The module's own first request, sent while the module is on its way. Its address is built as the module builds it;
 * if the two ever differ, this one was in vain and nothing else happens. No header is set: so no preflight is
 * needed, and any cache may answer. High priority: it is small, and what it brings is what people came for.
 */
function firstRequest(it, signal) {
  const src = it.host.getAttribute("src")?.trim();
  const url = src ? !it.host.getAttribute("api") && addressOf(src, it.host.baseURI) : addressFor(it, "replies");
  if (!url) return undefined;
  // As long as the module waits for the others, and no longer for an answer that is here while the module is
  // not. Where signals cannot be joined, as long as it takes.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException("", "TimeoutError")), ANSWER_PATIENCE);
  const ends = AbortSignal.any?.([signal, late.signal]) ?? signal;
  const cache = wroteLately() ? "no-cache" : "default";
  const response = fetch(url, { credentials: "omit", priority: "high", signal: ends, cache });
  // The module reads it; until then a failure is not an unhandled one.
  response
    .then((answer) => answer.clone().arrayBuffer())
    .finally(() => clearTimeout(timer))
    .catch(() => {});
  // A file is named as the module names it: as written.
  return { url: src || url, response };
}

/** Makes room for the module. What stands in for the replies stays until there are some, or a reason why not. */
function clear(it) {
  const { base, paper, slot, shown } = it;
  const covers = !paper && !shown && hasPlaceholder(it);
  // A slot that goes takes everything with it for a moment, and WebKit's page goes to its top.
  const kept = [paper, (paper || covers) && slot];
  for (const node of [...base.childNodes]) if (!kept.includes(node)) node.remove();
  base.toggleAttribute("data-covered", covers);
}

/** The module says how the first page went. It may fail and be ready later: its own notice has a button. */
function settle(it, type, draw, attend, signal) {
  const { base, slot } = it;
  const done = () => {
    it.shown = true;
    it.isStale = true;
    for (const name of ["aria-busy", "data-covered"]) base.removeAttribute(name);
    base.dataset.state = "ready";
    if (!slot.hidden) slot.remove();
    it.ready.resolve();
  };
  // A task of its own.
  const takeOver = () => {
    if (signal.aborted || !it.paper) return;
    // An input method at work is not cut off.
    if (it.composing) {
      base.addEventListener("compositionend", () => setTimeout(takeOver), { once: true, signal });
      return;
    }
    // From here on nothing is copied any more.
    it.rest = [];
    const giveBack = keep(it);
    // What the module has done from here on is not done once more.
    const heard = ({ target, defaultPrevented }) => {
      if (defaultPrevented) it.deeds = it.deeds.filter((deed) => deed !== target.closest?.(PRESSED));
    };
    for (const type of ["click", "submit"]) it.paper.addEventListener(type, heard, { signal });
    // Still in the module: what follows is a task of its own.
    draw(it.paper, () => setTimeout(finish));
    // A dead module has said so, below which what was drawn stays.
    if (signal.aborted) return;
    giveBack();
    // The module keeps it from now on.
    it.asideKey = null;
  };
  const finish = () => {
    if (signal.aborted || !it.paper) return;
    const { deeds } = it;
    it.deeds = [];
    it.paper = it.drawn = null;
    done();
    for (const deed of deeds) {
      if (typeof deed === "function") deed();
      else if (deed.isConnected) act(deed);
    }
    // That measures, which is a task of its own.
    setTimeout(() => signal.aborted || attend());
  };
  if (type === "afterword-ready") {
    if (it.paper) setTimeout(takeOver);
    else done();
  } else if (base.dataset.state === "loading") {
    if (it.paper) draw();
    base.removeAttribute("aria-busy");
    base.dataset.state = "failed";
    base.removeAttribute("data-covered");
    // It stays, below the notice. It is not it that is moved, since the focus may be in it.
    const stays = it.paper ?? slot;
    if (stays.parentNode) stays.before(...[...base.childNodes].filter((node) => node !== stays && node !== slot));
  }
}

/** Shows, or takes back, what is wrong with an attribute of our own. The replies are shown all the same. */
function remark(it, name) {
  const { host, base, remarks } = it;
  const value = host.getAttribute(name)?.slice(0, 80);
  const isWrong = {
    theme: () => asksForDark(host) === undefined,
    loading: () => !/^(|lazy|eager|interaction)$/.test(loading(it)),
    stylesheet: () => it.why,
  }[name]();
  const message = isWrong ? SENTENCES[name]({ value, why: it.why && reasonOf(it.why) }) : undefined;
  const before = remarks.get(name);
  if (before?.textContent === message) return;
  before?.remove();
  remarks.delete(name);
  if (!message) return;
  const said = notice(it, message);
  remarks.set(name, said);
  base.prepend(said);
  tell("error", message, host);
  announce(it, "attribute", message);
}

const reasonOf = ({ url, status, type }) =>
  status ? SENTENCES.status({ url, status }) : type ? SENTENCES.type({ url, type, wanted: "text/css" }) : unreachable(url);

/** `trustedTypes`' policy, null when the page forbids it. Made at the first HTML reply: making one may be reported. */
let policy;

/**
 * Where the page requires Trusted Types, even an inert parser takes no string. The module reads HTML replies with
 * one and keeps allowed nodes only; nothing that passes here is ever put into the page as HTML.
 */
function trust(html) {
  if (policy === undefined) {
    try {
      policy = trustedTypes.createPolicy("afterword", { createHTML: (text) => text });
    } catch {
      policy = null;
    }
  }
  return policy ? policy.createHTML(html) : html;
}

// --- Taking the place of what was drawn --------------------------------------------------------------------------------

/**
 * Notes what the reader has filled in in what was drawn: the module, which takes over its nodes, knows nothing of it.
 * What comes back lets the module know.
 */
function keep(it) {
  const { paper, base, root } = it;
  const view = it.host.ownerDocument.defaultView;
  const fields = [...paper.querySelectorAll("input,select,textarea")]
    .filter(isFilled)
    .map((field) => [field, field.value, field.selectionStart, field.selectionEnd]);
  const focused = root.activeElement;
  // Where nothing else keeps the page still, what is seen first is put back to where it was.
  const items = view.CSS.supports("overflow-anchor", "auto") ? [] : [...paper.querySelectorAll(".item")];
  const seen = items.find((item) => bottomOf(item) > 0);
  const before = seen && bottomOf(seen);
  return () => {
    for (const [field, value, from, to] of fields) {
      const isText = field.localName === "textarea";
      // A composer in which a draft stands is another one.
      const now = field.isConnected ? field : isText && base.querySelector(".composer-text");
      if (now) fill(now, value, from, to);
      // Nobody may write any more.
      else if (isText) putAside(it, value);
      if (now && field === focused) now.focus({ preventScroll: true });
    }
    if (focused && !root.activeElement) {
      base.tabIndex = -1;
      base.focus({ preventScroll: true });
    }
    if (seen?.isConnected && bottomOf(seen) !== before) scrollerOf(it.host).scrollTop += bottomOf(seen) - before;
  };
}

const bottomOf = (node) => node.getBoundingClientRect().bottom;

/** Does what was pressed. */
function act(pressed) {
  if (pressed.localName === "form") pressed.requestSubmit();
  else pressed.click();
}

function isFilled(field) {
  if (field.localName !== "select") return field.value !== field.defaultValue;
  return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
}

/** What was typed goes behind what was kept of before: neither is lost. */
function fill(field, value, from, to) {
  const before = field.localName === "textarea" && field.value ? `${field.value}\n\n` : "";
  field.value = before + value;
  if (from !== undefined && field.localName === "textarea") {
    field.setSelectionRange(before.length + from, before.length + to);
  }
  field.dispatchEvent(new Event(field.localName === "select" ? "change" : "input", { bubbles: true, composed: true }));
}

// --- What happens on the page ------------------------------------------------------------------------------------------

/** Who is told the time, and the one timer that does it. */
const clocks = new Set();
let timer;

/** Tells everybody, and again in a while. A page that nobody sees is told when it is seen again. */
function tick() {
  rest();
  if (document.hidden) return;
  for (const tell of clocks) tell();
  if (clocks.size) wind(); // Telling may have ended the last one.
}

const rest = () => clearTimeout(timer);
const wind = () => (timer = setTimeout(tick, TICK));

/** Has `tell` called as time passes, until `signal`. */
function tellTime(tell, signal) {
  if (!clocks.size) {
    document.addEventListener("visibilitychange", tick);
    wind();
  }
  clocks.add(tell);
  signal.addEventListener("abort", () => {
    clocks.delete(tell);
    if (clocks.size) return;
    document.removeEventListener("visibilitychange", tick);
    rest();
  });
}

/**
 * What happens on the page is listened for here and not by the module: a dead module cannot take a listener back,
 * and would be entered by it again.
 */
function inform(steer, signal) {
  const on = (type, order) => addEventListener(type, (event) => steer((it) => order(it, event)), { signal, capture: true });
  // Also fired by the back button, since only the fragment changes.
  on("hashchange", (it) => it.happen(ADDRESS_CHANGED));
  // Told to the document, and does not bubble.
  on("selectionchange", (it) => it.happen(SELECTION_CHANGED));
  // A pointer may rest on a card while the focus is elsewhere.
  on("keydown", (it, { key }) => key === "Escape" && it.happen(ESCAPE_PRESSED));
  on("online", (it) => it.happen(NETWORK_CHANGED));
  on("offline", (it) => it.happen(NETWORK_CHANGED));
  const hear = (key) => steer((it) => it.storage_changed(key ?? undefined));
  on("storage", (it, { key }) => hear(key));
  neighbours.add(hear);
  signal.addEventListener("abort", () => neighbours.delete(hear));
  const wake = listen(steer, signal);
  tellTime(() => {
    steer((it) => it.happen(TIME_PASSED));
    wake();
  }, signal);
}
