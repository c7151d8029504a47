import type { AnyTask } from '../define-task.js';
import certificateAcmeIssue from './certificate-acme-issue.js';
import certificateAcmeRevoke from './certificate-acme-revoke.js';
import certificateCheck from './certificate-check.js';
import certificateHandshake from './certificate-handshake.js';
import certificateCsr from './certificate-csr.js';
import certificateInstall from './certificate-install.js';
import certificateRollback from './certificate-rollback.js';
import certificateSelfSign from './certificate-self-sign.js';
import certificateStore from './certificate-store.js';
import domainCheck from './domain-check.js';
import httpApply from './http-apply.js';
import platformCheck from './platform-check.js';
import serverAcmeAccount from './server-acme-account.js';
import serverCheck from './server-check.js';
import siteCheck from './site-check.js';

/** Every task that a thread can run. The boot audit holds this list against the plans of the operation kinds. */
export const TASKS: readonly AnyTask[] = [
  certificateAcmeIssue,
  certificateAcmeRevoke,
  certificateCheck,
  certificateHandshake,
  certificateCsr,
  certificateInstall,
  certificateRollback,
  certificateSelfSign,
  certificateStore,
  domainCheck,
  httpApply,
  platformCheck,
  serverAcmeAccount,
  serverCheck,
  siteCheck,
];
