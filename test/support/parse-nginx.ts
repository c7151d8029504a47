import type { Directive } from './config-tree.js';

type Token = { readonly type: 'WORD'; readonly text: string } | { readonly type: ';' | '{' | '}' };

/** As `ngx_conf_read_token` reads: a word ends at a space, `;` or `{`; quotes and `#` count at the beginning of a word only. */
export function parseNginx(text: string): readonly Directive[] {
  const tokens = tokensOf(text);
  let at = 0;
  const block = (isNested: boolean): readonly Directive[] => {
    const directives: Directive[] = [];
    let words: string[] = [];
    for (;;) {
      const token = tokens[at];
      at += 1;
      if (token === undefined || token.type === '}') {
        if (words.length > 0 || (token === undefined) === isNested) {
          throw new Error('A block or a directive has no end, or an end and no beginning.');
        }
        return directives;
      }
      if (token.type === 'WORD') {
        words.push(token.text);
        continue;
      }
      const [name, ...args] = words;
      if (name === undefined) {
        throw new Error(`Unexpected ${token.type}.`);
      }
      directives.push({ name, args, body: token.type === '{' ? block(true) : null });
      words = [];
    }
  };
  return block(false);
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const sign = text[at]!;
    if (/[ \t\r\n]/.test(sign)) {
      at += 1;
    } else if (sign === '#') {
      at = endOf(text, at, /\n/g);
    } else if (sign === ';' || sign === '{' || sign === '}') {
      tokens.push({ type: sign });
      at += 1;
    } else {
      const word = sign === '"' || sign === "'" ? quoted(text, at, sign) : bare(text, at);
      tokens.push({ type: 'WORD', text: word.text });
      at = word.end;
    }
  }
  return tokens;
}

function quoted(text: string, from: number, quote: string): { readonly text: string; readonly end: number } {
  let end = from + 1;
  while (text[end] !== quote) {
    if (end >= text.length) {
      throw new Error('A quote has no end.');
    }
    end += text[end] === '\\' ? 2 : 1;
  }
  if (!/^[\s;{)]/.test(text.slice(end + 1))) {
    throw new Error(`Unexpected ${JSON.stringify(text[end + 1])} after a quote.`);
  }
  return { text: text.slice(from + 1, end), end: end + 1 };
}

function bare(text: string, from: number): { readonly text: string; readonly end: number } {
  let end = from;
  while (end < text.length && !/[\s;{]/.test(text[end]!)) {
    // `${` begins a variable, not a block.
    end += text[end] === '\\' || text.startsWith('${', end) ? 2 : 1;
  }
  return { text: text.slice(from, end), end };
}

function endOf(text: string, from: number, mark: RegExp): number {
  mark.lastIndex = from;
  return mark.exec(text)?.index ?? text.length;
}
