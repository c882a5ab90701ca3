import { answerOf, beside, wrap } from '../document';
import type { Layout, Page } from '../document';
import type { Draw } from '../draw';

const subjects = {
  en: [
    'Damage to the delivery of last week',
    'Change of our business address',
    'Your enquiry about spare parts',
    'Renewal of the service contract',
    'Complaint about noise in the yard',
    'Request for a quotation',
  ],
  de: [
    'Beschädigte Lieferung',
    'Änderung unserer Bankverbindung',
    'Ihre Anfrage zu Ersatzteilen',
    'Verlängerung des Wartungsvertrags',
    'Lärmbelästigung im Innenhof',
    'Bitte um ein Angebot',
  ],
  fr: ['Livraison endommagée', 'Changement d’adresse', 'Votre demande de pièces détachées', 'Demande de devis'],
};
const middles = {
  en: [
    'Our records show that we have been in touch about this matter before, and I would like to bring it to a close without any further delay for either side.',
    'When the goods were unpacked in our warehouse two of the crates turned out to be wet, and part of the contents can no longer be used.',
    'We have asked the manufacturer for a statement, which we expect to receive in the course of the coming weeks, and will keep you informed.',
    'As you know, the arrangement dates back to 2011 and has served both of us well, which is why we should like to continue it on the same terms.',
  ],
  de: [
    'Wie Sie unseren Unterlagen entnehmen können, standen wir in dieser Angelegenheit bereits mehrfach in Verbindung und möchten sie nun zum Abschluss bringen.',
    'Beim Auspacken der Ware in unserem Lager stellte sich heraus, dass zwei Kisten durchnässt und Teile des Inhalts nicht mehr zu verwenden waren.',
    'Wir haben den Hersteller um eine Stellungnahme gebeten und werden Sie selbstverständlich auf dem Laufenden halten.',
  ],
  fr: [
    'Nous avons constaté à la réception que deux caisses étaient mouillées et qu’une partie du contenu n’était plus utilisable.',
    'Nous avons demandé au fabricant de prendre position et ne manquerons pas de vous tenir informés.',
  ],
};

function body(draw: Draw): string[] {
  return Array.from({ length: draw.random.int(1, 3) }, () => [...wrap(draw.one(middles[draw.speech])), '']).flat();
}

function business(draw: Draw): Page {
  const [sender, recipient] = draw.companies();
  const date = draw.date();
  const dueDate = draw.chance(0.5) ? draw.after(date, draw.random.int(7, 28)) : null;
  const reference = draw.code('@@/##/####');
  const subject = draw.one(subjects.en);
  const signs = draw.person();
  const lines = [
    sender.name,
    ...sender.address,
    '',
    beside(`Our ref: ${reference}`, `Your ref: ${draw.code('##-####')}`),
    '',
    draw.written(date),
    '',
    recipient.name,
    ...recipient.address,
    '',
    'Dear Sir or Madam,',
    '',
    subject,
    '',
    ...body(draw),
    ...(dueDate === null
      ? []
      : [...wrap(`May we ask you to let us have your reply by ${draw.written(dueDate)} at the latest.`), '']),
    'Yours faithfully',
    '',
    signs.name,
    draw.one(['Head of Purchasing', 'Company Secretary', 'Customer Service']),
    sender.name,
  ];
  return {
    lines,
    answer: answerOf({
      kind: 'letter',
      sender: sender.name,
      recipient: recipient.name,
      date,
      reference,
      subject,
      dueDate,
    }),
  };
}

function reminder(draw: Draw): Page {
  const [sender, recipient] = draw.companies();
  const date = draw.date();
  const invoiced = draw.after(date, -45);
  const dueDate = draw.after(date, 7);
  const total = draw.random.int(4_000, 900_000) / 100;
  const iban = draw.iban();
  const reference = draw.code('REM-####');
  const lines = [
    sender.name,
    ...sender.address,
    '',
    recipient.name,
    ...recipient.address,
    '',
    draw.written(date),
    `Reference: ${reference}`,
    '',
    'Dear customer,',
    '',
    'Subject: Payment reminder',
    '',
    ...wrap(
      `Our invoice ${draw.code('INV-####')} of ${draw.written(invoiced)} is still open. We are sure that this is an oversight and kindly ask you to transfer ${draw.money(total)} to our account ${draw.printed(iban)} no later than ${draw.written(dueDate)}.`,
    ),
    '',
    ...body(draw),
    'Yours sincerely',
    draw.person().name,
    sender.name,
  ];
  return {
    lines,
    answer: answerOf({
      kind: 'letter',
      sender: sender.name,
      recipient: recipient.name,
      date,
      reference,
      subject: 'Payment reminder',
      dueDate,
      currency: 'GBP',
      total,
      iban,
    }),
  };
}

function personal(draw: Draw): Page {
  const sender = draw.person();
  const [recipient] = draw.companies();
  const date = draw.date();
  const subject = draw.one(subjects.en);
  const lines = [
    beside('', sender.name, 50),
    ...sender.address.map((line) => beside('', line, 50)),
    beside('', draw.written(date), 50),
    '',
    'The Manager',
    recipient.name,
    ...recipient.address,
    '',
    'To whom it may concern',
    '',
    `RE: ${subject}`,
    '',
    ...wrap('I am writing to you as a customer of many years.'),
    '',
    ...body(draw),
    'With best wishes',
    '',
    sender.name,
  ];
  return { lines, answer: answerOf({ kind: 'letter', sender: sender.name, recipient: recipient.name, date, subject }) };
}

function memo(draw: Draw): Page {
  const sender = draw.person();
  const recipient = draw.otherPerson(sender);
  const date = draw.date();
  const dueDate = draw.after(date, 12);
  const subject = draw.one(subjects.en);
  const reference = draw.code('M-##-###');
  const lines = [
    'INTERNAL LETTER',
    '',
    `To:       ${recipient.name}`,
    `From:     ${sender.name}`,
    `Date:     ${draw.written(date, 'figures')}`,
    `File:     ${reference}`,
    `About:    ${subject}`,
    '_'.repeat(40),
    '',
    `${recipient.name.split(' ')[0]},`,
    '',
    ...body(draw),
    `Kindly respond before ${draw.written(dueDate)}.`,
    '',
    sender.name
      .split(' ')
      .map((part) => part[0])
      .join(''),
  ];
  return {
    lines,
    answer: answerOf({
      kind: 'letter',
      sender: sender.name,
      recipient: recipient.name,
      date,
      reference,
      subject,
      dueDate,
    }),
  };
}

function geschaeftsbrief(draw: Draw): Page {
  const [sender, recipient] = draw.companies();
  const date = draw.date();
  const dueDate = draw.chance(0.5) ? draw.after(date, draw.random.int(7, 28)) : null;
  const subject = draw.one(subjects.de);
  const reference = draw.code('@@-####');
  const signs = draw.person();
  const lines = [
    `${sender.name} · ${sender.address.join(' · ')}`,
    '',
    recipient.name,
    ...recipient.address,
    '',
    beside(`Unser Zeichen: ${reference}`, `Datum: ${draw.written(date, 'figures')}`),
    '',
    `Betreff: ${subject}`,
    '',
    'Sehr geehrte Damen und Herren,',
    '',
    ...body(draw),
    ...(dueDate === null ? [] : [`Bitte antworten Sie uns bis zum ${draw.written(dueDate)}.`, '']),
    'Mit freundlichen Grüßen',
    '',
    signs.name,
    sender.name,
  ];
  return {
    lines,
    answer: answerOf({
      kind: 'letter',
      sender: sender.name,
      recipient: recipient.name,
      date,
      reference,
      subject,
      dueDate,
    }),
  };
}

function mahnung(draw: Draw): Page {
  const [sender, recipient] = draw.companies();
  const date = draw.date();
  const dueDate = draw.after(date, 10);
  const total = draw.random.int(2_000, 1_200_000) / 100;
  const iban = draw.iban();
  const subject = draw.one(['Zahlungserinnerung', 'Erste Mahnung', 'Zweite Mahnung']);
  const reference = draw.code('M####-##');
  const lines = [
    sender.name,
    ...sender.address,
    '',
    'An',
    recipient.name,
    ...recipient.address,
    '',
    beside(`Aktenzeichen ${reference}`, `${sender.town}, ${draw.written(date, 'figures')}`),
    '',
    subject,
    '',
    `Sehr geehrte Damen und Herren,`,
    '',
    ...wrap(
      `leider konnten wir zu unserer Rechnung ${draw.code('R-####')} vom ${draw.written(draw.after(date, -40), 'figures')} noch keinen Zahlungseingang feststellen. Wir bitten Sie, den offenen Betrag von ${draw.money(total)} bis zum ${draw.written(dueDate, 'figures')} auf das Konto ${draw.printed(iban)} zu überweisen.`,
    ),
    '',
    'Mit freundlichen Grüßen',
    draw.person().name,
    'Buchhaltung',
  ];
  return {
    lines,
    answer: answerOf({
      kind: 'letter',
      sender: sender.name,
      recipient: recipient.name,
      date,
      reference,
      subject,
      dueDate,
      currency: 'EUR',
      total,
      iban,
    }),
  };
}

function kuendigung(draw: Draw): Page {
  const sender = draw.person();
  const [recipient] = draw.companies();
  const date = draw.date();
  const subject = draw.one([
    'Kündigung meines Vertrags',
    'Widerspruch gegen Ihren Bescheid',
    'Einspruch gegen die Abrechnung',
  ]);
  const lines = [
    sender.name,
    ...sender.address,
    '',
    '',
    recipient.name,
    'Kundenservice',
    ...recipient.address,
    '',
    beside('', draw.written(date), 54),
    '',
    subject,
    '',
    'Guten Tag,',
    '',
    ...wrap(
      'hiermit teile ich Ihnen mit, dass ich mit Ihrem Schreiben nicht einverstanden bin, und bitte um eine schriftliche Bestätigung.',
    ),
    '',
    ...body(draw),
    'Freundliche Grüße',
    '',
    sender.name,
  ];
  return { lines, answer: answerOf({ kind: 'letter', sender: sender.name, recipient: recipient.name, date, subject }) };
}

function lettre(draw: Draw): Page {
  const [sender, recipient] = draw.companies();
  const date = draw.date();
  const dueDate = draw.after(date, 15);
  const subject = draw.one(subjects.fr);
  const reference = draw.code('@##-####');
  const lines = [
    sender.name,
    ...sender.address,
    '',
    beside('', recipient.name, 44),
    ...recipient.address.map((line) => beside('', line, 44)),
    '',
    beside('', `${sender.town}, le ${draw.written(date)}`, 44),
    '',
    `Nos références : ${reference}`,
    `Objet : ${subject}`,
    '',
    'Madame, Monsieur,',
    '',
    ...body(draw),
    ...wrap(`Nous vous prions de nous répondre avant le ${draw.written(dueDate)}.`),
    '',
    ...wrap('Veuillez agréer, Madame, Monsieur, l’expression de nos salutations distinguées.'),
    '',
    draw.person().name,
  ];
  return {
    lines,
    answer: answerOf({
      kind: 'letter',
      sender: sender.name,
      recipient: recipient.name,
      date,
      reference,
      subject,
      dueDate,
    }),
  };
}

export const letters: readonly Layout[] = [
  { name: 'letter-business', language: 'en-GB', isHeldOut: false, write: business },
  { name: 'letter-reminder', language: 'en-GB', isHeldOut: false, write: reminder },
  { name: 'letter-personal', language: 'en-GB', isHeldOut: true, write: personal },
  { name: 'letter-memo', language: 'en-US', isHeldOut: true, write: memo },
  { name: 'letter-geschaeftsbrief', language: 'de', isHeldOut: false, write: geschaeftsbrief },
  { name: 'letter-mahnung', language: 'de', isHeldOut: false, write: mahnung },
  { name: 'letter-kuendigung', language: 'de', isHeldOut: true, write: kuendigung },
  { name: 'letter-lettre', language: 'fr', isHeldOut: true, write: lettre },
];
