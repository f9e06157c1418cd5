"""PyAthena: the DB-API cursor, dictionary and pandas cursors, parameters in both styles.

Its Arrow cursor reads S3 with an address of its own that no setting changes, so it is not tried here.
"""

import datetime
import decimal
import unittest

import boto3
from pyathena import connect
from pyathena.cursor import DictCursor
from pyathena.error import OperationalError
from pyathena.pandas.cursor import PandasCursor

OUTPUT = "s3://pyathena-results/"
ROWS = """SELECT * FROM (VALUES (1, 'a', DATE '2026-01-31', 1.50, TIMESTAMP '2026-01-01 10:00:00.500'),
  (2, NULL, DATE '2026-02-28', 2.25, NULL)) AS t (id, name, day, amount, at) ORDER BY id"""


def open_connection():
    return connect(s3_staging_dir=OUTPUT, schema_name="pyathena", poll_interval=0.05)


class PyAthena(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        boto3.client("s3").create_bucket(Bucket="pyathena-results")
        boto3.client("glue").create_database(DatabaseInput={"Name": "pyathena"})
        cls.connection = open_connection()

    def test_cursor(self):
        with self.connection.cursor() as cursor:
            cursor.execute(ROWS)
            self.assertEqual([(c[0], c[1]) for c in cursor.description],
                             [("id", "integer"), ("name", "varchar"), ("day", "date"), ("amount", "decimal"), ("at", "timestamp")])
            first, second = cursor.fetchall()
        self.assertEqual(
            first,
            (1, "a", datetime.date(2026, 1, 31), decimal.Decimal("1.50"), datetime.datetime(2026, 1, 1, 10, 0, 0, 500000)),
        )
        self.assertEqual(second, (2, None, datetime.date(2026, 2, 28), decimal.Decimal("2.25"), None))

    def test_pages(self):
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT n FROM UNNEST(sequence(1, 3210)) AS t (n) ORDER BY n")
            self.assertEqual([row[0] for row in cursor], list(range(1, 3211)))

    def test_parameters(self):
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT %(a)s || 'x', %(b)d + 1", {"a": "it's", "b": 41})
            self.assertEqual(cursor.fetchone(), ("it'sx", 42))
            cursor.execute("SELECT ? || 'x'", ["'q'"], paramstyle="qmark")
            self.assertEqual(cursor.fetchone(), ("qx",))

    def test_other_cursors(self):
        with self.connection.cursor(DictCursor) as cursor:
            self.assertEqual(cursor.execute(ROWS).fetchone()["name"], "a")
        frame = self.connection.cursor(PandasCursor).execute(ROWS).as_pandas()
        self.assertEqual(frame["id"].tolist(), [1, 2])
        self.assertEqual(frame["day"].dt.day.tolist(), [31, 28])
        unloaded = self.connection.cursor(PandasCursor, unload=True).execute(ROWS).as_pandas()
        self.assertEqual(sorted(unloaded["id"].tolist()), [1, 2])

    def test_statements_and_refusals(self):
        with self.connection.cursor() as cursor:
            cursor.execute("""CREATE EXTERNAL TABLE plain (id int, name string)
                ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://pyathena-results/plain/'""")
            cursor.execute("INSERT INTO plain VALUES (1, 'x'), (2, 'y')")
            cursor.execute("SELECT count(*), max(name) FROM plain")
            self.assertEqual(cursor.fetchall(), [(2, "y")])
            cursor.execute("SHOW TABLES")
            self.assertIn(("plain",), cursor.fetchall())
            cursor.execute("DESCRIBE plain")
            self.assertEqual(len(cursor.fetchall()), 2)
            cursor.execute("DROP TABLE plain")
            with self.assertRaisesRegex(OperationalError, "TABLE_NOT_FOUND"):
                cursor.execute("SELECT * FROM plain")


if __name__ == "__main__":
    unittest.main()
