import { answerOf, beside, rowOf, wrap } from '../document';
import type { Layout, Page } from '../document';
import type { Draw } from '../draw';
import { chargesOf } from '../items';
import type { Charges } from '../items';

const seen = { isHeldOut: false };
const heldOut = { isHeldOut: true };

function quantities(draw: Draw, { items }: Charges): string[] {
  return items.map(({ text, quantity, price, sum }) => {
    return `${text.padEnd(36)}${String(quantity).padStart(5)}${draw.amount(price).padStart(12)}${draw.amount(sum).padStart(14)}`;
  });
}

function classic(draw: Draw): Page {
  const [seller, buyer] = draw.companies();
  const date = draw.date();
  const dueDate = draw.after(date, draw.one([14, 21, 30]));
  const reference = draw.code(draw.one(['INV-2#-####', '#####/##', 'SI####7']));
  const charges = chargesOf(draw, 20);
  const iban = draw.iban();
  const lines = [
    seller.name,
    ...seller.address,
    `VAT Reg. No. GB ${draw.code('### #### ##')}`,
    '',
    'INVOICE',
    '',
    beside('Bill to:', `Invoice number: ${reference}`),
    beside(buyer.name, `Invoice date: ${draw.written(date)}`),
    beside(buyer.address[0] ?? '', `Customer no.: ${draw.code('C-####')}`),
    beside(buyer.address[1] ?? '', `Due date: ${draw.written(dueDate)}`),
    '',
    beside('Description', '    Qty  Unit price        Amount', 34),
    ...quantities(draw, charges),
    '',
    rowOf('Subtotal', draw.money(charges.net)),
    rowOf('VAT 20%', draw.money(charges.tax)),
    rowOf('Total due', draw.money(charges.total)),
    '',
    'Payment by bank transfer:',
    `Account name: ${seller.name}`,
    `IBAN: ${draw.printed(iban)}`,
    'Thank you for your business.',
  ];
  const { net, tax, total } = charges;
  return {
    lines,
    answer: answerOf({
      kind: 'invoice',
      sender: seller.name,
      recipient: buyer.name,
      date,
      reference,
      dueDate,
      currency: 'GBP',
      net,
      tax,
      total,
      iban,
    }),
  };
}

function columns(draw: Draw): Page {
  const [seller, buyer] = draw.companies();
  const date = draw.date();
  const dueDate = draw.after(date, 30);
  const reference = draw.code('#####');
  const charges = chargesOf(draw, draw.one([6, 8.25, 7]));
  const lines = [
    beside('', 'INVOICE #' + reference, 52),
    '',
    beside('FROM', 'TO'),
    beside(seller.name, buyer.name),
    ...seller.address.map((line, index) => beside(line, buyer.address[index] ?? '')),
    '',
    `Date: ${draw.written(date, 'figures')}     Terms: Net 30     Due: ${draw.written(dueDate, 'figures')}`,
    '',
    beside('ITEM', '    QTY      RATE          LINE', 36),
    ...quantities(draw, charges),
    '',
    rowOf('Sub-total', draw.money(charges.net)),
    rowOf(`Sales tax (${charges.ratePercent}%)`, draw.money(charges.tax)),
    rowOf('BALANCE DUE', draw.money(charges.total)),
    '',
    `Make checks payable to ${seller.name}. Questions? Call ${draw.code('555-####')}.`,
  ];
  const { net, tax, total } = charges;
  return {
    lines,
    answer: answerOf({
      kind: 'invoice',
      sender: seller.name,
      recipient: buyer.name,
      date,
      reference,
      dueDate,
      currency: 'USD',
      net,
      tax,
      total,
    }),
  };
}

/** A freelancer's, in sentences. */
function prose(draw: Draw): Page {
  const seller = draw.person();
  const [buyer] = draw.companies();
  const date = draw.date();
  const dueDate = draw.after(date, 14);
  const reference = draw.code('20##-0##');
  const charges = chargesOf(draw, 0);
  const iban = draw.iban();
  const lines = [
    seller.name,
    ...seller.address,
    draw.written(date),
    '',
    `For the attention of ${buyer.name}, ${buyer.address.join(', ')}`,
    '',
    `Invoice ${reference} for services rendered`,
    '',
    ...wrap(
      `Hello, please find below what I did for you since my last bill. As a small trader I am not registered for VAT, so none is added.`,
    ),
    '',
    ...charges.items.map(({ text, sum }) => `  - ${text}: ${draw.money(sum)}`),
    '',
    ...wrap(
      `That makes ${draw.money(charges.net)} altogether, which I would be glad to receive by ${draw.written(dueDate)} on my account ${draw.printed(iban)}.`,
    ),
    '',
    'Many thanks',
    seller.name,
  ];
  return {
    lines,
    answer: answerOf({
      kind: 'invoice',
      sender: seller.name,
      recipient: buyer.name,
      date,
      reference,
      dueDate,
      currency: 'GBP',
      total: charges.net,
      iban,
    }),
  };
}

function boxes(draw: Draw): Page {
  const [seller, buyer] = draw.companies();
  const date = draw.date();
  const dueDate = draw.after(date, 10);
  const reference = draw.code('@@-####-##');
  const charges = chargesOf(draw, 8.5);
  const lines = [
    `STATEMENT OF CHARGES                 ${seller.name}`,
    `                                     ${seller.address.join(' / ')}`,
    '',
    '+----------------+------------------+------------------+',
    '| Document       | Issued           | Payable          |',
    `| ${reference.padEnd(15)}| ${draw.written(date, 'figures').padEnd(17)}| ${draw.written(dueDate, 'figures').padEnd(17)}|`,
    '+----------------+------------------+------------------+',
    '',
    'CHARGED TO',
    `   ${buyer.name}`,
    ...buyer.address.map((line) => `   ${line}`),
    '',
    ...quantities(draw, charges),
    '-'.repeat(66),
    rowOf('Charges before tax', draw.amount(charges.net)),
    rowOf('State and local tax', draw.amount(charges.tax)),
    rowOf('PLEASE REMIT (USD)', draw.amount(charges.total)),
  ];
  const { net, tax, total } = charges;
  return {
    lines,
    answer: answerOf({
      kind: 'invoice',
      sender: seller.name,
      recipient: buyer.name,
      date,
      reference,
      dueDate,
      currency: 'USD',
      net,
      tax,
      total,
    }),
  };
}

function din(draw: Draw): Page {
  const [seller, buyer] = draw.companies();
  const date = draw.date();
  const dueDate = draw.after(date, 14);
  const reference = draw.code(draw.one(['RE-20##-####', '2#/####', 'R#####']));
  const charges = chargesOf(draw, 19);
  const iban = draw.iban();
  const contact = draw.otherPerson(seller);
  const lines = [
    `${seller.name} · ${seller.address.join(' · ')}`,
    '',
    beside(buyer.name, `Rechnungsnummer: ${reference}`),
    beside(buyer.address[0] ?? '', `Kundennummer: ${draw.code('1####')}`),
    beside(buyer.address[1] ?? '', `Rechnungsdatum: ${draw.written(date, 'figures')}`),
    beside('', `Ansprechpartner: ${contact.name}`),
    '',
    '',
    'Rechnung',
    '',
    'Sehr geehrte Damen und Herren,',
    'wir berechnen Ihnen für unsere Lieferungen und Leistungen:',
    '',
    beside('Bezeichnung', 'Menge  Einzelpreis   Gesamtpreis', 36),
    ...quantities(draw, charges),
    '',
    rowOf('Nettobetrag', draw.money(charges.net)),
    rowOf('zzgl. 19 % MwSt.', draw.money(charges.tax)),
    rowOf('Gesamtbetrag', draw.money(charges.total)),
    '',
    `Zahlbar bis ${draw.written(dueDate, 'figures')} ohne Abzug.`,
    '',
    'Mit freundlichen Grüßen',
    contact.name,
    '',
    `${seller.name} · Amtsgericht ${seller.town} HRB ${draw.code('#####')} · IBAN ${draw.printed(iban)} · USt-IdNr. DE${draw.code('#########')}`,
  ];
  const { net, tax, total } = charges;
  return {
    lines,
    answer: answerOf({
      kind: 'invoice',
      sender: seller.name,
      recipient: buyer.name,
      date,
      reference,
      dueDate,
      currency: 'EUR',
      net,
      tax,
      total,
      iban,
    }),
  };
}

/** Without tax: a small trader's. */
function trader(draw: Draw): Page {
  const seller = draw.person();
  const buyer = draw.otherPerson(seller);
  const date = draw.date();
  const dueDate = draw.after(date, 10);
  const reference = draw.code('##-###');
  const charges = chargesOf(draw, 0);
  const iban = draw.iban();
  const lines = [
    seller.name,
    ...seller.address,
    `Tel. 0${draw.code('### ######')}`,
    '',
    'Herrn/Frau',
    buyer.name,
    ...buyer.address,
    '',
    beside('', `${seller.town}, den ${draw.written(date)}`),
    '',
    `Rechnung Nr. ${reference}`,
    '',
    'Für die ausgeführten Arbeiten erlaube ich mir zu berechnen:',
    '',
    ...charges.items.map(({ text, sum }) => rowOf(text, draw.money(sum))),
    '-'.repeat(64),
    rowOf('Rechnungsbetrag', draw.money(charges.net)),
    '',
    'Gemäß § 19 UStG wird keine Umsatzsteuer berechnet.',
    `Bitte überweisen Sie den Betrag bis zum ${draw.written(dueDate)} auf mein Konto`,
    `IBAN ${draw.printed(iban)}.`,
  ];
  return {
    lines,
    answer: answerOf({
      kind: 'invoice',
      sender: seller.name,
      recipient: buyer.name,
      date,
      reference,
      dueDate,
      currency: 'EUR',
      total: charges.net,
      iban,
    }),
  };
}

function swiss(draw: Draw): Page {
  const [seller, buyer] = draw.companies();
  const date = draw.date();
  const dueDate = draw.after(date, 30);
  const reference = draw.code('####.##');
  const charges = chargesOf(draw, 8.1);
  const iban = draw.iban();
  const lines = [
    beside('', seller.name, 44),
    ...seller.address.map((line) => beside('', line, 44)),
    '',
    buyer.name,
    ...buyer.address,
    '',
    `Faktura ${reference}                    ${draw.written(date)}`,
    '',
    ...quantities(draw, charges),
    '',
    rowOf('Zwischentotal exkl. MWST', draw.amount(charges.net)),
    rowOf('MWST 8.1%', draw.amount(charges.tax)),
    rowOf('Total inkl. MWST in CHF', draw.amount(charges.total)),
    '',
    `Valuta: ${draw.written(dueDate, 'figures')}`,
    '',
    'Empfangsschein',
    'Konto / Zahlbar an',
    draw.printed(iban),
    seller.name,
    'Zahlbar durch',
    buyer.name,
    ...buyer.address,
  ];
  const { net, tax, total } = charges;
  return {
    lines,
    answer: answerOf({
      kind: 'invoice',
      sender: seller.name,
      recipient: buyer.name,
      date,
      reference,
      dueDate,
      currency: 'CHF',
      net,
      tax,
      total,
      iban,
    }),
  };
}

function facture(draw: Draw): Page {
  const [seller, buyer] = draw.companies();
  const date = draw.date();
  const dueDate = draw.after(date, 30);
  const reference = draw.code('FA##-####');
  const charges = chargesOf(draw, 20);
  const iban = draw.iban();
  const lines = [
    seller.name.toUpperCase(),
    ...seller.address,
    `SIRET ${draw.code('### ### ### #####')}`,
    '',
    beside('', 'Facturé à :', 44),
    beside('', buyer.name, 44),
    ...buyer.address.map((line) => beside('', line, 44)),
    '',
    `FACTURE N° ${reference}`,
    `Date de facture : ${draw.written(date, 'figures')}`,
    `À régler avant le ${draw.written(dueDate, 'figures')}`,
    '',
    ...quantities(draw, charges),
    '',
    rowOf('Total HT', draw.money(charges.net)),
    rowOf('TVA 20 %', draw.money(charges.tax)),
    rowOf('Total TTC', draw.money(charges.total)),
    '',
    `IBAN : ${draw.printed(iban)}`,
    'En cas de retard de paiement, une indemnité forfaitaire de 40,00 € sera due.',
  ];
  const { net, tax, total } = charges;
  return {
    lines,
    answer: answerOf({
      kind: 'invoice',
      sender: seller.name,
      recipient: buyer.name,
      date,
      reference,
      dueDate,
      currency: 'EUR',
      net,
      tax,
      total,
      iban,
    }),
  };
}

export const invoices: readonly Layout[] = [
  { name: 'invoice-classic', language: 'en-GB', ...seen, write: classic },
  { name: 'invoice-columns', language: 'en-US', ...seen, write: columns },
  { name: 'invoice-prose', language: 'en-GB', ...heldOut, write: prose },
  { name: 'invoice-boxes', language: 'en-US', ...heldOut, write: boxes },
  { name: 'invoice-din', language: 'de', ...seen, write: din },
  { name: 'invoice-trader', language: 'de', ...seen, write: trader },
  { name: 'invoice-swiss', language: 'ch', ...heldOut, write: swiss },
  { name: 'invoice-facture', language: 'fr', ...heldOut, write: facture },
];
