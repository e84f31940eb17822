// Finds what TypeScript knows nothing of: every `any`, `unknown` and `never` within a type.

import ts from 'typescript';

const OPTIONS = {
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  types: [],
};

/** What the compiler says against each of some files, by their paths; [] when one is right. */
export function complaints(files) {
  const program = ts.createProgram(files, OPTIONS);
  const said = (file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
  const text = ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n');
  return Object.fromEntries(files.map((file) => [file, said(file).map(text)]));
}

/** The exported types of a file, and a walk through them. */
export class ExportedTypes {
  #checker;
  #source;
  #exported;

  constructor(file) {
    const program = ts.createProgram([file], OPTIONS);
    this.#checker = program.getTypeChecker();
    this.#source = program.getSourceFile(file);
    this.#exported = this.#checker.getExportsOfModule(this.#checker.getSymbolAtLocation(this.#source));
  }

  /** The type at a path of members of an exported type; undefined where there is none. */
  at(name, ...path) {
    const found = this.#exported.find((symbol) => symbol.name === name);
    const whole = this.#checker.getDeclaredTypeOfSymbol(found);
    return path.reduce((type, member) => type && this.member(type, member), whole);
  }

  /** The type of a member, without undefined. */
  member(type, name) {
    const property = this.#checker.getPropertyOfType(this.#checker.getNonNullableType(type), String(name));
    const its = property && this.#checker.getTypeOfSymbolAtLocation(property, this.#source);
    return its && this.#checker.getNonNullableType(its);
  }

  /** Names of the members of a type. */
  members(type) {
    return this.#checker.getPropertiesOfType(type).map(({ name }) => name);
  }

  /** A type as it is written. */
  text(type) {
    return this.#checker.typeToString(type);
  }

  /**
   * Where within a type there is nothing to know, as paths. An object without members may say so: never of an index
   * is that.
   */
  open(type, path = '', within = new Set()) {
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Never)) {
      return [`${path}: ${this.#checker.typeToString(type)}`];
    }
    if (within.has(type)) return [];
    const inside = new Set([...within, type]);
    if (type.isUnionOrIntersection()) return type.types.flatMap((each) => this.open(each, path, inside));
    if (!(type.flags & ts.TypeFlags.Object)) return [];
    const properties = this.#checker.getPropertiesOfType(type);
    const indices = this.#checker.getIndexInfosOfType(type);
    if (this.#checker.isTupleType(type)) {
      return this.#checker.getTypeArguments(type).flatMap((each, n) => this.open(each, `${path}[${n}]`, inside));
    }
    if (this.#checker.isArrayType(type)) return this.open(indices[0].type, `${path}[]`, inside);
    return [
      ...properties.flatMap((property) =>
        this.open(this.#checker.getTypeOfSymbolAtLocation(property, this.#source), `${path}.${property.name}`, inside),
      ),
      ...indices
        .filter((index) => properties.length > 0 || !(index.type.flags & ts.TypeFlags.Never))
        .flatMap((index) => this.open(index.type, `${path}[*]`, inside)),
    ];
  }
}
