/**
 * Collects the text of an answer. What comes out survives JSON and UTF-8: lone surrogates become U+FFFD, while a pair
 * that a provider split over two events is put together again before anybody sees it.
 */
export class AnswerText {
  private readonly pieces: string[] = [];
  private held = '';
  private length = 0;

  constructor(private readonly onText: ((text: string) => void) | undefined) {}

  add(piece: string): void {
    const text = this.held + piece;
    const isSplit = /[\ud800-\udbff]$/.test(text);
    this.held = isSplit ? text.slice(-1) : '';
    this.emit(isSplit ? text.slice(0, -1) : text);
  }

  /** The whole text. Nothing can be added afterwards. */
  finish(): string {
    this.emit(this.held);
    this.held = '';
    return this.pieces.join('');
  }

  /** Characters so far. */
  get characters(): number {
    return this.length + this.held.length;
  }

  private emit(text: string): void {
    if (text === '') return;
    const wellFormed = text.toWellFormed();
    this.pieces.push(wellFormed);
    this.length += wellFormed.length;
    this.onText?.(wellFormed);
  }
}
