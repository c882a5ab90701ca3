/** What invoices charge for. */
import type { Draw } from './draw';

const goods = {
  en: [
    'Oak shelving, made to measure',
    'Delivery and fitting',
    'Site survey',
    'Printing of 500 brochures',
    'Web hosting, 12 months',
    'Catering for 40 guests',
    'Replacement filter',
    'Consulting, hours',
    'Van hire, two days',
    'Annual safety check',
  ],
  de: [
    'Elektroinstallation Erdgeschoss',
    'Arbeitszeit Geselle, Stunden',
    'Anfahrt',
    'Wartung Heizungsanlage',
    'Druck von 500 Prospekten',
    'Rollrasen verlegt, m²',
    'Ersatzfilter',
    'Beratung, Stunden',
    'Entsorgung Altgeräte',
    'Miete Hebebühne, Tage',
  ],
  fr: [
    'Pose de parquet, m²',
    'Main-d’œuvre, heures',
    'Déplacement',
    'Impression de 500 dépliants',
    'Location de camion, jours',
    'Contrôle annuel',
  ],
};

export interface Charge {
  readonly text: string;
  readonly quantity: number;
  readonly price: number;
  readonly sum: number;
}

export interface Charges {
  readonly items: readonly Charge[];
  readonly net: number;
  readonly ratePercent: number;
  readonly tax: number;
  readonly total: number;
}

export function chargesOf(draw: Draw, ratePercent: number): Charges {
  const items = Array.from({ length: draw.random.int(1, 6) }, (): Charge => {
    const quantity = draw.random.int(1, 24);
    const cents = draw.random.int(450, 48_000);
    return { text: draw.one(goods[draw.speech]), quantity, price: cents / 100, sum: (quantity * cents) / 100 };
  });
  const netCents = items.reduce((sum, item) => sum + Math.round(item.sum * 100), 0);
  const taxCents = Math.round((netCents * ratePercent) / 100);
  return { items, net: netCents / 100, ratePercent, tax: taxCents / 100, total: (netCents + taxCents) / 100 };
}
