// Keeps what goes wrong on this page, from its first moment on.
{
  const log = [];
  const events = [];
  const hide = (name, value) => Object.defineProperty(window, name, { value, enumerable: false });
  hide("__log", log);
  hide("__events", events);
  const told = (thing) => {
    if (thing instanceof Error) return `${thing.name}: ${thing.message}`;
    try {
      return typeof thing === "object" ? JSON.stringify(thing) : String(thing);
    } catch {
      return Object.prototype.toString.call(thing);
    }
  };
  addEventListener(
    "error",
    (event) => {
      const source = event.target;
      if (source === window || !source) log.push(["exception", event.message || told(event.error)]);
      else log.push(["resource", `${source.localName} ${source.src || source.href || ""}`]);
    },
    true,
  );
  addEventListener("unhandledrejection", (event) => log.push(["rejection", told(event.reason)]));
  document.addEventListener("securitypolicyviolation", (event) => {
    // The browser looks for an icon of its own accord.
    if (event.blockedURI.endsWith("/favicon.ico")) return;
    log.push(["policy", `${event.effectiveDirective} ${event.blockedURI} ${event.sample}`]);
  });
  for (const level of ["error", "warn"]) {
    const original = console[level];
    console[level] = function (...words) {
      log.push([`console.${level}`, words.map(told).join(" ")]);
      return original.apply(this, words);
    };
  }
  for (const type of ["afterword-ready", "afterword-error", "afterword-count-changed", "afterword-reply-posted", "afterword-reply-edited", "afterword-reply-deleted", "afterword-reply-restored", "afterword-reaction-changed", "afterword-sign-in-requested"]) {
    document.addEventListener(type, (event) =>
      events.push({ type, detail: event.detail, target: event.target.localName, id: event.target.id }),
    );
  }
}
