import { native } from './udf.ts';

function unscaled(text: string): { readonly value: bigint; readonly scale: number } {
  const [whole, fraction = ''] = text.split('.') as [string, string | undefined];
  return { value: BigInt(`${whole}${fraction}`.replace(/^-$/, '0')), scale: fraction.length };
}

/** a / b rounded half up (away from zero) to `scale` digits. */
function divide(a: string, b: string, scale: bigint): string {
  const [dividend, divisor] = [unscaled(a), unscaled(b)];
  const shift = Number(scale) + divisor.scale - dividend.scale;
  const top = shift >= 0 ? dividend.value * 10n ** BigInt(shift) : dividend.value;
  const bottom = shift >= 0 ? divisor.value : divisor.value * 10n ** BigInt(-shift);
  const negative = top < 0n !== bottom < 0n;
  const [n, d] = [top < 0n ? -top : top, bottom < 0n ? -bottom : bottom];
  const digits = String((2n * n + d) / (2n * d)).padStart(Number(scale) + 1, '0');
  const point = digits.length - Number(scale);
  return `${negative ? '-' : ''}${digits.slice(0, point)}${scale > 0n ? '.' : ''}${digits.slice(point)}`;
}

/** Decimal arithmetic beyond 38 digits on the way. */
export const decimalFunctions = [native('weir_divide(VARCHAR, VARCHAR, BIGINT) VARCHAR', divide)];
