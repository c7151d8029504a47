import type { Directive } from './config-tree.js';

/** As `ap_build_config` reads: a directive a line, `\` at its end goes on, `#` counts at its beginning only. */
export function parseApache(text: string): readonly Directive[] {
  const open: { readonly name: string; readonly args: readonly string[]; readonly body: Directive[] }[] = [];
  const top: Directive[] = [];
  for (const line of text.replaceAll(/\\\r?\n/g, '').split('\n')) {
    const trimmed = line.trim();
    const into = open.at(-1)?.body ?? top;
    if (trimmed === '' || trimmed.startsWith('#')) {
      continue;
    }
    if (trimmed.startsWith('</')) {
      const closed = open.pop();
      if (closed === undefined || trimmed.toLowerCase() !== `</${closed.name.toLowerCase()}>`) {
        throw new Error(`Unexpected ${trimmed}.`);
      }
      (open.at(-1)?.body ?? top).push({ ...closed, name: `<${closed.name}>` });
    } else if (trimmed.startsWith('<')) {
      if (!trimmed.endsWith('>')) {
        throw new Error(`${trimmed} is not closed.`);
      }
      const [name = '', ...args] = wordsOf(trimmed.slice(1, -1));
      open.push({ name, args, body: [] });
    } else {
      const [name = '', ...args] = wordsOf(trimmed);
      into.push({ name, args, body: null });
    }
  }
  if (open.length > 0) {
    throw new Error(`<${open[0]!.name}> is not closed.`);
  }
  return top;
}

/** As `ap_getword_conf` reads: a quote counts at the beginning of a word only, and ends the word. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  let rest = line.trim();
  while (rest !== '') {
    const quote = /^["']/.exec(rest)?.[0];
    const word = quote === undefined ? /^\S+/.exec(rest)![0] : quotedWord(rest, quote);
    words.push(quote === undefined ? word : word.slice(1, -1));
    rest = rest.slice(word.length).trimStart();
  }
  return words;
}

function quotedWord(rest: string, quote: string): string {
  let end = 1;
  while (end < rest.length && rest[end] !== quote) {
    end += rest[end] === '\\' && (rest[end + 1] === quote || rest[end + 1] === '\\') ? 2 : 1;
  }
  if (end >= rest.length) {
    throw new Error('A quote has no end.');
  }
  return rest.slice(0, end + 1);
}
