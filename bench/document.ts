import { readFile, writeFile } from 'node:fs/promises';

const DOCUMENT = new URL('../docs/benchmarks.md', import.meta.url);

/** Puts the figures of a suite between its marks in docs/benchmarks.md; what is written around them stays. */
export async function writeFigures(name: string, figures: string): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8');
  await writeFile(DOCUMENT, withFigures(text, name, figures));
}

/** Pure. @throws Error when the document has no marks for the suite */
export function withFigures(text: string, name: string, figures: string): string {
  const [begin, end] = [`<!-- figures of ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Error(`docs/benchmarks.md has no marks ${begin} … ${end}.`);
  }
  return `${text.slice(0, from + begin.length)}\n${figures}\n${text.slice(to)}`;
}
