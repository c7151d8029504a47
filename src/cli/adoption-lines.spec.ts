import { describe, expect, it } from 'vitest';
import { CONSUMERS } from '../consumers/index.js';
import { adoptionLines } from './adoption-lines.js';

const question = { configDirectory: '/var/lib/hler/config', mainFile: null, user: 'hler', root: '/var/lib/hler' };

describe('hler server adopt', () => {
  it('prints the whole of what is added for nginx', () => {
    expect(adoptionLines({ ...question, consumer: CONSUMERS.nginx })).toBe(
      `# 1. /etc/nginx/nginx.conf, as the last line inside "http { … }":
include /var/lib/hler/config/nginx/hler[.]conf;

# 2. /etc/sudoers.d/hler, mode 0440 (check it before: visudo -c -f /etc/sudoers.d/hler):
hler ALL=(root) NOPASSWD: /usr/sbin/nginx -t -q -c /etc/nginx/nginx.conf, /usr/sbin/nginx -s reload -c /etc/nginx/nginx.conf

# 3. The environment of Hlér:
HLER_ROOT=/var/lib/hler
HLER_HTTP_CONSUMER=nginx
HLER_HTTP_DAEMON=system
`,
    );
  });

  it('prints the whole of what is added for apache', () => {
    expect(adoptionLines({ ...question, consumer: CONSUMERS.apache })).toBe(
      `# 1. /etc/apache2/apache2.conf, as the last line, or as a file of its own in conf-enabled/:
IncludeOptional /var/lib/hler/config/apache/hler.conf

# 2. /etc/sudoers.d/hler, mode 0440 (check it before: visudo -c -f /etc/sudoers.d/hler):
hler ALL=(root) NOPASSWD: /usr/sbin/apache2ctl -f /etc/apache2/apache2.conf -t, /usr/sbin/apache2ctl -f /etc/apache2/apache2.conf -k graceful

# 3. The environment of Hlér:
HLER_ROOT=/var/lib/hler
HLER_HTTP_CONSUMER=apache
HLER_HTTP_DAEMON=system
`,
    );
  });

  it('needs nothing for sudo as root, and repeats a main file that was named', () => {
    const text = adoptionLines({ ...question, user: 'root', mainFile: '/opt/nginx.conf', consumer: CONSUMERS.nginx });
    expect(text).toContain('# 2. Nothing for sudo: the runner is root.');
    expect(text).toContain('HLER_HTTP_SYSTEM_CONFIG=/opt/nginx.conf');
  });

  it('refuses a name that sudoers would read as something else, and a server that cannot be opened', () => {
    const ask = (more: object) => () => adoptionLines({ ...question, consumer: CONSUMERS.nginx, ...more });
    expect(ask({ user: '%sudo' })).toThrow('sudo would take');
    expect(ask({ user: 'a b' })).toThrow('sudo would take');
    const { adoption: _, ...closed } = CONSUMERS.nginx;
    expect(ask({ consumer: closed })).toThrow('own nginx cannot be used');
  });
});
