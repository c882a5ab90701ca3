// The download the Temporal SDKs use for their own test server. It needs no Go, but a network that reaches more than a
// package registry; where that is not so it fails within seconds and the build from the module proxy takes over.
const { createWriteStream, mkdtempSync, renameSync, rmSync } = require('node:fs');
const path = require('node:path');
const { Readable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { runCommand } = require('./command.cjs');

// The release with the server our go.mod pins.
const cliVersion = 'v1.9.1';
const defaultOrigin = 'https://temporal.download';
const askMs = 5_000;
const stallMs = 20_000;

const platformNames = /** @type {Record<string, string>} */ ({ linux: 'linux', darwin: 'darwin', win32: 'windows' });
const archNames = /** @type {Record<string, string>} */ ({ x64: 'amd64', arm64: 'arm64' });

/** fetch says "fetch failed"; what happened stands in its cause. */
function reasonOf(/** @type {any} */ error) {
  return String(error?.cause?.message ?? error?.message ?? error);
}

async function askWhere(/** @type {string} */ origin) {
  const platform = platformNames[process.platform];
  const arch = archNames[process.arch];
  if (platform === undefined || arch === undefined)
    throw new Error(`no release for ${process.platform}-${process.arch}`);
  const query = new URLSearchParams({ platform, arch, format: 'tar.gz' });
  const response = await fetch(`${origin}/temporal-cli/${cliVersion}?${query}`, { signal: AbortSignal.timeout(askMs) });
  if (!response.ok) throw new Error(`${origin} answered ${response.status}`);
  return /** @type {{ archiveUrl: string, fileToExtract: string }} */ (await response.json());
}

/** @param {string} url @param {string} file @param {(detail: string) => void} update */
async function fetchArchive(url, file, update) {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Error(`no data for ${stallMs / 1000} s`)), stallMs);
  try {
    const response = await fetch(url, { signal: stalled.signal });
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
    const totalMb = Number(response.headers.get('content-length') ?? 0) / 1e6;
    let receivedMb = 0;
    const count = async function* (/** @type {AsyncIterable<Buffer>} */ chunks) {
      for await (const chunk of chunks) {
        timer.refresh();
        receivedMb += chunk.length / 1e6;
        update(`${receivedMb.toFixed(0)}${totalMb ? ` of ${totalMb.toFixed(0)}` : ''} MB`);
        yield chunk;
      }
    };
    await pipeline(Readable.fromWeb(/** @type {any} */ (response.body)), count, createWriteStream(file));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {{ into: string, reporter: import('./reporter.cjs').Reporter, origin?: string | undefined }} options
 * @returns {Promise<string | undefined>} undefined when `into` now holds the binary, else why not
 */
async function downloadTemporal({ into, reporter, origin = defaultOrigin }) {
  let where;
  try {
    where = await askWhere(origin);
  } catch (error) {
    return reasonOf(error);
  }
  const folder = mkdtempSync(path.join(path.dirname(into), 'download-'));
  try {
    await reporter.task(`downloading the Temporal CLI ${cliVersion}`, async (update) => {
      const archive = path.join(folder, 'archive.tar.gz');
      await fetchArchive(where.archiveUrl, archive, update);
      // tar ships with Linux, macOS and Windows 10 and later.
      const unpacked = await runCommand('tar', ['-xzf', archive, '-C', folder, where.fileToExtract]);
      if (!unpacked.ok) throw new Error(`the archive cannot be unpacked: ${unpacked.tail || unpacked.reason}`);
      renameSync(path.join(folder, where.fileToExtract), into);
    });
    return undefined;
  } catch (error) {
    return reasonOf(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

module.exports = { downloadTemporal };
