import { join } from 'node:path';
import { capacitySettings } from '../../../../bench/capacity/capacity-settings';
import { loadSettings } from '../../../../src/config/load-settings';

test('the engine is measured with the settings that are shipped', () => {
  const file = join(__dirname, '../../../../config/holdfast.yaml');
  const anyVariable = new Proxy({}, { get: () => 'http://127.0.0.1:4010' });
  expect(loadSettings({ file, environment: anyVariable }).capacity).toEqual(capacitySettings);
});
