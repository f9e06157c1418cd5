import { type LineFile, openLineFile, type Span } from '../store/line-file.ts';

export interface MessageAttribute {
  readonly type: string;
  /** Of a binary one: in base64, as it was sent. */
  readonly value: string;
}

/** A message as it was published; nobody subscribes in the lake, so this is all that becomes of it. */
export interface PublishedMessage {
  readonly messageId: string;
  readonly topic: string;
  readonly time: string;
  readonly subject?: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

/** What was published to one topic: a file of JSON lines of which the newest are kept. */
export interface Messages {
  /** Written when it returns: it survives the death of the process. */
  add(message: PublishedMessage): void;
  /** Oldest first. */
  list(): readonly PublishedMessage[];
  close(): void;
}

export interface MessageLimits {
  readonly messages: number;
  readonly bytes: number;
}

const LIMITS: MessageLimits = { messages: 1_000, bytes: 16 * 1024 * 1024 };

export function openMessages(path: string, limits: MessageLimits = LIMITS): Messages {
  const file = openLineFile(path);
  let spans: readonly Span[] = [...file.lines()].map(({ span }) => span);
  return {
    add(message) {
      spans = [...spans, file.append(Buffer.from(`${JSON.stringify(message)}\n`))];
      spans = withinLimits(file, spans, limits);
    },
    list: () => spans.flatMap((span) => parsed(file.read(span).toString())),
    close: () => file.close(),
  };
}

/** Now and then, so that its cost is spread. */
function withinLimits(file: LineFile, spans: readonly Span[], limits: MessageLimits): readonly Span[] {
  if (spans.length <= limits.messages * 1.25 && file.size <= limits.bytes * 1.25) return spans;
  let bytes = 0;
  const newest = spans.slice(-limits.messages).toReversed();
  const kept = newest.filter(({ length }) => {
    bytes += length;
    return bytes <= limits.bytes;
  });
  return file.keep(kept.reverse());
}

/** A line that a hand has spoilt is left out. */
function parsed(line: string): readonly PublishedMessage[] {
  try {
    return [JSON.parse(line) as PublishedMessage];
  } catch {
    return [];
  }
}
