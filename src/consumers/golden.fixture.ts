import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The whole file as it was reviewed. `UPDATE_GOLDEN=1` writes it anew from `content`: review the difference in git. */
export const goldenOf =
  (consumer: string) =>
  async (name: string, content: string | undefined): Promise<string> => {
    const file = fileURLToPath(new URL(`../../test/golden/${consumer}/${name}`, import.meta.url));
    if (process.env['UPDATE_GOLDEN'] === '1') {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content ?? '');
    }
    return readFile(file, 'utf8');
  };
