// Put into a page before anything else runs there: notes when a reader sees what, and what that costs.
// `WATCHED` says where to look: `host` (selector of an element with a shadow root, or null), `reply` and `composer`
// (selectors in that root, in the host itself, or else in the document), `ready` (an event without which the
// composer is not ready, or null).
((WATCHED) => {
  if (window !== top || window.__bench) return;
  const bench = (window.__bench = {
    firstReply: null, // ms since navigation began, just after the frame that painted it
    composer: null,
    shift: 0, // cumulative layout shift, all of it
    longest: 0, // ms, the longest task; tasks up to 50 ms count as none
    blocking: 0, // ms, of all long tasks what exceeds 50
    keys: [], // ms from keydown to just after the next frame
    clicks: [], // ms from a click on a reaction to just after the frame that shows it pressed
  });
  performance.setResourceTimingBufferSize(5000);

  const find = (selector) => {
    const host = WATCHED.host && document.querySelector(WATCHED.host);
    return host ? (host.shadowRoot?.querySelector(selector) ?? host.querySelector(selector)) : document.querySelector(selector);
  };
  const isShown = (node) => {
    const box = node?.getClientRects()[0];
    return !!box && box.width > 0 && box.height > 0;
  };
  // Called within a frame: a message comes when that frame is painted.
  const afterPaint = (then) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); then(performance.now()); };
    port2.postMessage(null);
  };
  const nextPaint = (then) => requestAnimationFrame(() => afterPaint(then));

  let isReady = !WATCHED.ready;
  if (WATCHED.ready) addEventListener(WATCHED.ready, () => { isReady = true; }, true);
  const seen = {};
  const note = (name, isThere) => {
    if (seen[name] || !isThere()) return;
    seen[name] = true;
    afterPaint((now) => { bench[name] = now; });
  };
  const look = () => {
    note("firstReply", () => isShown(find(WATCHED.reply)));
    note("composer", () => {
      const field = isReady && find(WATCHED.composer);
      return field && isShown(field) && !field.disabled && !field.readOnly;
    });
    if (!seen.firstReply || !seen.composer) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);

  let busy = 0;
  const observe = (type, each) => new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true });
  observe("layout-shift", (entry) => { bench.shift += entry.value; });
  observe("longtask", (entry) => {
    bench.longest = Math.max(bench.longest, entry.duration);
    bench.blocking += entry.duration - 50;
    busy = Math.max(busy, entry.startTime + entry.duration);
  });
  observe("resource", (entry) => { busy = Math.max(busy, entry.responseEnd); });
  // Whether nothing has happened for so long, in ms.
  bench.isQuiet = (time) => performance.now() - busy > time;

  // Bytes of bodies as they came over the line, of all that had come by then; the page itself left out.
  bench.bytes = (until) =>
    performance.getEntriesByType("resource")
      .filter((entry) => entry.responseEnd <= until)
      .reduce((sum, entry) => sum + entry.encodedBodySize, 0);

  const memories = new Set();
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const instantiate = WebAssembly[name];
    WebAssembly[name] = async (...rest) => {
      const made = await instantiate.apply(WebAssembly, rest);
      const { exports } = made.instance ?? made;
      for (const value of Object.values(exports)) if (value instanceof WebAssembly.Memory) memories.add(value);
      return made;
    };
  }
  bench.wasmBytes = () => [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0);

  const elements = (root) => {
    const all = [...root.querySelectorAll("*")];
    return all.reduce((sum, node) => sum + (node.shadowRoot ? elements(node.shadowRoot) : 0), all.length);
  };
  bench.elements = () => elements(document);

  addEventListener("keydown", (event) => nextPaint((now) => bench.keys.push(now - event.timeStamp)), true);

  addEventListener("click", (event) => {
    const button = event.composedPath()[0]?.closest?.("[part~=reaction-button]");
    if (!button) return;
    const root = button.getRootNode();
    const before = button.ariaPressed;
    const reply = button.closest("[part~=reply]")?.id;
    const tag = button.closest("[data-tag]")?.dataset.tag;
    const isPressed = () =>
      root.getElementById(reply)?.querySelector(`[data-tag="${tag}"] [part~=reaction-button]`)?.ariaPressed !== before;
    const wait = () => isPressed() ? afterPaint((now) => bench.clicks.push(now - event.timeStamp)) : requestAnimationFrame(wait);
    requestAnimationFrame(wait);
  }, true);

  // Presses the button for more replies. Resolves to the ms from the press and from the answer's last byte until just
  // after the frame that shows the first of them, and from that byte until all are there; to null where there is no
  // button.
  bench.append = () => new Promise((resolve) => {
    const button = find("[part~=pager][data-end=next] button");
    if (!button) return resolve(null);
    const last = () => [...find("[part~=list]").querySelectorAll("[part~=reply]")].at(-1)?.id;
    const before = last();
    const pressed = performance.now();
    button.click();
    const wait = () => {
      if (last() === before) return requestAnimationFrame(wait);
      afterPaint((now) => {
        const answers = performance.getEntriesByType("resource").filter((entry) => entry.name.includes("after="));
        const answered = answers.at(-1)?.responseEnd ?? NaN;
        const whole = () =>
          find("[part~=list]").ariaBusy === "true"
            ? requestAnimationFrame(whole)
            : afterPaint((end) => resolve([now - pressed, now - answered, end - answered]));
        whole();
      });
    };
    requestAnimationFrame(wait);
  });

  // Where to click an element, once it is in the middle of the window.
  const at = (node) => {
    node.scrollIntoView({ block: "center", behavior: "instant" });
    const box = node.getBoundingClientRect();
    return [Math.round(box.left + box.width / 2), Math.round(box.top + Math.min(box.height / 2, 20))];
  };
  bench.composerAt = () => at(find(WATCHED.composer));
  // The reaction of one reply after the other, from the middle of what is there.
  bench.reactionAt = (index) => {
    const replies = [...find("[part~=list]").querySelectorAll("[part~=reply]")];
    const button = replies[Math.floor(replies.length / 3) + index]?.querySelector("[part~=reaction-button][aria-pressed=false]");
    return button ? at(button) : null;
  };
})(/*WATCHED*/);
