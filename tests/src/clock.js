// The page's clock in the story's hands: time passes by `pass`, and what waits for long waits for it.
{
  let ahead = 0;
  const real = Date.now.bind(Date);
  Date.now = () => real() + ahead;
  const waiting = new Map();
  for (const kind of ["Timeout", "Interval"]) {
    const [set, clear] = [window[`set${kind}`], window[`clear${kind}`]];
    window[`set${kind}`] = (work, delay = 0, ...rest) => {
      const id = set.call(window, work, delay, ...rest);
      // Shorter ones are the browser's own: WebKit's driver bounds each script with the page's timers.
      if (delay >= 30000) waiting.set(id, work);
      return id;
    };
    window[`clear${kind}`] = (id) => {
      waiting.delete(id);
      clear.call(window, id);
    };
  }
  window.timers = () => waiting.size;
  window.pass = (minutes) => {
    ahead += minutes * 60000;
    for (const work of [...waiting.values()]) work();
  };
}
