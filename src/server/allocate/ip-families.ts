// Which address families a Service gets in a cluster of one family, before addresses are given out. Upstream's order of
// checks: what contradicts itself is refused first, then what this cluster cannot do. Pure; edits the draft.
import { type FieldError, invalidValue } from "#api/field-error.ts";
import { parseIp } from "#api/meta/ip.ts";
import { validateServiceAddresses } from "#api/core/rules/service-address-validation.ts";
import type { Service, ServiceSpec } from "#api/core/schema/service.ts";
import type { Draft } from "#api/schema.ts";

type Spec = Draft<ServiceSpec>;
export type IpFamily = "IPv4" | "IPv6";
const familyOf = (ip: string): IpFamily => (parseIp(ip)?.family === 6 ? "IPv6" : "IPv4");
const at = "spec.ipFamilyPolicy";

/** `old` is the spec before an update. */
export function settleFamilies(spec: Spec, old: Service["spec"] | undefined, own: IpFamily): FieldError[] {
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
  if (isSamePreference(spec, old)) return [];
  const isOpenHeadless = spec.clusterIP === "None" && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= old?.ipFamilyPolicy ?? (isOpenHeadless ? "RequireDualStack" : "SingleStack");
  const found: FieldError[] = [];
  validateServiceAddresses(found, "spec", spec as ServiceSpec);
  if (found.length > 0) return found;
  found.push(...(old ? releases(spec, old) : []), ...tooManyForOne(spec));
  for (const [i, ip] of (spec.clusterIPs ?? []).entries()) {
    if (ip === "None") break;
    if (i < (spec.ipFamilies ?? []).length) continue;
    const family = familyOf(ip!);
    if (family === own) spec.ipFamilies = [...(spec.ipFamilies ?? []), family];
    else
      found.push(invalidValue(`spec.clusterIPs[${i}]`, spec.clusterIPs, `${family} is not configured on this cluster`));
  }
  if (found.length > 0) return found;
  if (isOpenHeadless) {
    const [first = own, ...more] = (spec.ipFamilies ?? []) as IpFamily[];
    const both = more.length > 0 || spec.ipFamilyPolicy === "SingleStack" ? more : [first === "IPv4" ? "IPv6" : "IPv4"];
    spec.ipFamilies = [first, ...both];
    return [];
  }
  if (spec.ipFamilyPolicy === "RequireDualStack")
    found.push(invalidValue(at, spec.ipFamilyPolicy, "this cluster is not configured for dual-stack services"));
  for (const [i, family] of (spec.ipFamilies ?? []).entries())
    if (family !== own) found.push(invalidValue(`spec.ipFamilies[${i}]`, family, "not configured on this cluster"));
  if (found.length === 0 && !spec.ipFamilies?.length) spec.ipFamilies = [own];
  return found;
}

/** A Service that prefers both families is left as it is while nobody asks for a change. */
function isSamePreference(spec: Spec, old: Service["spec"] | undefined): boolean {
  if (!old || old.type === "ExternalName") return false;
  if (spec.ipFamilyPolicy !== undefined && spec.ipFamilyPolicy !== old.ipFamilyPolicy) return false;
  const policy = spec.ipFamilyPolicy ?? old.ipFamilyPolicy;
  if (policy !== "PreferDualStack") return false;
  const same = (a: readonly unknown[] = [], b: readonly unknown[] = []): boolean =>
    a.length === b.length && a.every((item, i) => item === b[i]);
  return (
    spec.clusterIP === old.clusterIP && same(spec.clusterIPs, old.clusterIPs) && same(spec.ipFamilies, old.ipFamilies)
  );
}

/** One family is enough from now on; edits the draft where that is the only change. */
function releases(spec: Spec, old: Service["spec"]): FieldError[] {
  const shrinks = (now: readonly unknown[] = [], before: readonly unknown[] = []): boolean =>
    before.length > now.length && now.length > 0 && now.every((item, i) => item === before[i]);
  const isSame = (now: readonly unknown[] = [], before: readonly unknown[] = []): boolean =>
    now.length === before.length && now.every((item, i) => item === before[i]);
  if (spec.ipFamilyPolicy === "SingleStack") {
    if (isSame(spec.clusterIPs, old.clusterIPs)) spec.clusterIPs = spec.clusterIPs?.slice(0, 1);
    if (isSame(spec.ipFamilies, old.ipFamilies)) spec.ipFamilies = spec.ipFamilies?.slice(0, 1);
    return [];
  }
  const found: FieldError[] = [];
  const must = (what: string): FieldError =>
    invalidValue(at, spec.ipFamilyPolicy, `must be 'SingleStack' to release the secondary ${what}`);
  if (shrinks(spec.clusterIPs, old.clusterIPs)) found.push(must("cluster IP"));
  if (shrinks(spec.ipFamilies, old.ipFamilies)) found.push(must("IP family"));
  return found;
}
function tooManyForOne({ ipFamilyPolicy, clusterIPs = [], ipFamilies = [] }: Spec): FieldError[] {
  if (ipFamilyPolicy !== "SingleStack") return [];
  const must = (what: string): FieldError =>
    invalidValue(
      at,
      ipFamilyPolicy,
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
    );
  return [
    ...(clusterIPs.length === 2 ? [must("cluster IPs")] : []),
    ...(ipFamilies.length === 2 ? [must("IP families")] : []),
  ];
}
