import type { Directive } from './config-tree.js';

/** What is closed by `End`. Whatever else begins a line is a directive of its own. */
const SECTIONS: ReadonlySet<string> = new Set([
  'ListenHTTP',
  'ListenHTTPS',
  'Service',
  'Backend',
  'Match',
  'Rewrite',
  'CombineHeaders',
]);

/** As Pound's lexer reads: a directive a line, words apart by blanks, `\` before any sign between quotes, `#` to the end of the line. */
export function parsePound(text: string): readonly Directive[] {
  const lines = text
    .split('\n')
    .map(wordsOf)
    .filter((words) => words.length > 0);
  let at = 0;
  const block = (isNested: boolean): readonly Directive[] => {
    const directives: Directive[] = [];
    for (;;) {
      const [name, ...args] = lines[at] ?? [];
      at += 1;
      if (name === undefined || name === 'End') {
        if ((name === undefined) === isNested) {
          throw new Error('A section has no end, or an end and no beginning.');
        }
        return directives;
      }
      // Within a service it names a list; where it stands by itself it makes one.
      const opens = SECTIONS.has(name) || (name === 'ACL' && !isNested);
      directives.push({ name, args, body: opens ? block(true) : null });
    }
  };
  return block(false);
}

function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  let rest = line.trimStart();
  while (rest !== '' && !rest.startsWith('#')) {
    const word = /^"((?:[^"\\]|\\.)*)"(?=\s|$)|^[^\s"#]+(?=\s|$)/.exec(rest);
    if (word === null) {
      throw new Error(`Unexpected ${JSON.stringify(rest)}.`);
    }
    words.push(word[1]?.replaceAll(/\\(.)/g, '$1') ?? word[0]);
    rest = rest.slice(word[0].length).trimStart();
  }
  return words;
}
