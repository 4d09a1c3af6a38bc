{# Each column in `values` (column: list) holds one of its values, or NULL. #}
{% test accepted(model, values) %}
{%- for column, allowed in values.items() %}
select
    '{{ column }}' as kolom,
    cast({{ column }} as varchar) as nilai
from {{ model }}
where {{ column }} not in ({% for value in allowed %}'{{ value }}'{{ ", " if not loop.last }}{% endfor %})
{{ "union all" if not loop.last }}
{%- endfor %}
{% endtest %}
