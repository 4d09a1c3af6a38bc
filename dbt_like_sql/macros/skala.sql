{#
  Whether a percent falls into a class of the T-E.1 scale (Permendagri 86/2017): lower bound inclusive, upper exclusive, an open bound NULL.
  The factor is the noise of binary floats, as in `pipelines.quality.figures.grade`.
#}
{% macro dalam_kelas(persen, skala) -%}
    {{ persen }} * (1 + 1e-9) >= coalesce({{ skala }}.batas_bawah, '-infinity'::double)
    and {{ persen }} * (1 + 1e-9) < coalesce({{ skala }}.batas_atas, 'infinity'::double)
{%- endmacro %}

{# Absorption against the month's bounds: merah below the lower, kuning up to the upper, hijau above; NULL where there are no bounds. #}
{% macro status_serapan(persen, batas) -%}
    case
        when {{ persen }} < {{ batas }}.batas_bawah then 'merah'
        when {{ persen }} <= {{ batas }}.batas_atas then 'kuning'
        when {{ persen }} > {{ batas }}.batas_atas then 'hijau'
    end
{%- endmacro %}
