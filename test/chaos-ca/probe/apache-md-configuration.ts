const MODULES = '/usr/lib/apache2/modules';

export interface ApacheMdSetting {
  readonly directoryUrl: string;
  /** Everything of this Apache is below it; `root.pem` is what the CA's own certificate leads to. */
  readonly directory: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  /** The names of each certificate. */
  readonly domains: readonly (readonly string[])[];
}

/** Of an Apache on loopback that gets all its certificates by mod_md and http-01. Pure. */
export function apacheMdConfiguration({
  directoryUrl,
  directory,
  httpPort,
  httpsPort,
  domains,
}: ApacheMdSetting): string {
  return [
    `ServerRoot ${directory}`,
    `PidFile ${directory}/apache.pid`,
    `DefaultRuntimeDir ${directory}`,
    `Mutex file:${directory} default`,
    ...(process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : []),
    ...['mpm_event', 'authz_core', 'ssl', 'md'].map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
    `ErrorLog ${directory}/error.log`,
    'ServerName localhost',
    `Listen 127.0.0.1:${httpPort}`,
    `Listen 127.0.0.1:${httpsPort}`,
    `MDCertificateAuthority ${directoryUrl}`,
    `MDCACertificateFile ${directory}/root.pem`,
    `MDPortMap http:${httpPort} https:${httpsPort}`,
    'MDCertificateAgreement accepted',
    'MDContactEmail ops@example.test',
    'MDPrivateKeys P-256',
    'MDCAChallenges http-01',
    `MDStoreDir ${directory}/md`,
    'MDCheckInterval 1s',
    'MDStapling off',
    ...domains.flatMap((names) => [
      `MDomain ${names.join(' ')}`,
      ...virtualHost(httpPort, names),
      ...virtualHost(httpsPort, names, 'SSLEngine on'),
    ]),
    '',
  ].join('\n');
}

function virtualHost(port: number, [name, ...aliases]: readonly string[], ...more: readonly string[]): string[] {
  return [
    `<VirtualHost 127.0.0.1:${port}>`,
    `ServerName ${name}`,
    ...aliases.map((alias) => `ServerAlias ${alias}`),
    ...more,
    '</VirtualHost>',
  ];
}
