// What readers, pages and programs do, in any order and at any moment; then `done`. The story fills in the seed and how
// many steps.
let seed = SEED;
const chance = () => (seed = (seed * 1664525 + 1013904223) >>> 0) / 2 ** 32;
const any = (list) => list[Math.floor(chance() * list.length)];
const tag = elements()[0];
const place = tag.parentNode;
const words = ["Hello ", "@a", "@harbour kate ", "**loud** ", "> said\n\n", "`code", "https://example.org ", "\n- one", "😀"];

const network = (onLine) => {
  Object.defineProperty(navigator, "onLine", { configurable: true, value: onLine });
  dispatchEvent(new Event(onLine ? "online" : "offline"));
};

const acts = {
  press() {
    const buttons = all('button, a[href^="#"], summary, [role="option"]').filter(shown);
    const near = buttons.filter(inView);
    const button = any(near.length && chance() < 0.8 ? near : buttons);
    button?.focus();
    button?.click();
  },
  write() {
    const field = any(all("textarea, input"));
    if (!field) return;
    field.focus();
    field.value += any(words);
    field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
  },
  key() {
    const key = any(["Escape", "Enter", "ArrowDown", "ArrowUp", "j", "k", "n", "f", "l", "b", "q"]);
    const ctrlKey = chance() < 0.2;
    const event = { key, ctrlKey, bubbles: true, composed: true, cancelable: true };
    (focused() ?? document.body).dispatchEvent(new KeyboardEvent("keydown", event));
  },
  choose() {
    const list = any(all("select"));
    if (!list) return;
    list.selectedIndex = Math.floor(chance() * list.options.length);
    list.dispatchEvent(new Event("change", { bubbles: true }));
  },
  select() {
    const bodies = parts("reply-body");
    if (!bodies.length) return;
    const [from, to] = [any(bodies), any(bodies)];
    getSelection().setBaseAndExtent(from, 0, to, to.childNodes.length);
  },
  point() {
    const link = any(all('[part~="quote-source"], [part~="mention"], [part~="reply-number"]'));
    for (const type of ["pointerover", "focusin"]) link?.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
  },
  leave() {
    tag.remove();
    const back = () => place.append(tag);
    if (chance() < 0.3) back();
    else setTimeout(back, chance() * 100);
  },
  thread: () => tag.setAttribute("thread", any(["tarnay-head", "tarnay-head", "another"])),
  attribute() {
    const [name, value] = any([["lang", "ar"], ["lang", "en"], ["order", "newest"], ["order", "oldest"], ["page-size", "5"], ["page-size", "50"], ["html", ""], ["html", "no"], ["theme", "dark"]]);
    tag.setAttribute(name, value);
  },
  call: () => any([() => tag.reload(), () => tag.goTo(any([1, 9, 17, 400])), () => tag.quote(any([2, 15]))])(),
  address: () => (location.hash = any(["reply-2", "reply-17", "reply-400", "elsewhere"])),
  scroll: () => scrollTo(0, chance() * document.documentElement.scrollHeight),
  storage() {
    for (const key of Object.keys(localStorage)) localStorage.setItem(key, any(["{", '{"text":7,"token":[]}', '{"text":"Kept","key":"→"}', "null"]));
    dispatchEvent(new StorageEvent("storage", { key: null }));
  },
  network: () => network(any([true, false])),
};
// What readers do is done more often than what pages do.
const often = ["press", "press", "press", "press", "press", "write", "write", "key", "key", "select", "point"];

(async () => {
  const names = [...Object.keys(acts), ...often];
  for (let step = 0; step < STEPS; step++) {
    acts[any(names)]();
    if (chance() < 0.7) await new Promise((then) => setTimeout(then, chance() * 30));
  }
  if (!tag.isConnected) place.append(tag);
  tag.setAttribute("thread", "tarnay-head");
  network(true);
  done(null);
})();
