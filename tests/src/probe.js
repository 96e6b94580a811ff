const elements = () => [...document.querySelectorAll("after-word")];
const root = (at = 0) => elements()[at]?.shadowRoot ?? null;
const all = (selector, at = 0) => [...(root(at)?.querySelectorAll(selector) ?? [])];
const one = (selector, at = 0) => root(at)?.querySelector(selector) ?? null;
const part = (name, at = 0) => one(`[part~="${name}"]`, at);
const parts = (name, at = 0) => all(`[part~="${name}"]`, at);
const text = (node) => (node ? node.textContent.replace(/\s+/gu, " ").trim() : null);
const texts = (name, at = 0) => parts(name, at).map(text);
const state = (at = 0) => part("base", at)?.dataset.state ?? null;
const reply = (number, at = 0) => all(`article[part~="reply"]`, at).find((it) => it.id.endsWith(`reply-${number}`)) ?? null;
const within = (node, name) => node?.querySelector(`[part~="${name}"]`) ?? null;
const allWithin = (node, name) => [...(node?.querySelectorAll(`[part~="${name}"]`) ?? [])];
const numbers = (at = 0) => all(`article[part~="reply"]`, at).map((it) => Number(it.id.replace(/^.*reply-/, "")));
const shown = (node) =>
  !!node && node.getClientRects().length > 0 && node.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
const inView = (node) => {
  const box = node?.getBoundingClientRect();
  return !!box && box.height > 0 && box.top < innerHeight && box.bottom > 0;
};
const focused = () => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
};
