/** What documents are made of: people, companies, towns, dates and amounts, all invented, all by the seed. */
import type { Random } from '../../src/simulator/random';

export type Language = 'en-GB' | 'en-US' | 'de' | 'ch' | 'fr';

export interface Party {
  readonly name: string;
  /** Street and town, each a line. */
  readonly address: readonly string[];
  readonly town: string;
}

const people = {
  en: [
    'Alice Harper',
    'James Whitfield',
    'Priya Raman',
    'Owen Fletcher',
    'Margaret Doyle',
    'Thomas Abbott',
    'Grace Okafor',
    'Daniel Reyes',
    'Helen Marsh',
    'Victor Lindqvist',
  ],
  de: [
    'Anna Beckmann',
    'Jörg Müller',
    'Sabine Krüger',
    'Matthias Vogt',
    'Käthe Schröder',
    'Lukas Weiß',
    'Ayşe Yıldız',
    'Henrik Baumgärtner',
    'Ulrike Jäger',
    'Bernd Hofmann',
  ],
  fr: ['Élodie Marchand', 'Julien Lefèvre', 'Chloé Bertrand', 'François Garnier', 'Hélène Dupuis', 'Marc Rousseau'],
};
const companies = {
  'en-GB': [
    'Brightwater Joinery Ltd',
    'Hallam & Sons Ltd',
    'Greyfriars Printing Limited',
    'Kestrel Catering Ltd',
    'Millbrook Surveyors LLP',
    'Redfern Freight plc',
    'Thistle & Oak Ltd',
    'Saltmarsh Cycles Ltd',
    'Pennine Water Services Ltd',
  ],
  'en-US': [
    'Cedar Ridge Supply, Inc.',
    'Blue Mesa Analytics LLC',
    'Harborline Logistics Inc.',
    'Granite Peak Roofing LLC',
    'Sunrise Dental Group, LLC',
    'Maple Street Press Inc.',
    'Tallgrass Energy Corp.',
  ],
  de: [
    'Nordlicht Elektrotechnik GmbH',
    'Schreinerei Baumgärtner GmbH & Co. KG',
    'Müller & Söhne OHG',
    'Rheintal Logistik AG',
    'Grünwald Gartenbau GmbH',
    'Fördetechnik Kiel GmbH',
    'Bäckerei Süßmann e.K.',
    'Stadtwerke Überlingen GmbH',
    'Kröger Hydraulik UG',
  ],
  ch: [
    'Alpstein Treuhand AG',
    'Säntis Informatik GmbH',
    'Zürcher Malerwerk AG',
    'Bündner Holzbau GmbH',
    'Aaretal Sanitär AG',
  ],
  fr: [
    'Ateliers Beaumont SARL',
    'Menuiserie Lefèvre et Fils SARL',
    'Éditions du Pré SAS',
    'Transports Garnier SA',
    'Café Belle Rive SARL',
  ],
};
const streets = {
  'en-GB': ['Orchard Lane', 'Station Road', 'High Street', 'Mill Hill', 'Abbey Close'],
  'en-US': ['Main Street', 'Juniper Avenue', 'Lakeview Drive', 'W 4th Street', 'Commerce Blvd'],
  de: ['Lindenstraße', 'Am Mühlbach', 'Hafenweg', 'Goethestraße', 'Bahnhofstraße'],
  ch: ['Seestrasse', 'Dorfplatz', 'Bahnhofstrasse', 'Im Grund'],
  fr: ['rue des Érables', 'avenue de la Gare', 'place du Marché', 'rue Victor-Hugo'],
};
const towns = {
  'en-GB': ['Sheffield S1 2HE', 'Bath BA1 5LN', 'Leeds LS6 3QP', 'Norwich NR2 4AB', 'London EC1V 9BD'],
  'en-US': ['Austin, TX 78701', 'Portland, OR 97204', 'Madison, WI 53703', 'Denver, CO 80202', 'Boston, MA 02110'],
  de: ['20457 Hamburg', '50667 Köln', '80331 München', '24103 Kiel', '79098 Freiburg', '01067 Dresden'],
  ch: ['8001 Zürich', '9000 St. Gallen', '3011 Bern', '7000 Chur'],
  fr: ['69002 Lyon', '75011 Paris', '33000 Bordeaux', '44000 Nantes'],
};
const months = {
  en: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
  de: [
    'Januar',
    'Februar',
    'März',
    'April',
    'Mai',
    'Juni',
    'Juli',
    'August',
    'September',
    'Oktober',
    'November',
    'Dezember',
  ],
  fr: [
    'janvier',
    'février',
    'mars',
    'avril',
    'mai',
    'juin',
    'juillet',
    'août',
    'septembre',
    'octobre',
    'novembre',
    'décembre',
  ],
};
const dayMs = 86_400_000;

export class Draw {
  constructor(
    readonly random: Random,
    readonly language: Language,
  ) {}

  one<T>(items: readonly T[]): T {
    return items[this.random.int(0, items.length - 1)] as T;
  }

  chance(share: number): boolean {
    return this.random.next() < share;
  }

  /** Two different ones. */
  companies(): [Party, Party] {
    const names = companies[this.language];
    const first = this.random.int(0, names.length - 1);
    const second = (first + this.random.int(1, names.length - 1)) % names.length;
    return [this.party(names[first] as string), this.party(names[second] as string)];
  }

  person(): Party {
    return this.party(this.one(people[this.speech]));
  }

  /** Another one than the party. */
  otherPerson(than: Party): Party {
    for (;;) {
      const found = this.person();
      if (found.name !== than.name) return found;
    }
  }

  private party(name: string): Party {
    const number = this.random.int(1, 189);
    const street = this.one(streets[this.language]);
    const isNumberFirst = this.language === 'en-GB' || this.language === 'en-US' || this.language === 'fr';
    const town = this.one(towns[this.language]);
    return {
      name,
      address: [isNumberFirst ? `${number} ${street}` : `${street} ${number}`, town],
      town: town.replace(/\d[\d ]*|,.*| [A-Z]{1,2}\d.*/g, '').trim(),
    };
  }

  get speech(): 'en' | 'de' | 'fr' {
    return this.language === 'fr' ? 'fr' : this.language === 'de' || this.language === 'ch' ? 'de' : 'en';
  }

  /** ISO 8601, 2019 to 2026. */
  date(): string {
    return new Date(Date.UTC(2019, 0, 1) + this.random.int(0, 7 * 365) * dayMs).toISOString().slice(0, 10);
  }

  after(iso: string, days: number): string {
    return new Date(Date.parse(iso) + days * dayMs).toISOString().slice(0, 10);
  }

  /** As the country writes it: in words, or in figures. */
  written(iso: string, form: 'words' | 'figures' | 'iso' = 'words'): string {
    const [year = '', month = '', day = ''] = iso.split('-');
    if (form === 'iso') return iso;
    const name = months[this.speech][Number(month) - 1] ?? '';
    if (this.language === 'en-US')
      return form === 'words' ? `${name} ${Number(day)}, ${year}` : `${month}/${day}/${year}`;
    if (form === 'figures') return this.speech === 'de' ? `${day}.${month}.${year}` : `${day}/${month}/${year}`;
    if (this.speech === 'de') return `${Number(day)}. ${name} ${year}`;
    return this.speech === 'fr'
      ? `${day === '01' ? '1er' : Number(day)} ${name} ${year}`
      : `${Number(day)} ${name} ${year}`;
  }

  get currency(): 'GBP' | 'USD' | 'EUR' | 'CHF' {
    return ({ 'en-GB': 'GBP', 'en-US': 'USD', de: 'EUR', ch: 'CHF', fr: 'EUR' } as const)[this.language];
  }

  /** 1,234.50 · 1.234,50 · 1'234.50 · 1 234,50 */
  amount(value: number): string {
    const [units = '', cents = ''] = value.toFixed(2).split('.');
    const [group, point] = (
      { 'en-GB': [',', '.'], 'en-US': [',', '.'], de: ['.', ','], ch: ["'", '.'], fr: [' ', ','] } as const
    )[this.language];
    return `${units.replace(/\B(?=(\d{3})+$)/g, group)}${point}${cents}`;
  }

  money(value: number): string {
    const written = this.amount(value);
    if (this.language === 'en-GB') return `£${written}`;
    if (this.language === 'en-US') return `$${written}`;
    return this.language === 'ch' ? `CHF ${written}` : `${written} ${this.chance(0.5) ? '€' : 'EUR'}`;
  }

  /** With a right checksum. */
  iban(): string {
    const [country, length] = (
      { 'en-GB': ['GB', 22], 'en-US': ['GB', 22], de: ['DE', 22], ch: ['CH', 21], fr: ['FR', 27] } as const
    )[this.language];
    const bank = country === 'GB' ? this.one(['NWBK', 'BARC', 'LOYD']) : '';
    const account = bank + Array.from({ length: length - 4 - bank.length }, () => this.random.int(0, 9)).join('');
    const digits = [...`${account}${country}00`].map((one) => Number.parseInt(one, 36)).join('');
    const rest = [...digits].reduce((sum, digit) => (sum * 10 + Number(digit)) % 97, 0);
    return `${country}${String(98 - rest).padStart(2, '0')}${account}`;
  }

  /** In groups of four, as it is printed. */
  printed(iban: string): string {
    return iban.replace(/(.{4})(?=.)/g, '$1 ');
  }

  /** `#` a digit, `@` a letter. */
  code(form: string): string {
    return form.replace(/[#@]/g, (one) =>
      one === '#' ? String(this.random.int(0, 9)) : this.one([...'ABCDEFGHKLMNPRTUVWXY']),
    );
  }
}
