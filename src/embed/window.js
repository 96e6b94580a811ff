/*
 * The reader in a long list: where they are, what that asks for, and that they stay there.
 *
 * The module shows a part of a thread and decides what comes and goes. This tells it when an end of that part is
 * near, keeps the page still while something is added above, gives what is not here its height, remembers how far was
 * read, and moves the focus by keys. It knows parts by name and nothing of requests. The build puts it behind the glue.
 */

/** Where it is kept how far the threads were read, and of how many. */
const READ = "afterword:read";
const THREADS = 100;

/** The ends of the list, as its buttons are named. */
const ENDS = ["previous", "next"];

/** Who looks at a reply for so long has read it; so long the page rests before a far place is fetched. Milliseconds. */
const READING = 1000;
const RESTING = 120;

/** No browser makes a page much higher, in pixels. */
const HIGHEST = 8e6;

/** By how many pixels all elements together have moved the page, so that what is read stayed where it was. */
let corrected = 0;

/** What scrolls an element: the page, or a box on it. */
export function scrollerOf(element) {
  const page = element.ownerDocument;
  for (let node = element.parentElement; node && node !== page.body; node = node.parentElement) {
    const { overflowY } = page.defaultView.getComputedStyle(node);
    if (/auto|scroll/.test(overflowY) && node.scrollHeight > node.clientHeight) return node;
  }
  return page.scrollingElement;
}

/**
 * Begins for the widget in `base`, until `signal`. `steer` calls what it is given with the widget's handle; `name` is
 * the thread's, among all that this browser ever read.
 */
export function watch(element, base, steer, name, signal) {
  const page = element.ownerDocument;
  const view = page.defaultView;
  const root = base.getRootNode();
  /** Of a browser that keeps a page still by itself; WebKit long did not. */
  const isStill = view.CSS.supports("overflow-anchor", "auto");

  const part = (name, within = base) => within.querySelector(`[part~="${name}"]`);
  const make = (tag, name) => {
    const node = page.createElement(tag);
    node.part = node.className = name;
    return node;
  };
  const orderOf = () => part("order-select")?.value ?? element.getAttribute("order") ?? "oldest";
  const totalOf = () => {
    let total = 0;
    steer((handle) => (total = handle.total()));
    return total;
  };
  const byButton = () => element.hasAttribute("page-by-button");
  const items = () => part("list")?.children ?? [];
  const pager = (end) => base.querySelector(`[data-end="${end}"]`);
  const box = (node) => node.getBoundingClientRect();
  const numberOf = (item) => Number(/\d+$/.exec(item?.querySelector("article")?.id ?? "")) || 0;

  const scroller = () => scrollerOf(element);

  /** The height of what is not here, before the list and after it. */
  const spacers = ENDS.map(() => make("div", "spacer"));
  for (const spacer of spacers) spacer.ariaHidden = "true";
  /** How far was read before this visit, the first number that was not, and the sign there. */
  const before = kept().get(name) ?? NaN;
  const sign = make("p", "unread");
  let unread;

  /** Tells the module; `Widget::see` says what the numbers mean. */
  const see = (what, number = 0) => steer((handle) => handle.see(what, number));

  /** The first reply that is seen at least in part, and where it stands. */
  let anchor;
  /** Whether the page was ever scrolled, and whether the reader goes down (1) or up (-1), as far as that is known. */
  let hasScrolled = false;
  let way = 0;
  /** The far place that was asked for, where the page stood then, and whether the focus was in the list. */
  let asked;
  /** The item in which the focus is, or was last. */
  let here;
  /** Not between a change of the list and the next frame. */
  let isSettled = true;
  let resting, reading;

  /** The first item that reaches below the upper edge of what is seen: items stand in order, so halving finds it. */
  function firstSeen() {
    const all = items();
    let [low, high] = [0, all.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (box(all[middle]).bottom > 0) high = middle;
      else low = middle + 1;
    }
    return all[low];
  }

  /** Where the page stands but for what was corrected: another place when somebody has moved it. */
  const stand = () => scroller().scrollTop - corrected;

  function note() {
    const item = firstSeen();
    anchor = item && { item, top: box(item).top, stood: isStill || stand() };
  }

  /** Puts the reply that was seen first where it was seen. */
  function restore() {
    if (isStill || !anchor?.item.isConnected || anchor.top > view.innerHeight) return;
    const moved = box(anchor.item).top - anchor.top;
    if (!moved) return;
    const stood = scroller().scrollTop;
    scroller().scrollTop += moved;
    // Not always by as much: it may be rounded, or at its end.
    corrected += scroller().scrollTop - stood;
  }

  /** As high as what is not here would be, if it were like what is. */
  function fit() {
    const list = part("list");
    const high = box(list).height / items().length;
    // Where only buttons bring more, or the reader fills in a form, nothing would fill it.
    const room = byButton() || list.querySelector("form") ? 0 : high;
    const [first, last] = [numberOf(items()[0]), numberOf(list.lastElementChild)];
    const total = first && last ? totalOf() : 0;
    const order = orderOf();
    const counts = { oldest: [first - 1, total - last], newest: [total - first, last - 1] }[order] ?? [0, 0];
    spacers.forEach((spacer, at) => {
      spacer.count = total && pager(ENDS[at]) ? counts[at] : 0;
      const block = Math.max(0, Math.min(HIGHEST, Math.round(spacer.count * room)));
      // What stands below the list does not jump while it is seen.
      if (at && block > box(spacer).height && box(list).bottom < view.innerHeight) return;
      // Most threads have no such room, and their markup no style.
      if (block || spacer.hasAttribute("style")) spacer.style.blockSize = `${block}px`;
    });
    // They stand outside of the buttons, so that those are at the ends of what is here.
    if (list.previousSibling.previousSibling !== spacers[0]) list.previousSibling.before(spacers[0]);
    if (list.nextSibling.nextSibling !== spacers[1]) list.nextSibling.after(spacers[1]);
  }

  /** The place in the whole order that the middle of the page shows, if it is not here. */
  function farPlace() {
    const middle = view.innerHeight / 2;
    for (const spacer of spacers) {
      const { top, bottom, height } = box(spacer);
      if (height < 1 || top > middle || bottom < middle) continue;
      const first = spacer === spacers[0] ? 0 : spacers[0].count + items().length;
      return first + Math.floor(((middle - top) / height) * spacer.count);
    }
    return -1;
  }

  /** Asks for more where an end that the reader goes to is near. */
  function look() {
    clearTimeout(resting);
    clearTimeout(reading);
    reading = setTimeout(read, READING);
    const list = part("list");
    if (!hasScrolled || !items().length || byButton() || list.hasAttribute("aria-busy")) return;
    const height = view.innerHeight;
    const { top, bottom } = box(list);
    if (top > height / 2 || bottom < height / 2) {
      resting = setTimeout(rest, RESTING);
    }
    if (way > 0 ? bottom < 2 * height : way && top > -height) {
      const button = pager(ENDS[way > 0 ? 1 : 0])?.querySelector('button[aria-disabled="false"]');
      // What failed is for the reader to ask for again.
      if (button && !button.nextSibling.textContent && bottom > 0 && top < height) {
        see(way > 0 ? 1 : 0);
      }
    }
  }

  /** The page rests far from what is here. */
  function rest() {
    const place = farPlace();
    // What is on its way may reach that far; then all is looked at again.
    if (place < 0 || base.querySelector('[data-end] [aria-disabled="true"],.list[aria-busy]')) return;
    asked = { place, stood: scroller().scrollTop, focused: part("list").contains(root.activeElement) };
    see(2, place);
  }

  /** What was asked for far away is here: it comes to where the reader waits for it. */
  function settle() {
    const { place, stood, focused } = asked;
    const item = items()[place - spacers[0].count];
    if (!item) return;
    asked = null;
    if (Math.abs(scroller().scrollTop - stood) > view.innerHeight && farPlace() >= 0) return;
    scroller().scrollTop += box(item).top - view.innerHeight / 3;
    if (focused && !root.activeElement) part("reply", item)?.focus({ preventScroll: true });
  }

  /** Marks what came since the last visit, if not all or nothing did, and where that begins. */
  function mark() {
    unread ??= before < totalOf() ? before + 1 : 0;
    sign.textContent = part("list").dataset.unread;
    sign.remove();
    for (const item of items()) {
      const number = numberOf(item);
      item.toggleAttribute("data-unread", unread && number >= unread);
      if (unread && number === unread && orderOf() === "oldest") item.prepend(sign);
    }
  }

  function changed() {
    if (signal.aborted || !items().length) return;
    restore();
    // The module draws many some at a time; what follows waits for the last, since it moves all that is here.
    if (part("list").hasAttribute("aria-busy")) return;
    mark();
    fit();
    restore();
    if (asked) settle();
    // The keyboard goes on from what is seen, and not from the top of the page.
    else if (here && !here.isConnected && [page.body, null].includes(page.activeElement)) {
      part("reply", firstSeen())?.focus({ preventScroll: true });
    }
    // A browser that keeps the page still has not done so yet.
    if (isStill) requestAnimationFrame(() => setTimeout(settled));
    else settled();
  }

  function settled() {
    if (signal.aborted) return;
    isSettled = true;
    note();
    look();
  }

  function scrolled() {
    hasScrolled = true;
    if (isSettled && anchor?.item.isConnected) {
      const moved = box(anchor.item).top - anchor.top;
      if (moved) way = moved < 0 ? 1 : -1;
    }
    note();
    look();
  }

  // How far was read.

  function kept() {
    try {
      const all = JSON.parse(view.localStorage.getItem(READ));
      return new Map(Object.entries(all).filter(([, number]) => number > 0));
    } catch {
      return new Map();
    }
  }

  /** Keeps the highest number among those that are seen. */
  function read() {
    if (page.hidden) return;
    let highest = 0;
    for (let item = firstSeen(); item && box(item).top < view.innerHeight; item = item.nextElementSibling) {
      if (box(item).bottom > 0) highest = Math.max(highest, numberOf(item));
    }
    const threads = kept();
    if (!(highest > (threads.get(name) ?? 0))) return;
    // The one that was read last stands last.
    threads.delete(name);
    threads.set(name, highest);
    const last = [...threads].slice(-THREADS);
    try {
      view.localStorage.setItem(READ, JSON.stringify(Object.fromEntries(last)));
    } catch {
      // Then nothing is marked the next time.
    }
  }

  // Keys.

  /** Puts the focus on a reply, or asks for more where there is none. */
  function step(from, forward) {
    const next = from && (forward ? from.nextElementSibling : from.previousElementSibling);
    const reply = next && part("reply", next);
    if (!reply) return pager(ENDS[forward ? 1 : 0])?.querySelector("button").click();
    reply.focus({ preventScroll: true });
    reply.scrollIntoView();
  }

  function press(event) {
    const { key, target } = event;
    const mixed = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing;
    if (mixed || event.defaultPrevented || element.hasAttribute("no-keys")) return;
    if (!items().length || target.closest("input,textarea,select,[contenteditable]")) return;
    const here = target.closest('[part~="item"]');
    const from = numberOf(here);
    const offer = part("quote-selection");
    const jump = (number) => steer((handle) => handle.go_to(number, from));
    const keys = {
      __proto__: null,
      j: () => (here ? step(here, true) : step({ nextElementSibling: firstSeen() }, true)),
      k: () => (here ? step(here, false) : step({ previousElementSibling: firstSeen() }, false)),
      f: () => jump(1),
      l: () => jump(totalOf()),
      n: () => unread && jump(Math.min(Math.max(before, from) + 1, totalOf())),
      b: () => part("back-button")?.click(),
      q: offer && (() => offer.click()),
    };
    // Caps Lock may be on.
    const act = keys[key?.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  const observer = new MutationObserver(() => {
    isSettled = !isStill;
    // To measure is to lay out: where nothing has to be put back at once, that is a task of its own.
    if (isStill) requestAnimationFrame(changed);
    else changed();
  });
  const list = part("list");
  observer.observe(list, { childList: true, attributeFilter: ["aria-busy"] });
  // Whatever grows above what is read: not where the reader writes, nor where the widget's own beginning is seen.
  const grown = new view.ResizeObserver(() => {
    const isWriting = root.activeElement?.matches("input,textarea,select");
    // WebKit tells of a move later than of what has grown.
    if (anchor?.stood === stand() && box(base).top < 0 && !isWriting) restore();
    note();
  });
  if (!isStill) grown.observe(base);
  page.addEventListener("scroll", scrolled, { signal, capture: true, passive: true });
  base.addEventListener("keydown", press, { signal });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    grown.disconnect();
    clearTimeout(resting);
    clearTimeout(reading);
  });
  // What has the focus does not go, unless it is far away.
  const focused = (node) => {
    here = node?.closest('[part~="item"]');
    see(3, numberOf(here));
    // Whoever was led here came from elsewhere, of which the page will tell later.
    if (!isStill) note();
  };
  base.addEventListener("focusin", ({ target }) => focused(target), { signal });
  const left = () => {
    // Of an item that has gone it is still known, and of one that was left no longer.
    if (here?.isConnected && !here.contains(root.activeElement)) here = null;
  };
  const leave = () => {
    see(3);
    setTimeout(left);
  };
  base.addEventListener("focusout", leave, { signal });
  if (root.activeElement) focused(root.activeElement);
  // Somebody may have been led somewhere already.
  note();
  changed();
}
