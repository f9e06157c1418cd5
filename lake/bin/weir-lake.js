#!/usr/bin/env node
// Starts the lake from its TypeScript sources: tsx compiles them as they are loaded.
import { register } from 'tsx/esm/api';

register();
await import('../src/cli.ts');
