import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkPair } from './certificate-pair.js';
import type { Target } from './effects.js';
import { siteDirectories } from './extra-files.js';
import type { StoredFile } from './http-change.js';
import { readFiles } from './live-files.js';
import { quarantinePath } from './quarantine-path.js';
import type { Remedy, Residents } from './remedy.js';
import { restoreGeneration } from './restore-generation.js';

const HEADER = /^# .*[sS]ite ([0-9a-f-]{36})\./;

/** `directory` is the staged copy; `serverFiles` are what the server's own should be. */
export function residentsOf(target: Target, directory: string, serverFiles: readonly StoredFile[]): Residents {
  const folders = siteDirectories(target.consumer);
  const read = async (paths: readonly string[]): Promise<readonly StoredFile[]> =>
    [...(await readFiles(directory, paths)).values()].filter(({ content }) => content !== null);
  const all = async (exempt: ReadonlySet<string>): Promise<readonly StoredFile[]> =>
    read((await listFiles(directory, folders)).filter((path) => !exempt.has(path)));

  async function aboutCertificate(
    spki: string,
    sentence: string,
    exempt: ReadonlySet<string>,
  ): Promise<readonly Remedy[]> {
    const live = `${target.server.paths.tls}/${spki}/live`;
    const users = (await all(exempt)).filter(({ content }) => content?.includes(`${live}/`));
    // A server that is short of something complains about pairs that are sound.
    if (
      users.length === 0 ||
      !('problem' in (await checkPair(target.server, target.consumer.certificateForm, spki, [])))
    ) {
      return [];
    }
    if (await restoreGeneration(target, spki)) {
      return users.map((file) => remedy('CERTIFICATE_RESTORED', file, file.content, sentence));
    }
    return users.map((file) => {
      const left = target.consumer.withoutCertificate?.(file.content ?? '', live) ?? null;
      return left === null || left.includes(`${live}/`)
        ? asideOf(file, sentence)
        : remedy('HTTPS_LEFT_OUT', file, left, sentence);
    });
  }

  async function aboutFile(path: string, sentence: string, exempt: ReadonlySet<string>): Promise<readonly Remedy[]> {
    const rendered = serverFiles.find((file) => file.path === path);
    if (exempt.has(path) || (rendered === undefined && !folders.includes(dirname(path)))) {
      return [];
    }
    const [found] = await read([path]);
    if (found === undefined || found.content === rendered?.content) {
      return [];
    }
    return [
      rendered === undefined ? asideOf(found, sentence) : remedy('RENDERED_AGAIN', found, rendered.content, sentence),
    ];
  }

  return {
    async remedies({ file, mentions, sentence }, exempt) {
      const spki = spkiIn(mentions ?? sentence, target.server.paths.tls);
      const ofCertificate = spki === undefined ? [] : await aboutCertificate(spki, sentence, exempt);
      if (ofCertificate.length > 0) {
        return ofCertificate;
      }
      return file === null ? [] : aboutFile(file, sentence, exempt);
    },
    suspects: async () =>
      (await all(new Set())).map((file) => ({ files: [file], before: [{ ...file, content: null }] })),
    putAside: ({ files }, { sentence }) => files.map((file) => asideOf(file, sentence)),
  };
}

async function listFiles(directory: string, folders: readonly string[]): Promise<readonly string[]> {
  const lists = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(`${directory}/${folder}`).catch(() => []);
      return names.filter((name) => name.endsWith('.conf')).map((name) => `${folder}/${name}`);
    }),
  );
  return lists.flat();
}

/** A complaint may name a file of a certificate beside the place that mentions it. */
function spkiIn(text: string, tlsDirectory: string): string | undefined {
  const [, rest = ''] = text.split(`${tlsDirectory}/`, 2);
  return /^([0-9a-f]{64})\//.exec(rest)?.[1];
}

function remedy(how: Remedy['how'], file: StoredFile, content: string | null, sentence: string): Remedy {
  const siteId = HEADER.exec(file.content ?? '')?.[1] ?? null;
  const changed = content === file.content ? [] : [{ ...file, content }];
  return { how, siteId, subject: file.path, sentence, files: changed, before: changed.length === 0 ? [] : [file] };
}

/** Moved to where nothing is included from, for an administrator to look at, until the site is verified. */
function asideOf(file: StoredFile, sentence: string): Remedy {
  const { files, before, ...rest } = remedy('PUT_ASIDE', file, null, sentence);
  const kept = { ...file, path: quarantinePath(file.path) };
  return { ...rest, files: [kept, ...files], before: [{ ...kept, content: null }, ...before] };
}
