import { getDomain } from 'tldts';
import type { RegistrableDomain } from './order-budget.js';

/**
 * By the Public Suffix List, its private section included, as Let's Encrypt counts. What is no hostname (an IP address), or is a public
 * suffix itself, stands for itself.
 */
export const registrableDomain: RegistrableDomain = (name) => getDomain(name, { allowPrivateDomains: true }) ?? name;
