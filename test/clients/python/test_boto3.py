"""boto3: S3 with multipart and paging, Glue with paging and version checks, Athena with pages of results."""

import io
import time
import unittest

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

s3 = boto3.client("s3")
glue = boto3.client("glue")
athena = boto3.client("athena")
OUTPUT = {"OutputLocation": "s3://boto3-results/"}


def query(sql, **more):
    started = athena.start_query_execution(QueryString=sql, ResultConfiguration=OUTPUT, **more)
    while True:
        execution = athena.get_query_execution(QueryExecutionId=started["QueryExecutionId"])["QueryExecution"]
        state = execution["Status"]["State"]
        if state == "SUCCEEDED":
            return execution
        if state in ("FAILED", "CANCELLED"):
            raise RuntimeError(execution["Status"]["StateChangeReason"])
        time.sleep(0.05)


def rows(execution):
    pages = athena.get_paginator("get_query_results").paginate(
        QueryExecutionId=execution["QueryExecutionId"], PaginationConfig={"PageSize": 100}
    )
    found = [[cell.get("VarCharValue") for cell in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]]
    return found[1:]


class Boto3(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for bucket in ("boto3-data", "boto3-results"):
            s3.create_bucket(Bucket=bucket)

    def test_objects(self):
        body = b"0123456789abcdef" * (9 * 1024 * 1024 // 16)
        s3.upload_fileobj(
            io.BytesIO(body),
            "boto3-data",
            "big/object",
            ExtraArgs={"Metadata": {"owner": "team"}, "ContentType": "text/x-own"},
            Config=TransferConfig(multipart_threshold=5 * 1024 * 1024, multipart_chunksize=5 * 1024 * 1024),
        )
        head = s3.head_object(Bucket="boto3-data", Key="big/object")
        self.assertEqual(head["ContentLength"], len(body))
        self.assertEqual(head["Metadata"], {"owner": "team"})
        self.assertEqual(head["ContentType"], "text/x-own")
        self.assertRegex(head["ETag"], r'^"[0-9a-f]{32}-2"$')
        read = io.BytesIO()
        s3.download_fileobj("boto3-data", "big/object", read)
        self.assertEqual(read.getvalue(), body)
        part = s3.get_object(Bucket="boto3-data", Key="big/object", Range="bytes=16-19")
        self.assertEqual(part["Body"].read(), b"0123")
        s3.copy({"Bucket": "boto3-data", "Key": "big/object"}, "boto3-data", "copy of/object é+%")
        self.assertEqual(s3.head_object(Bucket="boto3-data", Key="copy of/object é+%")["ContentLength"], len(body))

    def test_conditions_and_errors(self):
        s3.put_object(Bucket="boto3-data", Key="once", Body=b"a", IfNoneMatch="*")
        with self.assertRaises(ClientError) as taken:
            s3.put_object(Bucket="boto3-data", Key="once", Body=b"b", IfNoneMatch="*")
        self.assertEqual(taken.exception.response["Error"]["Code"], "PreconditionFailed")
        with self.assertRaises(s3.exceptions.NoSuchKey):
            s3.get_object(Bucket="boto3-data", Key="missing")
        with self.assertRaises(s3.exceptions.NoSuchBucket):
            s3.list_objects_v2(Bucket="boto3-nowhere")

    def test_lists(self):
        keys = [f"list/{number:03}/x" for number in range(25)]
        for key in keys:
            s3.put_object(Bucket="boto3-data", Key=key, Body=b"")
        paginator = s3.get_paginator("list_objects_v2")
        pages = list(paginator.paginate(Bucket="boto3-data", Prefix="list/", PaginationConfig={"PageSize": 10}))
        self.assertEqual([len(page["Contents"]) for page in pages], [10, 10, 5])
        self.assertEqual([entry["Key"] for page in pages for entry in page["Contents"]], keys)
        folders = list(paginator.paginate(Bucket="boto3-data", Prefix="list/", Delimiter="/"))
        self.assertEqual(len(folders[0]["CommonPrefixes"]), 25)
        deleted = s3.delete_objects(Bucket="boto3-data", Delete={"Objects": [{"Key": key} for key in keys]})
        self.assertEqual(len(deleted["Deleted"]), 25)
        self.assertEqual(s3.list_objects_v2(Bucket="boto3-data", Prefix="list/")["KeyCount"], 0)

    def test_catalog(self):
        glue.create_database(DatabaseInput={"Name": "boto3_catalog", "Description": "by hand"})
        storage = {
            "Columns": [{"Name": "id", "Type": "bigint", "Comment": "key"}],
            "Location": "s3://boto3-data/catalog/",
            "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
        }
        table = {
            "Name": "t",
            "TableType": "EXTERNAL_TABLE",
            "PartitionKeys": [{"Name": "day", "Type": "string"}],
            "StorageDescriptor": storage,
        }
        glue.create_table(DatabaseName="boto3_catalog", TableInput=table)
        with self.assertRaises(glue.exceptions.AlreadyExistsException):
            glue.create_table(DatabaseName="boto3_catalog", TableInput=table)
        version = glue.get_table(DatabaseName="boto3_catalog", Name="t")["Table"]["VersionId"]
        glue.update_table(DatabaseName="boto3_catalog", TableInput={**table, "Description": "one"}, VersionId=version)
        with self.assertRaises(glue.exceptions.ConcurrentModificationException):
            glue.update_table(DatabaseName="boto3_catalog", TableInput=table, VersionId=version)
        partitions = [{"Values": [f"2026-01-{day:02}"], "StorageDescriptor": storage} for day in range(1, 31)]
        made = glue.batch_create_partition(DatabaseName="boto3_catalog", TableName="t", PartitionInputList=partitions)
        self.assertEqual(made["Errors"], [])
        again = glue.batch_create_partition(
            DatabaseName="boto3_catalog", TableName="t", PartitionInputList=partitions[:1]
        )
        self.assertEqual(again["Errors"][0]["ErrorDetail"]["ErrorCode"], "AlreadyExistsException")
        pages = glue.get_paginator("get_partitions").paginate(
            DatabaseName="boto3_catalog", TableName="t", Expression="day >= '2026-01-10'", PaginationConfig={"PageSize": 10}
        )
        counts = [len(page["Partitions"]) for page in pages]
        self.assertEqual(sum(counts), 21)
        self.assertGreater(len([count for count in counts if count]), 2)

    def test_infrastructure_is_read_back_as_it_was_made(self):
        """The calls by which tools that keep infrastructure see whether something differs: Terraform's provider makes them."""
        glue.create_database(DatabaseInput={"Name": "boto3_infra", "Parameters": {"a": "b"}}, Tags={"team": "x"})
        arn = "arn:aws:glue:us-east-1:000000000000:database/boto3_infra"
        self.assertEqual(glue.get_tags(ResourceArn=arn)["Tags"], {"team": "x"})
        table = {
            "Name": "t",
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"EXTERNAL": "TRUE", "parquet.compression": "SNAPPY"},
            "Retention": 0,
            "PartitionKeys": [{"Name": "d", "Type": "string", "Comment": ""}],
            "StorageDescriptor": {
                "Location": "s3://boto3-data/infra",
                "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
                "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
                "Columns": [{"Name": "a", "Type": "int", "Comment": "", "Parameters": {"k": "v"}}],
                "Compressed": False,
                "NumberOfBuckets": 0,
                "StoredAsSubDirectories": False,
                "SerdeInfo": {"Name": "s", "SerializationLibrary": "l", "Parameters": {"serialization.format": "1"}},
                "SkewedInfo": {
                    "SkewedColumnNames": [],
                    "SkewedColumnValues": [],
                    "SkewedColumnValueLocationMaps": {},
                },
            },
        }
        glue.create_table(DatabaseName="boto3_infra", TableInput=table)
        read = glue.get_table(DatabaseName="boto3_infra", Name="t")["Table"]
        self.assertEqual({key: read.get(key) for key in table}, table)
        index = {"Keys": ["d"], "IndexName": "by_day"}
        glue.create_partition_index(DatabaseName="boto3_infra", TableName="t", PartitionIndex=index)
        found = glue.get_partition_indexes(DatabaseName="boto3_infra", TableName="t")["PartitionIndexDescriptorList"]
        self.assertEqual([each["IndexName"] for each in found], ["by_day"])
        configuration = {
            "EnforceWorkGroupConfiguration": True,
            "PublishCloudWatchMetricsEnabled": True,
            "BytesScannedCutoffPerQuery": 10485760,
            "ResultConfiguration": {**OUTPUT, "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"}},
        }
        tags = [{"Key": "team", "Value": "x"}]
        athena.create_work_group(Name="boto3-infra", Configuration=configuration, Tags=tags)
        read = athena.get_work_group(WorkGroup="boto3-infra")["WorkGroup"]["Configuration"]
        self.assertEqual({key: read.get(key) for key in configuration}, configuration)
        arn = "arn:aws:athena:us-east-1:000000000000:workgroup/boto3-infra"
        self.assertEqual(athena.list_tags_for_resource(ResourceARN=arn)["Tags"], tags)
        absent = {
            "get_bucket_policy": "NoSuchBucketPolicy",
            "get_bucket_cors": "NoSuchCORSConfiguration",
            "get_bucket_website": "NoSuchWebsiteConfiguration",
            "get_bucket_lifecycle_configuration": "NoSuchLifecycleConfiguration",
            "get_bucket_replication": "ReplicationConfigurationNotFoundError",
            "get_object_lock_configuration": "ObjectLockConfigurationNotFoundError",
            "get_bucket_tagging": "NoSuchTagSet",
        }
        for operation, code in absent.items():
            with self.assertRaises(ClientError) as refused:
                getattr(s3, operation)(Bucket="boto3-data")
            self.assertEqual(refused.exception.response["Error"]["Code"], code)
        for operation in ("acl", "versioning", "accelerate_configuration", "request_payment", "logging", "encryption"):
            getattr(s3, f"get_bucket_{operation}")(Bucket="boto3-data")

    def test_queries(self):
        query("CREATE DATABASE boto3_db")
        query(
            """CREATE TABLE boto3_db.numbers WITH (format = 'PARQUET', external_location = 's3://boto3-data/numbers/')
            AS SELECT n, n % 7 AS seventh, CAST(n AS decimal(10, 2)) / 4 AS quarter
            FROM UNNEST(sequence(1, 2500)) AS t (n)"""
        )
        execution = query("SELECT n, quarter FROM numbers ORDER BY n", QueryExecutionContext={"Database": "boto3_db"})
        found = rows(execution)
        self.assertEqual(len(found), 2500)
        self.assertEqual([found[0], found[1], found[-1]], [["1", "0.25"], ["2", "0.50"], ["2500", "625.00"]])
        self.assertGreater(execution["Statistics"]["DataScannedInBytes"], 0)
        bucket, key = execution["ResultConfiguration"]["OutputLocation"][5:].split("/", 1)
        text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        self.assertTrue(text.startswith('"n","quarter"\n"1","0.25"\n'), text[:60])

    def test_parameters_tokens_and_refusals(self):
        asked = query("SELECT ? + 1, upper(?)", ExecutionParameters=["41", "'x'"])
        self.assertEqual(rows(asked), [["42", "X"]])
        token = "0123456789abcdef0123456789abcdef"
        first = query("SELECT 1", ClientRequestToken=token)
        second = query("SELECT 1", ClientRequestToken=token)
        self.assertEqual(first["QueryExecutionId"], second["QueryExecutionId"])
        with self.assertRaisesRegex(RuntimeError, "TYPE_MISMATCH"):
            query("SELECT DATE '2026-01-01' = 'x'")
        with self.assertRaisesRegex(RuntimeError, "COLUMN_NOT_FOUND"):
            query("SELECT missing FROM (SELECT 1 AS present)")


if __name__ == "__main__":
    unittest.main()
