// The functions that expressions in Kubernetes have besides the language's own: each line is true.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../environment.ts";
import { boolType } from "../type.ts";
import { createKubernetesEnvironment } from "./environment.ts";
import { jsonPatchLibrary } from "./text-functions.ts";

const env = createKubernetesEnvironment({ variables: {}, libraries: [jsonPatchLibrary] });
const truths: readonly string[] = [
  // quantities
  "quantity('1Gi').compareTo(quantity('1024Mi')) == 0",
  "quantity('1500m').add(quantity('0.5')) == quantity('2')",
  "quantity('2').sub(1).isLessThan(quantity('1100m'))",
  "quantity('50k').isGreaterThan(quantity('49999'))",
  "sign(quantity('-3')) == -1 && sign(quantity('0')) == 0",
  "quantity('9223372036854775808').isInteger() == false",
  "quantity('12k').isInteger() && quantity('12k').asInteger() == 12000",
  "quantity('1500m').isInteger() == false && quantity('1500m').asApproximateFloat() == 1.5",
  "isQuantity('1.3Gi') && !isQuantity('1.3GI') && !isQuantity('')",
  // addresses
  "ip('127.0.0.1').isLoopback() && ip('127.0.0.1').family() == 4",
  "ip('::1').isLoopback() && ip('::1').family() == 6",
  "ip('0.0.0.0').isUnspecified() && ip('224.0.0.1').isLinkLocalMulticast()",
  "ip('169.254.1.1').isLinkLocalUnicast() && ip('10.0.0.1').isGlobalUnicast()",
  "ip('2001:db8::1') == ip('2001:DB8:0::1')",
  "string(ip('192.168.0.1')) == '192.168.0.1'",
  "ip.isCanonical('2001:db8::abcd') && !ip.isCanonical('2001:DB8::ABCD')",
  "isIP('1.2.3.4') && !isIP('1.2.3') && !isIP('::ffff:1.2.3.4') && !isIP('01.2.3.4')",
  "cidr('192.168.0.0/24').containsIP('192.168.0.9') && !cidr('192.168.0.0/24').containsIP(ip('192.168.1.9'))",
  "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.1.0.0/16').containsCIDR(cidr('10.0.0.0/8'))",
  "cidr('192.168.1.5/24').masked() == cidr('192.168.1.0/24')",
  "cidr('192.168.1.5/24').prefixLength() == 24 && cidr('192.168.1.5/24').ip() == ip('192.168.1.5')",
  "isCIDR('::/0') && !isCIDR('1.2.3.4') && !isCIDR('1.2.3.4/33')",
  "string(cidr('10.0.0.0/8')) == '10.0.0.0/8'",
  // URLs
  "url('https://user:pw@example.com:80/a%20b?x=1&x=2&y=').getScheme() == 'https'",
  "url('https://example.com:80/').getHost() == 'example.com:80' && url('https://example.com:80/').getPort() == '80'",
  "url('https://[::1]:80/').getHostname() == '::1' && url('https://[::1]:80/').getHost() == '[::1]:80'",
  "url('https://example.com/a b/').getEscapedPath() == '/a%20b/'",
  "url('https://example.com/p?x=1&x=2&y=').getQuery() == {'x': ['1', '2'], 'y': ['']}",
  "url('/only/path').getHost() == ''",
  "isURL('https://example.com') && isURL('/abs') && !isURL('rel') && !isURL('https://a:b:c/')",
  // versions
  "semver('1.2.3').isLessThan(semver('1.10.0')) && semver('1.0.0-rc.1').isLessThan(semver('1.0.0'))",
  "semver('1.2.3-alpha.1+b').major() == 1 && semver('1.2.3').minor() == 2 && semver('1.2.3').patch() == 3",
  "semver('1.0.0-a.2').compareTo(semver('1.0.0-a.10')) == -1",
  "isSemver('1.0.0') && !isSemver('v1.0.0') && isSemver('v1.0', true) && semver('v01.1', true) == semver('1.1.0')",
  // lists and patterns
  "[1, 2, 2].isSorted() && !['b', 'a'].isSorted()",
  "[1, 2, 3].sum() == 6 && [1.5, 0.5].sum() == 2.0 && [duration('1m'), duration('1s')].sum() == duration('61s')",
  "[3, 1].min() == 1 && ['a', 'b'].max() == 'b'",
  "[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(2) == -1",
  "'abc 123'.find('[0-9]+') == '123' && 'abc'.find('[0-9]+') == ''",
  "'1 2 3'.findAll('[0-9]') == ['1', '2', '3'] && '1 2 3'.findAll('[0-9]', 2) == ['1', '2']",
  // named formats
  "!format.dns1123Label().validate('my-name').hasValue()",
  "format.dns1123Label().validate('My_Name').value().size() == 1",
  "format.named('uuid').value().validate('6ba7b810-9dad-11d1-80b4-00c04fd430c8') == optional.none()",
  "format.named('nope') == optional.none()",
  "format.qualifiedName().validate('example.com/name') == optional.none()",
  "format.date().validate('2024-02-30').hasValue() && !format.date().validate('2024-02-29').hasValue()",
  "format.labelValue().validate('-a').hasValue() && !format.labelValue().validate('a').hasValue()",
  // extensions for texts, lists and sets
  "'%s is %d, %.2f, %x, %b'.format(['a', 7, 1.005, 255, 5]) == 'a is 7, 1.00, ff, 101'",
  "'a,b,c'.split(',', 2) == ['a', 'b,c'] && ['a', 'b'].join('-') == 'a-b'",
  "'tacocat'.replace('a', 'o', 1) == 'tococat' && ' x '.trim() == 'x'",
  "'héllo'.charAt(1) == 'é' && 'héllo'.substring(1, 3) == 'él' && 'ABC'.lowerAscii() == 'abc'",
  "strings.quote('a\"b') == '\"a\\\\\"b\"'",
  "sets.contains([1, 2], [2]) && sets.equivalent([1, 1, 2], [2, 1]) && !sets.intersects([1], [2])",
  "[[1], [2, 3]].flatten() == [1, 2, 3] && [1, 1, 2].distinct() == [1, 2]",
  "[3, 1, 2].sort() == [1, 2, 3] && ['bb', 'a'].sortBy(s, size(s)) == ['a', 'bb']",
  "[1, 2, 3].slice(1, 2) == [2] && lists.range(3) == [0, 1, 2] && [1, 2].reverse() == [2, 1]",
  "[1, 2].first().value() == 1 && [].last() == optional.none()",
  "{'a': 1}.transformMap(k, v, v + 1) == {'a': 2} && [1, 2].transformList(i, v, i * v) == [0, 2]",
  "[1, 2].all(i, v, v > i) && {'a': 1}.exists(k, v, k == 'a' && v == 1) && [1].existsOne(i, v, v == 1)",
  "{'a': 1}.?b.orValue(2) == 2 && [1][?3].or(optional.of(5)) == optional.of(5)",
  "optional.of(2).optMap(x, x * 2).value() == 4 && !optional.ofNonZeroValue(0).hasValue()",
  "[?optional.none(), ?optional.of(1)] == [1] && {?'a': optional.none()} == {}",
  "jsonpatch.escapeKey('a/b~c') == 'a~1b~0c'",
];
for (const expression of truths)
  test(expression, () => {
    const compiled = compile(env, expression, { resultTypes: [boolType] });
    if ("issues" in compiled) assert.fail(compiled.message);
    assert.equal(compiled.program.evaluate({}).value, true);
  });

test("what Kubernetes does not offer is not there", () => {
  for (const expression of ["math.abs(1)", "base64.encode(b'a')", "cel.bind(x, 1, x)", "jsonpatch.escapeKey('a')"]) {
    const compiled = compile(createKubernetesEnvironment({ variables: {} }), expression);
    assert.ok("issues" in compiled, expression);
  }
});
