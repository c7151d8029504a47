// Builds dist/: types checked and compiled, other files of src/ and workers/ copied. `--if-needed`: only when a source is
// newer than the last build. The new tree replaces the old one at once, so that a build that fails leaves the old one whole.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMPILER = 'node_modules/typescript7/bin/tsc';
const SOURCES = ['src', 'workers', 'ormconfig.ts', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const DIST = 'dist';
const STAMP = '.built';

process.chdir(ROOT);
if (!process.argv.includes('--if-needed') || isOutdated()) {
  process.exitCode = build();
}

function build() {
  const draft = `${DIST}.new-${process.pid}`;
  try {
    const { status } = spawnSync(process.execPath, [COMPILER, '-p', 'tsconfig.build.json', '--outDir', draft], {
      stdio: 'inherit',
    });
    if (status !== 0) {
      process.stderr.write('The build failed; the compiler says why above. dist/ is as it was.\n');
      return 1;
    }
    for (const directory of ['src', 'workers']) {
      cpSync(directory, join(draft, directory), { recursive: true, filter: isAssetOrDirectory });
    }
    writeFileSync(join(draft, STAMP), '');
    replace(draft);
    return 0;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function isAssetOrDirectory(path) {
  return statSync(path).isDirectory() || !/\.(ts|tsbuildinfo|md)$/.test(path);
}

function replace(draft) {
  const old = `${DIST}.old-${process.pid}`;
  if (existsSync(DIST)) {
    renameSync(DIST, old);
  }
  renameSync(draft, DIST);
  rmSync(old, { recursive: true, force: true });
}

function isOutdated() {
  const stamp = join(DIST, STAMP);
  if (!existsSync(stamp)) {
    return true;
  }
  const builtAt = statSync(stamp).mtimeMs;
  const newer = (path) => existsSync(path) && statSync(path).mtimeMs > builtAt;
  return SOURCES.some(
    (source) =>
      newer(source) ||
      (existsSync(source) &&
        statSync(source).isDirectory() &&
        readdirSync(source, { recursive: true }).some((name) => newer(join(source, name)))),
  );
}
