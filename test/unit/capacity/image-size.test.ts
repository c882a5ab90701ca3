import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readImageSize } from '../../../src/capacity/image-size';
import { cpuMsOf } from '../../support/cpu-time';

const sizeOf = (...parts: (string | number[])[]) =>
  readImageSize(Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1'))).toString('base64'));

const app = (bytes: number): number[] => [0xff, 0xe1, bytes >> 8, bytes & 0xff, ...Array<number>(bytes - 2).fill(0xff)];
const frame = (marker: number): number[] => [0xff, marker, 0, 17, 8, 0x01, 0x02, 0x03, 0x04];

describe('readImageSize', () => {
  test('of a real picture', () => {
    const file = readFileSync(join(__dirname, '../../../docs/images/run-timeline.png'));
    const size = readImageSize(file.toString('base64'));
    expect(size).toEqual({ width: file.readUInt32BE(16), height: file.readUInt32BE(20) });
  });

  test.each([
    ['PNG', ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', [0, 0, 2, 1, 0, 0, 0, 9]], { width: 513, height: 9 }],
    ['GIF', ['GIF89a', [0x80, 0x02, 0xe0, 0x01]], { width: 640, height: 480 }],
    [
      'WebP, lossy',
      ['RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a', [0x80, 0x42, 0xe0, 0x81]],
      { width: 640, height: 480 },
    ],
    // 14 bits each, less one: 640 × 480 is 639 and 479.
    [
      'WebP, lossless',
      ['RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f', [0x7f, 0xc2, 0x77, 0x00], '\0\0\0\0\0'],
      { width: 640, height: 480 },
    ],
    [
      'WebP, extended',
      ['RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0', [0x7f, 0x02, 0x00, 0xdf, 0x01, 0x00]],
      { width: 640, height: 480 },
    ],
    ['JPEG', [[0xff, 0xd8], frame(0xc0)], { width: 772, height: 258 }],
    ['JPEG, progressive', [[0xff, 0xd8], frame(0xc2)], { width: 772, height: 258 }],
    ['JPEG with notes of a camera', [[0xff, 0xd8], app(60_000), app(60_000), frame(0xc0)], { width: 772, height: 258 }],
    ['JPEG with tables before the frame', [[0xff, 0xd8], [0xff, 0xc4, 0, 2], frame(0xc0)], { width: 772, height: 258 }],
    ['JPEG with padding', [[0xff, 0xd8, 0xff, 0xff], frame(0xc0)], { width: 772, height: 258 }],
  ] as const)('of a %s', (_, parts, size) => {
    expect(sizeOf(...(parts as unknown as (string | number[])[]))).toEqual(size);
  });

  test.each<[string, (string | number[])[]]>([
    ['nothing', ['']],
    ['text', ['hello']],
    ['a PNG that ends early', ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', [0, 0, 2]]],
    ['a PNG of no width', ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', [0, 0, 0, 0, 0, 0, 0, 9]]],
    ['a GIF that ends early', ['GIF89a']],
    ['a WebP of an unknown kind', ['RIFF\0\0\0\0WEBPVP9 ' + '\0'.repeat(20)]],
    ['a JPEG without a frame', [[0xff, 0xd8, 0xff, 0xda, 0, 2, 0, 0, 0, 0, 0, 0]]],
    ['a JPEG that ends within a segment', [[0xff, 0xd8], app(100).slice(0, 50)]],
    ['a JPEG of notes alone', [[0xff, 0xd8], ...Array.from({ length: 5 }, () => app(60_000))]],
    ['a JPEG whose segment has no length', [[0xff, 0xd8, 0xff, 0xe1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]],
  ])('%s has none', (_, parts) => {
    expect(sizeOf(...parts)).toBeUndefined();
  });

  test('a file of 20 MB is not read to its end', () => {
    const data = 'A'.repeat(28_000_000);
    expect(cpuMsOf(() => expect(readImageSize(data)).toBeUndefined())).toBeLessThan(50);
  });
});
