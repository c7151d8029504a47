import { FILE_MODE } from '../config-files.js';
import type { ConfigFile, ConsumerIndex, IndexedFiles } from '../consumer.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import type { Scheme } from '../virtual-servers.js';
import { readCertificateEntries } from './certificate-entries.js';
import { orderCertificates } from './certificate-order.js';
import { ADMINISTRATORS_DIRECTORIES, CERTIFICATE_DIRECTORY, include, SITE_DIRECTORIES } from './layout.js';
import { placeholder } from './placeholder.js';

const HEADER = '# Written by Hlér from the files that are there, whenever they change.';

export const INDEX_FILES = ['certificates.conf', 'http.conf', 'https.conf', 'pre.conf', 'post.conf'] as const;

/** `Include` takes one file before 4.18, and Pound has to see certificates and services in the right order. */
export const poundIndex: ConsumerIndex = {
  directories: [...SITE_DIRECTORIES.http, ...SITE_DIRECTORIES.https, ...ADMINISTRATORS_DIRECTORIES],
  readDirectory: CERTIFICATE_DIRECTORY,
  certificates: (files) => [
    ...new Set(files.flatMap(({ content }) => readCertificateEntries(content)).map(({ path }) => path)),
  ],
  render(all, server) {
    const contents: { readonly [name in (typeof INDEX_FILES)[number]]: readonly string[] } = {
      'certificates.conf': certificateLines(all, server),
      'http.conf': siteLines(all, 'http'),
      'https.conf': siteLines(all, 'https'),
      'pre.conf': within(all, 'pre.d').map(include),
      'post.conf': within(all, 'post.d').map(include),
    };
    return INDEX_FILES.map((path): ConfigFile => {
      const content = `${[HEADER, ...contents[path]].join('\n')}\n`;
      return { path, content, mode: FILE_MODE };
    });
  },
};

/** The first one is shown for names that nobody has. */
function certificateLines({ read, namesIn }: IndexedFiles, server: HttpServerSpec): readonly string[] {
  const entries = read.flatMap(({ content }) => readCertificateEntries(content));
  return [placeholder(server).certificate, ...orderCertificates(entries, namesIn)].map((path) => `Cert "${path}"`);
}

function siteLines(all: IndexedFiles, scheme: Scheme): readonly string[] {
  const [exact, wildcards] = SITE_DIRECTORIES[scheme];
  const extra = new Set(within(all, 'extra.d'));
  const lines = within(all, exact).flatMap((path) => {
    const own = path.replace(exact, 'extra.d');
    return extra.has(own) ? [own, path] : [path];
  });
  return [...lines, ...within(all, wildcards)].map(include);
}

function within({ paths }: IndexedFiles, directory: string): readonly string[] {
  return paths.filter((path) => path.startsWith(`${directory}/`));
}
