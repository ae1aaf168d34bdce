import Foundation
import Testing

/// Every bad input that the issue names: one error with its place, exit code 65, and nothing written.
@Suite struct DiagnosticsTests {
    /// A pipeline that is wrong in one way.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let name: String
        /// `line:column` of the error.
        let place: String
        /// Part of what is said.
        let says: String
        let text: String

        var testDescription: String { name }

        /// A mistake among the steps of an otherwise sound pipeline; the steps begin on line 4.
        init(_ name: String, _ place: String, _ says: String, steps: String) {
            self.init(name, place, says, whole: "pipeline: p\nenvironment: test\nsteps:\n\(steps)\n")
        }

        init(_ name: String, _ place: String, _ says: String, whole: String) {
            self.name = name
            self.place = place
            self.says = says
            text = whole
        }
    }

    /// Under 368 bytes of aliases that stand for ten to the ninth values.
    private static let bomb: String = {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1...8 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 7).joined(separator: ","))]\n"
        }
        return text + String(repeating: "#", count: max(0, 367 - text.utf8.count)) + "\n"
    }()

    static let mistakes = [
        Mistake("unknown key", "5:5", "'tiemout'", steps: "  a:\n    tiemout: 5s\n    run: [echo]"),
        Mistake(
            "wrong type", "3:14", "maxParallel",
            whole: "pipeline: p\nenvironment: test\nmaxParallel: many\nsteps: {a: {run: [echo]}}\n"),
        Mistake("duplicate key", "6:3", "'a' is written twice", steps: "  a:\n    run: [echo]\n  a:\n    run: [echo]"),
        Mistake("anchor", "4:6", "anchor", steps: "  a: &all\n    run: [echo]"),
        Mistake("alias", "4:6", "alias", steps: "  a: *all"),
        Mistake("alias bomb", "1:5", "anchor", whole: bomb),
        Mistake(
            "depth 33", "4:41", "32 levels deep",
            steps: "  a: {run: " + String(repeating: "[", count: 31) + String(repeating: "]", count: 31) + "}"),
        Mistake("cycle", "4:20", "a → b → a", steps: "  a: {run: [echo], needs: [b]}\n  b: {run: [echo], needs: [a]}"),
        Mistake("missing need", "5:31", "'aa'", steps: "  a: {run: [echo]}\n  b: {run: [echo], needs: [a, aa]}"),
        Mistake("interpolation", "4:20", "${{", steps: "  a: {run: [echo, \"${{ inputs.version }}\"]}"),
        Mistake(
            "window", "4:34", "ends",
            whole: """
                pipeline: p
                environment: test
                T-0:
                  window: {from: "04:00", until: "02:00", zone: Asia/Tokyo}
                  steps: {a: {run: [echo]}}

                """),
        Mistake("negative duration", "4:29", "negative", steps: "  a: {run: [echo], timeout: -1s}"),
        Mistake("huge duration", "4:29", "ten years", steps: "  a: {run: [echo], timeout: 99999999h}"),
    ]

    @Test(arguments: mistakes)
    func aMistakeIsShownOnceWithItsPlace(_ mistake: Mistake) async throws {
        let tminus = try Tminus()
        try tminus.write("p.yaml", mistake.text)
        for command in [["run", "p.yaml"], ["pipeline", "validate", "p.yaml"]] {
            try await expectOne(mistake.place, mistake.says, tminus, command)
        }
    }

    @Test func theAliasBombIsTheOneOfTheIssue() {
        #expect(Self.bomb.utf8.count == 368)
    }

    @Test func aFileOfTwoMebibytesIsRefusedUnread() async throws {
        let tminus = try Tminus()
        try tminus.write("p.yaml", "pipeline: p\n" + String(repeating: "# filled up\n", count: 1 << 18))
        for command in [["run", "p.yaml"], ["pipeline", "validate", "p.yaml"]] {
            try await expectOne("1:1", "1 MiB", tminus, command)
        }
    }

    @Test func invalidUTF8IsRefusedAtItsByte() async throws {
        let tminus = try Tminus()
        let bytes = Data("pipeline: p\nenvironment: ".utf8) + Data([0xFF, 0x0A])
        try bytes.write(to: tminus.folder.appendingPathComponent("p.yaml"))
        for command in [["run", "p.yaml"], ["pipeline", "validate", "p.yaml"]] {
            try await expectOne("2:14", "0xFF", tminus, command)
        }
    }

    @Test func inputsOnTheCommandLineAreCheckedBeforeAnythingIsWritten() async throws {
        let tminus = try Tminus()
        for (name, type) in [("p.yaml", "version"), ("t.yaml", "tag")] {
            try tminus.write(
                name,
                """
                pipeline: p
                environment: test
                inputs:
                  release: {type: \(type)}
                steps: {a: {run: [echo]}}

                """)
        }
        for command in ["run", "plan"] {
            try await expectOne("4:3", "release", tminus, [command, "p.yaml"])
            let unknown = [command, "p.yaml", "--input", "release=v1", "--input", "relaese=v1"]
            try await expectOne("1:1", "'relaese'", tminus, unknown, file: "--input")
            let hostile = [command, "t.yaml", "--input", "release=v1$(id)"]
            try await expectOne("1:11", "$", tminus, hostile, file: "--input")
        }
    }

    private func expectOne(
        _ place: String, _ says: String, _ tminus: Tminus, _ command: [String], file: String = "p.yaml"
    ) async throws {
        let ended = try await tminus.start(command).ended()
        let errors = ended.errors.split(separator: "\n").filter { $0.contains(": error: ") }
        #expect(ended.status == 65, "\(command): \(ended.errors)")
        #expect(errors.count == 1, "\(command): \(ended.errors)")
        #expect(errors.first?.hasPrefix("\(file):\(place): error: ") == true, "\(command): \(ended.errors)")
        #expect(errors.first?.contains(says) == true, "\(command): \(ended.errors)")
        #expect(ended.output.isEmpty)
        #expect(!tminus.exists("data"), "\(command) wrote a data directory")
    }
}
