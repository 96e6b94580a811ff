/*
 * What views ask of an event, see views/heard.rs.
 *
 * The build puts this behind the glue, see page.js.
 */

/** Where Control with a letter edits text, whatever the field, and Command is for shortcuts. */
const isApple = /^(Mac|iP)/.test(navigator.platform);

/** Safari says that a key ended an input method's work only by its code: <https://bugs.webkit.org/show_bug.cgi?id=165004>. */
function keyOf({ key, keyCode, isComposing, ctrlKey, metaKey, altKey, shiftKey }) {
  if (!key || isComposing || keyCode === 229) return "";
  const isOurs = metaKey || (ctrlKey && !(isApple && key.length === 1));
  return `${isOurs ? "Control+" : ctrlKey ? "Ctrl+" : ""}${altKey ? "Alt+" : ""}${shiftKey ? "Shift+" : ""}${key}`;
}

const typedIn = (event) => event.target.value;

function keepTyping(event) {
  const { key, ctrlKey, metaKey, altKey } = event;
  // With the Alt key, or both, some keyboards write signs: `[`, `@`, `/`.
  if (key && !/^(Tab|Escape)$/.test(key) && (altKey || !(ctrlKey || metaKey))) event.stopPropagation();
}

const wantsElsewhere = ({ button, ctrlKey, metaKey, shiftKey, altKey }) =>
  button > 0 || ctrlKey || metaKey || shiftKey || altKey;
