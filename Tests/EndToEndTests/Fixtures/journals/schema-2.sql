PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, tminus TEXT NOT NULL,
    applied INTEGER NOT NULL
) STRICT;
INSERT INTO schema VALUES(1,'001_journal','0.1.0',1795254173000);
INSERT INTO schema VALUES(2,'002_control','0.1.0',1795254173000);
CREATE TABLE runs (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL UNIQUE,
    pipeline TEXT NOT NULL,
    service TEXT NOT NULL,
    environment TEXT NOT NULL,
    person TEXT NOT NULL,
    submitted INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    status TEXT NOT NULL,
    ended INTEGER,
    headline TEXT NOT NULL,
    CHECK ((ended IS NULL) = (status IN ('running', 'waiting', 'paused', 'rollingBack')))
) STRICT;
INSERT INTO runs VALUES(1,'done-1','done','done','test','root',1795254174030,8,X'cc11a254a9758268f39b13fe9251958f456fd3dc8bef78997cec092847809a22','succeeded',1795254174044,'the one step is done');
INSERT INTO runs VALUES(2,'failed-1','failed','failed','test','root',1795254174988,7,X'705bf8c71280036f3d6d8f32ae55b89b5585fba87e4fa683675fdf913b2b2bfc','failed',1795254175003,'one failed: exit 1; there was nothing to roll back');
INSERT INTO runs VALUES(3,'back-1','back','back','test','root',1795254176009,17,X'1458c9ec9c4382791c525fffbdb36998c312a7e416804780909c5ce8d22a8271','rolledBack',1795254176115,'two failed: exit 1');
INSERT INTO runs VALUES(4,'gate-1','gate','gate','test','root',1795254177033,4,X'd8254be8bf3a687b41e583acf7129e53cad0a92503cea57c04a3e581ce08d9c1','waiting',NULL,'go waits for approval: root');
INSERT INTO runs VALUES(5,'window-1','window','window','test','root',1795254178060,3,X'99eb3dfa9491c753065ffc56f897afbfa2981c6488527ed1ed71365bdc116063','waiting',NULL,'T-0 waits for its window, in 17h17m');
INSERT INTO runs VALUES(6,'held-1','held','held','test','root',1795254178961,7,X'3e3e8b1a05eec3e08093f37f4d7170e28eddaa69ba44edb25f1ce807af136cd2','waiting',NULL,'one failed: exit 1');
INSERT INTO runs VALUES(7,'unknown-1','unknown','unknown','test','root',1795254179834,8,X'9c28a299befc654777c6959949e885c2131a482ab711548d60065a450bb3a2ad','waiting',NULL,'one may or may not have been done: it began, but what supervised it was killed before it recorded a result');
INSERT INTO runs VALUES(8,'undoing-1','undoing','undoing','test','root',1795254180749,15,X'4b67f8a2f25094840c707f4754a75b8d46fdad18c5a66a7c4b6e62c165fff3a9','rollingBack',NULL,'two failed: exit 1');
INSERT INTO runs VALUES(9,'closed-1','closed','closed','test','root',1795254181653,7,X'a52b7c034801bda397d6243b110e43e289401d1e66a90994bd1ca6a9aeeca282','waiting',NULL,'go waits for approval: root');
INSERT INTO runs VALUES(10,'queued-1','queued','gate','test','root',1795254182576,2,X'9f5ef8ce99078c3150efdf81ca70120244cf9668dfce1921733526b4cd82e9a8','waiting',NULL,'waits for gate-1, which holds gate in test');
INSERT INTO runs VALUES(11,'paused-1','paused','paused','test','root',1795254183459,5,X'd916a603f1bfee0bf51205e543b18604c20d82a9052156cc92c853943205909a','paused',NULL,'paused by root: lunch');
INSERT INTO runs VALUES(12,'phases-1','phases','phases','test','root',1795254184237,8,X'12906bcb9058ba9140413dd50ce259b793293aaf6021bbee3c3bba670aa56050','paused',NULL,'paused by root: asked to stop after T-1');
CREATE TABLE events (
    run TEXT NOT NULL REFERENCES runs (run),
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    at INTEGER NOT NULL,
    line TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (run, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO events VALUES('back-1',1,1795254176009,'{"sequence":1,"atMilliseconds":1795254176009,"type":"runSubmitted","run":"back-1","by":"root","digest":"ead104aade1b8cf5a0f0e99f7b0b54d3e35e0efc0dbfccacd6a10e2b83071746","plan":{"pipeline":"back","service":"back","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/true"]}},"rollback":{"type":"command","command":{"argv":["/bin/true"]}}},{"name":"two","needs":["one"],"kind":{"type":"run","command":{"argv":["/bin/false"]}},"rollback":{"type":"command","command":{"argv":["/bin/true"]}}}]}}',X'2cda0451e92b2e4b624723d25ca4192df188167a564d0d3b32b52f94b2859a90');
INSERT INTO events VALUES('back-1',2,1795254176010,'{"sequence":2,"atMilliseconds":1795254176010,"type":"runStarted"}',X'd7796f0cd1bfcec46ba6fbd123782dd4e85f8fdde2c2248371aae2f8d8ffd30f');
INSERT INTO events VALUES('back-1',3,1795254176010,'{"sequence":3,"atMilliseconds":1795254176010,"type":"phaseStarted","phase":"T-0"}',X'b005d19cd1b789473f21023f5de7cdd4ff5e0aad8d54bb629602967fae588216');
INSERT INTO events VALUES('back-1',4,1795254176010,'{"sequence":4,"atMilliseconds":1795254176010,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'244f03dc3cff9b4fc5c747cab47fe07db42a8959f5deabc22c7a6d132a628eb4');
INSERT INTO events VALUES('back-1',5,1795254176028,'{"sequence":5,"atMilliseconds":1795254176028,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":1}}',X'a19ccdd43b49de0696d8a144ee31c301e87f542047b90c6f706db3c4b9dec298');
INSERT INTO events VALUES('back-1',6,1795254176028,'{"sequence":6,"atMilliseconds":1795254176028,"type":"stepSucceeded","step":"one"}',X'66b6d34b382a6257325f62749fd5345ecd76aeaf9955b1ceae8dd59d1a6af2ea');
INSERT INTO events VALUES('back-1',7,1795254176028,'{"sequence":7,"atMilliseconds":1795254176028,"type":"attemptStarting","step":"two","role":"forward","number":1}',X'874d96a0ace2342ac0eb8100a5542dd0125cc8dd91a5324b10f79007b64c039c');
INSERT INTO events VALUES('back-1',8,1795254176075,'{"sequence":8,"atMilliseconds":1795254176075,"type":"attemptEnded","step":"two","role":"forward","number":1,"result":{"end":{"type":"exited","code":1},"elapsedMilliseconds":40}}',X'7651ff86b2952fc752e59ef6e39a90af07381bc832ea4348a1ee7dcaa03b2e78');
INSERT INTO events VALUES('back-1',9,1795254176075,'{"sequence":9,"atMilliseconds":1795254176075,"type":"stepFailed","step":"two","cause":{"type":"exit","code":1},"reason":"exit 1"}',X'c60f0f80ecbd33ee23ba85bdc6887399335ab3bd3e19aa4d4c08d0c04061c348');
INSERT INTO events VALUES('back-1',10,1795254176075,'{"sequence":10,"atMilliseconds":1795254176075,"type":"rollbackStarted","cause":{"type":"stepFailed","step":"two"},"reason":"two failed: exit 1"}',X'199a05f4cdab5054f3b16d2ce7588ddc1fa6325ec417c219dec3a2d0cf622558');
INSERT INTO events VALUES('back-1',11,1795254176075,'{"sequence":11,"atMilliseconds":1795254176075,"type":"attemptStarting","step":"two","role":"rollback","number":1}',X'550433c9302a78bafca555662e14193be2cacf9c7798146534e93e273375cd0a');
INSERT INTO events VALUES('back-1',12,1795254176103,'{"sequence":12,"atMilliseconds":1795254176103,"type":"attemptEnded","step":"two","role":"rollback","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":16}}',X'554cf49afb9bb729fb5a08dc00ebb75caf351e0f4945cde7f6845896a58cc836');
INSERT INTO events VALUES('back-1',13,1795254176103,'{"sequence":13,"atMilliseconds":1795254176103,"type":"stepRolledBack","step":"two"}',X'ee87d7adcb935bd37079ba29b31a631e8606d46120f22db4e16de09438238823');
INSERT INTO events VALUES('back-1',14,1795254176103,'{"sequence":14,"atMilliseconds":1795254176103,"type":"attemptStarting","step":"one","role":"rollback","number":1}',X'08ba4e97fda128600a02fd7b238e0238fde4bf8a63c43037c457465225083aac');
INSERT INTO events VALUES('back-1',15,1795254176115,'{"sequence":15,"atMilliseconds":1795254176115,"type":"attemptEnded","step":"one","role":"rollback","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":9}}',X'cb03f019a9510491956c72e385360f5055a75ee6d8ae5bd8f15590668235edf1');
INSERT INTO events VALUES('back-1',16,1795254176115,'{"sequence":16,"atMilliseconds":1795254176115,"type":"stepRolledBack","step":"one"}',X'510e648538688bf75aad27c53f4e0203473a8ef35aef8a941e539c9fd8368da0');
INSERT INTO events VALUES('back-1',17,1795254176115,'{"sequence":17,"atMilliseconds":1795254176115,"type":"runEnded","outcome":"rolledBack","reason":"two failed: exit 1"}',X'1458c9ec9c4382791c525fffbdb36998c312a7e416804780909c5ce8d22a8271');
INSERT INTO events VALUES('closed-1',1,1795254181653,'{"sequence":1,"atMilliseconds":1795254181653,"type":"runSubmitted","run":"closed-1","by":"root","digest":"5dbbc0f6efe1813f90b4c5b322a829d5f09c9e332fc668da1cd2df8255bc1724","plan":{"pipeline":"closed","service":"closed","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"shut","kind":{"type":"maintenance","enter":{"argv":["/bin/true"]},"leave":{"argv":["/bin/true"]},"until":"go"}},{"name":"go","needs":["shut"],"kind":{"type":"approve","from":["root"],"count":1}},{"name":"shut-end","needs":["shut","go"],"kind":{"type":"maintenanceEnd","opened":"shut"},"hasEffect":false,"budget":{"isSkipped":true,"reason":"leaving maintenance is never held"}}]}}',X'2e09694e3314df810d76d6c29ae12be69bf742a68be3a64ceeb57cb0eb2ebcec');
INSERT INTO events VALUES('closed-1',2,1795254181659,'{"sequence":2,"atMilliseconds":1795254181659,"type":"runStarted"}',X'e17c217b989c9006a69eef29084b2dac443442ebbc521a0360da4e149fc9ffca');
INSERT INTO events VALUES('closed-1',3,1795254181659,'{"sequence":3,"atMilliseconds":1795254181659,"type":"phaseStarted","phase":"T-0"}',X'4273fca1f1fdbad0a179a5a83b9e1604bfe3b3ec972ebe0c6d6b83706871e380');
INSERT INTO events VALUES('closed-1',4,1795254181659,'{"sequence":4,"atMilliseconds":1795254181659,"type":"attemptStarting","step":"shut","role":"forward","number":1}',X'e1b88f90eacd250f4d561b8ce9ea6536e77b8bbb93d6d012d0e76003297e8f48');
INSERT INTO events VALUES('closed-1',5,1795254181720,'{"sequence":5,"atMilliseconds":1795254181720,"type":"attemptEnded","step":"shut","role":"forward","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":20}}',X'66b96dcac60038638a788d8a60b2348ab67f4288f2fae2bc52ca59084af5061f');
INSERT INTO events VALUES('closed-1',6,1795254181720,'{"sequence":6,"atMilliseconds":1795254181720,"type":"stepSucceeded","step":"shut"}',X'c585576d10c588b95d9484dccc8f3ede62a226ce639ba54953afd6fd0a99de82');
INSERT INTO events VALUES('closed-1',7,1795254181720,'{"sequence":7,"atMilliseconds":1795254181720,"type":"approvalAsked","step":"go"}',X'a52b7c034801bda397d6243b110e43e289401d1e66a90994bd1ca6a9aeeca282');
INSERT INTO events VALUES('done-1',1,1795254174030,'{"sequence":1,"atMilliseconds":1795254174030,"type":"runSubmitted","run":"done-1","by":"root","digest":"8300b361bf521723360e1e23cc0af2941fcf2b602b9be195623d4e12ac64ecdd","plan":{"pipeline":"done","service":"done","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false}]}}',X'763a6810e2502c88255793efe15eda257f059faa5b0e2e272bb986be8384bb19');
INSERT INTO events VALUES('done-1',2,1795254174033,'{"sequence":2,"atMilliseconds":1795254174033,"type":"runStarted"}',X'f53d8c03a5217a361df67fde1fa4e1e4e6ea7f9e3a9b738fc289a37289f27e94');
INSERT INTO events VALUES('done-1',3,1795254174033,'{"sequence":3,"atMilliseconds":1795254174033,"type":"phaseStarted","phase":"T-0"}',X'cd45e1b9e1a4693ce0c72bd34a890607baaa4e8962c57e075725b17f3519b570');
INSERT INTO events VALUES('done-1',4,1795254174033,'{"sequence":4,"atMilliseconds":1795254174033,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'ab5193635f8f80378c2cdeaef8a8e44d61f9a65e4dc6e36780fd3577b845e51b');
INSERT INTO events VALUES('done-1',5,1795254174044,'{"sequence":5,"atMilliseconds":1795254174044,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":1}}',X'4d8f60fc17674cb0d1cd6a23ac8d07bf4bc39258b02645900fbd169f46b5d27e');
INSERT INTO events VALUES('done-1',6,1795254174044,'{"sequence":6,"atMilliseconds":1795254174044,"type":"stepSucceeded","step":"one"}',X'1b9be222e6ab062e97368cf4b078fdfed93837c865ca2fd9faadc59164980476');
INSERT INTO events VALUES('done-1',7,1795254174044,'{"sequence":7,"atMilliseconds":1795254174044,"type":"phaseFinished","phase":"T-0"}',X'126f41f7bc6a89e4cf6f4dae2985f2bc246e2d56d2f96599c65d3249c56277ef');
INSERT INTO events VALUES('done-1',8,1795254174044,'{"sequence":8,"atMilliseconds":1795254174044,"type":"runEnded","outcome":"succeeded","reason":"the one step is done"}',X'cc11a254a9758268f39b13fe9251958f456fd3dc8bef78997cec092847809a22');
INSERT INTO events VALUES('failed-1',1,1795254174988,'{"sequence":1,"atMilliseconds":1795254174988,"type":"runSubmitted","run":"failed-1","by":"root","digest":"78d7aac43a4c0653e7d9adabc13dcfd3d52d4c04645ab4b8ea5db3f79b4f1ef8","plan":{"pipeline":"failed","service":"failed","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/false"]}},"hasEffect":false}]}}',X'1956a25109f2e2af592637444b780491a659d037ea1ae9bf6d4243b1ebf04104');
INSERT INTO events VALUES('failed-1',2,1795254174989,'{"sequence":2,"atMilliseconds":1795254174989,"type":"runStarted"}',X'ffc7c03eb303810f2af733b1769d397ea2dcb35855973882e392d8cf401c4fa4');
INSERT INTO events VALUES('failed-1',3,1795254174989,'{"sequence":3,"atMilliseconds":1795254174989,"type":"phaseStarted","phase":"T-0"}',X'604d640d4a9e74d8aad3690faf7ed0fab4f7121d14fe1112099224224bf225b9');
INSERT INTO events VALUES('failed-1',4,1795254174989,'{"sequence":4,"atMilliseconds":1795254174989,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'aaa150134af95e8822fbb072b79528b8bf5edaa73fd87c6f7552a9c03ff12f29');
INSERT INTO events VALUES('failed-1',5,1795254175003,'{"sequence":5,"atMilliseconds":1795254175003,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"exited","code":1},"elapsedMilliseconds":1}}',X'dc2707887dcea83c717aa953824176af97092a5bf8281f4457932dd8952e0632');
INSERT INTO events VALUES('failed-1',6,1795254175003,'{"sequence":6,"atMilliseconds":1795254175003,"type":"stepFailed","step":"one","cause":{"type":"exit","code":1},"reason":"exit 1"}',X'2a53ebe3090435d0d452491226e9e907b6f095574c400ddfee2e738e931051f0');
INSERT INTO events VALUES('failed-1',7,1795254175003,'{"sequence":7,"atMilliseconds":1795254175003,"type":"runEnded","outcome":"failed","reason":"one failed: exit 1; there was nothing to roll back"}',X'705bf8c71280036f3d6d8f32ae55b89b5585fba87e4fa683675fdf913b2b2bfc');
INSERT INTO events VALUES('gate-1',1,1795254177033,'{"sequence":1,"atMilliseconds":1795254177033,"type":"runSubmitted","run":"gate-1","by":"root","digest":"4f3c703a2d029abf9c2ab2af6c2e72a0c13e16093ef1e4aeaa1891826b056267","plan":{"pipeline":"gate","service":"gate","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"go","kind":{"type":"approve","from":["root"],"count":1}}]}}',X'47816533888cc0605a6a6897a4c86ce89fea90098fa6a3cc8a954cb0cf418ca0');
INSERT INTO events VALUES('gate-1',2,1795254177039,'{"sequence":2,"atMilliseconds":1795254177039,"type":"runStarted"}',X'3256cd3f879687f32a744c06a34739b3ebe4db19fb54fdbd209f5e41fa0f0bb5');
INSERT INTO events VALUES('gate-1',3,1795254177039,'{"sequence":3,"atMilliseconds":1795254177039,"type":"phaseStarted","phase":"T-0"}',X'6cf4747d2ac0caea2d6022d18796053f579efdbd53085d43d62cef78aafb1a99');
INSERT INTO events VALUES('gate-1',4,1795254177039,'{"sequence":4,"atMilliseconds":1795254177039,"type":"approvalAsked","step":"go"}',X'd8254be8bf3a687b41e583acf7129e53cad0a92503cea57c04a3e581ce08d9c1');
INSERT INTO events VALUES('held-1',1,1795254178961,'{"sequence":1,"atMilliseconds":1795254178961,"type":"runSubmitted","run":"held-1","by":"root","digest":"9a7454e4d9f37aab9ddb007b86c66a11007b6fbbfd4965243d0cf351947c452d","plan":{"pipeline":"held","service":"held","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/sh","-c","test -e /tmp/tm-parked/go"]}},"hasEffect":false,"onFailure":"hold"}]}}',X'adc847531052d1d6eb17d431c60085f3d383152a61b6aa1c2ba6b31a49e53b42');
INSERT INTO events VALUES('held-1',2,1795254178962,'{"sequence":2,"atMilliseconds":1795254178962,"type":"runStarted"}',X'93ee3dfa79fdfd9a2f2f270d031c9a41d3bc7a2dd5e77a74878837cb999eef2d');
INSERT INTO events VALUES('held-1',3,1795254178962,'{"sequence":3,"atMilliseconds":1795254178962,"type":"phaseStarted","phase":"T-0"}',X'5de22bca3f3fa1027200b117e1bf5bc5d2559930c340223fc60d1d2461547c4e');
INSERT INTO events VALUES('held-1',4,1795254178962,'{"sequence":4,"atMilliseconds":1795254178962,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'1a3de7ff1721c1f566719dd1afff4da1661c1c9e8db9bc20ae7c1ca46e56abbe');
INSERT INTO events VALUES('held-1',5,1795254178979,'{"sequence":5,"atMilliseconds":1795254178979,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"exited","code":1},"elapsedMilliseconds":12}}',X'b891770a2211d759ff30c3067eac0f58835a1b521860a34213079e2652e03f24');
INSERT INTO events VALUES('held-1',6,1795254178979,'{"sequence":6,"atMilliseconds":1795254178979,"type":"stepFailed","step":"one","cause":{"type":"exit","code":1},"reason":"exit 1"}',X'09e4488a6d9634ef334cc48a24232d9d91370af768a9c9b9b872c1d210b7c08b');
INSERT INTO events VALUES('held-1',7,1795254178979,'{"sequence":7,"atMilliseconds":1795254178979,"type":"pageRaised","key":"hold/one/1","reason":"one failed: exit 1. It holds the run: retry it, bypass it, roll back or abort"}',X'3e3e8b1a05eec3e08093f37f4d7170e28eddaa69ba44edb25f1ce807af136cd2');
INSERT INTO events VALUES('paused-1',1,1795254183459,'{"sequence":1,"atMilliseconds":1795254183459,"type":"runSubmitted","run":"paused-1","by":"root","digest":"ed051529e9270355565d3b4a6ab55df133e253f4e1f3c365aed16f1ca064cd6f","plan":{"pipeline":"paused","service":"paused","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"go","kind":{"type":"approve","from":["root"],"count":1}},{"name":"one","needs":["go"],"kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false}]}}',X'393d63b50aea49ed8876ad839c244970b5e2b21407ae280cb40164f40b574f99');
INSERT INTO events VALUES('paused-1',2,1795254183461,'{"sequence":2,"atMilliseconds":1795254183461,"type":"runStarted"}',X'75ad96c0a7944c8ee1c4964990b2759bf022851f6acdfc0a7a9344bf53c96305');
INSERT INTO events VALUES('paused-1',3,1795254183461,'{"sequence":3,"atMilliseconds":1795254183461,"type":"phaseStarted","phase":"T-0"}',X'2af47e897c88d37f9ccfb13a7826e20dd8c6c156d89090cec22049a3fcde8cf9');
INSERT INTO events VALUES('paused-1',4,1795254183461,'{"sequence":4,"atMilliseconds":1795254183461,"type":"approvalAsked","step":"go"}',X'fa4d0776800027a0faa60bbdafd6b86066ceada942a15920d54a32283ca8ff3d');
INSERT INTO events VALUES('paused-1',5,1795254184819,'{"sequence":5,"atMilliseconds":1795254184819,"type":"runPaused","by":"root","reason":"lunch"}',X'd916a603f1bfee0bf51205e543b18604c20d82a9052156cc92c853943205909a');
INSERT INTO events VALUES('phases-1',1,1795254184237,'{"sequence":1,"atMilliseconds":1795254184237,"type":"runSubmitted","run":"phases-1","by":"root","pausesAfter":"T-1","digest":"2158fc4c97268121ed6a9bc4b87668187d3296cb225dca356d570778b87bceb2","plan":{"pipeline":"phases","service":"phases","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-1"},{"name":"T-0"}],"steps":[{"name":"check","kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false},{"name":"one","phase":"T-0","kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false}]}}',X'9fbda52f879065a810fbf0385846029c424c3e991a70849b4ae4fe5309211552');
INSERT INTO events VALUES('phases-1',2,1795254184247,'{"sequence":2,"atMilliseconds":1795254184247,"type":"runStarted"}',X'c420cbc6d3b0e7ac6be611bbb76bd72ceb009ae38a22342624d24f50fff9fc89');
INSERT INTO events VALUES('phases-1',3,1795254184247,'{"sequence":3,"atMilliseconds":1795254184247,"type":"phaseStarted","phase":"T-1"}',X'b99fbf37122f16078d8ff76aeb7a91c5d9fc28337be55e1106f1f56f84d8dc32');
INSERT INTO events VALUES('phases-1',4,1795254184247,'{"sequence":4,"atMilliseconds":1795254184247,"type":"attemptStarting","step":"check","role":"forward","number":1}',X'78f5eb563a48ce6373e071828750dac458bb9070d2d75abf6d41cf5c7807028a');
INSERT INTO events VALUES('phases-1',5,1795254184271,'{"sequence":5,"atMilliseconds":1795254184271,"type":"attemptEnded","step":"check","role":"forward","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":21}}',X'34d948d64411ad0f0c35fd1b92a9ba158bc0031e9c1a1a155905fa46bcd4d57d');
INSERT INTO events VALUES('phases-1',6,1795254184271,'{"sequence":6,"atMilliseconds":1795254184271,"type":"stepSucceeded","step":"check"}',X'2e729a242fadedde2e75108c45123eee4d544f05ba2ec156edc68ce26fa1c296');
INSERT INTO events VALUES('phases-1',7,1795254184271,'{"sequence":7,"atMilliseconds":1795254184271,"type":"phaseFinished","phase":"T-1"}',X'9b6835c20804ee8fb2a3e60782b2967a4100d10fdd1792e3d6f9e3e78a4e8f43');
INSERT INTO events VALUES('phases-1',8,1795254184271,'{"sequence":8,"atMilliseconds":1795254184271,"type":"runPaused","by":"root","reason":"asked to stop after T-1"}',X'12906bcb9058ba9140413dd50ce259b793293aaf6021bbee3c3bba670aa56050');
INSERT INTO events VALUES('queued-1',1,1795254182576,'{"sequence":1,"atMilliseconds":1795254182576,"type":"runSubmitted","run":"queued-1","by":"root","digest":"c5a17626cbbd403b41e7857db548704236ef84256366befb0252e7da2da26342","plan":{"pipeline":"queued","service":"gate","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false}]}}',X'8b1820a36c438da19b5ebd8d5ed08d2c9968c5076fbcd809c9ab90dde20ba3c5');
INSERT INTO events VALUES('queued-1',2,1795254182578,'{"sequence":2,"atMilliseconds":1795254182578,"type":"lockWaited","holder":"gate-1"}',X'9f5ef8ce99078c3150efdf81ca70120244cf9668dfce1921733526b4cd82e9a8');
INSERT INTO events VALUES('undoing-1',1,1795254180749,'{"sequence":1,"atMilliseconds":1795254180749,"type":"runSubmitted","run":"undoing-1","by":"root","digest":"ffc83bed1803c2a15b80bb0f794a17826dde282c7befbd11bfbb761e99877bd5","plan":{"pipeline":"undoing","service":"undoing","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/true"]}},"rollback":{"type":"command","command":{"argv":["/bin/sh","-c","while [ ! -e /tmp/tm-parked/go ] && [ -d /tmp/tm-parked ]; do sleep 0.1; done"]},"isIdempotent":true}},{"name":"two","needs":["one"],"kind":{"type":"run","command":{"argv":["/bin/false"]}},"rollback":{"type":"command","command":{"argv":["/bin/true"]}}}]}}',X'c00e5446b6c064c837227974e94efb6acc91daa93b8e27b2a6373736ea524d1e');
INSERT INTO events VALUES('undoing-1',2,1795254180751,'{"sequence":2,"atMilliseconds":1795254180751,"type":"runStarted"}',X'b26ffed02e97e4deaeec932ec5015360d314c10ededa0702b65efbe3457a093d');
INSERT INTO events VALUES('undoing-1',3,1795254180751,'{"sequence":3,"atMilliseconds":1795254180751,"type":"phaseStarted","phase":"T-0"}',X'2ca82c4b694b418b503a7ba3e599c449aae1e9397b5394bfbad3161fc848e798');
INSERT INTO events VALUES('undoing-1',4,1795254180751,'{"sequence":4,"atMilliseconds":1795254180751,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'35fb5902d3ce5d6e16d66b350bcf9dc5a2f6afc9b9dc4ad7686383a6892e384f');
INSERT INTO events VALUES('undoing-1',5,1795254180776,'{"sequence":5,"atMilliseconds":1795254180776,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":0}}',X'1e6708c2105526cb1e4c5c2dc9210f1cb177be6c4eb86841fee652cd3efa4e45');
INSERT INTO events VALUES('undoing-1',6,1795254180776,'{"sequence":6,"atMilliseconds":1795254180776,"type":"stepSucceeded","step":"one"}',X'02019e9c2dae922f701234dcaa0ae84b390e37080435a37761fa64e1ed30d50c');
INSERT INTO events VALUES('undoing-1',7,1795254180776,'{"sequence":7,"atMilliseconds":1795254180776,"type":"attemptStarting","step":"two","role":"forward","number":1}',X'c1d51ec002ad36bd45cfa93c156974a6a1c73b578701459b36e8c500b34bd638');
INSERT INTO events VALUES('undoing-1',8,1795254180799,'{"sequence":8,"atMilliseconds":1795254180799,"type":"attemptEnded","step":"two","role":"forward","number":1,"result":{"end":{"type":"exited","code":1},"elapsedMilliseconds":22}}',X'04f2a7cfaa6569e66e7c27c0088524e9e7b888c7b323bf0a27f5e6b455ebaf55');
INSERT INTO events VALUES('undoing-1',9,1795254180799,'{"sequence":9,"atMilliseconds":1795254180799,"type":"stepFailed","step":"two","cause":{"type":"exit","code":1},"reason":"exit 1"}',X'81139c4052e717feffd323046d6c7eea7e128d764a391b7ef81235357de6e92a');
INSERT INTO events VALUES('undoing-1',10,1795254180799,'{"sequence":10,"atMilliseconds":1795254180799,"type":"rollbackStarted","cause":{"type":"stepFailed","step":"two"},"reason":"two failed: exit 1"}',X'1da96a77e17b694f67b091708e3559b63bcf848d310802c271b63a1c597ccf65');
INSERT INTO events VALUES('undoing-1',11,1795254180799,'{"sequence":11,"atMilliseconds":1795254180799,"type":"attemptStarting","step":"two","role":"rollback","number":1}',X'774ba0e9a1cb1077aa96e2f517cba965086ab79a08adf2d7ce3d6faa501bd802');
INSERT INTO events VALUES('undoing-1',12,1795254180823,'{"sequence":12,"atMilliseconds":1795254180823,"type":"attemptEnded","step":"two","role":"rollback","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":16}}',X'76e90a7b86eeae2df62c80d0e804eeac8662f53303cc86653a747acfcf397dd5');
INSERT INTO events VALUES('undoing-1',13,1795254180823,'{"sequence":13,"atMilliseconds":1795254180823,"type":"stepRolledBack","step":"two"}',X'd2c5befc014384defc9f9318c766feef352932f571ea927011c34a9959d3db33');
INSERT INTO events VALUES('undoing-1',14,1795254180823,'{"sequence":14,"atMilliseconds":1795254180823,"type":"attemptStarting","step":"one","role":"rollback","number":1}',X'e97ee18ca83d29cfdd109dd462393835cbba78645ca4be720b15e17dc961f34d');
INSERT INTO events VALUES('undoing-1',15,1795254181087,'{"sequence":15,"atMilliseconds":1795254181087,"type":"attemptRunning","step":"one","role":"rollback","number":1}',X'4b67f8a2f25094840c707f4754a75b8d46fdad18c5a66a7c4b6e62c165fff3a9');
INSERT INTO events VALUES('unknown-1',1,1795254179834,'{"sequence":1,"atMilliseconds":1795254179834,"type":"runSubmitted","run":"unknown-1","by":"root","digest":"e7a28264a0754df9898ee8f2390ce2373e99ea1ebb6b2521be5b1ce24d89e0ad","plan":{"pipeline":"unknown","service":"unknown","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/sleep","30"]}},"rollback":{"type":"command","command":{"argv":["/bin/true"]}}}]}}',X'6acf5f75f6d9cf6f101be1832ef3bebbf4bff262b43b80dc26c86f7046368bbc');
INSERT INTO events VALUES('unknown-1',2,1795254179843,'{"sequence":2,"atMilliseconds":1795254179843,"type":"runStarted"}',X'2f719a66fde575dcefa7629945bcb16ea404181521ef65bd41ae6bbd4abcbbea');
INSERT INTO events VALUES('unknown-1',3,1795254179843,'{"sequence":3,"atMilliseconds":1795254179843,"type":"phaseStarted","phase":"T-0"}',X'6511e647af1076d3f88c713302444199f7fde4ea714e93e542e18bb1c0f6cebc');
INSERT INTO events VALUES('unknown-1',4,1795254179843,'{"sequence":4,"atMilliseconds":1795254179843,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'12bef0c75f967e3f837745945add78d7d7f0724779217e67857a1f6680c1046a');
INSERT INTO events VALUES('unknown-1',5,1795254180113,'{"sequence":5,"atMilliseconds":1795254180113,"type":"attemptRunning","step":"one","role":"forward","number":1}',X'7770fb60c9bd48e7e185a2ffc4c5bf0cc882c93a134cb544d163ef588d84353c');
INSERT INTO events VALUES('unknown-1',6,1795254185751,'{"sequence":6,"atMilliseconds":1795254185751,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"vanished","cause":"shimLost"}}}',X'd8191cb01026cc20656e1b0698996b647e13ece5ff19e39ac046cdf70032ce9d');
INSERT INTO events VALUES('unknown-1',7,1795254185751,'{"sequence":7,"atMilliseconds":1795254185751,"type":"stepUnknown","step":"one","role":"forward","reason":"it began, but what supervised it was killed before it recorded a result"}',X'39b917c7d28fd9f2e473b8d50615972cd21744cc128c1c54c74d5e369339579a');
INSERT INTO events VALUES('unknown-1',8,1795254185751,'{"sequence":8,"atMilliseconds":1795254185751,"type":"pageRaised","key":"unknown/one/1","reason":"one may or may not have been done: it began, but what supervised it was killed before it recorded a result. Look, then say `tminus resolve unknown-1 one --done` or `--not-done`"}',X'9c28a299befc654777c6959949e885c2131a482ab711548d60065a450bb3a2ad');
INSERT INTO events VALUES('window-1',1,1795254178060,'{"sequence":1,"atMilliseconds":1795254178060,"type":"runSubmitted","run":"window-1","by":"root","digest":"15838b359bcab5a141c45dedfe5c4df87ad9130a8be97720e2e9a18ddee17867","plan":{"pipeline":"window","service":"window","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0","window":{"fromMinute":180,"untilMinute":181,"zone":"UTC"}}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false}]}}',X'8e9f64df3f8ab9ae7bcb0556aa03690598d4d6765a4b563a1c8ec03951036f7d');
INSERT INTO events VALUES('window-1',2,1795254178091,'{"sequence":2,"atMilliseconds":1795254178091,"type":"runStarted"}',X'e9e06c93676b8a62b623ac1405beacf3884207b0f763f315ff770c21daf3d568');
INSERT INTO events VALUES('window-1',3,1795254178107,'{"sequence":3,"atMilliseconds":1795254178107,"type":"windowSet","phase":"T-0","opensMilliseconds":1795316400000,"closesMilliseconds":1795316460000}',X'99eb3dfa9491c753065ffc56f897afbfa2981c6488527ed1ed71365bdc116063');
CREATE TABLE pages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL REFERENCES runs (run),
    key TEXT NOT NULL,
    reason TEXT NOT NULL,
    raised INTEGER NOT NULL,
    tried INTEGER NOT NULL CHECK (tried >= 0),
    state TEXT NOT NULL CHECK (state IN ('due', 'delivered', 'givenUp')),
    due INTEGER NOT NULL,
    UNIQUE (run, key)
) STRICT;
INSERT INTO pages VALUES(1,'held-1','hold/one/1','one failed: exit 1. It holds the run: retry it, bypass it, roll back or abort',1795254178979,0,'due',1795254178979);
INSERT INTO pages VALUES(2,'unknown-1','unknown/one/1','one may or may not have been done: it began, but what supervised it was killed before it recorded a result. Look, then say `tminus resolve unknown-1 one --done` or `--not-done`',1795254185751,0,'due',1795254185751);
CREATE TABLE control_events (
    sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
    at INTEGER NOT NULL,
    line TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TABLE deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    sender TEXT NOT NULL,
    id TEXT NOT NULL,
    repository TEXT NOT NULL,
    tag TEXT NOT NULL,
    received INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('due', 'settled')),
    tried INTEGER NOT NULL CHECK (tried >= 0),
    due INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    UNIQUE (sender, id)
) STRICT;
CREATE TABLE run_origins (
    repository TEXT NOT NULL,
    tag TEXT NOT NULL,
    object TEXT NOT NULL,
    pipeline TEXT NOT NULL,
    run TEXT NOT NULL UNIQUE REFERENCES runs (run),
    PRIMARY KEY (repository, tag, object, pipeline)
) STRICT, WITHOUT ROWID;
CREATE TABLE releases (
    run TEXT PRIMARY KEY REFERENCES runs (run),
    service TEXT NOT NULL,
    environment TEXT NOT NULL,
    ended INTEGER NOT NULL,
    line TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO releases VALUES('back-1','back','test',1795254176115,'{"run":"back-1","service":"back","environment":"test","pipeline":"back","outcome":"rolledBack","hadEffect":true,"change":"normal","release":"minor","digest":"ead104aade1b8cf5a0f0e99f7b0b54d3e35e0efc0dbfccacd6a10e2b83071746","endedMilliseconds":1795254176115}');
INSERT INTO releases VALUES('done-1','done','test',1795254174044,'{"run":"done-1","service":"done","environment":"test","pipeline":"done","outcome":"succeeded","change":"normal","release":"minor","digest":"8300b361bf521723360e1e23cc0af2941fcf2b602b9be195623d4e12ac64ecdd","endedMilliseconds":1795254174044}');
INSERT INTO releases VALUES('failed-1','failed','test',1795254175003,'{"run":"failed-1","service":"failed","environment":"test","pipeline":"failed","outcome":"failed","change":"normal","release":"minor","digest":"78d7aac43a4c0653e7d9adabc13dcfd3d52d4c04645ab4b8ea5db3f79b4f1ef8","endedMilliseconds":1795254175003}');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('runs',12);
INSERT INTO sqlite_sequence VALUES('pages',2);
CREATE INDEX runs_of_pipeline ON runs (pipeline);
CREATE INDEX runs_live ON runs (position) WHERE ended IS NULL;
CREATE TRIGGER runs_are_new BEFORE INSERT ON runs
    WHEN EXISTS (SELECT 1 FROM runs WHERE run = NEW.run OR position = NEW.position)
    BEGIN SELECT RAISE(ABORT, 'the run exists'); END;
CREATE TRIGGER runs_ended_are_final BEFORE UPDATE ON runs
    WHEN OLD.ended IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'the run has ended'); END;
CREATE TRIGGER runs_stay_themselves
    BEFORE UPDATE OF position, run, pipeline, service, environment, person, submitted ON runs
    BEGIN SELECT RAISE(ABORT, 'what a run is never changes'); END;
CREATE TRIGGER runs_stay BEFORE DELETE ON runs
    BEGIN SELECT RAISE(ABORT, 'runs are never deleted'); END;
CREATE TRIGGER events_of_ended_runs_are_complete BEFORE INSERT ON events
    WHEN (SELECT ended FROM runs WHERE run = NEW.run) IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'the run has ended'); END;
CREATE TRIGGER events_follow_each_other BEFORE INSERT ON events
    WHEN NEW.sequence <> 1 + coalesce((SELECT max(sequence) FROM events WHERE run = NEW.run), 0)
    BEGIN SELECT RAISE(ABORT, 'events are appended one after the other'); END;
CREATE TRIGGER events_never_change BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_stay BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE INDEX pages_due ON pages (number) WHERE state = 'due';
CREATE TRIGGER pages_settled_are_final BEFORE UPDATE ON pages
    WHEN OLD.state <> 'due'
    BEGIN SELECT RAISE(ABORT, 'the page is settled'); END;
CREATE TRIGGER pages_stay BEFORE DELETE ON pages
    BEGIN SELECT RAISE(ABORT, 'pages are never deleted'); END;
CREATE TRIGGER control_events_follow_each_other BEFORE INSERT ON control_events
    WHEN NEW.sequence <> 1 + coalesce((SELECT max(sequence) FROM control_events), 0)
    BEGIN SELECT RAISE(ABORT, 'events are appended one after the other'); END;
CREATE TRIGGER control_events_never_change BEFORE UPDATE ON control_events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER control_events_stay BEFORE DELETE ON control_events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE INDEX deliveries_due ON deliveries (due) WHERE state = 'due';
CREATE INDEX deliveries_settled ON deliveries (received) WHERE state = 'settled';
CREATE TRIGGER deliveries_settled_are_final BEFORE UPDATE ON deliveries
    WHEN OLD.state = 'settled'
    BEGIN SELECT RAISE(ABORT, 'the delivery is settled'); END;
CREATE TRIGGER deliveries_due_stay BEFORE DELETE ON deliveries
    WHEN OLD.state = 'due'
    BEGIN SELECT RAISE(ABORT, 'the delivery is not settled'); END;
CREATE TRIGGER run_origins_never_change BEFORE UPDATE ON run_origins
    BEGIN SELECT RAISE(ABORT, 'where a run came from never changes'); END;
CREATE TRIGGER run_origins_stay BEFORE DELETE ON run_origins
    BEGIN SELECT RAISE(ABORT, 'where a run came from never changes'); END;
CREATE INDEX releases_of_target ON releases (service, environment, ended);
CREATE INDEX releases_by_time ON releases (ended);
COMMIT;
PRAGMA user_version = 2;
PRAGMA application_id = 1414352467;
