import { fileStem } from '../../src/consumers/file-stem.js';
import type { ConfigFile, Consumer, HttpServerSpec, VhostSpec } from '../../src/consumers/index.js';
import { isAtLeast } from '../../src/consumers/index.js';
import { PARSERS, type Directive } from '../support/config-tree.js';

/** A file as its server reads it. */
export interface ReadFile {
  readonly path: string;
  readonly mode: number;
  readonly directives: readonly Directive[];
}

/**
 * Whatever a site and its server are called, what is rendered for them must be what is rendered for a harmless twin, with
 * other words in the same places: these are the files of both as the web server reads them, to be compared. The twin's
 * words are put back after it was parsed, so that no value can hide a directive in both.
 */
export function readBoth(
  consumer: Consumer,
  site: VhostSpec,
  server: HttpServerSpec,
): { readonly actual: readonly ReadFile[]; readonly expected: readonly ReadFile[] } {
  const twin = new Twin();
  const [twinSite, twinServer] = [twin.site(site), twin.server(server)];
  const [ours, its] = [consumer.renderSite(site, server), consumer.renderSite(twinSite, twinServer)];
  const [ourServer, itsServer] = [consumer.renderServer(server), consumer.renderServer(twinServer)];
  twin.same(consumer.digestOf(its), consumer.digestOf(ours));
  twin.same(consumer.digestOf(itsServer), consumer.digestOf(ourServer));
  const read = readerOf(consumer);
  return {
    actual: [...ours, ...ourServer].map((file) => read(file)),
    expected: [...its, ...itsServer].map((file) => twin.restored(read(file))),
  };
}

function readerOf({ name }: Consumer): (file: ConfigFile) => ReadFile {
  const parse = PARSERS[name];
  return ({ path, mode, content }) => {
    // Pages, lists of types, and what is another program's to read, are no configuration of this server.
    const isConfiguration = path.endsWith('.conf') && !/^(mime|openssl)/.test(path);
    const directives = isConfiguration ? parse(content) : [];
    return { path, mode, directives };
  };
}

class Twin {
  readonly #names = new Map<string, string>();
  readonly #originals = new Map<string, string>();

  site(site: VhostSpec): VhostSpec {
    const { application } = site;
    return {
      ...site,
      siteId: '0190f3c2-7b1a-7000-8000-000000000001',
      uri: this.#name(site.uri),
      names: site.names.map(({ name, redirectTo, certificate }) => ({
        name: this.#name(name),
        redirectTo: redirectTo === null ? null : this.#name(redirectTo),
        certificate: certificate === null ? null : this.#token(certificate, 64, '0'),
      })),
      application:
        application.type === 'PROXY'
          ? {
              ...application,
              backends: application.backends.map((backend, index) => ({
                ...backend,
                address: this.#address(backend.address, 50 + index),
              })),
            }
          : application.type === 'STATIC'
            ? { ...application, root: this.#path(application.root) }
            : {
                ...application,
                root: this.#path(application.root),
                siteDirectory: `sites/${this.#name(application.siteDirectory.replace(/^sites\//, ''))}`,
                phpSocket: this.#path(application.phpSocket),
                environment: application.environment.map(({ name, value }) => ({ name, value: this.#text(value) })),
              },
    };
  }

  server(server: HttpServerSpec): HttpServerSpec {
    const { config, tls, staging, run, log } = server.paths;
    const isNew = server.programVersion !== null && isAtLeast(server.programVersion, '1.25.1');
    return {
      ...server,
      addresses: server.addresses.map((address, index) => this.#address(address, index)),
      paths: {
        config: this.#path(config),
        tls: this.#path(tls),
        staging: this.#path(staging),
        run: this.#path(run),
        log: this.#path(log),
      },
      tlsGroups: server.tlsGroups.map((group) => this.#text(group)),
      acmeThumbprints: server.acmeThumbprints.map((thumbprint) => this.#token(thumbprint, 43, 'A')),
      programVersion: server.programVersion === null ? null : isNew ? '1.26.3' : '1.22.1',
      workerUser: server.workerUser === null ? null : this.#text(server.workerUser).toLowerCase(),
    };
  }

  same(twins: string | undefined, ours: string | undefined): void {
    if (twins !== undefined && ours !== undefined) {
      this.#originals.set(twins, ours);
    }
  }

  restored({ path, mode, directives }: ReadFile): ReadFile {
    const known = [...this.#originals.keys()].toSorted((one, other) => other.length - one.length);
    const pattern = new RegExp(known.map((word) => word.replaceAll(/[.*\\^$[\]]/g, String.raw`\$&`)).join('|'), 'g');
    const original = (text: string): string => text.replaceAll(pattern, (word) => this.#originals.get(word) ?? word);
    const each = ({ name, args, body }: Directive): Directive => ({
      // In a list of addresses, what a line begins with is one.
      name: original(name),
      args: args.map(original),
      body: body === null ? null : body.map(each),
    });
    return { path: original(path), mode, directives: directives.map(each) };
  }

  /** As many labels, and as long when length matters, so that what depends on these is the same. */
  #name(value: string): string {
    const known = this.#names.get(value);
    if (known !== undefined) {
      return known;
    }
    const [first = '', ...labels] = value.replace(/^\*\./, '').split('.');
    const mark = this.#mark();
    const isLong = value.length > 180;
    const base = isLong ? longTwin(mark, [first, ...labels]) : [mark, ...labels.map(() => 't')].join('.');
    const twin = value.startsWith('*.') ? `*.${base}` : base;
    const plain = value.replace(/^\*\./, '');
    this.#names.set(value, twin);
    this.#originals.set(base, plain);
    this.#originals.set(escaped(base), escaped(plain));
    this.#originals.set(fileStem(base), fileStem(plain));
    return twin;
  }

  #path(value: string): string {
    return this.#keep(`/${this.#mark()}`, value);
  }

  #text(value: string): string {
    return value === '' ? '' : this.#keep(this.#mark(), value);
  }

  #token(value: string, length: number, filler: string): string {
    const known = this.#names.get(value) ?? String(this.#names.size).padStart(6, '0').padStart(length, filler);
    this.#names.set(value, known);
    return this.#keep(known, value);
  }

  #address(value: string, index: number): string {
    if (value === '*' || value === '[::]') {
      return value;
    }
    const twin = value.startsWith('[') ? `[2001:db8::${index + 10}]` : `203.0.113.${index + 10}`;
    this.#keep(plainAddress(twin), plainAddress(value));
    return this.#keep(twin, value);
  }

  #keep(twin: string, value: string): string {
    this.#originals.set(twin, value);
    return twin;
  }

  #mark(): string {
    return `zq${this.#originals.size}zq`;
  }
}

function longTwin(mark: string, labels: readonly string[]): string {
  const longest = labels.findIndex((label) => label.length === Math.max(...labels.map(({ length }) => length)));
  return labels
    .map((label, index) => (index === longest ? mark.padEnd(label.length, 'q') : 't'.repeat(label.length)))
    .join('.');
}

/** Some servers want the brackets, some do not. */
const plainAddress = (address: string): string => address.replaceAll(/[[\]]/g, '');

const escaped = (name: string): string => name.replaceAll('.', String.raw`\.`);
