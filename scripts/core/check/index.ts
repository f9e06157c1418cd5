export { type AuditQuery, type AuditTarget, auditKey, auditQueries, conditionOf, sampleQuery } from './audit.ts';
export { typedLiteral } from './literal.ts';
export { averageBefore, lookBack, type SourceCount, sourceCount } from './share.ts';
export {
  type AuditBasis,
  type AuditResult,
  type CheckResult,
  describeCheck,
  describeFinding,
  readAudit,
} from './verdict.ts';
