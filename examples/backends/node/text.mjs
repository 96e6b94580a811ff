// What stands in texts: quotes, and whether they say what their source says; mentions; names. Pure.

/** Half a character is no text, and many a database ends a text at NUL. */
export const isText = (text) => !/[\p{Cs}\0]/u.test(text);
export const isVisible = (text) => /[^\s\p{Cc}\p{Cf}\p{DI}\u2800]/u.test(text);

/** Parts Markdown into lines that are its author's own, and blocks of lines that are quoted. */
function parted(body) {
  const own = [];
  const blocks = [];
  let block = null;
  let fence = null;
  for (const line of body.split(/\r\n?|\n/)) {
    const quoted = fence ? null : /^ {0,3}> ?(.*)$/.exec(line);
    const mark = quoted ? null : /^ {0,3}(```|~~~)/.exec(line)?.[1];
    if (mark && (!fence || fence === mark)) fence = fence ? null : mark; // A `>` in code quotes nobody.
    if (quoted) {
      if (!block) blocks.push((block = []));
      block.push(quoted[1]);
    } else if (block?.at(-1).trim() && line.trim() && !mark) {
      block.push(line); // A line that goes straight on needs no mark.
    } else {
      block = null;
      own.push(line);
    }
  }
  return { own, blocks };
}

/** The words alone, with a space around each, and around each sign of scripts that part no words by spaces. */
function words(text) {
  const alone = text
    .replace(/\]\([^()\n]*\)/g, " ") // Where a link leads is none of them.
    .replace(/[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/gu, " $& ")
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, " ");
  return ` ${alone.trim()} `;
}

/** Whether what is said stands in the text, word by word and in order; an ellipsis stands for words left out. */
function standsIn(text, said) {
  const all = words(text);
  let from = 0;
  for (const piece of said.split(/…|\[\.{3}\]/).map(words).filter((piece) => piece.trim())) {
    const at = all.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length - 1; // The space behind it is also the one before the next.
  }
  return true;
}

/**
 * What a text quotes: blockquotes whose first line begins with a link to `#reply-N`, outermost ones only. `replies` are
 * the thread's. `exact` is null where nobody can tell: the source is gone, the quote holds another one or no words, or
 * there are too many to compare.
 */
export function quotesOf({ format, body }, replies) {
  const found = [];
  for (const [first, ...lines] of format === "markdown" ? parted(body).blocks : []) {
    const link = /^ {0,3}\[(?:[^[\]\\]|\\.)*\]\(#reply-([1-9]\d{0,8})\)(.*)$/.exec(first);
    if (!link) continue; // Somebody from elsewhere is quoted.
    const number = Number(link[1]);
    const source = replies[number - 1];
    if (!source || source.deleted || found.length >= 50) {
      found.push({ number, exact: null });
      continue;
    }
    // "said:" behind the link is attribution, in whatever language; a long text is quoted, and so is the only one.
    const behind = link[2].length > 80 || !lines.length ? link[2] : "";
    const quote = parted([behind, ...lines].join("\n"));
    const text = source.format === "markdown" ? parted(source.body).own.join("\n") : source.body;
    const said = quote.own.join("\n");
    const isAll = !quote.blocks.length && words(said).trim() !== "";
    found.push({ number, exact: standsIn(text, said) && (isAll || null) });
  }
  return found;
}

/** Those of `people` whom the text names: as `@name`, or as `@"name with spaces"`. */
export function mentionsIn(body, people) {
  const said = body.toLowerCase();
  const ways = (name) => [`@${name}`, `@"${name.replace(/["\\]/g, "\\$&")}"`];
  const isNamed = ({ name }) => ways(name).some((way) => said.includes(way.toLowerCase()));
  return people.filter(isNamed).map(({ id, name }) => ({ id, name }));
}

/** For finding somebody: without case and accents. */
export const folded = (text) => text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "").trim();

/** What a name looks like, roughly. Unicode's UTS 39 has a table of all look-alikes, which is more than fits here. */
const look = (name) => folded(name).replace(/[^\p{L}\p{N}]/gu, "").replace(/[il1ı]/g, "l").replaceAll("0", "o");

/** What is wrong with a name that somebody gives themselves; nobody may look like one of the `staff`. */
export function faultOfName(name, staff) {
  if (!/[\p{L}\p{N}\p{So}]/u.test(name)) return "it needs a letter or a digit";
  if ([...name].length > 64) return "it is longer than 64 characters";
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{DI}\u2800]/u.test(name)) return "it holds what nobody can see";
  if (/\p{sc=Latn}/u.test(name) && /[\p{sc=Cyrl}\p{sc=Grek}]/u.test(name)) return "it mixes letters that look alike";
  if (staff.some((taken) => look(taken) === look(name))) return "it looks like a name of the staff";
  return null;
}
