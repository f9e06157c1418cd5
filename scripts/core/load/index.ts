export { calendar, LEGEND, MARKS } from './calendar.ts';
export { evenScanCost, parseBytes, scanCost } from './cost.ts';
export { type CsvFault, csvFault, csvLine } from './csv.ts';
export {
  type CtasRequest,
  ctas,
  loadQuery,
  MOST_SQL_BYTES,
  mappingQuery,
  type SourceObjects,
  stagingName,
} from './ctas.ts';
export { definitionHash } from './definition-hash.ts';
export {
  type Asked,
  type DatedSources,
  isEmpty,
  isExcepted,
  type LoadUnit,
  type Resumed,
  rangeOf,
  stateOf,
  type UnitState,
  unitKey,
  unitsOf,
} from './due.ts';
export {
  type Ends,
  type Failure,
  type Failures,
  failuresAfter,
  readFailures,
  reasonText,
  standingFailures,
} from './failed.ts';
export {
  bytesRead,
  type FileIndex,
  type FileWork,
  filePlan,
  forgetting,
  isKnown,
  knowing,
  type PlannedWork,
  statementsOf,
} from './files.ts';
export { fingerprint, joinSources, type Sources, sourceBytes } from './fingerprint.ts';
export { apart, type Garbage, type ListedObject, type LoadBase, oldFolders } from './garbage.ts';
export { isLoaded, keyOf, type LoadedTable, type LoadGraph, loadGraph, type TableKey } from './graph.ts';
export {
  type LedgerEntry,
  namesSources,
  type PastLoad,
  pastOf,
  readLedger,
  type SourceObject,
  type UpstreamLoad,
  withLedger,
  writeLedger,
} from './ledger.ts';
export { folderAt, s3Place } from './place.ts';
export { loadIdOf, loadPrefix, partitionEntry, partitionPath, tableEntry, unpublished } from './publish.ts';
export { placesOf, type Reference } from './references.ts';
export { overLimit, type RejectCount, type RejectReason, readRejects, rejectsQuery } from './reject-counts.ts';
export { acceptedFolder, mostPartitions, rejectsMark, strayRejects } from './reject-entries.ts';
export {
  ACCEPTED,
  judgedQuery,
  REJECTED,
  type Relations,
  ROWS_COLUMN,
  rejectColumns,
  relationsOf,
  traced,
  traceFault,
} from './rejects.ts';
export { type Remembered, rollbackTarget, rolledBack } from './rollback.ts';
export { keyReader, type LoadSource, listingPrefix, pathTemplate, sourceOf, valuesReader } from './sources.ts';
export { isLongGap, leftOut, stretchesOf, withoutEarly } from './stretches.ts';
export { castName, type TypeMismatch, typeMismatches } from './types.ts';
