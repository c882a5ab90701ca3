// All messages go to stderr: stdout belongs to the command that runs after the bootstrap.

const heartbeatMs = 15_000;
const redrawMs = 250;

function elapsed(/** @type {number} */ ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/**
 * On a terminal the running task is one line that is rewritten; elsewhere it says where it stands every 15 s.
 * @param {{ stream?: NodeJS.WritableStream & { isTTY?: boolean, columns?: number }, now?: () => number }} [options]
 */
function createReporter({ stream = process.stderr, now = Date.now } = {}) {
  const live = stream.isTTY === true;

  function say(/** @type {string} */ text) {
    stream.write(`holdfast: ${text}\n`);
  }

  /**
   * @template T
   * @param {string} label what is being done, e.g. "installing dependencies"
   * @param {(update: (detail: string) => void) => Promise<T>} work
   */
  async function task(label, work) {
    const startedAt = now();
    let detail = '';
    const line = () => `${label}${detail && ` – ${detail}`} (${elapsed(now() - startedAt)})`;
    const draw = () => {
      if (!live) return say(line());
      const text = `holdfast: ${line()}`;
      // A line longer than the terminal would wrap and could not be rewritten.
      stream.write(`\r\u001b[K${text.slice(0, (stream.columns ?? 80) - 1)}`);
    };
    const clear = () => live && stream.write('\r\u001b[K');
    if (live) draw();
    else say(label);
    const timer = setInterval(draw, live ? redrawMs : heartbeatMs);
    try {
      const result = await work((text) => (detail = text));
      clear();
      say(`${label}: done in ${elapsed(now() - startedAt)}`);
      return result;
    } catch (error) {
      clear();
      say(`${label}: failed after ${elapsed(now() - startedAt)}`);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  return { say, task };
}

/** @typedef {ReturnType<typeof createReporter>} Reporter */

module.exports = { createReporter, elapsed };
