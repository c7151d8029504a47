// scripts/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';
const f = process.argv[2] ?? 'package-lock.json',
  l = JSON.parse(readFileSync(f, 'utf8')),
  P = l.packages;
let n = 0;
const OS = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  win32: 'win32',
  windows: 'win32',
  openharmony: 'openharmony',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  sunos: 'sunos',
  aix: 'aix',
};
const CPU = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32'];
for (const [k, v] of Object.entries(P))
  for (const [name, ver] of Object.entries(v.optionalDependencies ?? {})) {
    let dir = k,
      found = false;
    for (;;) {
      if (P[(dir ? dir + '/' : '') + 'node_modules/' + name]) {
        found = true;
        break;
      }
      if (!dir) break;
      const i = dir.lastIndexOf('/node_modules/');
      dir = i >= 0 ? dir.slice(0, i) : '';
    }
    if (found) continue;
    const parts = name.toLowerCase().split(/[-/_.@]/),
      os = parts.map((p) => OS[p]).find(Boolean),
      cpu = CPU.find((c) => parts.includes(c));
    P['node_modules/' + name] = {
      version: ver.replace(/^[\^~]/, ''),
      ...(cpu && { cpu: [cpu] }),
      ...(v.dev && { dev: true }),
      optional: true,
      ...(os && { os: [os] }),
      ...(parts.includes('musl') && { libc: ['musl'] }),
    };
    n++;
  }
l.packages = Object.fromEntries(Object.entries(P).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(f, JSON.stringify(l, null, 2) + '\n');
console.log('added', n);
