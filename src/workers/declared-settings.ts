/**
 * The settings as the file declares them, whatever keys this machine has: for looking and planning, where no provider is
 * called, and for everything that must be the same on machines with different keys, such as which pools share a slot.
 */
import { loadSettings } from '../config/load-settings';
import type { Settings } from '../contracts/settings';

/** Passes as an address and as a key; nothing is ever sent there. */
const placeholder = 'https://not-needed.invalid';

/** No endpoint is left out. Throws `Config.Invalid` as `loadSettings` does. */
export function loadDeclaredSettings(file: string): Settings {
  const environment = new Proxy<Record<string, string | undefined>>({}, { get: () => placeholder });
  return loadSettings({ file, environment });
}
