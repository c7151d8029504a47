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
  /** Where it can say 204, it does so in what an administrator adds; otherwise 403. */
  readonly status: 204 | 403;
  /** What an administrator adds to a site: that status to `/added`. */
  readonly addition: (name: string) => string;
  /** An administrator's own virtual host: that status to everything. */
  readonly ownHost: (name: string, port: number) => string;
  readonly ownPort: (port: number) => string;
  /** The file of a site that names its certificate. */
  readonly securePath: (name: string) => string;
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
    status: 204,
    addition: () => 'location = /added { return 204; }\n',
    ownHost: (name, port) => `server { listen 127.0.0.1:${port}; server_name ${name}; return 204; }\n`,
    ownPort: (port) => `server { listen 127.0.0.1:${port}; return 204; }\n`,
    securePath: (name) => `vhost.d/${name}.conf`,
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
    status: 204,
    addition: () => 'RewriteRule ^/added$ - [R=204,L]\n',
    ownHost: (name, port) =>
      `<VirtualHost 127.0.0.1:${port}>\nServerName ${name}\nRewriteEngine on\nRewriteRule ^ - [R=204,L]\n</VirtualHost>\n`,
    ownPort: (port) =>
      `Listen 127.0.0.1:${port}\n<VirtualHost 127.0.0.1:${port}>\nRewriteEngine on\nRewriteRule ^ - [R=204,L]\n</VirtualHost>\n`,
    securePath: (name) => `vhost.d/${name}.conf`,
    secureHost: (name, port, chain, key) =>
      `<VirtualHost 127.0.0.1:${port}>\nServerName ${name}\nSSLEngine on\nSSLCertificateFile "${chain}"\nSSLCertificateKeyFile "${key}"\n</VirtualHost>\n`,
  },
  pound: {
    calls: 'Pound',
    nonsense: 'nonsense on\n',
    complaint: 'unrecognized keyword',
    refusedWithoutPlace: 'nonsense on\n',
    status: 403,
    addition: (name) => `Service\nHost -re "^${name}"\nPath -exact "/added"\nError 403\nEnd\n`,
    ownHost: (name) => `Service\nHost -re "^${name}"\nError 403\nEnd\n`,
    ownPort: (port) => `ListenHTTP\nAddress 127.0.0.1\nPort ${port}\nService\nError 403\nEnd\nEnd\n`,
    securePath: (name) => `certificate.d/${name}.conf`,
    secureHost: (name, _port, chain) =>
      `# Shown for ${name}:\nCert "${chain.replace('fullchain.pem', 'combined.pem')}"\n`,
  },
};
