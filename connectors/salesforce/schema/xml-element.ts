/** The content of an XML element, by tag. A list stands for several elements with the tag. */
export type Element = { readonly [tag: string]: string | number | boolean | Element | readonly Element[] };
