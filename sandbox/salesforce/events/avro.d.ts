/**
 * The part of avro-js we use. Its main module needs a package that it does not name, so its parts are
 * imported.
 */
declare module 'avro-js/lib/schemas.js' {
  interface AvroType {
    fromBuffer(buffer: Buffer): unknown;
    toBuffer(value: unknown): Buffer;
  }
  interface LongMethods {
    readonly fromBuffer: (buffer: Buffer) => bigint;
    readonly toBuffer: (value: bigint) => Buffer;
    readonly fromJSON: (value: number) => bigint;
    readonly toJSON: (value: bigint) => number;
    readonly isValid: (value: unknown) => boolean;
    readonly compare: (a: bigint, b: bigint) => number;
  }
  const schemas: {
    createType(
      schema: object,
      options?: { readonly registry?: Readonly<Record<string, AvroType>> },
    ): AvroType;
    readonly types: { readonly LongType: { using(methods: LongMethods): AvroType } };
  };
  export type { AvroType };
  export default schemas;
}
