import { FaultInputError, type Faults } from '../faults/faults.ts';
import type { CallLog } from '../faults/log.ts';
import type { Sns } from '../sns/service.ts';
import { type Answer, type Request, readBody } from './http.ts';
import { WireError } from './json-service.ts';

export interface ControlParts {
  readonly faults: Faults;
  readonly log: CallLog;
  readonly sns: () => Promise<Sns>;
  readonly health: () => object;
  readonly compile: (body: unknown) => Promise<unknown>;
}

export const CONTROL_PATH = '/_lake/';
const LARGEST_BODY = 64 * 1024 * 1024;

/** The lake's own endpoints, which AWS does not have. */
export async function control(request: Request, parts: ControlParts): Promise<Answer> {
  const route = `${request.method} ${request.rawPath.slice(CONTROL_PATH.length).replace(/\/$/, '')}`;
  switch (route) {
    case 'GET health':
    case 'HEAD health':
      return json(200, parts.health());
    case 'GET faults':
      return json(200, parts.faults.list());
    case 'POST faults':
      return json(200, parts.faults.add(await bodyOf(request)));
    case 'DELETE faults':
      parts.faults.clear();
      return { status: 204 };
    case 'GET log':
      return json(200, shown(parts.log, request.query.has('requests')));
    case 'DELETE log':
      parts.log.clear();
      return { status: 204 };
    case 'GET notices':
      return notices(await parts.sns(), request.query.get('topic'));
    case 'POST compile':
      return json(200, await parts.compile(await bodyOf(request)));
    default:
      return json(404, {
        error: `no ${request.method} ${request.rawPath}: there are health, faults, log, notices and compile`,
      });
  }
}

/** What was published, for whoever wants to see what a subscriber would have got. */
function notices(sns: Sns, topic: string | undefined): Answer {
  const found = sns.notices(topic);
  return found === undefined ? json(404, { error: `no topic is called ${topic}` }) : json(200, found);
}

function shown(log: CallLog, withRequests: boolean): readonly object[] {
  return withRequests ? log.list() : log.list().map(({ request: _, ...call }) => call);
}

async function bodyOf(request: Request): Promise<unknown> {
  const body = await readBody(
    request.body,
    LARGEST_BODY,
    () => new WireError('TooLarge', 'The body is too large', 413),
  );
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new WireError('NotJson', 'The body is not JSON');
  }
}

export function controlErrorAnswer(error: unknown): Answer {
  if (error instanceof WireError) return json(error.status, { error: error.message });
  if (error instanceof FaultInputError) return json(400, { error: error.message });
  return json(500, { error: 'an error of the lake itself; its process has written more' });
}

function json(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}
