/*
 * A theme, or a sheet of the page's own, laid over the common sheets of one element.
 *
 * embed.js asks for this where an element has the attribute `stylesheet`, beside the first page, and brings the
 * element's state (`it`) and what is needed of it. The sheet is fetched and constructed, so it needs nothing in
 * `style-src`. What is wrong with it is kept as `why`; runtime.js says it.
 */

/** Resolves when what `name` names is on, or will not be. Never rejects. */
export async function wear(it, name, asset, addressOf, dress) {
  const { host, life } = it;
  // Gone before this came.
  if (!life) return;
  let [theme, why] = [null];
  if (name) {
    const url = /^[\w-]+$/.test(name) ? asset(`themes/${name}.css`) : addressOf(name, host.baseURI) ?? name;
    try {
      const response = await fetch(url, { signal: life.signal });
      const type = response.headers.get("content-type") ?? "";
      if (!response.ok) why = { url, status: response.status };
      else if (/html/i.test(type)) why = { url, type };
      else theme = { url, text: await response.text() };
    } catch {
      why = { url };
    }
  }
  // Meanwhile the element may have left, or the attribute may have changed again.
  if (life.signal.aborted || it.theming?.name !== name) return;
  // Asked for again the next time.
  if (why) it.theming = {};
  if (!theme && !it.theme && !why === !it.why) return;
  it.theme = theme;
  it.why = why;
  dress(it);
  it.remark?.("stylesheet");
}
