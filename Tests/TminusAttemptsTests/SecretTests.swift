import Foundation
import Testing
import TminusModel
import TminusPorts

@testable import TminusAttempts

@Suite(.timeLimit(.minutes(5))) struct SecretTests {
    static let secret = "p@ss/w0rd \"quoted\" \\ ünïcödé+tail"

    /// Each way a secret may be written, made here by other means than the product's.
    /// `core` is the part that the secret alone decides.
    static func forms(of secret: String) -> [(said: String, core: String)] {
        let bytes = Data(secret.utf8)
        var unreserved = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: "\u{0}"..."\u{7F}"))
        unreserved.insert(charactersIn: "-._~")
        let percent = secret.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
        let json = String(decoding: (try? JSONEncoder().encode(secret)) ?? Data(), as: UTF8.self)
        let plainJSON = json.replacingOccurrences(of: "\\/", with: "/")
        let hex = bytes.map { String(format: "%02x", $0) }.joined()
        let plain = [
            secret, String(json.dropFirst().dropLast()), String(plainJSON.dropFirst().dropLast()), percent,
            percent.replacingOccurrences(of: "%20", with: "+"), hex, hex.uppercased(),
        ]
        let base64 = (0..<3).map { lead -> (said: String, core: String) in
            let said = (Data(repeating: 0x41, count: lead) + bytes).base64EncodedString().filter { $0 != "=" }
            return (said, String(said.dropFirst([0, 2, 3][lead]).dropLast((lead + bytes.count) % 3 == 0 ? 0 : 1)))
        }
        func url(_ text: String) -> String {
            text.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        }
        return plain.map { ($0, $0) } + base64 + base64.map { (url($0.said), url($0.core)) }
    }

    @Test func everyFormOfASecretIsMaskedBeforeItReachesTheDisk() async throws {
        let ground = try Ground()
        let forms = Self.forms(of: Self.secret)
        try ground.write("said", forms.map { "<\($0.said)>" }.joined(separator: "\n") + "\n")
        try ground.write("secret", Self.secret + "\n")
        var order = ground.order("cat said; printf '%s\\n' \"$TOKEN\"")
        order.secrets = [SecretReference(name: "TOKEN", source: .file("\(ground.path)/secret"))]
        #expect(try await ground.run(order).note == "***")
        let log = ground.log(order)
        let expected = forms.map { "<\($0.said.replacingOccurrences(of: $0.core, with: "***"))>" } + ["***"]
        #expect(log.split(separator: "\n").map(String.init) == expected)
        for name in ["spec", "claim", "exit", "log"] {
            #expect(!String(decoding: ground.read(order, name), as: UTF8.self).contains("ünïcödé"))
        }
    }

    @Test func theLinesOfASecretAreMaskedOneByOne() async throws {
        let ground = try Ground()
        try ground.write("key", "-----BEGIN KEY-----\r\nMIIEvQIBADANBgkq\r\nshort\r\nhkiG9w0BAQEFAASC\r\n")
        var order = ground.order("grep -v BEGIN key | tr -d '\\r'; echo short")
        order.secrets = [SecretReference(name: "KEY", source: .file("\(ground.path)/key"))]
        #expect(try await ground.run(order).end == .exited(0))
        // Lines under eight bytes are not masked.
        #expect(ground.log(order) == "***\nshort\n***\nshort\n")
    }

    @Test func aShortSecretIsNotMasked() async throws {
        let ground = try Ground()
        setenv("TMINUS_TEST_PIN", "1234567", 1)
        var order = ground.order("echo $PIN")
        order.secrets = [SecretReference(name: "PIN", source: .environment("TMINUS_TEST_PIN"))]
        #expect(try await ground.run(order).note == "1234567")
    }

    /// The shim's streaming matcher against the naive one, over random streams cut into small writes.
    @Test(arguments: [1, 7, 13, 64, 4096])
    func theStreamIsMaskedAsAWholeWouldBe(chunk: Int) async throws {
        let ground = try Ground()
        var numbers = Numbers(state: UInt64(chunk))
        let secrets = ["aaaaaaaa", "aaaaaaaabaaaaaaaa", "hunter2hunter2", "0123456789abcdef"]
        let masks = SecretMasks(of: secrets.map { Array($0.utf8) })
        var stream: [UInt8] = []
        while stream.count < min(24_000, chunk * 3_000) {
            let mask = masks.masks[Int(numbers.next() % UInt64(masks.masks.count))]
            switch numbers.next() % 5 {
            case 0: stream += mask
            case 1: stream += mask.dropLast(1 + Int(numbers.next() % UInt64(mask.count)))
            case 2: stream += mask.dropFirst(Int(numbers.next() % UInt64(mask.count)))
            case 3: stream += [UInt8](repeating: 0x61, count: Int(numbers.next() % 20))
            default: stream += (0..<numbers.next() % 12).map { _ in UInt8(0x30 + numbers.next() % 10) }
            }
        }
        try Data(stream).write(to: URL(filePath: "\(ground.path)/stream"))
        var order = ground.order("dd if=stream bs=\(chunk) status=none")
        for (index, secret) in secrets.enumerated() {
            setenv("TMINUS_TEST_\(index)_\(chunk)", secret, 1)
            let source = SecretReference.Source.environment("TMINUS_TEST_\(index)_\(chunk)")
            order.secrets.append(SecretReference(name: "S\(index)", source: source))
        }
        #expect(try await ground.run(order).end == .exited(0))
        #expect(ground.read(order, "log") == masks.redact(stream))
    }

    @Test func whatLooksLikeTheBeginningOfASecretIsHeldBackOnlyUntilTheEnd() async throws {
        let ground = try Ground()
        setenv("TMINUS_TEST_HELD", "correct horse battery", 1)
        var order = ground.order("printf 'correct hor'")
        order.secrets = [SecretReference(name: "S", source: .environment("TMINUS_TEST_HELD"))]
        #expect(try await ground.run(order).end == .exited(0))
        #expect(ground.log(order) == "correct hor")
    }

    @Test func outputsAndNotesAreMasked() async throws {
        let ground = try Ground()
        setenv("TMINUS_TEST_OUT", "open sesame please", 1)
        var order = ground.order(
            #"printf '{"url": "https://x/?k=%s", "reason": "said \u006fpen sesame please"}' "$S" > $TMINUS_OUTPUT"#)
        order.secrets = [SecretReference(name: "S", source: .environment("TMINUS_TEST_OUT"))]
        let result = try await ground.run(order)
        #expect(
            result.outputs == [
                Variable(name: "reason", value: "said ***"), Variable(name: "url", value: "https://x/?k=***"),
            ])
        #expect(result.note == "said ***")
        // Adopted when the secret is gone, they can't be masked, so they are withheld.
        unsetenv("TMINUS_TEST_OUT")
        try ground.restartRunner()
        await ground.adopt(order)
        let adopted = try await ground.end()
        #expect(adopted.outputs == [])
        #expect(adopted.note == "its outputs were withheld: the secret S can't be read any more to mask it")
    }

    @Test func aSecretThatCannotBeReadStopsTheAttemptAndNamesItself() async throws {
        let ground = try Ground()
        func end(_ number: Int, _ source: SecretReference.Source) async throws -> AttemptEnd {
            var order = ground.order("true", number: number)
            order.secrets = [SecretReference(name: "TOKEN", source: source)]
            return try await ground.run(order).end
        }
        #expect(
            try await end(1, .file("/no/such/file"))
                == .notStarted(
                    "the secret TOKEN can't be read: cannot open /no/such/file: No such file or directory"))
        #expect(
            try await end(2, .environment("TMINUS_TEST_NOWHERE"))
                == .notStarted(
                    "the secret TOKEN can't be read: the engine's environment has no variable TMINUS_TEST_NOWHERE: "
                        + "set it where the engine is started"))
        try ground.write("long", String(repeating: "x", count: 40_000))
        #expect(
            try await end(3, .file("\(ground.path)/long"))
                == .notStarted(
                    "the secret TOKEN can't be read: the file \(ground.path)/long is longer than 32768 bytes"))
        #expect(
            try await end(4, .file("/dev/zero"))
                == .notStarted("the secret TOKEN can't be read: /dev/zero is not a regular file"))
    }

    @Test func theShimsEnvironmentIsClosedToOthersOfItsUser() async throws {
        let ground = try Ground()
        setenv("TMINUS_TEST_ENVIRON", "a secret of some length", 1)
        // Root may read everything; what the shim can do is to be owned by root and nobody else.
        var order = ground.order("stat -c %u /proc/$PPID/environ; grep -c . /proc/self/environ > /dev/null; echo ok")
        order.secrets = [SecretReference(name: "S", source: .environment("TMINUS_TEST_ENVIRON"))]
        #expect(try await ground.run(order).end == .exited(0))
        #expect(ground.log(order) == "0\nok\n")
    }
}

/// SplitMix64: the same numbers each time.
struct Numbers {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
