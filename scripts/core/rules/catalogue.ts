import type { Finding, Place, Severity } from '../model/finding.ts';

/** Every rule of `validate` with what it refuses. docs/formats.md shows this table; a test keeps the two in step. */
const ERRORS = {
  // files
  'file-too-big': 'a definition file is larger than 1,000,000 bytes',
  'not-utf8': 'a file is not UTF-8 text',
  link: 'a symbolic link or another thing that is no ordinary file; links are never followed',
  'unknown-file': 'a file that no verb reads',
  'missing-file': 'an object folder lacks its YAML or SQL, or the lake its lake.yaml',
  // YAML
  'yaml-syntax': 'the YAML cannot be read',
  'yaml-tag': 'a tag such as !!str or !env',
  'yaml-anchor': 'an anchor (&name)',
  'yaml-alias': 'an alias (*name)',
  'yaml-merge-key': 'a merge key (<<)',
  'yaml-duplicate-key': 'one key twice in a map',
  'yaml-documents': 'several documents in one file',
  'yaml-directive': 'a directive such as %YAML',
  'yaml-tab': 'a tab',
  'yaml-character': 'a byte order mark, NUL or another control character',
  'yaml-key': 'a key that is not plain text',
  'yaml-empty': 'a YAML file without content',
  'yaml-too-big': 'a YAML file of more tokens than a definition can need',
  'yaml-too-deep': 'YAML nested deeper than 32 levels',
  'yaml-format': 'a YAML file that is not formatted as --fix writes it',
  // schema
  'unknown-key': 'a key that its file does not have',
  'missing-key': 'a key that its file must have',
  'wrong-type': 'a value of another type than its key wants',
  'bad-value': 'a value that is none of the allowed ones',
  'empty-description': 'a description without text',
  'empty-owner': 'an owner without text',
  'empty-reason': 'a reason without text in allow.yaml',
  'no-columns': 'an empty list of columns',
  'csv-character': 'a CSV delimiter, quote or escape of other than one character',
  'check-kind': 'a check with no kind or with two',
  'retention-days': 'a retention that is not 1 to 36500 days',
  // lake
  timezone: 'a time zone that the IANA list does not have',
  'account-id': 'an account id that has not 12 digits',
  'missing-account': 'an environment on AWS without its account id',
  'region-name': 'a region spelled otherwise than AWS does',
  'environment-prefix': 'a database prefix of other than lower-case letters, digits and underscores',
  'environment-name': 'an environment name of other than lower-case letters, digits, hyphens and underscores',
  'environment-roles': 'an environment that lacks a bucket role which another one has',
  'environment-clash': 'two environments that share an account, a region and a prefix, or a bucket',
  'role-name': 'a bucket role of other than lower-case letters, digits and underscores',
  'bucket-name': "a bucket name against S3's rules",
  'workgroup-name': "a workgroup name against Athena's rules",
  'same-workgroup': 'one workgroup for both queries and loads',
  'topic-name': 'a topic that is no ARN or name of a standard topic of SNS',
  'topic-place': 'a topic of another account or region than its environment, or on AWS without both',
  // names
  'database-name': 'a database name of other than lower-case letters, digits and underscores, or too long',
  'object-name': 'a table or view name of other than lower-case letters, digits and underscores, or too long',
  'column-name': 'a column name of other than lower-case letters, digits and underscores, or too long',
  'reserved-name': 'a database, table or view name that SQL reserves',
  'unknown-database': 'a folder of a database that lake.yaml does not have',
  'table-and-view': 'a table and a view of one name',
  'renamed-from': 'a former name that is no name, the name itself, or that of an object which is there',
  // columns
  'duplicate-column': 'two columns of one name (upper and lower case are one)',
  'partition-repeated': 'a partition column that is a column too',
  'column-type': 'a column type that cannot be read',
  'type-spelling': 'a column type that is not in its one spelling',
  'type-format': 'a column type that the file format cannot hold',
  'partition-type': 'a partition column of a type that no path can hold',
  comment: 'a description that Glue cannot store: a line break, or over 255 bytes for a column (2048 for a table)',
  'sorted-by': 'sorted_by names what is not a column, or one twice',
  // format
  'compression-format': 'a compression that the file format does not have',
  'format-options': 'csv or json settings that the format or its SerDe does not read',
  'load-format': 'a loaded table that is not Parquet',
  'property-reserved': 'a table property that Weir or the format sets itself',
  'property-name': 'a table property with a name or a value that no statement can carry',
  // location
  'unknown-bucket': 'a location in a bucket role that lake.yaml does not have',
  'location-path':
    'a location path with a leading slash, no trailing one, an empty, dotted or hidden part, or odd characters',
  'location-overlap': "a location inside another table's",
  // partitions
  'partition-date': 'a date format that does not spell a day, month or year',
  'partition-date-gap': 'dates that do not determine a year, month or day: dd without MM, MM without yyyy',
  'projection-column': 'a projection of what is not a partition column',
  'projection-missing': 'a partition column that the projection leaves out',
  'projection-type': "a projection type that does not suit the column's type or date format",
  'projection-range': 'a projection range that is turned round or not spelled as the column is',
  'projection-template': 'a projection template that lacks a column, names another or leaves the location',
  'projection-loaded': 'a loaded table with projection (a load publishes by registering partitions)',
  // load
  'load-sql': 'a load without load.sql, or a load.sql without a load',
  'load-start': 'a first day that is no date, or stands where nothing is dated',
  'load-partitions':
    'mode partitions without dated partition columns, mode files without any, or mode replace with partition columns',
  'load-source':
    'mode partitions that reads no table with dated partition columns, or mode files that reads not one landing table',
  'load-rejects':
    'rejects that cannot be told row by row (GROUP BY, DISTINCT, UNION, *), a rejects table that is read by a load, or a name that it takes',
  'load-range': ':from and :to missing in mode partitions, or present in another mode',
  // SQL
  'sql-empty': 'a SQL file without a statement',
  'sql-syntax': 'a syntax error',
  'sql-statements': 'several statements in one file',
  'sql-not-select': 'a statement that is not a SELECT',
  'sql-semicolon': 'a semicolon at the end',
  'sql-format': 'SQL that is not formatted as --fix writes it',
  'sql-too-big': 'a query over 262,144 bytes, the most that Athena takes',
  'sql-too-deep': 'SQL nested deeper, or of more words, than the parser can take',
  'sql-parameter': 'a parameter where nothing fills it: :from and :to outside of loads, :table outside of checks',
  'sql-unqualified': 'a table named without its database',
  'sql-catalog': 'a table named with a catalog',
  'sql-unknown-database': 'a table of a database that lake.yaml does not have',
  'sql-unknown-table': 'a table or view that is not defined',
  'sql-compile': 'a SELECT that the engine refuses: an unknown column or function, types that do not fit',
  'reference-cycle': 'views and loads that need each other',
  'query-name': 'a saved query whose file name is not lower-case letters, digits, underscores and hyphens',
  'query-description': 'a saved query whose first line is not a comment that says what it answers',
  // output
  'output-columns': 'a SELECT that gives other columns than declared, or in another order',
  'output-partitions': 'partition columns missing from the SELECT, or not last and in order',
  'output-name': 'a result column without a name, or two of one name',
  'output-type': 'a result column of another type than declared',
  'view-type': 'a view column whose type is missing, or not one that queries have',
  // checks
  'check-column': 'a check on what is not a column',
  'check-name': 'two checks of one name, or a name of other than lower-case letters, digits and underscores',
  'check-values': 'accepted values of another type than the column, or one twice',
  'check-range': 'a range without bounds, turned round, or of another type than the column',
  'check-regex': 'a pattern that is no regular expression, or on what is not text',
  'check-row-count':
    'a row count without bounds, turned round, in rows and percent at once, or against a source that cannot be counted',
  'check-freshness': 'freshness of a column that holds no days or times',
  'check-relationship': 'a relationship to a table or column that is not there',
  'check-sql': 'a check on a SQL file that is not there, or a SQL file that no check uses',
  // allow
  'backfill-name': 'a backfill whose file name is not lower-case letters, digits, underscores and hyphens',
  'backfill-table': 'a backfill of what is not loaded by days or as a whole, or of one table twice',
  'backfill-days': 'a backfill whose days are no days, turned round, or all left out',
  'allow-object': 'an allow entry for what cannot be meant',
  'allow-change': 'an allow entry for a change that no plan makes',
  'allow-expiry': 'an allow entry that has expired, has no date, or counts for more than 90 days',
  'allow-duplicate': 'two allow entries for one change',
} as const;

const WARNINGS = {
  'empty-folder': 'a folder without files',
  'unused-bucket': 'a bucket role that no table uses',
  'unused-database': 'a database without tables and views',
  'reserved-column': 'a column name that SQL reserves: every query has to quote it',
  'check-unloaded': 'checks on a table that nothing loads: they never run',
} as const;

export type RuleId = keyof typeof ERRORS | keyof typeof WARNINGS;

export interface RuleText {
  readonly id: RuleId;
  readonly severity: Severity;
  /** What the rule finds, as half a sentence. */
  readonly finds: string;
}

export const RULES: readonly RuleText[] = [
  ...entries(ERRORS).map(([id, finds]) => ({ id, severity: 'error' as const, finds })),
  ...entries(WARNINGS).map(([id, finds]) => ({ id, severity: 'warning' as const, finds })),
];

function entries<K extends string>(record: Readonly<Record<K, string>>): readonly (readonly [K, string])[] {
  return Object.entries(record) as [K, string][];
}

/** A finding of a rule; how severe it is the catalogue says. */
export function fault(rule: RuleId, place: Place, message: string, cure: string): Finding {
  return {
    place,
    rule,
    severity: Object.hasOwn(WARNINGS, rule) ? 'warning' : 'error',
    message: cut(message),
    cure: cut(cure),
  };
}

/** A message may quote a file; it stays a message. */
function cut(text: string): string {
  return text.length <= 400 ? text : `${text.slice(0, 400)}...`;
}
