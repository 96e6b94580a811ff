/*
 * Afterword's script tag, and the element it defines: <after-word>.
 *
 * A classic script, so that one line works on any page: it finds itself, defines the element, and puts one
 * behind itself when its tag says which replies to show. The element draws three grey replies at once, waits until
 * the reader comes near, then fetches the glue, the WebAssembly module and the first page of replies side by side
 * and hands its shadow root over to the module.
 *
 * It does not know what a reply looks like, what the backend answers, or what the module's own attributes mean.
 * It writes no HTML strings, no style attributes and no globals, and it never throws into the page it stands on.
 * docs/EMBEDDING.md describes all of it for the people who embed.
 */
(() => {
  "use strict";

  // Valid only while this script runs, so it is read first. The getter is taken from the prototype because markup
  // can shadow the property (<img name="currentScript" src="https://evil.example/">), and everything that we load
  // is loaded from beside this script.
  const script = Reflect.get(Document.prototype, "currentScript", document);

  const TAG = "after-word";

  /** Filled in by the build with the minified style sheet. */
  const STYLE = "/*{{STYLE}}*/";

  /** What the module is told, as written. A change of any but `lang` shows another thread: mount anew. */
  const FOR_MODULE = ["api", "src", "thread", "order", "page-size", "heading-level", "lang"];
  /** What is handled here, without the module. */
  const FOR_LOADER = ["theme", "stylesheet", "loading", "page-by-button", "no-keys"];
  const ATTRIBUTES = [...FOR_MODULE, ...FOR_LOADER];

  /** How far below the viewport the element may be when loading starts: about a second and a half of scrolling. */
  const NEAR = "1200px";

  /** The replies are told the time so often, in milliseconds. */
  const TICK = 30000;

  /** So long a file of ours may keep everybody waiting, in milliseconds, and so long a theme. */
  const PATIENCE = 60000;
  const THEME_PATIENCE = 3000;

  /** The smallest module there is: magic number and version. Running it shows whether the page allows any. */
  const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

  /**
   * Query parameters that say how a reader came, not what they read: with them, every newsletter would get a thread
   * of its own. docs/EMBEDDING.md repeats this list, because a backend may have to build the same id.
   */
  const TRACKING =
    /^(utm_.*|mtm_.*|pk_.*|_hs.*|hsa_.*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|gad_source|gad_campaignid|srsltid|_ga|_gl|msclkid|twclid|ttclid|li_fat_id|igshid|igsh|yclid|ysclid|mc_cid|mc_eid|mkt_tok|vero_id|oly_anon_id|oly_enc_id|isappinstalled)$/i;
  /** WeChat's `from`; any other `from` is the page's own. */
  const TRACKING_FROM = /^(singlemessage|groupmessage|timeline)$/;

  /** Languages and scripts that run from right to left, for a `lang` that differs from the page's. */
  const RIGHT_TO_LEFT =
    /^(ar|arc|ckb|dv|fa|he|iw|ks|ps|sd|syr|ug|ur|yi)(-(?!latn|cyrl)|$)|-(adlm|arab|hebr|nkoo|rohg|syrc|thaa)(-|$)/i;

  /** Every sentence that this file can show or log, by language. Another language is another entry with the same keys. */
  const SENTENCES = {
    en: {
      noScript: () =>
        'embed.js cannot see its own script tag. Load it with <script async src="…/embed.js"></script>: ' +
        'without type="module", and not from inside a bundle.',
      noAssets: () =>
        'embed.js has no address of its own here, so it cannot find its files. Add data-assets="https://…/" to the script tag.',
      taken: () => `Another script has already defined <${TAG}>. Remove one of the two.`,
      twice: ({ first, url }) => `embed.js is already running from ${first}; the one from ${url} is not used.`,
      noPlace: () =>
        `The script tag stands outside <body>. Add data-target="#…" to it, or put an <${TAG}> where the replies belong.`,
      noTarget: ({ value }) => `data-target="${value}" matches nothing on this page.`,
      badTarget: ({ value }) => `data-target="${value}" is not a CSS selector.`,

      // The module's own sentences about its attributes have the same form.
      thread: () =>
        "The attribute “thread” is missing; expected the id of a thread, since this page has no web address to take it from.",
      theme: ({ value }) =>
        `The attribute “theme” says “${value}”; expected auto, light, dark, or a CSS selector that matches while the page is dark.`,
      loading: ({ value }) => `The attribute “loading” says “${value}”; expected lazy, eager or interaction.`,
      stylesheet: ({ value, why }) =>
        `The attribute “stylesheet” says “${value}”; expected the address of a CSS file or the name of a theme that comes with Afterword, but ${why}`,

      plain: ({ why }) => why,
      cannot: ({ why }) => `The replies cannot be shown: ${why}`,
      missing: () => "WebAssembly is switched off in this browser, as Lockdown Mode and some security settings do.",
      forbidden: () =>
        "this page's Content-Security-Policy forbids WebAssembly. Add 'wasm-unsafe-eval' to script-src.",
      crash: () => "The replies stopped because of a fault in Afterword. Nothing else on this page is affected.",

      status: ({ url, status }) => `${url} answered ${status}.`,
      unreachable: ({ url, directive, origin }) =>
        `${url} cannot be reached. Check the connection, content blockers, the server's CORS headers, ` +
        `and that the page's Content-Security-Policy allows ${origin} in ${directive}.`,
      type: ({ url, type, wanted }) => `${url} is served as ${type || "no type"}, not as ${wanted}.`,
      blocked: ({ url, origin }) =>
        `the browser did not run ${url}. Check that the page's Content-Security-Policy allows ${origin} in script-src.`,
      broken: ({ url, message }) => `${url} does not start (${message}).`,
      slowType: ({ url, type }) =>
        `${url} is served as ${type || "no type"}. It works, but starts faster when served as application/wasm.`,

      again: () => "Try again",
      show: () => "Show the replies",
    },
  };

  /** The language of our sentences for somebody who reads `lang`. */
  function tongue(lang) {
    const wanted = lang?.toLowerCase().split("-")[0];
    return Object.hasOwn(SENTENCES, wanted) ? wanted : "en";
  }

  /** One sentence. Its facts are strings and numbers; `why` may be another sentence, as `[key, facts]`. */
  function say(key, facts = {}, lang) {
    const why = Array.isArray(facts.why) ? say(...facts.why, lang) : facts.why;
    return SENTENCES[tongue(lang)][key]({ ...facts, why });
  }

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
    constructor(reason, key, facts, { again = true, cause } = {}) {
      super(say(key, facts), { cause });
      this.reason = reason;
      /** The same sentence, in the language of the element that shows it. */
      this.in = (lang) => say(key, facts, lang);
      /** Whether trying again can help. */
      this.again = again;
    }
  }

  /** What `mount` threw: a string is the module's own sentence about an attribute, anything else was not foreseen. */
  const refused = (error) =>
    typeof error === "string"
      ? new Failure("attribute", "plain", { why: error }, { again: false })
      : new Failure("mount", "cannot", { why: String(error?.message ?? error) }, { cause: error });

  /** Whether the module died of `error`: a trap, or a stack that ran over inside it. */
  const isTrap = (error) =>
    (typeof WebAssembly === "object" && error instanceof WebAssembly.RuntimeError) ||
    ((error instanceof RangeError || error?.name === "InternalError") && /stack|recursion/i.test(error.message));

  const noop = () => {};

  /** What `promise` brings; what `late` does, if it takes longer. */
  const inTime = (promise, millis, late) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(late()), millis);
      promise.then(resolve, reject).finally(() => clearTimeout(timer));
    });

  /** Who is told the time, and the one timer of the page that does it. */
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

  /** `address` as an absolute URL, as the document at hand reads it; null when it is none. */
  function addressOf(address, base = document.baseURI) {
    try {
      return new URL(address, base).href;
    } catch {
      return null;
    }
  }

  /** `page-size` to `pageSize`. */
  const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

  // --- Where our own files are -----------------------------------------------------------------------------------

  if (!(script instanceof HTMLScriptElement)) {
    tell("error", say("noScript"));
    return;
  }

  /** The folder of this script, or what `data-assets` says; and the script's query, which pins a version. */
  const elsewhere = script.getAttribute("data-assets");
  const assets = elsewhere ? addressOf(elsewhere.replace(/\/*$/, "/")) : addressOf(".", script.src);
  if (!assets) {
    tell("error", say("noAssets"), script);
    return;
  }
  const query = script.src && new URL(script.src).search;

  /** The address of one of our files. A retry gets another one: a browser remembers a module that failed. */
  function asset(name, attempt = 0) {
    const url = new URL(name, assets);
    url.search = query;
    if (attempt) url.searchParams.set("retry", attempt);
    return url.href;
  }

  // --- The module: one instance for all elements of the page -----------------------------------------------------

  /** The promise of the running module, or null before the first element needs it and after it failed. */
  let engine = null;
  let attempts = 0;

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
    if (typeof WebAssembly !== "object") {
      throw new Failure("webassembly-missing", "cannot", { why: ["missing"] }, { again: false });
    }
    try {
      // Chromium and Firefox refuse to compile, WebKit to instantiate.
      new WebAssembly.Instance(new WebAssembly.Module(EMPTY_MODULE));
    } catch (cause) {
      throw new Failure("webassembly-forbidden", "cannot", { why: ["forbidden"] }, { again: false, cause });
    }
    const [url, binaryUrl] = [asset("afterword.js", attempt), asset("afterword_bg.wasm", attempt)];
    const binaryArrives = (promise) => arrives(promise, "module", binaryUrl, "connect-src");
    const binary = binaryArrives(fetchModule(binaryUrl));
    binary.catch(noop); // Awaited below, after the glue; until then a failure is not an unhandled one.
    let glue;
    try {
      glue = await arrives(import(url), "script", url, "script-src");
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      throw new Failure("script", "cannot", { why: await whyNoScript(url, cause) }, { cause });
    }
    const module_or_path = await binary;
    try {
      // It may still be on its way.
      await binaryArrives(glue.default({ module_or_path }));
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      const facts = { url: binaryUrl, message: cause?.message ?? cause };
      throw new Failure("module", "cannot", { why: ["broken", facts] }, { cause });
    }
    return glue;
  }

  /** Whether the reader wrote something that caches may not know yet; the module keeps the moment. */
  const wroteLately = () => {
    try {
      return Date.now() - localStorage.getItem("afterword:wrote") < 90000;
    } catch {
      return false;
    }
  };

  /** A file of ours that hangs is as good as none. */
  const arrives = (promise, reason, url, directive) =>
    inTime(promise, PATIENCE, async () => {
      throw new Failure(reason, "cannot", { why: unreachable(url, directive) });
    });

  /** The module as a Response when it can be compiled while it arrives, else as bytes. */
  async function fetchModule(url) {
    let response;
    try {
      // The article comes first: while it is still loading, the module stands behind its pictures.
      // Afterwards nobody waits for anything else, and the default (high) is right.
      response = await fetch(url, { priority: document.readyState === "complete" ? "auto" : "low" });
    } catch (cause) {
      throw new Failure("module", "cannot", { why: unreachable(url, "connect-src") }, { cause });
    }
    if (!response.ok) {
      throw new Failure("module", "cannot", { why: ["status", { url, status: response.status }] });
    }
    const type = response.headers.get("content-type") ?? "";
    if (/^application\/wasm$/i.test(type)) return response;
    let bytes;
    try {
      bytes = await response.arrayBuffer();
    } catch (cause) {
      throw new Failure("module", "cannot", { why: unreachable(url, "connect-src") }, { cause });
    }
    const start = new Uint8Array(bytes, 0, Math.min(4, bytes.byteLength));
    if (!EMPTY_MODULE.subarray(0, 4).every((byte, at) => byte === start[at])) {
      // Servers that answer a missing file with the start page and 200 end up here.
      throw new Failure("module", "cannot", { why: ["type", { url, type, wanted: "application/wasm" }] });
    }
    tell("warn", say("slowType", { url, type }));
    return bytes;
  }

  /** `import()` tells nothing about its failure, so the file is asked for once more, as data. */
  async function whyNoScript(url, error) {
    try {
      const response = await fetch(url);
      const type = response.headers.get("content-type") ?? "";
      if (!response.ok) return ["status", { url, status: response.status }];
      if (!/(java|ecma)script/i.test(type)) return ["type", { url, type, wanted: "text/javascript" }];
    } catch {
      return unreachable(url, "script-src");
    }
    return error instanceof TypeError
      ? ["blocked", { url, origin: new URL(url).origin }]
      : ["broken", { url, message: error?.message ?? error }];
  }

  const unreachable = (url, directive) => ["unreachable", { url, directive, origin: addressOf("/", url) ?? url }];

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
        const path = url.pathname.replace(/(.)\/+$/, "$1");
        return url.origin + path + (kept.length ? `?${kept.join("&")}` : "");
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
  const parentOf = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;

  const styleOf = (node) => node.ownerDocument.defaultView.getComputedStyle(node);

  const systemIsDark = () => matchMedia("(prefers-color-scheme: dark)");

  /** `[lightness, alpha]`, both 0 to 1, of a computed colour; nothing seen through one that is not understood. */
  function lightness(colour) {
    const [, space, rest] = /^([a-z]+)\((?:[a-z][\w-]* )?(.*)\)$/.exec(colour) ?? [];
    const [a, b, c, alpha = 1] = (rest ?? "").split(/[ ,/]+/).map(parseFloat);
    switch (space) {
      case "rgb":
      case "rgba":
        return [(0.2126 * a + 0.7152 * b + 0.0722 * c) / 255, alpha];
      case "color":
        return [0.2126 * a + 0.7152 * b + 0.0722 * c, alpha];
      case "lab":
      case "lch":
        return [a / 100, alpha];
      case "oklab":
      case "oklch":
        return [a, alpha];
      default:
        return [0, 0];
    }
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

  // --- The element -----------------------------------------------------------------------------------------------

  /** The common sheet, once a document: a constructed sheet may not leave the document that made it. */
  const sheets = new WeakMap();

  function sheetFor(view) {
    let sheet = sheets.get(view.document);
    if (!sheet) {
      sheet = new view.CSSStyleSheet();
      sheet.replaceSync(STYLE);
      sheets.set(view.document, sheet);
    }
    return sheet;
  }

  /** Elements on the page, in the order in which they came. */
  const present = new Set();

  class AfterWord extends HTMLElement {
    static observedAttributes = ATTRIBUTES;

    /** Where the files of the running version come from. */
    static assets = assets;

    /** `<div part="base">`, the only child of the shadow root; what is in it belongs to whoever is at work. */
    #base;
    /** Shows the light children until the first replies are there. */
    #slot;
    /** Lives from entering the page to leaving it: what listens, listens on its signal. */
    #life = null;
    /** Lives while the element waits to be near, touched or printed. */
    #wait = null;
    /** Lives from the start of loading until the thread is replaced, gone or failed. */
    #run = null;
    /** The promise of the module at work here, and what it gave us to steer the replies. */
    #engine = null;
    #handle = null;
    /** Why nothing is shown, if so. */
    #failure = null;
    /** The promise behind `ready`, with its two ends and whether one was used. */
    #ready;
    #anchor = "";
    /** The thread that is shown or loading. */
    #thread = null;
    #lang = "";
    /** Whether replies were ever shown: from then on the light children are out of date. */
    #shown = false;
    /** A reply asked for before the module was there. */
    #wanted = null;
    /** Wrong attributes of our own: notices by attribute name. They stand above the replies. */
    #remarks = new Map();
    /** The element's own sheet: name as written, address, text. */
    #theme = null;
    /** Attributes changed in this task. */
    #changed = new Set();
    #observer;
    #ancestors = new Set();
    /** Whether a look at the page is due before the next frame. */
    #looking = false;

    constructor() {
      super();
      const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
      this.#slot = this.#make("slot");
      this.#base = this.#make("div", "base", this.#slot);
      root.replaceChildren(this.#base);
      this.#renewReady();
    }

    // What programs may use.

    /** Resolves when the first replies are shown; rejects when the widget itself cannot start. */
    get ready() {
      return this.#ready.promise;
    }

    /** Fetches the replies again. */
    reload() {
      if (!this.#life) return;
      if (this.#handle && this.#threadId() === this.#thread) this.#steer((handle) => handle.reload());
      else this.#load();
    }

    /** Quotes a reply that is shown in what the reader is writing. */
    quote(number) {
      if (this.#handle) this.#steer((handle) => handle.quote(number));
    }

    /** Scrolls to a reply and focuses it, loading what that needs. */
    goTo(number) {
      if (this.#handle) {
        this.#steer((handle) => handle.go_to(number));
      } else {
        this.#wanted = number;
        if (this.#wait) this.#load();
      }
    }

    // What the browser calls.

    connectedCallback() {
      if (!this.isConnected) return;
      if (this.#life) this.#moved();
      else this.#enter();
    }

    disconnectedCallback() {
      // Frameworks move an element by taking it out and putting it back. A draft must survive that, so nothing is
      // torn down before the present task is over. A microtask would be too early: renderers work in those.
      setTimeout(() => {
        if (!this.isConnected) this.#leave();
      });
    }

    connectedMoveCallback() {
      if (this.#life) this.#moved();
    }

    adoptedCallback() {
      // Sheets and observers are the old document's; in the new one everything starts afresh.
      this.#leave();
    }

    attributeChangedCallback(name, before, after) {
      // Attributes that come with the tag are read on entering the page.
      if (before === after || !this.#life) return;
      if (!this.#changed.size) queueMicrotask(() => this.#apply());
      this.#changed.add(name);
    }

    // Coming and going.

    #enter() {
      const { signal } = (this.#life = new AbortController());
      present.add(this);
      this.#anchor = claimAnchor(this);
      for (const name of ATTRIBUTES) this.#upgrade(camel(name));
      this.#slot.addEventListener("slotchange", () => this.#drawWaiting(), { signal });
      this.#follow(signal);
      this.#watch();
      this.#dress();
      this.#look();
      this.#arm();
    }

    #leave() {
      if (!this.#life) return;
      this.#stop();
      this.#wait?.abort();
      this.#life.abort();
      this.#life = this.#wait = this.#wanted = null;
      this.#ancestors.clear();
      this.#changed.clear();
      present.delete(this);
      if (anchors.get(this.#anchor) === this) anchors.delete(this.#anchor);
    }

    /** Elsewhere on the page, among other ancestors; the replies stay as they are. */
    #moved() {
      this.#watch();
      this.#look();
    }

    /** A property set before this script came hides our accessor: it is set again, through the accessor. */
    #upgrade(property) {
      if (!Object.hasOwn(this, property)) return;
      const value = this[property];
      delete this[property];
      this[property] = value;
    }

    /** All attribute changes of one task, together. */
    #apply() {
      const changed = new Set(this.#changed);
      this.#changed.clear();
      if (!this.#life) return;
      if (changed.has("theme") || changed.has("lang")) this.#look();
      if (changed.has("stylesheet") && this.#run) this.#loadTheme();
      if (changed.has("loading") && this.#wait) this.#arm();
      const another = FOR_MODULE.some((name) => name !== "lang" && changed.has(name));
      if (another && !this.#wait) this.#load();
    }

    // Waiting for the reader.

    #arm() {
      this.#wait?.abort();
      const { signal } = (this.#wait = new AbortController());
      const begin = () => this.#load();
      const value = this.getAttribute("loading");
      this.#remark("loading", !/^(|lazy|eager|interaction)$/.test(this.#loading()) && { value });
      this.#drawWaiting();

      // A link to a reply and a printed page cannot wait.
      const linked = () => this.#linkedReply() && begin();
      addEventListener("hashchange", linked, { signal });
      addEventListener("beforeprint", begin, { signal });
      if (this.#linkedReply() || this.#wanted !== null) return begin();

      if (this.#loading() === "interaction") {
        for (const type of ["pointerover", "pointerdown", "focusin", "keydown"]) {
          this.addEventListener(type, begin, { signal });
        }
      } else if (this.#loading() !== "eager" && typeof IntersectionObserver === "function") {
        const near = (entries) => entries.some((entry) => entry.isIntersecting) && begin();
        const observer = new IntersectionObserver(near, { rootMargin: NEAR, scrollMargin: NEAR });
        observer.observe(this);
        signal.addEventListener("abort", () => observer.disconnect());
      } else {
        begin();
      }
    }

    #loading() {
      return this.getAttribute("loading")?.trim().toLowerCase() ?? "";
    }

    /** The number in `#reply-4`, when the fragment speaks of this element. */
    #linkedReply() {
      let fragment = location.hash.slice(1);
      try {
        fragment = decodeURIComponent(fragment);
      } catch {
        // A stray percent sign: taken as written.
      }
      if (!fragment.startsWith(this.#anchor)) return null;
      return /^reply-([1-9]\d{0,8})$/.exec(fragment.slice(this.#anchor.length))?.[1] ?? null;
    }

    // Loading and mounting.

    /** From waiting, from a failure or from another thread to this thread's replies. Never rejects. */
    async #load() {
      this.#wait?.abort();
      this.#wait = null;
      this.#stop();
      if (this.#ready.settled) this.#renewReady();
      const { signal } = (this.#run = new AbortController());
      this.#base.dataset.state = "loading";
      this.#base.setAttribute("aria-busy", "true");
      this.#drawWaiting();

      this.#thread = this.#threadId();
      if (this.#thread === null) return this.#fail(new Failure("attribute", "thread", {}, { again: false }));
      const heard = (event) => {
        // Remarks on our own attributes are errors too, but none that keeps the replies away.
        if (event.target === this && event.detail?.reason !== "attribute") this.#settle(event.type);
      };
      this.addEventListener("afterword-ready", heard, { signal });
      this.addEventListener("afterword-error", heard, { signal });
      let first;
      try {
        first = this.#firstRequest(signal);
      } catch {
        // No head start: an id that no address can hold, or a page that has replaced fetch. The module will say it.
      }
      const theme = this.#loadTheme();
      this.#engine = startEngine();
      let watch;
      try {
        const glue = await this.#engine;
        // A theme that came after the replies would redraw them before the reader's eyes; better late than no replies.
        await inTime(theme, THEME_PATIENCE, noop);
        if (signal.aborted) return;
        this.#watchForCrash(signal);
        // For the module's panic hook, which runs inside the module: nothing may call back into it yet. It is the
        // module's and not this element's, which may be gone by then.
        const engine = this.#engine;
        const crashed = (message) => queueMicrotask(() => AfterWord.#bury(engine, new Error(message)));
        this.#clear();
        watch = glue.watch;
        this.#handle = glue.mount(this, this.#base, { ...this.#options(), first, crashed });
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Failure) this.#fail(error);
        else if (isTrap(error)) this.#crash(error);
        else this.#fail(refused(error));
        return;
      }
      this.#inform(signal);
      const name = `${this.getAttribute("api") ?? this.getAttribute("src")} ${this.#thread}`;
      watch(this, this.#base, (order) => this.#steer(order), name, signal);
      // What we have to say stands above what the module has drawn.
      this.#base.prepend(...this.#remarks.values());
      if (this.#wanted !== null) this.goTo(this.#wanted);
      this.#wanted = null;
    }

    /** The module says how the first page went. It may fail and be ready later: its own notice has a button. */
    #settle(type) {
      this.#base.removeAttribute("aria-busy");
      if (type === "afterword-ready") {
        this.#base.dataset.state = "ready";
        this.#shown = true;
        this.#slot.remove();
        this.#ready.resolve();
      } else if (this.#base.dataset.state === "loading") {
        this.#base.dataset.state = "failed";
        // The children stay, below the notice: the style sheet hides the module's views while they stand before them.
        if (this.#slot.parentNode) this.#base.append(this.#slot);
      }
    }

    /** Ends what #load began: requests are aborted, the replies taken down, a failure forgotten. */
    #stop() {
      this.#run?.abort();
      const [handle, engine] = [this.#handle, this.#engine];
      this.#run = this.#engine = this.#handle = this.#failure = null;
      try {
        handle?.unmount();
      } catch (error) {
        tell("error", say("crash"), error);
        if (isTrap(error)) AfterWord.#bury(engine, error);
      }
      this.#base.removeAttribute("aria-busy");
    }

    /**
     * What happens on the page is listened for here and not by the module: a dead module cannot take a listener back,
     * and would be entered by it again.
     */
    #inform(signal) {
      const on = (type, order) => addEventListener(type, () => this.#steer(order), { signal, capture: true });
      // Also fired by the back button, since only the fragment changes.
      on("hashchange", (handle) => handle.address_changed());
      // Told to the document, and does not bubble.
      on("selectionchange", (handle) => handle.selection_changed());
      // A pointer may rest on a card while the focus is elsewhere.
      addEventListener("keydown", ({ key }) => key === "Escape" && this.#steer((it) => it.escape_pressed()), {
        signal,
        capture: true,
      });
      on("online", (handle) => handle.network_changed());
      on("offline", (handle) => handle.network_changed());
      const kept = ({ key }) => this.#steer((handle) => handle.storage_changed(key ?? undefined));
      addEventListener("storage", kept, { signal });
      const wake = this.#listen(signal);
      tellTime(() => {
        this.#steer((handle) => handle.tick());
        wake();
      }, signal);
    }

    /**
     * What others do is heard as a stream where the backend has one, else asked for about once a minute: only while
     * somebody looks at the page and there is a network. Nobody comes back at the same moment as everybody else, and
     * who is refused waits longer each time. Answers what is to be called now and then.
     */
    #listen(signal) {
      const [second, minute] = [1000, 60000];
      let source, timer, last, began, due;
      let patience = second;
      const about = (millis) => millis * (0.5 + Math.random());
      const close = () => {
        clearTimeout(timer);
        source?.close();
        source = timer = null;
      };
      const open = () => {
        let address;
        this.#steer((handle) => (address = handle.live_address(last)));
        if (!address) return;
        began = Date.now();
        source = new EventSource(address);
        const hear = ({ type, data, lastEventId }) => {
          last = lastEventId || last;
          this.#steer((handle) => {
            if (type === "reset") return handle.ask_for_news();
            // As a page, which the module reads already. A reply of which only the reactions are told has no number.
            const { total, locked, id, reactions, reply = id && { id, reactions } } = JSON.parse(data);
            handle.news_came(JSON.stringify({ thread: { total, locked }, replies: reply ? [reply] : [] }));
          });
        };
        for (const type of ["reply", "reactions", "thread", "reset"]) source.addEventListener(type, hear);
        source.onerror = () => {
          // One that stood for a while was cut off and not refused.
          patience = Date.now() - began > 10 * second ? second : Math.min(patience * 2, 5 * minute);
          close();
          timer = setTimeout(open, about(patience));
        };
      };
      const wake = () => {
        if (document.hidden || !navigator.onLine) return close();
        if (source || timer) return;
        let address;
        this.#steer((handle) => (address = handle.live_address(last)));
        if (address) timer = setTimeout(open, about(second));
        if (address !== "" || Date.now() < due) return;
        if (due) this.#steer((handle) => handle.ask_for_news());
        due = Date.now() + about(minute);
      };
      for (const type of ["visibilitychange", "online", "offline", "afterword-ready"]) {
        addEventListener(type, wake, { signal });
      }
      signal.addEventListener("abort", close);
      return wake;
    }

    #steer(order) {
      try {
        order(this.#handle);
      } catch (error) {
        if (isTrap(error)) this.#crash(error);
        else tell("error", String(error?.message ?? error), this, error);
      }
    }

    #options() {
      const attributes = {};
      for (const name of FOR_MODULE) if (this.hasAttribute(name)) attributes[name] = this.getAttribute(name);
      return {
        attributes,
        thread: this.#thread,
        lang: this.#lang,
        anchor: this.#anchor,
        ...("trustedTypes" in window && { trust }),
      };
    }

    /** The thread's id; null when neither tag nor page says it. A file is one thread and needs no other name. */
    #threadId() {
      return this.getAttribute("thread")?.trim() || pageThread() || this.getAttribute("src")?.trim() || null;
    }

    /**
     * The module's own first request, sent before the module is there. Its address is built as the module builds it;
     * if the two ever differ, this one was in vain and nothing else happens. No header is set: so no preflight is
     * needed, and any cache may answer. High priority: it is small, and what it brings is what people came for.
     */
    #firstRequest(signal) {
      const read = (name) => this.getAttribute(name)?.trim() ?? "";
      const [api, src, order, limit] = ["api", "src", "order", "page-size"].map(read);
      if (!api === !src || !/^\d*$/.test(limit)) return undefined;
      let url;
      if (src) {
        url = addressOf(src, this.baseURI);
        if (!url) return undefined;
      } else {
        const around = this.#linkedReply();
        url =
          `${api.replace(/\/+$/, "")}/replies?thread=${encodeURIComponent(this.#thread)}` +
          (order && order !== "oldest" ? `&order=${encodeURIComponent(order)}` : "") +
          `&limit=${limit || 50}` +
          (around ? `&around=${around}` : "");
      }
      // As long as the module waits for the others, and no longer for an answer that is here while the module is
      // not. Where signals cannot be joined, as long as it takes.
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(new DOMException("", "TimeoutError")), 30000);
      const ends = AbortSignal.any?.([signal, late.signal]) ?? signal;
      const cache = wroteLately() ? "no-cache" : "default";
      const response = fetch(url, { credentials: "omit", priority: "high", signal: ends, cache });
      // The module reads it; until then a failure is not an unhandled one.
      response
        .then((answer) => answer.clone().arrayBuffer())
        .finally(() => clearTimeout(timer))
        .catch(noop);
      // A file is named as the module names it: as written.
      return { url: src || url, response };
    }

    // Failing.

    #fail(failure) {
      const message = failure.in(this.#lang);
      this.#run?.abort();
      this.#run = this.#engine = this.#handle = null;
      this.#failure = failure;
      this.#base.dataset.state = failure.again ? "failed" : "error";
      this.#base.removeAttribute("aria-busy");
      // Children of the element, if any, are the next best thing to replies: they stay, below the notice.
      this.#draw([this.#notice(message, failure.again && AfterWord.#again)]);
      tell("error", message, this, ...(failure.cause ? [failure.cause] : []));
      this.#ready.reject(failure);
      this.#announce(failure.reason, message);
    }

    #crash(cause) {
      AfterWord.#bury(this.#engine, cause);
    }

    /** A trap leaves the instance unusable for all, so every element that it served says so. */
    static #bury(broken, cause) {
      dropEngine(broken);
      for (const element of [...present]) {
        if (element.#engine === broken) element.#fail(new Failure("crash", "crash", {}, { cause }));
      }
    }

    /**
     * Most traps happen in the module's own event handlers and promises: the page's error events show them. Other
     * modules trap too; ours is told by the addresses in the stack (the module's own, in WebKit only the glue's).
     */
    #watchForCrash(signal) {
      const watch = (event) => {
        const error = event.error ?? event.reason;
        if (isTrap(error) && `${event.filename} ${error.stack}`.includes(`${assets}afterword`)) this.#crash(error);
      };
      addEventListener("error", watch, { signal });
      addEventListener("unhandledrejection", watch, { signal });
    }

    /** "Try again", whichever element's button it was: what helps one helps all. */
    static #again() {
      for (const element of [...present]) if (element.#failure?.again) element.#load();
    }

    #announce(reason, message) {
      const detail = { reason, message };
      this.dispatchEvent(new CustomEvent("afterword-error", { bubbles: true, composed: true, detail }));
    }

    /** Shows, or takes back, what is wrong with an attribute of our own. The replies are shown all the same. */
    #remark(name, facts) {
      const before = this.#remarks.get(name);
      const message = facts ? say(name, { ...facts, value: facts.value.slice(0, 80) }, this.#lang) : undefined;
      if (before?.textContent === message) return;
      before?.remove();
      this.#remarks.delete(name);
      if (!message) return;
      const notice = this.#notice(message);
      this.#remarks.set(name, notice);
      this.#base.prepend(notice);
      tell("error", message, this);
      this.#announce("attribute", message);
    }

    // Drawing, before and instead of the module.

    #make(tag, part, ...children) {
      const node = this.ownerDocument.createElement(tag);
      if (part) node.setAttribute("part", part);
      node.append(...children);
      return node;
    }

    /**
     * Replaces what stands in the base: remarks, `before`, the slot, `after`. The slot itself stays where it is,
     * because moving it fires `slotchange`, which draws again.
     */
    #draw(before, after = []) {
      const focused = this.shadowRoot.activeElement;
      if (this.#slot.parentNode !== this.#base) this.#base.append(this.#slot);
      for (const node of [...this.#base.childNodes]) if (node !== this.#slot) node.remove();
      this.#slot.before(...this.#remarks.values(), ...before);
      this.#slot.after(...after);
      if (!focused || focused.isConnected) return;
      // The pressed button is gone; without this the keyboard would start again at the top of the page.
      this.#base.tabIndex = -1;
      this.#base.focus({ preventScroll: true });
    }

    /** Makes room for the module. The element's own children stay until there are replies, or a reason why not. */
    #clear() {
      const kept = this.#shown || !this.#hasPlaceholder() ? null : this.#slot;
      for (const node of [...this.#base.childNodes]) if (node !== kept) node.remove();
    }

    #hasPlaceholder() {
      return this.#slot.assignedNodes().some((node) => node.nodeType === 1 || node.data?.trim());
    }

    /** While it waits and loads: the element's own children, or three grey replies where it has none. */
    #drawWaiting() {
      if (this.#handle || this.#failure || !this.#life) return;
      this.#slot.hidden = this.#shown;
      const after = this.#hasPlaceholder() && !this.#shown ? [] : [this.#skeleton()];
      // Only a button can be reached with the keyboard.
      if (this.#wait && this.#loading() === "interaction") {
        after.push(this.#button("button", "show", () => this.#load()));
      }
      this.#draw([], after);
    }

    #skeleton() {
      const line = () => this.#make("div", "skeleton-line");
      const reply = () =>
        this.#make("div", "skeleton-reply", this.#make("div", "skeleton-avatar"), line(), line(), line());
      const skeleton = this.#make("div", "skeleton", reply(), reply(), reply());
      skeleton.setAttribute("aria-hidden", "true");
      return skeleton;
    }

    #notice(message, again) {
      const text = this.#make("p", "notice-text", message);
      const notice = this.#make("div", "notice", text);
      notice.dataset.kind = "error";
      notice.setAttribute("role", "alert");
      notice.lang = tongue(this.#lang);
      notice.dir = RIGHT_TO_LEFT.test(notice.lang) ? "rtl" : "ltr";
      if (again) notice.append(this.#button("button notice-action", "again", again));
      return notice;
    }

    #button(part, key, pressed) {
      const button = this.#make("button", part, say(key, {}, this.#lang));
      button.type = "button";
      button.addEventListener("click", pressed);
      return button;
    }

    // Sheets.

    #dress() {
      const view = this.ownerDocument.defaultView;
      const worn = [sheetFor(view)];
      if (this.#theme) {
        const sheet = new view.CSSStyleSheet({ baseURL: this.#theme.url });
        sheet.replaceSync(this.#theme.text);
        worn.push(sheet);
      }
      this.shadowRoot.adoptedStyleSheets = worn;
    }

    /** Fetches what `stylesheet` names and lays it over the common sheet. Never rejects. */
    async #loadTheme() {
      const { signal } = this.#life;
      const value = this.getAttribute("stylesheet");
      const name = value?.trim() ?? "";
      let theme = this.#theme;
      let why;
      if (name !== (theme?.name ?? "")) theme = null;
      if (name && !theme) {
        const url = /^[\w-]+$/.test(name) ? asset(`themes/${name}.css`) : addressOf(name, this.baseURI) ?? name;
        try {
          const response = await fetch(url, { signal });
          const type = response.headers.get("content-type") ?? "";
          if (!response.ok) why = ["status", { url, status: response.status }];
          else if (/html/i.test(type)) why = ["type", { url, type, wanted: "text/css" }];
          else theme = { name, url, text: await response.text() };
        } catch {
          why = unreachable(url, "connect-src");
        }
      }
      // Meanwhile the element may have left, or the attribute may have changed again.
      if (signal.aborted || value !== this.getAttribute("stylesheet")) return;
      this.#remark("stylesheet", why && { value, why });
      if (theme === this.#theme) return;
      this.#theme = theme;
      this.#dress();
    }

    // Following the page.

    /** Light or dark, language and direction, as the page stands now. */
    #look() {
      this.#looking = false;
      if (!this.#life || !this.isConnected) return;
      const before = this.#lang;
      this.#lang = this.#language();
      this.#base.lang = this.#lang;
      this.#base.dir = this.#direction();
      this.#base.dataset.scheme = this.#isDark() ? "dark" : "light";
      if (this.#handle && this.#lang !== before) this.#steer((handle) => handle.configure(this.#options()));
    }

    /** After a change somewhere above: once, before the next frame is painted. */
    #lookSoon() {
      if (this.#looking) return;
      this.#looking = true;
      requestAnimationFrame(() => this.#look());
    }

    #isDark() {
      const value = this.getAttribute("theme");
      const theme = value?.trim() || "auto";
      const word = theme.toLowerCase();
      let wrong = false;
      let dark;
      if (/^[\w-]+$/.test(theme)) {
        // A word that we do not know is a misspelt keyword, not a selector for elements of that name.
        wrong = !/^(auto|light|dark)$/.test(word);
        dark = word === "dark" || (word !== "light" && liesOnDark(this));
      } else {
        try {
          dark = Boolean(this.ownerDocument.querySelector(theme) ?? this.closest(theme));
        } catch {
          wrong = true;
          dark = liesOnDark(this);
        }
      }
      this.#remark("theme", wrong && { value });
      return dark;
    }

    #language() {
      for (let node = this; node; node = parentOf(node)) {
        const lang = node.getAttribute("lang")?.trim();
        if (lang) return lang;
      }
      return navigator.language || "en";
    }

    /** A `dir` on the element is an order; a `lang` on it says the direction; else it runs as the page does. */
    #direction() {
      if (!this.hasAttribute("dir") && this.getAttribute("lang")?.trim()) {
        return RIGHT_TO_LEFT.test(this.#lang) ? "rtl" : "ltr";
      }
      return styleOf(this).direction;
    }

    /** Listens for whatever may change how the page looks. */
    #follow(signal) {
      const soon = () => this.#lookSoon();
      const page = this.ownerDocument;
      this.#observer = new MutationObserver(soon);
      signal.addEventListener("abort", () => this.#observer.disconnect());
      systemIsDark().addEventListener("change", soon, { signal });
      // A background that fades has its new colour at the end; a sheet that comes late has none before.
      page.addEventListener("transitionend", (event) => this.#ancestors.has(event.target) && soon(), { signal });
      page.addEventListener("load", (event) => event.target.sheet && soon(), { signal, capture: true });
    }

    /** Theme, language and direction come from attributes above; which elements are above, each move decides. */
    #watch() {
      const page = this.ownerDocument;
      this.#observer.disconnect();
      this.#ancestors.clear();
      for (let node = this; node; node = parentOf(node)) this.#ancestors.add(node);
      for (const node of [page.documentElement, page.body]) if (node) this.#ancestors.add(node);
      for (const node of this.#ancestors) this.#observer.observe(node, { attributes: true });
    }

    #renewReady() {
      const ready = { settled: false };
      ready.promise = new Promise((resolve, reject) => {
        ready.resolve = () => {
          ready.settled = true;
          resolve();
        };
        ready.reject = (failure) => {
          ready.settled = true;
          reject(failure);
        };
      });
      ready.promise.catch(noop); // A page that does not ask is not told of an unhandled rejection.
      this.#ready = ready;
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
        if (value === null || value === undefined) this.removeAttribute(name);
        else this.setAttribute(name, value);
      },
    });
  }

  // --- The script tag --------------------------------------------------------------------------------------------

  const existing = customElements.get(TAG);
  if (!existing) {
    customElements.define(TAG, AfterWord);
  } else if (!Object.hasOwn(existing, "assets")) {
    tell("error", say("taken"));
    return;
  } else if (existing.assets !== assets) {
    tell("warn", say("twice", { first: existing.assets, url: assets }));
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
        tell("error", say("badTarget", { value: target }), script);
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
    const same = (element) =>
      element.getAttributeNames().length === asked.size &&
      [...asked].every(([name, value]) => element.getAttribute(name) === value);
    if ([...document.querySelectorAll(TAG)].some(same)) return true;
    const element = document.createElement(TAG);
    for (const [name, value] of asked) element.setAttribute(name, value);
    if (spot) spot.append(element);
    else script.after(element);
    return true;
  }

  const placeOrTell = () => {
    if (!place()) tell("error", target === null ? say("noPlace") : say("noTarget", { value: target }), script);
  };
  if (document.readyState !== "loading") placeOrTell();
  else if (!place()) document.addEventListener("DOMContentLoaded", placeOrTell, { once: true });
})();
