const CONTEXT = 3;
/** Beyond it finding the shortest difference costs too much: then the middle is shown as replaced. */
const MAX_CELLS = 1_000_000;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/**
 * The difference of two texts as `diff -u` shows it, without the names of files. Empty when they are the same. Cut at
 * `maxBytes`, at the end of a line, with a last line that says so. Pure.
 */
export function unifiedDiff(before: string, after: string, maxBytes: number): string {
  if (before === after) {
    return '';
  }
  const lines = compare(split(before), split(after));
  return cut(hunks(lines), maxBytes);
}

/** A last line without its end is another line than the one with it. */
function split(text: string): readonly string[] {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  return last === '' ? lines : [...lines, `${last}\n\\ No newline at end of file`];
}

function compare(before: readonly string[], after: readonly string[]): readonly Line[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) {
    head += 1;
  }
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) {
    tail += 1;
  }
  return [
    ...marked(' ', before.slice(0, head)),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...marked(' ', before.slice(before.length - tail)),
  ];
}

const marked = (sign: Line['sign'], texts: readonly string[]): readonly Line[] => texts.map((text) => ({ sign, text }));

/** By the longest common subsequence: `longest[i][j]` is that of what follows line `i` of the one and `j` of the other. */
function middle(before: readonly string[], after: readonly string[]): readonly Line[] {
  const width = after.length + 1;
  if ((before.length + 1) * width > MAX_CELLS) {
    return [...marked('-', before), ...marked('+', after)];
  }
  const longest = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ sign: ' ', text: before[i] ?? '' });
      i += 1;
      j += 1;
    } else if (j === after.length || (i < before.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ sign: '-', text: before[i] ?? '' });
      i += 1;
    } else {
      lines.push({ sign: '+', text: after[j] ?? '' });
      j += 1;
    }
  }
  return lines;
}

function hunks(lines: readonly Line[]): readonly string[] {
  const changed = lines.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]));
  const groups: [number, number][] = [];
  for (const index of changed) {
    const [from, to] = [Math.max(0, index - CONTEXT), Math.min(lines.length, index + CONTEXT + 1)];
    const open = groups.at(-1);
    if (open !== undefined && from <= open[1]) {
      open[1] = to;
    } else {
      groups.push([from, to]);
    }
  }
  return groups.flatMap(([from, to]) => [
    heading(lines, from, to),
    ...lines.slice(from, to).map(({ sign, text }) => sign + text),
  ]);
}

function heading(lines: readonly Line[], from: number, to: number): string {
  const range = (sign: Line['sign'], other: Line['sign']): string => {
    const isIn = (line: Line): boolean => line.sign !== other;
    const length = lines.slice(from, to).filter(isIn).length;
    const start = lines.slice(0, from).filter(isIn).length;
    return `${sign}${length === 0 ? start : start + 1},${length}`;
  };
  return `@@ ${range('-', '+')} ${range('+', '-')} @@`;
}

function cut(lines: readonly string[], maxBytes: number): string {
  let text = '';
  let bytes = 0;
  for (const [index, line] of lines.entries()) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > maxBytes) {
      return `${text}\\ ${lines.length - index} more lines are not shown\n`;
    }
    text += `${line}\n`;
  }
  return text;
}
