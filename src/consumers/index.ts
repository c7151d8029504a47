import { apache } from './apache/index.js';
import type { Consumer, ConsumerName } from './consumer.js';
import { nginx } from './nginx/index.js';
import { pound } from './pound/index.js';

export const CONSUMERS: { readonly [name in ConsumerName]: Consumer } = { nginx, apache, pound };

export type * from './consumer.js';
export { CONSUMER_NAMES, TLS_FRONT_NAMES, WEB_SERVER_NAMES } from './consumer.js';
export { asRoot, isAdopted, sudoersLine } from './adoption.js';
export type { HttpServerPaths, HttpServerSpec, MachineFacts, SystemFacts, SystemServer } from './http-server-spec.js';
export { HTTPS_MODES, type HttpsMode } from './https-mode.js';
export { isAtLeast } from './is-at-least.js';
export { isBackendAddress, isListenAddress, isPlainHostname } from './syntax.js';
export { DEFAULT_SERVER_NAME, PROBE_DIGEST_HEADER, PROBE_PATH } from './probe.js';
export { DRUPAL_MAJORS, drupalMajor, type DrupalMajor } from './drupal/drupal-major.js';
export { ENVIRONMENT_NAMES, type EnvironmentVariable } from './drupal/environment.js';
export type {
  Backend,
  DrupalApplication,
  ProxyApplication,
  StaticApplication,
  VhostApplication,
  VhostName,
  VhostSpec,
} from './vhost-spec.js';
export { TLS_GROUPS } from './tls-profile.js';
export { virtualServers, type VirtualServer } from './virtual-servers.js';
