// Tables, the columns and rows that kubectl get prints.

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

export const TableColumnDefinition = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.TableColumnDefinition",
  "One column of a table.",
  {
    name: required(0, string, "Heading of the column."),
    type: required(0, string, "Type of the cells: string, integer, number, boolean or date."),
    format: required(0, string, "Refines the type; name marks the column with object names."),
    description: required(0, string, "Explanation of the column, for people."),
    priority: required(0, int32, "0 to always show; higher ones only appear in wide output."),
  },
);
export interface TableColumnDefinition extends Infer<typeof TableColumnDefinition> {}

export const TableRowCondition = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.TableRowCondition",
  "A remark on one row.",
  {
    type: required(0, known("Completed"), "What is remarked; only Completed is used."),
    status: required(0, known("True", "False", "Unknown"), "Whether it holds: True, False or Unknown."),
    reason: optional(0, string, "One word for why the remark was made."),
    message: optional(0, string, "Explanation of the remark, for people."),
  },
);
export interface TableRowCondition extends Infer<typeof TableRowCondition> {}

export const TableRow = message("io.k8s.apimachinery.pkg.apis.meta.v1.TableRow", "One row, usually about one object.", {
  cells: required(0, atomicList(anyValue), "Values of the row, one per column."),
  conditions: optional(0, atomicList(TableRowCondition), "Remarks on the row, such as that the object is finished."),
  object: optional(0, rawExtension, "The object behind the row; how much of it depends on includeObject."),
});
export interface TableRow extends Infer<typeof TableRow> {}

export const Table = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.Table",
  "A list or object shown as columns and rows.",
  {
    metadata: struct(0, ListMeta, "Version and paging data of the list."),
    columnDefinitions: required(0, atomicList(TableColumnDefinition), "The columns, in order."),
    rows: required(0, atomicList(TableRow), "The rows, in list order."),
  },
);
export interface Table extends Infer<typeof Table> {}

export const TableOptions = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.TableOptions",
  "Options of a request for a table.",
  {
    includeObject: optional(
      1,
      known("None", "Metadata", "Object"),
      "How much of each object to send: None, Metadata (default) or Object.",
    ),
  },
);
export interface TableOptions extends Infer<typeof TableOptions> {}
