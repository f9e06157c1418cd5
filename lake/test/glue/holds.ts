import assert from 'node:assert/strict';

/** The actual value has at least what is expected: objects may have more members, lists may not; null means absent. */
export function holds(actual: unknown, expected: unknown, told: string): void {
  if (expected === null) {
    assert.equal(actual ?? null, null, told);
  } else if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual), `${told}: expected a list, got ${JSON.stringify(actual)}`);
    assert.equal(actual.length, expected.length, `${told}: ${JSON.stringify(actual)}`);
    expected.forEach((item, index) => {
      holds(actual[index], item, `${told} [${index}]`);
    });
  } else if (typeof expected === 'object') {
    assert.ok(
      actual !== null && typeof actual === 'object',
      `${told}: expected members, got ${JSON.stringify(actual)}`,
    );
    for (const [name, value] of Object.entries(expected)) {
      holds((actual as Record<string, unknown>)[name], value, `${told} .${name}`);
    }
  } else assert.equal(actual, expected, told);
}
