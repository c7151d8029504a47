import type { Consumer } from './consumer.js';
import { nginx } from './nginx/index.js';

export const CONSUMERS: { readonly [name in Consumer['name']]: Consumer } = { nginx };

export type * from './consumer.js';
export type { HttpServerPaths, HttpServerSpec } from './http-server-spec.js';
export { HTTPS_MODES, type HttpsMode } from './https-mode.js';
export { DEFAULT_SERVER_NAME, PROBE_PATH } from './probe.js';
export { DRUPAL_MAJORS, drupalMajor, type DrupalMajor } from './drupal/drupal-major.js';
export { ENVIRONMENT_NAMES, type EnvironmentVariable } from './drupal/environment.js';
export type { DrupalApplication, StaticApplication, VhostApplication, VhostName, VhostSpec } from './vhost-spec.js';
export { virtualServers, type VirtualServer } from './virtual-servers.js';
