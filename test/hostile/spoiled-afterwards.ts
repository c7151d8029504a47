import { aDrupalSite, aName, aServer, aSite } from '../../src/consumers/a-vhost.fixture.js';
import {
  ENVIRONMENT_NAMES,
  type Backend,
  type ConsumerName,
  type DrupalApplication,
  type ProxyApplication,
  type VhostSpec,
} from '../../src/consumers/index.js';
import { parseHostname } from '../../src/shared/hostname.js';
import { parseUnixPath } from '../../src/shared/unix-path.js';
import type { SeededRandom } from '../support/seeded-random.js';
import type { Accepted } from './hostile-case.js';
import { hostileName, hostilePath, hostileText, hostileToken, spoiled } from './hostile-values.js';

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const HEX = '0123456789abcdef';

/** Data as a queue could bring it that somebody has got at: any one or two of its strings may be anything. */
export function spoiledAfterwards(random: SeededRandom, consumer: ConsumerName): Accepted {
  const uri = `${random.text('abcdefghij', 12)}.example.org`;
  const name = (): string =>
    mostlyCanonical(random, hostileName(random, { wildcard: random.chance(0.2), share: 0.05 }));
  const path = (): string => mostlyCanonical(random, hostilePath(random, { share: 0.1 }));
  const certificate = (): string | null => (random.chance(0.4) ? null : hostileToken(random, HEX, 64, 0.1));
  const site: Partial<VhostSpec> = {
    siteId: random.chance(0.05) ? hostileText(random) : '0190f3c2-7b1a-7000-8000-000000000001',
    uri: random.chance(0.1) ? spoiled(random, uri) : uri,
    https: random.pick(['DISABLED', 'ENABLED', 'REQUIRED']),
    state: random.chance(0.1) ? 'DISABLED' : 'ENABLED',
    names: [
      aName(uri, { certificate: certificate() }),
      ...random.list(3, () =>
        aName(name(), {
          redirectTo: random.chance(0.3) ? random.pick([uri, name()]) : null,
          certificate: certificate(),
        }),
      ),
    ],
  };
  const isDrupal = consumer === 'nginx' && random.chance(0.5);
  return {
    site: isDrupal
      ? aDrupalSite(drupal(random, uri), site)
      : aSite({ ...site, application: consumer === 'pound' ? proxy(random) : { type: 'STATIC', root: path() } }),
    server: aServer({
      acmeThumbprints: random.chance(0.1) ? [] : [hostileToken(random, BASE64URL, 43, 0.05)],
      tlsGroups: random.list(2, () => hostileToken(random, BASE64URL, 8, 0.05)),
      programVersion: random.chance(0.1) ? hostileText(random) : random.pick([null, '1.22.1', '1.26.3']),
      workerUser: random.chance(0.2) ? null : hostileToken(random, 'abcdefghij', 8, 0.05),
      httpPort: random.pick([80, 8080, 8080, 65_535, 0]),
    }),
  };
}

function proxy(random: SeededRandom): ProxyApplication {
  const backend = (): Backend => ({
    address: random.chance(0.1) ? spoiled(random, '192.0.2.7') : random.pick(['127.0.0.1', '192.0.2.7', '[::1]']),
    port: random.pick([80, 8080, 65_535, random.chance(0.1) ? 0 : 81]),
    https: null,
  });
  return { type: 'PROXY', backends: [backend(), ...random.list(2, backend)], redirectsWhenTold: random.chance(0.5) };
}

function drupal(random: SeededRandom, uri: string): Partial<DrupalApplication> {
  return {
    root: mostlyCanonical(random, hostilePath(random, { share: 0.1 })),
    siteDirectory: random.chance(0.1) ? spoiled(random, `sites/${uri}`) : `sites/${uri}`,
    version: random.pick([7, 8, 9, 10, 11]),
    phpSocket: mostlyCanonical(random, hostilePath(random, { share: 0.1, below: '/run/php' })),
    environment: ENVIRONMENT_NAMES.map((name) => ({ name, value: hostileText(random, 0.03) })),
  };
}

/** As the API would have stored it, where it would have; now and then as it was. */
function mostlyCanonical(random: SeededRandom, value: string): string {
  if (random.chance(0.03)) {
    return value;
  }
  try {
    return value.startsWith('/') ? parseUnixPath(value) : parseHostname(value, { wildcard: true });
  } catch {
    return value;
  }
}
