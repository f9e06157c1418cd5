"""awswrangler: queries with and without CTAS and UNLOAD, data frames written with a catalog, catalog functions."""

import datetime
import unittest

import awswrangler as wr
import boto3
import pandas as pd

BUCKET = "wrangler-data"
OUTPUT = "s3://wrangler-data/results/"
DATABASE = "wrangler"


def frame(days, offset=0):
    return pd.DataFrame(
        {
            "id": [index + offset for index in range(len(days))],
            "name": [f"n{index}, \"é\"" for index in range(len(days))],
            "amount": [index / 4 for index in range(len(days))],
            "at": [datetime.datetime(2026, 1, 1, 12, 30, index) for index in range(len(days))],
            "day": days,
        }
    )


def read(sql, **more):
    return wr.athena.read_sql_query(sql, database=DATABASE, **{"s3_output": OUTPUT, **more})


class AwsWrangler(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        wr.catalog.create_database(DATABASE, exist_ok=True)

    def write(self, table, data, mode, **more):
        return wr.s3.to_parquet(
            data,
            path=f"s3://{BUCKET}/{table}/",
            dataset=True,
            database=DATABASE,
            table=table,
            mode=mode,
            partition_cols=["day"],
            **more,
        )

    def test_write_modes(self):
        self.write("modes", frame(["2026-01-01", "2026-01-01", "2026-01-02"]), "overwrite")
        count = "SELECT day, count(*) AS n, sum(id) AS ids FROM modes GROUP BY day ORDER BY day"
        self.assertEqual(read(count).values.tolist(), [["2026-01-01", 2, 1], ["2026-01-02", 1, 2]])
        self.write("modes", frame(["2026-01-02", "2026-01-03"], 10), "append")
        self.assertEqual(
            read(count).values.tolist(), [["2026-01-01", 2, 1], ["2026-01-02", 2, 12], ["2026-01-03", 1, 11]]
        )
        self.write("modes", frame(["2026-01-02"], 100), "overwrite_partitions")
        self.assertEqual(
            read(count).values.tolist(), [["2026-01-01", 2, 1], ["2026-01-02", 1, 100], ["2026-01-03", 1, 11]]
        )
        self.write("modes", frame(["2026-02-01"]), "overwrite")
        self.assertEqual(read(count).values.tolist(), [["2026-02-01", 1, 0]])

    def test_read_in_all_ways(self):
        data = frame(["2026-01-01", "2026-01-02", "2026-01-03"])
        self.write("ways", data, "overwrite")
        sql = "SELECT id, name, amount, at, day FROM ways ORDER BY id"
        want = [[row[0], row[1], row[2], pd.Timestamp(row[3]), row[4]] for row in data.values.tolist()]
        unload = {"ctas_approach": False, "unload_approach": True, "s3_output": f"s3://{BUCKET}/unloaded/"}
        for way in ({"ctas_approach": True}, {"ctas_approach": False}, unload):
            with self.subTest(way=way):
                got = read(sql, **way).sort_values("id")
                self.assertEqual(got.values.tolist(), want)
        chunks = list(read(sql, ctas_approach=False, chunksize=2))
        self.assertEqual([len(chunk) for chunk in chunks], [2, 1])
        table = wr.athena.read_sql_table("ways", database=DATABASE, s3_output=OUTPUT)
        self.assertEqual(len(table), 3)
        named = read("SELECT id FROM ways WHERE name = :name", params={"name": "n1, \"é\""}, paramstyle="named")
        self.assertEqual(named["id"].tolist(), [1])
        # the temporary tables of the CTAS approach are gone again
        self.assertEqual([t for t in wr.catalog.tables(database=DATABASE)["Table"] if t.startswith("temp_table")], [])

    def test_types(self):
        sql = """SELECT CAST(1 AS tinyint) AS a, CAST(2.50 AS decimal(10, 2)) AS b, DATE '2026-01-31' AS c,
            true AS d, CAST(NULL AS varchar) AS e, ARRAY[1, 2] AS f, CAST(0.5 AS real) AS g"""
        got = read(sql, ctas_approach=True).iloc[0]
        self.assertEqual(got["a"], 1)
        self.assertEqual(str(got["b"]), "2.50")
        self.assertEqual(got["c"], datetime.date(2026, 1, 31))
        self.assertTrue(got["d"])
        self.assertTrue(pd.isna(got["e"]))
        self.assertEqual(list(got["f"]), [1, 2])
        self.assertEqual(got["g"], 0.5)

    def test_catalog(self):
        self.write(
            "described",
            frame(["2026-01-01", "2026-01-02"]),
            "overwrite",
            glue_table_settings={"description": "rows of a test", "columns_comments": {"id": "a key"}},
        )
        self.assertIn(DATABASE, wr.catalog.databases()["Database"].tolist())
        self.assertTrue(wr.catalog.does_table_exist(database=DATABASE, table="described"))
        self.assertFalse(wr.catalog.does_table_exist(database=DATABASE, table="nowhere"))
        self.assertEqual(wr.catalog.get_table_description(DATABASE, "described"), "rows of a test")
        self.assertEqual(wr.catalog.get_columns_comments(DATABASE, "described")["id"], "a key")
        types = wr.catalog.get_table_types(database=DATABASE, table="described")
        self.assertEqual(types, {"id": "bigint", "name": "string", "amount": "double", "at": "timestamp", "day": "string"})
        partitions = wr.catalog.get_parquet_partitions(database=DATABASE, table="described")
        self.assertEqual(sorted(values[0] for values in partitions.values()), ["2026-01-01", "2026-01-02"])
        one = wr.catalog.get_partitions(database=DATABASE, table="described", expression="day = '2026-01-02'")
        self.assertEqual(len(one), 1)
        self.assertIn("described", [t["Name"] for t in wr.catalog.search_tables(text="described")])
        self.assertIn("rows of a test", wr.catalog.tables(database=DATABASE)["Description"].tolist())
        wr.catalog.upsert_table_parameters({"own": "value"}, database=DATABASE, table="described")
        self.assertEqual(wr.catalog.get_table_parameters(DATABASE, "described")["own"], "value")
        self.assertTrue(wr.catalog.delete_table_if_exists(database=DATABASE, table="described"))
        self.assertFalse(wr.catalog.does_table_exist(database=DATABASE, table="described"))

    def test_statements(self):
        wr.athena.start_query_execution(
            "CREATE OR REPLACE VIEW v AS SELECT 1 AS one", database=DATABASE, s3_output=OUTPUT, wait=True
        )
        self.assertEqual(read("SELECT * FROM v").values.tolist(), [[1]])
        self.assertEqual(
            wr.athena.describe_table("v", database=DATABASE, s3_output=OUTPUT)["Column Name"].tolist(), ["one"]
        )
        wr.athena.create_ctas_table(
            "SELECT 1 AS id, 'x' AS day", database=DATABASE, ctas_table="made", s3_output=OUTPUT, wait=True
        )
        shown = wr.athena.show_create_table("made", database=DATABASE, s3_output=OUTPUT)
        self.assertIn("CREATE EXTERNAL TABLE `wrangler.made`", shown)
        self.assertEqual(read("SELECT * FROM made", ctas_approach=False).values.tolist(), [[1, "x"]])
        with self.assertRaises(wr.exceptions.QueryFailed):
            read("SELECT nothing FROM made", ctas_approach=False)


if __name__ == "__main__":
    unittest.main()
