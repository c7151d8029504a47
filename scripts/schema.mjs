// Writes schema.gql from the code, or with --check says whether the committed one is equal to it.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../schema.gql', import.meta.url));
const { renderSchema } = await import('../dist/src/cli/render-schema.js');
const generated = await renderSchema();
if (process.argv.includes('--check')) {
  if ((await readFile(file, 'utf8').catch(() => '')) !== generated) {
    process.stderr.write(
      'schema.gql is not what the code says. Run: npm run build && npm run schema, and commit it.\n',
    );
    process.exitCode = 1;
  }
} else {
  await writeFile(file, generated);
}
