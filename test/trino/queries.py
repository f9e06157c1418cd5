"""Prints the queries of a benchmark as JSON: the first statement below each heading, in Trino's dialect.

The texts are in the source distribution of sqlglot: `-- TPC-H 1`, the query, and then the answer of its optimizer,
which is left out. Some compare a date with a string, which Trino refuses; `typed` is the query with such strings as
dates, and with one column as the specification of TPC-DS calls it, so that there are rows to compare as well.
"""

import json
import re
import sys

import sqlglot
from sqlglot import exp

DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
HEADING = re.compile(r"^-- *TPC-(?:H|DS) (\d+)\s*$", re.MULTILINE)



def typed(node):
    if isinstance(node, exp.Column) and node.name.lower() == "c_last_review_date":
        return exp.column(node.name + "_sk", table=node.args.get("table"))
    if isinstance(node, exp.Literal) and node.is_string and not isinstance(node.parent, exp.Cast):
        day = DAY.fullmatch(node.name)
        if day:
            return exp.cast(exp.Literal.string("%s-%02d-%02d" % (day[1], int(day[2]), int(day[3]))), "date")
    return node


with open(sys.argv[1], encoding="utf-8") as file:
    pieces = HEADING.split(file.read())
queries = []
for number, text in zip(pieces[1::2], pieces[2::2]):
    lines = [line for line in text.splitlines() if not line.startswith(("--", "#"))]
    statement = sqlglot.parse("\n".join(lines))[0]
    sql, with_types = (each.sql("trino", comments=False) for each in (statement, statement.transform(typed)))
    queries.append({"number": int(number), "sql": sql, "typed": with_types})
json.dump(queries, sys.stdout)
