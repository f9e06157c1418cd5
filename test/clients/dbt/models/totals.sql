{{ config(materialized='table', format='parquet', write_compression='snappy') }}
select branch, sum(amount) as amount, count(*) as sales
from {{ ref('sales') }}
group by branch
