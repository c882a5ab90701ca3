import type { Payload, SerializationContext } from '@temporalio/common';
import { parseKeyRing } from '../../../src/security/key-ring';
import { createPayloadCodec } from '../../../src/security/payload-codec';
import type { PayloadCodecOptions } from '../../../src/security/payload-codec';

const keyOf = (id: string, byte: number): string => `${id}:${Buffer.alloc(32, byte).toString('base64')}`;
const first = keyOf('k1', 1);
const second = keyOf('k2', 2);
const inRun: SerializationContext = { type: 'workflow', namespace: 'default', workflowId: 'run' };
const ofActivity: SerializationContext = { ...inRun, type: 'activity', activityId: '1', isLocal: false };
const plain: Payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"canary"') };

const open = (keys: string | undefined, options: Partial<PayloadCodecOptions> = {}) =>
  createPayloadCodec({
    keys: keys === undefined ? undefined : parseKeyRing(keys, 'HOLDFAST_PAYLOAD_KEYS'),
    toFailure: (error) => error,
    ...options,
  });
const seal = async (context?: SerializationContext, keys = first): Promise<Payload> =>
  (await open(keys).encode([plain], context))[0] as Payload;
const textOf = (payload: Payload | undefined, name: string): string =>
  Buffer.from(payload?.metadata?.[name] ?? []).toString();

describe('createPayloadCodec', () => {
  test('seals and opens, and shows nothing but the key and whose it is', async () => {
    const sealed = await seal(inRun);
    expect(textOf(sealed, 'encoding')).toBe('binary/encrypted');
    expect(textOf(sealed, 'encryption-key-id')).toBe('k1');
    expect(textOf(sealed, 'encryption-context')).toBe('["default","run"]');
    expect(Buffer.from(sealed.data ?? []).toString('latin1')).not.toContain('canary');
    const [opened] = await open(first).decode([sealed], ofActivity);
    expect(Buffer.from(opened?.data ?? []).toString()).toBe('"canary"');
    expect(textOf(opened, 'encoding')).toBe('json/plain');
  });

  test('equal payloads of a run give equal bytes, those of two runs do not', async () => {
    expect(await seal(inRun)).toEqual(await seal(inRun));
    const { data } = await seal({ ...inRun, workflowId: 'other' });
    const nonce = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('hex', 0, 12);
    expect(nonce(data)).not.toBe(nonce((await seal(inRun)).data));
  });

  test('opens what an older key sealed', async () => {
    const [opened] = await open(`${second},${first}`).decode([await seal(inRun)], inRun);
    expect(Buffer.from(opened?.data ?? []).toString()).toBe('"canary"');
  });

  test('opens without a context, as a codec server has none', async () => {
    await expect(open(first).decode([await seal(inRun)])).resolves.toHaveLength(1);
    await expect(open(first).decode([await seal()], inRun)).resolves.toHaveLength(1);
  });

  test('opens in the runs of a schedule, whose ids the server completes', async () => {
    const scheduled = { ...inRun, workflowId: 'run-2026-11-21T10:00:00Z' };
    await expect(open(first).decode([await seal(inRun)], scheduled)).resolves.toHaveLength(1);
  });

  test.each<readonly [string, (sealed: Payload) => Payload, SerializationContext, string]>([
    ['of another run', (sealed) => sealed, { ...inRun, workflowId: 'other' }, 'belongs to the workflow run in default'],
    ['of a longer id', (sealed) => sealed, { ...inRun, workflowId: 'run-2' }, 'belongs to the workflow run'],
    ['of another namespace', (sealed) => sealed, { ...inRun, namespace: 'x' }, 'not to run in x'],
    [
      'whose context was changed',
      ({ metadata, data }) => ({
        metadata: { ...metadata, 'encryption-context': Buffer.from('["default","other"]') },
        data: data ?? null,
      }),
      { ...inRun, workflowId: 'other' },
      'was changed',
    ],
    ['that was cut', ({ metadata }) => ({ metadata: metadata ?? {}, data: Buffer.alloc(5) }), inRun, 'was changed'],
    [
      'with changed bytes',
      ({ metadata, data }) => ({ metadata: metadata ?? {}, data: Buffer.from(data ?? []).map((byte) => byte ^ 1) }),
      inRun,
      'was changed',
    ],
  ])('refuses a payload %s', async (_, change, context, message) => {
    await expect(open(first).decode([change(await seal(inRun))], context)).rejects.toMatchObject({
      type: 'Payload.Unreadable',
      message: expect.stringContaining(message) as string,
    });
  });

  test.each([second, undefined])('with the keys %s says which key is missing', async (keys) => {
    await expect(open(keys).decode([await seal(inRun)], inRun)).rejects.toMatchObject({
      type: 'Payload.Unreadable',
      message: 'a payload is encrypted with the key "k1": add it to HOLDFAST_PAYLOAD_KEYS',
    });
  });

  test('refuses plain text', async () => {
    await expect(open(first).decode([plain], inRun)).rejects.toMatchObject({ type: 'Payload.Unreadable' });
    await expect(open(first, { isWorker: true }).decode([plain], ofActivity)).rejects.toMatchObject({
      type: 'Payload.Unreadable',
    });
  });

  test('in a worker leaves out the content of plain text for a workflow', async () => {
    const [marked] = await open(first, { isWorker: true }).decode([plain], inRun);
    expect(textOf(marked, 'encoding')).toContain('is in plain text although HOLDFAST_PAYLOAD_KEYS is set');
    expect(marked?.data).toHaveLength(0);
  });

  test('takes plain text when told to, and without keys', async () => {
    await expect(open(first, { acceptsPlaintext: true }).decode([plain], inRun)).resolves.toEqual([plain]);
    await expect(open(undefined).decode([plain], inRun)).resolves.toEqual([plain]);
    await expect(open(undefined).encode([plain], inRun)).resolves.toEqual([plain]);
  });
});
