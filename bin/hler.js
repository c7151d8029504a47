#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/src/main.js', import.meta.url);

if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write(
    'Hlér is not built yet. Run: npm ci && npm run build (or npm run quickstart, which does both).\n',
  );
  process.exitCode = 1;
}
