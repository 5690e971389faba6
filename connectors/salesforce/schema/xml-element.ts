/** The content of an XML element, by tag. A list becomes several elements with the tag. */
export type Element = { readonly [tag: string]: string | number | boolean | Element | readonly Element[] };
