// The environment that expressions in Kubernetes's API have at 1.36: which libraries, and the limits on cost.
import { listsLibrary, setsLibrary } from "../library/collections.ts";
import { twoVariableComprehensions } from "../library/comprehensions.ts";
import { optionals } from "../library/optionals.ts";
import { standardLibrary } from "../library/standard.ts";
import { stringsLibrary } from "../library/strings.ts";
import { createEnvironment } from "../environment.ts";
import type { Environment, EnvironmentOptions } from "../environment.ts";
import type { Library } from "../library.ts";
import { cidrLibrary, ipLibrary } from "./address.ts";
import { authorizerLibrary } from "./authorizer.ts";
import { formatLibrary } from "./named-format.ts";
import { quantityLibrary } from "./quantity.ts";
import { semverLibrary } from "./semver.ts";
import { kubernetesListsLibrary, regexLibrary } from "./text-functions.ts";
import { urlLibrary } from "./url.ts";

/** One evaluation may cost this much. */
export const perCallLimit = 1_000_000;
/** All rules of one object, or of one policy binding, together. */
export const totalLimit = 10_000_000;
/** All match conditions of one webhook or policy together. */
export const matchConditionsLimit = 2_500_000;
/** The estimate of one rule of a custom resource. */
export const estimateLimit = 10_000_000;
/** The estimates of all rules of a custom resource together. */
export const totalEstimateLimit = 100_000_000;

export const kubernetesLibraries: readonly Library[] = [
  standardLibrary,
  urlLibrary,
  regexLibrary,
  kubernetesListsLibrary,
  authorizerLibrary,
  optionals,
  quantityLibrary,
  stringsLibrary,
  setsLibrary,
  ipLibrary,
  cidrLibrary,
  formatLibrary,
  twoVariableComprehensions,
  semverLibrary,
  listsLibrary,
];

/** Further libraries follow those that every expression has. */
export const createKubernetesEnvironment = ({
  libraries = [],
  ...options
}: Omit<EnvironmentOptions, "libraries"> & { readonly libraries?: readonly Library[] }): Environment =>
  createEnvironment({
    validatesLiterals: true,
    ...options,
    libraries: [...kubernetesLibraries, ...libraries],
  });
