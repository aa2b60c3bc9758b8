// The settings from which features follow, as their flags have them.
import { parseFeatureGates } from "./feature-gates.ts";
import { parseRuntimeConfig } from "./runtime-config.ts";

export interface FeatureSettings {
  /** --runtime-config: "api/beta=true,batch/v1=false". */
  readonly runtimeConfig?: string;
  /** --feature-gates: "GenericWorkload=true". */
  readonly featureGates?: string;
}
/** Throws SettingError. */
export function checkFeatures({ runtimeConfig = "", featureGates = "" }: FeatureSettings): void {
  parseFeatureGates(featureGates);
  parseRuntimeConfig(runtimeConfig);
}
