// node scripts/test.mjs [jest arguments]: jest under the right Node.
import { createRequire } from 'node:module';
import { launch, runMain } from './bootstrap/launch.cjs';

const require = createRequire(import.meta.url);

runMain(() => {
  // Jest sets NODE_ENV to "test" only where it is not set; "production" would switch libraries to another behaviour.
  const env = { ...process.env };
  delete env.NODE_ENV;
  launch([require.resolve('jest/bin/jest.js'), ...process.argv.slice(2)], { env });
});
