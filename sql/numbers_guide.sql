-- The statements of docs/numbers.md, taken from that page and run in its order.
\! mkdir -p results && awk '/^```sql$/ { inside = 1; next } /^```$/ { inside = 0 } inside' docs/numbers.md > results/numbers_guide.sql.txt
\i results/numbers_guide.sql.txt
DROP TABLE calls, imported, contacts, contacts_as_written;
