import { answerOf, beside, wrap } from '../document';
import type { Layout, Page } from '../document';
import type { Draw, Party } from '../draw';

const clauses = {
  en: [
    'The Supplier shall carry out the work with reasonable skill and care and in accordance with the specification set out in Schedule 1.',
    'Neither party may assign its rights under this document without the prior written consent of the other.',
    'Either party may end the arrangement by giving the other not less than 60 days notice in writing.',
    'Each party shall keep confidential all information of the other that is marked as such or is evidently secret.',
    'Any dispute shall be settled by the courts of England and Wales.',
  ],
  de: [
    'Der Auftragnehmer erbringt die in Anlage 1 beschriebenen Leistungen nach den anerkannten Regeln der Technik.',
    'Änderungen und Ergänzungen bedürfen der Schriftform; dies gilt auch für die Aufhebung dieser Klausel.',
    'Jede Partei kann mit einer Frist von drei Monaten zum Ende eines Kalendervierteljahres schriftlich kündigen.',
    'Beide Seiten behandeln alle Unterlagen der anderen vertraulich, auch über das Ende der Zusammenarbeit hinaus.',
    'Gerichtsstand ist, soweit gesetzlich zulässig, der Sitz des Auftragnehmers.',
  ],
};

function numbered(draw: Draw, speech: 'en' | 'de', from: number): string[] {
  const sign = speech === 'en' ? '' : '§ ';
  const first = draw.random.int(0, 2);
  return clauses[speech]
    .slice(first, first + 3)
    .flatMap((text, index) => [...wrap(`${sign}${from + index}  ${text}`), '']);
}

function services(draw: Draw): Page {
  const [first, second] = draw.companies();
  const date = draw.date();
  const dueDate = draw.after(date, 730);
  const subject = draw.one([
    'Services Agreement',
    'Maintenance Agreement',
    'Supply Agreement',
    'Cleaning Services Agreement',
  ]);
  const total = draw.random.int(4, 90) * 250;
  const reference = draw.code('AG-####');
  const lines = [
    subject.toUpperCase(),
    `Agreement No. ${reference}`,
    '',
    `This agreement is made on ${draw.written(date)}`,
    '',
    'BETWEEN',
    '',
    `(1) ${first.name} of ${first.address.join(', ')} ("the Supplier"); and`,
    `(2) ${second.name} of ${second.address.join(', ')} ("the Customer").`,
    '',
    'The parties agree as follows:',
    '',
    ...wrap(`1  The Customer shall pay a yearly fee of ${draw.money(total)}, in advance.`),
    '',
    ...wrap(`2  The term begins on the date above and ends on ${draw.written(dueDate)} unless it is extended.`),
    '',
    ...numbered(draw, 'en', 3),
    beside('Signed for the Supplier', 'Signed for the Customer'),
    beside('____________________', '____________________'),
    beside(draw.person().name, draw.person().name),
  ];
  return {
    lines,
    answer: answerOf({
      kind: 'agreement',
      sender: first.name,
      recipient: second.name,
      date,
      reference,
      subject,
      dueDate,
      currency: 'GBP',
      total,
    }),
  };
}

function lease(draw: Draw): Page {
  const first = draw.person();
  const second = draw.otherPerson(first);
  const date = draw.date();
  const begins = draw.after(date, 20);
  const dueDate = draw.after(begins, 364);
  const total = draw.random.int(12, 60) * 50;
  const lines = [
    'RESIDENTIAL LEASE AGREEMENT',
    '',
    `Date: ${draw.written(date)}`,
    '',
    `Landlord:   ${first.name}, ${first.address.join(', ')}`,
    `Tenant:     ${second.name}`,
    `Premises:   ${second.address.join(', ')}`,
    `Rent:       ${draw.money(total)} per month`,
    `Term:       from ${draw.written(begins)} to ${draw.written(dueDate)}`,
    '',
    ...wrap(
      'The parties hereby agree that the Tenant shall have quiet enjoyment of the premises during the term, and shall keep them clean and in good repair.',
    ),
    '',
    ...numbered(draw, 'en', 1),
    'Signed:',
    beside('_________________', '_________________'),
    beside('Landlord', 'Tenant'),
  ];
  return {
    lines,
    answer: answerOf({
      kind: 'agreement',
      sender: first.name,
      recipient: second.name,
      date,
      subject: 'Residential Lease Agreement',
      dueDate,
      currency: 'USD',
      total,
    }),
  };
}

function ordinal(day: number): string {
  const ends = ['th', 'st', 'nd', 'rd'];
  return `${day}${(day % 100 > 10 && day % 100 < 14 ? undefined : ends[day % 10]) ?? 'th'}`;
}

function deed(draw: Draw): Page {
  const [first, second] = draw.companies();
  const date = draw.date();
  const [day = '', month = '', year = ''] = draw.written(date).split(' ');
  const subject = draw.one(['Non-Disclosure Agreement', 'Licence Agreement', 'Joint Venture Agreement']);
  const lines = [
    subject,
    '',
    ...wrap(
      `THIS DEED is made the ${ordinal(Number(day))} day of ${month} ${year} BY AND BETWEEN ${first.name}, a company incorporated in England whose registered office is at ${first.address.join(', ')} (hereinafter "the Discloser"), of the one part, AND ${second.name}, whose place of business is at ${second.address.join(', ')} (hereinafter "the Recipient"), of the other part.`,
    ),
    '',
    ...wrap('WHEREAS the parties wish to explore a possible collaboration, NOW IT IS AGREED as follows.'),
    '',
    ...numbered(draw, 'en', 1),
    'IN WITNESS whereof the parties have set their hands.',
  ];
  return { lines, answer: answerOf({ kind: 'agreement', sender: first.name, recipient: second.name, date, subject }) };
}

function engagement(draw: Draw): Page {
  const first = draw.person();
  const [second] = draw.companies();
  const date = draw.date();
  const dueDate = draw.after(date, 180);
  const total = draw.random.int(8, 60) * 500;
  const reference = draw.code('SOW-##');
  const lines = [
    beside('CONSULTING CONTRACT', `ref ${reference}`),
    '',
    `Parties`,
    `  a) ${first.name} (consultant)`,
    `  b) ${second.name} (company)`,
    '',
    'Commercials',
    `  - lump sum ${draw.money(total)}`,
    `  - work ends ${draw.written(dueDate, 'figures')}`,
    '',
    ...numbered(draw, 'en', 1),
    `Agreed and signed on ${draw.written(date, 'figures')}`,
    '',
    beside(first.name, second.name),
  ];
  return {
    lines,
    answer: answerOf({
      kind: 'agreement',
      sender: first.name,
      recipient: second.name,
      date,
      reference,
      subject: 'Consulting Contract',
      dueDate,
      currency: 'USD',
      total,
    }),
  };
}

function dienstvertrag(draw: Draw): Page {
  const [first, second] = draw.companies();
  const date = draw.date();
  const dueDate = draw.after(date, 730);
  const subject = draw.one(['Dienstleistungsvertrag', 'Wartungsvertrag', 'Beratungsvertrag']);
  const total = draw.random.int(4, 80) * 150;
  const reference = draw.code('V-20##-###');
  const lines = [
    subject,
    `Vertragsnummer: ${reference}`,
    '',
    'zwischen',
    '',
    `${first.name}, ${first.address.join(', ')}`,
    '- nachfolgend Auftragnehmer genannt -',
    '',
    'und',
    '',
    `${second.name}, ${second.address.join(', ')}`,
    '- nachfolgend Auftraggeber genannt -',
    '',
    'wird Folgendes vereinbart:',
    '',
    ...wrap(`§ 1  Die Vergütung beträgt monatlich ${draw.money(total)} zuzüglich der gesetzlichen Umsatzsteuer.`),
    '',
    ...wrap(`§ 2  Der Vertrag beginnt mit seiner Unterzeichnung und endet am ${draw.written(dueDate, 'figures')}.`),
    '',
    ...numbered(draw, 'de', 3),
    `${first.town}, den ${draw.written(date)}`,
    '',
    beside('____________________', '____________________'),
    beside('Auftragnehmer', 'Auftraggeber'),
  ];
  return {
    lines,
    answer: answerOf({
      kind: 'agreement',
      sender: first.name,
      recipient: second.name,
      date,
      reference,
      subject,
      dueDate,
      currency: 'EUR',
      total,
    }),
  };
}

function mietvertrag(draw: Draw): Page {
  const first = draw.person();
  const second = draw.otherPerson(first);
  const date = draw.date();
  const begins = draw.after(date, 30);
  const total = draw.random.int(9, 48) * 50;
  const lines = [
    'MIETVERTRAG',
    '',
    `Vermieter: ${first.name}`,
    `           ${first.address.join(', ')}`,
    `Mieter:    ${second.name}`,
    `           ${second.address.join(', ')}`,
    '',
    'Die Parteien schließen den folgenden Vertrag:',
    '',
    ...wrap(
      `§ 1  Das Mietverhältnis beginnt am ${draw.written(begins, 'figures')} und läuft auf unbestimmte Zeit. Die Miete beträgt monatlich ${draw.money(total)}.`,
    ),
    '',
    ...numbered(draw, 'de', 2),
    `${first.town}, den ${draw.written(date, 'figures')}`,
    '',
    beside('________________', '________________'),
    beside('Unterschrift Vermieter', 'Unterschrift Mieter'),
  ];
  return {
    lines,
    answer: answerOf({
      kind: 'agreement',
      sender: first.name,
      recipient: second.name,
      date,
      subject: 'Mietvertrag',
      currency: 'EUR',
      total,
    }),
  };
}

function partyLines(label: string, { name, address }: Party): string[] {
  return [`${label}`, name, ...address, ''];
}

function rahmen(draw: Draw): Page {
  const [first, second] = draw.companies();
  const date = draw.date();
  const dueDate = draw.after(date, 1_095);
  const subject = draw.one(['Rahmenvereinbarung über Logistikleistungen', 'Rahmenvereinbarung Softwarepflege']);
  const lines = [
    subject,
    `Stand: ${draw.written(date)}`,
    '',
    ...partyLines('1. Partei', first),
    ...partyLines('2. Partei', second),
    ...wrap(
      `Die Vereinbarung tritt mit dem oben genannten Tag in Kraft und hat eine feste Laufzeit bis einschließlich ${draw.written(dueDate)}.`,
    ),
    '',
    ...numbered(draw, 'de', 1),
    'Unterschriften der Vertragsparteien',
  ];
  return {
    lines,
    answer: answerOf({ kind: 'agreement', sender: first.name, recipient: second.name, date, subject, dueDate }),
  };
}

export const agreements: readonly Layout[] = [
  { name: 'agreement-services', language: 'en-GB', isHeldOut: false, write: services },
  { name: 'agreement-lease', language: 'en-US', isHeldOut: false, write: lease },
  { name: 'agreement-deed', language: 'en-GB', isHeldOut: true, write: deed },
  { name: 'agreement-engagement', language: 'en-US', isHeldOut: true, write: engagement },
  { name: 'agreement-dienstvertrag', language: 'de', isHeldOut: false, write: dienstvertrag },
  { name: 'agreement-mietvertrag', language: 'de', isHeldOut: false, write: mietvertrag },
  { name: 'agreement-rahmen', language: 'de', isHeldOut: true, write: rahmen },
];
