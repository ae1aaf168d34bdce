PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, tminus TEXT NOT NULL,
    applied INTEGER NOT NULL
) STRICT;
INSERT INTO schema VALUES(1,'001_journal','0.1.0',1795254150000);
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
INSERT INTO runs VALUES(1,'done-1','done','done','test','root',1795254150133,8,X'7bc04c50a27f069553f35ff5d71152272e297a43fb8620a0c07e46fc118fc7be','succeeded',1795254150152,'the one step is done');
INSERT INTO runs VALUES(2,'failed-1','failed','failed','test','root',1795254150287,7,X'e09a9caba988e9fe425761f1d521368e312330cbeb4fe23f17aaea266d900d95','failed',1795254150320,'one failed: exit 1; there was nothing to roll back');
INSERT INTO runs VALUES(3,'back-1','back','back','test','root',1795254150499,17,X'a1a39866a3ff0b28905352c6fa44eb5cd8dc5680a5140e3aef9f5d3df6d19fad','rolledBack',1795254150555,'two failed: exit 1');
INSERT INTO runs VALUES(4,'gate-1','gate','gate','test','root',1795254150804,4,X'cadffc7e92b7a3bc1f5533ecfe396da6178587a1308ebfccc0927a345b1a4d95','waiting',NULL,'go waits for approval: root');
INSERT INTO runs VALUES(5,'window-1','window','window','test','root',1795254150972,3,X'740594978827a3be1a0139ba34bb8ff5af1807fc486573ca9038771a5d25a2c4','waiting',NULL,'T-0 waits for its window, in 17h17m');
INSERT INTO runs VALUES(6,'held-1','held','held','test','root',1795254151089,7,X'eec8b5ed693fe4d3aba1176a92a345a811c1172af0101648fc00ae325c4232ca','waiting',NULL,'one failed: exit 1');
INSERT INTO runs VALUES(7,'unknown-1','unknown','unknown','test','root',1795254151184,8,X'ca93200351c01411cca44f82049078da213ae7869813ac74a662f9b5352ecac2','waiting',NULL,'one may or may not have been done: it began, but what supervised it was killed before it recorded a result');
INSERT INTO runs VALUES(8,'undoing-1','undoing','undoing','test','root',1795254151379,15,X'25777df2212e9eb9f3f211dc920a1dee3b542142663f97280c82ca5a257f1808','rollingBack',NULL,'two failed: exit 1');
INSERT INTO runs VALUES(9,'closed-1','closed','closed','test','root',1795254151560,7,X'127b04fdbc5608eacaef45a8a38ab783690e2e994cf45e80a256455ea313cdfe','waiting',NULL,'go waits for approval: root');
INSERT INTO runs VALUES(10,'queued-1','queued','gate','test','root',1795254151832,2,X'41b5b8231caa816e272ba3121b70e9b69f4032bef6a40a49a4fca2a8acbb8e34','waiting',NULL,'waits for gate-1, which holds gate in test');
INSERT INTO runs VALUES(11,'paused-1','paused','paused','test','root',1795254152124,5,X'c6227a0b5575b026d7afcec0f912d3e559f5ee45461a8c3ebed351450e44b910','paused',NULL,'paused by root: lunch');
INSERT INTO runs VALUES(12,'phases-1','phases','phases','test','root',1795254152248,8,X'61b4b897b6670e2d2e0ca58da5f09f9c7507e7842fd5cd2ab1e29703e0b17ebb','paused',NULL,'paused by root: asked to stop after T-1');
CREATE TABLE events (
    run TEXT NOT NULL REFERENCES runs (run),
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    at INTEGER NOT NULL,
    line TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (run, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO events VALUES('back-1',1,1795254150499,'{"sequence":1,"atMilliseconds":1795254150499,"type":"runSubmitted","run":"back-1","by":"root","digest":"ead104aade1b8cf5a0f0e99f7b0b54d3e35e0efc0dbfccacd6a10e2b83071746","plan":{"pipeline":"back","service":"back","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/true"]}},"rollback":{"type":"command","command":{"argv":["/bin/true"]}}},{"name":"two","needs":["one"],"kind":{"type":"run","command":{"argv":["/bin/false"]}},"rollback":{"type":"command","command":{"argv":["/bin/true"]}}}]}}',X'ac13ac8995385b464a563bf997754fa54bd6319506f243e808e9ac88e1508dde');
INSERT INTO events VALUES('back-1',2,1795254150500,'{"sequence":2,"atMilliseconds":1795254150500,"type":"runStarted"}',X'1343dedced99be6d42a6caccceb9aef4798899c7f7660fa3f3c3154aaa65467f');
INSERT INTO events VALUES('back-1',3,1795254150500,'{"sequence":3,"atMilliseconds":1795254150500,"type":"phaseStarted","phase":"T-0"}',X'4edd6c2eb896853bfc2c6cedfc06af1f3bbb8032eb13a535baf56e95d0b406c6');
INSERT INTO events VALUES('back-1',4,1795254150500,'{"sequence":4,"atMilliseconds":1795254150500,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'173e4efef5e834b61d8145fee8051b1a94c66df48d9ec13b4e9c00125c66ca04');
INSERT INTO events VALUES('back-1',5,1795254150527,'{"sequence":5,"atMilliseconds":1795254150527,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":24}}',X'eefcdf1614c20ef801146e3d4e919a41a66b3fe474211d1ad34f38226bb1f758');
INSERT INTO events VALUES('back-1',6,1795254150527,'{"sequence":6,"atMilliseconds":1795254150527,"type":"stepSucceeded","step":"one"}',X'ef1039d403dbe049a7d3e52250f830355e2446ec221de61d41446ce0a196b425');
INSERT INTO events VALUES('back-1',7,1795254150527,'{"sequence":7,"atMilliseconds":1795254150527,"type":"attemptStarting","step":"two","role":"forward","number":1}',X'aea20df6fa02557ccbe3538e0714b47c68cfeb546696c548bd6c36dab129e24e');
INSERT INTO events VALUES('back-1',8,1795254150539,'{"sequence":8,"atMilliseconds":1795254150539,"type":"attemptEnded","step":"two","role":"forward","number":1,"result":{"end":{"type":"exited","code":1},"elapsedMilliseconds":0}}',X'cf04887ec3fd392eee501ad919983883755fd15d66ba76854614ed7cb33cbc5c');
INSERT INTO events VALUES('back-1',9,1795254150539,'{"sequence":9,"atMilliseconds":1795254150539,"type":"stepFailed","step":"two","cause":{"type":"exit","code":1},"reason":"exit 1"}',X'db0c696b9779711481f9fccb23ad1c4584c02b7543dd746e390aa0764f36d65e');
INSERT INTO events VALUES('back-1',10,1795254150539,'{"sequence":10,"atMilliseconds":1795254150539,"type":"rollbackStarted","cause":{"type":"stepFailed","step":"two"},"reason":"two failed: exit 1"}',X'699075cec6440d05d397eb60b8bb5320d83612711464603d480c562bf41ccf0d');
INSERT INTO events VALUES('back-1',11,1795254150539,'{"sequence":11,"atMilliseconds":1795254150539,"type":"attemptStarting","step":"two","role":"rollback","number":1}',X'8ea31e658daa36fd8b2fb4bd05ab686708a19648b9a5e650f6bfa6d7fd64a062');
INSERT INTO events VALUES('back-1',12,1795254150543,'{"sequence":12,"atMilliseconds":1795254150543,"type":"attemptEnded","step":"two","role":"rollback","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":3}}',X'6eaf22f2eac579c61a42b699f8b701c415a59d7f69700791a9b206392457fd1e');
INSERT INTO events VALUES('back-1',13,1795254150543,'{"sequence":13,"atMilliseconds":1795254150543,"type":"stepRolledBack","step":"two"}',X'443c27a9f10d65ce5418c67bb66126aedab7440d546e6915fc48abd522157760');
INSERT INTO events VALUES('back-1',14,1795254150543,'{"sequence":14,"atMilliseconds":1795254150543,"type":"attemptStarting","step":"one","role":"rollback","number":1}',X'9f136348c852636ae6888502783a8d2079e08ef1f58dd5971f676c17bb94c92c');
INSERT INTO events VALUES('back-1',15,1795254150555,'{"sequence":15,"atMilliseconds":1795254150555,"type":"attemptEnded","step":"one","role":"rollback","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":12}}',X'f62514810f44b0f9f92057ad32ec756c20869f59608604c7073255e742b60514');
INSERT INTO events VALUES('back-1',16,1795254150555,'{"sequence":16,"atMilliseconds":1795254150555,"type":"stepRolledBack","step":"one"}',X'c8798a17b76627aa3c790b2ecf9948c97c2ea42b4e893ea20c50a0bbc3bbb683');
INSERT INTO events VALUES('back-1',17,1795254150555,'{"sequence":17,"atMilliseconds":1795254150555,"type":"runEnded","outcome":"rolledBack","reason":"two failed: exit 1"}',X'a1a39866a3ff0b28905352c6fa44eb5cd8dc5680a5140e3aef9f5d3df6d19fad');
INSERT INTO events VALUES('closed-1',1,1795254151560,'{"sequence":1,"atMilliseconds":1795254151560,"type":"runSubmitted","run":"closed-1","by":"root","digest":"5dbbc0f6efe1813f90b4c5b322a829d5f09c9e332fc668da1cd2df8255bc1724","plan":{"pipeline":"closed","service":"closed","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"shut","kind":{"type":"maintenance","enter":{"argv":["/bin/true"]},"leave":{"argv":["/bin/true"]},"until":"go"}},{"name":"go","needs":["shut"],"kind":{"type":"approve","from":["root"],"count":1}},{"name":"shut-end","needs":["shut","go"],"kind":{"type":"maintenanceEnd","opened":"shut"},"hasEffect":false,"budget":{"isSkipped":true,"reason":"leaving maintenance is never held"}}]}}',X'707dd1bba535499a454c5dfd54e6b6fe50192f73d721cf55fa12d0b3c04642a6');
INSERT INTO events VALUES('closed-1',2,1795254151563,'{"sequence":2,"atMilliseconds":1795254151563,"type":"runStarted"}',X'db19f1b5e31d5b5dc0485272fcacd64fa473545d4830f988c14e678beb8e7312');
INSERT INTO events VALUES('closed-1',3,1795254151563,'{"sequence":3,"atMilliseconds":1795254151563,"type":"phaseStarted","phase":"T-0"}',X'97e1fb965dfe5a46ffef5a91ca5056376723a7ec4628c213eac7df1285f7da9e');
INSERT INTO events VALUES('closed-1',4,1795254151563,'{"sequence":4,"atMilliseconds":1795254151563,"type":"attemptStarting","step":"shut","role":"forward","number":1}',X'43cd56eeedc6d89cedbbf16f30501da8dbd798227e2cef1606fe66b9cc94ef46');
INSERT INTO events VALUES('closed-1',5,1795254151571,'{"sequence":5,"atMilliseconds":1795254151571,"type":"attemptEnded","step":"shut","role":"forward","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":7}}',X'b27933d444005b834bc1d3c5c1e0c1b3166dee9ffeb920d7582fb2ce2ef73d66');
INSERT INTO events VALUES('closed-1',6,1795254151571,'{"sequence":6,"atMilliseconds":1795254151571,"type":"stepSucceeded","step":"shut"}',X'f07517704dce8b3be49142480a54b4e04cb7466438e6adbce39140792ab560cb');
INSERT INTO events VALUES('closed-1',7,1795254151571,'{"sequence":7,"atMilliseconds":1795254151571,"type":"approvalAsked","step":"go"}',X'127b04fdbc5608eacaef45a8a38ab783690e2e994cf45e80a256455ea313cdfe');
INSERT INTO events VALUES('done-1',1,1795254150133,'{"sequence":1,"atMilliseconds":1795254150133,"type":"runSubmitted","run":"done-1","by":"root","digest":"8300b361bf521723360e1e23cc0af2941fcf2b602b9be195623d4e12ac64ecdd","plan":{"pipeline":"done","service":"done","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false}]}}',X'4ec0b76449d2096ff352cc0979d49b1d7721a4d427e6a2902e77328c85c77b1c');
INSERT INTO events VALUES('done-1',2,1795254150135,'{"sequence":2,"atMilliseconds":1795254150135,"type":"runStarted"}',X'9e83a1394977dd95a660782c52bb186922afb98e941059c35a8872ccd109148b');
INSERT INTO events VALUES('done-1',3,1795254150135,'{"sequence":3,"atMilliseconds":1795254150135,"type":"phaseStarted","phase":"T-0"}',X'08b5df65830a2c4c08016461bd60cdd47a4cc68cdcd23fea07a98adfecabdf40');
INSERT INTO events VALUES('done-1',4,1795254150135,'{"sequence":4,"atMilliseconds":1795254150135,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'951f09660f48ad63354dad5fb3991907c5525446782bb9ecd6603c4e7191c559');
INSERT INTO events VALUES('done-1',5,1795254150152,'{"sequence":5,"atMilliseconds":1795254150152,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":0}}',X'2a24fad31e8b3410987a95c11475eec3099508938baf440a31fe07e0b89506a8');
INSERT INTO events VALUES('done-1',6,1795254150152,'{"sequence":6,"atMilliseconds":1795254150152,"type":"stepSucceeded","step":"one"}',X'4dc73ecf61e5984b52e699b5ad2396aa2aea4fb9d0597c2be69bb8a1565c973d');
INSERT INTO events VALUES('done-1',7,1795254150152,'{"sequence":7,"atMilliseconds":1795254150152,"type":"phaseFinished","phase":"T-0"}',X'46450087b87d9639db761c1108a46e9df9cd3e58db189729a63316409ef4122a');
INSERT INTO events VALUES('done-1',8,1795254150152,'{"sequence":8,"atMilliseconds":1795254150152,"type":"runEnded","outcome":"succeeded","reason":"the one step is done"}',X'7bc04c50a27f069553f35ff5d71152272e297a43fb8620a0c07e46fc118fc7be');
INSERT INTO events VALUES('failed-1',1,1795254150287,'{"sequence":1,"atMilliseconds":1795254150287,"type":"runSubmitted","run":"failed-1","by":"root","digest":"78d7aac43a4c0653e7d9adabc13dcfd3d52d4c04645ab4b8ea5db3f79b4f1ef8","plan":{"pipeline":"failed","service":"failed","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/false"]}},"hasEffect":false}]}}',X'e5b056d9b926eb6f1c76f9988565ca223bef203b03d6c3a545aaea8bf1288810');
INSERT INTO events VALUES('failed-1',2,1795254150288,'{"sequence":2,"atMilliseconds":1795254150288,"type":"runStarted"}',X'15e7070ed3fa22a1d7f4645481f5340bea850edd399effb790fc8fa02998fee0');
INSERT INTO events VALUES('failed-1',3,1795254150288,'{"sequence":3,"atMilliseconds":1795254150288,"type":"phaseStarted","phase":"T-0"}',X'6a7238bb7add219cfb6048216d26579b1bc000cb7c660a31120767284f11c205');
INSERT INTO events VALUES('failed-1',4,1795254150288,'{"sequence":4,"atMilliseconds":1795254150288,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'f8d35be4503f52635e1ca24b04cc6f18e70c6b2942a557258bf074cb871d1e95');
INSERT INTO events VALUES('failed-1',5,1795254150320,'{"sequence":5,"atMilliseconds":1795254150320,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"exited","code":1},"elapsedMilliseconds":0}}',X'c71f47cd919daa4c708a0286b65b3b11fb67540b5116f84ec2b1a2177c4c2468');
INSERT INTO events VALUES('failed-1',6,1795254150320,'{"sequence":6,"atMilliseconds":1795254150320,"type":"stepFailed","step":"one","cause":{"type":"exit","code":1},"reason":"exit 1"}',X'75facfb98adc9a369d28a0bf18fe600d130362db4f778cc6a5877ffe8d5e2211');
INSERT INTO events VALUES('failed-1',7,1795254150320,'{"sequence":7,"atMilliseconds":1795254150320,"type":"runEnded","outcome":"failed","reason":"one failed: exit 1; there was nothing to roll back"}',X'e09a9caba988e9fe425761f1d521368e312330cbeb4fe23f17aaea266d900d95');
INSERT INTO events VALUES('gate-1',1,1795254150804,'{"sequence":1,"atMilliseconds":1795254150804,"type":"runSubmitted","run":"gate-1","by":"root","digest":"4f3c703a2d029abf9c2ab2af6c2e72a0c13e16093ef1e4aeaa1891826b056267","plan":{"pipeline":"gate","service":"gate","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"go","kind":{"type":"approve","from":["root"],"count":1}}]}}',X'8be903004205a75cc16a4f8c80ecd6ac03ec702e33c8a34d7f39acf12a6059bf');
INSERT INTO events VALUES('gate-1',2,1795254150811,'{"sequence":2,"atMilliseconds":1795254150811,"type":"runStarted"}',X'b8832d1f07d33c6a9fc7967a386db7d6998dd4ee105d36431a89be5f1f8c22cc');
INSERT INTO events VALUES('gate-1',3,1795254150811,'{"sequence":3,"atMilliseconds":1795254150811,"type":"phaseStarted","phase":"T-0"}',X'58ae0b179f28eecb2a82dc3255349eb60f9f34484340727c44791a111c76ba10');
INSERT INTO events VALUES('gate-1',4,1795254150811,'{"sequence":4,"atMilliseconds":1795254150811,"type":"approvalAsked","step":"go"}',X'cadffc7e92b7a3bc1f5533ecfe396da6178587a1308ebfccc0927a345b1a4d95');
INSERT INTO events VALUES('held-1',1,1795254151089,'{"sequence":1,"atMilliseconds":1795254151089,"type":"runSubmitted","run":"held-1","by":"root","digest":"9a7454e4d9f37aab9ddb007b86c66a11007b6fbbfd4965243d0cf351947c452d","plan":{"pipeline":"held","service":"held","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/sh","-c","test -e /tmp/tm-parked/go"]}},"hasEffect":false,"onFailure":"hold"}]}}',X'07fe6c61c71e2ebe22b830419908c54bdf5eff680beda17c6ece6114f9676c9f');
INSERT INTO events VALUES('held-1',2,1795254151099,'{"sequence":2,"atMilliseconds":1795254151099,"type":"runStarted"}',X'0e4778d04a606abcd748e57391a1ad5ff7a7e0c9aee8fd490ef774a6c23cda17');
INSERT INTO events VALUES('held-1',3,1795254151099,'{"sequence":3,"atMilliseconds":1795254151099,"type":"phaseStarted","phase":"T-0"}',X'c2063c5bc817c863a30afaf9398d0ed046a0a73199fdbf18b8a778e7dbba38e1');
INSERT INTO events VALUES('held-1',4,1795254151099,'{"sequence":4,"atMilliseconds":1795254151099,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'be5a28167834f7f3132c26f68a509577456ba6f9aee5b286a5eb61861efe99ed');
INSERT INTO events VALUES('held-1',5,1795254151135,'{"sequence":5,"atMilliseconds":1795254151135,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"exited","code":1},"elapsedMilliseconds":17}}',X'9c1321ed69d5095572b1d1a70b5b95ee42db76411f0977ce717b0455ead41dc8');
INSERT INTO events VALUES('held-1',6,1795254151135,'{"sequence":6,"atMilliseconds":1795254151135,"type":"stepFailed","step":"one","cause":{"type":"exit","code":1},"reason":"exit 1"}',X'6d49c577c34cf1426f60ee7a267024e564ab89fb9f499b732f936fbbf178d28c');
INSERT INTO events VALUES('held-1',7,1795254151135,'{"sequence":7,"atMilliseconds":1795254151135,"type":"pageRaised","key":"hold/one/1","reason":"one failed: exit 1. It holds the run: retry it, bypass it, roll back or abort"}',X'eec8b5ed693fe4d3aba1176a92a345a811c1172af0101648fc00ae325c4232ca');
INSERT INTO events VALUES('paused-1',1,1795254152124,'{"sequence":1,"atMilliseconds":1795254152124,"type":"runSubmitted","run":"paused-1","by":"root","digest":"ed051529e9270355565d3b4a6ab55df133e253f4e1f3c365aed16f1ca064cd6f","plan":{"pipeline":"paused","service":"paused","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"go","kind":{"type":"approve","from":["root"],"count":1}},{"name":"one","needs":["go"],"kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false}]}}',X'c57a2e971a6eef77d197fb91c102364f0ee4c029ab1ee694c5823cd6626c1365');
INSERT INTO events VALUES('paused-1',2,1795254152124,'{"sequence":2,"atMilliseconds":1795254152124,"type":"runStarted"}',X'2abf1d534ec44f05108c7ac2b3c9135799498db67834672dfbce3b0c824b900d');
INSERT INTO events VALUES('paused-1',3,1795254152124,'{"sequence":3,"atMilliseconds":1795254152124,"type":"phaseStarted","phase":"T-0"}',X'7b4a126e73b3db164886f463dc3e92f1363ad0a7412fd4e564967c25ad5b7b2f');
INSERT INTO events VALUES('paused-1',4,1795254152124,'{"sequence":4,"atMilliseconds":1795254152124,"type":"approvalAsked","step":"go"}',X'e70cdb4001b4dbef72c0e73a18dcf4d64047d3e9a3e3f44d4c4ae5eb1b7242be');
INSERT INTO events VALUES('paused-1',5,1795254152371,'{"sequence":5,"atMilliseconds":1795254152371,"type":"runPaused","by":"root","reason":"lunch"}',X'c6227a0b5575b026d7afcec0f912d3e559f5ee45461a8c3ebed351450e44b910');
INSERT INTO events VALUES('phases-1',1,1795254152248,'{"sequence":1,"atMilliseconds":1795254152248,"type":"runSubmitted","run":"phases-1","by":"root","pausesAfter":"T-1","digest":"2158fc4c97268121ed6a9bc4b87668187d3296cb225dca356d570778b87bceb2","plan":{"pipeline":"phases","service":"phases","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-1"},{"name":"T-0"}],"steps":[{"name":"check","kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false},{"name":"one","phase":"T-0","kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false}]}}',X'4c778f49c30e00f9e9c5cfc222b333a440a3c515a0dc8180bfbe2a908701c711');
INSERT INTO events VALUES('phases-1',2,1795254152251,'{"sequence":2,"atMilliseconds":1795254152251,"type":"runStarted"}',X'5d51f90be7894364f8fd0e398613bd0bce1f76aba5f282cef82051b4b23d75ef');
INSERT INTO events VALUES('phases-1',3,1795254152251,'{"sequence":3,"atMilliseconds":1795254152251,"type":"phaseStarted","phase":"T-1"}',X'2fdabc9e636a840b9c7e99f3d9c50b59eae2cf9bee42047318beae065c92726c');
INSERT INTO events VALUES('phases-1',4,1795254152251,'{"sequence":4,"atMilliseconds":1795254152251,"type":"attemptStarting","step":"check","role":"forward","number":1}',X'b387625dd18b175a6157e3c1f43a49e8645e9533ebd3ebe79f1c0aadfd5c2580');
INSERT INTO events VALUES('phases-1',5,1795254152283,'{"sequence":5,"atMilliseconds":1795254152283,"type":"attemptEnded","step":"check","role":"forward","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":0}}',X'279b0c9076a668387f560017b1b04ec35d6b892a9236602b5f2f9977e0a7e793');
INSERT INTO events VALUES('phases-1',6,1795254152283,'{"sequence":6,"atMilliseconds":1795254152283,"type":"stepSucceeded","step":"check"}',X'9db6c50edd8016018309fd25c2ee31c3293e8c59c4a2321a3f15f45c87cc7277');
INSERT INTO events VALUES('phases-1',7,1795254152283,'{"sequence":7,"atMilliseconds":1795254152283,"type":"phaseFinished","phase":"T-1"}',X'edad618192bf46b55f9dcd80c3f236d6f0d61398fa53c9b3b71216377fc82387');
INSERT INTO events VALUES('phases-1',8,1795254152283,'{"sequence":8,"atMilliseconds":1795254152283,"type":"runPaused","by":"root","reason":"asked to stop after T-1"}',X'61b4b897b6670e2d2e0ca58da5f09f9c7507e7842fd5cd2ab1e29703e0b17ebb');
INSERT INTO events VALUES('queued-1',1,1795254151832,'{"sequence":1,"atMilliseconds":1795254151832,"type":"runSubmitted","run":"queued-1","by":"root","digest":"c5a17626cbbd403b41e7857db548704236ef84256366befb0252e7da2da26342","plan":{"pipeline":"queued","service":"gate","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false}]}}',X'34140d29cd67a867c6e13d84fd15ddf7f9cc84d9f290d58da4a92aea4673c247');
INSERT INTO events VALUES('queued-1',2,1795254151835,'{"sequence":2,"atMilliseconds":1795254151835,"type":"lockWaited","holder":"gate-1"}',X'41b5b8231caa816e272ba3121b70e9b69f4032bef6a40a49a4fca2a8acbb8e34');
INSERT INTO events VALUES('undoing-1',1,1795254151379,'{"sequence":1,"atMilliseconds":1795254151379,"type":"runSubmitted","run":"undoing-1","by":"root","digest":"ffc83bed1803c2a15b80bb0f794a17826dde282c7befbd11bfbb761e99877bd5","plan":{"pipeline":"undoing","service":"undoing","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/true"]}},"rollback":{"type":"command","command":{"argv":["/bin/sh","-c","while [ ! -e /tmp/tm-parked/go ] && [ -d /tmp/tm-parked ]; do sleep 0.1; done"]},"isIdempotent":true}},{"name":"two","needs":["one"],"kind":{"type":"run","command":{"argv":["/bin/false"]}},"rollback":{"type":"command","command":{"argv":["/bin/true"]}}}]}}',X'716b4c0f6449e7b8f4eb697ae5dab2ef130ac5073cab152df00dc2e3cdf2ed22');
INSERT INTO events VALUES('undoing-1',2,1795254151380,'{"sequence":2,"atMilliseconds":1795254151380,"type":"runStarted"}',X'654022b95b3f6eef8bd1c834219dce5acf402fb233f7fbeb47556003d32f3431');
INSERT INTO events VALUES('undoing-1',3,1795254151380,'{"sequence":3,"atMilliseconds":1795254151380,"type":"phaseStarted","phase":"T-0"}',X'fee6e0142ba32348042d4e65119c0512f28b64f2b951fd42ede3cedf7c553151');
INSERT INTO events VALUES('undoing-1',4,1795254151380,'{"sequence":4,"atMilliseconds":1795254151380,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'4f20e6435f65d076c6a2aefb8d2c35958c9eb1ab30be03e8b63098ec44aff43f');
INSERT INTO events VALUES('undoing-1',5,1795254151403,'{"sequence":5,"atMilliseconds":1795254151403,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":14}}',X'e5a4c9b6d59a7ac06e26fd13fe79faffcace529865b5a5040be59e046441f29e');
INSERT INTO events VALUES('undoing-1',6,1795254151403,'{"sequence":6,"atMilliseconds":1795254151403,"type":"stepSucceeded","step":"one"}',X'f0fa7be0ed9e6611aec3315997c4390be0979679ec1587f040a96288f2496d6a');
INSERT INTO events VALUES('undoing-1',7,1795254151403,'{"sequence":7,"atMilliseconds":1795254151403,"type":"attemptStarting","step":"two","role":"forward","number":1}',X'366f402d331037869cb7e2287c57af1f56c31f9e0b88259003a3dffea634f1d2');
INSERT INTO events VALUES('undoing-1',8,1795254151423,'{"sequence":8,"atMilliseconds":1795254151423,"type":"attemptEnded","step":"two","role":"forward","number":1,"result":{"end":{"type":"exited","code":1},"elapsedMilliseconds":8}}',X'70de3886fa8d670359d8993dbf11b9298a499bd8288e12700d617ff2a9becbfa');
INSERT INTO events VALUES('undoing-1',9,1795254151423,'{"sequence":9,"atMilliseconds":1795254151423,"type":"stepFailed","step":"two","cause":{"type":"exit","code":1},"reason":"exit 1"}',X'8376adeafeb488477c22914268b60304e07418b3cbd9ac4018e304f25563cc48');
INSERT INTO events VALUES('undoing-1',10,1795254151423,'{"sequence":10,"atMilliseconds":1795254151423,"type":"rollbackStarted","cause":{"type":"stepFailed","step":"two"},"reason":"two failed: exit 1"}',X'34f5e153b0eeef5e37a9f0a761eefc787483e0da45ef11e02038c878c04201e1');
INSERT INTO events VALUES('undoing-1',11,1795254151423,'{"sequence":11,"atMilliseconds":1795254151423,"type":"attemptStarting","step":"two","role":"rollback","number":1}',X'38c343aa6d51ea81a163cc56ac834a70e1c9ecef8cbf0bbe6aeeb39fb8f6fa42');
INSERT INTO events VALUES('undoing-1',12,1795254151439,'{"sequence":12,"atMilliseconds":1795254151439,"type":"attemptEnded","step":"two","role":"rollback","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":14}}',X'f296702bfa2fb0ba92674f810090f5b69d166e45342eab1588cc9174b787ba96');
INSERT INTO events VALUES('undoing-1',13,1795254151439,'{"sequence":13,"atMilliseconds":1795254151439,"type":"stepRolledBack","step":"two"}',X'0890d1e18b9f476fe97bef6e8804e16ecdd05d26387ae00fdfa0b6f1d43cddd3');
INSERT INTO events VALUES('undoing-1',14,1795254151439,'{"sequence":14,"atMilliseconds":1795254151439,"type":"attemptStarting","step":"one","role":"rollback","number":1}',X'fd13db17f7cf346690ed5915e5bd4556ee3b08b6015bc172d8b35a0ef2c7648a');
INSERT INTO events VALUES('undoing-1',15,1795254151694,'{"sequence":15,"atMilliseconds":1795254151694,"type":"attemptRunning","step":"one","role":"rollback","number":1}',X'25777df2212e9eb9f3f211dc920a1dee3b542142663f97280c82ca5a257f1808');
INSERT INTO events VALUES('unknown-1',1,1795254151184,'{"sequence":1,"atMilliseconds":1795254151184,"type":"runSubmitted","run":"unknown-1","by":"root","digest":"e7a28264a0754df9898ee8f2390ce2373e99ea1ebb6b2521be5b1ce24d89e0ad","plan":{"pipeline":"unknown","service":"unknown","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/sleep","30"]}},"rollback":{"type":"command","command":{"argv":["/bin/true"]}}}]}}',X'742a21687713ce33439c8f6a45d60c14939af6800a8b88c29afd454ea4c44a9d');
INSERT INTO events VALUES('unknown-1',2,1795254151184,'{"sequence":2,"atMilliseconds":1795254151184,"type":"runStarted"}',X'f17b15bdb711117394d2524a477dac40a44f2a03470a18c764e41a92491fd5e9');
INSERT INTO events VALUES('unknown-1',3,1795254151184,'{"sequence":3,"atMilliseconds":1795254151184,"type":"phaseStarted","phase":"T-0"}',X'a7b923567e45f3fdace7c51e76ac07ef343b29b5197cfb5b7087b0298e713ca5');
INSERT INTO events VALUES('unknown-1',4,1795254151184,'{"sequence":4,"atMilliseconds":1795254151184,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'184251b16734fc964d03b15ef91818522f783993fccb416091c1624b563017ab');
INSERT INTO events VALUES('unknown-1',5,1795254151438,'{"sequence":5,"atMilliseconds":1795254151438,"type":"attemptRunning","step":"one","role":"forward","number":1}',X'ce8078afe8c3b64de6aee920f60fcce2176387d4e99ec401d18577f42f9959fd');
INSERT INTO events VALUES('unknown-1',6,1795254152579,'{"sequence":6,"atMilliseconds":1795254152579,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"vanished","cause":"shimLost"}}}',X'6793fded62ce469d5e604df66e43093c26862e95686da91aaf5a45da8c00975a');
INSERT INTO events VALUES('unknown-1',7,1795254152579,'{"sequence":7,"atMilliseconds":1795254152579,"type":"stepUnknown","step":"one","role":"forward","reason":"it began, but what supervised it was killed before it recorded a result"}',X'74512f4f2ba195fc5416fd22b68e935afed5bdb37cc0485c09c359f18c553888');
INSERT INTO events VALUES('unknown-1',8,1795254152579,'{"sequence":8,"atMilliseconds":1795254152579,"type":"pageRaised","key":"unknown/one/1","reason":"one may or may not have been done: it began, but what supervised it was killed before it recorded a result. Look, then say `tminus resolve unknown-1 one --done` or `--not-done`"}',X'ca93200351c01411cca44f82049078da213ae7869813ac74a662f9b5352ecac2');
INSERT INTO events VALUES('window-1',1,1795254150972,'{"sequence":1,"atMilliseconds":1795254150972,"type":"runSubmitted","run":"window-1","by":"root","digest":"15838b359bcab5a141c45dedfe5c4df87ad9130a8be97720e2e9a18ddee17867","plan":{"pipeline":"window","service":"window","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0","window":{"fromMinute":180,"untilMinute":181,"zone":"UTC"}}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false}]}}',X'9f8d79b22688360cb19b1df4fe9cb1015f9ffad16a2aa6be3c87721e834e767d');
INSERT INTO events VALUES('window-1',2,1795254150973,'{"sequence":2,"atMilliseconds":1795254150973,"type":"runStarted"}',X'7415df550db00860dedda7f122e46363fd205dd61d204dabc9a3690488ee1129');
INSERT INTO events VALUES('window-1',3,1795254150973,'{"sequence":3,"atMilliseconds":1795254150973,"type":"windowSet","phase":"T-0","opensMilliseconds":1795316400000,"closesMilliseconds":1795316460000}',X'740594978827a3be1a0139ba34bb8ff5af1807fc486573ca9038771a5d25a2c4');
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
INSERT INTO pages VALUES(1,'held-1','hold/one/1','one failed: exit 1. It holds the run: retry it, bypass it, roll back or abort',1795254151135,0,'due',1795254151135);
INSERT INTO pages VALUES(2,'unknown-1','unknown/one/1','one may or may not have been done: it began, but what supervised it was killed before it recorded a result. Look, then say `tminus resolve unknown-1 one --done` or `--not-done`',1795254152579,0,'due',1795254152579);
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
COMMIT;
PRAGMA user_version = 1;
PRAGMA application_id = 1414352467;
