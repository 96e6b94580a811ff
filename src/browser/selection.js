/*
 * What the reader has selected in a reply's text, and where on the page that is.
 *
 * The build puts this behind the glue, see page.js. Places are counted as `afterword_markup::cut` counts them. Engines
 * differ in how they tell of a selection inside a shadow tree:
 * <https://developer.mozilla.org/docs/Web/API/Selection/getComposedRanges>.
 */

/** What stands in a reply's text and is not the reply's: the view's own words. */
const OURS = '[part~="quote-attribution"],[part~="quote-summary"],[data-words]';

/**
 * What is selected in the text of one reply within `base`; of several, in the first: the id of its article, where in its
 * text that begins and where it ends. The article hears where it is seen, for the sheet: below it, from its left edge.
 * Ends beyond this shadow tree are an exception of the browser's.
 */
const selectedIn = (base, anchor) => allowed(() => selectionIn(base, anchor));

function selectionIn(base, anchor) {
  const { startContainer, startOffset, endContainer, endOffset } = boundsIn(base.getRootNode());
  if (startContainer === endContainer && startOffset === endOffset) return undefined;
  if (!base.contains(startContainer)) return undefined;
  const element = startContainer.closest ? startContainer : startContainer.parentElement;
  const article = element?.closest('[part~="reply"]');
  const body = article?.querySelector('[part~="reply-body"]');
  if (!body || !article.id.startsWith(`${anchor}reply-`)) return undefined;
  const range = base.ownerDocument.createRange();
  const from = placeIn(range, body, startContainer, startOffset);
  const to = placeIn(range, body, endContainer, endOffset);
  if (from >= to) return undefined;
  if (range.comparePoint(startContainer, startOffset) === 0) range.setStart(startContainer, startOffset);
  const seen = range.getBoundingClientRect();
  const around = article.getBoundingClientRect();
  article.style.setProperty("--_x", `${seen.left - around.left}px`);
  article.style.setProperty("--_y", `${seen.bottom - around.top}px`);
  return [article.id, from, to];
}

/**
 * The selection's ends, from the engine that has it: composed ranges where there are any, and before them the
 * selection of the shadow tree (Chromium) or of the page (Firefox).
 */
function boundsIn(root) {
  const selection = root.ownerDocument.getSelection();
  if (!selection.getComposedRanges) return (root.getSelection?.() ?? selection).getRangeAt(0);
  const composed = allowed(() => selection.getComposedRanges({ shadowRoots: [root] }));
  return (composed ?? selection.getComposedRanges(root))[0];
}

/** Where in the text of `body` an end of the selection stands; `range` then reaches from the text's beginning to it. */
function placeIn(range, body, node, offset) {
  range.selectNodeContents(body);
  const side = range.comparePoint(node, offset);
  if (side < 0) return 0;
  if (side === 0) range.setEnd(node, offset);
  const before = range.cloneContents();
  for (const words of before.querySelectorAll(OURS)) words.remove();
  return before.textContent.length;
}
