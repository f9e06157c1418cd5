type Properties = Readonly<Record<string, string>>;

/** Why a change of projection properties could hide partitions from readers; undefined where it cannot. */
export function narrows(before: Properties, after: Properties): string | undefined {
  if (before['projection.enabled'] !== 'true') {
    return after['projection.enabled'] === 'true'
      ? 'partitions are no longer looked up in the catalog but worked out from the projection'
      : undefined;
  }
  if (after['projection.enabled'] !== 'true') return 'without a projection only registered partitions are seen';
  for (const [key, was] of Object.entries(before)) {
    const now = after[key];
    if (now === was || !(key.startsWith('projection.') || key === 'storage.location.template')) continue;
    const why = narrowing(key, was, now);
    if (why !== undefined) return why;
  }
  const fresh = Object.keys(after).find((key) => key === 'storage.location.template' && before[key] === undefined);
  return fresh === undefined ? undefined : 'partitions are looked for at other places';
}

function narrowing(key: string, was: string, now: string | undefined): string | undefined {
  if (key === 'storage.location.template') return 'partitions are looked for at other places';
  if (key.endsWith('.range')) {
    return now !== undefined && coversRange(was, now) ? undefined : `${key} may leave out ${was}`;
  }
  if (key.endsWith('.values')) {
    const kept = new Set((now ?? '').split(','));
    const gone = was.split(',').filter((value) => !kept.has(value));
    return gone.length === 0 ? undefined : `${key} leaves out ${gone.join(', ')}`;
  }
  return `${key} gives other partition values`;
}

/** True where the new range surely holds the old one. */
function coversRange(was: string, now: string): boolean {
  const [from = '', to = ''] = was.split(',');
  const [newFrom = '', newTo = ''] = now.split(',');
  return notAfter(newFrom, from) && notAfter(to, newTo);
}

function notAfter(a: string, b: string): boolean {
  if (a === b) return true;
  const numbers = /^-?\d+$/;
  if (numbers.test(a) && numbers.test(b)) return Number(a) <= Number(b);
  // Days of one spelling with the year first compare as text; a fixed day is never surely before NOW.
  const day = /^\d{4}([-/]?)\d{2}\1\d{2}$/;
  return day.test(a) && day.test(b) && a.length === b.length && a <= b;
}
