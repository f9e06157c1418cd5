import { structure } from '../shape/shape.ts';
import { operation } from './operation.ts';
import { ENGINE_VERSION } from './settings.ts';
import { paging } from './shapes.ts';

export const listEngineVersions = operation<object>(structure(paging(10)), () => ({
  EngineVersions: [ENGINE_VERSION, { ...ENGINE_VERSION, SelectedEngineVersion: ENGINE_VERSION.EffectiveEngineVersion }],
}));
