/*
 * What others do, heard by a mounted widget.
 *
 * As a stream where the backend has one, else asked for about once a minute: only while somebody looks at the page and
 * there is a network. Nobody comes back at the same moment as everybody else, and who is refused waits longer each time.
 * The build puts it behind the glue.
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** What a stream brings, by the contract. */
const NEWS = ["reply", "reactions", "thread", "reset"];

/** Begins, until `signal`. `steer` calls what it is given with the widget's handle. Answers what is to be called now and then. */
export function listen(steer, signal) {
  let source, timer, last, began, due;
  let patience = SECOND;
  const about = (millis) => millis * (0.5 + Math.random());
  const address = () => steer((handle) => handle.live_address(last));

  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = timer = null;
  };

  const hear = ({ type, data, lastEventId }) => {
    last = lastEventId || last;
    steer((handle) => {
      if (type === "reset") return handle.happen(NEWS_WANTED);
      // As a page, which the module reads already. A reply of which only the reactions are told has no number.
      const { total, locked, id, reactions, reply = id && { id, reactions } } = JSON.parse(data);
      handle.news_came(JSON.stringify({ thread: { total, locked }, replies: reply ? [reply] : [] }));
    });
  };

  const open = () => {
    timer = null;
    const stream = address();
    if (!stream) return;
    began = Date.now();
    source = new EventSource(stream);
    for (const type of NEWS) source.addEventListener(type, hear);
    source.onerror = () => {
      // One that stood for a while was cut off and not refused.
      patience = Date.now() - began > 10 * SECOND ? SECOND : Math.min(patience * 2, 5 * MINUTE);
      close();
      timer = setTimeout(open, about(patience));
    };
  };

  const wake = () => {
    if (document.hidden || !navigator.onLine) return close();
    if (source || timer) return;
    const stream = address();
    if (stream) timer = setTimeout(open, about(SECOND));
    // Nothing before the first page is here; an empty one where nobody streams.
    if (stream !== "" || Date.now() < due) return;
    if (due) steer((handle) => handle.happen(NEWS_WANTED));
    due = Date.now() + about(MINUTE);
  };

  for (const type of ["visibilitychange", "online", "offline", "afterword-ready"]) {
    addEventListener(type, wake, { signal });
  }
  signal.addEventListener("abort", close);
  return wake;
}
