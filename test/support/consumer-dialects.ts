import type { ConsumerName } from '../../src/consumers/index.js';

/** What the contract suite has to say in each server's own words. */
interface Dialect {
  /** `Server:` of an answer, without a version. */
  readonly calls: string;
  /** A file that the checker refuses, and what it says of its first line. */
  readonly nonsense: string;
  readonly complaint: string;
  /** A virtual host that is refused without naming its file. */
  readonly refusedWithoutPlace: string;
  /** What an administrator adds to a site: 204 to `/added`. */
  readonly addition: string;
  /** An administrator's own virtual host: 204 to everything. */
  readonly ownHost: (name: string, port: number) => string;
  readonly ownPort: (port: number) => string;
  readonly secureHost: (name: string, port: number, chain: string, key: string) => string;
}

export const DIALECTS: { readonly [name in ConsumerName]: Dialect } = {
  nginx: {
    calls: 'nginx',
    nonsense: 'nonsense on;\n',
    complaint: 'unknown directive "nonsense"',
    // A relative path: the complaint has it resolved against the staged set, so that it is found in no file.
    refusedWithoutPlace:
      'server { listen 127.0.0.1:1 ssl; server_name h5.test; ssl_certificate "nowhere.pem"; ssl_certificate_key "nowhere.key"; }\n',
    addition: 'location = /added { return 204; }\n',
    ownHost: (name, port) => `server { listen 127.0.0.1:${port}; server_name ${name}; return 204; }\n`,
    ownPort: (port) => `server { listen 127.0.0.1:${port}; return 204; }\n`,
    secureHost: (name, port, chain, key) =>
      `server { listen 127.0.0.1:${port} ssl; server_name ${name}; ssl_certificate "${chain}"; ssl_certificate_key "${key}"; }\n`,
  },
  apache: {
    calls: 'Apache',
    nonsense: 'nonsense on\n',
    complaint:
      "Invalid command 'nonsense', perhaps misspelled or defined by a module not included in the server configuration",
    // Its checker takes this; the start fails, and names no file.
    refusedWithoutPlace: 'SSLOpenSSLConfCmd Curves NO_SUCH_GROUP\n',
    addition: 'RewriteRule ^/added$ - [R=204,L]\n',
    ownHost: (name, port) =>
      `<VirtualHost 127.0.0.1:${port}>\nServerName ${name}\nRewriteEngine on\nRewriteRule ^ - [R=204,L]\n</VirtualHost>\n`,
    ownPort: (port) =>
      `Listen 127.0.0.1:${port}\n<VirtualHost 127.0.0.1:${port}>\nRewriteEngine on\nRewriteRule ^ - [R=204,L]\n</VirtualHost>\n`,
    secureHost: (name, port, chain, key) =>
      `<VirtualHost 127.0.0.1:${port}>\nServerName ${name}\nSSLEngine on\nSSLCertificateFile "${chain}"\nSSLCertificateKeyFile "${key}"\n</VirtualHost>\n`,
  },
};
