{#
    Tables are built in place. dbt's own materialization builds beside and renames, so that a table that is there stays readable; our build
    file is always new and nobody reads it before it is published, so that costs two statements and a commit a table for nothing.
    A file that a build has been in before (by hand) has its table replaced.
#}
{% materialization table, adapter="duckdb", supported_languages=["sql"] %}
    {%- set target_relation = this.incorporate(type="table") -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {{ drop_relation_if_exists(load_cached_relation(this)) }}
    {% call statement("main") -%}
        {{ create_table_as(False, target_relation, compiled_code) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
