{# A text as it is compared: lower case, letters and digits only, single spaces (`pipelines.reference.tables.indicator_key`). #}
{% macro teks_baku(kolom) -%}
    trim(regexp_replace(lower(coalesce({{ kolom }}, '')), '[^\p{L}\p{N}_]+', ' ', 'g'))
{%- endmacro %}

{# The parts of a code (Kepmendagri 900.1.15.5-1317/2023); NULL where the code does not reach that deep. #}
{% macro kode_program(kode) -%}
    nullif(regexp_extract({{ kode }}, '^\d\.\d{2}\.\d{2}'), '')
{%- endmacro %}

{% macro kode_kegiatan(kode) -%}
    nullif(regexp_extract({{ kode }}, '^\d\.\d{2}\.\d{2}\.\d\.\d{2}'), '')
{%- endmacro %}

{#
  A pattern that finds any of the keywords (separated by |) as a word of its own, Indonesian affixes allowed:
  `anggaran` finds penganggaran and anggarannya, `data` finds pendataan but neither datang nor mendatang.
#}
{% macro pola_kata(kata_kunci) -%}
    '\b(?:ke|ter|ber|per|di|pe(?:n|m|ng|ny)?|me(?:n|m|ng|ny)?)?(?:'
    || array_to_string(list_transform(string_split({{ kata_kunci }}, '|'), lambda kata: regexp_escape(lower(trim(kata)))), '|')
    || ')(?:an|kan)?(?:nya)?\b'
{%- endmacro %}

{# Whether column 18 states an obstacle: a dash, a nil or "tidak ada" is none. #}
{% macro ada_kendala(kolom) -%}
    {{ teks_baku(kolom) }} not in ('', '0', 'nihil', 'tidak ada', 'tidak ada kendala')
{%- endmacro %}
