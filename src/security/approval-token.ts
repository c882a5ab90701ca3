/**
 * A token that says who decides: signed claims about one question. A text of
 *
 *   hfa1 . key id . base64url of the claims as JSON . base64url of their HMAC-SHA-256
 *
 * The digest among the claims belongs to one question of one run (see `contracts/approval-digest`), so a token is worth
 * nothing for any other, nor once the content was edited. Whoever holds a key can name anybody: keep the keys with the
 * workers and with what hands out tokens.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { HoldfastError } from '../errors/holdfast-error';
import { parseKeyRing } from './key-ring';
import type { KeyRing } from './key-ring';

export const approvalKeysVariable = 'HOLDFAST_APPROVAL_KEYS';

export interface ApprovalClaims {
  readonly workflowId: string;
  /** Name of the approval. */
  readonly approval: string;
  readonly digest: string;
  /** Who it is made for. */
  readonly by: string;
  readonly roles: readonly string[];
  /** Unix ms. */
  readonly expiresAtMs: number;
}

export type ApprovalSubject = Pick<ApprovalClaims, 'workflowId' | 'approval' | 'digest'>;

export interface ApprovalTokens {
  sign(claims: ApprovalClaims): string;
  /** Throws `Approval.Forbidden` when it is forged, expired or of another question. */
  verify(token: string, subject: ApprovalSubject): ApprovalClaims;
}

/** By the environment; undefined without keys. Throws `Config.Invalid`. */
export function readApprovalTokens(environment: NodeJS.ProcessEnv): ApprovalTokens | undefined {
  const keys = environment[approvalKeysVariable];
  return keys === undefined ? undefined : createApprovalTokens(parseKeyRing(keys, approvalKeysVariable));
}

/** @param now - Unix ms */
export function createApprovalTokens(keys: KeyRing, now: () => number = Date.now): ApprovalTokens {
  return {
    sign(claims) {
      const { id, key } = keys.sealing;
      const head = `${format}.${id}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
      return `${head}.${signatureOf(key, head).toString('base64url')}`;
    },
    verify(token, subject) {
      const claims = readSigned(keys, token);
      for (const field of ['workflowId', 'approval', 'digest'] as const) {
        if (claims[field] === subject[field]) continue;
        throw forbidden(`is of another ${field === 'digest' ? 'content' : 'question'}: ask for one of what waits now`);
      }
      if (claims.expiresAtMs <= now()) {
        throw forbidden(`of ${claims.by} has expired at ${new Date(claims.expiresAtMs).toISOString()}`);
      }
      return claims;
    },
  };
}

const format = 'hfa1';
/** The id may have dots itself. */
const shape = /^(hfa1\.([A-Za-z0-9._-]{1,32})\.([A-Za-z0-9_-]+))\.([A-Za-z0-9_-]{43})$/;

function readSigned(keys: KeyRing, token: string): ApprovalClaims {
  const [, head, id = '', body = '', signature = ''] = shape.exec(token) ?? [];
  if (head === undefined) throw forbidden('is not of the form of one');
  const found = keys.find(id);
  if (found === undefined) throw forbidden(`is signed with a key that is not in ${approvalKeysVariable}`);
  const given = Buffer.from(signature, 'base64url');
  if (!timingSafeEqual(given, signatureOf(found.key, head))) throw forbidden('has a wrong signature');
  return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as ApprovalClaims;
}

/** The ring's key may serve elsewhere too: what is signed here is signed with a key of its own. */
function signatureOf(key: KeyObject, head: string): Buffer {
  const own = createHmac('sha256', key).update('holdfast approval token').digest();
  return createHmac('sha256', own).update(head).digest();
}

function forbidden(what: string): HoldfastError {
  return new HoldfastError('Approval.Forbidden', `the approval token ${what}`);
}
