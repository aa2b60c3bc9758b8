// Wire types of meta/table.

import {
  type Infer,
  anyValue,
  atomicList,
  int32,
  known,
  message,
  optional,
  rawExtension,
  required,
  string,
  struct,
} from "#api/schema.ts";
import { ListMeta } from "#api/meta/schema.ts";

export const TableColumnDefinition = message("io.k8s.apimachinery.pkg.apis.meta.v1.TableColumnDefinition", "", {
  name: required(0, string, ""),
  type: required(0, string, ""),
  format: required(0, string, ""),
  description: required(0, string, ""),
  priority: required(0, int32, ""),
});
export interface TableColumnDefinition extends Infer<typeof TableColumnDefinition> {}

export const TableRowCondition = message("io.k8s.apimachinery.pkg.apis.meta.v1.TableRowCondition", "", {
  type: required(0, known("Completed"), ""),
  status: required(0, known("True", "False", "Unknown"), "What was last observed; written by the system."),
  reason: optional(0, string, ""),
  message: optional(0, string, ""),
});
export interface TableRowCondition extends Infer<typeof TableRowCondition> {}

export const TableRow = message("io.k8s.apimachinery.pkg.apis.meta.v1.TableRow", "", {
  cells: required(0, atomicList(anyValue), ""),
  conditions: optional(0, atomicList(TableRowCondition), ""),
  object: optional(0, rawExtension, ""),
});
export interface TableRow extends Infer<typeof TableRow> {}

export const Table = message("io.k8s.apimachinery.pkg.apis.meta.v1.Table", "", {
  metadata: struct(0, ListMeta, "Name, labels and the other data that every object carries."),
  columnDefinitions: required(0, atomicList(TableColumnDefinition), ""),
  rows: required(0, atomicList(TableRow), ""),
});
export interface Table extends Infer<typeof Table> {}

export const TableOptions = message("io.k8s.apimachinery.pkg.apis.meta.v1.TableOptions", "", {
  includeObject: optional(1, known("None", "Metadata", "Object"), ""),
});
export interface TableOptions extends Infer<typeof TableOptions> {}
