/*
 * The module as it travels, and as WebAssembly knows it.
 *
 * The build sorts its code by kind: it is much smaller that way once compressed. What is where, and why, is written in
 * xtask/src/shrink/streams.rs. The build puts this behind the glue.
 */

/** Operators of which more has to be known than what the module itself says. */
const [BLOCK, IF, END, I32_CONST, AS_IT_IS] = [2, 4, 11, 65, 255];

/**
 * `sorted` as WebAssembly knows it; what was not sorted, as builds for development are not, stays as it is. Of what is
 * damaged comes what cannot be compiled.
 */
export function whole(sorted) {
  // In no other module of ours the first section is one for which WebAssembly has no number.
  if (sorted[8]) return sorted;
  /** By stream: where it is read next, and where it ends. */
  const at = [];
  const ends = [];
  for (let next = 8; next < sorted.length; ) {
    let [size, shift, byte] = [0, 0, 0];
    do {
      byte = sorted[++next];
      size += (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    // A name of no length comes first.
    at.push(next + 2);
    ends.push((next += size + 1));
  }
  const [AFTER, BEFORE, , , , OPERATORS, GROUPS, LOCALS, AS_THEY_ARE] = at.keys();
  const [, , streamOf, streamBefore, alignment] = at;

  // A function that does nothing has two bytes in streams and seven in the module; no instruction grows as much.
  const module = new Uint8Array(4 * sorted.length);
  let end = 0;
  const copy = (from, to) => {
    module.set(sorted.subarray(from, to), end);
    end += to - from;
  };
  const copyNumber = (stream) => {
    let byte;
    do {
      byte = module[end++] = sorted[at[stream]++];
    } while (byte > 127);
    return byte;
  };
  copy(0, 8);
  copy(at[BEFORE], ends[BEFORE]);
  while (at[GROUPS] < ends[GROUPS]) {
    const start = (end += 5);
    for (let groups = copyNumber(GROUPS); groups--; copyNumber(GROUPS)) copyNumber(LOCALS);
    for (let depth = 1; depth && at[OPERATORS] < ends[OPERATORS]; ) {
      const operator = sorted[at[OPERATORS]++];
      if (operator === AS_IT_IS) {
        const from = at[AS_THEY_ARE] + 1;
        copy(from, (at[AS_THEY_ARE] = from + sorted[from - 1]));
        continue;
      }
      module[end++] = operator;
      if (operator >= BLOCK && operator <= IF) depth++;
      if (operator === END) depth--;
      if (sorted[alignment + operator]) module[end++] = sorted[alignment + operator] - 1;
      const stream =
        operator === I32_CONST ? sorted[streamBefore + sorted[at[OPERATORS]]] : sorted[streamOf + operator];
      if (stream) copyNumber(stream);
    }
    // The length, with as many bytes as any needs.
    for (let place = start - 5, length = end - start; place < start; length >>= 7) {
      module[place++] = (length & 127) | (place < start ? 128 : 0);
    }
  }
  copy(at[AFTER], ends[AFTER]);
  return module.subarray(0, end);
}
