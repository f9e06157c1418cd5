import { plural } from '../../core/render/text.ts';
import type { LoadContext } from './context.ts';
import type { TablePreview } from './report.ts';
import type { LoadGroup } from './run.ts';

/** Told each group that is done: says how far a backfill is, and how long the rest may take at the pace so far. */
export type Pace = (group: LoadGroup) => void;

/** By bytes, since that is what time goes with; a line a statement, which is quiet enough for a log. */
export function paceOf(context: LoadContext, name: string, previews: readonly TablePreview[]): Pace {
  const total = previews.reduce((sum, each) => sum + each.bytes, 0);
  const units = previews.reduce((sum, each) => sum + each.due.length, 0);
  const began = context.now();
  let bytes = 0;
  let done = 0;
  return (group) => {
    bytes += group.units.reduce((sum, unit) => sum + unit.bytes, 0);
    done += group.units.length;
    if (done >= units || bytes === 0) return;
    const left = ((context.now() - began) * Math.max(0, total - bytes)) / bytes;
    context.say(`backfill ${name}: ${done} of ${plural(units, 'partition')}, about ${durationText(left)} left`);
  };
}

/** A time as people say it: `40 s`, `5 min`, `2 h 10 min`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${Math.max(1, seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
