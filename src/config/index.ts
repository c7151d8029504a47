export {
  PORT_VARIABLES,
  ROLES,
  type Config,
  type LogFormat,
  type LogLevelName,
  type Ports,
  type PortVariable,
  type Role,
} from './config.js';
export { parseDatabaseUrl, parseRedisUrl, type DatabaseConnection, type RedisConnection } from './connection-url.js';
export { asWorldError, errno, writeFileDurably } from './durable-file.js';
export { loadConfig, surroundings, type Surroundings } from './load-config.js';
export { isPlatformPath, isWithin } from './platform-roots.js';
export { localApiPort, settlePorts, type IsOurPort } from './settle-ports.js';
export { statePaths, type StatePaths } from './state-paths.js';
export { renderEnvExample, VARIABLES, type VariableDescription } from './variables.js';
