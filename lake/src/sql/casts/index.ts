export { type CastOptions, canCast, emitCast, emitTry } from './cast.ts';
export { runtimeError } from './failure.ts';
export { emitText } from './text.ts';
