// To which flow a request belongs: the first flow schema that matches it, in the order of their precedence.
import type { FlowSchema } from "#api/flowcontrol/flow-schema.ts";
import type { FlowSchemaSpec, Subject } from "#api/flowcontrol/schema.ts";
import type { RequestInfo, UserInfo } from "#server/pipeline.ts";

export interface Asked {
  readonly user: UserInfo;
  readonly info: RequestInfo;
  readonly path: string;
}
type Rule = NonNullable<FlowSchemaSpec["rules"]>[number];
type ResourceRule = NonNullable<Rule["resourceRules"]>[number];
type NonResourceRule = NonNullable<Rule["nonResourceRules"]>[number];
type Test = (asked: Asked) => boolean;

/** Whether a value is in the list, where "*" is everything. */
function oneOf(values: readonly string[] = []): (value: string) => boolean {
  if (values.includes("*")) return () => true;
  if (values.length === 1) return (value) => value === values[0];
  const set = new Set(values);
  return (value) => set.has(value);
}

function subjectTest({ kind, user, group, serviceAccount }: Subject): (of: UserInfo) => boolean {
  if (kind === "User" && user) return user.name === "*" ? () => true : (of) => of.name === user.name;
  if (kind === "Group" && group) return group.name === "*" ? () => true : (of) => of.groups.includes(group.name);
  if (!serviceAccount) return () => false;
  const prefix = `system:serviceaccount:${serviceAccount.namespace}:`;
  return serviceAccount.name === "*"
    ? (of) => of.name.startsWith(prefix)
    : (of) => of.name === prefix + serviceAccount.name;
}

function resourceTest(rule: ResourceRule): Test {
  const verb = oneOf(rule.verbs);
  const group = oneOf(rule.apiGroups);
  const resource = oneOf(rule.resources);
  const namespace = oneOf(rule.namespaces);
  const clusterScope = rule.clusterScope ?? false;
  return ({ info }) =>
    verb(info.verb) &&
    group(info.group) &&
    resource(info.subresource ? `${info.resource}/${info.subresource}` : info.resource) &&
    (info.namespace === "" ? clusterScope : namespace(info.namespace));
}

function pathTest(rule: NonResourceRule): Test {
  const verb = oneOf(rule.verbs);
  const exact = oneOf(rule.nonResourceURLs);
  const prefixes = (rule.nonResourceURLs ?? []).filter((url) => url.endsWith("/*")).map((url) => url.slice(0, -1));
  return ({ info, path }) => verb(info.verb) && (exact(path) || prefixes.some((prefix) => path.startsWith(prefix)));
}

function ruleTest({ subjects = [], resourceRules = [], nonResourceRules = [] }: Rule): Test {
  const who = subjects.map(subjectTest);
  const onResources = resourceRules.map(resourceTest);
  const onPaths = nonResourceRules.map(pathTest);
  return (asked) =>
    (asked.info.isResource ? onResources : onPaths).some((test) => test(asked)) && who.some((test) => test(asked.user));
}

const distinguishers: Readonly<Record<string, (asked: Asked) => string>> = {
  ByUser: ({ user }) => user.name,
  ByNamespace: ({ info }) => info.namespace,
};

export interface CompiledSchema {
  readonly name: string;
  readonly uid: string;
  readonly level: string;
  matches: Test;
  /** Tells the flows of the schema apart. */
  distinguish(asked: Asked): string;
}

/** In the order in which they are tried. */
export const compileSchemas = (schemas: Iterable<FlowSchema>): CompiledSchema[] =>
  [...schemas]
    .toSorted(
      (a, b) =>
        (a.spec.matchingPrecedence ?? 0) - (b.spec.matchingPrecedence ?? 0) ||
        (a.metadata.name! < b.metadata.name! ? -1 : 1),
    )
    .map(({ metadata, spec }) => {
      const rules = (spec.rules ?? []).map(ruleTest);
      return {
        name: metadata.name!,
        uid: metadata.uid ?? "",
        level: spec.priorityLevelConfiguration.name,
        matches: (asked) => rules.some((test) => test(asked)),
        distinguish: distinguishers[spec.distinguisherMethod?.type ?? ""] ?? (() => ""),
      };
    });
