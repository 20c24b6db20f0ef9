CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT UNIQUE, weight REAL, parent REFERENCES t(id));
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
INSERT INTO t SELECT i, 'n' || (i * 7919 % 2003), i * 1.25 / 3, nullif(i / 2, 0) FROM n;
CREATE INDEX by_weight ON t(weight DESC) WHERE id % 3 = 0;
CREATE TRIGGER log AFTER UPDATE ON t BEGIN INSERT OR IGNORE INTO t(name, weight) VALUES ('u' || new.id, old.weight); END;
UPDATE t SET weight = weight * 2 WHERE id % 10 = 0;
DELETE FROM t WHERE id BETWEEN 100 AND 150;
SELECT count(*), sum(weight), min(name), max(name), avg(length(name)) FROM t;
SELECT name, weight, rank() OVER (ORDER BY weight DESC) AS place FROM t WHERE id % 3 = 0 LIMIT 10;
WITH RECURSIVE up(id, depth) AS (SELECT 1999, 0 UNION ALL SELECT parent, depth + 1 FROM t JOIN up USING (id) WHERE parent IS NOT NULL)
SELECT group_concat(id, ' > '), max(depth) FROM up;
SELECT a.id % 7 AS k, count(*), printf('%.3f', total(b.weight)) FROM t a LEFT JOIN t b ON b.parent = a.id GROUP BY k HAVING count(*) > 5 ORDER BY 3 DESC;
EXPLAIN QUERY PLAN SELECT * FROM t WHERE name LIKE 'n1%' OR weight > 100 ORDER BY weight;
BEGIN; DELETE FROM t; SELECT count(*) FROM t; ROLLBACK;
SELECT json_extract('{"a":[1,{"b":2.5e3}]}', '$.a[1].b'), strftime('%Y-%m-%d', 1e9, 'unixepoch'), hex(zeroblob(4)), quote(x'00ff'), 9223372036854775807 + 1;
PRAGMA integrity_check;
VACUUM;
SELECT nothing FROM nowhere;
