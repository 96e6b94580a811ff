/*
 * The browser's `Intl`, in one language and the time zone of its reader.
 *
 * The build puts this behind the glue, see page.js. Formatters are made once for a locale, not for a call. What the
 * browser refuses is said in plain English, so that a page which tampers with `Intl` is a blemish.
 */

class IntlLocale {
  /** For a BCP 47 tag. Of a tag that the browser refuses only the language counts; without that it is its own. */
  constructor(tag) {
    const made = (name, asked, options) => allowed(() => new Intl[name](asked, options));
    const asked = [tag, tag.split("-")[0]].find((asked) => made("NumberFormat", asked));
    Object.assign(this, {
      numbers: made("NumberFormat", asked),
      plurals: made("PluralRules", asked),
      distances: made("RelativeTimeFormat", asked),
      present: made("RelativeTimeFormat", asked, { numeric: "auto" }),
      moments: made("DateTimeFormat", asked, { dateStyle: "long", timeStyle: "short" }),
      lists: made("ListFormat", asked),
    });
  }

  /** What the browser made of the tag: it answers languages that it does not know with its own. */
  tag() {
    return allowed(() => this.numbers.resolvedOptions().locale) ?? "en";
  }

  number(count) {
    return allowed(() => this.numbers.format(count)) ?? String(count).replace(/\B(?=(\d{3})+$)/g, ",");
  }

  plural(count) {
    return allowed(() => this.plurals.select(count)) ?? (count === 1 ? "one" : "other");
  }

  relative(amount, unit) {
    const isNow = !amount && unit === "second";
    const said = allowed(() => (isNow ? this.present : this.distances).format(amount, unit));
    if (said || isNow) return said ?? "now";
    const count = Math.abs(amount);
    return `${amount > 0 ? "in " : ""}${this.number(count)} ${unit}${count === 1 ? "" : "s"}${amount > 0 ? "" : " ago"}`;
  }

  /** Nothing where the browser refuses: every year that a reply can have is within its range. */
  absolute(millis) {
    return allowed(() => this.moments.format(millis)) ?? "";
  }

  /** What stands between the items, null for each item. */
  list(items) {
    const parts = allowed(() => this.lists.formatToParts(items).map(({ type, value }) => (type === "element" ? null : value)));
    // A list that does not hold each item once is none.
    if (parts?.filter((part) => part === null).length === items.length) return parts;
    return items.flatMap((_, at) => (at ? [at < items.length - 1 ? ", " : at > 1 ? ", and " : " and ", null] : [null]));
  }
}
