PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, tminus TEXT NOT NULL,
    applied INTEGER NOT NULL
) STRICT;
INSERT INTO schema VALUES(1,'001_journal','0.1.0',1795264623000);
INSERT INTO schema VALUES(2,'002_control','0.1.0',1795264623000);
INSERT INTO schema VALUES(3,'003_prune','0.1.0',1795264623000);
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
INSERT INTO runs VALUES(1,'done-1','done','done','test','root',1795264623823,8,X'd1397233c540466a536743581de78c40d033c9f313fd8ab3f92fef005d23e70f','succeeded',1795264623854,'the one step is done');
INSERT INTO runs VALUES(2,'failed-1','failed','failed','test','root',1795264623900,7,X'6289a25f0a9d00099d093c6c5fdfc7c1f58288f7f7ba75640346afcbc9606bf2','failed',1795264623931,'one failed: exit 1; there was nothing to roll back');
INSERT INTO runs VALUES(3,'back-1','back','back','test','root',1795264623984,17,X'083bb971fc2aa7e27803b93b50b4eaf1d36777bd057ed2a989161a5af8aeb54e','rolledBack',1795264624031,'two failed: exit 1');
INSERT INTO runs VALUES(4,'gate-1','gate','gate','test','root',1795264624086,4,X'f4897b05da59c2dd41b030239a5c7679022309733b3b97f72e62fb7543a1aa0b','waiting',NULL,'go waits for approval: root');
INSERT INTO runs VALUES(5,'window-1','window','window','test','root',1795264624132,3,X'22029f67c0443302a6429eefe711612e96ee267f66c1f1835eccf93431541960','waiting',NULL,'T-0 waits for its window, in 14h22m');
INSERT INTO runs VALUES(6,'held-1','held','held','test','root',1795264624183,7,X'f837d75c8cd39bedd8aa77f539ce8f270076408ae3d3740b12bcd1818bc2f104','waiting',NULL,'one failed: exit 1');
INSERT INTO runs VALUES(7,'unknown-1','unknown','unknown','test','root',1795264624249,8,X'4e021ee898ea97088d6184cd88bc21b44d886364fdb6fc32dc5e60094ebb90bf','waiting',NULL,'one may or may not have been done: it began, but what supervised it was killed before it recorded a result');
INSERT INTO runs VALUES(8,'undoing-1','undoing','undoing','test','root',1795264624335,15,X'ab2d4cf79c208913d4b8cfb4946da6240f48b240f6175f025ab1f373f7a04817','rollingBack',NULL,'two failed: exit 1');
INSERT INTO runs VALUES(9,'closed-1','closed','closed','test','root',1795264624507,7,X'ad04383273e6d6411fbee3f48882edfc2448dfc34702d35f87adbdeebf76c0be','waiting',NULL,'go waits for approval: root');
INSERT INTO runs VALUES(10,'queued-1','queued','gate','test','root',1795264624601,2,X'1bef855d11d2b0e7b1b73bc12eca2e6c1ea9097ec70fae7c3a4acb5974619361','waiting',NULL,'waits for gate-1, which holds gate in test');
INSERT INTO runs VALUES(11,'paused-1','paused','paused','test','root',1795264624660,5,X'e0975e07d0e7136140fe724bb9ba9d09e47a07dd7243c13aaff45dd2bd1d5dfc','paused',NULL,'paused by root: lunch');
INSERT INTO runs VALUES(12,'long-1','long','long','test','root',1795264624693,4,X'4638d52fd6dee8af87505fa6a5bb4234de04f218488164c46fc289a07a56738c','waiting',NULL,'go waits for approval: root');
INSERT INTO runs VALUES(13,'phases-1','phases','phases','test','root',1795264624748,9,X'b1ba5e49d7dd64879ced52f8ee1955078a8a7bb7263e1648b43f79f7c9b25471','paused',NULL,'paused by root: asked to stop after T-1');
CREATE TABLE events (
    run TEXT NOT NULL REFERENCES runs (run),
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    at INTEGER NOT NULL,
    line TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (run, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO events VALUES('back-1',1,1795264623984,'{"sequence":1,"atMilliseconds":1795264623984,"type":"runSubmitted","run":"back-1","by":"root","digest":"ead104aade1b8cf5a0f0e99f7b0b54d3e35e0efc0dbfccacd6a10e2b83071746","plan":{"pipeline":"back","service":"back","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/true"]}},"rollback":{"type":"command","command":{"argv":["/bin/true"]}}},{"name":"two","needs":["one"],"kind":{"type":"run","command":{"argv":["/bin/false"]}},"rollback":{"type":"command","command":{"argv":["/bin/true"]}}}]}}',X'b1af4b63b41581ef37e65b4271cad6aa753885af7cb64539c06fbc2dd5c82cc9');
INSERT INTO events VALUES('back-1',2,1795264623985,'{"sequence":2,"atMilliseconds":1795264623985,"type":"runStarted"}',X'f2a07ce34d44b7519c5657f9685ec5b50079348b75eb600de96f8f466902345d');
INSERT INTO events VALUES('back-1',3,1795264623985,'{"sequence":3,"atMilliseconds":1795264623985,"type":"phaseStarted","phase":"T-0"}',X'a4b9d7a630d99e56623de4e31dc3f4597b9c5dcc77360b310a9212fecbff421a');
INSERT INTO events VALUES('back-1',4,1795264623985,'{"sequence":4,"atMilliseconds":1795264623985,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'4fd872e7789b7be1776d3d5132c2f8e368e7aed1e50fc481d01b9286103129d0');
INSERT INTO events VALUES('back-1',5,1795264624007,'{"sequence":5,"atMilliseconds":1795264624007,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":12}}',X'2ef11ad4f63c037bd966d0026f17280882938170852ca6259501fccc47777f11');
INSERT INTO events VALUES('back-1',6,1795264624007,'{"sequence":6,"atMilliseconds":1795264624007,"type":"stepSucceeded","step":"one"}',X'2366db21ddd4a278c9ef98a637011ec1a398f9a5f3becb7f15862f699f408693');
INSERT INTO events VALUES('back-1',7,1795264624007,'{"sequence":7,"atMilliseconds":1795264624007,"type":"attemptStarting","step":"two","role":"forward","number":1}',X'64d0d97fa35b11dc62ba491ee1ae05a1e9b9bd27431a676a479e703191f8d9a2');
INSERT INTO events VALUES('back-1',8,1795264624015,'{"sequence":8,"atMilliseconds":1795264624015,"type":"attemptEnded","step":"two","role":"forward","number":1,"result":{"end":{"type":"exited","code":1},"elapsedMilliseconds":7}}',X'2b7a9a151aab7215e15e346b8413363a896830c7e5301bf47b559dfc38fc2a38');
INSERT INTO events VALUES('back-1',9,1795264624015,'{"sequence":9,"atMilliseconds":1795264624015,"type":"stepFailed","step":"two","cause":{"type":"exit","code":1},"reason":"exit 1"}',X'a1e5b07aee2d5b360dc2cad8990f6b233ecbb526777a01adb9211a0b067da1ff');
INSERT INTO events VALUES('back-1',10,1795264624015,'{"sequence":10,"atMilliseconds":1795264624015,"type":"rollbackStarted","cause":{"type":"stepFailed","step":"two"},"reason":"two failed: exit 1"}',X'73469ca1650bb4646ef151b8bc27112b17a4d706f45096aad0a25dd4cf58c96b');
INSERT INTO events VALUES('back-1',11,1795264624015,'{"sequence":11,"atMilliseconds":1795264624015,"type":"attemptStarting","step":"two","role":"rollback","number":1}',X'6ab3d0e6b2202556c91dadb6596ed0c3a78eb4b3eaa14c4392fa5480e7cde45b');
INSERT INTO events VALUES('back-1',12,1795264624023,'{"sequence":12,"atMilliseconds":1795264624023,"type":"attemptEnded","step":"two","role":"rollback","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":7}}',X'127059c31fb4672a379639fb5607782dfbf22c233e3b06d972206d3b79866434');
INSERT INTO events VALUES('back-1',13,1795264624023,'{"sequence":13,"atMilliseconds":1795264624023,"type":"stepRolledBack","step":"two"}',X'753baa502e2c907e91330054d0369776db303c69a9295c8caaaa0148f86867f2');
INSERT INTO events VALUES('back-1',14,1795264624023,'{"sequence":14,"atMilliseconds":1795264624023,"type":"attemptStarting","step":"one","role":"rollback","number":1}',X'9a36de95c263c37087af0a2f08d7bbf0156518b34935473614638265378c3d35');
INSERT INTO events VALUES('back-1',15,1795264624031,'{"sequence":15,"atMilliseconds":1795264624031,"type":"attemptEnded","step":"one","role":"rollback","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":7}}',X'ba1f81d32106da7d8e3520fd720181d312fe449d490cd3c8b23309acd0d78d35');
INSERT INTO events VALUES('back-1',16,1795264624031,'{"sequence":16,"atMilliseconds":1795264624031,"type":"stepRolledBack","step":"one"}',X'3bd590d88efebe7e6fb84154671436f66ec87312d2a323d18599f128592bf0a4');
INSERT INTO events VALUES('back-1',17,1795264624031,'{"sequence":17,"atMilliseconds":1795264624031,"type":"runEnded","outcome":"rolledBack","reason":"two failed: exit 1"}',X'083bb971fc2aa7e27803b93b50b4eaf1d36777bd057ed2a989161a5af8aeb54e');
INSERT INTO events VALUES('closed-1',1,1795264624507,'{"sequence":1,"atMilliseconds":1795264624507,"type":"runSubmitted","run":"closed-1","by":"root","digest":"5dbbc0f6efe1813f90b4c5b322a829d5f09c9e332fc668da1cd2df8255bc1724","plan":{"pipeline":"closed","service":"closed","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"shut","kind":{"type":"maintenance","enter":{"argv":["/bin/true"]},"leave":{"argv":["/bin/true"]},"until":"go"}},{"name":"go","needs":["shut"],"kind":{"type":"approve","from":["root"],"count":1}},{"name":"shut-end","needs":["shut","go"],"kind":{"type":"maintenanceEnd","opened":"shut"},"hasEffect":false,"budget":{"isSkipped":true,"reason":"leaving maintenance is never held"}}]}}',X'6ac05730a695b37299c897844e40cab2ae19eb5b52bc39b49c56063340813171');
INSERT INTO events VALUES('closed-1',2,1795264624508,'{"sequence":2,"atMilliseconds":1795264624508,"type":"runStarted"}',X'922307e828e9653d7e04ee0308df28032fc978cc180f13a922710e7ae57096fb');
INSERT INTO events VALUES('closed-1',3,1795264624508,'{"sequence":3,"atMilliseconds":1795264624508,"type":"phaseStarted","phase":"T-0"}',X'dfbcedfe0b4977cfca0721a7715a4f87ab65b2887c70221bc09c199d018b37b8');
INSERT INTO events VALUES('closed-1',4,1795264624508,'{"sequence":4,"atMilliseconds":1795264624508,"type":"attemptStarting","step":"shut","role":"forward","number":1}',X'ab5078ff08713eafe31e97a66ff406689fe07eb696d880ec6ad231e43892e9c8');
INSERT INTO events VALUES('closed-1',5,1795264624521,'{"sequence":5,"atMilliseconds":1795264624521,"type":"attemptEnded","step":"shut","role":"forward","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":1}}',X'53fccae5c3631efaddb67e66c9c0f4788d8aefd87de8d7000b6474f294f1cea3');
INSERT INTO events VALUES('closed-1',6,1795264624521,'{"sequence":6,"atMilliseconds":1795264624521,"type":"stepSucceeded","step":"shut"}',X'a8a7394165bbbdd5f671a2c3b8355f86aea24567df840ecb9f525dc85340b397');
INSERT INTO events VALUES('closed-1',7,1795264624521,'{"sequence":7,"atMilliseconds":1795264624521,"type":"approvalAsked","step":"go"}',X'ad04383273e6d6411fbee3f48882edfc2448dfc34702d35f87adbdeebf76c0be');
INSERT INTO events VALUES('done-1',1,1795264623823,'{"sequence":1,"atMilliseconds":1795264623823,"type":"runSubmitted","run":"done-1","by":"root","digest":"8300b361bf521723360e1e23cc0af2941fcf2b602b9be195623d4e12ac64ecdd","plan":{"pipeline":"done","service":"done","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false}]}}',X'315f746c5cff3d1a01470124f412bb114365cfb23b1d1cb7fa3808df609b1fcb');
INSERT INTO events VALUES('done-1',2,1795264623824,'{"sequence":2,"atMilliseconds":1795264623824,"type":"runStarted"}',X'7270bf947a3ff474144f253ddd848b8f0c1f04b056fb7f4b5c343f273dee9dbd');
INSERT INTO events VALUES('done-1',3,1795264623824,'{"sequence":3,"atMilliseconds":1795264623824,"type":"phaseStarted","phase":"T-0"}',X'd222b0dc79ceef7af6f6aca18184fd59048db077fcdfdd7bba65acaf54da6c3b');
INSERT INTO events VALUES('done-1',4,1795264623824,'{"sequence":4,"atMilliseconds":1795264623824,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'37bac094a0847f70d01d0b2cb68763d147d532266eaafb9396a2a2f05e8d8f04');
INSERT INTO events VALUES('done-1',5,1795264623854,'{"sequence":5,"atMilliseconds":1795264623854,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":1}}',X'a6dfa6eed9da070ffa9bdfb74d1b8c1da4543a35864321ada0e06d12857afceb');
INSERT INTO events VALUES('done-1',6,1795264623854,'{"sequence":6,"atMilliseconds":1795264623854,"type":"stepSucceeded","step":"one"}',X'50798493590a764da50633a9eb76b1b508e41c57c74129e22c6c2b5354389db6');
INSERT INTO events VALUES('done-1',7,1795264623854,'{"sequence":7,"atMilliseconds":1795264623854,"type":"phaseFinished","phase":"T-0"}',X'872c460afc540a9cc3f835769b36b24a8ba1e636725b1edce517988fc0e6978b');
INSERT INTO events VALUES('done-1',8,1795264623854,'{"sequence":8,"atMilliseconds":1795264623854,"type":"runEnded","outcome":"succeeded","reason":"the one step is done"}',X'd1397233c540466a536743581de78c40d033c9f313fd8ab3f92fef005d23e70f');
INSERT INTO events VALUES('failed-1',1,1795264623900,'{"sequence":1,"atMilliseconds":1795264623900,"type":"runSubmitted","run":"failed-1","by":"root","digest":"78d7aac43a4c0653e7d9adabc13dcfd3d52d4c04645ab4b8ea5db3f79b4f1ef8","plan":{"pipeline":"failed","service":"failed","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/false"]}},"hasEffect":false}]}}',X'f05178b55bd3bec9ec27910d4ddcec8d8b7ee633fb28b091a043fe59bfa36d7b');
INSERT INTO events VALUES('failed-1',2,1795264623901,'{"sequence":2,"atMilliseconds":1795264623901,"type":"runStarted"}',X'd2d2f61de42dd9b77f7d9b0a7610ff8a90159c7752d5591c3e332214818c56fc');
INSERT INTO events VALUES('failed-1',3,1795264623901,'{"sequence":3,"atMilliseconds":1795264623901,"type":"phaseStarted","phase":"T-0"}',X'88eac80ab3e67566a61d2d9bb79e319ef31e21fa75f06c94bc0b6af7ec3ff6fe');
INSERT INTO events VALUES('failed-1',4,1795264623901,'{"sequence":4,"atMilliseconds":1795264623901,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'207adfaf023bc3a06a18821e6f8ba5f5909ba5d43794538ad3e5aeeb3557a13d');
INSERT INTO events VALUES('failed-1',5,1795264623931,'{"sequence":5,"atMilliseconds":1795264623931,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"exited","code":1},"elapsedMilliseconds":9}}',X'8aeafdd16ccbd733b471f557383171f426a0162015d38141ba2a0dafb0e58231');
INSERT INTO events VALUES('failed-1',6,1795264623931,'{"sequence":6,"atMilliseconds":1795264623931,"type":"stepFailed","step":"one","cause":{"type":"exit","code":1},"reason":"exit 1"}',X'fef477c5f95061053bf53b576e894fcb068796401d67e6936c320b6a202609db');
INSERT INTO events VALUES('failed-1',7,1795264623931,'{"sequence":7,"atMilliseconds":1795264623931,"type":"runEnded","outcome":"failed","reason":"one failed: exit 1; there was nothing to roll back"}',X'6289a25f0a9d00099d093c6c5fdfc7c1f58288f7f7ba75640346afcbc9606bf2');
INSERT INTO events VALUES('gate-1',1,1795264624086,'{"sequence":1,"atMilliseconds":1795264624086,"type":"runSubmitted","run":"gate-1","by":"root","digest":"4f3c703a2d029abf9c2ab2af6c2e72a0c13e16093ef1e4aeaa1891826b056267","plan":{"pipeline":"gate","service":"gate","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"go","kind":{"type":"approve","from":["root"],"count":1}}]}}',X'3db84a9926d9e2848723b52ad3aad3f9dc8bf178dc4cb8cf2368b3213316608f');
INSERT INTO events VALUES('gate-1',2,1795264624087,'{"sequence":2,"atMilliseconds":1795264624087,"type":"runStarted"}',X'6ad2ab7de479667e5d2aacba6285c67df71b42df6889ff15a2b8a243118363b3');
INSERT INTO events VALUES('gate-1',3,1795264624087,'{"sequence":3,"atMilliseconds":1795264624087,"type":"phaseStarted","phase":"T-0"}',X'95f2eb7ac5f86e2e2cefe876a9ed4be20d2a15b1219012d69fc978d0fd703a9c');
INSERT INTO events VALUES('gate-1',4,1795264624087,'{"sequence":4,"atMilliseconds":1795264624087,"type":"approvalAsked","step":"go"}',X'f4897b05da59c2dd41b030239a5c7679022309733b3b97f72e62fb7543a1aa0b');
INSERT INTO events VALUES('held-1',1,1795264624183,'{"sequence":1,"atMilliseconds":1795264624183,"type":"runSubmitted","run":"held-1","by":"root","digest":"9a7454e4d9f37aab9ddb007b86c66a11007b6fbbfd4965243d0cf351947c452d","plan":{"pipeline":"held","service":"held","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/sh","-c","test -e /tmp/tm-parked/go"]}},"hasEffect":false,"onFailure":"hold"}]}}',X'9d3eb46be36805870790332f58bab02e626a0e07761fd6e16328585e79bd40cf');
INSERT INTO events VALUES('held-1',2,1795264624184,'{"sequence":2,"atMilliseconds":1795264624184,"type":"runStarted"}',X'ada16729426884d093cb1c9211b45dc804aef6da560e13e9abe6bffab4cd2d86');
INSERT INTO events VALUES('held-1',3,1795264624184,'{"sequence":3,"atMilliseconds":1795264624184,"type":"phaseStarted","phase":"T-0"}',X'cf31e0270717da0ab111ac6cc9c144d56c475b2dbbb126fa5cd0f017202dd57b');
INSERT INTO events VALUES('held-1',4,1795264624184,'{"sequence":4,"atMilliseconds":1795264624184,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'dc82360ec80806a4cf554080ac5536d494a52801035c2a4aae82ac81489a79d1');
INSERT INTO events VALUES('held-1',5,1795264624215,'{"sequence":5,"atMilliseconds":1795264624215,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"exited","code":1},"elapsedMilliseconds":24}}',X'4c51c2776550f154e3d03209018b677fd64f49735c2b36452f1c1e2473bc88ab');
INSERT INTO events VALUES('held-1',6,1795264624215,'{"sequence":6,"atMilliseconds":1795264624215,"type":"stepFailed","step":"one","cause":{"type":"exit","code":1},"reason":"exit 1"}',X'73e1573954b890b22df0e408f4b884957fc153126185aceaeeeabfdb688cda21');
INSERT INTO events VALUES('held-1',7,1795264624215,'{"sequence":7,"atMilliseconds":1795264624215,"type":"pageRaised","key":"hold/one/1","reason":"one failed: exit 1. It holds the run: retry it, bypass it, roll back or abort"}',X'f837d75c8cd39bedd8aa77f539ce8f270076408ae3d3740b12bcd1818bc2f104');
INSERT INTO events VALUES('long-1',1,1795264624693,'{"sequence":1,"atMilliseconds":1795264624693,"type":"runSubmitted","run":"long-1","by":"root","digest":"f44eca15a3404c7a4d4c34bbefd507fc51ee1eedcd0216817e45ea8e0ca1270b","plan":{"pipeline":"long","service":"long","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"go","kind":{"type":"approve","from":["root"],"count":1}},{"name":"one","needs":["go"],"kind":{"type":"run","command":{"argv":["/bin/true","long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long "]}},"hasEffect":false}]}}',X'5c12a107d4796975934bb5fe638b3392898834fb4f37f44ac46f71eeedcf418c');
INSERT INTO events VALUES('long-1',2,1795264624699,'{"sequence":2,"atMilliseconds":1795264624699,"type":"runStarted"}',X'61a7c3e4de605d174a72726c9742ab5ab14366e00cd2f6181c37dc5174361214');
INSERT INTO events VALUES('long-1',3,1795264624699,'{"sequence":3,"atMilliseconds":1795264624699,"type":"phaseStarted","phase":"T-0"}',X'e7e012d1cfa413112780550b8ae5e0693d76e34f546a76d72bd0c4ca9df3eab1');
INSERT INTO events VALUES('long-1',4,1795264624699,'{"sequence":4,"atMilliseconds":1795264624699,"type":"approvalAsked","step":"go"}',X'4638d52fd6dee8af87505fa6a5bb4234de04f218488164c46fc289a07a56738c');
INSERT INTO events VALUES('paused-1',1,1795264624660,'{"sequence":1,"atMilliseconds":1795264624660,"type":"runSubmitted","run":"paused-1","by":"root","digest":"ed051529e9270355565d3b4a6ab55df133e253f4e1f3c365aed16f1ca064cd6f","plan":{"pipeline":"paused","service":"paused","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"go","kind":{"type":"approve","from":["root"],"count":1}},{"name":"one","needs":["go"],"kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false}]}}',X'869babd48d45385d602063e25d851167e097bc88cae641a31453897c64bebdb5');
INSERT INTO events VALUES('paused-1',2,1795264624661,'{"sequence":2,"atMilliseconds":1795264624661,"type":"runStarted"}',X'f7587053e42059cd55674694e154d59ee9c9fddb8d883171e18a682bf6f48a59');
INSERT INTO events VALUES('paused-1',3,1795264624661,'{"sequence":3,"atMilliseconds":1795264624661,"type":"phaseStarted","phase":"T-0"}',X'0b276a0436961266d90d58532fc484e87d290601e7816cac44d218ba182a7d66');
INSERT INTO events VALUES('paused-1',4,1795264624661,'{"sequence":4,"atMilliseconds":1795264624661,"type":"approvalAsked","step":"go"}',X'91bf47dc7e6ea278a60fcabb934df6d6539094c8f09c2b1026869c241f53d1a0');
INSERT INTO events VALUES('paused-1',5,1795264624800,'{"sequence":5,"atMilliseconds":1795264624800,"type":"runPaused","by":"root","reason":"lunch"}',X'e0975e07d0e7136140fe724bb9ba9d09e47a07dd7243c13aaff45dd2bd1d5dfc');
INSERT INTO events VALUES('phases-1',1,1795264624748,'{"sequence":1,"atMilliseconds":1795264624748,"type":"runSubmitted","run":"phases-1","by":"root","pausesAfter":"T-1","digest":"2158fc4c97268121ed6a9bc4b87668187d3296cb225dca356d570778b87bceb2","plan":{"pipeline":"phases","service":"phases","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-1"},{"name":"T-0"}],"steps":[{"name":"check","kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false},{"name":"one","phase":"T-0","kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false}]}}',X'f45af2bb1ed0194c96161ade23d84e22aa4fd69c01eb1b598ec169d1846ad8fa');
INSERT INTO events VALUES('phases-1',2,1795264624749,'{"sequence":2,"atMilliseconds":1795264624749,"type":"runStarted"}',X'24d9778e590573e61cd8527f40c6adfa39f3833c057b628ccaad8909cf14eb82');
INSERT INTO events VALUES('phases-1',3,1795264624749,'{"sequence":3,"atMilliseconds":1795264624749,"type":"phaseStarted","phase":"T-1"}',X'703a17d050ce82045bd9b68be8a2fcf8baf154098c41c86b0c6a1e773ef2d069');
INSERT INTO events VALUES('phases-1',4,1795264624749,'{"sequence":4,"atMilliseconds":1795264624749,"type":"attemptStarting","step":"check","role":"forward","number":1}',X'4a3e1676e993eee2eaf7a4843cabb1e2f3884932dc2477b0494b759be014593c');
INSERT INTO events VALUES('phases-1',5,1795264624759,'{"sequence":5,"atMilliseconds":1795264624759,"type":"attemptEnded","step":"check","role":"forward","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":4}}',X'6c0e99e0e539e572ce7b01b8c25483d99ff48ff00547cf200d954b84b6315ae7');
INSERT INTO events VALUES('phases-1',6,1795264624759,'{"sequence":6,"atMilliseconds":1795264624759,"type":"stepSucceeded","step":"check"}',X'd5b26d800d7dcda1a20c33f6cb67f5cef8160d32c7ab8ee55f5e2ad6e0f359af');
INSERT INTO events VALUES('phases-1',7,1795264624759,'{"sequence":7,"atMilliseconds":1795264624759,"type":"phaseFinished","phase":"T-1"}',X'c02084d51723328d57220c94282fc692ca1fe6197e68f7e6c0f55afcfd6aefe0');
INSERT INTO events VALUES('phases-1',8,1795264624759,'{"sequence":8,"atMilliseconds":1795264624759,"type":"runPaused","by":"root","reason":"asked to stop after T-1"}',X'8d9df2fef2402442a8ac7b077b08245cd20490f950c85b2bb03f5f36b370acf3');
INSERT INTO events VALUES('phases-1',9,1795264624775,'{"sequence":9,"atMilliseconds":1795264624775,"type":"phaseSealed","phase":"T-1","digest":"f615be526ad3252e16810a7efa69cd9f1917888e54aa6a935030b3fd62178209"}',X'b1ba5e49d7dd64879ced52f8ee1955078a8a7bb7263e1648b43f79f7c9b25471');
INSERT INTO events VALUES('queued-1',1,1795264624601,'{"sequence":1,"atMilliseconds":1795264624601,"type":"runSubmitted","run":"queued-1","by":"root","digest":"c5a17626cbbd403b41e7857db548704236ef84256366befb0252e7da2da26342","plan":{"pipeline":"queued","service":"gate","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false}]}}',X'deed7644e16ee8f1c0c83d3dc7aef7a030edece5131fff9cd8a7829ffc97ecfe');
INSERT INTO events VALUES('queued-1',2,1795264624602,'{"sequence":2,"atMilliseconds":1795264624602,"type":"lockWaited","holder":"gate-1"}',X'1bef855d11d2b0e7b1b73bc12eca2e6c1ea9097ec70fae7c3a4acb5974619361');
INSERT INTO events VALUES('undoing-1',1,1795264624335,'{"sequence":1,"atMilliseconds":1795264624335,"type":"runSubmitted","run":"undoing-1","by":"root","digest":"ffc83bed1803c2a15b80bb0f794a17826dde282c7befbd11bfbb761e99877bd5","plan":{"pipeline":"undoing","service":"undoing","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/true"]}},"rollback":{"type":"command","command":{"argv":["/bin/sh","-c","while [ ! -e /tmp/tm-parked/go ] && [ -d /tmp/tm-parked ]; do sleep 0.1; done"]},"isIdempotent":true}},{"name":"two","needs":["one"],"kind":{"type":"run","command":{"argv":["/bin/false"]}},"rollback":{"type":"command","command":{"argv":["/bin/true"]}}}]}}',X'948da7d311877b68ae165fff41819a9c515636c2053ac493577beecc709bc005');
INSERT INTO events VALUES('undoing-1',2,1795264624336,'{"sequence":2,"atMilliseconds":1795264624336,"type":"runStarted"}',X'bfc018881e2954d91c535ea4118428d285a690b4dd309b6101232f978bf4b5ba');
INSERT INTO events VALUES('undoing-1',3,1795264624336,'{"sequence":3,"atMilliseconds":1795264624336,"type":"phaseStarted","phase":"T-0"}',X'b28cb391df2da641231c712497dcd66d631d1aa52a43de00824998cb83ed0ca9');
INSERT INTO events VALUES('undoing-1',4,1795264624336,'{"sequence":4,"atMilliseconds":1795264624336,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'221158d8d382cbe2f7c7df1b86c74f938789117ae885abfa62b6672bc27089ff');
INSERT INTO events VALUES('undoing-1',5,1795264624363,'{"sequence":5,"atMilliseconds":1795264624363,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":12}}',X'dd8dec201faf5462706e0d44cb0eff397c648fe3056eec41bcbeef9df5a485cd');
INSERT INTO events VALUES('undoing-1',6,1795264624363,'{"sequence":6,"atMilliseconds":1795264624363,"type":"stepSucceeded","step":"one"}',X'd7d611dd61508bcf7d39949c2b5e3f283d01a388cb76472fa86c741480950130');
INSERT INTO events VALUES('undoing-1',7,1795264624363,'{"sequence":7,"atMilliseconds":1795264624363,"type":"attemptStarting","step":"two","role":"forward","number":1}',X'0ab8c467a30efb1e0a58adca6bca4efc55051487c8c2131fa4a5f50a602611d9');
INSERT INTO events VALUES('undoing-1',8,1795264624383,'{"sequence":8,"atMilliseconds":1795264624383,"type":"attemptEnded","step":"two","role":"forward","number":1,"result":{"end":{"type":"exited","code":1},"elapsedMilliseconds":16}}',X'364d624009db0e30c282f55f2db70d8e95fe4a056f224f957f41cad96a766ac3');
INSERT INTO events VALUES('undoing-1',9,1795264624383,'{"sequence":9,"atMilliseconds":1795264624383,"type":"stepFailed","step":"two","cause":{"type":"exit","code":1},"reason":"exit 1"}',X'fbeb7efbc0b985575b96acffc968fa27abb1c53dff64dd60630669c63d727ed5');
INSERT INTO events VALUES('undoing-1',10,1795264624383,'{"sequence":10,"atMilliseconds":1795264624383,"type":"rollbackStarted","cause":{"type":"stepFailed","step":"two"},"reason":"two failed: exit 1"}',X'08664b28f1e5e24854340552ca87c877e9879b3361d81cf1af6eb7a9daaa534f');
INSERT INTO events VALUES('undoing-1',11,1795264624383,'{"sequence":11,"atMilliseconds":1795264624383,"type":"attemptStarting","step":"two","role":"rollback","number":1}',X'4ca30b973742f5ac700dee5a8fd5717a1699bf98e47be7b77a2a838453e6c2fc');
INSERT INTO events VALUES('undoing-1',12,1795264624399,'{"sequence":12,"atMilliseconds":1795264624399,"type":"attemptEnded","step":"two","role":"rollback","number":1,"result":{"end":{"type":"exited","code":0},"elapsedMilliseconds":15}}',X'e308723d0682a801f6e7a88147e7aa4f8685d167510e6ebde4f7144087669577');
INSERT INTO events VALUES('undoing-1',13,1795264624399,'{"sequence":13,"atMilliseconds":1795264624399,"type":"stepRolledBack","step":"two"}',X'0af6532ecc4263173b0c751426f2eea19cee6f0af9a5947bf79d14c377897517');
INSERT INTO events VALUES('undoing-1',14,1795264624399,'{"sequence":14,"atMilliseconds":1795264624399,"type":"attemptStarting","step":"one","role":"rollback","number":1}',X'6beed5c2e45f1c1276fb49ec3a91193307ff373852c4a8183d09fc1dc1ab5e41');
INSERT INTO events VALUES('undoing-1',15,1795264624650,'{"sequence":15,"atMilliseconds":1795264624650,"type":"attemptRunning","step":"one","role":"rollback","number":1}',X'ab2d4cf79c208913d4b8cfb4946da6240f48b240f6175f025ab1f373f7a04817');
INSERT INTO events VALUES('unknown-1',1,1795264624249,'{"sequence":1,"atMilliseconds":1795264624249,"type":"runSubmitted","run":"unknown-1","by":"root","digest":"e7a28264a0754df9898ee8f2390ce2373e99ea1ebb6b2521be5b1ce24d89e0ad","plan":{"pipeline":"unknown","service":"unknown","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0"}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/sleep","30"]}},"rollback":{"type":"command","command":{"argv":["/bin/true"]}}}]}}',X'9d160f81f773d27f4d0dcf04a6a89a81d5f5a14dae7afc8c7061e0ff97599023');
INSERT INTO events VALUES('unknown-1',2,1795264624249,'{"sequence":2,"atMilliseconds":1795264624249,"type":"runStarted"}',X'8419d099bdf671dc68ed42ca4f8d6aa6b0030fd165f44145f4fe7c2ff1c38872');
INSERT INTO events VALUES('unknown-1',3,1795264624249,'{"sequence":3,"atMilliseconds":1795264624249,"type":"phaseStarted","phase":"T-0"}',X'9100afe92f1ae279368b6bca4498c89269a2f49d5c027b4c18923bf8dbdf0177');
INSERT INTO events VALUES('unknown-1',4,1795264624249,'{"sequence":4,"atMilliseconds":1795264624249,"type":"attemptStarting","step":"one","role":"forward","number":1}',X'f7e19ceb5c834bacae3d8969582790eb9bf4ae5f76f8104f5817076d31876c87');
INSERT INTO events VALUES('unknown-1',5,1795264624506,'{"sequence":5,"atMilliseconds":1795264624506,"type":"attemptRunning","step":"one","role":"forward","number":1}',X'4eba65fd63679ba87b9bfc65c139c0fbbb6227ef9f817f9a638347d2bc51e3ca');
INSERT INTO events VALUES('unknown-1',6,1795264624893,'{"sequence":6,"atMilliseconds":1795264624893,"type":"attemptEnded","step":"one","role":"forward","number":1,"result":{"end":{"type":"vanished","cause":"shimLost"}}}',X'0a325813a55bb0ada9fa1f6fa964abba18f89d5c5baa96de46140b51965b2b27');
INSERT INTO events VALUES('unknown-1',7,1795264624893,'{"sequence":7,"atMilliseconds":1795264624893,"type":"stepUnknown","step":"one","role":"forward","reason":"it began, but what supervised it was killed before it recorded a result"}',X'ed9ad3449cdcfe12fb5e1ef1cc03f291a369fbd6b506b9cb67ccd4cc41d6df78');
INSERT INTO events VALUES('unknown-1',8,1795264624893,'{"sequence":8,"atMilliseconds":1795264624893,"type":"pageRaised","key":"unknown/one/1","reason":"one may or may not have been done: it began, but what supervised it was killed before it recorded a result. Look, then say `tminus resolve unknown-1 one --done` or `--not-done`"}',X'4e021ee898ea97088d6184cd88bc21b44d886364fdb6fc32dc5e60094ebb90bf');
INSERT INTO events VALUES('window-1',1,1795264624132,'{"sequence":1,"atMilliseconds":1795264624132,"type":"runSubmitted","run":"window-1","by":"root","digest":"15838b359bcab5a141c45dedfe5c4df87ad9130a8be97720e2e9a18ddee17867","plan":{"pipeline":"window","service":"window","environment":"test","change":"normal","release":"minor","folder":"/tmp/tm-parked","phases":[{"name":"T-0","window":{"fromMinute":180,"untilMinute":181,"zone":"UTC"}}],"steps":[{"name":"one","kind":{"type":"run","command":{"argv":["/bin/true"]}},"hasEffect":false}]}}',X'c5f925050553fe7daeec77c33b244be149e4078614f8b1a861b1bd64e949f7c4');
INSERT INTO events VALUES('window-1',2,1795264624133,'{"sequence":2,"atMilliseconds":1795264624133,"type":"runStarted"}',X'506e13838e72f70d376312db8ee4ba795193ad886d2778f8c87ed8bb0007638a');
INSERT INTO events VALUES('window-1',3,1795264624143,'{"sequence":3,"atMilliseconds":1795264624143,"type":"windowSet","phase":"T-0","opensMilliseconds":1795316400000,"closesMilliseconds":1795316460000}',X'22029f67c0443302a6429eefe711612e96ee267f66c1f1835eccf93431541960');
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
INSERT INTO pages VALUES(1,'held-1','hold/one/1','one failed: exit 1. It holds the run: retry it, bypass it, roll back or abort',1795264624215,0,'due',1795264624215);
INSERT INTO pages VALUES(2,'unknown-1','unknown/one/1','one may or may not have been done: it began, but what supervised it was killed before it recorded a result. Look, then say `tminus resolve unknown-1 one --done` or `--not-done`',1795264624893,0,'due',1795264624893);
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
INSERT INTO releases VALUES('back-1','back','test',1795264624031,'{"run":"back-1","service":"back","environment":"test","pipeline":"back","outcome":"rolledBack","hadEffect":true,"change":"normal","release":"minor","digest":"ead104aade1b8cf5a0f0e99f7b0b54d3e35e0efc0dbfccacd6a10e2b83071746","endedMilliseconds":1795264624031}');
INSERT INTO releases VALUES('done-1','done','test',1795264623854,'{"run":"done-1","service":"done","environment":"test","pipeline":"done","outcome":"succeeded","change":"normal","release":"minor","digest":"8300b361bf521723360e1e23cc0af2941fcf2b602b9be195623d4e12ac64ecdd","endedMilliseconds":1795264623854}');
INSERT INTO releases VALUES('failed-1','failed','test',1795264623931,'{"run":"failed-1","service":"failed","environment":"test","pipeline":"failed","outcome":"failed","change":"normal","release":"minor","digest":"78d7aac43a4c0653e7d9adabc13dcfd3d52d4c04645ab4b8ea5db3f79b4f1ef8","endedMilliseconds":1795264623931}');
CREATE TABLE pruned (
    run TEXT PRIMARY KEY REFERENCES runs (run),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('runs',13);
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
CREATE INDEX pages_due ON pages (number) WHERE state = 'due';
CREATE TRIGGER pages_settled_are_final BEFORE UPDATE ON pages
    WHEN OLD.state <> 'due'
    BEGIN SELECT RAISE(ABORT, 'the page is settled'); END;
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
CREATE TRIGGER pruned_have_ended BEFORE INSERT ON pruned
    WHEN (SELECT ended FROM runs WHERE run = NEW.run) IS NULL
    BEGIN SELECT RAISE(ABORT, 'the run has not ended'); END;
CREATE TRIGGER pruned_never_change BEFORE UPDATE ON pruned
    BEGIN SELECT RAISE(ABORT, 'what was pruned stays pruned'); END;
CREATE TRIGGER pruned_stay BEFORE DELETE ON pruned
    BEGIN SELECT RAISE(ABORT, 'what was pruned stays pruned'); END;
CREATE TRIGGER events_stay BEFORE DELETE ON events
    WHEN NOT EXISTS (SELECT 1 FROM pruned WHERE run = OLD.run)
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER pages_stay BEFORE DELETE ON pages
    WHEN NOT EXISTS (SELECT 1 FROM pruned WHERE run = OLD.run)
    BEGIN SELECT RAISE(ABORT, 'pages are never deleted'); END;
COMMIT;
PRAGMA user_version = 3;
PRAGMA application_id = 1414352467;
