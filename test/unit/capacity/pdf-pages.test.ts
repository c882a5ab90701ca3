import { deflateSync } from 'node:zlib';
import { countPdfPages } from '../../../src/capacity/pdf-pages';
import { cpuMsOf } from '../../support/cpu-time';

const count = (...parts: (string | Buffer)[]): number =>
  countPdfPages(Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1'))).toString('base64'));

const page = '1 0 obj\n<< /Type /Page /Parent 2 0 R >>\nendobj\n';
const packed = (text: string, filler = ''): Buffer =>
  Buffer.concat([
    Buffer.from(`5 0 obj\n<</Type/ObjStm/N 9/First 60/Length 99/Filter/FlateDecode${filler}>>stream\r\n`),
    deflateSync(text),
    Buffer.from('\r\nendstream\nendobj\n'),
  ]);

describe('countPdfPages', () => {
  test.each([
    ['in the open', page.repeat(12), 12],
    ['written tightly', '<</Type/Page/Parent 2 0 R>>'.repeat(3), 3],
    ['on lines of their own', '<<\n/Type\r\n  /Page\n>>'.repeat(2), 2],
    ['beside other names', `${page}<</Type/Pages/Count 9>><</PageLabels 3 0 R>><</Type/PageLabel>><</S/Page>>`, 1],
    ['at the very end', '/Type /Page', 1],
  ])('counts pages %s', (_, text, pages) => {
    expect(count('%PDF-1.4\n', text)).toBe(pages);
  });

  test('counts pages in compressed object streams, and those beside them', () => {
    expect(count('%PDF-1.7\n', packed(page.repeat(7)), packed(page.repeat(5)), page)).toBe(13);
  });

  test('takes what cannot be read for pages of 20,000 bytes, at most 100', () => {
    expect(count('')).toBe(1);
    expect(count('no PDF at all')).toBe(1);
    expect(count('%PDF-1.7\n', Buffer.alloc(90_000, 'x'))).toBe(5);
    expect(count('%PDF-1.7\n', Buffer.alloc(9_000_000, 'x'))).toBe(100);
    expect(count('%PDF-1.7\n', packed(page).subarray(0, -40))).toBe(1);
  });

  test('never counts more than a provider takes', () => {
    expect(count(page.repeat(5_000))).toBe(1_000);
  });

  test.each([
    ['of 32 MB of noise', () => 'x'.repeat(32_000_000)],
    ['of names that begin like a page', () => '/Pagex'.repeat(5_000_000)],
    ['of object streams that never begin', () => '/ObjStm'.repeat(4_500_000)],
    ['of object streams that never end', () => '/ObjStm stream\n'.repeat(2_000_000)],
  ])('does bounded work on a file %s', (_, text) => {
    const data = Buffer.from(text(), 'latin1').toString('base64');
    expect(cpuMsOf(() => expect(countPdfPages(data)).toBe(100))).toBeLessThan(1_000);
  });

  test('unpacks no more than some megabytes of a stream that grows without end', () => {
    const bomb = packed('\0'.repeat(60_000_000));
    const file = Buffer.concat(Array.from({ length: 200 }, () => bomb)).toString('base64');
    // Each bomb that was unpacked anew would add some 20 ms.
    expect(cpuMsOf(() => expect(countPdfPages(file)).toBeGreaterThanOrEqual(1))).toBeLessThan(1_000);
  });
});
