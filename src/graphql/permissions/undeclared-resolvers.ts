import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { RESOLVER_TYPE_METADATA } from '@nestjs/graphql/dist/graphql.constants.js';
import { declaredPermission } from './allow.js';

const ROOT_TYPES: ReadonlySet<unknown> = new Set(['Query', 'Mutation', 'Subscription']);

/** Every query, mutation and subscription of the application without `@Allow`, as `SitesResolver.createSite`. */
export function undeclaredResolvers(modules: ModulesContainer): string[] {
  const providers = [...modules.values()].flatMap((module) => [...module.providers.values()]);
  const prototypes = new Set(providers.map(({ metatype }) => prototypeOf(metatype)).filter((found) => found !== null));
  return [...prototypes].flatMap(undeclaredMethods).toSorted();
}

function undeclaredMethods(prototype: object): string[] {
  const methods = new MetadataScanner().getAllMethodNames(prototype).map((name) => Reflect.get(prototype, name));
  return methods
    .filter((method): method is () => unknown => typeof method === 'function')
    .filter((method) => ROOT_TYPES.has(Reflect.getMetadata(RESOLVER_TYPE_METADATA, method)))
    .filter((method) => declaredPermission(method) === undefined)
    .map((method) => `${prototype.constructor.name}.${method.name}`);
}

function prototypeOf(metatype: unknown): object | null {
  const prototype: unknown = typeof metatype === 'function' ? metatype.prototype : null;
  return typeof prototype === 'object' ? prototype : null;
}

/** Refuses to start an API that has a resolver nobody decided about. */
@Injectable()
export class PermissionAudit implements OnModuleInit {
  constructor(private readonly modules: ModulesContainer) {}

  onModuleInit(): void {
    const undeclared = undeclaredResolvers(this.modules);
    if (undeclared.length > 0) {
      throw new Error(`No permission is declared for ${undeclared.join(', ')}: add @Allow(…).`);
    }
  }
}
