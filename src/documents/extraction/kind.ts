import type { DocumentKind } from '../../contracts/pipelines/extracted-document';
import { anyOf } from './tolerant';

/** What a heading says; what the text says; each counts once. */
const signs: Readonly<
  Record<Exclude<DocumentKind, 'other'>, { readonly heading: RegExp; readonly text: readonly RegExp[] }>
> = {
  invoice: {
    heading: anyOf(['invoice', 'tax invoice', 'bill', 'rechnung', 'facture', 'credit invoice', 'statement of charges']),
    text: [
      anyOf([
        'invoice number',
        'invoice no.',
        'invoice #',
        'rechnungsnummer',
        'rechnungs-nr.',
        'rechnung nr.',
        'facture n°',
        'invoice date',
        'rechnungsdatum',
        'bill number',
      ]),
      anyOf([
        'subtotal',
        'vat',
        'mwst',
        'ust',
        'umsatzsteuer',
        'tva',
        'net amount',
        'nettobetrag',
        'total ht',
        'sales tax',
        'zwischensumme',
      ]),
      anyOf([
        'quantity',
        'qty',
        'unit price',
        'menge',
        'einzelpreis',
        'quantité',
        'prix unitaire',
        'hours',
        'rate',
        'pos.',
        'item',
      ]),
      anyOf([
        'bill to',
        'sold to',
        'rechnungsempfänger',
        'facturé à',
        'amount due',
        'gesamtbetrag',
        'rechnungsbetrag',
        'total ttc',
        'balance due',
        'total due',
      ]),
    ],
  },
  letter: {
    heading: anyOf(['subject', 're', 'betreff', 'objet']),
    text: [
      anyOf([
        'dear',
        'sehr geehrte',
        'sehr geehrter',
        'liebe',
        'lieber',
        'guten tag',
        'madame',
        'monsieur',
        'hello',
        'to whom it may concern',
      ]),
      anyOf([
        'yours sincerely',
        'yours faithfully',
        'kind regards',
        'best regards',
        'sincerely',
        'with best wishes',
        'mit freundlichen grüßen',
        'freundliche grüße',
        'hochachtungsvoll',
        'cordialement',
        'salutations distinguées',
        'veuillez agréer',
      ]),
      anyOf([
        'i am writing',
        'we are writing',
        'thank you for',
        'vielen dank',
        'wir bitten',
        'hiermit',
        'nous vous',
        'please find',
        'i would',
        'we regret',
        'wir möchten',
        'ich möchte',
      ]),
    ],
  },
  agreement: {
    heading: anyOf([
      'agreement',
      'contract',
      'vertrag',
      'contrat',
      'vereinbarung',
      'dienstvertrag',
      'mietvertrag',
      'rahmenvertrag',
      'wartungsvertrag',
      'kaufvertrag',
      'lease',
      'memorandum',
      'terms of engagement',
    ]),
    text: [
      anyOf(['between', 'zwischen', 'entre', 'by and between']),
      anyOf([
        'the parties',
        'die parteien',
        'vertragsparteien',
        'les parties',
        'hereinafter',
        'nachfolgend',
        'nachstehend',
        'ci-après',
        'whereas',
      ]),
      anyOf([
        'governing law',
        'termination',
        'kündigung',
        'laufzeit',
        'gerichtsstand',
        'résiliation',
        'term',
        'in witness',
        'droit applicable',
      ]),
      anyOf(['signed', 'unterschrift', 'signature', 'for and on behalf', 'fait à']),
    ],
  },
};
const headingLines = 12;
const headingWeight = 1.5;
/** Below: no kind is likely. */
const leastScore = 2;
/** Two kinds as near as this are not told apart. */
const leastLead = 0.5;

/** Undefined: the text is none of them, or could be several. */
export function kindOf(text: string): Exclude<DocumentKind, 'other'> | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  // A heading is short; a sentence that mentions an invoice is none.
  const head = lines
    .slice(0, headingLines)
    .filter((line) => line.trim().split(/\s+/).length <= 8)
    .join('\n');
  const scores = Object.entries(signs).map(([kind, { heading, text: says }]) => {
    const found = says.filter((pattern) => pattern.test(text)).length;
    return { kind: kind as keyof typeof signs, score: found + (heading.test(head) ? headingWeight : 0) };
  });
  const [best, second] = scores.sort((a, b) => b.score - a.score);
  if (best === undefined || best.score < leastScore) return undefined;
  return best.score - (second?.score ?? 0) < leastLead ? undefined : best.kind;
}
