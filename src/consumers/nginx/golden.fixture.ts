import { mkdir, readFile, writeFile } from 'node:fs/promises';

const GOLDEN = new URL('../../../test/golden/nginx/', import.meta.url);

/** The whole file as it was reviewed. `UPDATE_GOLDEN=1` writes it anew from `content`: review the difference in git. */
export async function golden(name: string, content: string | undefined): Promise<string> {
  const file = new URL(name, GOLDEN);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    await mkdir(GOLDEN, { recursive: true });
    await writeFile(file, content ?? '');
  }
  return readFile(file, 'utf8');
}
