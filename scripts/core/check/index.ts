export { type AuditQuery, type AuditTarget, auditKey, auditQueries, conditionOf, sampleQuery } from './audit.ts';
export { typedLiteral } from './literal.ts';
export { type AuditResult, type CheckResult, describeCheck, readAudit } from './verdict.ts';
