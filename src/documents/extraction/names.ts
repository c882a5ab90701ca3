/** Names of people and companies. */
import { fold } from './tolerant';

const legalForms =
  'Limited|Ltd|plc|PLC|LLP|LLC|Inc|Corp|Co|GmbH|mbH|AG|KG|OHG|UG|e\\.K|e\\.V|eG|SE|SARL|SAS|SA|S\\.A|S\\.à r\\.l|Sàrl|BV|& Partner|& Partners|& Sons|& Söhne|& Fils|Stiftung|Genossenschaft|Council|University|Universität|Stadtwerke';
const company = new RegExp(`(?<!\\p{L})(?:${legalForms})(?!\\p{L})`, 'u');
const honorific = /^(?:Herrn?|Frau|Firma|Mr|Mrs|Ms|Miss|Madame|Monsieur|Mme|M)(?:\.|\s)\s*/u;
/** Alone on its line above a name. */
export const honorificLine =
  /^(?:Herrn?(?:\s*\/\s*Frau)?|Frau|Firma|An die|An den|An|To|The Manager|Mr|Mrs|Ms|Madame|Monsieur)[.:,]?$/iu;

export function isCompany(text: string): boolean {
  return company.test(text);
}

/**
 * The name a line begins with: without title, address and remarks. Undefined for what cannot be one, and for one that
 * was not read cleanly: a digit within a word is a letter that was misread, and which one nobody knows.
 */
export function readName(line: string): string | undefined {
  const bare = line.replace(/^[\s:.,;*•·-]+/, '').replace(honorific, '');
  const cut = bare.split(
    /\s[·•|]\s|\s-\s|[("]|\s{2,}|,(?!\s*(?:Inc|LLC|Ltd|LLP)\b)|;|(?:\s+(?:represented by|vertreten durch|a company|with registered|residing|wohnhaft|hereinafter|nachfolgend))/u,
  )[0];
  const name = (cut ?? '')
    .replace(/\s+/g, ' ')
    .replace(/[\s,:;·•-]+$/, '')
    .trim();
  if (name.length < 3 || name.length > 70 || name.split(' ').length > 8) return undefined;
  if (!/^[\p{Lu}]/u.test(name) || /\d|[|!@%€£$§]/.test(name) || !/\p{Ll}|\p{Lu}{2}/u.test(name)) return undefined;
  if (
    !isCompany(name) &&
    !/^[\p{Lu}][\p{L}.'-]*(?: (?:von|van|de|der|du|la|le|und|and|&|et|of|für|zu)| [\p{Lu}][\p{L}.'-]*)+$/u.test(name)
  ) {
    return undefined;
  }
  return name;
}

export function isSameName(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && fold(a) === fold(b);
}
