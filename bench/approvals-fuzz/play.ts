/** Plays one sequence against a question that waits, and says which ends of it are right. */
import type { GivenDecision } from '../../src/client';
import { contentOf, nameCount } from './plan';
import type { Noise, Sequence } from './plan';
import type { Reply, Sender } from './send';

/** `outcome text`, as an effect has them. */
export type End = string;

export interface Played {
  /** Every end that is right; more than one where the server's clock decides. */
  readonly rightEnds: readonly End[];
  /** A reply that must not be. */
  readonly wrong?: string;
}

export interface Stage {
  readonly sender: Sender;
  readonly number: number;
  readonly sequence: Sequence;
  /** Makes every decision another one. */
  readonly id: () => string;
  readonly restart: () => void;
}

export async function playSequence(stage: Stage): Promise<Played> {
  const { sender, number, sequence } = stage;
  if (sequence.noises.has('earlier')) await sendEarlier(stage);
  await sender.untilAsked(number);
  if (sequence.restarts) stage.restart();
  await sendNoise(stage);
  const played = await playEnding(stage);
  // One whose time is not over yet would still take it.
  if (sequence.noises.has('late') && sequence.ending !== 'expire') await sendLate(stage);
  return played;
}

function playEnding(stage: Stage): Promise<Played> {
  switch (stage.sequence.ending) {
    case 'decide':
      return decide(stage);
    case 'answer':
      return answer(stage);
    case 'edit':
    case 'editByTwo':
      return edit(stage);
    case 'two':
      return two(stage);
    case 'contest':
      return contest(stage);
    case 'expire':
      return Promise.resolve({ rightEnds: [endOf('expired', stage)] });
    case 'brink':
      return brink(stage);
    case 'cancel':
      return stage.sender.send('withdraw', stage.number).then(() => ({ rightEnds: [endOf('cancelled', stage)] }));
  }
}

async function decide(stage: Stage): Promise<Played> {
  const { outcome } = stage.sequence;
  return expectCounted(await deliver(stage, { outcome, by: 'ana' }), [endOf(outcome, stage)]);
}

async function answer(stage: Stage): Promise<Played> {
  const text = `answer to ${stage.number}`;
  return expectCounted(await deliver(stage, { outcome: 'answered', by: 'ana', answer: text }), [`answered ${text}`]);
}

async function edit(stage: Stage): Promise<Played> {
  const content = { text: `edited ${stage.number}` };
  const edited = await deliver(stage, { outcome: 'edited', by: 'ana', content });
  const rightEnds = [`edited ${content.text}`];
  if (stage.sequence.ending === 'edit' || edited !== 'counted') return expectCounted(edited, rightEnds);
  // Approving what was there before the edit must not be enough.
  const stale = await stage.sender.decide(stage.number, {
    ...bound(stage),
    outcome: 'approved',
    by: 'bo',
    id: stage.id(),
  });
  if (stale === 'counted') return { rightEnds, wrong: 'an approval of the content before the edit was counted' };
  const digest = stage.sender.digestOf(stage.number, content);
  return expectCounted(await deliver(stage, { outcome: 'approved', by: 'bo', digest }), rightEnds);
}

async function two(stage: Stage): Promise<Played> {
  const replies = [
    await deliver(stage, { outcome: 'approved', by: 'ana' }),
    await deliver(stage, { outcome: 'approved', by: 'ANA ' }),
    await deliver(stage, { outcome: 'approved', by: 'bo' }),
  ];
  return expectCounted(replies.find((reply) => reply !== 'counted') ?? 'counted', [endOf('approved', stage)]);
}

async function contest(stage: Stage): Promise<Played> {
  const outcomes = ['approved', 'rejected'] as const;
  const replies = await Promise.all(outcomes.map((outcome) => deliver(stage, { outcome, by: outcome })));
  const counted = outcomes.filter((_, index) => replies[index] === 'counted');
  const rightEnds = counted.map((outcome) => endOf(outcome, stage));
  return counted.length === 1 ? { rightEnds } : { rightEnds, wrong: `of two decisions ${counted.length} were counted` };
}

/** From when the question was seen: about when its time is over. */
const brinkMs = 1_400;

async function brink(stage: Stage): Promise<Played> {
  const { outcome } = stage.sequence;
  await new Promise((done) => setTimeout(done, brinkMs));
  const reply = await deliver(stage, { outcome, by: 'ana' });
  return { rightEnds: [reply === 'counted' ? endOf(outcome, stage) : endOf('expired', stage)] };
}

/** Sends it, by both ways and several times where the sequence says so; it is one decision all the same. */
async function deliver(stage: Stage, given: GivenDecision): Promise<Reply> {
  const { sender, number, sequence } = stage;
  const decision = { ...bound(stage), id: stage.id(), ...given };
  const replies = [sender.decide(number, decision)];
  if (sequence.noises.has('duplicate')) replies.push(sender.decide(number, decision), sender.decide(number, decision));
  if (sequence.noises.has('bySignal')) await sender.signal(number, decision);
  const told = await Promise.all(replies);
  if (!told.includes('counted')) return told[0] ?? '';
  // At the brink one copy may come in time and the next one too late.
  const isMixed = sequence.ending !== 'brink' && told.some((reply) => reply !== 'counted');
  return isMixed ? `mixed: ${told.join(', ')}` : 'counted';
}

function expectCounted(reply: Reply, rightEnds: readonly End[]): Played {
  return reply === 'counted' ? { rightEnds } : { rightEnds, wrong: `a decision in time was answered with ${reply}` };
}

async function sendNoise(stage: Stage): Promise<void> {
  const { sender, number, sequence } = stage;
  const send: Partial<Record<Noise, () => Promise<unknown>>> = {
    stale: () =>
      sender.decide(number, {
        outcome: 'rejected',
        by: 'eve',
        digest: sender.digestOf(number + nameCount),
        id: stage.id(),
      }),
    malformed: () => sender.decide(number, { ...bound(stage), outcome: 'maybe' as never, by: 'eve' }),
    junkSignal: () => sender.send('decision', 'junk'),
  };
  for (const noise of sequence.noises) await send[noise]?.();
}

/** For the question before it was asked: nobody can have seen it. */
function sendEarlier(stage: Stage): Promise<unknown> {
  const { sender, number } = stage;
  return sender.decide(number + nameCount, {
    outcome: 'approved',
    by: 'eve',
    digest: sender.digestOf(number + nameCount),
    id: stage.id(),
  });
}

function sendLate(stage: Stage): Promise<unknown> {
  return stage.sender.decide(stage.number, { ...bound(stage), outcome: 'rejected', by: 'eve', id: stage.id() });
}

function bound({ sender, number }: Stage): { digest: string } {
  return { digest: sender.digestOf(number) };
}

function endOf(outcome: string, { number }: Stage): End {
  return `${outcome} ${contentOf(number).text}`;
}
