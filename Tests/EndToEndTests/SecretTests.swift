import Foundation
import Testing

/// What a step is given in confidence, and what it leaves behind.
@Suite struct SecretTests {
    @Test func aSecretIsNowhereOnDiskWhateverTheStepPrints() async throws {
        let secret = "Tr0ub4dor&3-correct-horse"
        let tminus = try Tminus(environment: ["TEST_TOKEN": secret])
        let file = "file-secret-battery-staple"
        try tminus.write("token", file + "\n")
        try tminus.write(
            "leak",
            """
            #!/bin/sh
            echo "raw $TOKEN $OTHER"
            echo "twice$TOKEN$TOKEN"
            printf '%s' "$TOKEN" | base64
            printf '%s' "$TOKEN" | od -An -tx1 | tr -d ' \\n'
            echo
            echo "last words $TOKEN" >&2
            exit 1

            """, executable: true)
        try tminus.write(
            "p.yaml",
            """
            pipeline: leaky
            environment: test
            steps:
              leak:
                run: [./leak]
                secrets: {TOKEN: {environment: TEST_TOKEN}, OTHER: {file: token}}
                rollback: none-needed
                reason: test

            """)
        let ended = try await tminus.run("run", "p.yaml")
        #expect([1, 2].contains(ended.status))
        let logs = try await tminus.run("logs", "leaky-1", "leak")
        #expect(logs.output.contains("raw "))
        #expect(logs.output.contains("last words"))
        let export = try await tminus.run("run", "export", "leaky-1").output
        let hex = Data(secret.utf8).map { String(format: "%02x", $0) }.joined()
        let forms = [secret, file, Data(secret.utf8).base64EncodedString(), hex]
        for form in forms {
            for text in [ended.output, ended.errors, logs.output, export] { #expect(!text.contains(form)) }
        }
        let enumerator = try #require(FileManager.default.enumerator(atPath: tminus.data.path))
        var looked = 0
        for case let name as String in enumerator {
            guard let bytes = try? Data(contentsOf: tminus.data.appendingPathComponent(name)) else { continue }
            looked += 1
            for form in forms { #expect(bytes.range(of: Data(form.utf8)) == nil, "\(name) holds \(form)") }
        }
        #expect(looked > 5)
    }

    @Test func nothingAStepStartedOutlivesItsAbort() async throws {
        let tminus = try Tminus()
        try tminus.write(
            "zoo",
            """
            #!/bin/sh
            trap '' TERM
            sh -c 'trap "" TERM; echo $$ >>pids; exec sleep 600' &
            setsid sh -c 'setsid sh -c "echo \\$\\$ >>pids; exec sleep 600" & exit 0' </dev/null >/dev/null 2>&1
            echo $$ >>pids
            while :; do sleep 1; done

            """, executable: true)
        try tminus.write(
            "p.yaml",
            """
            pipeline: zoo
            environment: test
            steps:
              zoo: {run: [./zoo], grace: 1s, rollback: none-needed, reason: test}

            """)
        let run = try await tminus.submit("p.yaml")
        #expect(try await Waiting.until { tminus.lines("pids").count == 3 })
        let pids = tminus.lines("pids").compactMap { Int32($0) }
        #expect(pids.allSatisfy { kill($0, 0) == 0 })
        #expect(try await tminus.run("abort", run, "--reason", "enough").status == 0)
        let watched = try await tminus.run("watch", run)
        #expect([2, 5].contains(watched.status), "\(watched.output)")
        for pid in pids { #expect(kill(pid, 0) != 0, "\(pid) lives") }
        let end = try await tminus.export(run).first { $0.type == "attemptEnded" }
        #expect(end?.text("result.end.type") == "stopped")
    }
}
