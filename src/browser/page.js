/*
 * What page.rs knows of the page around the widget, and does to it.
 *
 * The build puts this behind the glue, which calls it by name: a line here is one import of the module's, where
 * bindings of the browser's own functions would be several, with what converts between them. Whatever the browser
 * refuses is an absence, never an exception.
 */

/** What `act` gives; nothing where the browser refuses. */
function allowed(act) {
  try {
    return act() ?? undefined;
  } catch {
    return undefined;
  }
}

const isOnline = () => navigator.onLine;

/** Browsers write it percent-encoded; an anchor may be in any script. */
const addressedFragment = () => allowed(() => decodeURIComponent(location.hash));

/** The host's own state is kept, for routers that rely on it. */
function writeAddress(fragment) {
  allowed(() => {
    // From the page's own address: a `<base href>` would make `#reply-4` name another page.
    const address = `${pageAddress()}#${encodeURI(fragment)}`;
    if (location.href !== address) history.pushState(history.state, "", address);
  });
}

const pageAddress = () => location.href.split("#")[0];

/** From the prototype: `<form name="title">` would be `document.title`. */
const pageTitle = () => allowed(() => String(Reflect.get(Document.prototype, "title", document))) ?? "";

/** So long a frame may take, in milliseconds. There are pages that look alive and have none: in a frame out of sight. */
const FRAME_PATIENCE = 500;

/** What is to be done in a frame is done before that is seen; a task comes after it. A hidden page has no frames. */
function whenSeen(work) {
  let isDone = false;
  const act = () => {
    if (isDone) return;
    isDone = true;
    work();
  };
  const isHidden = document.hidden;
  setTimeout(act, isHidden ? 0 : FRAME_PATIENCE);
  if (!isHidden) requestAnimationFrame(() => setTimeout(act));
}

/** Nothing is written yet in a composer that is closed. */
const isField = (element) => element.matches("input,textarea:not([part~=composer-open]),select,[contenteditable]");

function busyAt(base) {
  const { activeElement } = base.ownerDocument;
  const root = base.getRootNode();
  if (!root.host) return undefined;
  const own = root.activeElement;
  if (own) return isField(own) ? own : undefined;
  const isSomebody = activeElement && !/^(body|html)$/.test(activeElement.localName);
  return isSomebody && root.host !== activeElement ? activeElement : undefined;
}

function askingAt(base) {
  const active = busyAt(base);
  return active && (base.getRootNode().contains(active) || !isField(active)) ? active : undefined;
}

const findBeside = (base, id) => base.getRootNode().getElementById?.(id) ?? undefined;

const nthWithin = (base, selector, place) => base.querySelectorAll(selector)[place];

const scrollInto = (element, block) => element.scrollIntoView({ block });

const focusOn = (element) => element.focus({ preventScroll: true });

function freshKey() {
  const random = () => Math.floor(Math.random() * 2 ** 53);
  return `${random()}-${random()}`;
}

function showText(field, text) {
  if (field.value === text) return;
  field.value = text;
  // A field that comes anew has no history: else undoing would mix what was typed before into another text.
  const left = () => isIn(field) || field.value || renew(field);
  if (!isIn(field)) renew(field);
  else if (!text) field.addEventListener("blur", () => queueMicrotask(left), { once: true });
}

/** Also while the reader is at another window. */
const isIn = (field) => field.getRootNode().activeElement === field;

function renew(field) {
  const { parentNode, nextSibling } = field;
  field.remove();
  parentNode?.insertBefore(field, nextSibling);
}

/** Of more lines Chromium makes seconds of work. WebKit does not, nor does it forget what could be undone before. */
const mostLines = () => (allowed(() => CSS.supports("overflow-anchor", "auto")) ? 100 : Infinity);

function writeIn(field, text) {
  // Not beside its preview any more.
  field.hidden = false;
  const { value } = field;
  if (value === text) return;
  let [from, to, end] = [0, value.length, text.length];
  while (from < to && from < end && value[from] === text[from]) from++;
  while (from < to && from < end && value[to - 1] === text[end - 1]) [to, end] = [to - 1, end - 1];
  const added = text.slice(from, end);
  if (added.split("\n").length > mostLines()) {
    field.value = text;
    hushed(field, "blur", () => renew(field));
    return focusOn(field);
  }
  focusOn(field);
  // The page hears of that.
  if (!isIn(field)) return;
  selectIn(field, from, to);
  // Nothing else can be undone: https://developer.mozilla.org/docs/Web/API/Document/execCommand
  const type = () => field.ownerDocument.execCommand(added ? "insertText" : "delete", false, added);
  hushed(field, "input", type);
}

/** Whoever asks for this knows what happens by it. */
function hushed(field, type, act) {
  const hush = (event) => event.stopImmediatePropagation();
  field.addEventListener(type, hush, true);
  act();
  field.removeEventListener(type, hush, true);
}

const edgeOf = (field, name) => field[name] ?? 0;

function selectIn(field, start, end) {
  field.selectionStart = start;
  field.selectionEnd = end;
}

function tellHost(element, name, detail) {
  const init = { bubbles: true, composed: true, detail: JSON.parse(detail) };
  element.dispatchEvent(new CustomEvent(name, init));
}

/** Nothing where a page has made its storage give what is no text. */
function findKept(key) {
  const found = allowed(() => localStorage.getItem(key));
  return typeof found === "string" ? found : undefined;
}

/** Widgets, which hear what others on this page have kept: browsers tell other pages alone. */
const neighbours = new Set();

function tellNeighbours(key) {
  if (neighbours.size > 1) queueMicrotask(() => neighbours.forEach((hear) => hear(key)));
}

function keepUnder(key, value) {
  return (
    allowed(() => {
      localStorage.setItem(key, value);
      tellNeighbours(key);
      return true;
    }) ?? false
  );
}

const dropKept = (key) =>
  allowed(() => {
    localStorage.removeItem(key);
    tellNeighbours(key);
  });

/** A document from `DOMParser` runs no scripts, loads nothing and belongs to no page; it is read, never inserted. */
const parsedBody = (source, trust) =>
  allowed(() => new DOMParser().parseFromString(trust ? trust(source) : source, "text/html").body);
