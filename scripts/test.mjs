// node scripts/test.mjs [jest arguments]: jest under the right Node.
import path from 'node:path';
import { launch, runMain } from './bootstrap/launch.cjs';
import { root } from './bootstrap/paths.cjs';

runMain(() => {
  // Jest sets NODE_ENV to "test" only where it is not set; "production" would switch libraries to another behaviour.
  const env = { ...process.env };
  delete env.NODE_ENV;
  launch([path.join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...process.argv.slice(2)], { env });
});
