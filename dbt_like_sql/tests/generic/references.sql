{# Each key in `keys` (column: dimension) that is not NULL stands in that dimension; those in `required` are never NULL. #}
{% test references(model, keys, required=[]) %}
{%- for column, dimension in keys.items() %}
select
    '{{ column }}' as kolom,
    cast(rujukan.{{ column }} as varchar) as nilai
from {{ model }} as rujukan
left join {{ ref(dimension) }} as dimensi on rujukan.{{ column }} = dimensi.{{ column }}
where
    dimensi.{{ column }} is null
    {%- if column not in required %} and rujukan.{{ column }} is not null{% endif %}
{{ "union all" if not loop.last }}
{%- endfor %}
{% endtest %}
