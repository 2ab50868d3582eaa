-- Fills a station that has one publication, one list and five issues or more, each with one edition (ids from 1), with
-- READERS readers, and lets the first five issues have gone to all of them: what the desk is measured on (desk.rs).
-- READERS is replaced before it runs.

PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -1500000;
PRAGMA foreign_keys = OFF;
BEGIN;

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < READERS)
INSERT INTO subscriber (id, address, address_key, lane, name, person, added_at)
SELECT i + 100, address, address, substr(address, instr(address, '@') + 1), name,
       json_object('name', name, 'organisation', unit), 0
FROM (SELECT i,
             substr('zhanglichenwangzhaoliuyanghuangzhouwu', 1 + i % 31, 5) || i || '@'
             || CASE i % 4 WHEN 0 THEN 'qq.com' WHEN 1 THEN '163.com' ELSE 'unit' || (i % 5000) || '.example' END AS address,
             substr('李王张刘陈杨赵黄周吴徐孙', 1 + i % 12, 1) || substr('明华静伟芳建国丽娟志强晓燕文博', 1 + i / 12 % 15, 1 + i % 2) AS name,
             '云泽市第' || (i % 5000) || substr('科技局研究所材料厂大学城管委会', 1 + i % 13, 3) AS unit
      FROM n);

INSERT INTO subscription (list_id, subscriber_id, state, basis, why, since)
SELECT 1, id, iif(id % 50 = 0, 'ended', 'active'), 'duty', iif(id % 50 = 0, 'left', NULL), 0 FROM subscriber WHERE id > 100;

INSERT INTO dispatch (id, edition_id, issue_id, round, lists, at, phase, opened_at, closed_at, audience, tally, planned_by, planned_at, counted_from)
SELECT 100 + value, value, value, 0, '[1]', value * 600000000, 'closed', value * 600000000, value * 600000000 + 7200000,
       (SELECT count(*) FROM subscriber WHERE id > 100 AND id % 50 <> 0), '{}', 'station', 0, 0
FROM json_each('[1,2,3,4,5]');

INSERT INTO dispatch_list (dispatch_id, list_id) SELECT id, 1 FROM dispatch WHERE id > 100;

INSERT INTO delivery (purpose, dispatch_id, edition_id, issue_id, round, subscriber_id, address, name, lane, state, since,
                      attempts, tries, why, moved_at)
SELECT 'issue', p.id, p.edition_id, p.issue_id, 0, s.id, s.address, s.name, s.lane,
       CASE s.id % 100 WHEN 7 THEN 'failed' WHEN 8 THEN 'skipped' WHEN 9 THEN 'expired' ELSE 'accepted' END, p.at,
       iif(s.id % 100 = 8, 0, 1), iif(s.id % 100 = 8, 0, 1),
       CASE s.id % 100 WHEN 7 THEN '550 5.1.1 no such user' WHEN 8 THEN 'left' WHEN 9 THEN '452 4.2.2 mailbox full' END,
       p.at + s.id % 7200 * 1000
FROM dispatch AS p JOIN subscriber AS s ON s.id > 100 AND s.id % 50 <> 0 WHERE p.id > 100 ORDER BY p.id, s.id;

INSERT INTO attempt (delivery_id, number, at, relay, stage, code, enhanced, text, verdict, scope, counted, duration_ms)
SELECT id, 1, moved_at, 'relay', iif(state = 'accepted', 'dot', 'rcpt'), CASE state WHEN 'accepted' THEN 250 WHEN 'failed' THEN 550 ELSE 452 END, NULL,
       coalesce(why, '2.0.0 queued'), CASE state WHEN 'accepted' THEN 'accepted' WHEN 'failed' THEN 'refused' ELSE 'later' END,
       iif(state = 'accepted', NULL, 'recipient'), 1, 40
FROM delivery WHERE dispatch_id > 100 AND tries > 0;

UPDATE dispatch SET tally = (SELECT json_group_object(state, n) FROM (SELECT state, count(*) AS n FROM delivery AS d
                                                                      WHERE d.dispatch_id = dispatch.id GROUP BY state)) WHERE id > 100;

COMMIT;
PRAGMA journal_mode = WAL;
