/** Width and height out of the first bytes of an image file, whatever its media type claims. */

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Before the size of a JPEG may stand a preview, a colour profile and a camera's notes; rarely as much as this. */
const headBytes = 262_144;

/** `data` is the file in base64. Undefined for what is no PNG, JPEG, WebP or GIF, or is cut before its size. */
export function readImageSize(data: string): ImageSize | undefined {
  const head = Buffer.from(data.slice(0, Math.ceil(headBytes / 3) * 4), 'base64');
  const size = formats.find(({ isIn }) => isIn(head))?.sizeOf(head);
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
}

interface Format {
  isIn(head: Buffer): boolean;
  sizeOf(head: Buffer): ImageSize | undefined;
}

/** Bytes needed before a size can be read, so that no read goes past the end. */
const within = (head: Buffer, bytes: number, size: () => ImageSize): ImageSize | undefined =>
  head.length < bytes ? undefined : size();

const png: Format = {
  isIn: (head) => head.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n' && head.toString('latin1', 12, 16) === 'IHDR',
  sizeOf: (head) => within(head, 24, () => ({ width: head.readUInt32BE(16), height: head.readUInt32BE(20) })),
};

const gif: Format = {
  isIn: (head) => /^GIF8[79]a$/.test(head.toString('latin1', 0, 6)),
  sizeOf: (head) => within(head, 10, () => ({ width: head.readUInt16LE(6), height: head.readUInt16LE(8) })),
};

const webp: Format = {
  isIn: (head) => head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP',
  sizeOf: (head) =>
    within(head, 30, () => {
      const chunk = head.toString('latin1', 12, 16);
      if (chunk === 'VP8X') return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
      if (chunk === 'VP8 ') return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
      if (chunk !== 'VP8L') return { width: 0, height: 0 };
      const packed = head.readUInt32LE(21);
      return { width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 };
    }),
};

const jpeg: Format = {
  isIn: (head) => head.length > 2 && head.readUInt16BE(0) === 0xffd8,
  sizeOf: (head) => {
    let at = 2;
    while (at + 9 <= head.length && head[at] === 0xff) {
      const marker = head.readUInt8(at + 1);
      if (isFrame(marker)) return { width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) };
      if (marker === startOfScan || marker === endOfImage) return undefined;
      // A marker may be padded with 0xff; those that stand alone have no length.
      if (marker === 0xff) at += 1;
      else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) at += 2;
      else at += 2 + Math.max(2, head.readUInt16BE(at + 2));
    }
    return undefined;
  },
};

const startOfScan = 0xda;
const endOfImage = 0xd9;

/** SOF0 to SOF15: not the tables that share their range. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

const formats = [png, jpeg, webp, gif];
