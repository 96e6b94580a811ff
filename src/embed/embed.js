/*
 * Afterword's script tag, and the element it defines: <after-word>.
 *
 * A classic script, so that one line works on any page: it finds itself, defines the element, and puts one behind
 * itself when its tag says which replies to show. It is all that reading costs: when the reader comes near, it shows
 * the first page as the backend has drawn it (or three grey replies), in the page's light and language. Then it
 * fetches afterword.js, which brings the module and takes over (runtime.js): until there is something to do for it.
 *
 * It does not know what a reply looks like, what the backend answers, or what the module's own attributes mean.
 * It writes no HTML strings, no style attributes and no globals, and it never throws into the page it stands on.
 * docs/EMBEDDING.md describes all of it for the people who embed.
 */
(() => {
  // Valid only while this script runs, so it is read first. The getter is taken from the prototype because markup
  // can shadow the property (<img name="currentScript" src="https://evil.example/">), and everything that we load
  // is loaded from beside this script.
  const script = Reflect.get(Document.prototype, "currentScript", document);

  const TAG = "after-word";

  /** Filled in by the build with the minified style sheets that reading needs. */
  const STYLE = "/*{{STYLE}}*/";

  /**
   * What the module is told, as written. A change of any but `lang` shows another thread: mount anew. The first three
   * say which.
   */
  const FOR_MODULE = ["api", "src", "thread", "order", "page-size", "heading-level", "lang"];
  /** What is handled here, without the module. */
  const FOR_LOADER = ["theme", "stylesheet", "loading", "html", "page-by-button", "no-keys", "dir"];
  const ATTRIBUTES = [...FOR_MODULE, ...FOR_LOADER];

  /** How far below the viewport the element may be when loading starts, in pixels: a second and a half of scrolling. */
  const NEAR = 1200;

  /** So long what the backend has drawn goes before everything else, in milliseconds. */
  const HEAD_START = 500;

  /** So many replies are laid out in one go; at first as many as a window shows where each is so low, in pixels. */
  const AT_ONCE = 10;
  const LOWEST = 140;

  /** So long anything of ours may keep everybody waiting, in milliseconds. */
  const PATIENCE = 60000;
  const THEME_PATIENCE = 3000;

  /** The smallest module there is: magic number and version. Running it shows whether the page allows any. */
  const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

  /**
   * Query parameters that say how a reader came, not what they read: with them, every newsletter would get a thread
   * of its own. docs/EMBEDDING.md repeats this list, because a backend may have to build the same id.
   */
  const TRACKING =
    /^((utm|mtm|pk|hsa)_.*|_hs.*|(fb|g|d|tw|tt|y|ys)clid|gclsrc|[gw]braid|gad_(source|campaignid)|srsltid|_g[al]|msclkid|li_fat_id|igsh(id)?|mc_[ce]id|mkt_tok|vero_id|oly_(anon|enc)_id|isappinstalled)$/i;
  /** WeChat's `from`; any other `from` is the page's own. */
  const TRACKING_FROM = /^(singlemessage|groupmessage|timeline)$/;

  /** Languages and scripts that run from right to left, for a `lang` that differs from the page's. */
  const RIGHT_TO_LEFT = /Adlm|Arab|Armi|Hebr|Nkoo|Rohg|Syrc|Thaa/;

  /**
   * What may stand in what the backend has drawn, by name: elements, and attributes that say nothing but what is seen.
   * Addresses are looked at as well.
   */
  const ELEMENTS =
    /^(section|article|header|footer|h[1-6]|p|div|span|ol|ul|li|a|bdi|time|button|details|summary|blockquote|pre|code|em|strong|del|br|hr|img|figure|figcaption|form|label|input|select|option|textarea)$/;
  const DRAWN =
    /^(part|id|lang|dir|title|role|datetime|start|alt|tabindex|hidden|type|value|placeholder|width|height|selected|inputmode|target|loading|referrerpolicy|rel|(aria|data)-.*)$/;
  const ADDRESSES = /^(href|src)$/;

  /** What can be pressed in it. */
  const PRESSED = 'button, a[href^="#"], form';

  /** What names a part of the thread, and where the name begins: a second element's replies have names of their own. */
  const NAMED = { id: /^/, href: /^#(?=reply-)/, "aria-labelledby": /^| /g };

  /** What has been said in the console; each thing is said once a page, however many elements meet it. */
  const told = new Set();
  function tell(level, sentence, ...more) {
    if (told.has(sentence)) return;
    told.add(sentence);
    console[level](`Afterword: ${sentence}`, ...more);
  }

  /** Something that keeps the replies from being shown. `reason` is for programs, `message` for people. */
  class Failure extends Error {
    name = "AfterwordError";
    /** Whether trying again can help. */
    again = true;
    constructor(reason, message, more) {
      super(message, more);
      Object.assign(this, more, { reason });
    }
  }

  const noop = () => {};

  /** Listens for events of these types, until `signal`. */
  const listen = (target, types, heard, signal, capture) =>
    types.split(" ").forEach((type) => target.addEventListener(type, heard, { signal, capture }));

  /** The next frame has been seen, or the page is not looked at. */
  const frame = () => inTime(new Promise((seen) => requestAnimationFrame(() => setTimeout(seen))), 100);

  /** What `promise` brings; what `late` does, if it takes longer. */
  const inTime = (promise, millis, late = noop) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(late()), millis);
      promise.then(resolve, reject).finally(() => clearTimeout(timer));
    });

  /** `address` as an absolute URL, as the document at hand reads it; null when it is none. */
  function addressOf(address, base = document.baseURI) {
    try {
      return new URL(address, base).href;
    } catch {
      return null;
    }
  }

  /** What this browser keeps of ours under `key`, or has kept just now; null where it keeps nothing. */
  function kept(key, value) {
    try {
      if (value !== undefined) localStorage.setItem(`afterword:${key}`, value);
      return localStorage.getItem(`afterword:${key}`);
    } catch {
      return null;
    }
  }

  /** Whether the reader wrote something that caches may not know yet; the module keeps the moment. */
  const wroteLately = () => Date.now() - kept("wrote") < 90000;

  /** A fragment as it was written; a stray percent sign stays one. */
  function fragmentOf(hash) {
    try {
      return decodeURIComponent(hash.slice(1));
    } catch {
      return hash.slice(1);
    }
  }

  /** `page-size` to `pageSize`. */
  const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

  // --- Where our own files are -----------------------------------------------------------------------------------

  if (!(script instanceof HTMLScriptElement)) {
    return tell(
      "error",
      'embed.js has to be loaded as a plain script.',
    );
  }

  /** The folder of this script, or what `data-assets` says; and the script's query, which pins a version. */
  const elsewhere = script.getAttribute("data-assets");
  const assets = elsewhere ? addressOf(elsewhere.replace(/\/*$/, "/")) : addressOf(".", script.src);
  if (!assets) {
    return tell(
      "error",
      'embed.js has no address of its own here. Add data-assets.',
      script,
    );
  }
  const query = script.src && new URL(script.src).search;

  /** The address of one of our files. A retry gets another one: a browser remembers a module that failed. */
  function asset(name, attempt = 0) {
    return assets + name + (attempt ? `${query || "?"}&retry=${attempt}` : query);
  }

  // --- afterword.js and the module: one of each for all elements of the page ----------------------------------------

  /** The promise of the running module, or null before the first element needs it and after it failed. */
  let engine = null;
  let attempts = 0;

  /** afterword.js, and the module on its way: `{ file, binary, url, attempt }`. */
  function startEngine() {
    if (!engine) {
      const starting = loadEngine(attempts++);
      engine = starting;
      starting.catch(() => dropEngine(starting));
    }
    return engine;
  }

  /** The next element to ask gets a fresh instance: after a trap the old one can never be entered again. */
  function dropEngine(broken) {
    if (engine === broken) engine = null;
  }

  async function loadEngine(attempt) {
    // The article comes first: while it is still loading, the module stands behind its pictures.
    // Afterwards nobody waits for anything else, and the default (high) is right.
    const priority = document.readyState === "complete" ? "auto" : "low";
    const [url, binaryUrl] = [asset("afterword.js", attempt), asset("afterword_bg.wasm", attempt)];
    let binary, forbidden;
    try {
      // Chromium and Firefox refuse to compile, WebKit to instantiate.
      new WebAssembly.Instance(new WebAssembly.Module(EMPTY_MODULE));
      // Read while the script is on its way.
      binary = fetch(binaryUrl, { priority }).then(async (answer) => [answer, answer.ok && (await answer.arrayBuffer())]);
      binary.catch(noop); // Awaited by the runtime; until then a failure is not an unhandled one.
    } catch (cause) {
      forbidden = cause;
    }
    const none = (why, cause) => {
      const sentence =
        `The replies cannot be shown: ${url} cannot be loaded (${why}). ` +
        "Check the connection, content blockers and the page's policy (script-src).";
      return Promise.reject(new Failure("script", sentence, { cause }));
    };
    let file;
    try {
      file = await inTime(import(url), PATIENCE, () => none("no answer"));
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      // `import()` tells nothing about its failure, so the file is asked for once more, as data.
      const answer = await fetch(url).catch(noop);
      const type = answer?.headers.get("content-type");
      return none(answer && (answer.ok ? !/script/.test(type) && type : answer.status) || cause?.message, cause);
    }
    file.begin(tools, file, binaryUrl, binary, forbidden);
    return file;
  }

  // --- Which thread ----------------------------------------------------------------------------------------------

  /**
   * The id of the page's own thread: its canonical address, else its address, without fragment, tracking parameters,
   * user name and trailing slash. Null on pages without a web address (file:, data:, an app's own scheme).
   */
  function pageThread() {
    for (const address of [document.querySelector('head link[rel~="canonical" i]')?.href, location.href]) {
      try {
        const url = new URL(address);
        if (!/^https?:$/.test(url.protocol)) continue;
        // Filtered as text: URLSearchParams would rewrite what stays, and `?a%20b` would be another thread than `?a+b`.
        const kept = url.search
          .slice(1)
          .split("&")
          .filter((pair) => {
            const [[name, value] = [""]] = new URLSearchParams(pair);
            return name && !TRACKING.test(name) && !(name === "from" && TRACKING_FROM.test(value));
          });
        url.search = kept.join("&");
        return url.origin + url.pathname.replace(/(.)\/+$/, "$1") + url.search;
      } catch {
        // Not an address; the next may be one.
      }
    }
    return null;
  }

  /** Which element owns which fragment prefix. The first gets none, so that `#reply-4` is its fourth reply. */
  const anchors = new Map();

  function claimAnchor(element) {
    // An owner that has left the page is about to let go; its successor need not take a worse name.
    const free = (anchor) => !anchors.get(anchor)?.isConnected;
    let anchor = "";
    if (!free(anchor) && element.id) anchor = `${element.id}-`;
    for (let n = 2; !free(anchor); n++) anchor = `afterword-${n}-`;
    anchors.set(anchor, element);
    return anchor;
  }

  // --- What the page looks like ----------------------------------------------------------------------------------

  /** The parent as the reader sees it: through slots and shadow roots. */
  const parentOf = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host;

  const styleOf = (node) => node.ownerDocument.defaultView.getComputedStyle(node);

  const systemIsDark = () => matchMedia("(prefers-color-scheme: dark)");

  /** `[lightness, alpha]`, both 0 to 1, of a computed colour; nothing seen through one that is not understood. */
  function lightness(colour) {
    const [space, a, b, c, alpha = 1] = colour.slice(0, -1).split(/(?:\((?:[a-z][\w-]* )?|[ ,/])+/);
    const mixed = 0.2126 * a + 0.7152 * b + 0.0722 * c;
    const light = { r: mixed / 255, c: mixed, l: a / 100, o: +a }[space[0]];
    return light >= 0 ? [light, alpha] : [0, 0];
  }

  /**
   * Whether the reader sees `element` on a dark ground: `theme="auto"`.
   *
   * A `color-scheme` given to the element itself is an order. Otherwise the backgrounds behind it are laid over one
   * another, down to the first opaque one. Where none is (a picture, a gradient, the bare canvas), the text colour
   * tells: light letters stand on something dark. `color-scheme` of the page is deliberately not asked first: many
   * resets declare `light dark` on pages that stay white at night.
   */
  function liesOnDark(element) {
    const parent = parentOf(element);
    const order = styleOf(element).colorScheme;
    if (order !== "normal" && parent && styleOf(parent).colorScheme !== order) {
      return /dark/.test(order) && (!/light/.test(order) || systemIsDark().matches);
    }
    let seen = 0;
    let clear = 1;
    for (let node = element; node && clear > 0.05; node = parentOf(node)) {
      const [light, alpha] = lightness(styleOf(node).backgroundColor);
      seen += clear * alpha * light;
      clear *= 1 - alpha;
    }
    const [ink] = lightness(styleOf(parent ?? element).color);
    return seen + (ink > 0.5 ? 0 : clear) < 0.5;
  }

  /** Whether `theme` asks for a dark look; `undefined` where it says nothing that can be understood. */
  function asksForDark(element) {
    const theme = attribute(element, "theme") || "auto";
    const word = theme.toLowerCase();
    // A word that we do not know is a misspelt keyword, not a selector for elements of that name.
    if (word === "auto") return liesOnDark(element);
    if (/^[\w-]+$/.test(theme)) return /^(light|dark)$/.test(word) ? word === "dark" : undefined;
    try {
      return Boolean(element.ownerDocument.querySelector(theme) ?? element.closest(theme));
    } catch {
      return undefined;
    }
  }

  function languageOf(element) {
    for (let node = element; node; node = parentOf(node)) {
      const lang = attribute(node, "lang");
      if (lang) return lang;
    }
    return navigator.language || "en";
  }

  /** A `dir` on the element is an order; a `lang` on it says the direction; else it runs as the page does. */
  function directionOf(element, lang) {
    try {
      if (!element.hasAttribute("dir") && attribute(element, "lang"))
        return RIGHT_TO_LEFT.test(new Intl.Locale(lang).maximize().script) ? "rtl" : "ltr";
    } catch {
      // What is no language says nothing.
    }
    return styleOf(element).direction;
  }

  // --- One element's work ------------------------------------------------------------------------------------------

  /** What an attribute says, without the blanks around it. */
  const attribute = (element, name) => element.getAttribute(name)?.trim() ?? "";

  /**
   * All that is known of one element, on the page or not; runtime.js works with the same. What is not there yet, or no
   * longer, is missing or null:
   *
   * - `life` lives from entering the page to leaving it: what listens, listens on its signal; `wait` while the element
   *   waits to be near, touched or printed; `run` from the start of loading until the thread is replaced, gone or failed.
   * - `engine` is the promise of the module at work here, `handle` what steers its replies, `failure` why there are none.
   * - `thread` is the id of what is shown or loading, `anchor` what stands before `reply-4` in the page's fragments,
   *   `wanted` a reply that was asked for before the module was there.
   * - `painted` is the promise that what the backend has drawn is there, if at all, and `painting` what ends that;
   *   `drawn` is what came, `paper` what is seen of it, `markup` whether it stands in the element itself, `asideKey`
   *   where what was typed in it is put aside until the module keeps it, `asideBefore` what stood there before, `deeds`
   *   what the reader has pressed in it, `composing` whether an input method is at work there, `rest` what of `drawn` is
   *   still to be copied, `focus` in which field the reader was while that was done. Where the module can never run,
   *   `redraw` draws around the reply that the page's address names, `turn` another page, and `mute` takes away what
   *   could never do anything.
   * - `led` is the number of the reply to which the reader was led in it.
   * - `shown` says whether replies were ever there, `isStale` whether the element's own children may be another
   *   thread's.
   * - `theme` is the element's own sheet, as address and text, or `why` there is none; `theming` its name and promise.
   *   `more` is the text of the common sheets that came with the module.
   * - `looking` says that a look at the page is due before the next frame.
   */
  function begin(host) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    // Shows the light children, or else what stands in it, until the first replies are there.
    const slot = make(host, "slot");
    // The only child of the shadow root; what is in it belongs to whoever is at work.
    const base = make(host, "div", "base", slot);
    root.replaceChildren(base);
    const it = {
      host,
      root,
      base,
      slot,
      /** Notices by the name of what they are about. They stand above the replies. */
      remarks: new Map(),
      /** Attributes changed in this task. */
      changed: new Set(),
      deeds: [],
    };
    renewReady(it);
    return it;
  }

  function make(host, tag, part, ...children) {
    const node = host.ownerDocument.createElement(tag);
    // Our own sheets find by class what pages find by part: of classes browsers keep an index.
    if (part) node.part = node.className = part;
    node.append(...children);
    return node;
  }

  /** The promise behind `ready`, with its two ends and whether one was used. */
  function renewReady(it) {
    const ready = (it.ready = {});
    ready.promise = new Promise((resolve, reject) => Object.assign(ready, { resolve, reject }));
    // A page that does not ask is not told of an unhandled rejection.
    ready.promise.catch(noop).then(() => (ready.settled = true));
  }

  /** Elements on the page, in the order in which they came. */
  const present = new Set();

  function enter(it) {
    const { host } = it;
    const { signal } = (it.life = new AbortController());
    present.add(it);
    it.anchor = claimAnchor(host);
    // A property set before this script came hides our accessor: it is set again, through the accessor.
    for (const property of ATTRIBUTES.map(camel)) {
      if (!Object.hasOwn(host, property)) continue;
      const value = host[property];
      delete host[property];
      host[property] = value;
    }
    // The request first: what follows takes its time while that is on its way.
    it.lang = languageOf(host);
    if (isSoonNeeded(it)) paint(it);
    const filled = () => {
      // The parser was not there yet.
      if (it.painted && !it.paper && !it.markup && given(it)) {
        it.painted = null;
        paint(it);
      }
      drawWaiting(it);
    };
    listen(it.slot, "slotchange", filled, signal);
    follow(it, signal);
    moved(it);
    dress(it);
    arm(it);
  }

  function leave(it) {
    if (!it.life) return;
    stop(it);
    it.wait?.abort();
    it.life.abort();
    drop(it);
    it.life = it.wait = it.wanted = it.theming = it.redraw = it.turn = it.mute = null;
    it.changed.clear();
    present.delete(it);
    if (anchors.get(it.anchor) === it.host) anchors.delete(it.anchor);
  }

  /** Elsewhere on the page, among other ancestors; the replies stay as they are. */
  function moved(it) {
    watch(it);
    look(it);
  }

  /** All attribute changes of one task, together. */
  function apply(it) {
    const changed = new Set(it.changed);
    it.changed.clear();
    if (!it.life) return;
    if (changed.has("theme") || changed.has("lang")) look(it);
    if (changed.has("stylesheet") && (it.painted || !it.wait)) loadTheme(it);
    if (changed.has("loading") && it.wait) arm(it);
    const another = FOR_MODULE.some((name) => name !== "lang" && changed.has(name));
    if (!another) return;
    drop(it);
    if (FOR_MODULE.slice(0, 3).some((name) => changed.has(name))) it.isStale = true;
    if (it.wait) arm(it);
    else load(it);
  }

  const loading = (it) => attribute(it.host, "loading").toLowerCase();

  /** The number in `#reply-4`, when the fragment speaks of this element. */
  function linkedReply(it) {
    const [, anchor, number] = /^(.*)reply-([1-9]\d{0,8})$/.exec(fragmentOf(location.hash)) ?? [];
    return anchor === it.anchor ? number : null;
  }

  /** Whether it is known without waiting for a frame that the page will be needed. Looking lays a page out, once. */
  function isSoonNeeded(it) {
    if (loading(it) === "eager" || linkedReply(it)) return true;
    if (document.readyState === "loading") return false;
    const { top, bottom, width } = it.host.getBoundingClientRect();
    return width && top < innerHeight + NEAR && bottom > -NEAR;
  }

  /** Waits for the reader: until they come near, then, if so asked, until they act. */
  function arm(it) {
    it.wait?.abort();
    const { signal } = (it.wait = new AbortController());
    const begin = () => load(it);
    drawWaiting(it);

    // A link to a reply and a printed page cannot wait.
    const linked = () => linkedReply(it) && begin();
    listen(window, "hashchange", linked, signal);
    listen(window, "beforeprint", begin, signal);
    if (linkedReply(it) || it.wanted) return begin();

    const patient = loading(it) === "interaction";
    if (patient) {
      listen(it.host, "pointerover pointerdown focusin keydown", begin, signal);
      const selected = () => {
        try {
          const [range] = getSelection().getComposedRanges({ shadowRoots: [it.root] });
          if (!range.collapsed && it.root.contains(range.endContainer)) begin();
        } catch {
          // Nothing is selected, or this browser does not tell of shadow trees: the pointer has to do.
        }
      };
      listen(document, "selectionchange", selected, signal);
    }
    const near = () => {
      if (!patient) return begin();
      // What costs next to nothing does not wait for an act.
      paint(it);
    };
    if (loading(it) === "eager") return near();
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        near();
      },
      { rootMargin: `${NEAR}px`, scrollMargin: `${NEAR}px` },
    );
    observer.observe(it.host);
    listen(signal, "abort", () => observer.disconnect());
  }

  /** From waiting, from a failure or from another thread to this thread's replies. Never rejects. */
  async function load(it) {
    it.wait?.abort();
    it.wait = null;
    stop(it);
    if (it.ready.settled) renewReady(it);
    const { signal } = (it.run = new AbortController());
    it.base.dataset.state = "loading";
    it.thread = threadOf(it);
    // The page has another address than when it was painted.
    if (it.asideKey && it.asideKey !== asideKeyOf(it)) {
      drop(it);
      it.isStale = true;
    }
    if (!it.paper) it.base.setAttribute("aria-busy", "true");
    const painted = paint(it);
    drawWaiting(it);
    try {
      await inTime(painted, HEAD_START);
      if (signal.aborted) return;
      it.engine = startEngine();
      const file = await it.engine;
      if (!signal.aborted) await file.serve(it, signal);
    } catch (error) {
      if (!signal.aborted) fail(it, error);
    }
  }

  /** Ends what `load` began: requests are aborted, the replies taken down, a failure forgotten. */
  function stop(it) {
    const { handle } = it;
    it.run?.abort();
    it.run = it.handle = it.failure = null;
    // The runtime has put it there, and knows how it may end.
    handle?.unmount();
    it.engine = null;
    it.base.removeAttribute("aria-busy");
  }

  function fail(it, error) {
    const failure =
      error instanceof Failure
        ? error
        : new Failure("mount", `The replies cannot be shown: ${error?.message ?? error}`, { cause: error });
    it.handle = null;
    stop(it);
    it.failure = failure;
    it.base.dataset.state = failure.again ? "failed" : "error";
    // Children of the element, if any, or what was drawn are the next best thing to replies: they stay, below.
    draw(it, [notice(it, failure.message, failure.again && again)]);
    tell("error", failure.message, it.host, ...(failure.cause ? [failure.cause] : []));
    it.ready.reject(failure);
    announce(it, failure.reason, failure.message);
  }

  /** "Try again", whichever element's button it was: what helps one helps all. */
  function again() {
    for (const it of [...present]) if (it.failure?.again) load(it);
  }

  function announce(it, reason, message) {
    const detail = { reason, message };
    it.host.dispatchEvent(new CustomEvent("afterword-error", { bubbles: true, composed: true, detail }));
  }

  /** The thread's id; null when neither tag nor page says it. A file is one thread and needs no other name. */
  const threadOf = ({ host }) => attribute(host, "thread") || pageThread() || attribute(host, "src") || null;

  const apiOf = ({ host }) => attribute(host, "api").replace(/\/+$/, "");

  /** What is asked of a backend's `route`, as the module asks; null where nothing can be. */
  function addressFor(it, route) {
    const [order, limit] = ["order", "page-size"].map((name) => attribute(it.host, name));
    const [api, thread] = [apiOf(it), threadOf(it)];
    if (!api || attribute(it.host, "src") || !thread || !/^\d*$/.test(limit)) return null;
    const around = linkedReply(it);
    return (
      `${api}/${route}?thread=${encodeURIComponent(thread)}` +
      (order && order !== "oldest" ? `&order=${encodeURIComponent(order)}` : "") +
      `&limit=${limit || 50}` +
      (around ? `&around=${around}` : "")
    );
  }

  // --- The first page, as it was drawn by somebody else -----------------------------------------------------------

  /**
   * Shows the first page as drawn: what stands in the element, or the backend's answer where it is known to draw.
   * Once an element and thread; resolves when it is there, or will not be. Never rejects.
   */
  function paint(it) {
    return (it.painted ??= paintOnce(it, (it.painting = new AbortController()).signal).catch(noop));
  }

  /** What stands in the element as drawn. */
  const given = ({ host, isStale }) => !isStale && host.querySelector(':scope > section[part~="thread"]');

  async function paintOnce(it, signal) {
    it.asideKey = asideKeyOf(it);
    const theme = loadTheme(it);
    // The parser may be in the middle of it.
    it.markup = given(it);
    if (it.markup && document.readyState === "loading") {
      await new Promise((parsed) => listen(document, "DOMContentLoaded", parsed));
    }
    const drawn = given(it) || (await drawnByBackend(it, signal));
    // A theme that came after the replies would redraw them before the reader's eyes; better late than no replies.
    await inTime(theme, THEME_PATIENCE);
    // Meanwhile the module may have been faster.
    if (!drawn || signal.aborted || it.handle) return;
    it.drawn = drawn;
    const linked = linkedReply(it);
    const seen = Math.max(1, Math.ceil(innerHeight / LOWEST));
    const paper = show(it, linked || drawn.contains(document.activeElement) ? Infinity : seen);
    if (linked && !isBusyElsewhere(it)) go(it);
    await frame();
    const list = paper.querySelector('[part~="list"]');
    // Nobody waits for these.
    const more = () => {
      if (it.paper !== paper || !it.rest.length) return;
      const copies = it.rest.splice(0, AT_ONCE).map((item) => copy(item, it));
      for (const node of copies) it.mute?.(node);
      list.append(...copies);
      frame().then(more);
    };
    more();
  }

  /** Shows what came: so many replies of it at once, since many take long. The others wait in `rest`. */
  function show(it, atOnce) {
    const { slot, base } = it;
    it.focus = null;
    it.paper?.remove();
    it.rest = [...(it.drawn.querySelector('[part~="list"]')?.children ?? [])].slice(atOnce);
    const paper = (it.paper = copy(it.drawn, it));
    slot.after(paper);
    base.removeAttribute("aria-busy");
    if (it.wait) base.dataset.state = "still";
    drawWaiting(it);
    // The reader was in what stood there before.
    if (it.focus) {
      const [field, was] = it.focus;
      field.focus({ preventScroll: true });
      if (was.selectionEnd) field.setSelectionRange(was.selectionStart, was.selectionEnd);
    }
    return paper;
  }

  /** Takes away what is drawn. What was typed in it is kept. */
  function drop(it) {
    it.painting?.abort();
    if (it.paper) putAside(it);
    it.paper?.remove();
    it.painted = it.paper = it.drawn = it.led = it.composing = it.asideBefore = null;
    it.deeds = [];
  }

  function asideKeyOf(it) {
    return `aside:${apiOf(it)}:${threadOf(it)}`;
  }

  /** What was typed is put behind what others have put aside. The runtime makes a draft of it before it mounts. */
  function putAside(it, text = it.paper.querySelector("textarea")?.value) {
    if (text && it.asideKey) kept(it.asideKey, (it.asideBefore ??= kept(it.asideKey) ?? "") + `\n\n${text}`);
  }

  /** Whether the reader is at something else on the page. */
  const isBusyElsewhere = ({ host }) => ![null, document.body, host].includes(document.activeElement);

  /** The backend's page, read by an inert parser; nothing where it has none. */
  function drawnByBackend(it, signal) {
    const known = `html:${apiOf(it)}`;
    const asked = it.host.getAttribute("html") ?? kept(known);
    // Where the module can never run it is worth a try.
    const address = (asked !== null || it.redraw) && asked !== "no" && addressFor(it, "html");
    if (!address || wroteLately()) return null;
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("GET", `${address}&lang=${encodeURIComponent(it.lang)}`);
      request.responseType = "document";
      request.timeout = PATIENCE;
      request.onloadend = () => {
        const drawn = request.status === 200 && request.response?.querySelector('section[part~="thread"]');
        if (drawn) kept(known, "");
        resolve(drawn);
      };
      listen(signal, "abort", () => request.abort());
      request.send();
      // The first clock takes longest: while the answer is on its way.
      setTimeout(() => ago(0, it.lang));
    });
  }

  /** A copy of what is allowed. What is not known is left out with all that is in it; so is what would run or load. */
  function copy(drawn, it) {
    let name = drawn.localName;
    const level = /^h([2-5])$/.exec(name)?.[1];
    // Drawn for a page on which the heading is of the second level.
    if (level) name = `h${Math.min(6, +level + (+attribute(it.host, "heading-level") || 2) - 2)}`;
    const node = it.host.ownerDocument.createElement(name);
    for (const name of drawn.getAttributeNames()) {
      const value = drawn.getAttribute(name);
      if (DRAWN.test(name) || (ADDRESSES.test(name) && /^(https?:|mailto:|[#/?.])/i.test(value))) {
        if (name === "part") node.className = value;
        const named = NAMED[name];
        node.setAttribute(name, named ? value.replace(named, `$&${it.anchor}`) : value);
      }
    }
    for (const child of drawn.childNodes) {
      // From here on they wait.
      if (child === it.rest[0]) break;
      if (child.nodeType === 3) node.append(child.data);
      else if (ELEMENTS.test(child.localName)) node.append(copy(child, it));
    }
    // Markup on the page may have been used already.
    if (drawn.open) node.open = true;
    if (/^(input|textarea|select)$/.test(name)) node.value = drawn.value;
    if (drawn === document.activeElement) it.focus = [node, drawn];
    if (name === "time") {
      node.title = drawn.textContent;
      node.textContent = ago(Date.parse(drawn.dateTime), it.drawn.lang) ?? node.title;
    }
    return node;
  }

  /** By language and whether it is "now". To make one takes longer than to write a hundred times with it. */
  const clocks = {};

  /** How long ago a moment is, in the words and with the limits of the module, so that nothing is another at last. */
  function ago(moment, lang) {
    try {
      const seconds = Math.abs(Date.now() - moment) / 1000;
      const days = Math.floor(seconds / 86400);
      // prettier-ignore
      const [distance, unit] =
        seconds < 60 ? [0, "second"]
        : seconds < 3600 ? [seconds / 60, "minute"]
        : days < 1 ? [seconds / 3600, "hour"]
        : days < 7 ? [days, "day"]
        : days < 31 ? [days / 7, "week"]
        : days < 365 ? [(days * 400) / 12175, "month"]
        : [(days * 100 + 75) / 36525, "year"];
      const count = Math.floor(distance) * (moment > Date.now() ? 1 : -1);
      const clock = (clocks[[lang, !count]] ??= new Intl.RelativeTimeFormat(lang, count ? {} : { numeric: "auto" }));
      return clock.format(count, unit);
    } catch {
      return undefined;
    }
  }

  /** Brings a reply that is drawn to the reader; false where it is not. */
  function go(it) {
    const reply = it.paper && it.root.getElementById(fragmentOf(location.hash));
    if (!reply) return false;
    reply.scrollIntoView();
    reply.focus({ preventScroll: true });
    it.led = linkedReply(it);
    return true;
  }

  /** What is pressed in what is drawn: a link leads on where it can, all else is kept until somebody can do it. */
  function press(it, event) {
    const pressed = event.target.closest?.(PRESSED);
    const isForm = pressed?.localName === "form";
    if (!it.paper?.contains(pressed) || isForm !== (event.type === "submit")) return;
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (pressed.hash) {
      // What that asks for, whoever listens does: here `follow`, later the module.
      if (location.hash === pressed.hash) go(it);
      location.hash = pressed.hash;
    } else if (it.turn) {
      it.turn(pressed);
    } else {
      it.deeds.push(pressed);
      if (it.wait) load(it);
    }
  }

  /** The fragment of the page's address is another: what is drawn comes to the reader. */
  function linked(it) {
    if (linkedReply(it) && !go(it)) it.redraw?.();
  }

  // --- Drawing, before and instead of the module --------------------------------------------------------------------

  /**
   * Replaces what stands in the base: remarks, `before`, the slot, what is drawn, `after`. The slot itself stays where
   * it is, because moving it fires `slotchange`, which draws again; so does what is drawn, in which the reader is.
   */
  function draw(it, before, after = []) {
    const { base, slot, root, paper } = it;
    const focused = root.activeElement;
    if (slot.parentNode !== base) base.prepend(slot);
    for (const node of [...base.childNodes]) if (node !== slot && node !== paper) node.remove();
    slot.before(...it.remarks.values(), ...before);
    base.append(...after);
    if (!focused || focused.isConnected) return;
    // The pressed button is gone; without this the keyboard would start again at the top of the page.
    base.tabIndex = -1;
    base.focus({ preventScroll: true });
  }

  const hasPlaceholder = ({ slot, paper, isStale }) =>
    paper || (!isStale && slot.assignedNodes().some((node) => node.nodeType === 1 || node.data?.trim()));

  /** While it waits and loads: what is drawn, the element's own children, or three grey replies where it has neither. */
  function drawWaiting(it) {
    if (it.handle || it.failure || !it.life) return;
    it.slot.hidden = Boolean(it.shown || it.paper || it.isStale);
    const after = (it.shown ? it.paper : hasPlaceholder(it)) ? [] : [skeleton(it)];
    // Only a button can be reached with the keyboard.
    if (it.wait && loading(it) === "interaction" && !it.paper) {
      after.push(button(it, "button", "Show the replies", () => load(it)));
    }
    draw(it, [], after);
  }

  function skeleton({ host }) {
    const line = () => make(host, "div", "skeleton-line");
    const reply = () =>
      make(host, "div", "skeleton-reply", make(host, "div", "skeleton-avatar"), line(), line(), line());
    const bones = make(host, "div", "skeleton", reply(), reply(), reply());
    bones.setAttribute("aria-hidden", "true");
    return bones;
  }

  function notice(it, message, again) {
    const node = make(it.host, "div", "notice", make(it.host, "p", "notice-text", message));
    node.dataset.kind = "error";
    node.role = "alert";
    node.lang = "en";
    node.dir = "ltr";
    if (again) node.append(button(it, "button notice-action", "Try again", again));
    return node;
  }

  function button({ host }, part, words, pressed) {
    const node = make(host, "button", part, words);
    node.type = "button";
    listen(node, "click", pressed);
    return node;
  }

  // --- Sheets ------------------------------------------------------------------------------------------------------

  /** Common sheets by their text, once a document: a constructed sheet may not leave the document that made it. */
  const sheets = new WeakMap();

  function sheetFor({ document, CSSStyleSheet }, text) {
    if (!sheets.has(document)) sheets.set(document, {});
    const made = sheets.get(document);
    if (!made[text]) (made[text] = new CSSStyleSheet()).replaceSync(text);
    return made[text];
  }

  /** Puts on the common sheets, the rest of them `more` once it is here, and the theme. */
  function dress(it, more) {
    const view = it.host.ownerDocument.defaultView;
    it.more = more ?? it.more;
    const worn = [STYLE, it.more].filter(Boolean).map((text) => sheetFor(view, text));
    if (it.theme) {
      const sheet = new view.CSSStyleSheet({ baseURL: it.theme.url });
      sheet.replaceSync(it.theme.text);
      worn.push(sheet);
    }
    it.root.adoptedStyleSheets = worn;
  }

  /** How often theme.js did not come: a browser remembers a module that failed, so it gets another address. */
  let themesMissed = 0;

  /**
   * Lays what `stylesheet` names over the common sheets; few elements name any, so theme.js does it. Resolves when it is
   * on, or will not be. Never rejects.
   */
  async function loadTheme(it) {
    const name = attribute(it.host, "stylesheet");
    if (it.theming?.name === name || (!name && !it.theming && !it.theme && !it.why)) return it.theming?.done;
    it.theming = { name };
    const url = asset("theme.js", themesMissed);
    const load = ({ wear }) => wear(it, name, asset, addressOf, dress);
    const fail = () => {
      // Asked for again the next time, by another address.
      themesMissed += 1;
      it.theming = {};
      it.why = name && { url };
      it.remark?.("stylesheet");
    };
    return (it.theming.done = import(url).then(load, fail));
  }

  // --- Following the page ------------------------------------------------------------------------------------------

  /** Light or dark, language and direction, as the page stands now. */
  function look(it) {
    it.looking = false;
    const { host, base, lang: before } = it;
    if (!it.life || !host.isConnected) return;
    base.lang = it.lang = languageOf(host);
    base.dir = directionOf(host, it.lang);
    base.dataset.scheme = asksForDark(host) ?? liesOnDark(host) ? "dark" : "light";
    it.remark?.("theme");
    if (it.handle && it.lang !== before) it.handle.speak();
  }

  /** Listens for whatever may change how the page looks. */
  function follow(it, signal) {
    // After a change somewhere above: once, before the next frame is painted.
    const soon = () => {
      if (it.looking) return;
      it.looking = true;
      requestAnimationFrame(() => look(it));
    };
    it.observer = new MutationObserver(soon);
    listen(signal, "abort", () => it.observer.disconnect());
    listen(systemIsDark(), "change", soon, signal);
    // A background that fades has its new colour at the end; a sheet that comes late has none before.
    const seen = ({ target }) => (target.sheet || target.shadowRoot || target.contains(it.host)) && soon();
    listen(it.host.ownerDocument, "transitionend load", seen, signal, true);
    listen(window, "hashchange", () => it.paper && linked(it), signal);
    listen(it.base, "click submit", (event) => press(it, event), signal);
    // As in the module: outside of here nobody can see that somebody is typing.
    const hush = (event) => {
      const { key, ctrlKey, metaKey, altKey, target } = event;
      const isText = !/^(Tab|Escape)$/.test(key) && (altKey || !(ctrlKey || metaKey));
      if (isText && /^(input|textarea|select)$/.test(target.localName)) event.stopPropagation();
    };
    listen(it.base, "keydown keypress keyup", hush, signal);
    // Nothing else keeps what stands in a field, and the page may not come back.
    listen(window, "pagehide", () => it.paper && putAside(it), signal);
    listen(it.base, "compositionstart compositionend", ({ type }) => (it.composing = /start/.test(type)), signal);
  }

  /** Theme, language and direction come from attributes above; which elements are above, each move decides. */
  function watch(it) {
    it.observer.disconnect();
    for (let node = it.host; node; node = parentOf(node)) it.observer.observe(node, { attributes: true });
  }

  // --- The element -------------------------------------------------------------------------------------------------

  class AfterWord extends HTMLElement {
    static observedAttributes = ATTRIBUTES;

    /** Where the files of the running version come from. */
    static assets = assets;

    #it = begin(this);

    /** Resolves when the first replies are shown; rejects when the widget itself cannot start. */
    get ready() {
      return this.#it.ready.promise;
    }

    /** Fetches the replies again. */
    reload() {
      const it = this.#it;
      if (!it.life) return;
      if (it.handle && threadOf(it) === it.thread) it.handle.reload();
      else load(it);
    }

    /** Quotes a reply that is shown in what the reader is writing. */
    quote(number) {
      const it = this.#it;
      if (it.handle) return it.handle.quote(number);
      if (!it.paper) return;
      it.deeds.push(() => it.handle?.quote(number));
      if (it.wait) load(it);
    }

    /** Scrolls to a reply and focuses it, loading what that needs. */
    goTo(number) {
      const it = this.#it;
      if (it.handle) return it.handle.goTo(number);
      it.wanted = number;
      if (it.wait) load(it);
    }

    connectedCallback() {
      if (!this.isConnected) return;
      if (this.#it.life) moved(this.#it);
      else enter(this.#it);
    }

    disconnectedCallback() {
      // Frameworks move an element by taking it out and putting it back. A draft must survive that, so nothing is
      // torn down before the present task is over. A microtask would be too early: renderers work in those.
      setTimeout(() => {
        if (!this.isConnected) leave(this.#it);
      });
    }

    adoptedCallback() {
      // Sheets and observers are the old document's; in the new one everything starts afresh.
      leave(this.#it);
    }

    attributeChangedCallback(name, before, after) {
      const it = this.#it;
      // Attributes that come with the tag are read on entering the page.
      if (before === after || !it.life) return;
      if (!it.changed.size) queueMicrotask(() => apply(it));
      it.changed.add(name);
    }
  }

  /** Set by the page: gives the viewer's token. On the prototype, so that what was set before stays. */
  AfterWord.prototype.getToken = null;

  // Each attribute is a property too (`lang` and `dir` are already), for frameworks and for programs.
  for (const name of ATTRIBUTES) {
    if (name in AfterWord.prototype) continue;
    Object.defineProperty(AfterWord.prototype, camel(name), {
      configurable: true,
      enumerable: true,
      get() {
        return this.getAttribute(name);
      },
      set(value) {
        if (value === null || value === undefined || value === false) this.removeAttribute(name);
        else this.setAttribute(name, value);
      },
    });
  }

  /** What runtime.js works with, in the order in which it is taken there: names would be sent along. */
  const tools = [
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
  ];

  // --- The script tag --------------------------------------------------------------------------------------------

  const existing = customElements.get(TAG);
  if (!existing) {
    customElements.define(TAG, AfterWord);
  } else if (!Object.hasOwn(existing, "assets")) {
    return tell("error", `Another script has already defined <${TAG}>.`);
  } else if (existing.assets !== assets) {
    tell("warn", `embed.js is already running from ${existing.assets}; not from ${assets}.`);
  }

  /** What the tag's `data-*` ask for. Of other people's attributes (optimisers add some) nothing is taken. */
  const asked = new Map();
  for (const name of ATTRIBUTES) {
    const value = script.getAttribute(`data-${name}`);
    // Lazy loaders of scripts keep the script's own address in `data-src`.
    if (value !== null && !(name === "src" && addressOf(value) === script.src)) asked.set(name, value);
  }
  const target = script.getAttribute("data-target");
  if (!asked.size && target === null) return;

  /** Puts the element where the tag says. False while that place may still be to come. */
  function place() {
    let spot = null;
    if (target !== null) {
      try {
        spot = document.querySelector(target);
      } catch {
        tell("error", `data-target="${target}" is not a CSS selector.`, script);
        return true;
      }
      if (!spot) return false;
    } else if (!script.closest("body")) {
      spot = document.querySelector(`${TAG}:not([api], [src])`);
      if (!spot) return false;
    }
    if (spot?.localName === TAG) {
      for (const [name, value] of asked) if (!spot.hasAttribute(name)) spot.setAttribute(name, value);
      return true;
    }
    // The same tag twice, or run again on a page that was kept by a router: the element is there already.
    const element = document.createElement(TAG);
    for (const [name, value] of asked) element.setAttribute(name, value);
    if ([...document.querySelectorAll(TAG)].some((other) => other.cloneNode().isEqualNode(element))) return true;
    if (spot) spot.append(element);
    else script.after(element);
    return true;
  }

  const placeOrTell = () => {
    if (place()) return;
    const sentence =
      target === null
        ? `The script tag stands outside <body>. Add data-target or <${TAG}>.`
        : `data-target="${target}" matches nothing on this page.`;
    tell("error", sentence, script);
  };
  if (document.readyState !== "loading") placeOrTell();
  else if (!place()) listen(document, "DOMContentLoaded", placeOrTell);
})();
