// Writes docs/errors.md from the error catalogue. A unit test says when it is not up to date.
import { writeFile } from 'node:fs/promises';

const { renderErrors } = await import('../dist/src/cli/render-errors.js');
await writeFile(new URL('../docs/errors.md', import.meta.url), renderErrors());
