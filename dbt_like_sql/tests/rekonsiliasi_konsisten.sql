-- The difference of a reconciliation row is what the form states less the sum of its children, to the rupiah's cent.
select *
from {{ ref('mart_rekonsiliasi') }}
where selisih is distinct from dilaporkan - jumlah_anak
