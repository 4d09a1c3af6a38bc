{# Percent of a target, NULL where the target is nil or not stated; rounded so that two builds give the same bytes. #}
{% macro persen(realisasi, target) -%}
    round(100 * cast({{ realisasi }} as double) / nullif(cast({{ target }} as double), 0), 10)
{%- endmacro %}

{#
  Mean of capaian, each capped (setting batas_capaian). Summed as decimals: the order in which threads add does not matter.
  Not least(): it passes over a NULL, and a capaian that is not stated would count as the cap.
#}
{% macro rata_capaian(capaian, batas) -%}
    round(
        cast(
            sum(cast(case when {{ capaian }} > {{ batas }} then {{ batas }} else {{ capaian }} end as decimal(28, 12)))
            as double
        ) / nullif(count({{ capaian }}), 0),
        10
    )
{%- endmacro %}

{# Sum of rupiah; NULL where nothing is stated. #}
{% macro jumlah_rp(kolom) -%}
    cast(sum({{ kolom }}) as decimal(18, 2))
{%- endmacro %}
