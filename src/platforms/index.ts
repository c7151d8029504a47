export { PlatformStore } from './application/platform-store.js';
export { platformCheckTask } from './domain/platform-check-task.js';
export type { Platform } from './domain/platform.js';
export { canSeePlatform } from './domain/visibility.js';
export { PlatformType } from './graphql/platform.type.js';
