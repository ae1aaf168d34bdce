import Foundation
import Testing

/// A tag is looked up in the repository itself, and pinned.
@Suite struct InputTests {
    private func shell(_ text: String, _ tminus: Tminus) async throws -> Ended {
        try await Started("/bin/sh", ["-ec", text], tminus.environment, in: tminus.folder).ended()
    }

    @Test func aTagArrivesAtTheStepAsItsNameAndItsCommit() async throws {
        let tminus = try Tminus(environment: [
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_GLOBAL": "/dev/null",
        ])
        try tminus.write(
            "p.yaml",
            """
            pipeline: tagged
            environment: test
            inputs:
              version: {type: tag}
            steps:
              say:
                shell: echo "$TMINUS_INPUT_VERSION $TMINUS_INPUT_VERSION_COMMIT" >seen
                effect: none

            """)
        let made = try await shell(
            "git init -q . && git add p.yaml && git commit -q -m one && git tag -a v1.2.3 -m release && "
                + "git rev-parse 'v1.2.3^{commit}' v1.2.3", tminus)
        #expect(made.status == 0, "\(made.errors)")
        let ids = made.output.split(separator: "\n").map(String.init)
        #expect(ids.count == 2 && ids[0] != ids[1])

        let ended = try await tminus.run("run", "p.yaml", "--input", "version=v1.2.3")
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(tminus.read("seen") == "v1.2.3 \(ids[0])\n")
        let submitted = try #require(try await tminus.export("tagged-1").first)
        #expect(submitted.line.contains(ids[0]) && submitted.line.contains(ids[1]))

        let missing = try await tminus.run("run", "p.yaml", "--input", "version=v9")
        #expect(missing.status == 65)
        #expect(missing.errors.contains("v9"), "\(missing.errors)")
        let hostile = try await tminus.run("run", "p.yaml", "--input", "version=v1$(id)")
        #expect(hostile.status == 65)
    }
}
