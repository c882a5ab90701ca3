/** Encryption of what the journal, the stream log and the answer cache keep. Made in `security/`. */
export interface Cipher {
  /** `context` says where the text belongs, e.g. the name of its key in Redis: it opens there and nowhere else. */
  seal(text: string, context: string): string;
  /** Throws `Journal.Unreadable` for what no key opens, what was changed, and what was never sealed. */
  open(sealed: string, context: string): string;
}
