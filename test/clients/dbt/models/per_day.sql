{{ config(materialized='view') }}
select day, sum(amount) as amount from {{ ref('daily') }} group by day
