/** The part of pdfmake 0.3 that reports use. The package ships no types of its own. */
declare module 'pdfmake' {
  /** A node or an array of nodes; see https://pdfmake.github.io/docs/0.3/document-definition-object/ */
  export type Content = string | Node | readonly Content[];

  export interface Node extends Style {
    readonly text?: Content;
    readonly stack?: readonly Content[];
    readonly columns?: readonly Content[];
    readonly table?: { readonly widths: readonly (string | number)[]; readonly body: readonly (readonly Content[])[] };
    readonly canvas?: readonly object[];
    readonly layout?: string;
    readonly width?: string | number;
    readonly columnGap?: number;
    readonly style?: string;
    readonly id?: string;
    readonly pageReference?: string;
    readonly linkToDestination?: string;
    readonly outline?: boolean;
    readonly outlineText?: string;
    readonly outlineExpanded?: boolean;
    readonly headlineLevel?: number;
    readonly unbreakable?: boolean;
    readonly pageBreak?: 'before' | 'after';
    readonly absolutePosition?: { readonly x: number; readonly y: number };
  }

  export interface Style {
    readonly font?: string;
    readonly fontSize?: number;
    readonly bold?: boolean;
    readonly italics?: boolean;
    readonly fontFeatures?: readonly string[];
    readonly lineHeight?: number;
    readonly characterSpacing?: number;
    readonly color?: string;
    readonly alignment?: 'left' | 'right' | 'center' | 'justify';
    /** Left, top, right, bottom, in points. */
    readonly margin?: readonly [number, number, number, number];
  }

  /** What `pageBreakBefore` is told about a node once the document is laid out. */
  export interface LaidOutNode {
    readonly style?: string;
    readonly headlineLevel?: number;
    readonly pageNumbers: readonly number[];
    /** `top` counts from the top edge of the page, in points. */
    readonly startPosition: { readonly pageNumber: number; readonly top: number };
  }

  export interface DocumentDefinition {
    readonly content: readonly Content[];
    readonly pageSize: string;
    readonly pageMargins: readonly [number, number, number, number];
    readonly version: string;
    readonly language: string;
    readonly displayTitle: boolean;
    readonly info: Readonly<Record<string, string | Date>>;
    readonly styles: Readonly<Record<string, Style>>;
    readonly defaultStyle: Style;
    header(page: number, pages: number): Content;
    footer(page: number, pages: number): Content;
    pageBreakBefore(node: LaidOutNode, around: { getFollowingNodesOnPage(): readonly LaidOutNode[] }): boolean;
  }

  export type FontFaces = Readonly<Record<'normal' | 'bold' | 'italics' | 'bolditalics', string>>;

  export interface PdfMake {
    setFonts(fonts: Readonly<Record<string, FontFaces>>): void;
    setUrlAccessPolicy(isAllowed: (url: string) => boolean): void;
    setLocalAccessPolicy(isAllowed: (path: string) => boolean): void;
    createPdf(definition: DocumentDefinition): { getBuffer(): Promise<Buffer> };
  }

  const shared: PdfMake;
  export default shared;
}
