import { describe, expect, it } from 'vitest';
import { aName, aServer, aSite, SPKI_A } from './a-vhost.fixture.js';
import { asRoot, sudoersLine } from './adoption.js';
import type { SystemFacts } from './http-server-spec.js';
import { goldenOf } from './golden.fixture.js';
import { CONSUMERS } from './index.js';

const FACTS: SystemFacts = {
  pidFile: '/run/system.pid',
  errorLog: '/var/log/system.log',
  workerUser: 'www-data',
  moduleLines: [],
  directives: ['server_names_hash_bucket_size'],
};
const adopted = (facts: SystemFacts | null = FACTS) =>
  aServer({
    system: { mainFile: '/etc/main.conf' },
    machine: { workerGroupId: null, modules: null, system: facts },
  });
const LIVE = '/var/lib/hler/config';

describe.each(['nginx', 'apache'] as const)("the machine's own %s", (name) => {
  const consumer = CONSUMERS[name];
  const adoption = consumer.adoption!;
  const golden = goldenOf(name);
  const site = aSite({ https: 'REQUIRED', names: [aName('example.org', { certificate: SPKI_A })] });

  it('gets the golden files, which it can include from anywhere', async () => {
    const files = [...consumer.renderServer(adopted()), ...consumer.renderSite(site, adopted())];
    const shown = /^(hler|settings|default)\.conf$|^vhost\.d|^(nginx|apache)\.conf$/;
    for (const file of files.filter(({ path }) => shown.test(path))) {
      expect(file.content).toBe(await golden(`adopted-${file.path.replace('/', '-')}`, file.content));
    }
    for (const file of files) {
      for (const [, path = ''] of file.content.matchAll(/^\s*include(?:optional)? (\S+)/gim)) {
        expect(path).toMatch(new RegExp(`^${LIVE}/${name}/`));
      }
    }
    expect(files.map(({ path }) => path)).toContain(adoption.entryFile);
  });

  it('decides itself what unknown names get, and where it listens and logs', () => {
    const text = consumer
      .renderServer(adopted())
      .filter(({ path }) => path !== `${name}.conf`)
      .map(({ content }) => content)
      .join('\n');
    expect(text).not.toMatch(
      /default_server|^\s*Listen |^\s*user |PidFile|^\s*pid |error_log|access_log "|ErrorLog|CustomLog/m,
    );
  });

  it('is checked in a copy: what leads to the live files leads to those of the copy', () => {
    const copy = '/var/lib/hler/staging/check';
    const [vhost] = consumer.renderSite(site, adopted());
    const copied = adoption.asCopied(vhost!.content, `${LIVE}/${name}`, copy);
    expect(copied).not.toContain(`${LIVE}/${name}/`);
    expect(copied).toContain(`${copy}/acme.conf`);
    expect(copied).toContain(`/var/lib/hler/tls/${SPKI_A}/live/privkey.pem`);
  });

  it('is asked for exactly two things as root, with nothing left open', () => {
    const commands = [adoption.check('/etc/main.conf'), adoption.reload('/etc/main.conf')];
    const line = sudoersLine('hler', commands);
    expect(line).toMatch(/^hler ALL=\(root\) NOPASSWD: \/usr\/sbin\/\S+ [^,*?]+, \/usr\/sbin\/\S+ [^,*?]+$/);
    expect(asRoot(commands[0]!, true)).toBe(commands[0]);
    expect(asRoot(commands[0]!, false)).toMatchObject({
      file: 'sudo',
      args: ['-n', '--', commands[0]!.file, ...commands[0]!.args],
    });
  });
});

describe('what the main file says', () => {
  it('of nginx: pid, log, account, and the tables that cannot be sized twice', () => {
    const text = `user web;\ninclude /etc/nginx/modules-enabled/*.conf;\nload_module modules/x.so;\n# pid /not/this;\n  pid "/run/other.pid";\nerror_log /var/log/e.log warn;
http {\n  # server_names_hash_max_size 64;\n  server_names_hash_bucket_size 128;\n}\n`;
    expect(CONSUMERS.nginx.adoption!.facts(text)).toEqual({
      pidFile: '/run/other.pid',
      errorLog: '/var/log/e.log',
      workerUser: 'web',
      moduleLines: ['include /etc/nginx/modules-enabled/*.conf;'],
      directives: ['server_names_hash_bucket_size'],
    });
  });

  it('of apache: where it says nothing that can be read, what Debian has', () => {
    const text = 'PidFile ${APACHE_PID_FILE}\nErrorLog ${APACHE_LOG_DIR}/error.log\nUser ${APACHE_RUN_USER}\n';
    expect(CONSUMERS.apache.adoption!.facts(text)).toEqual({
      pidFile: '/var/run/apache2/apache2.pid',
      errorLog: '/var/log/apache2/error.log',
      workerUser: 'www-data',
      moduleLines: [],
      directives: [],
    });
  });
});

describe('a copy of a configuration of nginx', () => {
  it('has no port that only root may listen on, and leaves the others', () => {
    const text = 'listen *:80;\nlisten [::]:443 ssl http2;\nlisten 127.0.0.1:8080;\nlisten 80 default_server;\n';
    expect(CONSUMERS.nginx.adoption!.asCopied(text, '/live', '/copy')).toBe(
      'listen *:40080;\nlisten [::]:40443 ssl http2;\nlisten 127.0.0.1:8080;\nlisten 40080 default_server;\n',
    );
  });
});

describe('a line for sudo', () => {
  it('has what would end a command, or a value, escaped', () => {
    const command = { file: '/usr/sbin/nginx', args: ['-c', '/srv/a,b=c:d/nginx.conf'], timeoutMs: 1 };
    expect(sudoersLine('hler', [command])).toBe(
      String.raw`hler ALL=(root) NOPASSWD: /usr/sbin/nginx -c /srv/a\,b\=c\:d/nginx.conf`,
    );
  });
});
