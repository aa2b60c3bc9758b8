// Definitions and paths of one OpenAPI document while it is made.
import type { AnyKind, GroupVersion, GroupVersionKind } from "#api/kind.ts";
import { PathWriter, type PathOperations } from "#server/discovery/openapi-operations.ts";
import { deleteOptionsName, pathsOf, patchName, watchEventName } from "#server/discovery/openapi-paths.ts";
import { SchemaWriter, type Dialect, type OpenApiSchema } from "#server/discovery/openapi-schema.ts";
import { coreMarked, optionVersions, sharedMessages, WatchEvent } from "#server/discovery/openapi-shared.ts";

const typeMeta = {
  apiVersion: { type: "string", description: "Group and version that this is written in." },
  kind: { type: "string", description: "Name of the type." },
};
export class OpenApiDraft {
  readonly definitions: Record<string, OpenApiSchema> = {};
  readonly paths: Record<string, OpenApiSchema> = {};
  readonly #dialect: Dialect;
  readonly #writer: SchemaWriter;
  readonly pathWriter: PathWriter;
  constructor(dialect: Dialect) {
    this.#dialect = dialect;
    this.pathWriter = new PathWriter(dialect);
    this.#writer = new SchemaWriter(dialect, (name, make) => {
      if (name in this.definitions) return;
      this.definitions[name] = {}; // stands here while the message is written, so that recursion ends
      this.definitions[name] = make();
    });
  }
  addKinds(kinds: readonly AnyKind[], bodies: readonly AnyKind[]): void {
    const all = [...kinds, ...bodies];
    const definitionOf = (gvk: GroupVersionKind): string | undefined => {
      const body = all.find((k) => k.kind === gvk.kind && k.group === gvk.group && k.version === gvk.version);
      return body && this.#writer.kind(body).object;
    };
    for (const kind of kinds) this.addPaths(pathsOf(kind, this.#writer.kind(kind), definitionOf));
  }
  /** With the definitions of what all kinds share, as far as the paths refer to it. */
  addPaths(paths: Readonly<Record<string, PathOperations>>): void {
    for (const [path, operations] of Object.entries(paths)) {
      this.paths[path] = this.pathWriter.path(operations);
      for (const { answer, body } of Object.values(operations))
        for (const name of [answer, body?.schema]) if (name !== undefined) this.#share(name);
    }
  }
  #share(name: string): void {
    const message = sharedMessages.find((m) => m.name === name);
    if (message) this.#writer.reference(message);
    else if (name === patchName)
      this.definitions[name] ??= { description: "A change, in one of the forms of patches.", type: "object" };
    else if (name === watchEventName) this.#writer.reference(WatchEvent);
  }
  /** Says of what all kinds share which kind it is, in which group-versions. */
  mark(versions: readonly GroupVersion[]): void {
    const gvks = (kind: string, of: readonly GroupVersion[]): object[] =>
      of.map(({ group, version }) => ({ group, kind, version }));
    const core = [{ group: "", version: "v1" }];
    const marks: Readonly<Record<string, readonly GroupVersion[]>> = {
      [deleteOptionsName]: this.#dialect === 2 ? optionVersions : versions,
      [watchEventName]: this.#dialect === 2 ? optionVersions : versions,
    };
    for (const [name, definition] of Object.entries(this.definitions)) {
      const kind = name.slice(name.lastIndexOf(".") + 1);
      if (!(name in marks) && !coreMarked.has(name)) continue;
      if (name !== watchEventName) definition["properties"] = { ...typeMeta, ...(definition["properties"] as object) };
      definition["x-kubernetes-group-version-kind"] = gvks(kind, marks[name] ?? core);
    }
  }
}
