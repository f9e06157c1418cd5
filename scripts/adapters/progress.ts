import { visible } from '../core/render/text.ts';

/** One line that is written over on a terminal; nothing where standard error is not one (CI, pipes). */
export function progressLine(stream: NodeJS.WriteStream = process.stderr): (text: string) => void {
  if (!stream.isTTY) return () => undefined;
  let last = 0;
  process.once('exit', () => {
    if (last > 0) stream.write('\r\x1b[K');
  });
  return (text) => {
    const now = Date.now();
    if (now - last < 100) return;
    last = now;
    stream.write(`\r\x1b[K${visible(text).slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
  };
}
