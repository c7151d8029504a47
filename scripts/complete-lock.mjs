// Completes package-lock.json with the platform packages that a registry mirror left out, so that `npm ci` accepts it on
// every platform. Run it after each change of the lock file (npm/cli issues 9342, 9343).
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'win32', 'openharmony', 'netbsd', 'openbsd', 'sunos', 'aix'];
const OS = new Map([...SYSTEMS.map((name) => [name, name]), ['windows', 'win32']]);
const CPUS = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32'];

const file = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;
let added = 0;

for (const [path, entry] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (!isThere(path, name)) {
      packages[`node_modules/${name}`] = platformEntry(name, range, entry.dev === true);
      added += 1;
    }
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([one], [other]) => (one < other ? -1 : 1)));
if (added > 0) {
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
process.stdout.write(`${added} entries added to ${file}\n`);

/** As Node resolves it: in the package's own node_modules, then in those around it. */
function isThere(path, name) {
  for (let around = path; ; around = around.slice(0, Math.max(0, around.lastIndexOf('/node_modules/')))) {
    if (packages[`${around ? `${around}/` : ''}node_modules/${name}`]) {
      return true;
    }
    if (!around) {
      return false;
    }
  }
}

function platformEntry(name, range, dev) {
  const parts = name.toLowerCase().split(/[-/_.@]/);
  const os = parts.map((part) => OS.get(part)).find(Boolean);
  const cpu = CPUS.find((known) => parts.includes(known));
  return {
    version: range.replace(/^[\^~]/, ''),
    ...(cpu && { cpu: [cpu] }),
    ...(dev && { dev: true }),
    optional: true,
    ...(os && { os: [os] }),
    ...(parts.includes('musl') && { libc: ['musl'] }),
  };
}
