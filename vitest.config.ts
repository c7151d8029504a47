import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take more than a minute: begun last, each would be waited for alone. */
const SLOW = /\/(consumer-crash|consumer-quarantine|storm|renewal|operation-loop)\.(integration\.)?spec\.ts$/;

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification): boolean => SLOW.test(moduleId);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

const shared = {
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  // Vite would load graphql's ES modules where Nest loads its CommonJS: two realms that do not know each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
};

/** Tiers, fastest first. `unit`: pure code; `integration`: real servers and processes; `e2e`: the built product. */
export default defineConfig({
  ...shared,
  test: {
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: [
            'src/**/*.spec.ts',
            'workers/**/*.spec.ts',
            'test/chaos-ca/**/*.spec.ts',
            'test/contract/**/*.unit.spec.ts',
            'test/simulation/**/*.spec.ts',
          ],
          pool: 'forks',
          isolate: false,
        },
      },
      {
        ...shared,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.spec.ts', 'test/{contract,hostile,storm}/**/*.integration.spec.ts'],
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.spec.ts'],
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
