{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partitioned_by=['day'], format='parquet') }}
select branch, amount * {{ var('factor', 1) }} as amount, cast(day as varchar) as day
from {{ ref('sales') }}
{% if is_incremental() %}
where cast(day as varchar) >= (select max(day) from {{ this }})
{% endif %}
