import type { Finding } from '../model/finding.ts';
import { fault } from './catalogue.ts';
import type { Rule } from './context.ts';

export const queryRules: Rule = (context) =>
  context.definitions.queries.flatMap((query): Finding[] => {
    const found: Finding[] = [];
    if (!/^[a-z0-9][a-z0-9_-]{0,99}$/.test(query.name)) {
      const message = `${JSON.stringify(query.name.slice(0, 100))} is no name for a query`;
      found.push(fault('query-name', query.place, message, 'use lower-case letters, digits, underscores and hyphens'));
    }
    if (query.description === '') {
      const cure = 'begin the file with -- and what it answers';
      found.push(fault('query-description', query.place, 'the first line does not say what it answers', cure));
    }
    return found;
  });
