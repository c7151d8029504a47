import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { loadConfig } from '../../config/index.js';
import { DomainError } from '../../shared/domain-error.js';
import { GraphqlClient } from '../graphql-client.js';
import { nestLogger } from '../nest-log.js';
import { FIRST_SITE, makeFirstSite } from '../quickstart/first-site.js';
import { getOverHttps } from '../quickstart/get-over-https.js';
import { operatorToken } from '../quickstart/operator-token.js';
import { untilToldToStop } from '../until-told-to-stop.js';
import { up, type Up } from '../up.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `hler quickstart`: everything in one process, and a first site on HTTPS. With `once`: verify it, and stop. */
export async function runQuickstart(once: boolean): Promise<void> {
  const config = loadConfig('up');
  // What it says itself is for the newcomer; the log is for what goes wrong.
  const quiet = { ...config, logLevel: config.logLevel === 'info' ? ('warn' as const) : config.logLevel };
  Logger.overrideLogger(nestLogger(quiet));
  const told = untilToldToStop();
  say(`Starting MariaDB, Redis, api, relay and runner; all state is in ${config.paths.root}`);
  const running = await up(quiet);
  try {
    await Promise.race([serveFirstSite(running, once), told]);
    if (!once) {
      await told;
      say('Stopping.');
    }
  } finally {
    await running.stop();
  }
}

async function serveFirstSite(running: Up, once: boolean): Promise<void> {
  const token = await operatorToken(running);
  const api = new GraphqlClient(running.graphqlUrl, token);
  const siteId = await makeFirstSite(api, examplePlatform(), say);
  const site = await servedSite(api, siteId);
  const { ports, paths } = running.config;
  const url = `https://${FIRST_SITE.uri}:${ports.HLER_HTTPS_PORT}/`;
  if (once) {
    const [address = '127.0.0.1'] = running.config.httpAddresses;
    const served = await getOverHttps(FIRST_SITE.uri, address, ports.HLER_HTTPS_PORT, site.chainPem);
    if (served.status !== 200) {
      throw new DomainError('SITE_ANSWERS_ERROR', `${url} answered ${served.status} instead of 200.`);
    }
    say(`served ${url} 200 in ${served.ms} ms`);
    return;
  }
  say('');
  say(`GraphQL   ${running.graphqlUrl}`);
  say(`token     ${token.reveal()}`);
  say(`site      ${url}`);
  say('');
  say('Try it:');
  say(
    `  curl --cacert ${paths.tls}/${site.spki}/live/fullchain.pem --resolve ${FIRST_SITE.uri}:${ports.HLER_HTTPS_PORT}:127.0.0.1 ${url}`,
  );
  say(
    `  curl -s ${running.graphqlUrl} -H "authorization: Bearer $(cat ${paths.keys}/quickstart.token)" -H 'content-type: application/json' -d '{"query":"{ sites { nodes { uri status https } } }"}'`,
  );
  say('');
  say('Ctrl-C stops everything that was started.');
}

async function servedSite(api: GraphqlClient, id: string): Promise<{ spki: string; chainPem: string }> {
  const { site } = await api.ask<{ site: { certificate: { spki: string; chainPem: string } | null } | null }>(
    `query ($id: ID!) { site(id: $id) { certificate { spki chainPem } } }`,
    { id },
  );
  if (!site?.certificate) {
    throw new DomainError('CERTIFICATE_MISSING', `${FIRST_SITE.uri} serves no certificate that Hlér knows.`);
  }
  return site.certificate;
}

/** `examples/hello` of this clone, from the compiled file as from the source. */
function examplePlatform(): string {
  const found = ['../../../', '../../../../']
    .map((up) => fileURLToPath(new URL(`${up}examples/hello`, import.meta.url)))
    .find((path) => existsSync(path));
  if (found === undefined) {
    throw new DomainError('PLATFORM_MISSING', 'examples/hello is missing from this installation.');
  }
  return found;
}
